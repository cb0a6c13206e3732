package pst_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/export/pst"
	"vangnet/engine/mapi"
)

// TestSizeIsEnough finishes a store after every few items: it is never larger
// than Size said, and an item never takes more than Weight said.
func TestSizeIsEnough(t *testing.T) {
	items := sample()
	for _, h := range hostileItems() {
		items = append(items, entry{h.name, "", h.m})
	}
	many := mail("lang", strings.Repeat("regel\n", 3000))
	for i := range 20 {
		many.Props.Set(0x6801+mapi.PropID(i), mapi.TypeBinary, pattern(pst.HeapItemMax+i-10, 1))
	}
	items = append(items, entry{"Inbox", "", many})
	for n := 0; n <= len(items); n += 9 {
		path := filepath.Join(t.TempDir(), "a.pst")
		w := create(t, path)
		for i := range n {
			e := items[i]
			folder(t, w, pst.Top, e.folder, "")
			before, weight := w.Size(), pst.Weight(e.m)
			add(t, w, e, i)
			if w.Size() > before+weight+sectionSize {
				t.Errorf("item %d: size went from %d to %d, weight %d", i, before, w.Size(), weight)
			}
		}
		size := w.Size()
		if s := finish(t, w); s.Bytes > size {
			t.Errorf("%d items take %d bytes, expected at most %d", n, s.Bytes, size)
		}
	}
}

// TestWeightIsEnough adds each item so often that the steps in which a file
// grows do not hide what it takes.
func TestWeightIsEnough(t *testing.T) {
	w := create(t, filepath.Join(t.TempDir(), "a.pst"))
	items := sample()
	for _, h := range hostileItems() {
		items = append(items, entry{h.name, "", h.m})
	}
	for _, e := range items {
		name := e.m.Props.String(mapi.Subject)
		if e.folder != "Inbox" {
			name = e.folder
		}
		f, start, n := folder(t, w, pst.Top, e.folder, ""), w.Size(), int64(0)
		for ; n < 300 && w.Size() < start+6*sectionSize; n++ {
			if _, err := w.Add(context.Background(), f, []byte(fmt.Sprint(name, n)), e.m); err != nil {
				t.Fatal(err)
			}
		}
		if took, weight := w.Size()-start-sectionSize, n*pst.Weight(e.m); took > weight {
			t.Errorf("%d times %q take %d bytes, weigh %d", n, name, took, weight)
		}
	}
}

// TestSizeIsNear: an estimate that is far too large would split too early.
func TestSizeIsNear(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	var sum int64
	for i := range 3000 {
		m := smallMail(i)
		sum += pst.Weight(m)
		if _, err := w.Add(context.Background(), folder(t, w, pst.Top, fmt.Sprint(i%20), ""), []byte(fmt.Sprint(i)), m); err != nil {
			t.Fatal(err)
		}
	}
	size := w.Size()
	s := finish(t, w)
	if size > s.Bytes*11/10 || sum > s.Bytes*2 {
		t.Errorf("%d bytes; size said %d, the weights together %d", s.Bytes, size, sum)
	}
}
