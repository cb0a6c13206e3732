package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

func (a *app) backupCommand() *cobra.Command {
	var tenant, workload string
	var r engine.BackupRequest
	c := &cobra.Command{
		Use: "backup [--tenant T] [--workload W] [--resource R]", Args: cobra.NoArgs,
		Short: a.words.T("ctl.backup.short"), Long: a.words.T("ctl.backup.long"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if r.Workload, err = a.workload(workload); err != nil {
				return err
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				tenants, err := a.several(e, tenant)
				if err != nil {
					return err
				}
				return a.backup(ctx, e, tenants, r)
			})
		},
	}
	a.tenantFlag(c, &tenant)
	c.Flags().Lookup("tenant").Usage = a.words.T("ctl.flag.tenant_all")
	c.Flags().StringVar(&workload, "workload", "", a.words.T("ctl.flag.workload"))
	c.Flags().StringVar(&r.Resource, "resource", "", a.words.T("ctl.flag.resource"))
	return c
}

// jsonRun is a resource's run with the tenant by its domain.
type jsonRun struct {
	Domain   string         `json:"tenant"`
	TenantID model.TenantID `json:"tenant_id"`
	model.ResourceRun
}

// outcome gathers what work on several tenants brought. A tenant that fails
// does not keep the others from it.
type outcome struct {
	failures []jsonFailure
	lost     bool // some items failed
	err      error
}

// failed notes and tells a tenant's failure.
func (a *app) failed(o *outcome, t model.Tenant, err error) {
	o.failures = append(o.failures, a.jsonFailure(t.Domain, err))
	o.err = &quiet{status: exitFailed}
	a.tell(t.Domain, err)
}

// ends says how the call ends.
func (a *app) ends(ctx context.Context, o *outcome) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if o.lost {
		a.status = exitSomeLost
	}
	return o.err
}

func (a *app) backup(ctx context.Context, e *engine.Engine, tenants []model.Tenant, r engine.BackupRequest) error {
	var o outcome
	runs := []jsonRun{}
	for _, t := range tenants {
		if ctx.Err() != nil {
			break
		}
		r.Tenant = t.ID
		job := model.Job{}
		id, err := e.StartBackup(ctx, r)
		if err == nil {
			job, err = a.follow(ctx, e, id)
		}
		if err != nil && ctx.Err() == nil {
			a.failed(&o, t, err)
		}
		if job.Result == nil {
			continue
		}
		for _, run := range job.Result.Runs {
			run.Errors = notNil(run.Errors)
			runs = append(runs, jsonRun{Domain: t.Domain, TenantID: t.ID, ResourceRun: run})
		}
		o.lost = o.lost || job.Result.Failed > 0
		a.unprotected(ctx, e, t, r, &o)
	}
	if err := a.showRuns(runs, o.failures); err != nil {
		return err
	}
	return a.ends(ctx, &o)
}

// unprotected tells of accounts that a run could not even begin with, such as
// for want of a right. That an account has no mailbox or no OneDrive is no loss.
func (a *app) unprotected(ctx context.Context, e *engine.Engine, t model.Tenant, r engine.BackupRequest, o *outcome) {
	last, err := e.Runs(ctx, t.ID, 1)
	if err != nil || len(last) == 0 {
		return // the run itself has told what is wrong
	}
	for _, seat := range last[0].Seats {
		res := seat.Resource
		switch res.Reason.Code {
		case fault.NoMailbox, fault.NoDrive:
			continue
		}
		if res.Coverage != model.CannotBeProtected || !res.Matches(r.Resource) {
			continue
		}
		o.lost = true
		f := a.jsonFailure(t.Domain, fault.New(res.Reason.Code, errors.New("cannot be protected")))
		f.Resource = res.Address
		o.failures = append(o.failures, f)
		a.note("vangnetctl: " + res.Address + ": " + f.Message)
	}
}

func (a *app) showRuns(runs []jsonRun, failures []jsonFailure) error {
	if a.json {
		return a.print(map[string]any{"runs": runs, "errors": notNil(failures)})
	}
	if len(runs) == 0 {
		return nil
	}
	w := a.table("ctl.col.resource", "ctl.col.outcome", ">ctl.col.saved", ">ctl.col.unchanged", ">ctl.col.failed", ">ctl.col.size", ">ctl.col.requests", ">ctl.col.seconds")
	for _, r := range runs {
		w.add(r.Address, a.named("outcome.", string(r.Outcome)), a.words.Number(r.Saved), a.words.Number(r.Unchanged), a.words.Number(r.Failed),
			a.size(r.Bytes), a.words.Number(r.Requests), strconv.FormatFloat(r.Seconds, 'f', 1, 64))
	}
	if err := w.close(); err != nil {
		return err
	}
	for _, r := range runs {
		a.showFaults(r.Errors)
		for _, warning := range r.Warnings {
			a.say("▲ " + r.Address + ": " + a.reason(warning))
		}
	}
	return nil
}

// showFaults lists items that failed, each with its cause.
func (a *app) showFaults(faults []model.ItemFault) {
	for _, f := range faults {
		cause, ok := a.codeText(f.Code, map[string]string{"path": f.Path, "object": f.Path})
		if !ok {
			cause = a.words.T("ctl.fault.unexpected")
		}
		a.say("■ " + f.Path + ": " + cause)
		if a.verbose {
			a.note("  " + f.Cause)
		}
	}
}
