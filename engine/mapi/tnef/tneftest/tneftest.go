// Package tneftest writes TNEF streams (MS-OXTNEF) for tests: of a message as
// Exchange writes it, or attribute by attribute with whatever is to be wrong.
package tneftest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// Levels of attributes.
const (
	Message    = 1
	Attachment = 2
)

// Attributes that tests speak of.
const (
	AttOwner         = 0x00060000
	AttSentFor       = 0x00060001
	AttDateStart     = 0x00030006
	AttAidOwner      = 0x00050008
	AttRequestRes    = 0x00040009
	AttFrom          = 0x00008000
	AttSubject       = 0x00018004
	AttDateSent      = 0x00038005
	AttStatus        = 0x00068007
	AttClass         = 0x00078008
	AttMessageID     = 0x00018009
	AttBody          = 0x0002800C
	AttPriority      = 0x0004800D
	AttAttachData    = 0x0006800F
	AttAttachTitle   = 0x00018010
	AttAttachMeta    = 0x00068011
	AttAttachCreated = 0x00038012
	AttRendData      = 0x00069002
	AttMsgProps      = 0x00069003
	AttRecipTable    = 0x00069004
	AttAttachment    = 0x00069005
	AttVersion       = 0x00089006
	AttCodepage      = 0x00069007
)

// Writer collects a stream.
type Writer struct{ buf bytes.Buffer }

// New begins a stream with its signature, version and code page.
func New(codePage int) *Writer {
	w := &Writer{}
	w.buf.Write([]byte{0x78, 0x9F, 0x3E, 0x22, 1, 0})
	w.Add(Message, AttVersion, []byte{0, 0, 1, 0})
	w.Add(Message, AttCodepage, binary.LittleEndian.AppendUint64(nil, uint64(codePage)))
	return w
}

// Add adds an attribute with a right checksum.
func (w *Writer) Add(level byte, att uint32, data []byte) {
	w.Raw(level, att, data, uint32(len(data)), Checksum(data))
}

// Raw adds an attribute as it is told.
func (w *Writer) Raw(level byte, att uint32, data []byte, length uint32, sum uint16) {
	w.buf.WriteByte(level)
	w.buf.Write(binary.LittleEndian.AppendUint32(nil, att))
	w.buf.Write(binary.LittleEndian.AppendUint32(nil, length))
	w.buf.Write(data)
	w.buf.Write(binary.LittleEndian.AppendUint16(nil, sum))
}

// Bytes are what was written so far.
func (w *Writer) Bytes() []byte { return bytes.Clone(w.buf.Bytes()) }

// Checksum is the sum of all bytes.
func Checksum(data []byte) (sum uint16) {
	for _, c := range data {
		sum += uint16(c)
	}
	return sum
}

// Text is a text with its end, as attributes hold it.
func Text(s string) []byte { return append([]byte(s), 0) }

// Date is a date as attributes hold it.
func Date(t time.Time) []byte {
	var b []byte
	for _, n := range []int{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), int(t.Weekday())} {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	return b
}

// From is a sender as attFrom holds it.
func From(name, address string) []byte {
	n, a := Text(name), Text(address)
	b := []byte{4, 0}
	for _, v := range []int{len(n) + len(a) + 16, len(n), len(a)} {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return append(append(append(b, n...), a...), make([]byte, 8)...)
}

// Person is someone as attOwner and attSentFor hold it.
func Person(name, address string) []byte {
	var b []byte
	for _, s := range [][]byte{Text(name), Text(address)} {
		b = append(binary.LittleEndian.AppendUint16(b, uint16(len(s))), s...)
	}
	return b
}

// RendData begins an attachment.
func RendData(kind uint16, position int32) []byte {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(position))
	return append(b, make([]byte, 8)...)
}

// Encode writes a message as Exchange does: properties in one attribute, texts
// in Unicode, the names of files in both ways.
func Encode(m *mapi.Message) []byte {
	w := New(charset.Windows1252)
	w.Add(Message, AttClass, Text(m.Class()))
	if len(m.Recipients) > 0 {
		b := binary.LittleEndian.AppendUint32(nil, uint32(len(m.Recipients)))
		for _, r := range m.Recipients {
			b = append(b, Bag(r, nil)...)
		}
		w.Add(Message, AttRecipTable, b)
	}
	w.Add(Message, AttMsgProps, Bag(m.Props, nil))
	for i := range m.Attachments {
		a := &m.Attachments[i]
		w.Add(Attachment, AttRendData, RendData(1, -1))
		w.Add(Attachment, AttAttachTitle, Text(a.FileName()))
		props := append(mapi.Bag(nil), a.Props...)
		props.Delete(mapi.AttachData)
		if data, ok := a.Data(); ok && a.Embedded == nil {
			w.Add(Attachment, AttAttachData, content(data))
		}
		w.Add(Attachment, AttAttachment, Bag(props, a.Embedded))
	}
	return w.Bytes()
}

func content(b mapi.Blob) []byte {
	r, err := b.Open()
	if err != nil {
		panic(fmt.Sprintf("content of a test: %v", err))
	}
	data, err := io.ReadAll(r)
	if err != nil {
		panic(fmt.Sprintf("content of a test: %v", err))
	}
	return data
}

// Bag is a bag of properties, with a message in it where embedded is one.
func Bag(props mapi.Bag, embedded *mapi.Message) []byte {
	n := len(props)
	if embedded != nil {
		n++
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(n))
	for i, p := range props {
		b = append(b, Property(p, uint16(0x8000+i))...)
	}
	if embedded != nil {
		b = append(b, Object(mapi.AttachData, "00020307-0000-0000-C000-000000000046", Encode(embedded))...)
	}
	return b
}

// Object is a property that is an object of an interface.
func Object(id mapi.PropID, iid string, data []byte) []byte {
	guid, err := mapi.ParseGUID(iid)
	if err != nil {
		panic(err.Error())
	}
	b := binary.LittleEndian.AppendUint16(nil, uint16(mapi.TypeObject))
	b = binary.LittleEndian.AppendUint16(b, uint16(id))
	b = binary.LittleEndian.AppendUint32(b, 1)
	return append(b, sized(append(guid[:], data...))...)
}

// sized is a value after its length and before its padding.
func sized(v []byte) []byte {
	b := append(binary.LittleEndian.AppendUint32(nil, uint32(len(v))), v...)
	return append(b, make([]byte, -len(v)&3)...)
}

// Property is one property; named ones get the local id.
func Property(p mapi.Prop, local uint16) []byte {
	id := uint16(p.Tag.ID())
	if p.Name != nil {
		id = local
	}
	b := binary.LittleEndian.AppendUint16(nil, uint16(p.Tag.Type()))
	b = binary.LittleEndian.AppendUint16(b, id)
	if n := p.Name; n != nil {
		b = append(b, n.Set[:]...)
		if n.ByText {
			b = append(binary.LittleEndian.AppendUint32(b, 1), sized(append(charset.EncodeUTF16(n.Text), 0, 0))...)
		} else {
			b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, 0), n.LID)
		}
	}
	return append(b, value(p.Value)...)
}

// String8 is a text property in the code page of the stream, as older programs
// write it.
func String8(id mapi.PropID, text []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(mapi.TypeString8))
	b = binary.LittleEndian.AppendUint16(b, uint16(id))
	b = binary.LittleEndian.AppendUint32(b, 1)
	return append(b, sized(append(bytes.Clone(text), 0))...)
}

func value(v any) []byte {
	le := binary.LittleEndian
	one := func(b []byte) []byte { return append(le.AppendUint32(nil, 1), sized(b)...) }
	switch v := v.(type) {
	case int16:
		return le.AppendUint32(nil, uint32(uint16(v)))
	case int32:
		return le.AppendUint32(nil, uint32(v))
	case int64:
		return le.AppendUint64(nil, uint64(v))
	case float32:
		return le.AppendUint32(nil, math.Float32bits(v))
	case float64:
		return le.AppendUint64(nil, math.Float64bits(v))
	case bool:
		if v {
			return []byte{1, 0, 0, 0}
		}
		return make([]byte, 4)
	case mapi.FileTime:
		return le.AppendUint64(nil, uint64(v))
	case mapi.GUID:
		return v[:]
	case string:
		return one(append(charset.EncodeUTF16(v), 0, 0))
	case []byte:
		return one(v)
	case mapi.Blob:
		return one(content(v))
	}
	return values(v)
}

// values are those of a list.
func values(v any) []byte {
	var b []byte
	switch v := v.(type) {
	case []int16:
		b = each(v, func(n int16) []byte { return value(n) })
	case []int32:
		b = each(v, func(n int32) []byte { return value(n) })
	case []int64:
		b = each(v, func(n int64) []byte { return value(n) })
	case []float64:
		b = each(v, func(n float64) []byte { return value(n) })
	case []mapi.FileTime:
		b = each(v, func(n mapi.FileTime) []byte { return value(n) })
	case []mapi.GUID:
		b = each(v, func(n mapi.GUID) []byte { return value(n) })
	case []string:
		b = each(v, func(s string) []byte { return sized(append(charset.EncodeUTF16(s), 0, 0)) })
	case [][]byte:
		b = each(v, sized)
	default:
		panic(fmt.Sprintf("a value of type %T in a test", v))
	}
	return b
}

func each[T any](list []T, write func(T) []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(list)))
	for _, v := range list {
		b = append(b, write(v)...)
	}
	return b
}
