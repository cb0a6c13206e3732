package vcard

import (
	"strings"

	"vangnet/engine/mapi"
)

// nameFileAs is the field of Evolution for the name by which a contact is filed,
// which no version of the format has.
const nameFileAs = "X-EVOLUTION-FILE-AS"

var nameParts = []mapi.PropID{mapi.Surname, mapi.GivenName, mapi.MiddleName, mapi.NamePrefix, mapi.Generation}

// names maps FN and N; later ones of either are kept.
func (c *builder) names() {
	p := &c.m.Props
	for _, f := range c.fields {
		switch f.name {
		case "N":
			if f != c.first("N") {
				c.keep(f)
				continue
			}
			for i, v := range components(f.Value, len(nameParts), ", ") {
				c.setString(nameParts[i], oneLine(v))
			}
		case "FN":
			if !c.setString(mapi.DisplayName, oneLine(f.text())) {
				c.keep(f)
			}
		}
	}
	if f := c.first("ORG"); f != nil && p.String(mapi.CompanyName) == "" {
		c.org(f)
	}
	name := p.String(mapi.DisplayName)
	if name == "" {
		name = madeName(*p)
	}
	if name == "" {
		name = c.anyName()
	}
	p.SetString(mapi.DisplayName, name)
	setSubject(p, name)
	fileAs, how := madeFileAs(*p)
	if f := c.first(nameFileAs); f != nil && f.text() != "" && oneLine(f.text()) != fileAs {
		fileAs, how = oneLine(f.text()), mapi.FileAsOwn
	}
	p.SetNamed(mapi.FileAs, mapi.TypeString, fileAs)
	p.SetNamed(mapi.FileAsID, mapi.TypeInt32, int32(how))
}

// anyName is what else may tell one contact from another.
func (c *builder) anyName() string {
	for _, name := range []string{nameFileAs, "NICKNAME", "EMAIL", "TEL", "X-MS-TEL"} {
		for _, f := range c.fields {
			if s := number(f); f.name == name && s != "" {
				return s
			}
		}
	}
	return ""
}

// setSubject sets what Exchange lists an item under.
func setSubject(p *mapi.Bag, name string) {
	p.SetString(mapi.Subject, name)
	p.SetString(mapi.SubjectPrefix, "")
	p.SetString(mapi.NormalizedSubject, name)
	p.SetString(mapi.ConversationTopic, name)
}

// madeName is the name of a person in the order it is spoken, else the company.
func madeName(p mapi.Bag) string {
	var words []string
	for _, id := range []mapi.PropID{mapi.NamePrefix, mapi.GivenName, mapi.MiddleName, mapi.Surname, mapi.Generation} {
		if s := p.String(id); s != "" {
			words = append(words, s)
		}
	}
	if len(words) == 0 {
		return p.String(mapi.CompanyName)
	}
	return strings.Join(words, " ")
}

// madeFileAs is how Outlook files a contact unless told otherwise.
func madeFileAs(p mapi.Bag) (name string, how int) {
	surname := p.String(mapi.Surname)
	first := strings.TrimSpace(p.String(mapi.GivenName) + " " + p.String(mapi.MiddleName))
	switch {
	case surname != "" && first != "":
		return surname + ", " + first, mapi.FileAsLastFirst
	case surname != "":
		return surname, mapi.FileAsLastFirst
	case first != "":
		return first, mapi.FileAsLastFirst
	case p.String(mapi.CompanyName) != "":
		return p.String(mapi.CompanyName), mapi.FileAsCompany
	}
	return p.String(mapi.DisplayName), mapi.FileAsOwn
}

// displayName is the name to show of any contact.
func displayName(m *mapi.Message) string {
	for _, s := range []string{m.Props.String(mapi.DisplayName), mapi.SubjectOf(m), madeName(m.Props), m.Props.NamedString(mapi.FileAs)} {
		if s = oneLine(s); s != "" {
			return s
		}
	}
	for n := range emailSlots {
		if s := oneLine(m.Props.NamedString(mapi.EmailOf(n).Address)); s != "" {
			return s
		}
	}
	return ""
}

// oneLine makes one line of a text.
func oneLine(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' || r == ' ' })
	return strings.TrimSpace(strings.Join(words, " "))
}

// org maps company and department. Units below the department stay in it,
// semicolons between them.
func (c *builder) org(f *field) bool {
	parts := split(f.Value, ';')
	for i := range parts {
		parts[i] = oneLine(unescape(parts[i]))
	}
	company, department := parts[0], strings.Trim(strings.Join(parts[1:], ";"), ";")
	if have := c.m.Props.String(mapi.CompanyName); have != "" && have != company {
		return false
	}
	if have := c.m.Props.String(mapi.DepartmentName); have != "" && have != department {
		return false
	}
	return c.setString(mapi.CompanyName, company) && c.setString(mapi.DepartmentName, department)
}

func (w *composer) names() {
	p := w.m.Props
	w.text("FN", displayName(w.m))
	parts := make([]string, len(nameParts))
	for i, id := range nameParts {
		parts[i] = oneLine(p.String(id))
	}
	w.add(outLine{name: "N", value: join(parts...)})
	if fileAs, want := oneLine(p.NamedString(mapi.FileAs)), ""; fileAs != "" {
		if want, _ = madeFileAs(p); oneLine(want) != fileAs {
			w.text(nameFileAs, fileAs)
		}
	}
	if company, department := oneLine(p.String(mapi.CompanyName)), oneLine(p.String(mapi.DepartmentName)); company+department != "" {
		units := []string{company}
		if department != "" {
			units = append(units, strings.Split(department, ";")...)
		}
		w.add(outLine{name: "ORG", value: join(units...)})
	}
}
