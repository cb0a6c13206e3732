package read_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"vangnet/engine/e2e/read"
	"vangnet/engine/mapi/mailtest"
	"vangnet/engine/mapi/rfc5322"
)

// TestMailsAgainstMIME holds that a mail which went through Exchange's stream
// has every header, part and attachment of the MIME that it came with, as a
// reader of others sees both. What differs is listed, kind by kind.
func TestMailsAgainstMIME(t *testing.T) {
	var mails []odd
	var want, got []read.Item
	used := map[string]bool{}
	for i, source := range mailtest.Generate(11, 420) {
		if source.Kind == "no-mail" || source.Kind == "no-boundary" { // what no reader takes for a mail
			continue
		}
		m := streamed(t, source.Bytes, i)
		var b bytes.Buffer
		if err := rfc5322.Write(&b, m, rfc5322.Options{}); err != nil {
			t.Fatal(err)
		}
		mails = append(mails, odd{source.Kind, m})
		want, got = append(want, mail(t, source.Bytes)), append(got, mail(t, b.Bytes()))
		compareHeaders(t, source.Kind, source.Bytes, b.Bytes(), used)
	}
	compare(t, mails, want, got, read.But(read.Class, read.Received, read.Read, read.High), mimeExcuses)
	for key := range headerExcuses {
		if !used[key] {
			t.Errorf("nobody needs the excuse for %s", key)
		}
	}
}

func compareHeaders(t *testing.T, kind string, source, ours []byte, used map[string]bool) {
	t.Helper()
	want, got := read.Headers(source), read.Headers(ours)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if slices.Equal(want[name], got[name]) {
			continue
		}
		for _, key := range []string{kind + " " + name, "* " + name} {
			if _, ok := headerExcuses[key]; ok {
				used[key] = true
				want[name] = nil
				break
			}
		}
		if want[name] != nil {
			t.Errorf("%s, header %s:\n want %s\n got  %s", kind, name, short(fmt.Sprintf("%q", want[name])), short(fmt.Sprintf("%q", got[name])))
		}
	}
}

// headerExcuses are the fields that come back in another form: kind and field.
var headerExcuses = map[string]string{
	"flagged-words Importance":                           "Exchange writes it with a capital",
	"unknown-charset Subject":                            "a charset that nobody knows is read as Windows-1252",
	"control-subject Subject":                            "control characters are left out",
	"nul-bytes Subject":                                  "NUL is left out",
	"8-bit-header Subject":                               "bytes without a charset are read as Windows-1252",
	"odd-date Date":                                      "a date that is none is made one",
	"two-from From":                                      "of a field that came twice the first counts",
	"two-from Subject":                                   "of a field that came twice the first counts",
	"broken-header Subject":                              "lines that are none belong to the field before them",
	"broken-header X Naam met spatie":                    "lines that are none belong to the field before them",
	"mbox-line From anna@fabrikam.example Mon Jan  5 09": "the line before the header is no field",
	"odd-addresses Cc":                                   "routes and quotes are written as RFC 5322 has them now",
}

// mimeExcuses are the parts that come back in another form.
var mimeExcuses = []excuse{
	{"unknown-charset", read.Subject, "a charset that nobody knows is read as Windows-1252"},
	{"unknown-charset", read.Text, "a charset that nobody knows is read as Windows-1252"},
	{"wrong-charset", read.Text, "bytes that are UTF-8 are read as such, whatever the label says"},
	{"control-subject", read.Subject, "control characters are left out"},
	{"8-bit-header", read.Subject, "bytes without a charset are read as Windows-1252"},
	{"no-date", read.Sent, "the date of arrival takes the place of one that is missing"},
	{"odd-date", read.Sent, "a date that is none is made one"},
	{"nul-bytes", read.Subject, "NUL is left out"},
	{"broken-header", read.Subject, "lines that are none belong to the field before them"},
	{"broken-header", read.Sent, "the date of arrival takes the place of one that is missing"},
	{"no-header", read.Sent, "the date of arrival takes the place of one that is missing"},
	{"very-deep", read.Text, "parts in parts beyond 32 levels become an attachment"},
	{"very-deep", read.Files, "parts in parts beyond 32 levels become an attachment"},
	{"very-deep", read.Sums, "parts in parts beyond 32 levels become an attachment"},
	{"digest", read.Files, "enmime takes the mails of a digest for files"},
	{"digest", read.Sums, "enmime takes the mails of a digest for files"},
	{"digest", read.Items, "enmime takes the mails of a digest for files"},
	{"wrong-boundary", read.Text, "what stands between boundaries that are none is text"},
	{"two-texts", read.Text, "an item has one text; the second is an attachment"},
	{"two-texts", read.HTML, "an item has one text; HTML that is no alternative of it is an attachment"},
	{"two-texts", read.Files, "an item has one text; the second is an attachment"},
	{"two-texts", read.Sums, "an item has one text; the second is an attachment"},
	{"inline-text", read.Text, "an item has one text; the others are attachments"},
	{"inline-text", read.Files, "an item has one text; the others are attachments"},
	{"inline-text", read.Sums, "an item has one text; the others are attachments"},
	{"bounce", read.Files, "a file without a name gets one"},
	{"read-receipt", read.Files, "a file without a name gets one"},
	{"external-body", read.Files, "a file without a name gets one"},
	{"awkward-names", read.Files, "a file without a name gets one"},
	{"pgp-encrypted", read.Files, "a file without a name gets one"},
	{"no-end", read.Files, "what came of a part without end is kept; enmime drops it"},
	{"no-end", read.Sums, "what came of a part without end is kept; enmime drops it"},
}
