package check

// Sizes of tree blocks.
const (
	treeHead = 8
	slEntry  = 24
	siEntry  = 16
	idEntry  = 8
	treeData = 0x01
	treeSub  = 0x02
	maxTotal = 1<<32 - 1
)

// treeKind is the sort of an internal block by its first bytes, and the size of
// its entries.
func treeKind(d []byte) (kind uint8, entry int) {
	if len(d) < treeHead {
		return kindBad, 0
	}
	switch [2]byte{d[0], d[1]} {
	case [2]byte{treeData, 1}:
		return kindX, idEntry
	case [2]byte{treeData, 2}:
		return kindXX, idEntry
	case [2]byte{treeSub, 0}:
		return kindSL, slEntry
	case [2]byte{treeSub, 1}:
		return kindSI, siEntry
	}
	return kindBad, 0
}

// checkTreeBlock verifies an XBLOCK, XXBLOCK, SLBLOCK or SIBLOCK.
func (c *checker) checkTreeBlock(b blockRef, d []byte) {
	kind, entry := treeKind(d)
	if kind == kindBad {
		c.find(TreeBlock, b, "%d bytes that begin % x are no tree block", len(d), d[:min(2, len(d))])
		return
	}
	n := int(u16(d, 2))
	if n == 0 || treeHead+n*entry != len(d) {
		c.find(TreeBlock, b, "%d entries of %d bytes in %d bytes of data", n, entry, len(d))
		n = min(n, (len(d)-treeHead)/entry)
	}
	b.setKind(kind)
	switch kind {
	case kindX:
		c.checkX(b, d, n)
	case kindXX:
		c.checkXX(b, d, n)
	case kindSL:
		c.checkSL(b, d, n)
	case kindSI:
		c.checkSI(b, d, n)
	}
}

// checkX verifies the entries of an XBLOCK: data blocks, all full but the last.
func (c *checker) checkX(b blockRef, d []byte, n int) {
	total, seen, w := int64(0), make(map[uint64]bool, n), place{nil, "XBLOCK", b.bid()}
	for i := range n {
		bid := u64(d, treeHead+i*idEntry)
		if internal(bid) {
			c.find(WrongBlock, b, "entry %d is block 0x%X, an internal one", i, bid)
		}
		if seen[bid] {
			c.find(Shared, b, "entry %d is block 0x%X once more", i, bid)
		}
		seen[bid] = true
		k, ok := c.refer(w, bid)
		if !ok {
			continue
		}
		total += int64(k.cb())
		if i < n-1 && k.cb() != dataMax {
			c.find(DataMiddle, k, "%d data bytes in entry %d of %d of XBLOCK 0x%X, must be %d", k.cb(), i, n, b.bid(), dataMax)
		}
	}
	if got := int64(u32(d, 4)); got != total {
		c.find(DataTotal, b, "total is %d, its data blocks hold %d", got, total)
	}
}

// checkXX verifies the entries of an XXBLOCK.
func (c *checker) checkXX(b blockRef, d []byte, n int) {
	total, w := int64(0), place{nil, "XXBLOCK", b.bid()}
	for i := range n {
		bid := u64(d, treeHead+i*idEntry)
		k, ok := c.refer(w, bid)
		if !ok {
			continue
		}
		x, ok := c.peek(k)
		if kind, _ := treeKind(x); !ok || !internal(bid) || kind != kindX {
			c.find(WrongBlock, b, "entry %d is block 0x%X, no XBLOCK", i, bid)
			continue
		}
		total += int64(u32(x, 4))
		if last, ok := c.lastOfX(x); ok && i < n-1 && last.cb() != dataMax {
			c.find(DataMiddle, last, "%d data bytes at the end of XBLOCK %d of %d of XXBLOCK 0x%X, must be %d", last.cb(), i, n, b.bid(), dataMax)
		}
	}
	if n == 1 {
		c.find(TreeBlock, b, "an XXBLOCK over one XBLOCK")
	}
	if got := int64(u32(d, 4)); got != total || total > maxTotal {
		c.find(DataTotal, b, "total is %d, its XBLOCKs say %d", got, total)
	}
}

// lastOfX is the last data block of an XBLOCK.
func (c *checker) lastOfX(x []byte) (blockRef, bool) {
	n := min(int(u16(x, 2)), (len(x)-treeHead)/idEntry)
	if n == 0 {
		return blockRef{}, false
	}
	return c.blocks.find(u64(x, treeHead+(n-1)*idEntry))
}

// checkSL verifies the entries of an SLBLOCK.
func (c *checker) checkSL(b blockRef, d []byte, n int) {
	if u32(d, 4) != 0 {
		c.find(TreeBlock, b, "padding is 0x%X, must be 0", u32(d, 4))
	}
	last, w := uint64(0), there("SLBLOCK", b.bid())
	for i := range n {
		at := treeHead + i*slEntry
		nid := u64(d, at)
		if nid>>32 != 0 {
			c.aged(LooseIDs, SubOrder, b, "upper half of subnode id 0x%X of entry %d is not 0", nid, i)
			nid &= 0xFFFFFFFF
		}
		if i > 0 && nid <= last {
			c.find(SubOrder, b, "subnode 0x%X of entry %d follows 0x%X", nid, i, last)
		}
		last = nid
		c.noteIndex(uint32(nid))
		c.subEntries++
		c.countNode(w.at("subnode", nid), u64(d, at+8), u64(d, at+16))
	}
}

// checkSI verifies the entries of an SIBLOCK: SLBLOCKs, whose entries rise from
// one to the next.
func (c *checker) checkSI(b blockRef, d []byte, n int) {
	if u32(d, 4) != 0 {
		c.find(TreeBlock, b, "padding is 0x%X, must be 0", u32(d, 4))
	}
	last, w := uint64(0), place{nil, "SIBLOCK", b.bid()}
	for i := range n {
		nid, bid := uint64(u32(d, treeHead+i*siEntry)), u64(d, treeHead+i*siEntry+8)
		k, ok := c.refer(w, bid)
		if !ok {
			continue
		}
		sl, ok := c.peek(k)
		if kind, _ := treeKind(sl); !ok || !internal(bid) || kind != kindSL || len(sl) < treeHead+slEntry {
			c.find(WrongBlock, b, "entry %d is block 0x%X, no SLBLOCK", i, bid)
			continue
		}
		if first := uint64(u32(sl, treeHead)); first != nid {
			c.find(SubKey, b, "key of entry %d is 0x%X, SLBLOCK 0x%X begins with 0x%X", i, nid, bid, first)
		}
		if i > 0 && nid <= last {
			c.find(SubOrder, b, "entry %d begins with 0x%X, the one before ends with 0x%X", i, nid, last)
		}
		count := min(int(u16(sl, 2)), (len(sl)-treeHead)/slEntry)
		last = uint64(u32(sl, treeHead+max(count-1, 0)*slEntry))
	}
	if n == 1 {
		c.find(TreeBlock, b, "an SIBLOCK over one SLBLOCK")
	}
}
