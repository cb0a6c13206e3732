package sim

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// Tenant is one organisation: its directory, its licences and the applications
// that may sign in to it.
type Tenant struct {
	world   *World
	id      string
	domain  string
	created time.Time

	mu          sync.RWMutex
	displayName string
	country     string
	users       map[string]*User // by id
	byName      map[string]*User // by lower-case principal name
	order       []*User          // by principal name; rebuilt when nil
	byDrive     map[string]*User // by the id of the drive
	byMailbox   map[string]*User // by the id of the mailbox or of its archive
	gone        []removal
	groups      []*Group
	apps        []*App
	seats       map[string]int // enabled units beside those consumed, by part number
	noSPO       bool
	change      int64 // number of the last change in the directory
}

// removal remembers a deleted user for users/delta.
type removal struct {
	id     string
	change int64
}

// Group is a directory group, of which few properties matter here.
type Group struct {
	ID          string
	DisplayName string
	Mail        string
	Unified     bool // a Microsoft 365 group
	Team        bool // with a team
	Visibility  string
	Created     time.Time
	Members     []string // user ids
}

func newTenant(w *World, domain, displayName string) *Tenant {
	t := &Tenant{
		world: w, id: w.newID("tenant", domain), domain: domain, displayName: displayName,
		country: "NL", created: w.clock.Now().AddDate(-6, 0, -w.number(900, domain, "age")).Truncate(time.Second),
		users: map[string]*User{}, byName: map[string]*User{},
		byDrive: map[string]*User{}, byMailbox: map[string]*User{}, seats: map[string]int{},
	}
	t.apps = []*App{newApp(w, t, "Vangnet")}
	return t
}

// ID is the tenant's GUID.
func (t *Tenant) ID() string { return t.id }

// Domain is the default domain.
func (t *Tenant) Domain() string { return t.domain }

// DisplayName is the organisation's name.
func (t *Tenant) DisplayName() string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.displayName
}

// SetDisplayName renames the organisation.
func (t *Tenant) SetDisplayName(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.displayName = name
}

// SetWithoutSharePoint makes the tenant one that never bought SharePoint.
func (t *Tenant) SetWithoutSharePoint(without bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.noSPO = without
}

// WithoutSharePoint reports whether the tenant has no SharePoint licence.
func (t *Tenant) WithoutSharePoint() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.noSPO
}

// label is the first part of the default domain, which names hosts of the
// tenant such as contoso-my.sharepoint.com.
func (t *Tenant) label() string {
	name, _, _ := strings.Cut(t.domain, ".")
	return name
}

// initialDomain is the onmicrosoft.com name that every tenant keeps.
func (t *Tenant) initialDomain() string { return t.label() + ".onmicrosoft.com" }

func (t *Tenant) hasDomain(domain string) bool {
	return strings.EqualFold(domain, t.domain) || strings.EqualFold(domain, t.initialDomain())
}

// App is the application registration that Vangnet signs in with.
func (t *Tenant) DefaultApp() *App {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.apps[0]
}

// App finds a registration by client id; nil if there is none.
func (t *Tenant) App(clientID string) *App {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, a := range t.apps {
		if strings.EqualFold(a.ClientID, clientID) {
			return a
		}
	}
	return nil
}

// AddApp registers a further application with all roles granted.
func (t *Tenant) AddApp(name string) *App {
	a := newApp(t.world, t, name)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.apps = append(t.apps, a)
	return a
}

// AddGroup adds a group and returns it with its id.
func (t *Tenant) AddGroup(g Group) *Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	g.ID = t.world.newID("group", t.id, g.DisplayName, len(t.groups))
	if g.Created.IsZero() {
		g.Created = t.created
	}
	t.groups = append(t.groups, &g)
	return &g
}

func (t *Tenant) groupByName(name string) *Group {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, g := range t.groups {
		if g.DisplayName == name {
			return g
		}
	}
	return nil
}

// Users lists the users by principal name.
func (t *Tenant) Users() []*User {
	t.mu.RLock()
	order := t.order
	t.mu.RUnlock()
	if order != nil {
		return order
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.order == nil {
		t.order = make([]*User, 0, len(t.users))
		for _, u := range t.users {
			t.order = append(t.order, u)
		}
		sort.Slice(t.order, func(a, b int) bool { return t.order[a].PrincipalName < t.order[b].PrincipalName })
	}
	return t.order
}

// User finds a user by id or principal name; nil if there is none.
func (t *Tenant) User(idOrName string) *User {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if u := t.users[strings.ToLower(idOrName)]; u != nil {
		return u
	}
	return t.byName[strings.ToLower(idOrName)]
}

// AddUser adds a user, or replaces the directory facts of the one that has the
// name; mailbox and drive stay.
func (t *Tenant) AddUser(s UserSpec) (*User, error) {
	if s.LocalPart == "" || strings.ContainsAny(s.LocalPart, "/\\@ ") {
		return nil, fmt.Errorf("add user to %s: %q is no local part of an address", t.domain, s.LocalPart)
	}
	for _, part := range s.Licences {
		if _, ok := skuByPart(part); !ok {
			return nil, fmt.Errorf("add user %s@%s: unknown licence %q", s.LocalPart, t.domain, part)
		}
	}
	u := t.newUser(s)
	t.mu.Lock()
	defer t.mu.Unlock()
	if old := t.byName[strings.ToLower(u.PrincipalName)]; old != nil {
		u.ID, u.Created = old.ID, old.Created
		u.store = old.store
	}
	if u.store == nil {
		u.store = &store{seeded: map[string]string{}}
	}
	if err := u.store.fill(u); err != nil {
		return nil, err
	}
	t.change++
	u.change = t.change
	t.users[u.ID], t.byName[strings.ToLower(u.PrincipalName)], t.order = u, u, nil
	if u.store.drive != nil {
		t.byDrive[u.store.drive.ID()] = u
	}
	for _, id := range u.store.boxes.ids() {
		t.byMailbox[id] = u
	}
	return u, nil
}

// RemoveUser deletes a user with all that belongs to it.
func (t *Tenant) RemoveUser(idOrName string) error {
	u := t.User(idOrName)
	if u == nil {
		return fmt.Errorf("remove user %q of %s: %w", idOrName, t.domain, ErrNotFound)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.change++
	delete(t.users, u.ID)
	delete(t.byName, strings.ToLower(u.PrincipalName))
	if u.store.drive != nil {
		delete(t.byDrive, u.store.drive.ID())
	}
	for _, id := range u.store.boxes.ids() {
		delete(t.byMailbox, id)
	}
	t.order = nil
	t.gone = append(t.gone, removal{u.ID, t.change})
	return nil
}

// SetSeats says how many units of a licence were bought; without it as many as
// are assigned, plus a few.
func (t *Tenant) SetSeats(part string, enabled int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seats[part] = enabled
}

func (t *Tenant) consumed(part string) int {
	n := 0
	for _, u := range t.Users() {
		if slices.Contains(u.Licences, part) {
			n++
		}
	}
	return n
}
