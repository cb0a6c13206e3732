package main

import (
	"context"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"

	"vangnet/engine"
	"vangnet/engine/model"
)

func (a *app) catCommand() *cobra.Command {
	var tenant, at, as string
	c := &cobra.Command{
		Use: "cat --tenant T [--at TIME] [--as eml|ics|vcf|json|raw] PATH", Args: cobra.ExactArgs(1),
		Short: a.words.T("ctl.cat.short"), Long: a.words.T("ctl.cat.long"),
		RunE: func(cmd *cobra.Command, args []string) error {
			when, err := a.moment(at, true)
			if err != nil {
				return err
			}
			form := engine.Format(strings.ToLower(as))
			if !slices.Contains(engine.Formats(), form) {
				return a.wrong("ctl.use.as", "value", as)
			}
			return a.with(cmd, func(ctx context.Context, e *engine.Engine) error {
				t, err := a.find(e, tenant)
				if err != nil {
					return err
				}
				q := model.ListQuery{Tenant: t.ID, At: when}
				if form == engine.FormatJSON || form == engine.FormatAuto && a.json {
					return a.catFacts(ctx, e, q, args[0])
				}
				a.printed = true // what comes now is the item, also when it breaks off
				w, done := a.content()
				err = e.Cat(ctx, t.ID, args[0], when, form, w)
				if err2 := done(); err == nil {
					err = err2
				}
				return err
			})
		},
	}
	a.tenantFlag(c, &tenant)
	c.Flags().StringVar(&at, "at", "", a.words.T("ctl.flag.at"))
	c.Flags().StringVar(&as, "as", "", a.words.T("ctl.flag.as"))
	return c
}

// content is where an item's bytes go. A program or file gets them as they
// are; a terminal gets no control characters of strangers.
func (a *app) content() (w io.Writer, done func() error) {
	file, ok := a.out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return a.out, func() error { return nil }
	}
	safe := transform.NewWriter(a.out, runes.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return r
		}
		return []rune(clean(string(r)))[0]
	}))
	return safe, safe.Close
}

// jsonItem is all that is known of an item, its text too.
type jsonItem struct {
	jsonRow
	Headers     map[string]string `json:"headers,omitempty"`
	Text        string            `json:"text,omitempty"`
	Truncated   bool              `json:"text_truncated,omitempty"`
	Attachments []jsonAttachment  `json:"attachments,omitempty"`
	Facts       map[string]string `json:"facts"`
}

type jsonAttachment struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes; -1: not known
}

// catFacts prints what is known of the item at a path.
func (a *app) catFacts(ctx context.Context, e *engine.Engine, q model.ListQuery, path string) error {
	row, err := e.Item(ctx, q.Tenant, path, q.At)
	if err != nil {
		return err
	}
	p, err := e.Preview(ctx, row.Ref)
	if err != nil {
		return err
	}
	item := jsonItem{
		jsonRow: jsonRowOf(e.Domain(q.Tenant), row), Text: p.Text, Truncated: p.Truncated,
		Headers: facts(p.Headers), Facts: facts(p.Facts),
	}
	for _, f := range p.Attachments {
		size, err := strconv.ParseInt(f.Value, 10, 64)
		if err != nil {
			size = -1
		}
		item.Attachments = append(item.Attachments, jsonAttachment{Name: f.Label, Size: size})
	}
	return a.print(item)
}

func facts(list []model.Fact) map[string]string {
	m := make(map[string]string, len(list))
	for _, f := range list {
		m[f.Label] = f.Value
	}
	return m
}
