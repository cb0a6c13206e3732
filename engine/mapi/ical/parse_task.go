package ical

import (
	"math"
	"strconv"
	"strings"
	"time"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/recur"
)

// task makes an item of a VTODO. Tasks have dates without times: where the
// calendar has more, it is kept.
func (p *parser) task(e *entry) *mapi.Message {
	b := p.builder(e, "IPM.Task")
	b.common()
	b.people()
	start := b.taskDate(ics.PropDateTimeStart, mapi.TaskStart)
	due := b.due(start)
	b.taskState()
	b.taskRule(start, due)
	b.taskAlarms(start, due)
	b.files()
	b.keepIdentity()
	b.rest(ics.PropDue, ics.PropDuration, ics.PropCompleted, ics.PropPercentComplete, propTaskStatus)
	return b.m
}

// keepIdentity keeps what tasks and notes have no property for.
func (b *builder) keepIdentity() {
	b.keepProp(&ics.Prop{Name: ics.PropUID, Value: plainText(b.p.uid(b.e))})
	if stamp := b.get(ics.PropDateTimeStamp); stamp != nil && b.get(ics.PropLastModified) == nil {
		b.keepProp(stamp)
	}
}

// plainText is a text with its escapes.
func plainText(s string) string {
	return textProp("X-TEXT", s).Value
}

// taskDate reads a date into a property, and keeps its time of day.
func (b *builder) taskDate(prop string, name mapi.Name) moment {
	m, ok := b.p.moment(b.get(prop), b.e.head)
	if !ok {
		return moment{}
	}
	if !m.date {
		b.keepProp(b.get(prop))
	}
	b.setDate(name, midnight(m.wall))
	return m
}

func (b *builder) setDate(name mapi.Name, day time.Time) {
	b.m.Props.SetNamed(name, mapi.TypeTime, mapi.FileTimeOf(day))
}

// due reads the end: given, or by a duration.
func (b *builder) due(start moment) moment {
	due := b.taskDate(ics.PropDue, mapi.TaskDueDate)
	if prop := b.get(ics.PropDuration); due.wall.IsZero() && !start.wall.IsZero() && prop != nil {
		if days, exact, ok := b.p.period(prop); ok {
			due = start
			due.wall = start.wall.AddDate(0, 0, days).Add(exact)
			b.setDate(mapi.TaskDueDate, midnight(due.wall))
			b.keepProp(prop)
		}
	}
	if !start.wall.IsZero() {
		b.setDate(mapi.CommonStart, midnight(start.wall))
	}
	if !due.wall.IsZero() {
		b.setDate(mapi.CommonEnd, midnight(due.wall))
	}
	return due
}

func (b *builder) taskState() {
	p := &b.m.Props
	status := taskStatusOf(b.e.Component)
	percent, err := strconv.Atoi(line(b.get(ics.PropPercentComplete)))
	known := err == nil && percent >= 0 && percent <= 100
	done, finished := b.p.moment(b.get(ics.PropCompleted), b.e.head)
	if b.get(ics.PropStatus) == nil && b.get(propTaskStatus) == nil {
		switch {
		case finished, known && percent == 100:
			status = taskComplete
		case known && percent > 0:
			status = taskInProgress
		}
	} else if word := line(b.get(ics.PropStatus)); word != "" && !strings.EqualFold(word, taskStatus(status)) {
		b.keepProp(b.get(ics.PropStatus))
	}
	if status == taskComplete && !known {
		percent = 100
	}
	p.SetNamed(mapi.TaskStatus, mapi.TypeInt32, int32(status))
	p.SetNamed(mapi.TaskComplete, mapi.TypeBool, status == taskComplete)
	p.SetNamed(mapi.TaskPercent, mapi.TypeFloat64, math.Max(0, float64(percent))/100)
	if finished {
		b.setDate(mapi.TaskDateCompleted, midnight(done.instant()))
		if !done.instant().Equal(midnight(done.instant())) {
			b.keepProp(b.get(ics.PropCompleted))
		}
	}
}

// taskStatus is the STATUS that Write makes.
func taskStatus(status int64) string {
	switch status {
	case taskInProgress:
		return "IN-PROCESS"
	case taskComplete:
		return "COMPLETED"
	}
	return "NEEDS-ACTION"
}

// taskRule reads a recurrence, which counts from the start or else the due date.
func (b *builder) taskRule(start, due moment) {
	rule := b.get(ics.PropRecurrenceRule)
	if rule == nil {
		return
	}
	first := start.wall
	if first.IsZero() {
		first = due.wall
	}
	p := &b.m.Props
	if first.IsZero() || len(b.e.Props.Values(ics.PropExceptionDates))+len(b.e.Props.Values(ics.PropRecurrenceDates)) > 0 {
		b.keepSeries()
		return
	}
	pattern, exact, err := recur.FromRule(rule.Value, first, same)
	if err != nil || len(b.e.Props.Values(ics.PropRecurrenceRule)) > 1 {
		b.keepSeries()
		return
	}
	if !exact || !midnight(first).Equal(first) && pattern.End == recur.ByDate {
		b.keepProp(rule)
	}
	if !exact {
		b.p.warn.add(WarnInexact)
	}
	p.SetNamed(mapi.TaskRecurring, mapi.TypeBool, true)
	p.SetNamed(mapi.TaskRecurrence, mapi.TypeBinary, pattern.Encode())
}

func same(t time.Time) time.Time { return t }

func (b *builder) taskAlarms(start, due moment) {
	b.keepAlarms(plainAlarm(b.e.Component, true))
	from := base{task: true}
	if !start.wall.IsZero() {
		from.begin = start.instant()
	}
	if !due.wall.IsZero() {
		from.end = due.instant()
	}
	from.begin = firstTime(from.begin, from.end)
	first := firstReminder(b.e.Component, b.p.instants(b.e.head), from)
	p := &b.m.Props
	p.SetNamed(mapi.ReminderSet, mapi.TypeBool, first.ok)
	if first.ok {
		p.SetNamed(mapi.ReminderTime, mapi.TypeTime, mapi.FileTimeOf(first.at))
		p.SetNamed(mapi.ReminderSignal, mapi.TypeTime, mapi.FileTimeOf(first.at))
	}
}

// journal makes an item of a VJOURNAL: a note, or an entry of the journal where
// it has a date.
func (p *parser) journal(e *entry) *mapi.Message {
	b := p.builder(e, "IPM.StickyNote")
	b.common()
	read := []string{propNoteColour}
	if m, ok := p.moment(b.get(ics.PropDateTimeStart), e.head); ok {
		b.m.Props.SetString(mapi.MessageClass, "IPM.Activity")
		read = b.activity(m)
	} else if n, err := strconv.Atoi(line(b.get(propNoteColour))); err == nil && n >= 0 && n < 100 {
		b.m.Props.SetNamed(mapi.NoteColour, mapi.TypeInt32, int32(n))
	}
	b.files()
	b.keepIdentity()
	if status := b.get(ics.PropStatus); status != nil {
		b.keepProp(status)
	}
	b.rest(read...)
	return b.m
}

func (b *builder) activity(start moment) (read []string) {
	p := &b.m.Props
	if start.date || start.zone != nil || start.floating {
		b.keepProp(b.get(ics.PropDateTimeStart))
	}
	begin := start.instant()
	minutes, err := strconv.Atoi(line(b.get(propMinutes)))
	if err != nil || minutes < 0 || minutes > 1<<24 {
		minutes = 0
	}
	end := begin.Add(time.Duration(minutes) * time.Minute)
	for _, n := range []mapi.Name{mapi.LogStart, mapi.CommonStart} {
		p.SetNamed(n, mapi.TypeTime, mapi.FileTimeOf(begin))
	}
	for _, n := range []mapi.Name{mapi.LogEnd, mapi.CommonEnd} {
		p.SetNamed(n, mapi.TypeTime, mapi.FileTimeOf(end))
	}
	p.SetNamed(mapi.LogDuration, mapi.TypeInt32, int32(minutes))
	if kind := line(b.get(propLogType)); kind != "" {
		p.SetNamed(mapi.LogType, mapi.TypeString, kind)
	}
	return []string{propLogType, propMinutes}
}
