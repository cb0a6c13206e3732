package pst

import (
	"strings"
	"unicode/utf8"

	"vangnet/engine/mapi"
)

// Bounds of an address in units of UTF-16, so that it fits into a cell in each
// of its forms: in an entry id with a name, and in a search key.
const (
	addressMax = 1000
	kindMax    = 50
)

// person is someone with the address under which a PST file knows them.
type person struct {
	name string
	kind string // type of the address: SMTP where it is known, else EX or another
	addr string
	role int64 // of recipients
}

const kindSMTP = "SMTP"

// person settles which address of someone is written. Addresses inside an
// Exchange organisation mean nothing outside, so the caller may know better.
func (w *Writer) person(a mapi.Address, kind string) person {
	p := person{name: clean(a.Name), kind: kindSMTP, addr: clean(a.SMTP)}
	if p.addr == "" && a.EX != "" {
		p.addr = clean(a.EX)
		smtp := ""
		if w.opt.Resolve != nil {
			smtp = clean(w.opt.Resolve(a.EX))
		}
		switch kind = clean(kind); {
		case smtp != "":
			p.addr = smtp
		case kind != "":
			p.kind = kind
		default:
			p.kind = "EX"
		}
		if strings.EqualFold(p.kind, "EX") {
			w.warn.add(WarnAddress)
		}
	}
	if p.name == "" {
		p.name = p.addr
	}
	p.name = w.short(p.name, textMax)
	p.kind = w.short(p.kind, kindMax)
	p.addr = w.short(p.addr, addressMax)
	return p
}

func (w *Writer) short(s string, limit int) string {
	out := cutUnits(s, limit)
	if len(out) < len(s) {
		w.warn.add(WarnCut)
	}
	return out
}

func (p person) smtp() string {
	if strings.EqualFold(p.kind, kindSMTP) {
		return p.addr
	}
	return ""
}

// oneOff appends an entry id for someone who is in no directory, MS-OXCDATA 2.2.5.1.
func (p person) oneOff(b []byte) []byte {
	b = append(b, 0, 0, 0, 0,
		0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02,
		0, 0, 0x01, 0x80) // Unicode, and no rich text wanted
	for _, s := range [...]string{p.name, p.kind, p.addr} {
		b = append(appendUTF16(b, s), 0, 0)
	}
	return b
}

// searchKey appends the key by which someone is found.
func (p person) searchKey(b []byte) []byte {
	b = appendUpper(b, p.kind)
	b = appendUpper(append(b, ':'), p.addr)
	return append(b, 0)
}

// appendUpper appends s in capitals.
func appendUpper(b []byte, s string) []byte {
	from := len(b)
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			return append(b[:from], strings.ToUpper(s)...)
		}
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
}

// personIDs are the properties that tell of one person of an item.
type personIDs struct{ name, kind, addr, smtp, entry, key mapi.PropID }

var (
	// fromIDs are of whom the item is from, senderIDs of who sent it.
	fromIDs = personIDs{mapi.SentRepresentingName, mapi.SentRepresentingAddrType, mapi.SentRepresentingAddress,
		mapi.SentRepresentingSMTP, mapi.SentRepresentingEntryID, mapi.SentRepresentingSearchKey}
	senderIDs = personIDs{mapi.SenderName, mapi.SenderAddrType, mapi.SenderAddress,
		mapi.SenderSMTPAddress, mapi.SenderEntryID, mapi.SenderSearchKey}
)

// deriveSenders sets whom an item is from and who sent it; each stands for the
// other where only one is known.
func (w *Writer) deriveSenders(m *mapi.Message) {
	from := w.person(mapi.From(m), m.Props.String(mapi.SentRepresentingAddrType))
	sender := w.person(mapi.Sender(m), m.Props.String(mapi.SenderAddrType))
	if sender.name == "" {
		sender = from
	}
	if from.name == "" {
		from = sender
	}
	values := from.values()
	w.setPerson(fromIDs, &values)
	if sender != from {
		values = sender.values()
	}
	w.setPerson(senderIDs, &values)
}

// personValues are what an item says of one person; nil is nothing.
type personValues struct{ name, kind, addr, smtp, entry, key any }

func (p person) values() (v personValues) {
	if p.name == "" { // drafts have no sender
		return v
	}
	v.name = p.name
	if p.addr == "" {
		return v
	}
	v.kind, v.addr = p.kind, p.addr
	v.entry = p.oneOff(make([]byte, 0, 48+2*len(p.name)+2*len(p.addr)))
	v.key = p.searchKey(make([]byte, 0, len(p.kind)+len(p.addr)+2))
	if p.smtp() != "" {
		v.smtp = v.addr
	}
	return v
}

// setPerson sets all that an item says of one person, and takes out the rest.
func (w *Writer) setPerson(ids personIDs, v *personValues) {
	s := &w.stage
	s.set(ids.name, mapi.TypeString, v.name)
	s.set(ids.kind, mapi.TypeString, v.kind)
	s.set(ids.addr, mapi.TypeString, v.addr)
	s.set(ids.smtp, mapi.TypeString, v.smtp)
	s.set(ids.entry, mapi.TypeBinary, v.entry)
	s.set(ids.key, mapi.TypeBinary, v.key)
}

// otherIDs are of people that are kept as they are, but for addresses inside
// Exchange: by whom the item was received, for whom, and who first sent it.
var otherIDs = [...]personIDs{
	{0x0040, 0x0075, 0x0076, 0x5D07, mapi.ReceivedByEntryID, 0x0051},
	{0x0044, 0x0077, 0x0078, 0x5D08, 0x0043, 0x0052},
	{0x005A, 0x0066, 0x0067, 0x5D03, 0x005B, 0x005C},
	{0x005D, 0x0068, 0x0069, 0x5D04, 0x005E, 0x005F},
}

func (w *Writer) deriveOthers(m *mapi.Message) {
	for _, ids := range otherIDs {
		if !strings.EqualFold(m.Props.String(ids.kind), "EX") {
			continue
		}
		smtp := clean(m.Props.String(ids.smtp))
		if smtp == "" && w.opt.Resolve != nil {
			smtp = w.opt.Resolve(m.Props.String(ids.addr))
		}
		if smtp != "" {
			values := w.person(mapi.Address{Name: m.Props.String(ids.name), SMTP: smtp}, kindSMTP).values()
			w.setPerson(ids, &values)
		}
	}
}

// recipients settles who the recipients are. The result has as many as the
// item, at most maxRecipients; those of whom nothing is known have no name.
func (w *Writer) recipients(m *mapi.Message) []person {
	list := m.Recipients
	if len(list) > maxRecipients {
		w.warn.add(WarnTooMany)
		list = list[:maxRecipients]
	}
	w.people = w.people[:0]
	for _, r := range list {
		p := w.person(mapi.RecipientAddress(r), r.String(mapi.AddrType))
		role, _ := r.Int(mapi.RecipientType)
		switch p.role = role & 0x0F; p.role { // the upper bits tell how far sending got
		case mapi.RecipientTo, mapi.RecipientCc, mapi.RecipientBcc:
		default:
			p.role = mapi.RecipientTo
		}
		if p.name == "" {
			w.warn.add(WarnAddress)
		}
		w.people = append(w.people, p)
	}
	return w.people
}

// deriveDisplay sets the lines that name the recipients. Where the recipients
// are not known, what the item says of them stays.
func (w *Writer) deriveDisplay(m *mapi.Message, people []person) {
	s := &w.stage
	for _, line := range [...]struct {
		id   mapi.PropID
		role int64
	}{{mapi.DisplayTo, mapi.RecipientTo}, {mapi.DisplayCc, mapi.RecipientCc}, {mapi.DisplayBcc, mapi.RecipientBcc}} {
		text := ""
		if len(people) == 0 {
			text = clean(m.Props.Text(line.id, blobText))
		} else {
			text = display(people, line.role)
		}
		if text == "" {
			s.drop(line.id)
			continue
		}
		s.cut(line.id, text, displayMax)
	}
}

// display joins the names of one kind of recipient, as far as they can be shown.
func display(people []person, role int64) string {
	n, only, size := 0, "", 0
	for i := range people {
		if p := &people[i]; p.role == role && p.name != "" {
			n, only = n+1, p.name
			size += len(p.name) + 2
		}
	}
	if n <= 1 {
		return only
	}
	var b strings.Builder
	b.Grow(min(size, 4*displayMax+4*textMax))
	for i := range people {
		p := &people[i]
		if p.role != role || p.name == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		if b.WriteString(p.name); b.Len() > 4*displayMax {
			break // more than a cell holds, in any encoding
		}
	}
	return b.String()
}
