package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// Mailbox names a mailbox to the import/export API and, where it has one, to
// the plain mail endpoints.
type Mailbox struct {
	ID   string // "MBX:…"
	User string // user id; empty for an archive, which the plain endpoints do not reach
}

// Mailboxes are what a user has.
type Mailboxes struct {
	Primary Mailbox
	Archive Mailbox // zero: none, or not told
	// ArchiveErr says why there is no archive id: ErrNoArchive where the account
	// has none, anything else where the tenant refused or could not tell.
	ArchiveErr error
}

// MailboxIDs finds the ids of a user's mailboxes. Beta tells both in one
// answer, and is the only one to tell the in-place archive; where it refuses,
// v1.0 is asked for the primary one, and ArchiveErr is the refusal.
// ErrNoMailbox where the account has no mailbox.
func (c *Client) MailboxIDs(ctx context.Context, userID string) (Mailboxes, error) {
	what := "find mailboxes of " + userID
	var both struct {
		Primary string `json:"primaryMailboxId"`
		Archive string `json:"inPlaceArchiveMailboxId"`
	}
	err := c.ask(ctx, request{
		call: c.inMailbox(what, userID), method: "GET", url: at("/beta/users/{}/settings/exchange", userID),
	}, &both)
	if _, refused := asError(err); err != nil && !refused {
		return Mailboxes{}, err
	}
	if err == nil && both.Primary != "" {
		return c.mailboxes(userID, both.Primary, both.Archive), nil
	}
	primary, err1 := c.primary(ctx, what, userID)
	if err1 != nil {
		return Mailboxes{}, err1
	}
	out := c.mailboxes(userID, primary, "")
	if err != nil {
		out.ArchiveErr = err
	}
	return out, nil
}

// primary asks v1.0.
func (c *Client) primary(ctx context.Context, what, userID string) (string, error) {
	settings, err := c.sdk.users().ByUserId(userID).Settings().Exchange().Get(called(ctx, c.inMailbox(what, userID)), nil)
	settings, err = must[models.ExchangeSettingsable](what, settings, err)
	if err != nil {
		return "", noMailbox(err)
	}
	id := val(settings.GetPrimaryMailboxId())
	if id == "" {
		return "", fmt.Errorf("%s: %w", what, refuse(ErrNoMailbox, "no_primary_mailbox", "settings name no mailbox"))
	}
	return id, nil
}

func (c *Client) mailboxes(userID, primary, archive string) Mailboxes {
	c.pools.same(primary, userID)
	out := Mailboxes{Primary: Mailbox{ID: primary, User: userID}}
	if archive == "" {
		out.ArchiveErr = fmt.Errorf("find archive of %s: %w", userID, ErrNoArchive)
		return out
	}
	c.pools.same(archive, userID)
	out.Archive = Mailbox{ID: archive}
	return out
}

// inMailbox is a call that spends the budget of a mailbox, named by its own id
// or by its user's.
func (c *Client) inMailbox(what, id string) call {
	return call{what: what, pool: c.pools.mailbox(id)}
}

// inBox is a call on a mailbox through the import/export API. It spends the
// same budget as the plain calls on the user's mailbox.
func (c *Client) inBox(what string, mbx Mailbox) call {
	return c.inMailbox(what, orElse(mbx.User, mbx.ID))
}

// outlook is the header of calls on mailbox items: ids that survive a move.
// Pages do not remember it, so each request repeats it.
func outlook(pageSize int) map[string][]string {
	if pageSize <= 0 {
		return prefer(`IdType="ImmutableId"`)
	}
	return prefer(fmt.Sprintf("odata.maxpagesize=%d", pageSize), `IdType="ImmutableId"`)
}

// MailFolder is one folder of a mailbox, of whatever class.
type MailFolder struct {
	ID       string
	Parent   string // of a folder at the top: the id of the mailbox's root, which is not listed itself
	Name     string
	Class    string // such as IPF.Note; empty for none
	Known    string // well-known name such as inbox, where the service tells it
	Items    int
	Children int
	Search   bool // shows items of other folders; holds none itself
	Removed  bool // only ID is set
}

type folderJSON struct {
	Type     string          `json:"@odata.type"`
	ID       string          `json:"id"`
	Parent   string          `json:"parentFolderId"`
	Name     string          `json:"displayName"`
	Class    string          `json:"type"`
	Known    string          `json:"wellKnownName"`
	Items    int             `json:"totalItemCount"`
	Children int             `json:"childFolderCount"`
	Removed  json.RawMessage `json:"@removed"`
}

func (f folderJSON) folder() MailFolder {
	return MailFolder{
		ID: f.ID, Parent: f.Parent, Name: f.Name, Class: f.Class, Known: strings.ToLower(f.Known), Items: f.Items, Children: f.Children,
		Search: strings.HasSuffix(strings.ToLower(f.Type), "searchfolder"), Removed: len(f.Removed) > 0 && string(f.Removed) != "null",
	}
}

// FolderPage is one page of a mailbox's folders.
type FolderPage struct {
	Folders []MailFolder
	Cursor  string // where to go on
	Done    bool   // the round is complete: Cursor is where the next one begins
	Broken  int    // values that could not be read
}

// folderPageSize keeps an ordinary mailbox to one page.
const folderPageSize = 200

// FoldersDelta reads the next page of folders, all levels flat, from a cursor:
// all of them from the empty one, what changed since from that of a finished
// round. ErrGone: begin anew.
func (c *Client) FoldersDelta(ctx context.Context, mbx Mailbox, cursor string) (FolderPage, error) {
	r := request{
		call: c.inBox("list folders of mailbox "+mbx.ID, mbx), method: "GET", header: outlook(folderPageSize),
		url: orElse(cursor, at("/v1.0/admin/exchange/mailboxes/{}/folders/delta", mbx.ID)),
	}
	var p page
	if err := c.ask(ctx, r, &p); err != nil {
		return FolderPage{}, goneIfForgotten(err)
	}
	out := FolderPage{Cursor: orElse(p.Next, p.Delta), Done: p.Next == ""}
	for _, raw := range p.Value {
		var f folderJSON
		if json.Unmarshal(raw, &f) != nil || f.ID == "" {
			out.Broken++
			continue
		}
		out.Folders = append(out.Folders, f.folder())
	}
	return out, checkCursor(r.what, cursor, out.Cursor, out.Done)
}

// MailFolders lists all folders of a mailbox and returns the cursor from which
// FoldersDelta tells what changed later.
func (c *Client) MailFolders(ctx context.Context, mbx Mailbox) ([]MailFolder, string, error) {
	for restarts := 0; ; restarts++ {
		folders, cursor, err := c.allFolders(ctx, mbx)
		if errors.Is(err, ErrGone) && restarts < maxRestarts {
			continue // forgotten in the middle of a round
		}
		return folders, cursor, err
	}
}

// maxRestarts is how often a listing begins anew by itself.
const maxRestarts = 5

func (c *Client) allFolders(ctx context.Context, mbx Mailbox) ([]MailFolder, string, error) {
	last := map[string]MailFolder{} // a round may repeat a folder: the last one counts
	var order []string
	for cursor := ""; ; {
		p, err := c.FoldersDelta(ctx, mbx, cursor)
		if err != nil {
			return nil, "", err
		}
		for _, f := range p.Folders {
			if _, seen := last[f.ID]; !seen {
				order = append(order, f.ID)
			}
			last[f.ID] = f
		}
		if cursor = p.Cursor; p.Done {
			return living(order, last), cursor, nil
		}
	}
}

func living(order []string, folders map[string]MailFolder) []MailFolder {
	out := make([]MailFolder, 0, len(order))
	for _, id := range order {
		if f := folders[id]; !f.Removed {
			out = append(out, f)
		}
	}
	return out
}

// WellKnown are the folders whose name in the tenant's language says nothing
// about what they are for, in the words of the mailFolder resource type.
var WellKnown = []string{
	"msgfolderroot", "inbox", "drafts", "sentitems", "deleteditems", "junkemail", "archive", "outbox", "conversationhistory",
	"recoverableitemsdeletions", "searchfolders", "syncissues", "conflicts", "localfailures", "serverfailures",
}

// KnownFolders finds well-known folders of a user's primary mailbox: id → name.
// Those that do not exist are left out. One request.
func (c *Client) KnownFolders(ctx context.Context, userID string) (map[string]string, error) {
	var entries []batchEntry
	for _, name := range WellKnown {
		entries = append(entries, batchEntry{ID: name, URL: query(at("/users/{}/mailFolders/{}", userID, name), "$select", "id")})
	}
	out := map[string]string{}
	var first error
	err := c.batch(ctx, "find well-known folders of "+userID, entries, func(name string, body json.RawMessage, err error) {
		var f folderJSON
		switch {
		case err == nil && json.Unmarshal(body, &f) == nil && f.ID != "":
			out[f.ID] = name
		case err != nil && !errors.Is(err, ErrNotFound) && first == nil:
			first = err
		}
	})
	if err == nil && len(out) == 0 {
		err = first
	}
	return out, err
}

// CreateMailFolder makes a folder of a class below another; parent "" means the
// mailbox's root. ErrExists where the name is taken.
func (c *Client) CreateMailFolder(ctx context.Context, mbx Mailbox, parent, name, class string) (MailFolder, error) {
	r := request{
		call: c.inBox(fmt.Sprintf("create folder %q in mailbox %s", name, mbx.ID), mbx), method: "POST",
		url:  at("/v1.0/admin/exchange/mailboxes/{}/folders", mbx.ID),
		body: map[string]string{"displayName": name, "type": class},
	}
	if parent != "" {
		r.url = at("/v1.0/admin/exchange/mailboxes/{}/folders/{}/childFolders", mbx.ID, parent)
	}
	var f folderJSON
	if err := c.ask(ctx, r, &f); err != nil {
		return MailFolder{}, err
	}
	if f.ID == "" {
		return MailFolder{}, fmt.Errorf("%s: %w: no id", r.what, ErrBadAnswer)
	}
	return f.folder(), nil
}

// ItemRef is one entry of a folder's changes: enough to know whether the item
// must be read.
type ItemRef struct {
	ID         string
	ChangeKey  string
	Class      string // such as IPM.Note
	Size       int64  // as Exchange counts
	Created    time.Time
	Modified   time.Time
	Categories []string
	Removed    bool // deleted, or moved to another folder; only ID is set
}

// ItemPage is one page of a folder's items or changes.
type ItemPage struct {
	Items  []ItemRef
	Cursor string // where to go on
	Done   bool   // the round is complete: Cursor is where the next one begins
	Broken int    // values that could not be read
}

type itemJSON struct {
	ID         string          `json:"id"`
	ChangeKey  string          `json:"changeKey"`
	Class      string          `json:"type"`
	Size       int64           `json:"size"`
	Created    looseTime       `json:"createdDateTime"`
	Modified   looseTime       `json:"lastModifiedDateTime"`
	Categories []string        `json:"categories"`
	Removed    json.RawMessage `json:"@removed"`
}

// itemPageSize makes a first copy cost little more than its exports: 500 items
// a page is what others use against real mailboxes.
const itemPageSize = 500

// ItemsDelta reads the next page of a folder's items from a cursor: all of them
// from the empty one, changes from that of a finished round. An item may be
// repeated within a round; the last one counts. ErrGone: begin anew.
// ErrNotFound: the folder is no longer there.
func (c *Client) ItemsDelta(ctx context.Context, mbx Mailbox, folder, cursor string) (ItemPage, error) {
	r := request{
		call: c.inBox("list items of mailbox "+mbx.ID, mbx), method: "GET", header: outlook(itemPageSize),
		url: orElse(cursor, at("/v1.0/admin/exchange/mailboxes/{}/folders/{}/items/delta", mbx.ID, folder)),
	}
	var p page
	if err := c.ask(ctx, r, &p); err != nil {
		return ItemPage{}, goneIfForgotten(err)
	}
	out := ItemPage{Cursor: orElse(p.Next, p.Delta), Done: p.Next == "", Items: make([]ItemRef, 0, len(p.Value))}
	for _, raw := range p.Value {
		if ref, ok := itemRef(raw); ok {
			out.Items = append(out.Items, ref)
		} else {
			out.Broken++
		}
	}
	return out, checkCursor(r.what, cursor, out.Cursor, out.Done)
}

func itemRef(raw []byte) (ItemRef, bool) {
	var i itemJSON
	if json.Unmarshal(raw, &i) != nil || i.ID == "" {
		// A value of an unexpected type must not hide the item: its id suffices to export it.
		var bare struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(raw, &bare) != nil || bare.ID == "" {
			return ItemRef{}, false
		}
		return ItemRef{ID: bare.ID}, true
	}
	if len(i.Removed) > 0 && string(i.Removed) != "null" {
		return ItemRef{ID: i.ID, Removed: true}, true
	}
	return ItemRef{
		ID: i.ID, ChangeKey: i.ChangeKey, Class: i.Class, Size: i.Size, Categories: i.Categories,
		Created: time.Time(i.Created), Modified: time.Time(i.Modified),
	}, true
}
