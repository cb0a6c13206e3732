package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"vangnet/engine/model"
)

const itemColumns = `i.key, i.resource, i.folder, i.since, i.until, i.state, i.print, i.size, i.moment, i.modified, i.flags,
	i.kind, i.id, i.name, i.subject, i.sender, i.recipients, i.warning, i.object, i.form, i.hash`

// item is a row of the item table.
type item struct {
	key, resource, folder, since  int64
	until                         sql.NullInt64
	state                         int
	print                         int64
	size, moment, modified, flags int64
	kind, id, name                string
	subject, sender, recipients   string
	warning, object, form, hash   string
	blob                          []byte // the entry, where it was asked for
}

func (it *item) fields() []any {
	return []any{&it.key, &it.resource, &it.folder, &it.since, &it.until, &it.state, &it.print, &it.size, &it.moment, &it.modified, &it.flags,
		&it.kind, &it.id, &it.name, &it.subject, &it.sender, &it.recipients, &it.warning, &it.object, &it.form, &it.hash, &it.blob}
}

// in reports whether the version is part of snapshot ord.
func (it *item) in(ord int64) bool {
	return it.since <= ord && (!it.until.Valid || it.until.Int64 > ord)
}

// resource is what the catalog knows of a resource.
type resource struct {
	key     int64
	tenant  model.TenantID
	id      model.ResourceID
	kind    model.ResourceKind
	address string
	newest  int64 // number of the newest snapshot begun; 0: none
}

// folderState is a folder as it was for some snapshots.
type folderState struct {
	key    int64
	since  int64
	until  sql.NullInt64
	folder model.Folder
}

func (s *folderState) in(ord int64) bool {
	return s.since <= ord && (!s.until.Valid || s.until.Int64 > ord)
}

// reader answers questions within one read transaction and remembers what rows
// have in common.
type reader struct {
	ctx       context.Context // of the one call that made it
	tx        *sql.Tx
	resources map[int64]*resource
	states    map[int64][]folderState
	times     map[[2]int64]time.Time
	stmts     map[string]*sql.Stmt // closed with the transaction
}

// reading runs fn with a reader.
func (c *Catalog) reading(ctx context.Context, fn func(*reader) error) error {
	return c.view(ctx, func(tx *sql.Tx) error {
		return fn(&reader{ctx: ctx, tx: tx, resources: map[int64]*resource{}, states: map[int64][]folderState{}, times: map[[2]int64]time.Time{}, stmts: map[string]*sql.Stmt{}})
	})
}

// query asks, and prepares what is asked more than once only once. The rows
// must be closed before the same is asked again.
func (r *reader) query(query string, args ...any) (*sql.Rows, error) {
	stmt := r.stmts[query]
	if stmt == nil {
		var err error
		if stmt, err = r.tx.PrepareContext(r.ctx, query); err != nil {
			return nil, err
		}
		r.stmts[query] = stmt
	}
	return stmt.QueryContext(r.ctx, args...)
}

// oneRow is the answer to a question that has one.
type oneRow struct {
	rows *sql.Rows
	err  error
}

// one asks for one row.
func (r *reader) one(query string, args ...any) oneRow {
	rows, err := r.query(query, args...)
	return oneRow{rows, err}
}

// Scan reads the row; sql.ErrNoRows when there is none.
func (o oneRow) Scan(into ...any) (err error) {
	if o.err != nil {
		return o.err
	}
	defer func() { err = errors.Join(err, o.rows.Close()) }()
	if !o.rows.Next() {
		return cmp.Or(o.rows.Err(), sql.ErrNoRows)
	}
	return o.rows.Scan(into...)
}

const resourceColumns = `r.key, t.id, r.id, r.kind, r.address, (SELECT coalesce(max(ord), 0) FROM snapshot s WHERE s.resource = r.key)
	FROM resource r JOIN tenant t ON t.key = r.tenant`

func (res *resource) fields() []any {
	return []any{&res.key, &res.tenant, &res.id, &res.kind, &res.address, &res.newest}
}

// resourceByKey finds a resource that a row points at.
func (r *reader) resourceByKey(key int64) (*resource, error) {
	if res := r.resources[key]; res != nil {
		return res, nil
	}
	res := &resource{}
	if err := r.one("SELECT "+resourceColumns+" WHERE r.key = ?", key).Scan(res.fields()...); err != nil {
		return nil, fmt.Errorf("resource of a row: %w", notFound(err))
	}
	r.resources[key] = res
	return res, nil
}

// resourceByID finds a resource by what it is called outside.
func (r *reader) resourceByID(tenant model.TenantID, id model.ResourceID) (*resource, error) {
	res := &resource{}
	err := r.one("SELECT "+resourceColumns+" WHERE t.id = ? AND r.id = ?", string(tenant), string(id)).Scan(res.fields()...)
	if err != nil {
		return nil, fmt.Errorf("resource %s of %s: %w", id, tenant, notFound(err))
	}
	r.resources[res.key] = res
	return res, nil
}

// resourcesOf lists a tenant's resources in order of address; below the first
// part of an address, or all when it is "".
func (r *reader) resourcesOf(tenant model.TenantID, first string) ([]*resource, error) {
	query, args := "SELECT "+resourceColumns+" WHERE t.id = ?", []any{string(tenant)}
	if first != "" {
		query, args = query+" AND "+atOrBelow, append(args, bounds(first)...)
	}
	rows, err := r.query(query+" ORDER BY r.fold, r.id", args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var list []*resource
	for rows.Next() {
		res := &resource{}
		if err := rows.Scan(res.fields()...); err != nil {
			return nil, err
		}
		r.resources[res.key] = res
		list = append(list, res)
	}
	return list, rows.Err()
}

// atOrBelow holds for resources with an address or one below it; bounds are
// its arguments.
const atOrBelow = "(r.fold = ? OR r.fold >= ? AND r.fold < ?)"

func bounds(address string) []any {
	fold := model.FoldName(address)
	return []any{fold, fold + "/", fold + "0"} // 0 follows /
}

// ordAt is the number of the newest snapshot not younger than a moment; zero
// means now. It is 0 when there was none yet.
func (r *reader) ordAt(res *resource, at time.Time) (int64, error) {
	if at.IsZero() {
		return res.newest, nil
	}
	var ord int64
	err := r.one("SELECT coalesce(max(ord), 0) FROM snapshot WHERE resource = ? AND ord IS NOT NULL AND time <= ?", res.key, at.UnixMicro()).Scan(&ord)
	return ord, err
}

// timeOf is the time of a resource's snapshot.
func (r *reader) timeOf(resource, ord int64) (time.Time, error) {
	key := [2]int64{resource, ord}
	if t, ok := r.times[key]; ok {
		return t, nil
	}
	var us int64
	err := r.one("SELECT time FROM snapshot WHERE resource = ? AND ord = ?", resource, ord).Scan(&us)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, err
	}
	r.times[key] = fromMicros(us)
	return r.times[key], nil
}

// stateOf is a folder as it was in snapshot ord, or nearest before it.
func (r *reader) stateOf(folder, ord int64) (*folderState, error) {
	states, ok := r.states[folder]
	if !ok {
		var err error
		if states, err = r.folderStates("folder = ?", folder); err != nil {
			return nil, err
		}
		r.states[folder] = states
	}
	var best *folderState
	for i := range states {
		if best == nil || states[i].since <= ord {
			best = &states[i]
		}
	}
	if best == nil {
		return &folderState{key: folder}, nil
	}
	return best, nil
}

// folderStates reads folder states in order of their beginning.
func (r *reader) folderStates(where string, args ...any) ([]folderState, error) {
	rows, err := r.query("SELECT folder, since, until, doc FROM folder_state WHERE "+where+" ORDER BY since", args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var states []folderState
	for rows.Next() {
		var s folderState
		var doc string
		if err := rows.Scan(&s.key, &s.since, &s.until, &doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(doc), &s.folder); err != nil {
			return nil, fmt.Errorf("%w: a stored folder: %w", ErrDamaged, err)
		}
		states = append(states, s)
	}
	return states, rows.Err()
}

// row makes a version ready to be shown, as it was in snapshot ord; 0 means the
// last it is in.
func (r *reader) row(it *item, ord int64) (model.Row, error) {
	res, err := r.resourceByKey(it.resource)
	if err != nil {
		return model.Row{}, err
	}
	last := res.newest
	if it.until.Valid {
		last = it.until.Int64 - 1
	}
	if ord == 0 || !it.in(ord) {
		ord = last
	}
	state, err := r.stateOf(it.folder, ord)
	if err != nil {
		return model.Row{}, err
	}
	row := model.Row{
		Tenant: res.tenant, Resource: res.address, Name: it.name, Kind: model.ItemKind(it.kind), Size: it.size,
		Path:     model.JoinAddress(res.address, state.folder.Path, it.name),
		Modified: fromMicros(it.modified), Warning: it.warning,
		Subject: it.subject, From: it.sender, To: it.recipients,
		Object: model.ObjectID(it.object), Form: model.Form(it.form), Hash: it.hash,
	}
	if it.flags&flagMail != 0 {
		row.Received = fromMicros(it.moment)
		row.Read, row.Flagged, row.HasAttachment = it.flags&flagRead != 0, it.flags&flagFlagged != 0, it.flags&flagAttachment != 0
		row.Importance = int(it.flags>>importanceShift) - 1
	}
	if row.FirstSeen, err = r.timeOf(it.resource, it.since); err != nil {
		return row, err
	}
	if row.SnapshotTime, err = r.timeOf(it.resource, last); err != nil {
		return row, err
	}
	row.Ref = model.Ref{Tenant: res.tenant, Resource: res.id, Folder: state.folder.ID, Item: it.id}
	if row.Ref.At, err = r.timeOf(it.resource, ord); err != nil {
		return row, err
	}
	return row, r.fate(it, &row)
}

// fate says whether the item is still there, in whatever version.
func (r *reader) fate(it *item, row *model.Row) error {
	gone := it.until.Int64
	switch it.state {
	case stateLive:
		return nil
	case stateOld:
		var still bool
		var last sql.NullInt64
		err := r.one(`SELECT coalesce(max(o.until IS NULL), 0), max(o.until) FROM item o, item i
			WHERE i.key = ? AND o.mark = i.mark AND o.resource = i.resource AND o.id = i.id`, it.key).Scan(&still, &last)
		if err != nil || still {
			return err
		}
		gone = last.Int64
	}
	row.Deleted = true
	var err error
	row.GoneSince, err = r.timeOf(it.resource, gone)
	return err
}

// Where rows of the item table come from.
const (
	withoutEntry = itemColumns + ", NULL FROM item i "
	withEntry    = itemColumns + ", e.blob FROM item i CROSS JOIN entry e ON e.key = i.key " // in this order
)

// items reads rows of the item table; tail is what follows FROM item i.
func (r *reader) items(tail string, args ...any) ([]item, error) {
	return r.itemsFrom(withoutEntry, tail, args...)
}

func (r *reader) itemsFrom(columns, tail string, args ...any) ([]item, error) {
	rows, err := r.query("SELECT "+columns+tail, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var list []item
	for rows.Next() {
		var it item
		if err := rows.Scan(it.fields()...); err != nil {
			return nil, err
		}
		list = append(list, it)
	}
	return list, rows.Err()
}

// itemsByKey reads rows in the order of their keys given; lost ones are left out.
func (r *reader) itemsByKey(keys []int64, columns string) ([]item, error) {
	found := make(map[int64]item, len(keys))
	for rest := keys; len(rest) > 0; {
		n := min(len(rest), 500)
		args := make([]any, n)
		for i, key := range rest[:n] {
			args[i] = key
		}
		list, err := r.itemsFrom(columns, "WHERE i.key IN (?"+strings.Repeat(",?", n-1)+")", args...)
		if err != nil {
			return nil, err
		}
		for _, it := range list {
			found[it.key] = it
		}
		rest = rest[n:]
	}
	ordered := make([]item, 0, len(keys))
	for _, key := range keys {
		if it, ok := found[key]; ok {
			ordered = append(ordered, it)
		}
	}
	return ordered, nil
}

// rows makes versions ready to be shown.
func (r *reader) rows(items []item, ord int64) ([]model.Row, error) {
	rows := make([]model.Row, 0, len(items))
	for i := range items {
		row, err := r.row(&items[i], ord)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// notFound puts this package's word for a row that is not there.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

const noLimit = math.MaxInt32
