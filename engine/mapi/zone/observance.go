package zone

import "time"

// Observance is one of the parts of which iCalendar makes a time zone: from
// each onset on, clocks are To ahead of UTC. Offsets are in seconds.
type Observance struct {
	From, To int
	Start    time.Time // the first onset, by the clock before it
	Yearly   bool      // once in each year from then on, by Change
	Change   Change
	Until    time.Time // no onset after this; the zero time: no end
}

// in is the onset in a year.
func (o Observance) in(year int) (wall time.Time, ok bool) {
	if !o.Yearly || year == o.Start.Year() {
		return o.Start, year == o.Start.Year()
	}
	wall, ok = o.Change.In(year)
	return wall, ok && year > o.Start.Year() && (o.Until.IsZero() || !wall.Add(-seconds(o.From)).After(o.Until))
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// FromObservances makes a zone for some years as FromLocation does. There must
// be at least one observance.
func FromObservances(list []Observance, name string, from, to int, at time.Time) Zone {
	return assemble(name, from, to, func(year int) Rule {
		r := yearOf(list, year)
		return exactAt(r, year, at, offsetIn(list, at))
	})
}

// yearOf is the rule of one year.
func yearOf(list []Observance, year int) Rule {
	begin := offsetBefore(list, time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
	return ruleOf(year, begin, observed(list, year, begin))
}

// observed are the changes of clocks in a year.
func observed(list []Observance, year, begin int) []shift {
	var out []shift
	for _, o := range list {
		if wall, ok := o.in(year); ok {
			out = append(out, shift{wall.Add(-seconds(o.From)), o.From, o.To})
		}
	}
	sortShifts(out)
	kept := out[:0]
	for _, s := range out {
		if s.after != begin {
			s.before = begin
			kept = append(kept, s)
			begin = s.after
		}
	}
	return kept
}

// offsetBefore is the offset that holds just before a wall clock.
func offsetBefore(list []Observance, wall time.Time) int {
	best, off := time.Time{}, list[0].From
	for _, o := range list {
		for year := wall.Year(); year >= wall.Year()-1; year-- {
			if on, ok := o.in(year); ok && on.Before(wall) && on.After(best) {
				best, off = on, o.To
			}
		}
		if o.Start.Before(wall) && o.Start.After(best) && (!o.Yearly || !o.Until.IsZero()) {
			best, off = lastOnset(o, wall), o.To
		}
	}
	if best.IsZero() { // before all: what the first one leaves
		first := list[0]
		for _, o := range list {
			if o.Start.Before(first.Start) {
				first = o
			}
		}
		off = first.From
	}
	return off
}

// lastOnset is the last onset before a wall clock of an observance that has ended.
func lastOnset(o Observance, wall time.Time) time.Time {
	last := o.Start
	if o.Yearly {
		for _, year := range []int{o.Until.Year() - 1, o.Until.Year()} {
			if on, ok := o.in(year); ok && on.Before(wall) {
				last = on
			}
		}
	}
	return last
}

// offsetIn is the offset at a moment.
func offsetIn(list []Observance, at time.Time) int {
	wall := at.UTC()
	off := offsetBefore(list, wall)
	for range 2 {
		off = offsetBefore(list, wall.Add(seconds(off)).Add(time.Second))
	}
	return off
}
