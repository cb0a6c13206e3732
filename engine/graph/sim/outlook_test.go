package sim_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/graph/sim"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/recur"
)

// outlookFile reads one of the files that seeds are made of.
func outlookFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "outlook", name))
	require.NoError(t, err)
	return string(data)
}

// outlookSeed has items of every kind, some in further folders.
func outlookSeed(t testing.TB) map[string]string {
	work, cards, tasks, note := outlookFile(t, "werk.ics"), outlookFile(t, "klanten.vcf"), outlookFile(t, "taken.json"), outlookFile(t, "notitie.txt")
	const anna, bram = "contoso.example/users/anna/", "contoso.example/users/bram/"
	return map[string]string{
		anna + "user.json":         `{"display_name":"Anna de Vries"}`,
		anna + "calendar/werk.ics": work, anna + "calendar/Projecten/Dak/werk.ics": work, bram + "calendar/werk.ics": work,
		anna + "contacts/klanten.vcf": cards, anna + "contacts/Leveranciers/klanten.vcf": cards,
		anna + "tasks/taken.json": tasks, anna + "tasks/Lijst/taken.json": tasks,
		anna + "notes/notitie.txt": note, anna + "notes/Oud/notitie.txt": "Caf\xe9\r\nlatijn",
	}
}

// boxFolder is a folder with what the import and export API gives of its items.
type boxFolder struct {
	id, class string
	items     map[string]*mapi.Message // by subject
	ids, data []string                 // data in base64
}

// all follows a list to its end.
func (s *stage) all(target string, headers ...string) (list []map[string]any) {
	s.t.Helper()
	for target != "" {
		page := s.get(target, headers...)
		require.Equal(s.t, 200, page.StatusCode, page.Text)
		list = append(list, page.value()...)
		target, _ = page.JSON["@odata.nextLink"].(string)
	}
	return list
}

// export reads everything below the containers of a class through exportItems.
func (s *stage) export(user, class string) map[string]boxFolder {
	s.t.Helper()
	box := "/v1.0/admin/exchange/mailboxes/" + s.mailboxID(user)
	out := map[string]boxFolder{}
	for _, f := range s.all(box + "/folders/delta") {
		if f["type"] != class {
			continue
		}
		b := boxFolder{id: f["id"].(string), class: class, items: map[string]*mapi.Message{}}
		for _, i := range s.all(box+"/folders/"+b.id+"/items/delta", "Prefer", "odata.maxpagesize=100") {
			r := s.do(http.MethodPost, box+"/exportItems", `{"itemIds":["`+i["id"].(string)+`"]}`)
			require.Equal(s.t, 200, r.StatusCode, r.Text)
			text, _ := r.value()[0]["data"].(string)
			data, err := base64.StdEncoding.DecodeString(text)
			require.NoError(s.t, err)
			msg, outcome, err := fts.Decode(bytes.NewReader(data), fts.Limits{})
			require.NoError(s.t, err)
			require.Equal(s.t, fts.Complete, outcome.State)
			require.Equal(s.t, i["type"], msg.Class())
			b.items[mapi.SubjectOf(msg)] = msg
			b.ids, b.data = append(b.ids, i["id"].(string)), append(b.data, text)
		}
		out[f["displayName"].(string)] = b
	}
	return out
}

func outlookStage(t *testing.T, o sim.Options) *stage {
	s := newStage(t, o)
	ignored, err := s.world.LoadSeed(seedFolder(t, outlookSeed(t)))
	require.NoError(t, err)
	require.Equal(t, []string{"anna@contoso.example/notes/Oud/notitie.txt: not all of it could be used: it is not UTF-8; a guess was made"}, ignored)
	s.token = s.signIn(s.tenant)
	return s
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestSeedBecomesItems(t *testing.T) {
	s := outlookStage(t, sim.Options{})
	const anna, bram = "anna@contoso.example", "bram@contoso.example"
	for _, c := range []struct {
		user, class, folder, subject string
		check                        func(*require.Assertions, *mapi.Message)
	}{
		{anna, "IPF.Appointment", "Calendar", "Werkoverleg", isOwnSeries},
		{anna, "IPF.Appointment", "Dak", "Werkoverleg", isOwnSeries},
		{bram, "IPF.Appointment", "Calendar", "Werkoverleg", isInvitation},
		{anna, "IPF.Appointment", "Calendar", "Verlof Anna", isLeave},
		{anna, "IPF.Contact", "Contacts", "Piet Jansen", isContact},
		{anna, "IPF.Contact", "Leveranciers", "Ploeg Noord", isList},
		{anna, "IPF.Task", "Tasks", "Offerte dakgoot nabellen", isTask},
		{anna, "IPF.Task", "Lijst", "Btw-aangifte", isRecurringTask},
		{anna, "IPF.Task", "Tasks", "Ladder terugbrengen", isDoneTask},
		{anna, "IPF.Task", "Tasks", "Zaal reserveren", isCalendarTask},
		{anna, "IPF.StickyNote", "Notes", "Boodschappen", isNote},
		{anna, "IPF.StickyNote", "Oud", "Café", func(a *require.Assertions, m *mapi.Message) { a.Equal("Café\r\nlatijn", m.Props.String(mapi.Body)) }},
	} {
		t.Run(c.folder+"/"+c.subject, func(t *testing.T) {
			msg := s.export(c.user, c.class)[c.folder].items[c.subject]
			require.NotNil(t, msg)
			for _, id := range []mapi.PropID{mapi.MessageClass, mapi.Importance, mapi.Sensitivity, mapi.MessageFlags, mapi.SubjectPrefix, mapi.NormalizedSubject,
				mapi.CreationTime, mapi.LastModificationTime, mapi.SearchKey, mapi.MessageLocaleID, mapi.MessageCodepage} {
				require.True(t, msg.Props.Has(id), "property %04X", uint16(id))
			}
			c.check(require.New(t), msg)
		})
	}
}

func isOwnSeries(a *require.Assertions, m *mapi.Message) {
	p := m.Props
	state, _ := p.NamedInt(mapi.AppointmentState)
	a.EqualValues(mapi.StateMeeting, state)
	a.Equal("anna@contoso.example", mapi.From(m).SMTP)
	a.Len(m.Recipients, 3)
	a.Equal(at("2026-03-09T08:00:00Z"), p.NamedTime(mapi.AppointmentStart))
	a.Equal(at("2026-03-09T09:00:00Z"), p.NamedTime(mapi.AppointmentEnd))
	a.Equal(at("2026-01-02T10:00:00Z"), p.Time(mapi.CreationTime))
	a.Equal(at("2026-02-10T11:30:00Z"), p.Time(mapi.LastModificationTime))
	a.True(p.NamedBool(mapi.ReminderSet))
	a.Contains(p.String(mapi.Body), "werkbonnen")
	blob, _ := p.Named(mapi.AppointmentRecurrence)
	series, err := recur.Decode(blob.Value.([]byte))
	a.NoError(err)
	a.Equal(recur.Weekly, series.Frequency)
	a.Equal(12, series.Count)
	a.Equal([]time.Time{at("2026-04-06T00:00:00Z")}, series.Deleted)
	a.Len(series.Exceptions, 1)
	a.Equal(at("2026-03-30T13:30:00Z"), series.Exceptions[0].Start, "a wall clock")
	a.Len(m.Attachments, 1)
	a.True(m.Attachments[0].IsException())
	in := m.Attachments[0].Embedded
	a.Equal("Werkoverleg (later)", mapi.SubjectOf(in))
	a.Equal(at("2026-03-30T11:30:00Z"), in.Props.NamedTime(mapi.AppointmentStart))
	a.Equal("Kantine", in.Props.NamedString(mapi.Location))
}

func isInvitation(a *require.Assertions, m *mapi.Message) {
	state, _ := m.Props.NamedInt(mapi.AppointmentState)
	answer, _ := m.Props.NamedInt(mapi.ResponseStatus)
	a.EqualValues(mapi.StateMeeting|mapi.StateReceived, state)
	a.EqualValues(mapi.TrackAccepted, answer)
	a.Equal("anna@contoso.example", mapi.From(m).SMTP)
}

func isLeave(a *require.Assertions, m *mapi.Message) {
	p := m.Props
	busy, _ := p.NamedInt(mapi.BusyStatus)
	sensitivity, _ := p.Int(mapi.Sensitivity)
	state, _ := p.NamedInt(mapi.AppointmentState)
	a.True(p.NamedBool(mapi.AllDay))
	a.EqualValues([]int64{3, 2, 0}, []int64{busy, sensitivity, state})
	a.Equal([]string{"Verlof", "Privé"}, p.NamedStrings(mapi.Keywords))
	a.Equal("Anna de Vries", mapi.From(m).Name, "her own")
	a.Equal(at("2025-05-04T03:02:01Z"), p.Time(mapi.CreationTime), "when the file was written")
}

func isContact(a *require.Assertions, m *mapi.Message) {
	p := m.Props
	a.Equal("IPM.Contact", m.Class())
	a.Equal([]string{"Piet", "Jansen", "Jansen Bouw B.V.", "Inkoop", "Inkoper"}, []string{
		p.String(mapi.GivenName), p.String(mapi.Surname), p.String(mapi.CompanyName), p.String(mapi.DepartmentName), p.String(mapi.JobTitle)})
	a.Equal("piet@jansenbouw.example", p.NamedString(mapi.Email1Address))
	a.Equal("Rotterdam", p.NamedString(mapi.WorkCity))
	a.Equal("06 12345678", p.String(mapi.MobilePhone))
	a.Equal([]string{"Klant"}, p.NamedStrings(mapi.Keywords))
	a.Equal(1970, p.NamedTime(mapi.BirthdayLocal).Year())
	a.Equal(at("2026-01-05T08:00:00Z"), p.Time(mapi.LastModificationTime))
	a.Equal(at("2025-05-04T03:02:01Z"), p.Time(mapi.CreationTime), "the file is older")
	a.True(p.NamedBool(mapi.HasPicture))
	a.Len(m.Attachments, 1)
	a.True(m.Attachments[0].Props.Bool(mapi.AttachmentContactPhoto))
}

func isList(a *require.Assertions, m *mapi.Message) {
	a.Equal("IPM.DistList", m.Class())
	members, _ := m.Props.Named(mapi.ListOneOffs)
	list := members.Value.([][]byte)
	a.Len(list, 2)
	name, smtp, ok := mapi.OneOff(list[0])
	a.True(ok)
	a.Equal("Piet Jansen piet@jansenbouw.example", name+" "+smtp)
}

func isTask(a *require.Assertions, m *mapi.Message) {
	p := m.Props
	status, _ := p.NamedInt(mapi.TaskStatus)
	importance, _ := p.Int(mapi.Importance)
	a.EqualValues([]int64{1, 2}, []int64{status, importance})
	a.Equal(at("2026-03-02T00:00:00Z"), p.NamedTime(mapi.TaskStart))
	a.Equal(at("2026-03-06T00:00:00Z"), p.NamedTime(mapi.TaskDueDate), "the day, wherever it is")
	a.True(p.NamedBool(mapi.ReminderSet))
	a.Equal(at("2026-03-06T08:00:00Z"), p.NamedTime(mapi.ReminderTime), "a moment in its time zone")
	a.Equal([]string{"Klant"}, p.NamedStrings(mapi.Keywords))
	a.Equal("Vraag naar de zinken goot.\r\n\r\n[x] maten opzoeken\r\n[ ] bellen", p.String(mapi.Body))
	a.Equal(at("2026-03-01T10:00:00Z"), p.Time(mapi.CreationTime))
	a.Equal(at("2026-03-02T10:00:00Z"), p.Time(mapi.LastModificationTime))
	a.Equal("Anna de Vries", p.NamedString(mapi.TaskOwner))
}

func isRecurringTask(a *require.Assertions, m *mapi.Message) {
	blob, _ := m.Props.Named(mapi.TaskRecurrence)
	pattern, err := recur.DecodePattern(blob.Value.([]byte))
	a.NoError(err)
	a.True(m.Props.NamedBool(mapi.TaskRecurring))
	a.Equal([]int{3, 30}, []int{pattern.Period, pattern.Day})
	a.Equal(recur.Never, pattern.End)
}

func isDoneTask(a *require.Assertions, m *mapi.Message) {
	a.True(m.Props.NamedBool(mapi.TaskComplete))
	a.Equal(at("2026-02-27T00:00:00Z"), m.Props.NamedTime(mapi.TaskDateCompleted))
	text, _ := mapi.BodyText(m, 1000)
	a.Contains(text, "Bij Jansen")
}

func isCalendarTask(a *require.Assertions, m *mapi.Message) {
	a.Equal("IPM.Task", m.Class(), "a task in a calendar is among the tasks")
	a.Equal(at("2026-03-01T00:00:00Z"), m.Props.NamedTime(mapi.TaskDueDate))
}

func isNote(a *require.Assertions, m *mapi.Message) {
	a.Equal("IPM.StickyNote", m.Class())
	a.Equal("Boodschappen\r\nkoffie\r\nspijkers 40 mm\r\n", m.Props.String(mapi.Body))
	colour, _ := m.Props.NamedInt(mapi.NoteColour)
	a.EqualValues(3, colour)
	a.Equal(at("2025-05-04T03:02:01Z"), m.Props.Time(mapi.CreationTime))
}

// TestOutlookItemsSurviveExportAndImport takes everything that is no mail out of
// a mailbox and puts it back: dates, flags and content are the same.
func TestOutlookItemsSurviveExportAndImport(t *testing.T) {
	recording := filepath.Join(t.TempDir(), "calls.jsonl")
	file, err := os.Create(recording)
	require.NoError(t, err)
	defer file.Close()
	s := outlookStage(t, sim.Options{Record: file})
	const anna = "anna@contoso.example"
	before := paths(t, s.world, anna)
	require.Greater(t, len(before), 30)
	box := "/v1.0/admin/exchange/mailboxes/" + s.mailboxID(anna)
	var kept []boxFolder
	for _, class := range []string{"IPF.Appointment", "IPF.Contact", "IPF.Task", "IPF.StickyNote"} {
		for _, f := range s.export(anna, class) {
			kept = append(kept, f)
		}
	}
	for _, f := range kept {
		for _, id := range f.ids {
			require.Equal(t, 204, s.do(http.MethodPost, "/v1.0/users/"+anna+"/messages/"+id+"/permanentDelete", "").StatusCode)
		}
	}
	require.NoError(t, s.world.Delete(anna+"/recoverable/Purges"))
	for path, item := range paths(t, s.world, anna) {
		require.Empty(t, item.Hash, path)
	}
	s.clock.Advance(10 * time.Minute)
	link := s.do(http.MethodPost, box+"/createImportSession", "").JSON["importUrl"].(string)
	n := 0
	for _, f := range kept {
		for _, data := range f.data {
			r := s.do(http.MethodPost, link, `{"FolderId":"`+f.id+`","Mode":"create","Data":"`+data+`"}`, "Authorization", "")
			require.Equal(t, 200, r.StatusCode, r.Text)
			n++
		}
	}
	require.Equal(t, 18, n)
	require.Equal(t, before, paths(t, s.world, anna))
	require.NoError(t, s.server.Close())
	graphcheck(t, recording)
}

// TestListsByClass finds folders the way a client asks for one kind.
func TestListsByClass(t *testing.T) {
	s := outlookStage(t, sim.Options{})
	box := "/v1.0/admin/exchange/mailboxes/" + s.mailboxID("anna@contoso.example")
	for class, want := range map[string]map[string]float64{
		"IPF.Appointment": {"Calendar": 2, "Projecten": 0}, "IPF.Contact": {"Contacts": 2, "Leveranciers": 2}, "IPF.Task": {"Tasks": 5, "Lijst": 3}, "IPF.StickyNote": {"Notes": 1},
	} {
		have := map[string]float64{}
		for _, f := range s.all(box + "/folders?$filter=" + url.QueryEscape("type eq '"+class+"'")) {
			have[f["displayName"].(string)] = f["totalItemCount"].(float64)
		}
		require.Equal(t, want, have, class)
	}
	for _, f := range s.all("/v1.0/users/anna@contoso.example/mailFolders?includeHiddenFolders=true") {
		require.NotContains(t, []string{"Calendar", "Contacts", "Tasks", "Notes", "Lijst"}, f["displayName"])
	}
}
