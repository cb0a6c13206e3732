package read_test

import (
	"bytes"
	"fmt"
	"testing"

	"vangnet/engine/e2e/read"
	"vangnet/engine/mapi/rfc5322"
)

// TestReadersOfPST holds that programs which others wrote read every item of a
// store with odd mails, and all that the source has of each.
func TestReadersOfPST(t *testing.T) {
	path, mails := store(t)
	source := sources(t, mails)
	t.Run("go-pst", func(t *testing.T) {
		compare(t, mails, source, read.GoPST(t, path), read.But(read.To, read.Cc, read.Bcc, read.Items), nil)
	})
	t.Run("pffexport", func(t *testing.T) {
		compare(t, mails, source, read.PFF(t, path), read.But(read.Class), []excuse{
			{"emoji", read.Subject, "characters beyond the basic plane are shown as others"},
			{"broken-words", read.Subject, "characters beyond the basic plane are shown as others"},
			{"awkward-names", read.Files, "names become names of this computer"},
			{"invitation", read.To, "of meeting mails it shows no people"},
			{"invitation", read.Sums, "of meeting mails it shows no attachments"},
			{"invitation", read.Files, "of meeting mails it shows no attachments"},
		})
	})
	t.Run("readpst", func(t *testing.T) {
		p := read.ReadPST(t, path)
		if p.Done["Inbox"] != len(mails) || p.Skipped != 0 {
			t.Errorf("readpst says that it read %d of %d and skipped %d", p.Done["Inbox"], len(mails), p.Skipped)
		}
		ours, theirs := []read.Item{}, []read.Item{}
		for i, m := range mails {
			var b bytes.Buffer
			if err := rfc5322.Write(&b, m.m, rfc5322.Options{}); err != nil {
				t.Fatal(err)
			}
			ours = append(ours, mail(t, b.Bytes()))
			theirs = append(theirs, mail(t, p.Raw[fmt.Sprintf("Proef/Inbox/%d.eml", i+1)]))
		}
		compare(t, mails, ours, theirs, read.But(read.Class, read.Received, read.Read, read.High), readpstExcuses)
	})
}

func mail(t *testing.T, raw []byte) read.Item {
	t.Helper()
	i, err := read.Mail("Inbox", raw)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// readpstExcuses: readpst prints the header that the mail came with instead of
// one of its own, and has no part for an attachment without content.
var readpstExcuses = []excuse{
	{"unknown-charset", read.Subject, "the header as it came"},
	{"control-subject", read.Subject, "the header as it came"},
	{"broken-header", read.Subject, "the header as it came"},
	{"broken-header", read.Sent, "the header as it came has no date"},
	{"no-date", read.Sent, "the header as it came has no date"},
	{"odd-date", read.Sent, "the header as it came has a date that is none"},
	{"no-header", read.Sent, "there is no header"},
	{"no-mail", read.Sent, "there is no header"},
	{"html-mixed-lines", read.HTML, "it makes all line ends alike"},
	{"utf-16-html", read.HTML, "it does not know the charset"},
	{"invitation", read.Files, "the invitation is a file with a name"},
	{"same-names", read.Files, "no part for a file without content"},
	{"only-attachment", read.Files, "a part more, without content, from the header as it came"},
	{"signed", read.Files, "the signed whole is one file"},
	{"signed", read.Sums, "the signed whole is one file"},
	{"signed-with-attachment", read.Sums, "the signed whole is one file"},
	{"same-names", read.Sums, "no part for a file without content"},
	{"only-attachment", read.Sums, "a part more, without content, from the header as it came"},
	{"enveloped", read.Sums, "a part more, without content, from the header as it came"},
	{"signed-with-attachment", read.Files, "the signed whole is one file"},
	{"enveloped", read.Files, "a part more, without content, from the header as it came"},
}
