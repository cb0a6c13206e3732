package catalog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"vangnet/engine/model"
)

// What became of something between two moments.
const (
	Appeared = "appeared"
	Changed  = "changed"
	Vanished = "vanished"
	Moved    = "moved"
)

// Diff yields what differs at and below an address between two moments (to may
// be zero: now), folder by folder. Path is where a thing is at the later moment,
// for one that vanished where it was; From is where a moved one was. A moved
// folder comes as one change, its items with it.
func (c *Catalog) Diff(ctx context.Context, tenant model.TenantID, address string, from, to time.Time) iter.Seq2[model.Change, error] {
	return func(yield func(model.Change, error) bool) {
		err := c.reading(ctx, func(r *reader) error {
			diffs, err := r.diffs(tenant, address, from, to, yield)
			if err != nil {
				return err
			}
			for _, d := range diffs {
				if err := d.run(); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(model.Change{}, fmt.Errorf("compare %q: %w", address, err))
		}
	}
}

// diff compares one resource at two snapshots.
type diff struct {
	r        *reader
	res      *resource
	from, to int64
	path     string // folders at and below it
	id       string // only this item; "" all
	before   map[int64]folderState
	after    map[int64]folderState
	yield    func(model.Change, error) bool
}

// diffs finds what there is to compare. The address may mean something at
// either moment.
func (r *reader) diffs(tenant model.TenantID, address string, from, to time.Time, yield func(model.Change, error) bool) ([]*diff, error) {
	var list []*diff
	known := map[string]bool{}
	for _, at := range []time.Time{to, from} {
		targets, err := r.resolve(tenant, address, at)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for i := range targets {
			t := &targets[i]
			d := &diff{r: r, res: t.res, path: t.path, yield: yield}
			if t.item != nil {
				d.id = t.item.id
			}
			key := fmt.Sprint(t.res.key, "|", d.path, "|", d.id)
			if known[key] {
				continue
			}
			known[key] = true
			if d.from, err = r.ordAt(t.res, from); err != nil {
				return nil, err
			}
			if d.to, err = r.ordAt(t.res, to); err != nil {
				return nil, err
			}
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	return list, nil
}

func (d *diff) run() error {
	if d.from == d.to {
		return nil
	}
	var err error
	if d.before, err = d.states(d.from); err != nil {
		return err
	}
	if d.after, err = d.states(d.to); err != nil {
		return err
	}
	for _, key := range d.folders() {
		before, had := d.before[key]
		after, has := d.after[key]
		if err := d.folder(before, after, had, has); err != nil {
			return err
		}
		if had && has && before.folder.Listing == after.folder.Listing {
			continue
		}
		if err := d.items(key); err != nil {
			return err
		}
	}
	return nil
}

func (d *diff) states(ord int64) (map[int64]folderState, error) {
	list, err := d.r.statesAt(d.res, ord, d.path, false)
	states := make(map[int64]folderState, len(list))
	for _, s := range list {
		states[s.key] = s
	}
	return states, err
}

// folders lists the folders of both moments in order of path.
func (d *diff) folders() []int64 {
	paths := map[int64]string{}
	for key, s := range d.before {
		paths[key] = s.folder.Path
	}
	for key, s := range d.after {
		paths[key] = s.folder.Path
	}
	keys := make([]int64, 0, len(paths))
	for key := range paths {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b int64) int { return strings.Compare(paths[a], paths[b]) })
	return keys
}

// folder tells what became of a folder itself.
func (d *diff) folder(before, after folderState, had, has bool) error {
	if d.id != "" || had && has && before.folder.Path == after.folder.Path {
		return nil
	}
	key := max(before.key, after.key)
	var err error
	if !had { // it may have been outside the address
		before, had, err = d.elsewhere(key, d.from)
	} else if !has {
		after, has, err = d.elsewhere(key, d.to)
	}
	if err != nil {
		return err
	}
	address := func(s folderState) string { return model.JoinAddress(d.res.address, s.folder.Path) }
	change := model.Change{Kind: model.KindFolder, Path: address(after)}
	switch {
	case !had:
		change.What = Appeared
	case !has:
		change.What, change.Path = Vanished, address(before)
	default:
		if renamedWithParent(before.folder, after.folder, d.before, d.after) {
			return nil
		}
		change.What, change.From = Moved, address(before)
	}
	return d.send(change)
}

// renamedWithParent reports that a folder only moved because the one above did.
func renamedWithParent(before, after model.Folder, olds, news map[int64]folderState) bool {
	if before.Parent == "" || before.Parent != after.Parent || before.Name() != after.Name() {
		return false
	}
	has := func(states map[int64]folderState) bool {
		for _, s := range states {
			if s.folder.ID == before.Parent {
				return true
			}
		}
		return false
	}
	return has(olds) && has(news)
}

func (d *diff) elsewhere(folder, ord int64) (folderState, bool, error) {
	list, err := d.r.folderStates("folder = ? AND since <= ? AND (until IS NULL OR until > ?)", folder, ord, ord)
	if err != nil || len(list) == 0 {
		return folderState{}, false, err
	}
	return list[0], true, nil
}

// items compares a folder's items: first those there now that were not, then
// those that were and are not.
func (d *diff) items(folder int64) error {
	low, high := min(d.from, d.to), max(d.from, d.to)
	began := "i.since > ? AND i.since <= ? AND (i.until IS NULL OR i.until > ?)"
	ended := "i.since <= ? AND i.until > ? AND i.until <= ?"
	now, gone := began, ended
	nowArgs, goneArgs := []any{low, high, high}, []any{low, low, high}
	if d.from > d.to { // backwards in time
		now, gone, nowArgs, goneArgs = ended, began, goneArgs, nowArgs
	}
	if err := d.each(folder, now, nowArgs, d.arrived); err != nil {
		return err
	}
	return d.each(folder, gone, goneArgs, d.left)
}

// each calls fn for a folder's rows, a page at a time.
func (d *diff) each(folder int64, where string, args []any, fn func(*item) error) error {
	after := int64(0)
	for {
		all := append(append([]any{folder}, args...), after, d.id, d.id, walkPage)
		items, err := d.r.items("WHERE i.folder = ? AND "+where+" AND i.key > ? AND (? = '' OR i.id = ?) ORDER BY i.key LIMIT ?", all...)
		if err != nil {
			return err
		}
		for i := range items {
			if err := fn(&items[i]); err != nil {
				return err
			}
		}
		if len(items) < walkPage {
			return nil
		}
		after = items[len(items)-1].key
	}
}

// arrived tells of a version that is there at the later moment only.
func (d *diff) arrived(it *item) error {
	old, err := d.other(it, d.from)
	if err != nil {
		return err
	}
	row, err := d.r.row(it, d.to)
	if err != nil {
		return err
	}
	change := model.Change{Path: row.Path, What: Appeared, Kind: row.Kind, Size: row.Size, Row: row}
	if old != nil {
		change.What = Changed
		if old.print == it.print && old.folder == it.folder {
			return nil // it was away in between
		}
		if old.folder != it.folder || old.name != it.name {
			was, err := d.r.row(old, d.from)
			if err != nil {
				return err
			}
			change.What, change.From = Moved, was.Path
		}
	}
	return d.send(change)
}

// left tells of a version that is there at the earlier moment only, unless
// arrived tells of its item.
func (d *diff) left(it *item) error {
	now, err := d.other(it, d.to)
	if err != nil {
		return err
	}
	was, err := d.r.row(it, d.from)
	if err != nil {
		return err
	}
	if now == nil {
		return d.send(model.Change{Path: was.Path, What: Vanished, Kind: was.Kind, Size: was.Size, Row: was})
	}
	if _, inside := d.after[now.folder]; inside {
		return nil
	}
	row, err := d.r.row(now, d.to)
	if err != nil {
		return err
	}
	return d.send(model.Change{Path: row.Path, What: Moved, From: was.Path, Kind: row.Kind, Size: row.Size, Row: row})
}

// other finds the same item at the other moment.
func (d *diff) other(it *item, ord int64) (*item, error) {
	list, err := d.r.items("WHERE i.mark = ? AND i.resource = ? AND i.id = ? AND i.since <= ? AND (i.until IS NULL OR i.until > ?) LIMIT 1",
		markOf(d.res.key, it.id), d.res.key, it.id, ord, ord)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func (d *diff) send(change model.Change) error {
	if !d.yield(change, nil) {
		return errEnough
	}
	return nil
}
