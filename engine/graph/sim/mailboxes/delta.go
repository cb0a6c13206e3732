package mailboxes

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// round is one page of a delta in the making.
type round struct {
	box   *Mailbox
	r     *wire.Request
	state syncState
	size  int
	path  string // of links, below the version and without the function
}

// Kinds of delta, as their tokens name them.
const (
	deltaOfMessages   = "messages"
	deltaOfItems      = "items"
	deltaOfFolders    = "mailFolders"
	deltaOfBoxFolders = "folders"
)

// startRound opens the token of a request, or begins a new round. The lock is
// held.
func (m *Mailbox) startRound(r *wire.Request, kind string, f *folder) (*round, error) {
	if m.full {
		return nil, ErrFull
	}
	d := &round{box: m, r: r, size: r.MaxPageSize(10, 1000)}
	token := r.Query.Get("skiptoken")
	if token == "" {
		token = r.Query.Get("deltatoken")
	}
	if token == "" {
		return d, d.begin(kind, f)
	}
	if err := r.Sealer.Open(token, &d.state); err != nil || d.state.Kind != kind || d.state.Box != m.ids.text {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidSyncStateData", "Badly formed token.")
	}
	if f != nil && d.state.Folder != f.number {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidSyncStateData", "The token belongs to another folder.")
	}
	age := r.Clock.Now().Sub(time.Unix(d.state.Time, 0))
	if d.state.Gen != m.generation || age > tokenLife || r.Faults != nil && r.Faults.Roll("delta410") {
		return nil, wire.Errorf(http.StatusGone, "SyncStateNotFound",
			"The sync state generation is not found; generation=%d;[highest=%d][%d][%d][%d].", 149+d.state.Gen, 157+m.generation, 157+m.generation, 155+m.generation, 156+m.generation)
	}
	if d.state.Done { // a new round begins where the last one ended
		d.state.Done, d.state.From, d.state.Told, d.state.Mute = false, d.state.Seq, 0, 0
	}
	if d.state.PageTop > 0 {
		d.size = d.state.PageTop
	}
	return d, nil
}

// begin reads the options of a first request.
func (d *round) begin(kind string, f *folder) error {
	q := d.r.Query
	d.state = syncState{
		Kind: kind, Box: d.box.ids.text, Mute: d.box.seq, Gen: d.box.generation,
		Select: d.r.Select, Filter: q.Get("filter"), Expand: q.Get("expand"),
	}
	if f != nil {
		d.state.Folder = f.number
	}
	if q.Get("search") != "" || q.Get("skip") != "" {
		return wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQuery", "The query option is not supported with change tracking.")
	}
	if by := strings.ToLower(q.Get("orderby")); by != "" && by != "receiveddatetime desc" {
		return wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQuery", "Only $orderby=receivedDateTime desc is supported with change tracking.")
	}
	switch change := strings.ToLower(q.Get("changetype")); change {
	case "", "created", "updated", "deleted":
		d.state.Change = change
	default:
		return wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQuery", "The value '%s' of changeType is not valid.", change)
	}
	if top := q.Get("top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 || n > 1000 {
			return wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQuery", "The value '%s' of $top is not valid.", top)
		}
		if d.box.topPages {
			d.state.PageTop, d.size = n, n
		} else {
			d.state.Top = n
		}
	}
	return nil
}

// told is one change that a page tells.
type told struct {
	change
	created bool // it came after the round's beginning
}

// collect takes the next page of changes from a log. Changes that a filter
// drops still count for the page, so a page may be empty and not the last.
func (d *round) collect(log *changeLog, keep func(*item) (bool, error)) (list []told, more bool, err error) {
	seen := 0
	rest := log.after(d.state.Seq)
	for i, c := range rest {
		if c.stale(log.owner) || c.gone != nil && c.seq <= d.state.Mute {
			d.state.Seq = c.seq
			continue
		}
		if seen == d.size || d.capped(len(list)) {
			return list, !d.capped(len(list)), nil
		}
		seen++
		d.state.Seq = c.seq
		t := told{change: c, created: d.isNew(c)}
		if !d.wants(t) {
			continue
		}
		if c.item != nil {
			ok, err := keep(c.item)
			if err != nil {
				return nil, false, err
			}
			if !ok {
				continue
			}
		}
		list = append(list, rest[i].told(t.created))
	}
	return list, false, nil
}

func (c change) told(created bool) told { return told{change: c, created: created} }

// capped reports whether $top has been reached: it limits what a round tells.
func (d *round) capped(page int) bool { return d.state.Top > 0 && d.state.Told+page >= d.state.Top }

func (d *round) isNew(c change) bool {
	switch {
	case c.item != nil:
		return c.item.entered > d.state.From
	case c.sub != nil:
		return c.sub.entered > d.state.From
	}
	return false
}

// wants obeys changeType.
func (d *round) wants(t told) bool {
	switch d.state.Change {
	case "created":
		return t.gone == nil && t.created
	case "updated":
		return t.gone == nil && !t.created
	case "deleted":
		return t.gone != nil
	}
	return true
}

// finish makes the answer of a page.
func (d *round) finish(values []object, more bool, context string) (*wire.Response, error) {
	if values == nil {
		values = []object{}
	}
	d.state.Told += len(values)
	d.state.Time = d.r.Clock.Now().Unix()
	d.state.Done = !more
	if !more {
		d.state.Mute = 0
	}
	token, err := d.r.Sealer.Seal(d.state)
	if err != nil {
		return nil, err
	}
	body := object{"value": values}
	if more {
		body["@odata.nextLink"] = d.r.Root() + d.path + "/delta?$skiptoken=" + token
	} else {
		body["@odata.deltaLink"] = d.r.Root() + d.path + "/delta?$deltatoken=" + token
	}
	d.r.Select = d.state.Select // the context names what the token carries
	resp := &wire.Response{JSON: body, Context: context, Selected: true, Applied: []string{"odata.track-changes"}}
	if n := d.r.Prefer["odata.maxpagesize"]; n != "" {
		resp.Applied = append(resp.Applied, "odata.maxpagesize="+n)
	}
	return resp, nil
}

// keep drops what the round's $select leaves out.
func (d *round) keep(o object) object { return selectFrom(o, d.state.Select) }

func selectFrom(o object, names []string) object {
	if len(names) == 0 || names[0] == "*" {
		return o
	}
	for k := range o {
		if k == "id" || strings.Contains(k, "@") || strings.HasSuffix(k, "ExtendedProperties") {
			continue
		}
		if !chosen(names, k) {
			delete(o, k)
		}
	}
	return o
}

func chosen(names []string, name string) bool {
	if len(names) == 0 {
		return true
	}
	for _, n := range names {
		if strings.EqualFold(n, name) || n == "*" {
			return true
		}
	}
	return false
}

// removed is how a page tells that an item is gone.
func (d *round) removed(kind string, gone *tombstone) object {
	id := d.box.ids.immutableID(gone.number)
	if !d.r.ImmutableID() {
		id = d.box.ids.placeID(d.state.Folder, gone.place)
	}
	return object{"@odata.type": "#microsoft.graph." + kind, "id": id, "@removed": object{"reason": "deleted"}}
}

// syncFolder finds the folder whose items a delta follows.
func (m *Mailbox) syncFolder(id string) (*folder, error) {
	f, err := m.folderBy(id)
	if err == ErrNotFound || err == errForeignID { //nolint:errorlint // both are returned bare
		return nil, wire.Errorf(http.StatusNotFound, "ErrorSyncFolderNotFound", "The specified folder could not be found in the store.")
	}
	return f, err
}

func deltaItems(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.syncFolder(r.Params["folder"])
	if err != nil {
		return nil, err
	}
	d, err := m.startRound(r, deltaOfItems, f)
	if err != nil {
		return nil, err
	}
	match, err := parseFilter(d.state.Filter)
	if err != nil {
		return nil, err
	}
	list, more, err := d.collect(&f.log, m.keeper(match))
	if err != nil {
		return nil, err
	}
	var values []object
	for _, c := range list {
		if c.gone != nil {
			values = append(values, d.removed("mailboxItem", c.gone))
			continue
		}
		s := m.snapshot(c.item)
		values = append(values, d.keep(m.itemJSON(&s, r.ImmutableID())))
	}
	rest := "/folders" + key(m.ids.folderID(f.number)) + "/items"
	d.path = "/admin/exchange/mailboxes" + key(m.ID()) + rest
	return d.finish(values, more, m.boxContext("/folders"+key(r.Params["folder"])+"/items/$delta"))
}

func deltaMailFolders(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, err := m.startRound(r, deltaOfFolders, nil)
	if err != nil {
		return nil, err
	}
	user := "users" + key(r.Params["user"])
	d.path = "/" + user + "/mailFolders"
	show := func(f *folder) bool { return m.inTree(f) && isMailFolder(f) && !f.hidden }
	return d.folders(show, m.mailFolderJSON, "mailFolder", user+"/mailFolders/$delta")
}

func deltaBoxFolders(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d, err := m.startRound(r, deltaOfBoxFolders, nil)
	if err != nil {
		return nil, err
	}
	d.path = "/admin/exchange/mailboxes" + key(m.ID()) + "/folders"
	render := func(f *folder) object { return m.boxFolderJSON(r, f) }
	return d.folders(m.inTree, render, "mailboxFolder", m.boxContext("/folders/$delta"))
}

// folders tells changes of the folders themselves. That a folder's items
// changed is no change of the folder.
func (d *round) folders(show func(*folder) bool, render func(*folder) object, kind, context string) (*wire.Response, error) {
	list, more, err := d.collect(&d.box.foldersLog, nil)
	if err != nil {
		return nil, err
	}
	var values []object
	for _, c := range list {
		switch {
		case c.gone != nil:
			id := d.box.ids.folderID(c.gone.number)
			values = append(values, object{"@odata.type": "#microsoft.graph." + kind, "id": id, "@removed": object{"reason": "deleted"}})
		case show(c.sub):
			values = append(values, d.keep(render(c.sub)))
		}
	}
	return d.finish(values, more, context)
}
