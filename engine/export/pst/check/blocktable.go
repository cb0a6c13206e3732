package check

import (
	"math"
	"runtime"
	"sort"
)

const (
	chunkLen  = 1 << 16
	maxBlocks = 1 << 26 // at about 15 bytes each
	maxNodes  = 1 << 25 // at 24 bytes each
)

// Sorts of block, as far as known.
const (
	kindUnknown = iota
	kindData
	kindX
	kindXX
	kindSL
	kindSI
	kindBad // does not hold what it must: not read any further

)

// blockTable holds the block tree's entries in compact form, sorted by id. Ids
// are kept as distances from the first one of their chunk.
type blockTable struct {
	chunks []*blockChunk
	n      int
	last   uint64
}

type blockChunk struct {
	base  uint64
	delta []uint32
	slot  []uint32 // place / 64; 0 = nowhere
	cb    []uint16
	ref   []uint16 // declared; see checker.dropCounts
	seen  []uint16 // counted
	kind  []uint8
	start int // index of the first entry
}

// add appends an entry; ids must rise.
func (t *blockTable) add(bid uint64, at int64, cb, ref uint16) {
	var k *blockChunk
	if len(t.chunks) > 0 {
		k = t.chunks[len(t.chunks)-1]
	}
	if k == nil || len(k.delta) == chunkLen || bid-k.base > math.MaxUint32 {
		k = &blockChunk{base: bid, start: t.n}
		if t.n >= chunkLen { // the first chunk grows as it must, small files are many
			k.delta, k.slot = make([]uint32, 0, chunkLen), make([]uint32, 0, chunkLen)
			k.cb, k.ref, k.seen = make([]uint16, 0, chunkLen), make([]uint16, 0, chunkLen), make([]uint16, 0, chunkLen)
			k.kind = make([]uint8, 0, chunkLen)
		}
		t.chunks = append(t.chunks, k)
	}
	k.delta = append(k.delta, uint32(bid-k.base))
	k.slot = append(k.slot, uint32(at/slotSize))
	k.cb, k.ref, k.seen = append(k.cb, cb), append(k.ref, ref), append(k.seen, 0)
	k.kind = append(k.kind, kindUnknown)
	t.n++
	t.last = bid
}

// blockRef is a block in the table: chunk and index within it.
type blockRef struct {
	k *blockChunk
	i int
}

func (b blockRef) bid() uint64    { return b.k.base + uint64(b.k.delta[b.i]) }
func (b blockRef) at() int64      { return int64(b.k.slot[b.i]) * slotSize }
func (b blockRef) cb() int        { return int(b.k.cb[b.i]) }
func (b blockRef) kind() uint8    { return b.k.kind[b.i] }
func (b blockRef) setKind(k byte) { b.k.kind[b.i] = k }
func (b blockRef) index() int     { return b.k.start + b.i }

// count notes one more reference.
func (b blockRef) count() {
	if b.k.seen[b.i] < math.MaxUint16 {
		b.k.seen[b.i]++
	}
}

// String names the block in findings.
func (b blockRef) String() string {
	return there("block", b.bid()).within("at", uint64(b.at())).String()
}

// entry is the block with an index.
func (t *blockTable) entry(i int) blockRef {
	n := i / chunkLen
	if n >= len(t.chunks) || i < t.chunks[n].start || i >= t.chunks[n].start+len(t.chunks[n].delta) {
		// Chunks are full but for those that ended at a wide gap between ids.
		n = sort.Search(len(t.chunks), func(n int) bool { return t.chunks[n].start > i }) - 1
	}
	return blockRef{t.chunks[n], i - t.chunks[n].start}
}

// find looks a block up by its id.
func (t *blockTable) find(bid uint64) (blockRef, bool) {
	bid = bidKey(bid)
	n := sort.Search(len(t.chunks), func(n int) bool { return t.chunks[n].base > bid }) - 1
	if n < 0 || bid-t.chunks[n].base > math.MaxUint32 {
		return blockRef{}, false
	}
	k, delta := t.chunks[n], uint32(bid-t.chunks[n].base)
	// Ids grow by 4 as they are given out: mostly the place can be computed.
	if i := int(delta / 4); i < len(k.delta) && k.delta[i] == delta {
		return blockRef{k, i}, true
	}
	i := sort.Search(len(k.delta), func(i int) bool { return k.delta[i] >= delta })
	return blockRef{k, i}, i < len(k.delta) && k.delta[i] == delta
}

// dropCounts gives up what the walk from the nodes does not need. The garbage
// collector lets the heap grow to twice what it found in use last: it has to look
// now, or that would be twice of what is given up too.
func (c *checker) dropCounts() {
	for _, k := range c.blocks.chunks {
		k.ref, k.seen = nil, nil
	}
	c.used = extents{}
	runtime.GC()
}

// node is one entry of the node tree, or of a subnode tree.
type node struct {
	data, sub   uint64
	nid, parent uint32 // no parent in subnode trees
}

// nodeTable holds the node tree's entries sorted by id.
type nodeTable struct {
	chunks [][]node
	n      int
	used   []uint64 // a bit for each: something refers to it
}

func (t *nodeTable) add(e node) {
	last := len(t.chunks) - 1
	if last < 0 || len(t.chunks[last]) == chunkLen {
		t.chunks = append(t.chunks, nil)
		last++
		if last > 0 {
			t.chunks[last] = make([]node, 0, chunkLen)
		}
	}
	t.chunks[last] = append(t.chunks[last], e)
	if t.n%64 == 0 {
		t.used = append(t.used, 0)
	}
	t.n++
}

func (t *nodeTable) entry(i int) node { return t.chunks[i/chunkLen][i%chunkLen] }

// find looks a node up; its index is len where there is none.
func (t *nodeTable) find(nid uint32) (int, bool) {
	i := sort.Search(t.n, func(i int) bool { return t.entry(i).nid >= nid })
	return i, i < t.n && t.entry(i).nid == nid
}

// get is find with the entry.
func (t *nodeTable) get(nid uint32) (node, bool) {
	i, ok := t.find(nid)
	if !ok {
		return node{}, false
	}
	return t.entry(i), true
}

// use marks a node as referred to; false if it was before.
func (t *nodeTable) use(i int) bool {
	mask := uint64(1) << (i % 64)
	first := t.used[i/64]&mask == 0
	t.used[i/64] |= mask
	return first
}
