package check

import "bytes"

const (
	cutUnits   = 255  // characters that a cell keeps at least of a longer text
	compareMax = 8192 // bytes that are compared of a value
)

// ownCells are cells of rows that need no counterpart in the object.
type ownCells map[uint32]bool

// compare verifies that the row at hand says what an object's properties say:
// a cell where there is a property, none where there is none.
func (t *table) compare(w *place, kind Kind, b *bag, own, empty ownCells) {
	for i, k := range t.columns {
		if k.tag == tagRowID || k.tag == tagRowVersion {
			continue
		}
		p, has := b.get(k.tag)
		kw := w.at("column", uint64(k.tag))
		switch {
		case !has && !t.there[i], own[k.tag]:
		case !has:
			t.c.aged(RowCells, kind, kw, "has a cell, the object has no such property")
		case !t.there[i]:
			if cellWidth(p.typ) != 4 || p.size > 0 || empty[k.tag] {
				t.c.find(kind, kw, "has no cell, the object has the property with %d bytes", p.size)
			}
		case t.cells[i].size == 0 && p.size == 0:
			if empty != nil && !empty[k.tag] {
				t.c.find(kind, kw, "has a cell for an empty value")
			}
		default:
			t.compareCell(kw, kind, t.cells[i], p)
		}
	}
}

// compareCell compares a cell with a property. Long texts may be cut in cells.
func (t *table) compareCell(w place, kind Kind, cell, p prop) {
	have, ok1 := t.c.valueOf(w, cell, compareMax)
	want, ok2 := t.c.valueOf(w, p, compareMax)
	if !ok1 || !ok2 {
		return // reported where the subnodes are read
	}
	if cell.size == p.size && bytes.Equal(have, want) {
		return
	}
	if p.typ == ptString && cutFrom(want, have) {
		return
	}
	t.c.find(kind, w, "holds %d bytes % .40x, the object has %d bytes % .40x", cell.size, have, p.size, want)
}

// cutFrom says that a cell is the beginning of a long text. One character less
// is where a surrogate pair would have been divided.
func cutFrom(text, cell []byte) bool {
	return len(cell)/2 >= cutUnits-1 && bytes.HasPrefix(text, cell)
}
