package pst

import (
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// Lengths of texts that also stand in tables, in units of UTF-16. Outlook cuts
// subjects and names at 255; cells must fit into a heap item.
const (
	textMax    = 255
	displayMax = heapItemMax / 2
	blobText   = 4 * displayMax // bytes read of such a text that is not in memory
)

// Message flags beside those of package mapi, MS-OXCMSG 2.2.1.6.
const (
	flagUnmodified     = 0x2
	flagSubmitted      = 0x4
	flagFromMe         = 0x20
	flagReadReceipt    = 0x100
	flagNonReadReceipt = 0x200
	flagEverRead       = 0x400
)

// keptFlags are those that a source may say of an item; others are found out
// here, or mean something only there.
const keptFlags = mapi.FlagRead | flagUnmodified | flagSubmitted | mapi.FlagUnsent | flagFromMe |
	flagReadReceipt | flagNonReadReceipt | flagEverRead

// Values of NativeBody.
const (
	nativePlain int32 = 1
	nativeRTF   int32 = 2
	nativeHTML  int32 = 3
)

// noDate is the date of an item without any: 1970-01-01.
const noDate mapi.FileTime = 116_444_736_000_000_000

// takesMessage says what of a message's own properties is derived or has
// another type than the column that shows it.
func (w *Writer) takesMessage(p *prop) bool {
	if p.id == mapi.MessageSize || p.id == mapi.MessageFlags {
		return false
	}
	c := contentsLayout.byID(p.id)
	if c == nil {
		return true
	}
	b, isBytes := p.value.([]byte)
	if mapi.Tag(c.tag).Type() != p.typ || p.typ == mapi.TypeBinary && (!isBytes || len(b) > heapItemMax) {
		w.warn.add(WarnType)
		return false
	}
	return true
}

// derive adds what a PST file wants of every item, from what it has.
func (w *Writer) derive(m *mapi.Message, people []person, key []byte, attached bool) {
	w.deriveText(m)
	w.deriveSenders(m)
	w.deriveOthers(m)
	w.deriveDisplay(m, people)
	w.deriveDates()
	w.deriveBody(m)
	s := &w.stage
	flags, _ := m.Props.Int(mapi.MessageFlags)
	flags &= keptFlags
	if m.Props.Bool(mapi.Read) {
		flags |= mapi.FlagRead
	}
	if attached {
		flags |= mapi.FlagHasAttach
	}
	s.set(mapi.MessageFlags, mapi.TypeInt32, int32(flags))
	s.set(mapi.MessageSize, mapi.TypeInt32, int32(0)) // filled in when it is known
	if len(m.Props.Bytes(mapi.SearchKey)) != keySize {
		s.set(mapi.SearchKey, mapi.TypeBinary, w.keyOf("item", key))
	}
}

// cut sets a text, cut to what tables can show.
func (s *stage) cut(id mapi.PropID, text string, limit int) {
	text = clean(text)
	if short := cutUnits(text, limit); len(short) < len(text) {
		s.warn.add(WarnCut)
		text = short
	}
	s.set(id, mapi.TypeString, text)
}

// clean drops the NULs of a text, so that what is left tells whether it is empty.
func clean(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// deriveText sets the texts that name an item: class, subject, topic.
func (w *Writer) deriveText(m *mapi.Message) {
	s := &w.stage
	class := clean(m.Props.Text(mapi.MessageClass, blobText))
	if class == "" {
		class = "IPM.Note"
	}
	s.cut(mapi.MessageClass, class, textMax)
	subject := clean(mapi.SubjectOf(m))
	if subject == "" {
		subject = clean(m.Props.Text(mapi.Subject, blobText))
	}
	if short := cutUnits(subject, textMax); len(short) < len(subject) {
		w.warn.add(WarnCut)
		subject = short
	}
	prefix := subjectPrefix(subject, m.Props.String(mapi.SubjectPrefix))
	bare := subject[len(prefix):]
	if m.Props.Has(mapi.NormalizedSubject) {
		s.set(mapi.NormalizedSubject, mapi.TypeString, bare)
	}
	if m.Props.Has(mapi.SubjectPrefix) {
		s.set(mapi.SubjectPrefix, mapi.TypeString, prefix)
	}
	if subject != "" { // MS-PST 2.5.3.1.1.1: how long the prefix is, in two characters
		subject = string([]rune{1, rune(units(prefix) + 1)}) + subject
	}
	s.set(mapi.Subject, mapi.TypeString, subject)
	if topic := clean(m.Props.Text(mapi.ConversationTopic, blobText)); topic != "" {
		bare = topic
	}
	if bare == "" {
		s.drop(mapi.ConversationTopic)
		return
	}
	s.cut(mapi.ConversationTopic, bare, textMax)
}

// prefixMax is the longest prefix that is believed to be one, in bytes.
const prefixMax = 60

// subjectPrefix is the part of a subject that says reply or forward: as the
// source names it, else up to three letters, colon and blank (MS-OXCMSG 3.2.4.4).
func subjectPrefix(subject, named string) string {
	if named != "" && len(named) < prefixMax && strings.HasPrefix(subject, named) {
		return named
	}
	for i := 0; i < len(subject) && i <= 3; i++ {
		if i > 0 && strings.HasPrefix(subject[i:], ": ") {
			return subject[:i+2]
		}
		if c := subject[i] | 0x20; c < 'a' || c > 'z' {
			return ""
		}
	}
	return ""
}

// deriveDates gives an item the dates that it must have, from those it has.
func (w *Writer) deriveDates() {
	s := &w.stage
	first := func(to mapi.PropID, from ...mapi.PropID) {
		if p, ok := s.get(to); ok && p.typ == mapi.TypeTime {
			return
		}
		for _, id := range from {
			if p, ok := s.get(id); ok && p.typ == mapi.TypeTime {
				s.set(to, mapi.TypeTime, p.value)
				return
			}
		}
		w.warn.add(WarnDate)
		s.set(to, mapi.TypeTime, noDate)
	}
	first(mapi.DeliveryTime, mapi.ClientSubmitTime, mapi.CreationTime, mapi.LastModificationTime)
	first(mapi.CreationTime, mapi.DeliveryTime, mapi.ClientSubmitTime, mapi.LastModificationTime)
	first(mapi.LastModificationTime, mapi.CreationTime, mapi.DeliveryTime, mapi.ClientSubmitTime)
}

// deriveBody says what the body is. HTML is stored as bytes.
func (w *Writer) deriveBody(m *mapi.Message) {
	s := &w.stage
	html, hasHTML := s.get(mapi.BodyHTML)
	_, hasPage := m.Props.Int(mapi.InternetCodepage)
	if text, ok := html.value.(string); ok {
		s.set(mapi.BodyHTML, mapi.TypeBinary, []byte(text))
		hasPage = false
	}
	if !hasPage {
		s.set(mapi.InternetCodepage, mapi.TypeInt32, int32(charset.UTF8))
	}
	if _, ok := m.Props.Int(mapi.NativeBody); ok {
		return
	}
	_, hasRTF := s.get(mapi.RTFCompressed)
	_, hasPlain := s.get(mapi.Body)
	switch {
	case hasHTML:
		s.set(mapi.NativeBody, mapi.TypeInt32, nativeHTML)
	case hasRTF:
		s.set(mapi.NativeBody, mapi.TypeInt32, nativeRTF)
	case hasPlain:
		s.set(mapi.NativeBody, mapi.TypeInt32, nativePlain)
	}
}
