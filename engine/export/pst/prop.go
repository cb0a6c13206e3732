package pst

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"vangnet/engine/mapi"
)

// propsMax is how many properties an object gets: with more than fit one leaf
// of the B-tree, most readers lose the object.
const propsMax = 440

// record is a property as a property context lists it.
type record struct {
	id, typ uint16
	value   uint32 // the value, or where it is
}

// props writes a property context (MS-PST 2.3.3): the properties of one object.
// It is used for one object after the other.
type props struct {
	o       *output
	h       *heap
	large   *data // a value too large for the heap
	subs    *[]subnode
	high    *highest
	records []record
	header  []byte // of the B-tree
	values  uint32 // large values so far
	below   int64  // their bytes
	sizes   int64  // bytes of all values, as PidTagAttachSize counts them
	scratch []byte
}

// begin starts an object whose subnodes are added to subs.
func (p *props) begin(subs *[]subnode) (err error) {
	p.h.begin(clientProperties)
	p.subs, p.records = subs, p.records[:0]
	p.values, p.below, p.sizes = 0, 0, 0
	_, p.header, err = p.h.alloc(bthHeader)
	return err
}

// add adds a record: of a value of at most 4 bytes, or of where one is.
func (p *props) add(id mapi.PropID, t mapi.Type, value uint32, size int64) {
	p.records = append(p.records, record{uint16(id), uint16(t), value})
	p.sizes += size
}

// bytes writes a value that lies in memory.
func (p *props) bytes(id mapi.PropID, t mapi.Type, b []byte) error {
	if len(b) > heapItemMax {
		return p.spill(id, t, func(d *data) error {
			_, err := d.Write(b)
			return err
		})
	}
	hid, err := p.h.put(b)
	p.add(id, t, hid, int64(len(b)))
	return err
}

// spill writes a value into a subnode of its own.
func (p *props) spill(id mapi.PropID, t mapi.Type, write func(*data) error) error {
	node, size, err := p.subnode(write)
	if err != nil {
		return err
	}
	p.add(id, t, node, size)
	return nil
}

// subnode writes a subnode for a value; no bytes are no subnode.
func (p *props) subnode(write func(*data) error) (node uint32, size int64, err error) {
	p.large.reset()
	if err := write(p.large); err != nil {
		return 0, 0, err
	}
	bid, err := p.large.finish()
	if err != nil || bid == 0 {
		return 0, 0, err
	}
	p.values++
	node = nid(startIndex+p.values, nidValue)
	p.high.see(node)
	*p.subs = append(*p.subs, subnode{nid: node, data: bid})
	p.below += p.large.size
	return node, p.large.size, nil
}

// objectData writes a value that is an object of its own kind, such as a
// compound document.
func (p *props) objectData(ctx context.Context, id mapi.PropID, b mapi.Blob) error {
	r, err := b.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	node, size, err := p.subnode(func(d *data) error { return d.copy(ctx, r, b.Size) })
	if err != nil || node == 0 {
		return err
	}
	return p.object(id, node, size)
}

// text writes a text.
func (p *props) text(id mapi.PropID, s string) error {
	if hasLines(id) {
		s = crlf(s)
	}
	if len(s) > heapItemMax/2 && 2*units(s) > heapItemMax {
		return p.spill(id, mapi.TypeString, func(d *data) error { return p.long(d, s) })
	}
	p.scratch = appendUTF16(p.scratch[:0], s)
	return p.bytes(id, mapi.TypeString, p.scratch)
}

// long writes a text piece by piece.
func (p *props) long(d *data, s string) error {
	const piece = 16 << 10
	for len(s) > 0 {
		n := min(piece, len(s))
		for n < len(s) && n > piece-4 && s[n]&0xC0 == 0x80 { // not within a character
			n--
		}
		p.scratch = appendUTF16(p.scratch[:0], s[:n])
		if _, err := d.Write(p.scratch); err != nil {
			return err
		}
		s = s[n:]
	}
	return nil
}

// blob writes a value that lies elsewhere.
func (p *props) blob(ctx context.Context, id mapi.PropID, t mapi.Type, b mapi.Blob) error {
	if t == mapi.TypeString {
		return p.textBlob(ctx, id, b)
	}
	r, err := b.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	if b.Size <= heapItemMax {
		small, err := io.ReadAll(io.LimitReader(r, heapItemMax+1))
		switch {
		case err != nil:
			return err
		case int64(len(small)) != b.Size:
			return fmt.Errorf("a value of %d bytes has %d: %w", b.Size, len(small), io.ErrUnexpectedEOF)
		}
		return p.bytes(id, t, small)
	}
	return p.spill(id, t, func(d *data) error { return d.copy(ctx, r, b.Size) })
}

func (p *props) textBlob(ctx context.Context, id mapi.PropID, b mapi.Blob) error {
	r, err := b.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	filter := func(w io.Writer) error {
		f := &textFilter{w: w, lines: hasLines(id)}
		n, err := copyAll(ctx, f, io.LimitReader(r, b.Size+1))
		if err == nil && n != b.Size {
			err = fmt.Errorf("a text of %d bytes has %d: %w", b.Size, n, io.ErrUnexpectedEOF)
		}
		if err != nil {
			return err
		}
		return f.close()
	}
	const small = 64 << 10
	if b.Size > small {
		return p.spill(id, mapi.TypeString, func(d *data) error { return filter(d) })
	}
	var text bytes.Buffer
	if err := filter(&text); err != nil {
		return err
	}
	return p.bytes(id, mapi.TypeString, text.Bytes())
}

// copyAll copies until r ends or the context does.
func copyAll(ctx context.Context, w io.Writer, r io.Reader) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{w}, contextReader{ctx, r}, make([]byte, 32<<10))
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// object writes a reference to a subnode that holds size bytes.
func (p *props) object(id mapi.PropID, node uint32, size int64) error {
	hid, b, err := p.h.alloc(8)
	if err != nil {
		return err
	}
	le.PutUint32(b, node)
	le.PutUint32(b[4:], uint32(min(size, math.MaxInt32)))
	p.add(id, mapi.TypeObject, hid, size)
	return nil
}

// finish writes the context and returns the root of its data and all bytes of
// the object: of its own blocks, of its large values, and the others in its
// subnodes. Where sized is set, the object has a property that tells them.
func (p *props) finish(others int64, sized bool) (bid uint64, size int64, err error) {
	byID := func(a, b record) int { return int(a.id) - int(b.id) }
	if !slices.IsSortedFunc(p.records, byID) {
		slices.SortFunc(p.records, byID)
	}
	root := uint32(0)
	if n := len(p.records); n > 0 {
		var leaf []byte
		if root, leaf, err = p.h.alloc(n * propRecord); err != nil {
			return 0, 0, err
		}
		size = p.h.total() + p.below + others
		for i, r := range p.records {
			if sized && r.id == uint16(mapi.MessageSize) {
				r.value = uint32(min(size, math.MaxInt32))
			}
			b := leaf[i*propRecord:]
			le.PutUint16(b, r.id)
			le.PutUint16(b[2:], r.typ)
			le.PutUint32(b[4:], r.value)
		}
	}
	putBTHHeader(p.header, 2, 6, 0, root)
	bid, own, err := p.h.finish(0x20)
	return bid, own + p.below + others, err
}
