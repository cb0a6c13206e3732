package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/engine/workload/mailbox"
)

// targetLister lists live places that things can be put into. Of accounts it
// believes what the last run saw.
type targetLister struct {
	engine *Engine
	client *graph.Client
	tenant model.TenantID
}

func (l targetLister) below(ctx context.Context, parent string) ([]model.Row, error) {
	all, err := l.resources()
	if err != nil {
		return nil, err
	}
	var rows []model.Row
	var best model.Resource
	for _, r := range all {
		next, ok := nextPart(r.Address, parent)
		if ok && !slices.ContainsFunc(rows, func(have model.Row) bool { return have.Name == next }) {
			rows = append(rows, l.row(parent, next, r))
		}
		if parent != "" && within(parent, r.Address) && len(r.Address) > len(best.Address) {
			best = r
		}
	}
	switch {
	case parent == "":
	case best.ID == "":
		return nil, fault.New(fault.NotFound, fmt.Errorf("%s is nothing live in this tenant", parent), "path", parent)
	case best.Kind == model.Drive:
		more, err := l.inDrive(ctx, best, parent)
		return append(rows, more...), err
	default:
		more, err := l.inMailbox(ctx, best, parent)
		rows = append(more, rows...)
		return rows, err
	}
	slices.SortFunc(rows, func(a, b model.Row) int { return cmp.Compare(a.Path, b.Path) })
	return rows, nil
}

func (l targetLister) resources() ([]model.Resource, error) {
	b, err := l.engine.book(l.tenant)
	if err != nil {
		return nil, err
	}
	l.engine.mu.Lock()
	defer l.engine.mu.Unlock()
	var list []model.Resource
	for _, line := range b.Resources {
		if line.Resource.Coverage == model.Protected {
			list = append(list, line.Resource)
		}
	}
	return list, nil
}

func (l targetLister) row(parent, name string, r model.Resource) model.Row {
	return model.Row{Tenant: l.tenant, Resource: r.Address, Path: model.JoinAddress(parent, name), Name: name, Kind: model.KindFolder, Items: 1, Subject: r.Name}
}

// inDrive lists the folders of a live drive's folder.
func (l targetLister) inDrive(ctx context.Context, r model.Resource, parent string) ([]model.Row, error) {
	at := "root"
	for _, name := range strings.FieldsFunc(parent[len(r.Address):], func(c rune) bool { return c == '/' }) {
		children, err := l.client.Children(ctx, r.DriveID, at)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(children, func(c graph.DriveItem) bool { return c.Folder && model.FoldName(c.Name) == model.FoldName(name) })
		if i < 0 {
			return nil, fault.New(fault.NotFound, fmt.Errorf("no live folder %s", parent), "path", parent)
		}
		at = children[i].ID
	}
	children, err := l.client.Children(ctx, r.DriveID, at)
	var rows []model.Row
	for _, c := range children {
		if c.Folder && c.Package == "" {
			row := l.row(parent, c.Name, r)
			row.Items, row.Subject = int64(c.Children), ""
			rows = append(rows, row)
		}
	}
	return rows, err
}

// inMailbox lists the workloads of a live mailbox, or the folders of a folder.
func (l targetLister) inMailbox(ctx context.Context, r model.Resource, parent string) ([]model.Row, error) {
	ids, err := l.client.MailboxIDs(ctx, r.UserID)
	if err != nil {
		return nil, err
	}
	live, _, err := l.client.MailFolders(ctx, ids.Primary)
	if err != nil {
		return nil, err
	}
	nodes := make([]workload.Node, 0, len(live))
	for _, f := range live {
		nodes = append(nodes, workload.Node{ID: f.ID, Parent: f.Parent, Title: f.Name, Top: mailbox.Top(f.Class), Skip: f.Search || f.Known == "searchfolders"})
	}
	var rows []model.Row
	count := map[string]int64{}
	for _, p := range workload.Arrange(nodes, nil) {
		next, ok := nextPart(model.JoinAddress(r.Address, p.Path), parent)
		if !ok {
			continue
		}
		if count[next]++; count[next] == 1 {
			row := l.row(parent, next, r)
			row.Subject = ""
			rows = append(rows, row)
		}
	}
	for i := range rows {
		rows[i].Items = count[rows[i].Name] - 1
	}
	return rows, nil
}
