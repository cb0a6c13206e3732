package check

import "sort"

const scanWindow = 1 << 20

// ctxStride is how many blocks or nodes are passed between looks at the context.
const ctxStride = 1 << 12

// scanBlocks reads every block once, in the order of the file, verifies it, and
// counts the references that tree blocks hold.
func (c *checker) scanBlocks() {
	order := c.fileOrder()
	buf, start, held := make([]byte, 0, min(scanWindow, c.size)), int64(0), int64(0)
	for i := range c.blocks.n {
		if i%ctxStride == 0 && c.stopped() {
			return
		}
		b := c.blocks.entry(i)
		if order != nil {
			b = c.blocks.entry(int(order[i]))
		}
		if b.at() == 0 {
			b.setKind(kindBad)
			continue
		}
		size := int64(stored(b.cb()))
		if b.at() < start || b.at()+size > start+held {
			start, held = b.at(), min(scanWindow, c.size-b.at())
			buf = buf[:held]
			if err := c.src.direct(buf, start); err != nil {
				c.err = err
				return
			}
		}
		c.checkBlock(b, buf[b.at()-start:][:size])
	}
}

// fileOrder is the indexes of the blocks by place; nil where ids and places rise
// together.
func (c *checker) fileOrder() []uint32 {
	sorted, last := true, int64(0)
	for i := 0; i < c.blocks.n && sorted; i++ {
		at := c.blocks.entry(i).at()
		sorted, last = at >= last, at
	}
	if sorted {
		return nil
	}
	order := make([]uint32, c.blocks.n)
	for i := range order {
		order[i] = uint32(i)
	}
	sort.Slice(order, func(i, j int) bool {
		return c.blocks.entry(int(order[i])).at() < c.blocks.entry(int(order[j])).at()
	})
	return order
}

// checkBlock verifies one block from its bytes in the file.
func (c *checker) checkBlock(b blockRef, raw []byte) {
	cb, t := b.cb(), raw[len(raw)-trailerSize:]
	b.setKind(kindData)
	if got := int(u16(t, 0)); got != cb {
		c.find(BlockTrailer, b, "cb in the trailer is %d, in the tree %d", got, cb)
	}
	if want, got := signature(b.at(), u64(t, 8)), u16(t, 2); want != got {
		c.find(BlockTrailer, b, "wSig is 0x%04X, must be 0x%04X", got, want)
	}
	if got := u64(t, 8); bidKey(got) != b.bid() {
		c.find(BlockTrailer, b, "bid in the trailer is 0x%X", got)
	} else if got&1 != 0 {
		c.find(BlockID, b, "bit 0 of the id in the trailer is set")
	}
	if want, got := crc(raw[:cb]), u32(t, 4); want != got {
		c.find(BlockCRC, b, "CRC over %d bytes is 0x%08X, stored is 0x%08X", cb, want, got)
	}
	if !allZero(raw[cb : len(raw)-trailerSize]) {
		c.find(BlockFill, b, "bytes between the %d data bytes and the trailer are not all zero", cb)
	}
	if internal(b.bid()) {
		b.setKind(kindBad)
		c.checkTreeBlock(b, raw[:cb])
	}
}

// peek reads the data of a block that is not encoded.
func (c *checker) peek(b blockRef) ([]byte, bool) {
	if b.at() == 0 {
		return nil, false
	}
	return c.bytes(b.at(), b.cb())
}
