package sim

// store is what belongs to a user beside its directory object.
type store struct {
	mailboxID string // MBX:guid@tenant
	archiveID string
}

func newStore(u *User) *store {
	t := u.tenant
	s := &store{mailboxID: "MBX:" + t.world.newID("mailbox", u.ID) + "@" + t.id}
	s.archiveID = "MBX:" + t.world.newID("archive", u.ID) + "@" + t.id
	return s
}
