package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"

	"vangnet/engine/graph"
)

// Live is a Source over a tenant's Graph client.
type Live struct{ Client *graph.Client }

// errBroken says that Microsoft's list had entries that could not be read: what
// they stand for would be missing from the copy without anyone knowing.
var errBroken = errors.New("the list of changes holds entries that cannot be read")

// Mailboxes gives the ids of a user's mailboxes.
func (l Live) Mailboxes(ctx context.Context, user string) (Mailboxes, error) {
	got, err := l.Client.MailboxIDs(ctx, user)
	if err != nil {
		return Mailboxes{}, err
	}
	m := Mailboxes{Primary: got.Primary.ID, Archive: got.Archive.ID}
	m.Refused = got.ArchiveErr != nil && !errors.Is(got.ArchiveErr, graph.ErrNoArchive)
	return m, nil
}

// Folders lists the folders of a mailbox.
func (l Live) Folders(ctx context.Context, mailbox string) ([]Folder, error) {
	got, _, err := l.Client.MailFolders(ctx, graph.Mailbox{ID: mailbox})
	if err != nil {
		return nil, err
	}
	list := make([]Folder, 0, len(got))
	for _, f := range got {
		if !f.Search {
			list = append(list, Folder{ID: f.ID, Parent: f.Parent, Title: f.Name, Class: f.Class, Known: f.Known, Items: int64(f.Items)})
		}
	}
	return list, nil
}

// Items reads the next page of a folder's changes.
func (l Live) Items(ctx context.Context, mailbox, folder, cursor string) (Page, error) {
	got, err := l.Client.ItemsDelta(ctx, graph.Mailbox{ID: mailbox}, folder, cursor)
	if err != nil {
		return Page{}, err
	}
	if got.Broken > 0 {
		return Page{}, fmt.Errorf("%w: %d", errBroken, got.Broken)
	}
	p := Page{Next: got.Cursor, Done: got.Done, Items: make([]Item, len(got.Items))}
	for i, r := range got.Items {
		p.Items[i] = Item{ID: r.ID, ChangeKey: r.ChangeKey, Class: r.Class, Size: r.Size, Created: r.Created, Modified: r.Modified, Removed: r.Removed}
	}
	return p, nil
}

// Export reads items as streams.
func (l Live) Export(ctx context.Context, mailbox string, ids []string, got func(id, changeKey string, data io.Reader) error) (map[string]error, error) {
	return l.Client.Export(ctx, graph.Mailbox{ID: mailbox}, ids, got)
}

// Message reads an item through the plain endpoint.
func (l Live) Message(ctx context.Context, user, id string) (graph.Message, error) {
	return l.Client.Message(ctx, user, id)
}

// MIME reads an item as RFC 5322 text.
func (l Live) MIME(ctx context.Context, user, id string, read func(data io.Reader) error) error {
	return l.Client.MIME(ctx, user, id, read)
}
