package fts

import (
	"encoding/binary"
	"fmt"
	"math"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// wireUnicode is the type of texts in exported streams: UTF-16LE by its code page.
const wireUnicode mapi.Type = 0x8000 + charset.UTF16LE

func wireType(t mapi.Type) mapi.Type {
	if base := t &^ mapi.Multi; base == mapi.TypeString || base == mapi.TypeString8 {
		return wireUnicode | t&mapi.Multi
	}
	return t
}

func tagBytes(t mapi.Tag) []byte {
	return binary.LittleEndian.AppendUint32(make([]byte, 0, 32), uint32(t))
}

func appendCounted(b, v []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(v))), v...)
}

func appendText(b []byte, s string) []byte {
	return appendCounted(b, append(charset.EncodeUTF16(s), 0, 0))
}

func appendName(b []byte, n mapi.Name) []byte {
	b = append(b, n.Set[:]...)
	if !n.ByText {
		return binary.LittleEndian.AppendUint32(append(b, 0), n.LID)
	}
	return append(append(append(b, 1), charset.EncodeUTF16(n.Text)...), 0, 0)
}

// appendValue writes a value whose Go type must be the one its type names.
func appendValue(b []byte, t mapi.Type, v any) ([]byte, error) {
	if t&mapi.Multi != 0 {
		if out, ok := appendList(b, t&^mapi.Multi, v); ok {
			return out, nil
		}
	} else if out, ok := appendScalar(b, t, v); ok {
		return out, nil
	}
	return nil, fmt.Errorf("a %T is no value of type %04X", v, uint16(t))
}

func appendScalar(b []byte, t mapi.Type, v any) ([]byte, bool) {
	le := binary.LittleEndian
	switch v := v.(type) {
	case int16:
		return le.AppendUint16(b, uint16(v)), t == mapi.TypeInt16
	case bool:
		var n uint16
		if v {
			n = 1
		}
		return le.AppendUint16(b, n), t == mapi.TypeBool
	case int32:
		return le.AppendUint32(b, uint32(v)), t == mapi.TypeInt32 || t == mapi.TypeError
	case float32:
		return le.AppendUint32(b, math.Float32bits(v)), t == mapi.TypeFloat32
	case float64:
		return le.AppendUint64(b, math.Float64bits(v)), t == mapi.TypeFloat64 || t == mapi.TypeAppTime
	case int64:
		return le.AppendUint64(b, uint64(v)), t == mapi.TypeInt64 || t == mapi.TypeCurrency
	case mapi.FileTime:
		return le.AppendUint64(b, uint64(v)), t == mapi.TypeTime
	case mapi.GUID:
		return append(b, v[:]...), t == mapi.TypeGUID
	case string:
		return appendText(b, v), t == mapi.TypeString || t == mapi.TypeString8
	case []byte:
		return appendCounted(b, v), t == mapi.TypeBinary || t == mapi.TypeObject || t == mapi.TypeServerID
	}
	return nil, false
}

func appendList(b []byte, t mapi.Type, v any) ([]byte, bool) {
	switch v := v.(type) {
	case []int16:
		return appendAll(b, t, v)
	case []bool:
		return appendAll(b, t, v)
	case []int32:
		return appendAll(b, t, v)
	case []float32:
		return appendAll(b, t, v)
	case []float64:
		return appendAll(b, t, v)
	case []int64:
		return appendAll(b, t, v)
	case []mapi.FileTime:
		return appendAll(b, t, v)
	case []mapi.GUID:
		return appendAll(b, t, v)
	case []string:
		return appendAll(b, t, v)
	case [][]byte:
		return appendAll(b, t, v)
	}
	return nil, false
}

func appendAll[T any](b []byte, t mapi.Type, values []T) ([]byte, bool) {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(values)))
	for _, v := range values {
		var ok bool
		if b, ok = appendScalar(b, t, v); !ok {
			return nil, false
		}
	}
	return b, true
}
