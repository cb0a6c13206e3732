package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
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
	seen    map[string]bool
	rows    []model.Row
}

func (l *lister) list(ctx context.Context, path string) ([]model.Row, error) {
	l.seen = map[string]bool{}
	path = strings.Trim(path, "/")
	var at model.Row
	if path != "" {
		var err error
		if at, err = l.index.Resolve(ctx, l.tenant, path, l.at); err != nil {
			return nil, err
		}
		if at.Ref.Item != "" {
			return []model.Row{at}, nil
		}
		path = at.Path // as it is written
	}
	if err := l.folders(ctx, path); err != nil {
		return nil, err
	}
	slices.SortFunc(l.rows, func(a, b model.Row) int { return cmp.Compare(model.FoldName(a.Name), model.FoldName(b.Name)) })
	return l.rows, l.items(ctx, at.Ref)
}

// folders adds what lies right below a path and has things below itself.
func (l *lister) folders(ctx context.Context, path string) error {
	all, err := l.index.Resources(ctx, l.tenant)
	if err != nil {
		return err
	}
	for _, res := range all {
		if next, ok := nextPart(res.Address, path); ok {
			l.add(model.Row{Tenant: l.tenant, Resource: res.Address, Path: model.JoinAddress(path, next), Name: next, Kind: model.KindFolder,
				Modified: res.Newest, SnapshotTime: res.Newest, Items: res.Items})
		}
		if path == "" || !within(path, res.Address) {
			continue
		}
		rows, err := l.index.Folders(ctx, l.tenant, res.ID, l.at, l.deleted)
		if err != nil {
			return fmt.Errorf("folders of %s: %w", res.Address, err)
		}
		for _, f := range rows {
			next, ok := nextPart(f.Address, path)
			if !ok {
				continue
			}
			row := model.Row{Tenant: l.tenant, Resource: res.Address, Path: model.JoinAddress(path, next), Name: next, Kind: model.KindFolder, SnapshotTime: f.Ref.At}
			if model.FoldName(f.Address) == model.FoldName(row.Path) {
				row.Ref, row.Size, row.Items, row.Modified = f.Ref, f.Bytes, f.Items, f.Modified
				row.Deleted, row.GoneSince = f.Deleted, f.GoneSince
			}
			l.add(row)
		}
	}
	return nil
}

func (l *lister) add(row model.Row) {
	if key := model.FoldName(row.Path); !l.seen[key] {
		l.seen[key] = true
		l.rows = append(l.rows, row)
	}
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
