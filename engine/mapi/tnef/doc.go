// Package tnef reads the streams in which Outlook and Exchange send what
// Internet mail cannot hold (winmail.dat, application/ms-tnef): MS-OXTNEF.
//
// A stream is a row of attributes, first those of the message, then those of one
// attachment after another. Attributes of old are single values; one for the
// message and one for each attachment are whole property bags, and win where
// both say something. Reading keeps what it understands up to the place where
// the stream ends or makes no sense; a wrong checksum costs nothing but a
// warning. Large values are blobs over the source, which is never copied.
package tnef

// Limits bound what is read of one stream. The zero value means the defaults.
type Limits struct {
	Inline      int64 // bytes of the largest value held in memory; larger ones are blobs
	Memory      int64 // bytes of all values in memory, embedded messages included
	Depth       int   // messages inside messages
	Attributes  int   // of all messages together
	Attachments int   // of all messages together
	Recipients  int   // of all messages together
	Properties  int   // of one message, recipient or attachment
	Values      int   // of one property
}

func (l Limits) orDefaults() Limits {
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	if l.Inline <= 0 {
		l.Inline = 256 << 10
	}
	if l.Memory <= 0 {
		l.Memory = 64 << 20
	}
	def(&l.Depth, 32)
	def(&l.Attributes, 200_000)
	def(&l.Attachments, 10_000)
	def(&l.Recipients, 50_000)
	def(&l.Properties, 20_000)
	def(&l.Values, 100_000)
	return l
}

// Warning is something about a stream that is not as it should be.
type Warning string

// The warnings.
const (
	WarnNotTNEF   Warning = "not_tnef"  // another signature; nothing was read
	WarnTruncated Warning = "truncated" // the stream ended inside an attribute; what came is kept
	WarnChecksum  Warning = "checksum"  // of an attribute; it is kept
	WarnAttribute Warning = "attribute" // one that is not known, or not of the form it should have; left out
	WarnProperty  Warning = "property"  // a property that could not be read; those after it in the same bag are lost
	WarnEmbedded  Warning = "embedded"  // a message in the message that is none; kept as a file
	WarnTooDeep   Warning = "too_deep"  // a message in a message in … kept as a file
	WarnTooMany   Warning = "too_many"  // attributes, attachments, recipients or properties beyond the limits
	WarnMemory    Warning = "memory"    // values beyond the limits
	WarnCodePage  Warning = "code_page" // one that is not known; read as Windows-1252
)

// Warnings are those of one stream, each once, in the order they came up.
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

// Whole reports whether all of the stream was understood: none of the warnings
// means that something of it is missing.
func (w Warnings) Whole() bool {
	for _, one := range w {
		switch one {
		case WarnChecksum, WarnEmbedded, WarnTooDeep, WarnCodePage:
		default:
			return false
		}
	}
	return true
}

// attribute identifies one: its type in the high half.
type attribute uint32

// The attributes of MS-OXTNEF 2.1.3.
const (
	attOwner           attribute = 0x00060000
	attSentFor         attribute = 0x00060001
	attDelegate        attribute = 0x00060002
	attDateStart       attribute = 0x00030006
	attDateEnd         attribute = 0x00030007
	attAidOwner        attribute = 0x00050008
	attRequestRes      attribute = 0x00040009
	attOriginalClass   attribute = 0x00070600
	attFrom            attribute = 0x00008000
	attSubject         attribute = 0x00018004
	attDateSent        attribute = 0x00038005
	attDateRecd        attribute = 0x00038006
	attMessageStatus   attribute = 0x00068007
	attMessageClass    attribute = 0x00078008
	attMessageID       attribute = 0x00018009
	attParentID        attribute = 0x0001800A
	attConversationID  attribute = 0x0001800B
	attBody            attribute = 0x0002800C
	attPriority        attribute = 0x0004800D
	attAttachData      attribute = 0x0006800F
	attAttachTitle     attribute = 0x00018010
	attAttachMetaFile  attribute = 0x00068011
	attAttachCreated   attribute = 0x00038012
	attAttachModified  attribute = 0x00038013
	attDateModified    attribute = 0x00038020
	attAttachTransport attribute = 0x00069001
	attAttachRendData  attribute = 0x00069002
	attMsgProps        attribute = 0x00069003
	attRecipTable      attribute = 0x00069004
	attAttachment      attribute = 0x00069005
	attVersion         attribute = 0x00089006
	attOemCodepage     attribute = 0x00069007
)

// id is the attribute without its type, which some writers get wrong.
func (a attribute) id() uint16 { return uint16(a) }
