package fts_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"vangnet/engine/mapi/fts"
)

type piece struct {
	large bool
	data  []byte
}

func split(t testing.TB, b []byte, threshold int64) ([]piece, fts.Summary) {
	t.Helper()
	var got []piece
	sum, err := fts.Split(bytes.NewReader(b), threshold, func(s fts.Segment) error {
		data, err := io.ReadAll(s.Content)
		got = append(got, piece{s.Large, data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, sum
}

func join(t testing.TB, pieces []piece, framing []byte) []byte {
	t.Helper()
	var payload, out bytes.Buffer
	for _, p := range pieces {
		payload.Write(p.data)
	}
	if err := fts.Join(&out, framing, &payload); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSplitFindsTheSameAttachment(t *testing.T) {
	hashes := map[[32]byte]int{}
	for i, subject := range []string{"kort", "een heel wat langer onderwerp dan het andere"} {
		m := sample(200_000)
		m.Props.SetString(0x0037, subject)
		b := encode(t, m, fts.Options{PageSize: 31680 - 1000*i})
		pieces, sum := split(t, b, 64<<10)
		if len(pieces) != 3 || sum.Large != 1 || sum.LargeBytes != 200_000 || sum.Outcome.State != fts.Complete {
			t.Fatalf("%d pieces, summary %+v", len(pieces), sum)
		}
		for _, p := range pieces {
			if p.large {
				hashes[sha256.Sum256(p.data)]++
			}
		}
		if len(sum.Framing) > 200 {
			t.Errorf("the framing takes %d bytes", len(sum.Framing))
		}
		if !bytes.Equal(join(t, pieces, sum.Framing), b) {
			t.Error("joined, the stream differs")
		}
	}
	if len(hashes) != 1 {
		t.Error("one attachment in two mails gives two contents")
	}
}

func TestSplitWithoutLargeValues(t *testing.T) {
	pieces, sum := split(t, encode(t, sample(5000), fts.Options{}), 64<<10)
	if sum.Large != 0 || len(pieces) != 1 {
		t.Errorf("%d pieces, summary %+v", len(pieces), sum)
	}
}

func seeds(t testing.TB) map[string][]byte {
	out := map[string][]byte{
		"empty": {}, "sentence": []byte("this is no stream at all, but text"), "zeros": make([]byte, 1000),
		"huge record": append(record(2, 0xFFFFFFFF), 1, 2, 3),
		"big unknown": append(append(append(record(1, 8), make([]byte, 8)...), record(77, 100_000)...), make([]byte, 100_000)...),
	}
	for name, d := range map[string]fts.Damage{
		"whole": {}, "unknown element": {UnknownElement: true}, "unknown opcode": {UnknownOpcode: true}, "cut": {Truncate: true},
		"nesting": {WrongNesting: true}, "no header": {NoHeader: true},
	} {
		out[name] = encode(t, sample(5000), fts.Options{PageSize: 700, Damage: d})
		out[name+", then text"] = append(out[name], "=== Truncated Data ==="...)
	}
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "data", "fts", "*.fts"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = b
	}
	return out
}

func TestJoinOfSplitIsTheSame(t *testing.T) {
	for name, b := range seeds(t) {
		for _, n := range cuts(len(b)) {
			pieces, sum := split(t, b[:n], 2000)
			if !bytes.Equal(join(t, pieces, sum.Framing), b[:n]) {
				t.Fatalf("%s, %d bytes: joined, it differs", name, n)
			}
		}
	}
}

// cuts are all lengths up to 300, later ones by a prime.
func cuts(n int) (out []int) {
	for i := 0; i < n; i++ {
		if i < 300 || i%197 == 0 {
			out = append(out, i)
		}
	}
	return append(out, n)
}

// TestFramingIsBounded gives a stream of many empty records of all kinds.
func TestFramingIsBounded(t *testing.T) {
	b := append(record(1, 8), make([]byte, 8)...)
	for i := range uint32(400_000) {
		b = append(b, record(1000+i*7919%100_000, 0)...)
	}
	pieces, sum := split(t, b, 2000)
	if len(sum.Framing) > 2<<20 {
		t.Errorf("the framing takes %d bytes", len(sum.Framing))
	}
	if !bytes.Equal(join(t, pieces, sum.Framing), b) {
		t.Error("joined, it differs")
	}
}

func TestSplitAndDecode(t *testing.T) {
	b := encode(t, sample(300_000), fts.Options{})
	m, sum, err := fts.SplitAndDecode(bytes.NewReader(b), 64<<10, func(s fts.Segment) error {
		_, err := io.Copy(io.Discard, s.Content)
		return err
	}, fts.Limits{})
	if err != nil || sum.Outcome.State != fts.Complete || sum.Large != 1 {
		t.Fatalf("summary %+v, error %v", sum, err)
	}
	whole, _, err := fts.Decode(bytes.NewReader(b), fts.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	d1, _ := m.Attachments[0].Data()
	d2, _ := whole.Attachments[0].Data()
	if d1.Size != d2.Size || !bytes.Equal(d1.Head, d2.Head) {
		t.Errorf("sizes %d and %d", d1.Size, d2.Size)
	}
	m.Attachments[0].Props.Delete(0x3701)
	whole.Attachments[0].Props.Delete(0x3701)
	if render(t, m, "") != render(t, whole, "") {
		t.Error("the message differs from that of Decode")
	}
}

func TestErrorsOfSourceAndSink(t *testing.T) {
	b := encode(t, sample(300_000), fts.Options{})
	broken := errors.New("the line is broken")
	src := io.MultiReader(bytes.NewReader(b[:len(b)/2]), iotest.ErrReader(broken))
	drain := func(s fts.Segment) error { _, err := io.Copy(io.Discard, s.Content); return err }
	if _, err := fts.Split(src, 64<<10, drain); !errors.Is(err, broken) {
		t.Errorf("split: %v", err)
	}
	src = io.MultiReader(bytes.NewReader(b[:len(b)/2]), iotest.ErrReader(broken))
	if _, _, err := fts.Decode(src, fts.Limits{}); !errors.Is(err, broken) {
		t.Errorf("decode: %v", err)
	}
	if _, err := fts.Split(bytes.NewReader(b), 64<<10, func(fts.Segment) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("sink: %v", err)
	}
}

func TestJoinRefusesDamagedTables(t *testing.T) {
	pieces, sum := split(t, encode(t, sample(5000), fts.Options{PageSize: 700}), 2000)
	var payload []byte
	for _, p := range pieces {
		payload = append(payload, p.data...)
	}
	for name, c := range map[string]struct{ framing, payload []byte }{
		"none":          {nil, payload},
		"short payload": {sum.Framing, payload[:len(payload)-1]},
		"long payload":  {sum.Framing, append(bytes.Clone(payload), 1)},
		"short table":   {sum.Framing[:len(sum.Framing)-1], payload},
		"other version": {append([]byte{9}, sum.Framing[1:]...), payload},
	} {
		if err := fts.Join(io.Discard, c.framing, bytes.NewReader(c.payload)); !errors.Is(err, fts.ErrFraming) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzSplitJoin(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		pieces, sum := split(t, b, 1024)
		if !bytes.Equal(join(t, pieces, sum.Framing), b) {
			t.Fatal("joined, it differs")
		}
		if _, _, err := fts.Decode(bytes.NewReader(b), fts.Limits{}); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzJoin(f *testing.F) {
	pieces, sum := split(f, encode(f, sample(5000), fts.Options{PageSize: 700}), 2000)
	f.Add(sum.Framing, pieces[0].data)
	f.Fuzz(func(_ *testing.T, framing, payload []byte) {
		_, _ = io.Copy(io.Discard, io.LimitReader(fts.NewJoiner(framing, bytes.NewReader(payload)), 4<<20))
	})
}
