package rfc5322

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// entity is a part of a mail, by its place in the source.
type entity struct {
	header   header
	from, to int64 // of the content
	media    string
	params   map[string]string
	disp     string
	dparams  map[string]string
	encoding string
	children []*entity
	rest     bool // no part, but what follows the last one that was allowed
}

func (e *entity) is(kind string) bool { return e.media == kind }

func (e *entity) multipart() bool { return strings.HasPrefix(e.media, "multipart/") }

// scanner finds the structure of one mail in one pass.
type scanner struct {
	r     *bufio.Reader
	at    int64 // of the next line
	lim   Limits
	warn  *Warnings
	parts int
	open  []string // boundaries of the multiparts around, outermost first

	line  []byte // the line that was read, or its beginning
	start int64  // of it
	eol   int    // bytes of the line end before it
	whole bool   // line is all of it
	prev  int
	done  error
}

const lineBuffer = 64 << 10

func scan(src io.ReaderAt, from, to int64, lim Limits, warn *Warnings) (root *entity, parts int, err error) {
	s := &scanner{r: bufio.NewReaderSize(io.NewSectionReader(src, from, to-from), lineBuffer), at: from, lim: lim, warn: warn}
	root, _ = s.entity(0, "text/plain")
	if s.done != nil && !errors.Is(s.done, io.EOF) {
		return nil, s.parts, s.done
	}
	return root, s.parts, nil
}

// next reads a line. Only the beginning of a very long one is kept.
func (s *scanner) next() bool {
	if s.done != nil {
		return false
	}
	s.start, s.eol = s.at, s.prev
	line, err := s.r.ReadSlice('\n')
	s.line, s.whole = line, true
	n := len(line)
	if errors.Is(err, bufio.ErrBufferFull) {
		s.line = bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			line, err = s.r.ReadSlice('\n')
			n += len(line)
			if s.whole = s.whole && n <= s.lim.Header; s.whole {
				s.line = append(s.line, line...)
			}
		}
	}
	s.at += int64(n)
	s.prev = lineEnd(line)
	if err != nil {
		s.done = err
	}
	return n > 0
}

func lineEnd(line []byte) int {
	switch {
	case bytes.HasSuffix(line, []byte("\r\n")):
		return 2
	case bytes.HasSuffix(line, []byte("\n")):
		return 1
	}
	return 0
}

// stop says why a part ended: at the boundary of the level-th open multipart,
// which it may close; level -1 at the end of the mail.
type stop struct {
	level int
	last  bool
}

var atEnd = stop{level: -1}

// boundary tells whether the line is one of the open boundaries.
func (s *scanner) boundary() (stop, bool) {
	if len(s.open) == 0 || !s.whole || !bytes.HasPrefix(s.line, []byte("--")) {
		return stop{}, false
	}
	text := bytes.TrimRight(s.line[2:], " \t\r\n")
	for i := len(s.open) - 1; i >= 0; i-- {
		rest, ok := bytes.CutPrefix(text, []byte(s.open[i]))
		if ok && len(rest) == 0 {
			return stop{level: i}, true
		}
		if ok && string(rest) == "--" {
			return stop{level: i, last: true}, true
		}
	}
	return stop{}, false
}

// entity reads a part with its header.
func (s *scanner) entity(depth int, standard string) (*entity, stop) {
	e := &entity{}
	s.parts++
	end, ended := s.head(e)
	e.media, e.params = e.header.media("content-type")
	if kind, sub, ok := strings.Cut(e.media, "/"); !ok {
		e.media = standard
	} else if !isToken(kind) || !isToken(sub) {
		e.media = "application/octet-stream"
	}
	e.disp, e.dparams = e.header.media("content-disposition")
	e.encoding = e.header.token("content-transfer-encoding")
	if ended {
		e.to = e.from
		return e, end
	}
	switch b := e.params["boundary"]; {
	case !e.multipart():
	case b == "":
		s.warn.add(WarnStructure)
		e.media = "text/plain"
	case depth >= s.lim.Depth:
		s.warn.add(WarnTooDeep)
	default:
		return e, s.children(e, b, depth)
	}
	return e, s.content(e)
}

// head reads the header; ended where a boundary or the end of the mail cut it off.
func (s *scanner) head(e *entity) (end stop, ended bool) {
	e.from = s.at
	for s.next() {
		if len(bytes.TrimRight(s.line, "\r\n")) == 0 {
			e.from = s.at
			return stop{}, false
		}
		if end, ok := s.boundary(); ok {
			s.warn.add(WarnStructure)
			e.from = s.start
			return end, true
		}
		if len(e.header.block)+len(s.line) > s.lim.Header {
			s.warn.add(WarnHeaderLong)
			continue
		}
		if !s.whole {
			s.warn.add(WarnHeaderLong)
		}
		if !e.header.line(s.line, s.warn) {
			s.warn.add(WarnNoHeader)
			e.from = s.start
			return stop{}, false
		}
	}
	e.from = s.at
	return atEnd, true
}

// content passes over the content of a part without parts.
func (s *scanner) content(e *entity) stop {
	for s.next() {
		if end, ok := s.boundary(); ok {
			e.to = max(e.from, s.start-int64(s.eol))
			return end
		}
	}
	e.to = s.at
	return atEnd
}

// children reads the parts of a multipart.
func (s *scanner) children(e *entity, boundary string, depth int) stop {
	level := len(s.open)
	s.open = append(s.open, strings.TrimRight(boundary, " \t"))
	defer func() { s.open = s.open[:level] }()
	end := s.content(&entity{from: e.from}) // the preamble
	for end.level == level && !end.last {
		if s.parts >= s.lim.Parts {
			s.warn.add(WarnTooMany)
			rest := &entity{from: s.at, media: "application/octet-stream", rest: true}
			s.open = s.open[:level]
			end = s.content(rest)
			e.children, e.to = append(e.children, rest), rest.to
			return end
		}
		var child *entity
		child, end = s.entity(depth+1, childType(e))
		e.children = append(e.children, child)
	}
	if end.level == level { // closed: the epilogue follows
		s.open = s.open[:level]
		end = s.content(&entity{from: s.at})
	} else {
		s.warn.add(WarnStructure)
	}
	if e.to = s.at; end.level >= 0 {
		e.to = max(e.from, s.start-int64(s.eol))
	}
	return end
}

// childType is the type of a part that names none, RFC 2046 5.1.5.
func childType(parent *entity) string {
	if parent.is("multipart/digest") {
		return "message/rfc822"
	}
	return "text/plain"
}
