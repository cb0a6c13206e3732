package restore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/store/catalog"
)

// errPlace marks errors of opening a place at all, without which nothing can be
// put back.
var errPlace = errors.New("the place cannot be opened")

// enter opens the spot that a folder of the copy goes to. top is what was asked
// for: below another place only its own name and what is under it count.
func (r *restorer) enter(ctx context.Context, top, f catalog.Found) (workload.Spot, error) {
	if f.Folder.ID == "" {
		return nil, nil // a place that holds folders only
	}
	if f.Entry == nil {
		r.plan.Folders++
	}
	path := splitPath(f.Folder.Path)
	archive := len(path) > 0 && path[0] == "archive"
	kind := kindOf(f.Row.Ref.Resource)
	p, err := r.target(ctx, f.Row.Ref.Resource, kind, archive)
	if err != nil {
		return nil, err
	}
	steps, err := r.steps(ctx, f)
	if err != nil {
		return nil, err
	}
	if r.req.To != "" || r.req.ToDir != "" {
		steps = r.below(p.base, top, f, steps, kind)
	}
	if kind == model.Mailbox && r.req.ToDir == "" && len(steps) == 0 {
		err := fmt.Errorf("%w: a mailbox keeps items in folders only", errPlace)
		return nil, fault.New(fault.FolderNeeded, err, "path", cmp.Or(r.req.To, f.Row.Path))
	}
	return p.target.Folder(ctx, steps, f.Folder)
}

// below maps a folder's steps to another place.
func (r *restorer) below(base []string, top, f catalog.Found, steps []workload.Step, kind model.ResourceKind) []workload.Step {
	cut := 0 // steps above what was asked for
	switch {
	case top.Entry != nil: // one item goes right into the place
		cut = len(steps)
	case top.Folder.ID != "" && top.Row.Ref.Resource == f.Row.Ref.Resource && top.Folder.Path != "":
		cut = len(splitPath(top.Folder.Path)) - 1
		if kind == model.Mailbox {
			cut-- // the first part is no folder
		}
	}
	cut = max(0, min(cut, len(steps)))
	out := make([]workload.Step, 0, len(base)+len(steps)-cut+1)
	for _, name := range base {
		out = append(out, workload.Step{Title: name, Class: f.Folder.Class})
	}
	for _, name := range r.apart(top, f, kind) {
		out = append(out, workload.Step{Title: name})
	}
	for _, s := range steps[cut:] {
		s.ID = "" // another place: only names and well-known names count
		out = append(out, s)
	}
	return out
}

// apart are the folders on this computer that keep resources, and the parts of
// a mailbox, apart when several are put back at once: those of their addresses.
func (r *restorer) apart(top, f catalog.Found, kind model.ResourceKind) []string {
	several := top.Folder.ID == ""
	if r.asked != "" {
		several = len(r.asked) < len(f.Row.Resource) || kind == model.Mailbox && len(r.asked) == len(f.Row.Resource)
	}
	if r.req.ToDir == "" || !several {
		return nil
	}
	names := splitPath(f.Row.Resource)
	if path := splitPath(f.Folder.Path); kind == model.Mailbox && len(path) > 0 {
		names = append(names, path[0])
	}
	return names
}

// steps is the path of a folder of the copy, with the titles people know.
func (r *restorer) steps(ctx context.Context, f catalog.Found) ([]workload.Step, error) {
	res, at := f.Row.Ref.Resource, f.Row.Ref.At
	key := string(res) + "@" + at.Format(time.RFC3339Nano)
	if r.titles[key] == nil {
		rows, err := r.Index.Folders(ctx, r.req.Tenant, res, at, true)
		if err != nil {
			return nil, err
		}
		r.titles[key] = make(map[string]catalog.FolderRow, len(rows))
		for _, row := range rows {
			r.titles[key][bare(row.Path, kindOf(res))] = row
		}
	}
	parts := splitPath(f.Folder.Path)
	if kindOf(res) == model.Mailbox && len(parts) > 0 {
		parts = parts[1:]
	}
	steps := make([]workload.Step, len(parts))
	for i, name := range parts {
		steps[i] = workload.Step{Title: name, Name: name, Class: f.Folder.Class}
		if row, ok := r.titles[key][strings.Join(parts[:i+1], "/")]; ok {
			steps[i].ID, steps[i].Class, steps[i].Known = row.ID, row.Class, row.Known
			if row.Title != "" {
				steps[i].Title = row.Title
			}
		}
	}
	return steps, nil
}

// bare is a folder's path without the part that is no folder itself.
func bare(path string, kind model.ResourceKind) string {
	if kind != model.Mailbox {
		return path
	}
	_, rest, _ := strings.Cut(path, "/")
	return rest
}

// target opens the place that things of a resource go to, once.
func (r *restorer) target(ctx context.Context, id model.ResourceID, kind model.ResourceKind, archive bool) (p placed, err error) {
	key := fmt.Sprint(id, archive)
	if p, ok := r.targets[key]; ok {
		return p, nil
	}
	switch {
	case r.req.ToDir != "":
		p.target, err = r.Places.Local(r.req.ToDir, r.look)
	case r.req.To != "":
		p.target, p.base, err = r.Places.Other(ctx, r.req.To, kind, archive, r.look)
	default:
		p.target, err = r.Places.Original(ctx, id, archive, r.look)
	}
	if err != nil {
		return placed{}, fmt.Errorf("%w: %w", errPlace, err)
	}
	r.targets[key] = p
	return p, nil
}

func splitPath(p string) []string {
	if p == "" {
		return nil
	}
	return strings.Split(p, "/")
}

func kindOf(id model.ResourceID) model.ResourceKind {
	if strings.HasPrefix(string(id), "drive:") {
		return model.Drive
	}
	return model.Mailbox
}
