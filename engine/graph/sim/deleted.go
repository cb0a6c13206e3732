package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// removal is a deleted user or group. It can be restored until it is deleted
// for good.
type removal struct {
	id     string
	user   *User  // one of
	group  *Group // the two
	when   time.Time
	change int64
	final  bool // gone for good
}

// RemoveUser deletes a user with all that belongs to it, as an administrator
// does: it can be restored.
func (t *Tenant) RemoveUser(idOrName string) error {
	u := t.User(idOrName)
	if u == nil {
		return fmt.Errorf("remove user %q of %s: %w", idOrName, t.domain, ErrNotFound)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.users, u.ID)
	delete(t.byName, strings.ToLower(u.PrincipalName))
	if u.store.drive != nil {
		delete(t.byDrive, u.store.drive.ID())
	}
	for _, id := range u.store.boxes.ids() {
		delete(t.byMailbox, id)
	}
	t.order = nil
	t.bury(&removal{id: u.ID, user: u})
	return nil
}

// RemoveGroup deletes a group; it can be restored.
func (t *Tenant) RemoveGroup(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.groups, func(g *Group) bool { return strings.EqualFold(g.ID, id) })
	if i < 0 {
		return fmt.Errorf("remove group %q of %s: %w", id, t.domain, ErrNotFound)
	}
	g := t.groups[i]
	t.groups = slices.Delete(slices.Clone(t.groups), i, i+1)
	t.bury(&removal{id: g.ID, group: g})
	return nil
}

// bury notes a removal. The lock is held.
func (t *Tenant) bury(r *removal) {
	t.change++
	r.change, r.when = t.change, t.world.clock.Now()
	t.gone = slices.DeleteFunc(t.gone, func(o *removal) bool { return o.id == r.id })
	t.gone = append(t.gone, r)
}

// buried finds what was deleted and can be restored. The lock is held.
func (t *Tenant) buried(id string) (*removal, error) {
	for _, r := range t.gone {
		if strings.EqualFold(r.id, id) && !r.final && t.users[r.id] == nil {
			return r, nil
		}
	}
	return nil, fmt.Errorf("deleted object %q of %s: %w", id, t.domain, ErrNotFound)
}

// Restore brings a deleted user or group back.
func (t *Tenant) Restore(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, err := t.buried(id)
	if err != nil {
		return err
	}
	t.gone = slices.DeleteFunc(t.gone, func(o *removal) bool { return o == r })
	if r.user != nil {
		t.enter(r.user)
		return nil
	}
	t.change++
	r.group.change, r.group.renamed = t.change, t.change
	t.groups = append(slices.Clone(t.groups), r.group)
	return nil
}

// Purge deletes a deleted user or group for good.
func (t *Tenant) Purge(id string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	r, err := t.buried(id)
	if err != nil {
		return err
	}
	t.change++
	r.change, r.final = t.change, true
	return nil
}

// object is the deleted object as Graph shows it.
func (r *removal) object() map[string]any {
	var o map[string]any
	if r.user != nil {
		o = userObject(r.user)
		o["@odata.type"] = "#microsoft.graph.user"
	} else {
		o = groupObject(r.group)
		o["@odata.type"] = "#microsoft.graph.group"
	}
	o["deletedDateTime"] = wire.Time(r.when)
	return o
}

var (
	rolesBuryUser  = []string{"User.ReadWrite.All", "Directory.ReadWrite.All"}
	rolesBuryGroup = []string{"Group.ReadWrite.All", "Directory.ReadWrite.All"}
	rolesExhume    = []string{"User.ReadWrite.All", "User.DeleteRestore.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"}
	rolesBuried    = []string{"User.Read.All", "Group.Read.All", "Directory.Read.All"}
)

// deletedRoutes are deleting, and what can be done with the deleted ("Deleted
// items (directory)").
func (d *directory) deletedRoutes() []wire.Route {
	const items = "/directory/deletedItems"
	route := func(method, template string, roles []string, h wire.Handler) wire.Route {
		return wire.Route{Method: method, Template: template, Roles: roles, Pool: wire.PoolDirectory, Units: 1, Handle: h}
	}
	act := func(do func(*Tenant, string) error, param string, status int) wire.Handler {
		return func(r *wire.Request) (*wire.Response, error) {
			if err := do(d.tenant(r), r.Params[param]); err != nil {
				return nil, noResource(r.Params[param])
			}
			return &wire.Response{Status: status}, nil
		}
	}
	return []wire.Route{
		route(http.MethodDelete, "/users/{user}", rolesBuryUser, act((*Tenant).RemoveUser, "user", http.StatusNoContent)),
		route(http.MethodDelete, "/groups/{group}", rolesBuryGroup, act((*Tenant).RemoveGroup, "group", http.StatusNoContent)),
		route(http.MethodGet, items+"/microsoft.graph.user", rolesBuried, d.deletedList(func(r *removal) bool { return r.user != nil })),
		route(http.MethodGet, items+"/microsoft.graph.group", rolesBuried, d.deletedList(func(r *removal) bool { return r.group != nil })),
		route(http.MethodGet, items+"/{item}", rolesBuried, d.deletedItem),
		route(http.MethodDelete, items+"/{item}", rolesExhume, act((*Tenant).Purge, "item", http.StatusNoContent)),
		route(http.MethodPost, items+"/{item}/restore", rolesExhume, d.restoreItem),
	}
}

func (d *directory) deletedList(which func(*removal) bool) wire.Handler {
	return func(r *wire.Request) (*wire.Response, error) {
		t := d.tenant(r)
		t.mu.RLock()
		var all []map[string]any
		for _, g := range t.gone {
			if which(g) && !g.final && t.users[g.id] == nil {
				all = append(all, g.object())
			}
		}
		t.mu.RUnlock()
		return listObjects(r, "directoryObjects", all)
	}
}

func (d *directory) deletedItem(r *wire.Request) (*wire.Response, error) {
	t := d.tenant(r)
	t.mu.RLock()
	defer t.mu.RUnlock()
	g, err := t.buried(r.Params["item"])
	if err != nil {
		return nil, noResource(r.Params["item"])
	}
	return &wire.Response{Context: "directoryObjects/$entity", JSON: g.object()}, nil
}

func (d *directory) restoreItem(r *wire.Request) (*wire.Response, error) {
	t, id := d.tenant(r), r.Params["item"]
	t.mu.RLock()
	g, err := t.buried(id)
	t.mu.RUnlock()
	if err != nil || t.Restore(id) != nil {
		return nil, noResource(id)
	}
	o := g.object()
	o["deletedDateTime"] = nil
	return &wire.Response{Context: "directoryObjects/$entity", JSON: o}, nil
}
