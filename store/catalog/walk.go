package catalog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"vangnet/engine/model"
)

// Found is a folder or an item with all that is known of it.
type Found struct {
	Row    model.Row
	Folder model.Folder // itself, or the one it lies in
	Entry  *model.Entry // nil for a folder; its body text is cut
}

// Sum is what lies at and below an address.
type Sum struct {
	Folders, Items, Bytes int64
}

// errEnough ends a walk whose consumer wants no more.
var errEnough = errors.New("enough")

// Walk yields everything at and below an address at a moment (zero: now, or
// what was there last), and what of the past is wanted beside it: each folder
// before its items. Nothing large is held.
func (c *Catalog) Walk(ctx context.Context, tenant model.TenantID, address string, at time.Time, past model.Past) iter.Seq2[Found, error] {
	return c.walk(ctx, address, past, func(r *reader) ([]target, error) { return r.resolve(tenant, address, at) })
}

// WalkRef is Walk for a Ref.
func (c *Catalog) WalkRef(ctx context.Context, ref model.Ref, past model.Past) iter.Seq2[Found, error] {
	return c.walk(ctx, ref.Item, past, func(r *reader) ([]target, error) { return r.resolveRef(ref) })
}

// walk finds the targets, and walks them with many short reads rather than one
// long: a restore may take hours over it, and an open read keeps the file's
// journal from being emptied. What a snapshot holds does not change meanwhile.
func (c *Catalog) walk(ctx context.Context, what string, past model.Past, find func(*reader) ([]target, error)) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		var targets []target
		err := c.reading(ctx, func(r *reader) (err error) {
			targets, err = find(r)
			return err
		})
		for i := range targets {
			if err == nil {
				targets[i].past = past
				err = c.walkTarget(ctx, &targets[i], yield)
			}
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(Found{}, fmt.Errorf("walk %q: %w", what, err))
		}
	}
}

// Lookup finds the version or folder that a Ref points at.
func (c *Catalog) Lookup(ctx context.Context, ref model.Ref) (found Found, err error) {
	err = c.reading(ctx, func(r *reader) error {
		targets, err := r.resolveRef(ref)
		if err != nil {
			return err
		}
		t := &targets[0]
		if t.item != nil {
			found, err = c.found(r, t.item, t.ord)
			return err
		}
		found.Row, err = r.targetRow(t, false)
		if t.state != nil {
			found.Folder = t.state.folder
		}
		return err
	})
	if err != nil {
		return Found{}, fmt.Errorf("look up item %q in folder %q of %s: %w", ref.Item, ref.Folder, ref.Resource, err)
	}
	return found, nil
}

// Size sums what lies at and below an address at a moment.
func (c *Catalog) Size(ctx context.Context, tenant model.TenantID, address string, at time.Time) (sum Sum, err error) {
	err = c.reading(ctx, func(r *reader) error {
		targets, err := r.resolve(tenant, address, at)
		if err != nil {
			return err
		}
		for i := range targets {
			if err := r.add(&sum, &targets[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Sum{}, fmt.Errorf("size of %q: %w", address, err)
	}
	return sum, nil
}

func (r *reader) add(sum *Sum, t *target) error {
	if t.item != nil {
		sum.Items++
		sum.Bytes += t.item.size
		return nil
	}
	states, err := r.statesAt(t.res, t.ord, t.path, false)
	for i := range states {
		sum.Folders++
		sum.Items += states[i].folder.Items
		sum.Bytes += states[i].folder.Bytes
	}
	return err
}

// resolveRef turns a Ref into a target. Should the item have been in another
// folder at that time, it is found there.
func (r *reader) resolveRef(ref model.Ref) ([]target, error) {
	res, err := r.resourceByID(ref.Tenant, ref.Resource)
	if err != nil {
		return nil, err
	}
	ord, err := r.ordAt(res, ref.At)
	if err != nil {
		return nil, err
	}
	switch {
	case ord == 0:
		return nil, ErrNotFound
	case ref.Item != "":
		return r.refItem(res, ord, ref)
	case ref.Folder == "":
		return []target{{res: res, ord: ord, shown: res.address}}, nil
	}
	var key int64
	if err := r.one("SELECT key FROM folder WHERE resource = ? AND id = ?", res.key, ref.Folder).Scan(&key); err != nil {
		return nil, notFound(err)
	}
	s, err := r.stateOf(key, ord)
	if err != nil {
		return nil, err
	}
	if !s.in(ord) {
		if !ref.At.IsZero() || !s.until.Valid || s.until.Int64 > ord {
			return nil, ErrNotFound
		}
		ord = s.until.Int64 - 1
	}
	return []target{{res: res, ord: ord, path: model.FoldName(s.folder.Path), state: s}}, nil
}

func (r *reader) refItem(res *resource, ord int64, ref model.Ref) ([]target, error) {
	items, err := r.items(`WHERE i.mark = ?1 AND i.resource = ?2 AND i.id = ?3 AND i.since <= ?4
		ORDER BY (i.until IS NULL OR i.until > ?4) DESC, i.folder = (SELECT key FROM folder WHERE resource = ?2 AND id = ?5) DESC, i.since DESC LIMIT 1`,
		markOf(res.key, ref.Item), res.key, ref.Item, ord, ref.Folder)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 || !items[0].in(ord) && !ref.At.IsZero() {
		return nil, ErrNotFound
	}
	if it := &items[0]; !it.in(ord) {
		ord = it.until.Int64 - 1
	}
	return []target{{res: res, ord: ord, item: &items[0]}}, nil
}

// found adds the entry to an item.
func (c *Catalog) found(r *reader, it *item, ord int64) (Found, error) {
	f := Found{}
	blob := it.blob
	if blob == nil {
		if err := r.one("SELECT blob FROM entry WHERE key = ?", it.key).Scan(&blob); err != nil {
			return f, notFound(err)
		}
	}
	entry, err := unpack(c.dec, it, blob)
	if err != nil {
		return f, err
	}
	f.Entry = &entry
	if f.Row, err = r.row(it, ord); err != nil {
		return f, err
	}
	s, err := r.stateOf(it.folder, ord)
	if err != nil {
		return f, err
	}
	f.Folder = s.folder
	return f, nil
}
