package mailboxes

import (
	"slices"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
)

// contactTexts are the properties of a contact that are one text.
var contactTexts = map[string]mapi.PropID{
	"displayName": mapi.DisplayName, "givenName": mapi.GivenName, "middleName": mapi.MiddleName, "surname": mapi.Surname, "initials": mapi.Initials,
	"nickName": mapi.Nickname, "title": mapi.NamePrefix, "generation": mapi.Generation, "companyName": mapi.CompanyName, "department": mapi.DepartmentName,
	"jobTitle": mapi.JobTitle, "officeLocation": mapi.OfficeLocation, "profession": mapi.Profession, "manager": mapi.ManagerName, "assistantName": mapi.Assistant,
	"businessHomePage": mapi.BusinessHomePage, "mobilePhone": mapi.MobilePhone, "spouseName": mapi.SpouseName,
}

// contactNamed are those under a name.
var contactNamed = map[string]mapi.Name{
	"fileAs": mapi.FileAs, "yomiGivenName": mapi.YomiGivenName, "yomiSurname": mapi.YomiSurname, "yomiCompanyName": mapi.YomiCompany,
}

var contactProperties = contactNames()

func contactNames() []string {
	names := []string{
		"id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "parentFolderId", "birthday", "personalNotes", "children", "imAddresses",
		"emailAddresses", "homePhones", "businessPhones", "homeAddress", "businessAddress", "otherAddress",
	}
	for name := range contactTexts {
		names = append(names, name)
	}
	for name := range contactNamed {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (m *Mailbox) contactJSON(r *wire.Request, s *state, msg *mapi.Message) object {
	p := msg.Props
	o := m.outlookJSON(r, s)
	for name, id := range contactTexts {
		o[name] = orNull(p.String(id))
	}
	for name, id := range contactNamed {
		o[name] = orNull(p.NamedString(id))
	}
	notes, _ := mapi.BodyText(msg, maxBody)
	children, _ := p.Get(mapi.ChildrensNames)
	list, _ := children.Value.([]string)
	o["parentFolderId"], o["personalNotes"], o["birthday"] = m.ids.folderID(s.folderNumber), notes, nil
	o["children"] = append([]string{}, list...)
	o["imAddresses"] = texts(p.NamedString(mapi.IMAddress))
	o["homePhones"] = texts(p.String(mapi.HomePhone), p.String(mapi.HomePhone2))
	o["businessPhones"] = texts(p.String(mapi.BusinessPhone), p.String(mapi.BusinessPhone2))
	if born := p.Time(mapi.Birthday); !born.IsZero() {
		o["birthday"] = wire.Time(born)
	}
	mails := []object{}
	for n := range 3 {
		names := mapi.EmailOf(n)
		if address := p.NamedString(names.Address); address != "" {
			mails = append(mails, object{"name": p.NamedString(names.DisplayName), "address": address})
		}
	}
	o["emailAddresses"] = mails
	o["homeAddress"] = addressOf(p.String(mapi.HomeStreet), p.String(mapi.HomeCity), p.String(mapi.HomeState), p.String(mapi.HomePostalCode), p.String(mapi.HomeCountry))
	o["otherAddress"] = addressOf(p.String(mapi.OtherStreet), p.String(mapi.OtherCity), p.String(mapi.OtherState), p.String(mapi.OtherPostalCode), p.String(mapi.OtherCountry))
	o["businessAddress"] = addressOf(p.NamedString(mapi.WorkStreet), p.NamedString(mapi.WorkCity), p.NamedString(mapi.WorkState),
		p.NamedString(mapi.WorkPostalCode), p.NamedString(mapi.WorkCountry))
	return o
}

// texts are those that are not empty.
func texts(list ...string) []string {
	out := []string{}
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// addressOf is a physicalAddress, which leaves out what it has not.
func addressOf(street, city, state, code, country string) object {
	o := object{}
	for name, v := range map[string]string{"street": street, "city": city, "state": state, "postalCode": code, "countryOrRegion": country} {
		if v != "" {
			o[name] = v
		}
	}
	return o
}
