package vcard_test

import (
	"bytes"
	"testing"

	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/vcard"
	"vangnet/engine/mapi/vcard/vcardtest"
)

// FuzzParse: whatever is read can be written, is read again as the same, and is
// written the same way then.
func FuzzParse(f *testing.F) {
	for _, file := range append(vcardtest.All(), vcardtest.Broken()...) {
		if len(file.Data) < 4000 {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		all, _ := parse(t, b)
		for _, o := range []vcard.Options{{}, {Version: vcard.Version4}} {
			once := write(t, o, all...)
			again, warn := parse(t, once)
			if len(again) != len(all) {
				t.Fatalf("%d cards became %d: %v\n%s", len(all), len(again), warn, once)
			}
			if twice := write(t, o, again...); !bytes.Equal(once, twice) {
				t.Errorf("read and written again, it differs:\n%s\nbecame\n%s", once, twice)
			}
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
