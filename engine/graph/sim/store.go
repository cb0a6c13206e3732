package sim

import (
	"slices"
	"strings"
	"sync"

	"vangnet/engine/graph/sim/drives"
)

// store is what belongs to a user beside its directory object.
type store struct {
	drive *drives.Drive // nil: none
	boxes boxes

	mu     sync.Mutex
	seeded map[string]string // what a seed folder put here already, by address and name
	made   map[string][]made // items of a calendar and the like, by the file they are from
}

// fill makes the mailboxes and the drive that a user should have and has not.
func (s *store) fill(u *User) error {
	t := u.tenant
	if s.drive == nil && !u.NoDrive {
		site := strings.NewReplacer("@", "_", ".", "_").Replace(u.PrincipalName)
		s.drive = drives.New(drives.Options{
			Seed: t.world.newID("drive", u.ID), Tenant: t.id, Clock: t.world.clock, Temp: t.world.temp, OnMutation: t.noteDrive,
			Owner: drives.Identity{UserID: u.ID, Name: u.DisplayName, Mail: u.Mail},
			Web:   "https://" + t.label() + "-my.sharepoint.com/personal/" + site,
		})
	}
	return s.boxes.fill(u)
}

// Drive is the user's OneDrive; nil if there is none.
func (u *User) Drive() *drives.Drive { return u.store.drive }

// mailboxOwner is the user whose mailbox or archive has the id; nil if nobody's has.
func (t *Tenant) mailboxOwner(id string) *User {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.byMailbox[id]
}

// driveOwner is the user whose drive has the id; nil if nobody's has.
func (t *Tenant) driveOwner(id string) *User {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.byDrive[id]
}

// lookup finds mailboxes and drives for their routes.
type lookup struct{ world *World }

func (l lookup) user(tenant, user string) (*Tenant, *User, error) {
	t := l.world.Tenant(tenant)
	if t == nil {
		return nil, nil, noResource(tenant)
	}
	u := t.User(user)
	if u == nil {
		return nil, nil, noResource(user)
	}
	return t, u, nil
}

// UserDrive is the drive of a user.
func (l lookup) UserDrive(tenant, user string) (*drives.Drive, error) {
	t, u, err := l.user(tenant, user)
	switch {
	case err != nil:
		return nil, err
	case t.WithoutSharePoint():
		return nil, drives.NoLicense()
	case u.store.drive == nil:
		return nil, drives.NoSite()
	}
	return u.store.drive, nil
}

// Drive is the drive with an id.
func (l lookup) Drive(tenant, id string) (*drives.Drive, error) {
	if t := l.world.Tenant(tenant); t != nil {
		if u := t.driveOwner(id); u != nil {
			return u.store.drive, nil
		}
	}
	return nil, drives.NoSuchDrive(id)
}

// seen remembers that a seed put something here, and reports whether it had
// done so already with the same mark.
func (s *store) seen(key, mark string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	same := s.seeded[key] == mark
	s.seeded[key] = mark
	return same
}

// madeOf are the items that a seed file made.
func (s *store) madeOf(file string) []made {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.made[file])
}

func (s *store) setMade(file string, list []made) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made[file] = list
}

// forget makes what was deleted from an address new to the next seed.
func (s *store) forget(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.seeded {
		if path == "" || strings.HasPrefix(key+"/", path+"/") {
			delete(s.seeded, key)
			delete(s.made, key)
		}
	}
}
