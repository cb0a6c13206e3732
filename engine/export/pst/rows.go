package pst

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // what the format asks for; it protects nothing
	"fmt"
	"io"
	"strings"

	"vangnet/engine/mapi"
)

// Rows of contents tables wait for the end in one temporary file: those of a
// folder in several pieces, as they came together.
const (
	rowsInMemory = 8 << 20   // buffers of all folders together
	rowsTogether = 256 << 10 // a piece of one folder
)

// folderRows are the rows of one folder.
type folderRows struct {
	pieces []piece
	buf    []byte
	heap   heapMeter // of the table to be
}

type piece struct{ at, size int64 }

// contentsCells are the columns of contents tables whose values lie outside the
// row, in the order in which a waiting row has them.
var contentsCells = [...]uint32{
	0x001A001F, 0x0037001F, 0x0042001F, 0x0070001F, 0x00710102, 0x0E03001F, 0x0E04001F, 0x30130102,
}

// noCell stands for the length of a cell that a row does not have.
const noCell = 0xFFFF

// waitingRow encodes the contents row of the message on the stage: its length,
// the row, and for each of contentsCells its length and bytes.
func (w *Writer) waitingRow(node uint32, size int64) []byte {
	w.row.start(&contentsLayout)
	for i := range w.stage.list {
		p := &w.stage.list[i]
		c := contentsLayout.byID(p.id)
		if c == nil {
			continue
		}
		if bits, ok := fixedBits(p.typ, p.value); ok {
			w.row.set(c, uint64(bits))
		} else if v, ok := eightBytes(p.typ, p.value); ok {
			w.row.set(c, v)
		}
	}
	w.row.tag(rowIDTag, uint64(node))
	w.row.tag(rowVersionTag, w.newVersion())
	w.row.tag(0x0E080003, uint64(clampSize(size)))
	w.row.tag(0x0E170003, 0)
	b := append(w.waiting[:0], 0, 0)
	b = append(b, w.row.b...)
	for _, tag := range contentsCells {
		at := len(b)
		b = append(b, 0, 0)
		var ok bool
		if b, ok = w.waitingCell(b, mapi.Tag(tag)); ok {
			le.PutUint16(b[at:], uint16(len(b)-at-2))
		} else {
			le.PutUint16(b[at:], noCell)
		}
	}
	le.PutUint16(b, uint16(len(b)-2))
	w.waiting = b
	return b
}

// waitingCell appends one value. An empty text is no cell, except those that
// Outlook shows.
func (w *Writer) waitingCell(b []byte, tag mapi.Tag) ([]byte, bool) {
	if tag.ID() == 0x3013 {
		return w.conversationID(b)
	}
	p, _ := w.stage.get(tag.ID())
	switch v := p.value.(type) {
	case string:
		shown := tag.ID() == mapi.Subject || tag.ID() == mapi.SentRepresentingName || tag.ID() == mapi.ConversationTopic
		return appendUTF16(b, v), v != "" || shown
	case []byte:
		return append(b, v...), len(v) > 0
	}
	return b, false
}

// conversationID appends what tells conversations apart: a hash of the topic.
func (w *Writer) conversationID(b []byte) ([]byte, bool) {
	p, _ := w.stage.get(mapi.ConversationTopic)
	topic, _ := p.value.(string)
	if topic == "" {
		return b, false
	}
	w.scratch = appendUTF16(w.scratch[:0], strings.ToUpper(topic))
	sum := md5.Sum(w.scratch) //nolint:gosec // as above
	return append(b, sum[:]...), true
}

// addRow keeps the row of a new message for the end.
func (w *Writer) addRow(f *folder, row []byte) {
	before := cap(f.rows.buf)
	f.rows.buf = append(f.rows.buf, row...)
	w.rowBytes += cap(f.rows.buf) - before
}

// spillRows makes room for one more row of a folder: it moves those of the
// folder to the temporary file when they are many, and those of all folders
// when their buffers have become large.
func (w *Writer) spillRows(f *folder) error {
	if len(f.rows.buf) >= rowsTogether {
		return w.spillFolder(f)
	}
	if w.rowBytes < rowsInMemory {
		return nil
	}
	for i := range w.folders {
		if err := w.spillFolder(&w.folders[i]); err != nil {
			return err
		}
		w.folders[i].rows.buf = nil
	}
	w.rowBytes = 0
	return nil
}

func (w *Writer) spillFolder(f *folder) error {
	r := &f.rows
	if len(r.buf) == 0 {
		return nil
	}
	at := w.rows.size()
	if err := w.rows.write(r.buf); err != nil {
		return err
	}
	r.pieces = append(r.pieces, piece{at, int64(len(r.buf))})
	r.buf = r.buf[:0]
	return nil
}

// eachRow hands out the waiting rows of a folder in order.
func (w *Writer) eachRow(r *folderRows, do func(row []byte) error) error {
	if len(r.pieces) > 0 {
		if err := w.rows.drain(); err != nil {
			return err
		}
	}
	for _, p := range r.pieces {
		w.reread.Reset(io.NewSectionReader(w.rows.f, p.at, p.size))
		if err := splitRows(w.reread, do); err != nil {
			return err
		}
	}
	return splitRows(bytes.NewReader(r.buf), do)
}

func splitRows(r io.Reader, do func(row []byte) error) error {
	var size [2]byte
	var row []byte
	for {
		if _, err := io.ReadFull(r, size[:]); err != nil {
			if err == io.EOF { //nolint:errorlint // readers return it bare
				return nil
			}
			return fmt.Errorf("read rows again: %w", err)
		}
		n := int(le.Uint16(size[:]))
		if cap(row) < n {
			row = make([]byte, n)
		}
		row = row[:n]
		if _, err := io.ReadFull(r, row); err != nil {
			return fmt.Errorf("read rows again: %w", err)
		}
		if err := do(row); err != nil {
			return err
		}
	}
}

// writeContents writes the table of a folder's messages.
func (w *Writer) writeContents(ctx context.Context, f *folder) error {
	if err := w.t.begin(&contentsLayout); err != nil {
		return err
	}
	const atATime = 1024 // rows between two looks at the context
	err := w.eachRow(&f.rows, func(row []byte) error {
		if w.t.rows%atATime == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return w.contentsRow(row)
	})
	if err != nil {
		return err
	}
	f.rows = folderRows{}
	return w.finishTable(nid(f.index, nidContents))
}

func (w *Writer) contentsRow(waiting []byte) error {
	n := contentsLayout.rowSize()
	w.row.l, w.row.b = &contentsLayout, append(w.row.b[:0], waiting[:n]...)
	rest := waiting[n:]
	for _, tag := range contentsCells {
		size := int(le.Uint16(rest))
		rest = rest[2:]
		if size == noCell {
			continue
		}
		hid, err := w.t.h.put(rest[:size])
		if err != nil {
			return err
		}
		w.row.tag(tag, uint64(hid))
		rest = rest[size:]
	}
	return w.t.add(le.Uint32(w.row.b), w.row.b)
}
