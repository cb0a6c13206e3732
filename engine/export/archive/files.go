package archive

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	fileBuffer = 64 << 10 // what is gathered before a loose file is written to
	atOnce     = 16       // files that are brought to the disk at a time: a disk takes many as fast as one
)

// Files is a folder of loose files. Each is written beside and given its name
// when it is whole and on disk, so what is there can be trusted whenever the
// work ends. That goes on while others are added, and is over with Finish.
// Nothing is written outside of the folder, whatever links lie in it.
type Files struct {
	gate
	root   *os.Root
	buf    *bufio.Writer
	hashes *Hashes
	names  names
	size   int64
	parts  int    // numbers files on their way
	parent string // the folder made last
	dated  []datedFolder
	late   errgroup.Group // brings files to the disk
}

var _ Archive = (*Files)(nil)

type datedFolder struct {
	path     string
	modified time.Time
}

// CreateFiles begins a folder of loose files in dir, which is made unless it is
// there.
func CreateFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	f := &Files{root: root, buf: bufio.NewWriterSize(nil, fileBuffer), hashes: NewHashes(dir)}
	f.late.SetLimit(atOnce)
	return f, nil
}

// Add writes a file. It refuses to replace one that was there before
// (ErrExists).
func (f *Files) Add(ctx context.Context, e Entry, write func(io.Writer) error) error {
	if err := f.open(ctx); err != nil {
		return fmt.Errorf("add %s: %w", e.Path, err)
	}
	defer f.shut()
	name, err := f.names.file(e.Path)
	if err != nil {
		return fmt.Errorf("add %s: %w", e.Path, err)
	}
	if err := f.put(ctx, e, name.path, write); err != nil {
		f.names.release(name)
		return fmt.Errorf("add %s: %w", e.Path, err)
	}
	return nil
}

func (f *Files) put(ctx context.Context, e Entry, name string, write func(io.Writer) error) error {
	if err := f.free(name); err != nil {
		return err
	}
	temp, file, err := f.beside()
	if err != nil {
		return err
	}
	listed := f.hashes.lines.size()
	size, sum, err := f.fill(ctx, file, write)
	if err == nil {
		err = f.hashes.Add(name, e.Path, sum)
	}
	if err != nil {
		return errors.Join(err, file.Close(), f.hashes.lines.cut(listed), f.root.Remove(temp))
	}
	f.size += size
	f.late.Go(func() error { return f.settle(file, temp, name, e.Modified) })
	return nil
}

// fill writes what write writes into a file.
func (f *Files) fill(ctx context.Context, file *os.File, write func(io.Writer) error) (int64, [sha256.Size]byte, error) {
	h := sha256.New()
	f.buf.Reset(file)
	defer f.buf.Reset(nil)
	in := newIntake(ctx, io.MultiWriter(f.buf, h))
	err := in.take(write)
	if err == nil {
		err = f.buf.Flush()
	}
	return in.size, [sha256.Size]byte(h.Sum(nil)), err
}

// free makes the folder of a file and looks that its name is not taken.
func (f *Files) free(name string) error {
	if parent := path.Dir(name); parent != "." && parent != f.parent {
		if err := f.root.MkdirAll(filepath.FromSlash(parent), 0o755); err != nil {
			return fmt.Errorf("make folder %s: %w", parent, err)
		}
		f.parent = parent
	}
	_, err := f.root.Lstat(filepath.FromSlash(name))
	switch {
	case err == nil:
		return ErrExists
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}

// beside makes a new file for content that is on its way.
func (f *Files) beside() (string, *os.File, error) {
	for {
		f.parts++
		name := fmt.Sprintf(".vangnet-%d.part", f.parts)
		file, err := f.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if !errors.Is(err, fs.ErrExist) {
			return name, file, err
		}
	}
}

// settle brings a whole file to the disk and gives it its date and its name.
func (f *Files) settle(file *os.File, temp, name string, modified time.Time) error {
	err := errors.Join(file.Sync(), file.Close())
	if err == nil && keeps(modified) {
		err = f.root.Chtimes(temp, modified, modified)
	}
	if err == nil {
		err = f.root.Rename(temp, filepath.FromSlash(name))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep %s: %w", name, err), f.root.Remove(temp))
	}
	return nil
}

// keeps reports a time that file systems keep. A file with any other has the
// time of its writing.
func keeps(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 2106 }

// Dir makes a folder. It has its date when all is finished.
func (f *Files) Dir(path string, modified time.Time) error {
	if err := f.open(context.Background()); err != nil {
		return fmt.Errorf("add folder %s: %w", path, err)
	}
	defer f.shut()
	name, err := f.names.folder(path)
	if err != nil {
		return fmt.Errorf("add folder %s: %w", path, err)
	}
	if err := f.root.MkdirAll(filepath.FromSlash(name.path), 0o755); err != nil {
		return fmt.Errorf("add folder %s: %w", path, err)
	}
	if keeps(modified) {
		f.dated = append(f.dated, datedFolder{path: name.path, modified: modified})
	}
	return nil
}

// Size is the sum of the files' bytes.
func (f *Files) Size() int64 { return f.size }

// WriteHashes writes the sums of the files so far.
func (f *Files) WriteHashes(w io.Writer) error { return f.hashes.Write(w) }

// Finish brings the last files to the disk and gives the folders their dates,
// deepest first.
func (f *Files) Finish(ctx context.Context) error {
	if err := f.open(ctx); err != nil {
		return fmt.Errorf("finish folder: %w", err)
	}
	defer f.shut()
	if err := f.late.Wait(); err != nil {
		return fmt.Errorf("finish folder: %w", err)
	}
	slices.SortStableFunc(f.dated, func(a, b datedFolder) int { return len(b.path) - len(a.path) })
	for _, d := range f.dated {
		if err := f.root.Chtimes(filepath.FromSlash(d.path), d.modified, d.modified); err != nil {
			return fmt.Errorf("finish folder %s: %w", d.path, err)
		}
	}
	f.finished = true
	return nil
}

// Close ends the work. Files that are whole stay, also without Finish.
func (f *Files) Close() error {
	if f.closed {
		return nil
	}
	f.closed = true
	return errors.Join(f.late.Wait(), f.hashes.Close(), f.root.Close())
}
