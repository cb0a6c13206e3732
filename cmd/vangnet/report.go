package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"vangnet/engine"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
	"vangnet/ui/say"
)

// report waits for the demo's backups, prints how the tenants are and then the
// line "ready", for whoever wants to look at the window.
func report(ctx context.Context, e *engine.Engine, jobs []string, lang string, out io.Writer) error {
	for _, id := range jobs {
		job, err := e.WaitJob(ctx, id)
		if err != nil {
			return err
		}
		if job.Error != nil {
			return fmt.Errorf("back up %s: %s", job.Title, job.Error.Detail)
		}
	}
	if err := printHealth(ctx, e, lang, out); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "ready")
	return err
}

// printHealth prints the overview as a table.
func printHealth(ctx context.Context, e *engine.Engine, lang string, out io.Writer) error {
	words, err := i18n.Load(lang, "app")
	if err != nil {
		return err
	}
	s := say.Say{Words: words, Format: format.New(words, time.Local)}
	list, err := e.Tenants(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 2, 8, 3, ' ', 0)
	fmt.Fprintf(table, "%s\t%s\t%s\t%s\t\n", words.T("app.tenant"), words.T("app.state"), words.T("app.people"), words.T("app.new"))
	for _, h := range list {
		fmt.Fprintf(table, "%s\t%s\t%d/%d\t%d\t%s\n", h.Tenant.Name, words.T("state."+string(h.State)), h.Protected, h.Accounts, h.NewItems, s.Reason(h.Reason))
	}
	return table.Flush()
}
