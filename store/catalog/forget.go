package catalog

import (
	"context"
	"errors"
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
	return w.commit(ctx)
}

// clearResource removes all items and folders of a resource, a part at a time.
func (w *writer) clearResource(ctx context.Context, resource int64) error {
	if err := w.flush(ctx); err != nil { // so that no words of its items are added later
		return err
	}
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
		s, err := w.stmt(ctx, "SELECT key, moment FROM item WHERE folder = ? LIMIT ?")
		if err != nil {
			return err
		}
		rows, err := s.QueryContext(ctx, folder, livePage)
		if err != nil {
			return err
		}
		var keys []int64
		for rows.Next() {
			var key, moment int64
			if err := rows.Scan(&key, &moment); err != nil {
				return errors.Join(err, rows.Close())
			}
			keys = append(keys, key)
			w.gone = append(w.gone, docID(moment, key))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for _, key := range keys {
			w.count++
			for _, q := range []string{"DELETE FROM item WHERE key = ?", "DELETE FROM entry WHERE key = ?"} {
				if err := w.exec(ctx, q, key); err != nil {
					return err
				}
			}
		}
		if len(keys) == 0 {
			return nil
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
	parts, err := scanKeys(tx.QueryContext(ctx, "SELECT id FROM part"))
	if err != nil {
		return err
	}
	for _, part := range parts {
		if _, err := tx.ExecContext(ctx, "DROP TABLE "+partTable(int(part))); err != nil {
			return err
		}
	}
	for _, table := range []string{"tenant", "resource", "snapshot", "folder", "folder_state", "item", "entry", "part"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE generation SET n = n + 1"); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if _, err := c.write.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	_, err = c.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// tidySegments is the number of segments of an index part that searching
// takes without notice.
const tidySegments = 6

// tidy merges the pieces that writing has left in the word index.
func (c *Catalog) tidy(ctx context.Context) error {
	parts, err := scanKeys(c.write.QueryContext(ctx, "SELECT id FROM part"))
	if err != nil {
		return err
	}
	for _, part := range parts {
		table := partTable(int(part))
		var segments int
		if err := c.write.QueryRowContext(ctx, "SELECT count(DISTINCT segid) FROM "+table+"_idx").Scan(&segments); err != nil {
			return fmt.Errorf("look at word index: %w", err)
		}
		if segments <= tidySegments {
			continue
		}
		if _, err := c.write.ExecContext(ctx, "INSERT INTO "+table+" ("+table+") VALUES ('optimize')"); err != nil {
			return fmt.Errorf("tidy word index: %w", err)
		}
	}
	return nil
}
