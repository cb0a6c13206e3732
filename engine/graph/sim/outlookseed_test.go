package sim_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
)

// TestSeedOutlookAgain changes a calendar: what is the same stays untouched.
func TestSeedOutlookAgain(t *testing.T) {
	files := outlookSeed(t)
	dir := seedFolder(t, files)
	s := newStage(t, sim.Options{})
	load := func() {
		t.Helper()
		_, err := s.world.LoadSeed(dir)
		require.NoError(t, err)
	}
	load()
	s.token = s.signIn(s.tenant)
	box := "/v1.0/admin/exchange/mailboxes/" + s.mailboxID("anna@contoso.example")
	calendar := s.export("anna@contoso.example", "IPF.Appointment")["Calendar"].id
	link := box + "/folders/" + calendar + "/items/delta"
	news := func() (list []map[string]any) {
		t.Helper()
		page := s.get(link, "Prefer", `odata.maxpagesize=100`, "Prefer", `odata.maxpagesize=100, IdType="ImmutableId"`)
		require.Equal(t, 200, page.StatusCode, page.Text)
		link = page.JSON["@odata.deltaLink"].(string)
		return page.value()
	}
	first := news()
	require.Len(t, first, 2)
	before := paths(t, s.world, "")
	load()
	require.Empty(t, news(), "nothing changed")
	require.Equal(t, before, paths(t, s.world, ""))

	write := func(text string) {
		t.Helper()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "contoso.example", "users", "anna", "calendar", "werk.ics"), []byte(text), 0o644))
		load()
	}
	text := strings.Replace(files["contoso.example/users/anna/calendar/werk.ics"], "SUMMARY:Verlof Anna", "SUMMARY:Vakantie Anna", 1)
	write(text)
	changed := news()
	require.Len(t, changed, 1, "one event is otherwise")
	require.Contains(t, []any{first[0]["id"], first[1]["id"]}, changed[0]["id"], "it is the same item")
	require.Contains(t, paths(t, s.world, "anna@contoso.example/calendar"), "anna@contoso.example/calendar/Calendar/Vakantie Anna")

	i := strings.Index(text, "BEGIN:VEVENT\nUID:verlof")
	write(text[:i] + text[strings.Index(text, "BEGIN:VTODO"):])
	gone := news()
	require.Len(t, gone, 1)
	require.NotNil(t, gone[0]["@removed"], gone)

	require.NoError(t, s.world.Delete("anna@contoso.example/calendar"))
	load()
	require.Contains(t, paths(t, s.world, "anna@contoso.example/calendar"), "anna@contoso.example/calendar/Calendar/Werkoverleg", "what was deleted is new again")
}

func TestSeedOutlookFaults(t *testing.T) {
	const user = "contoso.example/users/anna/"
	long := "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\nDTSTART;TZID=Nergens:20260101T100000\nSUMMARY:Zonder zone\nEND:VEVENT\nEND:VCALENDAR\n"
	for name, c := range map[string]struct {
		file, text, ignored string
		fails               bool
		live                string
	}{
		"tasks are no JSON":     {"tasks/a.json", `{`, "", true, ""},
		"no such status":        {"tasks/a.json", `{"title":"x","status":"later"}`, "", true, ""},
		"no such day":           {"tasks/a.json", `[{"title":"x","recurrence":{"pattern":{"type":"weekly","daysOfWeek":["zondag"]},"range":{"startDate":"2026-01-01"}}}]`, "", true, ""},
		"no date":               {"tasks/a.json", `{"title":"x","dueDateTime":{"dateTime":"morgen"}}`, "", true, ""},
		"no task":               {"tasks/a.json", `{"naam":"x"}`, "", true, ""},
		"one task":              {"tasks/a.json", `{"title":"Eentje"}`, "", false, "tasks/Tasks/Eentje"},
		"as Graph answers":      {"tasks/a.json", `{"@odata.context":"x","value":[{"id":"1","title":"Van Graph","dueDateTime":{"dateTime":"2026-01-01T00:00:00.0000000","timeZone":"UTC"}}]}`, "", false, "tasks/Tasks/Van Graph"},
		"calendar of nothing":   {"calendar/a.ics", "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", "calendar/a.ics: not all of it could be used: there is nothing in it", false, ""},
		"calendar with warning": {"calendar/a.ics", long, "calendar/a.ics: not all of it could be used: time_zone", false, "calendar/Calendar/Zonder zone"},
		"another kind of file":  {"contacts/a.csv", "x", "contacts/a.csv: no file of this kind is read here", false, ""},
		"no cards":              {"contacts/a.vcf", "x", "contacts/a.vcf: not all of it could be used: stray, no_card, there is nothing in it", false, ""},
		"only a calendar":       {"calendar/a.ics", strings.Replace(long, "Nergens", "UTC", 1), "", false, "calendar/Calendar/Zonder zone"},
	} {
		t.Run(name, func(t *testing.T) {
			w := sim.NewWorld(1, clock.NewManual(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)))
			ignored, err := w.LoadSeed(seedFolder(t, map[string]string{user + c.file: c.text, user + "user.json": `{"licences":[]}`}))
			if c.fails {
				require.ErrorContains(t, err, c.file, "the file is named")
				return
			}
			require.NoError(t, err)
			require.NotNil(t, w.Tenant("contoso.example").User("anna@contoso.example").Mailbox(), "there is something to put into it")
			want := []string{}
			if c.ignored != "" {
				want = append(want, "anna@contoso.example/"+c.ignored)
			}
			require.Equal(t, want, ignored)
			if c.live != "" {
				require.Contains(t, paths(t, w, ""), "anna@contoso.example/"+c.live)
			}
		})
	}
	w := sim.NewWorld(1, clock.NewManual(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)))
	ignored, err := w.LoadSeed(seedFolder(t, map[string]string{user + "calendar/a.ics": long, user + "user.json": `{"mailbox":false}`}))
	require.NoError(t, err)
	require.Equal(t, []string{"anna@contoso.example/calendar: the user has no mailbox"}, ignored)
}

// TestEditOutlook gives an item the content of a file, and adds one.
func TestEditOutlook(t *testing.T) {
	s := outlookStage(t, sim.Options{})
	file := filepath.Join(t.TempDir(), "nieuw.ics")
	require.NoError(t, os.WriteFile(file, []byte("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:n@x\nDTSTAMP:20260101T000000Z\nDTSTART:20260601T100000Z\nDTEND:20260601T110000Z\nSUMMARY:Nieuw\nEND:VEVENT\nEND:VCALENDAR\n"), 0o644))
	const calendar = "anna@contoso.example/calendar/Calendar"
	before := paths(t, s.world, calendar)
	post := func(path string) {
		t.Helper()
		r := s.do(http.MethodPost, "/sim/edit", fmt.Sprintf(`{"path":%q,"file":%q,"categories":["Rood"]}`, path, file))
		require.Equal(t, 200, r.StatusCode, r.Text)
	}
	post(calendar + "/Verlof Anna")
	after := paths(t, s.world, calendar)
	require.Len(t, after, len(before))
	require.Equal(t, before[calendar+"/Verlof Anna"].Created, after[calendar+"/Nieuw"].Created, "when it was made stays")
	require.Equal(t, []string{"Rood"}, after[calendar+"/Nieuw"].Categories)
	require.Equal(t, "IPM.Appointment", after[calendar+"/Nieuw"].Class)
	post(calendar)
	require.Len(t, paths(t, s.world, calendar), len(before)+1)
	r := s.do(http.MethodPost, "/sim/edit", `{"path":"`+calendar+`/Nieuw","file":"/no/such.ics"}`)
	require.Equal(t, 400, r.StatusCode, r.Text)
}
