package vcardtest

import (
	"fmt"
	"strings"
)

func nameFiles() []File {
	c := func(name, n, fn string, more ...string) File {
		return file(name, card("3.0", append([]string{"N:" + n, "FN:" + fn}, more...)...))
	}
	return []File{
		c("name-simple", "Jansen;Bert;;;", "Bert Jansen", "EMAIL;TYPE=INTERNET:bert@fabrikam.example"),
		c("name-van-der", "Vries;Jan;van der;;", "Jan van der Vries", "EMAIL;TYPE=INTERNET:jan@contoso.example"),
		c("name-van-der-in-surname", "van der Berg-de Wit;Anna;;;", "Anna van der Berg-de Wit"),
		c("name-tussenvoegsel-op-t", "Hoog;Wim;op 't;;", "Wim op 't Hoog", "NICKNAME:Wimpie"),
		c("name-all-parts", "Dijk;Carla;Maria;prof. dr.;MSc", "prof. dr. Carla Maria van Dijk MSc", "NICKNAME:Carla,Karel"),
		c("name-lists-of-parts", "Stevenson;John;Philip,Paul;Dr.;Jr.,M.D.,A.C.P.", "Dr. John Philip Paul Stevenson, Jr., M.D., A.C.P."),
		c("name-diacritics", "Müller-Ångström;Zoë;Françoise;;", "Zoë Françoise Müller-Ångström"),
		c("name-polish", "Żółć;Łukasz;;;", "Łukasz Żółć"),
		c("name-turkish", "Yılmaz;İbrahim;Şahin;;", "İbrahim Şahin Yılmaz"),
		c("name-chinese", "王;小明;;;", "王小明", "X-PHONETIC-FIRST-NAME:Xiǎomíng", "X-PHONETIC-LAST-NAME:Wáng"),
		c("name-japanese", "山田;太郎;;;", "山田 太郎", "X-PHONETIC-FIRST-NAME:たろう", "X-PHONETIC-LAST-NAME:やまだ", "ORG:株式会社例;営業部", "X-PHONETIC-ORG:れい"),
		c("name-korean", "김;철수;;;", "김철수"),
		c("name-arabic", "الأحمد;فاطمة;;;", "فاطمة الأحمد", "NOTE:ملاحظة مع نص عربي\\nوسطر ثان"),
		c("name-hebrew", "כהן;דוד;;;", "דוד כהן"),
		c("name-cyrillic", "Иванова;Мария;Петровна;;", "Мария Петровна Иванова"),
		c("name-emoji", "Bakker 🥖;Daan;;;", "Daan Bakker 🥖👨‍👩‍👧", "NICKNAME:🎉"),
		c("name-combining", "Nguyễn;Thị Hương;;;", "Nguyễn Thị Hương"),
		c("name-only-given", ";Oma;;;", "Oma", "TEL;TYPE=HOME:015-2123456"),
		c("name-only-surname", "Pietersen;;;;", "Pietersen"),
		c("name-separators", `Smit\; Zn\, fa.;A\\B;;;`, `A\\B Smit\; Zn\, fa.`),
		c("name-company-only", ";;;;", "Dakdekkers Delft B.V.", `ORG:Dakdekkers Delft B.V.;`, "X-ABSHOWAS:COMPANY", "TEL;TYPE=WORK:+31 15 212 34 56"),
		c("name-company-and-units", "Vos;Eva;;;", "Eva Vos", "ORG:Gemeente Delft;Ruimte;Vergunningen;Team 3", "TITLE:Vergunningverlener", "ROLE:Jurist"),
		c("name-long", strings.Repeat("Achternaam", 30)+";"+strings.Repeat("Voornaam", 30)+";;;", strings.Repeat("Lange naam ", 60)+"einde"),
		c("name-filed-elsewhere", "Vries;Jan;de;;", "Jan de Vries", "X-EVOLUTION-FILE-AS:Buurman (nummer 12)"),
	}
}

func phoneFiles() []File {
	return []File{
		file("phones-all", card("3.0", "N:Alles;Tel;;;", "FN:Tel Alles",
			"TEL;TYPE=WORK,VOICE:+31 15 0000001", "TEL;TYPE=WORK,VOICE:+31 15 0000002", "TEL;TYPE=HOME,VOICE:+31 15 0000003", "TEL;TYPE=HOME,VOICE:+31 15 0000004",
			"TEL;TYPE=CELL,VOICE:+31 6 00000005", "TEL;TYPE=WORK,FAX:+31 15 0000006", "TEL;TYPE=HOME,FAX:+31 15 0000007", "TEL;TYPE=FAX:+31 15 0000008",
			"TEL;TYPE=PAGER:+31 15 0000009", "TEL;TYPE=CAR,VOICE:+31 15 0000010", "TEL;TYPE=ISDN:+31 15 0000011", "TEL;TYPE=VOICE:+31 15 0000012",
			"TEL;TYPE=PREF,VOICE:+31 15 0000013", "TEL;TYPE=X-TELEX:12345 nl", "X-MS-TEL;TYPE=CALLBACK:+31 15 0000014", "X-MS-TEL;TYPE=COMPANY:+31 15 0000015",
			"X-MS-TEL;TYPE=RADIO:+31 15 0000016", "X-MS-TEL;TYPE=ASSISTANT:+31 15 0000017", "X-MS-TEL;TYPE=TTYTDD:+31 15 0000018")),
		file("phones-too-many", card("3.0", "N:Veel;Te;;;", "FN:Te Veel", "TEL;TYPE=WORK:1", "TEL;TYPE=WORK:2", "TEL;TYPE=WORK:3", "TEL;TYPE=WORK:4", "TEL;TYPE=WORK:5",
			"TEL;TYPE=CELL:6", "TEL;TYPE=CELL:7", "TEL;TYPE=PAGER:8", "TEL;TYPE=PAGER:9")),
		file("phones-odd-text", card("3.0", "N:Raar;Bel;;;", "FN:Bel Raar", `TEL;TYPE=WORK:015-1\, toestel 12\; vraag naar Els`, "TEL;TYPE=HOME:*31#06", "TEL;TYPE=CELL:tel:+31-6-1")),
		file("emails-three", card("3.0", "N:Drie;Mail;;;", "FN:Mail Drie", "EMAIL;TYPE=INTERNET:een@contoso.example", "EMAIL;TYPE=INTERNET,PREF:twee@contoso.example",
			`EMAIL;TYPE=INTERNET;X-CN="Drie, via werk":drie@fabrikam.example`)),
		file("emails-five", card("3.0", "N:Vijf;Mail;;;", "FN:Mail Vijf", "EMAIL;TYPE=HOME:a@x.example", "EMAIL;TYPE=WORK:b@x.example", "EMAIL:c@x.example", "EMAIL;TYPE=WORK:d@x.example",
			"EMAIL;TYPE=SCHOOL:e@x.example")),
		file("emails-odd", card("3.0", "N:Raar;Mail;;;", "FN:Mail Raar", `EMAIL;TYPE=INTERNET:"o'brien\, jr."@x.example`, "EMAIL;TYPE=INTERNET:müller@bücher.example", "EMAIL;TYPE=X400:/C=NL/A=400NET/S=X/")),
		file("urls-and-messages", card("3.0", "N:Net;Inter;;;", "FN:Inter Net", "URL;TYPE=WORK:https://contoso.example/a?b=c&d=e", "URL;TYPE=HOME:https://thuis.example", "URL:https://blog.example/x,y;z",
			"IMPP:xmpp:inter@net.example", "X-SKYPE:inter.net", "FBURL:https://vrij.example/inter.ifb")),
		file("messages-plain", card("3.0", "N:Sip;Bel;;;", "FN:Bel Sip", "X-MS-IMADDRESS:bel@contoso.example")),
	}
}

func addressFiles() []File {
	return []File{
		file("addresses-three", card("3.0", "N:Adres;Drie;;;", "FN:Drie Adres", "ADR;TYPE=WORK:;Kamer 3.12;Stationsplein 1;Delft;Zuid-Holland;2611 BV;Nederland",
			"ADR;TYPE=HOME,PREF:Postbus 9;;Kerkstraat 12\\nachterhuis;Rijswijk;;2282 AA;Nederland", "ADR;TYPE=POSTAL:;;Rue de la Paix 3;Paris;;75002;France", "X-MS-OL-DEFAULT-POSTAL-ADDRESS:1")),
		file("addresses-labels", card("3.0", "N:Label;Eva;;;", "FN:Eva Label", "ADR;TYPE=WORK:;;Markt 1;Delft;;2611 GS;Nederland", `LABEL;TYPE=WORK:T.a.v. Eva\nMarkt 1\n2611 GS  DELFT`,
			`LABEL;TYPE=HOME:Alleen een etiket\nzonder adres`)),
		file("addresses-two-at-work", card("3.0", "N:Twee;Werk;;;", "FN:Werk Twee", "ADR;TYPE=WORK:;;Markt 1;Delft;;2611 GS;Nederland", "ADR;TYPE=WORK:;;Markt 2;Delft;;2611 GT;Nederland")),
		file("addresses-types", card("3.0", "N:Soort;Ad;;;", "FN:Ad Soort", "ADR;TYPE=dom,home,postal,parcel:;;Kade 7;Gouda;;2801 AA;", "ADR;TYPE=intl,work:;;5th Avenue 1;New York;NY;10001;USA")),
		file("addresses-separators", card("3.0", "N:Komma;An;;;", "FN:An Komma", `ADR;TYPE=HOME:;;Straat 1\, 2e etage\; links;Den Haag;;2500 AA;Nederland`, `ADR;TYPE=WORK:;Gebouw A,Ingang 2;Weg 1,Achter;Ede;;6711 AA;NL`)),
		file("addresses-office-only", card("3.0", "N:Kamer;Ko;;;", "FN:Ko Kamer", "ADR;TYPE=WORK:;Kamer 12;;;;;")),
		file("addresses-short", card("3.0", "N:Kort;Ad;;;", "FN:Ad Kort", "ADR;TYPE=HOME:;;Plein 1;Ede")),
		file("addresses-japan", card("3.0", "N:山田;花子;;;", "FN:山田 花子", "ADR;TYPE=WORK:;;丸の内1-1-1;千代田区;東京都;100-0005;日本")),
	}
}

func textFiles() []File {
	long := strings.Repeat(`Regel met komma\, puntkomma\; backslash \\ en "aanhaling".\n`, 200)
	return []File{
		file("note-long", card("3.0", "N:Lang;Noot;;;", "FN:Noot Lang", "NOTE:"+long+"einde")),
		file("note-odd", card("3.0", "N:Raar;Noot;;;", "FN:Noot Raar", `NOTE:C:\\temp\\nieuw\n\n- BEGIN:VCARD\n= is gelijk\tTab en emoji 🙂 en html <b>vet</b> &amp;`)),
		file("note-two", card("3.0", "N:Twee;Noot;;;", "FN:Noot Twee", "NOTE:eerste", "NOTE:tweede")),
		file("categories", card("3.0", "N:Rubriek;Ru;;;", "FN:Ru Rubriek", `CATEGORIES:Klant A,Leverancier\, groot,Blauwe categorie`, "CLASS:PRIVATE")),
		file("classes", card("3.0", "N:Een;A;;;", "FN:A Een", "CLASS:PUBLIC"), card("3.0", "N:Twee;B;;;", "FN:B Twee", "CLASS:CONFIDENTIAL"), card("3.0", "N:Drie;C;;;", "FN:C Drie", "CLASS:X-PERSONAL")),
		file("people-around", card("3.0", "N:Baas;De;;;", "FN:De Baas", "X-MS-MANAGER:Grote Baas", "X-MS-ASSISTANT:Hulp Vaardig", "X-MS-SPOUSE:Lieve Schat", "X-MS-CHILD:Kind Een", "X-MS-CHILD:Kind Twee",
			"X-MS-INTERESTS:Zeilen\\, schaatsen", "X-GENDER:F")),
		file("only-ours", card("3.0", "N:Eigen;Veld;;;", "FN:Veld Eigen", "X-VANGNET-CUSTOMER-ID:K-2026-17", "X-VANGNET-ACCOUNT:12345", "X-VANGNET-GOVERNMENT-ID:BSN 0", "X-VANGNET-USER-1:regel 1\\nregel 2",
			"X-VANGNET-BILLING:kostenplaats 7", "X-VANGNET-INITIALS:V.E.", "X-VANGNET-REFERRED-BY:Oom Jan", "LANG:nl")),
		file("unknown-fields", card("3.0", "N:On;Bekend;;;", "FN:Bekend On", "GEO:52.0116;4.3571", "TZ:+01:00", "UID:urn:uuid:0f3c-1", `X-EIGEN;X-P="a;b:c,d":waarde\; met\, tekens`, "MAILER:Pine", "SORT-STRING:Bekend",
			"X-EIGEN:tweede", "AGENT:BEGIN:VCARD\\nVERSION:3.0\\nFN:Agent\\nEND:VCARD\\n")),
		file("nothing-but-a-name", card("3.0", "FN:Alleen naam")),
		file("empty-fields", card("3.0", "N:;;;;", "FN:Lege velden", "TEL;TYPE=WORK:", "EMAIL:", "ADR;TYPE=HOME:;;;;;;", "NOTE:", "ORG:;", "TITLE:", "CATEGORIES:")),
	}
}

func manyFiles() []File {
	var cards []string
	for i := range 25 {
		cards = append(cards, card("3.0", fmt.Sprintf("N:Rij;Nummer%d;;;", i), fmt.Sprintf("FN:Nummer%d Rij", i), fmt.Sprintf("EMAIL;TYPE=INTERNET:n%d@contoso.example", i)))
	}
	return []File{
		file("many-in-a-file", cards...),
		file("versions-in-a-file", old("N:Oud;Jan", "FN:Jan Oud", "TEL;CELL:06-1"), card("3.0", "N:Nu;Jan;;;", "FN:Jan Nu"), card("4.0", "N:Nieuw;Jan;;;", "FN:Jan Nieuw")),
		file("blank-lines-between", card("3.0", "N:Een;A;;;", "FN:A Een"), "\r\n\r\n", card("3.0", "N:Twee;B;;;", "FN:B Twee")),
	}
}
