// Package drive reads and restores drives: OneDrives, and later the document
// libraries of SharePoint.
package drive

import (
	"context"
	"io"
	"time"
)

// Source is what reading a drive asks of Microsoft 365. Its errors are of the
// kinds of package graph.
type Source interface {
	// Changes reads the next page of a drive's changes: all items where cursor is
	// empty. graph.ErrGone asks to begin anew, at graph.Restart.
	Changes(ctx context.Context, drive, cursor string) (Page, error)
	// Content reads a file. The reader goes on by itself where the line broke,
	// and fails with graph.ErrChanged when the file changed meanwhile.
	Content(ctx context.Context, drive string, item Item) (io.ReadCloser, error)
	// Item tells what a file is now; graph.ErrNotFound when it is gone.
	Item(ctx context.Context, drive, id string) (Item, error)
}

// Page is one page of changes.
type Page struct {
	Items []Item
	Next  string // where to go on: in this round, or, when Done, in the next run
	Done  bool
}

// Item is a file, a folder or a package of a drive. Of a deleted one only ID is sure.
type Item struct {
	ID, Parent string
	Name       string
	Size       int64
	ETag       string // changes with anything
	CTag       string // changes with content
	QuickXor   string // base64; may be empty
	Created    time.Time
	Modified   time.Time
	Root       bool
	Folder     bool
	Package    string // such as oneNote
	Malware    bool
	Deleted    bool
	URL        string `json:"-"` // pre-authenticated address of the content; a secret; may be empty
}
