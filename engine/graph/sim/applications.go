package sim

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// Registering an application by program, as clients do after a sign-in by
// device code ("Create applications", "Add a password", "Create
// servicePrincipal"). What was made a moment ago may still be unknown: see
// Tenant.SetReplicationDelay.

var (
	rolesAppRead  = []string{"Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", "Directory.Read.All", "Directory.ReadWrite.All"}
	rolesAppWrite = []string{"Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", "Directory.ReadWrite.All"}
)

var applicationProperties = []string{
	"id", "appId", "displayName", "description", "signInAudience", "createdDateTime", "deletedDateTime", "publisherDomain", "identifierUris", "tags",
	"requiredResourceAccess", "web", "publicClient", "isFallbackPublicClient", "keyCredentials", "passwordCredentials", "appRoles",
}

// appBody is what a client says about a registration. Absent members stay nil.
type appBody struct {
	DisplayName     *string           `json:"displayName"`
	SignInAudience  *string           `json:"signInAudience"`
	Access          json.RawMessage   `json:"requiredResourceAccess"`
	Web             json.RawMessage   `json:"web"`
	PublicClient    json.RawMessage   `json:"publicClient"`
	KeyCredentials  *[]keyCredential  `json:"keyCredentials"`
	PasswordEntries []json.RawMessage `json:"passwordCredentials"`
}

func (d *directory) applicationRoutes() []wire.Route {
	const one = "/applications/{application}"
	route := func(method, template string, roles []string, h wire.Handler) wire.Route {
		return wire.Route{Method: method, Template: template, Roles: roles, Pool: wire.PoolDirectory, Units: 1, Handle: h}
	}
	shown := func(r wire.Route) wire.Route {
		r.Known, r.MaxTop = applicationProperties, 999
		return r
	}
	return []wire.Route{
		shown(route(http.MethodGet, "/applications", rolesAppRead, d.applications)),
		route(http.MethodPost, "/applications", rolesAppWrite, d.createApplication),
		shown(route(http.MethodGet, one, rolesAppRead, d.application(applicationAnswer))),
		route(http.MethodPatch, one, rolesAppWrite, d.application(d.patchApplication)),
		route(http.MethodDelete, one, rolesAppWrite, d.application(d.deleteApplication)),
		route(http.MethodPost, one+"/addPassword", rolesAppWrite, d.application(d.addPassword)),
		route(http.MethodPost, one+"/removePassword", rolesAppWrite, d.application(d.removePassword)),
	}
}

func (d *directory) applications(r *wire.Request) (*wire.Response, error) {
	now := d.world.clock.Now()
	var all []map[string]any
	for _, a := range d.tenant(r).allApps() {
		if now.Before(a.known) {
			continue
		}
		if id := r.Params["appId"]; strings.EqualFold(id, a.ClientID) { // applications(appId='…')
			return applicationAnswer(r, a)
		} else if id == "" {
			all = append(all, a.object())
		}
	}
	if id := r.Params["appId"]; id != "" {
		return nil, noResource(id)
	}
	return listObjects(r, "applications", all)
}

// application finds the registration that a request is about.
func (d *directory) application(act func(*wire.Request, *App) (*wire.Response, error)) wire.Handler {
	return func(r *wire.Request) (*wire.Response, error) {
		id, now := r.Params["application"], d.world.clock.Now()
		for _, a := range d.tenant(r).allApps() {
			if strings.EqualFold(a.Application, id) && !now.Before(a.known) {
				return act(r, a)
			}
		}
		return nil, noResource(id)
	}
}

func applicationAnswer(_ *wire.Request, a *App) (*wire.Response, error) {
	return &wire.Response{Context: "applications/$entity", JSON: a.object()}, nil
}

func (d *directory) createApplication(r *wire.Request) (*wire.Response, error) {
	var b appBody
	if err := readDirectory(r, &b); err != nil {
		return nil, err
	}
	if b.DisplayName == nil || *b.DisplayName == "" {
		return nil, wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "Invalid value specified for property 'displayName' of resource 'Application'.")
	}
	t, w := d.tenant(r), d.world
	n := len(t.allApps())
	a := &App{
		ClientID: w.newID("app", t.domain, n, *b.DisplayName), Application: w.newID("application", t.domain, n, *b.DisplayName),
		ObjectID: w.newID("service principal", t.domain, n, *b.DisplayName), DisplayName: *b.DisplayName, created: w.clock.Now(), known: t.everywhere(),
	}
	if err := a.take(b); err != nil {
		return nil, err
	}
	t.addApp(a)
	return &wire.Response{Status: http.StatusCreated, Context: "applications/$entity", JSON: a.object()}, nil
}

func (d *directory) patchApplication(r *wire.Request, a *App) (*wire.Response, error) {
	var b appBody
	if err := readDirectory(r, &b); err != nil {
		return nil, err
	}
	if err := a.take(b); err != nil {
		return nil, err
	}
	return &wire.Response{Status: http.StatusNoContent}, nil
}

func (d *directory) deleteApplication(r *wire.Request, a *App) (*wire.Response, error) {
	d.tenant(r).removeApp(a)
	return &wire.Response{Status: http.StatusNoContent}, nil
}

// addPassword makes a client secret, whose text is told this once.
func (d *directory) addPassword(r *wire.Request, a *App) (*wire.Response, error) {
	var b struct {
		Credential struct {
			DisplayName string    `json:"displayName"`
			Start       time.Time `json:"startDateTime"`
			End         time.Time `json:"endDateTime"`
		} `json:"passwordCredential"`
	}
	if err := readDirectory(r, &b); err != nil {
		return nil, err
	}
	c := b.Credential
	if c.Start.IsZero() {
		c.Start = d.world.clock.Now()
	}
	if c.End.IsZero() {
		c.End = c.Start.AddDate(2, 0, 0)
	}
	known := d.tenant(r).everywhere()
	a.mu.Lock()
	defer a.mu.Unlock()
	text := d.world.secretText("added secret", a.ClientID, len(a.secrets), c.Start)
	s := appSecret{id: keyID(a.ClientID, text), name: c.DisplayName, text: text, known: known, start: c.Start, expires: c.End}
	a.secrets = append(a.secrets, s)
	return &wire.Response{Context: "microsoft.graph.passwordCredential", JSON: s.object(true)}, nil
}

func (d *directory) removePassword(r *wire.Request, a *App) (*wire.Response, error) {
	var b struct {
		KeyID string `json:"keyId"`
	}
	if err := readDirectory(r, &b); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, s := range a.secrets {
		if strings.EqualFold(s.id, b.KeyID) {
			a.secrets = append(a.secrets[:i:i], a.secrets[i+1:]...)
			return &wire.Response{Status: http.StatusNoContent}, nil
		}
	}
	return nil, wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "No password credential found with keyId '%s'.", b.KeyID)
}

// readDirectory reads the JSON body of a directory request.
func readDirectory(r *wire.Request, into any) error {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		return wire.Errorf(http.StatusBadRequest, "Request_BadRequest", "Invalid JSON payload: %s.", err)
	}
	return nil
}

// allApps are the tenant's registrations.
func (t *Tenant) allApps() []*App {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.apps
}

func (t *Tenant) addApp(a *App) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.apps = append(t.apps[:len(t.apps):len(t.apps)], a)
}

func (t *Tenant) removeApp(a *App) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var kept []*App
	for _, x := range t.apps {
		if x != a {
			kept = append(kept, x)
		}
	}
	t.apps = kept
}
