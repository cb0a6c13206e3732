package check_test

import "vangnet/engine/export/pst/check"

// file20k is the node that holds the content of the attachment of 20,000 bytes.
func (f *file) file20k() node { return f.content(2) }

// content is the node that holds the content of attachment i of the message with
// parts.
func (f *file) content(i int) node {
	a := f.attachment(i)
	s, _, _ := f.sub(a, f.propField(a, 0x3701))
	return s
}

func (f *file) attachment(i int) node {
	a, _, _ := f.sub(f.node(f.message(parts)), uint32(0x401+i)<<5|5)
	return a
}

func (f *file) subnode(of uint32, nid uint32) node {
	s, _, _ := f.sub(f.node(of), nid)
	return s
}

var blockDamages = []damage{
	{"place of a block", func(f *file) {
		f.editBlockEntry(f.blocks(f.file20k().data)[1], func(e []byte) { e[8] += 32 })
	}, found{check.BlockPlace: 1, check.MapBits: 1, check.MapBytes: 1}, "", false},
	{"place of another block", func(f *file) {
		b := f.blocks(f.file20k().data)
		at, _ := f.place(b[0])
		f.editBlockEntry(b[1], func(e []byte) { le.PutUint64(e[8:], uint64(at)) })
	}, found{check.Overlap: 1, check.MapBits: 1, check.BlockTrailer: 1}, "", true},
	{"no data", func(f *file) {
		f.editBlockEntry(f.blocks(f.file20k().data)[2], func(e []byte) { e[16], e[17] = 0, 0 })
	}, found{check.BlockSize: 1}, "cb is 0", true},
	{"bit 0 of an id", func(f *file) {
		f.editBlockEntry(f.blocks(f.file20k().data)[2], func(e []byte) { e[0]++ })
	}, found{check.BlockID: 1}, "", false},
	{"bit 0 of a reference", func(f *file) { f.editNode(inbox, func(e []byte) { e[8]++ }) }, found{check.BlockID: 1}, "node 0x8082", false},
	{"cb of a trailer", func(f *file) { f.trailer(f.node(inbox).data)[0]++ }, found{check.BlockTrailer: 1}, "cb in the trailer", false},
	{"signature of a block", func(f *file) { f.trailer(f.node(inbox).data)[2]++ }, found{check.BlockTrailer: 1}, "wSig", false},
	{"id of a trailer", func(f *file) {
		at, _ := f.place(f.node(inbox).data)
		t := f.trailer(f.node(inbox).data)
		t[8] += 4
		le.PutUint16(t[2:], check.Signature(at, le.Uint64(t[8:])))
	}, found{check.BlockTrailer: 1}, "bid in the trailer", false},
	{"padding of a block", func(f *file) {
		at, cb := f.place(f.node(names).data)
		f.b[at+int64(cb)] = 1
	}, found{check.BlockFill: 1}, "", false},
	{"padding of an entry", func(f *file) { f.editBlockEntry(f.node(names).data, func(e []byte) { e[20] = 1 }) }, found{check.TreeFill: 1}, "block", false},
	{"sort of a tree block", func(f *file) { f.block(f.file20k().data, func(d []byte) { d[1] = 3 }) }, found{check.TreeBlock: 1}, "no tree block", true},
	{"padding of an SLBLOCK", func(f *file) { f.block(f.node(f.message(plain)).sub, func(d []byte) { d[4] = 1 }) }, found{check.TreeBlock: 1}, "padding", false},
	{"count of an XBLOCK", func(f *file) { f.block(f.file20k().data, func(d []byte) { d[2]-- }) },
		found{check.TreeBlock: 1, check.Unreferenced: 1, check.DataTotal: 1}, "", false},
	{"total of an XBLOCK", func(f *file) { f.block(f.matrix(inbox).data, func(d []byte) { d[4]++ }) }, found{check.DataTotal: 1}, "", false},
	{"middle block", func(f *file) { f.resize(f.blocks(f.file20k().data)[1], -1) }, found{check.DataMiddle: 1, check.DataTotal: 1}, "", false},
	{"a block twice in an XBLOCK", func(f *file) {
		f.block(f.file20k().data, func(d []byte) { copy(d[16:24], d[8:16]) })
	}, found{check.Shared: 1, check.RefCount: 1, check.Unreferenced: 1}, "", false},
	{"order of subnodes", func(f *file) {
		sl := f.subBlocks(f.node(f.message(many)).sub)[0]
		f.block(sl, func(d []byte) {
			var e [24]byte
			copy(e[:], d[8+24*10:])
			copy(d[8+24*10:], d[8+24*11:8+24*12])
			copy(d[8+24*11:], e[:])
		})
	}, found{check.SubOrder: 1}, "", true},
	{"upper half of a subnode id", func(f *file) { f.block(f.node(f.message(plain)).sub, func(d []byte) { d[8+4] = 1 }) }, found{check.SubOrder: 1}, "", false},
	{"key of an SIBLOCK", func(f *file) {
		f.block(f.node(f.message(many)).sub, func(d []byte) { d[8+16]-- })
	}, found{check.SubKey: 1}, "", false},
	{"reference into nothing", func(f *file) { f.editNode(0xEC1, func(e []byte) { le.PutUint32(e[8:], 0x7FFFFF0) }) },
		found{check.Dangling: 1, check.NodeContent: 1}, "node 0xEC1", false},
	{"data where subnodes belong", func(f *file) {
		f.editNode(0xEC1, func(e []byte) { le.PutUint64(e[16:], f.node(inbox).data) })
	}, found{check.WrongBlock: 1, check.RefCount: 1, check.NodeContent: 1}, "node 0xEC1", false},
	{"cRef 1", func(f *file) { f.editBlockEntry(f.node(inbox).data, func(e []byte) { e[18] = 1 }) }, found{check.RefCount: 1}, "cRef is 1, must be 2", false},
	{"a block of nobody", func(f *file) { f.editNode(0xC01, func(e []byte) { le.PutUint64(e[8:], 0) }) }, found{check.Unreferenced: 1}, "", false},
	{"two tables in one block", func(f *file) {
		one := f.node(table(inbox, hidden)).data
		f.editNode(table(empty, hidden), func(e []byte) { le.PutUint64(e[8:], one) })
		f.editBlockEntry(one, func(e []byte) { e[18] = 3 })
	}, found{check.Shared: 1, check.Unreferenced: 1}, "", false},
}

// largeDamages are those of the store with a large file.
var largeDamages = []damage{
	{"a data block in an XXBLOCK", func(f *file) {
		f.block(f.content(3).data, func(d []byte) { le.PutUint64(d[16:], f.node(inbox).data) })
	}, found{check.WrongBlock: 1, check.RefCount: 1, check.Unreferenced: 1, check.DataTotal: 1}, "no XBLOCK", false},
	{"one XBLOCK in an XXBLOCK", func(f *file) {
		xx := f.content(3).data
		f.resize(xx, -8)
		f.block(xx, func(d []byte) { d[2] = 1 })
	}, found{check.TreeBlock: 1, check.Unreferenced: 1, check.DataTotal: 1}, "an XXBLOCK over one XBLOCK", false},
	{"CRC of a block", func(f *file) { f.trailer(f.blocks(f.content(3).data)[1021])[4]++ }, found{check.BlockCRC: 1}, "", false},
	{"total of an XXBLOCK", func(f *file) { f.block(f.content(3).data, func(d []byte) { d[4]++ }) },
		found{check.DataTotal: 1, check.AttachSize: 1, check.MessageSize: 1}, "", false},
	{"an XBLOCK where an XXBLOCK belongs", func(f *file) {
		f.block(f.content(3).data, func(d []byte) { le.PutUint64(d[8:], f.file20k().data) })
	}, found{check.RefCount: 1, check.Unreferenced: 1, check.DataTotal: 1, check.DataMiddle: 1}, "", false},
}

// matrix is the subnode that holds the rows of a folder's contents table.
func (f *file) matrix(folder uint32) node {
	t := f.node(table(folder, contents))
	s, _, _ := f.sub(t, le.Uint32(f.readInfo(t)[14:]))
	return s
}

var mapDamages = []damage{
	{"a used place marked free", func(f *file) { f.mark(mapped, 100, 1) }, found{check.MapBits: 1}, "in use are marked free, the first at 0x5D00", false},
	{"a free place marked used", func(f *file) {
		was := f.b[0x100]
		f.take(64)
		f.header(func(h []byte) { h[0x100] = was })
	}, found{check.MapBits: 1}, "marked in use and are not", false},
	{"free bytes", func(f *file) { f.header(func(h []byte) { h[0xC8] += 64 }) }, found{check.MapFree: 1}, "", false},
	{"signature of an AMap", func(f *file) { f.b[mapped+498] = 1 }, found{check.MapPage: 1}, "wSig is 0x0001, must be 0x0000", false},
	{"CRC of an AMap", func(f *file) { f.b[mapped+section+500]++ }, found{check.MapPage: 1}, "0x42400", false},
	{"id of a PMap", func(f *file) { f.b[mapped+512+504]++ }, found{check.MapPage: 1}, "PMap page at 0x4600", false},
	{"no PMap", func(f *file) { clear(f.at(mapped+512, 512)) }, found{check.MapPage: 1}, "ptype", false},
	{"bytes of a PMap", func(f *file) { f.page(mapped+512, func(p []byte) { p[9] = 0 }) }, found{check.MapBytes: 1}, "byte 9", false},
	{"rgbFM", func(f *file) { f.header(func(h []byte) { h[0x101]++ }) }, found{check.MapBytes: 1}, "section 1", false},
	{"rgbFM without section", func(f *file) { f.header(func(h []byte) { h[0x17F] = 0 }) }, found{check.MapBytes: 1}, "section 127", false},
	{"rgbFP", func(f *file) { f.header(func(h []byte) { h[0x180] = 0 }) }, found{check.MapBytes: 1}, "rgbFP", false},
	{"DList signature", func(f *file) { f.b[0x4200+498]++ }, found{check.PageTrailer: 1}, "DList", false},
	{"DList entry", func(f *file) {
		f.page(0x4200, func(p []byte) { p[1] = 1; le.PutUint32(p[8:], 1<<20) })
	}, found{check.DList: 1}, "entry 0 says 64 bytes free", false},
	{"DList rest", func(f *file) { f.page(0x4200, func(p []byte) { p[400] = 1 }) }, found{check.DList: 1}, "", false},
}
