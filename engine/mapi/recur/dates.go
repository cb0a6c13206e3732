package recur

import (
	"iter"
	"time"
)

// Dates are the days of the pattern from its start to its end, deleted ones
// included. What never ends goes on to the year 4500.
func (p Pattern) Dates() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		n := 0
		for d := range p.from(p.Start) {
			if d.Before(p.Start) {
				continue
			}
			if p.ends(d, n) || !yield(d) {
				return
			}
			n++
		}
	}
}

// ends reports that the day is behind the last one; n came before it.
func (p Pattern) ends(d time.Time, n int) bool {
	switch {
	case p.End == ByCount && p.Count > 0:
		return n >= p.Count
	case p.End == Never || p.Until.IsZero():
		return false
	}
	return d.After(p.Until)
}

// from are the days of all periods from that of anchor to the horizon, in order.
func (p Pattern) from(anchor time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if !p.valid() {
			return
		}
		for period := p.first(anchor); !period.After(horizon); period = p.next(period) {
			for _, d := range p.in(period) {
				if !yield(d) {
					return
				}
			}
		}
	}
}

// first is the day on which the period of a day begins.
func (p Pattern) first(d time.Time) time.Time {
	d = Midnight(d)
	switch p.Kind {
	case EachDay:
		return d
	case OnWeekdays:
		return d.AddDate(0, 0, -(int(d.Weekday()-p.FirstDay)+7)%7)
	}
	return d.AddDate(0, 0, 1-d.Day())
}

func (p Pattern) next(period time.Time) time.Time {
	switch p.Kind {
	case EachDay:
		return period.AddDate(0, 0, p.Period)
	case OnWeekdays:
		return period.AddDate(0, 0, 7*p.Period)
	}
	return period.AddDate(0, p.Period, 0)
}

// in are the days of one period.
func (p Pattern) in(period time.Time) []time.Time {
	switch p.Kind {
	case EachDay:
		return []time.Time{period}
	case OnWeekdays:
		return p.weekdaysIn(period, 7)
	}
	last := period.AddDate(0, 1, -1).Day()
	switch p.Kind {
	case OnDay:
		return []time.Time{period.AddDate(0, 0, min(p.Day, last)-1)}
	case OnLastDay:
		return []time.Time{period.AddDate(0, 0, last-1)}
	}
	return []time.Time{p.nthIn(period, last)}
}

// weekdaysIn are the days of n that begin with period and are among Weekdays.
func (p Pattern) weekdaysIn(period time.Time, n int) []time.Time {
	var out []time.Time
	for i := range n {
		if p.Weekdays.Has((period.Weekday() + time.Weekday(i)) % 7) {
			out = append(out, period.AddDate(0, 0, i))
		}
	}
	return out
}

// nthIn is the Nth of Weekdays in a month of last days.
func (p Pattern) nthIn(month time.Time, last int) time.Time {
	n, found := 0, 0
	for i := range last {
		if p.Weekdays.Has((month.Weekday() + time.Weekday(i)) % 7) {
			if n, found = n+1, i; n == p.Nth && p.Nth != Last {
				break
			}
		}
	}
	return month.AddDate(0, 0, found)
}

// On reports whether a day is one of the pattern, deleted or not.
func (p Pattern) On(d time.Time) bool {
	d = Midnight(d)
	if !p.valid() || d.Before(p.Start) || p.End != Never && !p.Until.IsZero() && d.After(p.Until) {
		return false
	}
	if p.distance(d)%p.Period != 0 {
		return false
	}
	for _, one := range p.in(p.first(d)) {
		if one.Equal(d) {
			return true
		}
	}
	return false
}

// distance is how many days, weeks or months the period of a day is behind that
// of the start.
func (p Pattern) distance(d time.Time) int {
	a, b := p.first(p.Start), p.first(d)
	switch p.Kind {
	case EachDay:
		return (minutes(b) - minutes(a)) / minutesInDay
	case OnWeekdays:
		return (minutes(b) - minutes(a)) / (7 * minutesInDay)
	}
	return months(b) - months(a)
}

func months(d time.Time) int { return 12*(d.Year()-1601) + int(d.Month()) - 1 }

// close finds the last day, and counts the days where an end is set by date. A
// pattern without any day is not closed.
func (p *Pattern) close() bool {
	if p.End == Never {
		p.Until = time.Time{}
		for range p.Dates() {
			return true
		}
		return false
	}
	n, last := 0, time.Time{}
	for d := range p.Dates() {
		if n, last = n+1, d; n >= maxCount {
			break
		}
	}
	if n == 0 {
		return false
	}
	if p.End == ByCount || n < maxCount {
		p.Until = last
	}
	p.Count = n
	return true
}
