package check

import "math/bits"

// extents remembers what is in use, one bit for every 64 bytes behind firstAMap,
// in the bit order of AMap pages.
type extents struct{ sections []*[sectionWords]uint64 }

func newExtents(sections int) extents {
	return extents{make([]*[sectionWords]uint64, sections)}
}

// mapPages are the offsets of the pages that belong at the start of section i.
func mapPages(i int) []int64 {
	at := []int64{0}
	if i%pmapEvery == 0 {
		at = append(at, pageSize)
	}
	if hasFMap(i) || hasFPMap(i) {
		at = append(at, 2*pageSize)
	}
	return at
}

func hasFMap(i int) bool  { return i >= fmapFirst && (i-fmapFirst)%fmapEvery == 0 }
func hasFPMap(i int) bool { return i >= fpmapFirst && (i-fpmapFirst)%fpmapEvery == 0 }

// words are the bits of section i, with its map pages set.
func (e *extents) words(i int) *[sectionWords]uint64 {
	if e.sections[i] == nil {
		w := new([sectionWords]uint64)
		for _, at := range mapPages(i) {
			for s := range int64(pageSize / slotSize) {
				w[(at/slotSize+s)/64] |= 1 << (63 - (at/slotSize+s)%64)
			}
		}
		e.sections[i] = w
	}
	return e.sections[i]
}

// claim marks n bytes from an offset, which must lie within one section; false
// where some of them were in use before.
func (e *extents) claim(at int64, n int) bool {
	section, off := sectionOf(at)
	w, free := e.words(section), true
	for s := off / slotSize; s < (off+int64(n)+slotSize-1)/slotSize; s++ {
		mask := uint64(1) << (63 - s%64)
		free = free && w[s/64]&mask == 0
		w[s/64] |= mask
	}
	return free
}

// placed says that n bytes at an offset lie within one section that the file
// holds.
func (e *extents) placed(at int64, n int) bool {
	if at < firstAMap {
		return false
	}
	section, off := sectionOf(at)
	return section < len(e.sections) && off+int64(n) <= sectionSize
}

// freeBytes counts the clear bits of an AMap, in bytes of the file.
func freeBytes(w *[sectionWords]uint64) int64 {
	used := 0
	for _, x := range w {
		used += bits.OnesCount64(x)
	}
	return int64(sectionSlots-used) * slotSize
}

// longestRun is the longest row of clear bits.
func longestRun(w *[sectionWords]uint64) int {
	best, run := 0, 0
	for _, x := range w {
		if x == 0 {
			run += 64
			continue
		}
		for left := 64; left > 0; {
			zeros := min(bits.LeadingZeros64(x), left)
			run += zeros
			x, left = x<<zeros, left-zeros
			if left == 0 {
				break
			}
			best, run = max(best, run), 0
			ones := min(bits.LeadingZeros64(^x), left)
			x, left = x<<ones, left-ones
		}
	}
	return max(best, run)
}
