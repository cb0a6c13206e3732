package sim

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/recur"
	"vangnet/engine/mapi/zone"
)

// madeKind is what a made-up item is.
type madeKind uint8

const (
	madeEvent madeKind = iota
	madeContact
	madeTask
)

func (k madeKind) String() string { return []string{"event", "contact", "task"}[k] }

var scaleItemFolders = map[madeKind][]string{
	madeEvent:   {"calendar/Calendar", "calendar/Calendar", "calendar/Calendar", "calendar/Projects"},
	madeContact: {"contacts/Contacts", "contacts/Contacts", "contacts/Partners"},
	madeTask:    {"tasks/Tasks"},
}

// itemMaker makes up the events, contacts and tasks of one user.
type itemMaker struct {
	*mailMaker
	owner  mapi.Address
	zone   zone.Zone
	shapes map[shape]lengths
}

func newItemMaker(of *mailMaker) *itemMaker {
	m := &itemMaker{mailMaker: of, owner: mapi.Address{Name: of.user.DisplayName, SMTP: of.user.Mail}, shapes: map[shape]lengths{}}
	if loc, _, ok := zone.Location(demoZone); ok {
		year := of.newest.Year()
		m.zone = zone.FromLocation(loc, "W. Europe Standard Time", year, year, of.newest)
	}
	return m
}

// fill gives the user so many items of a kind.
func (k *itemMaker) fill(kind madeKind, count int) error {
	for n := range count {
		m := madeItem{maker: k, kind: kind, n: int32(n)}
		f := m.facts()
		var err error
		if m.size, err = k.size(f); err != nil {
			return fmt.Errorf("measure %s %d of %s: %w", kind, n, k.user.PrincipalName, err)
		}
		meta := mailboxes.Meta{Lazy: true, Read: true, Subject: f.subject(), Class: scaleClasses[kind], Created: f.made, Modified: f.made}
		if f.category() != "" {
			meta.Categories = []string{f.category()}
		}
		if err := k.user.Mailbox().PutStream(f.folder, m, meta); err != nil {
			return fmt.Errorf("make %s %d of %s: %w", kind, n, k.user.PrincipalName, err)
		}
	}
	return nil
}

var scaleClasses = []string{madeEvent: "IPM.Appointment", madeContact: "IPM.Contact", madeTask: "IPM.Task"}

// shape is what the length of a stream depends on beside the lengths of its
// texts; lengths is how.
type (
	shape struct {
		kind                   madeKind
		series, done, category bool
	}
	lengths struct {
		base int
		each [factTexts]int // bytes for each letter of a text
	}
)

// size is the length of the stream, found without writing it: streams of one
// shape differ by the lengths of their texts, which are written for the first one.
func (k *itemMaker) size(f itemFacts) (int32, error) {
	s := shape{f.kind, f.series, f.done, f.category() != ""}
	l, ok := k.shapes[s]
	if !ok {
		var err error
		if l, err = k.measure(f); err != nil {
			return 0, err
		}
		k.shapes[s] = l
	}
	n := l.base
	for i, t := range f.texts {
		n += l.each[i] * len(t) // ASCII: one unit a byte
	}
	return int32(n), nil
}

func (k *itemMaker) measure(f itemFacts) (l lengths, err error) {
	with := func(longer int) int {
		g := f
		for i := range g.texts {
			if g.texts[i] != "" {
				g.texts[i] = "x"
			}
			if i == longer {
				g.texts[i] = "xx"
			}
		}
		var b bytes.Buffer
		if e := fts.Encode(&b, k.message(g), fts.Options{}); e != nil {
			err = e
		}
		return b.Len()
	}
	shortest := with(-1)
	l.base = shortest
	for i, t := range f.texts {
		if t != "" {
			l.each[i] = with(i) - shortest
			l.base -= l.each[i]
		}
	}
	return l, err
}

// madeItem is a stream that is made up whenever it is read.
type madeItem struct {
	maker   *itemMaker
	n, size int32
	kind    madeKind
}

// Size is the length of the stream.
func (m madeItem) Size() int64 { return int64(m.size) }

// Open reads the stream.
func (m madeItem) Open() (io.ReadCloser, error) {
	var b bytes.Buffer
	b.Grow(int(m.size))
	if err := fts.Encode(&b, m.maker.message(m.facts()), fts.Options{}); err != nil {
		return nil, fmt.Errorf("make up %s: %w", m.kind, err)
	}
	return mailboxes.Bytes(b.Bytes()).Open()
}

// The texts of an item: name (of a contact the given name), place or surname,
// text or company, address, category.
const factTexts = 5

// itemFacts are what a made-up item is about.
type itemFacts struct {
	kind         madeKind
	texts        [factTexts]string
	folder       string
	made         time.Time
	day          time.Time     // of an event, or when a task is due
	from, length time.Duration // of an event, from midnight of the day
	series, done bool
	phone        int
}

func (f itemFacts) subject() string {
	if f.kind == madeContact {
		return f.texts[0] + " " + f.texts[1]
	}
	return f.texts[0]
}

func (f itemFacts) category() string { return f.texts[factTexts-1] }

func (m madeItem) facts() itemFacts {
	d := dice(m.maker.world.digest(m.maker.user.ID, m.kind.String(), m.n))
	number := strconv.Itoa(int(m.n) + 1)
	folders := scaleItemFolders[m.kind]
	f := itemFacts{kind: m.kind, folder: folders[d.below(26, len(folders))], phone: d.below(10, 10_000_000)}
	f.made = m.maker.newest.Add(-time.Duration(d.below(2, 3*365*24*60)) * time.Minute)
	today := m.maker.newest.Truncate(24 * time.Hour)
	switch m.kind {
	case madeEvent:
		f.texts = [...]string{d.word(0) + " " + d.word(1) + " " + number, d.word(18), m.text(d), "", ""}
		f.day = today.AddDate(0, 0, 300-d.below(6, 1000))
		f.from, f.length = time.Duration(7*4+d.below(10, 11*4))*15*time.Minute, time.Duration(1+d.below(14, 8))*15*time.Minute
		f.series = d.below(21, 8) == 0
	case madeContact:
		f.texts = [...]string{d.word(0), d.word(1) + " " + number, d.word(6) + " " + d.word(7), "contact" + number + "@partner.example", ""}
	default:
		f.texts = [...]string{d.word(0) + " " + d.word(1) + " " + number, "", m.text(d), "", ""}
		f.day = today.AddDate(0, 0, 60-d.below(6, 700))
		f.done = f.day.Before(today) && d.below(10, 3) > 0
	}
	if d.below(22, 8) == 0 {
		f.texts[factTexts-1] = d.word(28)
	}
	return f
}

func (m madeItem) text(d dice) string {
	var b strings.Builder
	for i := range 1 + int(d[19])%12 {
		b.WriteString(m.maker.lines[(int(d[20])+i)%len(m.maker.lines)])
	}
	return b.String()
}

// dice are numbers that derive from what they are for.
type dice [32]byte

// below is a number from 0 to most-1; at is the first of four bytes it is made of.
func (d dice) below(at, most int) int { return int(binary.LittleEndian.Uint32(d[at:])) % most }

func (d dice) word(at int) string { return scaleWords[int(d[at])%len(scaleWords)] }

// message is the item that the facts describe.
func (k *itemMaker) message(f itemFacts) *mapi.Message {
	var msg *mapi.Message
	switch f.kind {
	case madeEvent:
		msg = k.event(f)
	case madeContact:
		msg = mailboxes.Contact(f.texts[0], f.texts[1], f.texts[2], f.texts[3], fmt.Sprintf("010 %07d", f.phone))
	default:
		msg = mailboxes.Task(f.texts[0], f.texts[2], f.day, f.done)
	}
	if f.category() != "" {
		msg.Props.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, []string{f.category()})
	}
	msg.Props.SetTime(mapi.CreationTime, f.made)
	msg.Props.SetTime(mapi.LastModificationTime, f.made)
	mailboxes.Complete(msg, k.owner)
	return msg
}

// event is an appointment, or one that comes again each week.
func (k *itemMaker) event(f itemFacts) *mapi.Message {
	start := k.zone.Instant(f.day.Add(f.from))
	msg := mailboxes.Appointment(f.texts[0], f.texts[1], f.texts[2], start, start.Add(f.length))
	p := &msg.Props
	definition := k.zone.Definition(f.day.Year(), false)
	p.SetNamed(mapi.StartTimeZone, mapi.TypeBinary, definition)
	p.SetNamed(mapi.EndTimeZone, mapi.TypeBinary, definition)
	if !f.series {
		return msg
	}
	series := recur.Series{From: f.from, To: f.from + f.length}
	series.Pattern = recur.Pattern{Frequency: recur.Weekly, Kind: recur.OnWeekdays, Period: 1, Weekdays: 1 << f.day.Weekday(), End: recur.Never, Start: f.day}
	p.SetNamed(mapi.AppointmentRecurrence, mapi.TypeBinary, series.Encode())
	p.SetNamed(mapi.Recurring, mapi.TypeBool, true)
	p.SetNamed(mapi.RecurrenceType, mapi.TypeInt32, int32(2))
	p.SetNamed(mapi.SeriesTimeZone, mapi.TypeBinary, k.zone.Definition(f.day.Year(), true))
	p.SetNamed(mapi.TimeZoneStruct, mapi.TypeBinary, k.zone.At(f.day.Year()).Struct())
	p.SetNamed(mapi.TimeZoneText, mapi.TypeString, k.zone.Name)
	p.SetNamed(mapi.ClipStart, mapi.TypeTime, mapi.FileTimeOf(f.day))
	return msg
}
