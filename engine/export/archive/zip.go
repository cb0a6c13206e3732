package archive

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/flate"
)

// ZipOptions is how a Zip is made. The zero value compresses and does not encrypt.
type ZipOptions struct {
	// Password encrypts the content of files with AES-256 as WinZip does; names,
	// dates and sizes stay readable. Empty: no encryption. 1 to 99 printable
	// ASCII characters: programs differ on all else.
	Password string
	// Store reports what is not compressed since it is already. nil: Packed.
	Store func(path string) bool
	// Rand gives the salts, which must never come twice. nil: crypto/rand.
	Rand io.Reader
}

// Zip is a ZIP file. It is written beside its place, in path with ".part" after
// it, and given its name when it is whole. Entries are written once: one that
// fails is cut off.
type Zip struct {
	gate
	path    string
	store   func(string) bool
	keys    *keyring // nil: no encryption
	deflate *flate.Writer
	out     *sheet
	records *sheet // the directory that is written at the end
	hashes  *Hashes
	names   names
	entries uint64
	folders map[uint64]struct{} // that have a record
	last    *zipState           // before the entry that Undo takes back
}

var _ Archive = (*Zip)(nil)

// zipState is what an entry is taken back to.
type zipState struct {
	out, records, hashes int64
	entries              uint64
	name                 place
}

// CreateZip begins a ZIP. It refuses to replace a file (ErrExists); what an
// earlier try left half-done beside it is replaced.
func CreateZip(path string, o ZipOptions) (*Zip, error) {
	if o.Password != "" {
		if err := checkPassword(o.Password); err != nil {
			return nil, err
		}
	}
	if err := refuse(path); err != nil {
		return nil, err
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("make %s: %w", path, err)
	}
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", path, err)
	}
	deflate, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(part))
	}
	dir := filepath.Dir(path)
	z := &Zip{
		path: path, store: o.Store, deflate: deflate, out: &sheet{file: f},
		records: newScrap(dir), hashes: NewHashes(dir), folders: map[uint64]struct{}{},
	}
	if z.store == nil {
		z.store = Packed
	}
	if o.Password != "" {
		salts := o.Rand
		if salts == nil {
			salts = rand.Reader
		}
		z.keys = newKeyring(o.Password, salts)
	}
	return z, nil
}

// refuse is ErrExists where there is something.
func refuse(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return fmt.Errorf("make %s: %w", path, ErrExists)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("make %s: %w", path, err)
	}
	return nil
}

// Add puts in a file.
func (z *Zip) Add(ctx context.Context, e Entry, write func(io.Writer) error) error {
	if err := z.open(ctx); err != nil {
		return fmt.Errorf("add %s: %w", e.Path, err)
	}
	defer z.shut()
	name, err := z.names.file(e.Path)
	if err != nil {
		return fmt.Errorf("add %s: %w", e.Path, err)
	}
	before := &zipState{
		out: z.out.size(), records: z.records.size(), hashes: z.hashes.lines.size(), entries: z.entries, name: name,
	}
	if err := z.put(ctx, e, name, write); err != nil {
		return errors.Join(fmt.Errorf("add %s: %w", e.Path, err), z.back(before))
	}
	z.last = before
	return nil
}

// Undo takes back the entry of the last Add, for one that made the archive
// larger than it may be. It can be done once after each Add, unless a Dir came
// between.
func (z *Zip) Undo() error {
	if err := z.open(context.Background()); err != nil {
		return fmt.Errorf("take back an entry: %w", err)
	}
	defer z.shut()
	if z.last == nil {
		return errors.New("take back an entry: there is none")
	}
	return z.back(z.last)
}

func (z *Zip) back(s *zipState) error {
	z.last = nil
	z.entries = s.entries
	z.names.release(s.name)
	err := errors.Join(z.out.cut(s.out), z.records.cut(s.records), z.hashes.lines.cut(s.hashes))
	if err != nil {
		z.broken = err
		return fmt.Errorf("take back an entry: %w", err)
	}
	return nil
}

// Dir puts in a folder, once.
func (z *Zip) Dir(path string, modified time.Time) error {
	if err := z.open(context.Background()); err != nil {
		return fmt.Errorf("add folder %s: %w", path, err)
	}
	defer z.shut()
	name, err := z.names.folder(path)
	if err != nil {
		return fmt.Errorf("add folder %s: %w", path, err)
	}
	if _, there := z.folders[name.key]; there {
		return nil
	}
	h := header{name: name.path + "/", modified: modified, folder: true, offset: z.out.size()}
	if _, err = z.out.Write(h.local()); err == nil {
		err = z.record(&h)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("add folder %s: %w", path, err), z.out.cut(h.offset))
	}
	z.folders[name.key] = struct{}{}
	z.last = nil
	return nil
}

// record notes an entry for the directory.
func (z *Zip) record(h *header) error {
	if _, err := z.records.Write(h.central()); err != nil {
		return err
	}
	z.entries++
	return nil
}

// Size is what the file would take in bytes, finished now.
func (z *Zip) Size() int64 {
	if z.finished {
		return z.out.size()
	}
	return z.out.size() + z.records.size() + endingSize(z.entries, z.out.size(), z.records.size())
}

// WriteHashes writes the sums of the files so far, of their content before it
// was compressed and encrypted.
func (z *Zip) WriteHashes(w io.Writer) error { return z.hashes.Write(w) }

// Finish writes the directory, brings all to the disk, and gives the file its
// name; ErrExists where that is taken by now. After an error in it the archive
// is as it was before, unless the file could not be closed or renamed.
func (z *Zip) Finish(ctx context.Context) error {
	if err := z.open(ctx); err != nil {
		return fmt.Errorf("finish %s: %w", z.path, err)
	}
	defer z.shut()
	content := z.out.size()
	if err := z.end(ctx); err != nil {
		z.broken = z.out.cut(content)
		return errors.Join(fmt.Errorf("finish %s: %w", z.path, err), z.broken)
	}
	err := z.out.file.Close()
	if err == nil {
		err = os.Rename(z.path+".part", z.path)
	}
	if err != nil {
		z.broken = err
		return fmt.Errorf("finish %s: %w", z.path, err)
	}
	z.finished = true
	return nil
}

// end writes what comes after the entries.
func (z *Zip) end(ctx context.Context) error {
	offset, size := z.out.size(), z.records.size()
	in := newIntake(ctx, z.out)
	if err := in.take(func(w io.Writer) error {
		_, err := io.Copy(w, z.records.reader())
		return err
	}); err != nil {
		return err
	}
	if _, err := z.out.Write(ending(z.entries, offset, size)); err != nil {
		return err
	}
	if err := z.out.flush(); err != nil {
		return err
	}
	return errors.Join(z.out.file.Sync(), refuse(z.path))
}

// Close ends the work. What is not finished is removed.
func (z *Zip) Close() error {
	if z.closed {
		return nil
	}
	z.closed = true
	if z.keys != nil {
		z.keys.close()
	}
	err := errors.Join(z.records.drop(), z.hashes.Close())
	if z.finished {
		return err
	}
	if e := z.out.file.Close(); !errors.Is(e, os.ErrClosed) {
		err = errors.Join(err, e)
	}
	return errors.Join(err, os.Remove(z.path+".part"))
}
