package ical_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/recur"
	"vangnet/engine/mapi/zone"
)

// item makes an item the way Exchange has it.
type item struct{ *mapi.Message }

func newItem(class string) item {
	m := item{&mapi.Message{}}
	m.Props.SetString(mapi.MessageClass, class)
	m.Props.SetString(mapi.Subject, "Overleg")
	m.Props.SetTime(mapi.LastModificationTime, utc("2026-02-01 12:00"))
	return m
}

func (m item) time(n mapi.Name, s string) item {
	m.Props.SetNamed(n, mapi.TypeTime, mapi.FileTimeOf(utc(s)))
	return m
}

func (m item) number(n mapi.Name, v int32) item { m.Props.SetNamed(n, mapi.TypeInt32, v); return m }
func (m item) truth(n mapi.Name, v bool) item   { m.Props.SetNamed(n, mapi.TypeBool, v); return m }
func (m item) bytes(n mapi.Name, v []byte) item { m.Props.SetNamed(n, mapi.TypeBinary, v); return m }

// europe is the zone that Exchange names for Amsterdam.
func europe(t testing.TB) zone.Zone {
	loc, _, ok := zone.Location("W. Europe Standard Time")
	if !ok {
		t.Fatal("no such zone")
	}
	return zone.FromLocation(loc, "W. Europe Standard Time", 2026, 2026, time.Time{})
}

// weekly is a series with a renamed and a cancelled occurrence, as a blob.
func weekly() recur.Series {
	p, _, err := recur.FromRule("FREQ=WEEKLY;BYDAY=MO;COUNT=6", utc("2026-03-02 09:00"), func(t time.Time) time.Time { return t })
	if err != nil {
		panic(err)
	}
	s := recur.Series{Pattern: p, From: 9 * time.Hour, To: 10 * time.Hour}
	s.Deleted = []time.Time{utc("2026-03-23 00:00")}
	s.Exceptions = []recur.Exception{{Start: utc("2026-03-30 14:00"), End: utc("2026-03-30 15:00"), Original: utc("2026-03-30 09:00"),
		Flags: recur.ChangedSubject | recur.ChangedLocation | recur.ChangedBusy, Subject: "Anders", Location: "Zaal Ω", Busy: 1}}
	return s
}

// lines are those of what is written, unfolded.
func lines(t testing.TB, m *mapi.Message, o ical.Options) []string {
	t.Helper()
	var b bytes.Buffer
	if err := ical.Write(&b, m, o); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.ReplaceAll(b.String(), "\r\n ", ""), "\r\n")
}

// check wants lines to be there, those that begin with a minus not.
func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	all := "\n" + strings.Join(got, "\n") + "\n"
	for _, w := range want {
		line, missing := strings.CutPrefix(w, "-")
		if strings.Contains(all, "\n"+line) == missing {
			t.Errorf("want %q in%s", w, all)
		}
	}
}

func TestFromExchange(t *testing.T) {
	z := europe(t)
	m := newItem("IPM.Appointment").time(mapi.AppointmentStart, "2026-07-02 07:30").time(mapi.AppointmentEnd, "2026-07-02 08:30").
		bytes(mapi.StartTimeZone, z.Definition(2026, false)).bytes(mapi.EndTimeZone, z.Definition(2026, false)).
		number(mapi.BusyStatus, 3).truth(mapi.ReminderSet, true).number(mapi.ReminderDelta, 0x5AE980E1)
	check(t, lines(t, m.Message, ical.Options{}), "DTSTART;TZID=Europe/Berlin:20260702T093000", "DTEND;TZID=Europe/Berlin:20260702T103000", "TZID:Europe/Berlin",
		"X-MICROSOFT-CDO-BUSYSTATUS:OOF", "TRIGGER:-PT15M", "SUMMARY:Overleg", "DTSTAMP:20260201T120000Z", "UID:", "-METHOD")

	m = newItem("IPM.Appointment").time(mapi.AppointmentStart, "2026-07-01 22:00").time(mapi.AppointmentEnd, "2026-07-03 22:00").
		truth(mapi.AllDay, true).bytes(mapi.StartTimeZone, z.Definition(2026, false))
	check(t, lines(t, m.Message, ical.Options{Method: true}), "DTSTART;VALUE=DATE:20260702", "DTEND;VALUE=DATE:20260704", "-BEGIN:VTIMEZONE", "METHOD:PUBLISH",
		"X-MICROSOFT-CDO-ALLDAYEVENT:TRUE")

	m = newItem("IPM.Appointment").time(mapi.CommonStart, "2026-07-01 22:00").time(mapi.CommonEnd, "2026-07-02 22:00").truth(mapi.AllDay, true)
	check(t, lines(t, m.Message, ical.Options{}), "DTSTART;VALUE=DATE:20260702", "DTEND;VALUE=DATE:20260703") // its zone is not known

	m = newItem("IPM.Appointment")
	m.Props.SetTime(mapi.StartDate, utc("2026-07-01 22:00"))
	check(t, lines(t, m.Message, ical.Options{}), "DTSTART:20260701T220000Z", "-DTEND", "-BEGIN:VALARM", "-ORGANIZER")
}

func TestSeriesFromExchange(t *testing.T) {
	z := europe(t)
	m := newItem("IPM.Appointment").time(mapi.AppointmentStart, "2026-03-02 08:00").time(mapi.AppointmentEnd, "2026-03-02 09:00").
		truth(mapi.Recurring, true).bytes(mapi.AppointmentRecurrence, weekly().Encode()).
		bytes(mapi.TimeZoneStruct, z.Rules[0].Struct()).bytes(mapi.SeriesTimeZone, z.Definition(2026, true))
	want := []string{"DTSTART;TZID=Europe/Berlin:20260302T090000", "RRULE:FREQ=WEEKLY;COUNT=6;BYDAY=MO", "EXDATE;TZID=Europe/Berlin:20260323T090000",
		"RECURRENCE-ID;TZID=Europe/Berlin:20260330T090000", "DTSTART;TZID=Europe/Berlin:20260330T140000", "SUMMARY:Anders", "LOCATION:Zaal Ω", "STATUS:TENTATIVE"}
	check(t, lines(t, m.Message, ical.Options{}), want...)

	own := newItem("IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}").time(mapi.OriginalStart, "2026-03-30 07:00")
	own.Props.SetString(mapi.Subject, "Een lange naam")
	own.Props.SetString(mapi.Body, "Eigen tekst")
	m.Attachments = []mapi.Attachment{{Embedded: own.Message}}
	m.Props.SetString(mapi.Body, "Tekst van de reeks")
	check(t, lines(t, m.Message, ical.Options{}), "SUMMARY:Een lange naam", "-SUMMARY:Anders", "DESCRIPTION:Eigen tekst", "DESCRIPTION:Tekst van de reeks", "LOCATION:Zaal Ω")

	m.Props.SetNamed(mapi.SeriesTimeZone, mapi.TypeBinary, zone.Fixed("Elders", 300).Definition(2026, true)) // contradicts the structure, which wins
	m.Props.SetNamed(mapi.TimeZoneText, mapi.TypeString, "(UTC+01:00) Amsterdam")
	check(t, lines(t, m.Message, ical.Options{}), `DTSTART;TZID="(UTC+01:00) Amsterdam":20260302T090000`, "TZOFFSETTO:+0100", "TZOFFSETTO:+0200", "-TZOFFSETTO:+0500")

	for _, n := range []mapi.Name{mapi.SeriesTimeZone, mapi.TimeZoneStruct, mapi.StartTimeZone} {
		m.Props.SetNamed(n, mapi.TypeBinary, []byte{})
	}
	var warned ical.Warnings
	check(t, lines(t, m.Message, ical.Options{Warn: func(w ical.Warning, _ string) { warned = append(warned, w) }}),
		`DTSTART;TZID="UTC+01:00":20260302T090000`, "TZOFFSETTO:+0100", "-TZOFFSETTO:+0200") // from the first start
	if !warned.Has(ical.WarnZoneBlob) {
		t.Errorf("warnings %v", warned)
	}
}

// TestDamagedSeries writes the single item where the recurrence cannot be read.
func TestDamagedSeries(t *testing.T) {
	blob := weekly().Encode()
	hijri := bytes.Clone(blob)
	hijri[8] = 6
	for name, c := range map[string]struct {
		blob []byte
		warn ical.Warning
		rule bool
	}{
		"cut": {blob[:30], ical.WarnSeries, false}, "empty": {nil, ical.WarnSeries, false}, "noise": {[]byte("geen patroon, maar wel lang genoeg om gelezen te worden"), ical.WarnSeries, false},
		"hijri": {hijri, ical.WarnSeries, false}, "exceptions cut": {blob[:len(blob)-30], ical.WarnExceptions, true},
	} {
		var warned ical.Warnings
		m := newItem("IPM.Appointment").time(mapi.AppointmentStart, "2026-03-02 08:00").time(mapi.AppointmentEnd, "2026-03-02 09:00").
			truth(mapi.Recurring, true).bytes(mapi.AppointmentRecurrence, c.blob)
		got := lines(t, m.Message, ical.Options{Warn: func(w ical.Warning, _ string) { warned = append(warned, w) }})
		if !warned.Has(c.warn) {
			t.Errorf("%s: warnings %v", name, warned)
		}
		rule := "-RRULE"
		if c.rule {
			rule = "RRULE"
		}
		check(t, got, "SUMMARY:Overleg", "DTSTART", rule)
	}
}

func TestPeopleOfExchange(t *testing.T) {
	m := newItem("IPM.Appointment").time(mapi.AppointmentStart, "2026-03-02 08:00").number(mapi.AppointmentState, 3).number(mapi.ResponseStatus, 3)
	add := func(name, kind, address string, role, flags, track int64) {
		var r mapi.Bag
		r.SetString(mapi.DisplayName, name)
		r.SetString(mapi.AddrType, kind)
		r.SetString(mapi.EmailAddress, address)
		r.SetInt(mapi.RecipientType, role)
		r.SetInt(mapi.RecipientFlags, flags)
		r.SetInt(mapi.RecipientTrackStatus, track)
		m.Recipients = append(m.Recipients, r)
	}
	add("Anna", "EX", "/o=X/cn=ANNA", 1, 3, 0)
	add("Bert", "EX", "/o=X/cn=BERT", 1, 1, 5)
	add("Onbekend", "EX", "/o=X/cn=WEG", 2, 1, 2)
	add("Zaal", "SMTP", "zaal@contoso.example", 3, 1, 3)
	add("Verwijderd", "SMTP", "oud@contoso.example", 1, 0x21, 3)
	add("Eigenaar", "SMTP", "eigenaar@contoso.example", 1, 1, 0)
	resolve := func(ex string) string {
		return map[string]string{"/o=X/cn=ANNA": "anna@contoso.example", "/o=X/cn=BERT": "bert@contoso.example"}[ex]
	}
	check(t, lines(t, m.Message, ical.Options{Resolve: resolve, Owner: "Eigenaar@contoso.example"}),
		"ORGANIZER;CN=Anna:mailto:anna@contoso.example", "ATTENDEE;CN=Bert;PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT:mailto:bert@contoso.example",
		"ATTENDEE;CN=Onbekend;PARTSTAT=TENTATIVE;ROLE=OPT-PARTICIPANT:invalid:nomail",
		"ATTENDEE;CN=Zaal;CUTYPE=RESOURCE;PARTSTAT=ACCEPTED;ROLE=NON-PARTICIPANT:mailto:zaal@contoso.example",
		"ATTENDEE;CN=Eigenaar;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:eigenaar@contoso.example", "-ATTENDEE;CN=Verwijderd")
}

func TestMethods(t *testing.T) {
	for class, want := range map[string]string{
		"IPM.Schedule.Meeting.Request": "METHOD:REQUEST", "IPM.Schedule.Meeting.Canceled": "METHOD:CANCEL", "IPM.Schedule.Meeting.Resp.Neg": "METHOD:REPLY",
		"IPM.Appointment": "METHOD:PUBLISH", "IPM.Appointment.Eigen": "METHOD:PUBLISH", "IPM.Task": "METHOD:PUBLISH",
	} {
		if !ical.Can(class) {
			t.Errorf("%s is not known", class)
		}
		check(t, lines(t, newItem(class).Message, ical.Options{Method: true}), want)
		check(t, lines(t, newItem(class).Message, ical.Options{}), "-METHOD")
	}
	for _, class := range []string{"IPM.StickyNote", "IPM.Activity"} {
		check(t, lines(t, newItem(class).Message, ical.Options{}), "BEGIN:VJOURNAL", "SUMMARY:Overleg")
	}
	for _, class := range []string{"IPM.Note", "IPM.Contact", "IPM.Appointments", ""} {
		if err := ical.Write(&bytes.Buffer{}, newItem(class).Message, ical.Options{}); ical.Can(class) || !errors.Is(err, ical.ErrClass) {
			t.Errorf("%q: %v", class, err)
		}
	}
	request := newItem("IPM.TaskRequest")
	inner := newItem("IPM.Task").number(mapi.TaskStatus, 3).time(mapi.TaskDueDate, "2026-03-31 00:00")
	request.Attachments = []mapi.Attachment{{Embedded: inner.Message}}
	check(t, lines(t, request.Message, ical.Options{}), "BEGIN:VTODO", "DUE;VALUE=DATE:20260331", "STATUS:NEEDS-ACTION", "X-VANGNET-TASK-STATUS:WAITING")
}

// TestFilesLeftOut tells of attachments that do not go into the calendar.
func TestFilesLeftOut(t *testing.T) {
	m := newItem("IPM.Appointment").time(mapi.AppointmentStart, "2026-03-02 08:00")
	for _, name := range []string{"klein.txt", "groot.bin", "weg.bin"} {
		var a mapi.Attachment
		a.Props.SetString(mapi.AttachLongFilename, name)
		a.SetData(mapi.BytesBlob(bytes.Repeat([]byte{1}, 100)))
		m.Attachments = append(m.Attachments, a)
	}
	m.Attachments[1].SetData(mapi.BytesBlob(make([]byte, 2000)))
	m.Attachments[2].SetData(mapi.Blob{Size: 10})
	m.Attachments = append(m.Attachments, mapi.Attachment{Embedded: newItem("IPM.Note").Message})
	var left []string
	got := lines(t, m.Message, ical.Options{Files: 1000, Warn: func(w ical.Warning, what string) { left = append(left, string(w)+" "+what) }})
	check(t, got, "ATTACH;ENCODING=BASE64;FILENAME=klein.txt;FMTTYPE=application/octet-stream;VALUE=BINARY;X-FILENAME=klein.txt:AQEB")
	if strings.Join(left, ",") != "file groot.bin,file weg.bin,file Overleg" {
		t.Errorf("%q", left)
	}
	left = nil
	check(t, lines(t, m.Message, ical.Options{Files: -1, Warn: func(w ical.Warning, what string) { left = append(left, what) }}), "-ATTACH")
	if len(left) > 0 {
		t.Errorf("%q", left)
	}
}

// TestUID reads the ids of Exchange and of others.
func TestUID(t *testing.T) {
	m := newItem("IPM.Appointment")
	id, _ := hex.DecodeString("040000008200E00074C5B7101A82E00807EA031000B0F2D7A5C89CDC01000000000000000000100000" + "0079C2A9F4C3B7484C9C5A2F1E0D3B6A58")
	m.bytes(mapi.GlobalObjectID, id)
	check(t, lines(t, m.Message, ical.Options{}), "UID:040000008200E00074C5B7101A82E0080000000000B0F2D7A5C89CDC01")
	first := lines(t, newItem("IPM.Appointment").Message, ical.Options{})
	check(t, first, "UID:")
	if strings.Join(first, "") != strings.Join(lines(t, newItem("IPM.Appointment").Message, ical.Options{}), "") {
		t.Error("another UID for the same item")
	}
}

// TestHTML writes both forms of a text.
func TestHTML(t *testing.T) {
	m := newItem("IPM.Appointment").time(mapi.AppointmentStart, "2026-03-02 08:00")
	m.Props.SetBytes(mapi.BodyHTML, []byte("<p>Caf\xE9, <b>om</b> 9 uur</p>"))
	m.Props.SetInt(mapi.InternetCodepage, 1252)
	check(t, lines(t, m.Message, ical.Options{}), `DESCRIPTION:Café\, om 9 uur`, `X-ALT-DESC;FMTTYPE=text/html:<p>Café\, <b>om</b> 9 uur</p>`)
}

// TestKeptWordsGiveWay drops what the calendar said where Exchange has changed.
func TestKeptWordsGiveWay(t *testing.T) {
	m := item{calendar(t, "rule-day-31")}
	check(t, lines(t, m.Message, ical.Options{}), "RRULE:FREQ=MONTHLY;BYMONTHDAY=31")
	s := weekly()
	m.bytes(mapi.AppointmentRecurrence, s.Encode())
	check(t, lines(t, m.Message, ical.Options{}), "RRULE:FREQ=WEEKLY", "-RRULE:FREQ=MONTHLY")

	m = item{calendar(t, "priority-3")}
	check(t, lines(t, m.Message, ical.Options{}), "PRIORITY:3")
	m.Props.SetInt(mapi.Importance, 0)
	check(t, lines(t, m.Message, ical.Options{}), "PRIORITY:9")

	m = item{calendar(t, "alarms-two")}
	check(t, lines(t, m.Message, ical.Options{}), "TRIGGER:-P1D", "TRIGGER:-PT15M")
	m.number(mapi.ReminderDelta, 30)
	check(t, lines(t, m.Message, ical.Options{}), "-TRIGGER:-P1D", "TRIGGER:-PT30M")
	m.truth(mapi.ReminderSet, false)
	check(t, lines(t, m.Message, ical.Options{}), "-BEGIN:VALARM")

	m = item{calendar(t, "task-due-time")}
	check(t, lines(t, m.Message, ical.Options{}), "DUE;TZID=Europe/Amsterdam:20260331T170000")
	m.time(mapi.TaskDueDate, "2026-04-02 00:00")
	check(t, lines(t, m.Message, ical.Options{}), "DUE;VALUE=DATE:20260402")

	m = item{calendar(t, "task-duration")}
	check(t, lines(t, m.Message, ical.Options{}), "DURATION:P5D", "-DUE")
	m.time(mapi.TaskDueDate, "2026-03-07 00:00")
	check(t, lines(t, m.Message, ical.Options{}), "-DURATION", "DUE;VALUE=DATE:20260307")

	m = item{calendar(t, "task-cancelled")}
	check(t, lines(t, m.Message, ical.Options{}), "STATUS:CANCELLED", "-X-VANGNET-TASK-STATUS")
	m.number(mapi.TaskStatus, 1)
	check(t, lines(t, m.Message, ical.Options{}), "STATUS:IN-PROCESS")

	m = item{calendar(t, "delegated")}
	for _, r := range m.Recipients {
		r.SetInt(mapi.RecipientTrackStatus, mapi.TrackDeclined)
	}
	check(t, lines(t, m.Message, ical.Options{}), "-ATTENDEE;CN=Bert;DELEGATED-TO", "ATTENDEE;CN=Bert;PARTSTAT=DECLINED")
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestWriterFails(t *testing.T) {
	if err := ical.Write(full{}, newItem("IPM.Appointment").Message, ical.Options{}); err == nil {
		t.Error("no error")
	}
}
