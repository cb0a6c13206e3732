package vcard

import (
	"io"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// outLine is a field to be written. Its value is raw.
type outLine struct {
	group, name string
	params      []param
	value       string
	slot        string // which of the properties that are written as fields of that name
}

// key tells one property and its value from others.
func (l *outLine) key() string { return l.slot + markSign + l.name + ":" + l.value }

// typeSet are the types that tell one field from another.
func (l *outLine) typeSet() string {
	var types []string
	for _, p := range l.params {
		if p.name != "TYPE" {
			continue
		}
		for _, t := range strings.Split(strings.ToLower(p.value), ",") {
			switch t {
			case "", "pref", "voice", "internet":
			default:
				types = append(types, t)
			}
		}
	}
	sort.Strings(types)
	return strings.Join(types, ",")
}

// hasOwnParams reports parameters that no property stands for.
func (l *outLine) hasOwnParams() bool {
	for _, p := range l.params {
		switch p.name {
		case "TYPE", "PREF", "VALUE", nameCN, nameLabelParam:
		default:
			return true
		}
	}
	return false
}

// without is the field without some parameters.
func (l *outLine) without(names ...string) outLine {
	out := *l
	out.params = nil
	for _, p := range l.params {
		if !slices.Contains(names, p.name) {
			out.params = append(out.params, p)
		}
	}
	return out
}

// withoutType is the field without one of its types.
func (l *outLine) withoutType(name string) outLine {
	out := *l
	out.params = nil
	for _, p := range l.params {
		if p.name == "TYPE" {
			p.value = strings.Join(slices.DeleteFunc(strings.Split(p.value, ","), func(t string) bool { return strings.EqualFold(t, name) }), ",")
		}
		if p.value != "" && (p.name != strings.ToUpper(name)) {
			out.params = append(out.params, p)
		}
	}
	return out
}

// String is the field without folds.
func (l *outLine) String() string { return l.head() + l.value }

// carets are the escapes of RFC 6868.
var carets = strings.NewReplacer("^", "^^", "\n", "^n", `"`, "^'")

// head is all before the value. A list of types needs no quotes.
func (l *outLine) head() string {
	var b strings.Builder
	if l.group != "" {
		b.WriteString(l.group + ".")
	}
	if l.name == nameLabel { // as those write it who read it
		b.WriteString("X-ABLabel")
	} else {
		b.WriteString(l.name)
	}
	for _, p := range l.params {
		b.WriteString(";" + p.name + "=")
		if p.name == "TYPE" {
			b.WriteString(strings.Map(typeChar, p.value)) // one may come from a property
			continue
		}
		v := carets.Replace(strings.Map(printable, p.value))
		if strings.ContainsAny(v, ",;: ") {
			v = `"` + v + `"`
		}
		b.WriteString(v)
	}
	return b.String() + ":"
}

// typeChar drops what would end a list of types, or have to be in quotes.
func typeChar(r rune) rune {
	if strings.ContainsRune(`;:"^ `, r) || unicode.IsControl(r) {
		return -1
	}
	return r
}

const foldAt = 75 // bytes of a line, RFC 2426 2.6

// folder writes fields in lines of a moderate length, and breaks no character.
type folder struct {
	w   io.Writer
	col int
	err error
}

func (f *folder) put(s string) {
	for len(s) > 0 && f.err == nil {
		n := min(len(s), foldAt-f.col)
		for n < len(s) && n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		if n == 0 && len(s) > 0 {
			if f.col <= 1 { // no character at all, only bytes
				n = min(len(s), foldAt-f.col)
			} else {
				_, f.err = io.WriteString(f.w, "\r\n ")
				f.col = 1
				continue
			}
		}
		_, f.err = io.WriteString(f.w, s[:n])
		f.col += n
		s = s[n:]
	}
}

// Write takes ASCII.
func (f *folder) Write(p []byte) (int, error) {
	f.put(string(p))
	return len(p), f.err
}

// end ends a field.
func (f *folder) end() {
	if f.err == nil {
		_, f.err = io.WriteString(f.w, "\r\n")
	}
	f.col = 0
}

func (f *folder) line(l outLine) {
	f.put(l.String())
	f.end()
}
