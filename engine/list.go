package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// errEnough says that whoever reads a listing wants no more of it.
var errEnough = errors.New("enough")

// tree is where a listing comes from.
type tree interface {
	Resolve(ctx context.Context, tenant model.TenantID, address string, at time.Time) (model.Row, error)
	Children(ctx context.Context, tenant model.TenantID, address string, at time.Time, deleted bool) ([]model.Row, error)
	List(ctx context.Context, q model.ListQuery) (rows []model.Row, total int, err error)
}

// lister yields one level of the tree of addresses: accounts, their workloads,
// folders and items.
type lister struct {
	index   tree
	tenant  model.TenantID
	at      time.Time
	deleted bool
	yield   func(model.Row, error) bool
}

func (l *lister) list(ctx context.Context, path string) error {
	path = strings.Trim(path, "/")
	var at model.Row
	var err error
	if path != "" {
		if at, err = l.index.Resolve(ctx, l.tenant, path, l.at); err != nil {
			return err
		}
		if at.Ref.Item != "" {
			return l.give(at)
		}
		path = at.Path // as it is written
	}
	places, err := l.index.Children(ctx, l.tenant, path, l.at, l.deleted)
	if err != nil {
		return err
	}
	if err := l.give(places...); err != nil {
		return err
	}
	return l.items(ctx, at)
}

func (l *lister) give(rows ...model.Row) error {
	for i := range rows {
		if !l.yield(rows[i], nil) {
			return errEnough
		}
	}
	return nil
}

// listPage is how many items of a folder are held at once.
const listPage = 10_000

// items yields a folder's items, page after page. A folder that changes between
// two pages could leave some out, so then the listing ends with an error.
func (l *lister) items(ctx context.Context, folder model.Row) error {
	if folder.Ref.Folder == "" {
		return nil
	}
	q := model.ListQuery{
		Tenant: folder.Ref.Tenant, Resource: folder.Ref.Resource, Folder: folder.Ref.Folder, At: l.at, Deleted: l.deleted,
		Sort: model.SortName, Limit: listPage,
	}
	for first := 0; ; q.Offset += listPage {
		rows, total, err := l.index.List(ctx, q)
		if err != nil {
			return err
		}
		if q.Offset > 0 && total != first {
			return fault.New(fault.ListingChanged, fmt.Errorf("%s had %d items and now %d", folder.Path, first, total), "path", folder.Path)
		}
		first = total
		if err := l.give(rows...); err != nil {
			return err
		}
		if len(rows) < listPage {
			return nil
		}
	}
}

// within reports whether path is an address or lies below it.
func within(path, address string) bool {
	path, address = model.FoldName(path), model.FoldName(address)
	return path == address || strings.HasPrefix(path, address+"/")
}

// nextPart is the part of address that follows path, if address lies below it.
func nextPart(address, path string) (string, bool) {
	if path != "" {
		if !within(address, path) || len(address) <= len(path) {
			return "", false
		}
		address = address[len(path)+1:]
	}
	first, _, _ := strings.Cut(address, "/")
	return first, first != ""
}
