package catalog

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"vangnet/engine/model"
)

// Children lists the places right below an address at a moment (zero: now), as
// rows of kind folder in order of name: accounts below "", a mailbox's "mail"
// and its drive below an account, folders below a folder. A place that is no
// folder itself has no Ref.Folder. Items come from List. With deleted it has
// also the folders that were gone by then.
func (c *Catalog) Children(ctx context.Context, tenant model.TenantID, address string, at time.Time, deleted bool) (rows []model.Row, err error) {
	err = c.reading(ctx, func(r *reader) error {
		depth := len(splitAddress(address))
		targets, err := r.resolve(tenant, address, at)
		if err != nil {
			return err
		}
		found := map[string]model.Row{} // by name in lower case
		for i := range targets {
			if err := r.children(&targets[i], depth, deleted, found); err != nil {
				return err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(found)) {
			rows = append(rows, found[name])
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list below %q: %w", address, err)
	}
	return rows, nil
}

// children adds what a target has at one depth below the address.
func (r *reader) children(t *target, depth int, deleted bool, found map[string]model.Row) error {
	if t.item != nil {
		return nil
	}
	own := splitAddress(t.res.address)
	if len(own) > depth+1 || len(own) == depth+1 && t.res.kind == model.Mailbox {
		return r.addPlace(t, own[:depth+1], found) // the folders are further down
	}
	folders, err := r.folders(t.res, t.ord, t.path, deleted)
	if err != nil {
		return err
	}
	for i := range folders {
		f := &folders[i]
		parts := splitAddress(f.Address)
		if len(parts) <= depth {
			continue
		}
		if len(parts) > depth+1 {
			if err := r.addPlace(t, parts[:depth+1], found); err != nil {
				return err
			}
			continue
		}
		key := model.FoldName(parts[depth])
		if known, ok := found[key]; ok && known.Ref.Folder != "" && !known.Deleted {
			key += "\x00" + f.ID // a folder of the same name was there before
		}
		found[key] = f.row(t.res)
	}
	return nil
}

// addPlace adds a place that is no folder itself, unless a folder is there.
func (r *reader) addPlace(t *target, parts []string, found map[string]model.Row) error {
	key := model.FoldName(parts[len(parts)-1])
	if known, ok := found[key]; ok {
		if known.Ref.Resource != t.res.id && known.Ref.Folder == "" {
			known.Ref.Resource = "" // several
			found[key] = known
		}
		return nil
	}
	row, err := r.targetRow(&target{res: t.res, ord: t.ord, shown: strings.Join(parts, "/")}, false)
	found[key] = row
	return err
}
