package ical

import (
	"errors"
	"slices"
	"time"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/recur"
	"vangnet/engine/mapi/zone"
)

// maxRecurrence bounds a recurrence blob, which must be in memory.
const maxRecurrence = 4 << 20

// series writes a recurring appointment with its exceptions; false where the
// item is none, or its recurrence cannot be read.
func (w *writer) series(m *mapi.Message) bool {
	s, ok := w.recurrenceOf(m)
	if !ok {
		return false
	}
	z := w.seriesClock(m, s)
	x := extent{allDay: m.Props.NamedBool(mapi.AllDay), from: z, to: z}
	x.begin, x.end = z.Instant(s.Start.Add(s.From)), z.Instant(s.Start.Add(s.To))
	c := w.newComponent(ics.CompEvent, m)
	w.event(c, m, x)
	rule, err := s.Rule(func(day time.Time) string {
		return untilText(day.Add(s.From), z, x.allDay)
	})
	if err != nil {
		w.warn(WarnSeries, mapi.SubjectOf(m))
		return true
	}
	c.word(ics.PropRecurrenceRule, rule)
	c.keptIf(ics.PropRecurrenceRule, func(prop *ics.Prop) bool {
		p, _, err := recur.FromRule(prop.Value, s.Start.Add(s.From), z.Local)
		return err == nil && samePattern(p, s.Pattern)
	})
	for i := range c.kept.Props[ics.PropRecurrenceDates] {
		c.Props.Add(&c.kept.Props[ics.PropRecurrenceDates][i])
	}
	for _, day := range s.Deleted {
		one := &component{Component: ics.NewComponent("")}
		w.setTime(one, ics.PropExceptionDates, z.Instant(day.Add(s.From)), z, x.allDay)
		if prop := one.Props.Get(ics.PropExceptionDates); prop != nil {
			c.Props.Add(prop)
		}
	}
	w.exceptions(m, s, z, x.allDay)
	return true
}

// samePattern compares what patterns say, without days that are left out.
func samePattern(a, b recur.Pattern) bool {
	a.Deleted, b.Deleted = nil, nil
	return slices.Equal(a.Encode(), b.Encode())
}

func untilText(wall time.Time, z clock, date bool) string {
	switch {
	case date:
		return wall.Format("20060102")
	case z.floating:
		return wall.Format("20060102T150405")
	}
	return z.Instant(wall).Format("20060102T150405Z")
}

func (w *writer) recurrenceOf(m *mapi.Message) (recur.Series, bool) {
	p, has := m.Props.Named(mapi.AppointmentRecurrence)
	recurring, said := m.Props.Named(mapi.Recurring)
	if !has || said && recurring.Value == false || !m.Props.NamedTime(mapi.OriginalStart).IsZero() {
		return recur.Series{}, false
	}
	b, _ := p.Value.([]byte)
	if blob, ok := p.Value.(mapi.Blob); ok {
		b, _ = load(blob, maxRecurrence)
	}
	s, err := recur.Decode(b)
	switch {
	case errors.Is(err, recur.ErrPartial):
		w.warn(WarnExceptions, mapi.SubjectOf(m))
	case err != nil, sayable(s.Start).IsZero():
		w.warn(WarnSeries, mapi.SubjectOf(m))
		return recur.Series{}, false
	}
	if len(s.Exceptions) > maxChanges || len(s.Deleted) > maxChanges {
		w.warn(WarnExceptions, mapi.SubjectOf(m))
		s.Exceptions, s.Deleted = s.Exceptions[:min(len(s.Exceptions), maxChanges)], s.Deleted[:min(len(s.Deleted), maxChanges)]
	}
	return s, true
}

// seriesClock is the time zone of a series. Where the item does not say it, the
// first start tells how far ahead of UTC it was made.
func (w *writer) seriesClock(m *mapi.Message, s recur.Series) clock {
	first := s.Start.Add(s.From)
	names := []mapi.Name{mapi.SeriesTimeZone, mapi.StartTimeZone}
	if !w.structAgrees(m, first.Year()) {
		names = nil
	}
	at := []time.Time{first, first.AddDate(0, 6, 0)}
	if !s.Until.IsZero() && s.Until.Before(at[1]) {
		at[1] = s.Until
	}
	z := w.clock(m, names, at...)
	begin := m.Props.NamedTime(mapi.AppointmentStart)
	_, told := m.Props.Named(mapi.CalendarZone)
	if z.tzid != "" || begin.IsZero() || told {
		return z
	}
	ahead := first.Sub(begin).Round(time.Minute)
	const most = 14 * time.Hour
	if ahead == 0 || ahead > most || ahead < -12*time.Hour {
		return z
	}
	w.warn(WarnZoneBlob, mapi.SubjectOf(m))
	fixed := zone.Fixed("UTC"+signed(ahead), int(ahead/time.Minute))
	return clock{Zone: fixed, tzid: fixed.Name}
}

func signed(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	return sign + epoch.Add(d).Format("15:04")
}

// structAgrees reports whether the definition of the series' zone has the rule
// of the structure, which wins otherwise: MS-OXOCAL 2.2.1.41.
func (w *writer) structAgrees(m *mapi.Message, year int) bool {
	p, _ := m.Props.Named(mapi.TimeZoneStruct)
	b, _ := p.Value.([]byte)
	r, err := zone.DecodeStruct(b)
	if err != nil {
		return true
	}
	p, _ = m.Props.Named(mapi.SeriesTimeZone)
	b, _ = p.Value.([]byte)
	z, err := zone.DecodeDefinition(b)
	if err != nil {
		return len(b) == 0
	}
	return slices.ContainsFunc(z.Rules, r.SameClock)
}

// exceptions writes the changed occurrences, each with all that it has.
func (w *writer) exceptions(m *mapi.Message, s recur.Series, z clock, allDay bool) {
	bodies := bodiesOf(m, s, z)
	for i, e := range s.Exceptions {
		if sayable(e.Original).IsZero() {
			w.warn(WarnExceptions, mapi.SubjectOf(m))
			continue
		}
		one := overlay(m, bodies[i], e)
		x := extent{allDay: one.Props.NamedBool(mapi.AllDay), from: z, to: z, begin: z.Instant(e.Start), end: z.Instant(e.End)}
		if x.end.Before(x.begin) {
			x.end = x.begin
		}
		c := w.newComponent(ics.CompEvent, one)
		w.event(c, one, x)
		w.setTime(c, ics.PropRecurrenceID, z.Instant(e.Original), z, allDay)
	}
}

// bodiesOf finds the item attached for each exception: by the original start,
// else by the new one, in whatever clock it was written.
func bodiesOf(m *mapi.Message, s recur.Series, z clock) []*mapi.Message {
	out := make([]*mapi.Message, len(s.Exceptions))
	byTime := map[time.Time]int{}
	for i, e := range s.Exceptions {
		byTime[z.Instant(e.Start)], byTime[e.Start] = i, i
	}
	for i, e := range s.Exceptions {
		byTime[z.Instant(e.Original)] = i
	}
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if !a.IsException() || a.Embedded == nil {
			continue
		}
		for _, at := range []time.Time{
			a.Embedded.Props.NamedTime(mapi.OriginalStart), a.Props.Time(mapi.ExceptionReplaceTime), a.Props.Time(mapi.ExceptionStartTime),
		} {
			if n, ok := byTime[at]; ok && !at.IsZero() && out[n] == nil {
				out[n] = a.Embedded
				break
			}
		}
	}
	return out
}

// overlay is the series with what an exception changes laid over it.
func overlay(series, own *mapi.Message, e recur.Exception) *mapi.Message {
	m := &mapi.Message{Recipients: series.Recipients}
	hasBody := own != nil && (own.Props.Has(mapi.Body) || own.Props.Has(mapi.BodyHTML) || own.Props.Has(mapi.RTFCompressed))
	for _, p := range series.Props {
		switch id := p.Tag.ID(); {
		case p.Name == nil && hasBody && (id == mapi.Body || id == mapi.BodyHTML || id == mapi.RTFCompressed || id == mapi.InternetCodepage):
		case p.Name != nil && (p.Name.Equal(mapi.CalendarFields) || p.Name.Equal(mapi.AppointmentRecurrence)):
		default:
			m.Props = append(m.Props, p)
		}
	}
	if own != nil {
		for _, p := range own.Props {
			if p.Name != nil || p.Tag.ID() != mapi.MessageClass {
				m.Props = append(m.Props, p)
			}
		}
		if len(own.Recipients) > 0 {
			m.Recipients = own.Recipients
		}
		m.Attachments = own.Attachments
	}
	apply(&m.Props, e, own)
	return m
}

// apply lays what the blob says over the rest; texts only where no item has them
// whole.
func apply(p *mapi.Bag, e recur.Exception, own *mapi.Message) {
	add := func(f recur.Flags, n mapi.Name, t mapi.Type, v any) {
		if e.Flags&f != 0 {
			*p = append(*p, mapi.Prop{Tag: mapi.MakeTag(mapi.FirstNamed, t), Name: &n, Value: v})
		}
	}
	if e.Flags&recur.ChangedSubject != 0 && (own == nil || mapi.SubjectOf(own) == "") {
		p.Add(mapi.Subject, mapi.TypeString, e.Subject)
	}
	if own == nil || own.Props.NamedString(mapi.Location) == "" {
		add(recur.ChangedLocation, mapi.Location, mapi.TypeString, e.Location)
	}
	add(recur.ChangedMeeting, mapi.AppointmentState, mapi.TypeInt32, int32(e.Meeting))
	add(recur.ChangedReminder, mapi.ReminderDelta, mapi.TypeInt32, int32(e.Reminder))
	add(recur.ChangedReminderSet, mapi.ReminderSet, mapi.TypeBool, e.ReminderSet)
	add(recur.ChangedBusy, mapi.BusyStatus, mapi.TypeInt32, int32(e.Busy))
	add(recur.ChangedAllDay, mapi.AllDay, mapi.TypeBool, e.AllDay)
}
