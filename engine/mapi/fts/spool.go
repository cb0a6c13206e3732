package fts

import (
	"errors"
	"fmt"
	"io"
	"os"

	"vangnet/engine/mapi"
)

// FileSpool keeps large values in one temporary file until it is closed.
type FileSpool struct {
	file *os.File
	end  int64
}

// NewFileSpool makes a spool in dir; the system's place for temporary files
// where dir is empty.
func NewFileSpool(dir string) (*FileSpool, error) {
	f, err := os.CreateTemp(dir, "vangnet-spool-*")
	if err != nil {
		return nil, fmt.Errorf("make a spool: %w", err)
	}
	return &FileSpool{file: f}, nil
}

// Keep is a Spool. The blobs it makes are good until Close.
func (s *FileSpool) Keep(_ int64, r io.Reader) (mapi.Blob, error) {
	start := s.end
	n, err := io.Copy(io.NewOffsetWriter(s.file, start), r)
	if err != nil {
		return mapi.Blob{}, fmt.Errorf("spool a value: %w", err)
	}
	s.end += n
	return mapi.NewBlob(n, func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(s.file, start, n)), nil
	}), nil
}

// Close removes the file.
func (s *FileSpool) Close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
