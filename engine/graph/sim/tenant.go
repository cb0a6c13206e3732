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
	gone        []*removal
	groups      []*Group
	groupsMade  int
	replication time.Duration // how long new applications are unknown
	apps        []*App
	own         *App           // the one that DefaultApp tells
	seats       map[string]int // enabled units beside those consumed, by part number
	noSPO       bool
	change      int64 // number of the last change in the directory
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

	change  int64 // number of the last change, those of its members included
	renamed int64 // of the last one other than in its members
	members []memberChange
}

// memberChange is one change of who belongs to a group.
type memberChange struct {
	user   string
	out    bool
	change int64
}

func newTenant(w *World, domain, displayName string) *Tenant {
	t := &Tenant{
		world: w, id: w.newID("tenant", domain), domain: domain, displayName: displayName,
		country: "NL", created: w.clock.Now().AddDate(-6, 0, -w.number(900, domain, "age")).Truncate(time.Second),
		users: map[string]*User{}, byName: map[string]*User{},
		byDrive: map[string]*User{}, byMailbox: map[string]*User{}, seats: map[string]int{},
	}
	t.own = newApp(w, t, "Vangnet")
	t.apps = []*App{t.own}
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

// SetReplicationDelay says how long it takes until what was made in the
// directory of applications is known everywhere.
func (t *Tenant) SetReplicationDelay(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.replication = d
}

// everywhere is when what is made now will be known everywhere.
func (t *Tenant) everywhere() time.Time {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.world.clock.Now().Add(t.replication)
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
	return t.own
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
	t.addApp(a)
	return a
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
		t.order = t.sortedUsers()
	}
	return t.order
}

// sortedUsers lists the users by principal name. The lock is held.
func (t *Tenant) sortedUsers() []*User {
	if t.order != nil {
		return t.order
	}
	order := make([]*User, 0, len(t.users))
	for _, u := range t.users {
		order = append(order, u)
	}
	sort.Slice(order, func(a, b int) bool { return order[a].PrincipalName < order[b].PrincipalName })
	return order
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
		u.store = &store{seeded: map[string]string{}, made: map[string][]made{}}
	}
	if err := u.store.fill(u); err != nil {
		return nil, err
	}
	t.enter(u)
	return u, nil
}

// enter puts a user into the directory. The lock is held.
func (t *Tenant) enter(u *User) {
	t.change++
	u.change = t.change
	t.users[u.ID], t.byName[strings.ToLower(u.PrincipalName)], t.order = u, u, nil
	if u.store.drive != nil {
		t.byDrive[u.store.drive.ID()] = u
	}
	for _, id := range u.store.boxes.ids() {
		t.byMailbox[id] = u
	}
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
