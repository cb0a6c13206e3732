package recur

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

var ruleDays = [7]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}

// Rule is the pattern as the value of an RRULE. until writes the moment of an
// occurrence on a day, in the form that UNTIL asks for.
func (p Pattern) Rule(until func(day time.Time) string) (string, error) {
	if !p.valid() {
		return "", fmt.Errorf("write a recurrence rule: %w", ErrUnsupported)
	}
	o := rrule.ROption{Interval: p.Period}
	switch p.Kind {
	case EachDay:
		o.Freq = rrule.DAILY
	case OnWeekdays:
		o.Freq = rrule.WEEKLY
		o.Byweekday = p.ruleWeekdays()
		o.Wkst = ruleDays[p.FirstDay]
	default:
		p.monthRule(&o)
	}
	if o.Interval == 1 {
		o.Interval = 0
	}
	if p.End == ByCount && p.Count > 0 {
		o.Count = p.Count
	}
	text := o.RRuleString()
	if p.End != Never && o.Count == 0 && !p.Until.IsZero() {
		text += ";UNTIL=" + until(p.Until)
	}
	return text, nil
}

func (p Pattern) ruleWeekdays() []rrule.Weekday {
	var out []rrule.Weekday
	for i := range 7 {
		if d := time.Weekday((i + 1) % 7); p.Weekdays.Has(d) {
			out = append(out, ruleDays[d])
		}
	}
	return out
}

func (p Pattern) monthRule(o *rrule.ROption) {
	o.Freq = rrule.MONTHLY
	longest := 31
	if p.Period%12 == 0 {
		o.Freq, o.Interval = rrule.YEARLY, p.Period/12
		o.Bymonth = []int{int(p.Start.Month())}
		longest = daysIn(2000, int(p.Start.Month()))
	}
	if p.Kind == OnNth {
		p.nthRule(o)
		return
	}
	// A month that lacks the day has the occurrence on its last; an RRULE has
	// none then, unless it asks for the last of several days.
	switch day := min(p.Day, longest); {
	case p.Kind == OnLastDay, p.Day >= longest && longest < 30 || day == 31 && o.Freq == rrule.MONTHLY:
		o.Bymonthday = []int{-1}
	case day > 28 && o.Freq == rrule.MONTHLY:
		o.Bysetpos = []int{-1}
		for d := 28; d <= day; d++ {
			o.Bymonthday = append(o.Bymonthday, d)
		}
	default:
		o.Bymonthday = []int{day}
	}
}

func (p Pattern) nthRule(o *rrule.ROption) {
	nth := p.Nth
	if nth == Last {
		nth = -1
	}
	o.Byweekday = p.ruleWeekdays()
	if len(o.Byweekday) == 1 {
		o.Byweekday[0] = o.Byweekday[0].Nth(nth)
		return
	}
	o.Bysetpos = []int{nth}
}

// FromRule makes a pattern of the value of an RRULE for what starts at start.
// local gives the wall clock of a moment, for an UNTIL in UTC. exact is false
// where the pattern has occurrences in short months that the rule has not. The
// pattern begins with the first day that fits the rule. What cannot be expressed
// fails with an error that wraps ErrUnsupported.
func FromRule(text string, start time.Time, local func(time.Time) time.Time) (p Pattern, exact bool, err error) {
	text = tidy(text)
	o, err := rrule.StrToROption(text)
	if err != nil {
		return p, false, fmt.Errorf("read recurrence rule %.100q: %w: %w", text, ErrUnsupported, err)
	}
	p = Pattern{Period: max(1, o.Interval), End: Never, FirstDay: weekday(o.Wkst), Start: Midnight(start)}
	exact, ok := p.shape(o, start)
	if !ok || p.Period > maxPeriod || o.Interval < 0 || o.Count < 0 || o.Count > maxCount {
		return Pattern{}, false, fmt.Errorf("read recurrence rule %.100q: %w", text, ErrUnsupported)
	}
	switch {
	case o.Count > 0:
		p.End, p.Count = ByCount, o.Count
	case !o.Until.IsZero():
		p.End, p.Until = ByDate, lastDay(text, o.Until, start, local)
	}
	if !p.begin(o, start) || !p.close() {
		return Pattern{}, false, fmt.Errorf("read recurrence rule %.100q, which has no days: %w", text, ErrUnsupported)
	}
	return p, exact, nil
}

// tidy drops what producers add for no reason.
func tidy(text string) string {
	parts := strings.Split(strings.ToUpper(strings.Join(strings.Fields(text), "")), ";")
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" || strings.HasSuffix(s, "=") })
	return strings.Join(parts, ";")
}

func weekday(d rrule.Weekday) time.Weekday { return time.Weekday((d.Day() + 1) % 7) }

// lastDay is the last day whose occurrence is not behind until.
func lastDay(text string, until, start time.Time, local func(time.Time) time.Time) time.Time {
	_, value, _ := strings.Cut(text, "UNTIL=")
	value, _, _ = strings.Cut(value, ";")
	if strings.HasSuffix(value, "Z") {
		until = local(until)
	}
	d := Midnight(until)
	if strings.Contains(value, "T") && until.Sub(d) < start.Sub(Midnight(start)) {
		d = d.AddDate(0, 0, -1)
	}
	return d
}

// begin moves the start to the first day of the pattern that is not before it.
func (p *Pattern) begin(o *rrule.ROption, start time.Time) bool {
	anchor := p.Start
	if o.Freq == rrule.YEARLY && len(o.Bymonth) == 1 {
		anchor = time.Date(start.Year(), time.Month(o.Bymonth[0]), 1, 0, 0, 0, 0, time.UTC)
	}
	for d := range p.from(anchor) {
		if !d.Before(p.Start) {
			p.Start = d
			return true
		}
	}
	return false
}

// shape finds kind and days. ok is false for what a pattern cannot say.
func (p *Pattern) shape(o *rrule.ROption, start time.Time) (exact, ok bool) {
	if len(o.Byyearday)+len(o.Byweekno)+len(o.Byeaster) > 0 || !onlyAt(o, start) {
		return false, false
	}
	switch o.Freq {
	case rrule.DAILY:
		return true, p.daily(o)
	case rrule.WEEKLY:
		return true, p.weekly(o, start)
	case rrule.MONTHLY:
		if len(o.Bymonth) > 0 {
			return false, false
		}
		p.Frequency = Monthly
		return p.monthly(o, start, 28)
	case rrule.YEARLY:
		return p.yearly(o, start)
	}
	return false, false
}

// onlyAt reports that the rule names no other time of day than the start has.
func onlyAt(o *rrule.ROption, start time.Time) bool {
	one := func(list []int, v int) bool { return len(list) == 0 || len(list) == 1 && list[0] == v }
	return one(o.Byhour, start.Hour()) && one(o.Byminute, start.Minute()) && one(o.Bysecond, start.Second())
}

func (p *Pattern) daily(o *rrule.ROption) bool {
	if len(o.Bymonth)+len(o.Bymonthday)+len(o.Bysetpos) > 0 {
		return false
	}
	p.Frequency, p.Kind = Daily, EachDay
	if len(o.Byweekday) == 0 {
		return true
	}
	p.Kind = OnWeekdays // every day of some weekdays: as weeks
	return p.Period == 1 && p.setWeekdays(o.Byweekday)
}

func (p *Pattern) weekly(o *rrule.ROption, start time.Time) bool {
	if len(o.Bymonth)+len(o.Bymonthday)+len(o.Bysetpos) > 0 {
		return false
	}
	p.Frequency, p.Kind = Weekly, OnWeekdays
	if len(o.Byweekday) == 0 {
		p.Weekdays = 1 << start.Weekday()
		return true
	}
	return p.setWeekdays(o.Byweekday)
}

// setWeekdays takes weekdays without a number.
func (p *Pattern) setWeekdays(list []rrule.Weekday) bool {
	for _, d := range list {
		if d.N() != 0 {
			return false
		}
		p.Weekdays |= 1 << weekday(d)
	}
	return true
}

func (p *Pattern) yearly(o *rrule.ROption, start time.Time) (exact, ok bool) {
	month := int(start.Month())
	switch {
	case len(o.Bymonth) == 1 && o.Bymonth[0] >= 1 && o.Bymonth[0] <= 12:
		month = o.Bymonth[0]
	case len(o.Bymonth) > 0, len(o.Byweekday) > 0, len(o.Bymonthday) > 0:
		return false, false // days of the whole year, or of several months
	}
	p.Frequency = Yearly
	if p.Period > 1 {
		p.Frequency = Monthly // MS-OXCICAL 2.1.3.2.2.5
	}
	p.Period *= 12
	if shortest, longest := daysIn(2001, month), daysIn(2000, month); len(o.Bymonthday) != 1 || o.Bymonthday[0] <= longest {
		return p.monthly(o, start, shortest)
	}
	return false, false
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// monthly reads the days of months that have at least so many days. On a later
// day, the pattern has occurrences that the rule has not.
func (p *Pattern) monthly(o *rrule.ROption, start time.Time, days int) (exact, ok bool) {
	switch {
	case len(o.Byweekday) > 0:
		return true, len(o.Bymonthday) == 0 && p.nth(o)
	case len(o.Bymonthday) == 0 && len(o.Bysetpos) == 0:
		p.Kind, p.Day = OnDay, start.Day()
	case len(o.Bymonthday) == 1 && (len(o.Bysetpos) == 0 || len(o.Bysetpos) == 1 && (o.Bysetpos[0] == 1 || o.Bysetpos[0] == -1)):
		p.Kind, p.Day = OnDay, o.Bymonthday[0]
		if p.Day == -1 {
			p.Day = 31
			return true, true
		}
	default:
		return true, p.lastOf(o)
	}
	return p.Day <= days, p.Day >= 1 && p.Day <= 31
}

// lastOf reads the last of the days 28, 29, …: a day or the end of a shorter month.
func (p *Pattern) lastOf(o *rrule.ROption) bool {
	list := slices.Sorted(slices.Values(o.Bymonthday))
	if len(list) < 2 || len(o.Bysetpos) != 1 || o.Bysetpos[0] != -1 {
		return false
	}
	for i, d := range list {
		if d != 28+i {
			return false
		}
	}
	p.Kind, p.Day = OnDay, list[len(list)-1]
	return p.Day <= 31
}

// nth reads the n-th of some weekdays: 2TU, or TU with BYSETPOS=2.
func (p *Pattern) nth(o *rrule.ROption) bool {
	p.Kind = OnNth
	n := 0
	switch {
	case len(o.Bysetpos) == 1:
		n = o.Bysetpos[0]
		if !p.setWeekdays(o.Byweekday) {
			return false
		}
	case len(o.Bysetpos) == 0 && len(o.Byweekday) == 1:
		n = o.Byweekday[0].N()
		p.Weekdays = 1 << weekday(o.Byweekday[0])
	}
	if n == -1 {
		n = Last
	} else if n == Last {
		return false // the fifth, which not every month has
	}
	p.Nth = n
	return n >= 1 && n <= Last
}
