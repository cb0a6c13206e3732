package workload

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"vangnet/engine/model"
)

// Tally counts what a merge does to a folder's listing.
type Tally struct {
	Saved     int64 // new or changed entries
	Unchanged int64
	Gone      int64

	newest time.Time // when the youngest of the saved entries was made
	came   []idHash  // saved entries that the old listing lacks and that are not new to the resource
	went   []idHash  // entries of the old listing that are not in the new one
}

// Same reports that the new listing would equal the old one.
func (t Tally) Same() bool { return t.Saved == 0 && t.Gone == 0 }

// named is an entry of the journal under the name it gets.
type named struct {
	name string
	at   span
}

// Before is what is known of a folder from the previous snapshot.
type Before struct {
	Folder   string                               // its id
	Entries  func() iter.Seq2[model.Entry, error] // its listing, as often as asked
	Reserved map[string]bool                      // folded names that its items must not take
	Newest   time.Time                            // when the resource's youngest item was made
}

// merger puts a folder's old listing and the journal's changes together.
type merger struct {
	Before
	j      *Journal
	folder *folderIndex
	tally  Tally
	fresh  []named
}

// Merge gives a folder's new listing in order of name: what the old one lists,
// with the journal's changes. It reads the old one twice: names once given are
// kept, and a new item must not take one that is in use, nor a reserved one,
// which are those of subfolders: an address means one thing. It holds names and
// offsets in memory, never entries.
func Merge(ctx context.Context, j *Journal, b Before) (iter.Seq2[model.Entry, error], Tally, error) {
	j.mu.Lock()
	f := j.folder(b.Folder)
	j.mu.Unlock()
	m := &merger{Before: b, j: j, folder: f}
	taken, before, err := m.survey(ctx)
	if err != nil {
		return nil, Tally{}, err
	}
	if err := m.name(ctx, taken, before); err != nil {
		return nil, Tally{}, err
	}
	return m.entries(ctx), m.tally, nil
}

// survives reports whether an entry of the old listing is in the new one as it is.
func (m *merger) survives(h idHash) bool {
	if _, replaced := m.folder.items[h]; replaced {
		return false
	}
	if _, gone := m.folder.gone[h]; gone {
		return false
	}
	if m.j.elsewhere(m.folder, h) {
		return false // it moved after this folder was read
	}
	if !m.folder.full {
		return true
	}
	if _, kept := m.folder.kept[h]; kept {
		return true
	}
	// An item that failed in a full round is still there: its older copy is
	// worth more than nothing.
	_, failed := m.folder.faults[h]
	return failed
}

// survey reads the old listing: which names are in use, and what the items that
// the journal replaces were called.
func (m *merger) survey(ctx context.Context) (map[string]struct{}, map[idHash]model.Entry, error) {
	taken := map[string]struct{}{}
	before := map[idHash]model.Entry{}
	for e, err := range m.Entries() {
		if err != nil {
			return nil, nil, fmt.Errorf("read the listing of the previous snapshot: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		h := hashID(e.ID)
		if m.survives(h) {
			if m.Reserved[model.FoldName(e.Name)] { // a folder came that is called the same
				e.Title = titleOf(e)
				if err := m.j.Put(m.Folder, e); err != nil {
					return nil, nil, err
				}
				continue
			}
			m.tally.Unchanged++
			taken[model.FoldName(e.Name)] = struct{}{}
			continue
		}
		if _, replaced := m.folder.items[h]; replaced {
			if m.Reserved[model.FoldName(e.Name)] {
				continue // it cannot keep its name
			}
			before[h] = model.Entry{Name: e.Name, Title: e.Title}
			taken[model.FoldName(e.Name)] = struct{}{}
			continue
		}
		m.tally.Gone++
		m.tally.went = append(m.tally.went, h)
	}
	return taken, before, nil
}

// name gives every entry of the journal its name, in order of arrival.
func (m *merger) name(ctx context.Context, taken map[string]struct{}, before map[idHash]model.Entry) error {
	isTaken := func(folded string) bool { _, ok := taken[folded]; return ok || m.Reserved[folded] }
	for _, at := range m.folder.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := m.readTitle(at)
		if err != nil {
			return err
		}
		h := hashID(e.ID)
		if m.folder.items[h] != at {
			continue // superseded, or gone again
		}
		was, had := before[h]
		var name string
		if had && titleOf(was) == e.Title {
			name = was.Name
		} else {
			name = model.UniqueName(e.Title, e.ID, isTaken)
			taken[model.FoldName(name)] = struct{}{}
		}
		m.fresh = append(m.fresh, named{name: name, at: at})
		if e.Created.After(m.tally.newest) {
			m.tally.newest = e.Created
		}
		if !had && !e.Created.After(m.Newest) {
			m.tally.came = append(m.tally.came, h)
		}
	}
	m.tally.Saved = int64(len(m.fresh))
	slices.SortFunc(m.fresh, func(a, b named) int { return strings.Compare(a.name, b.name) })
	return nil
}

func (m *merger) read(at span) (model.Entry, error) {
	m.j.mu.Lock()
	defer m.j.mu.Unlock()
	return m.j.entryAt(at)
}

// readTitle reads the little of an entry that naming it asks for.
func (m *merger) readTitle(at span) (model.Entry, error) {
	m.j.mu.Lock()
	defer m.j.mu.Unlock()
	var l titleLine
	err := m.j.decode(at, &l)
	return model.Entry{ID: l.Item.ID, Title: l.Item.Title, Created: l.Item.Created}, err
}

// entries yields both, in order of name.
func (m *merger) entries(ctx context.Context) iter.Seq2[model.Entry, error] {
	return func(yield func(model.Entry, error) bool) {
		next := 0
		freshUpTo := func(name string, all bool) bool {
			for ; next < len(m.fresh) && (all || m.fresh[next].name < name); next++ {
				e, err := m.read(m.fresh[next].at)
				if err == nil {
					err = ctx.Err()
				}
				setName(&e, m.fresh[next].name)
				if !yield(e, err) || err != nil {
					return false
				}
			}
			return true
		}
		for e, err := range m.Entries() {
			if err != nil {
				yield(model.Entry{}, fmt.Errorf("read the listing of the previous snapshot: %w", err))
				return
			}
			if !m.survives(hashID(e.ID)) {
				continue
			}
			if !freshUpTo(e.Name, false) || !yield(e, nil) {
				return
			}
		}
		freshUpTo("", true)
	}
}

// titleOf is the name at the source.
func titleOf(e model.Entry) string {
	if e.Title != "" {
		return e.Title
	}
	return e.Name
}

// setName names an entry and drops a title that says the same.
func setName(e *model.Entry, name string) {
	e.Name = name
	if e.Title == name {
		e.Title = ""
	}
}
