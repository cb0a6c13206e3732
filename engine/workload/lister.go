package workload

import (
	"context"
	"fmt"
	"iter"
	"path"
	"strings"
	"time"

	"vangnet/engine/model"
)

// Subnames gives the folded names of the folders right below each folder, by
// the folder's path.
func Subnames(folders []model.Folder) map[string]map[string]bool {
	names := map[string]map[string]bool{}
	for _, f := range folders {
		if f.Path == "" {
			continue
		}
		parent, name := "", f.Path
		if i := strings.LastIndexByte(f.Path, '/'); i >= 0 {
			parent, name = f.Path[:i], f.Path[i+1:]
		}
		if names[parent] == nil {
			names[parent] = map[string]bool{}
		}
		names[parent][model.FoldName(name)] = true
	}
	return names
}

// Lister writes the listings of a run's folders.
type Lister struct {
	task        *Task
	newest      time.Time                  // of the items that were known before, see Newest
	now, before map[string]map[string]bool // names of subfolders
	written     map[string]bool            // by folder id
	came, went  map[idHash]struct{}        // see Outdated
	youngest    time.Time
}

// Lister begins to write listings; folders are all that the new snapshot has,
// and newest is what Newest said in the previous run: zero where items never
// move between folders that are read one after the other.
func (t *Task) Lister(folders []model.Folder, newest time.Time) *Lister {
	l := &Lister{
		task: t, newest: newest, youngest: newest, now: Subnames(folders), written: map[string]bool{},
		came: map[idHash]struct{}{}, went: map[idHash]struct{}{},
	}
	if t.Previous != nil {
		l.before = Subnames(t.Previous.Folders)
	}
	return l
}

// Newest is when the youngest item of the resource was made, by the source's
// own clock: what is younger was in no folder before.
func (l *Lister) Newest() time.Time { return l.youngest }

// named reports whether a folder has a subfolder of a new name.
func (l *Lister) named(path, oldPath string) bool {
	for name := range l.now[path] {
		if !l.before[oldPath][name] {
			return true
		}
	}
	return false
}

// Write writes a folder's new listing from its old one and the journal, and puts
// what came out into f. Nothing is read where the journal says nothing of the
// folder, and nothing written when nothing changed.
func (l *Lister) Write(ctx context.Context, f *model.Folder, old model.Folder) (Tally, error) {
	t := l.task
	f.Listing, f.Items, f.Bytes = old.Listing, old.Items, old.Bytes
	if !t.Journal.Round(f.ID).Touched && !(old.Items > 0 && l.named(f.Path, old.Path)) {
		return Tally{Unchanged: old.Items}, nil
	}
	entries, tally, err := Merge(ctx, t.Journal, Before{
		Folder: f.ID, Reserved: l.now[f.Path], Newest: l.newest,
		Entries: func() iter.Seq2[model.Entry, error] { return t.Store.Entries(ctx, old.Listing) },
	})
	if err != nil {
		return tally, fmt.Errorf("list %s: %w", path.Join(t.Resource.Address, f.Path), err)
	}
	if !tally.Same() {
		made := Listing{}
		if tally.Saved+tally.Unchanged > 0 {
			if made, err = t.Store.Listing(ctx, entries); err != nil {
				return tally, fmt.Errorf("write the listing of %s: %w", path.Join(t.Resource.Address, f.Path), err)
			}
		}
		f.Listing, f.Items, f.Bytes = made.Object, made.Items, made.Bytes
	}
	t.Journal.Forget(f.ID)
	l.note(f.ID, tally)
	return tally, nil
}

func (l *Lister) note(folder string, t Tally) {
	l.written[folder] = true
	if t.newest.After(l.youngest) {
		l.youngest = t.newest
	}
	for _, h := range t.came {
		l.came[h] = struct{}{}
	}
	for _, h := range t.went {
		l.went[h] = struct{}{}
	}
}

// Outdated reports whether the listing of a folder that no change was known of
// holds an item that a listing written since has too: it moved after this
// folder's changes were read. The folder must be written again; the journal
// knows why. To be asked when all folders have been written. The old listing is
// read only where items came in that were somewhere before, and that no folder
// let go of.
func (l *Lister) Outdated(ctx context.Context, f model.Folder, old model.Folder) (bool, error) {
	for h := range l.went {
		delete(l.came, h)
	}
	clear(l.went)
	if len(l.came) == 0 || l.written[f.ID] || old.Items == 0 {
		return false, nil
	}
	found := false
	for e, err := range l.task.Store.Entries(ctx, old.Listing) {
		if err != nil {
			return false, fmt.Errorf("read the previous listing of %s: %w", path.Join(l.task.Resource.Address, f.Path), err)
		}
		if _, ok := l.came[hashID(e.ID)]; !ok {
			continue
		}
		found = true
		if err := l.task.Journal.Gone(f.ID, e.ID); err != nil {
			return false, err
		}
	}
	return found, nil
}
