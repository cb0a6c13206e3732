package check_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"vangnet/engine/export/pst/check"
)

var le = binary.LittleEndian

// file is a PST file in memory that can be damaged in one place and mended in
// all others. Its methods end the test where the file does not have what they
// look for.
type file struct {
	t *testing.T
	b []byte
}

func (f *file) at(at int64, n int) []byte { return f.b[at : at+int64(n)] }

// header edits the header and mends its checksums.
func (f *file) header(edit func(h []byte)) {
	edit(f.b[:0x234])
	le.PutUint32(f.b[4:], check.CRC(f.b[8:8+471]))
	le.PutUint32(f.b[0x20C:], check.CRC(f.b[8:8+516]))
}

// page edits a page and mends its checksum.
func (f *file) page(at int64, edit func(p []byte)) {
	p := f.at(at, 512)
	edit(p)
	le.PutUint32(p[500:], check.CRC(p[:496]))
}

// root is the place of the root page of a tree, from the header.
func (f *file) root(field int) int64 { return int64(le.Uint64(f.b[field+8:])) }

const (
	nbtRoot = 0xD8
	bbtRoot = 0xE8
)

// leaves are the places of the leaf pages of a tree.
func (f *file) leaves(root int64) (at []int64) {
	p := f.at(root, 512)
	if p[491] == 0 {
		return []int64{root}
	}
	for i := range int(p[488]) {
		at = append(at, f.leaves(int64(le.Uint64(p[24*i+16:])))...)
	}
	return at
}

// entry finds an entry of a tree by its key: page and offset in the page.
func (f *file) entry(root int, key uint64) (page int64, off int) {
	for _, at := range f.leaves(f.root(root)) {
		p := f.at(at, 512)
		for i := range int(p[488]) {
			if off := i * int(p[490]); le.Uint64(p[off:]) == key {
				return at, off
			}
		}
	}
	f.t.Fatalf("the base has no entry 0x%X", key)
	return 0, 0
}

// node is a node or a subnode of the file.
type node struct{ data, sub uint64 }

func (f *file) node(nid uint32) node {
	page, off := f.entry(nbtRoot, uint64(nid))
	e := f.at(page+int64(off), 32)
	return node{le.Uint64(e[8:]), le.Uint64(e[16:])}
}

// editNode edits the 32 bytes of a node's entry.
func (f *file) editNode(nid uint32, edit func(e []byte)) {
	page, off := f.entry(nbtRoot, uint64(nid))
	f.page(page, func(p []byte) { edit(p[off : off+32]) })
}

// editBlockEntry edits the 24 bytes of a block's entry.
func (f *file) editBlockEntry(bid uint64, edit func(e []byte)) {
	page, off := f.entry(bbtRoot, bid)
	f.page(page, func(p []byte) { edit(p[off : off+24]) })
}

// place is where a block lies and how many bytes of data it has.
func (f *file) place(bid uint64) (at int64, cb int) {
	page, off := f.entry(bbtRoot, bid)
	e := f.at(page+int64(off), 24)
	return int64(le.Uint64(e[8:])), int(le.Uint16(e[16:]))
}

func (f *file) encoded(bid uint64) bool { return bid&2 == 0 && f.b[0x201] == 1 }

// data is the data of a block, decoded.
func (f *file) data(bid uint64) []byte {
	at, cb := f.place(bid)
	d := bytes.Clone(f.at(at, cb))
	if f.encoded(bid) {
		check.Decode(d)
	}
	return d
}

// block edits the data of a block, decoded, and mends its checksum.
func (f *file) block(bid uint64, edit func(d []byte)) {
	d := f.data(bid)
	edit(d)
	at, cb := f.place(bid)
	if f.encoded(bid) {
		for i, x := range d {
			d[i] = check.Permute[x]
		}
	}
	copy(f.b[at:], d)
	le.PutUint32(f.trailer(bid)[4:], check.CRC(f.b[at:at+int64(cb)]))
}

// trailer is the trailer of a block, to be damaged as it is.
func (f *file) trailer(bid uint64) []byte {
	at, cb := f.place(bid)
	return f.at(at+int64(check.Stored(cb))-16, 16)
}

// resize makes the data of a block shorter or longer within its place, mending
// entry and trailer. What comes behind the data is zero.
func (f *file) resize(bid uint64, by int) {
	at, cb := f.place(bid)
	n := cb + by
	if check.Stored(n) != check.Stored(cb) {
		f.t.Fatalf("block 0x%X cannot change by %d bytes in its place", bid, by)
	}
	for i := n; i < cb; i++ {
		f.b[at+int64(i)] = 0
	}
	f.editBlockEntry(bid, func(e []byte) { le.PutUint16(e[16:], uint16(n)) })
	le.PutUint16(f.trailer(bid), uint16(n))
	f.block(bid, func([]byte) {})
}

// blocks are the data blocks of a data tree.
func (f *file) blocks(bid uint64) (list []uint64) {
	if bid&2 == 0 {
		return []uint64{bid}
	}
	d := f.data(bid)
	for i := range int(le.Uint16(d[2:])) {
		list = append(list, f.blocks(le.Uint64(d[8+8*i:]))...)
	}
	return list
}

// sub finds a subnode of a node. It returns the SLBLOCK and the offset of the
// entry in it, too.
func (f *file) sub(n node, nid uint32) (s node, sl uint64, off int) {
	if n.sub != 0 {
		for _, sl := range f.subBlocks(n.sub) {
			d := f.data(sl)
			for off := 8; off < len(d); off += 24 {
				if le.Uint32(d[off:]) == nid {
					return node{le.Uint64(d[off+8:]), le.Uint64(d[off+16:])}, sl, off
				}
			}
		}
	}
	f.t.Fatalf("the base has no subnode 0x%X there", nid)
	return node{}, 0, 0
}

// subBlocks are the SLBLOCKs of a subnode tree.
func (f *file) subBlocks(bid uint64) (list []uint64) {
	d := f.data(bid)
	if d[1] == 0 {
		return []uint64{bid}
	}
	for off := 8; off < len(d); off += 16 {
		list = append(list, le.Uint64(d[off+8:]))
	}
	return list
}

// item finds an item of the heap in a node: its block, and where it lies in it.
func (f *file) item(n node, hid uint32) (bid uint64, from, to int) {
	bid = f.blocks(n.data)[hid>>16]
	d := f.data(bid)
	at := int(le.Uint16(d)) + 4 + 2*int(hid>>5&0x7FF-1)
	return bid, int(le.Uint16(d[at:])), int(le.Uint16(d[at+2:]))
}

// editItem edits an item of the heap in a node.
func (f *file) editItem(n node, hid uint32, edit func(item []byte)) {
	bid, from, to := f.item(n, hid)
	f.block(bid, func(d []byte) { edit(d[from:to]) })
}

func (f *file) readItem(n node, hid uint32) []byte {
	bid, from, to := f.item(n, hid)
	return f.data(bid)[from:to]
}

// userRoot is the heap id that the heap's header names.
func (f *file) userRoot(n node) uint32 { return le.Uint32(f.data(f.blocks(n.data)[0])[4:]) }

// leaf is the heap id of the first leaf of a BTH.
func (f *file) leaf(n node, header uint32) uint32 {
	h := f.readItem(n, header)
	root := le.Uint32(h[4:])
	for range h[3] {
		root = le.Uint32(f.readItem(n, root)[h[1]:])
	}
	return root
}

// prop edits the 8-byte record of a property in a property context.
func (f *file) prop(n node, id uint16, edit func(rec []byte)) {
	f.editItem(n, f.leaf(n, f.userRoot(n)), func(leaf []byte) {
		for ; len(leaf) >= 8; leaf = leaf[8:] {
			if le.Uint16(leaf) == id {
				edit(leaf[:8])
				return
			}
		}
		f.t.Fatalf("the base has no property 0x%04X there", id)
	})
}

// propField is the value field of a property.
func (f *file) propField(n node, id uint16) (v uint32) {
	f.prop(n, id, func(rec []byte) { v = le.Uint32(rec[4:]) })
	return v
}

// number sets the value field of a property.
func (f *file) number(n node, id uint16, v uint32) {
	f.prop(n, id, func(rec []byte) { le.PutUint32(rec[4:], v) })
}

// info edits the TCINFO of a table.
func (f *file) info(n node, edit func(info []byte)) { f.editItem(n, f.userRoot(n), edit) }

func (f *file) readInfo(n node) []byte { return f.readItem(n, f.userRoot(n)) }

// column is the offset in TCINFO of a column's description.
func (f *file) column(n node, tag uint32) int {
	info := f.readInfo(n)
	for off := 22; off < len(info); off += 8 {
		if le.Uint32(info[off:]) == tag {
			return off
		}
	}
	f.t.Fatalf("the base has no column 0x%08X there", tag)
	return 0
}

// row edits row i of a table.
func (f *file) row(n node, i int, edit func(row []byte)) {
	info := f.readInfo(n)
	size, id := int(le.Uint16(info[8:])), le.Uint32(info[14:])
	if id&0x1F == 0 {
		f.editItem(n, id, func(m []byte) { edit(m[i*size : (i+1)*size]) })
		return
	}
	s, _, _ := f.sub(n, id)
	per := 8176 / size
	f.block(f.blocks(s.data)[i/per], func(d []byte) { edit(d[i%per*size:][:size]) })
}

// cell edits a cell of row i of a table.
func (f *file) cell(n node, i int, tag uint32, edit func(cell []byte)) {
	d := f.readInfo(n)[f.column(n, tag):]
	at, width := int(le.Uint16(d[4:])), int(d[6])
	f.row(n, i, func(row []byte) { edit(row[at : at+width]) })
}

// cellNumber is the number in a cell, a heap id of one whose values vary in size.
func (f *file) cellNumber(n node, i int, tag uint32) (v uint32) {
	f.cell(n, i, tag, func(c []byte) { v = le.Uint32(c) })
	return v
}

// bit flips the existence bit of a column in row i.
func (f *file) bit(n node, i int, tag uint32) {
	info := f.readInfo(n)
	bit, ends := int(info[f.column(n, tag)+7]), int(le.Uint16(info[6:]))
	f.row(n, i, func(row []byte) { row[ends+bit/8] ^= 0x80 >> (bit % 8) })
}
