package todo

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/recur"
)

// Recurrence is patternedRecurrence.
type Recurrence struct {
	Pattern Pattern `json:"pattern"`
	Range   Range   `json:"range"`
}

// Pattern is recurrencePattern.
type Pattern struct {
	Type           string   `json:"type"` // daily, weekly, absoluteMonthly, relativeMonthly, absoluteYearly, relativeYearly
	Interval       int      `json:"interval"`
	Month          int      `json:"month"`
	DayOfMonth     int      `json:"dayOfMonth"`
	DaysOfWeek     []string `json:"daysOfWeek"`
	FirstDayOfWeek string   `json:"firstDayOfWeek"`
	Index          string   `json:"index"` // first, second, third, fourth, last
}

// Range is recurrenceRange.
type Range struct {
	Type                string `json:"type"` // endDate, noEnd, numbered
	StartDate           string `json:"startDate"`
	EndDate             string `json:"endDate"`
	NumberOfOccurrences int    `json:"numberOfOccurrences"`
}

func (t Task) recurrence(p *mapi.Bag) error {
	if t.Recurrence == nil {
		return nil
	}
	start, err := t.first()
	if err != nil {
		return fmt.Errorf("recurrence: %w", err)
	}
	rule, err := t.Recurrence.rule()
	if err != nil {
		return fmt.Errorf("recurrence: %w", err)
	}
	pattern, _, err := recur.FromRule(rule, start, func(t time.Time) time.Time { return t })
	if err != nil {
		return fmt.Errorf("recurrence: %w", err)
	}
	p.SetNamed(mapi.TaskRecurring, mapi.TypeBool, true)
	p.SetNamed(mapi.TaskRecurrence, mapi.TypeBinary, pattern.Encode())
	if t.DueDateTime == nil { // a recurring task is due on its day
		for _, n := range []mapi.Name{mapi.TaskDueDate, mapi.CommonEnd} {
			p.SetNamed(n, mapi.TypeTime, mapi.FileTimeOf(pattern.Start))
		}
	}
	return nil
}

// first is the day on which the recurrence begins.
func (t Task) first() (time.Time, error) {
	switch {
	case t.Recurrence.Range.StartDate != "":
		return time.Parse(time.DateOnly, t.Recurrence.Range.StartDate)
	case t.StartDateTime != nil:
		return t.StartDateTime.day(), nil
	case t.DueDateTime != nil:
		return t.DueDateTime.day(), nil
	}
	return time.Time{}, errors.New("neither range.startDate nor a date of the task is given")
}

// words of patternedRecurrence in those of RFC 5545.
var (
	frequencies = map[string]string{
		"daily": "DAILY", "weekly": "WEEKLY", "absolutemonthly": "MONTHLY", "relativemonthly": "MONTHLY",
		"absoluteyearly": "YEARLY", "relativeyearly": "YEARLY",
	}
	weekdays = map[string]string{
		"sunday": "SU", "monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA",
	}
	indexes = map[string]string{"": "1", "first": "1", "second": "2", "third": "3", "fourth": "4", "last": "-1"}
)

// rule is the recurrence as the value of an RRULE.
func (r Recurrence) rule() (string, error) {
	kind := strings.ToLower(r.Pattern.Type)
	frequency, ok := frequencies[kind]
	if !ok {
		return "", fmt.Errorf("no pattern is called %q", r.Pattern.Type)
	}
	rule := "FREQ=" + frequency
	if r.Pattern.Interval > 1 {
		rule += fmt.Sprintf(";INTERVAL=%d", r.Pattern.Interval)
	}
	days, err := r.Pattern.days()
	if err != nil {
		return "", err
	}
	relative := strings.HasPrefix(kind, "relative")
	switch {
	case relative:
		index, ok := indexes[strings.ToLower(r.Pattern.Index)]
		if !ok || days == "" {
			return "", fmt.Errorf("index %q of days %q means no day", r.Pattern.Index, r.Pattern.DaysOfWeek)
		}
		rule += ";BYDAY=" + days + ";BYSETPOS=" + index
	case kind == "weekly" && days != "":
		rule += ";BYDAY=" + days
	case strings.HasPrefix(kind, "absolute") && r.Pattern.DayOfMonth > 0:
		rule += fmt.Sprintf(";BYMONTHDAY=%d", r.Pattern.DayOfMonth)
	}
	if frequency == "YEARLY" && r.Pattern.Month > 0 {
		rule += fmt.Sprintf(";BYMONTH=%d", r.Pattern.Month)
	}
	first, ok := weekdays[strings.ToLower(cmp.Or(r.Pattern.FirstDayOfWeek, "sunday"))] // Graph's default
	if !ok {
		return "", fmt.Errorf("no day is called %q", r.Pattern.FirstDayOfWeek)
	}
	return r.Range.end(rule + ";WKST=" + first)
}

func (p Pattern) days() (string, error) {
	var list []string
	for _, d := range p.DaysOfWeek {
		day, ok := weekdays[strings.ToLower(d)]
		if !ok {
			return "", fmt.Errorf("no day is called %q", d)
		}
		list = append(list, day)
	}
	return strings.Join(list, ","), nil
}

// end adds to a rule when it ends.
func (r Range) end(rule string) (string, error) {
	switch strings.ToLower(r.Type) {
	case "", "noend":
		return rule, nil
	case "numbered":
		if r.NumberOfOccurrences < 1 {
			return "", fmt.Errorf("%d occurrences are none", r.NumberOfOccurrences)
		}
		return rule + fmt.Sprintf(";COUNT=%d", r.NumberOfOccurrences), nil
	case "enddate":
		end, err := time.Parse(time.DateOnly, r.EndDate)
		return rule + ";UNTIL=" + end.Format("20060102"), err
	}
	return "", fmt.Errorf("no range is called %q", r.Type)
}
