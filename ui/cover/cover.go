// Package cover writes the page that goes with handed over data, and the other
// texts that an export needs, in one language.
package cover

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"vangnet/engine/model"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
)

// maxFaults is how many failures the page lists.
const maxFaults = 200

// Writer writes for one customer.
type Writer struct {
	Words  *i18n.Words
	Format *format.Format
	Zone   *time.Location
	Tenant string                       // as people know it
	Cause  func(model.ItemFault) string // the sentence of a failure
}

// Texts are all that an export needs.
func (w *Writer) Texts() model.ExportTexts {
	return model.ExportTexts{
		Cover: w.page, CoverName: w.Words.T("cover.file"), HashName: w.Words.T("cover.hashes"), Archive: w.Words.T("cover.archive"), Deleted: w.Words.T("cover.deleted"), Zone: w.Zone,
	}
}

func (w *Writer) page(h model.Handover) model.CoverPage {
	return model.CoverPage{
		Language: w.Words.Lang(), Title: w.Words.T("cover.title"), Subtitle: w.Tenant,
		Rows:   w.rows(h),
		Tables: w.tables(h),
		Faults: w.faults(h),
		More:   func(n int) string { return w.Words.N("cover.more", int64(n)) },
		Footer: w.Words.T("cover.footer"),
	}
}

// rows tell who handed what over, of when.
func (w *Writer) rows(h model.Handover) []model.Fact {
	var rows []model.Fact
	add := func(label, value string) {
		if value != "" {
			rows = append(rows, model.Fact{Label: label, Value: value})
		}
	}
	r := h.Request
	add(w.Words.T("cover.what"), w.asked(r))
	add(w.Words.T("cover.moment"), w.moment(h))
	add(w.Words.T("cover.span"), w.span(r.From, r.Until))
	add(w.Words.T("cover.past"), w.past(r.Past))
	add(w.Words.T("cover.items"), w.Words.Number(h.Items)+" ("+w.Format.Bytes(h.Bytes)+")")
	add(w.Words.T("cover.kinds"), w.kinds(h.Kinds))
	if h.Failed > 0 {
		add(w.Words.T("cover.failed"), w.Words.Number(h.Failed))
	}
	add(w.Words.T("cover.form"), w.form(r.Format))
	if r.Password != "" {
		add(w.Words.T("cover.password"), w.Words.T("cover.password.yes"))
	}
	add(w.Words.T("cover.made"), w.Format.Full(h.Made))
	add(w.Words.T("cover.by"), h.By)
	return rows
}

func (w *Writer) form(f model.ExportFormat) string {
	text, ok := w.Words.Lookup("form."+string(f), nil)
	if !ok {
		return string(f)
	}
	return text
}

// asked names what was asked for.
func (w *Writer) asked(r model.ExportRequest) string {
	const shown = 5
	parts := r.Paths[:min(len(r.Paths), shown)]
	if more := len(r.Paths) - len(parts); more > 0 {
		parts = append(slices.Clone(parts), w.Words.N("cover.more", int64(more)))
	}
	if n := len(r.Refs); n > 0 {
		parts = append(slices.Clone(parts), w.Words.N("cover.chosen", int64(n)))
	}
	if r.Search != nil {
		parts = append(slices.Clone(parts), w.Words.T("cover.search", "query", r.Search.Text))
	}
	return strings.Join(parts, "; ")
}

func (w *Writer) moment(h model.Handover) string {
	if !h.Request.At.IsZero() {
		return w.Words.T("cover.moment.at", "moment", w.Format.Full(h.Request.At))
	}
	if h.Moment.IsZero() {
		return ""
	}
	return w.Words.T("cover.moment.newest", "moment", w.Format.Full(h.Moment))
}

func (w *Writer) span(from, until time.Time) string {
	switch {
	case from.IsZero() && until.IsZero():
		return ""
	case until.IsZero():
		return w.Words.T("cover.span.from", "from", w.Format.Full(from))
	case from.IsZero():
		return w.Words.T("cover.span.until", "until", w.Format.Full(until))
	}
	return w.Words.T("cover.span.both", "from", w.Format.Full(from), "until", w.Format.Full(until))
}

func (w *Writer) past(p model.Past) string {
	switch {
	case p.Deleted && p.Versions:
		return w.Words.T("cover.past.both")
	case p.Deleted:
		return w.Words.T("cover.past.deleted")
	case p.Versions:
		return w.Words.T("cover.past.versions")
	}
	return ""
}

// kinds counts items by kind, the most first.
func (w *Writer) kinds(counts map[string]int64) string {
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	parts := make([]string, 0, len(kinds))
	others := int64(0)
	for _, k := range kinds {
		if text := w.things(model.ItemKind(k), counts[k]); text != "" {
			parts = append(parts, text)
		} else {
			others += counts[k]
		}
	}
	if others > 0 {
		parts = append(parts, w.Words.N("cover.others", others))
	}
	return strings.Join(parts, ", ")
}

// things counts items of a kind, "" for kinds without a word of their own.
func (w *Writer) things(kind model.ItemKind, n int64) string {
	switch kind {
	case model.KindMessage:
		return w.Words.N("things.mail", n)
	case model.KindEvent:
		return w.Words.N("things.event", n)
	case model.KindContact:
		return w.Words.N("things.contact", n)
	case model.KindTask:
		return w.Words.N("things.task", n)
	case model.KindFile:
		return w.Words.N("things.file", n)
	}
	return ""
}

func (w *Writer) tables(h model.Handover) []model.CoverTable {
	items, size := model.CoverColumn{Label: w.Words.T("cover.items"), Number: true}, model.CoverColumn{Label: w.Words.T("cover.size"), Number: true}
	resources := model.CoverTable{Title: w.Words.T("cover.resources"), Columns: []model.CoverColumn{
		{Label: w.Words.T("cover.resource")}, items, size, {Label: w.Words.T("cover.failed"), Number: true},
	}}
	for _, r := range h.Resources {
		resources.Rows = append(resources.Rows, []string{r.Resource, w.Words.Number(r.Items), w.Format.Bytes(r.Bytes), w.Words.Number(r.Failed)})
	}
	if len(h.Files) == 0 {
		return []model.CoverTable{resources}
	}
	files := model.CoverTable{Title: w.Words.T("cover.files"), Columns: []model.CoverColumn{{Label: w.Words.T("cover.name")}, items, size, {Label: "SHA-256"}}}
	for _, f := range h.Files {
		files.Rows = append(files.Rows, []string{f.Name, w.Words.Number(f.Items), w.Format.Bytes(f.Size), f.SHA256})
	}
	return []model.CoverTable{resources, files}
}

func (w *Writer) faults(h model.Handover) model.CoverFaults {
	f := model.CoverFaults{Title: w.Words.T("cover.faults")}
	for _, e := range h.Errors[:min(len(h.Errors), maxFaults)] {
		f.Items = append(f.Items, model.Fact{Label: e.Path, Value: w.Cause(e)})
	}
	f.Beyond = int(max(0, h.Failed-int64(len(f.Items))))
	return f
}
