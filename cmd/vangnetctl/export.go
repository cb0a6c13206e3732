package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"vangnet/engine"
	"vangnet/engine/model"
	"vangnet/ui/cover"
)

// exportFlags are the flags of export that need reading.
type exportFlags struct {
	tenant, at, from, until, format, split, password, search string
	dryRun                                                   bool
}

func (a *app) exportCommand() *cobra.Command {
	var x exportFlags
	var r model.ExportRequest
	c := &cobra.Command{
		Use: "export --tenant T [--at TIME] [--from TIME] [--until TIME] [--deleted] [--versions] [--search QUERY] " +
			"--format pst|zip|eml|mbox [--split SIZE] [--zip-password-file F] --out FILE [PATH…]",
		Short: a.words.T("ctl.export.short"), Long: a.words.T("ctl.export.long"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Paths = args
			if err := a.exportRequest(&r, x); err != nil {
				return err
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := a.find(e, x.tenant)
				if err != nil {
					return err
				}
				r.Tenant = t.ID
				if x.dryRun {
					return a.exportPlan(ctx, e, r)
				}
				return a.export(ctx, e, r)
			})
		},
	}
	a.tenantFlag(c, &x.tenant)
	f := c.Flags()
	f.StringVar(&x.at, "at", "", a.words.T("ctl.flag.at"))
	f.StringVar(&x.from, "from", "", a.words.T("ctl.flag.from"))
	f.StringVar(&x.until, "until", "", a.words.T("ctl.flag.until"))
	f.BoolVar(&r.Past.Deleted, "deleted", false, a.words.T("ctl.flag.export_deleted"))
	f.BoolVar(&r.Past.Versions, "versions", false, a.words.T("ctl.flag.export_versions"))
	f.StringVar(&x.search, "search", "", a.words.T("ctl.flag.export_search"))
	f.StringVar(&x.format, "format", "", a.words.T("ctl.flag.export_format"))
	f.StringVar(&x.split, "split", "", a.words.T("ctl.flag.split"))
	f.StringVar(&x.password, "zip-password-file", "", a.words.T("ctl.flag.zip_password"))
	f.StringVar(&r.Out, "out", "", a.words.T("ctl.flag.out"))
	f.BoolVar(&x.dryRun, "dry-run", false, a.words.T("ctl.flag.dry_run"))
	must(c.MarkFlagRequired("format"))
	must(c.MarkFlagRequired("out"))
	return c
}

// exportRequest reads the flags.
func (a *app) exportRequest(r *model.ExportRequest, x exportFlags) (err error) {
	if len(r.Paths) == 0 && x.search == "" {
		return a.wrong("ctl.use.export_what")
	}
	r.Format = model.ExportFormat(strings.ToLower(x.format))
	if !slices.Contains([]model.ExportFormat{model.ExportPST, model.ExportZIP, model.ExportEML, model.ExportMBOX}, r.Format) {
		return a.wrong("ctl.use.export_format", "value", x.format)
	}
	if r.At, err = a.moment(x.at, true); err != nil {
		return err
	}
	if r.From, r.Until, err = a.span(x.from, x.until, false); err != nil {
		return err
	}
	if x.search != "" {
		r.Search = &model.SearchQuery{Text: x.search, From: r.From, Until: r.Until}
	}
	if r.Split, err = a.sizeOf(x.split); err != nil {
		return err
	}
	if x.password != "" {
		text, err := a.readFile(x.password)
		if err != nil {
			return err
		}
		r.Password = strings.TrimRight(string(text), "\r\n")
	}
	r.Out, err = filepath.Abs(r.Out)
	return err
}

// sizeOf reads a size: 2GB, 500 MB, 1.5 GiB; empty is 0.
func (a *app) sizeOf(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	s := strings.ToUpper(strings.TrimSpace(text))
	unit := 1.0
	for _, u := range units {
		if rest, ok := strings.CutSuffix(s, u.name); ok {
			s, unit = rest, u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || n <= 0 || n*unit > 1<<60 {
		return 0, a.wrong("ctl.use.size", "value", text)
	}
	return int64(n * unit), nil
}

// units of a size, the longer names first.
var units = []struct {
	name  string
	bytes float64
}{
	{"KIB", 1 << 10}, {"MIB", 1 << 20}, {"GIB", 1 << 30}, {"TIB", 1 << 40},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"B", 1},
}

func (a *app) exportPlan(ctx context.Context, e *engine.Engine, r model.ExportRequest) error {
	p, err := e.PlanExport(ctx, r)
	if err != nil {
		return err
	}
	if a.json {
		return a.print(map[string]any{"plan": p})
	}
	a.say(a.words.T("ctl.export.plan", "items", a.words.Number(p.Items), "size", a.size(p.Bytes), "time", a.format.Span(time.Duration(p.Seconds*float64(time.Second)))))
	if p.Unfit > 0 {
		a.say(a.words.N("ctl.export.unfit", p.Unfit))
	}
	return nil
}

// export hands over and tells what came of it.
func (a *app) export(ctx context.Context, e *engine.Engine, r model.ExportRequest) error {
	texts := cover.Writer{
		Words: a.words, Format: a.format, Zone: time.Local, Tenant: e.Domain(r.Tenant),
		Cause: func(f model.ItemFault) string {
			return a.reason(model.Reason{Code: f.Code, Args: map[string]string{"path": f.Path}})
		},
	}
	id, err := e.Export(ctx, r, texts.Texts())
	if err != nil {
		return err
	}
	job, err := a.follow(ctx, e, id)
	if job.Result == nil || err != nil && job.Result.Saved+job.Result.Failed == 0 {
		return err
	}
	res := *job.Result
	res.Errors = notNil(res.Errors)
	if res.Failed > 0 {
		a.status = exitSomeLost
	}
	if a.json {
		doc := map[string]any{"export": res}
		if err != nil {
			doc["error"] = a.jsonFailure("", err)
		}
		return errors.Join(err, a.print(doc))
	}
	if err == nil {
		a.say(a.words.T("ctl.exported", "saved", a.words.Number(res.Saved), "failed", a.words.Number(res.Failed), "size", a.size(res.Bytes)))
		for _, f := range res.Files {
			a.say("  " + a.words.T("ctl.exported.file", "name", f.Name, "size", a.size(f.Size), "items", a.words.Number(f.Items)))
		}
	}
	a.showFaults(res.Errors)
	if more := res.Failed - int64(len(res.Errors)); more > 0 {
		a.say(a.words.N("ctl.restored.more", more))
	}
	return err
}
