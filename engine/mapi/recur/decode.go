package recur

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"vangnet/engine/mapi/charset"
)

const (
	version      = 0x3004
	reader2      = 0x3006
	writer2      = 0x3009 // from here on, exceptions carry a highlight
	neverEnds    = 0x5AE980DF
	neverCount   = 10
	minutesInDay = 1440
)

// cursor reads little-endian numbers. After the end it reads zeros and is short.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.short, c.b = true, nil
		return nil
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) u16() int {
	if b := c.take(2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}

func (c *cursor) u32() int {
	if b := c.take(4); b != nil {
		return int(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (c *cursor) time() time.Time { return fromMinutes(c.u32()) }

// times reads a counted list.
func (c *cursor) times() []time.Time {
	n := c.u32()
	if n > len(c.b)/4 {
		c.short = true
		return nil
	}
	var out []time.Time
	for range n {
		out = append(out, c.time())
	}
	return out
}

// block skips reserved bytes behind their length.
func (c *cursor) block() { c.take(c.u32()) }

// DecodePattern reads the recurrence of a task.
func DecodePattern(b []byte) (Pattern, error) {
	p, err := decodePattern(&cursor{b: b})
	if err != nil {
		return Pattern{}, fmt.Errorf("read recurrence: %w", err)
	}
	return p, nil
}

// Decode reads the recurrence of an appointment. Where the pattern is whole but
// the exceptions are not, it returns what there is with an error that wraps
// ErrPartial.
func Decode(b []byte) (Series, error) {
	c := &cursor{b: b}
	p, err := decodePattern(c)
	if err != nil {
		return Series{}, fmt.Errorf("read recurrence: %w", err)
	}
	s := Series{Pattern: p}
	c.u32() // reader version
	writer := c.u32()
	from, to := c.u32(), c.u32()
	if c.short || from >= 2*minutesInDay || to < from || to-from > maxLength {
		return Series{}, fmt.Errorf("read the times of a recurrence: %w", ErrBlob)
	}
	s.From, s.To = time.Duration(from)*time.Minute, time.Duration(to)*time.Minute
	whole := s.exceptions(c, writer >= writer2)
	s.cancelled()
	if !whole {
		return s, fmt.Errorf("read recurrence: %w", ErrPartial)
	}
	return s, nil
}

// maxLength is the longest appointment that is believed, in minutes.
const maxLength = 10 * 366 * minutesInDay

func decodePattern(c *cursor) (Pattern, error) {
	c.u16() // reader version
	if v := c.u16(); v != version {
		return Pattern{}, fmt.Errorf("version %#x: %w", v, ErrBlob)
	}
	p := Pattern{Frequency: Frequency(c.u16()), Kind: Kind(c.u16())}
	calendar := c.u16()
	c.u32() // first date-time: follows from the start
	p.Period = c.u32()
	p.Sliding = c.u32() != 0
	switch p.Kind {
	case OnWeekdays:
		p.Weekdays = Weekdays(c.u32() & int(AllDays))
	case OnDay, OnLastDay:
		p.Day = c.u32()
	case OnNth:
		p.Weekdays, p.Nth = Weekdays(c.u32()&int(AllDays)), c.u32()
	case EachDay:
	default:
		return p, fmt.Errorf("pattern %#x: %w", p.Kind, ErrUnsupported)
	}
	p.End, p.Count, p.FirstDay = End(uint32(c.u32())), c.u32(), time.Weekday(c.u32()%7)
	p.Deleted = c.times()
	c.times() // the days of modified ones: the exceptions say them too
	p.Start, p.Until = Midnight(c.time()), Midnight(c.time())
	if c.short {
		return p, fmt.Errorf("it is cut off: %w", ErrBlob)
	}
	if !gregorian(calendar) {
		return p, fmt.Errorf("calendar %d: %w", calendar, ErrUnsupported)
	}
	return p.settled()
}

// settled brings units and ends into one form, and refuses what has no days.
func (p Pattern) settled() (Pattern, error) {
	if p.Kind == EachDay || p.Kind == OnWeekdays && p.Frequency == Daily && p.Period >= minutesInDay {
		if p.Period%minutesInDay != 0 {
			return p, fmt.Errorf("every %d minutes: %w", p.Period, ErrUnsupported)
		}
		p.Period /= minutesInDay
	}
	switch {
	case p.End == ByCount && p.Count > maxCount:
		return p, fmt.Errorf("%d occurrences: %w", p.Count, ErrUnsupported)
	case p.End == ByCount && p.Count > 0:
	case p.End != ByDate && p.End != ByCount, p.Until.After(horizon), p.Until.Equal(horizon):
		p.End, p.Until = Never, time.Time{}
	default:
		p.End = ByDate
	}
	if !p.valid() {
		return p, fmt.Errorf("it has no days: %w", ErrBlob)
	}
	for i, d := range p.Deleted {
		p.Deleted[i] = Midnight(d)
	}
	return p, nil
}

// gregorian reports whether a calendar has the months and days of ours.
// MS-OXOCAL 2.2.1.44.1: default, Gregorian in several languages, Japanese,
// Taiwan, Korean and Thai eras.
func gregorian(calendar int) bool {
	switch calendar {
	case 0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12:
		return true
	}
	return false
}

// exceptions reads both lists of them, and reports whether all could be read.
func (s *Series) exceptions(c *cursor, highlights bool) bool {
	n := c.u16()
	for range n {
		e := readException(c)
		if c.short {
			return false
		}
		s.Exceptions = append(s.Exceptions, e)
	}
	c.block()
	for i := range s.Exceptions {
		if c.short {
			return false
		}
		readExtended(c, &s.Exceptions[i], highlights)
	}
	return !c.short
}

func readException(c *cursor) Exception {
	e := Exception{Start: c.time(), End: c.time(), Original: c.time(), Flags: Flags(c.u16())}
	text := func() string {
		c.u16() // the length with its terminator
		s, _ := charset.DecodePage(charset.Windows1252, c.take(c.u16()))
		return s
	}
	number := func(f Flags, to *int) {
		if e.Flags&f != 0 {
			*to = int(int32(uint32(c.u32())))
		}
	}
	truth := func(f Flags, to *bool) {
		if e.Flags&f != 0 {
			*to = c.u32() != 0
		}
	}
	if e.Flags&ChangedSubject != 0 {
		e.Subject = text()
	}
	number(ChangedMeeting, &e.Meeting)
	number(ChangedReminder, &e.Reminder)
	truth(ChangedReminderSet, &e.ReminderSet)
	if e.Flags&ChangedLocation != 0 {
		e.Location = text()
	}
	number(ChangedBusy, &e.Busy)
	truth(ChangedFiles, &e.Files)
	truth(ChangedAllDay, &e.AllDay)
	number(ChangedColour, &e.Colour)
	return e
}

// readExtended reads the same texts again, in Unicode.
func readExtended(c *cursor, e *Exception, highlights bool) {
	if highlights {
		c.block()
	}
	c.block()
	if e.Flags&(ChangedSubject|ChangedLocation) == 0 {
		return
	}
	c.take(12) // the three times again
	text := func(f Flags, to *string) {
		if e.Flags&f == 0 {
			return
		}
		if b := c.take(2 * c.u16()); !c.short {
			*to = charset.DecodeUTF16(b)
		}
	}
	text(ChangedSubject, &e.Subject)
	text(ChangedLocation, &e.Location)
	c.block()
}

// cancelled takes the days of exceptions out of the deleted ones.
func (s *Series) cancelled() {
	moved := make(map[time.Time]bool, len(s.Exceptions))
	for _, e := range s.Exceptions {
		moved[Midnight(e.Original)] = true
	}
	s.Deleted = slices.DeleteFunc(s.Deleted, func(d time.Time) bool { return moved[d] })
}
