package read

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vangnet/engine/mapi"
)

// Shown is what a reader shows of an appointment, a contact or a task: fields by
// the name that the reader gives them. Empty ones are left out.
type Shown map[string]string

// from is where a field comes from.
type from struct {
	id   mapi.PropID
	name *mapi.Name
	form func(value any) string
}

func tagged(id mapi.PropID, form func(any) string) from { return from{id: id, form: form} }
func named(name mapi.Name, form func(any) string) from  { return from{name: &name, form: form} }
func (f from) of(b mapi.Bag) string {
	p, ok := b.Get(f.id)
	if f.name != nil {
		p, ok = b.Named(*f.name)
	}
	if !ok {
		return ""
	}
	return f.form(p.Value)
}

// firstLine is a text as far as a line of a report shows it.
func firstLine(v any) string {
	s, _ := v.(string)
	s, _, _ = strings.Cut(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	return strings.TrimSpace(s)
}

func pffMoment(v any) string {
	t, _ := v.(mapi.FileTime)
	return t.Time().Format(pffTime)
}

func printf(form string) func(any) string { return func(v any) string { return fmt.Sprintf(form, v) } }

// share is a number as pffexport shows it.
func share(v any) string {
	if f, _ := v.(float64); f != math.Trunc(f) {
		return fmt.Sprintf("%e", f)
	}
	return fmt.Sprint(v)
}

func minutes(v any) string {
	if v == int32(0) {
		return "0"
	}
	return fmt.Sprintf("%d minutes", v)
}

func pffYes(v any) string {
	if v == true {
		return "yes"
	}
	return "no"
}

// pffShows are the fields that pffexport shows of an item, but those of every
// mail.
var pffShows = map[string]from{
	"Subject":       tagged(mapi.Subject, firstLine),
	"Is a reminder": named(mapi.ReminderSet, pffYes),
	"Is private":    named(mapi.Private, pffYes),
	"Reminder time": named(mapi.ReminderTime, pffMoment),

	"Start time":           named(mapi.AppointmentStart, pffMoment),
	"End time":             named(mapi.AppointmentEnd, pffMoment),
	"Duration":             named(mapi.AppointmentDuration, minutes),
	"Location":             named(mapi.Location, firstLine),
	"Busy status":          named(mapi.BusyStatus, printf("0x%08x")),
	"First effective time": named(mapi.ClipStart, pffMoment),
	"Last effective time":  named(mapi.ClipEnd, pffMoment),

	"Start date":          named(mapi.TaskStart, pffMoment),
	"Due date":            named(mapi.TaskDueDate, pffMoment),
	"Status":              named(mapi.TaskStatus, printf("0x%08x")),
	"Percentage complete": named(mapi.TaskPercent, share),
	"Is complete":         named(mapi.TaskComplete, pffYes),

	"Display name":              tagged(mapi.DisplayName, firstLine),
	"File under":                named(mapi.FileAs, firstLine),
	"Given name":                tagged(mapi.GivenName, firstLine),
	"Surname":                   tagged(mapi.Surname, firstLine),
	"Initials":                  tagged(mapi.Initials, firstLine),
	"Generational abbreviation": tagged(mapi.Generation, firstLine),
	"Title":                     tagged(mapi.NamePrefix, firstLine),
	"Job title":                 tagged(mapi.JobTitle, firstLine),
	"Company name":              tagged(mapi.CompanyName, firstLine),
	"Department name":           tagged(mapi.DepartmentName, firstLine),
	"Office location":           tagged(mapi.OfficeLocation, firstLine),
	"Postal address":            tagged(mapi.PostalAddress, firstLine),
	"Country":                   tagged(mapi.Country, firstLine),
	"Locality":                  tagged(mapi.Locality, firstLine),
	"Mobile phone number":       tagged(mapi.MobilePhone, firstLine),
	"Home phone number":         tagged(mapi.HomePhone, firstLine),
	"Primary phone number":      tagged(mapi.PrimaryPhone, firstLine),
	"Business phone number 1":   tagged(mapi.BusinessPhone, firstLine),
	"Business phone number 2":   tagged(mapi.BusinessPhone2, firstLine),
	"Business fax number":       tagged(mapi.BusinessFax, firstLine),
	"Email address 1":           named(mapi.EmailOf(0).Address, firstLine),
	"Email address 2":           named(mapi.EmailOf(1).Address, firstLine),
	"Email address 3":           named(mapi.EmailOf(2).Address, firstLine),
}

// PFFShowsOf is what pffexport has to show of an item.
func PFFShowsOf(m *mapi.Message) Shown {
	s := Shown{}
	for field, f := range pffShows {
		if text := f.of(m.Props); text != "" {
			s[field] = text
		}
	}
	return s
}

// PFFShows reads what pffexport shows of the items of a PST file, by folder, in
// the order of the file.
func PFFShows(t testing.TB, path string) map[string][]Shown {
	t.Helper()
	top := pffExport(t, path)
	reports, err := filepath.Glob(filepath.Join(top, "*", "*", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	items := map[string]map[string]Shown{} // by folder and number
	for _, report := range reports {
		item := filepath.Dir(report)
		folder, number := filepath.Base(filepath.Dir(item)), pffNumber(filepath.Base(item))
		b, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		if items[folder] == nil {
			items[folder] = map[string]Shown{}
		}
		if items[folder][number] == nil {
			items[folder][number] = Shown{}
		}
		for field, text := range pffFields(b) {
			if _, known := pffShows[field]; known && text != "" {
				items[folder][number][field] = text
			}
		}
	}
	lists := map[string][]Shown{}
	for folder, byNumber := range items {
		for _, number := range slices.Sorted(maps.Keys(byNumber)) {
			lists[folder] = append(lists[folder], byNumber[number])
		}
	}
	return lists
}
