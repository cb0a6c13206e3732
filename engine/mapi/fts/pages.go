package fts

import (
	"encoding/binary"
	"fmt"
	"io"

	"vangnet/engine/mapi"
)

// pages cuts elements into transfer records. An element shorter than a page
// never crosses a border: the page is closed early. A longer one fills the rest
// of its page and goes on.
type pages struct {
	w       io.Writer
	opt     Options
	size    int
	page    []byte
	written int
}

func newPages(w io.Writer, opt Options) *pages {
	size := opt.PageSize
	if size <= 0 {
		size = PageSize
	}
	return &pages{w: w, opt: opt, size: size, page: make([]byte, 0, size)}
}

// header writes the records that come before the payload.
func (p *pages) header() error {
	if p.opt.Damage.NoHeader {
		return nil
	}
	v := p.opt.Version
	if v == ([4]uint16{}) {
		v = defaultVersion
	}
	le := binary.LittleEndian
	config := le.AppendUint32(le.AppendUint32(nil, 0), 1)
	message := mapi.GUID{0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46} // IID_IMessage
	isOK := append(le.AppendUint32(nil, 1), message[:]...)
	isOK = le.AppendUint32(isOK, 0x80002400)
	version := le.AppendUint16(le.AppendUint16(le.AppendUint16(nil, v[0]<<8|v[1]), 0x8000|v[2]), v[3])
	for _, r := range []struct {
		op   uint32
		body []byte
	}{{opConfig, config}, {opIsOK, isOK}, {opVersion, version}} {
		if err := p.record(r.op, r.body); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) record(op uint32, body []byte) error {
	var head [recordHeader]byte
	binary.LittleEndian.PutUint32(head[:4], op)
	binary.LittleEndian.PutUint32(head[4:], uint32(len(body)))
	if _, err := p.w.Write(head[:]); err != nil {
		return err
	}
	_, err := p.w.Write(body)
	return err
}

// flush closes the page.
func (p *pages) flush() error {
	if len(p.page) == 0 {
		return nil
	}
	if p.opt.Damage.UnknownOpcode && p.written == 0 {
		if err := p.record(0x2A, []byte("of no kind that is known")); err != nil {
			return err
		}
	}
	err := p.record(opTransfer, p.page)
	p.written++
	p.page = p.page[:0]
	return err
}

// element writes one whole element.
func (p *pages) element(b []byte) error {
	if len(b) < p.size && len(p.page)+len(b) > p.size {
		if err := p.flush(); err != nil {
			return err
		}
	}
	return p.fill(b)
}

// fill puts bytes into pages, closing each as it gets full.
func (p *pages) fill(b []byte) error {
	for len(b) > 0 {
		n := min(len(b), p.size-len(p.page))
		p.page = append(p.page, b[:n]...)
		b = b[n:]
		if len(p.page) == p.size {
			if err := p.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// long writes an element whose value of exactly size bytes comes from r.
func (p *pages) long(head []byte, r io.Reader, size int64) error {
	if total := int64(len(head)) + size; total < int64(p.size) && int64(len(p.page))+total > int64(p.size) {
		if err := p.flush(); err != nil {
			return err
		}
	}
	if err := p.fill(head); err != nil {
		return err
	}
	chunk := make([]byte, 32<<10)
	for size > 0 {
		n, err := io.ReadFull(r, chunk[:min(size, int64(len(chunk)))])
		if err != nil {
			return fmt.Errorf("read a value that is %d bytes short: %w", size-int64(n), err)
		}
		if err := p.fill(chunk[:n]); err != nil {
			return err
		}
		size -= int64(n)
	}
	return nil
}

// counter counts what is written.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// cutter drops all after the first left bytes.
type cutter struct {
	w    io.Writer
	left int64
}

func (c *cutter) Write(p []byte) (int, error) {
	n := min(int64(len(p)), c.left)
	c.left -= n
	if _, err := c.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}
