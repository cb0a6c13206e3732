package pst_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"vangnet/engine/export/pst"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
)

// FuzzAdd writes whatever can be read out of an item stream.
func FuzzAdd(f *testing.F) {
	for _, e := range sample() {
		var b bytes.Buffer
		if err := fts.Encode(&b, e.m, fts.Options{}); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	for _, h := range hostileItems() {
		var b bytes.Buffer
		if err := fts.Encode(&b, h.m, fts.Options{}); err == nil && b.Len() < 1<<20 {
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lim := fts.Limits{Inline: 2000, Memory: 4 << 20}
		m, _, err := fts.DecodeAt(bytes.NewReader(data), int64(len(data)), lim)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "a.pst")
		w := create(t, path)
		before, weight := w.Size(), pst.Weight(m)
		_, err = w.Add(context.Background(), pst.Top, []byte("fuzz"), m)
		if w.Size() > before+weight+sectionSize {
			t.Errorf("size went from %d to %d, weight %d", before, w.Size(), weight)
		}
		want := int64(1)
		if err != nil {
			want = 0
		}
		if _, err := w.Add(context.Background(), pst.Deleted, []byte("x"), &mapi.Message{}); err != nil {
			t.Fatal(err)
		}
		size := w.Size()
		if s := finish(t, w); s.Bytes > size || s.Messages != want+1 {
			t.Errorf("summary %+v, expected at most %d bytes and %d messages", s, size, want+1)
		}
		checked(t, path)
	})
}
