package pst

import (
	"context"
	"math"

	"vangnet/engine/mapi"
)

// put writes a property whose value has the Go type that a bag gives its type.
// ok is false where a PST file cannot hold it.
func (p *props) put(ctx context.Context, id mapi.PropID, t mapi.Type, value any) (ok bool, err error) {
	if v, isFixed := fixedBits(t, value); isFixed {
		p.add(id, t, v, int64(fixedSize(t)))
		return true, nil
	}
	if v, is := eightBytes(t, value); is {
		var b [8]byte
		le.PutUint64(b[:], v)
		return true, p.bytes(id, t, b[:])
	}
	switch v := value.(type) {
	case string:
		if t == mapi.TypeString || t == mapi.TypeString8 {
			return true, p.text(id, v)
		}
	case mapi.GUID:
		if t == mapi.TypeGUID {
			return true, p.bytes(id, t, v[:])
		}
	case []byte:
		if t == mapi.TypeBinary || t == mapi.TypeServerID {
			return true, p.bytes(id, mapi.TypeBinary, v)
		}
	case mapi.Blob:
		switch t {
		case mapi.TypeBinary, mapi.TypeString:
			return true, p.blob(ctx, id, t, v)
		case mapi.TypeServerID:
			return true, p.blob(ctx, id, mapi.TypeBinary, v)
		}
	default:
		if b, is := list(t, value); is {
			if len(b) == 0 {
				return true, nil // an empty list says as much as none
			}
			return true, p.bytes(id, t, b)
		}
	}
	return false, nil
}

func fixedSize(t mapi.Type) int {
	switch t {
	case mapi.TypeBool:
		return 1
	case mapi.TypeInt16:
		return 2
	}
	return 4
}

// fixedBits is a value that lies in the record itself.
func fixedBits(t mapi.Type, value any) (uint32, bool) {
	switch v := value.(type) {
	case int32:
		return uint32(v), t == mapi.TypeInt32 || t == mapi.TypeError
	case bool:
		if v {
			return 1, t == mapi.TypeBool
		}
		return 0, t == mapi.TypeBool
	case int16:
		return uint32(uint16(v)), t == mapi.TypeInt16
	case float32:
		return math.Float32bits(v), t == mapi.TypeFloat32
	}
	return 0, false
}

func eightBytes(t mapi.Type, value any) (uint64, bool) {
	switch v := value.(type) {
	case mapi.FileTime:
		return uint64(v), t == mapi.TypeTime
	case int64:
		return uint64(v), t == mapi.TypeInt64 || t == mapi.TypeCurrency
	case float64:
		return math.Float64bits(v), t == mapi.TypeFloat64 || t == mapi.TypeAppTime
	}
	return 0, false
}

// list encodes a list of values.
func list(t mapi.Type, value any) (b []byte, ok bool) {
	base := t &^ mapi.Multi
	if t&mapi.Multi == 0 {
		return nil, false
	}
	switch v := value.(type) {
	case []string:
		if base == mapi.TypeString {
			return variableList(len(v), func(b []byte, i int) []byte { return appendUTF16(b, v[i]) }), true
		}
	case [][]byte:
		if base == mapi.TypeBinary {
			return variableList(len(v), func(b []byte, i int) []byte { return append(b, v[i]...) }), true
		}
	case []int16:
		return fixedList(v, base == mapi.TypeInt16, func(b []byte, x int16) []byte { return le.AppendUint16(b, uint16(x)) })
	case []int32:
		return fixedList(v, base == mapi.TypeInt32, func(b []byte, x int32) []byte { return le.AppendUint32(b, uint32(x)) })
	case []int64:
		return fixedList(v, base == mapi.TypeInt64 || base == mapi.TypeCurrency, func(b []byte, x int64) []byte { return le.AppendUint64(b, uint64(x)) })
	case []float32:
		return fixedList(v, base == mapi.TypeFloat32, func(b []byte, x float32) []byte { return le.AppendUint32(b, math.Float32bits(x)) })
	case []float64:
		return fixedList(v, base == mapi.TypeFloat64 || base == mapi.TypeAppTime, func(b []byte, x float64) []byte { return le.AppendUint64(b, math.Float64bits(x)) })
	case []mapi.FileTime:
		return fixedList(v, base == mapi.TypeTime, func(b []byte, x mapi.FileTime) []byte { return le.AppendUint64(b, uint64(x)) })
	case []mapi.GUID:
		return fixedList(v, base == mapi.TypeGUID, func(b []byte, x mapi.GUID) []byte { return append(b, x[:]...) })
	}
	return nil, false
}

func fixedList[T any](v []T, ok bool, one func([]byte, T) []byte) ([]byte, bool) {
	if !ok {
		return nil, false
	}
	var b []byte
	for _, x := range v {
		b = one(b, x)
	}
	return b, true
}

// variableList is a count, where each value begins, and the values, MS-PST 2.3.3.4.
func variableList(n int, one func([]byte, int) []byte) []byte {
	if n == 0 {
		return nil
	}
	b := make([]byte, 4+4*n)
	le.PutUint32(b, uint32(n))
	for i := range n {
		le.PutUint32(b[4+4*i:], uint32(len(b)))
		b = one(b, i)
	}
	return b
}
