package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/store/catalog"
)

// maxRows bounds a listing that is wanted whole.
const maxRows = 1_000_000

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

// notFound gives the catalog's "nothing there" its code.
func notFound(err error, path string) error {
	if errors.Is(err, catalog.ErrNotFound) {
		return fault.New(fault.NotFound, err, "path", path)
	}
	return cause.Mark(err, "path", path)
}

// Ls lists a folder of the copies as it was at a moment (zero: newest); with
// deleted also what is gone since. The empty path lists the resources. A path
// that names an item lists that.
func (e *Engine) Ls(ctx context.Context, id model.TenantID, path string, at time.Time, deleted bool) ([]model.Row, error) {
	if err := e.fresh(ctx, id); err != nil {
		return nil, err
	}
	l := lister{index: e.index, tenant: id, at: at, deleted: deleted}
	rows, err := l.list(ctx, path)
	return rows, notFound(err, path)
}

// VersionsAt lists every version of the item at a path, newest first.
func (e *Engine) VersionsAt(ctx context.Context, id model.TenantID, path string) ([]model.Row, error) {
	if err := e.fresh(ctx, id); err != nil {
		return nil, err
	}
	row, err := e.index.Resolve(ctx, id, path, time.Time{})
	if err != nil {
		return nil, notFound(err, path)
	}
	if row.Ref.Item == "" {
		return nil, fault.New(fault.WrongUse, fmt.Errorf("%s is a folder: versions are kept of items", path))
	}
	return e.Versions(ctx, row.Ref)
}

// Versions are all kept versions of an item, newest first.
func (e *Engine) Versions(ctx context.Context, ref model.Ref) ([]model.Row, error) {
	rows, err := e.index.Versions(ctx, ref.Tenant, ref.Resource, ref.Item)
	return rows, notFound(err, ref.Item)
}

// Diff tells what changed at and below a path between two moments (zero: newest).
func (e *Engine) Diff(ctx context.Context, id model.TenantID, path string, from, to time.Time) ([]model.Change, error) {
	if err := e.fresh(ctx, id); err != nil {
		return nil, err
	}
	var list []model.Change
	for c, err := range e.index.Diff(ctx, id, path, from, to) {
		if err != nil {
			return nil, notFound(err, path)
		}
		if list = append(list, c); len(list) == maxRows {
			break
		}
	}
	return list, nil
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
