// Package workload holds what reading any kind of resource has in common: the
// task it is given, the journal that lets a killed run continue, the merge that
// turns changes into a folder's new listing, and the result. The kinds
// themselves are the packages below it.
package workload

import (
	"context"
	"io"
	"iter"
	"sync"

	"vangnet/engine/clock"
	"vangnet/engine/job"
	"vangnet/engine/model"
)

// Stored is an object that was written to the vault.
type Stored struct {
	Object model.ObjectID
	Size   int64
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
