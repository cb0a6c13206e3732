// Package archive holds the containers in which data is handed over: a ZIP
// (plain or encrypted), a folder of loose files, and a folder of MBOX files;
// each with a list of SHA-256 sums, and a cover page.
//
// It is given paths, dates and functions that write, and knows nothing else.
// Paths are hostile: what a container stores is a name that Windows takes, that
// cannot climb out, and that no other entry has. An entry that fails half-way
// leaves no trace, and the rest goes on. The containers are for one goroutine.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// Archive is what data is handed over in: a Zip, Files or an Mbox.
type Archive interface {
	// Add puts in what write writes. When write fails, or writes after ctx has
	// ended, the entry is taken back and the archive stays sound. An entry of
	// a path that was given before gets a mark in its name.
	Add(ctx context.Context, e Entry, write func(io.Writer) error) error
	// Dir makes a folder appear, also when nothing is put in it.
	Dir(path string, modified time.Time) error
	// Size is what the archive would take in bytes, finished now.
	Size() int64
	// WriteHashes writes the sums of all entries so far in the form that
	// sha256sum -c reads. It may be what an Add writes.
	WriteHashes(w io.Writer) error
	// Finish makes the archive whole; nothing can be added after it.
	Finish(ctx context.Context) error
	// Close lets go of everything. What is not finished is abandoned.
	Close() error
}

// Entry is a thing to put in.
type Entry struct {
	Path     string    // with forward slashes: "user@contoso.example/mail/Inbox/Offerte.eml"
	Modified time.Time // in the zone of those who will look at it; zero: not known
	Envelope *Envelope // of a mail in the form of RFC 5322; nil for all else
}

// Envelope is what stands outside of a mail; an Mbox needs it.
type Envelope struct {
	From string    // address of the sender, empty when not known
	Date time.Time // of arrival
}

// The errors that are not about one entry's content.
var (
	// ErrExists is refusing to replace what is there. It is a fs.ErrExist.
	ErrExists = fmt.Errorf("archive: %w", fs.ErrExist)
	// ErrPath is a path without a name in it.
	ErrPath = errors.New("archive: path has no name")
	// ErrPassword is a password that some program would not take or read
	// differently, see ZipOptions.
	ErrPassword = errors.New("archive: password must be 1 to 99 printable ASCII characters")
	// ErrClosed is putting in something after Finish or Close.
	ErrClosed = errors.New("archive: closed")
	// ErrBusy is putting in something while another entry is being written.
	ErrBusy = errors.New("archive: another entry is being written")
)

// gate says whether an archive takes entries.
type gate struct {
	busy     bool
	finished bool
	closed   bool
	broken   error // why an entry could not be taken back
}

// open begins something that must not overlap with another; shut ends it.
func (g *gate) open(ctx context.Context) error {
	switch {
	case g.closed || g.finished:
		return ErrClosed
	case g.busy:
		return ErrBusy
	case g.broken != nil:
		return fmt.Errorf("an earlier entry could not be taken back: %w", g.broken)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	g.busy = true
	return nil
}

func (g *gate) shut() { g.busy = false }
