package pst

// Measures of a B-tree on a heap, MS-PST 2.3.2.
const (
	bthHeader   = 8
	propRecord  = 8 // id, type, value
	rowRecord   = 8 // row id, row number
	rowsALeaf   = heapItemMax / rowRecord
	indexRecord = 8 // key of 4 bytes, item
)

// putBTHHeader fills the item that names the root of a B-tree on a heap.
func putBTHHeader(b []byte, keySize, entrySize, levels byte, root uint32) {
	b[0], b[1], b[2], b[3] = 0xB5, keySize, entrySize, levels
	le.PutUint32(b[4:], root)
}

// rowIndex builds the tree from row ids to row numbers, in the order of the ids.
type rowIndex struct {
	h      *heap
	leaf   []byte // records of the open leaf
	leaves []byte // first key and item of each leaf that is written
	rows   uint32
}

func (x *rowIndex) begin(h *heap) { x.h, x.leaf, x.leaves, x.rows = h, x.leaf[:0], x.leaves[:0], 0 }

func (x *rowIndex) add(id uint32) error {
	if len(x.leaf) == rowsALeaf*rowRecord {
		if err := x.flush(); err != nil {
			return err
		}
	}
	x.leaf = le.AppendUint32(x.leaf, id)
	x.leaf = le.AppendUint32(x.leaf, x.rows)
	x.rows++
	return nil
}

func (x *rowIndex) flush() error {
	hid, err := x.h.put(x.leaf)
	x.leaves = append(x.leaves, x.leaf[:4]...)
	x.leaves = le.AppendUint32(x.leaves, hid)
	x.leaf = x.leaf[:0]
	return err
}

// finish writes the levels above the leaves and fills the header.
func (x *rowIndex) finish(header []byte) error {
	if x.rows == 0 {
		putBTHHeader(header, 4, 4, 0, 0)
		return nil
	}
	if err := x.flush(); err != nil {
		return err
	}
	const full = heapItemMax / indexRecord * indexRecord
	level, entries := byte(0), x.leaves
	for ; len(entries) > indexRecord; level++ {
		var above []byte
		for ; len(entries) > 0; entries = entries[min(full, len(entries)):] {
			hid, err := x.h.put(entries[:min(full, len(entries))])
			if err != nil {
				return err
			}
			above = append(above, entries[:4]...)
			above = le.AppendUint32(above, hid)
		}
		entries = above
	}
	putBTHHeader(header, 4, 4, level, le.Uint32(entries[4:]))
	return nil
}
