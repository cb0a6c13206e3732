package rfc5322

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"vangnet/engine/mapi"
)

// own are the fields that properties decide; those of the original header with
// these names are not repeated.
var own = map[string]bool{
	"from": true, "sender": true, "to": true, "cc": true, "bcc": true, "reply-to": true, "subject": true, "date": true, "message-id": true,
	"in-reply-to": true, "references": true, "thread-topic": true, "thread-index": true, "importance": true, "x-priority": true, "priority": true,
	"sensitivity": true, "disposition-notification-to": true, "return-receipt-to": true, "list-help": true, "list-subscribe": true,
	"list-unsubscribe": true, "keywords": true, "x-auto-response-suppress": true, "x-unsent": true, "mime-version": true,
}

// maxHeaderText bounds the original header, in bytes of UTF-16.
const maxHeaderText = 4 << 20

func originalHeader(m *mapi.Message) *header {
	h := &header{}
	var ignored Warnings
	for _, line := range strings.SplitAfter(m.Props.Text(mapi.TransportHeaders, maxHeaderText), "\n") {
		if len(strings.TrimRight(line, "\r\n")) > 0 {
			h.line([]byte(line), &ignored)
		}
	}
	return h
}

func (w *writer) headers(m *mapi.Message) error {
	original := originalHeader(m)
	if err := w.kept(original); err != nil {
		return err
	}
	if err := w.peopleLines(m, original); err != nil {
		return err
	}
	p := m.Props
	lines := []struct{ name, value string }{
		{"Subject", encodeWords(mapi.SubjectOf(m))},
		{"Date", date(p.Time(mapi.ClientSubmitTime), p.Time(mapi.DeliveryTime), p.Time(mapi.CreationTime))},
	}
	for _, f := range textFields {
		lines = append(lines, struct{ name, value string }{f.form, foldable(p.String(f.id))})
	}
	lines = append(lines, w.threadLines(m)...)
	lines = append(lines, w.markLines(m)...)
	for _, l := range lines {
		if l.value == "" {
			continue
		}
		if err := w.line("%s: %s", l.name, l.value); err != nil {
			return err
		}
	}
	return w.ownNames(m, original)
}

// kept repeats the fields of the original header that no property decides.
func (w *writer) kept(h *header) error {
	for i := range h.fields {
		f := &h.fields[i]
		if own[f.name] || strings.HasPrefix(f.name, "content-") {
			continue
		}
		raw := strings.TrimRight(lines(strings.ReplaceAll(string(f.raw), "\x00", "")), "\r\n")
		for j, l := range strings.Split(raw, "\r\n") {
			if j > 0 && !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "\t") {
				l = " " + l // a line that had lost its indent
			}
			if strings.TrimSpace(l) == "" {
				continue
			}
			if err := w.line("%s", l); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) peopleLines(m *mapi.Message, original *header) error {
	from, sender := mapi.From(m), mapi.Sender(m)
	lists := []struct {
		name string
		list []mapi.Address
	}{{"From", one(from)}, {"Sender", nil}, {"Reply-To", replyPeople(m)}, {"To", nil}, {"Cc", nil}, {"Bcc", nil}}
	if !sender.IsZero() && sender.Any() != from.Any() {
		lists[1].list = one(sender)
	}
	for _, r := range m.Recipients {
		kind, _ := r.Int(mapi.RecipientType)
		if k := kind & 0xF; k >= mapi.RecipientTo && k <= mapi.RecipientBcc {
			lists[2+k].list = append(lists[2+k].list, mapi.RecipientAddress(r))
		}
	}
	for _, l := range lists {
		if len(l.list) == 0 {
			continue
		}
		if err := w.line("%s: %s", l.name, w.addresses(l.list)); err != nil {
			return err
		}
	}
	if m.Props.Bool(mapi.ReadReceiptRequested) {
		if err := w.receiptLine("Disposition-Notification-To", sender, original); err != nil {
			return err
		}
	}
	if m.Props.Bool(mapi.DeliveryReportRequested) {
		return w.receiptLine("Return-Receipt-To", sender, original)
	}
	return nil
}

// receiptLine says who wants to hear of the mail: whom the original header
// names, else the sender.
func (w *writer) receiptLine(name string, sender mapi.Address, original *header) error {
	value := foldable(original.text(strings.ToLower(name)))
	if value == "" {
		value = w.addresses(one(sender))
	}
	if value == "" {
		return nil
	}
	return w.line("%s: %s", name, value)
}

func one(a mapi.Address) []mapi.Address {
	if a.IsZero() {
		return nil
	}
	return []mapi.Address{a}
}

// replyPeople reads the flat entry list of those to answer to.
func replyPeople(m *mapi.Message) []mapi.Address {
	b := m.Props.Bytes(mapi.ReplyRecipientEntries)
	if len(b) < 8 {
		return nil
	}
	var out []mapi.Address
	for b = b[8:]; len(b) >= 4 && len(out) < 1000; {
		n := int64(binary.LittleEndian.Uint32(b))
		if n > int64(len(b)-4) {
			break
		}
		if name, smtp, ok := mapi.OneOff(b[4 : 4+n]); ok {
			out = append(out, mapi.Address{Name: name, SMTP: smtp})
		}
		b = b[min(4+(n+3)&^3, int64(len(b))):]
	}
	return out
}

// addresses writes a list, one to a line.
func (w *writer) addresses(list []mapi.Address) string {
	all := make([]string, 0, len(list))
	for _, a := range list {
		if s := w.address(a); s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, ",\r\n ")
}

func (w *writer) address(a mapi.Address) string {
	smtp := a.SMTP
	if smtp == "" && a.EX != "" {
		if w.opt.Resolve != nil {
			smtp = w.opt.Resolve(a.EX)
		}
		if smtp == "" {
			smtp = "IMCEAEX-" + encapsulate(a.EX) + "@" + w.opt.Domain
		}
	}
	smtp = addrSpec(smtp)
	name := phrase(collapse(a.Name))
	switch {
	case smtp == "":
		return name
	case name == "" || strings.EqualFold(a.Name, smtp):
		return smtp
	}
	return name + " <" + smtp + ">"
}

// addrSpec writes an address with its local part in quotes where it needs them.
func addrSpec(smtp string) string {
	smtp = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, smtp)
	i := strings.LastIndexByte(smtp, '@')
	if i < 0 {
		return strings.ReplaceAll(smtp, " ", "")
	}
	local, domain := smtp[:i], strings.Map(func(r rune) rune {
		if strings.ContainsRune(" <>(),;:\"", r) {
			return -1
		}
		return r
	}, smtp[i+1:])
	if strings.ContainsAny(local, " <>()[],;:@\"\\") || local == "" {
		local = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
	}
	return local + "@" + domain
}

// phrase makes a display name fit for a header.
func phrase(s string) string {
	switch {
	case s == "":
		return ""
	case !isPlain(s) || len(s) > 200:
		return encodeLong(s)
	case strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789 -'_") == "" && !strings.Contains(s, "  "):
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// encapsulate makes a local part of an address of another kind (the IMCEA form of MS-OXCMAIL).
func encapsulate(ex string) string {
	var b strings.Builder
	for i := 0; i < len(ex); i++ {
		switch c := ex[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '=':
			b.WriteByte(c)
		case c == '/':
			b.WriteByte('_')
		default:
			fmt.Fprintf(&b, "+%02X", c)
		}
	}
	return b.String()
}

func date(candidates ...time.Time) string {
	for _, t := range candidates {
		if !t.IsZero() {
			return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000")
		}
	}
	return ""
}

// foldable breaks a list of words (such as References) into lines.
func foldable(s string) string {
	s = collapse(s)
	if len(s) < 70 && isPlain(s) {
		return s
	}
	if !isPlain(s) {
		return encodeLong(s)
	}
	return strings.Join(strings.Fields(s), "\r\n ")
}

type headerLine = struct{ name, value string }

func (w *writer) threadLines(m *mapi.Message) []headerLine {
	var index string
	if b := m.Props.Bytes(mapi.ConversationIndex); len(b) > 0 {
		index = strings.Join(chunks(base64.StdEncoding.EncodeToString(b), 70), "\r\n ")
	}
	return []headerLine{{"Thread-Topic", encodeWords(collapse(m.Props.String(mapi.ConversationTopic)))}, {"Thread-Index", index}}
}

func chunks(s string, n int) (out []string) {
	for len(s) > n {
		out, s = append(out, s[:n]), s[n:]
	}
	return append(out, s)
}

func (w *writer) markLines(m *mapi.Message) []headerLine {
	p := m.Props
	var out []headerLine
	add := func(name, value string) { out = append(out, headerLine{name, value}) }
	switch v, ok := p.Int(mapi.Importance); {
	case ok && v == 0:
		add("Importance", "Low")
		add("X-Priority", "5")
	case v >= 2:
		add("Importance", "High")
		add("X-Priority", "1")
	}
	if v, _ := p.Int(mapi.Sensitivity); v >= 1 && v <= 3 {
		add("Sensitivity", []string{"Personal", "Private", "Company-Confidential"}[v-1])
	}
	add("Keywords", foldable(strings.Join(p.NamedStrings(mapi.Keywords), ", ")))
	if v, _ := p.Int(mapi.AutoResponseSuppress); v == -1 {
		add("X-Auto-Response-Suppress", "All")
	} else if v != 0 {
		var words []string
		for _, k := range suppressions {
			if v&k.bit != 0 {
				words = append(words, k.word)
			}
		}
		add("X-Auto-Response-Suppress", strings.Join(words, ", "))
	}
	if v, _ := p.Int(mapi.MessageFlags); v&mapi.FlagUnsent != 0 {
		add("X-Unsent", "1")
	}
	return out
}

// ownNames writes header fields that are kept as properties of their own.
func (w *writer) ownNames(m *mapi.Message, original *header) error {
	for _, p := range m.Props {
		if p.Name == nil || !p.Name.ByText || p.Name.Set != mapi.SetInternetHeaders {
			continue
		}
		name := strings.ToLower(p.Name.Text)
		value, ok := p.Value.(string)
		if !ok || !isToken(name) || own[name] || strings.HasPrefix(name, "content-") || original.has(name) {
			continue
		}
		if err := w.line("%s: %s", p.Name.Text, foldable(value)); err != nil {
			return err
		}
	}
	return nil
}

// encodeLong is encodeWords with the words on lines of their own.
func encodeLong(s string) string {
	e := encodeWords(s)
	if len(e) < 70 || strings.Contains(e, "\r\n") {
		return e
	}
	return strings.Join(strings.Split(e, "?= =?"), "?=\r\n =?")
}

// safeBytes reports whether bytes can travel as they are: ASCII, lines of a
// moderate length, each ended by CR and LF.
func safeBytes(b []byte) bool {
	line := 0
	for i, c := range b {
		switch {
		case c == '\n':
			if i == 0 || b[i-1] != '\r' {
				return false
			}
			line = 0
			continue
		case c == '\r':
			if i+1 >= len(b) || b[i+1] != '\n' {
				return false
			}
		case c >= 0x7F || c < ' ' && c != '\t':
			return false
		}
		if line++; line > 200 {
			return false
		}
	}
	return !bytes.Contains(b, []byte("\nFrom ")) && !bytes.HasPrefix(b, []byte("From "))
}
