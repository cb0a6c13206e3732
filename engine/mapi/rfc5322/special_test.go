package rfc5322_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/mailtest"
)

func TestSecuredMail(t *testing.T) {
	signed := crlf(`
Subject: getekend
Content-Type: multipart/signed; protocol="application/pkcs7-signature";
	micalg=sha-256; boundary=s

vooraf
--s
Content-Type: text/plain

De tekst   
--s
Content-Type: application/pkcs7-signature; name=smime.p7s
Content-Transfer-Encoding: base64

AAAA
--s--
`)
	m, _ := parse(t, signed)
	if m.Class() != "IPM.Note.SMIME.MultipartSigned" || len(m.Attachments) != 1 {
		t.Fatalf("class %s, %d attachments", m.Class(), len(m.Attachments))
	}
	_, rest, _ := bytes.Cut(signed, []byte("Subject: getekend\r\n"))
	if got := data(t, &m.Attachments[0]); !bytes.Equal(got, rest) {
		t.Errorf("the signed entity is not what it was:\n%q\n%q", got, rest)
	}
	if got, _ := mapi.BodyText(m, 100); strings.TrimSpace(got) != "De tekst" {
		t.Errorf("text %q", got)
	}
	m, _ = parse(t, crlf(`
Subject: versleuteld
Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m
Content-Transfer-Encoding: base64

MIAGCSqGSIb3DQEHA6CA
`))
	if m.Class() != "IPM.Note.SMIME" || len(m.Attachments) != 1 || len(data(t, &m.Attachments[0])) != 15 {
		t.Errorf("class %s", m.Class())
	}
}

func TestReportsAndMeetings(t *testing.T) {
	m, _ := parse(t, crlf(`
Content-Type: multipart/report; report-type=delivery-status; boundary=r

--r

Niet afgeleverd.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; weg@contoso.example
Action: failed
Status: 5.1.1
--r
Content-Type: message/rfc822

Subject: oorspronkelijk

x
--r--
`))
	if m.Class() != "REPORT.IPM.Note.NDR" || len(m.Attachments) != 2 || m.Attachments[1].Embedded == nil {
		t.Errorf("class %s, %d attachments", m.Class(), len(m.Attachments))
	}
	m, _ = parse(t, crlf(`
Content-Type: multipart/alternative; boundary=r

--r

Kom je?
--r
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
END:VCALENDAR
--r--
`))
	if m.Class() != "IPM.Schedule.Meeting.Request" || len(m.Attachments) != 1 {
		t.Errorf("class %s, %d attachments", m.Class(), len(m.Attachments))
	}
}

func FuzzParse(f *testing.F) {
	f.Add(crlf(ordinary))
	f.Add(nested(40))
	f.Add([]byte("From: a\nTo: <b@c>,\"x\nContent-Type: multipart/mixed;boundary=\"\"\n\n--\n"))
	for _, m := range mailtest.Generate(1, len(mailtest.Kinds())) {
		if len(m.Bytes) < 10_000 {
			f.Add(m.Bytes)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, _ := parse(t, b)
		first := essence(m)
		again, _ := parse(t, write(t, m))
		if got := essence(again); got != first {
			t.Errorf("written and read again, it differs: %s", diff(first, got))
		}
		_ = summary(t, m, "") // opens every attachment
	})
}

// essence is what must survive even of the strangest mail.
func essence(m *mapi.Message) string {
	f := mapi.Facts(m, 1<<20)
	return fmt.Sprintf("%q\n%q\n%q\n%d files", f.Class, f.Subject, f.Text, len(m.Attachments))
}
