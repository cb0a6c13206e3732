package rfc5322

import (
	"crypto/sha256"
	"encoding/binary"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"vangnet/engine/mapi"
)

// textFields are properties that hold a field as it is.
var textFields = []struct {
	name, form string
	id         mapi.PropID
}{
	{"message-id", "Message-ID", mapi.InternetMessageID}, {"in-reply-to", "In-Reply-To", mapi.InReplyToID},
	{"references", "References", mapi.InternetReferences}, {"list-help", "List-Help", mapi.ListHelp},
	{"list-subscribe", "List-Subscribe", mapi.ListSubscribe}, {"list-unsubscribe", "List-Unsubscribe", mapi.ListUnsubscribe},
}

// headers maps the header to properties of the message.
func (b *builder) headers(h *header) {
	p := &b.m.Props
	p.SetString(mapi.MessageClass, "IPM.Note")
	if len(h.block) > 0 {
		p.SetString(mapi.TransportHeaders, printable(h.block))
	}
	b.people(h)
	b.subject(h)
	b.dates(h)
	for _, f := range textFields {
		if v := collapse(h.text(f.name)); v != "" {
			p.SetString(f.id, v)
		}
	}
	b.marks(h)
	for _, name := range []string{"from", "subject", "date", "message-id", "to", "content-type"} {
		if h.count(name) > 1 {
			b.p.warn.add(WarnDuplicate)
		}
	}
}

func (b *builder) people(h *header) {
	p, warn := &b.m.Props, &b.p.warn
	from := people(h.raw("from"), 10, warn)
	sender := people(h.raw("sender"), 1, warn)
	if len(from) == 0 {
		from = sender
	}
	if len(sender) == 0 {
		sender = from
	}
	if len(from) > 0 {
		setPerson(p, fromIDs, from[0])
		setPerson(p, senderIDs, sender[0])
	}
	if reply := people(h.raw("reply-to"), 100, warn); len(reply) > 0 {
		entries, names := replyList(reply)
		p.SetBytes(mapi.ReplyRecipientEntries, entries)
		p.SetString(mapi.ReplyRecipientNames, names)
	}
	for _, list := range []struct {
		name string
		kind int64
	}{{"to", mapi.RecipientTo}, {"cc", mapi.RecipientCc}, {"bcc", mapi.RecipientBcc}} {
		for i := range h.fields {
			if h.fields[i].name != list.name {
				continue
			}
			left := b.p.lim.Recipients - len(b.m.Recipients)
			for _, a := range people(h.fields[i].body, left, warn) {
				b.m.Recipients = append(b.m.Recipients, recipient(len(b.m.Recipients), list.kind, a))
			}
		}
	}
}

// replyList makes a flat entry list, MS-OXCDATA 2.3.3.
func replyList(list []mapi.Address) (entries []byte, names string) {
	le := binary.LittleEndian
	var body []byte
	var all []string
	for _, a := range list {
		id := mapi.NewOneOff(a.Name, a.SMTP)
		body = le.AppendUint32(body, uint32(len(id)))
		body = append(body, id...)
		body = append(body, make([]byte, -len(id)&3)...)
		all = append(all, a.String())
	}
	entries = le.AppendUint32(nil, uint32(len(list)))
	entries = le.AppendUint32(entries, uint32(len(body)))
	return append(entries, body...), strings.Join(all, ";")
}

func (b *builder) subject(h *header) {
	p := &b.m.Props
	subject := collapse(h.text("subject"))
	prefix, rest := splitPrefix(subject)
	p.SetString(mapi.Subject, subject)
	p.SetString(mapi.SubjectPrefix, prefix)
	p.SetString(mapi.NormalizedSubject, rest)
	topic := collapse(h.text("thread-topic"))
	if topic == "" {
		topic = rest
	}
	p.SetString(mapi.ConversationTopic, topic)
	index := looseBase64(h.raw("thread-index"))
	if len(index) < 22 {
		index = conversation(topic)
	}
	p.SetBytes(mapi.ConversationIndex, index[:min(len(index), 1000)])
}

// conversation makes the index of a conversation that has none: a header byte,
// five bytes of time that say nothing here, and a GUID that its topic decides.
func conversation(topic string) []byte {
	sum := sha256.Sum256([]byte(strings.ToLower(topic)))
	return append([]byte{1, 0, 0, 0, 0, 0}, sum[:16]...)
}

// collapse drops control characters and makes one line of a text.
func collapse(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\r' || r == '\n':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// splitPrefix finds one to three characters before a colon, MS-OXCMSG 3.2.4.4.
func splitPrefix(s string) (prefix, rest string) {
	i := strings.Index(s, ": ")
	if i <= 0 || utf8.RuneCountInString(s[:i]) > 3 || strings.ContainsFunc(s[:i], func(r rune) bool { return unicode.IsDigit(r) || unicode.IsSpace(r) }) {
		return "", s
	}
	return s[:i+2], s[i+2:]
}

func (b *builder) dates(h *header) {
	p := &b.m.Props
	sent := b.date(h.raw("date"))
	p.SetTime(mapi.ClientSubmitTime, sent)
	received := time.Time{}
	if line := string(h.raw("received")); line != "" {
		if i := strings.LastIndexByte(line, ';'); i >= 0 {
			received = b.date([]byte(line[i+1:]))
		}
	}
	if received.IsZero() {
		received = sent
	}
	draft := strings.TrimSpace(string(h.raw("x-unsent"))) == "1"
	if draft {
		p.SetInt(mapi.MessageFlags, mapi.FlagUnsent)
	} else {
		p.SetInt(mapi.MessageFlags, 0)
		p.SetTime(mapi.DeliveryTime, received)
	}
	p.SetTime(mapi.CreationTime, received)
	p.SetTime(mapi.LastModificationTime, received)
}

// date reads a date in the forms that mail really has.
func (b *builder) date(raw []byte) time.Time {
	s := strings.TrimSpace(printable(raw))
	if s == "" {
		return time.Time{}
	}
	if t, err := mail.ParseDate(s); err == nil && plausible(t) {
		return t.UTC()
	}
	bare, _, _ := strings.Cut(s, "(")
	bare = strings.Join(strings.Fields(bare), " ")
	if _, after, ok := strings.Cut(bare, ","); ok { // the name of the day may be in any language
		bare = strings.TrimSpace(after)
	}
	for _, form := range []string{
		"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04:05", "2 Jan 06 15:04:05 -0700",
		"2 January 2006 15:04:05 -0700", time.ANSIC, time.RFC3339, "2006-01-02 15:04:05", "Mon Jan 2 15:04:05 2006 -0700", "2-Jan-2006 15:04:05 -0700",
	} {
		if t, err := time.Parse(form, bare); err == nil && plausible(t) {
			return t.UTC()
		}
	}
	b.p.warn.add(WarnDate)
	return time.Time{}
}

func plausible(t time.Time) bool { return t.Year() >= 1970 && t.Year() < 9999 }

// marks maps what a sender says about a mail.
func (b *builder) marks(h *header) {
	p := &b.m.Props
	importance := int64(1)
	switch h.token("importance") {
	case "low":
		importance = 0
	case "high":
		importance = 2
	case "":
		importance = byPriority(h)
	}
	p.SetInt(mapi.Importance, importance)
	p.SetInt(mapi.Priority, importance-1)
	sensitivity := map[string]int64{"personal": 1, "private": 2, "company-confidential": 3}[h.token("sensitivity")]
	p.SetInt(mapi.Sensitivity, sensitivity)
	p.SetBool(mapi.ReadReceiptRequested, h.has("disposition-notification-to"))
	p.SetBool(mapi.DeliveryReportRequested, h.has("return-receipt-to"))
	if words := categories(h); len(words) > 0 {
		p.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, words)
	}
	if v := suppressed(h.text("x-auto-response-suppress")); v != 0 {
		p.SetInt(mapi.AutoResponseSuppress, v)
	}
}

func byPriority(h *header) int64 {
	switch p := h.token("x-priority"); {
	case strings.HasPrefix(p, "1"), strings.HasPrefix(p, "2"), h.token("priority") == "urgent":
		return 2
	case strings.HasPrefix(p, "4"), strings.HasPrefix(p, "5"), h.token("priority") == "non-urgent":
		return 0
	}
	return 1
}

const maxCategories = 500

func categories(h *header) []string {
	var out []string
	for _, w := range strings.Split(h.text("keywords"), ",") {
		if w = collapse(w); w != "" && len(out) < maxCategories {
			out = append(out, w)
		}
	}
	return out
}

// suppressions are the bits of AutoResponseSuppress, MS-OXOMSG 2.2.1.77.
var suppressions = []struct {
	word string
	bit  int64
}{{"DR", 1}, {"NDR", 2}, {"RN", 4}, {"NRN", 8}, {"OOF", 16}, {"AutoReply", 32}}

func suppressed(s string) (bits int64) {
	for _, w := range strings.Split(s, ",") {
		w = strings.TrimSpace(w)
		if strings.EqualFold(w, "All") {
			return -1
		}
		for _, k := range suppressions {
			if strings.EqualFold(w, k.word) {
				bits |= k.bit
			}
		}
	}
	return bits
}
