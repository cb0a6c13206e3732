package sim

import (
	"fmt"
	"slices"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

var groupProperties = []string{
	"id", "createdDateTime", "deletedDateTime", "description", "displayName", "groupTypes", "mail", "mailEnabled", "mailNickname",
	"members", "onPremisesSyncEnabled", "proxyAddresses", "resourceProvisioningOptions", "securityEnabled", "visibility", "renewedDateTime",
}

func groupObject(g *Group) map[string]any {
	types, options, addresses := []string{}, []string{}, []string{}
	if g.Unified {
		types = append(types, "Unified")
	}
	if g.Team {
		options = append(options, "Team")
	}
	if g.Mail != "" {
		addresses = append(addresses, "SMTP:"+g.Mail)
	}
	nickname, _, _ := strings.Cut(g.Mail, "@")
	if nickname == "" {
		nickname = strings.ReplaceAll(g.DisplayName, " ", "")
	}
	return map[string]any{
		"id": g.ID, "createdDateTime": wire.Time(g.Created), "deletedDateTime": nil, "description": nil, "displayName": g.DisplayName,
		"groupTypes": types, "mail": orNull(g.Mail), "mailEnabled": g.Mail != "", "mailNickname": nickname, "onPremisesSyncEnabled": nil,
		"proxyAddresses": addresses, "resourceProvisioningOptions": options, "securityEnabled": !g.Unified, "visibility": orNull(g.Visibility),
		"renewedDateTime": wire.Time(g.Created),
	}
}

// AddGroup adds a group and returns it with its id.
func (t *Tenant) AddGroup(g Group) *Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.change++
	g.ID = t.world.newID("group", t.id, g.DisplayName, t.groupsMade)
	t.groupsMade++
	g.change, g.renamed, g.members = t.change, t.change, nil
	if g.Created.IsZero() {
		g.Created = t.created
	}
	for _, m := range g.Members {
		g.members = append(g.members, memberChange{user: m, change: t.change})
	}
	t.groups = append(slices.Clone(t.groups), &g)
	return &g
}

// ChangeGroup lets change alter a group and its members.
func (t *Tenant) ChangeGroup(id string, change func(*Group)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.groups, func(g *Group) bool { return strings.EqualFold(g.ID, id) })
	if i < 0 {
		return fmt.Errorf("change group %q of %s: %w", id, t.domain, ErrNotFound)
	}
	g := *t.groups[i]
	before := g.Members
	g.Members = slices.Clone(before)
	old := g
	change(&g)
	t.change++
	if g.change = t.change; g.facts() != old.facts() {
		g.renamed = t.change
	}
	g.members = slices.Clone(g.members)
	for _, m := range before {
		if !slices.Contains(g.Members, m) {
			g.members = append(g.members, memberChange{user: m, out: true, change: t.change})
		}
	}
	for _, m := range g.Members {
		if !slices.Contains(before, m) {
			g.members = append(g.members, memberChange{user: m, change: t.change})
		}
	}
	t.groups = slices.Clone(t.groups)
	t.groups[i] = &g
	return nil
}

// facts is what a group is beside its members.
func (g *Group) facts() string {
	return fmt.Sprintf("%q %q %v %v %q", g.DisplayName, g.Mail, g.Unified, g.Team, g.Visibility)
}

// Groups lists the groups. They must not be changed.
func (t *Tenant) Groups() []*Group {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.groups
}

func (t *Tenant) groupByName(name string) *Group {
	for _, g := range t.Groups() {
		if g.DisplayName == name {
			return g
		}
	}
	return nil
}

// groups lists the groups. Members are only told by delta and on their own path.
func (d *directory) groups(r *wire.Request) (*wire.Response, error) {
	var all []map[string]any
	for _, g := range d.tenant(r).Groups() {
		all = append(all, groupObject(g))
	}
	return listObjects(r, "groups", all)
}

func (d *directory) findGroup(r *wire.Request) (*Group, error) {
	for _, g := range d.tenant(r).Groups() {
		if strings.EqualFold(g.ID, r.Params["group"]) {
			return g, nil
		}
	}
	return nil, noResource(r.Params["group"])
}

func (d *directory) group(r *wire.Request) (*wire.Response, error) {
	g, err := d.findGroup(r)
	if err != nil {
		return nil, err
	}
	return &wire.Response{Context: "groups/$entity", JSON: groupObject(g)}, nil
}

func (d *directory) members(r *wire.Request) (*wire.Response, error) {
	g, err := d.findGroup(r)
	if err != nil {
		return nil, err
	}
	var all []map[string]any
	for _, id := range g.Members {
		if u := d.tenant(r).User(id); u != nil {
			o := userObject(u)
			o["@odata.type"] = "#microsoft.graph.user"
			all = append(all, o)
		}
	}
	return listObjects(r, "directoryObjects", all)
}

func (d *directory) countGroups(r *wire.Request) (*wire.Response, error) {
	var all []map[string]any
	for _, g := range d.tenant(r).Groups() {
		all = append(all, groupObject(g))
	}
	return countObjects(r, all)
}
