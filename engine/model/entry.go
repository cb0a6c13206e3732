package model

import (
	"strings"
	"time"
)

// ItemKind says what an item is, independent of how it is stored.
type ItemKind string

// The kinds of item.
const (
	KindMessage  ItemKind = "message"
	KindEvent    ItemKind = "event"
	KindContact  ItemKind = "contact"
	KindTask     ItemKind = "task"
	KindNote     ItemKind = "note"
	KindOther    ItemKind = "other" // any other mailbox item
	KindFile     ItemKind = "file"
	KindFolder   ItemKind = "folder"
	KindNotebook ItemKind = "notebook" // a OneNote package: listed, content out of Graph's reach
)

// Form says how an item's bytes lie in the vault.
type Form string

// The forms.
const (
	FormFile   Form = "file"   // a file's own bytes
	FormStream Form = "stream" // an exported item stream, unchanged
	FormPieces Form = "pieces" // an exported item stream, large values as objects of their own (engine/mapi/fts, Pieces)
	FormMIME   Form = "mime"   // RFC 5322 text, because the stream could not be had
)

// ObjectID names an object in a vault. Its text is the vault's affair.
type ObjectID string

// Entry is one item in a folder's listing: all that browsing, searching and
// the next run need to know without reading the item itself.
type Entry struct {
	ID       string    `json:"i"`           // Graph's id, stable inside the resource
	Name     string    `json:"n"`           // last part of its address: unique in its folder without regard to case, safe on every file system
	Title    string    `json:"t,omitempty"` // the name at the source, where Name had to differ
	Kind     ItemKind  `json:"k"`
	Size     int64     `json:"s"` // bytes of the content as the source counts them
	Created  time.Time `json:"c"`
	Modified time.Time `json:"m"`
	Tag      string    `json:"g,omitempty"` // the source's change mark: equal mark, equal content
	Meta     string    `json:"e,omitempty"` // the source's mark of anything changed, metadata included
	Form     Form      `json:"f"`
	Object   ObjectID  `json:"o,omitempty"` // content; empty where there is none
	Hash     string    `json:"h,omitempty"` // "qx:" quickXorHash base64 (files), "s256:" hex (all others), of the content
	MIME     ObjectID  `json:"x,omitempty"` // the item's MIME beside a stream that is not trusted
	Warning  string    `json:"w,omitempty"` // fault code of an item that is stored but not wholly understood
	Mail     *MailFact `json:"l,omitempty"` // mailbox items only
}

// MailFact is what a listing keeps of a mailbox item.
type MailFact struct {
	Class       string    `json:"c"` // item class such as IPM.Note
	Subject     string    `json:"s,omitempty"`
	From        string    `json:"f,omitempty"` // "Name <address>"
	To          string    `json:"t,omitempty"` // the same, all recipients, separated by "; "
	Received    time.Time `json:"r"`
	Sent        time.Time `json:"d"`
	Read        bool      `json:"u,omitempty"`
	Draft       bool      `json:"a,omitempty"`
	Flagged     bool      `json:"g,omitempty"`
	Importance  int       `json:"i,omitempty"` // -1 low, 0 normal, 1 high
	Categories  []string  `json:"k,omitempty"`
	Attachments []string  `json:"n,omitempty"` // names
	MessageID   string    `json:"m,omitempty"`
	Text        string    `json:"b,omitempty"` // start of the body as plain text, for searching
}

// Folder is one folder of a snapshot.
type Folder struct {
	ID      string `json:"id"`
	Parent  string `json:"parent,omitempty"` // "" for a folder right below the resource's root
	Path    string `json:"path"`             // below the resource: "mail/Inbox", "Documenten/2026"; "" is a drive's root
	Title   string `json:"title,omitempty"`  // the name at the source, where the path's last part had to differ
	Class   string `json:"class,omitempty"`  // container class such as IPF.Note
	Known   string `json:"known,omitempty"`  // well-known name such as inbox
	Package string `json:"package,omitempty"`

	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`

	Listing ObjectID `json:"listing,omitempty"` // its items; empty: none
	Dir     ObjectID `json:"dir,omitempty"`     // its directory, subfolders included, as kopia reads it
	Items   int64    `json:"items"`             // items in it, without subfolders
	Bytes   int64    `json:"bytes"`
	Cursor  string   `json:"cursor,omitempty"`  // where the next run goes on reading (mailboxes); a secret of the tenant
	Partial bool     `json:"partial,omitempty"` // Cursor belongs to a round that was not completed
}

// Name is the last part of the folder's path.
func (f Folder) Name() string { return f.Path[strings.LastIndexByte(f.Path, '/')+1:] }

// Snapshot is the immutable result of one run for one resource.
type Snapshot struct {
	ID       string       `json:"id"`
	Tenant   TenantID     `json:"tenant"`
	Resource ResourceID   `json:"resource_id"`
	Kind     ResourceKind `json:"kind"`
	Address  string       `json:"resource"` // the resource's address at that time
	Run      string       `json:"run"`
	Time     time.Time    `json:"time"` // when reading began: content is at least as new as this
	Root     ObjectID     `json:"root"`
	Folders  ObjectID     `json:"folders"` // table of model.Folder, one JSON document a line
	State    ObjectID     `json:"state"`   // the workload's own state
	Items    int64        `json:"items"`
	Bytes    int64        `json:"bytes"`
	Failed   int64        `json:"failed"`
	Form     int          `json:"form"` // version of the layout
}
