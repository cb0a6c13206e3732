package pst

import "vangnet/engine/mapi"

// Ids of columns that every table has.
const (
	rowIDTag      = 0x67F20003
	rowVersionTag = 0x67F30003
)

// column is one column of a table, MS-PST 2.3.4.2.
type column struct {
	tag    uint32
	offset uint16 // of its cell in a row
	width  uint8
	bit    uint8 // that says whether a row has the cell
}

// layout is what the rows of a table look like.
type layout struct {
	columns []column  // sorted by tag
	ends    [4]uint16 // of the cells of 8 and 4 bytes, of 2, of 1, of the existence bits
}

func (l *layout) rowSize() int { return int(l.ends[3]) }

// column finds a column by its tag, which the layout must have.
func (l *layout) column(tag uint32) *column {
	for i := range l.columns {
		if l.columns[i].tag == tag {
			return &l.columns[i]
		}
	}
	return nil
}

// extended is the layout with more columns behind its own. Cells of 4 bytes and
// more keep their place; those of one byte and the existence bits move.
func (l *layout) extended(tags []uint32) layout {
	x := layout{columns: append([]column(nil), l.columns...), ends: l.ends}
	bit := uint8(len(l.columns))
	insert := func(tag uint32, group int, width uint16) {
		at := x.ends[group]
		for i := range x.columns {
			if x.columns[i].offset >= at {
				x.columns[i].offset += width
			}
		}
		x.columns = append(x.columns, column{tag, at, uint8(width), bit})
		for g := group; g < len(x.ends); g++ {
			x.ends[g] += width
		}
		bit++
	}
	for _, tag := range tags {
		switch width := cellWidth(mapi.Tag(tag).Type()); width {
		case 1:
			insert(tag, 2, 1)
		case 2:
			insert(tag, 1, 2)
		default:
			insert(tag, 0, uint16(width))
		}
	}
	x.ends[3] = x.ends[2] + uint16(len(x.columns)+7)/8
	sortColumns(x.columns)
	return x
}

func sortColumns(c []column) {
	for i := 1; i < len(c); i++ {
		for j := i; j > 0 && c[j].tag < c[j-1].tag; j-- {
			c[j], c[j-1] = c[j-1], c[j]
		}
	}
}

func cellWidth(t mapi.Type) int {
	switch t {
	case mapi.TypeTime, mapi.TypeInt64, mapi.TypeFloat64, mapi.TypeCurrency, mapi.TypeAppTime:
		return 8
	case mapi.TypeInt16:
		return 2
	case mapi.TypeBool:
		return 1
	}
	return 4
}

// row is a row of a table while its cells are filled in.
type row struct {
	l *layout
	b []byte
}

// start clears the row.
func (r *row) start(l *layout) {
	if cap(r.b) < l.rowSize() {
		r.b = make([]byte, l.rowSize())
	}
	r.l, r.b = l, r.b[:l.rowSize()]
	clear(r.b)
}

func (r *row) set(c *column, v uint64) {
	b := r.b[c.offset:]
	switch c.width {
	case 8:
		le.PutUint64(b, v)
	case 4:
		le.PutUint32(b, uint32(v))
	case 2:
		le.PutUint16(b, uint16(v))
	case 1:
		b[0] = byte(v)
	}
	r.b[r.l.ends[2]+uint16(c.bit/8)] |= 0x80 >> (c.bit % 8)
}

// tag sets the cell of a column that the layout has.
func (r *row) tag(tag uint32, v uint64) { r.set(r.l.column(tag), v) }

// table writes a table context (MS-PST 2.3.4). Rows come in the order of their
// ids. It is used for one table after the other.
type table struct {
	o      *output
	h      *heap
	matrix *data
	high   *highest
	l      *layout
	index  rowIndex
	rows   int
	first  []byte // rows while they may fit into one heap item
	header []byte // of the row index
	info   []byte
	pad    []byte
}

const rowMatrix = startIndex + 1 // index of the subnode with the rows

func newTable(o *output, high *highest) *table {
	return &table{o: o, h: newHeap(o), matrix: newData(o), high: high}
}

func (t *table) begin(l *layout) (err error) {
	t.h.begin(clientTable)
	t.matrix.reset()
	t.index.begin(t.h)
	t.l, t.rows, t.first = l, 0, t.first[:0]
	if _, t.header, err = t.h.alloc(bthHeader); err != nil {
		return err
	}
	_, t.info, err = t.h.alloc(22 + 8*len(l.columns))
	return err
}

// add appends a row; variable cells are in the heap already.
func (t *table) add(id uint32, r []byte) error {
	t.rows++
	if err := t.index.add(id); err != nil {
		return err
	}
	if t.matrix.size == 0 && len(t.matrix.buf) == 0 {
		if len(t.first)+len(r) <= heapItemMax {
			t.first = append(t.first, r...)
			return nil
		}
		for at := 0; at < len(t.first); at += len(r) {
			if err := t.toMatrix(t.first[at : at+len(r)]); err != nil {
				return err
			}
		}
	}
	return t.toMatrix(r)
}

// toMatrix appends a row to the subnode. Rows never cross blocks.
func (t *table) toMatrix(r []byte) error {
	if room := blockData - len(t.matrix.buf); room < len(r) {
		if cap(t.pad) < room {
			t.pad = make([]byte, blockData)
		}
		if _, err := t.matrix.Write(t.pad[:room]); err != nil {
			return err
		}
	}
	_, err := t.matrix.Write(r)
	return err
}

// finish writes the table: the roots of its data and of its subnodes, and the
// bytes of both.
func (t *table) finish() (bid, sub uint64, size int64, err error) {
	matrix := uint32(0)
	inSubnode := len(t.matrix.buf) > 0
	if inSubnode {
		matrix = nid(rowMatrix, nidValue)
		if sub, err = t.finishMatrix(matrix); err != nil {
			return 0, 0, 0, err
		}
	} else if matrix, err = t.h.put(t.first); err != nil {
		return 0, 0, 0, err
	}
	if err := t.index.finish(t.header); err != nil {
		return 0, 0, 0, err
	}
	t.fillInfo(matrix)
	bid, size, err = t.h.finish(0x40)
	return bid, sub, size + t.matrix.size, err
}

func (t *table) finishMatrix(node uint32) (uint64, error) {
	bid, err := t.matrix.finish()
	if err != nil {
		return 0, err
	}
	t.high.see(node)
	return t.o.subnodes([]subnode{{nid: node, data: bid}})
}

// fillInfo fills the TCINFO, MS-PST 2.3.4.1.
func (t *table) fillInfo(matrix uint32) {
	b := t.info
	b[0], b[1] = clientTable, byte(len(t.l.columns))
	for i, end := range t.l.ends {
		le.PutUint16(b[2+2*i:], end)
	}
	le.PutUint32(b[10:], 0x20)
	le.PutUint32(b[14:], matrix)
	le.PutUint32(b[18:], 0)
	for i, c := range t.l.columns {
		e := b[22+8*i:]
		le.PutUint32(e, c.tag)
		le.PutUint16(e[4:], c.offset)
		e[6], e[7] = c.width, c.bit
	}
}

// byID finds a column by the id of its property.
func (l *layout) byID(id mapi.PropID) *column {
	for i := range l.columns {
		if have := mapi.Tag(l.columns[i].tag).ID(); have >= id {
			if have == id {
				return &l.columns[i]
			}
			return nil
		}
	}
	return nil
}
