package vcard

import (
	"strconv"
	"strings"
	"time"

	"vangnet/engine/mapi"
)

// noYear is the year of days that have none: what Apple writes and Exchange
// ActiveSync takes for it.
const noYear = 1604

// dateReader maps a day to the two properties that Exchange has for it: midnight
// of the day, and the same whatever the time zone. A vCard's day has no time
// zone, so both are midnight UTC.
func dateReader(id mapi.PropID, local mapi.Name) fieldReader {
	return func(c *builder, f *field) bool {
		day, ok := parseDay(f.text())
		if !ok {
			c.warn.add(WarnDate)
			return false
		}
		if omit := f.param("X-APPLE-OMIT-YEAR"); omit != "" && omit == strconv.Itoa(day.Year()) {
			day = time.Date(noYear, day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
		}
		if have := c.m.Props.Time(id); !have.IsZero() {
			return have.Equal(day)
		}
		c.m.Props.SetTime(id, day)
		c.m.Props.SetNamed(local, mapi.TypeTime, mapi.FileTimeOf(day))
		return true
	}
}

// labeledDate is a date whose label says what it is.
func (c *builder) labeledDate(f *field) bool {
	if !strings.EqualFold(c.labels[f.Group], "Anniversary") {
		return false
	}
	return dateReader(mapi.WeddingAnniversary, mapi.AnniversaryLocal)(c, f)
}

// parseDay reads a day in the forms of RFC 2426 and RFC 6350; the time after it
// says nothing of a birthday.
func parseDay(s string) (time.Time, bool) {
	day, _, _ := strings.Cut(s, "T")
	day, _, _ = strings.Cut(strings.TrimSpace(day), " ")
	if bare, ok := strings.CutPrefix(day, "--"); ok {
		day = strconv.Itoa(noYear) + "-" + bare
	}
	for _, form := range []string{"2006-01-02", "20060102", "2006-1-2", "2006-0102", "2006/01/02"} {
		if t, err := time.Parse(form, day); err == nil && t.Year() >= noYear {
			return t, true
		}
	}
	return time.Time{}, false
}

// dayOf is the day that Exchange means. The local property says it; the other
// one holds midnight of some time zone, so the nearest midnight is meant.
func dayOf(p mapi.Bag, id mapi.PropID, local mapi.Name) time.Time {
	if t := p.NamedTime(local); !t.IsZero() {
		return nearestMidnight(t)
	}
	return nearestMidnight(p.Time(id))
}

func nearestMidnight(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	y, m, d := t.UTC().Add(12 * time.Hour).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// dayField writes a day in the way of the version.
func (w *composer) dayField(name string, t time.Time) outLine {
	l := outLine{name: name, value: t.Format("2006-01-02")}
	switch {
	case w.opt.Version == Version4 && t.Year() == noYear:
		l.value = t.Format("--0102")
	case w.opt.Version == Version4:
		l.value = t.Format("20060102")
	case t.Year() == noYear:
		l.params = []param{{"X-APPLE-OMIT-YEAR", strconv.Itoa(noYear)}}
	}
	return l
}

// anniversaryGroup joins a date with its label. Others number their groups from 1.
const anniversaryGroup = "item90"

func (w *composer) dates() {
	p := w.m.Props
	if t := dayOf(p, mapi.Birthday, mapi.BirthdayLocal); !t.IsZero() {
		w.add(w.dayField("BDAY", t))
	}
	t := dayOf(p, mapi.WeddingAnniversary, mapi.AnniversaryLocal)
	switch {
	case t.IsZero():
	case w.opt.Version == Version4:
		w.add(w.dayField("ANNIVERSARY", t))
	default: // one for Outlook, the others for Apple and Google
		w.add(w.dayField("X-MS-ANNIVERSARY", t))
		date := w.dayField("X-ABDATE", t)
		date.group = anniversaryGroup
		w.add(date)
		w.add(outLine{group: anniversaryGroup, name: nameLabel, value: "_$!<Anniversary>!$_"})
	}
	if t := p.Time(mapi.LastModificationTime); !t.IsZero() {
		w.add(outLine{name: "REV", value: t.Format("20060102T150405Z")})
	}
}

// rev is when the card was changed last.
func (c *builder) rev(f *field) bool {
	for _, form := range []string{"20060102T150405Z0700", "2006-01-02T15:04:05Z07:00", "20060102T150405", "2006-01-02T15:04:05",
		"2006-01-02T15:04:05.999Z07:00", "2006-01-02", "20060102"} {
		if t, err := time.Parse(form, f.text()); err == nil && t.Year() > 1600 && t.Year() < 9999 {
			c.m.Props.SetTime(mapi.LastModificationTime, t.UTC().Truncate(time.Second))
			return true
		}
	}
	return false
}
