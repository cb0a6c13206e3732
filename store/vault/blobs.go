package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/blob/sharded"
	"github.com/zeebo/blake3"

	"vangnet/store/bucket"
)

// Prefixes of kopia's blob names (package content and epoch of kopia v0.23).
const (
	sessionMarker = "s" // alive while a session writes; worthless after
	packData      = "p"
	packMeta      = "q"
	indexBlob     = "x"
)

const (
	formatBlob  = "kopia.repository"
	configBlob  = "kopia.blobcfg"
	blobSuffix  = ".f"      // of a blob's file in a folder
	shardsFile  = ".shards" // how a folder is divided
	storageKind = "vangnet" // our storage type in kopia's registry
)

// written is one blob as it left us, for the ledger.
type written struct {
	ID   string `json:"i"`
	Size int64  `json:"n"`
	Sum  []byte `json:"b,omitempty"` // BLAKE3-256
	SHA  []byte `json:"h,omitempty"` // SHA-256, instead of Sum in the records of earlier versions
}

// same tells whether data is what was written.
func (w written) same(data []byte) bool {
	if len(w.Sum) > 0 {
		sum := blake3.Sum256(data)
		return bytes.Equal(sum[:], w.Sum)
	}
	sum := sha256.Sum256(data)
	return bytes.Equal(sum[:], w.SHA)
}

// blobs is the storage under kopia: a corner of a bucket. It keeps the
// credentials in memory (kopia's own S3 type writes them to a file), counts,
// remembers what was written, and refuses to delete: with kopia a deletion is
// final in a way that no check can undo, and nothing but maintenance needs it.
type blobs struct {
	blob.DefaultProviderImplementation
	bucket   *bucket.Counted
	prefix   string
	shards   *sharded.Parameters // nil: names lie flat
	id       string              // in the registry
	creating bool                // what an interrupted creation left may be replaced
	readOnly bool

	mu    sync.Mutex
	fresh []written
	ahead map[blob.ID][]byte // whole packs that verification holds
	away  map[blob.ID]bool   // blobs that verification sets aside
}

func newBlobs(ctx context.Context, o Options) (*blobs, error) {
	b := &blobs{bucket: bucket.Count(o.Bucket), prefix: Prefix(o.Tenant), readOnly: o.ReadOnly}
	if o.Bucket.Place().Kind != bucket.KindFile {
		return b, nil
	}
	// In a folder the layout is that of kopia's filesystem storage, which keeps
	// a description of it beside the blobs.
	text, err := bucket.ReadAll(ctx, b.bucket, b.prefix+shardsFile, 64<<10)
	if errors.Is(err, bucket.ErrNotFound) {
		b.shards = sharded.DefaultParameters([]int{1, 3})
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	b.shards = &sharded.Parameters{}
	if err := b.shards.Load(bytes.NewReader(text)); err != nil {
		return nil, fmt.Errorf("read %s%s: %w: %w", b.prefix, shardsFile, ErrDamaged, err)
	}
	return b, nil
}

// writeShards stores the layout of a folder for other programs.
func (b *blobs) writeShards(ctx context.Context) error {
	if b.shards == nil {
		return nil
	}
	var text bytes.Buffer
	if err := b.shards.Save(&text); err != nil {
		return err
	}
	return bucket.WriteAll(ctx, b.bucket, b.prefix+shardsFile, text.Bytes(), bucket.PutOptions{})
}

func (b *blobs) key(id blob.ID) string {
	if b.shards == nil {
		return b.prefix + string(id)
	}
	dir, name := b.shards.GetShardDirectoryAndBlob(strings.TrimSuffix(b.prefix, "/"), id)
	return dir + "/" + string(name) + blobSuffix
}

// id is the inverse of key.
func (b *blobs) blobID(key string) (blob.ID, bool) {
	name, ok := strings.CutPrefix(key, b.prefix)
	if b.shards != nil && ok {
		name, ok = strings.CutSuffix(name, blobSuffix)
		name = strings.ReplaceAll(name, "/", "")
	}
	return blob.ID(name), ok && name != "" && !strings.Contains(name, "/")
}

// GetBlob implements kopia's storage.
func (b *blobs) GetBlob(ctx context.Context, id blob.ID, offset, length int64, out blob.OutputBuffer) error {
	out.Reset()
	if data, ok := b.held(id); ok {
		return copyRange(data, offset, length, out)
	}
	if b.creating && id == configBlob {
		return blob.ErrBlobNotFound
	}
	if length < 0 {
		offset = 0
	}
	r, err := b.bucket.Get(ctx, b.key(id), offset, length)
	if err != nil {
		return kopiaError(err)
	}
	_, err = io.Copy(out, r)
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return blob.EnsureLengthExactly(out.Length(), length)
}

func copyRange(data []byte, offset, length int64, out io.Writer) error {
	if length < 0 {
		offset, length = 0, int64(len(data))
	}
	if offset < 0 || offset+length > int64(len(data)) {
		return blob.ErrInvalidRange
	}
	_, err := out.Write(data[offset : offset+length])
	return err
}

// hold keeps a whole blob at hand, so that its contents are not fetched one by one.
func (b *blobs) hold(id blob.ID, data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ahead == nil {
		b.ahead = map[blob.ID][]byte{}
	}
	b.ahead[id] = data
}

func (b *blobs) drop(id blob.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.ahead, id)
}

// hide leaves blobs out of lists.
func (b *blobs) hide(ids map[blob.ID]bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = ids
}

func (b *blobs) hidden(id blob.ID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.away[id]
}

func (b *blobs) held(id blob.ID) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, ok := b.ahead[id]
	return data, ok
}

// GetMetadata implements kopia's storage.
func (b *blobs) GetMetadata(ctx context.Context, id blob.ID) (blob.Metadata, error) {
	info, err := b.bucket.Stat(ctx, b.key(id))
	if err != nil {
		return blob.Metadata{}, kopiaError(err)
	}
	return blob.Metadata{BlobID: id, Length: info.Size, Timestamp: info.Time}, nil
}

// ListBlobs implements kopia's storage.
func (b *blobs) ListBlobs(ctx context.Context, prefix blob.ID, f func(blob.Metadata) error) error {
	// In a divided folder only the first letter is sure to be a part of the key.
	start := prefix
	if b.shards != nil {
		start = prefix[:min(1, len(prefix))]
	}
	for info, err := range b.bucket.List(ctx, b.prefix+string(start), "") {
		if err != nil {
			return err
		}
		id, ok := b.blobID(info.Key)
		if !ok || b.hidden(id) || !strings.HasPrefix(string(id), string(prefix)) {
			continue
		}
		if err := f(blob.Metadata{BlobID: id, Length: info.Size, Timestamp: info.Time}); err != nil {
			return err
		}
	}
	return nil
}

// PutBlob implements kopia's storage.
func (b *blobs) PutBlob(ctx context.Context, id blob.ID, data blob.Bytes, o blob.PutOptions) error {
	switch {
	case b.readOnly:
		return ErrReadOnly
	case o.DoNotRecreate:
		return blob.ErrUnsupportedPutBlobOption
	case !o.SetModTime.IsZero():
		return blob.ErrSetTimeUnsupported
	}
	var put bucket.PutOptions
	if o.RetentionPeriod > 0 && o.RetentionMode.IsValid() {
		put.Lock = fromRetention(o.RetentionMode, o.RetentionPeriod)
	}
	sum, err := sumOf(data)
	if err != nil {
		return err
	}
	r := data.Reader()
	defer r.Close() //nolint:errcheck // in memory
	if err := b.bucket.Put(ctx, b.key(id), r, int64(data.Length()), put); err != nil {
		return err
	}
	if !strings.HasPrefix(string(id), sessionMarker) {
		b.mu.Lock()
		b.fresh = append(b.fresh, written{ID: string(id), Size: int64(data.Length()), Sum: sum})
		b.mu.Unlock()
	}
	if o.GetModTime != nil {
		info, err := b.bucket.Stat(ctx, b.key(id))
		if err != nil {
			return err
		}
		*o.GetModTime = info.Time
	}
	return nil
}

func sumOf(data io.WriterTo) ([]byte, error) {
	h := blake3.New()
	_, err := data.WriteTo(h)
	return h.Sum(nil), err
}

// takeFresh returns what was written since the last call. putBack undoes it.
func (b *blobs) takeFresh() []written {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.fresh
	b.fresh = nil
	return w
}

func (b *blobs) putBack(w []written) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fresh = append(w, b.fresh...)
}

// DeleteBlob implements kopia's storage. Session markers may stay when the key
// has no right to delete: kopia ignores them after four days.
func (b *blobs) DeleteBlob(ctx context.Context, id blob.ID) error {
	if !strings.HasPrefix(string(id), sessionMarker) || b.readOnly {
		return fmt.Errorf("delete blob %s: %w", id, errKept)
	}
	if err := b.bucket.Delete(ctx, b.key(id)); err != nil && !errors.Is(err, bucket.ErrDenied) {
		return err
	}
	return nil
}

var errKept = errors.New("nothing is deleted outside maintenance")

// ConnectionInfo implements kopia's storage: a name without a secret.
func (b *blobs) ConnectionInfo() blob.ConnectionInfo {
	return blob.ConnectionInfo{Type: storageKind, Config: &storageOptions{ID: b.id}}
}

// DisplayName implements kopia's storage.
func (b *blobs) DisplayName() string { return b.bucket.String() }

// IsReadOnly implements kopia's storage.
func (b *blobs) IsReadOnly() bool { return b.readOnly }

// kopiaError gives an error the identity that kopia looks for.
func kopiaError(err error) error {
	switch {
	case errors.Is(err, bucket.ErrNotFound):
		return fmt.Errorf("%w: %w", blob.ErrBlobNotFound, err)
	case errors.Is(err, bucket.ErrRange):
		return fmt.Errorf("%w: %w", blob.ErrInvalidRange, err)
	}
	return err
}

var _ blob.Storage = (*blobs)(nil)
