package pst

import "fmt"

// Measures of a heap on a node, MS-PST 2.3.1.
const (
	heapItemMax   = 3580 // bytes
	heapBlockMax  = 1 << 16
	heapItemsMax  = 2047 // of a block
	heapRootSize  = 12   // header of the first block
	heapMapSize   = 66   // header of blocks 8, 136, 264 ...
	heapMapFirst  = 8
	heapMapEvery  = 128
	heapPlainSize = 2 // header of the others

	clientProperties = 0xBC
	clientTable      = 0x7C
	clientIDMap      = 0x9C
)

// heap holds small items, each with an id, in the blocks of a node. Blocks go
// out when they are full; those whose header tells how full others are, at the
// end.
type heap struct {
	d      *data
	client byte
	index  int      // of the block being filled
	cur    []byte   // that block
	starts []uint16 // of its items
	levels []byte   // how full the blocks are
	held   []heldBlock
	spare  [][]byte // buffers
}

type heldBlock struct {
	index, at int
	b         []byte
}

func newHeap(o *output) *heap { return &heap{d: newData(o)} }

// begin starts an empty heap.
func (h *heap) begin(client byte) {
	h.d.reset()
	for _, b := range h.held {
		h.spare = append(h.spare, b.b)
	}
	if h.cur != nil {
		h.spare = append(h.spare, h.cur)
		h.cur = nil
	}
	h.client, h.index, h.levels, h.held = client, 0, h.levels[:0], h.held[:0]
	h.openBlock()
}

func isHeapMap(index int) bool {
	return index >= heapMapFirst && (index-heapMapFirst)%heapMapEvery == 0
}

func (h *heap) openBlock() {
	if n := len(h.spare); n > 0 && h.cur == nil {
		h.cur, h.spare = h.spare[n-1], h.spare[:n-1]
	}
	if h.cur == nil {
		h.cur = make([]byte, blockData)
	}
	size := heapPlainSize
	switch {
	case h.index == 0:
		size = heapRootSize
	case isHeapMap(h.index):
		size = heapMapSize
	}
	h.cur = h.cur[:size]
	clear(h.cur)
	h.starts = h.starts[:0]
}

// alloc makes an item of n bytes, 1 to heapItemMax, which the caller fills
// before the next one is made; items of the first block stay until the end.
func (h *heap) alloc(n int) (hid uint32, item []byte, err error) {
	if n < 1 || n > heapItemMax {
		return 0, nil, fmt.Errorf("heap item of %d bytes", n)
	}
	if items := len(h.starts); items == heapItemsMax || roundUp(len(h.cur)+n, 2)+4+2*(items+2) > blockData {
		if err := h.nextBlock(); err != nil {
			return 0, nil, err
		}
	}
	at := len(h.cur)
	h.cur = h.cur[:at+n]
	h.starts = append(h.starts, uint16(at))
	return uint32(h.index)<<16 | uint32(len(h.starts))<<5, h.cur[at:], nil
}

// put makes an item of these bytes; no bytes are no item.
func (h *heap) put(b []byte) (hid uint32, err error) {
	if len(b) == 0 {
		return 0, nil
	}
	hid, item, err := h.alloc(len(b))
	copy(item, b)
	return hid, err
}

func (h *heap) nextBlock() error {
	if h.index+1 == heapBlockMax {
		return fmt.Errorf("more than %d blocks in a heap: %w", heapBlockMax, ErrFull)
	}
	h.closeBlock()
	end := len(h.cur)
	h.cur = h.cur[:blockData]
	clear(h.cur[end:])
	if err := h.emit(); err != nil {
		return err
	}
	h.index++
	h.openBlock()
	return nil
}

// closeBlock writes the page map and notes how full the block is.
func (h *heap) closeBlock() {
	end := len(h.cur)
	at := roundUp(end, 2)
	h.cur = h.cur[:at]
	if at > end {
		h.cur[end] = 0
	}
	le.PutUint16(h.cur, uint16(at))
	h.cur = le.AppendUint16(h.cur, uint16(len(h.starts)))
	h.cur = le.AppendUint16(h.cur, 0) // items that were freed
	for _, s := range h.starts {
		h.cur = le.AppendUint16(h.cur, s)
	}
	h.cur = le.AppendUint16(h.cur, uint16(end))
	h.levels = append(h.levels, fillLevel(blockData-len(h.cur)))
}

// emit writes the closed block, or keeps it where its header is not complete.
func (h *heap) emit() error {
	at, err := h.d.hole(len(h.cur))
	if err != nil {
		return err
	}
	if h.index == 0 || isHeapMap(h.index) {
		h.held = append(h.held, heldBlock{h.index, at, h.cur})
		h.cur = nil
		return nil
	}
	return h.d.fill(at, h.cur)
}

// total is the size that the heap would have if it ended now.
func (h *heap) total() int64 {
	return int64(h.index)*blockData + int64(roundUp(len(h.cur), 2)+4+2*(len(h.starts)+1))
}

// finish writes the rest and returns the root of the heap's data.
func (h *heap) finish(userRoot uint32) (bid uint64, size int64, err error) {
	h.closeBlock()
	if err := h.emit(); err != nil {
		return 0, 0, err
	}
	for _, b := range h.held {
		if b.index == 0 {
			b.b[2], b.b[3] = 0xEC, h.client
			le.PutUint32(b.b[4:], userRoot)
			packLevels(b.b[8:heapRootSize], h.levels)
		} else {
			packLevels(b.b[2:heapMapSize], h.levels[b.index:])
		}
		if err := h.d.fill(b.at, b.b); err != nil {
			return 0, 0, err
		}
	}
	size = h.d.size
	bid, err = h.d.finish()
	return bid, size, err
}

// packLevels writes as many levels as there is room for, two a byte.
func packLevels(to []byte, levels []byte) {
	clear(to)
	for i := range levels[:min(len(levels), 2*len(to))] {
		to[i/2] |= levels[i] << (4 * (i % 2))
	}
}

// fillLevel tells how much is free in a block, MS-PST 2.3.1.2.
func fillLevel(free int) byte {
	for i, at := range [...]int{3584, 2560, 2048, 1792, 1536, 1280, 1024, 768, 512, 256, 128, 64, 32, 16, 8} {
		if free >= at {
			return byte(i)
		}
	}
	return 15
}
