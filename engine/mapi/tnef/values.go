package tnef

import (
	"bytes"
	"encoding/binary"
	"math"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// object is what a property of type object holds.
type object struct {
	kind     mapi.GUID
	from, to int64 // of the content
}

// interfaces that objects have, MS-OXTNEF 2.1.3.4.3.
var interfaceMessage = mapi.GUID{0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46}

const guidSize = 16

// bag reads a property bag: their number, then the properties. Objects are
// handed to take, which may be nil.
func (b *builder) bag(c *cursor, to *mapi.Bag, take func(mapi.PropID, object)) bool {
	count, ok := c.uint32()
	for i := uint32(0); ok && i < count; i++ {
		if len(*to) >= b.p.lim.Properties {
			b.p.warn.add(WarnTooMany)
			return false
		}
		ok = b.property(c, to, take)
	}
	if !ok {
		b.p.warn.add(WarnProperty)
	}
	return ok
}

// property reads one property; false where it makes no sense.
func (b *builder) property(c *cursor, to *mapi.Bag, take func(mapi.PropID, object)) bool {
	kind, ok1 := c.uint16()
	id, ok2 := c.uint16()
	if !ok1 || !ok2 {
		return false
	}
	p := mapi.Prop{}
	if mapi.PropID(id) >= mapi.FirstNamed {
		name, ok := b.name(c)
		if !ok {
			return false
		}
		p.Name = &name
	}
	value, ok := b.value(c, mapi.Type(kind))
	if !ok {
		return false
	}
	if o, isObject := value.(object); isObject {
		if take != nil {
			take(mapi.PropID(id), o)
			return true
		}
		value = b.p.source.blob(o.from, o.to-o.from)
	}
	if value == nil { // of a form that nothing can hold, such as no value at all
		return true
	}
	t := mapi.Type(kind)
	if t&^mapi.Multi == mapi.TypeString8 {
		t = t&mapi.Multi | mapi.TypeString
	}
	p.Tag, p.Value = mapi.MakeTag(mapi.PropID(id), t), value
	*to = append(*to, p)
	return true
}

const maxNameBytes = 2048

// name reads the name of a property.
func (b *builder) name(c *cursor) (mapi.Name, bool) {
	raw, ok := c.take(guidSize)
	if !ok {
		return mapi.Name{}, false
	}
	set := mapi.GUID(raw)
	kind, ok := c.uint32()
	if !ok {
		return mapi.Name{}, false
	}
	number, ok := c.uint32()
	switch {
	case !ok || kind > 1:
		return mapi.Name{}, false
	case kind == 0:
		return mapi.Numbered(set, number), true
	case number > maxNameBytes:
		return mapi.Name{}, false
	}
	text, ok := c.take(int64(number))
	if !ok {
		return mapi.Name{}, false
	}
	c.skip(padding(int64(number)))
	return mapi.Texted(set, untilZero(text)), true
}

// padding fills a value up to four bytes.
func padding(n int64) int64 { return -n & 3 }

// untilZero is text in UTF-16 without its terminator.
func untilZero(b []byte) string {
	for i := 0; i+1 < len(b); i += 2 {
		if b[i]|b[i+1] == 0 {
			b = b[:i]
			break
		}
	}
	return charset.DecodeUTF16(b)
}

// value reads the value of a property, or the list of them.
func (b *builder) value(c *cursor, t mapi.Type) (any, bool) {
	one := t &^ mapi.Multi
	if size := fixedSize(one); size > 0 {
		if t == one {
			raw, ok := c.take(size)
			if !ok {
				return nil, false
			}
			return scalar(one, raw), true
		}
		return b.fixedList(c, one, size)
	}
	count, ok := c.uint32()
	if !ok {
		return nil, false
	}
	switch one {
	case mapi.TypeString8, mapi.TypeString, mapi.TypeBinary, mapi.TypeObject, mapi.TypeServerID:
	default:
		return nil, false
	}
	if t != one {
		return b.variableList(c, one, count)
	}
	if count != 1 {
		return nil, count == 0
	}
	return b.variable(c, one)
}

// fixedSize is the size of a value with its padding, 0 for values of any size.
func fixedSize(t mapi.Type) int64 {
	switch t {
	case mapi.TypeInt16, mapi.TypeInt32, mapi.TypeFloat32, mapi.TypeError, mapi.TypeBool:
		return 4
	case mapi.TypeFloat64, mapi.TypeCurrency, mapi.TypeAppTime, mapi.TypeInt64, mapi.TypeTime:
		return 8
	case mapi.TypeGUID:
		return guidSize
	}
	return 0
}

// scalar makes a value of its bytes.
func scalar(t mapi.Type, raw []byte) any {
	le := binary.LittleEndian
	switch t {
	case mapi.TypeInt16:
		return int16(le.Uint16(raw))
	case mapi.TypeInt32, mapi.TypeError:
		return int32(le.Uint32(raw))
	case mapi.TypeFloat32:
		return math.Float32frombits(le.Uint32(raw))
	case mapi.TypeBool:
		return le.Uint16(raw) != 0
	case mapi.TypeFloat64, mapi.TypeAppTime:
		return math.Float64frombits(le.Uint64(raw))
	case mapi.TypeCurrency, mapi.TypeInt64:
		return int64(le.Uint64(raw))
	case mapi.TypeTime:
		return mapi.FileTime(le.Uint64(raw))
	}
	return mapi.GUID(raw)
}

// fixedList reads a list of values of one size.
func (b *builder) fixedList(c *cursor, t mapi.Type, size int64) (any, bool) {
	count, ok := c.uint32()
	if !ok || int64(count) > c.left()/size {
		return nil, false
	}
	if int(count) > b.p.lim.Values || !b.p.hold(int64(count)*size) {
		b.p.warn.add(WarnTooMany)
		return nil, c.skip(int64(count) * size)
	}
	raw, ok := c.take(int64(count) * size)
	if !ok {
		return nil, false
	}
	switch t {
	case mapi.TypeInt16:
		return list[int16](t, raw, size), true
	case mapi.TypeInt32, mapi.TypeError:
		return list[int32](t, raw, size), true
	case mapi.TypeFloat32:
		return list[float32](t, raw, size), true
	case mapi.TypeFloat64, mapi.TypeAppTime:
		return list[float64](t, raw, size), true
	case mapi.TypeCurrency, mapi.TypeInt64:
		return list[int64](t, raw, size), true
	case mapi.TypeTime:
		return list[mapi.FileTime](t, raw, size), true
	case mapi.TypeGUID:
		return list[mapi.GUID](t, raw, size), true
	}
	return nil, true // there are no lists of truths
}

func list[T any](t mapi.Type, raw []byte, size int64) []T {
	out := make([]T, 0, int64(len(raw))/size)
	for ; len(raw) > 0; raw = raw[size:] {
		if v, ok := scalar(t, raw[:size]).(T); ok {
			out = append(out, v)
		}
	}
	return out
}

// piece is a value of any size: where it lies.
func piece(c *cursor) (v cursor, ok bool) {
	n, ok := c.uint32()
	if !ok || int64(n) > c.left() {
		return v, false
	}
	v = cursor{c.source, c.pos, c.pos + int64(n)}
	c.skip(int64(n))
	c.skip(padding(int64(n)))
	return v, true
}

// variable reads one value of any size. Large ones stay where they are.
func (b *builder) variable(c *cursor, t mapi.Type) (any, bool) {
	v, ok := piece(c)
	if !ok {
		return nil, false
	}
	switch {
	case t == mapi.TypeObject:
		kind, ok := v.take(guidSize)
		if !ok {
			return nil, false
		}
		return object{mapi.GUID(kind), v.pos, v.end}, true
	case t == mapi.TypeString8:
		return b.text(v), true
	case v.left() > b.p.lim.Inline || !b.p.hold(v.left()):
		n := v.left()
		if t == mapi.TypeString {
			n = unterminated(&v)
		}
		return b.p.source.blob(v.pos, n), true
	}
	raw := v.read(v.pos, v.left())
	if t == mapi.TypeString {
		return untilZero(raw), true
	}
	return bytes.Clone(raw), true
}

// unterminated is the length of a large text without its terminator.
func unterminated(v *cursor) int64 {
	n := v.left() &^ 1
	if end := v.read(v.pos+n-2, 2); n >= 2 && len(end) == 2 && end[0]|end[1] == 0 {
		n -= 2
	}
	return n
}

// variableList reads a list of values of any size.
func (b *builder) variableList(c *cursor, t mapi.Type, count uint32) (any, bool) {
	var texts []string
	var blobs [][]byte
	for i := range count {
		v, ok := piece(c)
		if !ok {
			return nil, false
		}
		if int(i) >= b.p.lim.Values || v.left() > maxText || !b.p.hold(v.left()) {
			b.p.warn.add(WarnTooMany)
			continue
		}
		raw := v.read(v.pos, v.left())
		switch t {
		case mapi.TypeString8:
			texts = append(texts, b.decode(raw))
		case mapi.TypeString:
			texts = append(texts, untilZero(raw))
		case mapi.TypeBinary:
			blobs = append(blobs, bytes.Clone(raw))
		}
	}
	switch t {
	case mapi.TypeString8, mapi.TypeString:
		return texts, true
	case mapi.TypeBinary:
		return blobs, true
	}
	return nil, true
}
