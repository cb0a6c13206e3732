// Package vcard turns contacts and distribution lists into vCards and back, as
// MS-OXVCARD maps them to the properties of MS-OXOCNTC.
//
// Reading takes versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), several cards
// in a file. It refuses nothing: a damaged line costs that line at most, and a
// damaged card never the others. What no property of Exchange can hold stays in
// the property mapi.CardFields, and Write repeats it. The same property holds
// how a field was marked (types, labels) where Exchange has only fixed places
// for numbers and addresses; a field that was changed since loses such marks.
//
// Writing is in version 3.0 unless asked otherwise: Outlook reads no 4.0, iOS
// and Google write 3.0 themselves. Distribution lists are always 4.0, the first
// version that knows them. Attachments other than the picture have no place in
// a vCard and are not written.
package vcard

import "vangnet/engine/mapi"

// Limits bound what is read of one file. The zero value means the defaults.
type Limits struct {
	Size    int64 // bytes of the file
	Cards   int   // in the file
	Fields  int   // of one card
	Value   int   // bytes of one text; pictures and certificates may be as large as the file
	Kept    int   // bytes of one card that are kept because no property holds them
	Members int   // of one distribution list
}

func (l Limits) orDefaults() Limits {
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	if l.Size <= 0 {
		l.Size = 64 << 20
	}
	def(&l.Cards, 50_000)
	def(&l.Fields, 5000)
	def(&l.Value, 1<<20)
	def(&l.Kept, 4<<20)
	def(&l.Members, 20_000)
	return l
}

// Warning is something about a file that is not as it should be.
type Warning string

// The warnings.
const (
	WarnNoCard   Warning = "no_card"    // nothing in the file is a vCard
	WarnStray    Warning = "stray"      // text outside of cards, left out
	WarnUnclosed Warning = "unclosed"   // a card without its end
	WarnEmpty    Warning = "empty"      // a card without a field, left out
	WarnLine     Warning = "line"       // a line that is no field; it joined the field before it
	WarnVersion  Warning = "version"    // no version, or one that is not known; read as 3.0
	WarnCharset  Warning = "charset"    // a guess was made
	WarnEncoding Warning = "encoding"   // bytes that the encoding does not have
	WarnControl  Warning = "control"    // control characters in a text, left out
	WarnDate     Warning = "date"       // a date that cannot be stored as one; kept as it is
	WarnTooMany  Warning = "too_many"   // cards, fields or members beyond the limits
	WarnTooLong  Warning = "too_long"   // a text beyond the limits, cut
	WarnCut      Warning = "cut"        // more bytes than Limits.Size
	WarnMember   Warning = "member"     // a member of a list that leads nowhere; kept as it is
	WarnPicture  Warning = "no_picture" // a picture of a form that is not known; kept as it is
)

// Warnings are those of one file, each once, in the order they came up.
type Warnings []Warning

func (w *Warnings) add(one Warning) {
	if !w.Has(one) {
		*w = append(*w, one)
	}
}

// Has reports whether one is among them.
func (w Warnings) Has(one Warning) bool {
	for _, have := range w {
		if have == one {
			return true
		}
	}
	return false
}

// Version is a version of the format.
type Version string

// The versions that Write knows.
const (
	Version3 Version = "3.0"
	Version4 Version = "4.0"
)

// Options change how Write makes a card. The zero value is right for customers.
type Options struct {
	Version Version // of contacts; empty: Version3
	// Resolve finds the SMTP address of a person inside the organisation; may be nil.
	Resolve func(ex string) string
}

const (
	classContact = "IPM.Contact"
	classList    = "IPM.DistList"
)

// Can reports whether Write can write items of a class.
func Can(class string) bool {
	return isClass(class, classContact) || isClass(class, classList)
}

func isClass(class, want string) bool {
	m := &mapi.Message{}
	m.Props.SetString(mapi.MessageClass, class)
	return m.IsClass(want)
}
