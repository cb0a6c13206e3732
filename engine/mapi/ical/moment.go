package ical

import (
	"strings"
	"time"

	ics "github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	"vangnet/engine/mapi/zone"
)

// moment is a date or time as a calendar writes it.
type moment struct {
	wall     time.Time // what the clock shows, or midnight of a date
	utc      bool      // the wall is UTC
	date     bool
	zone     *place // nil: none named
	floating bool
}

// place is a time zone by the name that a calendar gives it.
type place struct {
	id       string
	loc      *time.Location // where the name is known
	iana     string
	observed []zone.Observance // as the calendar itself describes it
	made     map[years]zone.Zone
}

// years are those that a zone was made for.
type years struct{ from, to int }

// Years that a moment may lie in: what both formats can say in any time zone.
const (
	minYear = 1602
	maxYear = 9998
)

// sayable is a time that can be written, else the zero time.
func sayable(t time.Time) time.Time {
	if t.Year() < minYear || t.Year() > maxYear {
		return time.Time{}
	}
	return t
}

// moment reads a date or time. ok is false where it is none.
func (p *parser) moment(prop *ics.Prop, h *head) (m moment, ok bool) {
	if prop == nil {
		return m, false
	}
	value := tidyTime(prop.Value)
	m.date = len(value) == len("20060102")
	m.utc = strings.HasSuffix(value, "Z")
	plain := ics.Prop{Name: "X-TIME", Value: value}
	t, err := plain.DateTime(time.UTC)
	if err != nil || t.Year() < minYear || t.Year() > maxYear {
		p.warn.add(WarnTime)
		return m, false
	}
	m.wall = t
	if m.date || m.utc {
		return m, true
	}
	id := prop.Params.Get(ics.PropTimezoneID)
	m.floating = id == ""
	if m.floating {
		id = h.zone
	}
	m.zone = p.place(id)
	if m.zone != nil && m.zone.iana == "UTC" {
		m.utc, m.floating = true, false
	}
	return m, true
}

// tidyTime brings the spellings of times into the one that the decoder reads.
func tidyTime(v string) string {
	v = strings.ToUpper(strings.NewReplacer("-", "", ":", "", " ", "").Replace(strings.TrimSpace(v)))
	if i := strings.IndexByte(v, '.'); i > 0 { // parts of a second
		end := strings.TrimLeft(v[i+1:], "0123456789")
		v = v[:i] + end
	}
	if i := strings.IndexByte(v, 'T'); i == 8 {
		clock, z := strings.CutSuffix(v[9:], "Z")
		switch len(clock) {
		case 0:
			return v[:8]
		case 2, 4:
			clock += "0000"[:6-len(clock)]
		}
		v = v[:9] + strings.ReplaceAll(clock, "240000", "235959")
		if z {
			v += "Z"
		}
	}
	return v
}

// place finds a time zone by name; nil for none and for one that nobody knows.
func (p *parser) place(id string) *place {
	id = strings.TrimSpace(id)
	if id == "" {
		return nil
	}
	if one, ok := p.places[id]; ok {
		return one
	}
	one := &place{id: id, observed: p.observed[id]}
	one.loc, one.iana, _ = zone.Location(id)
	if one.loc == nil && len(one.observed) == 0 {
		p.warn.add(WarnZone)
		one = nil
	}
	p.places[id] = one
	return one
}

// name is how Exchange calls the zone.
func (pl *place) name() string {
	if name, ok := zone.Windows(pl.iana); ok {
		return name
	}
	return pl.id
}

// zone makes the zone of some years. Where the calendar describes it otherwise
// than it is known, at a moment that counts, the calendar is right.
func (pl *place) zone(from, to int, wall time.Time) zone.Zone {
	if pl == nil {
		return zone.UTC()
	}
	var own zone.Zone
	if len(pl.observed) > 0 {
		own = zone.FromObservances(pl.observed, pl.name(), from, to, wall)
		own = zone.FromObservances(pl.observed, pl.name(), from, to, own.Instant(wall))
		if pl.loc == nil {
			return own
		}
	}
	known := pl.known(years{from, to}, wall)
	if len(pl.observed) > 0 && !own.Instant(wall).Equal(known.Instant(wall)) {
		return own
	}
	return known
}

// known is the zone by its name. In odd years a zone is made for one moment;
// all others are made once.
func (pl *place) known(span years, wall time.Time) zone.Zone {
	z, ok := pl.made[span]
	if !ok {
		z = zone.FromLocation(pl.loc, pl.name(), span.from, span.to, wall)
		if pl.made == nil {
			pl.made = map[years]zone.Zone{}
		}
		pl.made[span] = z
	}
	at := z.Instant(wall)
	if !agrees(z, pl.loc, []time.Time{at}) {
		return zone.FromLocation(pl.loc, pl.name(), span.from, span.to, at)
	}
	return z
}

// instant is the moment in UTC. Dates are midnight in the zone given.
func (m moment) instant() time.Time {
	if m.utc || m.zone == nil {
		return m.wall
	}
	return m.zone.zone(m.wall.Year(), m.wall.Year(), m.wall).Instant(m.wall)
}

// in is the wall clock of the moment in another zone. Dates and floating times
// are the same everywhere.
func (m moment) in(z zone.Zone) time.Time {
	if m.date || !m.utc && m.zone == nil {
		return m.wall
	}
	return z.Local(m.instant())
}

// period reads a duration. Days and weeks are those of the calendar, of
// whatever length; the rest is exact.
func (p *parser) period(prop *ics.Prop) (days int, exact time.Duration, ok bool) {
	const longest = 20 * 366
	plain := ics.Prop{Name: ics.PropDuration, Value: strings.TrimSpace(prop.Value)}
	date, clock, timed := strings.Cut(strings.ToUpper(plain.Value), "T")
	if len(plain.Value) > 40 {
		p.warn.add(WarnTime)
		return 0, 0, false
	}
	d, err := plain.Duration()
	if err != nil || d > longest*24*time.Hour || d < -longest*24*time.Hour {
		p.warn.add(WarnTime)
		return 0, 0, false
	}
	if timed && clock != "" {
		part := ics.Prop{Name: ics.PropDuration, Value: sign(date) + "PT" + clock}
		if exact, err = part.Duration(); err != nil {
			return 0, 0, false
		}
	}
	return int((d - exact) / (24 * time.Hour)), exact, true
}

func sign(s string) string {
	if strings.HasPrefix(s, "-") {
		return "-"
	}
	return ""
}

// observances reads the parts of a VTIMEZONE.
func (p *parser) observances(c *ics.Component) []zone.Observance {
	const most = 200
	var out []zone.Observance
	for _, part := range c.Children {
		if part.Name != ics.CompTimezoneStandard && part.Name != ics.CompTimezoneDaylight {
			continue
		}
		from, okFrom := offset(part.Props.Get(ics.PropTimezoneOffsetFrom))
		to, okTo := offset(part.Props.Get(ics.PropTimezoneOffsetTo))
		if !okTo {
			continue
		}
		if !okFrom {
			from = to
		}
		for _, start := range onsets(part) {
			o := zone.Observance{From: from, To: to, Start: start}
			if start == onsets(part)[0] {
				yearly(&o, part.Props.Get(ics.PropRecurrenceRule))
			}
			if out = append(out, o); len(out) >= most {
				return out
			}
		}
	}
	return out
}

// onsets are DTSTART and all RDATE of a part; a part without gets the first day
// of our calendar.
func onsets(part *ics.Component) []time.Time {
	var out []time.Time
	add := func(v string) {
		plain := ics.Prop{Name: "X-TIME", Value: strings.TrimSuffix(tidyTime(v), "Z")}
		if t, err := plain.DateTime(time.UTC); err == nil && t.Year() <= maxYear {
			out = append(out, t)
		}
	}
	if start := part.Props.Get(ics.PropDateTimeStart); start != nil {
		add(start.Value)
	}
	for _, r := range part.Props.Values(ics.PropRecurrenceDates) {
		for v := range strings.SplitSeq(r.Value, ",") {
			if len(out) < 200 {
				add(v)
			}
		}
	}
	if len(out) == 0 {
		out = []time.Time{time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)}
	}
	return out
}

// offset reads +hhmm or +hhmmss, in seconds.
func offset(prop *ics.Prop) (int, bool) {
	if prop == nil {
		return 0, false
	}
	v := strings.ReplaceAll(strings.TrimSpace(prop.Value), ":", "")
	sign := 1
	if strings.HasPrefix(v, "-") {
		sign = -1
	}
	v = strings.TrimLeft(v, "+-")
	if len(v) != 4 && len(v) != 6 || strings.Trim(v, "0123456789") != "" {
		return 0, false
	}
	v += "00"
	two := func(i int) int { return int(v[i]-'0')*10 + int(v[i+1]-'0') }
	n := two(0)*3600 + two(2)*60 + two(4)
	return sign * n, n <= 26*3600
}

// yearly reads the rule of a part: once a year, on a weekday or a day of a month.
func yearly(o *zone.Observance, prop *ics.Prop) {
	if prop == nil {
		return
	}
	r, err := rrule.StrToROption(strings.ToUpper(strings.TrimSpace(prop.Value)))
	if err != nil || r.Freq != rrule.YEARLY || r.Interval > 1 {
		return
	}
	c := zone.Change{Month: int(o.Start.Month()), Hour: o.Start.Hour(), Minute: o.Start.Minute()}
	if len(r.Bymonth) == 1 && r.Bymonth[0] >= 1 && r.Bymonth[0] <= 12 {
		c.Month = r.Bymonth[0]
	}
	if len(r.Byweekday) != 1 {
		return // the same date every year: the one onset has to do
	}
	day := r.Byweekday[0]
	c.Weekday = (day.Day() + 1) % 7
	switch n := day.N(); {
	case n > 0:
		c.Day = min(n, 5)
	case n < 0:
		c.Day = max(1, 6+n)
	case len(r.Bymonthday) > 0 && r.Bymonthday[0] > 0:
		c.Day = min(5, (r.Bymonthday[0]-1)/7+1)
	default:
		c.Day = min(5, (o.Start.Day()-1)/7+1)
	}
	o.Yearly, o.Change, o.Until = true, c, r.Until
	if r.Count > 0 && r.Count < maxYear {
		o.Until = time.Date(o.Start.Year()+r.Count, 1, 1, 0, 0, 0, 0, time.UTC)
	}
}
