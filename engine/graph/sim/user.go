package sim

import (
	"strings"
	"time"
)

// Kind is what a user object stands for.
type Kind string

// The kinds of user. Shared, room and equipment mailboxes are users whose
// sign-in is disabled.
const (
	KindUser      Kind = "user"
	KindShared    Kind = "shared"
	KindRoom      Kind = "room"
	KindEquipment Kind = "equipment"
	KindGuest     Kind = "guest"
)

// UserSpec describes a user to be added. Only LocalPart is required.
type UserSpec struct {
	LocalPart   string
	DisplayName string
	GivenName   string
	Surname     string
	JobTitle    string
	Department  string
	Kind        Kind
	Disabled    bool     // sign-in blocked; always so for shared mailboxes and rooms
	Licences    []string // part numbers, such as SPB
	NoMailbox   bool
	NoDrive     bool
	Archive     bool // has an in-place archive mailbox
	Language    string
	Created     time.Time
}

// User is one user of a tenant. Its directory facts do not change after it was
// added; AddUser with the same name replaces it.
type User struct {
	UserSpec
	ID            string
	PrincipalName string
	Mail          string

	tenant *Tenant
	change int64
	store  *store
}

// Tenant is the tenant the user belongs to.
func (u *User) Tenant() *Tenant { return u.tenant }

func (t *Tenant) newUser(s UserSpec) *User {
	if s.Kind == "" {
		s.Kind = KindUser
	}
	if s.DisplayName == "" {
		s.DisplayName = nameOfLocalPart(s.LocalPart)
	}
	if s.GivenName == "" && s.Kind == KindUser {
		s.GivenName, s.Surname, _ = strings.Cut(s.DisplayName, " ")
	}
	if s.Language == "" {
		s.Language = "en-US"
	}
	u := &User{UserSpec: s, tenant: t}
	u.PrincipalName = s.LocalPart + "@" + t.domain
	u.Mail = u.PrincipalName
	switch s.Kind {
	case KindShared, KindRoom, KindEquipment:
		u.Disabled, u.NoDrive = true, true
	case KindGuest:
		u.PrincipalName = s.LocalPart + "#EXT#@" + t.initialDomain()
		u.Mail = strings.Replace(s.LocalPart, "_", "@", 1)
		u.NoMailbox, u.NoDrive = true, true
	}
	if u.NoMailbox && s.Kind != KindGuest {
		u.Mail = ""
	}
	if u.Created.IsZero() {
		u.Created = t.created.AddDate(0, 0, 1+t.world.number(1500, "created", u.PrincipalName)).Add(9 * time.Hour)
	}
	u.ID = t.world.newID("user", t.id, strings.ToLower(u.PrincipalName))
	return u
}

// nameOfLocalPart makes "Jan De Vries" of jan.de.vries.
func nameOfLocalPart(local string) string {
	words := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	for i, w := range words {
		r := []rune(w)
		words[i] = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return strings.Join(words, " ")
}

// purpose is the userPurpose of mailboxSettings.
func (u *User) purpose() string {
	switch u.Kind {
	case KindGuest:
		return "others"
	default:
		return string(u.Kind)
	}
}
