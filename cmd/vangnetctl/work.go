package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

func (a *app) backupCommand() *cobra.Command {
	var tenant, workload, resource string
	c := &cobra.Command{
		Use: "backup [--tenant T] [--workload W] [--resource R]", Short: "Run now", Args: cobra.NoArgs,
		Long: "Copies what changed since the last run, for one tenant or for all. A workload or a resource limits the run to\n" +
			"the mailboxes or drives that hold it. A run that was cut off continues where it was.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				tenants := e.ConnectedTenants()
				if tenant != "" {
					t, err := e.FindTenant(tenant)
					if err != nil {
						return err
					}
					tenants = []model.Tenant{t}
				}
				if len(tenants) == 0 {
					return fault.New(fault.NoTenant, errors.New("no tenant is connected"))
				}
				return a.backup(ctx, e, tenants, engine.BackupRequest{Workload: model.Workload(workload), Resource: resource})
			})
		},
	}
	tenantFlag(c, &tenant)
	c.Flags().StringVar(&workload, "workload", "", "mail, calendar, contacts, tasks or onedrive")
	c.Flags().StringVar(&resource, "resource", "", "address of a mailbox or drive")
	return c
}

// jsonRun is a resource's run with the tenant by its domain.
type jsonRun struct {
	Domain string `json:"tenant"`
	model.ResourceRun
}

func (a *app) backup(ctx context.Context, e *engine.Engine, tenants []model.Tenant, r engine.BackupRequest) error {
	runs := []jsonRun{}
	var failures error
	for _, t := range tenants {
		r.Tenant = t.ID
		id, err := e.StartBackup(ctx, r)
		if err != nil {
			failures = errors.Join(failures, fmt.Errorf("%s: %w", t.Domain, err))
			continue
		}
		job, err := a.follow(ctx, e, id)
		if err != nil {
			failures = errors.Join(failures, err)
		}
		if job.Result == nil {
			continue
		}
		for _, run := range job.Result.Runs {
			if run.Errors == nil {
				run.Errors = []model.ItemFault{}
			}
			runs = append(runs, jsonRun{Domain: t.Domain, ResourceRun: run})
		}
		if job.Result.Failed > 0 {
			a.status = exitSomeLost
		}
	}
	if err := a.showRuns(runs); err != nil {
		return err
	}
	return failures
}

func (a *app) showRuns(runs []jsonRun) error {
	if a.json {
		return a.print(map[string]any{"runs": runs})
	}
	w := a.table("ctl.col.resource", "ctl.col.outcome", "ctl.col.saved", "ctl.col.unchanged", "ctl.col.failed", "ctl.col.size", "ctl.col.requests", "ctl.col.seconds")
	for _, r := range runs {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\t%d\t%.1f\n", r.Address, a.words.T("outcome."+string(r.Outcome)), r.Saved, r.Unchanged, r.Failed, size(r.Bytes), r.Requests, r.Seconds)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range runs {
		a.showFaults(r.Errors)
		for _, warning := range r.Warnings {
			fmt.Fprintf(a.out, "▲ %s: %s\n", r.Address, a.reason(warning))
		}
	}
	return nil
}

// showFaults lists items that failed, each with its cause.
func (a *app) showFaults(faults []model.ItemFault) {
	for _, f := range faults {
		cause := f.Cause
		if text, ok := a.words.Lookup("fault."+f.Code, nil); ok && !strings.Contains(text, "{") {
			cause = text
		}
		fmt.Fprintf(a.out, "■ %s: %s\n", clean(f.Path), clean(cause))
	}
}

func (a *app) restoreCommand() *cobra.Command {
	var tenant, at, conflict string
	var r model.RestoreRequest
	c := &cobra.Command{
		Use: "restore --tenant T PATH…", Short: "Put back, in place or elsewhere", Args: cobra.MinimumNArgs(1),
		Long: "Puts items, folders or whole resources back as they were at a moment: in their original place, below another\n" +
			"live address (--to), or into a folder on this computer (--to-dir). Where something is already there, --conflict\n" +
			"says what happens; replace never removes the live item before the new one is complete and checked.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if r.To != "" && r.ToDir != "" {
				return fmt.Errorf("%w: give either --to or --to-dir", errUse)
			}
			switch r.Conflict = model.Conflict(conflict); r.Conflict {
			case model.ConflictSkip, model.ConflictCopy, model.ConflictReplace:
			default:
				return fmt.Errorf("%w: --conflict is skip, copy or replace", errUse)
			}
			if r.At, err = moment(at, true); err != nil {
				return err
			}
			r.Paths = args
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := e.FindTenant(tenant)
				if err != nil {
					return err
				}
				r.Tenant = t.ID
				if r.DryRun {
					return a.plan(ctx, e, r)
				}
				return a.restore(ctx, e, r)
			})
		},
	}
	tenantFlag(c, &tenant)
	f := c.Flags()
	f.StringVar(&at, "at", "", "moment (default: newest)")
	f.StringVar(&r.To, "to", "", "live address to put it below, such as other@contoso.example/mail/Teruggezet")
	f.StringVar(&r.ToDir, "to-dir", "", "folder on this computer")
	f.StringVar(&conflict, "conflict", "skip", "skip, copy or replace")
	f.BoolVar(&r.DryRun, "dry-run", false, "only say what would happen")
	return c
}

func (a *app) plan(ctx context.Context, e *engine.Engine, r model.RestoreRequest) error {
	p, err := e.PlanRestore(ctx, r)
	if err != nil {
		return err
	}
	if a.json {
		return a.print(map[string]any{"plan": p})
	}
	_, err = fmt.Fprintln(a.out, a.words.T("ctl.plan", "items", fmt.Sprint(p.Items), "folders", fmt.Sprint(p.Folders), "size", size(p.Bytes), "target", a.target(p.Target),
		"create", fmt.Sprint(p.Create), "skip", fmt.Sprint(p.Skip), "copy", fmt.Sprint(p.Copy), "replace", fmt.Sprint(p.Replace),
		"time", (time.Duration(p.Seconds)*time.Second).String()))
	return err
}

func (a *app) restore(ctx context.Context, e *engine.Engine, r model.RestoreRequest) error {
	id, err := e.Restore(ctx, r)
	if err != nil {
		return err
	}
	job, err := a.follow(ctx, e, id)
	if job.Result == nil {
		return err
	}
	res := *job.Result
	res.Errors = notNil(res.Errors)
	if res.Failed > 0 {
		a.status = exitSomeLost
	}
	if a.json {
		return errors.Join(err, a.print(map[string]any{"restore": res}))
	}
	fmt.Fprintln(a.out, a.words.T("ctl.restored", "saved", fmt.Sprint(res.Saved), "skipped", fmt.Sprint(res.Skipped), "failed", fmt.Sprint(res.Failed),
		"size", size(res.Bytes), "target", a.target(res.Target)))
	a.showFaults(res.Errors)
	return err
}

func (a *app) verifyCommand() *cobra.Command {
	var tenant string
	var read float64
	c := &cobra.Command{
		Use: "verify [--tenant T] [--read PERCENT]", Short: "Prove that the vault is whole", Args: cobra.NoArgs,
		Long: "Checks that everything the snapshots need is in the bucket. --read also reads that share of the content and\n" +
			"checks every byte of it; 100 finds any change.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if read < 0 || read > 100 {
				return fmt.Errorf("%w: --read takes 0 to 100", errUse)
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				tenants := e.ConnectedTenants()
				if tenant != "" {
					t, err := e.FindTenant(tenant)
					if err != nil {
						return err
					}
					tenants = []model.Tenant{t}
				}
				return a.verify(ctx, e, tenants, read)
			})
		},
	}
	tenantFlag(c, &tenant)
	c.Flags().Float64Var(&read, "read", 0, "percentage of the content to read")
	return c
}

func (a *app) verify(ctx context.Context, e *engine.Engine, tenants []model.Tenant, read float64) error {
	reports := []engine.VerifyReport{}
	damaged := false
	for _, t := range tenants {
		r, err := e.Verify(ctx, t.ID, read)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Domain, err)
		}
		reports = append(reports, r)
		damaged = damaged || len(r.Damage) > 0
	}
	if damaged {
		a.status = exitFailed
	}
	if a.json {
		return a.print(map[string]any{"verified": reports})
	}
	for _, r := range reports {
		fmt.Fprintln(a.out, a.words.T("ctl.verified", "tenant", r.Tenant, "snapshots", fmt.Sprint(r.Snapshots), "objects", fmt.Sprint(r.Objects),
			"size", size(r.BytesRead), "damage", fmt.Sprint(len(r.Damage))))
		for _, d := range r.Damage {
			fmt.Fprintf(a.out, "■ %s: %s\n", clean(d.What), clean(d.Why))
			for _, p := range d.Paths {
				fmt.Fprintf(a.out, "    %s\n", clean(p))
			}
		}
	}
	return nil
}

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Health of every tenant and workload", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				list, err := e.Tenants(ctx)
				if err != nil {
					return err
				}
				if a.json {
					return a.print(map[string]any{"tenants": a.jsonStatus(list)})
				}
				w := a.table("ctl.col.tenant", "ctl.col.state", "ctl.col.workload", "ctl.col.last", "ctl.col.protected", "ctl.col.reason")
				for _, t := range list {
					fmt.Fprintf(w, "%s\t%s\t\t%s\t%d/%d\t%s\n", t.Tenant.Domain, a.words.T("state."+string(t.State)), stamp(t.LastRun), t.Protected, t.Accounts, a.reason(t.Reason))
					for _, wl := range t.Workloads {
						fmt.Fprintf(w, "\t%s\t%s\t%s\t%d/%d\t%s\n", a.words.T("state."+string(wl.State)), a.words.T("workload."+string(wl.Workload)), stamp(wl.LastSuccess),
							wl.Protected, wl.Protected+wl.NotProtected, a.reason(wl.Reason))
					}
				}
				return w.Flush()
			})
		},
	}
}

// jsonWorkload and jsonTenant are the contract's form of the status.
type jsonWorkload struct {
	Workload     model.Workload `json:"workload"`
	State        model.State    `json:"state"`
	LastSuccess  *time.Time     `json:"last_success"`
	Protected    int            `json:"protected"`
	NotProtected int            `json:"not_protected"`
	Reason       string         `json:"reason"`
}

type jsonTenant struct {
	Tenant    string         `json:"tenant"`
	State     model.State    `json:"state"`
	Reason    string         `json:"reason"`
	LastRun   *time.Time     `json:"last_run"`
	Workloads []jsonWorkload `json:"workloads"`
}

func (a *app) jsonStatus(list []model.TenantHealth) []jsonTenant {
	out := []jsonTenant{}
	for _, t := range list {
		j := jsonTenant{Tenant: t.Tenant.Domain, State: t.State, Reason: a.reason(t.Reason), LastRun: orNull(t.LastRun), Workloads: []jsonWorkload{}}
		for _, w := range t.Workloads {
			j.Workloads = append(j.Workloads, jsonWorkload{
				Workload: w.Workload, State: w.State, LastSuccess: orNull(w.LastSuccess),
				Protected: w.Protected, NotProtected: w.NotProtected, Reason: a.reason(w.Reason),
			})
		}
		out = append(out, j)
	}
	return out
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// target names the place that things go to.
func (a *app) target(place string) string {
	if place == "original" {
		return a.words.T("ctl.original")
	}
	return place
}
