package ical

import (
	"bytes"
	"strings"

	ics "github.com/emersion/go-ical"
)

const maxNesting = 6

// entry is a component as the file has it.
type entry struct {
	*ics.Component
	head *head
	text string // its lines, for what must be made of the content
}

// head is what a calendar says about all that is in it.
type head struct {
	method string
	zone   string // of times that name none
}

// splitter cuts a calendar into components and closes what was left open.
type splitter struct {
	lim   Limits
	warn  *Warnings
	head  *head
	stack []string
	text  bytes.Buffer
	props int
	last  int // where the last line begins in text
	out   []*entry
	items int
}

// split reads all components of all calendars in a file.
func split(data []byte, lim Limits, warn *Warnings) []*entry {
	s := &splitter{lim: lim, warn: warn, head: &head{}}
	eachLine(toUTF8(data, warn), s.line)
	if len(s.stack) > 0 {
		warn.add(WarnCut)
		s.close(0)
	}
	return s.out
}

func (s *splitter) line(raw string) {
	c, ok, odd := repair(raw)
	if !ok {
		s.stray(raw)
		return
	}
	if odd {
		s.warn.add(WarnSyntax)
	}
	value := strings.ToUpper(strings.TrimSpace(c.value))
	switch {
	case c.name == "BEGIN":
		s.begin(value)
	case c.name == "END":
		s.end(value)
	case len(s.stack) == 0:
		s.ofCalendar(c)
	default:
		s.add(c.String())
	}
}

// stray keeps a line that is none: most are the rest of a text whose line ends
// were not escaped.
func (s *splitter) stray(raw string) {
	if strings.TrimSpace(raw) == "" {
		return
	}
	s.warn.add(WarnSyntax)
	b := s.text.Bytes()
	if len(s.stack) == 0 || s.last >= len(b) || bytes.HasPrefix(b[s.last:], []byte("BEGIN:")) || bytes.HasPrefix(b[s.last:], []byte("END:")) {
		return
	}
	s.text.Truncate(s.text.Len() - 2)
	s.text.WriteString(`\n` + clean(raw) + "\r\n")
}

func (s *splitter) add(line string) {
	if s.props++; s.props > s.lim.Properties {
		s.warn.add(WarnTooMany)
		return
	}
	s.last = s.text.Len()
	s.text.WriteString(line + "\r\n")
}

func (s *splitter) ofCalendar(c contentLine) {
	switch c.name {
	case "METHOD":
		s.head.method = strings.ToUpper(strings.TrimSpace(c.value))
	case "X-WR-TIMEZONE":
		s.head.zone = c.value
	}
}

// isItem reports the components that stand beside each other in a calendar.
func isItem(name string) bool {
	switch name {
	case ics.CompEvent, ics.CompToDo, ics.CompJournal, ics.CompTimezone, ics.CompFreeBusy:
		return true
	}
	return false
}

func (s *splitter) begin(name string) {
	switch {
	case name == ics.CompCalendar:
		s.unclosed(0)
		s.head = &head{}
		return
	case isItem(name):
		s.unclosed(0)
	}
	if n := nameLength(name); n == 0 || n != len(name) {
		s.warn.add(WarnSyntax)
		name = "X-UNKNOWN"
	}
	s.stack = append(s.stack, name)
	if len(s.stack) <= maxNesting {
		s.add("BEGIN:" + name)
	}
}

// unclosed closes components that should not be open any more.
func (s *splitter) unclosed(depth int) {
	if len(s.stack) > depth {
		s.warn.add(WarnSyntax)
		s.close(depth)
	}
}

func (s *splitter) end(name string) {
	if name == ics.CompCalendar {
		s.unclosed(0)
		return
	}
	for i := len(s.stack) - 1; i >= 0; i-- {
		if s.stack[i] == name {
			s.unclosed(i + 1)
			s.close(i)
			return
		}
	}
	s.warn.add(WarnSyntax)
}

// close ends components until only depth are open.
func (s *splitter) close(depth int) {
	for n := len(s.stack); n > depth; n-- {
		if n <= maxNesting {
			s.last = s.text.Len()
			s.text.WriteString("END:" + s.stack[n-1] + "\r\n")
		}
		s.stack = s.stack[:n-1]
		if n == 1 {
			s.finish()
		}
	}
}

// finish decodes one component on its own, so that it cannot hurt the others.
func (s *splitter) finish() {
	text := s.text.String()
	s.text.Reset()
	s.props, s.last = 0, 0
	if s.items++; s.items > s.lim.Items {
		s.warn.add(WarnTooMany)
		return
	}
	cal, err := ics.NewDecoder(strings.NewReader("BEGIN:VCALENDAR\r\n" + text + "END:VCALENDAR\r\n")).Decode()
	if err != nil {
		s.warn.add(WarnSyntax)
		return
	}
	for _, c := range cal.Children {
		s.out = append(s.out, &entry{Component: c, head: s.head, text: text})
	}
}
