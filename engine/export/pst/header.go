package pst

import "fmt"

// Places in the header, MS-PST 2.2.2.6.
const (
	headerSize    = 0x234
	partialCRC    = 0x004
	crcFrom       = 0x008
	partialLength = 471
	fullLength    = 516
	fullCRC       = 0x20C
	headerFMap    = 0x100 // free space of the first sections
	headerFPMap   = 0x180
)

// highest keeps, per type of node, the highest index in use.
type highest [32]uint32

func newHighest() highest {
	var h highest
	for i := range h {
		h[i] = startIndex
	}
	h[nidSearch], h[nidMessage], h[nidFAI] = startSearch, startMessage, startFAI
	return h
}

func (h *highest) see(node uint32) {
	kind := node & (1<<nidBits - 1)
	h[kind] = max(h[kind], node>>nidBits)
}

// writeMaps writes what tells about all sections, once they are closed, and
// returns how much is free in them.
func (o *output) writeMaps() (free int64, err error) {
	for i := range o.closed {
		free += int64(o.closed[i].slots) * slotSize
		if !hasFMap(i) {
			continue
		}
		p := make([]byte, pageSize)
		o.runs(p[:pageBody], i)
		at := sectionAt(i) + 2*pageSize
		sealMap(p, pageFMap, at)
		if _, err := o.f.WriteAt(p, at); err != nil {
			return 0, fmt.Errorf("write the map of free space: %w", err)
		}
	}
	p := make([]byte, pageSize) // no entries: nobody knows yet where there is room
	sealPage(p, pageDList, signature(dlistAt, o.page), o.page)
	o.page++
	if _, err := o.f.WriteAt(p, dlistAt); err != nil {
		return 0, fmt.Errorf("write the density list: %w", err)
	}
	return free, nil
}

// runs fills b with the longest free run of each section from one on; sections
// that do not exist count as free.
func (o *output) runs(b []byte, from int) {
	for j := range b {
		b[j] = 0xFF
		if from+j < len(o.closed) {
			b[j] = o.closed[from+j].run
		}
	}
}

// writeHeader makes a PST file of what was written.
func (o *output) writeHeader(nodes, blocks ref, free int64, version uint32, high highest) error {
	b := make([]byte, headerSize)
	copy(b, "!BDN")
	copy(b[0x008:], "SM")
	le.PutUint16(b[0x00A:], 23) // Unicode
	le.PutUint16(b[0x00C:], 19)
	b[0x00E], b[0x00F] = 1, 1
	le.PutUint64(b[0x020:], o.page)
	le.PutUint32(b[0x028:], version+1)
	high[nidHierarchy], high[nidContents], high[nidFAITable] = high[nidFolder], high[nidFolder], high[nidFolder]
	for i, v := range high {
		le.PutUint32(b[0x02C+4*i:], v)
	}
	le.PutUint64(b[0x0B8:], uint64(sectionAt(len(o.closed))))
	le.PutUint64(b[0x0C0:], uint64(sectionAt(len(o.closed)-1)))
	le.PutUint64(b[0x0C8:], uint64(free))
	le.PutUint64(b[0x0D8:], nodes.bid)
	le.PutUint64(b[0x0E0:], uint64(nodes.ib))
	le.PutUint64(b[0x0E8:], blocks.bid)
	le.PutUint64(b[0x0F0:], uint64(blocks.ib))
	b[0x0F8] = 2 // the maps are valid
	o.runs(b[headerFMap:headerFPMap], 0)
	for i := headerFPMap; i < 0x200; i++ {
		b[i] = 0xFF
	}
	b[0x200], b[0x201] = 0x80, 1
	le.PutUint64(b[0x204:], o.bid<<2)
	le.PutUint32(b[partialCRC:], crc(b[crcFrom:crcFrom+partialLength]))
	le.PutUint32(b[fullCRC:], crc(b[crcFrom:crcFrom+fullLength]))
	if _, err := o.f.WriteAt(b, 0); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	return nil
}
