package check_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"vangnet/engine/export/pst/check"
	"vangnet/engine/mapi"
)

var circles = []damage{
	{"pages", func(f *file) {
		f.page(f.root(nbtRoot), func(p []byte) { le.PutUint64(p[16:], uint64(f.root(nbtRoot))) })
	}, found{check.Overlap: 1}, "", true},
	{"data tree", func(f *file) {
		x := f.content(2).data
		f.block(x, func(d []byte) { le.PutUint64(d[8:], x) })
	}, found{check.WrongBlock: 1}, "", true},
	{"subnode tree", func(f *file) {
		si := f.node(f.message(many)).sub
		f.block(si, func(d []byte) { le.PutUint64(d[16:], si) })
	}, found{check.WrongBlock: 1}, "", true},
	{"BTH", func(f *file) {
		n := f.node(table(inbox, contents))
		root := le.Uint32(f.readItem(n, le.Uint32(f.readInfo(n)[10:]))[4:])
		f.editItem(n, root, func(b []byte) { le.PutUint32(b[4:], root) })
	}, found{check.HeapTwice: 1}, "", true},
	{"attachments of attachments", func(f *file) {
		m := f.node(f.message(many))
		for _, sl := range f.subBlocks(m.sub) {
			f.block(sl, func(d []byte) {
				for off := 8; off < len(d); off += 24 {
					le.PutUint64(d[off+16:], m.sub)
				}
			})
		}
	}, found{check.Limit: 1}, "", true},
}

// Files that lead in circles end with findings.
func TestCircles(t *testing.T) {
	for _, d := range circles {
		t.Run(d.name, func(t *testing.T) { d.run(base(t)) })
	}
}

// A file that ends early is no reason to stop early.
func TestCut(t *testing.T) {
	f := base(t)
	for n := 0x4200; n < len(f.b); n += 234_567 {
		r, err := check.Reader(context.Background(), bytes.NewReader(f.b[:n]), int64(n), check.Options{})
		if err != nil || r.Sound() {
			t.Errorf("%d bytes: %d findings, %v", n, len(r.Findings), err)
		}
	}
}

var errDisk = errors.New("the disk is gone")

// failing reads until a place.
type failing struct {
	r  io.ReaderAt
	to int64
}

func (f failing) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > f.to {
		return 0, errDisk
	}
	return f.r.ReadAt(b, at)
}

// What cannot be read is an error, not a finding.
func TestErrors(t *testing.T) {
	f := base(t)
	size := int64(len(f.b))
	for _, to := range []int64{0, 70_000, size / 2, size - 1000} {
		if _, err := check.Reader(context.Background(), failing{bytes.NewReader(f.b), to}, size, check.Options{}); !errors.Is(err, errDisk) {
			t.Errorf("a disk that fails at %d: %v", to, err)
		}
	}
	if _, err := check.Reader(context.Background(), bytes.NewReader(f.b[:size-1]), size, check.Options{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that shrinks: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := check.Reader(ctx, bytes.NewReader(f.b), size, check.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a check that is stopped: %v", err)
	}
	if _, err := check.File(context.Background(), filepath.Join(t.TempDir(), "none.pst"), check.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	for _, b := range [][]byte{nil, []byte("!BDN"), make([]byte, 300_000)} {
		if _, err := check.Reader(context.Background(), bytes.NewReader(b), int64(len(b)), check.Options{}); !errors.Is(err, check.ErrFormat) {
			t.Errorf("%d bytes of something else: %v", len(b), err)
		}
	}
}

// Findings beyond Max are counted.
func TestMax(t *testing.T) {
	f := base(t)
	b := f.blocks(f.matrix(inbox).data)
	for _, bid := range b {
		f.trailer(bid)[4]++
	}
	r := f.run(check.Options{Max: 5})
	if len(r.Findings) != 5 || r.More != len(b)-5 || r.Sound() {
		t.Errorf("%d findings, %d more", len(r.Findings), r.More)
	}
}

// little is a small store to start fuzzing from. Its blocks are not encoded, so
// that changes hit what they seem to.
var little = sync.OnceValues(func() ([]byte, error) {
	b, err := build(func(add func(*mapi.Message) error) error {
		m := special(long)
		m.Attachments = append(m.Attachments, attachment("a.bin", pattern(9000)))
		return errors.Join(add(special(crowd)), add(m), add(special(plain)))
	})
	if err != nil {
		return nil, err
	}
	plainBlocks(b)
	return b, nil
})

// plainBlocks undoes the encoding of all blocks.
func plainBlocks(b []byte) {
	f := &file{nil, b}
	for _, page := range f.leaves(f.root(bbtRoot)) {
		for p := f.at(page, 512); le.Uint64(p) != 0; p = p[24:] {
			if bid := le.Uint64(p); f.encoded(bid) {
				d := f.at(int64(le.Uint64(p[8:])), int(le.Uint16(p[16:])))
				check.Decode(d)
				le.PutUint32(f.trailer(bid)[4:], check.CRC(d))
			}
			if len(p) == 512-19*24 {
				break
			}
		}
	}
	f.header(func(h []byte) { h[0x201] = 0 })
}

// A store without encoding is sound too.
func TestPlain(t *testing.T) {
	b, err := little()
	if err != nil {
		t.Fatal(err)
	}
	f := &file{t, b}
	for _, x := range f.run(check.Options{Deep: true}).Findings {
		t.Error(x)
	}
}

// within checks a file and ends the test where that takes too long.
func within(t *testing.T, b []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, err := check.Reader(ctx, bytes.NewReader(b), int64(len(b)), check.Options{Deep: true, Max: 50})
	if err != nil && !errors.Is(err, check.ErrFormat) {
		t.Fatalf("%v after %d findings", err, len(r.Findings))
	}
}

// Any bytes that begin like a PST, or else a sound store with changes, five bytes
// for each: three for the place, two for what is there. No panic, an end in
// time, and no error but that it is no PST.
func FuzzFile(f *testing.F) {
	b, err := little()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("!BDN"))
	f.Add(b[:0x234])
	f.Add([]byte{0xD8, 0, 0, 1, 0})
	f.Add([]byte{0, 0x46, 0, 0xFF, 0xFF, 0xE8, 0, 0, 7, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("!BDN")) {
			within(t, append(bytes.Clone(data), b[min(len(data), len(b)):]...))
			within(t, data)
			return
		}
		c := bytes.Clone(b)
		for ; len(data) >= 5; data = data[5:] {
			at := (int(data[0]) | int(data[1])<<8 | int(data[2])<<16) % (len(c) - 1)
			copy(c[at:], data[3:5])
		}
		within(t, c)
	})
}
