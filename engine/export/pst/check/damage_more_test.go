package check_test

import (
	"bytes"

	"vangnet/engine/export/pst/check"
)

// withProperty is the empty folder with one more property, whose value is item
// 0xA0.
func withProperty(typ uint32, value []byte) func(f *file) {
	return func(f *file) {
		emptyFolder(f, 0, func(items [][]byte) [][]byte {
			items[1] = append(le.AppendUint32(le.AppendUint32(nil, typ<<16|0x1000), 0xA0), items[1]...)
			return append(items, value)
		})
	}
}

// odd edits the empty folder with a heap whose last item has an odd length.
func odd(edit func(d []byte)) func(f *file) {
	return func(f *file) {
		withProperty(0x102, []byte{1, 2, 3})(f)
		f.block(f.node(empty).data, edit)
	}
}

// swapValues exchanges the value fields of two properties.
func swapValues(f *file, n node, a, b uint16) {
	x, y := f.propField(n, a), f.propField(n, b)
	f.number(n, a, y)
	f.number(n, b, x)
}

// tableOf edits what describes the rows of the empty folder's table of hidden
// messages; column is the offset of the description of a column.
func tableOf(edit func(info []byte, column func(tag uint32) int)) func(f *file) {
	return func(f *file) {
		n := f.node(table(empty, hidden))
		info := bytes.Clone(f.readInfo(n))
		edit(info, func(tag uint32) int { return f.column(n, tag) })
		f.info(n, func(b []byte) { copy(b, info) })
	}
}

// moreDamages are further ways in which the kinds come up.
var moreDamages = []damage{
	{"level of the root", func(f *file) { f.page(f.root(nbtRoot), func(p []byte) { p[491] = 20 }) }, found{check.TreeForm: 1}, "cLevel of the root is 20", true},
	{"a page without entries", func(f *file) { f.page(f.leafPage(nbtRoot, 22), func(p []byte) { p[488] = 0 }) }, found{check.TreeForm: 1}, "without entries", true},
	{"padding of a page", func(f *file) { f.page(f.leafPage(nbtRoot, 22), func(p []byte) { p[492] = 1 }) }, found{check.TreeForm: 1}, "dwPadding", false},
	{"bit 0 of a trailer", func(f *file) {
		bid := f.node(inbox).data
		at, _ := f.place(bid)
		t := f.trailer(bid)
		t[8]++
		le.PutUint16(t[2:], check.Signature(at, bid+1))
	}, found{check.BlockID: 1}, "in the trailer", false},
	{"an XBLOCK over too little", func(f *file) {
		x := f.file20k().data
		f.resize(x, -16)
		f.block(x, func(d []byte) { d[2] = 1; le.PutUint32(d[4:], 8176) })
	}, found{check.TreeBlock: 1, check.Unreferenced: 2, check.AttachSize: 1, check.MessageSize: 1}, "which fit one block", false},
	{"padding of an SIBLOCK", func(f *file) { f.block(f.node(f.message(many)).sub, func(d []byte) { d[7] = 1 }) }, found{check.TreeBlock: 1}, "padding", false},
	{"an SIBLOCK over one", func(f *file) {
		si := f.node(f.message(many)).sub
		f.resize(si, -16)
		f.block(si, func(d []byte) { d[2] = 1 })
	}, found{check.TreeBlock: 1, check.Unreferenced: 1}, "an SIBLOCK over one SLBLOCK", true},
	{"order of an SIBLOCK", func(f *file) {
		f.block(f.node(f.message(many)).sub, func(d []byte) {
			var e [16]byte
			copy(e[:], d[8:])
			copy(d[8:24], d[24:40])
			copy(d[24:], e[:])
		})
	}, found{check.SubOrder: 1}, "the one before ends with", true},
	{"no DList", func(f *file) { clear(f.at(0x4200, 512)) }, found{check.DList: 1}, "not there", false},
	{"DList count", func(f *file) { f.page(0x4200, func(p []byte) { p[1] = 200 }) }, found{check.DList: 123}, "200 entries", false},
	{"DList section", func(f *file) { f.page(0x4200, func(p []byte) { p[1] = 1; p[9] = 0x10 }) }, found{check.DList: 1}, "section 4096", false},

	{"heap without blocks", func(f *file) { f.editNode(empty, func(e []byte) { le.PutUint64(e[8:], 0) }) }, found{check.HeapForm: 1, check.Unreferenced: 1}, "a heap of 0 blocks", true},
	{"page map outside", func(f *file) { f.block(f.node(table(empty, hidden)).data, func(d []byte) { d[1] = 0x20 }) }, found{check.HeapForm: 1}, "no room for a page map", false},
	{"a long item", withProperty(0x102, make([]byte, 3582)), found{check.HeapForm: 1}, "at most 3580", false},
	{"an empty item", func(f *file) {
		withProperty(0x102, nil)(f)
		f.block(f.node(empty).data, func(d []byte) { d[le.Uint16(d)+2] = 1 })
	}, found{check.HeapItem: 1}, "leads to an empty item", false},
	{"a sound odd item", odd(func([]byte) {}), found{}, "", false},
	{"byte behind an odd item", odd(func(d []byte) { d[le.Uint16(d)-1] = 1 }), found{check.HeapFill: 1}, "between items and page map is 0x01", false},
	{"page map too late", odd(func(d []byte) { // the last item one byte shorter, and the one behind it free
		d[int(le.Uint16(d))+4+2*5]--
		d[int(le.Uint16(d))+4+2*5]--
	}), found{check.HeapForm: 1}, "items end at", false},
	{"behind a page map", func(f *file) { f.resize(f.node(table(empty, hidden)).data, 2) }, found{check.HeapFill: 1}, "2 bytes behind the page map", false},
	{"levels above nothing", func(f *file) {
		n := f.node(table(empty, hidden))
		f.editItem(n, le.Uint32(f.readInfo(n)[10:]), func(h []byte) { h[3] = 1 })
	}, found{check.TreeHeap: 1}, "above nothing", false},
	{"too many levels", func(f *file) {
		n := f.node(table(inbox, contents))
		f.editItem(n, le.Uint32(f.readInfo(n)[10:]), func(h []byte) { h[3] = 99 })
	}, found{check.TreeHeap: 1}, "99 index levels", true},
	{"half a record", func(f *file) {
		emptyFolder(f, 0, func(items [][]byte) [][]byte { items[1] = append(items[1], 0); return items })
	}, found{check.TreeHeap: 1}, "41 bytes, records have 8", false},
	{"form of the id map", func(f *file) {
		f.rewrite(f.node(0xC01).data, heapOf(0x9C, 0x20, make([]byte, 8)))
	}, found{check.NodeContent: 1}, "user root of 8 bytes", false},

	{"size of a time", func(f *file) { swapValues(f, f.node(f.message(plain)), 0x3007, 0x300B) }, found{check.PropValue: 2, check.PropMissing: 1}, "search key of 8 bytes", false},
	{"value in no subnode", func(f *file) { f.number(f.node(f.message(long)), 0x1000, 0x7E1F) }, found{check.HeapItem: 1, check.NodeLoose: 1}, "subnode 0x7E1F is not there", false},
	{"subnode twice", func(f *file) {
		n := f.node(f.message(long))
		f.number(n, 0x1000, f.propField(n, 0x007D))
	}, found{check.HeapTwice: 1, check.NodeLoose: 1}, "", false},
	{"a value with subnodes", func(f *file) {
		m := f.node(f.message(long))
		_, sl, off := f.sub(m, f.propField(m, 0x1000))
		f.block(sl, func(d []byte) { le.PutUint64(d[off+16:], f.node(f.message(plain)).sub) })
	}, found{check.NodeContent: 1, check.RefCount: 1, check.MessageSize: 1}, "has subnodes", false},
	{"half a character", func(f *file) {
		m := f.node(f.message(long))
		s, _, _ := f.sub(m, f.propField(m, 0x1000))
		b := f.blocks(s.data)
		f.resize(b[len(b)-1], -1)
		f.block(s.data, func(d []byte) { le.PutUint32(d[4:], le.Uint32(d[4:])-1) })
	}, found{check.PropText: 1, check.MessageSize: 1}, "bytes are no UTF-16", false},
	{"half a character in a heap", func(f *file) { f.prop(f.node(f.message(plain)), 0x0C1D, func(r []byte) { r[2], r[3] = 0x1F, 0 }) }, found{check.PropText: 1}, "27 bytes", false},
	{"an array of another type", withProperty(0x1014, make([]byte, 12)), found{check.PropValue: 1}, "an array of 8-byte values", false},
	{"a list too short", withProperty(0x101F, []byte{9, 0, 0, 0, 1, 0, 0, 0}), found{check.PropValue: 1}, "too short", false},
	{"items of a list", withProperty(0x101F, []byte{1, 0, 0, 0, 9, 0, 0, 0, 'a', 0}), found{check.PropValue: 1}, "item 0 of the list", false},
	{"text of a list", withProperty(0x101F, []byte{1, 0, 0, 0, 8, 0, 0, 0, 0, 0xDC}), found{check.PropText: 1}, "lone surrogate", false},
	{"a sound list", withProperty(0x101F, []byte{1, 0, 0, 0, 8, 0, 0, 0, 0x3C, 0xD8, 0x89, 0xDF}), found{}, "", false},
	{"a short object", withProperty(0x000D, []byte{1, 0, 0, 0, 8, 0}), found{check.PropValue: 1}, "record of an object", false},
	{"object in no subnode", func(f *file) {
		n := f.attachment(4)
		f.editItem(n, f.propField(n, 0x3701), func(b []byte) { b[1]++ })
	}, found{check.HeapItem: 1, check.NodeLoose: 1}, "", true},
	{"record key", func(f *file) {
		f.editItem(f.node(store), f.propField(f.node(store), 0x0FF9), func(b []byte) { clear(b) })
	}, found{check.StoreProperty: 4}, "not all zero", false},
	{"replication history", func(f *file) {
		f.editItem(f.node(store), f.propField(f.node(store), 0x0E34), func(b []byte) { b[0] = 2 })
	}, found{check.StoreProperty: 1}, "replication history", false},
	{"entry id of nothing", func(f *file) {
		f.editItem(f.node(store), f.propField(f.node(store), 0x35E0), func(b []byte) { b[22] = 9 })
	}, found{check.StoreProperty: 1}, "is not there", false},
	{"names in no set", func(f *file) { f.number(f.node(names), 0x0002, 0) }, found{check.NameMap: 1}, "in 0 sets", true},
	{"a name twice", func(f *file) {
		n := f.node(names)
		f.editItem(n, f.propField(n, 0x0003), func(e []byte) { copy(e[8:14], e[:6]) })
	}, found{check.NameMap: 3}, "the same name as entry 0x0", false},
	{"length of a name", func(f *file) {
		n := f.node(names)
		f.editItem(n, f.propField(n, 0x0004), func(e []byte) { e[3] = 1 })
	}, found{check.NameMap: 2}, "the stream has", false},
	{"one bucket more", func(f *file) {
		n := f.node(names)
		f.editItem(n, f.leaf(n, f.userRoot(n)), func(l []byte) { le.PutUint16(l[len(l)-8:], 0x1000+251) })
	}, found{check.NameMap: 2}, "there are 251 buckets", true},
	{"half a name", func(f *file) { swapValues(f, f.node(names), 0x0002, 0x0003) }, found{check.NameMap: 1}, "", true},
	{"a node of no type", func(f *file) {
		f.editNode(0xF21, func(e []byte) { e[0] = 0x25 })
	}, found{check.NodeMissing: 1, check.NodeLoose: 1}, "node 0xF25", false},
	{"a folder's row into nothing", func(f *file) {
		n := f.node(table(inbox, hierarchy))
		f.cell(n, 0, 0x67F20003, func(c []byte) { c[0] = 0xA4 })
		f.editItem(n, f.leaf(n, le.Uint32(f.readInfo(n)[10:])), func(l []byte) { l[0] = 0xA4 })
	}, found{check.FolderRow: 1, check.NodeLoose: 1}, "leads to no folder", false},
	{"two rows of one message", func(f *file) {
		n := f.node(table(inbox, contents))
		f.cell(n, 6, 0x67F20003, func(c []byte) { le.PutUint32(c, f.message(5)) })
	}, found{check.TableIndex: 1, check.MessageRow: 1, check.NodeLoose: 1, check.FolderCount: 1}, "a row elsewhere", false},
	{"no cell for a property", func(f *file) {
		n := f.node(table(inbox, contents))
		f.cell(n, 3, 0x0E080003, func(c []byte) { clear(c) })
		f.bit(n, 3, 0x0E080003)
	}, found{check.MessageRow: 1}, "has no cell", false},
	{"a cell for no property", func(f *file) { f.bit(f.node(table(inbox, contents)), 3, 0x0E3D0102) }, found{check.MessageRow: 1}, "the object has no such property", false},
	{"a cell for an empty text", func(f *file) {
		n := f.node(f.message(plain))
		f.number(n, 0x0E04, 0)
		t := f.node(table(inbox, contents))
		f.cell(t, plain, 0x0E04001F, func(c []byte) { clear(c) })
	}, found{check.MessageRow: 1, check.PropStray: 1, check.HeapLoose: 2}, "a cell for an empty value", false},
	{"message status", func(f *file) {
		n := f.node(table(inbox, contents))
		f.cell(n, 3, 0x0E170003, func(c []byte) { c[0] = 4 })
	}, found{check.MessageRow: 1}, "message status is 0x4", true},
	{"an embedded message that is none", func(f *file) {
		n := f.attachment(4)
		object := f.propField(n, 0x3701)
		_, sl, off := f.sub(n, le.Uint32(f.readItem(n, object)))
		f.editItem(n, object, func(b []byte) { b[0]++ })
		f.block(sl, func(d []byte) { d[off]++ })
		f.header(put(0x2C+4*5, 0x20000))
	}, found{check.PropValue: 1}, "an embedded message, must have type", false},
	{"end of an entry id", func(f *file) {
		n := f.subnode(f.message(plain), 0x692)
		f.editItem(n, f.cellNumber(n, 0, 0x0FFF0102), func(b []byte) { b[len(b)-2] = 'x' })
	}, found{check.Recipient: 1}, "ends within its texts", false},
	{"behind an entry id", func(f *file) {
		n := f.subnode(f.message(plain), 0x692)
		f.editItem(n, f.cellNumber(n, 0, 0x0FFF0102), func(b []byte) { clear(b[24:26]) })
	}, found{check.Recipient: 4}, "behind the texts", false},

	{"length of TCINFO", tableOf(func(b []byte, _ func(uint32) int) { b[1]++ }), found{check.TableForm: 1}, "TCINFO", false},
	{"size of rows", tableOf(func(b []byte, _ func(uint32) int) { b[8]++ }), found{check.TableForm: 1}, "15 columns give 59", false},
	{"bit of a column", tableOf(func(b []byte, col func(uint32) int) { b[col(0x0E070003)+7] = 200 }), found{check.TableColumns: 1}, "existence bit 200", false},
	{"width of a column", tableOf(func(b []byte, col func(uint32) int) { b[col(0x0E070003)+6] = 2 }), found{check.TableColumns: 1}, "2 bytes at 16", false},
	{"type of a column", tableOf(func(b []byte, col func(uint32) int) { b[col(0x68051003)+1] = 0x7F }), found{check.PropType: 1}, "0x7F03", false},
	{"a gap in the rows", tableOf(func(b []byte, col func(uint32) int) {
		for _, at := range []int{2, 4, 6, 8, col(0x6803000B) + 4} {
			b[at] += 4
		}
	}), found{check.TableColumns: 1}, "byte 56 of the rows", false},
	{"place of the row version", func(f *file) { swap(f, f.node(table(empty, hidden)), 0x67F30003, 0x70030003) }, found{check.TableColumns: 1}, "not at 4 with bit 1", false},
	{"a row beyond", func(f *file) {
		n := f.node(table(inbox, contents))
		f.editItem(n, f.leaf(n, le.Uint32(f.readInfo(n)[10:])), func(l []byte) { l[6] = 1 })
	}, found{check.TableIndex: 3}, "leads to row 65536 of 566", false},
	{"no row id", func(f *file) {
		n := f.subnode(f.message(plain), 0x692)
		f.bit(n, 0, 0x67F20003)
		f.bit(n, 0, 0x67F30003)
	}, found{check.TableCell: 4}, "no row version", false},
	{"length of the matrix", func(f *file) {
		m := f.matrix(inbox)
		b := f.blocks(m.data)
		f.resize(b[len(b)-1], 2)
		f.block(m.data, func(d []byte) { le.PutUint32(d[4:], le.Uint32(d[4:])+2) })
	}, found{check.TableRows: 1}, "last block of the row matrix", false},
	{"rows in another item", func(f *file) {
		n := f.node(0x62B)
		f.info(n, func(b []byte) { copy(b[14:18], b[10:14]) })
	}, found{check.TableRows: 1, check.HeapTwice: 1}, "row matrix of 8 bytes", true},
}
