package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"vangnet/engine/model"
)

// maxTries is how often a snapshot that cannot be read holds up the later ones
// of its resource. After that it counts as done, with what could be had.
const maxTries = 3

// Sync brings the catalog up to date with a tenant's vault. It does what is
// new, may be stopped at any time and goes on where it was. Progress counts
// snapshots as resources and entries read as items; report may be nil.
//
// What cannot be read is left for the next Sync: the error is then
// ErrIncomplete and names the first of them.
func (c *Catalog) Sync(ctx context.Context, tenant model.TenantID, src Source, report func(model.Progress)) error {
	current, err := c.current(ctx, tenant, src)
	if err != nil {
		return fmt.Errorf("look for snapshots of %s: %w", tenant, err)
	}
	if current {
		return nil
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	w, err := c.newWriter(ctx)
	if err != nil {
		return damaged(err)
	}
	defer w.drop()
	if report == nil {
		report = func(model.Progress) {}
	}
	s := &syncer{w: w, src: src, report: report}
	if err := s.run(ctx, tenant); err != nil {
		return fmt.Errorf("sync catalog of %s: %w", tenant, damaged(err))
	}
	return nil
}

// current reports that a Sync would find nothing to do. It does not wait for
// one that is at work, so that looking before each question costs little.
func (c *Catalog) current(ctx context.Context, tenant model.TenantID, src Source) (bool, error) {
	var mark string
	var waiting bool
	err := c.view(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT t.mark, EXISTS (SELECT 1 FROM resource r JOIN snapshot s ON s.resource = r.key WHERE r.tenant = t.key AND s.done = 0)
			FROM tenant t WHERE t.id = ?`, string(tenant)).Scan(&mark, &waiting)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil || waiting {
		return false, err
	}
	for rec, err := range src.Snapshots(ctx, mark) {
		if err != nil {
			return false, err
		}
		if known, err := c.knows(ctx, tenant, rec.Snapshot); err != nil || !known {
			return false, err
		}
	}
	if free, err := c.tryLock(); !free || err != nil {
		return err == nil, err // whoever is at work sees to the word index
	}
	defer c.unlock()
	return c.wordsComplete(ctx)
}

const isKnown = `SELECT EXISTS (SELECT 1 FROM tenant t JOIN resource r ON r.tenant = t.key JOIN snapshot s ON s.resource = r.key
	WHERE t.id = ? AND r.id = ? AND s.id = ?)`

// knows reports that a snapshot was noted before.
func (c *Catalog) knows(ctx context.Context, tenant model.TenantID, snap model.Snapshot) (known bool, err error) {
	err = c.view(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, isKnown, string(tenant), string(snap.Resource), snap.ID).Scan(&known)
	})
	return known, err
}

// syncer is one Sync at work.
type syncer struct {
	w        *writer
	src      Source
	report   func(model.Progress)
	progress model.Progress
	tenant   int64
	failures []error
}

func (s *syncer) run(ctx context.Context, tenant model.TenantID) error {
	var err error
	if s.tenant, err = s.w.tenantKey(ctx, tenant); err != nil {
		return err
	}
	if err := s.takeIn(ctx, tenant); err != nil {
		return err
	}
	if err := s.countPending(ctx); err != nil {
		return err
	}
	resources, err := s.w.keys(ctx, `SELECT DISTINCT s.resource FROM snapshot s JOIN resource r ON r.key = s.resource
		WHERE r.tenant = ? AND s.done = 0 ORDER BY s.resource`, s.tenant)
	if err != nil {
		return err
	}
	for _, resource := range resources {
		if err := s.resource(ctx, resource); err != nil {
			return err
		}
	}
	if err := s.w.finish(ctx); err != nil {
		return err
	}
	if len(s.failures) > 0 {
		return fmt.Errorf("%w: %d snapshots: %w", ErrIncomplete, len(s.failures), s.failures[0])
	}
	return nil
}

// takeIn notes the snapshots that the ledger has after the tenant's mark.
func (s *syncer) takeIn(ctx context.Context, tenant model.TenantID) error {
	var mark string
	if err := s.w.one(ctx, "SELECT mark FROM tenant WHERE key = ?", []any{s.tenant}, &mark); err != nil {
		return err
	}
	for rec, err := range s.src.Snapshots(ctx, mark) {
		if err != nil {
			return fmt.Errorf("read ledger after %q: %w", mark, err)
		}
		if rec.Snapshot.Tenant != "" && rec.Snapshot.Tenant != tenant {
			return fmt.Errorf("ledger of %s holds a snapshot of %s", tenant, rec.Snapshot.Tenant)
		}
		var known bool
		if err := s.w.one(ctx, isKnown, []any{string(tenant), string(rec.Snapshot.Resource), rec.Snapshot.ID}, &known); err != nil {
			return err
		}
		if !known {
			if err := s.w.note(ctx, s.tenant, rec.Snapshot); err != nil {
				return fmt.Errorf("note snapshot %s: %w", rec.Snapshot.ID, err)
			}
		}
		if rec.Mark > mark {
			mark = rec.Mark
		}
		if err := s.w.breathe(ctx); err != nil {
			return err
		}
	}
	return s.w.exec(ctx, "UPDATE tenant SET mark = ?1 WHERE key = ?2 AND mark <> ?1", mark, s.tenant)
}

func (s *syncer) countPending(ctx context.Context) error {
	return s.w.one(ctx, "SELECT count(*), coalesce(sum(s.items), 0) FROM snapshot s JOIN resource r ON r.key = s.resource WHERE r.tenant = ? AND s.done = 0",
		[]any{s.tenant}, &s.progress.ResourcesTotal, &s.progress.ItemsTotal)
}

// resource does the waiting snapshots of one resource, oldest first.
func (s *syncer) resource(ctx context.Context, resource int64) error {
	if err := s.inOrder(ctx, resource); err != nil {
		return err
	}
	keys, err := s.w.keys(ctx, "SELECT key FROM snapshot WHERE resource = ? AND done = 0 ORDER BY time, key", resource)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.snapshot(ctx, resource, key)
		var bad *readError
		if errors.As(err, &bad) && ctx.Err() == nil {
			s.failures = append(s.failures, err)
			goOn, err := s.failed(ctx, key)
			if err != nil {
				return err
			}
			if !goOn {
				return nil
			}
		} else if err != nil {
			return err
		}
		s.progress.Resources++
		s.report(s.progress)
	}
	return nil
}

// inOrder begins a resource anew when a snapshot has turned up that is older
// than one already done, as when two computers copied the same resource.
// Intervals only grow at their end.
func (s *syncer) inOrder(ctx context.Context, resource int64) error {
	var late bool
	err := s.w.one(ctx, `SELECT EXISTS (SELECT 1 FROM snapshot n WHERE n.resource = ?1 AND n.ord IS NULL
		AND n.time < (SELECT max(time) FROM snapshot d WHERE d.resource = ?1 AND d.ord IS NOT NULL))`, []any{resource}, &late)
	if err != nil || !late {
		return err
	}
	if err := s.w.clearResource(ctx, resource); err != nil {
		return fmt.Errorf("begin a resource anew: %w", err)
	}
	return s.w.exec(ctx, "UPDATE snapshot SET ord = NULL, done = 0, changed = 0, tries = 0 WHERE resource = ?", resource)
}

// failed counts a failed try and reports whether the next snapshot may be done.
func (s *syncer) failed(ctx context.Context, key int64) (bool, error) {
	if err := s.w.exec(ctx, "UPDATE snapshot SET tries = tries + 1, done = (tries + 1 >= ?) WHERE key = ?", maxTries, key); err != nil {
		return false, err
	}
	var done bool
	err := s.w.one(ctx, "SELECT done FROM snapshot WHERE key = ?", []any{key}, &done)
	return done, err
}

// snapshot does one snapshot.
func (s *syncer) snapshot(ctx context.Context, resource, key int64) error {
	var doc, kind string
	var ord sql.NullInt64
	err := s.w.one(ctx, "SELECT s.doc, s.ord, r.kind FROM snapshot s JOIN resource r ON r.key = s.resource WHERE s.key = ?", []any{key}, &doc, &ord, &kind)
	if err != nil {
		return err
	}
	var snap model.Snapshot
	if err := json.Unmarshal([]byte(doc), &snap); err != nil {
		return fmt.Errorf("%w: a stored snapshot: %w", ErrDamaged, err)
	}
	if !ord.Valid {
		if err := s.w.one(ctx, "SELECT coalesce(max(ord), 0) + 1 FROM snapshot WHERE resource = ?", []any{resource}, &ord.Int64); err != nil {
			return err
		}
		if err := s.w.exec(ctx, "UPDATE snapshot SET ord = ? WHERE key = ?", ord.Int64, key); err != nil {
			return err
		}
	}
	s.progress.Now = snap.Address
	s.report(s.progress)
	f := &folders{s: s, snap: snap, kind: model.ResourceKind(kind), resource: resource, ord: ord.Int64}
	if err := f.run(ctx); err != nil {
		return fmt.Errorf("snapshot %s of %s: %w", snap.ID, snap.Address, err)
	}
	return s.w.exec(ctx, "UPDATE snapshot SET done = 1 WHERE key = ?", key)
}

// seen counts entries read.
func (s *syncer) seen(n int) {
	s.progress.Items += int64(n)
	s.report(s.progress)
}

// tenantKey finds or makes a tenant.
func (w *writer) tenantKey(ctx context.Context, id model.TenantID) (int64, error) {
	if err := w.exec(ctx, "INSERT OR IGNORE INTO tenant (id) VALUES (?)", string(id)); err != nil {
		return 0, err
	}
	var key int64
	err := w.one(ctx, "SELECT key FROM tenant WHERE id = ?", []any{string(id)}, &key)
	return key, err
}

// note takes in a snapshot as waiting. The resource has the address of its
// newest snapshot.
func (w *writer) note(ctx context.Context, tenant int64, snap model.Snapshot) error {
	if snap.ID == "" || snap.Resource == "" {
		return errors.New("it has no id")
	}
	w.count++
	address := clean(snap.Address, maxName)
	err := w.exec(ctx, `INSERT INTO resource (tenant, id, kind, address, fold) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (tenant, id) DO UPDATE SET address = ?4, fold = ?5
		WHERE ?6 >= (SELECT coalesce(max(s.time), 0) FROM snapshot s WHERE s.resource = resource.key)`,
		tenant, string(snap.Resource), string(snap.Kind), address, model.FoldName(address), micros(snap.Time))
	if err != nil {
		return err
	}
	doc, err := json.Marshal(snap)
	if err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO snapshot (resource, id, run, time, items, failed, doc)
		SELECT key, ?, ?, ?, ?, ?, ? FROM resource WHERE tenant = ? AND id = ?`,
		snap.ID, snap.Run, micros(snap.Time), snap.Items, snap.Failed, string(doc), tenant, string(snap.Resource))
}
