package check

import "slices"

// readTrees reads the block tree and the node tree into memory.
func (c *checker) readTrees() {
	bbt := treeWalk{c: c, ptype: pageBBT, size: 24, most: 20, leaf: c.blockEntry}
	bbt.run(c.head.bbt)
	nbt := treeWalk{c: c, ptype: pageNBT, size: 32, most: 15, leaf: c.nodeEntry}
	nbt.run(c.head.nbt)
	c.rep.Blocks, c.rep.Nodes = int64(c.blocks.n), int64(c.nodes.n)
	slices.Sort(c.pageIDs)
	for i, id := range c.pageIDs {
		if i > 0 && id == c.pageIDs[i-1] {
			c.find(PageID, there("page id", id), "two tree pages have it")
		}
		c.topPage = id
	}
	c.pageIDs = nil
}

// blockEntry takes one leaf entry of the block tree.
func (c *checker) blockEntry(w *place, e []byte) {
	bid, at, cb := u64(e, 0), int64(u64(e, 8)), u16(e, 16)
	b := w.at("block", bid)
	if c.blocks.n >= maxBlocks {
		c.limit(w, "blocks", maxBlocks)
		return
	}
	if bid&1 != 0 {
		c.find(BlockID, b, "bit 0 of the id is set")
		bid = bidKey(bid)
	}
	if c.blocks.n > 0 && bid <= c.blocks.last {
		return // the same block with and without bit 0
	}
	if u32(e, 20) != 0 {
		c.aged(StaleBytes, TreeFill, b, "padding of the entry is 0x%X, must be 0", u32(e, 20))
	}
	if cb == 0 || cb > dataMax {
		c.find(BlockSize, b, "cb is %d, must be 1 to %d", cb, dataMax)
	}
	size := stored(int(cb))
	switch {
	case at%slotSize != 0 || cb > dataMax || !c.used.placed(at, size):
		c.find(BlockPlace, b, "%d bytes at 0x%X are no place for a block: it must be a multiple of %d within one section", size, at, slotSize)
		at = 0
	case !c.used.claim(at, size):
		c.find(Overlap, b, "some of the %d bytes at 0x%X are in use by something else too", size, at)
	}
	c.blocks.add(bid, at, cb, u16(e, 18))
}

// nodeEntry takes one leaf entry of the node tree.
func (c *checker) nodeEntry(w *place, e []byte) {
	if c.nodes.n >= maxNodes {
		c.limit(w, "nodes", maxNodes)
		return
	}
	n := node{data: u64(e, 8), sub: u64(e, 16), nid: u32(e, 0), parent: u32(e, 24)}
	if u32(e, 4) != 0 {
		c.find(TreeForm, w.within("node", uint64(n.nid)), "upper half of the id is 0x%X, must be 0", u32(e, 4))
		return
	}
	if u32(e, 28) != 0 {
		c.aged(StaleBytes, TreeFill, w.within("node", uint64(n.nid)), "padding of the entry is 0x%X, must be 0", u32(e, 28))
	}
	c.nodes.add(n)
	c.noteIndex(n.nid)
}

// noteIndex remembers that a node id is in use.
func (c *checker) noteIndex(nid uint32) {
	t := nidType(nid)
	c.topIndex[t] = max(c.topIndex[t], nidIndex(nid))
}
