// Package vault keeps the snapshots of one tenant in a bucket: deduplicated,
// compressed, encrypted before it leaves the computer. Each vault is a kopia
// repository that the stock kopia program can read too, and a ledger of our own
// that says which snapshots are complete.
package vault

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/kopia/kopia/repo"

	"vangnet/engine/clock"
	"vangnet/engine/model"
	"vangnet/store/bucket"
)

// What can go wrong, beside the errors of package bucket.
var (
	ErrNoVault  = errors.New("no vault here")
	ErrExists   = errors.New("there is a vault already")
	ErrKey      = errors.New("the key does not open this vault")
	ErrReadOnly = errors.New("the vault is open for reading only")
	ErrClosed   = errors.New("closed already")
	ErrMissing  = errors.New("not in the vault")          // an object that the vault does not know
	ErrDamaged  = errors.New("damaged")                   // bytes are gone or not those that were stored
	ErrOrder    = errors.New("entries are not in order")  // of a listing
	ErrBadEntry = errors.New("not a usable entry")        // of a listing or folder table
	ErrTooLarge = errors.New("larger than a vault takes") // a document or state
)

// KeySize is the length of a vault's key in bytes.
const KeySize = 32

// Options say which vault.
type Options struct {
	Bucket bucket.Bucket
	Tenant model.TenantID
	Key    []byte // KeySize random bytes
	// CacheDir holds copies of what was read, encrypted, and the index. It may be
	// shared by all vaults of a computer. Empty: nothing is kept, and Prefetch has
	// no effect.
	CacheDir   string
	CacheBytes int64        // of content in CacheDir, and as much again of listings; zero: 512 MiB
	Lock       *bucket.Lock // for Create: how all that is stored is locked
	ReadOnly   bool
	Clock      clock.Clock
}

const defaultCacheBytes = 512 << 20

var tenantForm = regexp.MustCompile(`^[0-9a-z][0-9a-z-]{0,62}$`)

func (o *Options) complete() error {
	if o.Bucket == nil || !tenantForm.MatchString(string(o.Tenant)) {
		return fmt.Errorf("vault of %q: not a tenant id in a bucket", o.Tenant)
	}
	if len(o.Key) != KeySize {
		return fmt.Errorf("vault of %s: a key of %d bytes instead of %d: %w", o.Tenant, len(o.Key), KeySize, ErrKey)
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = defaultCacheBytes
	}
	return nil
}

// Password returns the password with which the stock kopia program opens the
// vault that has this key.
func Password(key []byte) string { return hex.EncodeToString(key) }

// Prefix is where in its bucket a tenant's vault lies, for the stock kopia program.
func Prefix(tenant model.TenantID) string { return "tenants/" + string(tenant) + "/" }

// Vault is an open vault. Its methods may be called by many goroutines at once.
type Vault struct {
	opts    Options
	repo    repo.DirectRepository
	blobs   *blobs
	ledger  *ledger
	lock    *bucket.Lock // as the vault was created with
	release func()

	mu        sync.Mutex
	refreshed time.Time
	stale     bool // the ledger shows more than the index may hold
	summaries map[model.ObjectID]dirSummary
}

// Create makes an empty vault. It does not open it. ErrExists.
func Create(ctx context.Context, o Options) error {
	if err := o.complete(); err != nil {
		return err
	}
	if err := create(ctx, o); err != nil {
		return fmt.Errorf("create vault of %s: %w", o.Tenant, err)
	}
	return nil
}

// Open opens a vault. The error wraps ErrNoVault, ErrKey or one of package bucket.
func Open(ctx context.Context, o Options) (*Vault, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	v, err := open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open vault of %s: %w", o.Tenant, err)
	}
	return v, nil
}

// Close lets go of the vault. Sessions must be closed before.
func (v *Vault) Close(ctx context.Context) error {
	err := v.repo.Close(context.WithoutCancel(ctx))
	v.release()
	if err != nil {
		return fmt.Errorf("close vault of %s: %w", v.opts.Tenant, err)
	}
	return nil
}

// Counts says what this vault asked of its bucket since it was opened.
func (v *Vault) Counts() bucket.Counts { return v.blobs.bucket.Counts() }

// Lock returns how new content is locked, nil for not at all.
func (v *Vault) Lock() *bucket.Lock { return v.lock }

// Refresh makes visible what other computers stored since. It happens by itself
// when an object is asked for that the vault does not know yet.
func (v *Vault) Refresh(ctx context.Context) error {
	if err := v.repo.Refresh(ctx); err != nil {
		return fmt.Errorf("refresh vault of %s: %w", v.opts.Tenant, translate(err))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.refreshed, v.stale = v.opts.Clock.Now(), false
	return nil
}
