package vcard

import (
	"encoding/base64"
	"strings"
)

// A raw value is a value as it stands in a vCard 3.0 or 4.0: one line, with
// backslashes before what would otherwise separate.

var escapes = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\n", `\n`)

// escape makes a raw value of a text.
func escape(s string) string {
	if s == "" {
		return ""
	}
	return escapes.Replace(s)
}

// escapeURI makes a raw value of an address, which is no text and no list.
func escapeURI(s string) string { return strings.ReplaceAll(s, `\`, `\\`) }

// unescape makes a text of a raw value. Backslashes before other characters are
// taken as meant for those, as Google writes http\://, and letters keep theirs.
func unescape(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			b.WriteByte(raw[i])
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'n', 'N':
			b.WriteByte('\n')
		case '\\', ',', ';', ':', '"':
			b.WriteByte(c)
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}

// split cuts a raw value at separators that no backslash protects; the pieces
// are raw still.
func split(raw string, sep byte) []string {
	var out []string
	from := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case sep:
			out = append(out, raw[from:i])
			from = i + 1
		}
	}
	return append(out, raw[from:])
}

// components are the texts of a value of n parts, such as a name; what is
// missing is empty, what is too much belongs to the last. Lists inside a part
// are joined by joint.
func components(raw string, n int, joint string) []string {
	parts := split(raw, ';')
	if len(parts) > n {
		parts = append(parts[:n-1:n-1], strings.Join(parts[n-1:], ";"))
	}
	out := make([]string, n)
	for i, p := range parts {
		var list []string
		for _, one := range split(p, ',') {
			if one = strings.TrimSpace(unescape(one)); one != "" {
				list = append(list, one)
			}
		}
		out[i] = strings.Join(list, joint)
	}
	return out
}

// join makes a raw value of parts, without the empty ones at its end where n
// allows it.
func join(parts ...string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = escape(p)
	}
	return strings.Join(out, ";")
}

// textList are the texts of a raw list.
func textList(raw string) []string {
	var out []string
	for _, p := range split(raw, ',') {
		if s := strings.TrimSpace(unescape(p)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// crlf and lf change the line ends of a text: Exchange has the one, vCards the
// other.
func crlf(s string) string { return strings.ReplaceAll(lf(s), "\n", "\r\n") }

func lf(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// decodeBase64 decodes what there is; ok is false where other characters were
// in between or the end is missing.
func decodeBase64(s string) (data []byte, ok bool) {
	clean := make([]byte, 0, len(s))
	ok = true
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			clean = append(clean, c)
		case c == '-':
			clean = append(clean, '+')
		case c == '_':
			clean = append(clean, '/')
		case c != '=' && c != ' ' && c != '\t' && c != '\r' && c != '\n':
			ok = false
		}
	}
	if len(clean)%4 == 1 {
		clean, ok = clean[:len(clean)-1], false
	}
	data, err := base64.RawStdEncoding.DecodeString(string(clean))
	return data, ok && err == nil
}
