package ical

import (
	"slices"
	"strings"
	"time"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/recur"
)

// maxChanges bounds the changed and the cancelled occurrences of a series, each.
const maxChanges = 5000

// series is the recurrence of an item while it is put together.
type series struct {
	recur.Series
	bodies []*mapi.Message // of the exceptions, in order
}

// recurrence reads the rule of a series. One that Exchange cannot say is kept in
// the words of the calendar, and the item is its first occurrence.
func (b *builder) recurrence() {
	dates := b.e.Props.Values(ics.PropRecurrenceDates)
	rule := b.get(ics.PropRecurrenceRule)
	if rule == nil && len(dates) == 0 || !b.span.known || b.get(ics.PropRecurrenceID) != nil {
		return
	}
	p, exact, ok := b.pattern(rule)
	if !ok {
		b.keepSeries()
		return
	}
	if !exact {
		b.p.warn.add(WarnInexact)
		b.keepProp(rule)
	}
	for i := range dates {
		b.p.warn.add(WarnRule)
		b.keepProp(&dates[i])
	}
	s := &b.span
	if shift := p.Start.Sub(midnight(s.from)); shift != 0 {
		s.from, s.to = s.from.Add(shift), s.to.Add(shift)
		b.instants()
	}
	b.series = &series{Series: recur.Series{Pattern: p, From: s.from.Sub(midnight(s.from)).Truncate(time.Minute)}}
	b.series.To = b.series.From + s.to.Sub(s.from).Truncate(time.Minute)
	b.cancelled()
}

func (b *builder) pattern(rule *ics.Prop) (p recur.Pattern, exact, ok bool) {
	const longest = 366 * 24 * time.Hour
	if rule == nil || len(b.e.Props.Values(ics.PropRecurrenceRule)) > 1 || b.get(propExceptionRule) != nil || b.span.to.Sub(b.span.from) > longest {
		return p, false, false
	}
	p, exact, err := recur.FromRule(rule.Value, b.span.from, b.span.zone.Local)
	return p, exact, err == nil
}

// keepSeries keeps everything about a recurrence in the calendar's words.
func (b *builder) keepSeries() {
	b.p.warn.add(WarnRule)
	for _, name := range []string{ics.PropRecurrenceRule, propExceptionRule, ics.PropExceptionDates, ics.PropRecurrenceDates} {
		for i := range b.e.Props[name] {
			if name == ics.PropRecurrenceRule && i > 0 {
				break // one is all that the encoder allows
			}
			b.keepProp(&b.e.Props[name][i])
		}
	}
}

// cancelled reads the EXDATEs that hit an occurrence.
func (b *builder) cancelled() {
	seen := map[time.Time]bool{}
	n := 0
	for _, prop := range b.e.Props.Values(ics.PropExceptionDates) {
		for v := range strings.SplitSeq(prop.Value, ",") {
			if n++; n > 2*maxChanges || len(seen) >= maxChanges {
				b.p.warn.add(WarnTooMany)
				return
			}
			one := ics.Prop{Name: prop.Name, Params: prop.Params, Value: v}
			m, ok := b.p.moment(&one, b.e.head)
			if !ok {
				continue
			}
			wall := m.in(b.span.zone)
			day := midnight(wall)
			if !m.date && wall.Sub(day).Truncate(time.Minute) != b.series.From || seen[day] || !b.series.On(day) {
				continue
			}
			seen[day] = true
			b.series.Deleted = append(b.series.Deleted, day)
		}
	}
}

// exception puts a changed occurrence into the series; false where it has no
// place there.
func (b *builder) exception(e *entry) bool {
	if b.series == nil || len(b.series.Exceptions) >= maxChanges {
		return false
	}
	id := e.Props.Get(ics.PropRecurrenceID)
	m, ok := b.p.moment(id, e.head)
	if !ok || id.Params.Get("RANGE") != "" {
		return false
	}
	day := midnight(m.in(b.span.zone))
	same := func(x recur.Exception) bool { return midnight(x.Original).Equal(day) }
	if !b.series.On(day) || slices.ContainsFunc(b.series.Exceptions, same) {
		return false
	}
	sub := b.p.event(e, b.span.place)
	if !sub.span.known {
		return false
	}
	sub.finish()
	sub.m.Props.SetString(mapi.MessageClass, exceptionClass)
	original := day.Add(b.series.From)
	sub.m.Props.SetNamed(mapi.OriginalStart, mapi.TypeTime, mapi.FileTimeOf(b.span.zone.Instant(original)))
	x := recur.Exception{Start: sub.wallIn(b, sub.span.from, sub.span.begin), End: sub.wallIn(b, sub.span.to, sub.span.end), Original: original}
	if x.End.Before(x.Start) {
		x.End = x.Start
	}
	b.compare(&x, sub.m)
	b.series.Deleted = slices.DeleteFunc(b.series.Deleted, day.Equal)
	b.series.Exceptions = append(b.series.Exceptions, x)
	b.series.bodies = append(b.series.bodies, sub.m)
	return true
}

// wallIn is a time of the exception by the clock of the series.
func (b *builder) wallIn(series *builder, wall, at time.Time) time.Time {
	if b.span.allDay || b.span.floating && b.span.place == nil {
		return wall
	}
	return series.span.zone.Local(at)
}

// compare says in the blob what the exception changes.
func (b *builder) compare(x *recur.Exception, m *mapi.Message) {
	had, has := b.m.Props, m.Props
	if s := has.String(mapi.Subject); s != had.String(mapi.Subject) {
		x.Flags, x.Subject = x.Flags|recur.ChangedSubject, s
	}
	if s := has.NamedString(mapi.Location); s != had.NamedString(mapi.Location) {
		x.Flags, x.Location = x.Flags|recur.ChangedLocation, s
	}
	number := func(n mapi.Name, f recur.Flags, to *int) {
		was, _ := had.NamedInt(n)
		if is, _ := has.NamedInt(n); is != was {
			x.Flags |= f
			*to = int(is)
		}
	}
	number(mapi.BusyStatus, recur.ChangedBusy, &x.Busy)
	number(mapi.ReminderDelta, recur.ChangedReminder, &x.Reminder)
	number(mapi.AppointmentState, recur.ChangedMeeting, &x.Meeting)
	if v := has.NamedBool(mapi.ReminderSet); v != had.NamedBool(mapi.ReminderSet) {
		x.Flags, x.ReminderSet = x.Flags|recur.ChangedReminderSet, v
	}
	if v := has.NamedBool(mapi.AllDay); v != had.NamedBool(mapi.AllDay) {
		x.Flags, x.AllDay = x.Flags|recur.ChangedAllDay, v
	}
	if len(m.Attachments) > 0 {
		x.Flags, x.Files = x.Flags|recur.ChangedFiles, true
	}
	if has.String(mapi.Body) != had.String(mapi.Body) || string(has.Bytes(mapi.BodyHTML)) != string(had.Bytes(mapi.BodyHTML)) {
		x.Flags |= recur.ChangedBody
		m.Props.SetNamed(mapi.ExceptionalBody, mapi.TypeBool, true)
	}
	if !has.Has(mapi.Body) {
		m.Props.SetString(mapi.Body, "") // not that of the series
	}
	if _, ok := has.Named(mapi.Keywords); !ok && len(had.NamedStrings(mapi.Keywords)) > 0 {
		m.Props.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, []string{})
	}
}

// finish writes what is known only when all parts of an item are.
func (b *builder) finish() {
	b.rest(eventProps...)
	if b.series == nil {
		return
	}
	s, p := b.series, &b.m.Props
	p.SetNamed(mapi.AppointmentRecurrence, mapi.TypeBinary, s.Encode())
	p.SetNamed(mapi.RecurrenceType, mapi.TypeInt32, recurrenceType(s.Pattern))
	p.SetNamed(mapi.ClipStart, mapi.TypeTime, mapi.FileTimeOf(s.Start))
	last := s.Until
	if last.IsZero() {
		last = time.Date(4500, 8, 31, 23, 59, 0, 0, time.UTC) // MS-OXOCAL 2.2.1.15: for ever
	}
	p.SetNamed(mapi.ClipEnd, mapi.TypeTime, mapi.FileTimeOf(last))
	for i, m := range s.bodies {
		b.attach(s.Exceptions[i], m)
	}
}

func recurrenceType(p recur.Pattern) int32 {
	switch p.Frequency {
	case recur.Daily:
		return 1
	case recur.Weekly:
		return 2
	case recur.Monthly:
		return 3
	}
	return 4
}

// attach puts the item of an exception beside the series: MS-OXOCAL 2.2.10.1.
func (b *builder) attach(x recur.Exception, m *mapi.Message) {
	a := mapi.Attachment{Embedded: m}
	p := &a.Props
	p.SetInt(mapi.AttachNumber, int64(len(b.m.Attachments)))
	p.SetInt(mapi.AttachMethod, mapi.MethodEmbedded)
	p.SetInt(mapi.AttachRenderingPosition, -1)
	p.SetInt(mapi.AttachFlags, 0)
	p.SetString(mapi.DisplayName, "Untitled")
	p.SetTime(mapi.ExceptionReplaceTime, m.Props.NamedTime(mapi.OriginalStart))
	p.SetTime(mapi.ExceptionStartTime, x.Start)
	p.SetTime(mapi.ExceptionEndTime, x.End)
	p.SetInt(mapi.AttachmentFlags, 2)
	p.SetBool(mapi.AttachmentHidden, true)
	b.m.Attachments = append(b.m.Attachments, a)
}

// eventProps are read for events, beside those of all items.
var eventProps = []string{
	ics.PropDateTimeEnd, ics.PropDuration, ics.PropLocation, ics.PropSequence, ics.PropTransparency, ics.PropRecurrenceID,
	propBusy, propIntended, propAllDay, propOrigStart, propOrigEnd,
	links[0].prop, links[1].prop, links[2].prop, links[3].prop,
}
