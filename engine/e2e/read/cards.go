package read

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
	"github.com/emersion/go-vcard"

	"vangnet/engine/mapi"
)

// EventOf is what a calendar has to say of an appointment.
func EventOf(m *mapi.Message) Shown {
	p := m.Props
	return said(Shown{
		"summary": Plain(mapi.SubjectOf(m)), "location": Plain(p.NamedString(mapi.Location)), "description": Plain(p.String(mapi.Body)),
		"start": moment(p.NamedTime(mapi.AppointmentStart)), "end": moment(p.NamedTime(mapi.AppointmentEnd)),
		"repeats": fmt.Sprint(p.NamedBool(mapi.Recurring)),
	})
}

// Event reads a calendar of one appointment with go-ical.
func Event(raw []byte) (Shown, error) {
	calendar, err := ical.NewDecoder(bytes.NewReader(raw)).Decode()
	if err != nil {
		return nil, fmt.Errorf("read calendar: %w", err)
	}
	events := calendar.Events()
	if len(events) != 1 {
		return nil, fmt.Errorf("a calendar of %d events", len(events))
	}
	e := events[0]
	text := func(name string) string {
		s, err := e.Props.Text(name)
		if err != nil {
			return err.Error()
		}
		return Plain(s)
	}
	at := func(name string) string {
		t, err := e.Props.DateTime(name, time.UTC)
		if err != nil {
			return err.Error()
		}
		return moment(t)
	}
	return said(Shown{
		"summary": text(ical.PropSummary), "location": text(ical.PropLocation), "description": text(ical.PropDescription),
		"start": at(ical.PropDateTimeStart), "end": at(ical.PropDateTimeEnd),
		"repeats": fmt.Sprint(e.Props.Get(ical.PropRecurrenceRule) != nil),
	}), nil
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// phones are the telephone numbers of a contact that readpst writes.
var phones = []mapi.PropID{mapi.BusinessPhone, mapi.HomePhone, mapi.PrimaryPhone, mapi.BusinessPhone2, mapi.MobilePhone,
	mapi.CarPhone, mapi.PagerPhone, mapi.PrimaryFax, mapi.BusinessFax, mapi.HomeFax, mapi.ISDNNumber, mapi.HomePhone2, mapi.RadioPhone,
	mapi.OtherPhone, mapi.TelexNumber, mapi.AssistantPhone}

// PersonOf is what a card has to say of a contact.
func PersonOf(m *mapi.Message) Shown {
	p := m.Props
	var emails, numbers []string
	for n := range 3 {
		emails = append(emails, p.NamedString(mapi.EmailOf(n).Address))
	}
	for _, id := range phones {
		numbers = append(numbers, p.String(id))
	}
	s := Shown{
		"name":     p.NamedString(mapi.FileAs),
		"names":    strings.Join([]string{p.String(mapi.Surname), p.String(mapi.GivenName), p.String(mapi.MiddleName), p.String(mapi.NamePrefix), p.String(mapi.Generation)}, "|"),
		"nickname": p.String(mapi.Nickname), "title": p.String(mapi.JobTitle), "company": p.String(mapi.CompanyName),
		"emails": sorted(emails), "phones": sorted(numbers), "note": Plain(p.String(mapi.Body)), "birthday": moment(p.Time(mapi.Birthday)),
	}
	return said(s)
}

// Person reads a card of one contact with go-vcard.
func Person(raw []byte) (Shown, error) {
	card, err := vcard.NewDecoder(bytes.NewReader(raw)).Decode()
	if err != nil {
		return nil, fmt.Errorf("read card: %w", err)
	}
	text := func(field string) string { return plainText(card.Value(field)) }
	texts := func(field string) string {
		list := card.Values(field)
		for i := range list {
			list[i] = plainText(list[i])
		}
		return sorted(list)
	}
	s := Shown{
		"name": text(vcard.FieldFormattedName), "nickname": text(vcard.FieldNickname), "title": text(vcard.FieldTitle),
		"emails": texts(vcard.FieldEmail), "phones": texts(vcard.FieldTelephone),
		"note": Plain(text(vcard.FieldNote)), "birthday": text(vcard.FieldBirthday),
		"names": strings.Join(fieldsOf(card.Value(vcard.FieldName)), "|"), "company": fieldsOf(card.Value(vcard.FieldOrganization))[0],
	}
	return said(s), nil
}

// plainText and fieldsOf take off what go-vcard leaves: the strokes before
// semicolons, which alone tell them from those between fields.
func plainText(s string) string { return strings.ReplaceAll(s, `\;`, ";") }

func fieldsOf(s string) []string {
	parts := strings.Split(strings.ReplaceAll(s, `\;`, "\x00"), ";")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(p, "\x00", ";")
	}
	return parts
}

func sorted(list []string) string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// said leaves out what is empty.
func said(s Shown) Shown {
	for field, text := range s {
		if strings.Trim(text, "|") == "" {
			delete(s, field)
		}
	}
	return s
}
