package mapi

import (
	"bytes"
	"encoding/binary"
	"strings"

	"vangnet/engine/mapi/charset"
)

// Address is a person's name with an address, either of which may be missing.
type Address struct {
	Name string
	SMTP string // user@domain
	EX   string // the address inside the Exchange organisation, where that is all that is known
}

// String is "Name <address>", or the one that is there.
func (a Address) String() string {
	name, addr := clip(strings.TrimSpace(a.Name), maxFactText), clip(a.Any(), maxFactText)
	switch {
	case addr == "" || strings.EqualFold(name, addr):
		return name
	case name == "":
		return addr
	}
	return name + " <" + addr + ">"
}

// Any is the SMTP address, else the other one.
func (a Address) Any() string {
	if a.SMTP != "" {
		return a.SMTP
	}
	return a.EX
}

// IsZero reports that nothing is known.
func (a Address) IsZero() bool { return a == Address{} }

// From is whom the item is from: whom it was sent on behalf of, else the sender.
func From(m *Message) Address {
	a := pick(m.Props, SentRepresentingName, SentRepresentingSMTP, SentRepresentingAddrType, SentRepresentingAddress, SentRepresentingEntryID)
	if a.Any() == "" {
		s := Sender(m)
		if a.Name == "" || s.Name == a.Name {
			return s
		}
	}
	return a
}

// Sender is who sent the item, which may be another than whom it is from.
func Sender(m *Message) Address {
	return pick(m.Props, SenderName, SenderSMTPAddress, SenderAddrType, SenderAddress, SenderEntryID)
}

// RecipientAddress is one recipient.
func RecipientAddress(r Bag) Address {
	a := pick(r, RecipientDisplayName, SMTPAddress, AddrType, EmailAddress, EntryID)
	if a.SMTP == "" {
		if _, smtp, ok := OneOff(r.Bytes(RecipientEntryID)); ok {
			a.SMTP = smtp
		}
	}
	if a.Name == "" {
		a.Name = r.String(DisplayName)
	}
	return a
}

func pick(b Bag, name, smtp, kind, addr, entry PropID) Address {
	a := Address{Name: b.String(name), SMTP: b.String(smtp)}
	value := b.String(addr)
	switch {
	case a.SMTP != "":
	case strings.EqualFold(b.String(kind), "SMTP"), !b.Has(kind) && strings.Contains(value, "@"):
		a.SMTP = value
	default:
		if _, s, ok := OneOff(b.Bytes(entry)); ok {
			a.SMTP = s
		} else {
			a.EX = value
		}
	}
	return a
}

// oneOffProvider is the provider of one-off entry ids, MS-OXCDATA 2.2.5.1.
var oneOffProvider = [16]byte{0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02}

const oneOffHeader = 24 // flags, provider, version, flags

// OneOff reads a one-off entry id: a person who is in no directory. ok is false
// for ids of another kind, and for address types other than SMTP.
func OneOff(id []byte) (name, smtp string, ok bool) {
	if len(id) < oneOffHeader || !bytes.Equal(id[4:20], oneOffProvider[:]) {
		return "", "", false
	}
	wide := binary.LittleEndian.Uint16(id[22:])&0x8000 != 0
	rest := id[oneOffHeader:]
	var parts [3]string
	for i := range parts {
		if parts[i], rest, ok = cutString(rest, wide); !ok {
			return "", "", false
		}
	}
	return parts[0], parts[2], strings.EqualFold(parts[1], "SMTP")
}

// NewOneOff makes a one-off entry id in Unicode.
func NewOneOff(name, smtp string) []byte {
	id := make([]byte, 4, oneOffHeader+2*(len(name)+len(smtp)+8))
	id = append(id, oneOffProvider[:]...)
	id = append(id, 0, 0, 0x01, 0x90)
	for _, s := range []string{name, "SMTP", smtp} {
		id = append(append(id, charset.EncodeUTF16(s)...), 0, 0)
	}
	return id
}

func cutString(b []byte, wide bool) (s string, rest []byte, ok bool) {
	if !wide {
		i := bytes.IndexByte(b, 0)
		if i < 0 {
			return "", nil, false
		}
		s, _ = charset.DecodePage(charset.Windows1252, b[:i])
		return s, b[i+1:], true
	}
	for i := 0; i+1 < len(b); i += 2 {
		if b[i]|b[i+1] == 0 {
			return charset.DecodeUTF16(b[:i]), b[i+2:], true
		}
	}
	return "", nil, false
}
