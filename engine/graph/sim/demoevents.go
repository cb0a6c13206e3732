package sim

import (
	"fmt"
	"strings"
	"time"
)

// demoEvent is an appointment or a meeting to be written as a calendar. Times
// are wall clocks in the Netherlands.
type demoEvent struct {
	uid, subject, place, text, html string
	start, end                      time.Time
	allDay                          bool
	rule                            string
	without                         []time.Time // occurrences that were cancelled
	organizer                       *User
	guests                          []guest
	busy, class, category           string
	reminder                        int // minutes before; 0: none
	made                            time.Time
	changed                         []demoEvent // occurrences that are otherwise
	instead                         time.Time   // of an occurrence: when it was
}

// guest is who is invited.
type guest struct {
	name, mail, answer string
	optional           bool
}

const demoZone = "Europe/Amsterdam"

var icsEscape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`)

// calendar is the event as iCalendar.
func (e *demoEvent) calendar() string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//demo//NL\r\n")
	e.write(&b)
	for i := range e.changed {
		e.changed[i].write(&b)
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.String()
}

func (e *demoEvent) write(b *strings.Builder) {
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\r\n", args...) }
	text := func(name, value string) {
		if value != "" {
			line("%s:%s", name, icsEscape.Replace(value))
		}
	}
	line("BEGIN:VEVENT")
	text("UID", e.uid)
	stamp := e.made.Format("20060102T150405Z")
	line("DTSTAMP:%s\r\nCREATED:%s\r\nLAST-MODIFIED:%s", stamp, stamp, stamp)
	text("SUMMARY", e.subject)
	text("LOCATION", e.place)
	text("DESCRIPTION", e.text)
	if e.html != "" {
		line("X-ALT-DESC;FMTTYPE=text/html:%s", icsEscape.Replace(e.html))
	}
	e.times(line)
	if e.busy != "" {
		line("X-MICROSOFT-CDO-BUSYSTATUS:%s", e.busy)
	}
	text("CLASS", e.class)
	text("CATEGORIES", e.category)
	e.people(line)
	if e.reminder > 0 {
		line("BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Reminder\r\nTRIGGER:-PT%dM\r\nEND:VALARM", e.reminder)
	}
	line("END:VEVENT")
}

func (e *demoEvent) times(line func(string, ...any)) {
	moment := func(name string, t time.Time) {
		if e.allDay {
			line("%s;VALUE=DATE:%s", name, t.Format("20060102"))
		} else {
			line("%s;TZID=%s:%s", name, demoZone, t.Format("20060102T150405"))
		}
	}
	if !e.instead.IsZero() {
		moment("RECURRENCE-ID", e.instead)
	}
	moment("DTSTART", e.start)
	moment("DTEND", e.end)
	if e.rule != "" {
		line("RRULE:%s", e.rule)
	}
	for _, t := range e.without {
		moment("EXDATE", t)
	}
}

func (e *demoEvent) people(line func(string, ...any)) {
	if e.organizer == nil {
		return
	}
	line("ORGANIZER;CN=%q:mailto:%s", e.organizer.DisplayName, e.organizer.Mail)
	for _, g := range e.guests {
		role := "REQ-PARTICIPANT"
		if g.optional {
			role = "OPT-PARTICIPANT"
		}
		line("ATTENDEE;CN=%q;ROLE=%s;PARTSTAT=%s:mailto:%s", g.name, role, g.answer, g.mail)
	}
}

// timed makes an event of so many minutes on a day.
func timed(day time.Time, hour, minute, length int) demoEvent {
	start := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	return demoEvent{start: start, end: start.Add(time.Duration(length) * time.Minute), reminder: 15}
}

// wholeDays makes an event of whole days.
func wholeDays(day time.Time, days int) demoEvent {
	return demoEvent{start: day, end: day.AddDate(0, 0, days), allDay: true}
}
