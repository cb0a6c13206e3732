package ical

import (
	"strconv"
	"strings"
	"time"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/zone"
)

// clock is the time zone of an item, and how the calendar calls it.
type clock struct {
	zone.Zone
	tzid     string // "" for UTC
	floating bool
}

// extent is when an event is.
type extent struct {
	allDay     bool
	begin, end time.Time // zero: not known
	from, to   clock
}

// events writes an appointment, or a series with its exceptions.
func (w *writer) events(m *mapi.Message) {
	if w.series(m) {
		return
	}
	c := w.newComponent(ics.CompEvent, m)
	x := w.extent(m)
	w.event(c, m, x)
	if at := sayable(m.Props.NamedTime(mapi.OriginalStart)); !at.IsZero() {
		w.setTime(c, ics.PropRecurrenceID, at, x.from, x.allDay)
	} else {
		for _, name := range []string{ics.PropRecurrenceRule, ics.PropRecurrenceDates, ics.PropExceptionDates, propExceptionRule} {
			for i := range c.kept.Props[name] {
				c.Props.Add(&c.kept.Props[name][i])
			}
		}
	}
}

// event writes all of an event but its recurrence.
func (w *writer) event(c *component, m *mapi.Message, x extent) {
	w.common(c, m)
	c.text(ics.PropUID, uidOf(m))
	w.people(c, m)
	w.state(c, m, x)
	w.span(c, m, w.proposed(c, m, x))
	w.reminder(c, m, x)
	w.files(c, m)
	for _, l := range links {
		c.text(l.prop, m.Props.NamedString(l.name))
	}
	c.repeat(eventProps...)
}

// extent reads start and end with their time zones.
func (w *writer) extent(m *mapi.Message) extent {
	p := m.Props
	x := extent{allDay: p.NamedBool(mapi.AllDay)}
	x.begin = firstTime(p.NamedTime(mapi.AppointmentStart), p.NamedTime(mapi.CommonStart), p.Time(mapi.StartDate))
	x.end = firstTime(p.NamedTime(mapi.AppointmentEnd), p.NamedTime(mapi.CommonEnd), p.Time(mapi.EndDate))
	if minutes, ok := p.NamedInt(mapi.AppointmentDuration); ok && x.end.IsZero() && !x.begin.IsZero() && minutes >= 0 {
		x.end = x.begin.Add(time.Duration(minutes) * time.Minute)
	}
	if x.end.Before(x.begin) {
		x.end = x.begin
	}
	x.from = w.clock(m, []mapi.Name{mapi.StartTimeZone, mapi.SeriesTimeZone}, x.begin)
	x.to = x.from
	if _, ok := p.Named(mapi.EndTimeZone); ok {
		x.to = w.clock(m, []mapi.Name{mapi.EndTimeZone}, x.end)
	}
	return x
}

// firstTime is the first of these times that can be written.
func firstTime(list ...time.Time) time.Time {
	for _, t := range list {
		if t = sayable(t); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// clock is the time zone of the first of these properties that says one.
func (w *writer) clock(m *mapi.Message, names []mapi.Name, at ...time.Time) clock {
	hint := m.Props.NamedString(mapi.CalendarZone)
	for _, n := range names {
		prop, _ := m.Props.Named(n)
		b, _ := prop.Value.([]byte)
		if len(b) == 0 {
			continue
		}
		z, err := zone.DecodeDefinition(b)
		if err != nil {
			w.warn(WarnZoneBlob, n.String())
			continue
		}
		return named(z, hint, at...)
	}
	prop, _ := m.Props.Named(mapi.TimeZoneStruct)
	if b, _ := prop.Value.([]byte); len(b) > 0 {
		if r, err := zone.DecodeStruct(b); err == nil {
			return named(zone.Zone{Name: m.Props.NamedString(mapi.TimeZoneText), Rules: []zone.Rule{r}}, hint, at...)
		}
		w.warn(WarnZoneBlob, mapi.TimeZoneStruct.String())
	}
	return clock{Zone: zone.UTC(), floating: hint == floatingZone}
}

// named finds the name that other programs know a zone by: the one that the
// calendar had, else that of IANA. A name whose zone shows another time at the
// moments that count is not used: programs believe it before the description.
func named(z zone.Zone, hint string, at ...time.Time) clock {
	c := clock{Zone: z}
	if z.IsUTC() {
		return c
	}
	for _, id := range []string{hint, z.Name} {
		loc, iana, known := zone.Location(id)
		switch windows, _ := zone.Windows(iana); {
		case id == "" || id == hint && id != z.Name && iana != z.Name && windows != z.Name:
		case !known:
			c.tzid = id
		case agrees(z, loc, at):
			c.tzid = id
			if id != hint {
				c.tzid = iana
			}
		case id == windows:
			c.tzid = id
		}
		if c.tzid = quotable(c.tzid); c.tzid != "" {
			return c
		}
	}
	standard, _ := z.Rules[0].Ahead()
	c.tzid = "Custom " + signed(standard) + " " + quotable(z.Name)
	return c
}

// agrees compares a zone with a location around moments.
func agrees(z zone.Zone, loc *time.Location, at []time.Time) bool {
	for _, t := range at {
		if _, off := t.In(loc).Zone(); z.Offset(t) != (time.Duration(off) * time.Second).Round(time.Minute) {
			return false
		}
	}
	return true
}

// setTime writes a moment as a date, in its zone, or in UTC where the clock of
// the zone would mean another moment.
func (w *writer) setTime(c *component, name string, at time.Time, z clock, date bool) {
	prop := ics.NewProp(name)
	switch wall := z.Local(at); {
	case sayable(at).IsZero() || sayable(wall).IsZero():
		w.warn(WarnTime, name)
		return
	case date:
		prop.SetDate(day(at, z.Zone))
	case z.floating:
		prop.Value = wall.Format("20060102T150405")
	case z.tzid == "" || !z.Instant(wall).Equal(at):
		prop.Value = at.UTC().Format("20060102T150405Z")
	default:
		prop.Params.Set(ics.PropTimezoneID, z.tzid)
		prop.Value = wall.Format("20060102T150405")
		w.uses(z, wall.Year())
	}
	c.Props.Set(prop)
}

// day is the date of a midnight. Where it is none in its zone, the nearest.
func day(at time.Time, z zone.Zone) time.Time {
	for _, wall := range []time.Time{z.Local(at), at.UTC()} {
		if wall.Equal(midnight(wall)) {
			return wall
		}
	}
	return midnight(at.UTC().Add(12 * time.Hour))
}

// span writes start and end.
func (w *writer) span(c *component, m *mapi.Message, x extent) {
	if x.begin.IsZero() {
		w.warn(WarnNoStart, mapi.SubjectOf(m))
		return
	}
	w.setTime(c, ics.PropDateTimeStart, x.begin, x.from, x.allDay)
	switch {
	case x.allDay:
		end := day(x.end, x.to.Zone)
		if first := day(x.begin, x.from.Zone); !end.After(first) {
			end = first.AddDate(0, 0, 1)
		}
		prop := ics.NewProp(ics.PropDateTimeEnd)
		prop.SetDate(end)
		c.Props.Set(prop)
	case x.end.After(x.begin):
		w.setTime(c, ics.PropDateTimeEnd, x.end, x.to, false)
	}
}

// state writes place, busy status and what kind of meeting it is.
func (w *writer) state(c *component, m *mapi.Message, x extent) {
	p := m.Props
	place := p.NamedString(mapi.Location)
	if place == "" {
		place = p.NamedString(mapi.MeetingPlace)
	}
	c.text(ics.PropLocation, oneLine(place))
	if n, ok := p.NamedInt(mapi.AppointmentSequence); ok && n >= 0 {
		c.word(ics.PropSequence, strconv.FormatInt(n, 10))
	}
	busy, ok := p.NamedInt(mapi.BusyStatus)
	if !ok || busy < 0 || busy >= int64(len(busyWords)) {
		busy = busyBusy
	}
	c.word(ics.PropTransparency, "OPAQUE")
	if busy == busyFree {
		c.word(ics.PropTransparency, "TRANSPARENT")
	}
	c.word(propBusy, busyWords[busy])
	if v, ok := p.NamedInt(mapi.IntendedBusyStatus); ok && v >= 0 && v < int64(len(busyWords)) {
		c.word(propIntended, busyWords[v])
	}
	c.word(propAllDay, strings.ToUpper(strconv.FormatBool(x.allDay)))
	flags, _ := p.NamedInt(mapi.AppointmentState)
	if Method(m) == methodCancel {
		flags |= mapi.StateCancelled
	}
	status := eventStatus(flags, busy)
	c.word(ics.PropStatus, status)
	c.keptIf(ics.PropStatus, func(prop *ics.Prop) bool { return (line(prop) == "CANCELLED") == (status == "CANCELLED") })
}

// proposed is when an answer asks the event to be. Its own time stands beside.
func (w *writer) proposed(c *component, m *mapi.Message, x extent) extent {
	begin, end := sayable(m.Props.NamedTime(mapi.ProposedStart)), sayable(m.Props.NamedTime(mapi.ProposedEnd))
	if Method(m) != methodCounter || begin.IsZero() || end.Before(begin) {
		return x
	}
	w.setTime(c, propOrigStart, x.begin, x.from, x.allDay)
	w.setTime(c, propOrigEnd, x.end, x.to, x.allDay)
	x.begin, x.end = begin, end
	return x
}

const (
	defaultDelta   = 0x5AE980E1 // "the default of the folder", MS-OXORMDR 2.2.1.3
	defaultMinutes = 15
)

func (w *writer) reminder(c *component, m *mapi.Message, x extent) {
	delta, ok := m.Props.NamedInt(mapi.ReminderDelta)
	if !ok || delta == defaultDelta {
		delta = defaultMinutes
	}
	set := m.Props.NamedBool(mapi.ReminderSet)
	if set && (delta < 0 || delta > int64(maxDelta/time.Minute)) {
		w.warn(WarnAlarm, mapi.SubjectOf(m))
		set = false
	}
	before := time.Duration(delta) * time.Minute
	w.alarm(c, set, base{begin: x.begin, end: x.end}, func(r reminder) bool { return r.before == before }, func(prop *ics.Prop) {
		prop.Value = "-PT" + strconv.FormatInt(delta, 10) + "M"
	})
}
