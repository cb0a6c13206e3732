package check

import (
	"bytes"
	"cmp"
)

const maxHeapLevels = 8

// bth is an open BTree-on-heap.
type bth struct {
	h    *heap
	w    *place
	key  int
	size int // of a record: key and entry
	last []byte
	take func(rec []byte)
}

// eachRecord goes through the records of the BTH whose header a heap id names.
// False where the header is not to be had.
func (h *heap) eachRecord(w *place, hid uint32, key, entry int, take func(rec []byte)) bool {
	head, ok := h.item(*w, hid)
	if !ok {
		return false
	}
	if len(head) != 8 || head[0] != 0xB5 || int(head[1]) != key || int(head[2]) != entry {
		h.c.find(TreeHeap, w, "BTH header is % x, must be b5 %02x %02x, levels, root in 8 bytes", head[:min(len(head), 8)], key, entry)
		return false
	}
	t := &bth{h: h, w: w, key: key, size: key + entry, take: take}
	levels, root := int(head[3]), u32(head, 4)
	switch {
	case root == 0 && levels > 0:
		h.c.find(TreeHeap, w, "%d index levels above nothing", levels)
	case levels > maxHeapLevels:
		h.c.find(TreeHeap, w, "%d index levels, this checker takes %d", levels, maxHeapLevels)
	case root != 0:
		t.walk(root, levels, nil)
	}
	return true
}

// order compares two keys: as numbers, or byte by byte where they are too long
// for one, as those of the id map.
func (t *bth) order(a, b []byte) int {
	if t.key > 8 {
		return bytes.Compare(a, b)
	}
	return cmp.Compare(number(a), number(b))
}

func number(b []byte) (n uint64) {
	for i := range b {
		n |= uint64(b[i]) << (8 * i)
	}
	return n
}

// walk goes through an item at a level; want is its first key by the index.
func (t *bth) walk(hid uint32, level int, want []byte) {
	c := t.h.c
	item, ok := t.h.item(*t.w, hid)
	if !ok {
		return
	}
	size := t.size
	if level > 0 {
		size = t.key + 4
	}
	if len(item)%size != 0 {
		c.find(TreeHeap, t.w, "item 0x%X of level %d has %d bytes, records have %d", hid, level, len(item), size)
	}
	for i := 0; i+size <= len(item); i += size {
		rec := item[i : i+size]
		k := rec[:t.key]
		if i == 0 && want != nil && t.order(k, want) != 0 {
			c.find(HeapOrder, t.w, "first key of item 0x%X is % x, its index says % x", hid, k, want)
		}
		if level > 0 {
			t.walk(u32(rec, t.key), level-1, k)
			continue
		}
		if t.last != nil && t.order(k, t.last) <= 0 {
			if t.key == 2 && t.order(k, t.last) == 0 {
				c.find(PropTwice, t.w, "property 0x%04X twice", number(k))
			} else {
				c.find(HeapOrder, t.w, "key % x follows % x", k, t.last)
			}
			continue
		}
		t.last = k
		t.take(rec)
	}
}
