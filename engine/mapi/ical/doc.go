// Package ical turns appointments, meeting messages, tasks and notes into
// iCalendar (RFC 5545) and back, as MS-OXCICAL describes for appointments.
// Reading refuses nothing: one damaged event never costs the others, and what
// Exchange has no place for is kept as it was written.
package ical

import (
	"errors"

	"vangnet/engine/mapi"
)

// Options change how Write makes a calendar of an item.
type Options struct {
	// Resolve finds the SMTP address of a person inside the organisation; may be nil.
	Resolve func(ex string) string
	// Owner is the SMTP address of whom the mailbox belongs to, whose answer the
	// item itself holds; may be empty.
	Owner string
	// Product is the PRODID; empty: this program.
	Product string
	// Method asks for the METHOD that the class of the item means, as meeting
	// mails need it. Without it the calendar is a file.
	Method bool
	// Files is the size of the largest attachment that goes into the calendar, in
	// bytes; 0: 4 MiB. Below zero: attachments are left out without a warning.
	Files int64
	// Warn is told of what could not be written, with its name; may be nil.
	Warn func(w Warning, what string)
}

// Limits bound what is read of one calendar. The zero value means the defaults.
type Limits struct {
	Size       int64 // bytes
	Items      int   // events, tasks and notes
	Properties int   // of one component
	People     int   // of one item
	Text       int   // bytes of a description
}

func (l Limits) orDefaults() Limits {
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	if l.Size <= 0 {
		l.Size = 64 << 20
	}
	def(&l.Items, 50_000)
	def(&l.Properties, 10_000)
	def(&l.People, 5000)
	def(&l.Text, 4<<20)
	return l
}

// Warning is something that is not as it should be.
type Warning string

// The warnings of Parse.
const (
	WarnSyntax    Warning = "syntax"     // a line that had to be repaired or left out
	WarnCut       Warning = "cut"        // more than Limits.Size, or an end in the middle
	WarnTooMany   Warning = "too_many"   // items, properties or people beyond the limits
	WarnTooLong   Warning = "too_long"   // a text longer than a body can be
	WarnCharset   Warning = "charset"    // not UTF-8: a guess was made
	WarnTime      Warning = "time"       // a date that is none, or an end before the start
	WarnZone      Warning = "time_zone"  // an unknown one, taken as UTC
	WarnNoStart   Warning = "no_start"   // an event without a start
	WarnNoUID     Warning = "no_uid"     // one was made of the content
	WarnRule      Warning = "recurrence" // cannot be expressed: the first occurrence alone, the rule kept
	WarnInexact   Warning = "month_end"  // the pattern falls on the last day of months that the rule leaves out
	WarnException Warning = "exception"  // a changed occurrence that became an item of its own
	WarnFile      Warning = "file"       // an attachment that could not be read or, when writing, was left out
	WarnAlarm     Warning = "alarm"      // cannot be expressed: kept or, when writing, left out
)

// The further warnings of Write.
const (
	WarnSeries     Warning = "series"     // a recurrence that cannot be read: the single item was written
	WarnExceptions Warning = "exceptions" // some of the changed occurrences cannot be read
	WarnZoneBlob   Warning = "zone_blob"  // a time zone that cannot be read or is missing
)

// Warnings are those of one calendar, each once, in the order they came up.
type Warnings []Warning

func (w *Warnings) add(one Warning) {
	if !w.Has(one) {
		*w = append(*w, one)
	}
}

// Has reports whether one is among them.
func (w Warnings) Has(one Warning) bool {
	for _, have := range w {
		if have == one {
			return true
		}
	}
	return false
}

// ErrClass is wrapped by the error of Write for an item of another kind.
var ErrClass = errors.New("not an item of a calendar")

const defaultProduct = "-//Vangnet//Vangnet//EN"

// kind is the component that an item becomes.
type kind int

const (
	kindNone kind = iota
	kindEvent
	kindTask
	kindJournal
)

func kindOf(m *mapi.Message) kind {
	for _, c := range []struct {
		class string
		kind  kind
	}{
		{"IPM.Appointment", kindEvent}, {"IPM.Schedule.Meeting", kindEvent}, {exceptionClass, kindEvent},
		{"IPM.TaskRequest", kindTask}, {"IPM.Task", kindTask},
		{"IPM.StickyNote", kindJournal}, {"IPM.Activity", kindJournal},
	} {
		if m.IsClass(c.class) {
			return c.kind
		}
	}
	return kindNone
}

// exceptionClass is the class of a changed occurrence inside its series.
const exceptionClass = "IPM.OLE.CLASS.{00061055-0000-0000-C000-000000000046}"

// Can reports whether Write knows items of this class.
func Can(class string) bool {
	m := &mapi.Message{}
	m.Props.SetString(mapi.MessageClass, class)
	return kindOf(m) != kindNone
}

// The methods of MS-OXCICAL 2.1.3.1.1.1. MethodPublish is that of an item which
// is no message about a meeting.
const (
	MethodPublish = "PUBLISH"
	methodRequest = "REQUEST"
	methodCancel  = "CANCEL"
	methodReply   = "REPLY"
	methodCounter = "COUNTER"
)

// Method is the METHOD that an item stands for.
func Method(m *mapi.Message) string {
	switch {
	case m.IsClass("IPM.Schedule.Meeting.Request"):
		return methodRequest
	case m.IsClass("IPM.Schedule.Meeting.Canceled"):
		return methodCancel
	case m.IsClass("IPM.Schedule.Meeting.Resp") && m.Props.NamedBool(mapi.CounterProposal):
		return methodCounter
	case m.IsClass("IPM.Schedule.Meeting.Resp"):
		return methodReply
	}
	return MethodPublish
}
