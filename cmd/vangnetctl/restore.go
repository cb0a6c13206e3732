package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/model"
)

func (a *app) restoreCommand() *cobra.Command {
	var tenant, toTenant, at, conflict string
	var r model.RestoreRequest
	c := &cobra.Command{
		Use:  "restore --tenant T [--at TIME] [--to PATH [--to-tenant T] | --to-dir DIR] [--conflict skip|copy|replace] [--dry-run] PATH…",
		Args: cobra.MinimumNArgs(1), Short: a.words.T("ctl.restore.short"), Long: a.words.T("ctl.restore.long"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if r.To != "" && r.ToDir != "" {
				return a.wrong("ctl.use.to")
			}
			if toTenant != "" && r.To == "" {
				return a.wrong("ctl.use.to_tenant")
			}
			switch r.Conflict = model.Conflict(conflict); r.Conflict {
			case model.ConflictSkip, model.ConflictCopy, model.ConflictReplace:
			default:
				return a.wrong("ctl.use.conflict", "value", conflict)
			}
			if r.At, err = a.moment(at, true); err != nil {
				return err
			}
			r.Paths = args
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := a.find(e, tenant)
				if err != nil {
					return err
				}
				r.Tenant = t.ID
				if toTenant != "" {
					other, err := a.find(e, toTenant)
					if err != nil {
						return err
					}
					r.ToTenant = other.ID
				}
				if r.DryRun {
					return a.plan(ctx, e, r)
				}
				return a.restore(ctx, e, r)
			})
		},
	}
	a.tenantFlag(c, &tenant)
	f := c.Flags()
	f.StringVar(&at, "at", "", a.words.T("ctl.flag.at"))
	f.StringVar(&r.To, "to", "", a.words.T("ctl.flag.to"))
	f.StringVar(&toTenant, "to-tenant", "", a.words.T("ctl.flag.to_tenant"))
	f.StringVar(&r.ToDir, "to-dir", "", a.words.T("ctl.flag.to_dir"))
	f.StringVar(&conflict, "conflict", "skip", a.words.T("ctl.flag.conflict"))
	f.BoolVar(&r.DryRun, "dry-run", false, a.words.T("ctl.flag.dry_run"))
	return c
}

func (a *app) plan(ctx context.Context, e *engine.Engine, r model.RestoreRequest) error {
	p, err := e.PlanRestore(ctx, r)
	if err != nil {
		return err
	}
	if a.json {
		p.Samples = notNil(p.Samples)
		return a.print(map[string]any{"plan": p})
	}
	a.say(a.words.T("ctl.plan", "items", a.words.Number(p.Items), "folders", a.words.Number(p.Folders), "size", a.size(p.Bytes), "target", a.target(e, r, p.Target)))
	a.say(a.words.T("ctl.plan.counts", "create", a.words.Number(p.Create), "skip", a.words.Number(p.Skip), "copy", a.words.Number(p.Copy), "replace", a.words.Number(p.Replace)))
	if p.Create+p.Copy+p.Replace > 0 {
		a.say(a.words.T("ctl.plan.time", "time", a.format.Span(time.Duration(p.Seconds*float64(time.Second)))))
	}
	for _, w := range p.Warnings {
		a.say("▲ " + a.reason(w))
	}
	return nil
}

func (a *app) restore(ctx context.Context, e *engine.Engine, r model.RestoreRequest) error {
	id, err := e.Restore(ctx, r)
	if err != nil {
		return err
	}
	job, err := a.follow(ctx, e, id)
	if job.Result == nil || err != nil && job.Result.Saved+job.Result.Skipped+job.Result.Failed == 0 {
		return err
	}
	res := *job.Result
	res.Errors = notNil(res.Errors)
	if res.Failed > 0 {
		a.status = exitSomeLost
	}
	if a.json {
		doc := map[string]any{"restore": res}
		if err != nil {
			doc["error"] = a.jsonFailure("", err)
		}
		return errors.Join(err, a.print(doc))
	}
	a.say(a.words.T("ctl.restored", "saved", a.words.Number(res.Saved), "skipped", a.words.Number(res.Skipped), "failed", a.words.Number(res.Failed),
		"size", a.size(res.Bytes), "target", a.target(e, r, res.Target)))
	a.showFaults(res.Errors)
	if more := res.Failed - int64(len(res.Errors)); more > 0 {
		a.say(a.words.N("ctl.restored.more", more))
	}
	return err
}

// target names the place that things go to, and whose it is where that is
// another tenant than they come from.
func (a *app) target(e *engine.Engine, r model.RestoreRequest, t model.Target) string {
	switch {
	case t.Kind == model.TargetOriginal:
		return a.words.T("ctl.original")
	case t.Kind == model.TargetLive && t.Tenant != r.Tenant:
		return a.words.T("ctl.other_tenant", "place", t.Address, "tenant", e.Domain(t.Tenant))
	}
	return t.Address
}
