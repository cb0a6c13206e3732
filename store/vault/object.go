package vault

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/object"

	"vangnet/engine/model"
)

// Object is an object open for reading. What it gives is what was stored: a
// damaged object is an error. It is used by one goroutine at a time.
type Object struct {
	r  object.Reader
	id model.ObjectID
}

// Size is the object's length in bytes.
func (o *Object) Size() int64 { return o.r.Length() }

// Read reads. The error wraps ErrDamaged when stored bytes are gone or changed.
func (o *Object) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	if err != nil && err != io.EOF {
		err = objectError(o.id, err)
	}
	return n, err
}

// Seek moves to another place.
func (o *Object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		at, err := o.r.Seek(0, io.SeekCurrent)
		if err != nil {
			return 0, objectError(o.id, err)
		}
		offset += at
	case io.SeekEnd:
		offset += o.r.Length()
	default:
		return 0, fmt.Errorf("seek in object %s: whence %d", o.id, whence)
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek in object %s: before its beginning", o.id)
	}
	at, err := o.r.Seek(offset, io.SeekStart)
	if err != nil {
		return 0, objectError(o.id, err)
	}
	return at, nil
}

// Close ends reading.
func (o *Object) Close() error { return o.r.Close() }

// objectError names the object. A part that the index does not know means
// damage here: the object itself was found.
func objectError(id model.ObjectID, err error) error {
	return fmt.Errorf("read object %s: %w", id, translate(err))
}

func parseID(id model.ObjectID) (object.ID, error) {
	parsed, err := object.ParseID(string(id))
	if err != nil || id == "" {
		return object.ID{}, fmt.Errorf("object %q: %w", id, ErrMissing)
	}
	return parsed, nil
}

func openObject(ctx context.Context, r repo.Repository, id model.ObjectID) (*Object, error) {
	parsed, err := parseID(id)
	if err != nil {
		return nil, err
	}
	reader, err := r.OpenObject(ctx, parsed)
	if err != nil {
		return nil, objectError(id, err)
	}
	return &Object{r: reader, id: id}, nil
}

// refreshPause is how long an unknown object is believed to be unknown.
const refreshPause = 30 * time.Second

// Open opens an object for reading. ErrMissing, ErrDamaged.
func (v *Vault) Open(ctx context.Context, id model.ObjectID) (o *Object, err error) {
	err = v.refreshing(ctx, func() error {
		o, err = openObject(ctx, v.repo, id)
		return err
	})
	return o, err
}

// refreshing does what f does, and does it again after a refresh when f misses
// something that another computer may have stored since the last one.
func (v *Vault) refreshing(ctx context.Context, f func() error) error {
	err := f()
	if err == nil || !errors.Is(translate(err), ErrMissing) || !v.shouldRefresh() {
		return err
	}
	if err := v.Refresh(ctx); err != nil {
		return err
	}
	return f()
}

func (v *Vault) shouldRefresh() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.stale || v.opts.Clock.Now().Sub(v.refreshed) >= refreshPause
}

// maxLine bounds one line of a listing or folder table.
const maxLine = 32 << 20

// lines reads an object of JSON documents, one a line.
func lines[T any](open func() (*Object, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		o, err := open()
		if err != nil {
			yield(zero, err)
			return
		}
		defer o.Close() //nolint:errcheck // only read
		sc := bufio.NewScanner(o)
		sc.Buffer(make([]byte, 64<<10), maxLine)
		for sc.Scan() {
			var t T
			if err := json.Unmarshal(sc.Bytes(), &t); err != nil {
				yield(zero, fmt.Errorf("read object %s: %w: %w", o.id, ErrDamaged, err))
				return
			}
			if !yield(t, nil) {
				return
			}
		}
		if err := sc.Err(); err != nil {
			yield(zero, err)
		}
	}
}

// Entries reads a listing in the order of names. An empty id is an empty listing.
func (v *Vault) Entries(ctx context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	if listing == "" {
		return func(func(model.Entry, error) bool) {}
	}
	return lines[model.Entry](func() (*Object, error) { return v.Open(ctx, listing) })
}

// Folders reads the table of a snapshot's folders.
func (v *Vault) Folders(ctx context.Context, s model.Snapshot) iter.Seq2[model.Folder, error] {
	return lines[model.Folder](func() (*Object, error) { return v.Open(ctx, s.Folders) })
}

// State reads the workload's own state of a snapshot; nil when it has none.
func (v *Vault) State(ctx context.Context, s model.Snapshot) ([]byte, error) {
	if s.State == "" {
		return nil, nil
	}
	o, err := v.Open(ctx, s.State)
	if err != nil {
		return nil, err
	}
	defer o.Close() //nolint:errcheck // only read
	if o.Size() > maxState {
		return nil, fmt.Errorf("state of snapshot %s: %w", s.ID, ErrTooLarge)
	}
	return io.ReadAll(o)
}

// shortSum is a name for something that is too long or odd for one.
func shortSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}
