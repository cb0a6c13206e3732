package vcard

import (
	"strings"

	"vangnet/engine/mapi"
)

// textField is a field that is one property, whole.
type textField struct {
	name    string // as it is written
	to      ref
	aliases []string // what other programs write
	lines   bool     // may have several lines
}

// Fields that begin with X-VANGNET are for properties of Exchange that nobody
// has given a field yet.
var textFields = []textField{
	{name: "NICKNAME", to: tag(mapi.Nickname)},
	{name: "TITLE", to: tag(mapi.JobTitle)},
	{name: "ROLE", to: tag(mapi.Profession)},
	{name: "X-MS-MANAGER", to: tag(mapi.ManagerName), aliases: []string{"X-MANAGER", "X-EVOLUTION-MANAGER", "X-KADDRESSBOOK-X-MANAGERSNAME"}},
	{name: "X-MS-ASSISTANT", to: tag(mapi.Assistant), aliases: []string{"X-ASSISTANT", "X-EVOLUTION-ASSISTANT", "X-KADDRESSBOOK-X-ASSISTANTSNAME"}},
	{name: "X-MS-SPOUSE", to: tag(mapi.SpouseName), aliases: []string{"X-SPOUSE", "X-EVOLUTION-SPOUSE", "X-KADDRESSBOOK-X-SPOUSESNAME"}},
	{name: "X-MS-INTERESTS", to: tag(mapi.Hobbies), aliases: []string{"HOBBY"}},
	{name: "X-MS-IMADDRESS", to: named(mapi.IMAddress), aliases: []string{"IMPP"}},
	{name: "FBURL", to: named(mapi.FreeBusyURL)},
	{name: "LANG", to: tag(mapi.PersonLanguage)},
	{name: "X-PHONETIC-FIRST-NAME", to: named(mapi.YomiGivenName)},
	{name: "X-PHONETIC-LAST-NAME", to: named(mapi.YomiSurname)},
	{name: "X-PHONETIC-ORG", to: named(mapi.YomiCompany)},
	{name: "X-VANGNET-ACCOUNT", to: tag(mapi.Account)},
	{name: "X-VANGNET-BILLING", to: named(mapi.BillingInformation)},
	{name: "X-VANGNET-COMPUTER", to: tag(mapi.ComputerName)},
	{name: "X-VANGNET-CUSTOMER-ID", to: tag(mapi.CustomerID)},
	{name: "X-VANGNET-FTP", to: tag(mapi.FTPSite)},
	{name: "X-VANGNET-GOVERNMENT-ID", to: tag(mapi.GovernmentID)},
	{name: "X-VANGNET-INITIALS", to: tag(mapi.Initials)},
	{name: "X-VANGNET-LOCATION", to: tag(mapi.PersonLocation)},
	{name: "X-VANGNET-MILEAGE", to: named(mapi.Mileage)},
	{name: "X-VANGNET-ORGANIZATIONAL-ID", to: tag(mapi.OrganizationalID)},
	{name: "X-VANGNET-REFERRED-BY", to: tag(mapi.ReferredBy)},
	{name: "X-VANGNET-USER-1", to: named(mapi.UserField1), lines: true},
	{name: "X-VANGNET-USER-2", to: named(mapi.UserField2), lines: true},
	{name: "X-VANGNET-USER-3", to: named(mapi.UserField3), lines: true},
	{name: "X-VANGNET-USER-4", to: named(mapi.UserField4), lines: true},
}

// isURI names fields whose value is an address of something.
func isURI(name string) bool { return name == "URL" || name == "FBURL" || name == "IMPP" }

// fieldReader maps one field. false: no property holds it, it is to be kept.
type fieldReader func(c *builder, f *field) bool

var fieldReaders = makeFieldReaders()

func makeFieldReaders() map[string]fieldReader {
	all := map[string]fieldReader{
		"ORG": (*builder).org, "NOTE": (*builder).note, "CATEGORIES": (*builder).categories, "CLASS": (*builder).class,
		"GENDER": (*builder).gender, "X-GENDER": (*builder).gender, "REV": (*builder).rev,
		"BDAY":        dateReader(mapi.Birthday, mapi.BirthdayLocal),
		"ANNIVERSARY": dateReader(mapi.WeddingAnniversary, mapi.AnniversaryLocal),
		"X-MS-CHILD":  (*builder).child, "X-CHILD": (*builder).child,
		"RELATED": (*builder).related, "X-ABRELATEDNAMES": (*builder).related, "X-ABDATE": (*builder).labeledDate,
		"PHOTO": (*builder).photo, "KEY": (*builder).key,
	}
	for _, name := range []string{"X-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-KADDRESSBOOK-X-ANNIVERSARY", "X-WAB-WEDDING_ANNIVERSARY"} {
		all[name] = all["ANNIVERSARY"]
	}
	for _, t := range textFields {
		for _, name := range append([]string{t.name}, t.aliases...) {
			all[name] = t.read
		}
	}
	return all
}

// read reads the field; what was first counts.
func (t textField) read(c *builder, f *field) bool {
	if f.isBinary() {
		return false
	}
	v := oneLine(f.text())
	switch {
	case t.lines:
		v = crlf(f.text())
	case f.name == "NICKNAME":
		v = oneLine(strings.Join(textList(f.Value), ", "))
	}
	if have := t.to.get(c.m.Props); have != "" || v == "" {
		return have == v || v == ""
	}
	t.to.set(&c.m.Props, v)
	c.put(f, "")
	return true
}

// note is the body of the item; several are one text.
func (c *builder) note(f *field) bool {
	if f.isBinary() {
		return false
	}
	text := crlf(strings.TrimRight(unescape(f.Value), " \t\n"))
	have := c.m.Props.String(mapi.Body)
	switch {
	case text == "" || have == text:
		return true
	case have != "":
		text = have + "\r\n\r\n" + text
	}
	c.m.Props.SetString(mapi.Body, text)
	c.m.Props.SetInt(mapi.NativeBody, 1)
	return true
}

const maxCategories = 500

func (c *builder) categories(f *field) bool {
	all := c.m.Props.NamedStrings(mapi.Keywords)
	for _, w := range textList(f.Value) {
		w = oneLine(w)
		if w != "" && !contains(all, w) && len(all) < maxCategories {
			all = append(all, w)
		}
	}
	if len(all) > 0 {
		c.m.Props.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, all)
	}
	return true
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if strings.EqualFold(one, s) {
			return true
		}
	}
	return false
}

// classes are the words for Sensitivity, by its number; personal has none.
var classes = [4]string{"PUBLIC", "X-PERSONAL", "PRIVATE", "CONFIDENTIAL"}

func (c *builder) class(f *field) bool {
	for n, word := range classes {
		if strings.EqualFold(f.text(), word) {
			c.m.Props.SetInt(mapi.Sensitivity, int64(n))
			c.m.Props.SetNamed(mapi.Private, mapi.TypeBool, n >= 2)
			return true
		}
	}
	return false
}

// urls maps the pages of work and home, then the first that says neither: the
// page that Outlook shows, unless it is one of those two.
func (c *builder) urls() {
	p := &c.m.Props
	for _, typed := range []bool{true, false} {
		for _, f := range c.fields {
			if f.name != "URL" || (f.is("work") || f.is("home")) != typed {
				continue
			}
			v := oneLine(f.text())
			slot, done := "", false
			switch {
			case f.isBinary():
			case f.is("work"):
				slot, done = "WORK", c.setString(mapi.BusinessHomePage, v)
			case f.is("home"):
				slot, done = "HOME", c.setString(mapi.PersonalHomePage, v)
			case v == p.String(mapi.BusinessHomePage) || v == p.String(mapi.PersonalHomePage):
				continue
			default:
				done = c.setNamed(mapi.WebPage, v)
			}
			if done {
				c.put(f, slot)
			} else {
				c.keep(f)
			}
		}
	}
}

func (c *builder) gender(f *field) bool {
	v := strings.ToUpper(f.text()) + " "
	n, ok := map[byte]int16{'F': 1, 'V': 1, 'M': 2}[v[0]]
	if !ok || c.m.Props.Has(mapi.Gender) || strings.Contains(f.Value, ";") {
		return false
	}
	c.m.Props.Set(mapi.Gender, mapi.TypeInt16, n)
	return true
}

func (c *builder) child(f *field) bool {
	name := oneLine(f.text())
	p, _ := c.m.Props.Get(mapi.ChildrensNames)
	all, _ := p.Value.([]string)
	if name != "" && len(all) < maxCategories {
		c.m.Props.Set(mapi.ChildrensNames, mapi.TypeString|mapi.Multi, append(all, name))
	}
	return true
}

// related maps the people of RELATED and of Apple's field for them.
func (c *builder) related(f *field) bool {
	name := oneLine(f.text())
	kind := strings.ToLower(c.labels[f.Group])
	for t := range f.types {
		switch t {
		case "spouse", "child", "manager", "assistant":
			kind = t
		}
	}
	if !f.isText() || strings.Contains(name, ":") && !strings.EqualFold(f.param("VALUE"), "text") {
		return false // the address of someone else's card
	}
	switch kind {
	case "spouse":
		return c.setString(mapi.SpouseName, name)
	case "manager":
		return c.setString(mapi.ManagerName, name)
	case "assistant":
		return c.setString(mapi.Assistant, name)
	case "child":
		return c.child(f)
	}
	return false
}
