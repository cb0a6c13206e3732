package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"vangnet/engine/export/archive"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

func (w *parts) newZip() (part, error) {
	path, err := w.file()
	if err != nil {
		return nil, err
	}
	z, err := archive.CreateZip(path, archive.ZipOptions{Password: w.req.Password})
	if errors.Is(err, archive.ErrPassword) {
		return nil, fault.New(fault.ZipPassword, err)
	}
	if err != nil {
		return nil, err
	}
	return &archived{exporter: w.exporter, archive: z, name: filepath.Base(path), hashed: func() (string, error) { return sumOf(path) }}, nil
}

func (w *parts) newLoose() (part, error) {
	return w.newFolder(func(dir string) (archive.Archive, error) { return archive.CreateFiles(dir) })
}

func (w *parts) newMbox() (part, error) {
	return w.newFolder(func(dir string) (archive.Archive, error) { return archive.CreateMbox(dir) })
}

// newFolder begins a folder beside its place. What was left there by an attempt
// that was cut off is written anew.
func (w *parts) newFolder(create func(dir string) (archive.Archive, error)) (part, error) {
	path, err := w.file()
	if err != nil {
		return nil, err
	}
	temp := path + ".part"
	if err := os.RemoveAll(temp); err != nil {
		return nil, fmt.Errorf("make room for a folder: %w", err)
	}
	if err := os.Mkdir(temp, 0o755); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	a, err := create(temp)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(temp))
	}
	return &folder{archived: archived{exporter: w.exporter, archive: a, name: filepath.Base(path), hashed: func() (string, error) { return "", nil }}, temp: temp, path: path}, nil
}

// folder is an archive that is a folder, renamed when it is complete.
type folder struct {
	archived
	temp, path string
}

func (f *folder) finish(ctx context.Context, cover *model.CoverPage) ([]model.HandoverFile, error) {
	files, err := f.archived.finish(ctx, cover)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty one of that name may be there
		return nil, fmt.Errorf("make room for the folder: %w", err)
	}
	return files, os.Rename(f.temp, f.path)
}

func (f *folder) close() error { return errors.Join(f.archive.Close(), os.RemoveAll(f.temp)) }

// sumOf is the SHA-256 of a file in hex.
func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("sum of %s: %w", filepath.Base(path), err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
