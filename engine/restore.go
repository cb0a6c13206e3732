package engine

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/engine/restore"
	"vangnet/store/catalog"
)

// PlanRestore says what a restore would do, without doing it.
func (e *Engine) PlanRestore(ctx context.Context, r model.RestoreRequest) (model.RestorePlan, error) {
	o, err := e.restoreOptions(ctx, r, job.Discard())
	if err != nil {
		return model.RestorePlan{}, err
	}
	p, err := restore.Plan(ctx, o, r)
	return p, e.markRestore(err, e.restoreJob(ctx, r))
}

// Restore starts to put things back.
func (e *Engine) Restore(ctx context.Context, r model.RestoreRequest) (string, error) {
	about := e.restoreJob(ctx, r)
	return e.jobs.Start(ctx, about, func(ctx context.Context, rep *job.Reporter) (model.Result, error) {
		o, err := e.restoreOptions(ctx, r, rep)
		if err != nil {
			return model.Result{}, err
		}
		res, err := restore.Run(ctx, o, r)
		return res, e.markRestore(err, about)
	})
}

// restoreJob says what a restore puts back: the first thing, and how many more.
func (e *Engine) restoreJob(ctx context.Context, r model.RestoreRequest) model.Job {
	about := model.Job{Kind: model.JobRestore, Tenant: r.Tenant, More: max(len(r.Paths)+len(r.Refs)-1, 0)}
	if len(r.Paths) > 0 {
		about.Path = r.Paths[0]
		return about
	}
	if len(r.Refs) == 0 {
		return about
	}
	found, err := e.index.Lookup(ctx, r.Refs[0])
	if err != nil {
		return about // the restore itself says what is wrong with it
	}
	about.Path = found.Row.Path
	if found.Entry != nil {
		about.Title = cmp.Or(found.Row.Subject, found.Row.Name)
	}
	return about
}

func (e *Engine) markRestore(err error, about model.Job) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, catalog.ErrNotFound) {
		return notFound(err, about.Path)
	}
	return cause.Mark(err, "tenant", e.Domain(about.Tenant), "place", e.bucket.String(), "path", about.Path, "right", "MailboxItem.ImportExport.All, Files.ReadWrite.All")
}

func (e *Engine) restoreOptions(ctx context.Context, r model.RestoreRequest, rep *job.Reporter) (restore.Options, error) {
	target := r.Target()
	if target.Kind == model.TargetOriginal && target.Tenant != r.Tenant {
		return restore.Options{}, fault.New(fault.AddressNeeded, errors.New("another tenant has no original place"))
	}
	if err := e.fresh(ctx, r.Tenant); err != nil {
		return restore.Options{}, err
	}
	v, err := e.vault(ctx, r.Tenant)
	if err != nil {
		return restore.Options{}, err
	}
	return restore.Options{Index: e.index, Content: content{v}, Report: rep, Places: newPlaces(e, target.Tenant)}, nil
}

// LiveTargets are places in the live tenant below an address: accounts for "",
// then their workloads and folders.
func (e *Engine) LiveTargets(ctx context.Context, id model.TenantID, parent string) ([]model.Row, error) {
	c, err := e.client(id)
	if err != nil {
		return nil, err
	}
	l := targetLister{engine: e, client: c, tenant: id}
	rows, err := l.below(ctx, strings.Trim(parent, "/"))
	return rows, cause.Mark(err, "tenant", e.Domain(id), "path", parent)
}
