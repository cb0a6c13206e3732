package main

import (
	"context"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/model"
)

func (a *app) verifyCommand() *cobra.Command {
	var tenant string
	var read float64
	c := &cobra.Command{
		Use: "verify [--tenant T] [--read PERCENT]", Args: cobra.NoArgs,
		Short: a.words.T("ctl.verify.short"), Long: a.words.T("ctl.verify.long"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !(read >= 0 && read <= 100) {
				return a.wrong("ctl.use.read")
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				tenants, err := a.several(e, tenant)
				if err != nil {
					return err
				}
				return a.verify(ctx, e, tenants, read)
			})
		},
	}
	a.tenantFlag(c, &tenant)
	c.Flags().Lookup("tenant").Usage = a.words.T("ctl.flag.tenant_all")
	c.Flags().Float64Var(&read, "read", 0, a.words.T("ctl.flag.read"))
	return c
}

func (a *app) verify(ctx context.Context, e *engine.Engine, tenants []model.Tenant, read float64) error {
	var o outcome
	reports := []model.VerifyReport{}
	for _, t := range tenants {
		if ctx.Err() != nil {
			break
		}
		job := model.Job{}
		id, err := e.Verify(ctx, t.ID, read)
		if err == nil {
			job, err = a.follow(ctx, e, id)
		}
		if err != nil && ctx.Err() == nil {
			a.failed(&o, t, err)
		}
		if err != nil || job.Result.Verified == nil {
			continue
		}
		reports = append(reports, *job.Result.Verified)
		if job.Result.Failed > 0 {
			o.err = &quiet{status: exitFailed}
		}
	}
	if err := a.showVerified(reports, o.failures); err != nil {
		return err
	}
	return a.ends(ctx, &o)
}

func (a *app) showVerified(reports []model.VerifyReport, failures []jsonFailure) error {
	if a.json {
		return a.print(map[string]any{"verified": reports, "errors": notNil(failures)})
	}
	for _, r := range reports {
		a.say(a.words.T("ctl.verified", "tenant", r.Tenant, "snapshots", a.words.Number(r.Snapshots), "objects", a.words.Number(r.Objects),
			"read", a.words.Number(r.Read), "size", a.size(r.BytesRead)))
		if len(r.Damage) == 0 {
			a.say(a.words.T("ctl.verified.whole"))
			continue
		}
		a.say(a.words.N("ctl.verified.damage", int64(len(r.Damage))))
		for _, d := range r.Damage {
			a.say("■ " + a.words.T("damage."+string(d.Why), "what", d.What))
			if a.verbose && d.Detail != "" {
				a.note("  " + d.Detail)
			}
			for _, p := range d.Paths {
				a.say("    " + p)
			}
			if d.More > 0 {
				a.say("    " + a.words.T("ctl.verified.more", "n", a.words.Number(d.More)))
			}
		}
	}
	return nil
}
