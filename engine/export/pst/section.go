package pst

import (
	"fmt"
	"math/bits"
	"os"
)

// section is a stretch of the file that one allocation map stands for, while it
// is being filled.
type section struct {
	buf   []byte // its first bytes are the map
	off   int    // first free byte
	spans []span // blocks to be encoded
}

// span is a block in a section.
type span struct {
	from, data, size int  // the block begins, has so much data, and takes so much room
	plain            bool // not to be encoded
}

// free is what is left of a section once it is closed.
type free struct {
	slots uint16
	run   uint8 // longest row of free slots, as far as a byte can say
}

func newSection() section { return section{buf: make([]byte, sectionSize)} }

func sectionAt(i int) int64 { return firstSection + int64(i)*sectionSize }

func hasPMap(i int) bool  { return i%pmapEvery == 0 }
func hasFMap(i int) bool  { return i >= fmapFirst && (i-fmapFirst)%fmapEvery == 0 }
func hasFPMap(i int) bool { return i >= fpmapFirst && (i-fpmapFirst)%fpmapEvery == 0 }

// open starts section i with its map pages. The map of free space is filled at
// the end, when it is known.
func (s *section) open(i int) {
	s.off, s.spans = pageSize, s.spans[:0]
	clear(s.buf[:3*pageSize])
	if hasPMap(i) {
		s.deprecatedMap(pagePMap, i)
	}
	switch {
	case hasFPMap(i):
		s.deprecatedMap(pageFPMap, i)
	case hasFMap(i):
		s.off += pageSize
	}
	s.use(0, s.off)
}

// deprecatedMap writes a map that nobody uses but readers check.
func (s *section) deprecatedMap(kind byte, i int) {
	p := s.buf[s.off : s.off+pageSize]
	for j := range pageBody {
		p[j] = 0xFF
	}
	sealMap(p, kind, sectionAt(i)+int64(s.off))
	s.off += pageSize
}

// use marks the slots between two offsets as allocated, most significant bit first.
func (s *section) use(from, to int) {
	for i := from / slotSize; i < to/slotSize; i++ {
		s.buf[i>>3] |= 0x80 >> (i & 7)
	}
}

// cut forgets what lies behind an offset.
func (s *section) cut(off int) {
	s.off = off
	for i := off / slotSize; i < slotCount; i++ {
		s.buf[i>>3] &^= 0x80 >> (i & 7)
	}
	n := len(s.spans)
	for n > 0 && s.spans[n-1].from >= off {
		n--
	}
	s.spans = s.spans[:n]
}

// survey counts the free slots and the longest row of them.
func (s *section) survey() free {
	slots, run, longest := 0, 0, 0
	for _, b := range s.buf[:mapBytes] {
		switch b {
		case 0xFF:
			run = 0
		case 0:
			slots += 8
			run += 8
		default:
			slots += 8 - bits.OnesCount8(b)
			for m := byte(0x80); m != 0; m >>= 1 {
				if b&m != 0 {
					run = 0
					continue
				}
				run++
				longest = max(longest, run)
			}
		}
		longest = max(longest, run)
	}
	return free{slots: uint16(slots), run: uint8(min(longest, 255))}
}

// write encodes the blocks and writes the section to its place.
func (s *section) write(f *os.File, at int64) error {
	clear(s.buf[s.off:])
	for _, p := range s.spans {
		b := s.buf[p.from : p.from+p.data]
		if !p.plain {
			permute(b, b)
		}
		le.PutUint32(s.buf[p.from+p.size-trailerSize+4:], crc(b))
	}
	sealMap(s.buf[:pageSize], pageAMap, at)
	if _, err := f.WriteAt(s.buf, at); err != nil {
		return fmt.Errorf("write section at 0x%X: %w", at, err)
	}
	return nil
}
