package drives

import (
	"bytes"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"vangnet/engine/graph/quickxor"
)

// spoolMemory is up to where uploaded content stays in memory.
const spoolMemory = 64 << 10

// spool takes in uploaded content piece by piece: small content in memory,
// larger in a temporary file. A piece that breaks off leaves no trace.
type spool struct {
	dir  string
	mem  []byte
	file *os.File
	size int64
	sum  hash.Hash
}

// errTooLong means that more came than was allowed.
var errTooLong = errors.New("more content than allowed")

func newSpool(dir string) *spool { return &spool{dir: dir, sum: quickxor.New()} }

// take appends all of r, at most most bytes.
func (s *spool) take(r io.Reader, most int64) error {
	before, sum := s.size, s.mark()
	buf := make([]byte, 256<<10)
	for {
		n, err := r.Read(buf)
		if s.size+int64(n)-before > most {
			err = errTooLong
		} else if werr := s.write(buf[:n]); werr != nil {
			err = werr
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			s.back(before, sum)
			return err
		}
	}
}

func (s *spool) mark() hash.Hash {
	c, ok := s.sum.(hash.Cloner)
	if !ok {
		panic("quickXorHash cannot be cloned")
	}
	kept, err := c.Clone()
	if err != nil {
		panic(err)
	}
	return kept
}

func (s *spool) back(size int64, sum hash.Hash) {
	s.size, s.sum = size, sum
	if s.file == nil {
		s.mem = s.mem[:size]
	}
}

func (s *spool) write(p []byte) error {
	if s.file == nil && s.size+int64(len(p)) > spoolMemory {
		file, err := os.CreateTemp(s.dir, "upload-*")
		if err != nil {
			return fmt.Errorf("keep upload: %w", err)
		}
		s.file = file
		if _, err := file.Write(s.mem); err != nil {
			return fmt.Errorf("keep upload: %w", err)
		}
		s.mem = nil
	}
	if s.file == nil {
		s.mem = append(s.mem, p...)
	} else if _, err := s.file.WriteAt(p, s.size); err != nil {
		return fmt.Errorf("keep upload: %w", err)
	}
	s.size += int64(len(p))
	s.sum.Write(p)
	return nil
}

// blob ends the spool and makes its content readable.
func (s *spool) blob() (*blob, error) {
	b := &blob{}
	b.once.Do(func() { s.sum.Sum(b.sum[:0]) })
	if s.file == nil {
		b.Content = Bytes(bytes.Clone(s.mem))
		return b, nil
	}
	if err := s.file.Truncate(s.size); err != nil {
		return nil, fmt.Errorf("keep upload: %w", err)
	}
	b.Content = onDisk{path: s.file.Name(), size: s.size}
	return b, nil
}

// keep closes the file, which belongs to a blob from now on.
func (s *spool) keep() {
	if s.file != nil {
		s.file.Close()
	}
}

// drop throws the content away.
func (s *spool) drop() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
	s.mem, s.file = nil, nil
}
