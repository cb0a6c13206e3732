package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"vangnet/engine/model"
)

// order is how a listing is sorted by one column.
type order struct {
	column string
	index  string // of big folders
}

var orders = map[model.SortBy]order{
	model.SortName:     {"i.fold", "big_fold"},
	model.SortReceived: {"i.moment", "big_moment"},
	model.SortSize:     {"i.size", "big_size"},
	model.SortFrom:     {"i.sender COLLATE NOCASE", "big_sender"},
	model.SortSubject:  {"i.subject COLLATE NOCASE", "big_subject"},
}

// List returns a page of a folder's items and how many there are in all. It
// lists items only; sub-folders come from Folders. With q.Deleted it has also
// the last version of those that were gone by then, marked.
func (c *Catalog) List(ctx context.Context, q model.ListQuery) (rows []model.Row, total int, err error) {
	err = c.reading(ctx, func(r *reader) error {
		rows, total, err = c.list(r, q)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list folder %s of %s: %w", q.Folder, q.Resource, err)
	}
	return rows, total, nil
}

func (c *Catalog) list(r *reader, q model.ListQuery) ([]model.Row, int, error) {
	res, err := r.resourceByID(q.Tenant, q.Resource)
	if err != nil {
		return nil, 0, err
	}
	var folder int64
	var big bool
	err = r.one("SELECT key, big FROM folder WHERE resource = ? AND id = ?", res.key, q.Folder).Scan(&folder, &big)
	if err != nil {
		return nil, 0, notFound(err)
	}
	ord, err := r.ordAt(res, q.At)
	if err != nil {
		return nil, 0, err
	}
	l := newListing(q, folder, big, ord)
	page, total, err := c.page(r, l, q)
	if err != nil {
		return nil, 0, err
	}
	items, err := r.itemsByKey(page, withoutEntry)
	if err != nil {
		return nil, 0, err
	}
	if q.At.IsZero() {
		ord = 0
	}
	rows, err := r.rows(items, ord)
	return rows, total, err
}

// listing is a ListQuery in SQL.
type listing struct {
	from   string // FROM … WHERE …
	args   []any
	column string
	desc   bool
	whole  bool // too costly to ask again for each page
}

func newListing(q model.ListQuery, folder int64, big bool, ord int64) *listing {
	o, ok := orders[q.Sort]
	if !ok {
		o = orders[model.SortName]
	}
	l := &listing{from: "FROM item i ", args: []any{folder}, column: o.column, desc: q.Desc}
	words := strings.Fields(q.Filter)
	l.whole = big && len(words) > 0
	switch {
	case big && len(words) == 0:
		l.from += "INDEXED BY " + o.index + " WHERE i.big = 1 AND i.folder = ?"
	default:
		l.from += "WHERE i.folder = ?"
	}
	switch {
	case q.At.IsZero() && !q.Deleted:
		l.from += " AND i.state = 0"
	case q.At.IsZero():
		l.from += " AND i.state < 2"
	case !q.Deleted:
		l.from += " AND i.since <= ? AND " + isThere
		l.args = append(l.args, ord, ord)
	default:
		l.from += " AND i.since <= ? AND " + wasLast
		l.args = append(l.args, ord, ord, ord)
	}
	for _, word := range words[:min(len(words), maxWords)] {
		l.from += ` AND (i.fold LIKE ? ESCAPE '\' OR i.subject LIKE ? ESCAPE '\' OR i.sender LIKE ? ESCAPE '\' OR i.recipients LIKE ? ESCAPE '\')`
		like := "%" + likeEscaper.Replace(clean(word, maxWord)) + "%"
		l.args = append(l.args, strings.ToLower(like), like, like, like)
	}
	return l
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// page returns the keys of the rows asked for, and the total.
func (c *Catalog) page(r *reader, l *listing, q model.ListQuery) ([]int64, int, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = noLimit
	}
	offset := max(q.Offset, 0)
	if l.whole {
		keys, err := c.pages.whole(r, l)
		if err != nil {
			return nil, 0, err
		}
		from := min(offset, len(keys))
		return slices.Clone(keys[from:min(len(keys), from+min(limit, len(keys)))]), len(keys), nil
	}
	if offset >= farDown {
		total, err := c.pages.total(r, l)
		if err != nil {
			return nil, 0, err
		}
		if offset > total/2 {
			keys, err := l.fromEnd(r, total, offset, limit)
			return keys, total, err
		}
	}
	keys, err := scanKeys(r.query("SELECT i.key "+l.from+l.order(false)+" LIMIT ? OFFSET ?", append(slices.Clone(l.args), limit, offset)...))
	if err != nil {
		return nil, 0, err
	}
	if offset == 0 && len(keys) < limit {
		return keys, len(keys), nil
	}
	total, err := c.pages.total(r, l)
	return keys, total, err
}

// farDown is the offset from which it pays to ask which end is nearer.
const farDown = 2_000

// fromEnd finds a page by counting from the end.
func (l *listing) fromEnd(r *reader, total, offset, limit int) ([]int64, error) {
	count := min(limit, total-offset)
	if count <= 0 {
		return nil, nil
	}
	keys, err := scanKeys(r.query("SELECT i.key "+l.from+l.order(true)+" LIMIT ? OFFSET ?", append(slices.Clone(l.args), count, total-offset-count)...))
	slices.Reverse(keys)
	return keys, err
}

// order is the listing's order, or the opposite one.
func (l *listing) order(reverse bool) string {
	way := ""
	if l.desc != reverse {
		way = " DESC"
	}
	return fmt.Sprintf(" ORDER BY %s%[2]s, i.state%[2]s, i.since%[2]s, i.until%[2]s, i.key%[2]s", l.column, way)
}

// countRows is the total of a listing, without remembering.
func countRows(r *reader, l *listing) (int, error) {
	var n int
	err := r.one("SELECT count(*) "+l.from, l.args...).Scan(&n)
	return n, err
}

// version is a number that changes whenever the catalog does.
func version(r *reader) (int64, error) {
	var v sql.NullInt64
	err := r.one("SELECT n FROM generation").Scan(&v)
	return v.Int64, err
}
