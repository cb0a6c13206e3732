package sim

import (
	"strings"

	"vangnet/engine/graph/sim/wire"
)

var groupProperties = []string{
	"id", "createdDateTime", "deletedDateTime", "description", "displayName", "groupTypes", "mail", "mailEnabled", "mailNickname",
	"onPremisesSyncEnabled", "proxyAddresses", "resourceProvisioningOptions", "securityEnabled", "visibility", "renewedDateTime",
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

func (d *directory) groups(r *wire.Request) (*wire.Response, error) {
	t := d.tenant(r)
	t.mu.RLock()
	var all []map[string]any
	for _, g := range t.groups {
		all = append(all, groupObject(g))
	}
	t.mu.RUnlock()
	return listObjects(r, "groups", all)
}

func (d *directory) findGroup(r *wire.Request) (*Group, error) {
	t := d.tenant(r)
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, g := range t.groups {
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
