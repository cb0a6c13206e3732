package check_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"vangnet/engine/export/pst/check"
)

// sparse is a store with a tail of sections that hold nothing but their map
// pages, made as they are read.
type sparse struct {
	head     []byte
	sections int
	pages    map[int64][]byte // that are not as they would be made
}

// stretch makes a store of so many sections of another one.
func stretch(f *file, sections int) *sparse {
	s := &sparse{f.b, sections, map[int64][]byte{}}
	free := uint64(0)
	have := (len(f.b) - mapped) / section
	for i := have; i < sections; i++ {
		free += section - uint64(len(s.mapsOf(i)))*512
	}
	f.header(func(h []byte) {
		le.PutUint64(h[0xB8:], uint64(s.size()))
		le.PutUint64(h[0xC0:], uint64(s.size()-section))
		le.PutUint64(h[0xC8:], le.Uint64(h[0xC8:])+free)
		for i := have; i < 128; i++ {
			h[0x100+i] = 0xFF
		}
	})
	return s
}

func (s *sparse) size() int64 { return mapped + int64(s.sections)*section }

// mapsOf are the types of the pages at the start of a section.
func (s *sparse) mapsOf(i int) []byte {
	types := []byte{0x84}
	if i%8 == 0 {
		types = append(types, 0x83)
	}
	if i >= 128 && (i-128)%496 == 0 {
		types = append(types, 0x82)
	}
	if i >= 8192 && (i-8192)%31744 == 0 {
		types = append(types, 0x85)
	}
	return types
}

// mapPage is a map page of an empty section.
func (s *sparse) mapPage(i int, typ byte) (at int64, p []byte) {
	at, p = mapped+int64(i)*section, make([]byte, 512)
	switch typ {
	case 0x84:
		p[0] = 0xFF
		if i%8 == 0 {
			p[1] = 0xFF
		}
		if n := len(s.mapsOf(i)); n > 1 && s.mapsOf(i)[n-1] != 0x83 {
			p[2] = 0xFF
		}
	case 0x83:
		at += 512
	default:
		at += 1024
	}
	if typ != 0x84 {
		copy(p, bytes.Repeat([]byte{0xFF}, 496))
	}
	p[496], p[497] = typ, typ
	le.PutUint32(p[500:], check.CRC(p[:496]))
	le.PutUint64(p[504:], uint64(at))
	if changed, ok := s.pages[at]; ok {
		return at, changed
	}
	return at, p
}

// change edits a map page and mends its checksum.
func (s *sparse) change(i int, typ byte, edit func(p []byte)) {
	at, p := s.mapPage(i, typ)
	edit(p)
	le.PutUint32(p[500:], check.CRC(p[:496]))
	s.pages[at] = p
}

func (s *sparse) ReadAt(b []byte, off int64) (int, error) {
	clear(b)
	for i := max(off-mapped, 0) / section; i < int64(s.sections) && mapped+i*section < off+int64(len(b)); i++ {
		for _, typ := range s.mapsOf(int(i)) {
			at, p := s.mapPage(int(i), typ)
			overlay(b, off, p, at)
		}
	}
	overlay(b, off, s.head, 0)
	if left := s.size() - off; left < int64(len(b)) {
		return int(max(left, 0)), io.EOF
	}
	return len(b), nil
}

// overlay copies what of src, which lies at from, falls into dst, which lies at to.
func overlay(dst []byte, to int64, src []byte, from int64) {
	if from < to {
		src = src[min(to-from, int64(len(src))):]
		from = to
	}
	if d := from - to; d < int64(len(dst)) {
		copy(dst[d:], src)
	}
}

// Beyond 33 MB there are FMap pages, beyond 2.1 GB there is an FPMap page.
func TestSparse(t *testing.T) {
	for _, d := range []struct {
		name string
		edit func(s *sparse)
		want found
	}{
		{"sound", func(*sparse) {}, found{}},
		{"FMap page missing", func(s *sparse) { s.change(128, 0x82, func(p []byte) { clear(p[496:]) }) }, found{check.MapPage: 1}},
		{"FMap byte", func(s *sparse) { s.change(624, 0x82, func(p []byte) { p[3] = 7 }) }, found{check.MapBytes: 1}},
		{"FPMap page missing", func(s *sparse) { s.change(8192, 0x85, func(p []byte) { clear(p[496:]) }) }, found{check.MapPage: 1}},
		{"FPMap byte", func(s *sparse) { s.change(8192, 0x85, func(p []byte) { p[495] = 0 }) }, found{check.MapBytes: 1}},
		{"bits of a far section", func(s *sparse) { s.change(8200, 0x84, func(p []byte) { p[100] = 1; p[101] = 0x80 }) }, found{check.MapBits: 1, check.MapFree: 1}},
	} {
		t.Run(d.name, func(t *testing.T) {
			s := stretch(base(t), 8210)
			d.edit(s)
			r, err := check.Reader(context.Background(), s, s.size(), check.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := kinds(r); len(got) != len(d.want) || len(r.Findings) != len(d.want) {
				t.Errorf("want %v, found %v", d.want, r.Findings)
			}
			for k := range d.want {
				if kinds(r)[k] == 0 {
					t.Errorf("want %v, found %v", d.want, r.Findings)
				}
			}
		})
	}
}
