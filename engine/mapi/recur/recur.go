// Package recur reads and writes the recurrence of appointments and tasks
// (MS-OXOCAL 2.2.1.44) and turns it into recurrence rules (RFC 5545 3.3.10) and
// back.
//
// All days and times are wall clocks in the zone of the series: a time.Time in
// UTC whose fields are what calendar and clock show.
package recur

import (
	"errors"
	"time"
)

// Frequency is RecurFrequency.
type Frequency uint16

// The frequencies.
const (
	Daily   Frequency = 0x200A
	Weekly  Frequency = 0x200B
	Monthly Frequency = 0x200C
	Yearly  Frequency = 0x200D
)

// Kind is PatternType: which days of a period are meant.
type Kind uint16

// The kinds. Those of the Hijri calendar are not read.
const (
	EachDay    Kind = 0 // every Period days
	OnWeekdays Kind = 1 // every Period weeks on Weekdays
	OnDay      Kind = 2 // every Period months on Day, or the last of a shorter month
	OnNth      Kind = 3 // every Period months on the Nth of Weekdays
	OnLastDay  Kind = 4 // every Period months on the last day
)

// End is EndType.
type End uint32

// The ends.
const (
	ByDate  End = 0x2021
	ByCount End = 0x2022
	Never   End = 0x2023
)

// Last is the value of Nth for the last one of a month.
const Last = 5

// Weekdays is a set of days of the week: bit n for time.Weekday n.
type Weekdays uint8

// AllDays has all seven.
const AllDays Weekdays = 0x7F

// Has reports whether a day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w>>d&1 != 0 }

// Pattern is a recurrence without exceptions: RecurrencePattern.
type Pattern struct {
	Frequency Frequency
	Kind      Kind
	Period    int // days, weeks or months, by Kind
	Sliding   bool
	Weekdays  Weekdays
	Day       int // of the month
	Nth       int // 1..4, or Last
	End       End
	Count     int
	FirstDay  time.Weekday
	Deleted   []time.Time // days left out; in a Series without those of its exceptions
	Start     time.Time   // the day of the first
	Until     time.Time   // the day of the last; the zero time where there is none
}

// Series is a recurring appointment: AppointmentRecurrencePattern.
type Series struct {
	Pattern
	From, To   time.Duration // start and end of each, after its midnight
	Exceptions []Exception
}

// Flags say what an exception changes: OverrideFlags.
type Flags uint16

// The flags.
const (
	ChangedSubject     Flags = 0x0001
	ChangedMeeting     Flags = 0x0002
	ChangedReminder    Flags = 0x0004
	ChangedReminderSet Flags = 0x0008
	ChangedLocation    Flags = 0x0010
	ChangedBusy        Flags = 0x0020
	ChangedFiles       Flags = 0x0040
	ChangedAllDay      Flags = 0x0080
	ChangedColour      Flags = 0x0100
	ChangedBody        Flags = 0x0200
)

// Exception is a changed occurrence. Fields count where their flag is set.
type Exception struct {
	Start, End, Original time.Time
	Flags                Flags
	Subject, Location    string
	Meeting              int // state flags
	Reminder             int // minutes
	ReminderSet          bool
	Busy                 int
	Files                bool
	AllDay               bool
	Colour               int
}

// Errors that others wrap.
var (
	ErrBlob        = errors.New("not a recurrence")
	ErrPartial     = errors.New("the exceptions of a recurrence could not all be read")
	ErrUnsupported = errors.New("a recurrence that cannot be expressed")
)

// Bounds of what is read and made.
const (
	maxPeriod = 12 * 100 // of any unit
	maxCount  = 10_000   // Exchange itself stops at 999
)

var (
	epoch   = time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)
	horizon = time.Date(4500, 12, 31, 0, 0, 0, 0, time.UTC) // the end of what never ends
)

// Midnight is the day of a wall clock.
func Midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// minutes and fromMinutes convert the unit of the blobs; a time.Duration ends
// after 292 years.
func minutes(t time.Time) int { return int(t.Unix()-epoch.Unix()) / 60 }

func fromMinutes(n int) time.Time { return time.Unix(epoch.Unix()+60*int64(n), 0).UTC() }

// valid reports whether the pattern has days at all.
func (p Pattern) valid() bool {
	if p.Period < 1 || p.Period > maxPeriod || p.Start.Before(epoch) || p.Start.After(horizon) {
		return false
	}
	switch p.Kind {
	case EachDay, OnLastDay:
		return true
	case OnWeekdays:
		return p.Weekdays&AllDays != 0
	case OnDay:
		return p.Day >= 1 && p.Day <= 31
	case OnNth:
		return p.Weekdays&AllDays != 0 && p.Nth >= 1 && p.Nth <= Last
	}
	return false
}
