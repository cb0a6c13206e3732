package vcard

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	govcard "github.com/emersion/go-vcard"

	"vangnet/engine/mapi/charset"
)

// The parser of vCards in use reads versions 3.0 and 4.0, leaves out lines that
// it cannot read, knows no escaped semicolon and takes the value of a field
// with bare parameters (version 2.1: TEL;WORK:1) for one of those. So every
// field is first brought into one clean form, and its value travels with all
// backslashes doubled, to come out raw as it was.

// orderParam carries the place of a field among the others through the parser,
// which sorts them by name. No field can have one of its own.
const orderParam = "#"

// param is one parameter; name in upper case.
type param struct{ name, value string }

// repaired is a field in parts.
type repaired struct {
	group, name string // name in upper case
	params      []param
	raw         string
}

// parseCard reads the fields of a card.
func parseCard(s *source, lim Limits, warn *Warnings) govcard.Card {
	version := s.version()
	old := isVersion21(version)
	if !old && version != string(Version3) && version != string(Version4) {
		warn.add(WarnVersion)
	}
	var b strings.Builder
	b.WriteString("BEGIN:VCARD\n")
	n := 0
	for _, line := range s.unfold(old, lim.Fields, warn) {
		if f, ok := repair(line, old, lim, warn); ok {
			f.params = append(f.params, param{orderParam, strconv.Itoa(n)})
			f.write(&b)
			n++
		}
	}
	b.WriteString("END:VCARD\n")
	card, err := govcard.NewDecoder(strings.NewReader(b.String())).Decode()
	for _, fields := range card {
		n -= len(fields)
	}
	if err != nil || n != 0 { // cannot be: the form is clean; say so rather than lose a field unseen
		warn.add(WarnLine)
	}
	return card
}

var (
	// twice are the escapes of parameters, which are taken off twice: once as of
	// a string and once as of a value.
	twice = strings.NewReplacer(`\`, `\\\\`, "\n", `\\n`, `"`, `\"`)
	// uncarets undoes the escapes of RFC 6868.
	uncarets = strings.NewReplacer("^^", "^", "^n", "\n", "^'", `"`)
)

// write writes the clean form.
func (f *repaired) write(b *strings.Builder) {
	if f.group != "" {
		b.WriteString(f.group + ".")
	}
	b.WriteString(f.name)
	for _, p := range f.params {
		b.WriteString(";" + p.name + `="` + twice.Replace(p.value) + `"`)
	}
	b.WriteString(":" + strings.ReplaceAll(f.raw, `\`, `\\`) + "\n")
}

// repair takes a field apart. ok is false where it is none.
func repair(line []byte, old bool, lim Limits, warn *Warnings) (*repaired, bool) {
	head, value, ok := cutHead(line)
	if !ok {
		warn.add(WarnLine)
		return nil, false
	}
	f := &repaired{}
	encoding, set := f.head(toUTF8(head, "", warn))
	if f.name == "" || f.name == "BEGIN" || f.name == "END" || f.name == "VERSION" {
		return nil, false
	}
	if encoding == "B" || encoding == "BASE64" {
		f.params = append(f.params, param{"ENCODING", "b"})
		f.raw = strings.Join(strings.Fields(strings.Map(printable, string(bytes.ToValidUTF8(value, nil)))), "")
		return f, true
	}
	if encoding == "QUOTED-PRINTABLE" {
		value = unquote(value, warn)
	}
	limit := lim.Value
	if bytes.HasPrefix(bytes.TrimLeft(value, " "), []byte("data:")) {
		limit = len(value)
	}
	if len(value) > limit {
		warn.add(WarnTooLong)
		for value = value[:limit]; len(value) > 0 && !utf8.RuneStart(value[len(value)-1]); {
			value = value[:len(value)-1]
		}
	}
	text := lf(toUTF8(value, set, warn))
	if strings.ContainsFunc(text, isControl) {
		warn.add(WarnControl)
	}
	f.raw = toRaw(strings.Map(printable, text), f.name, old)
	return f, true
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

func printable(r rune) rune {
	if isControl(r) {
		return -1
	}
	return r
}

// cutHead splits a field at its colon: the first outside quotes, or the first
// where the quotes have no end.
func cutHead(line []byte) (head, value []byte, ok bool) {
	quoted := false
	for i, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ':' && !quoted:
			return line[:i], line[i+1:], true
		}
	}
	return bytes.Cut(line, []byte(":"))
}

// head reads name and parameters; encoding and character set are told apart.
func (f *repaired) head(s string) (encoding, set string) {
	parts := splitQuoted(s, ';')
	name := strings.TrimSpace(parts[0])
	if group, rest, ok := strings.Cut(name, "."); ok {
		f.group, name = token(group), rest
	}
	f.name = strings.ToUpper(token(name))
	for _, p := range parts[1:] {
		name, value, ok := strings.Cut(p, "=")
		name = strings.ToUpper(token(name))
		switch {
		case !ok:
			name, value = bareParam(p)
		case name == "":
			continue
		}
		values := []string{value}
		if name == "TYPE" {
			values = strings.Split(strings.ReplaceAll(value, `"`, ""), ",")
		}
		for _, v := range values {
			if v = clearParam(v); name == "TYPE" {
				v = strings.Map(typeChar, v)
			}
			switch {
			case name == "ENCODING":
				encoding = strings.ToUpper(v)
			case name == "CHARSET":
				set = v
			case v != "":
				f.params = append(f.params, param{name, v})
			}
		}
	}
	return encoding, set
}

// bareParam names a parameter of version 2.1 that is only a value.
func bareParam(p string) (name, value string) {
	value = strings.TrimSpace(p)
	switch strings.ToUpper(value) {
	case "QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT":
		return "ENCODING", value
	case "INLINE", "URL", "URI", "CID", "CONTENT-ID":
		return "VALUE", value
	}
	return "TYPE", value
}

// clearParam takes quotes and RFC 6868's escapes off a value.
func clearParam(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), `"`, "")
	return strings.Map(printable, uncarets.Replace(s))
}

// token keeps what a name may consist of.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (r == '-' || r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') {
			return r
		}
		return -1
	}, s)
}

// splitQuoted cuts at separators outside quotes.
func splitQuoted(s string, sep byte) []string {
	var out []string
	from, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// toUTF8 decodes text that names its character set, or is UTF-8 or else what
// Windows in the west writes.
func toUTF8(b []byte, set string, warn *Warnings) string {
	if set == "" {
		if utf8.Valid(b) {
			return string(b)
		}
		warn.add(WarnCharset)
		s, _ := charset.DecodePage(charset.Windows1252, b)
		return s
	}
	s, ok := charset.DecodeName(set, b)
	if !ok {
		warn.add(WarnCharset)
	}
	return s
}

// unquote undoes quoted-printable, but for what is none.
func unquote(b []byte, warn *Warnings) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '=' {
			out = append(out, b[i])
			continue
		}
		if i+2 < len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0 {
			out = append(out, byte(unhex(b[i+1])<<4|unhex(b[i+2])))
			i += 2
			continue
		}
		if i+1 < len(b) {
			warn.add(WarnEncoding)
			out = append(out, '=')
		}
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// toRaw makes a raw value of one line. Version 2.1 escapes nothing but
// semicolons; its commas separate only where lists had come into use.
func toRaw(s, name string, old bool) string {
	s = strings.ReplaceAll(s, "\n", "\x00")
	if old {
		list := name == "CATEGORIES" || name == "NICKNAME"
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			switch c := s[i]; {
			case c == '\\' && i+1 < len(s) && strings.IndexByte(`;,:`, s[i+1]) >= 0:
				i++
				b.WriteString(escape(s[i : i+1]))
			case c == '\\', c == ',' && !list:
				b.WriteString(`\` + string(rune(c)))
			default:
				b.WriteByte(c)
			}
		}
		s = b.String()
	} else if n := len(s) - len(strings.TrimRight(s, `\`)); n%2 == 1 {
		s += `\` // a lone backslash at the end
	}
	return strings.ReplaceAll(s, "\x00", `\n`)
}
