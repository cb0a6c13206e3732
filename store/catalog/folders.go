package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"vangnet/engine/model"
)

// FolderRow is a folder at one moment.
type FolderRow struct {
	model.Folder
	Ref       model.Ref // Item is empty
	Address   string    // whole address
	Deleted   bool      // not in the newest snapshot
	GoneSince time.Time // zero: it is still there
}

// Folders lists a resource's folders as they were at a moment (zero: now), in
// order of path. With deleted it has also those that were gone by then.
func (c *Catalog) Folders(ctx context.Context, tenant model.TenantID, id model.ResourceID, at time.Time, deleted bool) (list []FolderRow, err error) {
	err = c.reading(ctx, func(r *reader) error {
		res, err := r.resourceByID(tenant, id)
		if err != nil {
			return err
		}
		ord, err := r.ordAt(res, at)
		if err != nil {
			return err
		}
		list, err = r.folders(res, ord, "", deleted)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list folders: %w", err)
	}
	return list, nil
}

// folders lists the folders at and below a path (in lower case).
func (r *reader) folders(res *resource, ord int64, below string, deleted bool) ([]FolderRow, error) {
	states, err := r.statesAt(res, ord, below, deleted)
	if err != nil {
		return nil, err
	}
	gone, err := r.folderFates(res)
	if err != nil {
		return nil, err
	}
	list := make([]FolderRow, 0, len(states))
	for i := range states {
		row, err := r.folderRow(res, &states[i], ord, gone)
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	slices.SortFunc(list, func(a, b FolderRow) int {
		return cmp.Or(cmp.Compare(model.FoldName(a.Path), model.FoldName(b.Path)), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// statesAt is the state of each folder in snapshot ord, and with gone the last
// one before it of those that were gone.
func (r *reader) statesAt(res *resource, ord int64, below string, gone bool) ([]folderState, error) {
	where, args := "resource = ? AND since <= ?", []any{res.key, ord}
	if !gone {
		where, args = where+" AND (until IS NULL OR until > ?)", append(args, ord)
	}
	if below != "" {
		where, args = where+" AND (fold = ? OR fold >= ? AND fold < ?)", append(args, below, below+"/", below+"0") // 0 follows /
	}
	states, err := r.folderStates(where, args...)
	if err != nil || !gone {
		return states, err
	}
	last := map[int64]int{}
	for i := range states { // oldest first
		last[states[i].key] = i
	}
	kept := make([]folderState, 0, len(last))
	for i := range states {
		if last[states[i].key] == i {
			kept = append(kept, states[i])
		}
	}
	return kept, nil
}

// folderFates tells which folders of a resource are gone, and since which snapshot.
func (r *reader) folderFates(res *resource) (map[int64]int64, error) {
	rows, err := r.query("SELECT folder, max(until) FROM folder_state WHERE resource = ? GROUP BY folder HAVING NOT max(until IS NULL)", res.key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	gone := map[int64]int64{}
	for rows.Next() {
		var folder int64
		var until sql.NullInt64
		if err := rows.Scan(&folder, &until); err != nil {
			return nil, err
		}
		gone[folder] = until.Int64
	}
	return gone, rows.Err()
}

// folderRow shows a folder as it was in snapshot ord, or last before that.
func (r *reader) folderRow(res *resource, s *folderState, ord int64, gone map[int64]int64) (FolderRow, error) {
	row := FolderRow{Folder: s.folder, Address: model.JoinAddress(res.address, s.folder.Path)}
	if s.until.Valid {
		ord = min(ord, s.until.Int64-1)
	}
	at, err := r.timeOf(res.key, ord)
	if err != nil {
		return row, err
	}
	row.Ref = model.Ref{Tenant: res.tenant, Resource: res.id, Folder: s.folder.ID, At: at}
	if ord, ok := gone[s.key]; ok {
		row.Deleted = true
		row.GoneSince, err = r.timeOf(res.key, ord)
	}
	return row, err
}

// row shows a folder as a line of a listing.
func (f *FolderRow) row(res *resource) model.Row {
	name := f.Name()
	if name == "" {
		name = lastPart(res.address)
	}
	return model.Row{
		Ref: f.Ref, Tenant: res.tenant, Resource: res.address, Path: f.Address, Name: name, Kind: model.KindFolder,
		Size: f.Bytes, Items: f.Items, Modified: f.Modified, SnapshotTime: f.Ref.At, Deleted: f.Deleted, GoneSince: f.GoneSince,
	}
}
