package engine

import (
	"cmp"
	"context"

	"vangnet/engine/export"
	"vangnet/engine/job"
	"vangnet/engine/model"
)

// PlanExport says what an export would hand over, without doing it.
func (e *Engine) PlanExport(ctx context.Context, r model.ExportRequest) (model.ExportPlan, error) {
	o, err := e.exportOptions(ctx, r, job.Discard(), model.ExportTexts{})
	if err != nil {
		return model.ExportPlan{}, err
	}
	p, err := export.Plan(ctx, o, r)
	return p, e.markRestore(err, e.exportJob(ctx, r))
}

// Export starts to hand data over. One that was cut off before goes on after
// its last finished part when the same is asked again. texts are in the
// language of who will read them.
func (e *Engine) Export(ctx context.Context, r model.ExportRequest, texts model.ExportTexts) (string, error) {
	about := e.exportJob(ctx, r)
	return e.jobs.Start(ctx, about, func(ctx context.Context, rep *job.Reporter) (model.Result, error) {
		o, err := e.exportOptions(ctx, r, rep, texts)
		if err != nil {
			return model.Result{}, err
		}
		res, err := export.Run(ctx, o, r)
		return res, e.markRestore(err, about)
	})
}

func (e *Engine) exportOptions(ctx context.Context, r model.ExportRequest, rep *job.Reporter, texts model.ExportTexts) (export.Options, error) {
	if err := e.fresh(ctx, r.Tenant); err != nil {
		return export.Options{}, err
	}
	v, err := e.vault(ctx, r.Tenant)
	if err != nil {
		return export.Options{}, err
	}
	return export.Options{Index: e.index, Content: content{v}, Report: rep, Clock: e.opts.Clock, By: e.config.Technician, Texts: texts}, nil
}

// exportJob says what an export hands over: the first thing, and how many more.
func (e *Engine) exportJob(ctx context.Context, r model.ExportRequest) model.Job {
	about := e.restoreJob(ctx, model.RestoreRequest{Tenant: r.Tenant, Paths: r.Paths, Refs: r.Refs, At: r.At})
	about.Kind = model.JobExport
	if r.Search != nil {
		about.Title = cmp.Or(about.Title, r.Search.Text)
	}
	return about
}
