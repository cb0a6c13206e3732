package check

const (
	tagRowID      = 0x67F20003
	tagRowVersion = 0x67F30003
	tcinfoHead    = 22
	columnSize    = 8
)

// column is one column of a table: its tag, the place and width of its cell in a
// row, the number of its existence bit.
type column struct {
	tag            uint32
	at, width, bit int
}

// table is an open table context.
type table struct {
	s        *scope
	c        *checker
	w        *place
	h        *heap
	columns  []column
	ends     [4]int // of 8- and 4-byte cells, 2-byte cells, 1-byte cells, the row
	index    map[uint32]int
	rows     int
	ids      []uint32 // by row number, from the row index
	inline   []byte   // the row matrix, in the heap
	blocks   []uint32 // or in a subnode
	perBlock int
	cells    []prop // of the row at hand, by column; without where not there
	there    []bool
}

// readTable reads and verifies the table context in a node. The template is what
// the table must start from; 0 means none.
func (s *scope) readTable(tmpl uint32) (*table, bool) {
	c := s.c
	h, ok := c.openHeap(s.w, s.n.data, clientTC)
	if !ok {
		return nil, false
	}
	t := &table{s: s, c: c, w: s.w, h: h}
	info, ok := h.item(*s.w, h.root)
	if !ok {
		return nil, false
	}
	if len(info) < tcinfoHead || info[0] != clientTC || len(info) != tcinfoHead+columnSize*int(info[1]) {
		c.find(TableForm, s.w, "TCINFO of %d bytes begins with % x", len(info), info[:min(2, len(info))])
		return nil, false
	}
	for i := range t.ends {
		t.ends[i] = int(u16(info, 2+2*i))
	}
	if u32(info, 18) != 0 {
		c.find(TableForm, s.w, "hidIndex is 0x%X, must be 0", u32(info, 18))
	}
	if !t.readColumns(info[tcinfoHead:]) {
		return nil, false
	}
	t.checkTemplate(tmpl)
	if !t.readMatrix(u32(info, 14)) || !t.readIndex(u32(info, 10)) {
		return nil, false
	}
	t.cells, t.there = make([]prop, len(t.columns)), make([]bool, len(t.columns))
	return t, true
}

// cellWidth is the width of a cell of a type.
func cellWidth(typ uint16) int {
	switch size := fixedSize(typ); {
	case size == 1, size == 2, size == 8:
		return size
	case size < 0:
		return 0
	}
	return 4
}

// readColumns reads and verifies the columns and the layout of rows. False where
// rows cannot be read by it.
func (t *table) readColumns(b []byte) bool {
	c, w := t.c, t.w
	n := len(b) / columnSize
	if e := t.ends; e[0] > e[1] || e[1] > e[2] || e[2] > e[3] || e[3] > dataMax {
		c.find(TableForm, w, "rgib is %v, must rise", e)
		return false
	}
	if want := t.ends[2] + (n+7)/8; t.ends[3] != want {
		c.find(TableForm, w, "rows of %d bytes, %d columns give %d", t.ends[3], n, want)
		return false
	}
	t.index = make(map[uint32]int, n)
	taken, bitTaken := make([]bool, t.ends[2]), make([]bool, n)
	last := uint32(0)
	for i := range n {
		e := b[i*columnSize:]
		k := column{tag: u32(e, 0), at: int(u16(e, 4)), width: int(e[6]), bit: int(e[7])}
		kw := w.at("column", uint64(k.tag))
		if k.tag <= last && i > 0 {
			c.find(TableColumns, kw, "follows column 0x%08X", last)
			return false
		}
		last = k.tag
		if !t.fits(kw, k, taken) {
			return false
		}
		if k.bit >= n || bitTaken[k.bit] {
			c.find(TableColumns, kw, "existence bit %d of %d is not there or taken", k.bit, n)
			return false
		}
		bitTaken[k.bit] = true
		c.checkID(kw, uint16(k.tag>>16))
		t.index[k.tag] = len(t.columns)
		t.columns = append(t.columns, k)
	}
	for i, x := range taken {
		if !x {
			c.find(TableColumns, w, "byte %d of the rows belongs to no column", i)
			break
		}
	}
	t.checkCreation()
	return t.rowColumns()
}

// checkCreation verifies that the cells of each group lie in the order in which
// the columns were made, which their existence bits tell.
func (t *table) checkCreation() {
	made := make([]column, len(t.columns))
	for _, k := range t.columns {
		made[k.bit] = k
	}
	next := [9]int{1: t.ends[1], 2: t.ends[0]}
	for _, k := range made {
		group := k.width
		if group == 4 {
			group = 8
		}
		if k.at < next[group] {
			t.c.find(TableColumns, t.w.within("column", uint64(k.tag)), "is at %d with bit %d, those with lower bits end at %d", k.at, k.bit, next[group])
			return
		}
		next[group] = k.at + k.width
	}
}

// fits verifies that a cell has the width of its type and lies in its group,
// over no other.
func (t *table) fits(w where, k column, taken []bool) bool {
	width := cellWidth(uint16(k.tag))
	if width == 0 {
		t.c.find(PropType, w, "type 0x%04X is not known", k.tag&0xFFFF)
		return false
	}
	from, to := 0, t.ends[0]
	switch width {
	case 2:
		from, to = t.ends[0], t.ends[1]
	case 1:
		from, to = t.ends[1], t.ends[2]
	}
	if k.width != width || k.at < from || k.at+width > to {
		t.c.find(TableColumns, w, "%d bytes at %d, must be %d from %d to %d", k.width, k.at, width, from, to)
		return false
	}
	for i := k.at; i < k.at+width; i++ {
		if taken[i] {
			t.c.find(TableColumns, w, "its cell at %d lies over another", k.at)
			return false
		}
		taken[i] = true
	}
	return true
}

// rowColumns verifies the two columns that every table begins with.
func (t *table) rowColumns() bool {
	for _, want := range []column{{tagRowID, 0, 4, 0}, {tagRowVersion, 4, 4, 1}} {
		i, ok := t.index[want.tag]
		if !ok || t.columns[i] != want {
			t.c.find(TableColumns, t.w, "column 0x%08X is not there, or not at %d with bit %d", want.tag, want.at, want.bit)
			return false
		}
	}
	return true
}

// checkTemplate verifies that the columns of a template keep their places: their
// bits, and their offsets counted from the start of their group.
func (t *table) checkTemplate(tmpl uint32) {
	p, ok := templates[tmpl]
	if !ok {
		return
	}
	for _, want := range p.columns {
		i, ok := t.index[want.tag]
		if !ok {
			t.c.aged(OldColumns, TableTemplate, t.w, "column 0x%08X of template 0x%X is not there", want.tag, tmpl)
			continue
		}
		have, shift := t.columns[i], 0
		switch want.width {
		case 1:
			shift = t.ends[1] - p.ends[1]
		case 2:
			shift = t.ends[0] - p.ends[0]
		}
		if have.at != want.at+shift || have.bit != want.bit {
			t.c.aged(OldColumns, TableTemplate, t.w, "column 0x%08X is at %d with bit %d, template 0x%X wants %d and %d",
				want.tag, have.at, have.bit, tmpl, want.at+shift, want.bit)
		}
	}
}
