package vcardtest

import (
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

func dateFiles() []File {
	c := func(name string, lines ...string) File {
		return file(name, card("3.0", append([]string{"N:Dag;" + name + ";;;", "FN:" + name + " Dag"}, lines...)...))
	}
	return []File{
		c("birthday", "BDAY:1985-04-12", "REV:20260314T092653Z"),
		c("birthday-basic", "BDAY:19850412"),
		c("birthday-with-time", "BDAY:1985-04-12T23:30:00-08:00"),
		c("birthday-leap-day", "BDAY:2000-02-29", "X-MS-ANNIVERSARY:2024-02-29"),
		c("birthday-before-1900", "BDAY:1850-12-31"),
		c("birthday-without-year", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-10-22"),
		c("birthday-unclear", "BDAY;VALUE=text:ergens in mei"),
		c("anniversary-of-apple", "item1.X-ABDATE;type=pref:2010-05-01", "item1.X-ABLabel:_$!<Anniversary>!$_", "item2.X-ABDATE:2011-06-02", "item2.X-ABLabel:Eerste hond"),
	}
}

func pictureFiles() []File {
	return []File{
		file("picture-jpeg", card("3.0", "N:Foto;Jo;;;", "FN:Jo Foto", "PHOTO;ENCODING=b;TYPE=JPEG:"+b64(JPEG(1, 48)))),
		file("picture-png", card("3.0", "N:Foto;Pien;;;", "FN:Pien Foto", "PHOTO;TYPE=PNG;ENCODING=b:"+b64(PNG(2, 24)))),
		file("picture-large", card("3.0", "N:Foto;Groot;;;", "FN:Groot Foto", "PHOTO;ENCODING=b;TYPE=JPEG:"+b64(JPEG(3, 300)))),
		file("picture-4.0", card("4.0", "N:Foto;Data;;;", "FN:Data Foto", "PHOTO:data:image/png;base64,"+b64(PNG(4, 16)))),
		file("picture-address", card("3.0", "N:Foto;Link;;;", "FN:Link Foto", "PHOTO;VALUE=uri:https://contoso.example/foto.jpg")),
		file("picture-2.1", old("N:Foto;Oud", "FN:Oud Foto", "PHOTO;JPEG;ENCODING=BASE64:", " "+strings.Join(pieces(b64(JPEG(5, 32)), 72), "\r\n "), "")),
		file("picture-and-logo", card("3.0", "N:Foto;Logo;;;", "FN:Logo Foto", "PHOTO;ENCODING=b;TYPE=PNG:"+b64(PNG(6, 8)), "LOGO;ENCODING=b;TYPE=PNG:"+b64(PNG(7, 8)))),
		file("certificate", card("3.0", "N:Sleutel;Ko;;;", "FN:Ko Sleutel", "KEY;ENCODING=b;TYPE=X509:"+b64(certificate(300)), "KEY;ENCODING=b;TYPE=X509:"+b64(certificate(40)), "KEY;TYPE=PGP;ENCODING=b:"+b64([]byte("geen certificaat")))),
	}
}

func pieces(s string, n int) (out []string) {
	for len(s) > n {
		out, s = append(out, s[:n]), s[n:]
	}
	return append(out, s)
}

// oldFiles are of version 2.1, as telephones and Outlook write it.
func oldFiles() []File {
	latin := func(s string) []byte {
		b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(s))
		if err != nil {
			return []byte(s)
		}
		return b
	}
	sjis, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte("山田;太郎;;;"))
	if err != nil {
		sjis = nil
	}
	return []File{
		file("old-simple", old("N:Jansen;Kees;;;", "FN:Kees Jansen", "TEL;WORK;VOICE:(015) 212 34 56", "TEL;CELL:06-12345678", "EMAIL;PREF;INTERNET:kees@contoso.example", "ADR;WORK;PREF:;;Markt 1;Delft;;2611 GS;Nederland")),
		file("old-quoted", old(quoted("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:", []byte("Müller;Jörg;;;")), quoted("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:", []byte("Jörg Müller")),
			quoted("NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:", []byte("Eerste regel, lang genoeg om te breken in het midden van iets = gelijk\r\nTweede regel met € en ë")))),
		file("old-latin-1", old(quoted("N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:", latin("Brønlund;Søren;;;")), quoted("FN;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:", latin("Søren Brønlund")),
			"ORG;CHARSET=ISO-8859-1:"+string(latin("Café 't Hörnchen;Keuken")))),
		file("old-windows-1252", old("N:"+string(latin("Château;Noël;;;")), "FN:"+string(latin("Noël Château")), "NOTE:"+string(latin("prijs € 5 – “goed”")))),
		file("old-shift-jis", old(quoted("N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:", sjis), "FN:Yamada Taro")),
		file("old-separators", old(`N:Smit\; Zn;A;;;`, "FN:A Smit; Zn, fa.", `NOTE:C:\temp, niets te ontsnappen`, `ADR;HOME:;;Straat 1, 2e;Ede;;6711 AA;NL`)),
		file("old-outlook", old("N;LANGUAGE=nl:Vos;Eva", "FN:Eva Vos", "ORG:Contoso;Verkoop", "TITLE:Directeur", "NOTE;ENCODING=QUOTED-PRINTABLE:=0D=0A", "TEL;WORK;VOICE:015-1", "TEL;WORK;FAX:015-2",
			"ADR;WORK;PREF:;Kamer 2;Markt 1;Delft;ZH;2611 GS;Nederland", "LABEL;WORK;PREF;ENCODING=QUOTED-PRINTABLE:Kamer 2=0D=0A=\r\nMarkt 1=0D=0A=\r\n2611 GS  Delft=0D=0A=\r\nNederland",
			"X-MS-OL-DEFAULT-POSTAL-ADDRESS:2", "URL;WORK:http://contoso.example", "EMAIL;PREF;INTERNET:eva@contoso.example", "X-MS-MANAGER:De Baas", "REV:20260102T030405Z")),
		file("old-agent", old("N:Met;Agent", "FN:Agent Met", "AGENT:", "BEGIN:VCARD", "VERSION:2.1", "N:Hulp;An", "FN:An Hulp", "TEL:1", "END:VCARD", "TEL;HOME:2")),
	}
}

// newFiles are of version 4.0.
func newFiles() []File {
	return []File{
		file("new-simple", card("4.0", "N:Nieuw;Nel;;;", "FN:Nel Nieuw", `TEL;VALUE=uri;TYPE="voice,work";PREF=1:tel:+31-15-1`, "TEL;TYPE=cell:+31 6 1", "EMAIL;TYPE=work;PREF=1:nel@contoso.example",
			"BDAY:--0412", "ANNIVERSARY:20090808", "GENDER:F", "LANG:nl", "RELATED;TYPE=spouse;VALUE=text:Lief", "RELATED;TYPE=child;VALUE=text:Klein", "RELATED;TYPE=friend:urn:uuid:1-2")),
		file("new-address-label", card("4.0", "N:Etiket;Ed;;;", "FN:Ed Etiket", `ADR;TYPE=home;LABEL="Ed Etiket^nKade 1^n1000 AA  AMSTERDAM";GEO="geo:52.3,4.9":;;Kade 1;Amsterdam;;1000 AA;Nederland`)),
		file("new-individual", card("4.0", "KIND:individual", "FN:Kind Individu", "N:Individu;Kind;;;", "NOTE;LANGUAGE=nl:tekst", "HOBBY;INDEX=1:lezen", "X-SOCIALPROFILE;TYPE=twitter:https://x.example/kind", "CLIENTPIDMAP:1;urn:uuid:53e3")),
		file("new-key", card("4.0", "N:Sleutel;Nu;;;", "FN:Nu Sleutel", "KEY:data:application/pkix-cert;base64,"+b64(certificate(64)))),
	}
}

// programFiles are as particular programs write them.
func programFiles() []File {
	return []File{
		file("program-ios", card("3.0", "PRODID:-//Apple Inc.//iOS 17.4//EN", "N:Appel;Ida;;;", "FN:Ida Appel", "ORG:Contoso;", "EMAIL;type=INTERNET;type=HOME;type=pref:ida@thuis.example",
			"TEL;type=IPHONE;type=CELL;type=VOICE;type=pref:06 1", "TEL;type=MAIN:015 1", "item1.TEL:015 2", "item1.X-ABLabel:Zomerhuis", "item2.ADR;type=HOME;type=pref:;;Pad 1;Ede;;6711 AA;Nederland", "item2.X-ABADR:nl",
			"item3.X-ABRELATEDNAMES:Moeder Appel", "item3.X-ABLabel:_$!<Mother>!$_", "item4.X-ABRELATEDNAMES:Man Appel", "item4.X-ABLabel:_$!<Spouse>!$_", "item5.URL;type=pref:https://ida.example", "item5.X-ABLabel:_$!<HomePage>!$_")),
		file("program-google", card("3.0", "FN:Guus Googel", "N:Googel;Guus;;;", "EMAIL;TYPE=INTERNET;TYPE=WORK:guus@contoso.example", "TEL;TYPE=CELL:+31612345678", "item1.TEL:+31151234567", "item1.X-ABLabel:Receptie",
			"BDAY:1990-01-31", `item2.URL:http\://www.google.com/profiles/1`, "item2.X-ABLabel:_$!<Profile>!$_", "CATEGORIES:myContacts")),
		file("program-android", old(quoted("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:", []byte("Droïd;Ans;;;")), quoted("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:", []byte("Ans Droïd")), "TEL;CELL;PREF:06-1", "TEL;X-WERK:06-2",
			"X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Ansje;1;;;;;;;;;;;;;", "BDAY:1999-12-31")),
		file("program-exchange", card("3.0", "PRODID:Microsoft Exchange", "FN:Dan Fennell", "N:Fennell;Dan;;;", `ORG:Contoso\, Ltd.`, "ADR;TYPE=work,pref:;;7890 Elm Street;Boulder;CO;33041;USA", "EMAIL;TYPE=internet,pref:dan@contoso.example",
			"TEL;TYPE=work,pref:+1-206-555-0102", "X-MS-TEL;TYPE=COMPANY:+1-206-555-0100", "X-MS-ASSISTANT;TYPE=N:Jeff Price", "X-MS-TEL;TYPE=ASSISTANT:+1-206-555-0188")),
		file("program-evolution", card("3.0", "FN:Evo Lutie", "N:Lutie;Evo;;;", "X-EVOLUTION-FILE-AS:Lutie\\, Evo", "X-EVOLUTION-MANAGER:Chef", "X-EVOLUTION-SPOUSE:Partner", "X-EVOLUTION-ANNIVERSARY:2001-02-03", "X-JABBER;TYPE=HOME:evo@jabber.example")),
		file("program-bom", "\xEF\xBB\xBF"+card("3.0", "N:Bom;Bea;;;", "FN:Béa Bom")),
		file("program-lf", strings.ReplaceAll(card("3.0", "N:Unix;Uli;;;", "FN:Uli Unix", "NOTE:"+strings.Repeat("lang ", 40)), "\r\n", "\n")),
	}
}

func groupFiles() []File {
	return []File{
		file("group-4.0", card("4.0", "KIND:group", "FN:Werkgroep Dak", "NOTE:Vergadert op dinsdag", "CATEGORIES:Intern", `MEMBER;X-CN="Vries, Jan de":mailto:jan@contoso.example`, "MEMBER:mailto:eva@contoso.example", "UID:urn:uuid:groep-1")),
		file("group-of-cards", card("4.0", "FN:Een Lid", "N:Lid;Een;;;", "UID:urn:uuid:lid-1", "EMAIL:een@contoso.example"), card("4.0", "KIND:group", "FN:Vrienden", "MEMBER:urn:uuid:lid-1", "MEMBER:urn:uuid:onbekend")),
		file("group-of-apple", card("3.0", "N:Familie;;;;", "FN:Familie", "X-ADDRESSBOOKSERVER-KIND:group", "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:lid-2", "UID:groep-2"),
			card("3.0", "N:Oma;Lieve;;;", "FN:Lieve Oma", "UID:lid-2", "EMAIL;type=INTERNET:oma@thuis.example")),
		file("group-empty", card("4.0", "KIND:group", "FN:Niemand")),
	}
}
