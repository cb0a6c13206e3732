package catalog

import (
	"context"
	"database/sql"
	"fmt"

	"vangnet/engine/model"
)

// Forget takes a tenant out of the catalog. The vault is not touched.
func (c *Catalog) Forget(ctx context.Context, tenant model.TenantID) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	w, err := c.newWriter(ctx)
	if err != nil {
		return damaged(err)
	}
	defer w.drop()
	if err := w.forget(ctx, tenant); err != nil {
		return fmt.Errorf("forget %s: %w", tenant, damaged(err))
	}
	return nil
}

func (w *writer) forget(ctx context.Context, tenant model.TenantID) error {
	key, err := w.tenantKey(ctx, tenant)
	if err != nil {
		return err
	}
	// Should this stop in the middle, the next Sync must read everything again.
	if err := w.exec(ctx, "UPDATE tenant SET mark = '' WHERE key = ?", key); err != nil {
		return err
	}
	resources, err := w.keys(ctx, "SELECT key FROM resource WHERE tenant = ?", key)
	if err != nil {
		return err
	}
	for _, r := range resources {
		if err := w.exec(ctx, "UPDATE snapshot SET ord = NULL, done = 0, changed = 0 WHERE resource = ?", r); err != nil {
			return err
		}
		if err := w.clearResource(ctx, r); err != nil {
			return err
		}
		if err := w.exec(ctx, "DELETE FROM snapshot WHERE resource = ?", r); err != nil {
			return err
		}
		if err := w.exec(ctx, "DELETE FROM resource WHERE key = ?", r); err != nil {
			return err
		}
	}
	if err := w.exec(ctx, "DELETE FROM tenant WHERE key = ?", key); err != nil {
		return err
	}
	return w.finish(ctx)
}

// clearResource removes all items and folders of a resource, a part at a time.
func (w *writer) clearResource(ctx context.Context, resource int64) error {
	folders, err := w.keys(ctx, "SELECT key FROM folder WHERE resource = ?", resource)
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := w.exec(ctx, "UPDATE folder SET done = NULL WHERE key = ?", folder); err != nil {
			return err
		}
		if err := w.clearFolder(ctx, folder); err != nil {
			return err
		}
		for _, q := range []string{"DELETE FROM folder_state WHERE folder = ?", "DELETE FROM folder WHERE key = ?"} {
			if err := w.exec(ctx, q, folder); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) clearFolder(ctx context.Context, folder int64) error {
	for {
		keys, err := w.keys(ctx, "SELECT key FROM item WHERE folder = ? LIMIT ?", folder, livePage)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			w.count++
			if err := w.erase(ctx, key); err != nil {
				return err
			}
		}
		if err := w.breathe(ctx); err != nil {
			return err
		}
	}
}

// Reset empties the catalog, for a rebuild. Those who read at the same time
// see it before or after.
func (c *Catalog) Reset(ctx context.Context) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	if err := c.reset(ctx); err != nil {
		return fmt.Errorf("empty the catalog: %w", damaged(err))
	}
	return nil
}

func (c *Catalog) reset(ctx context.Context) error {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	for _, table := range []string{"tenant", "resource", "snapshot", "folder", "folder_state", "item", "entry", "stale"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	// Another epoch: the word index is another catalog's now.
	var epoch int64
	if err := tx.QueryRowContext(ctx, "UPDATE generation SET n = n + 1, last = 0, epoch = abs(random()) RETURNING epoch").Scan(&epoch); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if _, err := c.index.upto(ctx, epoch); err != nil {
		return err
	}
	for _, db := range []*sql.DB{c.write, c.index.write} {
		for _, q := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
			if _, err := db.ExecContext(ctx, q); err != nil {
				return err
			}
		}
	}
	return nil
}
