package rfc5322_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime/quotedprintable"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/rfc5322"
	"vangnet/engine/mapi/tnef/tneftest"
)

func pattern(n int) []byte {
	b := make([]byte, n)
	x := uint32(n)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// sentByOutlook is what Outlook puts into winmail.dat.
func sentByOutlook(file int) *mapi.Message {
	m := &mapi.Message{}
	p := &m.Props
	p.SetString(mapi.MessageClass, "IPM.Schedule.Meeting.Request")
	p.SetString(mapi.Subject, "uit TNEF")
	p.SetInt(mapi.Importance, 2)
	p.SetInt(mapi.InternetCodepage, 1252)
	p.SetBytes(mapi.BodyHTML, []byte("<p>caf\xe9 <img src=cid:a@b>"))
	p.SetString(mapi.Body, "tekst uit TNEF")
	p.SetNamed(mapi.Location, mapi.TypeString, "Zaal 3")
	var r mapi.Bag
	r.SetString(mapi.DisplayName, "Uit TNEF")
	r.SetString(mapi.SMTPAddress, "uit@contoso.example")
	r.SetInt(mapi.RecipientType, mapi.RecipientTo)
	m.Recipients = []mapi.Bag{r}
	add := func(name string, data []byte) {
		a := mapi.Attachment{}
		a.Props.SetString(mapi.AttachLongFilename, name)
		a.SetData(mapi.BytesBlob(data))
		m.Attachments = append(m.Attachments, a)
	}
	add("plan.pdf", pattern(file))
	add("logo.png", []byte("plaatje"))
	m.Attachments[1].Props.SetString(mapi.AttachContentID, "a@b")
	inner := &mapi.Message{}
	inner.Props.SetString(mapi.MessageClass, "IPM.Note")
	inner.Props.SetString(mapi.Subject, "binnen")
	m.Attachments = append(m.Attachments, mapi.Attachment{Embedded: inner})
	return m
}

func lined(s string, n int, end string) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(s[:n] + end)
		s = s[n:]
	}
	return b.String() + s + end
}

// withTNEF is a mail with a text and a winmail.dat.
func withTNEF(data []byte, encode string) []byte {
	var body string
	switch encode {
	case "base64":
		body = lined(base64.StdEncoding.EncodeToString(data), 76, "\r\n")
	case "odd base64": // lines of all lengths, blanks, and signs that do not belong there
		s := base64.StdEncoding.EncodeToString(data)
		var lines strings.Builder
		for n := 1; s != ""; n = n%97 + 1 {
			k := min(n, len(s))
			lines.WriteString(s[:k] + " \t!\r\n")
			s = s[k:]
		}
		body = lines.String()
		encode = "base64"
	case "quoted-printable":
		var q bytes.Buffer
		w := quotedprintable.NewWriter(&q)
		w.Binary = true
		_, _ = w.Write(data)
		_ = w.Close()
		body = q.String() + "\r\n"
	default:
		body = string(data) + "\r\n"
	}
	return []byte("From: a@contoso.example\r\nTo: b@contoso.example\r\nSubject: uit de kop\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=grens\r\n\r\n" +
		"--grens\r\nContent-Type: text/plain\r\n\r\ntekst van de mail\r\n--grens\r\nContent-Type: text/csv; name=los.csv\r\n\r\n1,2\r\n" +
		"--grens\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: " + encode + "\r\n\r\n" + body + "--grens--\r\n")
}

func names(m *mapi.Message) string {
	var out []string
	for i := range m.Attachments {
		n, _ := m.Attachments[i].Props.Int(mapi.AttachNumber)
		out = append(out, fmt.Sprint(n, " ", m.Attachments[i].FileName()))
	}
	return strings.Join(out, ", ")
}

func TestTNEF(t *testing.T) {
	for _, encode := range []string{"base64", "odd base64", "quoted-printable", "binary"} {
		for _, size := range []int{0, 1, 2, 3, 100_000} {
			m, warn := parse(t, withTNEF(tneftest.Encode(sentByOutlook(size)), encode))
			if len(warn) != 0 {
				t.Errorf("%s: warnings %v", encode, warn)
			}
			if got := names(m); got != "0 los.csv, 1 plan.pdf, 2 logo.png, 3 binnen" {
				t.Fatalf("%s: attachments %s", encode, got)
			}
			if !bytes.Equal(data(t, &m.Attachments[1]), pattern(size)) || string(data(t, &m.Attachments[2])) != "plaatje" {
				t.Errorf("%s: a file of %d bytes is another", encode, size)
			}
			p := m.Props
			importance, _ := p.Int(mapi.Importance)
			if m.Class() != "IPM.Schedule.Meeting.Request" || p.String(mapi.Subject) != "uit de kop" || p.NamedString(mapi.Location) != "Zaal 3" || importance != 2 {
				t.Errorf("%s: %v", encode, p)
			}
			if string(p.Bytes(mapi.BodyHTML)) != "<p>caf\xe9 <img src=cid:a@b>" || m.HTMLCodePage() != 1252 || strings.TrimSpace(p.String(mapi.Body)) != "tekst van de mail" {
				t.Errorf("%s: bodies %v", encode, p)
			}
			if !m.Attachments[2].Props.Bool(mapi.AttachmentHidden) || m.Attachments[2].Props.String(mapi.AttachMimeTag) != "image/png" {
				t.Errorf("%s: %v", encode, m.Attachments[2].Props)
			}
			if len(m.Recipients) != 1 || mapi.RecipientAddress(m.Recipients[0]).SMTP != "b@contoso.example" {
				t.Errorf("%s: recipients %v", encode, m.Recipients)
			}
			parse(t, write(t, m))
		}
	}
}

// TestTNEFAlone is a mail that is nothing but a winmail.dat with rich text.
func TestTNEFAlone(t *testing.T) {
	in := sentByOutlook(10)
	in.Props.Delete(mapi.BodyHTML)
	in.Props.Delete(mapi.Body)
	packed, err := hex.DecodeString("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
	if err != nil {
		t.Fatal(err)
	}
	in.Props.SetBytes(mapi.RTFCompressed, packed)
	m, warn := parse(t, []byte("From: a@contoso.example\r\nContent-Type: application/octet-stream; name=WINMAIL.DAT\r\nContent-Transfer-Encoding: base64\r\n\r\n"+
		lined(base64.StdEncoding.EncodeToString(tneftest.Encode(in)), 60, "\n")))
	text, _ := mapi.BodyText(m, 100)
	native, _ := m.Props.Int(mapi.NativeBody)
	if len(warn) != 0 || text != "hello world" || native != 2 || m.Props.String(mapi.Subject) != "uit TNEF" || len(m.Attachments) != 3 {
		t.Errorf("warnings %v, text %q, %s", warn, text, names(m))
	}
	if len(m.Recipients) != 1 || mapi.RecipientAddress(m.Recipients[0]).SMTP != "uit@contoso.example" {
		t.Errorf("recipients %v", m.Recipients)
	}
}

// TestTNEFThatIsDamaged: what came is used, and the file stays.
func TestTNEFThatIsDamaged(t *testing.T) {
	whole := tneftest.Encode(sentByOutlook(1000))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut":       {whole[:len(whole)-100], "0 los.csv, 1 plan.pdf, 2 logo.png, 3 binnen, 4 winmail.dat"},
		"cut early": {whole[:100], "0 los.csv, 1 winmail.dat"},
		"nonsense":  {[]byte("geen TNEF"), "0 los.csv, 1 winmail.dat"},
		"empty":     {nil, "0 los.csv, 1 winmail.dat"},
	} {
		m, warn := parse(t, withTNEF(c.data, "base64"))
		got := names(m)
		if got != c.want || !warn.Has(rfc5322.WarnTNEF) {
			t.Errorf("%s: %s, %v", name, got, warn)
		}
		for i := range m.Attachments {
			if a := &m.Attachments[i]; a.FileName() == "winmail.dat" && !bytes.Equal(data(t, a), c.data) {
				t.Errorf("%s: the file is another", name)
			}
		}
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-1] ^= 1 // a checksum
	if m, warn := parse(t, withTNEF(flipped, "base64")); names(m) != "0 los.csv, 1 plan.pdf, 2 logo.png, 3 binnen" || !warn.Has(rfc5322.WarnTNEF) {
		t.Errorf("%s, %v", names(m), warn)
	}
}

func FuzzTNEF(f *testing.F) {
	f.Add(tneftest.Encode(sentByOutlook(10)), uint8(0))
	f.Add(tneftest.Encode(sentByOutlook(10)), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, how uint8) {
		m, _ := parse(t, withTNEF(b, []string{"base64", "odd base64", "quoted-printable"}[how%3]))
		for i := range m.Attachments {
			if a := &m.Attachments[i]; a.Props.Has(mapi.AttachData) {
				data(t, a)
			}
		}
		parse(t, write(t, m))
	})
}
