package ical

import (
	"strconv"
	"strings"
	"time"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/zone"
)

// span is when an event is.
type span struct {
	known     bool
	allDay    bool
	floating  bool
	place     *place // of the start
	zone      zone.Zone
	endPlace  *place
	from, to  time.Time // wall clocks in zone
	begin     time.Time // the moments
	end       time.Time
	recurring bool
}

// event makes an item of one event, without other components of its UID. Dates
// without a time are days around a place, which may be nil.
func (p *parser) event(e *entry, around *place) *builder {
	b := p.builder(e, eventClass(e.head.method))
	b.common()
	b.when(around)
	b.recurrence()
	b.people()
	b.identity()
	b.state()
	b.alarms()
	b.files()
	for _, l := range links {
		if v := line(b.get(l.prop)); v != "" {
			b.m.Props.SetNamed(l.name, mapi.TypeString, v)
		}
	}
	b.times()
	return b
}

func eventClass(method string) string {
	switch method {
	case methodRequest:
		return "IPM.Schedule.Meeting.Request"
	case methodCancel:
		return "IPM.Schedule.Meeting.Canceled"
	case methodReply, methodCounter:
		return responseClasses[mapi.TrackTentative]
	}
	return "IPM.Appointment"
}

// when reads start and end.
func (b *builder) when(around *place) {
	s := &b.span
	start, ok := b.p.moment(b.get(ics.PropDateTimeStart), b.e.head)
	if !ok {
		b.p.warn.add(WarnNoStart)
		return
	}
	s.known, s.allDay, s.floating, s.place = true, start.date, start.floating, start.zone
	if start.date {
		if s.place = b.p.place(b.e.head.zone); s.place == nil {
			s.place = around
		}
	}
	s.recurring = b.get(ics.PropRecurrenceRule) != nil
	last := start.wall.Year()
	if s.recurring {
		last = maxYear
	}
	s.zone = zone.UTC()
	if !start.utc {
		s.zone = s.place.zone(start.wall.Year(), last, start.wall)
	}
	s.from = start.wall
	b.until(start)
	midnights := s.from.Equal(midnight(s.from)) && s.to.Equal(midnight(s.to)) && s.to.After(s.from)
	if strings.EqualFold(line(b.get(propAllDay)), "TRUE") && midnights {
		s.allDay = true
	}
	b.instants()
}

// until reads the end: given, by a duration, or none.
func (b *builder) until(start moment) {
	s := &b.span
	s.to, s.endPlace = s.from, s.place
	if end, ok := b.p.moment(b.get(ics.PropDateTimeEnd), b.e.head); ok {
		s.to = end.in(s.zone)
		if !end.date && !end.utc && end.zone != nil {
			s.endPlace = end.zone
		}
	} else if prop := b.get(ics.PropDuration); prop != nil {
		if days, exact, ok := b.p.period(prop); ok {
			s.to = s.from.AddDate(0, 0, days)
			if exact != 0 {
				s.to = s.zone.Local(s.zone.Instant(s.to).Add(exact))
			}
		}
	}
	if s.to.Before(s.from) {
		b.p.warn.add(WarnTime)
		s.to = s.from
	}
	if start.date {
		if s.to = midnight(s.to); !s.to.After(s.from) {
			s.to = s.from.AddDate(0, 0, 1)
		}
	}
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func (b *builder) instants() {
	s := &b.span
	s.begin, s.end = s.zone.Instant(s.from), s.zone.Instant(s.to)
	if s.end.Before(s.begin) {
		s.end = s.begin
	}
}

// times writes when the event is, in all the places where Exchange has it.
func (b *builder) times() {
	s, p := &b.span, &b.m.Props
	if !s.known {
		return
	}
	set := func(n mapi.Name, v time.Time) { p.SetNamed(n, mapi.TypeTime, mapi.FileTimeOf(v)) }
	for _, n := range []mapi.Name{mapi.AppointmentStart, mapi.CommonStart} {
		set(n, s.begin)
	}
	for _, n := range []mapi.Name{mapi.AppointmentEnd, mapi.CommonEnd} {
		set(n, s.end)
	}
	p.SetTime(mapi.StartDate, s.begin)
	p.SetTime(mapi.EndDate, s.end)
	p.SetNamed(mapi.AppointmentDuration, mapi.TypeInt32, int32(s.end.Sub(s.begin)/time.Minute))
	p.SetNamed(mapi.AllDay, mapi.TypeBool, s.allDay)
	p.SetNamed(mapi.Recurring, mapi.TypeBool, b.series != nil)
	b.zones()
}

// zones writes the time zones, none for UTC.
func (b *builder) zones() {
	s, p := &b.span, &b.m.Props
	if s.floating && s.place == nil {
		p.SetNamed(mapi.CalendarZone, mapi.TypeString, floatingZone)
	}
	if s.place == nil {
		return
	}
	p.SetNamed(mapi.CalendarZone, mapi.TypeString, s.place.id)
	blob := func(n mapi.Name, z zone.Zone, recurring bool) {
		p.SetNamed(n, mapi.TypeBinary, z.Definition(s.from.Year(), recurring))
	}
	own := s.zone.Between(s.from.Year(), b.lastYear())
	if b.series != nil {
		blob(mapi.SeriesTimeZone, own, true)
		p.SetNamed(mapi.TimeZoneStruct, mapi.TypeBinary, own.At(s.from.Year()).Struct())
		p.SetNamed(mapi.TimeZoneText, mapi.TypeString, own.Name)
	}
	blob(mapi.StartTimeZone, own, false)
	if s.endPlace != s.place {
		year := s.to.Year()
		blob(mapi.EndTimeZone, s.endPlace.zone(year, year, s.to), false)
		return
	}
	blob(mapi.EndTimeZone, own, false)
}

// floatingZone stands in CalendarZone for times that name no zone.
const floatingZone = "floating"

func (b *builder) lastYear() int {
	switch {
	case b.series == nil:
		return b.span.to.Year()
	case b.series.Until.IsZero():
		return maxYear
	}
	return b.series.Until.Year() + 1
}

// identity writes UID, sequence and when the organizer last changed the event.
func (b *builder) identity() {
	p := &b.m.Props
	id := globalID(b.p.uid(b.e))
	p.SetNamed(mapi.CleanGlobalObjectID, mapi.TypeBinary, id)
	if m, ok := b.p.moment(b.get(ics.PropRecurrenceID), b.e.head); ok {
		p.SetNamed(mapi.OriginalStart, mapi.TypeTime, mapi.FileTimeOf(b.original(m)))
		p.SetNamed(mapi.IsException, mapi.TypeBool, true)
		id = withDay(id, m.in(b.span.zone))
	}
	p.SetNamed(mapi.GlobalObjectID, mapi.TypeBinary, id)
	if n, err := strconv.Atoi(line(b.get(ics.PropSequence))); err == nil && n >= 0 && n < 1<<31 {
		p.SetNamed(mapi.AppointmentSequence, mapi.TypeInt32, int32(n))
	}
	if m, ok := b.p.moment(b.get(ics.PropDateTimeStamp), b.e.head); ok {
		name := mapi.OwnerCriticalChange
		if b.isReply() {
			name = mapi.AttendeeCriticalChange
		}
		p.SetNamed(name, mapi.TypeTime, mapi.FileTimeOf(m.instant()))
	}
}

// original is the moment that a RECURRENCE-ID names.
func (b *builder) original(m moment) time.Time {
	if m.date || m.zone == nil && !m.utc {
		return b.span.zone.Instant(m.wall)
	}
	return m.instant()
}

// state writes busy status, place, and what kind of meeting it is.
func (b *builder) state() {
	p := &b.m.Props
	place := line(b.get(ics.PropLocation))
	p.SetNamed(mapi.Location, mapi.TypeString, place)
	status := strings.ToUpper(line(b.get(ics.PropStatus)))
	busy := b.busy(status)
	p.SetNamed(mapi.BusyStatus, mapi.TypeInt32, int32(busy))
	if v, ok := busyOf(line(b.get(propIntended))); ok {
		p.SetNamed(mapi.IntendedBusyStatus, mapi.TypeInt32, int32(v))
	}
	state := int32(0)
	if len(b.e.Props.Values(ics.PropAttendee)) > 0 {
		state = mapi.StateMeeting
		p.SetNamed(mapi.InvitationsSent, mapi.TypeBool, true)
		p.SetNamed(mapi.ResponseStatus, mapi.TypeInt32, int32(mapi.TrackOrganizer))
	}
	if !b.m.IsClass("IPM.Appointment") {
		state = mapi.StateMeeting | mapi.StateReceived
		p.SetNamed(mapi.ResponseStatus, mapi.TypeInt32, int32(mapi.TrackNoAnswer))
	}
	if status == "CANCELLED" || b.e.head.method == methodCancel {
		state |= mapi.StateCancelled
	}
	p.SetNamed(mapi.AppointmentState, mapi.TypeInt32, state)
	if status != "" && status != "CANCELLED" && status != eventStatus(int64(state), busy) {
		b.keepProp(b.get(ics.PropStatus))
	}
	if b.e.head.method == methodCounter {
		b.proposal()
	}
}

// eventStatus is the STATUS that Write makes.
func eventStatus(state, busy int64) string {
	switch {
	case state&mapi.StateCancelled != 0:
		return "CANCELLED"
	case busy == busyTentative:
		return "TENTATIVE"
	}
	return "CONFIRMED"
}

func (b *builder) busy(status string) int64 {
	if v, ok := busyOf(line(b.get(propBusy))); ok {
		return v
	}
	switch {
	case strings.EqualFold(line(b.get(ics.PropTransparency)), "TRANSPARENT"):
		return busyFree
	case status == "TENTATIVE":
		return busyTentative
	}
	return busyBusy
}

// proposal is the time that an answer asks for; the event's own stands beside.
func (b *builder) proposal() {
	s, p := &b.span, &b.m.Props
	p.SetNamed(mapi.CounterProposal, mapi.TypeBool, true)
	if !s.known {
		return
	}
	p.SetNamed(mapi.ProposedStart, mapi.TypeTime, mapi.FileTimeOf(s.begin))
	p.SetNamed(mapi.ProposedEnd, mapi.TypeTime, mapi.FileTimeOf(s.end))
	from, ok1 := b.p.moment(b.get(propOrigStart), b.e.head)
	to, ok2 := b.p.moment(b.get(propOrigEnd), b.e.head)
	if ok1 && ok2 && !to.instant().Before(from.instant()) {
		s.from, s.to = from.in(s.zone), to.in(s.zone)
		b.instants()
	}
}
