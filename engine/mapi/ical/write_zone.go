package ical

import (
	"fmt"
	"maps"
	"slices"
	"time"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi/zone"
)

// use is a time zone that is named in the calendar.
type use struct {
	clock
	year int // the first for which it is asked
}

// uses remembers a zone that has to be described.
func (w *writer) uses(z clock, year int) {
	if u, ok := w.used[z.tzid]; ok {
		year = min(year, u.year)
		z = u.clock
	}
	w.used[z.tzid] = use{z, year}
}

// describe makes a VTIMEZONE of each zone that is named, those of kept lines too.
func (w *writer) describe() []*ics.Component {
	for _, c := range w.cal.Children {
		for _, name := range sorted(c) {
			for i := range c.Props[name] {
				id := c.Props[name][i].Params.Get(ics.PropTimezoneID)
				if _, has := w.used[id]; has {
					continue
				}
				loc, iana, ok := zone.Location(id)
				if !ok {
					continue
				}
				year := yearOf(c)
				w.uses(clock{Zone: zone.FromLocation(loc, iana, year, year, time.Time{}), tzid: id}, year)
			}
		}
	}
	var out []*ics.Component
	for _, id := range slices.Sorted(maps.Keys(w.used)) {
		out = append(out, timezone(w.used[id]))
	}
	return out
}

// From commonYear on, zones are described as most programs do it; some cannot
// count back further.
const commonYear = 1970

func timezone(u use) *ics.Component {
	c := ics.NewComponent(ics.CompTimezone)
	c.Props.SetText(ics.PropTimezoneID, u.tzid)
	for i, r := range u.Rules {
		first, last := r.Year, lastYearOf(u.Zone, i)
		if i == 0 && u.year > commonYear+1 && (last == 0 || last > commonYear) {
			first = commonYear
		}
		c.Children = append(c.Children, newYear(u.Zone, i, first)...)
		if !r.Changes() {
			continue
		}
		standard, daylight := r.Ahead()
		c.Children = append(c.Children, observance(ics.CompTimezoneStandard, r.Standard, first, last, daylight, standard)...)
		c.Children = append(c.Children, observance(ics.CompTimezoneDaylight, r.Daylight, first, last, standard, daylight)...)
	}
	if len(c.Children) == 0 { // changes of years that no rule has
		standard, _ := u.Rules[0].Ahead()
		c.Children = append(c.Children, onset(ics.CompTimezoneStandard, time.Date(commonYear, 1, 1, 0, 0, 0, 0, time.UTC), standard, standard))
	}
	return c
}

// lastYearOf is the last year of a rule, 0 for the one that goes on for ever.
func lastYearOf(z zone.Zone, i int) int {
	if i+1 < len(z.Rules) {
		return z.Rules[i+1].Year - 1
	}
	return 0
}

// newYear is the offset with which a rule begins, where none of its changes say
// it: the first rule without changes, or one that differs from that before it.
func newYear(z zone.Zone, i, year int) []*ics.Component {
	r := z.Rules[i]
	standard, _ := r.Ahead()
	wall := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	if i == 0 {
		if r.Changes() {
			return nil
		}
		return []*ics.Component{onset(ics.CompTimezoneStandard, wall, standard, standard)}
	}
	before := z.Offset(wall.Add(-48 * time.Hour))
	after := z.Offset(wall.Add(48 * time.Hour))
	if before == after {
		return nil
	}
	return []*ics.Component{onset(ics.CompTimezoneStandard, wall, before, after)}
}

func onset(name string, wall time.Time, from, to time.Duration) *ics.Component {
	c := ics.NewComponent(name)
	set := func(prop, value string) { c.Props.Set(&ics.Prop{Name: prop, Params: ics.Params{}, Value: value}) }
	set(ics.PropDateTimeStart, wall.Format("20060102T150405"))
	set(ics.PropTimezoneOffsetFrom, hhmm(from))
	set(ics.PropTimezoneOffsetTo, hhmm(to))
	return c
}

func hhmm(d time.Duration) string {
	sign := '+'
	if d < 0 {
		sign, d = '-', -d
	}
	return fmt.Sprintf("%c%02d%02d", sign, int(d.Hours()), int(d.Minutes())%60)
}

// observance is one change of a rule, in all years of the rule.
func observance(name string, c zone.Change, first, last int, from, to time.Duration) []*ics.Component {
	wall, ok := c.In(first)
	if !ok {
		if wall, ok = c.In(c.Year); !ok || c.Year < first || last != 0 && c.Year > last {
			return nil
		}
	}
	part := onset(name, wall, from, to)
	if c.Year != 0 || last == first {
		return []*ics.Component{part}
	}
	days := []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
	nth := c.Day
	if nth == 5 {
		nth = -1
	}
	rule := fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", c.Month, nth, days[c.Weekday])
	if last != 0 {
		end, _ := c.In(last)
		rule += ";UNTIL=" + end.Add(-from).Format("20060102T150405Z")
	}
	part.Props.Set(&ics.Prop{Name: ics.PropRecurrenceRule, Params: ics.Params{}, Value: rule})
	return []*ics.Component{part}
}

// yearOf is the year that a component begins in.
func yearOf(c *ics.Component) int {
	for _, name := range []string{ics.PropDateTimeStart, ics.PropDue, ics.PropDateTimeStamp} {
		if prop := c.Props.Get(name); prop != nil && len(prop.Value) >= 8 {
			if t, err := time.Parse("20060102", prop.Value[:8]); err == nil && t.Year() >= minYear && t.Year() <= maxYear {
				return t.Year()
			}
		}
	}
	return epoch.Year()
}
