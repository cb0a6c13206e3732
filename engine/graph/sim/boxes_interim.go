//go:build !simboxes

package sim

import "vangnet/engine/graph/sim/wire"

type boxes struct{ primary, archive string }

func (b *boxes) fill(u *User) error {
	w := u.tenant.world
	if !u.NoMailbox {
		b.primary = "MBX:" + w.newID("mailbox", u.ID) + "@" + u.tenant.id
	}
	if u.Archive {
		b.archive = "MBX:" + w.newID("archive", u.ID) + "@" + u.tenant.id
	}
	return nil
}

func (b *boxes) has() bool         { return b.primary != "" }
func (b *boxes) id() string        { return b.primary }
func (b *boxes) archiveID() string { return b.archive }

func boxRoutes(*World) []wire.Route { return nil }
