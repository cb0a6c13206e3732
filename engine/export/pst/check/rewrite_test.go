package check_test

import (
	"math/bits"

	"vangnet/engine/export/pst/check"
)

const (
	mapped  = 0x4400
	section = 253952
)

// take marks n bytes as used that were free, mending the maps, and returns where
// they are.
func (f *file) take(n int) int64 {
	slots := n / 64
	for start := int64(mapped); start < int64(len(f.b)); start += section {
		free := 0
		for s := range section / 64 {
			if f.at(start, 496)[s/8]&(0x80>>(s%8)) != 0 {
				free = 0
			} else if free++; free == slots {
				f.mark(start, s+1-slots, slots)
				return start + int64(s+1-slots)*64
			}
		}
	}
	f.t.Fatalf("the base has no %d bytes free in one place", n)
	return 0
}

// mark turns the bits of some slots over and mends all that says so.
func (f *file) mark(start int64, first, slots int) {
	free := 0
	f.page(start, func(p []byte) {
		for s := first; s < first+slots; s++ {
			p[s/8] ^= 0x80 >> (s % 8)
			if p[s/8]&(0x80>>(s%8)) == 0 {
				free++
			} else {
				free--
			}
		}
	})
	f.header(func(h []byte) {
		le.PutUint64(h[0xC8:], le.Uint64(h[0xC8:])+uint64(int64(free)*64))
		if i := (start - mapped) / section; i < 128 {
			h[0x100+i] = f.longest(start)
		}
	})
}

// longest is what the header keeps of a section: its longest free run.
func (f *file) longest(start int64) byte {
	best, run := 0, 0
	for _, x := range f.at(start, 496) {
		for b := range 8 {
			if x&(0x80>>b) != 0 {
				run = 0
			} else {
				run++
			}
			best = max(best, run)
		}
	}
	return byte(min(best, 255))
}

// rewrite gives a block other data, in another place, mending all but what the
// data itself says.
func (f *file) rewrite(bid uint64, d []byte) {
	at, cb := f.place(bid)
	start := (at-mapped)/section*section + mapped
	f.mark(start, int(at-start)/64, check.Stored(cb)/64)
	size := check.Stored(len(d))
	to := f.take(size)
	f.editBlockEntry(bid, func(e []byte) {
		le.PutUint64(e[8:], uint64(to))
		le.PutUint16(e[16:], uint16(len(d)))
	})
	clear(f.at(to, size))
	t := f.trailer(bid)
	le.PutUint16(t, uint16(len(d)))
	le.PutUint16(t[2:], check.Signature(to, bid))
	le.PutUint64(t[8:], bid)
	f.block(bid, func(old []byte) { copy(old, d) })
}

// heapOf is the data of a heap of one block with these items.
func heapOf(client byte, root uint32, items ...[]byte) []byte {
	d := make([]byte, 12)
	d[2], d[3] = 0xEC, client
	le.PutUint32(d[4:], root)
	ends := []int{len(d)}
	for _, item := range items {
		d = append(d, item...)
		ends = append(ends, len(d))
	}
	if len(d)%2 != 0 {
		d = append(d, 0)
	}
	le.PutUint16(d, uint16(len(d)))
	d = le.AppendUint16(d, uint16(len(items)))
	d = le.AppendUint16(d, 0)
	for _, end := range ends {
		d = le.AppendUint16(d, uint16(end))
	}
	d[8] = level(8176 - len(d))
	return d
}

// level is the fill level of so many free bytes, MS-PST 2.3.1.2.
func level(free int) byte {
	switch {
	case free >= 3584:
		return 0
	case free >= 2560:
		return 1
	case free >= 2048:
		return 2
	case free >= 1024:
		return byte(3 + (2047-free)/256)
	}
	return byte(6 + 10 - min(bits.Len(uint(free)), 10))
}
