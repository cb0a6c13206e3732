// Package icaltest has calendars of many kinds for tests and demonstrations:
// what people keep, and what programs write. They are the same every time.
package icaltest

import (
	"strings"
)

// File is one calendar as it would lie in an .ics file.
type File struct {
	Name string // without extension, unique
	Data []byte
}

// All are well-formed calendars, each odd in its own way.
func All() []File {
	var out []File
	for _, list := range [][]File{times(), texts(), people(), alarms(), rules(), series(), kept(), mixed(), tasks()} {
		out = append(out, list...)
	}
	return out
}

// Broken are calendars that no program should write, but some do.
func Broken() []File { return broken() }

// file is a calendar of some components, each of lines.
func file(name string, components ...string) File {
	return File{Name: name, Data: []byte(fold("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//Calendar//EN\n" + strings.Join(components, "") + "END:VCALENDAR\n"))}
}

// event is a VEVENT that lasts from 9 to 10 o'clock in UTC on 2 March 2026,
// unless its lines say otherwise.
func event(uid string, lines ...string) string {
	text := strings.Join(lines, "\n")
	all := []string{"BEGIN:VEVENT", "UID:" + uid, "DTSTAMP:20260201T120000Z"}
	if !strings.Contains(text, "SUMMARY") {
		all = append(all, "SUMMARY:"+uid)
	}
	if !strings.Contains(text, "DTSTART") {
		all = append(all, "DTSTART:20260302T090000Z", "DTEND:20260302T100000Z")
	}
	return strings.Join(append(append(all, lines...), "END:VEVENT"), "\n") + "\n"
}

func todo(uid string, lines ...string) string {
	all := append([]string{"BEGIN:VTODO", "UID:" + uid, "DTSTAMP:20260201T120000Z", "SUMMARY:Taak " + uid}, lines...)
	return strings.Join(append(all, "END:VTODO"), "\n") + "\n"
}

// one is a calendar of one event that is named like the file.
func one(name string, lines ...string) File {
	return file(name, event(name+"@contoso.example", lines...))
}

// fold ends lines as RFC 5545 asks for, and folds those that are long.
func fold(text string) string {
	var b strings.Builder
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		for space := ""; ; space = " " {
			n := min(len(l), 74)
			for n < len(l) && l[n]&0xC0 == 0x80 {
				n--
			}
			b.WriteString(space + l[:n] + "\r\n")
			if l = l[n:]; l == "" {
				break
			}
		}
	}
	return b.String()
}

const amsterdam = `BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
X-LIC-LOCATION:Europe/Amsterdam
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
`

const newYork = `BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
DTSTART:19870405T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
DTSTART:19671029T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z
END:STANDARD
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
`

const outlookEurope = `BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
`

const customZone = `BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T040000
TZOFFSETFROM:+0330
TZOFFSETTO:+0230
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T030000
TZOFFSETFROM:+0230
TZOFFSETTO:+0330
RRULE:FREQ=YEARLY;BYDAY=2SA;BYMONTH=4
END:DAYLIGHT
END:VTIMEZONE
`

// in sets start and end in a zone.
func in(zone, from, to string) string {
	return "DTSTART;TZID=" + zone + ":" + from + "\nDTEND;TZID=" + zone + ":" + to
}

const nl = "Europe/Amsterdam"
