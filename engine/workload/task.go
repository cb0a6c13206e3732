// Package workload holds what reading any kind of resource has in common: the
// task it is given, the journal that lets a killed run continue, the merge that
// turns changes into a folder's new listing, and the result. The kinds
// themselves are the packages below it.
package workload

import (
	"context"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"
	"sync"

	"vangnet/engine/clock"
	"vangnet/engine/job"
	"vangnet/engine/model"
)

// Stored is an object that was written to the vault.
type Stored struct {
	Object model.ObjectID
	Size   int64
	SHA256 [32]byte
}

// Listing is a folder's listing in the vault.
type Listing struct {
	Object model.ObjectID
	Items  int64
	Bytes  int64
}

// Store is what a run writes to, and what it reads of earlier snapshots.
// Everything written is durable after the next flush of the run.
type Store interface {
	// Put stores what r gives; compress is false for what is compressed already.
	Put(ctx context.Context, r io.Reader, compress bool) (Stored, error)
	// Concat makes one object whose bytes are those of the parts.
	Concat(ctx context.Context, parts []model.ObjectID) (model.ObjectID, error)
	// Listing stores a folder's listing; the entries come in order of name.
	Listing(ctx context.Context, entries iter.Seq2[model.Entry, error]) (Listing, error)
	// Entries reads a listing; the empty id has none.
	Entries(ctx context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error]
}

// Previous is the newest snapshot of a resource.
type Previous struct {
	Snapshot model.Snapshot
	Folders  []model.Folder
	State    []byte
}

// Task is one resource's part of a run.
type Task struct {
	Resource model.Resource
	Store    Store
	Previous *Previous // nil: first copy
	Journal  *Journal
	Report   *job.Reporter
	Clock    clock.Clock
}

// Result is what reading a resource brought.
type Result struct {
	Changed  bool // false: the previous snapshot says it all
	Folders  []model.Folder
	State    []byte
	Warnings []model.Reason
	Counts
}

// Counts counts items by outcome. Bytes are those of the saved items' content.
type Counts struct {
	Saved, Unchanged, Skipped, Failed, Bytes int64
	Errors                                   []model.ItemFault
}

// Tallier counts outcomes from several goroutines.
type Tallier struct {
	mu     sync.Mutex
	counts Counts
	report *job.Reporter
}

// maxErrors bounds how many failed items are listed one by one; the number of
// all is kept.
const maxErrors = 10_000

// NewTallier returns a Tallier that also tells report.
func NewTallier(report *job.Reporter) *Tallier { return &Tallier{report: report} }

// Saved counts one item that is in the vault now.
func (t *Tallier) Saved(bytes int64) {
	t.mu.Lock()
	t.counts.Saved++
	t.counts.Bytes += bytes
	t.mu.Unlock()
	t.report.Item(bytes)
}

// Failed counts one item that could not be had.
func (t *Tallier) Failed(f model.ItemFault) {
	t.mu.Lock()
	t.counts.Failed++
	if len(t.counts.Errors) < maxErrors {
		t.counts.Errors = append(t.counts.Errors, f)
	}
	t.mu.Unlock()
	t.report.Fail()
}

// Skipped counts items that nobody can have.
func (t *Tallier) Skipped(n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.Skipped += n
}

// Counts gives the counters; Unchanged is not its business.
func (t *Tallier) Counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counts
}

// PreviousFolders maps the folders of the previous snapshot by id.
func (t *Task) PreviousFolders() map[string]model.Folder {
	m := map[string]model.Folder{}
	if t.Previous != nil {
		for _, f := range t.Previous.Folders {
			m[f.ID] = f
		}
	}
	return m
}

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
	now, before map[string]map[string]bool // names of subfolders
}

// Lister begins to write listings; folders are all that the new snapshot has.
func (t *Task) Lister(folders []model.Folder) *Lister {
	l := &Lister{task: t, now: Subnames(folders)}
	if t.Previous != nil {
		l.before = Subnames(t.Previous.Folders)
	}
	return l
}

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
	before := func() iter.Seq2[model.Entry, error] { return t.Store.Entries(ctx, old.Listing) }
	entries, tally, err := Merge(ctx, t.Journal, f.ID, l.now[f.Path], before)
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
	return tally, nil
}
