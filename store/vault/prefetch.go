package vault

import (
	"context"
	"fmt"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/content"
	"github.com/kopia/kopia/repo/object"

	"vangnet/engine/model"
)

const (
	prefetchItems = 2000      // objects fetched together
	prefetchBytes = 128 << 20 // the same in bytes, well below the cache's size
	wholePackFrom = 24        // so many pieces of one pack are worth fetching all of it
	largeGuess    = 16 << 20  // for objects whose size is not in the index
)

// Prefetch brings objects into the cache, whole packs where many are in one, so
// that reading them costs no request each. It has no effect without a cache.
// What cannot be fetched is left to Open to say. The cache holds CacheBytes: ask
// for what is read next, a folder or a few thousand items, not for a mailbox.
func (v *Vault) Prefetch(ctx context.Context, ids []model.ObjectID) error {
	if v.opts.CacheDir == "" {
		return nil
	}
	b := newBatch()
	for i, id := range ids {
		parsed, err := parseID(id)
		if err != nil {
			continue
		}
		b.add(ctx, v, parsed)
		if b.items < prefetchItems && b.bytes < prefetchBytes && i < len(ids)-1 {
			continue
		}
		if err := b.fetch(ctx, v); err != nil {
			return fmt.Errorf("prefetch from vault of %s: %w", v.opts.Tenant, err)
		}
		b = newBatch()
	}
	return b.fetch(ctx, v)
}

// batch is what is fetched together.
type batch struct {
	packs map[blob.ID][]content.ID
	large []object.ID
	items int
	bytes int64
}

func newBatch() *batch { return &batch{packs: map[blob.ID][]content.ID{}} }

func (b *batch) add(ctx context.Context, v *Vault, id object.ID) {
	b.items++
	cid, _, ok := id.ContentID()
	if !ok {
		b.large = append(b.large, id)
		b.bytes += largeGuess
		return
	}
	if info, err := v.repo.ContentInfo(ctx, cid); err == nil {
		b.packs[info.PackBlobID] = append(b.packs[info.PackBlobID], cid)
		b.bytes += int64(info.PackedLength)
	}
}

func (b *batch) fetch(ctx context.Context, v *Vault) error {
	var single, whole []content.ID
	for _, ids := range b.packs {
		if len(ids) >= wholePackFrom {
			whole = append(whole, ids...)
		} else {
			single = append(single, ids...)
		}
	}
	if len(whole) > 0 {
		v.repo.PrefetchContents(ctx, whole, "blobs")
	}
	if len(single) > 0 {
		v.repo.PrefetchContents(ctx, single, "contents")
	}
	if len(b.large) > 0 {
		if _, err := v.repo.PrefetchObjects(ctx, b.large, ""); err != nil && isBucketTrouble(err) {
			return err
		}
	}
	return ctx.Err()
}
