package tnef

import (
	"encoding/binary"
	"errors"
	"io"

	"vangnet/engine/mapi"
)

const windowSize = 64 << 10

// source reads a stream at any place, small pieces through a window. The first
// error of the source that is not its end is kept.
type source struct {
	r      io.ReaderAt
	window []byte
	at     int64 // of the window
	err    error
}

// read reads n bytes; fewer where the source ends before them.
func (s *source) read(at, n int64) []byte {
	if n > windowSize {
		return s.readAt(at, n)
	}
	if at < s.at || at+n > s.at+int64(len(s.window)) {
		s.window, s.at = s.readAt(at, windowSize), at
	}
	from := min(at-s.at, int64(len(s.window)))
	return s.window[from:min(from+n, int64(len(s.window)))]
}

func (s *source) readAt(at, n int64) []byte {
	b := make([]byte, n)
	got, err := s.r.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) && s.err == nil {
		s.err = err
	}
	return b[:got]
}

// sum is the checksum of a piece: the sum of its bytes.
func (s *source) sum(at, n int64) uint16 {
	var sum uint32
	for n > 0 && s.err == nil {
		b := s.read(at, min(n, windowSize))
		if len(b) == 0 {
			break
		}
		for _, c := range b {
			sum += uint32(c)
		}
		at, n = at+int64(len(b)), n-int64(len(b))
	}
	return uint16(sum)
}

// blob is a piece that is read when wanted.
func (s *source) blob(at, n int64) mapi.Blob {
	r := s.r
	return mapi.NewBlob(n, func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(r, at, n)), nil })
}

// cursor goes through a piece of the source.
type cursor struct {
	*source
	pos, end int64
}

func (c *cursor) left() int64 { return c.end - c.pos }

// take reads n bytes and passes over them; ok is false where they are not there.
func (c *cursor) take(n int64) (b []byte, ok bool) {
	if n < 0 || n > c.left() {
		return nil, false
	}
	b = c.read(c.pos, n)
	if int64(len(b)) < n {
		return nil, false
	}
	c.pos += n
	return b, true
}

// skip passes over n bytes, or over what there is.
func (c *cursor) skip(n int64) bool {
	ok := n <= c.left()
	c.pos += min(n, c.left())
	return ok
}

func (c *cursor) uint16() (uint16, bool) {
	b, ok := c.take(2)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint16(b), true
}

func (c *cursor) uint32() (uint32, bool) {
	b, ok := c.take(4)
	if !ok {
		return 0, false
	}
	return binary.LittleEndian.Uint32(b), true
}
