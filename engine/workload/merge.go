package workload

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"vangnet/engine/model"
)

// Tally counts what a merge does to a folder's listing.
type Tally struct {
	Saved     int64 // new or changed entries
	Unchanged int64
	Gone      int64
}

// Same reports that the new listing would equal the old one.
func (t Tally) Same() bool { return t.Saved == 0 && t.Gone == 0 }

// named is an entry of the journal under the name it gets.
type named struct {
	name string
	at   int64
}

// merger puts a folder's old listing and the journal's changes together.
type merger struct {
	j        *Journal
	id       string // of the folder
	folder   *folderIndex
	reserved map[string]bool
	tally    Tally
	fresh    []named
}

// Merge gives a folder's new listing in order of name: what old lists, with the
// journal's changes. It reads old twice: names once given are kept, and a new
// item must not take one that is in use, nor one of the reserved (folded) names,
// which are those of subfolders: an address means one thing. It holds names and
// offsets in memory, never entries.
func Merge(ctx context.Context, j *Journal, folder string, reserved map[string]bool, old func() iter.Seq2[model.Entry, error]) (iter.Seq2[model.Entry, error], Tally, error) {
	j.mu.Lock()
	f := j.folder(folder)
	j.mu.Unlock()
	m := &merger{j: j, id: folder, folder: f, reserved: reserved}
	taken, before, err := m.survey(ctx, old)
	if err != nil {
		return nil, Tally{}, err
	}
	if err := m.name(ctx, taken, before); err != nil {
		return nil, Tally{}, err
	}
	return m.entries(ctx, old), m.tally, nil
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
func (m *merger) survey(ctx context.Context, old func() iter.Seq2[model.Entry, error]) (map[string]struct{}, map[idHash]model.Entry, error) {
	taken := map[string]struct{}{}
	before := map[idHash]model.Entry{}
	for e, err := range old() {
		if err != nil {
			return nil, nil, fmt.Errorf("read the listing of the previous snapshot: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		h := hashID(e.ID)
		if m.survives(h) {
			if m.reserved[model.FoldName(e.Name)] { // a folder came that is called the same
				e.Title = titleOf(e)
				if err := m.j.Put(m.id, e); err != nil {
					return nil, nil, err
				}
				continue
			}
			m.tally.Unchanged++
			taken[model.FoldName(e.Name)] = struct{}{}
			continue
		}
		if _, replaced := m.folder.items[h]; replaced {
			if m.reserved[model.FoldName(e.Name)] {
				continue // it cannot keep its name
			}
			before[h] = model.Entry{Name: e.Name, Title: e.Title}
			taken[model.FoldName(e.Name)] = struct{}{}
			continue
		}
		m.tally.Gone++
	}
	return taken, before, nil
}

// name gives every entry of the journal its name, in order of arrival.
func (m *merger) name(ctx context.Context, taken map[string]struct{}, before map[idHash]model.Entry) error {
	isTaken := func(folded string) bool { _, ok := taken[folded]; return ok || m.reserved[folded] }
	for _, at := range m.folder.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, err := m.read(at)
		if err != nil {
			return err
		}
		h := hashID(e.ID)
		if m.folder.items[h] != at {
			continue // superseded, or gone again
		}
		var name string
		if was, ok := before[h]; ok && titleOf(was) == e.Title {
			name = was.Name
		} else {
			name = model.UniqueName(e.Title, e.ID, isTaken)
			taken[model.FoldName(name)] = struct{}{}
		}
		m.fresh = append(m.fresh, named{name: name, at: at})
	}
	m.tally.Saved = int64(len(m.fresh))
	slices.SortFunc(m.fresh, func(a, b named) int { return strings.Compare(a.name, b.name) })
	return nil
}

func (m *merger) read(at int64) (model.Entry, error) {
	m.j.mu.Lock()
	defer m.j.mu.Unlock()
	return m.j.entryAt(at)
}

// entries yields both, in order of name.
func (m *merger) entries(ctx context.Context, old func() iter.Seq2[model.Entry, error]) iter.Seq2[model.Entry, error] {
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
		for e, err := range old() {
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
