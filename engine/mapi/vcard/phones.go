package vcard

import (
	"strings"

	"vangnet/engine/mapi"
)

// phoneSlots are the numbers that a contact can have, as they are written, in
// the order in which numbers look for a place. The fields X-MS-TEL are those of
// MS-OXVCARD 2.1.3.9.5.
var phoneSlots = []struct {
	id    mapi.PropID
	name  string
	types string
}{
	{mapi.MobilePhone, "TEL", "CELL,VOICE"},
	{mapi.BusinessPhone, "TEL", "WORK,VOICE"}, {mapi.BusinessPhone2, "TEL", "WORK,VOICE"},
	{mapi.HomePhone, "TEL", "HOME,VOICE"}, {mapi.HomePhone2, "TEL", "HOME,VOICE"},
	{mapi.OtherPhone, "TEL", "VOICE"}, {mapi.PrimaryPhone, "TEL", "PREF,VOICE"},
	{mapi.BusinessFax, "TEL", "WORK,FAX"}, {mapi.HomeFax, "TEL", "HOME,FAX"}, {mapi.PrimaryFax, "TEL", "FAX"},
	{mapi.PagerPhone, "TEL", "PAGER"}, {mapi.CarPhone, "TEL", "CAR,VOICE"}, {mapi.ISDNNumber, "TEL", "ISDN"},
	{mapi.TelexNumber, "TEL", "X-TELEX"},
	{mapi.CallbackPhone, "X-MS-TEL", "CALLBACK"}, {mapi.CompanyPhone, "X-MS-TEL", "COMPANY"},
	{mapi.RadioPhone, "X-MS-TEL", "RADIO"}, {mapi.AssistantPhone, "X-MS-TEL", "ASSISTANT"},
	{mapi.TextPhone, "X-MS-TEL", "TTYTDD"},
}

// places are the properties that a number may go to, best first.
func places(f *field) []mapi.PropID {
	has := func(types ...string) bool {
		for _, t := range types {
			if f.is(t) || f.is("x-"+t) {
				return true
			}
		}
		return false
	}
	work := []mapi.PropID{mapi.BusinessPhone, mapi.BusinessPhone2}
	home := []mapi.PropID{mapi.HomePhone, mapi.HomePhone2}
	switch {
	case has("callback"):
		return []mapi.PropID{mapi.CallbackPhone}
	case has("assistant"):
		return []mapi.PropID{mapi.AssistantPhone}
	case has("company"):
		return []mapi.PropID{mapi.CompanyPhone}
	case has("radio"):
		return []mapi.PropID{mapi.RadioPhone}
	case has("ttytdd", "textphone", "tty-tdd"):
		return []mapi.PropID{mapi.TextPhone}
	case has("telex", "tlx"):
		return []mapi.PropID{mapi.TelexNumber}
	case has("fax", "homefax", "workfax", "otherfax", "facsimile"):
		return faxPlaces(has("home", "homefax"), has("work", "workfax"))
	case has("pager"):
		return []mapi.PropID{mapi.PagerPhone}
	case has("car"):
		return []mapi.PropID{mapi.CarPhone}
	case has("isdn"):
		return []mapi.PropID{mapi.ISDNNumber}
	case has("cell", "mobile", "iphone") && has("work"):
		return append([]mapi.PropID{mapi.MobilePhone}, work...)
	case has("cell", "mobile", "iphone") && has("home"):
		return append([]mapi.PropID{mapi.MobilePhone}, home...)
	case has("cell", "mobile", "iphone"):
		return []mapi.PropID{mapi.MobilePhone}
	case has("work"):
		return work
	case has("home"):
		return home
	case has("main"), has("pref") && !has("msg", "video", "bbs", "modem"):
		return []mapi.PropID{mapi.PrimaryPhone}
	}
	return []mapi.PropID{mapi.OtherPhone}
}

func faxPlaces(home, work bool) []mapi.PropID {
	switch {
	case home && !work:
		return []mapi.PropID{mapi.HomeFax}
	case work && !home:
		return []mapi.PropID{mapi.BusinessFax}
	}
	return []mapi.PropID{mapi.PrimaryFax}
}

// phones maps all numbers. One for which its places are taken goes to another
// place for numbers of speech, rather than where nobody sees it.
func (c *builder) phones() {
	var left []*field
	for _, f := range c.fields {
		if f.name != "TEL" && f.name != "X-MS-TEL" {
			continue
		}
		if number(f) == "" {
			continue
		}
		if !c.place(f, places(f)) {
			left = append(left, f)
		}
	}
	for _, f := range left {
		if !isSpoken(places(f)[0]) || !c.place(f, []mapi.PropID{mapi.OtherPhone, mapi.PrimaryPhone}) {
			c.keep(f)
		}
	}
}

// isSpoken reports numbers that may be among others for speech; a second main
// number may not, or the two would change places each time they are read.
func isSpoken(id mapi.PropID) bool {
	switch id {
	case mapi.MobilePhone, mapi.BusinessPhone, mapi.HomePhone, mapi.OtherPhone:
		return true
	}
	return false
}

// number is a number, which in version 4.0 may be an address: tel:+31-15-1.
func number(f *field) string {
	s := oneLine(f.text())
	if len(s) > 4 && strings.EqualFold(s[:4], "tel:") {
		s = s[4:]
	}
	return s
}

func (c *builder) place(f *field, where []mapi.PropID) bool {
	s := number(f)
	for _, id := range where {
		switch c.m.Props.String(id) {
		case "":
			c.m.Props.SetString(id, s)
			c.put(f, slotOf(id))
			return true
		case s: // said twice
			return true
		}
	}
	return false
}

func slotOf(id mapi.PropID) string {
	for _, slot := range phoneSlots {
		if slot.id == id {
			return slot.types
		}
	}
	return ""
}

func (w *composer) phones() {
	for _, slot := range phoneSlots {
		if s := oneLine(w.m.Props.String(slot.id)); s != "" {
			w.add(outLine{name: slot.name, params: []param{{"TYPE", slot.types}}, value: escape(s), slot: slot.types})
		}
	}
}
