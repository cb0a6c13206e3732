package ical_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/ical/icaltest"
)

// FuzzParse reads anything, writes what came of it and reads that: after one
// round, nothing may change or need repair any more.
func FuzzParse(f *testing.F) {
	for _, c := range append(icaltest.All(), icaltest.Broken()...) {
		if len(c.Data) < 20_000 {
			f.Add(c.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		items, _, err := ical.Parse(bytes.NewReader(data), ical.Limits{Items: 50, Properties: 500})
		if err != nil {
			t.Fatal(err)
		}
		unfolded := strings.NewReplacer("\r", "", "\n", "", " ", "", "\t", "").Replace(string(data))
		if n := strings.Count(strings.ToUpper(unfolded), "BEGIN"); len(items) > n {
			t.Fatalf("%d items of %d components", len(items), n)
		}
		for _, m := range items {
			first := writeBounded(t, m, len(data))
			again, warn, err := ical.Parse(bytes.NewReader(first), ical.Limits{})
			if err != nil || len(again) != 1 || warn.Has(ical.WarnSyntax) || warn.Has(ical.WarnCut) {
				t.Fatalf("%d items, %v, %v of\n%.3000s", len(again), warn, err, first)
			}
			writeBounded(t, again[0], len(first))
		}
	})
}

// writeBounded writes an item, which may not become much larger than its source.
func writeBounded(t *testing.T, m *mapi.Message, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := ical.Write(&b, m, ical.Options{}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 100*size+1<<20 {
		t.Fatalf("%d bytes became %d", size, b.Len())
	}
	return b.Bytes()
}

// FuzzWrite writes items of any properties.
func FuzzWrite(f *testing.F) {
	for _, c := range icaltest.All() {
		if len(c.Data) > 5000 {
			continue
		}
		items, _ := parse(f, c.Data)
		for _, m := range items {
			var b bytes.Buffer
			if err := fts.Encode(&b, m, fts.Options{}); err != nil {
				f.Fatal(err)
			}
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, _, err := fts.DecodeAt(bytes.NewReader(data), int64(len(data)), fts.Limits{})
		if err != nil || m == nil {
			return
		}
		if !ical.Can(m.Class()) {
			m.Props.SetString(mapi.MessageClass, "IPM.Appointment")
		}
		var b bytes.Buffer
		if err := ical.Write(&b, m, ical.Options{Method: true, Warn: func(ical.Warning, string) {}}); err != nil {
			t.Fatal(err)
		}
		items, warn, err := ical.Parse(&b, ical.Limits{})
		if err != nil || len(items) == 0 || warn.Has(ical.WarnSyntax) {
			t.Fatalf("%d items, %v, %v", len(items), warn, err)
		}
		if err := ical.Write(io.Discard, items[0], ical.Options{}); err != nil {
			t.Fatal(err)
		}
	})
}
