package engine

import (
	"context"
	"strings"
	"time"

	"vangnet/engine/model"
	"vangnet/store/catalog"
)

// lister lists one level of the tree of addresses: accounts, their workloads,
// folders and items.
type lister struct {
	index   *catalog.Catalog
	tenant  model.TenantID
	at      time.Time
	deleted bool
	rows    []model.Row
}

func (l *lister) list(ctx context.Context, path string) ([]model.Row, error) {
	path = strings.Trim(path, "/")
	var at model.Row
	var err error
	if path != "" {
		if at, err = l.index.Resolve(ctx, l.tenant, path, l.at); err != nil {
			return nil, err
		}
		if at.Ref.Item != "" {
			return []model.Row{at}, nil
		}
		path = at.Path // as it is written
	}
	if l.rows, err = l.index.Children(ctx, l.tenant, path, l.at, l.deleted); err != nil {
		return nil, err
	}
	err = l.items(ctx, at.Ref)
	return l.rows, err
}

// items adds a folder's items. The result is the lister's, so that a folder of
// any size is held once.
func (l *lister) items(ctx context.Context, folder model.Ref) error {
	if folder.Folder == "" {
		return nil
	}
	const page = 10_000
	for offset := 0; offset < maxRows; offset += page {
		rows, _, err := l.index.List(ctx, model.ListQuery{
			Tenant: folder.Tenant, Resource: folder.Resource, Folder: folder.Folder, At: l.at, Deleted: l.deleted,
			Sort: model.SortName, Offset: offset, Limit: page,
		})
		if err != nil {
			return err
		}
		l.rows = append(l.rows, rows...)
		if len(rows) < page {
			break
		}
	}
	return nil
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
