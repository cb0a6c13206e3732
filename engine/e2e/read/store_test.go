package read_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vangnet/engine/e2e/read"
	"vangnet/engine/export/pst"
	"vangnet/engine/export/pst/check"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/mailtest"
	"vangnet/engine/mapi/rfc5322"
)

// odd is a mail of the store with what it was made of.
type odd struct {
	kind string
	m    *mapi.Message
}

// store writes odd mails, as they come out of a stream, into a PST file.
func store(t *testing.T) (path string, mails []odd) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "proef.pst")
	w, err := pst.Create(path, pst.Options{Name: "Proef", Key: []byte("proef")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	f, err := w.Folder(pst.Top, "Inbox", "IPF.Note")
	if err != nil {
		t.Fatal(err)
	}
	for i, mail := range mailtest.Generate(11, 420) {
		m := streamed(t, mail.Bytes, i)
		if _, err := w.Add(context.Background(), f, []byte(mail.Name), m); err != nil {
			t.Fatal(mail.Name, err)
		}
		mails = append(mails, odd{mail.Kind, m})
	}
	if _, err := w.Finish(context.Background()); err != nil {
		t.Fatal(err)
	}
	rep, err := check.File(context.Background(), path, check.Options{Max: 20})
	if err != nil || !rep.Sound() {
		t.Errorf("the store is not sound: %v %+v", err, rep)
	}
	return path, mails
}

// streamed is a mail as it comes out of Exchange's stream.
func streamed(t *testing.T, raw []byte, i int) *mapi.Message {
	t.Helper()
	m, _, err := rfc5322.Parse(bytes.NewReader(raw), rfc5322.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	m.Props.SetTime(mapi.DeliveryTime, time.Date(2025, 3, 1, 9, 0, i, 0, time.UTC))
	if i%2 == 0 {
		flags, _ := m.Props.Int(mapi.MessageFlags)
		m.Props.SetInt(mapi.MessageFlags, flags|mapi.FlagRead)
	}
	return throughStream(t, m)
}

// throughStream is a message as it comes out of Exchange's stream.
func throughStream(t *testing.T, m *mapi.Message) *mapi.Message {
	t.Helper()
	var b bytes.Buffer
	if err := fts.Encode(&b, m, fts.Options{}); err != nil {
		t.Fatal(err)
	}
	m, _, err := fts.DecodeAt(bytes.NewReader(b.Bytes()), int64(b.Len()), fts.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// excuse is a field in which a reader shows mails of a kind in its own way.
type excuse struct {
	kind string
	f    read.Field
	why  string
}

// compare compares items in pairs. Every difference needs its excuse, and every
// excuse a difference.
func compare(t *testing.T, mails []odd, want, got []read.Item, fields []read.Field, excuses []excuse) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%d items instead of %d", len(got), len(want))
		return
	}
	used := map[excuse]bool{}
	for i := range want {
		for _, f := range fields {
			w, g := want[i].Line([]read.Field{f}), got[i].Line([]read.Field{f})
			if w == g {
				continue
			}
			found := false
			for _, e := range excuses {
				if e.kind == mails[i].kind && e.f == f {
					used[e], found = true, true
				}
			}
			if !found {
				t.Errorf("item %d, %s:\n want %s\n got  %s", i+1, mails[i].kind, short(w), short(g))
			}
		}
	}
	for _, e := range excuses {
		if !used[e] {
			t.Errorf("nobody needs the excuse for %s of %s: %s", e.f, e.kind, e.why)
		}
	}
}

func short(s string) string { return strings.ToValidUTF8(s[:min(len(s), 500)], "") }

// sources are the items as the stream has them.
func sources(t *testing.T, mails []odd) []read.Item {
	t.Helper()
	var items []read.Item
	for _, m := range mails {
		i, err := read.Of("Inbox", m.m)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, i)
	}
	return items
}
