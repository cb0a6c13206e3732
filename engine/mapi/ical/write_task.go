package ical

import (
	"math"
	"strconv"
	"time"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/recur"
)

// task writes a task, or the one that a request is about.
func (w *writer) task(m *mapi.Message) {
	if m.IsClass("IPM.TaskRequest") {
		for i := range m.Attachments {
			if a := m.Attachments[i].Embedded; a != nil && a.IsClass("IPM.Task") {
				m = a
				break
			}
		}
	}
	c := w.newComponent(ics.CompToDo, m)
	w.common(c, m)
	c.identity(m)
	w.people(c, m)
	w.taskState(c, m)
	p := m.Props
	start, due := sayable(p.NamedTime(mapi.TaskStart)), sayable(p.NamedTime(mapi.TaskDueDate))
	w.taskDates(c, start, due)
	w.taskRule(c, m, firstTime(start, due))
	set := p.NamedBool(mapi.ReminderSet)
	at := firstTime(p.NamedTime(mapi.ReminderTime), p.NamedTime(mapi.ReminderSignal))
	w.taskAlarm(c, set && !at.IsZero(), at)
	w.files(c, m)
	c.repeat(ics.PropDue, ics.PropDuration, ics.PropCompleted, ics.PropPercentComplete, propTaskStatus)
}

// identity writes the UID, and what it was kept with.
func (c *component) identity(m *mapi.Message) {
	c.text(ics.PropUID, madeUID(m))
	c.keptIf(ics.PropUID, func(prop *ics.Prop) bool { return text(prop) != "" })
	c.keptIf(ics.PropDateTimeStamp, func(prop *ics.Prop) bool {
		_, ok := newParser(Limits{}).moment(prop, &head{})
		return ok && m.Props.Time(mapi.LastModificationTime).IsZero()
	})
}

// setDay sets a date of a task: a midnight that belongs to no zone.
func setDay(c *component, name string, at time.Time) {
	if at.IsZero() {
		return
	}
	prop := ics.NewProp(name)
	prop.SetDate(at)
	c.Props.Set(prop)
	c.keptIf(name, func(prop *ics.Prop) bool {
		t, err := (&ics.Prop{Name: "X-TIME", Value: tidyTime(prop.Value)}).DateTime(time.UTC)
		return err == nil && midnight(t).Equal(midnight(at))
	})
}

// taskDates writes start and due date, the latter as a duration where the
// calendar had one that still leads there.
func (w *writer) taskDates(c *component, start, due time.Time) {
	setDay(c, ics.PropDateTimeStart, start)
	if kept := c.kept.Props.Get(ics.PropDuration); kept != nil && !start.IsZero() {
		from, _ := newParser(Limits{}).moment(c.Props.Get(ics.PropDateTimeStart), &head{})
		days, exact, ok := newParser(Limits{}).period(kept)
		if ok && midnight(from.wall.AddDate(0, 0, days).Add(exact)).Equal(midnight(due)) {
			c.Props.Set(kept)
			return
		}
	}
	setDay(c, ics.PropDue, due)
}

func (w *writer) taskState(c *component, m *mapi.Message) {
	p := m.Props
	status, _ := p.NamedInt(mapi.TaskStatus)
	if p.NamedBool(mapi.TaskComplete) {
		status = taskComplete
	}
	c.word(ics.PropStatus, taskStatus(status))
	switch status {
	case taskWaiting:
		c.word(propTaskStatus, "WAITING")
	case taskDeferred:
		c.word(propTaskStatus, "DEFERRED")
	}
	if kept := c.kept.Props.Get(ics.PropStatus); kept != nil {
		again := ics.NewComponent(ics.CompToDo)
		again.Props.Set(kept)
		if taskStatusOf(again) == status || taskStatus(taskStatusOf(again)) == taskStatus(status) && status >= taskWaiting {
			c.Props.Set(kept)
			if taskStatusOf(again) == status {
				c.Props.Del(propTaskStatus)
			}
		}
	}
	prop, _ := p.Named(mapi.TaskPercent)
	if v, ok := prop.Value.(float64); ok && v >= 0 && v <= 1 {
		c.word(ics.PropPercentComplete, strconv.Itoa(int(math.Round(100*v))))
	}
	if done := sayable(p.NamedTime(mapi.TaskDateCompleted)); !done.IsZero() && status == taskComplete {
		c.stamp(ics.PropCompleted, done)
		c.keptIf(ics.PropCompleted, func(prop *ics.Prop) bool {
			t, err := (&ics.Prop{Name: "X-TIME", Value: tidyTime(prop.Value)}).DateTime(time.UTC)
			return err == nil && midnight(t).Equal(midnight(done))
		})
	}
}

func (w *writer) taskRule(c *component, m *mapi.Message, first time.Time) {
	prop, has := m.Props.Named(mapi.TaskRecurrence)
	if !has || !m.Props.NamedBool(mapi.TaskRecurring) {
		for _, name := range []string{ics.PropRecurrenceRule, ics.PropExceptionDates, ics.PropRecurrenceDates} {
			for i := range c.kept.Props[name] {
				c.Props.Add(&c.kept.Props[name][i])
			}
		}
		return
	}
	b, _ := prop.Value.([]byte)
	p, err := recur.DecodePattern(b)
	if err != nil {
		w.warn(WarnSeries, mapi.SubjectOf(m))
		return
	}
	rule, err := p.Rule(func(day time.Time) string { return day.Format("20060102") })
	if err != nil {
		w.warn(WarnSeries, mapi.SubjectOf(m))
		return
	}
	if first.IsZero() {
		setDay(c, ics.PropDateTimeStart, p.Start)
	}
	c.word(ics.PropRecurrenceRule, rule)
	c.keptIf(ics.PropRecurrenceRule, func(prop *ics.Prop) bool {
		q, _, err := recur.FromRule(prop.Value, p.Start, same)
		return err == nil && samePattern(p, q)
	})
}

// taskAlarm writes the reminder of a task, which is a moment of its own.
func (w *writer) taskAlarm(c *component, set bool, at time.Time) {
	moment := newParser(Limits{}).instants(&head{})
	from := base{task: true}
	from.begin, _ = moment(c.Props.Get(ics.PropDateTimeStart))
	from.end, _ = moment(c.Props.Get(ics.PropDue))
	from.begin = firstTime(from.begin, from.end)
	w.alarm(c, set, from, func(r reminder) bool { return r.at.Equal(at) }, func(prop *ics.Prop) {
		prop.Params.Set(ics.ParamValue, "DATE-TIME")
		prop.Value = at.UTC().Format("20060102T150405Z")
	})
}

// journal writes a note, or an entry of the journal.
func (w *writer) journal(m *mapi.Message) {
	c := w.newComponent(ics.CompJournal, m)
	w.common(c, m)
	c.Props.Del(ics.PropPriority) // not in a VJOURNAL
	c.Props.Del(propImportance)
	c.identity(m)
	p := m.Props
	begin := firstTime(p.NamedTime(mapi.LogStart), p.NamedTime(mapi.CommonStart))
	if m.IsClass("IPM.Activity") && !begin.IsZero() {
		c.stamp(ics.PropDateTimeStart, begin)
		c.keptIf(ics.PropDateTimeStart, func(prop *ics.Prop) bool {
			at, ok := newParser(Limits{}).instants(&head{})(prop)
			return ok && at.Equal(begin)
		})
		if n, ok := p.NamedInt(mapi.LogDuration); ok && n > 0 {
			c.word(propMinutes, strconv.FormatInt(n, 10))
		}
		c.text(propLogType, p.NamedString(mapi.LogType))
	}
	if n, ok := p.NamedInt(mapi.NoteColour); ok && n >= 0 {
		c.word(propNoteColour, strconv.FormatInt(n, 10))
	}
	if prop := c.kept.Props.Get(ics.PropStatus); prop != nil {
		c.Props.Set(prop)
	}
	w.files(c, m)
	c.repeat(propMinutes, propLogType, propNoteColour)
}
