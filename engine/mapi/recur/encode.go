package recur

import (
	"encoding/binary"
	"slices"
	"time"

	"vangnet/engine/mapi/charset"
)

// maxText is the longest subject or place of an exception, in UTF-16 units; the
// item attached beside the blob has the whole.
const maxText = 255

type builder struct{ b []byte }

func (w *builder) u16(v int) { w.b = binary.LittleEndian.AppendUint16(w.b, uint16(v)) }
func (w *builder) u32(v int) { w.b = binary.LittleEndian.AppendUint32(w.b, uint32(v)) }

func (w *builder) time(t time.Time) { w.u32(minutes(t)) }

func (w *builder) times(list []time.Time) {
	w.u32(len(list))
	for _, t := range list {
		w.time(t)
	}
}

// Encode writes the recurrence of a task.
func (p Pattern) Encode() []byte {
	w := &builder{}
	w.pattern(p, days(p.Deleted), nil)
	return w.b
}

// Encode writes the recurrence of an appointment.
func (s Series) Encode() []byte {
	list := slices.Clone(s.Exceptions)
	slices.SortStableFunc(list, func(a, b Exception) int { return a.Start.Compare(b.Start) })
	deleted, modified := slices.Clone(s.Deleted), []time.Time(nil)
	for _, e := range list {
		deleted, modified = append(deleted, e.Original), append(modified, e.Start)
	}
	w := &builder{}
	w.pattern(s.Pattern, days(deleted), days(modified))
	w.u32(reader2)
	w.u32(writer2)
	w.u32(int(s.From / time.Minute))
	w.u32(int(s.To / time.Minute))
	w.u16(len(list))
	for _, e := range list {
		w.exception(e)
	}
	w.u32(0)
	for _, e := range list {
		w.extended(e)
	}
	w.u32(0)
	return w.b
}

// days are the midnights of a list, in order.
func days(list []time.Time) []time.Time {
	out := make([]time.Time, len(list))
	for i, t := range list {
		out[i] = Midnight(t)
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

func (w *builder) pattern(p Pattern, deleted, modified []time.Time) {
	w.u16(version)
	w.u16(version)
	w.u16(int(p.Frequency))
	w.u16(int(p.Kind))
	w.u16(0) // calendar
	w.u32(p.firstDateTime())
	w.u32(p.unit() * p.Period)
	sliding := 0
	if p.Sliding {
		sliding = 1
	}
	w.u32(sliding)
	switch p.Kind {
	case OnWeekdays:
		w.u32(int(p.Weekdays))
	case OnDay, OnLastDay:
		w.u32(p.Day)
	case OnNth:
		w.u32(int(p.Weekdays))
		w.u32(p.Nth)
	}
	w.u32(int(p.End))
	if p.End == Never {
		w.u32(neverCount)
	} else {
		w.u32(p.Count)
	}
	w.u32(int(p.FirstDay))
	w.times(deleted)
	w.times(modified)
	w.time(p.Start)
	if p.End == Never || p.Until.IsZero() {
		w.u32(neverEnds)
	} else {
		w.time(p.Until)
	}
}

// unit is what the period counts, in terms of the blob.
func (p Pattern) unit() int {
	if p.Kind == EachDay {
		return minutesInDay
	}
	return 1
}

// firstDateTime tells which periods are meant where not every one is:
// MS-OXOCAL 2.2.1.44.1.1.
func (p Pattern) firstDateTime() int {
	first := p.first(p.Start)
	switch p.Kind {
	case EachDay:
		return minutes(first) % (p.Period * minutesInDay)
	case OnWeekdays:
		return minutes(first) % (p.Period * 7 * minutesInDay)
	}
	return minutes(epoch.AddDate(0, months(first)%p.Period, 0))
}

func (w *builder) exception(e Exception) {
	w.time(e.Start)
	w.time(e.End)
	w.time(e.Original)
	w.u16(int(e.Flags))
	if e.Flags&ChangedSubject != 0 {
		w.ansi(e.Subject)
	}
	w.number(e, ChangedMeeting, e.Meeting)
	w.number(e, ChangedReminder, e.Reminder)
	w.truth(e, ChangedReminderSet, e.ReminderSet)
	if e.Flags&ChangedLocation != 0 {
		w.ansi(e.Location)
	}
	w.number(e, ChangedBusy, e.Busy)
	w.truth(e, ChangedFiles, e.Files)
	w.truth(e, ChangedAllDay, e.AllDay)
	w.number(e, ChangedColour, e.Colour)
}

func (w *builder) number(e Exception, f Flags, v int) {
	if e.Flags&f != 0 {
		w.u32(v)
	}
}

func (w *builder) truth(e Exception, f Flags, v bool) {
	n := 0
	if v {
		n = 1
	}
	w.number(e, f, n)
}

// ansi writes a text in Latin letters, others as question marks.
func (w *builder) ansi(s string) {
	var b []byte
	for _, r := range s {
		if r < 0x80 || r >= 0xA0 && r <= 0xFF {
			b = append(b, byte(r))
		} else {
			b = append(b, '?')
		}
	}
	b = b[:min(len(b), maxText)]
	w.u16(len(b) + 1)
	w.u16(len(b))
	w.b = append(w.b, b...)
}

func (w *builder) extended(e Exception) {
	w.u32(4)
	w.u32(0) // highlight
	w.u32(0)
	if e.Flags&(ChangedSubject|ChangedLocation) == 0 {
		return
	}
	w.time(e.Start)
	w.time(e.End)
	w.time(e.Original)
	if e.Flags&ChangedSubject != 0 {
		w.wide(e.Subject)
	}
	if e.Flags&ChangedLocation != 0 {
		w.wide(e.Location)
	}
	w.u32(0)
}

func (w *builder) wide(s string) {
	b := charset.EncodeUTF16(s)
	b = b[:min(len(b), 2*maxText)]
	w.u16(len(b) / 2)
	w.b = append(w.b, b...)
}
