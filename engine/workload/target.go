package workload

import (
	"context"
	"errors"
	"io"

	"vangnet/engine/model"
)

// Step is one part of the path of a folder that things are put back into.
type Step struct {
	ID    string // of the folder it was, where that is the same tenant's; may be empty
	Title string // as people see it
	Name  string // as the copy calls it: unique in its folder and safe; may be empty
	Class string // container class of a mailbox folder
	Known string // well-known name of a mailbox folder, the same in every language
}

// Content gives an item's bytes as they are stored.
type Content interface {
	Open(ctx context.Context, id model.ObjectID) (io.ReadSeekCloser, error)
}

// Target is a place that things are put back into: a live mailbox, a live
// drive, or a folder on this computer.
type Target interface {
	// Folder finds the folder at a path, and makes it where it is missing unless
	// the target was opened for a look only: then it may be nil.
	Folder(ctx context.Context, path []Step, like model.Folder) (Spot, error)
	// Close ends the work: what must wait for the end, such as the dates of folders.
	Close(ctx context.Context) error
}

// Spot is one folder of a target, with what is in it already.
type Spot interface {
	// Has reports whether an item is there already.
	Has(e model.Entry) bool
	// Put puts an item into the folder. conflict says what to do where Has is
	// true; skip is not for Put. When it returns nil the item is there, complete
	// and checked.
	Put(ctx context.Context, e model.Entry, content Content, conflict model.Conflict) error
}

// ErrNoContent says that an item's content was never in Vangnet's reach.
var ErrNoContent = errors.New("its content is not in the copy")
