package catalog

import (
	"context"
	"fmt"
	"iter"

	"golang.org/x/sync/errgroup"

	"vangnet/engine/model"
)

const (
	livePage  = 2_000 // live rows read at a time
	chunkSize = 256   // entries handed over at a time
	chunks    = 8     // entries on their way
)

// live is what merging needs of a row that is still there.
type live struct {
	key, print, since, mark int64
	name                    string
}

// liveRows walks a folder's live rows in order of name, a page at a time, so
// that no cursor is open while rows are written.
type liveRows struct {
	w      *writer
	folder int64
	page   []live
	after  string
	end    bool
}

// head is the next row, or nil at the end. Rows inserted before the head are
// not seen again, since the page behind it is only read when it is reached.
func (l *liveRows) head(ctx context.Context) (*live, error) {
	if len(l.page) == 0 && !l.end {
		if err := l.next(ctx); err != nil {
			return nil, fmt.Errorf("read live items: %w", err)
		}
	}
	if len(l.page) == 0 {
		return nil, nil
	}
	return &l.page[0], nil
}

func (l *liveRows) pop() { l.page = l.page[1:] }

func (l *liveRows) next(ctx context.Context) error {
	s, err := l.w.stmt(ctx, "SELECT key, print, since, mark, name FROM item WHERE folder = ? AND until IS NULL AND name > ? ORDER BY name LIMIT ?")
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(ctx, l.folder, l.after, livePage)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	l.page = make([]live, 0, 64)
	for rows.Next() {
		var r live
		if err := rows.Scan(&r.key, &r.print, &r.since, &r.mark, &r.name); err != nil {
			return err
		}
		l.page = append(l.page, r)
	}
	if n := len(l.page); n > 0 {
		l.after = l.page[n-1].name
	}
	l.end = len(l.page) < livePage
	return rows.Err()
}

// mergeFolder brings a folder's rows to the state of a listing. Both sides come
// in order of name; equal ones are left alone. It may be repeated, after a
// crash or for a second time, with the same result. A listing that cannot be
// read to its end gives a readError; what it had is in, and nothing is closed
// for missing behind its last entry.
func (w *writer) mergeFolder(ctx context.Context, at *place, entries iter.Seq2[model.Entry, error], seen func(int)) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	ready := make(chan []*record, chunks)
	var reader errgroup.Group
	reader.Go(func() error {
		defer close(ready)
		return w.c.readListing(inner, at, entries, ready)
	})
	err := w.mergeRecords(ctx, at, ready, seen)
	stop() // the reader has ended, or must
	if readErr := reader.Wait(); err == nil && readErr != nil {
		return &readError{readErr}
	}
	return err
}

// readError is a failure of a source, not of the catalog.
type readError struct{ error }

func (e *readError) Unwrap() error { return e.error }

// readListing prepares entries in chunks, on another core than the one that
// writes. A nil chunk says that the listing was read to its end.
func (c *Catalog) readListing(ctx context.Context, at *place, entries iter.Seq2[model.Entry, error], ready chan<- []*record) error {
	chunk := make([]*record, 0, chunkSize)
	send := func(chunk []*record) error {
		select {
		case ready <- chunk:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	before := ""
	for e, err := range entries {
		if err != nil {
			return err
		}
		if e.Name <= before {
			return fmt.Errorf("%w: %q after %q", errListing, e.Name, before)
		}
		before = e.Name
		r, err := prepare(e, at.resource)
		if err != nil {
			return err
		}
		if at.fresh {
			r.pack(c.enc)
		}
		if chunk = append(chunk, r); len(chunk) == chunkSize {
			if err := send(chunk); err != nil {
				return err
			}
			chunk = make([]*record, 0, chunkSize)
		}
	}
	if err := send(chunk); err != nil {
		return err
	}
	return send(nil)
}

func (w *writer) mergeRecords(ctx context.Context, at *place, ready <-chan []*record, seen func(int)) error {
	rows := &liveRows{w: w, folder: at.folder}
	for chunk := range ready {
		if chunk == nil {
			return w.closeRest(ctx, at, rows)
		}
		for _, r := range chunk {
			if err := w.mergeOne(ctx, at, rows, r); err != nil {
				return err
			}
		}
		seen(len(chunk))
		if err := w.breathe(ctx); err != nil {
			return err
		}
	}
	return nil // cut short: the reader tells why
}

// mergeOne places one entry among the live rows.
func (w *writer) mergeOne(ctx context.Context, at *place, rows *liveRows, r *record) error {
	for {
		row, err := rows.head(ctx)
		if err != nil {
			return err
		}
		if row == nil || row.name > r.entry.Name {
			return w.insert(ctx, at, r)
		}
		rows.pop()
		if row.name < r.entry.Name {
			if err := w.close(ctx, at, row.key, row.since, stateGone); err != nil {
				return err
			}
			continue
		}
		if row.print == r.print {
			return nil
		}
		state := stateGone // another item has its name now; settle looks where it went
		if row.mark == r.mark {
			state = stateOld
		}
		if err := w.close(ctx, at, row.key, row.since, state); err != nil {
			return err
		}
		return w.insert(ctx, at, r)
	}
}

// closeRest closes the live rows from the head on.
func (w *writer) closeRest(ctx context.Context, at *place, rows *liveRows) error {
	for {
		row, err := rows.head(ctx)
		if row == nil || err != nil {
			return err
		}
		rows.pop()
		if err := w.close(ctx, at, row.key, row.since, stateGone); err != nil {
			return err
		}
		if err := w.breathe(ctx); err != nil {
			return err
		}
	}
}

// settle decides for every version that ended with snapshot ord without a
// successor in its folder: the item lives on elsewhere, or it is gone. It
// returns how many are gone.
func (w *writer) settle(ctx context.Context, resource, ord int64) (gone int64, err error) {
	after := int64(0)
	for {
		keys, err := w.keys(ctx, "SELECT key FROM item WHERE resource = ? AND until = ? AND state = 1 AND key > ? ORDER BY key LIMIT ?", resource, ord, after, livePage)
		if err != nil {
			return 0, fmt.Errorf("read ended items: %w", err)
		}
		for _, key := range keys {
			state, err := w.settleOne(ctx, key)
			if err != nil {
				return 0, fmt.Errorf("look for an ended item: %w", err)
			}
			if state == stateGone {
				gone++
			}
			if err := w.restate(ctx, key, state); err != nil {
				return 0, err
			}
		}
		if len(keys) < livePage {
			return gone, nil
		}
		after = keys[len(keys)-1]
		if err := w.breathe(ctx); err != nil {
			return 0, err
		}
	}
}

// settleOne tells the state of an ended version.
func (w *writer) settleOne(ctx context.Context, key int64) (int, error) {
	var elsewhere bool
	err := w.one(ctx, `SELECT EXISTS (SELECT 1 FROM item o WHERE o.mark = i.mark AND o.resource = i.resource AND o.id = i.id AND o.until IS NULL)
		FROM item i WHERE key = ?`, []any{key}, &elsewhere)
	if elsewhere {
		return stateOld, err
	}
	return stateGone, err
}
