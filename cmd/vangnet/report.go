package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"vangnet/engine"
	"vangnet/engine/demo"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
	"vangnet/ui/say"
)

// simulator tells how to reach the live tenants behind the demo.
type simulator struct {
	URL    string `json:"url"`
	CAFile string `json:"ca_file"`
}

// report says where the demo's simulator is, as one line of JSON, waits for the
// backups, prints how the tenants are and then the line "ready", for whoever
// wants to look at the window or to change something live.
func report(ctx context.Context, d *demo.Demo, jobs []string, lang string, out io.Writer) error {
	e := d.Engine
	if err := json.NewEncoder(out).Encode(simulator{d.Server().URL(), d.CAFile()}); err != nil {
		return err
	}
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
