package fts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// errBadRecord ends the payload: from here on the bytes are no records.
var errBadRecord = errors.New("no record")

// maxRecord is the longest length that is believed to be one.
const maxRecord = 2 << 30

// frames joins the payloads of transfer records. Its Read returns io.EOF at the
// end of the source, whether that is the end of a record or not (see cut), and
// errBadRecord where records end before the source does.
type frames struct {
	src     io.Reader
	table   *table // where set, the framing is written down
	raw     bool   // the source is payload without records
	at      int64  // bytes consumed of the source
	payload int64  // bytes handed out
	remain  int64  // of the transfer record being read
	records int
	unknown int
	cut     bool   // the source ended inside a record
	head    []byte // of a bad record, already consumed
	hdr     [recordHeader]byte
	ended   error
}

// Read hands out payload. It never blocks for more than one record.
func (f *frames) Read(p []byte) (int, error) {
	if f.ended != nil {
		return 0, f.ended
	}
	if len(p) == 0 {
		return 0, nil
	}
	for f.remain == 0 && !f.raw {
		if err := f.next(); err != nil {
			f.ended = err
			return 0, err
		}
	}
	if !f.raw && int64(len(p)) > f.remain {
		p = p[:f.remain]
	}
	n, err := f.src.Read(p)
	f.at += int64(n)
	f.payload += int64(n)
	if !f.raw {
		f.remain -= int64(n)
	}
	if f.table != nil {
		f.table.took(int64(n))
	}
	if err != nil {
		f.cut = f.remain > 0 && errors.Is(err, io.EOF)
		f.ended = err
		if n > 0 {
			return n, nil
		}
	}
	return n, err
}

// next reads record headers up to the next transfer record that is not empty.
func (f *frames) next() error {
	n, err := io.ReadFull(f.src, f.hdr[:])
	f.at += int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		f.cut = true
		if f.table != nil {
			f.table.tail(f.hdr[:n])
		}
		return io.EOF
	}
	if err != nil {
		return err
	}
	op, length := binary.LittleEndian.Uint32(f.hdr[:4]), binary.LittleEndian.Uint32(f.hdr[4:])
	if op == 0 || length > maxRecord || f.records == 0 && op > opMax {
		f.head = f.hdr[:]
		return errBadRecord
	}
	if op == opTransfer {
		f.records++
		f.remain = int64(length)
		if f.table == nil || f.table.transfer(length) {
			return nil
		}
		f.remain, f.head = 0, f.hdr[:]
		return errBadRecord
	}
	return f.other(op, length)
}

// other passes over a record that carries no payload of the item.
func (f *frames) other(op, length uint32) error {
	if f.table != nil && !f.table.fits(length) {
		f.head = f.hdr[:]
		return errBadRecord
	}
	f.records++
	if op > opVersion {
		f.unknown++
	}
	var n int64
	var err error
	if f.table != nil {
		n, err = f.table.other(op, length, f.src)
	} else {
		n, err = io.CopyN(io.Discard, f.src, int64(length))
	}
	f.at += n
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		f.cut = true
		return io.EOF
	}
	return err
}

// rest is what follows a bad record, its header included.
func (f *frames) rest() io.Reader { return io.MultiReader(bytes.NewReader(f.head), f.src) }

// first reports whether the source ended within its first record, which no
// stream of Exchange does.
func (f *frames) first() bool { return f.records == 0 || f.records == 1 && f.cut }
