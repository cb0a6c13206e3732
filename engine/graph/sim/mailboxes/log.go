package mailboxes

import "sort"

// change is one entry of a change log: an object as of its newest change, or
// the mark of one that left. Entries of an object that changed again later are
// stale and skipped.
type change struct {
	seq  uint64
	item *item      // items: nil in a mark
	sub  *folder    // folders: nil in a mark
	gone *tombstone // set in a mark
}

// tombstone remembers an object that left.
type tombstone struct {
	number  uint64 // the item's or folder's own number
	place   uint64 // items: the place in its default id
	entered uint64 // sequence at which it came
}

// stale reports whether a later entry of the same log speaks for the object.
func (c change) stale(owner *folder) bool {
	switch {
	case c.item != nil:
		return c.item.seq != c.seq || c.item.folder != owner
	case c.sub != nil:
		return c.sub.seq != c.seq || c.sub.removed
	}
	return false
}

// changeLog lists changes in order. It is guarded by its mailbox's lock.
type changeLog struct {
	owner   *folder // the folder whose items it lists; nil for the folders' log
	changes []change
}

// add appends a change and drops stale ones when they are the greater part.
func (l *changeLog) add(c change, live int) {
	l.changes = append(l.changes, c)
	if len(l.changes) > 3*live+256 && len(l.changes)&0xFF == 0 {
		l.compact()
	}
}

func (l *changeLog) compact() {
	kept := l.changes[:0]
	for _, c := range l.changes {
		if !c.stale(l.owner) {
			kept = append(kept, c)
		}
	}
	clear(l.changes[len(kept):])
	l.changes = kept
}

// after returns the changes with a sequence above seq.
func (l *changeLog) after(seq uint64) []change {
	i := sort.Search(len(l.changes), func(i int) bool { return l.changes[i].seq > seq })
	return l.changes[i:]
}
