package vcard

import (
	"strings"

	"vangnet/engine/mapi"
)

// The property mapi.CardFields holds lines of two kinds: fields as they were
// read, and marks, which are fields whose value is in another property: when
// that property is written with that value still, it is written with the group
// and parameters of the mark. A mark begins with a tilde, the types that the
// property stands for, and a tilde.

const markSign = "~"

// keptText is what the property is to hold.
func (c *builder) keptText() string {
	var lines []outLine
	used := map[string]bool{}
	for _, l := range c.kept {
		used[l.group] = true
		lines = append(lines, l)
	}
	marks := c.marks()
	for _, l := range marks {
		used[l.group] = true
	}
	for _, f := range c.fields {
		if isMate(f.name) && (f.Group == "" || used[f.Group]) {
			lines = append(lines, f.line())
		}
	}
	var b strings.Builder
	add := func(line string) {
		if b.Len()+len(line)+1 > c.lim.Kept {
			c.warn.add(WarnTooLong)
			return
		}
		b.WriteString(line + "\n")
	}
	for _, l := range lines {
		add(l.String())
	}
	for _, l := range marks {
		add(markSign + l.slot + markSign + l.String())
	}
	return b.String()
}

// marks are the placed fields that would be written in another way.
func (c *builder) marks() []outLine {
	if len(c.placed) == 0 {
		return nil
	}
	written := map[string]outLine{}
	for _, l := range composeContact(c.m, Options{}).lines {
		written[l.key()] = l
	}
	var out []outLine
	for _, p := range c.placed {
		f, l := p.field, p.line()
		l.value, l.slot = f.asWritten(), p.slot
		w, ok := written[l.key()]
		if ok && (l.typeSet() != w.typeSet() || l.hasOwnParams() || f.Group != "" && c.mates[f.Group] > 0) {
			out = append(out, l.without(nameCN, nameLabelParam, "VALUE"))
		}
	}
	return out
}

// asWritten is the raw value of a placed field in the form that Write gives it.
func (f *field) asWritten() string {
	switch {
	case f.name == "TEL" || f.name == "X-MS-TEL":
		return escape(number(f))
	case f.name == "EMAIL":
		return escape(address(f))
	case isURI(f.name):
		return escapeURI(oneLine(f.text()))
	}
	parts := split(f.Value, ';')
	for i := range parts {
		parts[i] = escape(unescape(parts[i]))
	}
	return strings.Join(parts, ";")
}

// apply gives a field the marks it was read with. The names in its parameters
// stay those that the properties say.
func (l *outLine) apply(mark outLine) {
	own := l.params
	l.group, l.params = mark.group, mark.params
	for _, p := range own {
		if p.name == nameCN || p.name == nameLabelParam {
			l.params = append(l.params[:len(l.params):len(l.params)], p)
		}
	}
}

// keptLines reads the property. It may come from anywhere, so only what has the
// form of a field is taken.
func keptLines(m *mapi.Message) (lines []outLine, marks map[string]outLine) {
	marks = map[string]outLine{}
	for _, s := range strings.Split(lf(m.Props.NamedString(mapi.CardFields)), "\n") {
		s, isMark := strings.CutPrefix(strings.Map(printable, s), markSign)
		slot := ""
		if isMark {
			slot, s, _ = strings.Cut(s, markSign)
		}
		head, value, ok := cutHead([]byte(s))
		if !ok {
			continue
		}
		f := repaired{raw: toRaw(string(value), "", false)}
		encoding, _ := f.head(string(head))
		l := outLine{group: f.group, name: f.name, params: f.params, value: f.raw, slot: slot}
		switch {
		case f.name == "" || f.name == "BEGIN" || f.name == "END" || f.name == "VERSION":
			continue
		case encoding != "":
			l.params = append(l.params, param{"ENCODING", "b"})
		}
		if isMark {
			marks[l.key()] = l
		} else {
			lines = append(lines, l)
		}
	}
	return lines, marks
}
