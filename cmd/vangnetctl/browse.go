package main

import (
	"context"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/model"
)

func (a *app) snapshotsCommand() *cobra.Command {
	var tenant, resource string
	c := &cobra.Command{
		Use: "snapshots --tenant T", Short: "Restore points", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := e.FindTenant(tenant)
				if err != nil {
					return err
				}
				list, err := e.Snapshots(ctx, t.ID, resource)
				if err != nil {
					return err
				}
				if a.json {
					return a.print(map[string]any{"snapshots": notNil(list)})
				}
				w := a.table("ctl.col.time", "ctl.col.resource", "ctl.col.items", "ctl.col.size", "ctl.col.failed", "ctl.col.id")
				for _, s := range list {
					fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%d\t%s\n", stamp(s.Time), s.Address, s.Items, size(s.Bytes), s.Failed, s.ID)
				}
				return w.Flush()
			})
		},
	}
	tenantFlag(c, &tenant)
	c.Flags().StringVar(&resource, "resource", "", "address of a mailbox or drive (default: all)")
	return c
}

func (a *app) lsCommand() *cobra.Command {
	var tenant, at string
	var versions, deleted bool
	c := &cobra.Command{
		Use: "ls --tenant T [PATH]", Short: "List what a copy holds", Args: cobra.MaximumNArgs(1),
		Long: "Lists a folder of the copies, as it was at a moment (default: now). Without a path it lists the resources.\n" +
			"With --versions it lists every version of the item at the path.",
		RunE: func(cmd *cobra.Command, args []string) error {
			when, err := moment(at, true)
			if err != nil {
				return err
			}
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := e.FindTenant(tenant)
				if err != nil {
					return err
				}
				var rows []model.Row
				if versions {
					rows, err = e.VersionsAt(ctx, t.ID, path)
				} else {
					rows, err = e.Ls(ctx, t.ID, path, when, deleted)
				}
				if err != nil {
					return err
				}
				return a.rows(t, rows, "items")
			})
		},
	}
	tenantFlag(c, &tenant)
	c.Flags().StringVar(&at, "at", "", "moment: 2026-11-14 or 2026-11-14T09:00:00Z (default: newest)")
	c.Flags().BoolVar(&versions, "versions", false, "every version of the item")
	c.Flags().BoolVar(&deleted, "deleted", false, "also what is no longer there")
	return c
}

// rows shows a listing or a search result.
func (a *app) rows(t model.Tenant, rows []model.Row, name string) error {
	if a.json {
		return a.print(map[string]any{name: notNil(jsonRows(t, rows))})
	}
	w := a.table("ctl.col.modified", "ctl.col.size", "ctl.col.kind", "ctl.col.path")
	for _, r := range rows {
		when := r.Modified
		if !r.Received.IsZero() {
			when = r.Received
		}
		mark := ""
		if r.Deleted {
			mark = "  " + a.words.T("ctl.gone", "time", stamp(r.GoneSince))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s%s\n", stamp(when), size(r.Size), r.Kind, clean(r.Path), mark)
	}
	return w.Flush()
}

// jsonRow is a row with the tenant by its domain, as scripts know it.
type jsonRow struct {
	Domain string `json:"tenant"`
	model.Row
}

func jsonRows(t model.Tenant, rows []model.Row) []jsonRow {
	list := make([]jsonRow, len(rows))
	for i, r := range rows {
		list[i] = jsonRow{Domain: t.Domain, Row: r}
	}
	return list
}

func (a *app) catCommand() *cobra.Command {
	var tenant, at, as string
	c := &cobra.Command{
		Use: "cat --tenant T PATH", Short: "Read one item", Args: cobra.ExactArgs(1),
		Long: "Writes one item to standard output: a file as it is, a mail as EML. --as raw gives the bytes as they are stored\n" +
			"(for mailbox items the exported stream), --as json what is known of the item.",
		RunE: func(cmd *cobra.Command, args []string) error {
			when, err := moment(at, true)
			if err != nil {
				return err
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := e.FindTenant(tenant)
				if err != nil {
					return err
				}
				return e.Cat(ctx, t.ID, args[0], when, engine.Format(as), a.out)
			})
		},
	}
	tenantFlag(c, &tenant)
	c.Flags().StringVar(&at, "at", "", "moment (default: newest)")
	c.Flags().StringVar(&as, "as", "", "eml, json or raw (default: eml for mails, raw for files)")
	return c
}

func (a *app) diffCommand() *cobra.Command {
	var tenant, from, to string
	c := &cobra.Command{
		Use: "diff --tenant T --from TIME --to TIME PATH", Short: "What changed between two moments", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			first, err := moment(from, true)
			if err != nil {
				return err
			}
			last, err := moment(to, true)
			if err != nil {
				return err
			}
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := e.FindTenant(tenant)
				if err != nil {
					return err
				}
				changes, err := e.Diff(ctx, t.ID, path, first, last)
				if err != nil {
					return err
				}
				if a.json {
					return a.print(map[string]any{"changes": notNil(changes)})
				}
				w := a.table("ctl.col.change", "ctl.col.size", "ctl.col.path")
				for _, ch := range changes {
					fmt.Fprintf(w, "%s\t%s\t%s\n", a.words.T("change."+ch.What), size(ch.Size), clean(ch.Path))
				}
				return w.Flush()
			})
		},
	}
	tenantFlag(c, &tenant)
	c.Flags().StringVar(&from, "from", "", "earlier moment")
	c.Flags().StringVar(&to, "to", "", "later moment (default: newest)")
	must(c.MarkFlagRequired("from"))
	return c
}

func (a *app) searchCommand() *cobra.Command {
	var tenant, from, until string
	var q model.SearchQuery
	var workload string
	c := &cobra.Command{
		Use: "search QUERY", Short: "Find items across tenants and versions", Args: cobra.ExactArgs(1),
		Long: "Finds items by words in names, subjects, people, attachment names and text. A word ending in * is a beginning,\n" +
			"words in quotes belong together. Newest first.",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			q.Text, q.Workload = args[0], model.Workload(workload)
			if q.From, err = moment(from, false); err != nil {
				return err
			}
			if q.Until, err = moment(until, true); err != nil {
				return err
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				if tenant != "" {
					t, err := e.FindTenant(tenant)
					if err != nil {
						return err
					}
					q.Tenants = []model.TenantID{t.ID}
				}
				page, err := e.Search(ctx, q)
				if err != nil {
					return err
				}
				if !a.json {
					return a.rows(model.Tenant{}, page.Rows, "items")
				}
				list := make([]jsonRow, len(page.Rows))
				for i, r := range page.Rows {
					list[i] = jsonRow{Domain: e.Domain(r.Tenant), Row: r}
				}
				return a.print(map[string]any{"items": list})
			})
		},
	}
	tenantFlag(c, &tenant)
	f := c.Flags()
	f.StringVar(&workload, "workload", "", "mail, calendar, contacts, tasks or onedrive")
	f.StringVar(&q.Resource, "resource", "", "address of a mailbox or drive")
	f.StringVar(&from, "from", "", "received or changed at or after")
	f.StringVar(&until, "until", "", "received or changed until")
	f.BoolVar(&q.Versions, "versions", false, "every version, not only the newest of each item")
	f.BoolVar(&q.Deleted, "deleted", false, "only what is no longer there")
	f.IntVar(&q.Limit, "limit", 100, "how many at the most")
	return c
}

// stamp writes a moment for a table, in the computer's zone; the zero time is a dash.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2006-01-02 15:04")
}

// size writes a number of bytes for a table.
func size(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }
