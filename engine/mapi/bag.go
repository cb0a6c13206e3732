package mapi

import (
	"math"
	"time"

	"vangnet/engine/mapi/charset"
)

// Prop is one property. Value has the Go type that its Type names.
type Prop struct {
	Tag   Tag
	Name  *Name // of a named property, else nil
	Value any
}

// Bag is a list of properties in the order of their source, duplicates
// included. Look-ups take the last one, whatever its type.
type Bag []Prop

// Add appends a property.
func (b *Bag) Add(id PropID, t Type, v any) { *b = append(*b, Prop{Tag: MakeTag(id, t), Value: v}) }

// Set replaces all properties of that id by one, in the place of the first.
func (b *Bag) Set(id PropID, t Type, v any) {
	b.replace(Prop{Tag: MakeTag(id, t), Value: v}, func(p Prop) bool { return p.Tag.ID() == id && p.Name == nil })
}

// SetNamed replaces all properties of that name by one. Its id is meaningless
// until a writer gives it one.
func (b *Bag) SetNamed(n Name, t Type, v any) {
	b.replace(Prop{Tag: MakeTag(FirstNamed, t), Name: &n, Value: v}, func(p Prop) bool { return p.Name != nil && p.Name.Equal(n) })
}

func (b *Bag) replace(with Prop, same func(Prop) bool) {
	kept, done := (*b)[:0], false
	for _, p := range *b {
		if same(p) {
			if done {
				continue
			}
			p, done = with, true
		}
		kept = append(kept, p)
	}
	if !done {
		kept = append(kept, with)
	}
	*b = kept
}

// Delete removes all properties of that id.
func (b *Bag) Delete(id PropID) {
	kept := (*b)[:0]
	for _, p := range *b {
		if p.Tag.ID() != id || p.Name != nil {
			kept = append(kept, p)
		}
	}
	*b = kept
}

// Get finds the last property of that id.
func (b Bag) Get(id PropID) (Prop, bool) {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i].Tag.ID() == id && b[i].Name == nil {
			return b[i], true
		}
	}
	return Prop{}, false
}

// Named finds the last property of that name.
func (b Bag) Named(n Name) (Prop, bool) {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i].Name != nil && b[i].Name.Equal(n) {
			return b[i], true
		}
	}
	return Prop{}, false
}

// Has reports whether a property of that id is there.
func (b Bag) Has(id PropID) bool { _, ok := b.Get(id); return ok }

// String is the text of a property, "" where there is none. Texts that were too
// large for memory are not returned: see Text.
func (b Bag) String(id PropID) string {
	p, _ := b.Get(id)
	s, _ := p.Value.(string)
	return s
}

// Text is the text of a property wherever it lies, at most limit bytes of it in
// UTF-16; of one that was not loaded, its beginning.
func (b Bag) Text(id PropID, limit int64) string {
	p, _ := b.Get(id)
	if blob, ok := p.Value.(Blob); ok && p.Tag.Type() == TypeString {
		data, _ := readBlob(blob, limit)
		return charset.DecodeUTF16(data)
	}
	return b.String(id)
}

// FirstString is the first of these properties that is a text with content.
func (b Bag) FirstString(ids ...PropID) string {
	for _, id := range ids {
		if s := b.String(id); s != "" {
			return s
		}
	}
	return ""
}

// Int is the number in a property, and whether there is one.
func (b Bag) Int(id PropID) (int64, bool) {
	p, _ := b.Get(id)
	return asInt(p.Value)
}

// Bool is the truth of a property, false where there is none.
func (b Bag) Bool(id PropID) bool {
	p, _ := b.Get(id)
	v, _ := p.Value.(bool)
	return v
}

// Time is the moment in a property, the zero time where there is none.
func (b Bag) Time(id PropID) time.Time {
	p, _ := b.Get(id)
	v, _ := p.Value.(FileTime)
	return v.Time()
}

// Bytes are the bytes of a binary property that lies in memory.
func (b Bag) Bytes(id PropID) []byte {
	p, _ := b.Get(id)
	v, _ := p.Value.([]byte)
	return v
}

// Blob is the content of a binary property, wherever it lies.
func (b Bag) Blob(id PropID) (Blob, bool) {
	p, _ := b.Get(id)
	return asBlob(p.Value)
}

// NamedString is String for a named property.
func (b Bag) NamedString(n Name) string {
	p, _ := b.Named(n)
	s, _ := p.Value.(string)
	return s
}

// NamedStrings are the texts of a multi-value named property.
func (b Bag) NamedStrings(n Name) []string {
	p, _ := b.Named(n)
	switch v := p.Value.(type) {
	case []string:
		return v
	case string:
		return []string{v}
	}
	return nil
}

// NamedInt is Int for a named property.
func (b Bag) NamedInt(n Name) (int64, bool) {
	p, _ := b.Named(n)
	return asInt(p.Value)
}

// NamedBool is Bool for a named property.
func (b Bag) NamedBool(n Name) bool {
	p, _ := b.Named(n)
	v, _ := p.Value.(bool)
	return v
}

// NamedTime is Time for a named property.
func (b Bag) NamedTime(n Name) time.Time {
	p, _ := b.Named(n)
	v, _ := p.Value.(FileTime)
	return v.Time()
}

// Setters for the common types, so that callers need not repeat the type.

// SetString sets a text property.
func (b *Bag) SetString(id PropID, v string) { b.Set(id, TypeString, v) }

// SetInt sets a 32-bit number; what does not fit is clamped.
func (b *Bag) SetInt(id PropID, v int64) {
	b.Set(id, TypeInt32, int32(min(max(v, math.MinInt32), math.MaxInt32)))
}

// SetBool sets a truth value.
func (b *Bag) SetBool(id PropID, v bool) { b.Set(id, TypeBool, v) }

// SetTime sets a moment; the zero time sets nothing.
func (b *Bag) SetTime(id PropID, v time.Time) {
	if !v.IsZero() {
		b.Set(id, TypeTime, FileTimeOf(v))
	}
}

// SetBytes sets a binary property.
func (b *Bag) SetBytes(id PropID, v []byte) { b.Set(id, TypeBinary, v) }

// SetBlob sets a large binary property.
func (b *Bag) SetBlob(id PropID, v Blob) { b.Set(id, TypeBinary, v) }

func asInt(v any) (int64, bool) {
	switch v := v.(type) {
	case int16:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}
