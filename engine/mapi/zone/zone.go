// Package zone holds time zones the way Windows and Exchange do: by year, two
// biases and the two moments at which they change. It reads and writes the
// blobs of calendar items and knows the names of both worlds.
//
// A wall clock is a time.Time in UTC whose fields are what the clock shows.
package zone

import (
	"slices"
	"time"
)

// Zone is a time zone. One without rules is UTC.
type Zone struct {
	Name  string // as in the Windows registry, such as "W. Europe Standard Time"; else any text
	Rules []Rule // by ascending year
}

// Rule holds from the first moment of its year until the next rule. Biases are
// minutes to add to local time to get UTC.
type Rule struct {
	Year               int
	Bias               int
	StandardBias       int // added to Bias outside daylight saving time
	DaylightBias       int // added to Bias inside
	Standard, Daylight Change
}

// Change is when the clock changes, by the clock before the change. Month 0
// means never. With Year 0 it is the Day-th Weekday of the month, 5 the last;
// else that one day.
type Change struct {
	Year, Month, Weekday, Day   int
	Hour, Minute, Second, Milli int
}

// UTC is the zone without bias.
func UTC() Zone { return Fixed("UTC", 0) }

// Fixed is a zone that is always so many minutes ahead of UTC.
func Fixed(name string, ahead int) Zone {
	return Zone{Name: name, Rules: []Rule{{Year: firstYear, Bias: -ahead}}}
}

// firstYear is the year of a rule that always held, as Windows writes it.
const firstYear = 1601

// IsUTC reports that local time is UTC at all times.
func (z Zone) IsUTC() bool {
	for _, r := range z.Rules {
		if r.Bias != 0 || r.StandardBias != 0 || r.changes() {
			return false
		}
	}
	return true
}

// At is the rule of a year.
func (z Zone) At(year int) Rule {
	i := z.index(year)
	if i < 0 {
		return Rule{Year: firstYear}
	}
	return z.Rules[i]
}

func (z Zone) index(year int) int {
	i := 0
	for i+1 < len(z.Rules) && z.Rules[i+1].Year <= year {
		i++
	}
	return min(i, len(z.Rules)-1)
}

// Offset is how far local time is ahead of UTC at a moment.
func (z Zone) Offset(t time.Time) time.Duration {
	t = t.UTC()
	year := t.Year()
	off := z.At(year).offset(t, year)
	if local := t.Add(off).Year(); local != year {
		off = z.At(local).offset(t, local)
	}
	return off
}

// Local is what the clock shows at a moment.
func (z Zone) Local(t time.Time) time.Time { return t.UTC().Add(z.Offset(t)) }

// Instant is the moment at which the clock shows wall: the first, where it does
// so twice; where it never does, that of the clock before it was put forward
// (RFC 5545 3.3.5).
func (z Zone) Instant(wall time.Time) time.Time {
	var best time.Time
	for _, off := range z.near(wall.Year()) {
		if t := wall.Add(-off); z.Offset(t) == off && (best.IsZero() || t.Before(best)) {
			best = t
		}
	}
	if best.IsZero() {
		const beforeGap = 12 * time.Hour
		off := z.Offset(wall.Add(-z.At(wall.Year()).standard()).Add(-beforeGap))
		best = wall.Add(-off)
	}
	return best
}

// near are the offsets that may hold around a year.
func (z Zone) near(year int) []time.Duration {
	var out []time.Duration
	for y := year - 1; y <= year+1; y++ {
		r := z.At(y)
		out = append(out, r.standard(), r.daylight())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Agrees reports whether both zones show the same time at a moment.
func (z Zone) Agrees(o Zone, at ...time.Time) bool {
	for _, t := range at {
		if z.Offset(t) != o.Offset(t) {
			return false
		}
	}
	return true
}

// SameClock reports whether two rules say the same, whatever their years.
func (r Rule) SameClock(o Rule) bool {
	r.Year, o.Year = 0, 0
	if !r.changes() && !o.changes() {
		return r.Bias+r.StandardBias == o.Bias+o.StandardBias
	}
	return r == o
}

// Changes reports whether there is daylight saving time.
func (r Rule) Changes() bool { return r.changes() }

func (r Rule) changes() bool { return r.Standard.Month != 0 && r.Daylight.Month != 0 }

// Ahead are the offsets from UTC outside and inside daylight saving time.
func (r Rule) Ahead() (standard, daylight time.Duration) { return r.standard(), r.daylight() }

func (r Rule) standard() time.Duration { return -time.Duration(r.Bias+r.StandardBias) * time.Minute }

func (r Rule) daylight() time.Duration {
	if !r.changes() {
		return r.standard()
	}
	return -time.Duration(r.Bias+r.DaylightBias) * time.Minute
}

func (r Rule) offset(t time.Time, year int) time.Duration {
	std, dst := r.standard(), r.daylight()
	on, okOn := r.Daylight.In(year)
	off, okOff := r.Standard.In(year)
	if !r.changes() || !okOn || !okOff {
		return std
	}
	on, off = on.Add(-std), off.Add(-dst)
	if on.Before(off) {
		if !t.Before(on) && t.Before(off) {
			return dst
		}
		return std
	}
	if !t.Before(off) && t.Before(on) {
		return std
	}
	return dst
}

// In is the wall clock of the change in a year, before it; ok is false where
// there is none in that year.
func (c Change) In(year int) (wall time.Time, ok bool) {
	if c.Month == 0 || c.Year != 0 && c.Year != year {
		return time.Time{}, false
	}
	day := c.Day
	if c.Year == 0 {
		first := time.Date(year, time.Month(c.Month), 1, 0, 0, 0, 0, time.UTC)
		day = 1 + (c.Weekday-int(first.Weekday())+7)%7 + 7*(c.Day-1)
		for day > daysIn(year, c.Month) {
			day -= 7
		}
	}
	wall = time.Date(year, time.Month(c.Month), day, c.Hour, c.Minute, c.Second, c.Milli*1e6, time.UTC)
	return wall.Round(time.Second), true // 23:59:59.999 means midnight
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Between is the zone with the rules of some years only.
func (z Zone) Between(from, to int) Zone {
	out := Zone{Name: z.Name}
	for i, r := range z.Rules {
		ends := i+1 < len(z.Rules) && z.Rules[i+1].Year <= from
		if !ends && (r.Year <= to || len(out.Rules) == 0) {
			out.Rules = append(out.Rules, r)
		}
	}
	return out
}
