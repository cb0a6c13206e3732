package mailboxes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// Content is where bytes come from. Open may be called at any time and more
// than once, and must yield the same Size bytes each time.
type Content interface {
	Size() int64
	Open() (io.ReadCloser, error)
}

// Bytes is content in memory.
type Bytes []byte

// Size is the number of bytes.
func (b Bytes) Size() int64 { return int64(len(b)) }

// Open reads the bytes. The reader is also an io.ReaderAt, so that attachments
// need not be copied out of it.
func (b Bytes) Open() (io.ReadCloser, error) { return bytesReader{bytes.NewReader(b)}, nil }

type bytesReader struct{ *bytes.Reader }

func (bytesReader) Close() error { return nil }

// File is content in a file that nobody changes.
type File struct {
	Path  string
	Bytes int64 // its size
}

// OpenFile makes content of the file at path.
func OpenFile(path string) (File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return File{}, fmt.Errorf("seed from file: %w", err)
	}
	return File{Path: path, Bytes: info.Size()}, nil
}

// Size is the file's size when it was seeded.
func (f File) Size() int64 { return f.Bytes }

// Open opens the file.
func (f File) Open() (io.ReadCloser, error) { return os.Open(f.Path) }

// form says what a source's bytes are.
type form uint8

const (
	formMIME   form = iota // RFC 5322
	formStream             // an item stream
)

// source is an item's content.
type source struct {
	Content
	form form
}

func (s source) size() int64 { return s.Content.Size() }

// drop gives up a reference to the content: the file of a spooled one is
// removed when the last reader has finished.
func (s source) drop() {
	if sp, ok := s.Content.(*spooled); ok {
		sp.release()
	}
}

// spoolAbove is the size from which imported content goes to a file.
const spoolAbove = 256 << 10

// spooled is imported content in a temporary file. It counts its users, since
// an item may be removed while it is being exported.
type spooled struct {
	path  string
	bytes int64
	users atomic.Int64 // 1 for the item itself
}

func (s *spooled) Size() int64 { return s.bytes }

func (s *spooled) Open() (io.ReadCloser, error) {
	if s.users.Add(1) <= 1 {
		return nil, fmt.Errorf("open imported content: %w", os.ErrClosed)
	}
	f, err := os.Open(s.path)
	if err != nil {
		s.release()
		return nil, fmt.Errorf("open imported content: %w", err)
	}
	return &spooledReader{File: f, of: s}, nil
}

func (s *spooled) release() {
	if s.users.Add(-1) == 0 {
		_ = os.Remove(s.path)
	}
}

type spooledReader struct {
	*os.File
	of *spooled
}

func (r *spooledReader) Close() error {
	err := r.File.Close()
	r.of.release()
	return err
}

// errTooLarge refuses content beyond the service's limit.
var errTooLarge = errors.New("the content is too large")

// maxContent is the largest item the service takes: 150 MB and its framing.
const maxContent = 160 << 20

// spool takes content in: small into memory, large into a file below dir.
func spool(r io.Reader, dir string) (Content, error) {
	head, err := io.ReadAll(io.LimitReader(r, spoolAbove+1))
	if err != nil {
		return nil, fmt.Errorf("take content in: %w", err)
	}
	if len(head) <= spoolAbove {
		return Bytes(bytes.Clone(head)), nil
	}
	if dir == "" {
		rest, err := io.ReadAll(io.LimitReader(r, maxContent))
		if err != nil {
			return nil, fmt.Errorf("take content in: %w", err)
		}
		if len(head)+len(rest) > maxContent {
			return nil, errTooLarge
		}
		return Bytes(append(head, rest...)), nil
	}
	return spoolFile(io.MultiReader(bytes.NewReader(head), r), dir)
}

func spoolFile(r io.Reader, dir string) (Content, error) {
	f, err := os.CreateTemp(dir, "item-*")
	if err != nil {
		return nil, fmt.Errorf("take content in: %w", err)
	}
	n, err := io.Copy(f, io.LimitReader(r, maxContent+1))
	if err == nil && n > maxContent {
		err = errTooLarge
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return nil, fmt.Errorf("take content in: %w", err)
	}
	s := &spooled{path: f.Name(), bytes: n}
	s.users.Store(1)
	return s, nil
}
