package read

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"unicode/utf16"

	"vangnet/engine/mapi"
)

// Whole is an item with every property of it, its recipients and attachments,
// each by its key: an id ("0037"), or set and number or text of a named one. A
// value is its type and a text; of what is long, the SHA-256.
type Whole struct {
	Folder      string
	Props       map[string]string
	Recipients  []map[string]string
	Attachments []Attached
}

// Attached is an attachment, and the item that it may be.
type Attached struct {
	Props map[string]string
	Item  *Whole
}

const longValue = 1024 // bytes in a file

// WholeOf is a message as its source knows it.
func WholeOf(folder string, m *mapi.Message) (Whole, error) {
	w := Whole{Folder: folder}
	var err error
	if w.Props, err = bag(m.Props); err != nil {
		return w, err
	}
	for _, r := range m.Recipients {
		props, err := bag(r)
		if err != nil {
			return w, err
		}
		w.Recipients = append(w.Recipients, props)
	}
	for i := range m.Attachments {
		a := Attached{}
		if a.Props, err = bag(m.Attachments[i].Props); err != nil {
			return w, err
		}
		if in := m.Attachments[i].Embedded; in != nil {
			item, err := WholeOf("", in)
			if err != nil {
				return w, err
			}
			a.Item = &item
		}
		w.Attachments = append(w.Attachments, a)
	}
	return w, nil
}

func bag(b mapi.Bag) (map[string]string, error) {
	props := map[string]string{}
	for _, p := range b {
		key := fmt.Sprintf("%04X", uint16(p.Tag.ID()))
		if p.Name != nil {
			key = strings.ToLower(p.Name.String())
		}
		value, err := stored(p.Tag.Type(), p.Value)
		if err != nil {
			return nil, fmt.Errorf("property %s: %w", key, err)
		}
		props[key] = value
	}
	return props, nil
}

// goProp is a property as pstdump prints it.
type goProp struct {
	ID, Type uint16
	Name     string
	Value    []byte
	Sum      string
}

func (l *goLine) whole() Whole {
	w := Whole{Props: goProps(l.Props)}
	if len(l.Folder) > 0 {
		w.Folder = strings.Join(l.Folder[1:], "/")
	}
	for _, r := range l.Recipients {
		w.Recipients = append(w.Recipients, goProps(r))
	}
	for _, a := range l.Attachments {
		one := Attached{Props: goProps(a.Props)}
		if a.Item != nil {
			in := a.Item.whole()
			one.Item = &in
		}
		w.Attachments = append(w.Attachments, one)
	}
	return w
}

func goProps(list []goProp) map[string]string {
	props := map[string]string{}
	for _, p := range list {
		key := fmt.Sprintf("%04X", p.ID)
		if p.Name != "" {
			key = strings.ToLower(p.Name)
		}
		if p.Sum != "" {
			props[key] = fmt.Sprintf("%04X sum %s", p.Type, p.Sum)
			continue
		}
		value := p.Value
		if p.ID == uint16(mapi.Subject) {
			value = bytes16(bare(text16(value)))
		}
		props[key] = fmt.Sprintf("%04X %s", p.Type, shown(mapi.Type(p.Type), value))
	}
	return props
}

// shown is a value as it lies in a file, in words.
func shown(t mapi.Type, b []byte) string {
	le := binary.LittleEndian
	if t&mapi.Multi != 0 {
		return shownList(t&^mapi.Multi, b)
	}
	switch t {
	case mapi.TypeBool:
		return fmt.Sprint(len(b) > 0 && b[0] != 0)
	case mapi.TypeInt16:
		return fmt.Sprint(int16(le.Uint16(b)))
	case mapi.TypeInt32, mapi.TypeError:
		return fmt.Sprint(int32(le.Uint32(b)))
	case mapi.TypeFloat32:
		return fmt.Sprint(math.Float32frombits(le.Uint32(b)))
	case mapi.TypeInt64, mapi.TypeCurrency:
		return fmt.Sprint(int64(le.Uint64(b)))
	case mapi.TypeFloat64, mapi.TypeAppTime:
		return fmt.Sprint(math.Float64frombits(le.Uint64(b)))
	case mapi.TypeTime:
		return fmt.Sprint(le.Uint64(b))
	case mapi.TypeString:
		return fmt.Sprintf("%q", text16(b))
	}
	return hex.EncodeToString(b)
}

// shownList is a list: values of one size in a row, or a count and where each of
// the values begins.
func shownList(t mapi.Type, b []byte) string {
	size := map[mapi.Type]int{mapi.TypeInt16: 2, mapi.TypeInt32: 4, mapi.TypeFloat32: 4, mapi.TypeInt64: 8, mapi.TypeCurrency: 8,
		mapi.TypeFloat64: 8, mapi.TypeAppTime: 8, mapi.TypeTime: 8, mapi.TypeGUID: 16}[t]
	var parts []string
	if size > 0 {
		for ; len(b) >= size; b = b[size:] {
			parts = append(parts, shown(t, b[:size]))
		}
		return fmt.Sprint(parts)
	}
	if len(b) < 4 {
		return "[]"
	}
	n := int(binary.LittleEndian.Uint32(b))
	for i := range n {
		from, to := int(binary.LittleEndian.Uint32(b[4+4*i:])), len(b)
		if i+1 < n {
			to = int(binary.LittleEndian.Uint32(b[8+4*i:]))
		}
		parts = append(parts, shown(t, b[from:to]))
	}
	return fmt.Sprint(parts)
}

func text16(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

func bytes16(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// stored is a value in words, as shown says it once it lies in a file.
func stored(t mapi.Type, value any) (string, error) {
	words := func(s string) (string, error) { return fmt.Sprintf("%04X %s", uint16(t), s), nil }
	long := func(b []byte) (string, error) {
		if len(b) > longValue {
			return words("sum " + Sum(b))
		}
		return words(shown(t, b))
	}
	switch v := value.(type) {
	case string:
		return long(bytes16(v))
	case []byte:
		return long(v)
	case mapi.Blob:
		b, err := all(v)
		if err != nil {
			return "", err
		}
		return long(b)
	case mapi.GUID:
		return long(v[:])
	case []string:
		return words(quoted(len(v), func(i int) string { return fmt.Sprintf("%q", v[i]) }))
	case [][]byte:
		return words(quoted(len(v), func(i int) string { return hex.EncodeToString(v[i]) }))
	case []mapi.GUID:
		return words(quoted(len(v), func(i int) string { return hex.EncodeToString(v[i][:]) }))
	case mapi.FileTime:
		return words(fmt.Sprint(uint64(v)))
	}
	return words(fmt.Sprint(value))
}

func quoted(n int, one func(int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = one(i)
	}
	return fmt.Sprint(parts)
}
