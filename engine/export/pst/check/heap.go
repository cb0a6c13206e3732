package check

import "math/bits"

const (
	maxHeapBlocks = 1 << 16
	clientPC      = 0xBC
	clientTC      = 0x7C
	clientIDs     = 0x9C
)

// heap is an open heap-on-node.
type heap struct {
	c      *checker
	w      *place
	blocks []uint32
	first  []uint32 // number of the first item of each block, over all blocks
	used   []uint64 // a bit for each item
	root   uint32
}

// heapHead is the size of the header of heap block i.
func heapHead(i int) int {
	switch {
	case i == 0:
		return 12
	case i%128 == 8:
		return 66
	}
	return 2
}

// openHeap reads and verifies the heap in the data of a node.
func (c *checker) openHeap(w *place, data uint64, client byte) (*heap, bool) {
	list, ok := c.leaves(w, data)
	if !ok {
		return nil, false
	}
	if len(list) == 0 || len(list) > maxHeapBlocks {
		c.find(HeapForm, w, "a heap of %d blocks", len(list))
		return nil, false
	}
	h := &heap{c: c, w: w, blocks: list, first: make([]uint32, 0, len(list)+1)}
	levels, items := make([]byte, 0, len(list)), uint32(0)
	for i := range list {
		d, ok := h.block(i)
		if !ok {
			return nil, false
		}
		if i == 0 && !h.header(d, client) {
			return nil, false
		}
		n, level, ok := h.verify(i, d)
		if !ok {
			return nil, false
		}
		h.first, levels = append(h.first, items), append(levels, level)
		items += uint32(n)
	}
	h.first = append(h.first, items)
	h.used = make([]uint64, items/64+1)
	h.checkLevels(levels)
	return h, true
}

func (h *heap) block(i int) ([]byte, bool) {
	if !h.c.spend(h.w) {
		return nil, false
	}
	return h.c.decoded(h.c.blocks.entry(int(h.blocks[i])))
}

// header verifies the start of heap block 0.
func (h *heap) header(d []byte, client byte) bool {
	if len(d) < heapHead(0) || d[2] != 0xEC {
		h.c.find(HeapForm, h.w, "block 0 does not begin with a heap's header: % x", d[:min(len(d), 12)])
		return false
	}
	if d[3] != client {
		h.c.find(HeapForm, h.w, "client is 0x%02X, must be 0x%02X", d[3], client)
		return false
	}
	h.root = u32(d, 4)
	return true
}

// pageMap finds the map of a heap block: where the offsets of its items are, and
// how many items there are.
func pageMap(d []byte) (at, items int, ok bool) {
	if len(d) < 2 {
		return 0, 0, false
	}
	at = int(u16(d, 0))
	if at+4 > len(d) {
		return 0, 0, false
	}
	items = int(u16(d, at))
	return at + 4, items, at+4+2*(items+1) <= len(d)
}

const heapItems = 2047 // 11 bits of a heap id

// verify goes through the page map of heap block i. The level is what the fill
// levels must say of it.
func (h *heap) verify(i int, d []byte) (items int, level byte, ok bool) {
	c, w := h.c, h.w.within("heap block", uint64(i))
	at, items, ok := pageMap(d)
	if !ok || items > heapItems {
		c.find(HeapForm, w, "no room for a page map of %d items in %d bytes", items, len(d))
		return 0, 0, false
	}
	last, empty := heapHead(i), 0
	for k := range items + 1 {
		off := int(u16(d, at+2*k))
		if (k == 0 && off != last) || off < last || off > at-4 {
			c.find(HeapForm, w, "item %d begins at %d, after %d and before %d was expected", k+1, off, last, at-4)
			return 0, 0, false
		}
		if k > 0 && off == last {
			empty++
		}
		if off-last > heapItemMax {
			c.find(HeapForm, w, "item %d has %d bytes, at most %d are allowed", k, off-last, heapItemMax)
		}
		last = off
	}
	if free := int(u16(d, at-2)); free != empty {
		c.find(HeapFill, w, "cFree is %d, %d items are empty", free, empty)
	}
	end := at + 2*(items+1)
	h.verifyEnds(i, d, last, at-4, end)
	return items, fillLevel(dataMax - end), true
}

// verifyEnds looks at what lies between and behind items and page map.
func (h *heap) verifyEnds(i int, d []byte, last, ibHnpm, end int) {
	c, w := h.c, h.w.within("heap block", uint64(i))
	if even := last + last%2; ibHnpm != even {
		c.find(HeapForm, w, "page map at %d, items end at %d", ibHnpm, last)
	} else if !allZero(d[last:even]) {
		c.aged(StaleBytes, HeapFill, w, "the byte between items and page map is 0x%02X, must be 0", d[last])
	}
	if i == len(h.blocks)-1 {
		if end != len(d) {
			c.find(HeapFill, w, "%d bytes behind the page map of the last block", len(d)-end)
		}
		return
	}
	if !allZero(d[end:]) {
		c.aged(StaleBytes, HeapFill, w, "bytes behind the page map are not all zero")
	}
}

// fillLevel is the code for so many free bytes in a heap block.
func fillLevel(free int) byte {
	for level, least := range [...]int{3584, 2560, 2048, 1792, 1536, 1280, 1024, 768, 512, 256, 128, 64, 32, 16, 8} {
		if free >= least {
			return byte(level)
		}
	}
	return 15
}

// checkLevels compares the fill levels in the headers with the blocks.
func (h *heap) checkLevels(levels []byte) {
	for i := 0; i < len(levels); {
		at, most := 8, 8
		if i > 0 {
			at, most = 2, 128
		}
		d, ok := h.block(i)
		if !ok || len(d) < at+most/2 {
			return
		}
		for k := range most {
			got, want := d[at+k/2]>>(4*(k%2))&15, byte(0)
			if i+k < len(levels) {
				want = levels[i+k]
			}
			if got != want {
				h.levelFinding(i+k, levels)(HeapFill, h.w, "fill level of heap block %d is %d, must be %d", i+k, got, want)
				return
			}
		}
		i += most
	}
}

// levelFinding is how to report the fill level of heap block i. Outlook leaves
// those of the blocks that a heap grew by as they are.
func (h *heap) levelFinding(i int, levels []byte) func(Kind, where, string, ...any) {
	if i == len(levels)-1 && i > 0 {
		return h.c.agedAs(StaleLevels)
	}
	return h.c.find
}

// locate finds an item: its number over all blocks and its bytes.
func (h *heap) locate(hid uint32) (number uint32, item []byte, ok bool) {
	block, n := int(hid>>16), hid>>5&heapItems
	if hid&0x1F != 0 || n == 0 || block >= len(h.blocks) {
		return 0, nil, false
	}
	if n > h.first[block+1]-h.first[block] {
		return 0, nil, false
	}
	d, ok := h.c.decoded(h.c.blocks.entry(int(h.blocks[block])))
	if !ok {
		return 0, nil, false
	}
	at, _, _ := pageMap(d) // verified when the heap was opened
	from, to := int(u16(d, at+2*int(n-1))), int(u16(d, at+2*int(n)))
	return h.first[block] + n - 1, d[from:to], true
}

// item is what a heap id of something leads to.
func (h *heap) item(of place, hid uint32) ([]byte, bool) {
	n, b, ok := h.locate(hid)
	switch {
	case !ok:
		h.c.find(HeapItem, of, "heap id 0x%X leads nowhere", hid)
		return nil, false
	case len(b) == 0:
		h.c.find(HeapItem, of, "heap id 0x%X leads to an empty item", hid)
		return nil, false
	case h.used[n/64]&(1<<(n%64)) != 0:
		h.c.find(HeapTwice, of, "heap id 0x%X is in use by something else too", hid)
		return nil, false
	}
	h.used[n/64] |= 1 << (n % 64)
	return b, true
}

// close reports the items that nothing referred to.
func (h *heap) close() {
	for b := range h.blocks {
		d, ok := h.c.decoded(h.c.blocks.entry(int(h.blocks[b])))
		if !ok {
			return
		}
		at, _, _ := pageMap(d)
		for n := h.first[b]; n < h.first[b+1]; n++ {
			if word := h.used[n/64] >> (n % 64); word&1 != 0 {
				n += uint32(max(bits.TrailingZeros64(^word), 1)) - 1
				continue
			}
			k := int(n - h.first[b])
			if size := int(u16(d, at+2*k+2)) - int(u16(d, at+2*k)); size > 0 {
				h.c.find(HeapLoose, h.w, "nothing refers to item 0x%X of %d bytes", b<<16|(k+1)<<5, size)
			}
		}
	}
}
