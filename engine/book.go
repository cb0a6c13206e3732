package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"vangnet/engine/backup"
	"vangnet/engine/cause"
	"vangnet/engine/file"
	"vangnet/engine/health"
	"vangnet/engine/model"
)

// bookPath is where the health of a tenant is kept between starts, so that the
// overview does not wait for the bucket. It is a cache of the ledger.
func (e *Engine) bookPath(id model.TenantID) string {
	return filepath.Join(e.opts.Home, "health", string(id)+".json")
}

// book gives what is known of a tenant's runs, as far as it was read. Books of
// several tenants are read side by side.
func (e *Engine) book(id model.TenantID) (*health.Book, error) {
	e.mu.Lock()
	b, ok := e.books[id]
	e.mu.Unlock()
	if ok {
		return b, nil
	}
	b = health.NewBook()
	text, err := os.ReadFile(e.bookPath(id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("read health: %w", err)
	case json.Unmarshal(text, b) != nil || !b.Usable():
		b = health.NewBook() // a damaged cache is made anew
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if first, ok := e.books[id]; ok {
		return first, nil
	}
	e.books[id] = b
	return b, nil
}

// readLedger takes in what is new in a tenant's ledger.
func (e *Engine) readLedger(ctx context.Context, id model.TenantID) error {
	v, err := e.vault(ctx, id)
	if err != nil {
		return err
	}
	b, err := e.book(id)
	if err != nil {
		return err
	}
	e.mu.Lock()
	if b.Last.Run != "" && !e.hasRuns(id) {
		*b = *health.NewBook() // its other half is lost: both are made anew
	}
	mark := b.Mark
	e.mu.Unlock()
	var runs []model.Run
	news := false
	for rec, err := range v.Ledger(ctx, mark) {
		if err != nil {
			return cause.Mark(fmt.Errorf("read ledger: %w", err), "tenant", e.Domain(id), "place", e.bucket.String())
		}
		e.mu.Lock()
		for _, s := range rec.Snapshots {
			b.Snapshot(s)
		}
		for _, d := range rec.Documents {
			var run model.Run
			if d.Kind == backup.RunDocument && json.Unmarshal(d.Body, &run) == nil {
				b.Run(run)
				runs = append(runs, run)
			}
		}
		if rec.Mark > b.Mark {
			b.Mark = rec.Mark
			news = true
		}
		e.mu.Unlock()
	}
	if !news {
		return nil
	}
	return e.saveBook(id, b, runs)
}

// saveBook keeps what is known of a tenant's runs. The runs come first: a book
// that speaks of a run whose own words are lost is made anew, see readLedger.
func (e *Engine) saveBook(id model.TenantID, b *health.Book, runs []model.Run) error {
	e.noting.Lock()
	defer e.noting.Unlock()
	if err := e.addRuns(id, runs); err != nil {
		return err
	}
	e.mu.Lock()
	text, err := json.Marshal(b)
	e.mu.Unlock()
	if err != nil {
		return fmt.Errorf("write health: %w", err)
	}
	e.bus.Tick()
	return file.Write(e.bookPath(id), text)
}

// Tenants are all connected tenants with their health, worst first.
func (e *Engine) Tenants(ctx context.Context) ([]model.TenantHealth, error) {
	connected := e.ConnectedTenants()
	list := make([]model.TenantHealth, len(connected))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, t := range connected {
		g.Go(func() (err error) {
			list[i], err = e.Tenant(ctx, t.ID)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, health.Compare)
	return list, nil
}

// Tenant is the health of one tenant.
func (e *Engine) Tenant(_ context.Context, id model.TenantID) (model.TenantHealth, error) {
	t, err := e.FindTenant(string(id))
	if err != nil {
		return model.TenantHealth{}, err
	}
	b, err := e.book(id)
	if err != nil {
		return model.TenantHealth{}, err
	}
	e.mu.Lock()
	h := b.Tenant(t, e.opts.Clock.Now())
	e.mu.Unlock()
	for _, j := range e.jobs.Jobs() {
		if j.Tenant == id && j.Kind == model.JobBackup && !j.State.Ended() {
			h.RunningID = j.ID
		}
	}
	return h, nil
}

// RefreshHealth takes in what other computers wrote down, for every tenant. One
// that cannot be read does not keep the others from it.
func (e *Engine) RefreshHealth(ctx context.Context) error {
	if err := e.space.Refresh(ctx); err != nil {
		return cause.Mark(err, "place", e.bucket.String())
	}
	var errs error
	for _, t := range e.ConnectedTenants() {
		if err := e.readLedger(ctx, t.ID); err != nil {
			errs = errors.Join(errs, err)
		}
	}
	return errs
}

// Resources are the mailboxes and drives of a tenant with their health, worst first.
func (e *Engine) Resources(_ context.Context, id model.TenantID) ([]model.ResourceHealth, error) {
	b, err := e.book(id)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return b.ByResource(), nil
}

// Runs are the newest runs of a tenant, newest first.
func (e *Engine) Runs(_ context.Context, id model.TenantID, limit int) ([]model.Run, error) {
	runs, err := e.readRuns(id)
	if err != nil {
		return nil, err
	}
	slices.Reverse(runs)
	if limit > 0 && len(runs) > limit {
		runs = runs[:limit]
	}
	return runs, nil
}

// Rights are the permissions as the last run found them; with no run yet they
// are asked for.
func (e *Engine) Rights(ctx context.Context, id model.TenantID) ([]model.Right, error) {
	runs, err := e.Runs(ctx, id, 0)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if len(r.Rights) > 0 {
			return r.Rights, nil
		}
	}
	return e.CheckRights(ctx, id)
}

// Snapshots lists a tenant's snapshots out of the ledger, newest first.
func (e *Engine) Snapshots(ctx context.Context, id model.TenantID, resource string) ([]model.Snapshot, error) {
	v, err := e.vault(ctx, id)
	if err != nil {
		return nil, err
	}
	var list []model.Snapshot
	for rec, err := range v.Ledger(ctx, "") {
		if err != nil {
			return nil, cause.Mark(fmt.Errorf("read ledger: %w", err), "tenant", e.Domain(id), "place", e.bucket.String())
		}
		for _, s := range rec.Snapshots {
			if (model.Resource{Address: s.Address}).Matches(resource) {
				list = append(list, s)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b model.Snapshot) int { return b.Time.Compare(a.Time) })
	return list, nil
}
