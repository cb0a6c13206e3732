package mapi

import "strings"

// Message is an item: its properties, recipients and attachments.
type Message struct {
	Props       Bag
	Recipients  []Bag
	Attachments []Attachment
}

// Attachment is a file or, where Embedded is set, another item.
type Attachment struct {
	Props    Bag
	Embedded *Message
}

// How an attachment holds its content: the values of AttachMethod.
const (
	MethodNone     = 0
	MethodByValue  = 1 // AttachData is the content
	MethodEmbedded = 5 // Embedded is the content
	MethodOLE      = 6 // AttachData is a compound document
	MethodCloud    = 7 // a link to a file elsewhere
)

// Recipient types: the low four bits of RecipientType.
const (
	RecipientOriginator = 0
	RecipientTo         = 1
	RecipientCc         = 2
	RecipientBcc        = 3
)

// Bits of MessageFlags.
const (
	FlagRead      = 0x1
	FlagUnsent    = 0x8 // a draft
	FlagHasAttach = 0x10
)

// Class is the item class, such as IPM.Note.
func (m *Message) Class() string { return m.Props.String(MessageClass) }

// IsClass reports whether the item is of the class or one below it.
func (m *Message) IsClass(class string) bool { return classIs(m.Class(), class) }

func classIs(have, want string) bool {
	if len(have) < len(want) || !strings.EqualFold(have[:len(want)], want) {
		return false
	}
	return len(have) == len(want) || have[len(want)] == '.'
}

// Data is the content of an attachment held by value.
func (a *Attachment) Data() (Blob, bool) { return a.Props.Blob(AttachData) }

// SetData makes content the attachment's data.
func (a *Attachment) SetData(content Blob) { a.Props.SetBlob(AttachData, content) }

// FileName is the attachment's name as shown to a person; may be empty.
func (a *Attachment) FileName() string {
	if s := a.Props.FirstString(AttachLongFilename, AttachFilename, DisplayName); s != "" {
		return s
	}
	if a.Embedded != nil {
		return a.Embedded.Props.String(Subject)
	}
	return ""
}

// IsException reports an attachment that holds a changed occurrence of a
// recurring appointment: part of the calendar item, not a file.
func (a *Attachment) IsException() bool {
	if a.Embedded == nil {
		return false
	}
	flags, _ := a.Props.Int(AttachmentFlags)
	return flags&2 != 0 || strings.HasPrefix(strings.ToUpper(a.Embedded.Class()), "IPM.OLE.CLASS.{00061055")
}
