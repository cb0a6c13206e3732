package fts

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// Element is one marker, meta element or property of a stream.
type Element struct {
	Tag    mapi.Tag   // as in the stream, string types with their code page
	Name   *mapi.Name // of a named property
	Offset int64      // in the joined payload

	// Value is what a mapi.Bag would hold; a mapi.Tag for DelProp, an int32 for
	// Warning. Nil for markers, and where Stream is set.
	Value any
	// Type is the type of Value in a bag.
	Type mapi.Type

	// Stream yields the bytes of a value larger than Limits.Inline, Size of them
	// as declared; texts with their terminator, undecoded. Valid until Next.
	Stream io.Reader
	Size   int64

	Cut     bool // the stream ended within Value, which holds what came
	Closes  int  // markers: how many open objects it closes, before it opens one
	Foreign bool // does not belong to an item; skip it

	pos position // of the value
}

// position is a place in the source from which payload can be read again.
type position struct {
	at     int64 // in the source
	remain int64 // of the transfer record it lies in
}

// IsMarker reports an element without a value.
func (e Element) IsMarker() bool {
	switch e.Tag {
	case StartRecip, EndToRecip, NewAttach, EndAttach, StartEmbed, EndEmbed:
		return true
	}
	return foreign(e.Tag)
}

// Reader yields the elements of a stream one by one.
type Reader struct {
	frames  *frames
	lim     Limits
	nest    nest
	out     Outcome
	tee     func([]byte) // sees every payload byte that was consumed
	large   *largeValue
	string8 int
	ignore  bool // the properties after ErrorInfo describe a failure
	ended   bool
	strict  bool // what is too long to hold ends reading instead of being passed over
	scratch [16]byte
}

// NewReader reads a stream of records.
func NewReader(r io.Reader, lim Limits) *Reader {
	return newReader(&frames{src: bufio.NewReaderSize(r, 16<<10)}, lim)
}

// NewElementReader reads elements that are not wrapped into records and may
// begin in the middle of an item: end markers without their start do not end it.
func NewElementReader(r io.Reader, lim Limits) *Reader {
	return newReader(&frames{src: bufio.NewReaderSize(r, 16<<10), raw: true}, lim)
}

func newReader(f *frames, lim Limits) *Reader {
	return &Reader{frames: f, lim: lim.orDefaults(), nest: newNest(), string8: charset.Windows1252}
}

// Outcome is the judgement so far; final once Next returned io.EOF.
func (r *Reader) Outcome() Outcome {
	o := r.out
	o.Unknown = r.frames.unknown
	if o.State == "" {
		o.State = Partial
	}
	return o
}

// Next returns the next element, or io.EOF where reading ended, in whatever way:
// see Outcome. Any other error comes from the source.
func (r *Reader) Next() (Element, error) {
	if r.large != nil {
		if _, err := io.Copy(io.Discard, r.large); err != nil {
			return Element{}, err
		}
	}
	if r.ended {
		return Element{}, io.EOF
	}
	e := Element{Offset: r.frames.payload}
	n, err := r.read(r.scratch[:4])
	if n == 0 && isEnd(err) {
		return e, r.finish()
	}
	if err != nil {
		return e, r.trouble(err, e)
	}
	e.Tag = mapi.Tag(binary.LittleEndian.Uint32(r.scratch[:4]))
	if r.out.Elements >= r.lim.Elements {
		return e, r.stop(ReasonLimit, e)
	}
	r.out.Elements++
	if s, ok := r.nest.mark(e.Tag, r.lim); ok {
		return r.marker(e, s)
	}
	return r.element(e)
}

func (r *Reader) marker(e Element, s step) (Element, error) {
	r.ignore = false
	e.Closes = s.closes
	if s.stop && !(r.frames.raw && s.reason == ReasonNesting) {
		return e, r.stop(s.reason, e)
	}
	r.fault(s.reason, e)
	return e, nil
}

// element reads what is no item marker.
func (r *Reader) element(e Element) (Element, error) {
	switch {
	case foreign(e.Tag):
		r.out.Foreign++
		r.fault(ReasonNesting, e)
		r.ignore, e.Foreign = e.Tag == ErrorInfo, true
		return e, nil
	case e.Tag == DelProp, e.Tag == Warning:
		return r.meta(e)
	case e.Tag == DnPrefix, e.Tag == dnPrefix8:
		return r.value(e)
	case e.Tag.Type() == mapi.TypeInt32 && e.Tag.ID() >= 0x4000 && e.Tag.ID() <= 0x40FF:
		r.out.Foreign++
	}
	if top := r.nest.top(); top.props >= r.lim.Properties {
		return e, r.stop(ReasonLimit, e)
	} else {
		top.props++
	}
	e.Foreign = r.ignore
	if id := e.Tag.ID(); id >= mapi.FirstNamed && id < 0xFFFF {
		if err := r.name(&e); err != nil {
			return e, err
		}
	}
	return r.value(e)
}

func (r *Reader) meta(e Element) (Element, error) {
	if _, err := r.read(r.scratch[:4]); err != nil {
		return e, r.trouble(err, e)
	}
	v := binary.LittleEndian.Uint32(r.scratch[:4])
	if e.Tag == Warning {
		e.Value = int32(v)
		if len(r.out.Warnings) < 100 {
			r.out.Warnings = append(r.out.Warnings, int32(v))
		}
		return e, nil
	}
	e.Value = mapi.Tag(v)
	r.fault(r.nest.announce(mapi.Tag(v)), e)
	return e, nil
}

// name reads the identity of a named property.
func (r *Reader) name(e *Element) error {
	var n mapi.Name
	if _, err := r.read(n.Set[:]); err != nil {
		return r.trouble(err, *e)
	}
	if _, err := r.read(r.scratch[:1]); err != nil {
		return r.trouble(err, *e)
	}
	switch r.scratch[0] {
	case 0:
		if _, err := r.read(r.scratch[:4]); err != nil {
			return r.trouble(err, *e)
		}
		n.LID = binary.LittleEndian.Uint32(r.scratch[:4])
	case 1:
		var units []byte
		for {
			if _, err := r.read(r.scratch[:2]); err != nil {
				return r.trouble(err, *e)
			}
			if r.scratch[0]|r.scratch[1] == 0 {
				break
			}
			if units = append(units, r.scratch[:2]...); len(units) > 2*r.lim.NameUnits {
				return r.stop(ReasonLimit, *e)
			}
		}
		n.ByText, n.Text = true, charset.DecodeUTF16(units)
	default:
		return r.stop(ReasonUnknownType, *e)
	}
	e.Name = &n
	return nil
}

// read fills p and shows it to the tee.
func (r *Reader) read(p []byte) (int, error) {
	n, err := io.ReadFull(r.frames, p)
	if r.tee != nil && n > 0 {
		r.tee(p[:n])
	}
	return n, err
}

// fault notes the first reason why the stream is not complete.
func (r *Reader) fault(reason Reason, e Element) {
	if reason != ReasonNone && r.out.Reason == ReasonNone {
		r.out.State, r.out.Reason, r.out.Offset, r.out.Tag = Partial, reason, e.Offset, e.Tag
	}
}

// stop ends reading at an element.
func (r *Reader) stop(reason Reason, e Element) error {
	r.fault(reason, e)
	r.ended = true
	return io.EOF
}

func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errBadRecord)
}

// trouble handles an error within an element.
func (r *Reader) trouble(err error, e Element) error {
	if !isEnd(err) {
		r.ended = true
		return err
	}
	r.ended = true
	r.judge()
	if r.out.State != NotStream {
		reason := ReasonTruncated
		if errors.Is(r.frames.ended, errBadRecord) {
			reason = ReasonBadRecord
		}
		r.fault(reason, e)
	}
	return io.EOF
}

// finish handles the end of the payload between two elements.
func (r *Reader) finish() error {
	r.ended = true
	r.judge()
	at := Element{Offset: r.frames.payload}
	switch {
	case r.out.State == NotStream:
	case errors.Is(r.frames.ended, errBadRecord):
		r.fault(ReasonBadRecord, at)
	case r.frames.cut:
		r.fault(ReasonTruncated, at)
	case !r.nest.closed():
		r.fault(ReasonUnclosed, at)
	case r.out.Reason == ReasonNone:
		r.out.State = Complete
	}
	return io.EOF
}

// judge tells bytes that never were a stream from a damaged one.
func (r *Reader) judge() {
	if !r.frames.raw && r.frames.first() {
		r.out.State, r.out.Reason, r.out.Offset, r.out.Tag = NotStream, ReasonNotStream, 0, 0
	}
}
