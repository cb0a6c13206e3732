package sim

import (
	"net/http"
	"slices"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

var (
	rolesAssign     = []string{"AppRoleAssignment.ReadWrite.All"}
	rolesAssignRead = append(slices.Clone(rolesAppRead), rolesAssign...)
)

var principalProperties = []string{
	"id", "appId", "displayName", "appDisplayName", "description", "accountEnabled", "appRoles", "appRoleAssignmentRequired", "servicePrincipalType",
	"servicePrincipalNames", "signInAudience", "tags", "keyCredentials", "passwordCredentials", "deletedDateTime",
}

func (d *directory) principalRoutes() []wire.Route {
	const one = "/servicePrincipals/{principal}"
	route := func(method, template string, roles []string, h wire.Handler) wire.Route {
		return wire.Route{Method: method, Template: template, Roles: roles, Pool: wire.PoolDirectory, Units: 1, Handle: h}
	}
	shown := func(r wire.Route) wire.Route {
		r.Known, r.MaxTop = principalProperties, 999
		return r
	}
	return []wire.Route{
		shown(route(http.MethodGet, "/servicePrincipals", rolesAppRead, d.principals)),
		route(http.MethodPost, "/servicePrincipals", rolesAppWrite, d.createPrincipal),
		shown(route(http.MethodGet, one, rolesAppRead, d.principal)),
		route(http.MethodGet, one+"/appRoleAssignedTo", rolesAssignRead, d.assignments),
		route(http.MethodPost, one+"/appRoleAssignedTo", rolesAssign, d.assign),
		route(http.MethodDelete, one+"/appRoleAssignedTo/{assignment}", rolesAssign, d.unassign),
		route(http.MethodGet, one+"/appRoleAssignments", rolesAssignRead, d.assignments),
		route(http.MethodPost, one+"/appRoleAssignments", rolesAssign, d.assign),
		route(http.MethodDelete, one+"/appRoleAssignments/{assignment}", rolesAssign, d.unassign),
	}
}

// graphPrincipal is the id of Microsoft Graph's own service principal, which
// every tenant has one of.
func (t *Tenant) graphPrincipal() string {
	return t.world.newID("service principal", t.domain, graphAudience)
}

func graphPrincipalObject(t *Tenant) map[string]any {
	roles := []any{}
	for _, r := range appRoles {
		roles = append(roles, map[string]any{
			"id": r.id, "value": r.value, "displayName": r.value, "description": r.value, "allowedMemberTypes": []string{"Application"},
			"isEnabled": true, "origin": "Application",
		})
	}
	return principalObject(t.graphPrincipal(), graphAudience, "Microsoft Graph", roles)
}

func principalObject(id, appID, name string, roles []any) map[string]any {
	return map[string]any{
		"id": id, "appId": appID, "displayName": name, "appDisplayName": name, "description": nil, "accountEnabled": true, "appRoles": roles,
		"appRoleAssignmentRequired": false, "servicePrincipalType": "Application", "servicePrincipalNames": []string{appID}, "signInAudience": "AzureADMyOrg",
		"tags": []string{}, "keyCredentials": []any{}, "passwordCredentials": []any{}, "deletedDateTime": nil,
	}
}

func (a *App) principalObject() map[string]any {
	return principalObject(a.ObjectID, a.ClientID, a.DisplayName, []any{})
}

// knownPrincipals are the apps whose service principals are known by now.
func (d *directory) knownPrincipals(t *Tenant) []*App {
	now := d.world.clock.Now()
	return slices.DeleteFunc(slices.Clone(t.allApps()), func(a *App) bool { return !a.hasPrincipal(now) })
}

func (d *directory) principals(r *wire.Request) (*wire.Response, error) {
	t := d.tenant(r)
	all := []map[string]any{graphPrincipalObject(t)}
	for _, a := range d.knownPrincipals(t) {
		all = append(all, a.principalObject())
	}
	if id := r.Params["appId"]; id != "" { // servicePrincipals(appId='…')
		for _, o := range all {
			if strings.EqualFold(o["appId"].(string), id) {
				return &wire.Response{Context: "servicePrincipals/$entity", JSON: o}, nil
			}
		}
		return nil, noResource(id)
	}
	return listObjects(r, "servicePrincipals", all)
}

func (d *directory) principal(r *wire.Request) (*wire.Response, error) {
	t, id := d.tenant(r), r.Params["principal"]
	if strings.EqualFold(id, t.graphPrincipal()) {
		return &wire.Response{Context: "servicePrincipals/$entity", JSON: graphPrincipalObject(t)}, nil
	}
	for _, a := range d.knownPrincipals(t) {
		if strings.EqualFold(a.ObjectID, id) {
			return &wire.Response{Context: "servicePrincipals/$entity", JSON: a.principalObject()}, nil
		}
	}
	return nil, noResource(id)
}

func (d *directory) createPrincipal(r *wire.Request) (*wire.Response, error) {
	var b struct {
		AppID string `json:"appId"`
	}
	if err := readDirectory(r, &b); err != nil {
		return nil, err
	}
	t := d.tenant(r)
	a := t.App(b.AppID)
	if a == nil || d.world.clock.Now().Before(a.known) {
		return nil, wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "The appId '%s' of the service principal does not reference a valid application object.", b.AppID)
	}
	known := t.everywhere()
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.principal.IsZero() {
		return nil, wire.Errorf(http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "The service principal cannot be created, updated, or restored because the service principal name %s is already in use.", b.AppID)
	}
	a.principal = known
	return &wire.Response{Status: http.StatusCreated, Context: "servicePrincipals/$entity", JSON: a.principalObject()}, nil
}

// assignmentObject is one granted role.
func (a *App) assignmentObject(t *Tenant, role string) map[string]any {
	return map[string]any{
		"id": t.world.newID("assignment", a.ObjectID, role), "appRoleId": roleID(role), "createdDateTime": wire.Time(a.created), "deletedDateTime": nil,
		"principalDisplayName": a.DisplayName, "principalId": a.ObjectID, "principalType": "ServicePrincipal",
		"resourceDisplayName": "Microsoft Graph", "resourceId": t.graphPrincipal(),
	}
}

// assignments lists the roles granted to a service principal, or, of Graph's
// own, those it grants.
func (d *directory) assignments(r *wire.Request) (*wire.Response, error) {
	t, id := d.tenant(r), r.Params["principal"]
	graph, found := strings.EqualFold(id, t.graphPrincipal()), false
	granting := strings.Contains(strings.ToLower(r.URL.Path), "/approleassignedto")
	var all []map[string]any
	for _, a := range d.knownPrincipals(t) {
		own := strings.EqualFold(a.ObjectID, id)
		if found = found || own; graph == granting && (graph || own) {
			for _, role := range a.Roles() {
				all = append(all, a.assignmentObject(t, role))
			}
		}
	}
	if !graph && !found {
		return nil, noResource(id)
	}
	set := "appRoleAssignments"
	if granting {
		set = "appRoleAssignedTo"
	}
	return listObjects(r, "servicePrincipals('"+id+"')/"+set, all)
}

// assign grants a role, which is admin consent for it: new tokens have it.
func (d *directory) assign(r *wire.Request) (*wire.Response, error) {
	var b struct {
		Principal string `json:"principalId"`
		Resource  string `json:"resourceId"`
		Role      string `json:"appRoleId"`
	}
	if err := readDirectory(r, &b); err != nil {
		return nil, err
	}
	t, role := d.tenant(r), roleByID(b.Role)
	if !strings.EqualFold(b.Resource, t.graphPrincipal()) {
		return nil, noResource(b.Resource)
	}
	if role == "" {
		return nil, wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "Permission being assigned was not found on application '%s'.", graphAudience)
	}
	for _, a := range d.knownPrincipals(t) {
		if !strings.EqualFold(a.ObjectID, b.Principal) {
			continue
		}
		if slices.Contains(a.Roles(), role) {
			return nil, wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "Permission being assigned already exists on the object.")
		}
		a.SetRoles(append(a.Roles(), role)...)
		set := "servicePrincipals('" + r.Params["principal"] + "')/appRoleAssignedTo/$entity"
		return &wire.Response{Status: http.StatusCreated, Context: set, JSON: a.assignmentObject(t, role)}, nil
	}
	return nil, noResource(b.Principal)
}

func (d *directory) unassign(r *wire.Request) (*wire.Response, error) {
	t, id := d.tenant(r), r.Params["assignment"]
	for _, a := range d.knownPrincipals(t) {
		for _, role := range a.Roles() {
			if a.assignmentObject(t, role)["id"] == id {
				a.SetRoles(slices.DeleteFunc(a.Roles(), func(have string) bool { return have == role })...)
				return &wire.Response{Status: http.StatusNoContent}, nil
			}
		}
	}
	return nil, noResource(id)
}
