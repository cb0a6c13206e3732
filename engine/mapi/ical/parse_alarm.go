package ical

import (
	"strings"
	"time"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
)

// maxDelta bounds how long before the start a reminder may be.
const maxDelta = 366 * 24 * time.Hour

// reminder is what one alarm asks for, as far as Exchange can say it.
type reminder struct {
	ok     bool
	at     time.Time // the moment
	before time.Duration
	exact  bool // before is in whole minutes
}

// alarms makes the reminder of the first alarm that Exchange can have. Where
// that does not say all, the alarms are kept.
func (b *builder) alarms() {
	s := &b.span
	first := firstReminder(b.e.Component, b.p.instants(b.e.head), base{begin: s.begin, end: s.end})
	b.keepAlarms(first.ok && first.exact && plainAlarm(b.e.Component, false))
	p := &b.m.Props
	p.SetNamed(mapi.ReminderSet, mapi.TypeBool, first.ok && s.known)
	if !first.ok || !s.known {
		return
	}
	p.SetNamed(mapi.ReminderDelta, mapi.TypeInt32, int32(first.before/time.Minute))
	p.SetNamed(mapi.ReminderTime, mapi.TypeTime, mapi.FileTimeOf(s.begin))
	p.SetNamed(mapi.ReminderSignal, mapi.TypeTime, mapi.FileTimeOf(first.at))
}

// instants reads moments of a calendar.
func (p *parser) instants(h *head) func(*ics.Prop) (time.Time, bool) {
	return func(prop *ics.Prop) (time.Time, bool) {
		m, ok := p.moment(prop, h)
		return m.instant(), ok
	}
}

// keepAlarms keeps alarms that Write would not make the same.
func (b *builder) keepAlarms(plain bool) {
	for _, c := range b.e.Children {
		if c.Name != ics.CompAlarm || plain {
			continue
		}
		b.keep(b.p.keepableAll(c))
		b.p.warn.add(WarnAlarm)
	}
}

// plainAlarm reports that there is one alarm, and that it is like those that
// Write makes: for tasks at a moment, for events before the start.
func plainAlarm(c *ics.Component, task bool) bool {
	n := 0
	var alarm *ics.Component
	for _, sub := range c.Children {
		if sub.Name == ics.CompAlarm {
			n++
			alarm = sub
		}
	}
	if n != 1 || !strings.EqualFold(line(alarm.Props.Get(ics.PropAction)), "DISPLAY") {
		return false
	}
	trigger := alarm.Props.Get(ics.PropTrigger)
	for name := range alarm.Props {
		if name != ics.PropAction && name != ics.PropTrigger && name != ics.PropDescription {
			return false
		}
	}
	return trigger != nil && isAbsolute(trigger) == task && !strings.EqualFold(trigger.Params.Get(ics.ParamRelated), "END")
}

func isAbsolute(trigger *ics.Prop) bool {
	v := strings.TrimLeft(strings.TrimSpace(trigger.Value), "+-")
	return v != "" && v[0] >= '0' && v[0] <= '9'
}

// base is what alarms count from. A task may be thought of after it has begun.
type base struct {
	begin, end time.Time
	task       bool
}

// firstReminder is that of the first alarm with one.
func firstReminder(c *ics.Component, moment func(*ics.Prop) (time.Time, bool), from base) reminder {
	for _, sub := range c.Children {
		if sub.Name != ics.CompAlarm {
			continue
		}
		if r := reminderOf(sub, moment, from); r.ok {
			return r
		}
	}
	return reminder{}
}

func reminderOf(alarm *ics.Component, moment func(*ics.Prop) (time.Time, bool), from base) reminder {
	trigger := alarm.Props.Get(ics.PropTrigger)
	if trigger == nil || strings.EqualFold(line(alarm.Props.Get(ics.PropAction)), "NONE") {
		return reminder{}
	}
	var r reminder
	if isAbsolute(trigger) {
		r.at, r.ok = moment(trigger)
	} else {
		plain := ics.Prop{Name: ics.PropDuration, Value: strings.TrimSpace(trigger.Value)}
		d, err := plain.Duration()
		at := from.begin
		if strings.EqualFold(trigger.Params.Get(ics.ParamRelated), "END") {
			at = from.end
		}
		if len(plain.Value) > 40 || err != nil || d > maxDelta || d < -maxDelta || at.IsZero() {
			return reminder{}
		}
		r.at, r.ok = at.Add(d), true
	}
	before := from.begin.Sub(r.at)
	r.before = before.Truncate(time.Minute)
	r.exact = r.before == before
	r.ok = r.ok && (from.task || before >= 0 && before <= maxDelta)
	return r
}
