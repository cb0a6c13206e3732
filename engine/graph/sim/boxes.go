package sim

import (
	"errors"
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

// ids are those that the import and export API knows the mailboxes by.
func (b *boxes) ids() []string {
	var ids []string
	for _, id := range []string{b.id(), b.archiveID()} {
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids
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

// tree lists what is live below an address of the mailbox.
func (b *boxes) tree(u *User, path string) ([]TreeItem, error) {
	entries, err := b.primary.Tree(path)
	if err != nil {
		return nil, notFound(err)
	}
	items := make([]TreeItem, 0, len(entries))
	for _, e := range entries {
		item := TreeItem{Path: u.PrincipalName + "/" + e.Path, Kind: string(e.Kind), Size: e.Size, Hash: e.Hash, Class: e.Class}
		if e.Hash != "" {
			item.Created, item.Received, item.Sent = stamp(e.Created), stamp(e.Received), stamp(e.Sent)
			item.Read, item.Flagged, item.Draft, item.Importance = &e.Read, &e.Flagged, &e.Draft, &e.Importance
			item.Categories = e.Categories
		}
		items = append(items, item)
	}
	return items, nil
}

func (b *boxes) delete(path string) error { return b.primary.Delete(path) }

func isNotFound(err error) bool {
	var refused *wire.Error
	return errors.Is(err, mailboxes.ErrNotFound) || errors.As(err, &refused) && refused.Status == http.StatusNotFound
}
