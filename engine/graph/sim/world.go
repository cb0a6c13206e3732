package sim

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim/wire"
)

// ErrNotFound means that no tenant, user or thing has the given name.
var ErrNotFound = errors.New("not found in the simulated world")

// World is all that exists: tenants with what is in them. It may be changed
// while a server shows it.
type World struct {
	seed   uint64
	clock  clock.Clock
	sealer *wire.Sealer
	temp   string

	notices newest[Notice]

	mu      sync.RWMutex
	tenants []*Tenant
}

// NewWorld returns an empty world. The same seed gives the same ids.
func NewWorld(seed uint64, c clock.Clock) *World {
	w := &World{seed: seed, clock: c}
	key := w.digest("link tokens")
	w.sealer = wire.NewSealer(key[:])
	return w
}

// SetTemp says in which folder uploaded and imported content is kept; it is the
// caller's to remove. Without it, content goes to the system's folder for
// temporary files or stays in memory. It holds for users added afterwards.
func (w *World) SetTemp(dir string) { w.temp = dir }

// Clock is the world's time.
func (w *World) Clock() clock.Clock { return w.clock }

// AddTenant adds a tenant, or returns the one that already has the domain.
func (w *World) AddTenant(domain, displayName string) *Tenant {
	domain = strings.ToLower(domain)
	if t := w.Tenant(domain); t != nil {
		return t
	}
	if displayName == "" {
		displayName = titleOfDomain(domain)
	}
	t := newTenant(w, domain, displayName)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tenants = append(w.tenants, t)
	sort.Slice(w.tenants, func(a, b int) bool { return w.tenants[a].domain < w.tenants[b].domain })
	return t
}

// Tenants lists the tenants by domain.
func (w *World) Tenants() []*Tenant {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return append([]*Tenant(nil), w.tenants...)
}

// Tenant finds a tenant by id or domain; nil if there is none.
func (w *World) Tenant(idOrDomain string) *Tenant {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, t := range w.tenants {
		if t.id == strings.ToLower(idOrDomain) || t.hasDomain(idOrDomain) {
			return t
		}
	}
	return nil
}

// User finds a user of any tenant by principal name.
func (w *World) User(principalName string) (*User, error) {
	_, domain, ok := strings.Cut(principalName, "@")
	if !ok {
		return nil, fmt.Errorf("user %q: %w", principalName, ErrNotFound)
	}
	if t := w.Tenant(domain); t != nil {
		if u := t.User(principalName); u != nil {
			return u, nil
		}
	}
	return nil, fmt.Errorf("user %q: %w", principalName, ErrNotFound)
}

// splitName takes a principal name apart into its local part and its tenant.
func (w *World) splitName(principalName string) (string, *Tenant, error) {
	local, domain, ok := strings.Cut(principalName, "@")
	if t := w.Tenant(domain); ok && t != nil {
		return local, t, nil
	}
	return "", nil, fmt.Errorf("user %q: no tenant has this domain: %w", principalName, ErrNotFound)
}

// appTenant finds the tenant in which an application is registered.
func (w *World) appTenant(clientID string) *Tenant {
	for _, t := range w.Tenants() {
		if t.App(clientID) != nil {
			return t
		}
	}
	return nil
}

// titleOfDomain makes a display name of contoso.example: Contoso.
func titleOfDomain(domain string) string {
	name, _, _ := strings.Cut(domain, ".")
	if name == "" {
		return domain
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
