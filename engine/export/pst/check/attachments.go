package check

import "math"

// Properties of attachments.
const (
	tagAttachSize   = 0x0E200003
	tagAttachObject = 0x3701000D
	tagAttachMethod = 0x37050003
	tagRendering    = 0x370B0003

	methodEmbedded = 5
)

// attachments verifies the attachments of a message and returns how many there
// are, -1 where their table could not be read.
func (s *scope) attachments(depth int) int {
	c := s.c
	n, _, ok := s.sub(nidAttachs)
	if !ok {
		return 0
	}
	ts := c.open(s.w.within("table", nidAttachs), n)
	t, ok := ts.readTable(nidAttachs)
	if !ok {
		return -1
	}
	t.each(func(w *place, id uint32) {
		a, twice, ok := s.sub(id)
		if !ok || twice || nidType(id) != typeAttachment {
			c.find(AttachRow, w, "leads to no attachment")
			return
		}
		c.rep.Attachments++
		if b, ok := c.attachment(s.w.within("attachment", uint64(id)), a, depth); ok {
			t.compare(w, AttachRow, b, nil, nil)
		}
	})
	ts.close()
	return t.rows
}

// attachment verifies one attachment, and the message in it.
func (c *checker) attachment(w *place, n node, depth int) (*bag, bool) {
	s := c.open(w, n)
	b, ok := s.readBag()
	if !ok {
		return nil, false
	}
	b.need(tagAttachSize, tagAttachMethod, tagRendering)
	size := int64(0)
	for _, p := range b.list {
		if p.typ == ptObject {
			size += c.object(s, p, b, depth)
			continue
		}
		size += p.size
	}
	have, ok := b.int32(tagAttachSize)
	if want := min(size, math.MaxInt32); ok && int64(have) != want {
		c.find(AttachSize, w, "size is %d, must be %d", have, want)
	}
	s.close()
	return b, true
}

// object verifies what an object property leads to and returns its weight.
func (c *checker) object(s *scope, p prop, b *bag, depth int) int64 {
	n, _, ok := s.sub(p.nid)
	if !ok {
		return 0
	}
	w := s.w.within("subnode", uint64(p.nid))
	weight := c.weigh(w, n, 0)
	if have := int64(u32(p.value, 4)); have != min(weight, math.MaxUint32) {
		c.find(ObjectSize, w, "size beside it is %d, must be %d", have, weight)
	}
	method, _ := b.int32(tagAttachMethod)
	if p.tag() != tagAttachObject || method != methodEmbedded {
		return weight
	}
	if nidType(p.nid) != typeMessage {
		c.find(PropValue, w, "an embedded message, must have type 0x%02X", typeMessage)
		return weight
	}
	if depth >= maxNesting {
		c.limit(w, "messages within messages", maxNesting)
		return weight
	}
	c.rep.Embedded++
	c.message(w, n, depth+1)
	return weight
}
