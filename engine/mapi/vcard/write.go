package vcard

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// ErrClass is returned for items that are neither contact nor distribution list.
var ErrClass = errors.New("no contact")

// maxNote bounds the note of a contact, in bytes.
const maxNote = 16 << 20

// Write writes one item as one card. The result depends on the item alone. The
// picture is streamed; what was not loaded fails with mapi.ErrNotLoaded.
func Write(w io.Writer, m *mapi.Message, o Options) error {
	if o.Version == "" {
		o.Version = Version3
	}
	if !Can(m.Class()) {
		return fmt.Errorf("write vCard of a %.100q: %w", m.Class(), ErrClass)
	}
	if o.Version != Version3 && o.Version != Version4 {
		return fmt.Errorf("write vCard: version %.20q is not known", string(o.Version))
	}
	if _, cut := mapi.BodyText(m, maxNote); cut {
		return fmt.Errorf("write vCard: note: %w", mapi.ErrNotLoaded)
	}
	m, err := inMemory(m)
	if err != nil {
		return fmt.Errorf("write vCard: %w", err)
	}
	buf := bufio.NewWriterSize(w, 16<<10)
	if err := write(&folder{w: buf}, m, o); err != nil {
		return fmt.Errorf("write vCard: %w", err)
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("write vCard: %w", err)
	}
	return nil
}

func write(out *folder, m *mapi.Message, o Options) error {
	photo := picture(m)
	var card *composer
	if isClass(m.Class(), classList) {
		o.Version, photo = Version4, nil
		card = composeList(m, o)
	} else {
		card = composeContact(m, o)
	}
	out.line(outLine{name: "BEGIN", value: "VCARD"})
	out.line(outLine{name: "VERSION", value: string(o.Version)})
	kept, marks := keptLines(m)
	groups := map[string]bool{}
	for _, l := range card.lines {
		if mark, ok := marks[l.key()]; ok {
			delete(marks, l.key())
			l.apply(mark)
			groups[l.group] = true
		}
		out.line(l)
	}
	if photo != nil {
		if err := writePhoto(out, photo, o.Version); err != nil {
			return err
		}
	}
	for _, l := range kept {
		if !isMate(l.name) {
			groups[l.group] = true
		}
	}
	for _, l := range kept {
		if !isMate(l.name) || l.group == "" || groups[l.group] {
			out.line(l)
		}
	}
	out.line(outLine{name: "END", value: "VCARD"})
	return out.err
}

// maxProperty bounds a property of a contact, in bytes.
const maxProperty = 32 << 20

// inMemory is the item with its large texts, and the members of a list, in
// memory. One that was not loaded is an error: a card without it would look whole.
func inMemory(m *mapi.Message) (*mapi.Message, error) {
	out := *m
	out.Props = append(mapi.Bag(nil), m.Props...)
	for i := range out.Props {
		p := &out.Props[i]
		blob, ok := p.Value.(mapi.Blob)
		isText := p.Tag.Type() == mapi.TypeString && (p.Name != nil || p.Tag.ID() != mapi.Body)
		if !ok || !isText && (p.Name == nil || !p.Name.Equal(mapi.ListStream)) {
			continue
		}
		b, err := readAll(blob)
		if err != nil {
			return nil, fmt.Errorf("property %s: %w", p.Tag, err)
		}
		if p.Value = b; isText {
			p.Value = charset.DecodeUTF16(b)
		}
	}
	return &out, nil
}

func readAll(b mapi.Blob) ([]byte, error) {
	if b.Size > maxProperty {
		return nil, fmt.Errorf("%d bytes are more than a contact has", b.Size)
	}
	r, err := b.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(io.LimitReader(r, maxProperty))
}

// composer collects the fields of a card.
type composer struct {
	m     *mapi.Message
	opt   Options
	lines []outLine
}

func (w *composer) add(l outLine) {
	l.value = strings.Map(printable, l.value)
	w.lines = append(w.lines, l)
}

// text adds a field of one text, if there is one.
func (w *composer) text(name, v string) {
	switch {
	case v == "" && name != "FN":
	case isURI(name):
		w.add(outLine{name: name, value: escapeURI(oneLine(v))})
	default:
		w.add(outLine{name: name, value: escape(v)})
	}
}

// composeContact makes the fields of a contact, but for its picture.
func composeContact(m *mapi.Message, o Options) *composer {
	w := &composer{m: m, opt: o}
	w.names()
	for _, t := range textFields {
		w.textField(t)
	}
	w.phones()
	w.emails()
	w.addresses()
	w.urls()
	w.dates()
	w.rest()
	w.keys()
	return w
}

func (w *composer) textField(t textField) {
	v := t.to.get(w.m.Props)
	if t.lines {
		v = strings.TrimSpace(lf(v))
	} else {
		v = oneLine(v)
	}
	switch {
	case t.name == "X-MS-IMADDRESS" && hasScheme(v):
		w.text("IMPP", v)
	case t.name == "X-MS-SPOUSE" && w.opt.Version == Version4:
		w.person("spouse", v)
		return
	case t.name == "NICKNAME":
		var list []string
		for _, n := range strings.Split(v, ",") {
			if n = strings.TrimSpace(n); n != "" {
				list = append(list, escape(n))
			}
		}
		if v = strings.Join(list, ","); v != "" {
			w.add(outLine{name: t.name, value: v})
		}
		return
	}
	w.text(t.name, v)
}

// person adds someone the contact is related to, version 4.0.
func (w *composer) person(kind, name string) {
	if name != "" {
		w.add(outLine{name: "RELATED", params: []param{{"TYPE", kind}, {"VALUE", "text"}}, value: escape(name)})
	}
}

// hasScheme reports whether an address says what it is one of: xmpp:anna@a.example.
func hasScheme(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	return ok && rest != "" && scheme != "" && scheme == token(scheme)
}

func (w *composer) urls() {
	p := w.m.Props
	work, home, page := oneLine(p.String(mapi.BusinessHomePage)), oneLine(p.String(mapi.PersonalHomePage)), oneLine(p.NamedString(mapi.WebPage))
	add := func(types, v string) {
		if v == "" {
			return
		}
		w.text("URL", v)
		if types != "" {
			l := &w.lines[len(w.lines)-1]
			l.params, l.slot = []param{{"TYPE", types}}, types
		}
	}
	add("WORK", work)
	add("HOME", home)
	if page != work && page != home {
		add("", page)
	}
}

func (w *composer) rest() {
	p := w.m.Props
	children, _ := p.Get(mapi.ChildrensNames)
	names, _ := children.Value.([]string)
	for _, name := range names {
		if name = oneLine(name); w.opt.Version == Version4 {
			w.person("child", name)
		} else {
			w.text("X-MS-CHILD", name)
		}
	}
	if v, _ := p.Int(mapi.Gender); v == 1 || v == 2 {
		name := "GENDER"
		if w.opt.Version == Version3 {
			name = "X-GENDER"
		}
		w.text(name, [3]string{"", "F", "M"}[v])
	}
	w.common()
}

// common adds what lists have too.
func (w *composer) common() {
	p := w.m.Props
	var words []string
	for _, k := range p.NamedStrings(mapi.Keywords) {
		if k = oneLine(k); k != "" {
			words = append(words, escape(k))
		}
	}
	if len(words) > 0 {
		w.add(outLine{name: "CATEGORIES", value: strings.Join(words, ",")})
	}
	n, ok := p.Int(mapi.Sensitivity)
	if p.NamedBool(mapi.Private) && n < 2 {
		n, ok = 2, true
	}
	if ok && n > 0 && n < int64(len(classes)) {
		w.text("CLASS", classes[n])
	}
	note, _ := mapi.BodyText(w.m, maxNote)
	w.text("NOTE", strings.TrimRight(lf(note), " \t\n"))
}
