package check

const maxRows = 1 << 22 // more than the cells of a heap can serve

// readMatrix finds the row matrix.
func (t *table) readMatrix(id uint32) bool {
	c, size := t.c, t.ends[3]
	if id == 0 {
		return true
	}
	if id&0x1F == 0 {
		b, ok := t.h.item(*t.w, id)
		if !ok {
			return false
		}
		if len(b)%size != 0 {
			c.find(TableRows, t.w, "row matrix of %d bytes, rows have %d", len(b), size)
		}
		t.inline, t.rows = b, len(b)/size
		return true
	}
	n, _, ok := t.s.sub(id)
	if !ok || nidType(id) != typeValue {
		c.find(TableRows, t.w, "row matrix in subnode 0x%X, which is not there or has not type 0x1F", id)
		return false
	}
	if t.blocks, ok = c.leaves(t.w, n.data); !ok {
		return false
	}
	t.perBlock = dataMax / size
	for i, b := range t.blocks {
		have := c.blocks.entry(int(b))
		if i < len(t.blocks)-1 {
			t.rows += t.perBlock // that the block is full is verified where it is read
			continue
		}
		t.rows += min(have.cb()/size, t.perBlock)
		if have.cb()%size != 0 && have.cb() != dataMax {
			c.find(TableRows, t.w, "last block of the row matrix has %d bytes, rows have %d", have.cb(), size)
		}
	}
	if t.rows > maxRows {
		c.limit(t.w, "rows of one table", maxRows)
		t.rows = maxRows
	}
	return true
}

// row is the bytes of a row.
func (t *table) row(i int) ([]byte, bool) {
	size := t.ends[3]
	if t.inline != nil {
		return t.inline[i*size : (i+1)*size], true
	}
	d, ok := t.c.decoded(t.c.blocks.entry(int(t.blocks[i/t.perBlock])))
	at := i % t.perBlock * size
	if !ok || at+size > len(d) {
		return nil, false
	}
	return d[at : at+size], true
}

// readIndex reads the row index and verifies that it holds every row once.
func (t *table) readIndex(hid uint32) bool {
	t.ids = make([]uint32, t.rows)
	seen, n := make([]bool, t.rows), 0
	ok := t.h.eachRecord(t.w.within("row index", uint64(hid)), hid, 4, 4, func(rec []byte) {
		id, row := u32(rec, 0), u32(rec, 4)
		switch {
		case int64(row) >= int64(t.rows):
			t.c.find(TableIndex, t.w, "row id 0x%X leads to row %d of %d", id, row, t.rows)
		case seen[row]:
			t.c.find(TableIndex, t.w, "row id 0x%X leads to row %d, as 0x%X does", id, row, t.ids[row])
		default:
			t.ids[row], seen[row] = id, true
			n++
		}
	})
	if !ok {
		return false
	}
	if n != t.rows {
		t.c.find(TableIndex, t.w, "%d rows, %d of them in the row index", t.rows, n)
	}
	return true
}

// each goes through the rows; take finds the cells of the row at hand in the
// table. It ends with what is left in the heap, so it can be called once.
func (t *table) each(take func(w *place, id uint32)) {
	for i := range t.rows {
		if t.c.stopped() {
			return
		}
		row, ok := t.row(i)
		if !ok {
			break
		}
		id := u32(row, 0)
		w := t.w.within("row", uint64(id))
		if id != t.ids[i] {
			t.c.find(TableIndex, w, "is row %d, which has id 0x%X in the row index", i, t.ids[i])
		}
		t.readCells(w, row)
		t.checkVersion(w)
		take(w, id)
	}
	t.h.close()
}

// readCells reads and verifies the cells of one row.
func (t *table) readCells(w *place, row []byte) {
	bits := row[t.ends[2]:]
	for n := len(t.columns); n < 8*len(bits); n++ {
		if bits[n/8]&(0x80>>(n%8)) != 0 {
			t.c.find(TableCell, w, "existence bit %d is set, there are %d columns", n, len(t.columns))
		}
	}
	for i, k := range t.columns {
		cell := row[k.at : k.at+k.width]
		t.cells[i] = prop{id: uint16(k.tag >> 16), typ: uint16(k.tag)}
		t.there[i] = bits[k.bit/8]&(0x80>>(k.bit%8)) != 0
		kw := w.at("column", uint64(k.tag))
		if !t.there[i] {
			if !allZero(cell) {
				t.c.find(TableCell, kw, "existence bit %d is clear, the cell holds % x", k.bit, cell)
			}
			continue
		}
		p := &t.cells[i]
		if size := fixedSize(p.typ); size > 0 && size <= 8 {
			p.value, p.size = cell, int64(size)
			t.c.checkValue(kw, p.typ, cell)
		} else if id := u32(cell, 0); id != 0 && t.s.fetch(t.h, kw, p, id) && id&0x1F != 0 {
			t.c.aged(OutOfHeap, TableCell, kw, "the cell's value is in subnode 0x%X", id)
		}
	}
}

// checkVersion verifies the row version of the row at hand.
func (t *table) checkVersion(w *place) {
	id, ok := t.number(tagRowID)
	if !ok || id == 0 {
		t.c.find(TableCell, w, "no row id, or 0")
	}
	v, ok := t.number(tagRowVersion)
	if !ok {
		t.c.find(TableCell, w, "no row version")
		return
	}
	if v >= t.c.head.unique {
		t.c.find(RowVersion, w, "version is 0x%X, dwUnique 0x%X", v, t.c.head.unique)
	}
	switch nidType(t.s.n.nid) {
	case typeHierarchy, typeContents, typeFAI:
		t.c.noteVersion(v, id)
	}
}

// cell is a cell of the row at hand.
func (t *table) cell(tag uint32) (prop, bool) {
	i, ok := t.index[tag]
	if !ok || !t.there[i] {
		return prop{}, false
	}
	return t.cells[i], true
}

// number is a cell of the row at hand that holds 32 bits.
func (t *table) number(tag uint32) (uint32, bool) {
	p, ok := t.cell(tag)
	if !ok || len(p.value) != 4 {
		return 0, false
	}
	return u32(p.value, 0), true
}

// done closes a table whose rows are of no interest.
func (t *table) done() { t.each(func(*place, uint32) {}) }
