package check

import (
	"encoding/binary"
	"slices"
)

// checkMaps compares the maps with what is in use, section by section.
func (c *checker) checkMaps() {
	m := mapWalk{c: c}
	for i := range c.head.sections {
		if c.stopped() {
			return
		}
		m.section(i)
	}
	if m.free != c.head.free && !m.blind {
		c.find(MapFree, field(0xC8), "ROOT.cbAMapFree is %d, the maps have %d bytes free", c.head.free, m.free)
	}
	for i := c.head.sections; i < fmapFirst; i++ {
		if b := c.head.raw[0x100+i]; b != 0xFF {
			c.aged(StaleMaps, MapBytes, field(0x100+i), "rgbFM holds 0x%02X for section %d, which is not there; must be 0xFF", b, i)
		}
	}
	c.checkDList()
}

// mapWalk is checkMaps under way.
type mapWalk struct {
	c      *checker
	free   int64
	blind  bool   // an AMap could not be read
	fmap   []byte // the FMap page that covers this section
	fmapAt int64
	fmap0  int // its first section
	page   [pageSize]byte
}

// section compares the maps of section i.
func (m *mapWalk) section(i int) {
	c, start := m.c, int64(firstAMap)+int64(i)*sectionSize
	used := c.used.words(i)
	if b := m.page[:]; c.readPage(b, pageRef{at: start}, pageAMap) {
		var have [sectionWords]uint64
		for w := range have {
			have[w] = binary.BigEndian.Uint64(b[8*w:])
		}
		m.compare(i, &have, used)
		m.free += freeBytes(&have)
	} else {
		m.blind = true
	}
	if i%pmapEvery == 0 {
		m.ones(start+pageSize, pagePMap)
	}
	if hasFPMap(i) {
		m.ones(start+2*pageSize, pageFPMap)
	}
	if hasFMap(i) {
		m.fmapAt, m.fmap0, m.fmap = start+2*pageSize, i, m.fmap[:0]
		if c.readPage(m.page[:], pageRef{at: m.fmapAt}, pageFMap) {
			m.fmap = append(m.fmap, m.page[:pageBody]...)
		}
	}
	m.longest(i, byte(min(255, longestRun(used))))
}

// compare reports where an AMap and what is in use differ.
func (m *mapWalk) compare(i int, have, used *[sectionWords]uint64) {
	var lost, loose, firstLost, firstLoose int
	for s := range sectionSlots {
		mask := uint64(1) << (63 - s%64)
		marked, inUse := have[s/64]&mask != 0, used[s/64]&mask != 0
		switch {
		case marked == inUse:
		case inUse:
			if lost == 0 {
				firstLost = s
			}
			lost++
		default:
			if loose == 0 {
				firstLoose = s
			}
			loose++
		}
	}
	start := int64(firstAMap) + int64(i)*sectionSize
	w := there("AMap page at", uint64(start))
	if lost > 0 {
		m.c.find(MapBits, w, "%d slots of 64 bytes in use are marked free, the first at 0x%X", lost, start+int64(firstLost)*slotSize)
	}
	if loose > 0 {
		m.c.aged(StaleMaps, MapBits, w, "%d slots of 64 bytes are marked in use and are not, the first at 0x%X", loose, start+int64(firstLoose)*slotSize)
	}
}

// ones verifies a map page that holds nothing but ones.
func (m *mapWalk) ones(at int64, ptype byte) {
	b := m.page[:]
	if !m.c.readPage(b, pageRef{at: at}, ptype) {
		return
	}
	if i := slices.IndexFunc(b[:pageBody], func(x byte) bool { return x != 0xFF }); i >= 0 {
		m.c.aged(StaleMaps, MapBytes, there(pageNames[ptype]+" at", uint64(at)), "byte %d is 0x%02X, must be 0xFF", i, b[i])
	}
}

// longest compares the longest free run of section i with the byte that the
// header or an FMap page keeps of it. Only new files keep it up to date.
func (m *mapWalk) longest(i int, want byte) {
	if i < fmapFirst {
		if got := m.c.head.raw[0x100+i]; got != want {
			m.c.aged(StaleMaps, MapBytes, field(0x100+i), "rgbFM holds %d for section %d, its longest free run gives %d", got, i, want)
		}
		return
	}
	if k := i - m.fmap0; k < len(m.fmap) && m.fmap[k] != want {
		m.c.aged(StaleMaps, MapBytes, there("FMap page at", uint64(m.fmapAt)), "byte %d is %d, the longest free run of section %d gives %d", k, m.fmap[k], i, want)
	}
}

const dlistMost = (pageBody - 8) / 4

// checkDList verifies the page of sections with much free room.
func (c *checker) checkDList() {
	w := there("DList page at", dlistAt)
	b, ok := c.bytes(dlistAt, pageSize)
	if !ok {
		return
	}
	if allZero(b) {
		c.find(DList, w, "the page is not there") // as before Outlook 2007 SP2
		return
	}
	if !c.readPage(b, pageRef{at: dlistAt}, pageDList) {
		return
	}
	n := int(b[1])
	if n > dlistMost {
		c.find(DList, w, "%d entries, a page holds %d", n, dlistMost)
		n = dlistMost
	}
	for i := range n {
		e := u32(b, 8+4*i)
		section, free := int(e&0xFFFFF), int64(e>>20)*slotSize
		if section >= c.head.sections {
			c.find(DList, w, "entry %d names section %d of %d", i, section, c.head.sections)
		} else if have := freeBytes(c.used.words(section)); have != free {
			c.aged(StaleMaps, DList, w, "entry %d says %d bytes free in section %d, there are %d", i, free, section, have)
		}
	}
	if n == 0 && !allZero(b[:pageBody]) {
		c.find(DList, w, "no entries, but bytes that are not zero")
	}
}
