package read_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vangnet/engine/e2e/read"
	"vangnet/engine/export/pst"
	"vangnet/engine/export/pst/check"
	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/graph/sim/todo"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/ical/icaltest"
	"vangnet/engine/mapi/mailtest"
	"vangnet/engine/mapi/rfc5322"
	"vangnet/engine/mapi/vcard"
	"vangnet/engine/mapi/vcard/vcardtest"
)

// filled is a folder of the store with what goes into it.
type filled struct {
	name, class string
	items       []*mapi.Message
}

// everything is a mailbox with items of all kinds.
func everything(t *testing.T) []filled {
	t.Helper()
	mails, events, people := filled{"Inbox", "IPF.Note", nil}, filled{"Calendar", "IPF.Appointment", nil}, filled{"Contacts", "IPF.Contact", nil}
	tasks := filled{"Tasks", "IPF.Task", nil}
	for _, f := range mailtest.Generate(11, 420) {
		m, _, err := rfc5322.Parse(bytes.NewReader(f.Bytes), rfc5322.Limits{})
		must(t, err)
		mails.items = append(mails.items, m)
	}
	for _, f := range icaltest.All() {
		list, _, err := ical.Parse(bytes.NewReader(f.Data), ical.Limits{})
		must(t, err)
		for _, m := range list {
			if m.IsClass("IPM.Task") {
				tasks.items = append(tasks.items, m)
			} else {
				events.items = append(events.items, m)
			}
		}
	}
	for _, f := range vcardtest.All() {
		list, _, err := vcard.Parse(bytes.NewReader(f.Data), vcard.Limits{})
		must(t, err)
		people.items = append(people.items, list...)
	}
	for _, status := range []string{"notStarted", "inProgress", "completed", "waitingOnOthers", "deferred"} {
		list, err := todo.Read(strings.NewReader(fmt.Sprintf(`{"title":"Taak %s","status":%q,"importance":"high","categories":["Dak","Geel é"],
			"body":{"content":"regel 1\nregel 2","contentType":"text"},"startDateTime":"2026-03-01","dueDateTime":"2026-03-06",
			"isReminderOn":true,"reminderDateTime":"2026-03-05T08:00:00Z"}`, status, status)))
		must(t, err)
		tasks.items = append(tasks.items, list...)
	}
	notes := filled{"Notes", "IPF.StickyNote", []*mapi.Message{mailboxes.Note("onthouden\nladder"), mailboxes.Note("één regel 🎉")}}
	return []filled{mails, events, people, tasks, notes}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// storeOfEverything writes all of it into a PST file. The items are then as they
// come out of Exchange's stream.
func storeOfEverything(t *testing.T) (path string, folders []filled) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "alles.pst")
	w, err := pst.Create(path, pst.Options{Name: "Proef", Key: []byte("proef")})
	must(t, err)
	defer func() { _ = w.Close() }()
	folders = everything(t)
	for _, f := range folders {
		folder, err := w.Folder(pst.Top, f.name, f.class)
		must(t, err)
		for i, m := range f.items {
			kept := time.Date(2026, 4, 1, 12, 0, i, 0, time.UTC)
			m.Props.SetTime(mapi.CreationTime, kept)
			m.Props.SetTime(mapi.LastModificationTime, kept.Add(time.Hour))
			m.Props.Set(0x65E2, mapi.TypeBinary, bytes.Repeat([]byte{1}, 22)) // as Exchange adds
			m.Props.Set(0x65E3, mapi.TypeBinary, bytes.Repeat([]byte{1}, 23))
			f.items[i] = throughStream(t, m)
			_, err := w.Add(context.Background(), folder, fmt.Appendf(nil, "%s %d", f.name, i), f.items[i])
			must(t, err)
		}
	}
	_, err = w.Finish(context.Background())
	must(t, err)
	rep, err := check.File(context.Background(), path, check.Options{Max: 20})
	if err != nil || !rep.Sound() {
		t.Errorf("the store is not sound: %v %+v", err, rep)
	}
	return path, folders
}

// TestReadersOfEveryKind holds that programs which others wrote read items of all
// kinds in a PST file.
func TestReadersOfEveryKind(t *testing.T) {
	path, folders := storeOfEverything(t)
	t.Run("go-pst", func(t *testing.T) { compareProperties(t, path, folders) })
	t.Run("pffexport", func(t *testing.T) { compareShown(t, path, folders) })
	t.Run("readpst", func(t *testing.T) { compareCards(t, path, folders) })
}

// compareProperties holds that go-pst finds each property of every item,
// recipient, attachment and item in an attachment. What a PST file has in another
// form is listed, and so is what it has more than the source.
func compareProperties(t *testing.T, path string, folders []filled) {
	var want []read.Whole
	for _, f := range folders {
		for _, m := range f.items {
			one, err := read.WholeOf(f.name, m)
			must(t, err)
			want = append(want, one)
		}
	}
	if left := read.Compare(t, want, read.Wholes(t, path)); len(left) > 0 {
		t.Errorf("nobody needs the excuses for %q", left)
	}
}

// compareShown holds that pffexport shows of appointments, contacts and tasks
// what they have.
func compareShown(t *testing.T, path string, folders []filled) {
	got := read.PFFShows(t, path)
	for _, f := range folders[1:] {
		list := got[f.name]
		if len(list) != len(f.items) {
			t.Errorf("%s: %d items instead of %d", f.name, len(list), len(f.items))
			continue
		}
		for i, m := range f.items {
			compareFields(t, "pffexport", fmt.Sprintf("%s %d", f.name, i+1), m, read.PFFShowsOf(m), list[i])
		}
	}
}

// compareCards holds that the calendars and cards that readpst makes say what the
// items have.
func compareCards(t *testing.T, path string, folders []filled) {
	p := read.ReadPST(t, path)
	events, people := folders[1], folders[2]
	n := 0 // its number of an item
	for i, m := range events.items {
		if m.IsClass("IPM.StickyNote") {
			continue // notes are nothing to readpst
		}
		n++
		if !m.IsClass("IPM.Appointment") {
			continue // meetings are mails, journals another kind of calendar
		}
		got, err := read.Event(p.Events[fmt.Sprintf("Proef/Calendar/%d.ics", n)])
		must(t, err)
		compareFields(t, "readpst", fmt.Sprintf("appointment %d", i+1), m, read.EventOf(m), got)
	}
	if n != p.Done["Calendar"] {
		t.Errorf("%d items in the calendar, of which readpst has %d", n, p.Done["Calendar"])
	}
	n = 0
	for i, m := range people.items {
		if !m.IsClass("IPM.Contact") {
			continue // lists are nothing to readpst
		}
		n++
		got, err := read.Person(p.People[fmt.Sprintf("Proef/Contacts/%d.vcf", n)])
		must(t, err)
		compareFields(t, "readpst", fmt.Sprintf("contact %d", i+1), m, read.PersonOf(m), got)
	}
	if n != len(p.People) {
		t.Errorf("%d contacts and %d cards", n, len(p.People))
	}
}

// compareFields compares what a reader shows of an item with what it has.
func compareFields(t *testing.T, reader, where string, m *mapi.Message, want, got read.Shown) {
	t.Helper()
	for _, field := range slices.Sorted(maps.Keys(want)) {
		if got[field] == want[field] || shownOtherwise(reader, m, field, want[field]) {
			continue
		}
		t.Errorf("%s (%s), %s: %q instead of %q", where, m.Class(), field, short(got[field]), short(want[field]))
	}
}

// shownOtherwise are the fields that a reader cannot show as they are.
func shownOtherwise(reader string, m *mapi.Message, field, want string) bool {
	long := len([]rune(want)) > 255 && (field == "Subject" || field == "summary") // Outlook cuts subjects
	wide := strings.ContainsFunc(want, func(r rune) bool { return r > 0xFFFF })
	switch reader {
	case "pffexport":
		return long || wide || // it shows other characters
			m.IsClass("IPM.DistList") && field == "File under" ||
			m.IsClass("IPM.Schedule") && slices.Contains([]string{"Busy status", "Duration", "Start time", "End time", "Location"}, field)
	}
	return long
}
