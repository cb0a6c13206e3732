package rfc5322_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/mailtest"
	"vangnet/engine/mapi/rfc5322"
)

func write(t testing.TB, m *mapi.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := rfc5322.Write(&b, m, rfc5322.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// summary tells what must survive writing and reading again.
func summary(t testing.TB, m *mapi.Message, indent string) string {
	t.Helper()
	var out strings.Builder
	facts := mapi.Facts(m, 1<<20)
	facts.Received = facts.Received.UTC()
	v := reflect.ValueOf(facts)
	for i := range v.NumField() {
		fmt.Fprintf(&out, "%s%s: %q\n", indent, v.Type().Field(i).Name, fmt.Sprint(v.Field(i)))
	}
	fmt.Fprintf(&out, "%sbody %q\n", indent, m.Props.String(mapi.Body))
	if m.Props.Has(mapi.BodyHTML) {
		fmt.Fprintf(&out, "%shtml %q %d\n", indent, m.Props.Bytes(mapi.BodyHTML), m.HTMLCodePage())
	}
	for _, id := range []mapi.PropID{mapi.InReplyToID, mapi.InternetReferences, mapi.ConversationTopic, mapi.ReplyRecipientNames, mapi.ListUnsubscribe} {
		fmt.Fprintf(&out, "%s%04X %q\n", indent, id, m.Props.String(id))
	}
	for _, id := range []mapi.PropID{mapi.Sensitivity, mapi.AutoResponseSuppress} {
		n, _ := m.Props.Int(id)
		fmt.Fprintf(&out, "%s%04X %d\n", indent, id, n)
	}
	fmt.Fprintf(&out, "%sthread %x\n", indent, m.Props.Bytes(mapi.ConversationIndex))
	for _, r := range m.Recipients {
		kind, _ := r.Int(mapi.RecipientType)
		fmt.Fprintf(&out, "%srecipient %d %s\n", indent, kind, mapi.RecipientAddress(r))
	}
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if a.Embedded != nil {
			fmt.Fprintf(&out, "%smail %q\n%s", indent, a.Props.String(mapi.AttachLongFilename), summary(t, a.Embedded, indent+"  "))
			continue
		}
		fmt.Fprintf(&out, "%sfile %q %s %q hidden %v %x\n", indent, a.FileName(), a.Props.String(mapi.AttachMimeTag), a.Props.String(mapi.AttachContentID),
			a.Props.Bool(mapi.AttachmentHidden), sha256.Sum256(data(t, a)))
	}
	return out.String()
}

// diff is the first line that differs.
func diff(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return fmt.Sprintf("%.400s\nbecame\n%.400s", x[i], append(y, make([]string, len(x))...)[i])
		}
	}
	return "more lines: " + strings.Join(y[len(x):], "\n")
}

func TestRoundTrip(t *testing.T) {
	for _, mail := range mailtest.Generate(1, 2*len(mailtest.Kinds())) {
		t.Run(mail.Name, func(t *testing.T) {
			m, _ := parse(t, mail.Bytes)
			first := summary(t, m, "")
			eml := write(t, m)
			again, _ := parse(t, eml)
			if got := summary(t, again, ""); got != first {
				t.Fatalf("%s\n--- written:\n%.1500s", diff(first, got), eml)
			}
			if second := write(t, again); !bytes.Equal(second, write(t, again)) {
				t.Error("the same message is written in two ways")
			}
			var stream bytes.Buffer
			if err := fts.Encode(&stream, m, fts.Options{}); err != nil {
				t.Fatal(err)
			}
			decoded, o, err := fts.DecodeAt(bytes.NewReader(stream.Bytes()), int64(stream.Len()), fts.Limits{Inline: 4000})
			if err != nil || o.State != fts.Complete {
				t.Fatalf("outcome %+v, %v", o, err)
			}
			if again := write(t, decoded); !bytes.Equal(again, eml) {
				t.Error("through an item stream, another mail comes out")
			}
		})
	}
}

// TestSignedStaysUntouched follows the signed part through stream and mail.
func TestSignedStaysUntouched(t *testing.T) {
	for _, mail := range mailtest.Generate(3, len(mailtest.Kinds())) {
		if mail.Kind != "signed" {
			continue
		}
		m, _ := parse(t, mail.Bytes)
		_, entity, _ := bytes.Cut(mail.Bytes, []byte("Content-Type: multipart/signed"))
		if got := write(t, m); !bytes.HasSuffix(got, entity) {
			t.Errorf("the signed part changed:\n%s", got)
		}
	}
}

func TestWriteWithoutContent(t *testing.T) {
	m := &mapi.Message{Attachments: []mapi.Attachment{{}}}
	m.Attachments[0].SetData(mapi.Blob{Size: 10})
	if err := rfc5322.Write(io.Discard, m, rfc5322.Options{}); err == nil {
		t.Error("an attachment that was not loaded is written")
	}
	if got := write(t, &mapi.Message{}); !bytes.Contains(got, []byte("MIME-Version: 1.0\r\n")) {
		t.Errorf("an empty message becomes %q", got)
	}
}

// TestExchangeAddress writes people who have no SMTP address.
func TestExchangeAddress(t *testing.T) {
	m := &mapi.Message{}
	m.Props.SetString(mapi.SentRepresentingName, "Afdeling, Inkoop")
	m.Props.SetString(mapi.SentRepresentingAddrType, "EX")
	m.Props.SetString(mapi.SentRepresentingAddress, "/O=X/CN=INKOOP 1")
	if got := write(t, m); !bytes.Contains(got, []byte("From: \"Afdeling, Inkoop\" <IMCEAEX-_O=X_CN=INKOOP+201@exchange.invalid>\r\n")) {
		t.Errorf("%s", got)
	}
	var b bytes.Buffer
	if err := rfc5322.Write(&b, m, rfc5322.Options{Resolve: func(string) string { return "inkoop@contoso.example" }}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b.Bytes(), []byte("<inkoop@contoso.example>")) {
		t.Errorf("%s", b.Bytes())
	}
}
