// Package rfc5322 turns Internet mail into mapi messages and back, as MS-OXCMAIL
// describes. Reading refuses nothing: what is malformed is kept in the simplest
// form that loses no content, with a warning. The structure of a mail is found
// by offsets in one pass, so that signed parts stay byte for byte what they
// were, and attachments are decoded from their source when they are opened.
package rfc5322

// Limits bound what is read of one mail. The zero value means the defaults.
type Limits struct {
	Size       int64 // bytes taken from a reader that is not an io.ReaderAt
	Header     int   // bytes kept of one header block
	Body       int64 // bytes of a text that becomes the body; longer ones are attached as well
	Depth      int   // parts in parts, and messages in messages
	Parts      int   // of one mail, all levels
	Recipients int   // of one message
}

func (l Limits) orDefaults() Limits {
	if l.Size <= 0 {
		l.Size = 256 << 20
	}
	if l.Header <= 0 {
		l.Header = 512 << 10
	}
	if l.Body <= 0 {
		l.Body = 16 << 20
	}
	if l.Depth <= 0 {
		l.Depth = 32
	}
	if l.Parts <= 0 {
		l.Parts = 5000
	}
	if l.Recipients <= 0 {
		l.Recipients = 20_000
	}
	return l
}

// Warning is something about a mail that is not as it should be.
type Warning string

// The warnings.
const (
	WarnNoHeader      Warning = "no_header"       // the whole became the text
	WarnHeader        Warning = "header"          // a line of the header that is none
	WarnHeaderLong    Warning = "header_too_long" // its end was not read
	WarnDuplicate     Warning = "duplicate_field" // a field that should be there once; the first counts
	WarnAddress       Warning = "address"         // people that could not be told apart
	WarnDate          Warning = "date"
	WarnStructure     Warning = "structure" // parts without end or boundary
	WarnTooDeep       Warning = "too_deep"  // the rest was kept as an attachment
	WarnTooMany       Warning = "too_many"  // parts or people beyond the limits
	WarnCharset       Warning = "charset"   // a guess was made
	WarnEncoding      Warning = "encoding"  // bytes that the transfer encoding does not have
	WarnTooLong       Warning = "too_long"  // a text longer than a body can be
	WarnControl       Warning = "control"   // NUL in a text, left out
	WarnCut           Warning = "cut"       // more bytes than Limits.Size
	WarnMailboxFormat Warning = "mbox_line" // a "From " line before the header
	WarnTNEF          Warning = "tnef"      // a winmail.dat that was not as it should be; where part of it was not understood it is an attachment, too
)

// Warnings are those of one mail, each once, in the order they came up.
type Warnings []Warning

func (w *Warnings) add(one Warning) {
	for _, have := range *w {
		if have == one {
			return
		}
	}
	*w = append(*w, one)
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
