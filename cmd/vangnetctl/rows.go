package main

import (
	"time"

	"vangnet/engine"
	"vangnet/engine/model"
)

// jsonRow is a row as scripts know it: the tenant by its domain, no made-up
// times, and for a mailbox item its mail fields also where they are empty.
type jsonRow struct {
	Domain   string         `json:"tenant"`
	TenantID model.TenantID `json:"tenant_id"`
	model.Row
	Modified     *time.Time `json:"modified"`
	SnapshotTime *time.Time `json:"snapshot_time"`
	FirstSeen    *time.Time `json:"first_seen"`

	Subject  *string    `json:"subject,omitempty"`
	From     *string    `json:"from,omitempty"`
	To       *string    `json:"to,omitempty"`
	Received *time.Time `json:"received,omitempty"`
}

func jsonRowOf(domain string, r model.Row) jsonRow {
	j := jsonRow{
		Domain: domain, TenantID: r.Tenant, Row: r,
		Modified: orNull(r.Modified), SnapshotTime: orNull(r.SnapshotTime), FirstSeen: orNull(r.FirstSeen),
	}
	switch r.Kind {
	case model.KindFile, model.KindFolder, model.KindNotebook:
	default:
		j.Subject, j.From, j.To, j.Received = &r.Subject, &r.From, &r.To, orNull(r.Received)
	}
	return j
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// rowListing shows what a folder holds, or with tenants what was found across them.
func (a *app) rowListing(e *engine.Engine, tenants bool) listing[model.Row] {
	l := listing[model.Row]{
		name: "items", one: func(r model.Row) any { return jsonRowOf(e.Domain(r.Tenant), r) }, none: "ctl.nothing",
		heads: []string{"ctl.col.modified", ">ctl.col.size", "ctl.col.kind", "ctl.col.path"},
		cells: func(r model.Row) []string {
			return []string{stamp(shownTime(r)), a.rowSize(r), a.words.T("ctl.kind." + string(r.Kind)), r.Path + a.mark(r)}
		},
	}
	if tenants {
		cells := l.cells
		l.heads = append([]string{"ctl.col.tenant"}, l.heads...)
		l.cells = func(r model.Row) []string { return append([]string{e.Domain(r.Tenant)}, cells(r)...) }
	}
	return l
}

// shownTime is when a mail was received and when anything else was changed.
func shownTime(r model.Row) time.Time {
	if !r.Received.IsZero() {
		return r.Received
	}
	return r.Modified
}

func (a *app) rowSize(r model.Row) string {
	if r.Kind == model.KindFolder && r.Size == 0 {
		return "–"
	}
	return a.size(r.Size)
}

// mark is what a person has to know of a row beside its path.
func (a *app) mark(r model.Row) string {
	text := ""
	if r.Kind == model.KindFolder {
		text += "/"
	}
	if r.Deleted {
		text += "  " + a.words.T("ctl.gone", "time", stamp(r.GoneSince))
	}
	if r.Warning != "" {
		if warning, ok := a.codeText(r.Warning, map[string]string{"path": r.Path}); ok {
			text += "  ▲ " + warning
		}
	}
	return text
}
