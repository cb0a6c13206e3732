package pst

import "errors"

// ErrFull is returned where a folder or a store has as many items as it can
// hold. The store can still be finished; what did not go in belongs into
// another one.
var ErrFull = errors.New("a PST file holds no more")

// ErrClosed is returned by a writer that was finished or closed.
var ErrClosed = errors.New("the PST file is closed")

// Warning is something of an item that did not go into the file as it was.
type Warning string

// The warnings.
const (
	WarnType       Warning = "type"       // a value of a type that a PST file does not have, left out
	WarnNames      Warning = "names"      // a named property beyond what a store can name, left out
	WarnProperties Warning = "properties" // more properties than readers see; the least important were left out
	WarnCut        Warning = "cut"        // a text longer than tables can show, cut
	WarnAddress    Warning = "address"    // a person of whom only an address inside Exchange is known
	WarnParts      Warning = "parts"      // so many attachments that readers other than Outlook do not see them
	WarnTooMany    Warning = "too_many"   // attachments or recipients beyond what is written
	WarnDepth      Warning = "too_deep"   // items in items beyond what is written
	WarnDate       Warning = "date"       // an item without any date
)

// Warnings are those of one item, each once, in the order they came up.
type Warnings []Warning

func (w *Warnings) add(one Warning) {
	if !w.Has(one) {
		*w = append(*w, one)
	}
}

// Has reports whether one is among them.
func (w Warnings) Has(one Warning) bool {
	for _, have := range w {
		if have == one {
			return true
		}
	}
	return false
}
