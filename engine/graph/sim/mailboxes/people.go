package mailboxes

import (
	"encoding/binary"
	"strings"

	"vangnet/engine/mapi"
)

func addressJSON(a mapi.Address) object {
	name := a.Name
	if name == "" {
		name = a.Any()
	}
	return object{"emailAddress": object{"name": name, "address": a.Any()}}
}

// personJSON is a sender; null where nothing is known.
func personJSON(a mapi.Address) any {
	if a.IsZero() {
		return nil
	}
	return addressJSON(a)
}

func recipientsJSON(list []mapi.Bag, kind int64) []object {
	out := []object{}
	for _, b := range list {
		if have, _ := b.Int(mapi.RecipientType); have&0x0F == kind {
			out = append(out, addressJSON(mapi.RecipientAddress(b)))
		}
	}
	return out
}

// replyTo reads the one-off entries of PidTagReplyRecipientEntries
// (MS-OXCDATA, "FlatEntryList structure").
func replyTo(p mapi.Bag) []object {
	out := []object{}
	b := p.Bytes(mapi.ReplyRecipientEntries)
	if len(b) < 8 {
		return out
	}
	for b = b[8:]; len(b) >= 4; {
		n := int64(binary.LittleEndian.Uint32(b))
		b = b[4:]
		if n > int64(len(b)) {
			return out
		}
		if name, smtp, ok := mapi.OneOff(b[:n]); ok {
			out = append(out, addressJSON(mapi.Address{Name: name, SMTP: smtp}))
		}
		b = b[min((n+3)&^3, int64(len(b))):]
	}
	return out
}

// headersJSON splits a raw header block into names and values.
func headersJSON(block string) []object {
	type header struct{ name, value string }
	var list []header
	for line := range strings.SplitSeq(strings.ReplaceAll(block, "\r\n", "\n"), "\n") {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && len(list) > 0 {
			list[len(list)-1].value += " " + strings.TrimSpace(line)
			continue
		}
		if name, value, ok := strings.Cut(line, ":"); ok && name != "" {
			list = append(list, header{name, strings.TrimSpace(value)})
		}
	}
	out := make([]object, len(list))
	for i, h := range list {
		out[i] = object{"name": h.name, "value": h.value}
	}
	return out
}
