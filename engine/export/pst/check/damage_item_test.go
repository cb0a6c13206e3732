package check_test

import (
	"vangnet/engine/export/pst/check"
)

var nodeDamages = []damage{
	{"a node every store has", func(f *file) { f.editNode(0xEC1, func(e []byte) { le.PutUint32(e, 0xEA1) }) }, found{check.NodeMissing: 1}, "node 0xEC1", false},
	{"rows of the receive folders", func(f *file) {
		f.cell(f.node(0x62B), 0, 0x66050003, func(c []byte) { le.PutUint32(c, 0x8022) })
	}, found{check.NodeContent: 1}, "0x8022", false},
	{"list of search folders", func(f *file) {
		f.editNode(0x201, func(e []byte) { le.PutUint64(e[8:], f.node(0xC01).data) })
		f.editBlockEntry(f.node(0xC01).data, func(e []byte) { e[18] = 3 })
	}, found{check.NodeContent: 1, check.Shared: 1}, "", true},
	{"parent of a message", func(f *file) { f.editNode(f.message(plain), func(e []byte) { le.PutUint32(e[24:], empty) }) }, found{check.NodeParent: 1}, "message 0x200024", false},
	{"parent of a folder", func(f *file) { f.editNode(empty, func(e []byte) { le.PutUint32(e[24:], 0x8022) }) }, found{check.NodeParent: 1}, "folder 0x80A2", false},
	{"parent of the root", func(f *file) { f.editNode(0x122, func(e []byte) { le.PutUint32(e[24:], 0) }) }, found{check.NodeParent: 1}, "node 0x122", false},
	{"parent of a table", func(f *file) { f.editNode(table(inbox, contents), func(e []byte) { le.PutUint32(e[24:], inbox) }) }, found{check.NodeParent: 1}, "node 0x808E", false},
	{"a message in no table", func(f *file) {
		last := f.message(ordinary + specials - 1)
		f.editNode(last, func(e []byte) { le.PutUint32(e, last+0x20) })
		f.header(put(0x2C+4*4, last>>5+1))
	}, found{check.MessageRow: 1, check.NodeLoose: 1, check.FolderCount: 1}, "leads to no message", false},
	{"a subnode of nobody", func(f *file) {
		f.prop(f.attachment(2), 0x3701, func(rec []byte) { le.PutUint32(rec[4:], 0) })
	}, found{check.NodeLoose: 1, check.AttachSize: 1}, "nothing refers to subnode", false},
	{"a folder without table", func(f *file) {
		nid := table(empty, hidden)
		f.editNode(nid, func(e []byte) { le.PutUint32(e, nid+0x20) })
		f.header(func(h []byte) {
			for _, t := range []int{2, hierarchy, contents, hidden} {
				le.PutUint32(h[0x2C+4*t:], (nid+0x20)>>5)
			}
		})
	}, found{check.FolderTable: 2}, "table 0x80AF is not there", false},
	{"a folder in a circle", func(f *file) {
		f.cell(f.node(table(inbox, hierarchy)), 0, 0x67F20003, func(c []byte) { le.PutUint32(c, inbox) })
	}, found{check.TableIndex: 1, check.FolderRow: 1, check.NodeLoose: 1}, "", false},
	{"names of the buckets", func(f *file) { f.number(f.node(names), 0x0001, 250) }, found{check.NameMap: 1}, "250 buckets", false},
	{"index of a name", func(f *file) {
		f.editItem(f.node(names), f.propField(f.node(names), 0x0003), func(e []byte) { e[6]++ })
	}, found{check.NameMap: 3}, "property index", false},
	{"set of a name", func(f *file) {
		f.editItem(f.node(names), f.propField(f.node(names), 0x0003), func(e []byte) { e[5] = 0x10 })
	}, found{check.NameMap: 3}, "GUID index", false},
	{"text of a name", func(f *file) {
		n := f.node(names)
		f.editItem(n, f.propField(n, 0x0004), func(e []byte) { e[4] ^= 1 })
	}, found{check.NameMap: 2}, "is not in bucket", false},
}

var heapDamages = []damage{
	{"client of a heap", func(f *file) { f.block(f.node(table(empty, hidden)).data, func(d []byte) { d[3] = 0x7D }) }, found{check.HeapForm: 1}, "client is 0x7D", false},
	{"signature of a heap", func(f *file) { f.block(f.node(table(empty, hidden)).data, func(d []byte) { d[2] = 0xED }) }, found{check.HeapForm: 1}, "", false},
	{"page map", func(f *file) { f.block(f.node(table(empty, hidden)).data, func(d []byte) { d[0] += 2 }) }, found{check.HeapForm: 1}, "", false},
	{"cFree", func(f *file) {
		f.block(f.node(table(empty, hidden)).data, func(d []byte) { d[le.Uint16(d)+2] = 1 })
	}, found{check.HeapFill: 1}, "cFree is 1, 0 items are empty", false},
	{"fill level", func(f *file) { f.block(f.node(table(empty, hidden)).data, func(d []byte) { d[8] = 3 }) }, found{check.HeapFill: 1}, "fill level of heap block 0 is 3, must be 0", false},
	{"fill level of block 9", func(f *file) {
		f.block(f.blocks(f.node(table(inbox, contents)).data)[8], func(d []byte) { d[2] ^= 0x30 })
	}, found{check.HeapFill: 1}, "fill level of heap block 9", false},
	{"heap block padding", func(f *file) {
		b := f.blocks(f.node(table(inbox, contents)).data)[2]
		f.block(b, func(d []byte) { d[len(d)-1] = 1 })
	}, found{check.HeapFill: 1}, "heap block 0x2", false},
	{"heap id into nothing", func(f *file) { f.number(f.node(store), 0x0E34, 0x7E0) },
		found{check.HeapItem: 1, check.PropMissing: 1, check.HeapLoose: 1}, "heap id 0x7E0 leads nowhere", false},
	{"heap id twice", func(f *file) { f.number(f.node(store), 0x35E0, f.propField(f.node(store), 0x35E7)) },
		found{check.HeapTwice: 1, check.HeapLoose: 1, check.StoreProperty: 1}, "", true},
	{"an item of nobody", func(f *file) { f.number(f.node(f.message(plain)), 0x1000, 0) }, found{check.HeapLoose: 1}, "nothing refers to item", false},
	{"BTH header", func(f *file) {
		n := f.node(table(empty, hidden))
		f.editItem(n, le.Uint32(f.readInfo(n)[10:]), func(h []byte) { h[1] = 5 })
	}, found{check.TreeHeap: 1}, "b5 05 04", false},
	{"BTH order", func(f *file) {
		n := f.node(table(inbox, contents))
		f.editItem(n, f.leaf(n, le.Uint32(f.readInfo(n)[10:])), func(l []byte) {
			for i := range 8 {
				l[80+i], l[88+i] = l[88+i], l[80+i]
			}
		})
	}, found{check.HeapOrder: 1, check.TableIndex: 2}, "", false},
	{"BTH index key", func(f *file) {
		n := f.node(table(inbox, contents))
		h := f.readItem(n, le.Uint32(f.readInfo(n)[10:]))
		f.editItem(n, le.Uint32(h[4:]), func(l []byte) { l[8]-- })
	}, found{check.HeapOrder: 1}, "its index says", false},
}

// emptyFolder gives the empty folder a property context with more int32
// properties, from id 0x1000 on. edit may change the items of the heap: BTH
// header, leaf, name, class.
func emptyFolder(f *file, more int, edit func(items [][]byte) [][]byte) {
	n := f.node(empty)
	var leaf []byte
	for i := range more {
		leaf = append(le.AppendUint32(leaf, uint32(3<<16|0x1000+i)), 0, 0, 0, 0)
	}
	for _, p := range []struct{ id, typ, v uint32 }{{0x3001, 0x1F, 0x60}, {0x3602, 3, 0}, {0x3603, 3, 0}, {0x360A, 0xB, 0}, {0x3613, 0x1F, 0x80}} {
		leaf = le.AppendUint32(le.AppendUint32(leaf, p.typ<<16|p.id), p.v)
	}
	items := [][]byte{{0xB5, 2, 6, 0, 0x40, 0, 0, 0}, leaf, f.readItem(n, f.propField(n, 0x3001)), f.readItem(n, f.propField(n, 0x3613))}
	f.rewrite(n.data, heapOf(0xBC, 0x20, edit(items)...))
}

func asTheyAre(items [][]byte) [][]byte { return items }

var propDamages = []damage{
	{"type of a property", func(f *file) { f.prop(f.node(f.message(plain)), 0x1000, func(r []byte) { r[2] = 0x99 }) }, found{check.PropType: 1, check.HeapLoose: 1}, "type 0x0099", false},
	{"type of a known property", func(f *file) { f.prop(f.node(store), 0x0E38, func(r []byte) { r[2] = 0x0A }) }, found{check.PropType: 1}, "0x0E38 has type 0x000A", false},
	{"a boolean", func(f *file) { f.number(f.node(store), 0x6633, 2) }, found{check.PropValue: 1}, "a boolean of value 2", false},
	{"behind a boolean", func(f *file) { f.number(f.node(store), 0x6633, 0x101) }, found{check.PropValue: 1}, "bytes behind the value", false},
	{"search key", func(f *file) {
		n := f.node(f.message(plain))
		f.number(n, 0x300B, f.propField(n, 0x1000))
	}, found{check.PropMissing: 1, check.HeapTwice: 1, check.HeapLoose: 1}, "", false},
	{"lone surrogate", func(f *file) {
		n := f.node(f.message(plain))
		f.editItem(n, f.propField(n, 0x1000), func(b []byte) { b[1] = 0xDC })
	}, found{check.PropText: 1}, "lone surrogate", false},
	{"NUL", func(f *file) {
		n := f.node(f.message(plain))
		f.editItem(n, f.propField(n, 0x1000), func(b []byte) { b[2] = 0 })
	}, found{check.PropText: 1}, "NUL at character 1", false},
	{"a property twice", func(f *file) { f.prop(f.node(store), 0x35E3, func(r []byte) { r[0] = 0xE0 }) },
		found{check.PropTwice: 1, check.HeapLoose: 1, check.StoreProperty: 1}, "", false},
	{"order of properties", func(f *file) { f.prop(f.node(store), 0x35E7, func(r []byte) { r[1] = 0x01 }) },
		found{check.HeapOrder: 1, check.HeapLoose: 1, check.StoreProperty: 1}, "", false},
	{"a property without name", func(f *file) {
		n := f.node(f.message(long))
		f.editItem(n, f.leaf(n, f.userRoot(n)), func(l []byte) { l[len(l)-7] = 0x90 })
	}, found{check.PropName: 1}, "", false},
	{"no search key", func(f *file) { f.prop(f.node(f.message(plain)), 0x300B, func(r []byte) { r[0]++ }) }, found{check.PropMissing: 1}, "0x300B0102 is not there", false},
	{"no rendering position", func(f *file) { f.prop(f.attachment(1), 0x370B, func(r []byte) { r[0]++ }) }, found{check.PropMissing: 1, check.AttachRow: 1}, "0x370B0003", false},
	{"a row's property", func(f *file) { f.prop(f.node(store), 0x67FF, func(r []byte) { r[0] = 0xF2 }) }, found{check.PropStray: 1, check.PropMissing: 1}, "belongs into rows only", false},
	{"empty display-to", func(f *file) { f.number(f.node(f.message(plain)), 0x0E04, 0) },
		found{check.PropStray: 1, check.HeapLoose: 1, check.MessageRow: 1}, "0x0E04001F is empty", false},
	{"many properties", func(f *file) { emptyFolder(f, 437, asTheyAre) }, found{check.PropMany: 1}, "442 properties", false},
	{"store mask", func(f *file) { f.number(f.node(store), 0x35DF, 0xC9) }, found{check.StoreProperty: 1}, "0x35E60102", false},
	{"entry id of the store", func(f *file) {
		f.editItem(f.node(store), f.propField(f.node(store), 0x35E0), func(b []byte) { b[4]++ })
	}, found{check.StoreProperty: 1}, "entry id", false},
	{"folder of an entry id", func(f *file) {
		f.editItem(f.node(store), f.propField(f.node(store), 0x35E3), func(b []byte) { le.PutUint32(b[20:], inbox) })
	}, found{check.StoreProperty: 1}, "must be 0x8062", false},
}

// swap exchanges two columns of a table but for their tags.
func swap(f *file, n node, a, b uint32) {
	i, j := f.column(n, a), f.column(n, b)
	f.info(n, func(info []byte) {
		for k := 4; k < 8; k++ {
			info[i+k], info[j+k] = info[j+k], info[i+k]
		}
	})
}

var tableDamages = []damage{
	{"rgib", func(f *file) { f.info(f.node(table(empty, hidden)), func(b []byte) { b[4] = 1 }) }, found{check.TableForm: 1}, "rgib", false},
	{"deprecated index", func(f *file) { f.info(f.node(table(empty, hidden)), func(b []byte) { b[18] = 0x20 }) }, found{check.TableForm: 1}, "hidIndex", false},
	{"offset of a column", func(f *file) {
		n := f.node(table(empty, hidden))
		at := f.column(n, 0x70030003)
		f.info(n, func(b []byte) { b[at+4] -= 4 })
	}, found{check.TableColumns: 1}, "lies over another", false},
	{"order of columns", func(f *file) {
		n := f.node(table(empty, hidden))
		f.info(n, func(b []byte) { b[22+3] = 0x7F })
	}, found{check.TableColumns: 1}, "follows column", false},
	{"order of creation", func(f *file) {
		n := f.node(outbox)
		i, j := f.column(n, 0x0E100003), f.column(n, 0x0E140003)
		f.info(n, func(b []byte) { b[i+7], b[j+7] = b[j+7], b[i+7] })
	}, found{check.TableColumns: 1, check.TableTemplate: 2}, "those with lower bits", false},
	{"columns of a template", func(f *file) { swap(f, f.node(table(empty, hidden)), 0x70030003, 0x70070003) }, found{check.TableTemplate: 2}, "template 0x60F", false},
	{"row index", func(f *file) {
		n := f.node(table(inbox, contents))
		f.editItem(n, f.leaf(n, le.Uint32(f.readInfo(n)[10:])), func(l []byte) { l[4]++ })
	}, found{check.TableIndex: 4}, "", false},
	{"row id", func(f *file) {
		f.cell(f.subnode(f.message(crowd), 0x692), 7, 0x67F20003, func(c []byte) { c[1] = 0x10 })
	}, found{check.TableIndex: 1}, "row 0x1008", false},
	{"rows elsewhere", func(f *file) {
		f.info(f.subnode(f.message(crowd), 0x692), func(b []byte) { b[15] = 0x77 })
	}, found{check.TableRows: 1}, "row matrix in subnode", false},
	{"existence bit", func(f *file) { f.bit(f.subnode(f.message(plain), 0x692), 0, 0x0FFE0003) }, found{check.TableCell: 1, check.Recipient: 1}, "the cell holds 06 00 00 00", false},
	{"a bit too many", func(f *file) {
		n := f.node(0x62B)
		f.row(n, 0, func(row []byte) { row[len(row)-1] |= 1 })
	}, found{check.TableCell: 1}, "existence bit 7", false},
	{"heap id of a cell", func(f *file) {
		f.cell(f.subnode(f.message(plain), 0x692), 0, 0x3002001F, func(c []byte) { le.PutUint32(c, 0x7E0) })
	}, found{check.HeapItem: 1, check.HeapLoose: 1, check.Recipient: 1}, "column 0x3002001F", false},
	{"recipient type", func(f *file) {
		f.cell(f.subnode(f.message(crowd), 0x692), 149, 0x0C150003, func(c []byte) { c[0] = 7 })
	}, found{check.Recipient: 1}, "type is 7", false},
	{"one-off entry id", func(f *file) {
		n := f.subnode(f.message(plain), 0x692)
		f.editItem(n, f.cellNumber(n, 0, 0x0FFF0102), func(b []byte) { b[24]++ })
	}, found{check.Recipient: 1}, "one-off", false},
}

// both sets an inline property of message i and its cell in the contents row.
func both(f *file, i int, tag, v uint32) {
	f.number(f.node(f.message(i)), uint16(tag>>16), v)
	f.cell(f.node(table(inbox, contents)), i, tag, func(c []byte) { le.PutUint32(c, v) })
}

var itemDamages = []damage{
	{"hierarchy row", func(f *file) {
		f.cell(f.node(table(inbox, hierarchy)), 0, 0x36030003, func(c []byte) { c[0] = 9 })
	}, found{check.FolderRow: 1}, "row 0x80A2", false},
	{"count of a folder", func(f *file) {
		f.number(f.node(empty), 0x3602, 5)
		f.cell(f.node(table(inbox, hierarchy)), 0, 0x36020003, func(c []byte) { c[0] = 5 })
	}, found{check.FolderCount: 1}, "0x36020003 is 5, there are 0", false},
	{"unread", func(f *file) { both(f, plain, 0x0E070003, f.propField(f.node(f.message(plain)), 0x0E07)&^1) }, found{check.FolderCount: 1}, "0x36030003", false},
	{"subfolders", func(f *file) {
		f.number(f.node(empty), 0x360A, 1)
		f.cell(f.node(table(inbox, hierarchy)), 0, 0x360A000B, func(c []byte) { c[0] = 1 })
	}, found{check.FolderCount: 1}, "0x360A000B is 1", false},
	{"contents row", func(f *file) {
		f.cell(f.node(table(inbox, contents)), 3, 0x0E080003, func(c []byte) { c[0]++ })
	}, found{check.MessageRow: 1}, "column 0xE080003", false},
	{"delivery time of a row", func(f *file) {
		f.cell(f.node(table(inbox, contents)), 300, 0x0E060040, func(c []byte) { c[0]++ })
	}, found{check.MessageRow: 1}, "column 0xE060040", false},
	{"subject of a row", func(f *file) {
		n := f.node(table(inbox, contents))
		f.editItem(n, f.cellNumber(n, 200, 0x0037001F), func(b []byte) { b[len(b)-2] ^= 1 })
	}, found{check.MessageRow: 1}, "column 0x37001F", false},
	{"message size", func(f *file) { both(f, parts, 0x0E080003, 77) }, found{check.MessageSize: 1}, "size is 77", false},
	{"attachment flag", func(f *file) { both(f, plain, 0x0E070003, f.propField(f.node(f.message(plain)), 0x0E07)|0x10) }, found{check.MessageFlags: 1}, "there are 0 attachments", false},
	{"no attachment flag", func(f *file) { both(f, parts, 0x0E070003, f.propField(f.node(f.message(parts)), 0x0E07)&^0x10) }, found{check.MessageFlags: 1}, "there are 5 attachments", false},
	{"attachment row", func(f *file) {
		f.cell(f.subnode(f.message(parts), 0x671), 2, 0x0E200003, func(c []byte) { c[0]++ })
	}, found{check.AttachRow: 1}, "row 0x8065", false},
	{"attachment size", func(f *file) {
		f.number(f.attachment(2), 0x0E20, 5)
		f.cell(f.subnode(f.message(parts), 0x671), 2, 0x0E200003, func(c []byte) { le.PutUint32(c, 5) })
	}, found{check.AttachSize: 1}, "size is 5", false},
	{"object size", func(f *file) {
		n := f.attachment(4)
		f.editItem(n, f.propField(n, 0x3701), func(b []byte) { b[4]++ })
	}, found{check.ObjectSize: 1}, "size beside it", false},
	{"row version twice", func(f *file) {
		n := f.node(table(inbox, contents))
		v := f.cellNumber(n, 5, 0x67F30003)
		f.cell(n, 6, 0x67F30003, func(c []byte) { le.PutUint32(c, v) })
	}, found{check.RowVersion: 1}, "is that of row", false},
	{"a message in itself", func(f *file) {
		n := f.attachment(4)
		inner := le.Uint32(f.readItem(n, f.propField(n, 0x3701)))
		_, sl, off := f.sub(n, inner)
		m := f.node(f.message(parts))
		f.block(sl, func(d []byte) { le.PutUint64(d[off+8:], m.data); le.PutUint64(d[off+16:], m.sub) })
	}, found{check.Limit: 1}, "messages within messages", true},
}
