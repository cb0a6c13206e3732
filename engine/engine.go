// Package engine is the facade over everything below the screens: the desktop
// app and the command line use it and nothing else. It opens a workspace,
// connects tenants, runs jobs, answers what the copies hold, and puts things
// back.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vangnet/engine/cause"
	"vangnet/engine/clock"
	"vangnet/engine/event"
	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/health"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/catalog"
	"vangnet/store/vault"
	"vangnet/store/workspace"
)

// Options say which home is opened, and how.
type Options struct {
	Home       string
	Password   func(context.Context) (string, error) // asks for the workspace password
	AccessKey  string                                // of S3 storage; both empty: those of the key store, see KeepStorageKeys
	SecretKey  string
	Technician string       // name, for Init and Join
	Clock      clock.Clock  // nil: the computer's
	Log        *slog.Logger // nil: none

	FlushEvery time.Duration // how often a run makes durable what it read; zero: each minute
}

// Place is where a workspace is kept.
type Place struct {
	Storage string // file:///… or s3://…
	Lock    string // "", compliance:30d or governance:30d
}

// Engine is an open workspace on this computer.
type Engine struct {
	opts   Options
	config config
	bucket bucket.Bucket
	space  *workspace.Workspace
	index  *catalog.Catalog
	bus    *event.Bus
	jobs   *job.Manager
	app    *graph.App

	noting sync.Mutex // held while books and runs are written down

	mu       sync.Mutex
	vaults   map[model.TenantID]*vault.Vault
	clients  map[model.TenantID]*graph.Client
	books    map[model.TenantID]*health.Book
	busy     map[model.TenantID]chan struct{} // one backup at a time
	syncs    map[model.TenantID]chan struct{} // one catalog sync at a time
	restored *memory
}

func (o *Options) complete() {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// Init makes a workspace. Everything that is asked of the storage is checked
// before the first byte is written.
func Init(ctx context.Context, o Options, p Place) error {
	return begin(ctx, o, p, true, func(b bucket.Bucket, password string, wo workspace.Options) error {
		lock, err := bucket.ParseLock(p.Lock)
		if err != nil {
			return fault.New(fault.LockForm, err, "lock", p.Lock)
		}
		if err := b.Check(ctx, bucket.Need{Lock: lock}); err != nil {
			return cause.Mark(err, "place", b.String())
		}
		wo.Lock = lock
		_, err = workspace.Create(ctx, b, password, wo)
		if errors.Is(err, workspace.ErrExists) {
			return fault.New(fault.WorkspaceExists, err, "place", b.String())
		}
		if err != nil {
			return cause.Mark(err, "place", b.String())
		}
		return nil
	})
}

// Join makes this home a second desk of a workspace that exists. A home that
// has joined it already stays as it is.
func Join(ctx context.Context, o Options, p Place) error {
	return begin(ctx, o, p, false, func(b bucket.Bucket, password string, wo workspace.Options) error {
		_, err := workspace.Open(ctx, b, password, wo)
		return markSpace(err, b)
	})
}

// begin is what Init and Join have in common.
func begin(ctx context.Context, o Options, p Place, create bool, fn func(bucket.Bucket, string, workspace.Options) error) error {
	o.complete()
	joined, err := joinedAlready(o.Home, p)
	if err != nil {
		return err
	}
	if joined && create {
		return homeInUse(o.Home)
	}
	b, err := openBucket(ctx, o, p.Storage, create)
	if err != nil {
		return err
	}
	password, err := o.Password(ctx)
	if err != nil {
		return err
	}
	key, fresh, err := identity(o.Home, password)
	if err != nil {
		return err
	}
	name := technicianName(o.Technician)
	wo := workspace.Options{Identity: workspace.Identity{Name: name, Key: key}, Clock: o.Clock, CacheDir: filepath.Join(o.Home, "workspace")}
	if err := fn(b, password, wo); err != nil {
		return err
	}
	if fresh {
		if err := keepIdentity(o.Home, password, key); err != nil {
			return err
		}
	}
	if joined {
		return nil
	}
	return saveConfig(o.Home, config{Storage: p.Storage, Technician: name})
}

func openBucket(ctx context.Context, o Options, storage string, create bool) (bucket.Bucket, error) {
	keys, err := storageKeys(o, storage)
	if err != nil {
		return nil, err
	}
	b, err := bucket.Open(ctx, storage, keys, bucket.Options{Create: create, Clock: o.Clock})
	if err != nil {
		return nil, cause.Mark(err, "place", storage)
	}
	return b, nil
}

// markSpace gives errors of opening a workspace their codes.
func markSpace(err error, b bucket.Bucket) error {
	switch {
	case errors.Is(err, workspace.ErrPassword):
		return fault.New(fault.WrongPassword, err)
	case errors.Is(err, workspace.ErrNoWorkspace):
		return fault.New(fault.NoWorkspace, err, "place", b.String())
	}
	return cause.Mark(err, "place", b.String())
}

// Open opens the workspace of a home folder.
func Open(ctx context.Context, o Options) (*Engine, error) {
	o.complete()
	c, err := loadConfig(o.Home)
	if err != nil {
		return nil, err
	}
	password, err := o.Password(ctx)
	if err != nil {
		return nil, err
	}
	b, err := openBucket(ctx, o, c.Storage, false)
	if err != nil {
		return nil, err
	}
	key, fresh, err := identity(o.Home, password)
	if err != nil {
		return nil, err
	}
	space, err := workspace.Open(ctx, b, password, workspace.Options{
		Identity: workspace.Identity{Name: c.Technician, Key: key}, Clock: o.Clock, CacheDir: filepath.Join(o.Home, "workspace"),
	})
	if err != nil {
		return nil, markSpace(err, b)
	}
	if fresh {
		if err := keepIdentity(o.Home, password, key); err != nil {
			return nil, err
		}
	}
	index, err := openCatalog(ctx, filepath.Join(o.Home, "catalog.sqlite"))
	if err != nil {
		return nil, err
	}
	e := &Engine{
		opts: o, config: c, bucket: b, space: space, index: index, bus: &event.Bus{}, app: graph.NewApp(o.Clock),
		vaults: map[model.TenantID]*vault.Vault{}, clients: map[model.TenantID]*graph.Client{}, books: map[model.TenantID]*health.Book{},
		busy: map[model.TenantID]chan struct{}{}, syncs: map[model.TenantID]chan struct{}{},
		restored: newMemory(filepath.Join(o.Home, "restored.jsonl")),
	}
	e.jobs = job.NewManager(o.Clock, e.bus)
	return e, nil
}

// openCatalog opens the cache; one that is damaged is thrown away, for it comes
// back from the vaults.
func openCatalog(ctx context.Context, path string) (*catalog.Catalog, error) {
	c, err := catalog.Open(ctx, path, catalog.Options{})
	if !errors.Is(err, catalog.ErrDamaged) {
		return c, err
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("throw the damaged catalog away: %w", err)
		}
	}
	return catalog.Open(ctx, path, catalog.Options{})
}

// Close ends all jobs and lets go of everything.
func (e *Engine) Close() error {
	e.jobs.Close()
	e.mu.Lock()
	defer e.mu.Unlock()
	errs := []error{e.index.Close(), e.restored.Close()}
	for _, v := range e.vaults {
		errs = append(errs, v.Close(context.Background()))
	}
	for _, c := range e.clients {
		c.Close()
	}
	return errors.Join(errs...)
}

// Jobs are snapshots of the work under way and of what ended lately, newest first.
func (e *Engine) Jobs() []model.Job { return e.jobs.Jobs() }

// Cancel asks a job to stop.
func (e *Engine) Cancel(id string) { e.jobs.Cancel(id) }

// WaitJob returns a job when it has ended, or as it is when ctx ends.
func (e *Engine) WaitJob(ctx context.Context, id string) (model.Job, error) {
	return e.jobs.Wait(ctx, id)
}

// Changes ticks when jobs or health changed, one tick for many changes.
func (e *Engine) Changes() (ticks <-chan struct{}, stop func()) { return e.bus.Listen() }

// turn waits for a tenant's turn, out of one of the maps of turns, until ctx
// ends; end gives it to the next.
func (e *Engine) turn(ctx context.Context, of map[model.TenantID]chan struct{}, id model.TenantID) (end func(), err error) {
	e.mu.Lock()
	if of[id] == nil {
		of[id] = make(chan struct{}, 1)
	}
	place := of[id]
	e.mu.Unlock()
	select {
	case place <- struct{}{}:
		return func() { <-place }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
