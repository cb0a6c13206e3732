package check

const maxLevels = 12 // of a tree of pages; 20^12 entries fit

var pageNames = map[byte]string{
	pageBBT: "BBT page", pageNBT: "NBT page", pageFMap: "FMap page", pagePMap: "PMap page",
	pageAMap: "AMap page", pageFPMap: "FPMap page", pageDList: "DList page",
}

// readPage fills b with the page at an offset and verifies its trailer. False
// where there is none of that type.
func (c *checker) readPage(b []byte, ref pageRef, ptype byte) bool {
	w := there(pageNames[ptype]+" at", uint64(ref.at))
	if !c.fill(b, ref.at) {
		return false
	}
	c.rep.Pages++
	kind := PageTrailer
	mapped := ptype != pageBBT && ptype != pageNBT && ptype != pageDList
	if mapped {
		kind = MapPage
	}
	if b[496] != ptype || b[497] != ptype {
		c.find(kind, w, "ptype is 0x%02X and 0x%02X, must be 0x%02X twice", b[496], b[497], ptype)
		return false
	}
	bid, sig := ref.bid, uint16(0)
	if ptype == pageDList {
		bid = u64(b, 504)
	}
	if mapped {
		bid = uint64(ref.at)
	} else {
		sig = signature(ref.at, bid)
	}
	if got := u64(b, 504); got != bid {
		c.find(kind, w, "bid in the trailer is 0x%X, must be 0x%X", got, bid)
	}
	if got := u16(b, 498); got != sig {
		c.find(kind, w, "wSig is 0x%04X, must be 0x%04X", got, sig)
	}
	if want, got := crc(b[:pageBody]), u32(b, 500); want != got {
		if mapped {
			c.find(kind, w, "CRC is 0x%08X, stored is 0x%08X", want, got)
		} else {
			c.find(PageCRC, w, "CRC is 0x%08X, stored is 0x%08X", want, got)
		}
	}
	return true
}

// treeWalk goes through one of the two trees of pages, leaf by leaf.
type treeWalk struct {
	c       *checker
	ptype   byte
	size    int // of a leaf entry
	most    int // leaf entries of a page
	leaf    func(w *place, e []byte)
	last    uint64 // key of the leaf entry before
	any     bool
	buffers [maxLevels + 1][pageSize]byte
}

const (
	indexEntry = 24
	indexMost  = 20
)

// run walks the tree from its root.
func (t *treeWalk) run(root pageRef) {
	w := there(pageNames[t.ptype]+" at", uint64(root.at))
	b := t.buffers[maxLevels][:]
	if !t.place(w, root) || !t.c.readPage(b, root, t.ptype) {
		return
	}
	level := int(b[491])
	if level >= maxLevels {
		t.c.find(TreeForm, w, "cLevel of the root is %d, this checker takes %d", level, maxLevels-1)
		return
	}
	copy(t.buffers[level][:], b)
	t.entries(w, level)
}

// place verifies where a page lies and marks it as used.
func (t *treeWalk) place(w *place, ref pageRef) bool {
	c := t.c
	if ref.at%pageSize != 0 || !c.used.placed(ref.at, pageSize) {
		c.find(PagePlace, w, "no place for a page: it must be a multiple of %d behind 0x%X within one section", pageSize, firstAMap)
		return false
	}
	if !c.used.claim(ref.at, pageSize) {
		c.find(Overlap, w, "the place is in use by something else too")
		return false
	}
	c.pageIDs = append(c.pageIDs, ref.bid)
	return true
}

// entries goes through the page in the buffer of its level.
func (t *treeWalk) entries(w *place, level int) {
	b, c := t.buffers[level][:], t.c
	size, most := indexEntry, indexMost
	if level == 0 {
		size, most = t.size, t.most
	}
	n := int(b[488])
	if int(b[489]) != most || int(b[490]) != size || int(b[491]) != level {
		c.find(TreeForm, w, "cEntMax %d, cbEnt %d, cLevel %d; must be %d, %d, %d", b[489], b[490], b[491], most, size, level)
	}
	if n > most {
		c.find(TreeForm, w, "cEnt is %d, a page holds %d", n, most)
		n = most
	}
	if n == 0 && (level > 0 || t.any) {
		c.find(TreeForm, w, "page without entries")
	}
	if u32(b, 492) != 0 {
		c.find(TreeForm, w, "dwPadding is 0x%X, must be 0", u32(b, 492))
	}
	if !allZero(b[n*size : 488]) {
		c.aged(StaleBytes, TreeFill, w, "bytes between entry %d and 488 are not all zero", n)
	}
	for i := 0; i < n && !c.stopped(); i++ {
		e := b[i*size : (i+1)*size]
		if level > 0 {
			t.child(w, e, level)
			continue
		}
		key := u64(e, 0)
		if t.any && key <= t.last {
			c.find(TreeOrder, w, "key 0x%X of entry %d follows 0x%X", key, i, t.last)
			continue // lookups need order
		}
		t.last, t.any = key, true
		t.leaf(w, e)
	}
}

// child walks the page below an index entry.
func (t *treeWalk) child(up *place, e []byte, level int) {
	c, ref := t.c, readRef(e, 8)
	w := there(pageNames[t.ptype]+" at", uint64(ref.at))
	b := t.buffers[level-1][:]
	if !t.place(w, ref) || !c.readPage(b, ref, t.ptype) {
		return
	}
	if b[488] > 0 && u64(b, 0) != u64(e, 0) {
		c.find(TreeKey, w, "first key is 0x%X, the index above (%v) says 0x%X", u64(b, 0), up, u64(e, 0))
	}
	if int(b[491]) != level-1 {
		c.find(TreeForm, w, "cLevel is %d below a page of level %d", b[491], level)
		return
	}
	t.entries(w, level-1)
}
