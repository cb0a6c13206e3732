package rfc5322

import (
	"net/mail"
	"strings"

	"vangnet/engine/mapi"
)

// people reads a list of addresses. Whatever is there comes out: what is no
// address becomes a name without one.
func people(raw []byte, limit int, warn *Warnings) []mapi.Address {
	if len(raw) == 0 {
		return nil
	}
	text := printable(raw)
	if !strings.Contains(text, "=?") { // encoded words are decoded better here
		if list, err := mail.ParseAddressList(text); err == nil {
			return fromStandard(list, limit, warn)
		}
	}
	var out []mapi.Address
	for _, one := range splitPeople(text) {
		if len(out) >= limit {
			warn.add(WarnTooMany)
			break
		}
		if a := loosePerson(one); !a.IsZero() {
			out = append(out, a)
			if a.SMTP == "" {
				warn.add(WarnAddress)
			}
		}
	}
	return out
}

func fromStandard(list []*mail.Address, limit int, warn *Warnings) []mapi.Address {
	if len(list) > limit {
		warn.add(WarnTooMany)
		list = list[:limit]
	}
	out := make([]mapi.Address, 0, len(list))
	for _, a := range list {
		out = append(out, person(a.Name, a.Address))
	}
	return out
}

// splitPeople cuts a list at commas and semicolons outside quotes and brackets.
// The name of a group goes before its first member and is dropped.
func splitPeople(s string) []string {
	var out []string
	from, quoted, angle, comment := 0, false, false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || comment > 0):
			i++
		case c == '"' && comment == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			comment++
		case c == ')':
			comment = max(0, comment-1)
		case comment > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case angle:
		case c == ':' && !strings.Contains(s[from:i], "@"):
			from = i + 1
		case c == ',' || c == ';':
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	if quoted || angle { // unbalanced: the quotes meant nothing
		return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' })
	}
	return append(out, s[from:])
}

// loosePerson reads one address as far as it goes.
func loosePerson(s string) mapi.Address {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, '('); i > 0 && s[len(s)-1] == ')' && !strings.ContainsAny(s, "<\"") && isAddress(strings.TrimSpace(s[:i])) {
		return person(s[i+1:len(s)-1], strings.TrimSpace(s[:i])) // the old way: user@domain (Name)
	}
	name, addr := s, ""
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		name = s[:i]
		addr, _, _ = strings.Cut(s[i+1:], ">")
	} else if i := strings.LastIndexByte(s, '@'); i > 0 && s[len(s)-1] != '"' && (!strings.ContainsAny(s, " \t") || s[0] == '"' && s[i-1] == '"') {
		name, addr = "", s
	}
	addr = strings.Trim(addr, "' \t")
	if i := strings.LastIndexByte(addr, ':'); i > 0 && addr[0] == '@' { // a route, RFC 5322 4.4
		addr = addr[i+1:]
	}
	name = unquoted(name)
	if i := strings.LastIndexByte(addr, '@'); i >= 0 {
		addr = unquoted(addr[:i]) + addr[i:]
	}
	return person(name, addr)
}

// person makes an address of what was read. What is no address joins the name.
func person(name, addr string) mapi.Address {
	name, addr = collapse(decodeWords([]byte(name))), collapse(addr)
	if isAddress(addr) {
		return mapi.Address{Name: name, SMTP: addr}
	}
	switch {
	case addr == "":
	case name == "":
		name = addr
	default:
		name += " (" + addr + ")"
	}
	return mapi.Address{Name: name}
}

func isAddress(s string) bool {
	i := strings.LastIndexByte(s, '@')
	return i > 0 && i < len(s)-1 && !strings.ContainsAny(s[i+1:], " <>(),;:\"\\")
}

// unquoted takes the quotes off a quoted string; a lone one is dropped.
func unquoted(s string) string {
	s = strings.Trim(strings.TrimSpace(s), "'")
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return strings.Trim(s, `"`)
	}
	var b strings.Builder
	for s = s[1 : len(s)-1]; s != ""; s = s[1:] {
		if s[0] == '\\' && len(s) > 1 {
			s = s[1:]
		}
		b.WriteByte(s[0])
	}
	return b.String()
}

// personIDs are the properties that hold a person of the message itself.
type personIDs struct{ name, kind, addr, smtp, entry, key mapi.PropID }

var (
	fromIDs = personIDs{mapi.SentRepresentingName, mapi.SentRepresentingAddrType, mapi.SentRepresentingAddress,
		mapi.SentRepresentingSMTP, mapi.SentRepresentingEntryID, mapi.SentRepresentingSearchKey}
	senderIDs = personIDs{mapi.SenderName, mapi.SenderAddrType, mapi.SenderAddress,
		mapi.SenderSMTPAddress, mapi.SenderEntryID, mapi.SenderSearchKey}
)

func setPerson(b *mapi.Bag, ids personIDs, a mapi.Address) {
	name := a.Name
	if name == "" {
		name = a.SMTP
	}
	b.SetString(ids.name, name)
	if a.SMTP == "" {
		return
	}
	b.SetString(ids.kind, "SMTP")
	b.SetString(ids.addr, a.SMTP)
	b.SetString(ids.smtp, a.SMTP)
	b.SetBytes(ids.entry, mapi.NewOneOff(name, a.SMTP))
	b.SetBytes(ids.key, []byte("SMTP:"+strings.ToUpper(a.SMTP)+"\x00"))
}

// recipient makes a recipient's bag in the order that Exchange writes.
func recipient(row int, kind int64, a mapi.Address) mapi.Bag {
	name := a.Name
	if name == "" {
		name = a.SMTP
	}
	var b mapi.Bag
	b.SetInt(mapi.RowID, int64(row))
	b.SetInt(mapi.RecipientType, kind)
	b.SetString(mapi.DisplayName, name)
	if a.SMTP != "" {
		b.SetString(mapi.AddrType, "SMTP")
		b.SetString(mapi.EmailAddress, a.SMTP)
		b.SetBytes(mapi.EntryID, mapi.NewOneOff(name, a.SMTP))
	}
	b.SetString(mapi.RecipientDisplayName, name)
	if a.SMTP != "" {
		b.SetString(mapi.SMTPAddress, a.SMTP)
	}
	b.SetInt(mapi.DisplayType, 0)
	b.SetInt(mapi.ObjectType, 6)
	return b
}
