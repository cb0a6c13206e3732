package fts

import (
	"encoding/binary"
	"math"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// form says how a value of a type lies in the stream.
type form struct {
	size     int       // of one value with a fixed size; 0: a u32 byte count goes before
	multi    bool      // a u32 count of values goes before
	codePage int       // of text; 0: not text
	base     mapi.Type // the type in a bag, without Multi
}

func fixedSize(t mapi.Type) int {
	switch t {
	case mapi.TypeInt16, mapi.TypeBool:
		return 2
	case mapi.TypeInt32, mapi.TypeFloat32, mapi.TypeError:
		return 4
	case mapi.TypeFloat64, mapi.TypeCurrency, mapi.TypeAppTime, mapi.TypeInt64, mapi.TypeTime:
		return 8
	case mapi.TypeGUID:
		return 16
	}
	return 0
}

// formOf resolves a type; ok is false where its length cannot be known.
// string8 is the code page of strings whose type does not name one.
func formOf(t mapi.Type, string8 int) (form, bool) {
	if cp, ok := codePageOf(t); ok {
		return form{codePage: cp, base: mapi.TypeString}, true
	}
	if t&mapi.Multi != 0 {
		f, ok := formOf(t&^mapi.Multi, string8)
		if !ok || f.multi || f.base == mapi.TypeObject || f.base == mapi.TypeServerID {
			return form{}, false
		}
		f.multi = true
		return f, true
	}
	if n := fixedSize(t); n > 0 {
		return form{size: n, base: t}, true
	}
	switch t {
	case mapi.TypeString:
		return form{codePage: charset.UTF16LE, base: mapi.TypeString}, true
	case mapi.TypeString8:
		return form{codePage: string8, base: mapi.TypeString}, true
	case mapi.TypeBinary, mapi.TypeObject, mapi.TypeServerID:
		return form{base: t}, true
	}
	return form{}, false
}

// codePageOf reads a code page out of a string type, 0x8000 + code page. A few
// code pages (65001, 20866, 21866, 54936) have the bit that otherwise means a
// list, so a known code page is taken as such first.
func codePageOf(t mapi.Type) (int, bool) {
	if t&0x8000 == 0 {
		return 0, false
	}
	for _, cp := range [2]int{int(t &^ 0x8000), int(t)} {
		if charset.Known(cp) {
			return cp, true
		}
	}
	if t&mapi.Multi != 0 {
		return 0, false
	}
	return int(t &^ 0x8000), true
}

// bagType is the type that a value of this form has in a bag.
func (f form) bagType() mapi.Type {
	if f.multi {
		return f.base | mapi.Multi
	}
	return f.base
}

// scalar decodes one fixed-size value.
func (f form) scalar(b []byte) any {
	le := binary.LittleEndian
	switch f.base {
	case mapi.TypeInt16:
		return int16(le.Uint16(b))
	case mapi.TypeBool:
		return le.Uint16(b) != 0
	case mapi.TypeInt32, mapi.TypeError:
		return int32(le.Uint32(b))
	case mapi.TypeFloat32:
		return math.Float32frombits(le.Uint32(b))
	case mapi.TypeFloat64, mapi.TypeAppTime:
		return math.Float64frombits(le.Uint64(b))
	case mapi.TypeTime:
		return mapi.FileTime(le.Uint64(b))
	case mapi.TypeGUID:
		return mapi.GUID(b)
	default:
		return int64(le.Uint64(b))
	}
}

// list decodes a list of fixed-size values.
func (f form) list(b []byte) any {
	switch f.base {
	case mapi.TypeInt16:
		return gather[int16](f, b)
	case mapi.TypeBool:
		return gather[bool](f, b)
	case mapi.TypeInt32, mapi.TypeError:
		return gather[int32](f, b)
	case mapi.TypeFloat32:
		return gather[float32](f, b)
	case mapi.TypeFloat64, mapi.TypeAppTime:
		return gather[float64](f, b)
	case mapi.TypeTime:
		return gather[mapi.FileTime](f, b)
	case mapi.TypeGUID:
		return gather[mapi.GUID](f, b)
	default:
		return gather[int64](f, b)
	}
}

func gather[T any](f form, b []byte) []T {
	out := make([]T, 0, len(b)/f.size)
	for ; len(b) >= f.size; b = b[f.size:] {
		out = append(out, f.scalar(b).(T))
	}
	return out
}

// variable decodes the bytes of a text or binary value.
func (f form) variable(b []byte) any {
	if f.codePage == 0 {
		return b
	}
	return text(f.codePage, b)
}

// text decodes a string and drops its terminator.
func text(codePage int, b []byte) string {
	if codePage == charset.UTF16LE {
		b = b[:len(b)&^1]
		if n := len(b); n >= 2 && b[n-1] == 0 && b[n-2] == 0 {
			b = b[:n-2]
		}
		return charset.DecodeUTF16(b)
	}
	if n := len(b); n > 0 && b[n-1] == 0 {
		b = b[:n-1]
	}
	s, _ := charset.DecodePage(codePage, b)
	return s
}
