// Package format writes sizes, moments and spans of time the way the
// technician's language does.
package format

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"vangnet/ui/i18n"
)

// Format writes values in one language and time zone.
type Format struct {
	words *i18n.Words
	zone  *time.Location
	point string // decimal point
}

// New returns a Format that shows moments in zone.
func New(words *i18n.Words, zone *time.Location) *Format {
	f := &Format{words: words, zone: zone, point: "."}
	if words.Lang() == i18n.Dutch {
		f.point = ","
	}
	return f
}

// Count writes a whole number with groups: 38,411.
func (f *Format) Count(n int64) string { return f.words.Number(n) }

// Short writes a number from a million on in millions: 1.2 M.
func (f *Format) Short(n int64) string {
	if n < 1_000_000 {
		return f.Count(n)
	}
	text := strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64)
	return f.words.T("count.millions", "n", strings.Replace(text, ".", f.point, 1))
}

// Bytes writes a size in units of 1000: 84 kB, 1.2 GB.
func (f *Format) Bytes(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	v, unit := float64(n), ""
	for _, unit = range []string{"kB", "MB", "GB", "TB", "PB"} {
		if v /= 1000; v < 999.5 {
			break
		}
	}
	decimals := 0
	if v < 9.95 {
		decimals = 1
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	return strings.Replace(text, ".", f.point, 1) + " " + unit
}

// Speed writes bytes a second.
func (f *Format) Speed(perSecond float64) string { return f.Bytes(int64(perSecond)) + "/s" }

// Moment writes a date and time as short as now allows: today only the time,
// this year without the year. A zero moment is "".
func (f *Format) Moment(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(f.zone), now.In(f.zone)
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04")
	case t.Year() == now.Year():
		return fmt.Sprintf("%d %s %s", t.Day(), f.month(t), t.Format("15:04"))
	}
	return f.Date(t)
}

// Day writes a day as short as now allows: 14 nov, with the year when it is
// another one.
func (f *Format) Day(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(f.zone), now.In(f.zone)
	if t.Year() == now.Year() {
		return fmt.Sprintf("%d %s", t.Day(), f.month(t))
	}
	return f.Date(t)
}

// Full writes date and time with the year: 14 nov 2026 09:00.
func (f *Format) Full(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(f.zone)
	return f.Date(t) + " " + t.Format("15:04")
}

// Date writes a day: 14 nov 2026.
func (f *Format) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(f.zone)
	return fmt.Sprintf("%d %s %d", t.Day(), f.month(t), t.Year())
}

// Clock writes the time of the day: 09:14.
func (f *Format) Clock(t time.Time) string { return t.In(f.zone).Format("15:04") }

// Age writes how long ago t was, in its biggest unit: 5 h, 2 d.
func (f *Format) Age(t, now time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return f.Span(now.Sub(t))
}

// Span writes a length of time in its biggest unit.
func (f *Format) Span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return f.words.T("span.seconds", "n", strconv.Itoa(int(d.Seconds())))
	case d < time.Hour:
		return f.words.T("span.minutes", "n", strconv.Itoa(int(d.Minutes())))
	case d < 48*time.Hour:
		return f.words.T("span.hours", "n", strconv.Itoa(int(d.Hours())))
	}
	return f.words.T("span.days", "n", f.Count(int64(d.Hours()/24)))
}

// About writes an expected length of time in words: about 2 minutes.
func (f *Format) About(d time.Duration) string {
	switch {
	case d < time.Second:
		return f.words.T("about.moment")
	case d < 90*time.Second:
		return f.words.N("about.seconds", int64(d.Seconds()+0.5))
	case d < 90*time.Minute:
		return f.words.N("about.minutes", int64(d.Minutes()+0.5))
	}
	return f.words.N("about.hours", int64(d.Hours()+0.5))
}

func (f *Format) month(t time.Time) string {
	return strings.Fields(f.words.T("months"))[t.Month()-1]
}
