package zone

import (
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // computers without a time zone database
)

// maxYears bounds the years that FromLocation looks at.
const maxYears = 60

// FromLocation makes a zone of a location for the years from..to, at most
// maxYears of them. Years that change their clocks alike share a rule. Windows
// cannot describe years with more than two changes: they are right at the moment
// at, and as near as can be elsewhere.
func FromLocation(loc *time.Location, name string, from, to int, at time.Time) Zone {
	return assemble(name, from, to, func(year int) Rule {
		_, begin := time.Date(year, 1, 1, 0, 0, 0, 0, loc).Zone()
		r := ruleOf(year, begin, shifts(loc, year))
		return exactAt(r, year, at, ahead(loc, at.Unix()))
	})
}

// assemble joins the rules of years.
func assemble(name string, from, to int, rule func(year int) Rule) Zone {
	z := Zone{Name: name}
	for y := from; y <= max(from, min(to, from+maxYears)); y++ {
		r := rule(y)
		if n := len(z.Rules); n > 0 && z.Rules[n-1].SameClock(r) {
			continue
		}
		z.Rules = append(z.Rules, r)
	}
	z.Rules[0].Year = firstYear
	return z
}

type shift struct {
	at            time.Time
	before, after int // seconds ahead of UTC
}

func sortShifts(list []shift) {
	slices.SortStableFunc(list, func(a, b shift) int { return a.at.Compare(b.at) })
}

// ruleOf is the rule of a year that begins with an offset in seconds.
func ruleOf(year, begin int, list []shift) Rule {
	r := Rule{Year: year, Bias: -minutes(begin)}
	switch n := len(list); {
	case n == 0:
	case n == 1:
		return oneShift(r, list[0], year)
	case list[0].before == list[n-1].after: // a break inside daylight saving time is left out
		return twoShifts(r, list[0], list[n-1])
	}
	return r
}

// exactAt gives up on changes where the rule is wrong at the moment that counts,
// if that is in its year.
func exactAt(r Rule, year int, at time.Time, off int) Rule {
	want := minutes(off)
	if at.UTC().Add(seconds(off)).Year() == year && r.offset(at.UTC(), year) != time.Duration(want)*time.Minute {
		return Rule{Year: r.Year, Bias: -want}
	}
	return r
}

// shifts are the changes of clocks in a local year. They are searched for:
// Time.ZoneBounds goes wrong in leap years behind the end of the database.
func shifts(loc *time.Location, year int) []shift {
	const step = 4 * 24 * 3600 // no two changes are as near
	_, begin := time.Date(year, 1, 1, 0, 0, 0, 0, loc).Zone()
	from := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() - int64(begin)
	to := time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	var out []shift
	for before := begin; from < to-int64(before); from += step {
		after := ahead(loc, from+step)
		if after == before {
			continue
		}
		low, high := from, from+step
		for high-low > 1 {
			if mid := (low + high) / 2; ahead(loc, mid) == before {
				low = mid
			} else {
				high = mid
			}
		}
		if high < to-int64(before) {
			out = append(out, shift{time.Unix(high, 0), before, after})
		}
		before = after
	}
	return out
}

// ahead is the offset from UTC at a moment, in seconds.
func ahead(loc *time.Location, unix int64) int {
	_, s := time.Unix(unix, 0).In(loc).Zone()
	return s
}

func twoShifts(r Rule, up, down shift) Rule {
	if up.after < up.before {
		up, down = down, up
	}
	r.Bias = -minutes(down.after)
	r.DaylightBias = minutes(down.after) - minutes(up.after)
	r.Daylight, r.Standard = weekdayChange(up), weekdayChange(down)
	return r
}

// oneShift says a change without way back: the year begins as if clocks had
// changed at its first moment.
func oneShift(r Rule, s shift, year int) Rule {
	begin := Change{Year: year, Month: 1, Day: 1}
	wall := s.at.UTC().Add(time.Duration(s.before) * time.Second)
	change := Change{Year: year, Month: int(wall.Month()), Weekday: int(wall.Weekday()), Day: wall.Day(), Hour: wall.Hour(), Minute: wall.Minute()}
	if s.after > s.before {
		r.Bias, r.DaylightBias = -minutes(s.before), minutes(s.before)-minutes(s.after)
		r.Standard, r.Daylight = begin, change
		return r
	}
	r.Bias, r.DaylightBias = -minutes(s.after), minutes(s.after)-minutes(s.before)
	r.Standard, r.Daylight = change, begin
	return r
}

func weekdayChange(s shift) Change {
	wall := s.at.UTC().Add(time.Duration(s.before) * time.Second)
	nth := (wall.Day()-1)/7 + 1
	if wall.Day()+7 > daysIn(wall.Year(), int(wall.Month())) {
		nth = 5
	}
	return Change{Month: int(wall.Month()), Weekday: int(wall.Weekday()), Day: nth, Hour: wall.Hour(), Minute: wall.Minute()}
}

func minutes(seconds int) int {
	if seconds < 0 {
		return -minutes(-seconds)
	}
	return (seconds + 30) / 60
}

// Location finds the location that a text from a calendar means: an IANA name,
// such a name behind the prefix of some program, or a Windows name.
func Location(id string) (loc *time.Location, iana string, ok bool) {
	id = strings.TrimSpace(id)
	if name, known := IANA(id); known {
		id = name
	}
	for id != "" {
		if strings.ContainsAny(id[:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && id != "Local" {
			if loc, err := time.LoadLocation(id); err == nil {
				return loc, id, true
			}
		}
		_, rest, more := strings.Cut(id, "/")
		if !more {
			break
		}
		id = rest
	}
	return nil, "", false
}
