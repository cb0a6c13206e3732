package mapi

import (
	"strings"

	"vangnet/engine/model"
)

// Bounds of what a listing keeps of one item.
const (
	maxPeople      = 16 << 10 // bytes of all recipients
	maxNames       = 1000     // attachments, categories
	maxFactText    = 2 << 10  // bytes of a subject, name or category
	flagged        = 2        // of FlagStatus
	importanceHigh = 2
	importanceLow  = 0
)

// Facts are what a catalog wants of an item, with at most textLimit bytes of
// its body as plain text.
func Facts(m *Message, textLimit int) model.MailFact {
	flags, _ := m.Props.Int(MessageFlags)
	status, _ := m.Props.Int(FlagStatus)
	f := model.MailFact{
		Class:      clip(m.Class(), maxFactText),
		Subject:    clip(SubjectOf(m), maxFactText),
		From:       From(m).String(),
		To:         people(m),
		Received:   m.Props.Time(DeliveryTime),
		Sent:       m.Props.Time(ClientSubmitTime),
		Read:       flags&FlagRead != 0 || m.Props.Bool(Read),
		Draft:      flags&FlagUnsent != 0,
		Flagged:    status == flagged,
		Importance: importance(m),
		MessageID:  clip(strings.Trim(m.Props.String(InternetMessageID), "<> \t\r\n"), maxFactText),
	}
	for _, c := range m.Props.NamedStrings(Keywords) {
		if len(f.Categories) < maxNames && c != "" {
			f.Categories = append(f.Categories, clip(c, maxFactText))
		}
	}
	for i := range m.Attachments {
		if a := &m.Attachments[i]; len(f.Attachments) < maxNames && !a.IsException() {
			f.Attachments = append(f.Attachments, clip(a.FileName(), maxFactText))
		}
	}
	f.Text, _ = BodyText(m, textLimit)
	return f
}

// KindOf says what kind of item a class means.
func KindOf(class string) model.ItemKind {
	for _, c := range []struct {
		class string
		kind  model.ItemKind
	}{
		{"IPM.Note", model.KindMessage}, {"IPM.Schedule", model.KindMessage}, {"REPORT", model.KindMessage},
		{"IPM.Post", model.KindMessage}, {"IPM.Recall", model.KindMessage}, {"IPM.Document", model.KindMessage},
		{"IPM.Outlook.Recall", model.KindMessage}, {"IPM.Sharing", model.KindMessage}, {"IPM.TaskRequest", model.KindMessage},
		{"IPM.Replication", model.KindMessage}, {"IPM.Conflict", model.KindMessage}, {"IPM.Microsoft.Voicemail", model.KindMessage},
		{"IPM.Appointment", model.KindEvent}, {"IPM.Contact", model.KindContact}, {"IPM.DistList", model.KindContact},
		{"IPM.Task", model.KindTask}, {"IPM.StickyNote", model.KindNote},
	} {
		if classIs(class, c.class) {
			return c.kind
		}
	}
	if strings.EqualFold(class, "IPM") {
		return model.KindMessage
	}
	return model.KindOther
}

// SubjectOf is the whole subject, from its parts where that is all there is.
func SubjectOf(m *Message) string {
	if p, ok := m.Props.Get(Subject); ok {
		if s, ok := p.Value.(string); ok {
			return stripSubject(s)
		}
	}
	return m.Props.String(SubjectPrefix) + m.Props.String(NormalizedSubject)
}

// stripSubject drops the two characters that in a message store (not in a
// stream) tell the length of the prefix: MS-PST 2.5.3.1.1.1.
func stripSubject(s string) string {
	if len(s) >= 2 && s[0] == 1 {
		return s[2:]
	}
	return s
}

func importance(m *Message) int {
	switch v, ok := m.Props.Int(Importance); {
	case !ok:
		return 0
	case v == importanceLow:
		return -1
	case v >= importanceHigh:
		return 1
	}
	return 0
}

func people(m *Message) string {
	var b strings.Builder
	for _, r := range m.Recipients {
		s := RecipientAddress(r).String()
		if s == "" {
			continue
		}
		if b.Len()+len(s) > maxPeople {
			break
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		b.WriteString(s)
	}
	return b.String()
}
