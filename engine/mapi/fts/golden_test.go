package fts_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestWireForm holds the bytes that are written for a small message, and the
// elements that they hold.
func TestWireForm(t *testing.T) {
	m := sample(40)
	m.Props.SetString(mapi.Body, "kort")
	b := encode(t, m, fts.Options{PageSize: 400, Damage: fts.Damage{UnknownOpcode: true}})
	golden(t, "small.fts.hex", hex.Dump(b))
	r := fts.NewReader(bytes.NewReader(b), fts.Limits{})
	golden(t, "small.elements", strings.Join(dump(t, r, 0), "\n")+"\n")
	if o := r.Outcome(); o.State != fts.Complete || o.Unknown != 1 {
		t.Errorf("outcome %+v", o)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", name, got)
	}
}

func TestFileSpool(t *testing.T) {
	spool, err := fts.NewFileSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := encode(t, sample(100_000), fts.Options{})
	m, o, err := fts.DecodeSpool(bytes.NewReader(b), fts.Limits{Inline: 1000}, spool.Keep)
	if err != nil || o.State != fts.Complete {
		t.Fatalf("outcome %+v, error %v", o, err)
	}
	if got := render(t, m, ""); got != render(t, sample(100_000), "") {
		t.Errorf("got\n%s", got)
	}
	if err := spool.Close(); err != nil {
		t.Error(err)
	}
}

func BenchmarkSplitAndDecode(b *testing.B) {
	stream := encode(b, sample(8<<20), fts.Options{})
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		if _, _, err := fts.SplitAndDecode(bytes.NewReader(stream), 64<<10, func(fts.Segment) error { return nil }, fts.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeSmall(b *testing.B) {
	stream := encode(b, sample(2000), fts.Options{})
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := fts.Decode(bytes.NewReader(stream), fts.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}
