package vcardtest

import "strings"

// Broken are damaged files, as people really have them. Each holds a card whose
// name contains Heel, which a good reader finds.
func Broken() []File {
	whole := card("3.0", "N:Heel;Kaart;;;", "FN:Kaart Heel", "TEL;TYPE=WORK:015-1")
	return []File{
		file("no-end", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zonder einde\r\n", whole),
		file("no-end-at-all", "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Kaart Heel"),
		file("no-begin", "VERSION:3.0\r\nFN:Zonder begin\r\nEND:VCARD\r\n", whole),
		file("text-around", "Hierbij mijn kaartje:\r\n\r\n", whole, "\r\nGroet, Kaart\r\n"),
		file("no-version", "BEGIN:VCARD\r\nFN:Kaart Heel\r\nEND:VCARD\r\n"),
		file("unknown-version", card("5.0", "FN:Kaart Heel")),
		file("lines-as-they-are", card("3.0", "FN:Kaart Heel", "NOTE:eerste regel\r\ntweede regel\r\n\r\nLet op: vierde regel", "TEL;TYPE=WORK:1")),
		file("bare-types-in-3.0", card("3.0", "FN:Kaart Heel", "TEL;WORK;VOICE:015-1", "TEL;X-Werk 2:015-2", "EMAIL;INTERNET:k@x.example")),
		file("no-colon", card("3.0", "FN:Kaart Heel", "TEL;TYPE=WORK", "ONZIN")),
		file("quotes-without-end", card("3.0", "FN:Kaart Heel", `TEL;TYPE="WORK:015-1`, `X-A;P=a"b:c`)),
		file("quoted-printable-in-3.0", card("3.0", "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Kaart=20Heel=C3=A9", "NOTE;ENCODING=QUOTED-PRINTABLE:half=\r\n heel=ZZ=")),
		file("base64-without-indent", old("FN:Kaart Heel", "PHOTO;ENCODING=BASE64;TYPE=PNG:"+strings.Join(pieces(b64(PNG(9, 12)), 60), "\r\n"), "", "TEL;CELL:06-1")),
		file("base64-damaged", card("3.0", "FN:Kaart Heel", "PHOTO;ENCODING=b;TYPE=PNG:"+b64(PNG(9, 12))[:101]+"!!")),
		file("base64-nonsense", card("3.0", "FN:Kaart Heel", "PHOTO;ENCODING=b;TYPE=JPEG:AAAABBBB", "KEY;ENCODING=b:====")),
		file("unknown-charset", old("FN;CHARSET=X-MARS:Kaart Heel caf\xe9")),
		file("wrong-charset", card("3.0", "FN:Kaart Heel caf\xe9 \xff\xfe")),
		file("control-characters", card("3.0", "FN:Kaart\x00 Heel\x07\x1b[31m", "NOTE:a\x0bb")),
		file("utf-16", utf16(card("3.0", "FN:Kaart Heel é"))),
		file("lone-carriage-returns", strings.ReplaceAll(whole, "\r\n", "\r")),
		file("lower-case", strings.ToLower("BEGIN:VCARD\r\nVERSION:3.0\r\n")+"fn:Kaart Heel\r\ntel;type=work:1\r\nend:vcard\r\n"),
		file("blanks-around", " BEGIN : VCARD \r\nVERSION:3.0\r\nFN : Kaart Heel\r\nTEL ; TYPE = WORK : 1\r\n END:VCARD\r\n"),
		file("too-many-parts", card("3.0", "FN:Kaart Heel", "N:a;b;c;d;e;f;g;h", "ADR;TYPE=HOME:1;2;3;4;5;6;7;8;9", "GEO:1;2;3")),
		file("lone-backslash", card("3.0", `FN:Kaart Heel\`, `NOTE:a\`, `ORG:b\;`, `CATEGORIES:x\,y\`)),
		file("names-nobody-has", card("3.0", "FN:Kaart Heel", ".TEL:1", "TEL.:2", "a.b.c:3", ":4", ";:5", "X_Y:6", "BEGIN:VEVENT", "END:VEVENT")),
		file("begin-in-begin", "BEGIN:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Kaart Heel\r\nEND:VCARD\r\nEND:VCARD\r\n"),
		file("empty-card", card("3.0"), whole),
		file("date-nonsense", card("3.0", "FN:Kaart Heel", "BDAY:0000-00-00", "ANNIVERSARY:2023-02-30", "REV:gisteren", "BDAY:1066-10-14")),
	}
}

// utf16 is text in UTF-16 with its mark, little end first.
func utf16(s string) string {
	b := []byte{0xFF, 0xFE}
	for _, r := range s { // no characters beyond the first plane
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}
