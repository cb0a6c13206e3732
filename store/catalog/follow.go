package catalog

import (
	"context"
	"database/sql"
	"fmt"

	"golang.org/x/sync/errgroup"

	"vangnet/engine/model"
)

// follower writes the word index behind the catalog while a Sync runs.
type follower struct {
	c       *Catalog
	batches chan batch
	full    chan batch // gathered batches
	group   *errgroup.Group
	ctx     context.Context // ends when the follower fails
	touched map[int]bool    // parts of the index that were written
}

// Bounds of what is gathered for the word index at a time. There is as much
// again being written meanwhile.
const (
	gatherDocs  = 20_000
	gatherBytes = 8 << 20
)

// follow catches up with what an earlier Sync left behind, and then takes
// batches until end.
func (c *Catalog) follow(ctx context.Context) (*follower, error) {
	f := &follower{c: c, batches: make(chan batch), full: make(chan batch), touched: map[int]bool{}}
	if err := f.catchUp(ctx); err != nil {
		return nil, fmt.Errorf("catch up with the word index: %w", err)
	}
	f.group, f.ctx = errgroup.WithContext(ctx)
	f.group.Go(f.gather)
	f.group.Go(f.write)
	return f, nil
}

// gather joins batches into larger ones: the fewer pieces a part of the index
// is written in, the less there is to merge. It does so while the batch before
// is written, so that neither the catalog nor the index waits for the other.
func (f *follower) gather() error {
	defer close(f.full)
	var all batch
	size := 0
	for b := range f.batches {
		for i := range b.add {
			size += b.add[i].size()
		}
		all.add = append(all.add, b.add...)
		all.upto = b.upto
		if len(all.add) < gatherDocs && size < gatherBytes {
			continue
		}
		if err := hand(f.ctx, f.full, all); err != nil {
			return err
		}
		all, size = batch{}, 0
	}
	return hand(f.ctx, f.full, all)
}

func (f *follower) write() error {
	for b := range f.full {
		if err := f.c.index.apply(f.ctx, b, f.touched); err != nil {
			return err
		}
	}
	return nil
}

// hand passes a batch on, unless the follower has failed.
func hand(ctx context.Context, to chan<- batch, b batch) error {
	select {
	case to <- b:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// send hands over documents of items that are committed.
func (f *follower) send(b batch) error { return hand(f.ctx, f.batches, b) }

// end waits until all batches are in.
func (f *follower) end() error {
	close(f.batches)
	return f.group.Wait()
}

// finish does, after end, what changed in documents that were in before.
func (f *follower) finish(ctx context.Context) error {
	if err := f.refresh(ctx); err != nil {
		return fmt.Errorf("renew the word index: %w", err)
	}
	return f.c.index.tidy(ctx, f.touched)
}

// wordsComplete reports that the word index has all that the catalog has.
func (c *Catalog) wordsComplete(ctx context.Context) (bool, error) {
	var epoch, last, haveEpoch, upto int64
	var stale bool
	if err := c.write.QueryRowContext(ctx, "SELECT epoch, last, EXISTS (SELECT 1 FROM stale) FROM generation").Scan(&epoch, &last, &stale); err != nil {
		return false, err
	}
	if err := c.index.write.QueryRowContext(ctx, "SELECT epoch, key FROM upto").Scan(&haveEpoch, &upto); err != nil {
		return false, err
	}
	return !stale && epoch == haveEpoch && upto >= last, nil
}

// catchUp indexes from the catalog itself: what was committed there when the
// program stopped, or everything when the index is new.
func (f *follower) catchUp(ctx context.Context) error {
	var epoch, last int64
	if err := f.c.write.QueryRowContext(ctx, "SELECT epoch, last FROM generation").Scan(&epoch, &last); err != nil {
		return err
	}
	upto, err := f.c.index.upto(ctx, epoch)
	if err != nil {
		return err
	}
	for upto < last {
		next := min(upto+f.batchSize(), last)
		docs, err := f.documents(ctx, "i.key > ? AND i.key <= ?", upto, next)
		if err != nil {
			return err
		}
		if err := f.c.index.apply(ctx, batch{add: docs, upto: next}, f.touched); err != nil {
			return err
		}
		upto = next
	}
	return f.refresh(ctx)
}

func (f *follower) batchSize() int64 { return int64(f.c.opts.Batch) }

// refresh indexes anew the documents that the table stale names, or takes them out.
func (f *follower) refresh(ctx context.Context) error {
	for {
		var n, first, last int64
		err := f.c.write.QueryRowContext(ctx, "SELECT count(*), coalesce(min(n), 0), coalesce(max(n), 0) FROM (SELECT n FROM stale ORDER BY n LIMIT ?)", f.batchSize()).Scan(&n, &first, &last)
		if err != nil || n == 0 {
			return err
		}
		remove, err := scanKeys(f.c.write.QueryContext(ctx, "SELECT DISTINCT doc FROM stale WHERE n BETWEEN ? AND ?", first, last))
		if err != nil {
			return err
		}
		add, err := f.documents(ctx, "i.key IN (SELECT doc & ? FROM stale WHERE n BETWEEN ? AND ?)", maxKey, first, last)
		if err != nil {
			return err
		}
		if err := f.c.index.apply(ctx, batch{remove: remove, add: add}, f.touched); err != nil {
			return err
		}
		if _, err := f.c.write.ExecContext(ctx, "DELETE FROM stale WHERE n BETWEEN ? AND ?", first, last); err != nil {
			return err
		}
	}
}

// documents reads items as documents.
func (f *follower) documents(ctx context.Context, where string, args ...any) (docs []document, err error) {
	rows, err := f.c.write.QueryContext(ctx, `SELECT i.key, i.moment, i.state, i.resource, i.name, i.subject, i.sender, r.tenant, r.kind, e.blob,
		(SELECT path FROM folder_state s WHERE s.folder = i.folder ORDER BY since DESC LIMIT 1)
		FROM item i JOIN entry e ON e.key = i.key JOIN resource r ON r.key = i.resource WHERE `+where+" ORDER BY i.key", args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		var it item
		var tenant int64
		var kind model.ResourceKind
		var blob sql.RawBytes
		var path sql.NullString
		if err := rows.Scan(&it.key, &it.moment, &it.state, &it.resource, &it.name, &it.subject, &it.sender, &tenant, &kind, &blob, &path); err != nil {
			return nil, err
		}
		entry, err := unpack(f.c.dec, &it, blob)
		if err != nil {
			return nil, err
		}
		scope := scopeWords(folderWords(tenant, it.resource, workloadOf(kind, path.String)), entry.Kind, it.state)
		docs = append(docs, newDocument(docID(it.moment, it.key), &entry, scope))
	}
	return docs, rows.Err()
}
