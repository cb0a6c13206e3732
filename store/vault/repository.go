package vault

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/format"
	"github.com/kopia/kopia/repo/object"

	"vangnet/engine/model"
	"vangnet/store/bucket"
)

// Who writes, in kopia's eyes: the same on every computer, so that snapshots of
// one resource form one history.
const (
	sourceHost = "vangnet"
	sourceUser = "m365"
)

// The format of new vaults. The password is a random key, so that the fast
// derivation weakens nothing and saves 64 MB for each opening.
const (
	keyDerivation = "pbkdf2-sha256-600000"
	hashing       = "BLAKE3-256-128"
	encryption    = "AES256-GCM-HMAC-SHA256"
	splitter      = "DYNAMIC-4M-BUZHASH"
	minEpoch      = 6 * time.Hour
)

// storageOptions is all that kopia's configuration file says of our storage.
type storageOptions struct {
	ID string `json:"id"`
}

// live maps the ids in configuration files to storages in memory. kopia opens
// repositories by way of a file and a table of storage types, both global; this
// is how credentials stay out of them.
var live struct {
	once sync.Once
	mu   sync.Mutex
	by   map[string]*blobs
}

func register(b *blobs) (release func()) {
	live.once.Do(func() {
		live.by = map[string]*blobs{}
		blob.AddSupportedStorage(storageKind, storageOptions{}, func(_ context.Context, o *storageOptions, _ bool) (blob.Storage, error) {
			live.mu.Lock()
			defer live.mu.Unlock()
			if b := live.by[o.ID]; b != nil {
				return b, nil
			}
			return nil, ErrClosed
		})
	})
	b.id = rand.Text()
	live.mu.Lock()
	defer live.mu.Unlock()
	live.by[b.id] = b
	return func() {
		live.mu.Lock()
		defer live.mu.Unlock()
		delete(live.by, b.id)
	}
}

func create(ctx context.Context, o Options) error {
	b, err := newBlobs(ctx, o)
	if err != nil {
		return err
	}
	b.creating = true
	if err := b.writeShards(ctx); err != nil {
		return err
	}
	opt := &repo.NewRepositoryOptions{
		BlockFormat: format.ContentFormat{
			MutableParameters:    format.MutableParameters{Version: format.FormatVersion3},
			Hash:                 hashing,
			Encryption:           encryption,
			EnablePasswordChange: true,
		},
		ObjectFormat:                      format.ObjectFormat{Splitter: splitter},
		FormatBlockKeyDerivationAlgorithm: keyDerivation,
	}
	if o.Lock != nil {
		opt.RetentionMode, opt.RetentionPeriod = toRetention(o.Lock)
	}
	if err := repo.Initialize(ctx, b, opt, Password(o.Key)); err != nil {
		if errors.Is(err, repo.ErrAlreadyInitialized) {
			return ErrExists
		}
		return translate(err)
	}
	b.creating = false
	v, err := openWith(ctx, o, b)
	if err != nil {
		return err
	}
	err = v.setUp(ctx)
	return errors.Join(err, v.Close(ctx))
}

// setUp finishes a new repository: kopia overwrites the epoch parameters of
// Initialize, and the first ledger record tells what a whole vault consists of.
func (v *Vault) setUp(ctx context.Context) error {
	fm := v.repo.FormatManager()
	mp, err := fm.GetMutableParameters(ctx)
	if err != nil {
		return err
	}
	cfg, err := fm.BlobCfgBlob(ctx)
	if err != nil {
		return err
	}
	required, err := fm.RequiredFeatures(ctx)
	if err != nil {
		return err
	}
	mp.EpochParameters.MinEpochDuration = minEpoch
	if err := fm.SetParameters(ctx, mp, cfg, required); err != nil {
		return fmt.Errorf("set parameters: %w", translate(err))
	}
	_, err = v.ledger.append(ctx, body{Kind: kindCreated, Blobs: v.blobs.takeFresh()})
	return err
}

func open(ctx context.Context, o Options) (*Vault, error) {
	b, err := newBlobs(ctx, o)
	if err != nil {
		return nil, err
	}
	return openWith(ctx, o, b)
}

func openWith(ctx context.Context, o Options, b *blobs) (*Vault, error) {
	release := register(b)
	r, err := connect(ctx, o, b, cacheFor(o))
	if err != nil {
		release()
		return nil, err
	}
	v := &Vault{
		opts: o, repo: r, blobs: b, refreshed: o.Clock.Now(),
		release:   release,
		summaries: map[model.ObjectID]dirSummary{},
	}
	if v.lock, err = lockOf(ctx, r); err == nil {
		v.ledger, err = newLedger(b.bucket, o, v.lock)
	}
	if err != nil {
		return nil, errors.Join(err, v.Close(ctx))
	}
	return v, nil
}

// cacheFor gives each vault, by place and tenant, a cache of its own.
func cacheFor(o Options) content.CachingOptions {
	if o.CacheDir == "" {
		return content.CachingOptions{}
	}
	return content.CachingOptions{
		CacheDirectory:         filepath.Join(o.CacheDir, string(o.Tenant)+"-"+shortSum(o.Bucket.String())),
		ContentCacheSizeBytes:  o.CacheBytes,
		MetadataCacheSizeBytes: o.CacheBytes,
	}
}

// connect opens the repository by way of the configuration file that kopia asks
// for. The file holds no secret and is gone when connect returns.
func connect(ctx context.Context, o Options, b *blobs, cache content.CachingOptions) (repo.DirectRepository, error) {
	// kopia lets this variable override the folder that we name, for all vaults alike.
	if err := os.Unsetenv("KOPIA_CACHE_DIRECTORY"); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "vangnet-vault-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // read once
	info := b.ConnectionInfo()
	config, err := json.Marshal(repo.LocalConfig{
		Storage: &info,
		Caching: &cache,
		ClientOptions: repo.ClientOptions{
			Hostname: sourceHost, Username: sourceUser, ReadOnly: o.ReadOnly,
			// Never believe a format blob of 15 minutes ago: the vault may be another since.
			FormatBlobCacheDuration: -1,
		},
	})
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "repository.config")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		return nil, err
	}
	r, err := repo.Open(ctx, path, Password(o.Key), &repo.Options{
		TimeNowFunc:          o.Clock.Now,
		DisableRepositoryLog: true,
		DoNotWaitForUpgrade:  true,
		OnFatalError:         func(error) {}, // kopia's default ends the program
	})
	if err != nil {
		return nil, openError(err)
	}
	direct, ok := r.(repo.DirectRepository)
	if !ok {
		return nil, errors.Join(errors.New("not a repository of our own"), r.Close(ctx))
	}
	return direct, nil
}

func openError(err error) error {
	switch {
	case errors.Is(err, repo.ErrInvalidPassword):
		return ErrKey
	case errors.Is(err, blob.ErrBlobNotFound) && strings.Contains(err.Error(), formatBlob):
		return ErrNoVault
	}
	return translate(err)
}

// translate turns an error of kopia into one that a caller can know.
func translate(err error) error {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, ErrReadOnly), errors.Is(err, ErrMissing), errors.Is(err, ErrDamaged):
		return err
	case isBucketTrouble(err):
		return err
	case errors.Is(err, content.ErrContentNotFound), errors.Is(err, object.ErrObjectNotFound):
		return fmt.Errorf("%w: %w", ErrMissing, err)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// isBucketTrouble tells trouble with the place from damage to what is in it.
func isBucketTrouble(err error) bool {
	var e *bucket.Error
	if !errors.As(err, &e) {
		return false
	}
	return !errors.Is(err, bucket.ErrNotFound) && !errors.Is(err, bucket.ErrRange)
}

func lockOf(ctx context.Context, r repo.DirectRepository) (*bucket.Lock, error) {
	cfg, err := r.FormatManager().BlobCfgBlob(ctx)
	if err != nil || !cfg.IsRetentionEnabled() {
		return nil, err
	}
	return fromRetention(cfg.RetentionMode, cfg.RetentionPeriod), nil
}

func toRetention(l *bucket.Lock) (blob.RetentionMode, time.Duration) {
	return blob.RetentionMode(strings.ToUpper(string(l.Mode))), l.Term()
}

func fromRetention(mode blob.RetentionMode, period time.Duration) *bucket.Lock {
	const day = 24 * time.Hour
	return &bucket.Lock{Mode: bucket.LockMode(strings.ToLower(string(mode))), Days: int((period + day - 1) / day)}
}
