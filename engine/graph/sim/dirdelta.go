package sim

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// deltaLife is how long directory delta tokens live.
const deltaLife = 7 * 24 * time.Hour

// changesOf lists what of a kind of object changed after a token's Seq, up to
// its Upto. The tenant's lock is held.
type changesOf func(t *Tenant, token pageToken, sel []string) []map[string]any

// delta answers users/delta and groups/delta: all objects, then what changed.
// A deleted one comes with reason "changed" as long as it could be restored,
// with "deleted" when it is gone for good ("user: delta", "group: delta").
func (d *directory) delta(set string, changes changesOf) wire.Handler {
	return func(r *wire.Request) (*wire.Response, error) {
		if err := deltaOptions(r); err != nil {
			return nil, err
		}
		t := d.tenant(r)
		t.mu.RLock()
		defer t.mu.RUnlock()
		token, err := d.deltaToken(r, set, t.change)
		if err != nil {
			return nil, err
		}
		r.Select = token.Sel // the token carries what was selected first
		changed, err := filterIDs(token.Only, changes(t, token, token.Sel))
		if err != nil {
			return nil, err
		}
		size := r.MaxPageSize(100, 999)
		end := min(token.Skip+size, len(changed))
		body := map[string]any{"value": append([]map[string]any{}, changed[min(token.Skip, end):end]...)}
		for _, name := range []string{"select", "filter"} {
			r.Query.Del(name)
		}
		name, link := "$deltatoken", "@odata.deltaLink"
		if token.Skip = end; end < len(changed) {
			name, link = "$skiptoken", "@odata.nextLink"
		}
		sealed, err := r.Sealer.Seal(token)
		if err != nil {
			return nil, err
		}
		body[link] = nextLink(r, name, sealed)
		return &wire.Response{Context: set, JSON: body}, nil
	}
}

// deltaOptions refuses what delta of the directory does not take.
func deltaOptions(r *wire.Request) error {
	for _, name := range []string{"top", "expand", "orderby", "search"} {
		if r.Query.Has(name) {
			return wire.Errorf(http.StatusBadRequest, "Request_UnsupportedQuery", "The query option '$%s' is not supported with change tracking.", name)
		}
	}
	return nil
}

func (d *directory) deltaToken(r *wire.Request, set string, current int64) (pageToken, error) {
	kind := set + "/delta"
	token := pageToken{Kind: kind, Upto: current, Made: d.world.clock.Now().Unix(), Sel: r.Select, Only: r.Query.Get("filter")}
	text := r.Query.Get("skiptoken") + r.Query.Get("deltatoken")
	if strings.EqualFold(text, "latest") {
		token.Seq = current
		return token, nil
	}
	if text == "" {
		return token, nil
	}
	if err := r.Sealer.Open(text, &token); err != nil || token.Kind != kind {
		return token, wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "Badly formed token.")
	}
	if r.Query.Get("deltatoken") == "" {
		return token, nil
	}
	old := d.world.clock.Now().Sub(time.Unix(token.Made, 0)) > deltaLife
	if old || r.Faults.Roll(FaultDelta410) {
		return token, staleDelta(r, set)
	}
	token.Seq, token.Upto, token.Skip, token.Made = token.Upto, current, 0, d.world.clock.Now().Unix()
	return token, nil
}

func staleDelta(r *wire.Request, set string) error {
	e := wire.Errorf(http.StatusGone, "syncStateNotFound", "The sync state generation is not found; restart the enumeration.")
	e.Header = map[string]string{"Location": r.Root() + "/" + set + "/delta?$deltatoken="}
	return e
}

// maxFollowed is how many objects the filter of a delta may name.
const maxFollowed = 50

var filterID = regexp.MustCompile(`(?i)^\s*id\s+eq\s+'([^']+)'\s*$`)

// filterIDs keeps the objects that a delta's filter names: id eq '…' or id eq '…'.
func filterIDs(filter string, all []map[string]any) ([]map[string]any, error) {
	if filter == "" {
		return all, nil
	}
	parts := regexp.MustCompile(`(?i)\s+or\s+`).Split(filter, -1)
	var ids []string
	for _, p := range parts {
		m := filterID.FindStringSubmatch(p)
		if m == nil || len(parts) > maxFollowed {
			return nil, wire.Errorf(http.StatusBadRequest, "Request_UnsupportedQuery", "Only up to %d clauses of the form id eq 'value' are supported with change tracking.", maxFollowed)
		}
		ids = append(ids, strings.ToLower(m[1]))
	}
	return slices.DeleteFunc(all, func(o map[string]any) bool { return !slices.Contains(ids, o["id"].(string)) }), nil
}

func changedUsers(t *Tenant, token pageToken, _ []string) []map[string]any {
	var changed []map[string]any
	for _, u := range t.sortedUsers() {
		if u.change > token.Seq && u.change <= token.Upto {
			changed = append(changed, userObject(u))
		}
	}
	return append(changed, t.removed(token, func(g *removal) bool { return g.user != nil && t.users[g.id] == nil })...)
}

// changedGroups tells members too, if they are selected or nothing is: all of a
// group that is new to the client, else who came and went.
func changedGroups(t *Tenant, token pageToken, sel []string) []map[string]any {
	members := len(sel) == 0 || slices.Contains(sel, "members")
	var changed []map[string]any
	for _, g := range t.groups {
		if g.change <= token.Seq || g.change > token.Upto || !members && g.renamed <= token.Seq {
			continue
		}
		o := groupObject(g)
		if m := g.membersSince(token.Seq); members && len(m) > 0 {
			o["members@delta"] = m
		}
		changed = append(changed, o)
	}
	return append(changed, t.removed(token, func(g *removal) bool { return g.group != nil })...)
}

// membersSince lists who belongs to a group, or who came and went after a change.
func (g *Group) membersSince(seq int64) []map[string]any {
	member := func(id string) map[string]any {
		return map[string]any{"@odata.type": "#microsoft.graph.user", "id": id}
	}
	var list []map[string]any
	if seq == 0 {
		for _, id := range g.Members {
			list = append(list, member(id))
		}
		return list
	}
	last := map[string]int{}
	for i, m := range g.members {
		if m.change > seq {
			last[m.user] = i
		}
	}
	for i, m := range g.members {
		if at, ok := last[m.user]; !ok || at != i {
			continue
		}
		o := member(m.user)
		if m.out {
			o["@removed"] = map[string]any{"reason": "deleted"}
		}
		list = append(list, o)
	}
	return list
}

func (t *Tenant) removed(token pageToken, which func(*removal) bool) []map[string]any {
	var list []map[string]any
	for _, g := range t.gone {
		if token.Seq == 0 || g.change <= token.Seq || g.change > token.Upto || !which(g) {
			continue
		}
		reason := "changed"
		if g.final {
			reason = "deleted"
		}
		list = append(list, map[string]any{"id": g.id, "@removed": map[string]any{"reason": reason}})
	}
	return list
}
