package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/store/catalog"
)

// fresh sees to it that the catalog has what this call is about. A vault that
// cannot be reached is no reason not to look at what is known.
func (e *Engine) fresh(ctx context.Context, id model.TenantID) error {
	err := e.syncCatalog(ctx, id, job.Discard())
	if err != nil && fault.Code(err) == fault.StorageUnreachable {
		e.opts.Log.WarnContext(ctx, "catalog could not be refreshed", "tenant", id, "error", err)
		return nil
	}
	return err
}

// Refresh takes into the catalog what other computers copied of a tenant. A
// vault that cannot be reached is no error: what is known can be looked at.
func (e *Engine) Refresh(ctx context.Context, id model.TenantID) error { return e.fresh(ctx, id) }

// notFound gives the catalog's "nothing there" its code.
func notFound(err error, path string) error {
	if errors.Is(err, catalog.ErrNotFound) {
		return fault.New(fault.NotFound, err, "path", path)
	}
	return cause.Mark(err, "path", path)
}

// Ls yields what a folder of the copies held at a moment (zero: newest); with
// deleted also what is gone since. The empty path lists the resources. A path
// that names an item lists that.
func (e *Engine) Ls(ctx context.Context, id model.TenantID, path string, at time.Time, deleted bool) iter.Seq2[model.Row, error] {
	return func(yield func(model.Row, error) bool) {
		err := e.fresh(ctx, id)
		if err == nil {
			l := lister{index: e.index, tenant: id, at: at, deleted: deleted, yield: yield}
			err = notFound(l.list(ctx, path), path)
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(model.Row{}, err)
		}
	}
}

// Item finds the item at a path as it was at a moment (zero: newest).
func (e *Engine) Item(ctx context.Context, id model.TenantID, path string, at time.Time) (model.Row, error) {
	if err := e.fresh(ctx, id); err != nil {
		return model.Row{}, err
	}
	row, err := e.index.Resolve(ctx, id, path, at)
	if err != nil {
		return model.Row{}, notFound(err, path)
	}
	if row.Ref.Item == "" {
		return model.Row{}, fault.New(fault.IsFolder, fmt.Errorf("%s is a folder", path), "path", path)
	}
	return row, nil
}

// VersionsAt lists every version of the item at a path, newest first.
func (e *Engine) VersionsAt(ctx context.Context, id model.TenantID, path string) ([]model.Row, error) {
	row, err := e.Item(ctx, id, path, time.Time{})
	if err != nil {
		return nil, err
	}
	return e.Versions(ctx, row.Ref)
}

// Versions are all kept versions of an item, newest first.
func (e *Engine) Versions(ctx context.Context, ref model.Ref) ([]model.Row, error) {
	rows, err := e.index.Versions(ctx, ref.Tenant, ref.Resource, ref.Item)
	return rows, notFound(err, ref.Item)
}

// Diff yields what changed at and below a path between two moments (zero: newest).
func (e *Engine) Diff(ctx context.Context, id model.TenantID, path string, from, to time.Time) iter.Seq2[model.Change, error] {
	return func(yield func(model.Change, error) bool) {
		if err := e.fresh(ctx, id); err != nil {
			yield(model.Change{}, err)
			return
		}
		for c, err := range e.index.Diff(ctx, id, path, from, to) {
			if !yield(c, notFound(err, path)) {
				return
			}
		}
	}
}

// Search finds items by words, newest first.
func (e *Engine) Search(ctx context.Context, q model.SearchQuery) (model.SearchPage, error) {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	page, err := e.index.Search(ctx, q)
	return page, cause.Mark(err)
}

// RestorePoints are the moments that can be gone back to, newest first.
func (e *Engine) RestorePoints(ctx context.Context, id model.TenantID, resource model.ResourceID) ([]model.RestorePoint, error) {
	points, err := e.index.RestorePoints(ctx, id, resource)
	return points, notFound(err, string(resource))
}

// Folders are all folders of a resource at a moment (zero: newest), parents
// before children.
func (e *Engine) Folders(ctx context.Context, id model.TenantID, resource model.ResourceID, at time.Time) ([]model.Folder, error) {
	rows, err := e.index.Folders(ctx, id, resource, at, false)
	if err != nil {
		return nil, notFound(err, string(resource))
	}
	list := make([]model.Folder, len(rows))
	for i, r := range rows {
		list[i] = r.Folder
	}
	return list, nil
}

// List is one page of a folder, and how many rows the whole answer has.
func (e *Engine) List(ctx context.Context, q model.ListQuery) ([]model.Row, int, error) {
	rows, total, err := e.index.List(ctx, q)
	return rows, total, notFound(err, q.Folder)
}
