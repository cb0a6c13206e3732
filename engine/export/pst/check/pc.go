package check

import "sort"

const (
	maxProps   = 440 // what the usual readers take: one BTH leaf, with room for more
	firstNamed = 0x8000
	textMax    = 4 << 20 // of a text outside heaps that Options.Deep holds at once
)

// prop is one property of a property context, or one cell of a row.
type prop struct {
	id, typ uint16
	size    int64
	value   []byte // where it is in the heap or in the record itself
	data    uint64 // where it is not: the subnode's data
	nid     uint32 // and the subnode
}

func (p prop) tag() uint32 { return uint32(p.id)<<16 | uint32(p.typ) }

// bag is an open property context.
type bag struct {
	c    *checker
	w    *place
	list []prop // sorted by id
}

// get finds a property by its tag.
func (b *bag) get(tag uint32) (prop, bool) {
	i := sort.Search(len(b.list), func(i int) bool { return uint32(b.list[i].id) >= tag>>16 })
	if i == len(b.list) || b.list[i].tag() != tag {
		return prop{}, false
	}
	return b.list[i], true
}

// int32 is the value of a 32-bit property; 0 where there is none.
func (b *bag) int32(tag uint32) (uint32, bool) {
	p, ok := b.get(tag)
	if !ok || len(p.value) < 4 {
		return 0, false
	}
	return u32(p.value, 0), true
}

// need reports properties that are not there, or of another type.
func (b *bag) need(tags ...uint32) {
	for _, tag := range tags {
		if _, ok := b.get(tag); ok {
			continue
		}
		i := sort.Search(len(b.list), func(i int) bool { return uint32(b.list[i].id) >= tag>>16 })
		if i < len(b.list) && uint32(b.list[i].id) == tag>>16 {
			b.c.find(PropType, b.w, "property 0x%04X has type 0x%04X, must be 0x%04X", tag>>16, b.list[i].typ, tag&0xFFFF)
			continue
		}
		b.c.find(PropMissing, b.w, "property 0x%08X is not there", tag)
	}
}

// readBag reads and verifies the property context in a node.
func (s *scope) readBag() (*bag, bool) {
	c := s.c
	h, ok := c.openHeap(s.w, s.n.data, clientPC)
	if !ok {
		return nil, false
	}
	b := &bag{c: c, w: s.w}
	ok = h.eachRecord(s.w, h.root, 2, 6, func(rec []byte) {
		p := prop{id: u16(rec, 0), typ: u16(rec, 2)}
		if s.resolve(h, &p, rec[4:8]) {
			b.list = append(b.list, p)
		}
	})
	if !ok {
		return nil, false
	}
	if len(b.list) > maxProps {
		c.find(PropMany, s.w, "%d properties, readers take %d", len(b.list), maxProps)
	}
	h.close()
	return b, true
}

// resolve finds and verifies the value of a property from its value field.
func (s *scope) resolve(h *heap, p *prop, field []byte) bool {
	c, w := s.c, s.w.at("property", uint64(p.tag()))
	size := fixedSize(p.typ)
	if size < 0 {
		c.find(PropType, w, "type 0x%04X is not known", p.typ)
		return false
	}
	c.checkID(w, p.id)
	if p.id == 0x67F2 || p.id == 0x67F3 {
		c.find(PropStray, w, "belongs into rows only")
	}
	if size > 0 && size <= 4 {
		p.value, p.size = append([]byte(nil), field[:size]...), int64(size)
		if !allZero(field[size:]) {
			c.find(PropValue, w, "bytes behind the value are % x, must be 0", field[size:])
		}
		c.checkValue(w, p.typ, p.value)
		return true
	}
	if !s.fetch(h, w, p, u32(field, 0)) {
		return false
	}
	if size > 0 && p.size != int64(size) {
		c.find(PropValue, w, "%d bytes, a value of this type has %d", p.size, size)
		return false
	}
	if p.typ == ptObject {
		return s.object(w, p)
	}
	return true
}

// checkID verifies that a named property has a name.
func (c *checker) checkID(w place, id uint16) {
	if c.names.known && id >= firstNamed && int(id-firstNamed) >= c.names.n {
		c.find(PropName, w, "the name map defines ids up to 0x%04X", firstNamed+c.names.n-1)
	}
}

// fetch finds the bytes that a heap or node id leads to.
func (s *scope) fetch(h *heap, w place, p *prop, id uint32) bool {
	c := s.c
	if id == 0 {
		return true
	}
	if id&0x1F == 0 {
		b, ok := h.item(w, id)
		if !ok {
			return false
		}
		p.value, p.size = b, int64(len(b))
		if p.typ != ptObject {
			c.checkValue(w, p.typ, b)
		}
		return true
	}
	n, twice, ok := s.sub(id)
	switch {
	case !ok:
		c.find(HeapItem, w, "subnode 0x%X is not there", id)
		return false
	case twice:
		c.find(HeapTwice, w, "subnode 0x%X is in use by something else too", id)
	case nidType(id) != typeValue:
		c.find(PropValue, w, "its value is in subnode 0x%X, which has not type 0x1F", id)
	case n.sub != 0:
		c.find(NodeContent, w, "subnode 0x%X of a value has subnodes", id)
	}
	p.nid, p.data, p.size = id, n.data, c.length(n.data)
	if p.size <= heapItemMax {
		c.aged(OutOfHeap, PropValue, w, "%d bytes in subnode 0x%X, up to %d belong into the heap", p.size, id, heapItemMax)
	}
	if p.typ == ptString && p.size%2 != 0 {
		c.find(PropText, w, "%d bytes are no UTF-16", p.size)
	}
	if c.o.Deep && p.typ&^ptMulti == ptString {
		if b, ok := c.headOf(w, n.data, textMax); ok && int64(len(b)) == p.size {
			c.checkValue(w, p.typ, b)
		}
	}
	return true
}

// object verifies the record of an object: its subnode and size.
func (s *scope) object(w place, p *prop) bool {
	if len(p.value) != 8 {
		s.c.find(PropValue, w, "the record of an object has %d bytes, must be 8", len(p.value))
		return false
	}
	nid := u32(p.value, 0)
	n, _, ok := s.sub(nid)
	if !ok {
		s.c.find(HeapItem, w, "subnode 0x%X is not there", nid)
		return false
	}
	p.nid, p.data = nid, n.data
	return true
}
