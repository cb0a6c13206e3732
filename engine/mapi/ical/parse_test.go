package ical_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/ical/icaltest"
	"vangnet/engine/mapi/recur"
	"vangnet/engine/mapi/zone"
)

// calendar is the first item of one of the calendars for tests.
func calendar(t testing.TB, name string) *mapi.Message {
	t.Helper()
	for _, f := range icaltest.All() {
		if f.Name == name {
			items, _ := parse(t, f.Data)
			if len(items) == 0 {
				t.Fatalf("%s is empty", name)
			}
			return items[0]
		}
	}
	t.Fatalf("no calendar %s", name)
	return nil
}

func utc(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

// value is a named property, to be compared as text.
func value(m *mapi.Message, n mapi.Name) string {
	p, ok := m.Props.Named(n)
	switch v := p.Value.(type) {
	case mapi.FileTime:
		return v.Time().Format("2006-01-02 15:04")
	case []byte:
		return fmt.Sprintf("%X", v)
	default:
		if !ok {
			return "none"
		}
		return fmt.Sprint(v)
	}
}

func TestProperties(t *testing.T) {
	for _, c := range []struct {
		file string
		name mapi.Name
		want string
	}{
		{"amsterdam", mapi.AppointmentStart, "2026-07-02 07:30"}, {"amsterdam", mapi.AppointmentEnd, "2026-07-02 09:00"},
		{"amsterdam", mapi.CommonStart, "2026-07-02 07:30"}, {"amsterdam", mapi.CommonEnd, "2026-07-02 09:00"},
		{"amsterdam", mapi.AppointmentDuration, "90"}, {"amsterdam", mapi.AllDay, "false"}, {"amsterdam", mapi.Recurring, "false"},
		{"amsterdam", mapi.BusyStatus, "2"}, {"amsterdam", mapi.AppointmentState, "0"}, {"amsterdam", mapi.ReminderSet, "false"},
		{"amsterdam", mapi.TimeZoneStruct, "none"}, {"amsterdam", mapi.SeriesTimeZone, "none"},
		{"kolkata", mapi.AppointmentStart, "2026-08-15 00:00"}, {"auckland", mapi.AppointmentStart, "2026-01-03 19:00"},
		{"outlook-zone", mapi.AppointmentStart, "2026-04-02 12:00"}, {"custom-zone", mapi.AppointmentStart, "2026-06-01 10:30"},
		{"calendar-zone", mapi.AppointmentStart, "2026-06-01 05:00"}, {"floating", mapi.AppointmentStart, "2026-06-01 07:00"},
		{"all-day", mapi.AllDay, "true"}, {"all-day", mapi.BusyStatus, "0"}, {"all-day", mapi.AppointmentEnd, "2026-04-28 00:00"},
		{"no-end", mapi.AppointmentDuration, "0"}, {"duration-days", mapi.AppointmentEnd, "2026-03-29 10:00"},
		{"in-the-gap", mapi.AppointmentStart, "2026-03-29 01:30"}, {"year-1950", mapi.AppointmentStart, "1950-07-04 16:00"},
		{"year-2099", mapi.AppointmentEnd, "2100-01-01 00:00"}, {"two-zones", mapi.AppointmentEnd, "2026-05-10 16:30"},
		{"private", mapi.Private, "true"}, {"out-of-office", mapi.BusyStatus, "3"}, {"elsewhere", mapi.BusyStatus, "4"},
		{"tentative", mapi.BusyStatus, "1"}, {"free", mapi.IntendedBusyStatus, "0"}, {"cancelled", mapi.AppointmentState, "4"},
		{"meeting", mapi.AppointmentState, "1"}, {"meeting", mapi.ResponseStatus, "1"}, {"request", mapi.AppointmentState, "3"},
		{"cancel", mapi.AppointmentState, "7"}, {"counter", mapi.CounterProposal, "true"}, {"counter", mapi.ProposedStart, "2026-03-03 10:00"},
		{"counter", mapi.AppointmentStart, "2026-03-02 09:00"}, {"reply", mapi.AttendeeCriticalChange, "2026-02-01 12:00"},
		{"alarm", mapi.ReminderSet, "true"}, {"alarm", mapi.ReminderDelta, "15"}, {"alarm", mapi.ReminderSignal, "2026-03-02 08:45"},
		{"alarm", mapi.ReminderTime, "2026-03-02 09:00"}, {"alarm-absolute", mapi.ReminderDelta, "60"}, {"alarm-end", mapi.ReminderSet, "false"},
		{"rule-weekly", mapi.Recurring, "true"}, {"rule-weekly", mapi.RecurrenceType, "2"}, {"rule-weekly", mapi.ClipStart, "2026-03-04 00:00"},
		{"rule-weekly", mapi.ClipEnd, "4500-08-31 23:59"}, {"rule-daily-count", mapi.ClipEnd, "2026-04-08 00:00"},
		{"rule-weekly", mapi.TimeZoneText, "W. Europe Standard Time"}, {"rule-two-days", mapi.Recurring, "false"},
		{"series-orphan", mapi.OriginalStart, "2026-03-16 08:00"}, {"series-orphan", mapi.IsException, "true"},
		{"teams", mapi.TeamsMeetingLink, "https://teams.example/l/meetup-join/19%3ameeting"}, {"categories", mapi.Keywords, "[Klant Project Dak Belangrijk Extra, met komma]"},
		{"utc", mapi.CleanGlobalObjectID, "040000008200E00074C5B7101A82E008" + strings.Repeat("00", 20) + "20000000" + "7643616C2D55696401000000" + "75746340636F6E746F736F2E6578616D706C6500"},
		{"goid", mapi.GlobalObjectID, "040000008200E00074C5B7101A82E00800000000B0F2D7A5C89CDC0100000000000000001000000079C2A9F4C3B7484C9C5A2F1E0D3B6A58"},
		{"task-start-and-due", mapi.TaskStart, "2026-03-01 00:00"}, {"task-start-and-due", mapi.TaskDueDate, "2026-03-31 00:00"},
		{"task-start-and-due", mapi.TaskStatus, "1"}, {"task-start-and-due", mapi.TaskPercent, "0.4"}, {"task-start-and-due", mapi.CommonEnd, "2026-03-31 00:00"},
		{"task-done", mapi.TaskComplete, "true"}, {"task-done", mapi.TaskDateCompleted, "2026-03-05 00:00"}, {"task-waiting", mapi.TaskStatus, "3"},
		{"task-deferred", mapi.TaskStatus, "4"}, {"task-duration", mapi.TaskDueDate, "2026-03-06 00:00"}, {"task-weekly", mapi.TaskRecurring, "true"},
		{"task-alarm", mapi.ReminderTime, "2026-03-30 08:00"}, {"task-alarm-before-due", mapi.ReminderTime, "2026-03-31 14:00"}, {"task-due-time", mapi.TaskDueDate, "2026-03-31 00:00"},
	} {
		if got := value(calendar(t, c.file), c.name); got != c.want {
			t.Errorf("%s: %s is %s, want %s", c.file, c.name, got, c.want)
		}
	}
	for file, class := range map[string]string{
		"utc": "IPM.Appointment", "request": "IPM.Schedule.Meeting.Request", "cancel": "IPM.Schedule.Meeting.Canceled", "reply": "IPM.Schedule.Meeting.Resp.Pos",
		"reply-no": "IPM.Schedule.Meeting.Resp.Neg", "counter": "IPM.Schedule.Meeting.Resp.Tent", "task-open": "IPM.Task", "notes": "IPM.StickyNote",
	} {
		if got := calendar(t, file).Class(); got != class {
			t.Errorf("%s is %s", file, got)
		}
	}
	m := calendar(t, "amsterdam")
	if !m.Props.Time(mapi.StartDate).Equal(utc("2026-07-02 07:30")) || !m.Props.Time(mapi.EndDate).Equal(utc("2026-07-02 09:00")) {
		t.Error("the times of other programs are missing")
	}
}

// TestZones reads the blobs of an item in a zone.
func TestZones(t *testing.T) {
	m := calendar(t, "rule-new-york-2005")
	for _, n := range []mapi.Name{mapi.StartTimeZone, mapi.EndTimeZone, mapi.SeriesTimeZone} {
		p, _ := m.Props.Named(n)
		b, _ := p.Value.([]byte)
		z, err := zone.DecodeDefinition(b)
		if err != nil || z.Name != "Eastern Standard Time" || len(z.Rules) != 2 && n.Equal(mapi.SeriesTimeZone) {
			t.Fatalf("%s: %+v, %v", n, z, err)
		}
		if got := z.Instant(utc("2005-03-15 09:00")); !got.Equal(utc("2005-03-15 14:00")) {
			t.Errorf("%s: in 2005 %v", n, got)
		}
	}
	p, _ := m.Props.Named(mapi.SeriesTimeZone)
	z, _ := zone.DecodeDefinition(p.Value.([]byte))
	if got := z.Instant(utc("2008-03-15 09:00")); !got.Equal(utc("2008-03-15 13:00")) {
		t.Errorf("in 2008 %v", got)
	}
	p, _ = m.Props.Named(mapi.TimeZoneStruct)
	if r, err := zone.DecodeStruct(p.Value.([]byte)); err != nil || r.Standard.Month != 10 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestException looks at all the places in which a changed occurrence stands.
func TestException(t *testing.T) {
	m := calendar(t, "series-cancelled-and-changed")
	p, _ := m.Props.Named(mapi.AppointmentRecurrence)
	s, err := recur.Decode(p.Value.([]byte))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Exceptions) != 2 || len(s.Deleted) != 1 || !s.Deleted[0].Equal(utc("2026-03-23 00:00")) {
		t.Fatalf("%+v", s)
	}
	moved, renamed := s.Exceptions[0], s.Exceptions[1]
	if !moved.Original.Equal(utc("2026-03-16 09:00")) || !moved.Start.Equal(utc("2026-03-17 09:00")) || moved.Flags != 0 {
		t.Errorf("%+v", moved)
	}
	want := recur.ChangedSubject | recur.ChangedLocation | recur.ChangedReminder | recur.ChangedReminderSet | recur.ChangedBody
	if renamed.Flags != want || renamed.Subject != "Laatste keer hier" || renamed.Location != "" || renamed.ReminderSet {
		t.Errorf("%+v", renamed)
	}
	both, _ := parse(t, []byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260302T090000Z\nRRULE:FREQ=WEEKLY\nEXDATE:20260316T090000Z\nEND:VEVENT\n"+
		"BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260316T090000Z\nDTSTART:20260316T140000Z\nEND:VEVENT\nEND:VCALENDAR\n")) // what is changed is not cancelled
	p, _ = both[0].Props.Named(mapi.AppointmentRecurrence)
	if s, err := recur.Decode(p.Value.([]byte)); err != nil || len(s.Exceptions) != 1 || bytes.Count(p.Value.([]byte), deleted(t, "2026-03-16 00:00")) != 2 {
		t.Errorf("%+v, %v: %X", s, err, p.Value)
	}
	if len(m.Attachments) != 2 {
		t.Fatalf("%d attachments", len(m.Attachments))
	}
	a := &m.Attachments[0]
	if !a.IsException() || !a.Props.Bool(mapi.AttachmentHidden) || !a.Props.Time(mapi.ExceptionStartTime).Equal(utc("2026-03-17 09:00")) ||
		!a.Props.Time(mapi.ExceptionEndTime).Equal(utc("2026-03-17 10:00")) || !a.Props.Time(mapi.ExceptionReplaceTime).Equal(utc("2026-03-16 08:00")) {
		t.Errorf("%+v", a.Props)
	}
	if e := a.Embedded; !strings.HasPrefix(e.Class(), "IPM.OLE.CLASS.{00061055") || value(e, mapi.AppointmentStart) != "2026-03-17 08:00" || value(e, mapi.OriginalStart) != "2026-03-16 08:00" {
		t.Errorf("%+v", e.Props)
	}
}

// deleted is a day as a recurrence blob says it: once as deleted, and once as the
// new day of what was changed.
func deleted(t *testing.T, day string) []byte {
	t.Helper()
	p := recur.Pattern{Frequency: recur.Daily, Period: 1, End: recur.Never, Start: utc(day)}
	b := p.Encode()
	return b[len(b)-8 : len(b)-4]
}

func TestPeople(t *testing.T) {
	m := calendar(t, "meeting")
	var got []string
	for _, r := range m.Recipients {
		kind, _ := r.Int(mapi.RecipientType)
		flags, _ := r.Int(mapi.RecipientFlags)
		track, _ := r.Int(mapi.RecipientTrackStatus)
		got = append(got, fmt.Sprint(mapi.RecipientAddress(r), kind, flags, track))
	}
	want := []string{"Anna de Vries <anna@contoso.example> 1 3 1", "Bert Jansen <bert@fabrikam.example> 1 1 3",
		"Dijk, Carla van <carla@woodgrove.example> 2 1 2", "Daan <daan@litware.example> 1 1 4", "esra@tailspin.example 1 1 0"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q", got)
	}
	if from := mapi.From(m); from.SMTP != "anna@contoso.example" || !m.Props.Bool(mapi.ResponseRequested) {
		t.Errorf("from %v", from)
	}
	m = calendar(t, "reply")
	if from := mapi.From(m); from.SMTP != "bert@fabrikam.example" || len(m.Recipients) != 1 || mapi.RecipientAddress(m.Recipients[0]).SMTP != "anna@contoso.example" {
		t.Errorf("an answer from %v", from)
	}
	room := calendar(t, "room").Recipients[1]
	kind, _ := room.Int(mapi.RecipientType)
	if ex, _ := room.Int(mapi.DisplayTypeEx); kind != 3 || ex != 7 {
		t.Errorf("a room is %d, %d", kind, ex)
	}
}

func TestFiles(t *testing.T) {
	m := calendar(t, "file")
	if len(m.Attachments) != 2 || m.Attachments[1].FileName() != "tekening é.pdf" {
		t.Fatalf("%+v", m.Attachments)
	}
	data, ok := m.Attachments[1].Data()
	if media := m.Attachments[1].Props.String(mapi.AttachMimeTag); !ok || data.Size != 12000 || media != "application/pdf" {
		t.Errorf("%d bytes of %s", data.Size, media)
	}
	first := write(t, m)
	for l := range bytes.Lines(first) {
		if len(l) > 77 || !bytes.HasSuffix(l, []byte("\r\n")) {
			t.Fatalf("a line %q", l)
		}
	}
}
