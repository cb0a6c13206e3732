package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/engine/workload/drive"
	"vangnet/engine/workload/mailbox"
	"vangnet/store/vault"
)

// journalHandle is a journal whose content is not wholly durable yet.
type journalHandle struct {
	journal *workload.Journal
	ended   bool // the resource's snapshot waits for the next flush
}

// readOne reads one resource and notes what became of it.
func (r *run) readOne(ctx context.Context, res model.Resource) error {
	meter := &graph.Meter{}
	ctx = graph.WithMeter(ctx, meter)
	begun := r.Clock.Now()
	rr := model.ResourceRun{Tenant: r.Tenant.ID, ID: res.ID, Address: res.Address, Errors: []model.ItemFault{}}
	err := r.copy(ctx, res, begun, &rr)
	rr.Requests = meter.Requests()
	rr.Seconds = r.Clock.Now().Sub(begun).Seconds()
	switch {
	case err != nil && errors.Is(err, context.Canceled):
		rr.Outcome = model.Cancelled
	case err != nil:
		rr.Outcome = model.Failed
		rr.Failed++
		rr.Errors = append(rr.Errors, model.ItemFault{Path: res.Address, Cause: err.Error(), Code: cause.Code(err)})
	case rr.Failed > 0:
		rr.Outcome = model.Partial
	}
	r.mu.Lock()
	r.doc.Resources = append(r.doc.Resources, rr)
	r.mu.Unlock()
	r.Report.Resource()
	if err != nil && (ends(err) || errors.Is(err, errVault)) {
		return err
	}
	return nil
}

// errVault marks errors of our own storage: they would meet every resource.
var errVault = errors.New("cannot write to the vault")

// copy reads a resource and writes its snapshot.
func (r *run) copy(ctx context.Context, res model.Resource, begun time.Time, rr *model.ResourceRun) error {
	previous, err := r.previous(ctx, res.ID)
	if err != nil {
		return err
	}
	base := "first"
	if previous != nil {
		base = previous.Snapshot.ID
	}
	j, err := workload.OpenJournal(r.journalPath(res.ID), base)
	if err != nil {
		return fmt.Errorf("%w: %w", errVault, err)
	}
	h := &journalHandle{journal: j}
	r.mu.Lock()
	r.journals[h] = struct{}{}
	r.mu.Unlock()
	task := &workload.Task{Resource: res, Store: store{r.session}, Previous: previous, Journal: j, Report: r.Report, Clock: r.Clock}
	result, err := r.read(ctx, task)
	fill(rr, result)
	if err != nil {
		return err
	}
	return r.commit(ctx, res, begun, h, previous, result, rr)
}

func (r *run) read(ctx context.Context, task *workload.Task) (workload.Result, error) {
	if task.Resource.Kind == model.Drive {
		reader := drive.Reader{Task: task, Source: drive.Live{Client: r.Client}, Log: r.Log}
		return reader.Read(ctx)
	}
	reader := mailbox.Reader{Task: task, Source: mailbox.Live{Client: r.Client}, Trust: r.trust, Log: r.Log}
	result, err := reader.Read(ctx)
	if r.trust.Lost() {
		_, example := r.trust.Checked()
		result.Warnings = append(result.Warnings, model.Reason{Code: fault.StreamNotTrusted, Args: map[string]string{"example": example}})
	}
	return result, err
}

// fill puts a reading's counts into the resource's line.
func fill(rr *model.ResourceRun, result workload.Result) {
	rr.Saved, rr.Unchanged, rr.Skipped, rr.Failed, rr.Bytes = result.Saved, result.Unchanged, result.Skipped, result.Failed, result.Bytes
	rr.Warnings = result.Warnings
	rr.Errors = append(rr.Errors, result.Errors...)
}

// commit writes the snapshot, unless the previous one says it all.
func (r *run) commit(ctx context.Context, res model.Resource, begun time.Time, h *journalHandle, previous *workload.Previous, result workload.Result, rr *model.ResourceRun) error {
	rr.Outcome = model.Saved
	if rr.Saved == 0 {
		rr.Outcome = model.Unchanged
	}
	for _, f := range result.Folders {
		rr.Items += f.Items
	}
	if !result.Changed {
		rr.Outcome = model.Unchanged
		rr.Snapshot = previous.Snapshot.ID
		r.drop(h)
		return h.journal.Remove()
	}
	spec := vault.Spec{
		Snapshot: model.Snapshot{Tenant: r.Tenant.ID, Resource: res.ID, Kind: res.Kind, Address: res.Address, Run: r.ID, Time: begun, Failed: rr.Failed},
		Folders:  result.Folders, State: result.State,
	}
	if previous != nil {
		spec.Previous = previous.Folders
	}
	snap, err := r.session.Snapshot(ctx, spec)
	if err != nil {
		return fmt.Errorf("%w: %w", errVault, err)
	}
	rr.Snapshot = snap.ID
	r.mu.Lock()
	h.ended = true
	r.mu.Unlock()
	return nil
}

func (r *run) drop(h *journalHandle) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.journals, h)
}

// previous reads what the newest snapshot of a resource says.
func (r *run) previous(ctx context.Context, id model.ResourceID) (*workload.Previous, error) {
	snap, ok := r.Newest[id]
	if !ok {
		return nil, nil
	}
	p := &workload.Previous{Snapshot: snap}
	for f, err := range r.Vault.Folders(ctx, snap) {
		if err != nil {
			return nil, fmt.Errorf("read the previous snapshot: %w", err)
		}
		p.Folders = append(p.Folders, f)
	}
	var err error
	if p.State, err = r.Vault.State(ctx, snap); err != nil {
		return nil, fmt.Errorf("read the previous snapshot: %w", err)
	}
	if len(p.State) > 0 && !json.Valid(p.State) {
		return nil, fmt.Errorf("read the previous snapshot: its state is damaged")
	}
	return p, nil
}

// flush makes everything that was written durable, tells the journals, and ends
// those whose snapshot is durable now.
func (r *run) flush(ctx context.Context) error {
	type marked struct {
		h     *journalHandle
		mark  int64
		ended bool
	}
	r.mu.Lock()
	marks := make([]marked, 0, len(r.journals))
	for h := range r.journals {
		marks = append(marks, marked{h: h, mark: h.journal.Mark(), ended: h.ended})
	}
	r.uploaded = 0
	r.mu.Unlock()
	if err := r.session.Flush(ctx); err != nil {
		return fmt.Errorf("%w: %w", errVault, err)
	}
	var errs error
	for _, m := range marks {
		if !m.ended {
			errs = errors.Join(errs, m.h.journal.Durable(m.mark))
			continue
		}
		r.drop(m.h)
		errs = errors.Join(errs, m.h.journal.Remove())
	}
	return errs
}
