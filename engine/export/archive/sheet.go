package archive

import (
	"bytes"
	"errors"
	"io"
	"os"
)

// sheetBuffer is what a sheet holds back in memory.
const sheetBuffer = 256 << 10

// sheet is a file that grows at its end. Its end can be cut off, and what
// stands can be written over: cheaply while it is still in memory.
type sheet struct {
	create func() (*os.File, error) // called when memory does not suffice
	file   *os.File
	base   int64  // bytes in the file
	buf    []byte // bytes after those
}

// newScrap is a sheet for what is needed until its end only. It takes a
// temporary file in dir when it is large.
func newScrap(dir string) *sheet {
	return &sheet{create: func() (*os.File, error) { return os.CreateTemp(dir, ".vangnet-*.part") }}
}

func (s *sheet) size() int64 { return s.base + int64(len(s.buf)) }

// Write appends.
func (s *sheet) Write(p []byte) (int, error) {
	if len(s.buf)+len(p) >= sheetBuffer {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	if len(p) < sheetBuffer {
		s.buf = append(s.buf, p...)
		return len(p), nil
	}
	n, err := s.file.WriteAt(p, s.base)
	s.base += int64(n)
	return n, err
}

func (s *sheet) flush() error {
	if s.file == nil {
		f, err := s.create()
		if err != nil {
			return err
		}
		s.file = f
	}
	if len(s.buf) == 0 {
		return nil
	}
	if _, err := s.file.WriteAt(s.buf, s.base); err != nil {
		return err // what was written is written again
	}
	s.base += int64(len(s.buf))
	s.buf = s.buf[:0]
	return nil
}

// patch writes over what one Write wrote at off: that is either all in memory or
// all in the file.
func (s *sheet) patch(off int64, p []byte) error {
	if off >= s.base {
		copy(s.buf[off-s.base:], p)
		return nil
	}
	_, err := s.file.WriteAt(p, off)
	return err
}

// cut takes off all from off.
func (s *sheet) cut(off int64) error {
	if off >= s.base {
		s.buf = s.buf[:off-s.base]
		return nil
	}
	s.buf, s.base = s.buf[:0], off
	return s.file.Truncate(off)
}

// reader reads what stands now. It is good until the next change.
func (s *sheet) reader() io.Reader {
	if s.file == nil {
		return bytes.NewReader(s.buf)
	}
	return io.MultiReader(io.NewSectionReader(s.file, 0, s.base), bytes.NewReader(s.buf))
}

// drop closes and removes the file.
func (s *sheet) drop() error {
	f := s.file
	s.file, s.buf = nil, nil
	s.create = func() (*os.File, error) { return nil, os.ErrClosed }
	if f == nil {
		return nil
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
