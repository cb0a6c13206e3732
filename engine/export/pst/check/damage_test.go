package check_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"vangnet/engine/export/pst/check"
)

// Nodes of the base.
const (
	store  = 0x21
	names  = 0x61
	inbox  = 0x8082
	empty  = 0x80A2 // a folder in it without messages
	outbox = 0x64C
)

// message is the node of message i of the base.
func (f *file) message(i int) uint32 {
	return f.cellNumber(f.node(table(inbox, contents)), i, 0x67F20003)
}

func table(folder uint32, typ uint32) uint32 { return folder&^0x1F | typ }

const (
	hierarchy = 0x0D
	contents  = 0x0E
	hidden    = 0x0F
)

type found = map[check.Kind]int

// damage is one thing that is wrong with a file that is sound otherwise, and all
// that must be found.
type damage struct {
	name  string
	edit  func(f *file)
	want  found
	where string // of the first finding of the first kind, in part
	other bool   // findings of other kinds follow
}

func (d damage) run(f *file) {
	f.t.Helper()
	d.runAs(f, check.Options{})
}

func (d damage) runAs(f *file, o check.Options) {
	t := f.t
	t.Helper()
	d.edit(f)
	r := f.run(o)
	got := kinds(r)
	ok := maps.Equal(got, d.want)
	if d.other {
		ok = true
		for k := range d.want {
			ok = ok && got[k] > 0
		}
	}
	named := d.where == ""
	for _, x := range r.Findings {
		named = named || d.want[x.Kind] > 0 && strings.Contains(x.String(), d.where)
	}
	if !ok || !named {
		t.Errorf("want %v at %q, found %v", d.want, d.where, got)
		for i, x := range r.Findings {
			if i < 20 {
				t.Log(x)
			}
		}
	}
}

// soundDamages are those of the store with one of everything.
var soundDamages = slices.Concat(headerDamages, pageDamages, blockDamages, mapDamages, nodeDamages, heapDamages, propDamages,
	tableDamages, itemDamages, moreDamages)

// Every damage is found, and nothing else.
func TestDamages(t *testing.T) {
	for _, d := range soundDamages {
		t.Run(d.name, func(t *testing.T) { d.run(base(t)) })
	}
	for _, d := range largeDamages {
		t.Run(d.name, func(t *testing.T) { d.run(copyOf(t, large)) })
	}
}

// There is a damage for every kind of finding.
func TestKinds(t *testing.T) {
	shown := found{}
	for _, d := range slices.Concat(soundDamages, largeDamages, circles) {
		maps.Copy(shown, d.want)
	}
	for _, k := range allKinds(t) {
		if shown[k] == 0 {
			t.Errorf("no damage shows %q", k)
		}
	}
}

// allKinds reads the kinds from their declaration.
func allKinds(t *testing.T) (all []check.Kind) {
	f, err := parser.ParseFile(token.NewFileSet(), "kinds.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, check.Kind(s))
		}
		return true
	})
	return all
}

func put(at int, v uint32) func(h []byte) {
	return func(h []byte) { le.PutUint32(h[at:], v) }
}

var headerDamages = []damage{
	{"partial CRC", func(f *file) { f.b[4]++ }, found{check.HeaderCRC: 1}, "header at 0x4", false},
	{"full CRC", func(f *file) { f.b[0x20C]++ }, found{check.HeaderCRC: 1}, "header at 0x20C", false},
	{"client version", func(f *file) { f.header(func(h []byte) { h[0x0C] = 18 }) }, found{check.Header: 1}, "wVerClient is 0x12, must be 0x13", false},
	{"maps not valid", func(f *file) { f.header(func(h []byte) { h[0xF8] = 0 }) }, found{check.Header: 1}, "fAMapValid", false},
	{"file end", func(f *file) { f.header(func(h []byte) { h[0xB8]++ }) }, found{check.Header: 1}, "ibFileEof", false},
	{"last map", func(f *file) { f.header(func(h []byte) { h[0xC1]++ }) }, found{check.Header: 1}, "ibAMapLast", false},
	{"behind the header", func(f *file) { f.b[0x1000] = 1 }, found{check.Header: 1}, "header at 0x1000", false},
	{"encoding", func(f *file) { f.header(func(h []byte) { h[0x201] = 2 }) }, found{check.Header: 1}, "bCryptMethod", false},
	{"off the grid", func(f *file) {
		f.b = append(f.b, make([]byte, 512)...)
		f.header(func(h []byte) { le.PutUint64(h[0xB8:], uint64(len(f.b))) })
	}, found{check.Length: 1}, "512 bytes lie behind", false},
	{"end cut off", func(f *file) { f.b = f.b[:len(f.b)-512] }, found{check.Length: 1}, "", true},
	{"message counter", func(f *file) { f.header(put(0x2C+4*4, 0x10001)) }, found{check.Counter: 1}, "rgnid[0x04]", false},
	{"attachment counter", func(f *file) { f.header(put(0x2C+4*5, 0x401)) }, found{check.Counter: 1}, "rgnid[0x05]", false},
	{"counter below start", func(f *file) { f.header(put(0x2C+4*3, 0x100)) }, found{check.Counter: 1}, "rgnid[0x03]", false},
	{"table counter", func(f *file) { f.header(put(0x2C+4*0x0E, 0x8000)) }, found{check.Counter: 1}, "rgnid[0x0E]", false},
	{"block counter", func(f *file) { f.header(func(h []byte) { le.PutUint64(h[0x204:], le.Uint64(h[0x204:])-4) }) }, found{check.Counter: 1}, "bidNextB", false},
	{"page counter", func(f *file) { f.header(func(h []byte) { le.PutUint64(h[0x20:], 1) }) }, found{check.Counter: 1}, "bidNextP", false},
	{"dwUnique", func(f *file) { f.header(put(0x28, le.Uint32(f.b[0x28:])-1)) }, found{check.RowVersion: 1}, "dwUnique", false},
}

// leaf is the place of one of the leaf pages of a tree.
func (f *file) leafPage(root, i int) int64 { return f.leaves(f.root(root))[i] }

var pageDamages = []damage{
	{"place of a page", func(f *file) {
		f.page(f.parent(nbtRoot, f.leafPage(nbtRoot, 3)), func(p []byte) { p[24*3+16] += 64 })
	}, found{check.PagePlace: 1}, "NBT page", true},
	{"page signature", func(f *file) { f.b[f.leafPage(nbtRoot, 2)+498]++ }, found{check.PageTrailer: 1}, "wSig", false},
	{"page type", func(f *file) { f.b[f.leafPage(nbtRoot, 25)+497]++ }, found{check.PageTrailer: 1}, "ptype", true},
	{"page id", func(f *file) { f.b[f.leafPage(bbtRoot, 2)+504]++ }, found{check.PageTrailer: 1}, "bid in the trailer", false},
	{"page CRC", func(f *file) { f.b[f.leafPage(bbtRoot, 5)+500]++ }, found{check.PageCRC: 1}, "BBT page", false},
	{"one page id twice", func(f *file) {
		a, b := f.leafPage(bbtRoot, 4), f.leafPage(bbtRoot, 5)
		id := le.Uint64(f.b[a+504:])
		up := f.parent(bbtRoot, b)
		f.page(up, func(p []byte) {
			for i := range int(p[488]) {
				if int64(le.Uint64(p[24*i+16:])) == b {
					le.PutUint64(p[24*i+8:], id)
				}
			}
		})
		le.PutUint64(f.b[b+504:], id)
		le.PutUint16(f.b[b+498:], check.Signature(b, id))
	}, found{check.PageID: 1}, "page id", false},
	{"entries of a page", func(f *file) { f.page(f.leafPage(nbtRoot, 1), func(p []byte) { p[489] = 16 }) }, found{check.TreeForm: 1}, "cEntMax 16", false},
	{"too many entries", func(f *file) { f.page(f.leafPage(bbtRoot, 1), func(p []byte) { p[488] = 21 }) }, found{check.TreeForm: 1}, "cEnt is 21", false},
	{"level", func(f *file) { f.page(f.leafPage(bbtRoot, 1), func(p []byte) { p[491] = 1 }) }, found{check.TreeForm: 1}, "cLevel", true},
	{"order of nodes", func(f *file) {
		f.page(f.leafPage(nbtRoot, 20), func(p []byte) {
			var e [32]byte
			copy(e[:], p[64:])
			copy(p[64:96], p[96:128])
			copy(p[96:], e[:])
		})
	}, found{check.TreeOrder: 1}, "", true},
	{"index key", func(f *file) {
		b := f.leafPage(bbtRoot, 3)
		f.page(f.parent(bbtRoot, b), func(p []byte) { le.PutUint64(p[24*3:], le.Uint64(p[24*3:])-2) })
	}, found{check.TreeKey: 1}, "", false},
	{"behind the entries", func(f *file) {
		all := f.leaves(f.root(nbtRoot))
		f.page(all[len(all)-1], func(p []byte) { p[487] = 1 })
	}, found{check.TreeFill: 1}, "", false},
	{"padding of a node", func(f *file) { f.editNode(store, func(e []byte) { e[28] = 1 }) }, found{check.TreeFill: 1}, "node 0x21", false},
	{"upper half of a node id", func(f *file) { f.editNode(f.message(ordinary+specials-1), func(e []byte) { e[4] = 1 }) }, found{check.TreeForm: 1}, "upper half", true},
}

// parent is the place of the page above a leaf page.
func (f *file) parent(root int, leaf int64) int64 {
	at := f.root(root)
	for {
		p := f.at(at, 512)
		next := int64(0)
		for i := range int(p[488]) {
			child := int64(le.Uint64(p[24*i+16:]))
			if child == leaf {
				return at
			}
			for _, l := range f.leaves(child) {
				if l == leaf {
					next = child
				}
			}
		}
		if next == 0 {
			f.t.Fatalf("no page above the one at 0x%X", leaf)
		}
		at = next
	}
}
