package ical

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// Write writes an appointment, meeting message, task or note as one VCALENDAR:
// a series with its changed occurrences beside it. The result depends on the
// item alone. Items of other classes fail with an error that wraps ErrClass.
func Write(w io.Writer, m *mapi.Message, o Options) error {
	if o.Files == 0 {
		o.Files = 4 << 20
	}
	wr := &writer{opt: o, filesLeft: maxFiles, cal: ics.NewCalendar(), used: map[string]use{}}
	product := o.Product
	if product == "" {
		product = defaultProduct
	}
	wr.cal.Props.SetText(ics.PropProductID, sanitize(product))
	wr.cal.Props.SetText(ics.PropVersion, "2.0")
	if o.Method {
		wr.cal.Props.SetText(ics.PropMethod, Method(m))
	}
	switch kindOf(m) {
	case kindEvent:
		wr.events(m)
	case kindTask:
		wr.task(m)
	case kindJournal:
		wr.journal(m)
	default:
		return fmt.Errorf("write %.100q as a calendar: %w", m.Class(), ErrClass)
	}
	wr.cal.Children = append(wr.describe(), wr.cal.Children...)
	buf := bufio.NewWriter(w)
	if err := ics.NewEncoder(&folder{w: buf}).Encode(wr.cal); err != nil {
		return fmt.Errorf("write calendar: %w", err)
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("write calendar: %w", err)
	}
	return nil
}

const (
	maxFiles = 16 << 20 // bytes of all attachments in one calendar
	maxBody  = 4 << 20  // bytes of a description
)

type writer struct {
	opt       Options
	cal       *ics.Calendar
	filesLeft int64
	used      map[string]use // by TZID
}

func (w *writer) warn(one Warning, what string) {
	if w.opt.Warn != nil {
		w.opt.Warn(one, what)
	}
}

// folder folds lines after 75 bytes, at the end of a character. Each Write must
// be one line with its end.
type folder struct{ w *bufio.Writer }

func (f *folder) Write(p []byte) (int, error) {
	const width = 75
	rest, room := p, width
	for len(rest) > room+len("\r\n") {
		n := room
		for n > 1 && !utf8.RuneStart(rest[n]) {
			n--
		}
		if _, err := f.w.Write(rest[:n]); err != nil {
			return 0, err
		}
		if _, err := f.w.WriteString("\r\n "); err != nil {
			return 0, err
		}
		rest, room = rest[n:], width-1
	}
	if _, err := f.w.Write(rest); err != nil {
		return 0, err
	}
	return len(p), nil
}

// sanitize makes a text fit for a value: one kind of line end, no controls.
func sanitize(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if isControl(r) && r != '\n' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// component is one that is written, with the lines that were kept of the one it
// was read from.
type component struct {
	*ics.Component
	kept *ics.Component
}

// newComponent starts one of an item.
func (w *writer) newComponent(name string, m *mapi.Message) *component {
	c := &component{Component: ics.NewComponent(name), kept: keptOf(name, keptLines(m))}
	w.cal.Children = append(w.cal.Children, c.Component)
	return c
}

// keptLines are the lines that were kept, wherever the text lies.
func keptLines(m *mapi.Message) string {
	p, _ := m.Props.Named(mapi.CalendarFields)
	if blob, ok := p.Value.(mapi.Blob); ok {
		b, err := load(blob, 2*maxKept)
		if err != nil {
			return ""
		}
		return charset.DecodeUTF16(b)
	}
	s, _ := p.Value.(string)
	return s
}

// keptOf reads kept lines like a calendar, for nothing guarantees what they are.
func keptOf(name, lines string) *ics.Component {
	none := ics.NewComponent(name)
	if lines == "" || len(lines) > maxKept {
		return none
	}
	var warn Warnings
	list := split([]byte("BEGIN:"+name+"\n"+lines+"END:"+name+"\n"), Limits{}.orDefaults(), &warn)
	if len(list) != 1 || list[0].Name != name {
		return none
	}
	c := list[0].Component
	drop(c)
	for _, alarm := range c.Children {
		drop(alarm)
		alarm.Children = nil
	}
	return c
}

// drop takes out properties that would make strict readers refuse the calendar.
func drop(c *ics.Component) {
	p := newParser(Limits{})
	for name, list := range c.Props {
		c.Props[name] = slices.DeleteFunc(list, func(prop ics.Prop) bool { return !p.sound(&prop) })
		if len(c.Props[name]) == 0 {
			delete(c.Props, name)
		}
	}
}

func (c *component) text(name, value string) {
	if value = sanitize(value); value != "" {
		c.Props.Set(textProp(name, value))
	}
}

// textProp is a text, without saying so where the name does not.
func textProp(name, value string) *ics.Prop {
	prop := ics.NewProp(name)
	prop.SetText(value)
	prop.Params.Del(ics.ParamValue)
	return prop
}

// word sets a value that needs no escapes.
func (c *component) word(name, value string) {
	prop := ics.NewProp(name)
	prop.Value = oneLine(value)
	c.Props.Set(prop)
}

// keptIf puts the kept property in the place of the one that was made, where it
// means the same in the terms of Exchange.
func (c *component) keptIf(name string, same func(*ics.Prop) bool) {
	if prop := c.kept.Props.Get(name); prop != nil && same(prop) {
		c.Props.Set(prop)
	}
}

func (c *component) stamp(name string, at time.Time) {
	if at = sayable(at); !at.IsZero() {
		c.Props.SetDateTime(name, at.UTC())
	}
}

// once are properties that a component has at most once.
var once = map[string]bool{
	ics.PropDateTimeStart: true, ics.PropClass: true, ics.PropCreated: true, ics.PropDescription: true, ics.PropGeo: true,
	ics.PropLastModified: true, ics.PropLocation: true, ics.PropOrganizer: true, ics.PropPriority: true, ics.PropRecurrenceRule: true,
	ics.PropSequence: true, ics.PropStatus: true, ics.PropSummary: true, ics.PropTransparency: true, ics.PropURL: true,
	ics.PropRecurrenceID: true, ics.PropDateTimeEnd: true, ics.PropDuration: true, ics.PropColor: true, ics.PropCompleted: true,
	ics.PropPercentComplete: true, ics.PropDue: true, ics.PropUID: true, ics.PropDateTimeStamp: true,
}

// repeat adds the kept properties that nothing else decides.
func (c *component) repeat(decided ...string) {
	skip := map[string]bool{}
	for _, list := range [][]string{commonProps, decided} {
		for _, name := range list {
			skip[name] = true
		}
	}
	for _, name := range sorted(c.kept) {
		if skip[name] || once[name] && c.Props.Get(name) != nil {
			continue
		}
		for i := range c.kept.Props[name] {
			if i > 0 && once[name] {
				break
			}
			c.Props.Add(&c.kept.Props[name][i])
		}
	}
}
