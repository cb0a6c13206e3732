package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"vangnet/store/bucket"
)

// fetchers is how many documents are fetched at a time.
const fetchers = 8

// Damage is a document that cannot be used.
type Damage struct {
	Name  string // key in the bucket
	Cause string
}

var errGone = errors.New("was in the bucket and is no more")

// Refresh reads what is new in the bucket. Documents that are damaged are
// listed in State().Damage and looked at again by the next Refresh.
func (w *Workspace) Refresh(ctx context.Context) error {
	listed := map[string]bool{}
	for _, prefix := range []string{docPrefix, vaultStart} {
		for info, err := range w.bucket.List(ctx, prefix, "") {
			if err != nil {
				return w.unreachable(fmt.Errorf("list workspace documents: %w", err))
			}
			listed[info.Key] = true
		}
	}
	if err := w.fetch(ctx, listed); err != nil {
		return w.unreachable(fmt.Errorf("fetch workspace documents: %w", err))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offline = nil
	w.findGone(listed)
	w.state = w.fold()
	return nil
}

// unreachable notes that the bucket is out of reach.
func (w *Workspace) unreachable(err error) error {
	if errors.Is(err, bucket.ErrUnreachable) {
		w.mu.Lock()
		w.offline = fmt.Errorf("%w: %w", ErrOffline, err)
		w.mu.Unlock()
	}
	return err
}

// fetch reads the documents that are listed and not yet known, from the cache
// where it has a good one.
func (w *Workspace) fetch(ctx context.Context, listed map[string]bool) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(fetchers)
	for name := range listed {
		w.mu.Lock()
		missing := w.missing(name)
		w.mu.Unlock()
		if !missing {
			continue
		}
		group.Go(func() error {
			if data := w.cache.read(name); data != nil && w.takeInLocked(name, data) {
				return nil
			}
			data, err := get(ctx, w.bucket, name)
			if errors.Is(err, errTooLarge) {
				w.mu.Lock()
				w.damage[name] = err
				w.mu.Unlock()
				return nil
			}
			if err != nil {
				return err
			}
			if w.takeInLocked(name, data) {
				w.cache.write(name, data)
			}
			return nil
		})
	}
	return group.Wait()
}

// findGone lists as damage what was seen before and is not in the bucket now.
// It still counts: taking away a document must not undo it.
func (w *Workspace) findGone(listed map[string]bool) {
	for _, name := range w.cache.names() {
		if data := w.cache.read(name); data != nil && !listed[name] && w.missing(name) {
			w.takeIn(name, data)
		}
	}
	for _, set := range []map[string]*Doc{w.docs, w.vaults} {
		for name := range set {
			if listed[name] {
				delete(w.damage, name)
			} else {
				w.damage[name] = errGone
			}
		}
	}
}

func (w *Workspace) missing(name string) bool { return w.docs[name] == nil && w.vaults[name] == nil }

func (w *Workspace) takeInLocked(name string, data []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.takeIn(name, data)
}

// takeIn opens a document and keeps it, or notes what is wrong with it.
func (w *Workspace) takeIn(name string, data []byte) bool {
	d, err := w.openDoc(name, data)
	if err != nil {
		w.damage[name] = err
		return false
	}
	delete(w.damage, name)
	if strings.HasPrefix(name, vaultStart) {
		w.vaults[name] = d
	} else {
		w.docs[name] = d
	}
	return true
}

var errTooLarge = errors.New("too large for a document")

func get(ctx context.Context, b Bucket, key string) (data []byte, err error) {
	r, err := b.Get(ctx, key, 0, -1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if data, err = io.ReadAll(io.LimitReader(r, maxDoc+1)); err != nil {
		return nil, err
	}
	if len(data) > maxDoc {
		return nil, errTooLarge
	}
	return data, nil
}

func put(ctx context.Context, b Bucket, key string, data []byte, lock *bucket.Lock) error {
	return b.Put(ctx, key, bytes.NewReader(data), int64(len(data)), bucket.PutOptions{IfAbsent: true, Lock: lock})
}

// cache keeps documents on this computer as they are in the bucket: sealed. It
// may be deleted at any time. Without a folder it does nothing.
type cache struct {
	dir, id string
}

func (c *cache) path(name string) string {
	return filepath.Join(c.dir, c.id, filepath.FromSlash(strings.TrimPrefix(name, "workspace/")))
}

// read returns a document or nil.
func (c *cache) read(name string) []byte {
	if c.dir == "" {
		return nil
	}
	data, err := os.ReadFile(c.path(name))
	if err != nil {
		return nil
	}
	return data
}

// write keeps a document. That it may fail is what a cache is for.
func (c *cache) write(name string, data []byte) {
	if c.dir == "" {
		return
	}
	path := c.path(name)
	if os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return
	}
	_, err = temp.Write(data)
	if errors.Join(err, temp.Close()) != nil || os.Rename(temp.Name(), path) != nil {
		_ = os.Remove(temp.Name()) // left over otherwise, and never read
	}
}

// names lists the documents kept.
func (c *cache) names() []string {
	if c.dir == "" {
		return nil
	}
	var names []string
	for _, prefix := range []string{docPrefix, vaultStart} {
		entries, err := os.ReadDir(c.path(prefix))
		if err != nil {
			continue
		}
		for _, e := range entries {
			if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				names = append(names, prefix+e.Name())
			}
		}
	}
	return names
}
