package explorer

import (
	"context"
	"errors"

	"vangnet/engine/model"
)

// maxPicked is how many rows are put back one by one. Whole folders have no
// such bound.
const maxPicked = 20_000

// errTooMany is returned when more rows are chosen than maxPicked.
var errTooMany = errors.New("too many rows are chosen one by one")

// selection is what is chosen in the list.
func (l *listPart) selection() Selection {
	picked, all := l.grid.Selected()
	switch {
	case all && l.rows == l.inside && l.listing != nil:
		return l.allInside()
	case all:
		for i := range l.rows.Len() {
			picked = append(picked, i)
		}
	}
	return l.pickedRows(picked)
}

// allInside is everything that the list of a folder shows: the folder itself
// where that is the same, and otherwise each row, for a mailbox's folder has
// more below it than its list, and a filter leaves rows out.
func (l *listPart) allInside() Selection {
	say, shown := l.screen.desk.Say, int64(l.rows.Len())
	whole := l.screen.where.selection()
	if l.query.Filter == "" && !l.deleted && (len(l.inside.inside) > 0 || !l.screen.where.deeper()) {
		if len(l.inside.inside) == 0 {
			whole.Label = say.Things(kindOf(l.listing), shown)
		}
		return whole
	}
	q := l.query
	sel := Selection{Tenant: q.Tenant, At: q.At, Parts: whole.Parts, Label: say.Things(kindOf(l.listing), shown)}
	for _, folder := range l.inside.inside {
		sel.Paths = append(sel.Paths, folder.Path)
	}
	if l.pager.Len() > 0 {
		sel.Rest = &q
	}
	return sel
}

// pickedRows are single rows; those that have not been fetched yet are left for
// when they are put back.
func (l *listPart) pickedRows(picked []int) Selection {
	sel := Selection{Tenant: l.screen.route.Tenant, At: l.screen.route.At}
	kinds, missing := map[model.ItemKind]bool{}, false
	for n, i := range picked {
		row, ok := l.rows.Get(i)
		if !ok {
			missing = true
			continue
		}
		if n == 0 {
			sel.Tenant = row.Tenant
		}
		kinds[row.Kind] = true
		if row.Kind == model.KindFolder && row.Ref.Item == "" {
			sel.Paths = append(sel.Paths, row.Path)
		} else {
			sel.Rows = append(sel.Rows, row)
		}
		sel.Parts = append(sel.Parts, row.Path)
		sel.Bytes += row.Size
	}
	if missing && l.rows == l.inside {
		q := l.query
		sel.Rest, sel.Rows = &q, nil
		for _, i := range picked {
			if i -= len(l.inside.inside); i >= 0 {
				sel.Picked = append(sel.Picked, i)
			}
		}
	}
	kind := model.KindOther
	for k := range kinds {
		if len(kinds) == 1 {
			kind = k
		}
	}
	sel.Label = l.screen.desk.Say.Things(kind, int64(len(picked)))
	return sel
}

// deeper reports that the chosen folder has folders below it.
func (w *wherePart) deeper() bool {
	n := w.outline.Selected()
	return n != nil && len(n.Children) > 0
}

// readRest reads the rows of a selection that are not here yet.
func readRest(ctx context.Context, engine Engine, sel Selection) (Selection, error) {
	const page = 500
	q, picked := *sel.Rest, sel.Picked
	for q.Offset, q.Limit = 0, page; ; q.Offset += page {
		rows, total, err := engine.List(ctx, q)
		if err != nil {
			return sel, err
		}
		if len(picked) > maxPicked || sel.Picked == nil && total > maxPicked {
			return sel, errTooMany
		}
		for i, row := range rows {
			switch {
			case sel.Picked == nil:
				sel.Rows = append(sel.Rows, row)
			case len(picked) > 0 && picked[0] == q.Offset+i:
				sel.Rows, picked = append(sel.Rows, row), picked[1:]
			}
		}
		if len(rows) == 0 || q.Offset+page >= total || sel.Picked != nil && len(picked) == 0 {
			sel.Rest, sel.Picked = nil, nil
			return sel, nil
		}
	}
}
