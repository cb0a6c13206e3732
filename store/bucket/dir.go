package bucket

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"vangnet/engine/clock"
)

const (
	tempDir  = ".tmp" // blobs on their way, in the bucket's folder
	tempLife = 24 * time.Hour
	dirMode  = 0o700
	fileMode = 0o600
)

// dir is a bucket in a folder: each key is a file. Blobs are written beside and
// renamed into place, so that a reader never sees half of one.
type dir struct {
	root    string
	name    string
	clock   clock.Clock
	swept   atomic.Bool
	sharing func(oldname, newname string) error // makes a second name, refusing to replace
}

func openDir(p Place, o Options) (Bucket, error) {
	root, err := filepath.Abs(filepath.FromSlash(p.Dir))
	if err != nil {
		return nil, badAddress("%q: %v", p.Dir, err)
	}
	slashed := filepath.ToSlash(root)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	d := &dir{root: root, name: (&url.URL{Scheme: "file", Path: slashed}).String(), clock: o.Clock, sharing: os.Link}
	if o.Create {
		if err := os.MkdirAll(root, dirMode); err != nil {
			return nil, d.fail("make", "", err)
		}
	}
	if err := d.checkRoot(); err != nil {
		return nil, d.fail("open", "", err)
	}
	return d, nil
}

func (d *dir) String() string { return d.name }

func (d *dir) Place() Place { return Place{Kind: KindFile, Dir: d.root} }

func (d *dir) checkRoot() error {
	st, err := os.Stat(d.root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return because(ErrNoBucket, err)
	case err != nil:
		return err
	case !st.IsDir():
		return because(ErrNoBucket, errors.New("it is a file, not a folder"))
	}
	return nil
}

// fail turns an error of the file system into one of this package.
func (d *dir) fail(op, key string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if root := d.checkRoot(); root != nil { // the disk is gone, not only the blob
			err = root
		} else {
			err = because(ErrNotFound, err)
		}
	case errors.Is(err, fs.ErrPermission):
		err = because(ErrDenied, err)
	case isFull(err):
		err = because(ErrFull, err)
	}
	return &Error{Op: op, Bucket: d.name, Key: key, Err: err}
}

func (d *dir) path(op, key string) (string, error) {
	if !ValidKey(key) {
		return "", &Error{Op: op, Bucket: d.name, Key: fmt.Sprintf("%q", key), Err: ErrBadKey}
	}
	return filepath.Join(d.root, filepath.FromSlash(key)), nil
}

func (d *dir) Put(ctx context.Context, key string, r io.Reader, size int64, o PutOptions) error {
	path, err := d.path("write", key)
	if err != nil {
		return err
	}
	if o.Lock != nil {
		return &Error{Op: "write", Bucket: d.name, Key: key, Err: ErrNoLock}
	}
	if err := ctx.Err(); err != nil {
		return &Error{Op: "write", Bucket: d.name, Key: key, Err: err}
	}
	d.sweep()
	temp, err := d.writeTemp(ctx, r, size)
	if err != nil {
		return d.fail("write", key, err)
	}
	if err := d.place(temp, path, o.IfAbsent); err != nil {
		os.Remove(temp) //nolint:errcheck // the sweep will
		return d.fail("write", key, err)
	}
	return nil
}

// writeTemp stores the content in a file of its own, safe on the disk.
func (d *dir) writeTemp(ctx context.Context, r io.Reader, size int64) (path string, err error) {
	path = filepath.Join(d.root, tempDir, rand.Text())
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.Mkdir(filepath.Join(d.root, tempDir), dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	}
	if err != nil {
		return "", err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			os.Remove(path) //nolint:errcheck // the sweep will
		}
	}()
	n, err := io.Copy(f, io.LimitReader(&ctxReader{ctx, r}, size))
	if err == nil && n != size {
		err = fmt.Errorf("%w: %d of %d bytes", ErrShort, n, size)
	}
	if err == nil {
		err = f.Sync()
	}
	return path, err
}

// place gives a finished file its name.
func (d *dir) place(temp, path string, ifAbsent bool) error {
	parent := filepath.Dir(path)
	if err := d.makeParents(parent); err != nil {
		return err
	}
	if !ifAbsent {
		if err := os.Rename(temp, path); err != nil {
			return err
		}
		return syncDir(parent)
	}
	err := d.sharing(temp, path)
	switch {
	case errors.Is(err, fs.ErrExist):
		return because(ErrExists, err)
	case err != nil: // a file system without second names, such as FAT: nearly as good
		if _, serr := os.Lstat(path); serr == nil {
			return ErrExists
		}
		if err := os.Rename(temp, path); err != nil {
			return err
		}
	default:
		if err := os.Remove(temp); err != nil {
			return err
		}
	}
	return syncDir(parent)
}

// makeParents makes the folders between the bucket's and parent, and never the
// bucket's own.
func (d *dir) makeParents(parent string) error {
	if parent == d.root {
		return nil
	}
	err := os.Mkdir(parent, dirMode)
	switch {
	case err == nil:
		return syncDir(filepath.Dir(parent))
	case errors.Is(err, fs.ErrExist):
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := d.makeParents(filepath.Dir(parent)); err != nil {
		return err
	}
	if err := os.Mkdir(parent, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(parent))
}

// sweep removes, once for each opening, what killed programs left on its way.
func (d *dir) sweep() {
	if d.swept.Swap(true) {
		return
	}
	entries, err := os.ReadDir(filepath.Join(d.root, tempDir))
	if err != nil {
		return
	}
	for _, e := range entries {
		if st, err := e.Info(); err == nil && d.clock.Now().Sub(st.ModTime()) > tempLife {
			os.Remove(filepath.Join(d.root, tempDir, e.Name())) //nolint:errcheck // next time
		}
	}
}

func (d *dir) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	path, err := d.path("read", key)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, d.fail("read", key, err)
	}
	r, err := d.section(ctx, f, offset, length)
	if err != nil {
		f.Close() //nolint:errcheck // only read
		return nil, d.fail("read", key, err)
	}
	return r, nil
}

func (d *dir) section(ctx context.Context, f *os.File, offset, length int64) (io.ReadCloser, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		return nil, fs.ErrNotExist
	}
	if length < 0 {
		length = st.Size() - offset
	}
	if offset < 0 || length < 0 || offset+length > st.Size() {
		return nil, fmt.Errorf("%w: %d bytes from %d of %d", ErrRange, length, offset, st.Size())
	}
	return &section{Reader: &ctxReader{ctx, io.NewSectionReader(f, offset, length)}, Closer: f}, nil
}

type section struct {
	io.Reader
	io.Closer
}

// ctxReader stops reading when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (r *ctxReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func (d *dir) Stat(_ context.Context, key string) (Info, error) {
	path, err := d.path("look up", key)
	if err != nil {
		return Info{}, err
	}
	st, err := os.Stat(path)
	if err == nil && st.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return Info{}, d.fail("look up", key, err)
	}
	return Info{Key: key, Size: st.Size(), Time: st.ModTime()}, nil
}

func (d *dir) Delete(_ context.Context, key string) error {
	path, err := d.path("delete", key)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return d.fail("delete", key, err)
	}
	return nil
}

func (d *dir) List(ctx context.Context, prefix, after string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := d.checkRoot(); err != nil {
			yield(Info{}, d.fail("list", prefix, err))
			return
		}
		start := prefix[:strings.LastIndexByte(prefix, '/')+1]
		if start != "" && !ValidKey(start+"x") {
			return
		}
		w := walk{d: d, ctx: ctx, prefix: prefix, after: after, yield: yield}
		w.folder(start)
	}
}

// walk goes through folders in the order of keys.
type walk struct {
	d             *dir
	ctx           context.Context
	prefix, after string
	yield         func(Info, error) bool
}

// folder yields what lies below base, "" or ending in "/". It reports whether to go on.
func (w *walk) folder(base string) bool {
	if err := w.ctx.Err(); err != nil {
		return w.yield(Info{}, &Error{Op: "list", Bucket: w.d.name, Key: w.prefix, Err: err}) && false
	}
	entries, err := os.ReadDir(filepath.Join(w.d.root, filepath.FromSlash(base)))
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil {
		return w.yield(Info{}, w.d.fail("list", base, err)) && false
	}
	for _, key := range sortedKeys(base, entries) {
		if !w.one(key) {
			return false
		}
	}
	return true
}

func sortedKeys(base string, entries []fs.DirEntry) []string {
	keys := make([]string, 0, len(entries))
	for _, e := range entries {
		key := base + e.Name()
		switch {
		case !ValidKey(key):
		case e.IsDir():
			keys = append(keys, key+"/")
		default:
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (w *walk) one(key string) bool {
	if strings.HasSuffix(key, "/") {
		short := min(len(key), len(w.prefix))
		if key[:short] != w.prefix[:short] || key < w.after && !strings.HasPrefix(w.after, key) {
			return true
		}
		return w.folder(key)
	}
	if key <= w.after || !strings.HasPrefix(key, w.prefix) {
		return true
	}
	info, err := w.d.Stat(w.ctx, key)
	if errors.Is(err, ErrNotFound) { // gone since
		return true
	}
	return w.yield(info, err) && err == nil
}

// Check proves that the folder can be written. A folder has neither versions
// nor locks; asking for a lock is refused, versions are not asked for.
func (d *dir) Check(ctx context.Context, need Need) error {
	if err := d.checkRoot(); err != nil {
		return d.fail("check", "", err)
	}
	if need.Lock != nil {
		return &Error{Op: "check", Bucket: d.name, Err: because(ErrNoLock, errors.New("a folder cannot lock what is in it"))}
	}
	if need.Read {
		return nil
	}
	return probe(ctx, d, nil)
}
