package fts

import (
	"encoding/binary"
	"io"
)

// The framing table: a version byte, entries, an end byte. Numbers are uvarints.
const (
	tableVersion = 1

	entryEnd   = 0
	entryRun   = 1 // length, count: transfer records, payload in the segments
	entryCut   = 2 // length, present: the last transfer record, cut short
	entryOther = 3 // opcode, length, present, payload: any other record
	entryTail  = 4 // n, bytes: less than a record header at the end
	entryRest  = 5 // n: bytes in the segments that are no records
)

// Bounds of the table, which lies in memory. What exceeds them goes to the
// segments as it is.
const (
	maxTable = 1 << 20
	maxOther = 64 << 10
)

// table writes down how payload was cut into records.
type table struct {
	buf []byte

	runLength, runCount uint64 // whole records of one length
	length, present     uint64 // the record being read
	open                bool
}

func newTable() *table { return &table{buf: []byte{tableVersion}} }

func (t *table) put(values ...uint64) {
	for _, v := range values {
		t.buf = binary.AppendUvarint(t.buf, v)
	}
}

func (t *table) full() bool { return len(t.buf) > maxTable }

// transfer begins a transfer record; false where the table takes no more.
func (t *table) transfer(length uint32) bool {
	t.settle()
	if t.full() {
		return false
	}
	t.open, t.length, t.present = true, uint64(length), 0
	return true
}

// took notes payload bytes of the open record.
func (t *table) took(n int64) { t.present += uint64(n) }

// settle adds the record that was read to the run before it.
func (t *table) settle() {
	if !t.open {
		return
	}
	t.open = false
	if t.present != t.length {
		t.flush()
		t.put(entryCut, t.length, t.present)
		return
	}
	if t.runCount > 0 && t.runLength != t.length {
		t.flush()
	}
	t.runLength = t.length
	t.runCount++
}

func (t *table) flush() {
	if t.runCount > 0 {
		t.put(entryRun, t.runLength, t.runCount)
		t.runCount = 0
	}
}

// fits reports whether a record of another kind can be kept here.
func (t *table) fits(length uint32) bool { return length <= maxOther && !t.full() }

// other keeps a record of another kind, whose payload it reads from src.
func (t *table) other(op, length uint32, src io.Reader) (int64, error) {
	t.settle()
	t.flush()
	payload := make([]byte, length)
	n, err := io.ReadFull(src, payload)
	t.put(entryOther, uint64(op), uint64(length), uint64(n))
	t.buf = append(t.buf, payload[:n]...)
	return int64(n), err
}

// tail keeps the rest of a source that ends within a record header.
func (t *table) tail(b []byte) {
	t.settle()
	t.flush()
	t.put(entryTail, uint64(len(b)))
	t.buf = append(t.buf, b...)
}

// finish closes the table; rest is the number of bytes in the segments that
// followed the last record.
func (t *table) finish(rest int64) []byte {
	t.settle()
	t.flush()
	if rest > 0 {
		t.put(entryRest, uint64(rest))
	}
	t.put(entryEnd)
	return t.buf
}
