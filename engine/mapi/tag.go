// Package mapi holds a mailbox item the way Exchange does: property bags for
// the message, its recipients and its attachments, which may be messages again.
// Nothing here reads or writes a format; packages fts and rfc5322 do.
package mapi

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Type is the type of a property value, in the low half of a Tag.
type Type uint16

// The types of MS-OXCDATA 2.11.1 that item streams carry. Multi is added to a
// type to mean a list of values.
const (
	TypeInt16    Type = 0x0002 // int16
	TypeInt32    Type = 0x0003 // int32
	TypeFloat32  Type = 0x0004 // float32
	TypeFloat64  Type = 0x0005 // float64
	TypeCurrency Type = 0x0006 // int64, ten thousandths
	TypeAppTime  Type = 0x0007 // float64, days since 1899-12-30
	TypeError    Type = 0x000A // int32
	TypeBool     Type = 0x000B // bool
	TypeObject   Type = 0x000D // []byte or Blob
	TypeInt64    Type = 0x0014 // int64
	TypeString8  Type = 0x001E // string; never in a Bag, which holds TypeString
	TypeString   Type = 0x001F // string, or Blob of UTF-16LE without terminator
	TypeTime     Type = 0x0040 // FileTime
	TypeGUID     Type = 0x0048 // GUID
	TypeServerID Type = 0x00FB // []byte or Blob
	TypeBinary   Type = 0x0102 // []byte or Blob

	Multi Type = 0x1000 // a slice of the above
)

// PropID identifies a property. Ids from 0x8000 on are local to one source:
// such a property is known by its Name.
type PropID uint16

// FirstNamed is the lowest id of a named property.
const FirstNamed PropID = 0x8000

// Tag is a property id (high half) with the type of its value (low half).
type Tag uint32

// MakeTag joins id and type.
func MakeTag(id PropID, t Type) Tag { return Tag(id)<<16 | Tag(t) }

// ID is the property id.
func (t Tag) ID() PropID { return PropID(t >> 16) }

// Type is the type of the value.
func (t Tag) Type() Type { return Type(t) }

func (t Tag) String() string { return fmt.Sprintf("%08X", uint32(t)) }

// GUID is a 16-byte identifier in the mixed-endian order of Windows.
type GUID [16]byte

// ParseGUID reads the text form 00020329-0000-0000-C000-000000000046.
func ParseGUID(s string) (GUID, error) {
	var g GUID
	var a uint32
	var b, c uint16
	var d [8]byte
	n, err := fmt.Sscanf(strings.ReplaceAll(s, "-", ""), "%08x%04x%04x%02x%02x%02x%02x%02x%02x%02x%02x",
		&a, &b, &c, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &d[6], &d[7])
	if err != nil || n != 11 || len(s) != 36 {
		return g, fmt.Errorf("parse GUID %q: not of the form 8-4-4-4-12", s)
	}
	binary.LittleEndian.PutUint32(g[0:], a)
	binary.LittleEndian.PutUint16(g[4:], b)
	binary.LittleEndian.PutUint16(g[6:], c)
	copy(g[8:], d[:])
	return g, nil
}

func (g GUID) String() string {
	return fmt.Sprintf("%08X-%04X-%04X-%X-%X", binary.LittleEndian.Uint32(g[0:]),
		binary.LittleEndian.Uint16(g[4:]), binary.LittleEndian.Uint16(g[6:]), g[8:10], g[10:])
}

// Name is the identity of a named property: a set and, inside it, a number or
// a text. Texts are compared without regard to case.
type Name struct {
	Set    GUID
	LID    uint32
	Text   string
	ByText bool // named by Text, not by LID
}

// Numbered names the property with number lid in a set.
func Numbered(set GUID, lid uint32) Name { return Name{Set: set, LID: lid} }

// Texted names the property called text in a set.
func Texted(set GUID, text string) Name { return Name{Set: set, Text: text, ByText: true} }

// Equal reports whether both name the same property.
func (n Name) Equal(o Name) bool {
	if n.Set != o.Set || n.ByText != o.ByText {
		return false
	}
	if n.ByText {
		return strings.EqualFold(n.Text, o.Text)
	}
	return n.LID == o.LID
}

func (n Name) String() string {
	if n.ByText {
		return n.Set.String() + "/" + n.Text
	}
	return fmt.Sprintf("%s/%04X", n.Set, n.LID)
}
