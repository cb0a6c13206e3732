package ical

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"vangnet/engine/mapi/charset"
)

// Bounds of one line's parameters, which the decoder reads slowly.
const (
	maxParam  = 4 << 10 // bytes of a value
	maxParams = 64      // values of a line
	maxName   = 100     // bytes of a name
)

// toUTF8 undoes UTF-16 and drops the mark before the text.
func toUTF8(data []byte, warn *Warnings) []byte {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return []byte(charset.DecodeUTF16(data[2:]))
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		text, _ := charset.DecodePage(charset.UTF16BE, data[2:])
		return []byte(text)
	}
	data = bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	if !utf8.Valid(data) {
		warn.add(WarnCharset)
	}
	return data
}

// eachLine calls do with every line, folds undone. Lines may end in any way.
func eachLine(data []byte, do func(line string)) {
	var line []byte
	flush := func() {
		if len(line) > 0 {
			do(decodeLine(line))
		}
		line = line[:0]
	}
	for len(data) > 0 {
		i := bytes.IndexAny(data, "\r\n")
		if i < 0 {
			i = len(data)
		}
		one := data[:i]
		data = data[i:]
		if len(data) > 0 {
			n := 1
			if bytes.HasPrefix(data, []byte("\r\n")) {
				n = 2
			}
			data = data[n:]
		}
		switch {
		case len(one) == 0:
		case softBreak(line):
			line = append(line[:len(line)-1], one...)
		case one[0] == ' ' || one[0] == '\t':
			line = append(line, one[1:]...)
		default:
			flush()
			line = append(line, one...)
		}
	}
	flush()
}

// softBreak reports a line of vCalendar 1.0 that goes on in the next.
func softBreak(line []byte) bool {
	if len(line) == 0 || line[len(line)-1] != '=' {
		return false
	}
	head, _, _ := bytes.Cut(line[:min(len(line), maxParam)], []byte(":"))
	return bytes.Contains(bytes.ToUpper(head), []byte("QUOTED-PRINTABLE"))
}

func decodeLine(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	text, _ := charset.DecodePage(charset.Windows1252, b)
	return text
}

// contentLine is one line in its parts, as the decoder can read it.
type contentLine struct {
	name, params, value string
}

func (c contentLine) String() string { return c.name + c.params + ":" + c.value }

// repair takes a line apart. ok is false where it is none; odd says that it was
// changed to become one.
func repair(line string) (c contentLine, ok, odd bool) {
	n := nameLength(line)
	if n == 0 || n == len(line) || line[n] != ';' && line[n] != ':' {
		return c, false, false
	}
	c.name = strings.ToUpper(line[:n])
	if i := strings.LastIndexByte(c.name, '.'); i >= 0 && i < n-1 {
		c.name = c.name[i+1:] // the name of a group before it
	}
	rest := line[n:]
	c.params, rest, ok, odd = repairParams(rest)
	if !ok {
		return c, false, false
	}
	c.value = clean(rest)
	return c, true, odd
}

// nameLength is how long the name at the beginning of a line is.
func nameLength(s string) int {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
		default:
			return i
		}
		if i >= maxName {
			return 0
		}
	}
	return len(s)
}

// repairParams reads ;NAME=value,value… up to the colon.
func repairParams(s string) (params, rest string, ok, odd bool) {
	var b strings.Builder
	for n := 0; s != "" && s[0] == ';'; {
		s = strings.TrimLeft(s[1:], " ;")
		i := nameLength(s)
		name := strings.ToUpper(s[:i])
		s = s[i:]
		if !strings.HasPrefix(s, "=") { // vCalendar 1.0 leaves out the name
			odd = true
			if known := loneValue(name); known != "" {
				b.WriteString(known)
			}
			if j := strings.IndexAny(s, ";:"); j >= 0 {
				s = s[j:]
				continue
			}
			return "", "", false, odd
		}
		var values []string
		for s != "" && (s[0] == '=' || s[0] == ',') {
			var v string
			var strange bool
			v, s, strange = paramValue(s[1:])
			odd = odd || strange
			if n++; len(v) <= maxParam && n <= maxParams {
				values = append(values, v)
			} else {
				odd = true
			}
		}
		if name != "" && len(values) > 0 {
			b.WriteString(";" + name + "=" + strings.Join(values, ","))
		}
	}
	if s == "" || s[0] != ':' {
		return "", "", false, odd
	}
	return b.String(), s[1:], true, odd
}

// loneValue is a parameter of which only the value was written.
func loneValue(v string) string {
	switch v {
	case "QUOTED-PRINTABLE", "BASE64", "8BIT":
		return ";ENCODING=" + v
	}
	return ""
}

// paramValue reads one value, quoted again where it has to be.
func paramValue(s string) (v, rest string, odd bool) {
	if strings.HasPrefix(s, `"`) {
		i := strings.IndexByte(s[1:], '"')
		if i >= 0 {
			v, s = s[1:1+i], s[2+i:]
			if j := strings.IndexAny(s, ";:,"); j > 0 { // text behind the quote
				v, s, odd = v+strings.ReplaceAll(s[:j], `"`, ""), s[j:], true
			}
			return quote(clean(v)), s, odd
		}
		s, odd = s[1:], true
	}
	i := strings.IndexAny(s, ";:,")
	if i < 0 {
		return "", "", true
	}
	v = s[:i]
	if strings.Contains(v, `"`) {
		v, odd = strings.ReplaceAll(v, `"`, ""), true
	}
	return quote(clean(v)), s[i:], odd
}

func quote(v string) string {
	if strings.ContainsAny(v, ";:,") {
		return `"` + v + `"`
	}
	return v
}

// clean drops what no line may hold.
func clean(s string) string {
	if strings.IndexFunc(s, isControl) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F }
