package main

import (
	"context"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

func (a *app) searchCommand() *cobra.Command {
	var tenant, workload, from, until string
	var q model.SearchQuery
	c := &cobra.Command{
		Use:  "search [--tenant T] [--workload W] [--from TIME] [--until TIME] [--limit N] QUERY",
		Args: cobra.ExactArgs(1), Short: a.words.T("ctl.search.short"), Long: a.words.T("ctl.search.long"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			q.Text = args[0]
			if !strings.ContainsFunc(q.Text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r) }) {
				return a.wrong("ctl.use.query")
			}
			if q.Limit <= 0 {
				return a.wrong("ctl.use.limit")
			}
			if q.Workload, err = a.workload(workload); err != nil {
				return err
			}
			if q.From, q.Until, err = a.span(from, until, false); err != nil {
				return err
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				if tenant != "" {
					t, err := a.find(e, tenant)
					if err != nil {
						return err
					}
					q.Tenants = []model.TenantID{t.ID}
				}
				return a.search(ctx, e, q)
			})
		},
	}
	a.tenantFlag(c, &tenant)
	f := c.Flags()
	f.Lookup("tenant").Usage = a.words.T("ctl.flag.tenant_all")
	f.StringVar(&workload, "workload", "", a.words.T("ctl.flag.workload"))
	f.StringVar(&q.Resource, "resource", "", a.words.T("ctl.flag.resource"))
	f.StringVar(&from, "from", "", a.words.T("ctl.flag.from"))
	f.StringVar(&until, "until", "", a.words.T("ctl.flag.until"))
	f.BoolVar(&q.Versions, "versions", false, a.words.T("ctl.flag.search_versions"))
	f.BoolVar(&q.Deleted, "deleted", false, a.words.T("ctl.flag.search_deleted"))
	f.IntVar(&q.Limit, "limit", 100, a.words.T("ctl.flag.limit"))
	return c
}

// searchPage is how many results are held at once.
const searchPage = 500

// search shows what is found, page after page until the limit, and says
// whether there is more.
func (a *app) search(ctx context.Context, e *engine.Engine, q model.SearchQuery) error {
	if err := a.refresh(ctx, e, q.Tenants); err != nil {
		return err
	}
	more := false
	l := a.rowListing(e, len(e.ConnectedTenants()) > 1)
	l.rest = func() []member { return []member{{"more", more}} }
	limit, shown := q.Limit, 0
	err := l.show(a, func(yield func(model.Row, error) bool) {
		for {
			q.Limit = min(limit-shown, searchPage)
			page, err := e.Search(ctx, q)
			if err != nil {
				yield(model.Row{}, err)
				return
			}
			for _, row := range page.Rows {
				if !yield(row, nil) {
					return
				}
			}
			shown += len(page.Rows)
			q.Before = page.Next
			if more = page.Next != ""; !more || shown >= limit {
				return
			}
		}
	})
	if err == nil && more {
		a.note(a.words.T("ctl.more", "n", count(int64(shown))))
	}
	return err
}

// refresh takes into the catalog what other computers copied. A storage that
// cannot be reached is no reason not to search what is known.
func (a *app) refresh(ctx context.Context, e *engine.Engine, only []model.TenantID) error {
	var err error
	if len(only) == 1 {
		err = e.Refresh(ctx, only[0])
	} else {
		var id string
		if id, err = e.SyncCatalog(ctx, false); err == nil {
			_, err = a.follow(ctx, e, id)
		}
	}
	if err != nil && ctx.Err() == nil && fault.Code(err) == fault.StorageUnreachable {
		a.tell("", err)
		return nil
	}
	return err
}
