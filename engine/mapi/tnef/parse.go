package tnef

import (
	"encoding/binary"
	"fmt"
	"io"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

const (
	signature       = 0x223E9F78
	streamHeader    = 6 // signature, key
	attributeHeader = 9 // level, attribute, length
	checksumSize    = 2
	levelMessage    = 1
	levelAttachment = 2
)

// Parse reads a stream of size bytes. Attachments and other large values are
// read from r when they are opened. The error is r's; content never causes one:
// of a stream that is none, the message is empty.
func Parse(r io.ReaderAt, size int64, lim Limits) (*mapi.Message, Warnings, error) {
	p := &parser{source: &source{r: r}, lim: lim.orDefaults()}
	m, ok := p.message(0, size, 0)
	if p.source.err != nil {
		return nil, nil, fmt.Errorf("read TNEF: %w", p.source.err)
	}
	if !ok {
		p.warn.add(WarnNotTNEF)
	}
	return m, p.warn, nil
}

type parser struct {
	source *source
	lim    Limits
	warn   Warnings

	attributes, attachments, recipients int
	memory                              int64 // bytes of the values held
}

// hold asks for memory for a value.
func (p *parser) hold(n int64) bool {
	if n > p.lim.Memory-p.memory {
		p.warn.add(WarnMemory)
		return false
	}
	p.memory += n
	return true
}

// message reads the stream that lies between two places. ok is false where
// there is none.
func (p *parser) message(from, to int64, depth int) (m *mapi.Message, ok bool) {
	b := &builder{p: p, m: &mapi.Message{}, depth: depth, page: charset.Windows1252}
	c := &cursor{p.source, from, to}
	head, ok := c.take(streamHeader)
	if !ok || binary.LittleEndian.Uint32(head) != signature {
		return b.m, false
	}
	for c.left() > 0 && p.source.err == nil {
		if p.attributes++; p.attributes > p.lim.Attributes {
			p.warn.add(WarnTooMany)
			break
		}
		if !b.next(c) {
			break
		}
	}
	b.finish()
	return b.m, true
}

// next reads one attribute; false where the stream ends or makes no sense.
func (b *builder) next(c *cursor) bool {
	if c.left() < attributeHeader && isPadding(c) {
		return false
	}
	head, ok := c.take(attributeHeader)
	if !ok {
		b.p.warn.add(WarnTruncated)
		return false
	}
	level, att, n := head[0], attribute(binary.LittleEndian.Uint32(head[1:])), int64(binary.LittleEndian.Uint32(head[5:]))
	if level != levelMessage && level != levelAttachment {
		b.p.warn.add(WarnAttribute)
		return false
	}
	value := cursor{c.source, c.pos, min(c.pos+n, c.end)}
	whole := c.skip(n)
	if !whole {
		b.p.warn.add(WarnTruncated)
	}
	sum := b.p.source.sum(value.pos, value.left())
	if level == levelMessage {
		b.ofMessage(att, value)
	} else {
		b.ofAttachment(att, value)
	}
	if !whole {
		return false
	}
	want, ok := c.uint16()
	switch {
	case !ok:
		b.p.warn.add(WarnTruncated)
	case want != sum:
		b.p.warn.add(WarnChecksum)
	}
	return ok
}

// isPadding reports whether only zeros are left.
func isPadding(c *cursor) bool {
	for _, v := range c.read(c.pos, c.left()) {
		if v != 0 {
			return false
		}
	}
	return true
}

// builder makes one message of its attributes.
type builder struct {
	p     *parser
	m     *mapi.Message
	depth int
	page  int // code page of texts that are not in Unicode

	legacy mapi.Bag   // what attributes of old say of the message
	old    []mapi.Bag // and of its attachments
	owner  person
	files  []rendering // how attachments are shown
	full   bool        // more attachments than are allowed
}

// rendering is attAttachRendData, which begins an attachment.
type rendering struct {
	kind     uint16
	position int32
}

const renderingOLE = 2

// finish adds what only the attributes of old say, and what a message must have.
func (b *builder) finish() {
	class := b.m.Props.String(mapi.MessageClass)
	if class == "" {
		class = b.legacy.String(mapi.MessageClass)
	}
	b.ownerOf(class)
	merge(&b.m.Props, b.legacy)
	if !b.m.Props.Has(mapi.MessageClass) {
		b.m.Props.SetString(mapi.MessageClass, "IPM.Note")
	}
	if !b.m.Props.Has(mapi.InternetCodepage) && charset.Known(b.page) {
		b.m.Props.SetInt(mapi.InternetCodepage, int64(b.page))
	}
	for i := range b.m.Attachments {
		b.finishAttachment(i)
	}
}

// merge adds properties that a bag has not.
func merge(to *mapi.Bag, from mapi.Bag) {
	for _, p := range from {
		if !to.Has(p.Tag.ID()) {
			*to = append(*to, p)
		}
	}
}
