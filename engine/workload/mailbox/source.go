// Package mailbox reads and restores Exchange mailboxes: mail, calendar,
// contacts, tasks and all else, primary and in-place archive, as the item
// streams of the mailbox import and export API.
package mailbox

import (
	"context"
	"io"
	"time"

	"vangnet/engine/graph"
)

// Source is what reading a mailbox asks of Microsoft 365. Its errors are of the
// kinds of package graph.
type Source interface {
	// Mailboxes gives the ids of a user's primary mailbox and in-place archive.
	Mailboxes(ctx context.Context, user string) (Mailboxes, error)
	// Folders lists all folders of a mailbox, whatever their class.
	Folders(ctx context.Context, mailbox string) ([]Folder, error)
	// Items reads the next page of a folder's changes: all items where cursor is
	// empty. graph.ErrGone asks to begin anew.
	Items(ctx context.Context, mailbox, folder, cursor string) (Page, error)
	// Export reads up to graph.MaxExport items as streams, with the contract of
	// graph.Client.Export.
	Export(ctx context.Context, mailbox string, ids []string, got func(id, changeKey string, data io.Reader) error) (failed map[string]error, err error)
	// Message reads an item through the plain endpoint.
	Message(ctx context.Context, user, id string) (graph.Message, error)
	// MIME reads an item as RFC 5322 text, with the contract of graph.Client.MIME.
	MIME(ctx context.Context, user, id string, read func(data io.Reader) error) error
}

// Mailboxes are the mailboxes of one user.
type Mailboxes struct {
	Primary string
	Archive string // "" where there is none
	Refused bool   // the tenant does not tell whether there is an archive
}

// Item is one line of a folder's changes.
type Item struct {
	ID        string
	ChangeKey string
	Class     string
	Size      int64
	Created   time.Time
	Modified  time.Time
	Removed   bool
}

// Page is one page of changes.
type Page struct {
	Items []Item
	Next  string // where to go on: in this round, or, when Done, in the next run
	Done  bool
}
