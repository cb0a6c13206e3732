package fts

import (
	"bytes"
	"errors"
	"io"

	"vangnet/engine/mapi"
)

// Segment is a stretch of the joined payload. Large ones hold exactly the bytes
// of one large binary value, so the same attachment in two items makes two
// equal segments, although the records cut it at different places.
type Segment struct {
	Large   bool
	Size    int64     // large: as declared, the content may end earlier; else -1
	Content io.Reader // valid until the sink returns
}

// Sink takes the segments in order. What it leaves unread of one is discarded,
// and then lost.
type Sink func(Segment) error

// Summary is what is left to know after a split.
type Summary struct {
	// Framing recreates the records around the payload; see Join.
	Framing []byte
	// Large counts the large segments. Where it is 0 the raw stream can as well
	// be stored as it is.
	Large      int
	LargeBytes int64
	Segments   int
	Outcome    Outcome
}

// minThreshold keeps small values in the plain segments.
const minThreshold = 1 << 10

// Split reads a stream once and hands out its payload in segments, binary
// values of at least threshold bytes apart. No input is refused and no byte
// lost: Join of the framing and the segments gives the same bytes again. Errors
// come from the source or the sink.
func Split(r io.Reader, threshold int64, sink Sink) (Summary, error) {
	return newSplitter(r, threshold, sink, nil).run()
}

// SplitAndDecode is Split that also decodes the message on the way, as Decode does.
func SplitAndDecode(r io.Reader, threshold int64, sink Sink, lim Limits) (*mapi.Message, Summary, error) {
	b := &builder{lim: lim.orDefaults()}
	b.start()
	s, err := newSplitter(r, threshold, sink, b).run()
	return b.root, s, err
}

type splitter struct {
	r       *Reader
	b       *builder // may be nil
	sink    Sink
	pending bytes.Buffer // payload of elements that were read, not yet handed out
	current Element      // whose Stream is being passed on
	seen    *sniffer
	large   bool  // current is a segment of its own, up next
	done    bool  // no more elements
	rest    int64 // bytes that are no records
	raw     io.Reader
	sum     Summary
	chunk   []byte
}

func newSplitter(r io.Reader, threshold int64, sink Sink, b *builder) *splitter {
	lim := Limits{}.orDefaults()
	if b != nil {
		lim = b.lim
	}
	lim.Inline = min(lim.Inline, max(threshold, minThreshold)-1)
	rd := NewReader(r, lim)
	rd.frames.table = newTable()
	rd.strict = true
	s := &splitter{r: rd, b: b, sink: sink, chunk: make([]byte, 32<<10)}
	rd.tee = func(p []byte) { s.pending.Write(p) }
	return s
}

func (s *splitter) run() (Summary, error) {
	for {
		if err := s.fill(); err != nil {
			return s.sum, err
		}
		if s.pending.Len() > 0 {
			if err := s.hand(Segment{Size: -1, Content: plain{s}}); err != nil {
				return s.sum, err
			}
		}
		if !s.large {
			break
		}
		if err := s.handLarge(); err != nil {
			return s.sum, err
		}
	}
	s.sum.Framing = s.r.frames.table.finish(s.rest)
	s.sum.Outcome = s.r.Outcome()
	return s.sum, nil
}

// hand gives a segment to the sink and discards what it left.
func (s *splitter) hand(seg Segment) error {
	s.sum.Segments++
	if err := s.sink(seg); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, seg.Content)
	return err
}

func (s *splitter) handLarge() error {
	v := s.r.large
	v.silent = true
	s.sum.Large++
	err := s.hand(Segment{Large: true, Size: s.current.Size, Content: io.TeeReader(v, s.seen)})
	s.sum.LargeBytes += s.seen.n
	s.large = false
	s.endStream()
	return err
}

func (s *splitter) endStream() {
	if s.b != nil {
		s.b.large(s.r, s.current, mapi.Blob{}, s.seen)
	}
	s.current.Stream = nil
}

// plain reads on until a large segment begins or all is read.
type plain struct{ s *splitter }

func (p plain) Read(b []byte) (int, error) {
	if err := p.s.fill(); err != nil {
		return 0, err
	}
	return p.s.pending.Read(b)
}

// fill sees to it that payload is pending, unless the plain segment is at its end.
func (s *splitter) fill() error {
	for s.pending.Len() == 0 && !s.large {
		var err error
		switch {
		case s.raw != nil:
			return s.copyRest()
		case s.done:
			err = s.skip()
		case s.current.Stream != nil:
			err = s.passOn()
		default:
			err = s.element()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *splitter) element() error {
	e, err := s.r.Next()
	if errors.Is(err, io.EOF) {
		s.done = true
		return nil
	}
	if err != nil {
		return err
	}
	if e.Stream != nil {
		s.current, s.seen = e, &sniffer{}
		if s.b != nil {
			s.seen = s.b.sniffer(e)
		}
		s.large = e.Type == mapi.TypeBinary || e.Type == mapi.TypeObject
		return nil
	}
	if s.b != nil {
		if err := s.b.add(e); err != nil {
			return err
		}
		if s.b.full {
			s.r.fault(ReasonLimit, e)
		}
	}
	return nil
}

// passOn moves a piece of a value that is long, but no segment of its own.
func (s *splitter) passOn() error {
	n, err := s.current.Stream.Read(s.chunk)
	_, _ = s.seen.Write(s.chunk[:n])
	if errors.Is(err, io.EOF) {
		s.endStream()
		return nil
	}
	return err
}

// skip moves payload that was not understood, then what are no records.
func (s *splitter) skip() error {
	n, err := s.r.frames.Read(s.chunk)
	s.pending.Write(s.chunk[:n])
	switch {
	case errors.Is(err, errBadRecord):
		s.raw = s.r.frames.rest()
	case errors.Is(err, io.EOF):
		s.raw = bytes.NewReader(nil)
	case err != nil:
		return err
	}
	return nil
}

func (s *splitter) copyRest() error {
	n, err := io.ReadFull(s.raw, s.chunk)
	s.pending.Write(s.chunk[:n])
	s.rest += int64(n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}
