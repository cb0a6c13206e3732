package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"vangnet/engine/model"
)

// ResourceRow is a resource that the catalog has snapshots of.
type ResourceRow struct {
	Tenant  model.TenantID
	ID      model.ResourceID
	Kind    model.ResourceKind
	Address string
	Newest  time.Time // of its newest snapshot
	Items   int64     // in that
}

// Resources lists what a tenant has copies of, in order of address.
func (c *Catalog) Resources(ctx context.Context, tenant model.TenantID) (list []ResourceRow, err error) {
	err = c.reading(ctx, func(r *reader) error {
		rows, err := r.query(`SELECT r.id, r.kind, r.address, coalesce(s.time, 0), coalesce(s.items, 0) FROM tenant t JOIN resource r ON r.tenant = t.key
			LEFT JOIN snapshot s ON s.key = (SELECT key FROM snapshot n WHERE n.resource = r.key ORDER BY time DESC, key DESC LIMIT 1)
			WHERE t.id = ? ORDER BY r.fold, r.id`, string(tenant))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err tells
		for rows.Next() {
			row, us := ResourceRow{Tenant: tenant}, int64(0)
			if err := rows.Scan(&row.ID, &row.Kind, &row.Address, &us, &row.Items); err != nil {
				return err
			}
			row.Newest = fromMicros(us)
			list = append(list, row)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list resources of %s: %w", tenant, err)
	}
	return list, nil
}

// Snapshots lists a tenant's snapshots, newest first; an empty resource means all.
func (c *Catalog) Snapshots(ctx context.Context, tenant model.TenantID, id model.ResourceID) (list []model.Snapshot, err error) {
	err = c.reading(ctx, func(r *reader) error {
		rows, err := r.query(`SELECT s.doc FROM tenant t JOIN resource r ON r.tenant = t.key JOIN snapshot s ON s.resource = r.key
			WHERE t.id = ?1 AND (?2 = '' OR r.id = ?2) ORDER BY s.time DESC, s.key DESC`, string(tenant), string(id))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err tells
		for rows.Next() {
			var doc string
			var snap model.Snapshot
			if err := rows.Scan(&doc); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(doc), &snap); err != nil {
				return fmt.Errorf("%w: a stored snapshot: %w", ErrDamaged, err)
			}
			list = append(list, snap)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list snapshots of %s: %w", tenant, err)
	}
	return list, nil
}

// RestorePoints lists the moments a technician can pick, newest first: the
// snapshots of a resource, or with an empty resource the runs of the tenant,
// whose time is that of their last snapshot and whose counts cover the
// resources that had one.
func (c *Catalog) RestorePoints(ctx context.Context, tenant model.TenantID, id model.ResourceID) (list []model.RestorePoint, err error) {
	group := "s.key"
	if id == "" {
		group = "coalesce(nullif(s.run, ''), s.key)"
	}
	err = c.reading(ctx, func(r *reader) error {
		rows, err := r.query(`SELECT max(s.time), sum(s.items), sum(s.changed), sum(s.failed)
			FROM tenant t JOIN resource r ON r.tenant = t.key JOIN snapshot s ON s.resource = r.key
			WHERE t.id = ?1 AND (?2 = '' OR r.id = ?2) GROUP BY `+group+` ORDER BY 1 DESC`, string(tenant), string(id))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err tells
		for rows.Next() {
			var p model.RestorePoint
			var us int64
			if err := rows.Scan(&us, &p.Items, &p.Changed, &p.Failed); err != nil {
				return err
			}
			p.Time = fromMicros(us)
			list = append(list, p)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list restore points of %s: %w", tenant, err)
	}
	return list, nil
}

// Versions lists the versions of an item, newest first, wherever in its
// resource it was. States that differ in nothing that is kept of the content
// (a flag, a category) are one version.
func (c *Catalog) Versions(ctx context.Context, tenant model.TenantID, id model.ResourceID, itemID string) (rows []model.Row, err error) {
	err = c.reading(ctx, func(r *reader) error {
		res, err := r.resourceByID(tenant, id)
		if err != nil {
			return err
		}
		items, err := r.items("WHERE i.mark = ? AND i.resource = ? AND i.id = ? ORDER BY i.since DESC, i.key DESC", markOf(res.key, itemID), res.key, itemID)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			return ErrNotFound
		}
		for i := range items {
			row, err := r.row(&items[i], 0)
			if err != nil {
				return err
			}
			if n := len(rows) - 1; n >= 0 && sameContent(&items[i-1], &items[i]) {
				rows[n].FirstSeen = row.FirstSeen
				continue
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list versions of %s in %s: %w", itemID, id, err)
	}
	return rows, nil
}

func sameContent(a, b *item) bool {
	return a.object == b.object && a.form == b.form && a.hash == b.hash && a.size == b.size && a.folder == b.folder && a.name == b.name
}
