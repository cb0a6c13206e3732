package pst

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrTooLarge is returned where a value is longer than a node of a PST file can
// be: 4 GiB.
var ErrTooLarge = errors.New("longer than the 4 GiB that a PST file can hold")

// maxData is the largest size that a tree of data blocks can state.
const maxData = math.MaxUint32

// data writes the data of one node: full blocks in a row, and the tree over
// them where there are several. It is used again and again.
type data struct {
	o    *output
	bids []uint64 // of the blocks
	buf  []byte   // the block being filled
	size int64    // bytes in all blocks, without what is in buf
}

func newData(o *output) *data { return &data{o: o, buf: make([]byte, 0, blockData)} }

func (d *data) reset() { d.bids, d.buf, d.size = d.bids[:0], d.buf[:0], 0 }

// Write appends to the data.
func (d *data) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if len(d.buf) == blockData {
			if err := d.drain(); err != nil {
				return n - len(p), err
			}
		}
		take := min(len(p), blockData-len(d.buf))
		d.buf = append(d.buf, p[:take]...)
		p = p[take:]
	}
	return n, nil
}

func (d *data) drain() error {
	at, err := d.hole(len(d.buf))
	if err != nil {
		return err
	}
	err = d.fill(at, d.buf)
	d.buf = d.buf[:0]
	return err
}

// hole leaves room for a block of n bytes that is written later; all but the
// last block of the data have to be full.
func (d *data) hole(n int) (at int, err error) {
	if d.size+int64(n) > maxData {
		return 0, ErrTooLarge
	}
	d.size += int64(n)
	d.bids = append(d.bids, 0)
	return len(d.bids) - 1, nil
}

// fill writes the block for which there is a hole.
func (d *data) fill(at int, b []byte) (err error) {
	d.bids[at], err = d.o.block(b)
	return err
}

// copy appends size bytes of r, which must not have fewer or more. They go
// right to where they are written from.
func (d *data) copy(ctx context.Context, r io.Reader, size int64) error {
	if size > maxData {
		return ErrTooLarge
	}
	for left := size; left > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := int(min(left, blockData))
		b, err := d.o.reserve(n)
		if err != nil {
			return err
		}
		if got, err := io.ReadFull(r, b); err != nil {
			return short(err, size-left+int64(got), size)
		}
		bid, err := d.o.seal(n, false)
		if err != nil {
			return err
		}
		d.bids = append(d.bids, bid)
		d.size += int64(n)
		left -= int64(n)
	}
	var one [1]byte // some sources know only at their end that they are damaged
	switch n, err := io.ReadFull(r, one[:]); {
	case n > 0:
		return fmt.Errorf("a value of %d bytes has more", size)
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

func short(err error, got, size int64) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("a value of %d bytes ends after %d: %w", size, got, io.ErrUnexpectedEOF)
	}
	return err
}

// finish writes what is open and the tree, and returns its root: 0 where there
// is no data.
func (d *data) finish() (bid uint64, err error) {
	if len(d.buf) > 0 {
		if err := d.drain(); err != nil {
			return 0, err
		}
	}
	switch n := len(d.bids); {
	case n == 0:
		return 0, nil
	case n == 1:
		return d.bids[0], nil
	case n <= childrenMax:
		return d.o.parent(1, d.bids, d.size)
	}
	var parents []uint64
	for from := 0; from < len(d.bids); from += childrenMax {
		children := d.bids[from:min(from+childrenMax, len(d.bids))]
		below := min(d.size-int64(from)*blockData, int64(len(children))*blockData)
		bid, err := d.o.parent(1, children, below)
		if err != nil {
			return 0, err
		}
		parents = append(parents, bid)
	}
	return d.o.parent(2, parents, d.size)
}

// parent writes an XBLOCK (level 1) or XXBLOCK (level 2), MS-PST 2.2.2.8.3.2.
func (o *output) parent(level byte, children []uint64, below int64) (uint64, error) {
	b, err := o.reserve(8 + 8*len(children))
	if err != nil {
		return 0, err
	}
	b[0], b[1] = 0x01, level
	le.PutUint16(b[2:], uint16(len(children)))
	le.PutUint32(b[4:], uint32(below))
	for i, bid := range children {
		le.PutUint64(b[8+8*i:], bid)
	}
	return o.seal(len(b), true)
}

// subnode is a node inside another node.
type subnode struct {
	nid       uint32
	data, sub uint64 // block ids
}

// subnodes writes the tree of a node's subnodes, which are in the order of
// their ids, and returns its root: 0 where there are none.
func (o *output) subnodes(list []subnode) (uint64, error) {
	if len(list) == 0 {
		return 0, nil
	}
	if len(list) <= subnodesMax {
		return o.subnodeLeaf(list)
	}
	if len(list) > subnodesMax*subIndexMax {
		return 0, fmt.Errorf("%d subnodes: %w", len(list), ErrFull)
	}
	b := make([]byte, 8, 8+16*(len(list)/subnodesMax+1))
	for ; len(list) > 0; list = list[min(subnodesMax, len(list)):] {
		bid, err := o.subnodeLeaf(list[:min(subnodesMax, len(list))])
		if err != nil {
			return 0, err
		}
		b = le.AppendUint64(b, uint64(list[0].nid))
		b = le.AppendUint64(b, bid)
	}
	b[0], b[1] = 0x02, 1
	le.PutUint16(b[2:], uint16((len(b)-8)/16))
	return o.internal(b)
}

// subnodeLeaf writes an SLBLOCK, MS-PST 2.2.2.8.3.3.1.
func (o *output) subnodeLeaf(list []subnode) (uint64, error) {
	b, err := o.reserve(8 + subnodeEntry*len(list))
	if err != nil {
		return 0, err
	}
	b[0], b[1] = 0x02, 0
	le.PutUint16(b[2:], uint16(len(list)))
	le.PutUint32(b[4:], 0)
	for i, s := range list {
		e := b[8+subnodeEntry*i:]
		le.PutUint64(e, uint64(s.nid))
		le.PutUint64(e[8:], s.data)
		le.PutUint64(e[16:], s.sub)
	}
	return o.seal(len(b), true)
}

func (o *output) internal(b []byte) (uint64, error) {
	room, err := o.reserve(len(b))
	if err != nil {
		return 0, err
	}
	copy(room, b)
	return o.seal(len(b), true)
}
