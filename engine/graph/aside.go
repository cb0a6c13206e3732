package graph

import (
	"bytes"
	"io"
	"os"
)

// maxAside is how much is put aside in memory before a file is used.
const maxAside = 4 << 20

// aside keeps content until it is known whose it is. Large content goes to a
// temporary file that nobody else may read and that close removes.
type aside struct {
	io.Reader
	file *os.File
}

func putAside(in io.Reader, dir string) (*aside, error) {
	var buf bytes.Buffer
	_, err := io.CopyN(&buf, in, maxAside)
	if err == io.EOF { //nolint:errorlint // CopyN's own
		return &aside{Reader: &buf}, nil
	}
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(dir, "vangnet-*.part")
	if err != nil {
		return nil, err
	}
	a := &aside{Reader: file, file: file}
	if _, err = io.Copy(file, io.MultiReader(&buf, in)); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *aside) close() {
	if a.file != nil {
		_ = a.file.Close()
		_ = os.Remove(a.file.Name())
	}
}
