package sim

import (
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// controlWorld answers the control calls that change what exists.
func (s *Server) controlWorld(r *http.Request, what string) (any, error) {
	switch what {
	case "GET tree":
		items, err := s.world.Tree(r.URL.Query().Get("path"))
		return map[string]any{"items": items}, err
	case "POST edit":
		var c Change
		if err := readControl(r, &c); err != nil {
			return nil, err
		}
		return nil, s.world.Edit(c)
	case "POST quirks":
		var q struct {
			Path string `json:"path"`
			Quirks
		}
		if err := readControl(r, &q); err != nil {
			return nil, err
		}
		return nil, s.world.SetQuirks(q.Path, q.Quirks)
	case "POST user":
		return nil, s.controlUser(r)
	case "POST app":
		return nil, s.controlApp(r)
	case "POST tenant":
		return nil, s.controlTenant(r)
	case "POST group":
		return s.controlGroup(r)
	}
	return s.controlPlace(r, what)
}

// controlPlace answers the control calls that do one thing to all at an address.
func (s *Server) controlPlace(r *http.Request, what string) (any, error) {
	var q struct {
		Path string `json:"path"`
		Dir  string `json:"dir"`
		Mode string `json:"mode"`
		Full bool   `json:"full"`
		groupName
		Final bool `json:"final"`
	}
	switch what {
	case "POST seed", "POST delete", "POST streams", "POST full", "POST deltas/expire", "DELETE user", "DELETE group":
		if err := readControl(r, &q); err != nil {
			return nil, err
		}
	}
	switch what {
	case "POST seed":
		ignored, err := s.world.LoadSeed(q.Dir)
		return map[string]any{"ignored": ignored}, err
	case "POST delete":
		return nil, s.world.Delete(q.Path)
	case "POST streams":
		return nil, s.world.SetDamage(q.Path, q.Mode)
	case "POST full":
		return nil, s.world.SetMailboxesFull(q.Path, q.Full)
	case "POST deltas/expire":
		return nil, s.world.ExpireDeltas(q.Path)
	case "DELETE user":
		u, err := s.world.User(q.Path)
		if err != nil {
			return nil, err
		}
		return nil, remove(u.tenant, u.tenant.RemoveUser, u.ID, q.Final)
	case "DELETE group":
		t, g, err := s.world.groupNamed(q.groupName)
		if err != nil {
			return nil, err
		}
		return nil, remove(t, t.RemoveGroup, g.ID, q.Final)
	}
	return nil, fmt.Errorf("%s: %w", what, ErrNotFound)
}

// controlUser adds a user, or changes one: {"path":"x@contoso.example", …}
// with the fields of user.json.
func (s *Server) controlUser(r *http.Request) error {
	var q struct {
		Path string `json:"path"`
		userFile
	}
	if err := readControl(r, &q); err != nil {
		return err
	}
	local, t, err := s.world.splitName(q.Path)
	if err != nil {
		return err
	}
	spec, _ := q.spec(local, true)
	_, err = t.AddUser(spec)
	return err
}

// controlApp changes a tenant's app registration: its roles, its secret, when
// that ends, or a further certificate.
func (s *Server) controlApp(r *http.Request) error {
	var q struct {
		Tenant      string    `json:"tenant"`
		Roles       *[]string `json:"roles"`
		Secret      string    `json:"secret"`
		Expires     time.Time `json:"expires"`
		Certificate string    `json:"certificate"` // PEM
	}
	if err := readControl(r, &q); err != nil {
		return err
	}
	t := s.world.Tenant(q.Tenant)
	if t == nil {
		return fmt.Errorf("tenant %q: %w", q.Tenant, ErrNotFound)
	}
	app := t.DefaultApp()
	if q.Roles != nil {
		app.SetRoles(*q.Roles...)
	}
	if q.Secret != "" || !q.Expires.IsZero() {
		if q.Secret == "" {
			q.Secret = app.Secret()
		}
		if q.Expires.IsZero() {
			q.Expires = s.now.Now().AddDate(2, 0, 0)
		}
		app.SetSecret(q.Secret, q.Expires)
	}
	if q.Certificate == "" {
		return nil
	}
	block, _ := pem.Decode([]byte(q.Certificate))
	if block == nil {
		return errors.New("register certificate: it is not in PEM form")
	}
	return app.AddCertificate(block.Bytes)
}
