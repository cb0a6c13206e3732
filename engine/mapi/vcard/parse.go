package vcard

import (
	"crypto/sha256"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	govcard "github.com/emersion/go-vcard"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// Parse reads all cards of a file, each as an item of class IPM.Contact or
// IPM.DistList with the properties that Exchange gives such items. The error is
// r's; content never causes one.
func Parse(r io.Reader, lim Limits) ([]*mapi.Message, Warnings, error) {
	lim = lim.orDefaults()
	b, err := io.ReadAll(io.LimitReader(r, lim.Size+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read vCard: %w", err)
	}
	var warn Warnings
	if int64(len(b)) > lim.Size {
		b = b[:lim.Size]
		warn.add(WarnCut)
	}
	var out []*mapi.Message
	var lists []*builder
	people := directory{}
	for _, s := range cards(toText(b), lim.Cards, &warn) {
		card := parseCard(&s, lim, &warn)
		if len(card) == 0 {
			warn.add(WarnEmpty)
			continue
		}
		c := newBuilder(card, lim, &warn)
		if c.isList() {
			lists = append(lists, c)
		} else {
			c.contact()
			people.add(c)
		}
		out = append(out, c.m)
	}
	for _, c := range lists { // once everyone is known
		c.list(people)
	}
	if len(out) == 0 {
		warn.add(WarnNoCard)
	}
	return out, warn, nil
}

// field is a field of a card that is read.
type field struct {
	*govcard.Field
	name  string
	order int             // in the card
	types map[string]bool // in lower case
}

// is reports whether the field has a type.
func (f *field) is(one string) bool { return f.types[one] }

// text is the value as one text.
func (f *field) text() string { return strings.TrimSpace(unescape(f.Value)) }

// param is a parameter as one text.
func (f *field) param(name string) string { return strings.Join(f.Params[name], ",") }

// isBinary reports whether the value is base64.
func (f *field) isBinary() bool { return f.param("ENCODING") == "b" }

// isText reports whether the value is a text where it might be an address of one.
func (f *field) isText() bool {
	v := strings.ToLower(f.param("VALUE"))
	return !f.isBinary() && v != "uri" && v != "url" && v != "cid" && v != "content-id"
}

// line is the field as it is kept and written again.
func (f *field) line() outLine {
	l := outLine{group: f.Group, name: f.name, value: f.Value}
	names := make([]string, 0, len(f.Params))
	for name := range f.Params {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		l.params = append(l.params, param{name, f.param(name)})
	}
	return l
}

// builder makes one item of a card.
type builder struct {
	lim    Limits
	warn   *Warnings
	m      *mapi.Message
	fields []*field
	labels map[string]string // group to label
	mates  map[string]int    // group to fields that only say something of another
	kept   []outLine         // what no property holds
	placed []placed          // what properties hold
}

func newBuilder(card govcard.Card, lim Limits, warn *Warnings) *builder {
	c := &builder{lim: lim, warn: warn, m: &mapi.Message{}, labels: map[string]string{}, mates: map[string]int{}}
	for name, fields := range card {
		for _, one := range fields {
			f := &field{Field: one, name: name, types: map[string]bool{}}
			f.order, _ = strconv.Atoi(one.Params.Get(orderParam))
			delete(one.Params, orderParam)
			for _, t := range one.Params.Types() {
				f.types[t] = true
			}
			c.fields = append(c.fields, f)
		}
	}
	sort.Slice(c.fields, func(i, j int) bool { return c.fields[i].order < c.fields[j].order })
	for _, f := range c.fields {
		if f.name == nameLabel && f.Group != "" {
			c.labels[f.Group] = strings.TrimSuffix(strings.TrimPrefix(f.text(), "_$!<"), ">!$_")
		}
		if isMate(f.name) && f.Group != "" {
			c.mates[f.Group]++
		}
	}
	return c
}

// isMate reports fields that only say something of another field of their
// group, as Apple writes them.
func isMate(name string) bool { return name == nameLabel || name == "X-ABADR" }

const nameLabel = "X-ABLABEL"

// placed is a field that a property holds.
type placed struct {
	*field
	slot string
}

func (c *builder) put(f *field, slot string) { c.placed = append(c.placed, placed{f, slot}) }

// keep stores a field that no property can hold.
func (c *builder) keep(f *field) { c.kept = append(c.kept, f.line()) }

// first is the first field of that name, nil where there is none.
func (c *builder) first(name string) *field {
	for _, f := range c.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// contact maps the card of a person or a company.
func (c *builder) contact() {
	p := &c.m.Props
	p.SetString(mapi.MessageClass, classContact)
	c.names()
	c.phones()
	c.emails()
	c.addresses()
	c.urls()
	for _, f := range c.fields {
		if isMate(f.name) || c.isDone(f) {
			continue
		}
		if how := fieldReaders[f.name]; how == nil || !how(c, f) {
			c.keep(f)
		}
	}
	c.finish()
}

// isDone reports fields that were read by a function for all of their kind.
func (c *builder) isDone(f *field) bool {
	switch f.name {
	case "FN", "N", "TEL", "X-MS-TEL", "EMAIL", "ADR", "LABEL", "URL", "PRODID", namePreferred, nameFileAs:
		return true
	}
	return false
}

// setString sets a property once: true where the value is there now.
func (c *builder) setString(id mapi.PropID, v string) bool {
	if have := c.m.Props.String(id); have != "" || v == "" {
		return have == v || v == ""
	}
	c.m.Props.SetString(id, v)
	return true
}

// setNamed is setString for a named property.
func (c *builder) setNamed(n mapi.Name, v string) bool {
	if have := c.m.Props.NamedString(n); have != "" || v == "" {
		return have == v || v == ""
	}
	c.m.Props.SetNamed(n, mapi.TypeString, v)
	return true
}

// finish sets what depends on the whole, and what is kept.
func (c *builder) finish() {
	p := &c.m.Props
	flags := int64(mapi.FlagRead)
	if len(c.m.Attachments) > 0 {
		flags |= mapi.FlagHasAttach
	}
	p.SetInt(mapi.MessageFlags, flags)
	p.SetInt(mapi.Importance, 1)
	p.SetInt(mapi.MessageCodepage, charset.UTF8)
	p.SetInt(mapi.InternetCodepage, charset.UTF8)
	if text := c.keptText(); text != "" {
		p.SetNamed(mapi.CardFields, mapi.TypeString, text)
	}
	h := sha256.New()
	for _, f := range c.fields {
		_, _ = fmt.Fprintf(h, "%q %q\n", f.name, f.Value)
	}
	p.SetBytes(mapi.SearchKey, h.Sum(nil)[:16])
}
