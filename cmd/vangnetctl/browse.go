package main

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/model"
)

func (a *app) snapshotsCommand() *cobra.Command {
	var tenant, resource string
	c := &cobra.Command{
		Use: "snapshots --tenant T [--resource R]", Args: cobra.NoArgs,
		Short: a.words.T("ctl.snapshots.short"), Long: a.words.T("ctl.snapshots.long"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := a.find(e, tenant)
				if err != nil {
					return err
				}
				list, err := e.Snapshots(ctx, t.ID, resource)
				if err != nil {
					return err
				}
				return a.showSnapshots(t, list)
			})
		},
	}
	a.tenantFlag(c, &tenant)
	c.Flags().StringVar(&resource, "resource", "", a.words.T("ctl.flag.resource"))
	return c
}

// jsonSnapshot is a snapshot with the tenant by its domain.
type jsonSnapshot struct {
	Domain   string         `json:"tenant"`
	TenantID model.TenantID `json:"tenant_id"`
	model.Snapshot
}

func (a *app) showSnapshots(t model.Tenant, list []model.Snapshot) error {
	if a.json {
		out := make([]jsonSnapshot, len(list))
		for i, s := range list {
			out[i] = jsonSnapshot{Domain: t.Domain, TenantID: t.ID, Snapshot: s}
		}
		return a.print(map[string]any{"snapshots": out})
	}
	if len(list) == 0 {
		a.note(a.words.T("ctl.nothing"))
		return nil
	}
	w := a.table("ctl.col.time", "ctl.col.resource", ">ctl.col.items", ">ctl.col.size", ">ctl.col.failed", "ctl.col.id")
	for _, s := range list {
		w.add(s.Time.Local().Format("2006-01-02 15:04:05"), s.Address, a.words.Number(s.Items), a.size(s.Bytes), a.words.Number(s.Failed), s.ID)
	}
	return w.close()
}

func (a *app) lsCommand() *cobra.Command {
	var tenant, at string
	var versions, deleted bool
	c := &cobra.Command{
		Use: "ls --tenant T [--at TIME] [--versions] [--deleted] [PATH]", Args: cobra.MaximumNArgs(1),
		Short: a.words.T("ctl.ls.short"), Long: a.words.T("ctl.ls.long"),
		RunE: func(cmd *cobra.Command, args []string) error {
			when, err := a.moment(at, true)
			if err != nil {
				return err
			}
			path := first(args)
			if versions && (path == "" || at != "") {
				return a.wrong("ctl.use.versions")
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := a.find(e, tenant)
				if err != nil {
					return err
				}
				if !versions {
					return a.rowListing(e, false).show(a, e.Ls(ctx, t.ID, path, when, deleted))
				}
				rows, err := e.VersionsAt(ctx, t.ID, path)
				if err != nil {
					return err
				}
				return a.rowListing(e, false).show(a, all(rows))
			})
		},
	}
	a.tenantFlag(c, &tenant)
	c.Flags().StringVar(&at, "at", "", a.words.T("ctl.flag.at"))
	c.Flags().BoolVar(&versions, "versions", false, a.words.T("ctl.flag.versions"))
	c.Flags().BoolVar(&deleted, "deleted", false, a.words.T("ctl.flag.deleted"))
	return c
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func (a *app) diffCommand() *cobra.Command {
	var tenant, from, to string
	c := &cobra.Command{
		Use: "diff --tenant T --from TIME [--to TIME] [PATH]", Args: cobra.MaximumNArgs(1),
		Short: a.words.T("ctl.diff.short"), Long: a.words.T("ctl.diff.long"),
		RunE: func(cmd *cobra.Command, args []string) error {
			earlier, later, err := a.span(from, to, true)
			if err != nil {
				return err
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := a.find(e, tenant)
				if err != nil {
					return err
				}
				return a.changeListing(t).show(a, e.Diff(ctx, t.ID, first(args), earlier, later))
			})
		},
	}
	a.tenantFlag(c, &tenant)
	c.Flags().StringVar(&from, "from", "", a.words.T("ctl.flag.diff_from"))
	c.Flags().StringVar(&to, "to", "", a.words.T("ctl.flag.diff_to"))
	must(c.MarkFlagRequired("from"))
	return c
}

// span reads two moments of which the later one may be left out.
func (a *app) span(from, to string, wholeDay bool) (earlier, later time.Time, err error) {
	if earlier, err = a.moment(from, wholeDay); err != nil {
		return earlier, later, err
	}
	if later, err = a.moment(to, true); err != nil {
		return earlier, later, err
	}
	if !later.IsZero() && later.Before(earlier) {
		err = a.wrong("ctl.use.span", "from", from, "to", to)
	}
	return earlier, later, err
}

// changeListing shows what changed between two moments.
func (a *app) changeListing(t model.Tenant) listing[model.Change] {
	return listing[model.Change]{
		name: "changes", one: func(c model.Change) any { return c }, none: "ctl.no_change",
		rest:  func() []member { return []member{{"tenant", t.Domain}} },
		heads: []string{"ctl.col.change", "ctl.col.kind", ">ctl.col.size", "ctl.col.path"},
		cells: func(c model.Change) []string {
			path := c.Path
			if c.From != "" {
				path = c.From + "  →  " + c.Path
			}
			return []string{a.words.T("change." + c.What), a.words.T("ctl.kind." + string(c.Kind)), a.rowSize(model.Row{Kind: c.Kind, Size: c.Size}), path}
		},
	}
}

// count writes a number for a sentence.
func count(n int64) string { return strconv.FormatInt(n, 10) }
