package vcard

import (
	"strconv"
	"strings"

	"vangnet/engine/mapi"
)

// namePreferred is the field in which Outlook says which address is for mail.
const namePreferred = "X-MS-OL-DEFAULT-POSTAL-ADDRESS"

// nameLabelParam is the parameter of ADR that version 4.0 has instead of LABEL.
const nameLabelParam = "LABEL"

// ref is a property by its id or, where that is 0, by its name.
type ref struct {
	id   mapi.PropID
	name mapi.Name
}

func (r ref) get(b mapi.Bag) string {
	if r.id != 0 {
		return b.String(r.id)
	}
	return b.NamedString(r.name)
}

func (r ref) set(b *mapi.Bag, v string) {
	if r.id != 0 {
		b.SetString(r.id, v)
		return
	}
	b.SetNamed(r.name, mapi.TypeString, v)
}

// place is an address that a contact can have; parts in the order of ADR, which
// has a second line after the box that is not among them.
type place struct {
	number int // of mapi.MailingAddress
	types  string
	whole  mapi.Name
	box    ref
	parts  [5]ref // street, city, state, code, country
}

func tag(id mapi.PropID) ref  { return ref{id: id} }
func named(n mapi.Name) ref   { return ref{name: n} }
func (p *place) isWork() bool { return p.number == 2 }
func (p *place) all() [6]ref {
	return [6]ref{p.box, p.parts[0], p.parts[1], p.parts[2], p.parts[3], p.parts[4]}
}
func placeOf(f *field) *place {
	switch {
	case f.is("work"):
		return &addressPlaces[0]
	case f.is("home"):
		return &addressPlaces[1]
	}
	return &addressPlaces[2]
}

var addressPlaces = [3]place{
	{2, "WORK", mapi.WorkAddress, named(mapi.WorkPostOfficeBox), [5]ref{named(mapi.WorkStreet), named(mapi.WorkCity),
		named(mapi.WorkState), named(mapi.WorkPostalCode), named(mapi.WorkCountry)}},
	{1, "HOME", mapi.HomeAddress, tag(mapi.HomePostOfficeBox), [5]ref{tag(mapi.HomeStreet), tag(mapi.HomeCity),
		tag(mapi.HomeState), tag(mapi.HomePostalCode), tag(mapi.HomeCountry)}},
	{3, "POSTAL", mapi.OtherAddress, tag(mapi.OtherPostOfficeBox), [5]ref{tag(mapi.OtherStreet), tag(mapi.OtherCity),
		tag(mapi.OtherState), tag(mapi.OtherPostalCode), tag(mapi.OtherCountry)}},
}

// mailing are the properties that repeat the address for mail.
var mailing = place{box: tag(mapi.PostOfficeBox), parts: [5]ref{tag(mapi.StreetAddress), tag(mapi.Locality), tag(mapi.StateOrProvince),
	tag(mapi.PostalCode), tag(mapi.Country)}}

// addresses maps ADR and LABEL. A second address of a kind is kept.
func (c *builder) addresses() {
	p := &c.m.Props
	preferred := map[int]bool{}
	for _, f := range c.fields {
		if f.name != "ADR" {
			continue
		}
		if to := placeOf(f); c.address(f, to) {
			preferred[to.number] = f.is("pref") || f.param("PREF") == "1"
		}
	}
	for _, f := range c.fields {
		if f.name != "LABEL" {
			continue
		}
		if to := placeOf(f); !c.setNamed(to.whole, crlf(f.text())) {
			c.keep(f)
		}
	}
	for i := range addressPlaces {
		to := &addressPlaces[i]
		if text := to.compose(*p); text != "" && p.NamedString(to.whole) == "" {
			p.SetNamed(to.whole, mapi.TypeString, text)
		}
	}
	c.mailing(preferred)
}

func (c *builder) address(f *field, to *place) bool {
	v := components(f.Value, 7, "\n")
	office := ""
	if to.isWork() { // where Outlook has the second line of ADR
		office = oneLine(strings.ReplaceAll(v[1], "\n", ", "))
	} else if v[1] != "" {
		v[2] = strings.TrimSpace(v[1] + "\n" + v[2])
	}
	values := [6]string{v[0], v[2], v[3], v[4], v[5], v[6]}
	empty := office == ""
	for i, r := range to.all() {
		values[i] = crlf(values[i])
		empty = empty && values[i] == ""
		if r.get(c.m.Props) != "" {
			c.keep(f)
			return false
		}
	}
	if empty {
		return false
	}
	for i, r := range to.all() {
		if values[i] != "" {
			r.set(&c.m.Props, values[i])
		}
	}
	if office != "" && !c.setString(mapi.OfficeLocation, office) {
		c.m.Props.SetString(mapi.OfficeLocation, office)
	}
	if label := crlf(strings.TrimSpace(f.param(nameLabelParam))); label != "" {
		c.setNamed(to.whole, label)
	}
	c.put(f, to.types)
	return true
}

// mailing marks the address for mail, and repeats it where Exchange has it.
func (c *builder) mailing(preferred map[int]bool) {
	p := &c.m.Props
	number := 0
	if f := c.first(namePreferred); f != nil {
		number, _ = strconv.Atoi(f.text())
	}
	for i := range addressPlaces {
		if n := addressPlaces[i].number; number < 1 || number > 3 {
			if _, there := preferred[n]; preferred[n] || there && len(preferred) == 1 {
				number = n
			}
		}
	}
	for i := range addressPlaces {
		from := &addressPlaces[i]
		if from.number != number {
			continue
		}
		p.SetNamed(mapi.MailingAddress, mapi.TypeInt32, int32(number))
		to := mailing.all()
		for j, r := range from.all() {
			if v := r.get(*p); v != "" {
				to[j].set(p, v)
			}
		}
		if text := p.NamedString(from.whole); text != "" {
			p.SetString(mapi.PostalAddress, text)
		}
	}
}

// compose makes a text of an address in the order of Dutch letters.
func (pl *place) compose(b mapi.Bag) string {
	part := func(i int) string { return strings.TrimSpace(pl.parts[i].get(b)) }
	var lines []string
	for _, s := range []string{part(0), strings.TrimSpace(pl.box.get(b)), strings.TrimSpace(part(3) + " " + part(1)), part(2), part(4)} {
		if s != "" {
			lines = append(lines, crlf(s))
		}
	}
	return strings.Join(lines, "\r\n")
}

func (w *composer) addresses() {
	p := w.m.Props
	preferred, _ := p.NamedInt(mapi.MailingAddress)
	there := 0
	for i := range addressPlaces {
		pl := &addressPlaces[i]
		v := make([]string, 6)
		for j, r := range pl.all() {
			v[j] = strings.TrimSpace(lf(r.get(p)))
		}
		office := ""
		if pl.isWork() {
			office = oneLine(p.String(mapi.OfficeLocation))
		}
		label := strings.TrimSpace(lf(p.NamedString(pl.whole)))
		if label == lf(pl.compose(p)) {
			label = ""
		}
		types := pl.types
		if int64(pl.number) == preferred {
			types += ",PREF"
		}
		l := outLine{name: "ADR", params: []param{{"TYPE", types}}, slot: pl.types,
			value: join(v[0], office, v[1], v[2], v[3], v[4], v[5])}
		if strings.Trim(l.value, ";") != "" {
			there++
			if label != "" && w.opt.Version == Version4 {
				l.params = append(l.params, param{nameLabelParam, label})
				label = ""
			}
			w.add(l)
		}
		if label != "" {
			there++
			w.add(outLine{name: "LABEL", params: []param{{"TYPE", types}}, value: escape(label)})
		}
	}
	if preferred >= 1 && preferred <= 3 && there > 0 {
		w.text(namePreferred, strconv.FormatInt(preferred, 10))
	}
}
