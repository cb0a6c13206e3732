package read

import (
	"bytes"
	"mime"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/jhillyerd/enmime/v2"
)

// Headers are the fields of a mail's header that say something of the mail and
// not of its coding, decoded, in the form in which equal ones are equal.
func Headers(raw []byte) map[string][]string {
	e, err := enmime.NewParser(enmime.DisableTextConversion(true)).ReadEnvelope(bytes.NewReader(raw))
	if err != nil {
		return map[string][]string{"": {err.Error()}}
	}
	fields := map[string][]string{}
	for _, key := range e.GetHeaderKeys() {
		name := textproto.CanonicalMIMEHeaderKey(key)
		if strings.HasPrefix(name, "Content-") || name == "Mime-Version" {
			continue
		}
		for _, v := range e.GetHeaderValues(key) {
			if v = field(name, v); v != "" {
				fields[name] = append(fields[name], v)
			}
		}
	}
	return fields
}

var peopleFields = []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Disposition-Notification-To", "Return-Receipt-To"}

func field(name, v string) string {
	if decoded, err := (&mime.WordDecoder{}).DecodeHeader(v); err == nil {
		v = decoded
	}
	v = strings.Join(strings.Fields(v), " ")
	switch {
	case name == "Date":
		if t, err := mail.ParseDate(v); err == nil {
			return t.UTC().Format(time.RFC3339)
		}
	case slices.Contains(peopleFields, name):
		list, err := mail.ParseAddressList(v)
		if err != nil {
			return v
		}
		parts := make([]string, len(list))
		for i, a := range list {
			parts[i] = strings.TrimSpace(a.Name + " <" + strings.ToLower(a.Address) + ">")
		}
		return strings.Join(parts, ", ")
	case name == "Thread-Index", name == "References":
		return strings.ReplaceAll(v, " ", "")
	}
	return v
}
