package vcard

import (
	"strings"

	"vangnet/engine/mapi"
)

const (
	emailSlots = 3
	nameCN     = "X-CN" // parameter: the name that is shown of an address
)

// emails maps the addresses: the preferred one first, the rest as they come;
// what is more than a contact can have is kept.
func (c *builder) emails() {
	var first, rest []*field
	for _, f := range c.fields {
		switch {
		case f.name != "EMAIL" || address(f) == "":
		case len(first) == 0 && (f.is("pref") || f.param("PREF") == "1"):
			first = append(first, f)
		default:
			rest = append(rest, f)
		}
	}
	var numbers []int32
	bits := int32(0)
	seen := map[string]string{} // address to types
	for _, f := range append(first, rest...) {
		n, l := len(numbers), f.line()
		types, again := seen[address(f)]
		switch {
		case again && types == l.typeSet():
			continue
		case again: // not to be taken for the first the next time
			c.kept = append(c.kept, l.withoutType("pref"))
			continue
		case n >= emailSlots:
			c.keep(f)
			continue
		}
		seen[address(f)] = l.typeSet()
		c.email(n, f)
		c.put(f, "")
		numbers, bits = append(numbers, int32(n)), bits|1<<n
	}
	if len(numbers) > 0 {
		c.m.Props.SetNamed(mapi.EmailsShown, mapi.TypeInt32|mapi.Multi, numbers)
		c.m.Props.SetNamed(mapi.EmailsBits, mapi.TypeInt32, bits)
	}
}

func address(f *field) string {
	s := oneLine(f.text())
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	return s
}

func (c *builder) email(n int, f *field) {
	p, ids, addr := &c.m.Props, mapi.EmailOf(n), address(f)
	kind := "SMTP"
	switch {
	case f.is("x400"):
		kind = "X400"
	case f.is("ex") || f.is("x-ex"):
		kind = "EX"
	}
	name := p.String(mapi.DisplayName)
	shown := f.param(nameCN)
	if shown == "" {
		shown = shownName(name, addr)
	}
	p.SetNamed(ids.DisplayName, mapi.TypeString, shown)
	p.SetNamed(ids.AddrType, mapi.TypeString, kind)
	p.SetNamed(ids.Address, mapi.TypeString, addr)
	p.SetNamed(ids.OriginalName, mapi.TypeString, addr)
	if kind == "SMTP" {
		if name == "" {
			name = addr
		}
		p.SetNamed(ids.EntryID, mapi.TypeBinary, mapi.NewOneOff(name, addr))
	}
}

// shownName is the name of an address as Outlook makes it.
func shownName(name, addr string) string {
	if name == "" || name == addr {
		return addr
	}
	return name + " (" + addr + ")"
}

func (w *composer) emails() {
	p := w.m.Props
	var lines []outLine
	for n := range emailSlots {
		ids := mapi.EmailOf(n)
		addr, kind := w.address(ids)
		if addr == "" {
			continue
		}
		l := outLine{name: "EMAIL", params: []param{{"TYPE", kind}}, value: escape(addr)}
		name := displayName(w.m)
		switch shown := oneLine(p.NamedString(ids.DisplayName)); shown {
		case "", addr, name, shownName(name, addr), shownName(oneLine(p.NamedString(mapi.FileAs)), addr):
		default:
			l.params = append(l.params, param{nameCN, shown})
		}
		lines = append(lines, l)
	}
	if len(lines) > 1 {
		lines[0].params[0].value += ",PREF"
	}
	for _, l := range lines {
		w.add(l)
	}
}

// address finds the Internet address of one that may be known by another.
func (w *composer) address(ids mapi.EmailNames) (addr, kind string) {
	p := w.m.Props
	addr = oneLine(p.NamedString(ids.Address))
	original := oneLine(p.NamedString(ids.OriginalName))
	entry, _ := p.Named(ids.EntryID)
	id, _ := entry.Value.([]byte)
	kind = strings.ToUpper(oneLine(p.NamedString(ids.AddrType)))
	switch {
	case kind == "SMTP" || kind == "" && strings.Contains(addr, "@"):
		return addr, "INTERNET"
	case strings.Contains(original, "@"):
		return original, "INTERNET"
	}
	if _, smtp, ok := mapi.OneOff(id); ok && smtp != "" {
		return smtp, "INTERNET"
	}
	if w.opt.Resolve != nil && addr != "" {
		if smtp := oneLine(w.opt.Resolve(addr)); smtp != "" {
			return smtp, "INTERNET"
		}
	}
	switch kind {
	case "":
		return addr, "INTERNET"
	case "EX":
		return addr, "X-EX"
	}
	return addr, kind
}
