package mailtest

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

func kinds() []kind {
	var all []kind
	for _, list := range [][]kind{ordinaryKinds(), charsetKinds(), headerKinds(), structureKinds(), fileKinds(), securityKinds()} {
		all = append(all, list...)
	}
	return all
}

func ordinaryKinds() []kind {
	return []kind{
		{"plain", func(g *gen) []byte { return g.plainMail(g.subject(), utf8Plain, g.text(6)) }},
		{"alternative", func(g *gen) []byte { return []byte(g.head(g.subject()) + g.alternative()) }},
		{"html-only", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: text/html; charset=utf-8\r\n", "<p>"+g.sentence(20)+" <b>vet</b> &amp; caf&eacute;</p>\r\n")
		}},
		{"pictures", func(g *gen) []byte {
			return g.multiMail(g.subject(), "related", htmlPart("<p>Logo: <img src=\"cid:logo@mail.example\"></p>"),
				"Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@mail.example>\r\nContent-Disposition: inline; filename=logo.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"+
					base64Lines(append([]byte("\x89PNG\r\n\x1a\n"), g.bytes(900)...)))
		}},
		{"attachment", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", g.alternative(), filePart("application/pdf; name=\"offerte.pdf\"", "; filename=\"offerte.pdf\"", append([]byte("%PDF-1.7\n"), g.bytes(5000)...)))
		}},
		{"empty-body", func(g *gen) []byte { return g.plainMail(g.subject(), utf8Plain, "") }},
		{"header-only", func(g *gen) []byte { return []byte(strings.TrimSuffix(g.head(g.subject()), "\r\n")) }},
		{"same-subject", func(g *gen) []byte { return g.plainMail("Offerte dakgoot", utf8Plain, g.text(3)) }},
		{"same-subject-again", func(g *gen) []byte { return g.plainMail("Offerte dakgoot", utf8Plain, g.text(3)) }},
		{"flagged-words", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Importance: high\r\nX-Priority: 1\r\nSensitivity: Company-Confidential\r\nKeywords: Rood, Klant A\r\n"+utf8Plain, g.text(2))
		}},
		{"draft", func(g *gen) []byte { return g.plainMail(g.subject(), "X-Unsent: 1\r\n"+utf8Plain, g.text(2)) }},
		{"list", func(g *gen) []byte {
			return g.plainMail("[dakdekkers] "+g.subject(), "List-Id: <dakdekkers.lijst.example>\r\nList-Unsubscribe: <mailto:weg@lijst.example>,\r\n <https://lijst.example/weg>\r\nPrecedence: list\r\n"+
				"X-Auto-Response-Suppress: All\r\nSender: dakdekkers-bounces@lijst.example\r\n"+utf8Plain, g.text(5))
		}},
		{"flowed", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n", "> een citaat dat \r\n> doorloopt\r\n\r\n"+g.sentence(9)+" \r\n"+g.sentence(9)+"\r\n-- \r\nGroet\r\n")
		}},
		{"quoted-printable", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n", "Caf=C3=A9 =E2=82=AC 5, een lange =\r\nregel =zonder reden\r\nen spaties   =20\r\n")
		}},
	}
}

func charsetKinds() []kind {
	in := func(name, label string, enc encoding.Encoding, subject, body string) kind {
		return kind{name, func(g *gen) []byte {
			raw, err := enc.NewEncoder().String(body)
			if err != nil {
				raw = body
			}
			return g.plainMail(subject, "Content-Type: text/plain; charset="+label+"\r\nContent-Transfer-Encoding: 8bit\r\n", raw+"\r\n")
		}}
	}
	return []kind{
		in("iso-2022-jp", "iso-2022-jp", japanese.ISO2022JP, "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本語のメールです。見積書を送ります。"),
		in("shift-jis", "shift_jis", japanese.ShiftJIS, "=?shift_jis?B?k/qWew==?=", "日本語です"),
		in("koi8-r", "koi8-r", charmap.KOI8R, "=?koi8-r?B?8NLJ18XU?=", "Привет, это письмо о крыше."),
		in("windows-1252", "windows-1252", charmap.Windows1252, "=?windows-1252?Q?Prijs_=80_5=2C=96?=", "“Prijs” € 5,– voor café"),
		in("gb2312", "gb2312", simplifiedchinese.GBK, "=?gb2312?B?xOO6ww==?=", "你好,报价单"),
		in("windows-1255", "windows-1255", charmap.Windows1255, "=?windows-1255?B?+ezl7Q==?=", "שלום עולם"),
		{"utf-7", func(g *gen) []byte {
			return g.plainMail("=?utf-7?Q?Caf+AOk-?=", "Content-Type: text/plain; charset=utf-7\r\n", "Caf+AOk- met +IKw- 5\r\n")
		}},
		{"unknown-charset", func(g *gen) []byte {
			return g.plainMail("=?x-mars?Q?caf=E9?=", "Content-Type: text/plain; charset=x-mars\r\n", "caf\xe9 van Mars\r\n")
		}},
		{"html-windows-1252", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r\n", "<html><meta charset=utf-8><p>Prijs \x80 5 voor caf\xe9</p></html>\r\n")
		}},
		{"html-mixed-lines", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64Lines([]byte("<p>caf\u00e9 en nog veel meer woorden\nregel\r\nregel\rregel</p>")), filePart("text/plain", "; filename=a.txt", []byte("a\nb\r\n")))
		}},
		{"wrong-charset", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: text/plain; charset=us-ascii\r\n", "Dit is caf\u00e9 in UTF-8\r\n")
		}},
		{"utf-16-html", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: text/html; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n", base64Lines([]byte("<\x00p\x00>\x00H\x00o\x00i\x00")))
		}},
	}
}

func headerKinds() []kind {
	subject := func(name, s string) kind {
		return kind{name, func(g *gen) []byte { return g.plainMail(s, utf8Plain, g.text(2)) }}
	}
	return []kind{
		{"long-subject", func(g *gen) []byte { return g.plainMail((g.sentence(60) + g.sentence(60))[:200], utf8Plain, g.text(2)) }},
		subject("emoji", "=?utf-8?B?8J+OiSBGZWVzdCDwn5GoLeKAjfCfkanigI3wn5Gn?= =?utf-8?B?8J+YgA==?="),
		subject("right-to-left", "=?utf-8?B?16nXnNeV150g4oCu16LXldec150=?="),
		subject("path-subject", "../../../etc/passwd"),
		subject("device-subject", "CON"),
		subject("dots-subject", "..."),
		subject("slash-subject", `C:\Windows\*?<>|":/offerte.`),
		subject("empty-subject", ""),
		subject("control-subject", "a\x01b\x07c=?utf-8?Q?=00=0A=1B?="),
		subject("8-bit-header", "caf\xe9 zonder codering"),
		subject("utf-8-header", "café zonder codering"),
		subject("broken-words", "=?utf-8?B?8J+OiQ==?=vast=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?= =?utf-8?X?ab?= =?"),
		{"no-date", func(g *gen) []byte {
			return []byte("From: " + g.pick(people) + "\r\nTo: " + g.opt.To + "\r\nSubject: " + g.subject() + "\r\n" + utf8Plain + "\r\n" + g.text(2))
		}},
		{"odd-date", func(g *gen) []byte {
			return []byte("From: " + g.pick(people) + "\r\nTo: " + g.opt.To + "\r\nDate: ma, 5 Jan 2026 09:10 +0100 (MET)\r\nSubject: " + g.subject() + "\r\n" + utf8Plain + "\r\n" + g.text(2))
		}},
		{"future-date", func(g *gen) []byte {
			return []byte("From: a@b.example\r\nDate: Sat, 1 Jan 2099 00:00:00 +0000\r\nSubject: " + g.subject() + "\r\n\r\n" + g.text(1))
		}},
		{"two-from", func(g *gen) []byte {
			return g.plainMail(g.subject(), "From: tweede@contoso.example\r\nSubject: nog een onderwerp\r\n"+utf8Plain, g.text(2))
		}},
		{"bare-lf", func(g *gen) []byte {
			return []byte(strings.ReplaceAll(string(g.multiMail(g.subject(), "mixed", plainPart(g.text(3)), filePart("text/csv", "; filename=a.csv", []byte("a;b\n1;2\n")))), "\r\n", "\n"))
		}},
		{"nul-bytes", func(g *gen) []byte { return g.plainMail("nul\x00len", utf8Plain, "voor\x00na\r\n"+g.text(2)) }},
		{"broken-header", func(g *gen) []byte {
			return []byte("Subject: gebroken kop\r\nvervolg zonder inspringing\r\n: zonder naam\r\nX Naam met spatie: x\r\nFrom : jan@contoso.example\r\n\r\n" + g.text(2))
		}},
		{"no-header", func(g *gen) []byte { return []byte("\r\n" + g.text(3)) }},
		{"no-mail", func(g *gen) []byte { return []byte("Dit is geen mail maar gewoon tekst.\r\n" + g.text(3)) }},
		{"mbox-line", func(g *gen) []byte {
			return append([]byte("From anna@fabrikam.example Mon Jan  5 09:00:00 2026\r\n"), g.plainMail(g.subject(), utf8Plain, ">From hier\r\n")...)
		}},
		{"many-recipients", func(g *gen) []byte {
			var to []string
			for i := range 300 {
				to = append(to, fmt.Sprintf("\"Persoon %d, afd. X\" <p%d@contoso.example>", i, i))
			}
			return g.plainMail(g.subject(), "Cc: "+strings.Join(to, ",\r\n ")+"\r\n"+utf8Plain, g.text(1))
		}},
		{"groups", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Cc: Directie: a@contoso.example, b@contoso.example;, undisclosed-recipients:;\r\nReply-To: Balie <balie@contoso.example>, x@y.example\r\n"+utf8Plain, g.text(1))
		}},
		{"odd-addresses", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Cc: Jan Jansen, \"quote \\\" erin\" <q@contoso.example>, <@oud.example:route@contoso.example>, \"a b\"@contoso.example, =?utf-8?B?xb1vZmll?= <z@contoso.example>, /o=X/cn=Y\r\n"+utf8Plain, g.text(1))
		}},
		{"receipts", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Disposition-Notification-To: anna@fabrikam.example\r\nReturn-Receipt-To: anna@fabrikam.example\r\nThread-Topic: dak\r\nThread-Index: AQHaXk1234567890abcdefghijklmnopqrs=\r\nReferences: "+g.id()+"\r\n "+g.id()+"\r\n"+utf8Plain, g.text(1))
		}},
		{"huge-field", func(g *gen) []byte {
			return g.plainMail(g.subject(), "X-Lang: "+strings.Repeat("a", 40_000)+"\r\n"+utf8Plain, g.text(1))
		}},
	}
}

func structureKinds() []kind {
	return []kind{
		{"nested", func(g *gen) []byte {
			part := plainPart(g.text(2))
			for range 12 {
				part = g.multi("mixed", part)
			}
			return []byte(g.head(g.subject()) + part)
		}},
		{"very-deep", func(g *gen) []byte {
			part := plainPart("de kern\r\n")
			for range 60 {
				part = g.multi("mixed", part)
			}
			return []byte(g.head(g.subject()) + part)
		}},
		{"mail-in-mail", func(g *gen) []byte {
			inner := string(g.multiMail("binnenste", "mixed", g.alternative(), filePart("image/gif", "; filename=a.gif", g.bytes(300))))
			middle := string(g.multiMail("middelste", "mixed", plainPart("zie bijlage\r\n"), "Content-Type: message/rfc822\r\n\r\n"+inner))
			return g.multiMail("FW: "+g.subject(), "mixed", plainPart(g.text(1)), "Content-Type: message/rfc822; name=\"doorgestuurd.eml\"\r\nContent-Disposition: attachment\r\n\r\n"+middle)
		}},
		{"encoded-mail-in-mail", func(g *gen) []byte {
			inner := g.plainMail("gecodeerd", utf8Plain, g.text(2))
			return g.multiMail(g.subject(), "mixed", plainPart("x\r\n"), "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64Lines(inner))
		}},
		{"digest", func(g *gen) []byte {
			return g.multiMail(g.subject(), "digest", "\r\nSubject: een\r\n\r\neerste\r\n", "\r\nSubject: twee\r\n\r\ntweede\r\n")
		}},
		{"no-end", func(g *gen) []byte {
			b := g.multiMail(g.subject(), "mixed", plainPart(g.text(2)), filePart("application/zip", "; filename=x.zip", g.bytes(600)))
			return b[:len(b)-100]
		}},
		{"no-boundary", func(g *gen) []byte { return g.plainMail(g.subject(), "Content-Type: multipart/mixed\r\n", g.text(3)) }},
		{"wrong-boundary", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: multipart/mixed; boundary=\"nooit\"\r\n", "--anders\r\n"+plainPart(g.text(2))+"--anders--\r\n")
		}},
		{"two-texts", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", plainPart(g.text(2)), plainPart("Voettekst van de lijst\r\n"), htmlPart("<p>disclaimer</p>"))
		}},
		{"long-lines", func(g *gen) []byte {
			return g.plainMail(g.subject(), utf8Plain, strings.Repeat("zonder einde ", 20_000)+"\r\n")
		}},
		{"uuencode", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: text/plain\r\n", "Zie bijlage:\r\n\r\nbegin 644 test.txt\r\n#0V%T\r\n`\r\nend\r\n")
		}},
		{"invitation", func(g *gen) []byte {
			start := g.date().Add(48 * time.Hour).Format("20060102T150405Z")
			ics := "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:" + strings.Trim(g.id(), "<>") + "\r\nDTSTAMP:" + start + "\r\nDTSTART:" + start +
				"\r\nDURATION:PT1H\r\nSUMMARY:Overleg dak\r\nORGANIZER:mailto:anna@fabrikam.example\r\nATTENDEE:mailto:" + g.opt.To + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
			return g.multiMail("Uitnodiging: overleg", "alternative", plainPart(g.text(1)), htmlPart("<p>Overleg</p>"), "Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"+ics)
		}},
		{"bounce", func(g *gen) []byte {
			return g.multiMail("Niet bestelbaar: "+g.subject(), "report; report-type=delivery-status", plainPart("Uw bericht kon niet worden bezorgd.\r\n"),
				"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; weg@litware.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
				"Content-Type: message/rfc822\r\n\r\n"+string(g.plainMail("oorspronkelijk", utf8Plain, g.text(1))))
		}},
		{"read-receipt", func(g *gen) []byte {
			return g.multiMail("Gelezen: "+g.subject(), "report; report-type=disposition-notification", plainPart("Gelezen.\r\n"),
				"Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; anna@fabrikam.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n")
		}},
		{"hostile-html", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: text/html; charset=utf-8\r\n", "<html><script>alert(document.cookie)</script><style>p{background:url(http://t.example/1)}</style><img src=http://t.example/2 onerror=x()><p>zichtbaar<iframe src=http://t.example/3></iframe><svg><text>x</text></svg>\r\n")
		}},
		{"external-body", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", plainPart("x\r\n"), "Content-Type: message/external-body; access-type=URL; URL=\"http://t.example/x\"\r\n\r\nContent-Type: image/png\r\n\r\n")
		}},
	}
}

func fileKinds() []kind {
	return []kind{
		{"big-attachment", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", plainPart(g.text(1)), filePart("application/octet-stream", "; filename=\"groot.bin\"", g.bytes(g.big)))
		}},
		{"same-attachment", func(g *gen) []byte {
			same := &gen{rnd: newSame(), opt: g.opt}
			return g.multiMail(g.subject(), "mixed", plainPart(g.text(1)), filePart("application/pdf", "; filename=\"algemene voorwaarden.pdf\"", same.bytes(150_000)))
		}},
		{"awkward-names", func(g *gen) []byte {
			var parts []string
			for _, p := range []string{`; filename="../../../etc/passwd"`, `; filename="CON.txt"`, `; filename="C:\\temp\\a.txt"`, `; filename*=utf-8''%F0%9F%8E%89%20feest.txt`,
				`; filename="=?utf-8?B?xb1vZmllLnR4dA==?="`, `; filename="` + strings.Repeat("lang", 60) + `.txt"`, `; filename="a` + "\x01" + `b.txt"`, `; filename=zonder aanhaling.txt`, `; filename=""`} {
				parts = append(parts, filePart("text/plain", p, []byte("inhoud van "+p)))
			}
			return g.multiMail(g.subject(), "mixed", append([]string{plainPart("negen bijlagen\r\n")}, parts...)...)
		}},
		{"same-names", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", plainPart("x\r\n"), filePart("text/plain", "; filename=a.txt", []byte("een")), filePart("text/plain", "; filename=A.TXT", []byte("twee")), filePart("text/plain", "; filename=a.txt", nil))
		}},
		{"only-attachment", func(g *gen) []byte {
			return []byte(g.head(g.subject()) + filePart("application/pdf; name=scan.pdf", "; filename=scan.pdf", g.bytes(2000)))
		}},
		{"broken-base64", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", plainPart("x\r\n"), "Content-Type: application/zip; name=kapot.zip\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBBQ!!AAAA\r\n*** virus removed ***\r\nCAA\r\n")
		}},
		{"winmail", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", plainPart("x\r\n"), filePart("application/ms-tnef; name=winmail.dat", "; filename=winmail.dat", append([]byte{0x78, 0x9F, 0x3E, 0x22, 1, 0}, g.bytes(400)...)))
		}},
		{"inline-text", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", plainPart("voor\r\n"), "Content-Type: text/plain; name=log.txt\r\nContent-Disposition: inline; filename=log.txt\r\n\r\nregel van het log\r\n", plainPart("na\r\n"))
		}},
		{"binary-encoding", func(g *gen) []byte {
			return g.multiMail(g.subject(), "mixed", plainPart("x\r\n"), "Content-Type: application/octet-stream; name=ruw.bin\r\nContent-Transfer-Encoding: binary\r\n\r\n\x00\x01\xff\xfe\n\r\x0d--niet\r\n")
		}},
	}
}

func securityKinds() []kind {
	return []kind{
		{"signed", func(g *gen) []byte {
			return g.multiMail(g.subject(), "signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256", "Content-Type: text/plain; charset=utf-8\r\n\r\nGetekende tekst   \r\nmet spaties\r\n",
				"Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=smime.p7s\r\n\r\n"+base64Lines(g.bytes(900)))
		}},
		{"signed-with-attachment", func(g *gen) []byte {
			return g.multiMail(g.subject(), "signed; protocol=\"application/pgp-signature\"; micalg=pgp-sha256", g.multi("mixed", plainPart(g.text(2)), filePart("application/pdf", "; filename=contract.pdf", g.bytes(3000))),
				"Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n-----END PGP SIGNATURE-----\r\n")
		}},
		{"enveloped", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=smime.p7m\r\n", base64Lines(g.bytes(2500)))
		}},
		{"opaque-signed", func(g *gen) []byte {
			return g.plainMail(g.subject(), "Content-Type: application/x-pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n", base64Lines(g.bytes(1500)))
		}},
		{"pgp-encrypted", func(g *gen) []byte {
			return g.multiMail(g.subject(), "encrypted; protocol=\"application/pgp-encrypted\"", "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n", "Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQ==\r\n-----END PGP MESSAGE-----\r\n")
		}},
	}
}
