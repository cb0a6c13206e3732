package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"vangnet/engine/cause"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/store/catalog"
	"vangnet/store/vault"
)

// source is a vault as the catalog reads it.
type source struct{ *vault.Vault }

// Snapshots yields the snapshots of the ledger after a mark.
func (s source) Snapshots(ctx context.Context, after string) iter.Seq2[catalog.Record, error] {
	return func(yield func(catalog.Record, error) bool) {
		for rec, err := range s.Ledger(ctx, after) {
			if err != nil {
				yield(catalog.Record{}, err)
				return
			}
			for i, snap := range rec.Snapshots {
				r := catalog.Record{Snapshot: snap}
				if i == len(rec.Snapshots)-1 {
					r.Mark = rec.Mark // the record counts as read with its last snapshot
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// Entries reads a listing; the empty id has none.
func (s source) Entries(ctx context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	if listing == "" {
		return func(func(model.Entry, error) bool) {}
	}
	return s.Vault.Entries(ctx, listing)
}

// syncCatalog takes what is new in a tenant's vault into the local catalog.
func (e *Engine) syncCatalog(ctx context.Context, id model.TenantID, rep *job.Reporter) error {
	end, err := e.turn(ctx, e.syncs, id)
	if err != nil {
		return err
	}
	defer end()
	v, err := e.vault(ctx, id)
	if err != nil {
		return err
	}
	var before int64
	err = e.index.Sync(ctx, id, source{v}, func(p model.Progress) {
		for ; before < p.Items; before++ {
			rep.Item(0)
		}
	})
	if err != nil {
		return cause.Mark(fmt.Errorf("catalog of %s: %w", e.Domain(id), err), "tenant", e.Domain(id), "place", e.bucket.String())
	}
	return nil
}

// SyncCatalog starts to take in what is new in all vaults; with rebuild the
// catalog is emptied first.
func (e *Engine) SyncCatalog(ctx context.Context, rebuild bool) (string, error) {
	return e.jobs.Start(ctx, model.Job{Kind: model.JobCatalog}, func(ctx context.Context, rep *job.Reporter) (model.Result, error) {
		if rebuild {
			if err := e.index.Reset(ctx); err != nil {
				return model.Result{}, fmt.Errorf("empty the catalog: %w", err)
			}
		}
		var errs error
		for _, t := range e.space.State().Tenants {
			rep.Now(t.Domain)
			// One tenant whose vault cannot be read keeps no other from it.
			if err := e.syncCatalog(ctx, t.ID, rep); err != nil {
				errs = errors.Join(errs, err)
			}
			if err := ctx.Err(); err != nil {
				return model.Result{}, err
			}
		}
		return model.Result{}, errs
	})
}
