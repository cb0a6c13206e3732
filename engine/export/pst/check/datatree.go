package check

import "sort"

const (
	cacheBlocks = 128
	maxNesting  = 48 // messages within messages
	maxLeaves   = 1 << 20
	budgetTimes = 8 // how often a part may be come across
	budgetFloor = 4096
)

// blockCache keeps the last decoded blocks.
type blockCache struct {
	held map[int]int // block index to its place in ring
	ring []cachedBlock
	hand int
}

type cachedBlock struct {
	index  int
	data   []byte
	recent bool
}

// decoded is the data of a data block, decoded. The slice stays valid.
func (c *checker) decoded(b blockRef) ([]byte, bool) {
	if i, ok := c.cache.held[b.index()]; ok {
		c.cache.ring[i].recent = true
		return c.cache.ring[i].data, true
	}
	d, ok := c.peek(b)
	if !ok {
		return nil, false
	}
	if c.head.crypt == 1 {
		decode(d)
	}
	c.cache.put(b.index(), d)
	return d, true
}

func (k *blockCache) put(index int, d []byte) {
	if k.held == nil {
		k.held = make(map[int]int, cacheBlocks)
	}
	if len(k.ring) < cacheBlocks {
		k.held[index] = len(k.ring)
		k.ring = append(k.ring, cachedBlock{index: index, data: d})
		return
	}
	for k.ring[k.hand].recent {
		k.ring[k.hand].recent = false
		k.hand = (k.hand + 1) % cacheBlocks
	}
	delete(k.held, k.ring[k.hand].index)
	k.ring[k.hand] = cachedBlock{index: index, data: d}
	k.held[index] = k.hand
	k.hand = (k.hand + 1) % cacheBlocks
}

// spend takes one step of the budget that keeps a file from leading the walk
// through the same blocks over and over; false when it is used up.
func (c *checker) spend(w where) bool {
	most := budgetTimes*(int64(c.blocks.n)+int64(c.nodes.n)+c.subEntries) + budgetFloor
	if c.spent > most {
		c.limit(w, "steps through the blocks", most)
		return false
	}
	c.spent++
	return c.spent%ctxStride != 0 || !c.stopped()
}

// length is how many bytes of data a node's data tree holds. That the totals of
// tree blocks are right is verified where these are read.
func (c *checker) length(bid uint64) int64 {
	b, ok := c.blocks.find(bid)
	if bid == 0 || !ok {
		return 0
	}
	if !internal(bid) {
		return int64(b.cb())
	}
	if b.kind() != kindX && b.kind() != kindXX {
		return 0
	}
	d, ok := c.peek(b)
	if !ok {
		return 0
	}
	return int64(u32(d, 4))
}

// leaves lists the data blocks of a data tree by index. False where the tree is
// broken, which is reported where its blocks are read.
func (c *checker) leaves(w where, bid uint64) ([]uint32, bool) {
	if bid == 0 {
		return nil, true
	}
	return c.appendLeaves(w, nil, bid, kindXX)
}

// appendLeaves adds the leaves below a block that is of sort top at most.
func (c *checker) appendLeaves(w where, list []uint32, bid uint64, top uint8) ([]uint32, bool) {
	b, ok := c.blocks.find(bid)
	if !ok || !c.spend(w) || b.kind() > top {
		return list, false
	}
	switch b.kind() {
	case kindData:
		if len(list) >= maxLeaves {
			c.limit(w, "blocks of one node", maxLeaves)
			return list, false
		}
		return append(list, uint32(b.index())), true
	case kindX, kindXX:
	default:
		return list, false
	}
	d, ok := c.peek(b)
	if !ok {
		return list, false
	}
	n := min(int(u16(d, 2)), (len(d)-treeHead)/idEntry)
	for i := range n {
		if list, ok = c.appendLeaves(w, list, u64(d, treeHead+i*idEntry), b.kind()-1); !ok {
			return list, false
		}
	}
	return list, true
}

// head reads the first bytes, at most n, of a data tree.
func (c *checker) headOf(w place, bid uint64, n int) ([]byte, bool) {
	list, ok := c.leaves(w, bid)
	if !ok {
		return nil, false
	}
	var out []byte
	for _, i := range list {
		d, ok := c.decoded(c.blocks.entry(int(i)))
		if !ok {
			return nil, false
		}
		out = append(out, d[:min(len(d), n-len(out))]...)
		if len(out) == n {
			break
		}
	}
	return out, true
}

// scope is a node that is open, with its subnodes.
type scope struct {
	c    *checker
	w    *place
	n    node
	subs []node
	used []bool
}

// open reads the subnodes of a node.
func (c *checker) open(w *place, n node) *scope {
	s := &scope{c: c, w: w, n: n}
	s.subs = c.subnodes(w, n.sub)
	s.used = make([]bool, len(s.subs))
	return s
}

// subnodes lists the entries of a subnode tree.
func (c *checker) subnodes(w where, bid uint64) []node {
	if bid == 0 {
		return nil
	}
	return c.appendSubs(w, nil, bid, kindSI)
}

func (c *checker) appendSubs(w where, list []node, bid uint64, top uint8) []node {
	b, ok := c.blocks.find(bid)
	if !ok || !internal(bid) || b.kind() > top || b.kind() < kindSL || !c.spend(w) {
		return list
	}
	d, ok := c.peek(b)
	if !ok {
		return list
	}
	entry := slEntry
	if b.kind() == kindSI {
		entry = siEntry
	}
	n := min(int(u16(d, 2)), (len(d)-treeHead)/entry)
	for i := range n {
		e := d[treeHead+i*entry:]
		if b.kind() == kindSI {
			list = c.appendSubs(w, list, u64(e, 8), kindSL)
			continue
		}
		list = append(list, node{nid: u32(e, 0), data: u64(e, 8), sub: u64(e, 16)})
	}
	return list
}

// sub finds a subnode and marks it as referred to; twice says it was before.
func (s *scope) sub(nid uint32) (n node, twice, ok bool) {
	i := sort.Search(len(s.subs), func(i int) bool { return s.subs[i].nid >= nid })
	if i == len(s.subs) || s.subs[i].nid != nid {
		return node{}, false, false
	}
	twice, s.used[i] = s.used[i], true
	return s.subs[i], twice, true
}

// close reports the subnodes that nothing referred to.
func (s *scope) close() {
	for i, used := range s.used {
		if used {
			continue
		}
		find := s.c.find
		if nid := s.subs[i].nid; nid == nidTableIndex || nid == nidMessageIndex {
			find = s.c.agedAs(Indexes)
		}
		find(NodeLoose, s.w, "nothing refers to subnode 0x%X", s.subs[i].nid)
	}
}

// weigh sums the data of a node and of all its subnodes, which is what
// PidTagMessageSize of a message counts.
func (c *checker) weigh(w where, n node, depth int) int64 {
	total := c.length(n.data)
	if depth >= 2*maxNesting { // an attachment and its message are a level each
		return total
	}
	for _, s := range c.subnodes(w, n.sub) {
		total += c.weigh(w, s, depth+1)
	}
	return total
}
