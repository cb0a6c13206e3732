package mailbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"vangnet/engine/workload"
)

// finish writes the listings and puts the result together.
func (r *Reader) finish(ctx context.Context, parts []*part) (workload.Result, error) {
	res := workload.Result{Warnings: append(r.warnings, r.odd.warnings()...)}
	for _, p := range parts {
		for _, f := range p.folders {
			if !r.vanished[f.ID] {
				res.Folders = append(res.Folders, f)
			}
		}
	}
	tallies, err := r.list(ctx, &res)
	if err != nil {
		return res, err
	}
	res.Changed = res.Changed || len(res.Folders) != len(r.previous) || r.Task.Previous == nil ||
		r.Task.Clock.Now().Sub(r.Task.Previous.Snapshot.Time) > renewAfter
	if res.State, err = json.Marshal(r.next); err != nil {
		return res, fmt.Errorf("write state of %s: %w", r.Task.Resource.Address, err)
	}
	if r.Task.Previous != nil && !bytes.Equal(res.State, r.Task.Previous.State) {
		res.Changed = true
	}
	res.Counts = r.tally.Counts()
	res.Saved, res.Unchanged = 0, 0
	for _, t := range tallies { // with what was saved before the run was cut off
		res.Saved, res.Unchanged = res.Saved+t.Saved, res.Unchanged+t.Unchanged
	}
	return res, nil
}

// list writes the listing of every folder that changed; the tallies are those
// of the result's folders.
func (r *Reader) list(ctx context.Context, res *workload.Result) ([]workload.Tally, error) {
	listings := r.Task.Lister(res.Folders, r.was.Newest)
	tallies := make([]workload.Tally, len(res.Folders))
	for i := range res.Folders {
		f := &res.Folders[i]
		old, round := r.previous[f.ID], r.Task.Journal.Round(f.ID)
		f.Cursor, f.Dir = round.Cursor, old.Dir
		if !round.Begun {
			f.Cursor = old.Cursor
		}
		for _, flt := range r.Task.Journal.Faults(f.ID) {
			r.next.Retry[f.ID] = append(r.next.Retry[f.ID], tryOf(flt))
		}
		var err error
		if tallies[i], err = listings.Write(ctx, f, old); err != nil {
			return nil, err
		}
		res.Changed = res.Changed || !tallies[i].Same() || old.ID == "" || old.Path != f.Path || round.Full && round.Begun
	}
	for i := range res.Folders {
		f := &res.Folders[i]
		outdated, err := listings.Outdated(ctx, *f, r.previous[f.ID])
		if err == nil && outdated {
			tallies[i], err = listings.Write(ctx, f, r.previous[f.ID])
		}
		if err != nil {
			return nil, err
		}
	}
	r.next.Newest = listings.Newest()
	return tallies, nil
}
