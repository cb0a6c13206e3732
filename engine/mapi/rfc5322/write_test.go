package rfc5322_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// stored is rich text as a property holds it, not compressed.
func stored(rtf string) []byte {
	b := []byte{0, 0, 0, 0, byte(len(rtf)), byte(len(rtf) >> 8), 0, 0, 'M', 'E', 'L', 'A', 0, 0, 0, 0}
	return append(b, rtf...)
}

// TestWriteWhatMailDoesNotHave writes items that never were mails.
func TestWriteWhatMailDoesNotHave(t *testing.T) {
	note := func(set func(*mapi.Message)) *mapi.Message {
		m := &mapi.Message{}
		m.Props.SetString(mapi.MessageClass, "IPM.Note")
		set(m)
		return m
	}
	compressed, err := hex.DecodeString("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		m    *mapi.Message
		want []string
		not  string
	}{
		"rich text": {note(func(m *mapi.Message) { m.Props.SetBytes(mapi.RTFCompressed, compressed) }),
			[]string{"multipart/alternative", "text/plain", "hello world", "text/rtf"}, ""},
		"HTML in rich text": {note(func(m *mapi.Message) {
			m.Props.SetBytes(mapi.RTFCompressed, stored(`{\rtf1\ansi\fromhtml1{\*\htmltag <p>}Hoi{\*\htmltag </p>}}`))
		}), []string{"Content-Type: text/html; charset=utf-8", "<p>Hoi</p>"}, "rtf"},
		"a link to a cloud file": {note(func(m *mapi.Message) {
			a := mapi.Attachment{}
			a.Props.SetInt(mapi.AttachMethod, mapi.MethodCloud)
			a.Props.SetString(mapi.AttachLongFilename, "plan.docx")
			a.Props.SetNamed(mapi.CloudAddress, mapi.TypeString, "https://contoso.example/plan.docx")
			m.Attachments = []mapi.Attachment{a}
		}), []string{"plan.docx.url", "W0ludGVybmV0U2hvcnRjdXRdDQpVUkw9aHR0cHM6Ly9jb250b3NvLmV4YW1wbGUvcGxhbi5kb2N4"}, ""},
		"an exception of a series": {note(func(m *mapi.Message) {
			a := mapi.Attachment{Embedded: note(func(m *mapi.Message) { m.Props.SetString(mapi.Subject, "geheim") })}
			a.Props.SetInt(mapi.AttachmentFlags, 2)
			m.Attachments = []mapi.Attachment{a}
		}), nil, "geheim"},
		"a header of its own": {note(func(m *mapi.Message) {
			m.Props.SetNamed(mapi.HeaderName("X-Eigen"), mapi.TypeString, "waarde\r\nInjected: ja")
			m.Props.SetString(mapi.Subject, "a\r\nInjected: ja")
			m.Props.SetString(mapi.InternetMessageID, "<1@x>\r\nInjected: ja")
			m.Props.SetString(mapi.SentRepresentingName, "n\r\nInjected: ja")
			m.Props.SetString(mapi.SentRepresentingSMTP, "a@b.example\r\nInjected: ja")
		}), []string{"X-Eigen: waarde"}, "\r\nInjected"},
		"a text that is not in memory": {note(func(m *mapi.Message) {
			m.Props.Set(mapi.Body, mapi.TypeString, mapi.BytesBlob(charset.EncodeUTF16("lange tekst")))
		}), []string{"text/plain", "lange tekst"}, ""},
		"its own boundary": {note(func(m *mapi.Message) {
			m.Props.SetString(mapi.Body, "tekst")
			m.Props.SetBytes(mapi.BodyHTML, []byte("<p>tekst"))
			m.Attachments = []mapi.Attachment{{Embedded: note(func(m *mapi.Message) { m.Props.SetString(mapi.Subject, "binnen") })}}
		}), []string{"multipart/mixed", "multipart/alternative", "message/rfc822", "Subject: binnen"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := write(t, c.m)
			for _, w := range c.want {
				if !bytes.Contains(got, []byte(w)) {
					t.Errorf("%q is missing in\n%s", w, got)
				}
			}
			if c.not != "" && bytes.Contains(got, []byte(c.not)) {
				t.Errorf("%q is in\n%s", c.not, got)
			}
			parse(t, got)
		})
	}
}

// TestSlowMail gives what takes very long where work grows with the square.
func TestSlowMail(t *testing.T) {
	for name, b := range map[string]string{
		"half words":  "Subject: " + strings.Repeat("=?a?b?", 80_000) + "\r\n\r\n",
		"words":       "Subject: " + strings.Repeat("=?utf-8?q?a?= ", 30_000) + "\r\n\r\n",
		"commas":      "To: " + strings.Repeat(",", 500_000) + "\r\n\r\n",
		"brackets":    "To: " + strings.Repeat("<(", 200_000) + "\r\n\r\n",
		"comments":    "To: " + strings.Repeat("(", 500_000) + "\r\n\r\n",
		"groups":      "To: " + strings.Repeat("a:", 200_000) + "\r\n\r\n",
		"parameters":  "Content-Type: text/plain" + strings.Repeat("; a=b", 100_000) + "\r\n\r\n",
		"folds":       "X-A: b" + strings.Repeat("\r\n c", 100_000) + "\r\n\r\n",
		"fields":      strings.Repeat("A: b\r\n", 80_000) + "\r\n",
		"dashes":      "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--\r\n", 500_000),
		"empty parts": "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\n", 200_000),
		"pictures": "Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n" + strings.Repeat("<img src=cid:b>", 200_000) +
			strings.Repeat("\r\n--x\r\nContent-Type: image/png\r\nContent-ID: <a>\r\n\r\n", 4000),
		"tags": "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div><b", 300_000),
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := parse(t, []byte(b))
			mapi.Facts(m, 10_000)
			write(t, m)
		})
	}
}

// TestSubjectsThatLookEncoded holds that a subject comes back as it is, even
// where a mail would take it for an encoded word.
func TestSubjectsThatLookEncoded(t *testing.T) {
	for _, subject := range []string{
		"=?utf-8?q?hoi?=", "=?ISO-2022-JP?B?GyRCRnxLXBsoQ?=", "Re: =?us-ascii?Q?a?= b", "vraag =? antwoord",
		"=?utf-8?b?aG9p?= " + strings.Repeat("lang ", 50) + "einde", strings.Repeat("x", 1200),
	} {
		m := &mapi.Message{}
		m.Props.SetString(mapi.MessageClass, "IPM.Note")
		m.Props.SetString(mapi.Subject, subject)
		again, _ := parse(t, write(t, m))
		if got := mapi.SubjectOf(again); got != subject {
			t.Errorf("%q came back as %q", subject, got)
		}
	}
}
