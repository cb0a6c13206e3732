// Package fts reads and writes the streams in which Exchange exports one item
// ("FastTransfer streams", MS-OXCFXICS 2.2.4, in the upload form that Graph's
// exportItems and EWS's ExportItems return).
//
// Outside, a stream is a row of records (opcode, length, payload); the payloads
// of the transfer records, joined, are a row of elements: markers, and
// properties with their values. No length is believed: memory stays within the
// Limits whatever a stream declares. What cannot be understood ends the reading
// with an Outcome that says where and why; all before it stands.
package fts

import "vangnet/engine/mapi"

// Opcodes of records.
const (
	opConfig   = 1
	opTransfer = 2
	opIsOK     = 3
	opVersion  = 4
	opMax      = 17 // the highest that any known sender uses
)

// PageSize is the payload of a full transfer record as Exchange writes it.
const PageSize = 31680

const recordHeader = 8

// Markers and meta elements of MS-OXCFXICS 2.2.4.1.
const (
	StartRecip  mapi.Tag = 0x40030003
	EndToRecip  mapi.Tag = 0x40040003
	NewAttach   mapi.Tag = 0x40000003
	EndAttach   mapi.Tag = 0x400E0003
	StartEmbed  mapi.Tag = 0x40010003
	EndEmbed    mapi.Tag = 0x40020003
	StartTopFld mapi.Tag = 0x40090003
	StartSubFld mapi.Tag = 0x400A0003
	EndFolder   mapi.Tag = 0x400B0003
	StartMsg    mapi.Tag = 0x400C0003
	EndMsg      mapi.Tag = 0x400D0003
	StartFAIMsg mapi.Tag = 0x40100003
	IncrSyncChg mapi.Tag = 0x40120003
	ErrorInfo   mapi.Tag = 0x40180003

	DelProp   mapi.Tag = 0x40160003 // followed by the tag of the children to come
	Warning   mapi.Tag = 0x400F0003 // followed by an error code of the source
	DnPrefix  mapi.Tag = 0x400884E4 // an address prefix; older Exchange only
	dnPrefix8 mapi.Tag = 0x4008001E // the same as published

	// RecipientsFollow and AttachmentsFollow are the values of DelProp.
	RecipientsFollow  mapi.Tag = 0x0E12000D
	AttachmentsFollow mapi.Tag = 0x0E13000D
)

// Limits bound what is read. The zero value means the defaults.
type Limits struct {
	Inline      int64 // largest value held in memory; larger ones are handed out as readers
	Memory      int64 // bytes of a decoded message, large values apart
	Head        int   // bytes kept of a large value that is not loaded; of attachments less
	Depth       int   // messages inside messages
	Recipients  int   // of all messages together
	Attachments int   // of all messages together
	Properties  int   // of one message, recipient or attachment
	NameUnits   int   // UTF-16 units of a property's name
	Elements    int64 // of a stream
}

func (l Limits) orDefaults() Limits {
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	def64 := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	def64(&l.Inline, 256<<10)
	def64(&l.Memory, 64<<20)
	def(&l.Head, 64<<10)
	def(&l.Depth, 32)
	def(&l.Recipients, 100_000)
	def(&l.Attachments, 10_000)
	def(&l.Properties, 20_000)
	def(&l.NameUnits, 1024)
	def64(&l.Elements, 5_000_000)
	return l
}

// State says how far a stream was understood.
type State string

// The states.
const (
	Complete  State = "complete"
	Partial   State = "partial"
	NotStream State = "not_a_stream"
)

// Reason is why a stream is not complete.
type Reason string

// The reasons.
const (
	ReasonNone        Reason = ""
	ReasonTruncated   Reason = "truncated"    // ended inside a record or an element
	ReasonUnclosed    Reason = "unclosed"     // ended with open objects or without its lists of children
	ReasonUnknownType Reason = "unknown_type" // of a length nobody knows
	ReasonNesting     Reason = "nesting"      // markers in an order that makes no sense
	ReasonBadRecord   Reason = "bad_record"   // opcode 0, or a length above 2 GiB
	ReasonLimit       Reason = "limit"        // more than the Limits allow
	ReasonNotStream   Reason = "not_a_stream"
)

// Outcome is the judgement on a stream that was read.
type Outcome struct {
	State    State
	Reason   Reason   // the first that was met
	Offset   int64    // of it, in the joined payload of the transfer records
	Tag      mapi.Tag // of the element there, if any
	Elements int64    // that were read
	Unknown  int      // records with an opcode that is not known, skipped
	Foreign  int      // elements that item exports should not have
	Warnings []int32  // partial failures that the source reported
}
