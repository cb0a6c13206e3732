package rfc5322_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/rfc5322"
)

func crlf(s string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimPrefix(s, "\n"), "\n", "\r\n"))
}

func parse(t testing.TB, b []byte) (*mapi.Message, rfc5322.Warnings) {
	t.Helper()
	m, warn, err := rfc5322.Parse(bytes.NewReader(b), rfc5322.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m, warn
}

func data(t testing.TB, a *mapi.Attachment) []byte {
	t.Helper()
	blob, ok := a.Data()
	if !ok {
		t.Fatalf("attachment %q has no data", a.FileName())
	}
	r, err := blob.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(b)) != blob.Size {
		t.Fatalf("attachment %q: %d bytes, size %d", a.FileName(), len(b), blob.Size)
	}
	return b
}

const ordinary = `
Received: from a.example by b.example; Fri, 13 Mar 2026 10:00:05 +0100
From: =?utf-8?q?J=C3=B6rg?= <joerg@contoso.example>
Sender: Secretariaat <sec@contoso.example>
Reply-To: antwoord@contoso.example
To: "Vries, Anna de" <anna@fabrikam.example>, bert@fabrikam.example
Cc: Team: c@fabrikam.example, d@fabrikam.example;
Bcc: geheim@fabrikam.example
Subject: RE: =?iso-8859-1?Q?Offerte_caf=E9?=
 =?utf-8?b?IPCfjok=?=
Date: Fri, 13 Mar 2026 10:00:00 +0100
Message-ID: <1@contoso.example>
In-Reply-To: <0@fabrikam.example>
References: <00@fabrikam.example>
 <0@fabrikam.example>
Importance: High
Sensitivity: Private
Keywords: Rood, Groen
Disposition-Notification-To: joerg@contoso.example
X-Auto-Response-Suppress: OOF, AutoReply
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

voorwoord
--b1
Content-Type: multipart/related; boundary=b2

--b2
Content-Type: multipart/alternative; boundary=b3

--b3
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Caf=C3=A9, een lange =
regel
--b3
Content-Type: text/html; charset=iso-8859-15
Content-Transfer-Encoding: 8bit

<p>Caf` + "\xe9 \xa4" + ` <img src="cid:logo@x">
--b3--
--b2
Content-Type: image/png; name="logo.png"
Content-Transfer-Encoding: base64
Content-ID: <logo@x>
Content-Disposition: inline; filename="logo.png"

iVBORw0K
Ggo=
--b2--

--b1
Content-Type: application/pdf
Content-Disposition: attachment; filename*0*=utf-8''begroting%20; filename*1*=2026%E2%82%AC.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjc=
--b1
Content-Type: message/rfc822

From: inner@contoso.example
Subject: binnen
Content-Type: text/plain

hallo
--b1--
nawoord
`

func TestParseOrdinary(t *testing.T) {
	m, warn := parse(t, crlf(ordinary))
	if len(warn) > 0 {
		t.Errorf("warnings %v", warn)
	}
	p := m.Props
	for id, want := range map[mapi.PropID]string{
		mapi.MessageClass: "IPM.Note", mapi.Subject: "RE: Offerte café 🎉", mapi.SubjectPrefix: "RE: ", mapi.NormalizedSubject: "Offerte café 🎉",
		mapi.SentRepresentingName: "Jörg", mapi.SentRepresentingSMTP: "joerg@contoso.example", mapi.SenderName: "Secretariaat",
		mapi.SenderSMTPAddress: "sec@contoso.example", mapi.InternetMessageID: "<1@contoso.example>", mapi.InReplyToID: "<0@fabrikam.example>",
		mapi.InternetReferences: "<00@fabrikam.example> <0@fabrikam.example>", mapi.Body: "Café, een lange regel",
		mapi.BodyHTML: "", mapi.ReplyRecipientNames: "antwoord@contoso.example",
	} {
		if got := p.String(id); got != want {
			t.Errorf("%04X: %q, want %q", id, got, want)
		}
	}
	if got := string(p.Bytes(mapi.BodyHTML)); got != "<p>Caf\xe9 \xa4 <img src=\"cid:logo@x\">" {
		t.Errorf("HTML %q", got)
	}
	for id, want := range map[mapi.PropID]int64{mapi.InternetCodepage: 28605, mapi.Importance: 2, mapi.Sensitivity: 2, mapi.AutoResponseSuppress: 48, mapi.NativeBody: 3} {
		if got, _ := p.Int(id); got != want {
			t.Errorf("%04X: %d, want %d", id, got, want)
		}
	}
	if got := p.Time(mapi.ClientSubmitTime); !got.Equal(time.Date(2026, 3, 13, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("sent %s", got)
	}
	if got := p.Time(mapi.DeliveryTime); !got.Equal(time.Date(2026, 3, 13, 9, 0, 5, 0, time.UTC)) {
		t.Errorf("received %s", got)
	}
	facts := mapi.Facts(m, 1000)
	if want := "Vries, Anna de <anna@fabrikam.example>; bert@fabrikam.example; c@fabrikam.example; d@fabrikam.example; geheim@fabrikam.example"; facts.To != want {
		t.Errorf("to %s", facts.To)
	}
	if got := fmt.Sprint(facts.Categories); got != "[Rood Groen]" {
		t.Errorf("categories %s", got)
	}
	if len(m.Attachments) != 3 {
		t.Fatalf("%d attachments", len(m.Attachments))
	}
	logo, pdf, inner := &m.Attachments[0], &m.Attachments[1], &m.Attachments[2]
	if string(data(t, logo)) != "\x89PNG\r\n\x1a\n" || !logo.Props.Bool(mapi.AttachmentHidden) || logo.Props.String(mapi.AttachContentID) != "logo@x" {
		t.Errorf("picture %v", logo.Props)
	}
	if string(data(t, pdf)) != "%PDF-1.7" || pdf.FileName() != "begroting 2026€.pdf" || pdf.Props.Bool(mapi.AttachmentHidden) {
		t.Errorf("pdf %v", pdf.Props)
	}
	if inner.Embedded == nil || inner.Embedded.Props.String(mapi.Subject) != "binnen" || inner.Embedded.Props.String(mapi.Body) != "hallo" {
		t.Errorf("inner %v", inner.Embedded)
	}
}

func TestParseOdd(t *testing.T) {
	for name, c := range map[string]struct {
		mail    string
		subject string
		from    string
		body    string
		warn    rfc5322.Warning
	}{
		"empty":            {"", "", "", "", ""},
		"no header":        {"\nalleen tekst\n", "", "", "alleen tekst\r\n", ""},
		"no header either": {"alleen tekst zonder dubbele punt\nregel\n", "", "", "alleen tekst zonder dubbele punt\r\nregel\r\n", rfc5322.WarnNoHeader},
		"bare LF":          {"Subject: a\nFrom: b@c.example\n\nx\ny\n", "a", "b@c.example", "x\r\ny\r\n", ""},
		"lost indent":      {"Subject: a\nverder\nFrom: b@c.example\n\nx", "a verder", "b@c.example", "x", rfc5322.WarnHeader},
		"8-bit header":     {"Subject: caf\xe9\n\n", "café", "", "", ""},
		"UTF-8 header":     {"Subject: café\n\n", "café", "", "", ""},
		"two From":         {"From: a@b.example\nFrom: c@d.example\n\n", "", "a@b.example", "", rfc5322.WarnDuplicate},
		"no address":       {"From: Jan Jansen\n\n", "", "Jan Jansen", "", rfc5322.WarnAddress},
		"bad quotes":       {"From: \"Jan <jan@b.example>\n\n", "", "Jan <jan@b.example>", "", ""},
		"NUL":              {"Subject: a\x00b\n\nx\x00y", "ab", "", "xy", rfc5322.WarnControl},
		"mbox":             {"From jan Mon Jan  1 00:00:00 2026\nSubject: a\n\nb", "a", "", "b", rfc5322.WarnMailboxFormat},
		"split character":  {"Subject: =?utf-8?q?caf=C3?= =?utf-8?q?=A9?=\n\n", "café", "", "", ""},
		"unknown charset":  {"Content-Type: text/plain; charset=x-martian\n\ncaf\xe9", "", "", "café", rfc5322.WarnCharset},
		"iso-2022-jp":      {"Content-Type: text/plain; charset=iso-2022-jp\nSubject: =?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=\n\n\x1b$BF|K\\\x1b(B", "日本", "", "日本", ""},
		"no boundary":      {"Content-Type: multipart/mixed\n\ntekst", "", "", "tekst", rfc5322.WarnStructure},
		"never a boundary": {"Content-Type: multipart/mixed; boundary=x\n\ntekst", "", "", "tekst", rfc5322.WarnStructure},
		"broken base64":    {"Content-Transfer-Encoding: base64\n\naGFs!!\nbG8", "", "", "hallo", ""},
		"unknown encoding": {"Content-Transfer-Encoding: rot13\n\nunyyb", "", "", "unyyb", rfc5322.WarnEncoding},
		"broken type":      {"Content-Type: multipart/mix\xd1\xd1\xd1\xd1\xd1\xd1\xd1\xd1ed;\n\tboundary=\"x\"\n\n--x\n\na\n--x--\n", "", "", "", ""},
		"no date":          {"Date: gisteren\n\n", "", "", "", rfc5322.WarnDate},
	} {
		t.Run(name, func(t *testing.T) {
			m, warn := parse(t, []byte(c.mail))
			if got := m.Props.String(mapi.Subject); got != c.subject {
				t.Errorf("subject %q", got)
			}
			if got := mapi.From(m).String(); got != c.from {
				t.Errorf("from %q", got)
			}
			if got := m.Props.String(mapi.Body); got != c.body {
				t.Errorf("body %q", got)
			}
			if c.warn != "" && !warn.Has(c.warn) || c.warn == "" && len(warn) > 0 {
				t.Errorf("warnings %v, want %q", warn, c.warn)
			}
		})
	}
}

func nested(depth int) []byte {
	var b bytes.Buffer
	b.WriteString("Subject: diep\r\n")
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	b.WriteString("\r\nde kern\r\n")
	for i := depth - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\r\n", i)
	}
	return b.Bytes()
}

func TestTooDeep(t *testing.T) {
	m, warn := parse(t, nested(10_000))
	if !warn.Has(rfc5322.WarnTooDeep) || len(m.Attachments) != 1 {
		t.Fatalf("warnings %v, %d attachments", warn, len(m.Attachments))
	}
	if got := data(t, &m.Attachments[0]); !bytes.Contains(got, []byte("de kern")) {
		t.Error("what lies deep is lost")
	}
	inner := []byte("Subject: kern\r\n\r\nde kern")
	for range 100 {
		inner = append([]byte("Content-Type: message/rfc822\r\n\r\n"), inner...)
	}
	m, warn = parse(t, inner)
	if !warn.Has(rfc5322.WarnTooDeep) {
		t.Errorf("warnings %v", warn)
	}
	for m.Attachments[0].Embedded != nil {
		m = m.Attachments[0].Embedded
	}
	if got := data(t, &m.Attachments[0]); !bytes.Contains(got, []byte("de kern")) {
		t.Error("what lies deep is lost")
	}
}

func TestTooManyParts(t *testing.T) {
	b := []byte("Content-Type: multipart/mixed; boundary=x\r\n\r\n")
	for i := range 200 {
		b = fmt.Appendf(b, "--x\r\nContent-Type: text/csv\r\n\r\ndeel %d\r\n", i)
	}
	m, warn, err := rfc5322.Parse(bytes.NewReader(append(b, "--x--\r\n"...)), rfc5322.Limits{Parts: 50})
	if err != nil || !warn.Has(rfc5322.WarnTooMany) {
		t.Fatalf("%v, %v", warn, err)
	}
	if last := data(t, &m.Attachments[len(m.Attachments)-1]); !bytes.Contains(last, []byte("deel 199")) {
		t.Errorf("the rest is lost: %.100q", last)
	}
}

// gigabyte is a source with a header that is far too long.
type gigabyte struct{ size int64 }

func (g gigabyte) Size() int64 { return g.size }

func (g gigabyte) ReadAt(p []byte, off int64) (int, error) {
	const line = "X-Lang: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"
	n := int(min(int64(len(p)), g.size-off))
	for i := range n {
		p[i] = line[(off+int64(i))%int64(len(line))]
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (g gigabyte) Read([]byte) (int, error) { return 0, errors.New("read at a place instead") }

func TestEndlessHeader(t *testing.T) {
	m, warn, err := rfc5322.Parse(gigabyte{20 << 20}, rfc5322.Limits{})
	if err != nil || !warn.Has(rfc5322.WarnHeaderLong) {
		t.Fatalf("%v, %v", warn, err)
	}
	if n := len(m.Props.String(mapi.TransportHeaders)); n > 1<<20 {
		t.Errorf("%d bytes of header", n)
	}
}

func TestOneLongLineOfPeople(t *testing.T) {
	m, warn := parse(t, []byte("To: "+strings.Repeat("iemand@contoso.example, ", 9999)+"laatste@contoso.example\r\n\r\nx"))
	if len(warn) > 0 || len(m.Recipients) != 10_000 || mapi.RecipientAddress(m.Recipients[9999]).SMTP != "laatste@contoso.example" {
		t.Errorf("%d recipients, warnings %v", len(m.Recipients), warn)
	}
}

func TestErrorsOfTheSource(t *testing.T) {
	broken := errors.New("the disk is broken")
	if _, _, err := rfc5322.Parse(iotest.ErrReader(broken), rfc5322.Limits{}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if _, warn, err := rfc5322.Parse(iotest.OneByteReader(strings.NewReader("Subject: x\n\nveel tekst")), rfc5322.Limits{Size: 15}); err != nil || !warn.Has(rfc5322.WarnCut) {
		t.Errorf("%v, %v", warn, err)
	}
}
