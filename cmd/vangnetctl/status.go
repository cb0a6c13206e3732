package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/model"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Args: cobra.NoArgs,
		Short: a.words.T("ctl.status.short"), Long: a.words.T("ctl.status.long"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				if err := e.RefreshHealth(ctx); err != nil {
					if ctx.Err() != nil {
						return err
					}
					a.tell("", err) // what is known is shown all the same
				}
				list, err := e.Tenants(ctx)
				if err != nil {
					return err
				}
				return a.showStatus(list)
			})
		},
	}
}

func (a *app) showStatus(list []model.TenantHealth) error {
	if a.json {
		return a.print(map[string]any{"tenants": a.jsonStatus(list)})
	}
	if len(list) == 0 {
		a.note(a.words.T("ctl.no_tenant"))
		return nil
	}
	w := a.table("ctl.col.tenant", "ctl.col.state", "ctl.col.workload", "ctl.col.last", ">ctl.col.protected", "ctl.col.reason")
	for _, t := range list {
		w.add(t.Tenant.Domain, a.named("state.", string(t.State)), "", stamp(t.LastRun), share(t.Protected, t.Accounts), a.reason(t.Reason))
		for _, wl := range t.Workloads {
			w.add("", a.named("state.", string(wl.State)), a.named("workload.", string(wl.Workload)), stamp(wl.LastSuccess),
				share(wl.Protected, wl.Protected+wl.NotProtected), a.reason(wl.Reason))
		}
	}
	return w.close()
}

func share(part, whole int) string { return count(int64(part)) + "/" + count(int64(whole)) }

// jsonWorkload and jsonTenant are the contract's form of the status.
type jsonWorkload struct {
	Workload     model.Workload `json:"workload"`
	State        model.State    `json:"state"`
	LastSuccess  *time.Time     `json:"last_success"`
	Protected    int            `json:"protected"`
	NotProtected int            `json:"not_protected"`
	Reason       string         `json:"reason"`
	ReasonCode   string         `json:"reason_code"`
}

type jsonTenant struct {
	Tenant     string         `json:"tenant"`
	TenantID   model.TenantID `json:"tenant_id"`
	State      model.State    `json:"state"`
	Reason     string         `json:"reason"`
	ReasonCode string         `json:"reason_code"`
	LastRun    *time.Time     `json:"last_run"`
	Workloads  []jsonWorkload `json:"workloads"`
}

func (a *app) jsonStatus(list []model.TenantHealth) []jsonTenant {
	out := []jsonTenant{}
	for _, t := range list {
		j := jsonTenant{
			Tenant: t.Tenant.Domain, TenantID: t.Tenant.ID, State: t.State, Reason: a.reason(t.Reason), ReasonCode: t.Reason.Code,
			LastRun: orNull(t.LastRun), Workloads: []jsonWorkload{},
		}
		for _, w := range t.Workloads {
			j.Workloads = append(j.Workloads, jsonWorkload{
				Workload: w.Workload, State: w.State, LastSuccess: orNull(w.LastSuccess),
				Protected: w.Protected, NotProtected: w.NotProtected, Reason: a.reason(w.Reason), ReasonCode: w.Reason.Code,
			})
		}
		out = append(out, j)
	}
	return out
}
