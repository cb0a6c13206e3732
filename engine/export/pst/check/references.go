package check

// refer counts a reference to a block, which from holds.
func (c *checker) refer(from place, bid uint64) (blockRef, bool) {
	b, ok := c.blocks.find(bid)
	if !ok {
		c.find(Dangling, from, "refers to block 0x%X, which is not in the block tree", bid)
		return b, false
	}
	if bid&1 != 0 {
		c.aged(LooseIDs, BlockID, from, "refers to block 0x%X: bit 0 of the id is set", bid)
	}
	b.count()
	return b, true
}

// countNode counts the two references of a node or subnode.
func (c *checker) countNode(from place, data, sub uint64) {
	if data != 0 {
		if k, ok := c.refer(from, data); ok {
			c.wantKind(from, "data", k, kindData, kindX, kindXX)
			c.checkNeed(from, k)
		}
	}
	if sub != 0 {
		if k, ok := c.refer(from, sub); ok {
			c.wantKind(from, "subnodes", k, kindSL, kindSI)
		}
	}
}

// checkNeed verifies that a node has no XBLOCK where a data block would do.
func (c *checker) checkNeed(from place, k blockRef) {
	if !internal(k.bid()) {
		return
	}
	if d, _ := c.peek(k); len(d) >= treeHead && d[1] == 1 && u32(d, 4) <= dataMax {
		c.find(TreeBlock, from, "an XBLOCK over %d bytes, which fit one block", u32(d, 4))
	}
}

// wantKind verifies that a block is of one of some sorts.
func (c *checker) wantKind(from place, role string, k blockRef, kinds ...uint8) {
	have := k.kind()
	if have == kindUnknown {
		have = kindData
		if internal(k.bid()) {
			d, _ := c.peek(k)
			have, _ = treeKind(d)
		}
	}
	for _, kind := range kinds {
		if have == kind {
			return
		}
	}
	if have != kindBad { // which is reported where the block itself is read
		c.find(WrongBlock, from, "block 0x%X for its %s is of another sort", k.bid(), role)
	}
}

// checkReferences compares the references declared with those counted.
func (c *checker) checkReferences() {
	for i := range c.nodes.n {
		n := c.nodes.entry(i)
		c.countNode(place{nil, "node", uint64(n.nid)}, n.data, n.sub)
		if i%ctxStride == 0 && c.stopped() {
			return
		}
	}
	for i := range c.blocks.n {
		b := c.blocks.entry(i)
		declared, seen := int(b.k.ref[b.i]), int(b.k.seen[b.i])
		switch {
		case seen == 0:
			c.find(Unreferenced, b, "nothing refers to it, cRef is %d", declared)
		case declared != seen+1:
			c.find(RefCount, b, "cRef is %d, must be %d: %d references", declared, seen+1, seen)
		case seen > 1:
			c.aged(SharedBlocks, Shared, b, "%d references", seen)
		}
	}
}
