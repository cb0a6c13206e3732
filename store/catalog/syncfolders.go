package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"vangnet/engine/model"
)

// bigFolder is the number of items from which a folder has sort indexes.
// Smaller ones are sorted when they are opened, which takes milliseconds, and
// the indexes would cost as much as the items.
const bigFolder = 8_000

// folders brings the folders of one resource to the state of one snapshot.
type folders struct {
	s        *syncer
	snap     model.Snapshot
	kind     model.ResourceKind
	resource int64
	ord      int64
	known    map[string]*knownFolder
	failure  error // first listing that could not be read
}

// knownFolder is a folder as the catalog has it.
type knownFolder struct {
	key   int64
	done  sql.NullString // listing that is in
	big   bool
	since int64  // of the present state; 0: it has none
	doc   string // of the present state
	seen  bool
}

func (f *folders) run(ctx context.Context) error {
	if err := f.load(ctx); err != nil {
		return fmt.Errorf("read known folders: %w", err)
	}
	for folder, err := range f.s.src.Folders(ctx, f.snap) {
		if err != nil {
			return &readError{fmt.Errorf("read folders: %w", err)}
		}
		if err := f.folder(ctx, folder); err != nil {
			return err
		}
		if err := f.s.w.breathe(ctx); err != nil {
			return err
		}
	}
	for _, k := range f.known {
		if !k.seen && k.since > 0 {
			if err := f.vanish(ctx, k); err != nil {
				return err
			}
		}
	}
	gone, err := f.s.w.settle(ctx, f.resource, f.ord)
	if err != nil {
		return err
	}
	if f.failure != nil {
		return &readError{f.failure}
	}
	return f.countChanged(ctx, gone)
}

// countChanged adds to the number of items that changed with this snapshot.
func (f *folders) countChanged(ctx context.Context, n int64) error {
	if n == 0 {
		return nil
	}
	return f.s.w.exec(ctx, "UPDATE snapshot SET changed = changed + ? WHERE resource = ? AND ord = ?", n, f.resource, f.ord)
}

func (f *folders) load(ctx context.Context) error {
	s, err := f.s.w.stmt(ctx, `SELECT f.id, f.key, f.done, f.big, coalesce(s.since, 0), coalesce(s.doc, '')
		FROM folder f LEFT JOIN folder_state s ON s.folder = f.key AND s.until IS NULL WHERE f.resource = ?`)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(ctx, f.resource)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	f.known = map[string]*knownFolder{}
	for rows.Next() {
		var id string
		k := &knownFolder{}
		if err := rows.Scan(&id, &k.key, &k.done, &k.big, &k.since, &k.doc); err != nil {
			return err
		}
		f.known[id] = k
	}
	return rows.Err()
}

// folder does one folder of the snapshot.
func (f *folders) folder(ctx context.Context, folder model.Folder) error {
	k, err := f.find(ctx, folder.ID)
	if err != nil {
		return err
	}
	if k.seen {
		return nil // a repeat
	}
	k.seen = true
	if err := f.state(ctx, k, folder); err != nil {
		return fmt.Errorf("folder %q: %w", folder.Path, err)
	}
	if k.done.Valid && k.done.String == string(folder.Listing) {
		return nil
	}
	err = f.items(ctx, k, folder)
	if bad, ok := err.(*readError); ok && ctx.Err() == nil {
		if f.failure == nil {
			f.failure = fmt.Errorf("folder %q: %w", folder.Path, bad.error)
		}
		return nil
	}
	return err
}

func (f *folders) find(ctx context.Context, id string) (*knownFolder, error) {
	if k := f.known[id]; k != nil {
		return k, nil
	}
	k := &knownFolder{done: sql.NullString{Valid: true}} // nothing is in, which is the listing ""
	if err := f.s.w.exec(ctx, "INSERT INTO folder (resource, id, done) VALUES (?, ?, '')", f.resource, id); err != nil {
		return nil, err
	}
	err := f.s.w.one(ctx, "SELECT key FROM folder WHERE resource = ? AND id = ?", []any{f.resource, id}, &k.key)
	f.known[id] = k
	return k, err
}

// state opens a new state of a folder when anything about it has changed.
func (f *folders) state(ctx context.Context, k *knownFolder, folder model.Folder) error {
	folder.Cursor, folder.Partial = "", false // a secret, and no fact about the copy
	folder.Path = clean(folder.Path, 32<<10)
	folder.Title = clean(folder.Title, maxField)
	doc, err := json.Marshal(folder)
	if err != nil {
		return err
	}
	if k.doc == string(doc) {
		return nil
	}
	f.s.w.count++
	switch {
	case k.since == f.ord: // begun by an earlier try
		err = f.s.w.exec(ctx, "DELETE FROM folder_state WHERE folder = ? AND since = ?", k.key, k.since)
	case k.since > 0:
		err = f.s.w.exec(ctx, "UPDATE folder_state SET until = ? WHERE folder = ? AND since = ?", f.ord, k.key, k.since)
	}
	if err != nil {
		return err
	}
	k.since, k.doc = f.ord, string(doc)
	return f.s.w.exec(ctx, `INSERT OR REPLACE INTO folder_state (folder, since, until, resource, fold, path, listing, items, bytes, doc) VALUES (?, ?, NULL, ?, ?, ?, ?, ?, ?, ?)`,
		k.key, f.ord, f.resource, model.FoldName(folder.Path), folder.Path, string(folder.Listing), folder.Items, folder.Bytes, string(doc))
}

// items brings a folder's items to the state of its listing. While it is at
// it, the folder counts as not done.
func (f *folders) items(ctx context.Context, k *knownFolder, folder model.Folder) error {
	w := f.s.w
	if !k.big && folder.Items >= bigFolder {
		k.big = true
		if err := w.exec(ctx, "UPDATE item SET big = 1 WHERE folder = ?", k.key); err != nil {
			return err
		}
	}
	if err := w.exec(ctx, "UPDATE folder SET done = NULL, big = ? WHERE key = ?", k.big, k.key); err != nil {
		return err
	}
	at := &place{
		resource: f.resource, folder: k.key, ord: f.ord, big: k.big, fresh: f.ord == 1,
		words: folderWords(f.s.tenant, f.resource, workloadOf(f.kind, folder.Path)),
	}
	entries := f.s.src.Entries(ctx, folder.Listing)
	if folder.Listing == "" {
		entries = func(func(model.Entry, error) bool) {}
	}
	if err := w.mergeFolder(ctx, at, entries, f.s.seen); err != nil {
		return err
	}
	k.done = sql.NullString{String: string(folder.Listing), Valid: true}
	if err := f.countChanged(ctx, at.opened); err != nil {
		return err
	}
	return w.exec(ctx, "UPDATE folder SET done = ? WHERE key = ?", k.done.String, k.key)
}

// vanish ends a folder that the snapshot does not have, with all its items.
func (f *folders) vanish(ctx context.Context, k *knownFolder) error {
	w := f.s.w
	at := &place{resource: f.resource, folder: k.key, ord: f.ord}
	if err := w.closeRest(ctx, at, &liveRows{w: w, folder: k.key}); err != nil {
		return fmt.Errorf("close a folder's items: %w", err)
	}
	if err := w.exec(ctx, "UPDATE folder SET done = '' WHERE key = ?", k.key); err != nil {
		return err
	}
	if k.since == f.ord {
		return w.exec(ctx, "DELETE FROM folder_state WHERE folder = ? AND since = ?", k.key, k.since)
	}
	return w.exec(ctx, "UPDATE folder_state SET until = ? WHERE folder = ? AND since = ?", f.ord, k.key, k.since)
}
