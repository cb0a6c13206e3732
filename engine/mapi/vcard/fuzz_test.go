package vcard_test

import (
	"bytes"
	"testing"

	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/vcard"
	"vangnet/engine/mapi/vcard/vcardtest"
)

// strange are cards that once came out differently the second time.
var strange = []string{
	"BEGIN:VCARD\nX-MS-TEL;TYPE=x:0\nEND:VCARD",
	"BEGIN:VCARD\nX-EVOLUTION-FILE-AS:0\nEND:VCARD",
	"BEGIN:VCARD\nTEL;TYPE=0:2\nTEL:2\nTEL;PREF:2\nEND:VCARD",
	"BEGIN:VCARD\nORG:\u00a0 00\nEND:VCARD",
	"BEGIN:VCARD\nTEL;HOMEFAX:0\nTEL;HOMEFAX:1\nEND:VCARD",
	"BEGIN:VCARD\nTEL;CELL:1\nTEL;WORK;CELL:2\nEND:VCARD",
	"BEGIN:VCARD\nFN:00000000000000000000000000000000000000000000000000000000000000000000 END:VCARD\nEND:VCARD",
	"BEGIN:VCARD\n0;TYPE=0;TYPE=00;TYPE=00;TYPE=000000;TYPE=0000000000;TYPE=00000000000000;TYPE=0:\nEND:VCARD",
	"BEGIN:VCARD\nX-A:00000000000000000000000000000000000000000000000000000000000000000000000     \nEND:VCARD",
	"BEGIN:VCARD\nURL;HOME:0\nURL:0\nURL:1\\n2\nEND:VCARD",
	"BEGIN:VCARD\nHOBBY:b\nX-MS-INTERESTS:a\nEND:VCARD",
	"BEGIN:VCARD\nTEL;TYPE=main:0\nTEL;TYPE=pref:1\nEND:VCARD",
	"BEGIN:VCARD\nLABEL;WORK:x\nX-MS-OL-DEFAULT-POSTAL-ADDRESS:2\nEND:VCARD",
	"BEGIN:VCARD\nEMAIL;PREF:a\nEMAIL;PREF:a\nEMAIL;PREF;WORK:a\nEND:VCARD",
	"BEGIN:VCARD\nKIND:group\nMEMBER:0\nE:0\nEND:VCARD\nBEGIN:VCARD\nUID:0\nEMAIL:o\nEND:VCARD",
}

// TestWrittenTwice holds that cards are written the same way once they were read
// again: what is written keeps all that was understood.
func TestWrittenTwice(t *testing.T) {
	cards := strange
	for _, file := range append(vcardtest.All(), vcardtest.Broken()...) {
		cards = append(cards, string(file.Data))
	}
	for _, card := range cards {
		all, _ := parse(t, []byte(card))
		for _, o := range []vcard.Options{{}, {Version: vcard.Version4}} {
			once := write(t, o, all...)
			again, _ := parse(t, once)
			if twice := write(t, o, again...); !bytes.Equal(once, twice) {
				t.Errorf("read and written again, it differs:\n%s\nbecame\n%s", once, twice)
			}
		}
	}
}

// FuzzParse: whatever is read can be written, and is read again as so many
// cards. Damaged fields that contradict each other may move in that.
func FuzzParse(f *testing.F) {
	for _, file := range append(vcardtest.All(), vcardtest.Broken()...) {
		if len(file.Data) < 4000 {
			f.Add(file.Data)
		}
	}
	for _, s := range strange {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		all, _ := parse(t, b)
		for _, o := range []vcard.Options{{}, {Version: vcard.Version4}} {
			once := write(t, o, all...)
			again, warn := parse(t, once)
			if len(again) != len(all) {
				t.Fatalf("%d cards became %d: %v\n%s", len(all), len(again), warn, once)
			}
			write(t, o, again...)
		}
	})
}

// FuzzWrite: whatever an item stream holds becomes one card, or an error.
func FuzzWrite(f *testing.F) {
	for _, file := range vcardtest.All() {
		all, _ := parse(f, file.Data)
		var stream bytes.Buffer
		if err := fts.Encode(&stream, all[0], fts.Options{}); err != nil {
			f.Fatal(err)
		}
		if stream.Len() < 8000 {
			f.Add(stream.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, _, err := fts.DecodeAt(bytes.NewReader(b), int64(len(b)), fts.Limits{Inline: 4000})
		if err != nil || m == nil {
			return
		}
		for _, o := range []vcard.Options{{}, {Version: vcard.Version4}} {
			var once bytes.Buffer
			if err := vcard.Write(&once, m, o); err != nil {
				continue
			}
			again, warn := parse(t, once.Bytes())
			if len(again) != 1 || warn.Has(vcard.WarnLine) || warn.Has(vcard.WarnStray) || warn.Has(vcard.WarnUnclosed) {
				t.Errorf("%d cards, %v:\n%s", len(again), warn, once.Bytes())
			}
		}
	})
}
