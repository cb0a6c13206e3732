package catalog

import (
	"context"

	"vangnet/engine/model"
)

// walkTarget yields what one target holds.
func (c *Catalog) walkTarget(ctx context.Context, t *target, yield func(Found, error) bool) error {
	if t.item != nil {
		return c.walkItem(ctx, t, yield)
	}
	var rows []FolderRow
	err := c.reading(ctx, func(r *reader) (err error) {
		rows, err = r.folders(t.res, t.ord, t.path, t.past.Deleted)
		return err
	})
	if err != nil {
		return err
	}
	for i := range rows {
		if !yield(Found{Row: rows[i].row(t.res), Folder: rows[i].Folder}, nil) {
			return errEnough
		}
		if err := c.walkItems(ctx, t, rows[i].ID, yield); err != nil {
			return err
		}
	}
	return nil
}

// walkItem yields one item, or its versions, newest first.
func (c *Catalog) walkItem(ctx context.Context, t *target, yield func(Found, error) bool) error {
	var found []Found
	err := c.reading(ctx, func(r *reader) (err error) {
		items := []item{*t.item}
		if t.past.Versions {
			items, err = r.itemsFrom(withEntry, "WHERE i.mark = ? AND i.resource = ? AND i.id = ? AND i.since <= ? AND "+notSameAgain+" ORDER BY i.since DESC, i.key DESC",
				markOf(t.res.key, t.item.id), t.res.key, t.item.id, t.ord, t.ord)
		}
		for i := range items {
			var f Found
			if f, err = c.found(r, &items[i], t.ord); err != nil {
				return err
			}
			found = append(found, f)
		}
		return err
	})
	for _, f := range found {
		if err == nil && !yield(f, nil) {
			err = errEnough
		}
	}
	return err
}

// walkItems yields a folder's items in order of name, a page at a time.
func (c *Catalog) walkItems(ctx context.Context, t *target, folder string, yield func(Found, error) bool) error {
	after := walkMark{}
	for {
		var page []Found
		err := c.reading(ctx, func(r *reader) (err error) {
			page, after, err = c.walkPage(r, t, folder, after)
			return err
		})
		if err != nil {
			return err
		}
		for _, f := range page {
			if !yield(f, nil) {
				return errEnough
			}
		}
		if len(page) < walkPage {
			return nil
		}
	}
}

const walkPage = 500

// walkMark is the last item of a page.
type walkMark struct {
	fold string
	key  int64
}

// Conditions on a version i, beside being no newer than the snapshot asked for.
const (
	// notSameAgain: no later version up to that snapshot (?) has the same
	// content; of states that differ only in a flag or category the last counts.
	notSameAgain = `NOT EXISTS (SELECT 1 FROM item o WHERE o.mark = i.mark AND o.resource = i.resource AND o.id = i.id AND o.since > i.since AND o.since <= ?
		AND o.object = i.object AND o.form = i.form AND o.hash = i.hash AND o.size = i.size AND o.folder = i.folder AND o.name = i.name)`
	// isThere: it is in that snapshot (?).
	isThere = "(i.until IS NULL OR i.until > ?)"
	// wasLast: it is, or was the last version before the item was gone (?, ?).
	wasLast = `(i.until IS NULL OR i.until > ? OR NOT EXISTS (SELECT 1 FROM item o
		WHERE o.mark = i.mark AND o.resource = i.resource AND o.id = i.id AND o.since >= i.until AND o.since <= ?))`
	// livesOn: some version of the item is in that snapshot (?, ?).
	livesOn = `EXISTS (SELECT 1 FROM item o WHERE o.mark = i.mark AND o.resource = i.resource AND o.id = i.id
		AND o.since <= ? AND (o.until IS NULL OR o.until > ?))`
)

// wanted is the condition on the versions that a walk takes, with its arguments.
func wanted(past model.Past, ord int64) (string, []any) {
	switch {
	case past.Versions && past.Deleted:
		return notSameAgain, []any{ord}
	case past.Versions:
		return notSameAgain + " AND " + livesOn, []any{ord, ord, ord}
	case past.Deleted:
		return wasLast, []any{ord, ord}
	}
	return isThere, []any{ord}
}

func (c *Catalog) walkPage(r *reader, t *target, folder string, after walkMark) ([]Found, walkMark, error) {
	which, args := wanted(t.past, t.ord)
	args = append([]any{t.res.key, folder, t.ord}, args...)
	items, err := r.itemsFrom(withEntry, `WHERE i.folder = (SELECT key FROM folder WHERE resource = ? AND id = ?) AND i.since <= ? AND `+which+`
		AND (i.fold, i.key) > (?, ?) ORDER BY i.fold, i.key LIMIT ?`, append(args, after.fold, after.key, walkPage)...)
	if err != nil {
		return nil, after, err
	}
	page := make([]Found, 0, len(items))
	for i := range items {
		f, err := c.found(r, &items[i], t.ord)
		if err != nil {
			return nil, after, err
		}
		page = append(page, f)
		after = walkMark{fold: model.FoldName(items[i].name), key: items[i].key}
	}
	return page, after, nil
}
