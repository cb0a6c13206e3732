package fts

import (
	"bufio"
	"bytes"
	"io"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// Spool keeps a large value of about size bytes somewhere and says how to read
// it again. It must read r to its end.
type Spool func(size int64, r io.Reader) (mapi.Blob, error)

// Decode reads a stream into a message. It is never nil, and holds what was
// understood; the outcome says whether that is all. Values above Limits.Inline
// keep their size and beginning, but are not loaded. The error is the source's.
func Decode(r io.Reader, lim Limits) (*mapi.Message, Outcome, error) {
	return DecodeSpool(r, lim, nil)
}

// DecodeSpool is Decode with a place for large values.
func DecodeSpool(r io.Reader, lim Limits, spool Spool) (*mapi.Message, Outcome, error) {
	rd := NewReader(r, lim)
	return decode(rd, &builder{lim: rd.lim, spool: spool})
}

// DecodeAt is Decode for a stream that can be read again: large values are read
// from it when they are opened.
func DecodeAt(r io.ReaderAt, size int64, lim Limits) (*mapi.Message, Outcome, error) {
	rd := NewReader(io.NewSectionReader(r, 0, size), lim)
	b := &builder{lim: rd.lim}
	b.reopen = func(p position, n int64) mapi.Blob {
		return mapi.NewBlob(n, func() (io.ReadCloser, error) {
			src := bufio.NewReaderSize(io.NewSectionReader(r, p.at, size-p.at), 64<<10)
			f := &frames{src: src, at: p.at, remain: p.remain, records: 1}
			return io.NopCloser(io.LimitReader(f, n)), nil
		})
	}
	return decode(rd, b)
}

func decode(r *Reader, b *builder) (*mapi.Message, Outcome, error) {
	b.start()
	for {
		e, err := r.Next()
		if err == io.EOF { //nolint:errorlint // Next returns it bare
			return b.root, r.Outcome(), nil
		}
		if err != nil {
			return b.root, r.Outcome(), err
		}
		if e.Stream == nil {
			err = b.add(e)
		} else {
			err = b.stream(r, e)
		}
		if err != nil {
			return b.root, r.Outcome(), err
		}
		if b.full {
			_ = r.stop(ReasonLimit, e)
		}
	}
}

// builder turns elements into a message.
type builder struct {
	lim    Limits
	spool  Spool
	reopen func(p position, n int64) mapi.Blob

	root *mapi.Message
	open []*object
	used int64
	full bool // more than Limits.Memory
}

// object is a message, recipient or attachment that is being read.
type object struct {
	msg *mapi.Message // the message, or the one it belongs to
	bag *mapi.Bag
}

// What a property costs in memory beside its value, and from which size on a
// value is rather not held once memory gets short.
const (
	propCost = 96
	spillMin = 4096
)

func (b *builder) start() {
	b.root = &mapi.Message{}
	b.open = []*object{{msg: b.root, bag: &b.root.Props}}
}

func (b *builder) top() *object { return b.open[len(b.open)-1] }

func (b *builder) add(e Element) error {
	if e.Foreign || b.full {
		return nil
	}
	if e.IsMarker() {
		b.marker(e)
		return nil
	}
	switch e.Tag {
	case DelProp, Warning, DnPrefix, dnPrefix8:
		return nil
	}
	if e.Value == nil {
		return nil // a list too long to hold; the outcome says so
	}
	if data, ok := e.Value.([]byte); ok && len(data) > spillMin && b.used > b.lim.Memory/4 && e.Type == mapi.TypeBinary {
		blob, err := b.keep(e, int64(len(data)), bytes.NewReader(data))
		if err != nil {
			return err
		}
		b.put(e, blob, propCost)
		return nil
	}
	b.put(e, e.Value, propCost+cost(e))
	return nil
}

// keep stores the bytes of a value outside memory, if there is a place.
func (b *builder) keep(e Element, n int64, r io.Reader) (mapi.Blob, error) {
	switch {
	case b.reopen != nil:
		return b.reopen(e.pos, n), nil
	case b.spool != nil:
		return b.spool(n, r)
	}
	return mapi.Blob{Size: n}, nil
}

func (b *builder) put(e Element, v any, size int64) {
	if b.used += size; b.used > b.lim.Memory {
		b.full = true
		return
	}
	*b.top().bag = append(*b.top().bag, mapi.Prop{Tag: mapi.MakeTag(e.Tag.ID(), e.Type), Name: e.Name, Value: v})
}

func (b *builder) marker(e Element) {
	b.open = b.open[:max(1, len(b.open)-e.Closes)]
	m := b.top().msg
	switch e.Tag {
	case StartRecip:
		m.Recipients = append(m.Recipients, nil)
		b.push(m, &m.Recipients[len(m.Recipients)-1])
	case NewAttach:
		m.Attachments = append(m.Attachments, mapi.Attachment{})
		b.push(m, &m.Attachments[len(m.Attachments)-1].Props)
	case StartEmbed:
		inner := &mapi.Message{}
		m.Attachments[len(m.Attachments)-1].Embedded = inner
		b.push(inner, &inner.Props)
	}
}

func (b *builder) push(m *mapi.Message, bag *mapi.Bag) {
	b.used += propCost
	b.open = append(b.open, &object{msg: m, bag: bag})
}

// stream takes a large value.
func (b *builder) stream(r *Reader, e Element) error {
	seen := b.sniffer(e)
	var blob mapi.Blob
	if b.spool != nil && b.reopen == nil && !b.full && !e.Foreign {
		var err error
		if blob, err = b.spool(e.Size, io.TeeReader(e.Stream, seen)); err != nil {
			return err
		}
	}
	if _, err := io.Copy(seen, e.Stream); err != nil {
		return err
	}
	if b.reopen != nil {
		blob = b.reopen(e.pos, seen.n)
	}
	b.large(r, e, blob, seen)
	return nil
}

// large adds a value that went by; blob says where it is, if anywhere.
func (b *builder) large(r *Reader, e Element, blob mapi.Blob, seen *sniffer) {
	if e.Foreign || b.full || e.Tag == DnPrefix || e.Tag == dnPrefix8 {
		return
	}
	if f, _ := formOf(e.Tag.Type(), r.string8); f.codePage != 0 && f.codePage != charset.UTF16LE {
		// Its text has another length in the bag's encoding: keep the beginning.
		r.fault(ReasonLimit, e)
		b.put(e, text(f.codePage, seen.head), propCost+int64(2*len(seen.head)))
		return
	}
	blob.Size, blob.Head = seen.n, seen.head
	if e.Type == mapi.TypeString {
		blob = blob.Trim(seen.n - seen.terminator())
	}
	b.put(e, blob, propCost+int64(len(seen.head)))
}

// cost is the size of a value in memory.
func cost(e Element) int64 {
	switch v := e.Value.(type) {
	case string:
		return int64(len(v))
	case []byte:
		return int64(len(v))
	case []string:
		return e.Size + 16*int64(len(v))
	case [][]byte:
		return e.Size + 24*int64(len(v))
	}
	return e.Size
}

// maxFileHead is what is kept of an attachment: nobody reads it as text.
const maxFileHead = 512

func (b *builder) sniffer(e Element) *sniffer {
	if e.Tag.ID() == mapi.AttachData {
		return &sniffer{limit: min(b.lim.Head, maxFileHead)}
	}
	return &sniffer{limit: b.lim.Head}
}

// sniffer keeps the beginning and the last two bytes of what goes by.
type sniffer struct {
	limit int
	head  []byte
	last  [2]byte
	n     int64
}

func (s *sniffer) Write(p []byte) (int, error) {
	if room := s.limit - len(s.head); room > 0 {
		s.head = append(s.head, p[:min(room, len(p))]...)
	}
	if len(p) == 1 {
		s.last = [2]byte{s.last[1], p[0]}
	} else if len(p) > 1 {
		s.last = [2]byte(p[len(p)-2:])
	}
	s.n += int64(len(p))
	return len(p), nil
}

// terminator is the number of bytes to leave off a UTF-16 text.
func (s *sniffer) terminator() int64 {
	if s.n%2 == 1 {
		return 1
	}
	if s.n >= 2 && s.last == [2]byte{} {
		return 2
	}
	return 0
}
