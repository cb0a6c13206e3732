package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"vangnet/engine/model"
)

// Resolve finds what an address means at a moment (zero: now, and if nothing
// is there now, what was there last). Case does not matter, and a part may be
// the title as the customer sees it. A row of kind folder without Ref.Folder is
// a place that holds folders only: an account, or "mail" of a mailbox.
func (c *Catalog) Resolve(ctx context.Context, tenant model.TenantID, address string, at time.Time) (row model.Row, err error) {
	err = c.reading(ctx, func(r *reader) error {
		targets, err := r.resolve(tenant, address, at)
		if err != nil {
			return err
		}
		row, err = r.targetRow(&targets[0], len(targets) > 1)
		return err
	})
	if err != nil {
		return model.Row{}, fmt.Errorf("find %q: %w", address, err)
	}
	return row, nil
}

// target is what an address means within one resource.
type target struct {
	res   *resource
	ord   int64
	path  string       // folder path in lower case; "" is the whole resource
	shown string       // address, for a place that is no folder itself
	state *folderState // the folder itself, if it is one
	item  *item        // the item, if it is one
	past  model.Past   // what a walk takes of it beside that snapshot
}

// resolve finds all that an address means: one item or folder, or everything
// at or below a place, which may be several resources. It is never empty.
func (r *reader) resolve(tenant model.TenantID, address string, at time.Time) ([]target, error) {
	parts := splitAddress(address)
	first := ""
	if len(parts) > 0 {
		first = parts[0]
	}
	all, err := r.resourcesOf(tenant, first)
	if err != nil {
		return nil, err
	}
	var targets []target
	for _, res := range all {
		t, err := r.resolveIn(res, parts, at)
		if err != nil {
			return nil, err
		}
		if t != nil {
			targets = append(targets, *t)
		}
	}
	if len(targets) == 0 {
		return nil, ErrNotFound
	}
	return targets, r.rootState(targets, len(parts))
}

// resolveIn finds what an address means within a resource, or nil.
func (r *reader) resolveIn(res *resource, parts []string, at time.Time) (*target, error) {
	own := splitAddress(res.address)
	common := min(len(own), len(parts))
	if !sameParts(parts[:common], own[:common]) {
		return nil, nil
	}
	ord, err := r.ordAt(res, at)
	if err != nil || ord == 0 {
		return nil, err
	}
	if len(parts) <= len(own) {
		return &target{res: res, ord: ord, shown: strings.Join(own[:len(parts)], "/")}, nil
	}
	return r.within(res, ord, parts[len(own):], at.IsZero())
}

// rootState gives a drive that was named exactly its root folder.
func (r *reader) rootState(targets []target, depth int) error {
	for i := range targets {
		t := &targets[i]
		if t.item != nil || t.state != nil || t.path != "" || depth != len(splitAddress(t.res.address)) {
			continue
		}
		states, err := r.folderStates("resource = ? AND fold = '' AND since <= ? AND (until IS NULL OR until > ?)", t.res.key, t.ord, t.ord)
		if err != nil {
			return err
		}
		if len(states) > 0 {
			t.state = &states[0]
		}
	}
	return nil
}

// within resolves the parts of an address below a resource. It returns nil
// when there is nothing.
func (r *reader) within(res *resource, ord int64, parts []string, gone bool) (*target, error) {
	for _, g := range []bool{false, true} {
		if g && !gone {
			break
		}
		for depth := len(parts); depth >= 0; depth-- {
			for _, path := range spellings(parts[:depth], "/") {
				t, err := r.at(res, ord, path, parts[depth:], g)
				if t != nil || err != nil {
					return t, err
				}
			}
		}
	}
	return nil, nil
}

// at looks for an item named by rest in the folder with a path, or for the
// folder when rest is empty. With gone it looks at what is no more.
func (r *reader) at(res *resource, ord int64, path string, rest []string, gone bool) (*target, error) {
	where, args := "resource = ? AND fold = ? AND since <= ?", []any{res.key, path, ord}
	where, args = presence(where, args, ord, gone)
	states, err := r.folderStates(where, args...)
	if err != nil {
		return nil, err
	}
	if len(rest) == 0 && len(states) == 0 {
		return r.container(res, ord, path, gone)
	}
	for i := len(states) - 1; i >= 0; i-- {
		s := states[i]
		last := ord
		if s.until.Valid && s.until.Int64 <= ord {
			last = s.until.Int64 - 1
		}
		if len(rest) == 0 {
			return &target{res: res, ord: last, path: path, state: &s}, nil
		}
		it, err := r.named(s.key, last, rest, gone)
		if err != nil {
			return nil, err
		}
		if it != nil {
			if !it.in(last) {
				last = it.until.Int64 - 1
			}
			return &target{res: res, ord: last, path: path, item: it}, nil
		}
	}
	return nil, nil
}

// presence narrows folder states to those of snapshot ord, or with gone to the
// last state before it of every folder.
func presence(where string, args []any, ord int64, gone bool) (string, []any) {
	if gone {
		return where + " AND NOT EXISTS (SELECT 1 FROM folder_state n WHERE n.folder = folder_state.folder AND n.since > folder_state.since AND n.since <= ?)", append(args, ord)
	}
	return where + " AND (until IS NULL OR until > ?)", append(args, ord)
}

// named finds an item of a folder by its name or title.
func (r *reader) named(folder, ord int64, rest []string, gone bool) (*item, error) {
	where := "WHERE i.folder = ? AND i.fold = ? AND i.since <= ? AND (i.until IS NULL OR i.until > ?)"
	if gone {
		where = "WHERE i.folder = ? AND i.fold = ? AND i.since <= ? AND (i.until > ? OR i.state = 1) ORDER BY i.until DESC LIMIT 1"
	}
	for _, name := range spellings(rest, "_") {
		items, err := r.items(where, folder, name, ord, ord)
		if err != nil {
			return nil, err
		}
		if len(items) > 0 {
			return &items[0], nil
		}
	}
	return nil, nil
}

// container finds a place that is no folder but has folders below it.
func (r *reader) container(res *resource, ord int64, path string, gone bool) (*target, error) {
	where, args := "resource = ? AND fold >= ? AND fold < ? AND since <= ?", []any{res.key, path + "/", path + "0", ord}
	where, args = presence(where, args, ord, gone)
	var known string
	var last int64
	err := r.one("SELECT path, coalesce(until - 1, ?) FROM folder_state WHERE "+where+" ORDER BY since DESC LIMIT 1", append([]any{ord}, args...)...).Scan(&known, &last)
	if err != nil {
		if notFound(err) == ErrNotFound {
			return nil, nil
		}
		return nil, err
	}
	shown := strings.Join(splitAddress(known)[:strings.Count(path, "/")+1], "/")
	return &target{res: res, ord: min(ord, last), path: path, shown: model.JoinAddress(res.address, shown)}, nil
}

// targetRow shows a target as a row. Shared says that it is one of several.
func (r *reader) targetRow(t *target, shared bool) (model.Row, error) {
	switch {
	case t.item != nil:
		return r.row(t.item, t.ord)
	case t.state != nil && !shared:
		gone, err := r.folderFates(t.res)
		if err != nil {
			return model.Row{}, err
		}
		f, err := r.folderRow(t.res, t.state, t.ord, gone)
		return f.row(t.res), err
	}
	at, err := r.timeOf(t.res.key, t.ord)
	row := model.Row{Tenant: t.res.tenant, Resource: t.res.address, Path: t.shown, Name: lastPart(t.shown), Kind: model.KindFolder, SnapshotTime: at}
	row.Ref = model.Ref{Tenant: t.res.tenant, At: at}
	if !shared {
		row.Ref.Resource = t.res.id
	}
	return row, err
}

func splitAddress(address string) []string {
	var parts []string
	for p := range strings.SplitSeq(address, "/") {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

func sameParts(a, b []string) bool {
	for i := range a {
		if model.FoldName(a[i]) != model.FoldName(b[i]) {
			return false
		}
	}
	return true
}

// spellings are the lower case forms that a person's words may stand for: as
// typed, and as the names that were made from titles. A title may have had
// slashes, which by became.
func spellings(parts []string, by string) []string {
	safe := make([]string, len(parts))
	for i, p := range parts {
		safe[i] = model.SafeName(p)
	}
	typed, made := model.FoldName(strings.Join(parts, by)), model.FoldName(strings.Join(safe, by))
	if by == "_" && len(parts) > 1 {
		made = model.FoldName(model.SafeName(strings.Join(parts, "/")))
	}
	if typed == made {
		return []string{typed}
	}
	return []string{typed, made}
}

func lastPart(address string) string { return address[strings.LastIndexByte(address, '/')+1:] }
