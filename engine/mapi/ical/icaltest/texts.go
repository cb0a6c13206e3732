package icaltest

import (
	"encoding/base64"
	"strings"
)

// texts have what people type and what programs make of it.
func texts() []File {
	long := strings.Repeat("De dakgoot aan de noordzijde lekt bij regen en moet vóór de winter worden vervangen. ", 60)
	html := `<html><head><style>p{margin:0}</style></head><body><p>Beste <b>Anna</b>\,</p><p>` + long + `</p><ul><li>één</li><li>twee</li></ul></body></html>`
	return []File{
		one("empty-summary", "SUMMARY:"),
		one("no-summary", "SUMMARY;LANGUAGE=nl:"),
		one("odd-characters", `SUMMARY:Prijs\, "korting"\; 50% \\ netto – €1.000`, `LOCATION:Café ’t Hoekje\; zaal 2\, 1e verdieping`,
			`DESCRIPTION:Regel 1\nRegel 2\n\n\tmet tab\nen \\n letterlijk\nC:\\map\\bestand`),
		one("scripts", "SUMMARY:会議 встреча اجتماع פגישה 🎉👩‍👩‍👧", "LOCATION:東京\\, 日本", "DESCRIPTION:𝔘𝔫𝔦𝔠𝔬𝔡𝔢 und Größe"),
		one("long-line", "SUMMARY:"+strings.TrimSpace(strings.Repeat("Vergadering over de voortgang ", 20)), "DESCRIPTION:"+strings.TrimSpace(long)),
		one("html", "DESCRIPTION:Beste Anna\\,\\n"+strings.TrimSpace(long), "X-ALT-DESC;FMTTYPE=text/html:"+html),
		one("big-description", "DESCRIPTION:"+strings.TrimSpace(strings.Repeat(long+`\n`, 40))+"."),
		one("categories", "CATEGORIES:Klant,Project Dak,Belangrijk", "CATEGORIES:Extra\\, met komma"),
		one("private", "CLASS:PRIVATE", "SUMMARY:Tandarts"),
		one("confidential", "CLASS:CONFIDENTIAL"),
		one("public", "CLASS:PUBLIC"),
		one("high-priority", "PRIORITY:1", "X-MICROSOFT-CDO-IMPORTANCE:2"),
		one("low-priority", "PRIORITY:9"),
		one("priority-3", "PRIORITY:3"),
		one("free", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "X-MICROSOFT-CDO-INTENDEDSTATUS:FREE"),
		one("out-of-office", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"),
		one("elsewhere", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"),
		one("tentative", "STATUS:TENTATIVE", "TRANSP:OPAQUE"),
		one("tentative-and-free", "STATUS:TENTATIVE", "TRANSP:TRANSPARENT"),
		one("cancelled", "STATUS:CANCELLED", "SEQUENCE:2"),
		one("confirmed", "STATUS:CONFIRMED", "SEQUENCE:0", "CREATED:20260101T080000Z", "LAST-MODIFIED:20260115T093000Z"),
		one("file", attachment("begroting 2026.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 3000),
			attachment("tekening é.pdf", "application/pdf", 12000)),
		one("link", "ATTACH:https://contoso.example/dossier/1", "ATTACH;FMTTYPE=application/pdf:https://contoso.example/plan.pdf"),
	}
}

// attachment is a file in the calendar itself.
func attachment(name, media string, size int) string {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i*i>>3 ^ i)
	}
	return "ATTACH;ENCODING=BASE64;VALUE=BINARY;FMTTYPE=" + media + ";X-FILENAME=" + quoted(name) + ":" + base64.StdEncoding.EncodeToString(data)
}

func quoted(s string) string { return `"` + s + `"` }
