package check

import (
	"errors"
	"fmt"
	"io"
)

const (
	windowSize  = 32 << 10
	windowCount = 512
)

// source reads pieces of the file through a cache of windows, so that neighbours
// cost one read together.
type source struct {
	r    io.ReaderAt
	size int64
	held map[int64]int // number of the window to its place in ring
	ring []window
	hand int
}

type window struct {
	number int64
	data   []byte
	recent bool
}

func newSource(r io.ReaderAt, size int64) *source {
	return &source{r: r, size: size, held: map[int64]int{}}
}

// within says that n bytes at an offset lie in the file.
func (s *source) within(at int64, n int) bool {
	return at >= 0 && n >= 0 && at <= s.size-int64(n)
}

// direct fills dst from the file, past the cache.
func (s *source) direct(dst []byte, at int64) error {
	n, err := s.r.ReadAt(dst, at)
	if n == len(dst) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read %d bytes at 0x%X: %w", len(dst), at, err)
}

// read fills dst, which must lie within the file.
func (s *source) read(dst []byte, at int64) error {
	for len(dst) > 0 {
		w, err := s.window(at / windowSize)
		if err != nil {
			return err
		}
		n := copy(dst, w[at%windowSize:])
		dst, at = dst[n:], at+int64(n)
	}
	return nil
}

func (s *source) window(number int64) ([]byte, error) {
	if i, ok := s.held[number]; ok {
		s.ring[i].recent = true
		return s.ring[i].data, nil
	}
	i := s.victim()
	w := &s.ring[i]
	if w.data != nil {
		delete(s.held, w.number)
	}
	start := number * windowSize
	n := min(windowSize, s.size-start)
	if int64(cap(w.data)) < n {
		w.data = make([]byte, n)
	}
	w.data = w.data[:n]
	if err := s.direct(w.data, start); err != nil {
		w.data, w.number = nil, -1
		return nil, err
	}
	w.number, w.recent = number, false
	s.held[number] = i
	return w.data, nil
}

// victim picks the window to give up: the next one that was not used since the
// hand passed it last.
func (s *source) victim() int {
	if len(s.ring) < windowCount {
		s.ring = append(s.ring, window{number: -1})
		return len(s.ring) - 1
	}
	for s.ring[s.hand].recent {
		s.ring[s.hand].recent = false
		s.hand = (s.hand + 1) % windowCount
	}
	i := s.hand
	s.hand = (s.hand + 1) % windowCount
	return i
}

// bytes reads n bytes at an offset; false where they are not all in the file, or
// reading failed, which ends the check.
func (c *checker) bytes(at int64, n int) ([]byte, bool) {
	if !c.src.within(at, n) {
		return nil, false
	}
	b := make([]byte, n)
	return b, c.fill(b, at)
}

// fill is bytes into what is there.
func (c *checker) fill(dst []byte, at int64) bool {
	if c.err != nil || !c.src.within(at, len(dst)) {
		return false
	}
	if err := c.src.read(dst, at); err != nil {
		c.err = err
		return false
	}
	return true
}
