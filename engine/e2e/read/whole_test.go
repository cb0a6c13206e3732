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
	return []filled{mails, events, people, tasks}
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
	c := comparer{t: t, used: map[string]bool{}}
	c.items("", want, read.Wholes(t, path))
	for what := range otherwise {
		if !c.used[what] {
			t.Errorf("nobody needs the excuse for %s", what)
		}
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

// cut is what may differ only where it is long.
var cut = []string{"item other 0037", "item other 0070", "item other 0E1D"}

// otherwise is what a PST file has in another form than the stream, and why.
var otherwise = map[string]string{
	"item lost 674A":        "the id of the item in its own mailbox",
	"item lost 0070":        "an empty topic",
	"item other 0037":       "Outlook cuts subjects at 255 characters",
	"item other 0070":       "Outlook cuts topics at 255 characters",
	"item other 0E1D":       "Outlook cuts subjects at 255 characters",
	"item other 007D":       "line ends of a header that had others",
	"item other 0E07":       "the flag of attachments is found out here",
	"item other 0041":       "an entry id that means something outside of the organisation",
	"item other 0C19":       "an entry id that means something outside of the organisation",
	"item more 003B":        "the search key of the sender",
	"item more 0C1D":        "the search key of the sender",
	"item more 0070":        "a topic of the subject",
	"item more 0E02":        "a line that names the recipients",
	"item more 0E03":        "a line that names the recipients",
	"item more 0E04":        "a line that names the recipients",
	"item more 0E06":        "a date that each item must have",
	"item more 3007":        "a date that each item must have",
	"item more 3008":        "a date that each item must have",
	"item more 0E08":        "the size",
	"item more 1016":        "which of the bodies is the first",
	"item more 300B":        "a key that tells items apart",
	"item more 3FDE":        "the code page of the body",
	"recipient lost 3000":   "the number of the row",
	"recipient more 67F2":   "the number of the row",
	"recipient more 67F3":   "the version of the row",
	"recipient more 0E0F":   "a column that readers expect",
	"recipient more 0FF9":   "a column that readers expect",
	"recipient more 300B":   "a column that readers expect",
	"recipient more 39FF":   "a column that readers expect",
	"recipient more 3A40":   "a column that readers expect",
	"recipient more 0FFF":   "an entry id of someone who had none",
	"recipient other 0FFF":  "an entry id that means something outside of the organisation",
	"attachment lost 0E21":  "the number of the row",
	"attachment more 0E20":  "the size as it is here",
	"attachment other 0E20": "the size as it is here",
	"attachment more 3701":  "where the attached item lies",
	"attachment more 3704":  "a short name",
}

type comparer struct {
	t    *testing.T
	used map[string]bool
}

func (c *comparer) items(where string, want, got []read.Whole) {
	if len(want) != len(got) {
		c.t.Errorf("%s: %d items instead of %d", where, len(got), len(want))
		return
	}
	for i := range want {
		c.item(fmt.Sprintf("%s%s %d", where, want[i].Folder, i+1), &want[i], &got[i])
	}
}

func (c *comparer) item(where string, want, got *read.Whole) {
	if want.Folder != got.Folder {
		c.t.Errorf("%s: in folder %q", where, got.Folder)
	}
	c.props(where, "item", want.Props, got.Props)
	if len(want.Recipients) != len(got.Recipients) || len(want.Attachments) != len(got.Attachments) {
		c.t.Errorf("%s: %d recipients instead of %d, %d attachments instead of %d", where,
			len(got.Recipients), len(want.Recipients), len(got.Attachments), len(want.Attachments))
		return
	}
	for i := range want.Recipients {
		c.props(fmt.Sprintf("%s, recipient %d", where, i+1), "recipient", want.Recipients[i], got.Recipients[i])
	}
	for i := range want.Attachments {
		w, g := &want.Attachments[i], &got.Attachments[i]
		at := fmt.Sprintf("%s, attachment %d", where, i+1)
		c.props(at, "attachment", w.Props, g.Props)
		if (w.Item == nil) != (g.Item == nil) {
			c.t.Errorf("%s: an item or none", at)
		} else if w.Item != nil {
			c.item(at+": ", w.Item, g.Item)
		}
	}
}

func (c *comparer) props(where, of string, want, got map[string]string) {
	for key, w := range want {
		g, ok := got[key]
		switch {
		case !ok:
			c.note(where, of+" lost "+key, w, "")
		case g != w:
			c.note(where, of+" other "+key, w, g)
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok {
			c.note(where, of+" more "+key, "", g)
		}
	}
}

func (c *comparer) note(where, what, want, got string) {
	c.used[what] = true
	if otherwise[what] == "" || slices.Contains(cut, what) && !strings.Contains(want, " sum ") {
		c.t.Errorf("%s: %s\n want %s\n got  %s", where, what, short(want), short(got))
	}
}
