//go:build simboxes

package sim

import (
	"fmt"
	"net/http"
	"strings"

	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/graph/sim/wire"
)

// boxes are the mailboxes of a user: the primary one, which knows its archive.
type boxes struct{ primary *mailboxes.Mailbox }

// fill makes the mailboxes that a user should have and has not.
func (b *boxes) fill(u *User) error {
	w := u.tenant.world
	if b.primary == nil && !u.NoMailbox {
		language := mailboxes.Dutch
		if strings.HasPrefix(u.Language, "en") {
			language = mailboxes.English
		}
		m, err := mailboxes.New(mailboxes.Options{
			GUID: w.newID("mailbox", u.ID), TenantID: u.tenant.id, User: u.PrincipalName, Language: language,
			Clock: w.clock, SpoolDir: w.temp,
		})
		if err != nil {
			return fmt.Errorf("make mailbox of %s: %w", u.PrincipalName, err)
		}
		b.primary = m
	}
	if u.Archive && b.primary != nil {
		b.primary.OpenArchive()
	}
	return nil
}

func (b *boxes) has() bool { return b.primary != nil }

func (b *boxes) id() string {
	if b.primary == nil {
		return ""
	}
	return b.primary.ID()
}

func (b *boxes) archiveID() string {
	if b.primary == nil || b.primary.Archive() == nil {
		return ""
	}
	return b.primary.Archive().ID()
}

// Mailbox is the user's primary mailbox, which knows its archive; nil if there
// is none.
func (u *User) Mailbox() *mailboxes.Mailbox { return u.store.boxes.primary }

func boxRoutes(w *World) []wire.Route { return mailboxes.Routes(lookup{w}) }

// ByUser is the primary mailbox of a user.
func (l lookup) ByUser(tenant, user string) (*mailboxes.Mailbox, error) {
	_, u, err := l.user(tenant, user)
	if err != nil {
		return nil, err
	}
	if !u.store.boxes.has() {
		return nil, noMailbox()
	}
	return u.store.boxes.primary, nil
}

// ByID is the mailbox or archive with an id. Without a tenant all are searched.
func (l lookup) ByID(tenant, id string) (*mailboxes.Mailbox, error) {
	for _, t := range l.world.Tenants() {
		if tenant != "" && t.id != tenant {
			continue
		}
		if u := t.mailboxOwner(id); u != nil && u.store.boxes.id() == id {
			return u.store.boxes.primary, nil
		} else if u != nil {
			return u.store.boxes.primary.Archive(), nil
		}
	}
	return nil, wire.Errorf(http.StatusNotFound, "ErrorInvalidMailboxId", "The mailbox '%s' was not found.", id)
}
