package pst

import (
	"fmt"
	"io"
	"os"
)

// spool is a temporary file that is written at its end, and read once that is
// done. What was written last can be taken back.
type spool struct {
	f       *os.File
	buf     []byte // not yet in the file
	written int64
}

const spoolBuffer = 256 << 10

func newSpool(dir, pattern string) (*spool, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	return &spool{f: f, buf: make([]byte, 0, spoolBuffer)}, nil
}

func (s *spool) size() int64 { return s.written + int64(len(s.buf)) }

// next makes room for n bytes at the end.
func (s *spool) next(n int) []byte {
	at := len(s.buf)
	if at+n > cap(s.buf) {
		s.buf = append(s.buf, make([]byte, n)...)
	} else {
		s.buf = s.buf[:at+n]
	}
	return s.buf[at:]
}

// flush writes the buffer out once it is nearly full.
func (s *spool) flush() error {
	if len(s.buf) < spoolBuffer-4096 {
		return nil
	}
	return s.drain()
}

func (s *spool) drain() error {
	if _, err := s.f.WriteAt(s.buf, s.written); err != nil {
		return fmt.Errorf("write %s: %w", s.f.Name(), err)
	}
	s.written += int64(len(s.buf))
	s.buf = s.buf[:0]
	return nil
}

// cut takes back all but the first n bytes.
func (s *spool) cut(n int64) error {
	if n > s.size() {
		return fmt.Errorf("cut %s to %d bytes: has %d", s.f.Name(), n, s.size())
	}
	s.buf = s.buf[:max(0, n-s.written)]
	s.written = min(s.written, n)
	return nil
}

// reader reads the whole from its beginning.
func (s *spool) reader() (io.Reader, error) {
	if err := s.drain(); err != nil {
		return nil, err
	}
	return io.NewSectionReader(s.f, 0, s.written), nil
}

// remove deletes the file.
func (s *spool) remove() error {
	if s == nil || s.f == nil {
		return nil
	}
	err := s.f.Close()
	if e := os.Remove(s.f.Name()); err == nil {
		err = e
	}
	s.f = nil
	return err
}

// write appends any number of bytes.
func (s *spool) write(b []byte) error {
	if len(s.buf)+len(b) <= cap(s.buf) {
		s.buf = append(s.buf, b...)
		return nil
	}
	if err := s.drain(); err != nil {
		return err
	}
	if _, err := s.f.WriteAt(b, s.written); err != nil {
		return fmt.Errorf("write %s: %w", s.f.Name(), err)
	}
	s.written += int64(len(b))
	return nil
}
