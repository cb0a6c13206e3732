package sim

import (
	"fmt"
	"strings"
)

// place is what an address of a control call names: everything, a tenant, a
// user, or something in a user's mailbox or drive.
type place struct {
	tenant *Tenant // nil: all
	user   *User   // nil: all of the tenant
	rest   string  // below the user: onedrive/…, mail/…, archive/…; empty: all
}

// find resolves an address such as anna@contoso.example/onedrive/Documenten.
func (w *World) find(address string) (place, error) {
	first, rest, _ := strings.Cut(strings.Trim(address, "/"), "/")
	if first == "" {
		return place{}, nil
	}
	if !strings.Contains(first, "@") {
		t := w.Tenant(first)
		if t == nil || rest != "" {
			return place{}, fmt.Errorf("address %q: %w", address, ErrNotFound)
		}
		return place{tenant: t}, nil
	}
	u, err := w.User(first)
	if err != nil {
		return place{}, err
	}
	return place{u.tenant, u, rest}, nil
}

// drivePath is the path below the drive, when the place lies in one.
func (p place) drivePath() (string, bool) {
	first, rest, _ := strings.Cut(p.rest, "/")
	return rest, strings.EqualFold(first, "onedrive")
}

// users lists whose things lie in the place.
func (w *World) users(p place) []*User {
	switch {
	case p.user != nil:
		return []*User{p.user}
	case p.tenant != nil:
		return p.tenant.Users()
	}
	var all []*User
	for _, t := range w.Tenants() {
		all = append(all, t.Users()...)
	}
	return all
}
