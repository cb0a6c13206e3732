package fts

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrFraming is returned by Join for a framing table that Split did not make,
// or that does not belong to the payload.
var ErrFraming = errors.New("framing does not fit the payload")

// Join writes the stream that Split took apart: framing is Summary.Framing,
// payload the contents of all segments in order. A short table can ask for a
// stream of any length: who does not trust it bounds what is written.
func Join(w io.Writer, framing []byte, payload io.Reader) error {
	_, err := io.Copy(w, NewJoiner(framing, payload))
	return err
}

// NewJoiner is Join as a reader.
func NewJoiner(framing []byte, payload io.Reader) io.Reader {
	j := &joiner{table: framing, payload: payload}
	if len(framing) == 0 || framing[0] != tableVersion {
		j.err = fmt.Errorf("join: unknown version of the table: %w", ErrFraming)
		return j
	}
	j.table = framing[1:]
	return j
}

type joiner struct {
	table   []byte
	payload io.Reader
	ready   bytes.Reader // headers and small records
	left    uint64       // bytes to take from the payload
	again   uint64       // more records of the run
	length  uint64       // of one of them
	err     error
}

func (j *joiner) Read(p []byte) (int, error) {
	for {
		switch {
		case j.err != nil:
			return 0, j.err
		case len(p) == 0:
			return 0, nil
		case j.ready.Len() > 0:
			return j.ready.Read(p)
		case j.left > 0:
			return j.take(p)
		case j.again > 0:
			j.again--
			j.record(opTransfer, j.length, j.length, nil)
		default:
			j.err = j.entry()
		}
	}
}

func (j *joiner) take(p []byte) (int, error) {
	if uint64(len(p)) > j.left {
		p = p[:j.left]
	}
	n, err := j.payload.Read(p)
	j.left -= uint64(n)
	if errors.Is(err, io.EOF) {
		err = nil
		if j.left > 0 {
			j.err = fmt.Errorf("join: payload ends too early: %w", ErrFraming)
		}
	}
	if err != nil {
		j.err = err
	}
	return n, nil
}

// record makes a header ready, and what follows it.
func (j *joiner) record(op, length, fromPayload uint64, inline []byte) {
	head := make([]byte, 0, recordHeader+len(inline))
	head = binary.LittleEndian.AppendUint32(head, uint32(op))
	head = binary.LittleEndian.AppendUint32(head, uint32(length))
	j.ready.Reset(append(head, inline...))
	j.left = fromPayload
}

// entry takes the next one from the table.
func (j *joiner) entry() error {
	switch j.number() {
	case entryEnd:
		return j.end()
	case entryRun:
		j.length, j.again = j.number(), j.number()
	case entryCut:
		length, present := j.number(), j.number()
		if j.err == nil {
			j.record(opTransfer, length, present, nil)
		}
	case entryOther:
		op, length := j.number(), j.number()
		inline := j.inline()
		if j.err == nil {
			j.record(op, length, 0, inline)
		}
	case entryTail:
		j.ready.Reset(j.inline())
	case entryRest:
		j.left = j.number()
	default:
		return fmt.Errorf("join: unknown entry in the table: %w", ErrFraming)
	}
	return j.err
}

// end checks that the payload is used up.
func (j *joiner) end() error {
	if j.err != nil {
		return j.err
	}
	if n, err := io.ReadFull(j.payload, make([]byte, 1)); n > 0 {
		return fmt.Errorf("join: payload goes on after the end: %w", ErrFraming)
	} else if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return io.EOF
}

func (j *joiner) number() uint64 {
	v, n := binary.Uvarint(j.table)
	if n <= 0 || v > math.MaxInt64 {
		j.err = fmt.Errorf("join: table is damaged: %w", ErrFraming)
		j.table = nil
		return 0
	}
	j.table = j.table[n:]
	return v
}

func (j *joiner) inline() []byte {
	n := j.number()
	if n > uint64(len(j.table)) {
		j.err = fmt.Errorf("join: table is damaged: %w", ErrFraming)
		return nil
	}
	b := j.table[:n]
	j.table = j.table[n:]
	return b
}
