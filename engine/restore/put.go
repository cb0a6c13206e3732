package restore

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"vangnet/engine/cause"
	"vangnet/engine/graph"
	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/store/catalog"
)

// closed stands for a folder that cannot be made: its items fail, the others of
// the restore go on. What would meet every folder ends the restore.
func (r *restorer) closed(ctx context.Context, f catalog.Found, err error) (workload.Spot, error) {
	err = fmt.Errorf("%s: %w", f.Row.Path, err)
	if r.look || ctx.Err() != nil || ends(err) || errors.Is(err, errPlace) {
		return nil, err
	}
	if f.Entry == nil {
		r.failed(model.ItemFault{Path: f.Row.Path, Cause: err.Error(), Code: cause.Code(err)})
	}
	return closedSpot{err}, nil
}

// closedSpot refuses everything.
type closedSpot struct{ err error }

func (closedSpot) Has(model.Entry) bool { return false }

func (s closedSpot) Put(context.Context, model.Entry, workload.Content, model.Conflict) error {
	return s.err
}

// claimer is a spot in which several things can look the same.
type claimer interface {
	// Claim says which entries will be asked about, before any is.
	Claim(entries []model.Entry)
}

// put takes a batch of one folder's items to their spot.
func (r *restorer) put(ctx context.Context, spot workload.Spot, batch []item) error {
	if len(batch) == 0 {
		return nil
	}
	if c, ok := spot.(claimer); ok {
		entries := make([]model.Entry, len(batch))
		for i := range batch {
			entries[i] = batch[i].entry
		}
		c.Claim(entries)
	}
	if r.look {
		r.count(spot, batch)
		return nil
	}
	ids := make([]model.ObjectID, 0, len(batch))
	for _, i := range batch {
		r.Report.Expect(1, i.entry.Size)
		if i.entry.Object != "" {
			ids = append(ids, i.entry.Object)
		}
	}
	if err := r.Content.Prefetch(ctx, ids); err != nil && ctx.Err() != nil {
		return ctx.Err() // any other trouble shows when the items are read, each its own
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, i := range batch {
		g.Go(func() error { return r.putOne(ctx, spot, i) })
	}
	return g.Wait()
}

func (r *restorer) putOne(ctx context.Context, spot workload.Spot, i item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.Report.Now(i.address)
	if r.req.Conflict == model.ConflictSkip && spot.Has(i.entry) {
		r.tally(func(res *model.Result) { res.Skipped++ })
		r.Report.Item(0)
		return nil
	}
	err := spot.Put(ctx, i.entry, r.Content, r.req.Conflict)
	switch {
	case err == nil:
		r.tally(func(res *model.Result) { res.Saved++; res.Bytes += i.entry.Size })
		r.Report.Item(i.entry.Size)
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case ends(err):
		return fmt.Errorf("restore %s: %w", i.address, err)
	}
	f := model.ItemFault{Path: i.address, ID: i.entry.ID, Cause: err.Error(), Code: cause.Code(err)}
	if errors.Is(err, workload.ErrNoContent) {
		f.Code = i.entry.Warning
	}
	r.failed(f)
	return nil
}

func (r *restorer) failed(f model.ItemFault) {
	r.tally(func(res *model.Result) {
		res.Failed++
		if len(res.Errors) < maxErrors {
			res.Errors = append(res.Errors, f)
		}
	})
	r.Report.Fail()
}

// ends tells what would meet every item from what costs one.
func ends(err error) bool {
	for _, kind := range []error{graph.ErrSignIn, graph.ErrForbidden, graph.ErrNetwork, graph.ErrQuota} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

func (r *restorer) tally(fn func(*model.Result)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fn(&r.result)
}

// count adds a batch to the plan.
func (r *restorer) count(spot workload.Spot, batch []item) {
	for _, i := range batch {
		r.plan.Items++
		there := spot != nil && spot.Has(i.entry)
		switch {
		case !there:
			r.plan.Create++
		case r.req.Conflict == model.ConflictSkip:
			r.plan.Skip++
			continue
		case r.req.Conflict == model.ConflictCopy:
			r.plan.Copy++
		default:
			r.plan.Replace++
		}
		r.plan.Bytes += i.entry.Size
		if len(r.plan.Samples) < maxSamples {
			r.plan.Samples = append(r.plan.Samples, i.address)
		}
	}
}
