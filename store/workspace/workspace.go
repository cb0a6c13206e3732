// Package workspace keeps what technicians share in the bucket: tenants with
// their credentials and vault keys, choices, settings, and who the technicians
// are. It is a growing set of small documents, each signed by its author and
// sealed with the workspace key, folded in order of their names into a State.
// Nobody overwrites another's document, so computers that write at the same
// time both keep what they wrote.
//
// In the bucket, below "workspace/":
//
//	key.json          the workspace key, sealed with the password (Argon2id)
//	docs/<time>-<author>-<random>
//	vaults/<tenant>   a tenant's vault key: the first one stays
package workspace

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"vangnet/engine/clock"
	"vangnet/store/bucket"
)

// Errors that callers tell apart. Those of the bucket come through wrapped.
var (
	// ErrPassword: the password does not open this workspace.
	ErrPassword = errors.New("wrong workspace password")
	// ErrNoWorkspace: there is none in this bucket.
	ErrNoWorkspace = errors.New("no workspace here")
	// ErrExists: there is one already.
	ErrExists = errors.New("a workspace is here already")
	// ErrDamaged: the file with the workspace key is not whole.
	ErrDamaged = errors.New("workspace key file is damaged")
	// ErrNewer: the workspace was made by a newer version of the program.
	ErrNewer = errors.New("workspace was made by a newer version")
	// ErrNoTenant: no such tenant is connected.
	ErrNoTenant = errors.New("tenant is not connected")
	// ErrOffline: the bucket was out of reach when the workspace was opened.
	ErrOffline = errors.New("workspace is open without its bucket")
)

// Bucket is what a workspace needs of the place it is kept in.
type Bucket interface {
	Put(ctx context.Context, key string, r io.Reader, size int64, o bucket.PutOptions) error
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	List(ctx context.Context, prefix, after string) iter.Seq2[bucket.Info, error]
}

// Identity is the technician at work.
type Identity struct {
	Name string
	Key  ed25519.PrivateKey
}

// Options adjust a workspace. Identity is needed for writing only.
type Options struct {
	Identity Identity
	Clock    clock.Clock  // nil: the computer's
	Rand     io.Reader    // nil: crypto/rand
	CacheDir string       // folder for documents already seen, still sealed; "": none
	Lock     *bucket.Lock // for Create: put on all that is ever written; nil: none
	Cost     Cost         // of guessing the password, for Create; zero: recommended
}

// Workspace is an open workspace. Its methods may be used by many goroutines.
type Workspace struct {
	bucket Bucket
	opts   Options
	id     string
	keys   keys
	cache  cache

	mu      sync.Mutex
	docs    map[string]*Doc // by name
	vaults  map[string]*Doc
	damage  map[string]error
	offline error
	state   State

	appending sync.Mutex // one document of ours at a time
}

// Create makes a workspace in a bucket that has none.
func Create(ctx context.Context, b Bucket, password string, o Options) (*Workspace, error) {
	o = o.filled()
	w, err := create(ctx, b, password, o)
	if err != nil {
		return nil, fmt.Errorf("make workspace: %w", err)
	}
	return w, nil
}

func create(ctx context.Context, b Bucket, password string, o Options) (*Workspace, error) {
	if err := o.Identity.check(); err != nil {
		return nil, err
	}
	file, key, err := newKeyFile(password, o)
	if err != nil {
		return nil, err
	}
	if err := put(ctx, b, keyName, file, o.Lock); err != nil {
		if errors.Is(err, bucket.ErrExists) {
			return nil, ErrExists
		}
		return nil, err
	}
	w, err := newWorkspace(b, file, key, o)
	if err != nil {
		return nil, err
	}
	return w, w.introduce(ctx)
}

// Open opens the workspace in a bucket. When the bucket cannot be reached and
// the cache folder has what was seen before, the workspace opens with that:
// Offline then says why.
func Open(ctx context.Context, b Bucket, password string, o Options) (*Workspace, error) {
	o = o.filled()
	w, err := open(ctx, b, password, o)
	if err != nil {
		return nil, fmt.Errorf("open workspace: %w", err)
	}
	return w, nil
}

func open(ctx context.Context, b Bucket, password string, o Options) (*Workspace, error) {
	c := cache{dir: o.CacheDir}
	file, err := get(ctx, b, keyName)
	var offline error
	switch {
	case errors.Is(err, bucket.ErrNotFound):
		return nil, ErrNoWorkspace
	case errors.Is(err, bucket.ErrUnreachable):
		if file = c.read(keyName); file == nil {
			return nil, err
		}
		offline = err
	case err != nil:
		return nil, err
	}
	key, err := openKeyFile(file, password)
	if err != nil {
		return nil, err
	}
	w, err := newWorkspace(b, file, key, o)
	if err != nil {
		return nil, err
	}
	if offline == nil {
		err := w.Refresh(ctx)
		if !errors.Is(err, bucket.ErrUnreachable) {
			return w, err
		}
		offline = err
	}
	w.goOffline(offline)
	return w, nil
}

func newWorkspace(b Bucket, file, key []byte, o Options) (*Workspace, error) {
	head, err := parseKeyFile(file)
	if err != nil {
		return nil, err
	}
	w := &Workspace{
		bucket: b, opts: o, id: head.ID, docs: map[string]*Doc{}, vaults: map[string]*Doc{}, damage: map[string]error{},
		cache: cache{dir: o.CacheDir, id: head.ID},
	}
	if w.keys, err = deriveKeys(key, head.ID); err != nil {
		return nil, err
	}
	if w.opts.Lock, err = bucket.ParseLock(head.Lock); err != nil {
		return nil, err
	}
	(&cache{dir: o.CacheDir}).write(keyName, file)
	w.state = w.fold()
	return w, nil
}

func (o Options) filled() Options {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Cost == (Cost{}) {
		o.Cost = recommended
	}
	return o
}

func (id Identity) check() error {
	if len(id.Key) != ed25519.PrivateKeySize {
		return errors.New("no technician key to sign with")
	}
	return nil
}

// Lock is what the workspace puts on its documents, and its vaults should on
// their content, as it was made with; nil: none.
func (w *Workspace) Lock() *bucket.Lock { return w.opts.Lock }

// ID is the workspace's own random name.
func (w *Workspace) ID() string { return w.id }

// Offline says why the bucket could not be reached when the workspace was
// opened or last refreshed, or nil.
func (w *Workspace) Offline() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.offline
}

// goOffline takes what the cache has for the state.
func (w *Workspace) goOffline(why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range w.cache.names() {
		if data := w.cache.read(name); data != nil && w.missing(name) {
			w.takeIn(name, data)
		}
	}
	w.offline = fmt.Errorf("%w: %w", ErrOffline, why)
	w.state = w.fold()
}

// State is the shared state as last seen.
func (w *Workspace) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// now is a time later than that of every document seen, so that what is written
// after reading is also folded after it, whatever the computers' clocks say.
func (w *Workspace) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.opts.Clock.Now().UTC().Truncate(time.Microsecond)
	for _, d := range w.docs {
		if !d.Time.Before(now) {
			now = d.Time.Add(time.Microsecond)
		}
	}
	return now
}
