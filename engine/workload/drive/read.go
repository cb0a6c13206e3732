package drive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// renewAfter is the age at which an unchanged drive gets a new snapshot all the
// same, so that its cursor is renewed before it expires.
const renewAfter = 7 * 24 * time.Hour

// maxRestarts is how often reading the changes begins anew in a run.
const maxRestarts = 3

// manyItems is the size of a round from which addresses are asked for later.
const manyItems = 5000

// state is what a drive's snapshot keeps beside its folders.
type state struct {
	Cursor string         `json:"cursor"`
	Retry  map[string]try `json:"retry,omitempty"` // by item id
}

// try is a file that the next run reads again.
type try struct {
	Item  Item   `json:"item"`
	Path  string `json:"path"`
	Code  string `json:"code"`
	Cause string `json:"cause"`
}

// Reader copies one drive in one run.
type Reader struct {
	Task   *workload.Task
	Source Source
	Log    *slog.Logger

	tally   *workload.Tallier
	was     state
	next    state
	full    bool
	changed map[string]*Item        // what the round named, last word; a drive can have 300,000
	folders map[string]model.Folder // live ones, by id, without paths yet
	nodes   map[string]workload.Node
	root    string
	places  map[string]workload.Place
}

// Read brings the copy up to date and returns the drive's new folders.
func (r *Reader) Read(ctx context.Context) (workload.Result, error) {
	r.tally = workload.NewTallier(r.Task.Report)
	if r.Task.Previous != nil && len(r.Task.Previous.State) > 0 {
		if err := json.Unmarshal(r.Task.Previous.State, &r.was); err != nil {
			return workload.Result{}, fmt.Errorf("read state of %s: %w", r.Task.Resource.Address, err)
		}
	}
	if err := r.readChanges(ctx); err != nil {
		return workload.Result{}, fmt.Errorf("read changes of %s: %w", r.Task.Resource.Address, err)
	}
	r.addRetries()
	if r.nothingNew() {
		return r.unchanged(), nil
	}
	r.placeFolders()
	fetch, err := r.sort(ctx)
	if err != nil {
		return workload.Result{Counts: r.tally.Counts()}, err
	}
	if err := r.fetch(ctx, fetch); err != nil {
		return workload.Result{Counts: r.tally.Counts()}, err
	}
	return r.finish(ctx)
}

// readChanges reads the whole round. Its answer is small beside the content:
// a run that was cut off asks again, and only content counts as saved.
func (r *Reader) readChanges(ctx context.Context) error {
	cursor := r.was.Cursor
	r.full = cursor == ""
	r.changed = map[string]*Item{}
	parents := map[string]string{}
	for restarts := 0; ; {
		page, err := r.Source.Changes(ctx, r.Task.Resource.DriveID, cursor)
		if errors.Is(err, graph.ErrGone) && restarts < maxRestarts {
			restarts++
			cursor, r.full = graph.Restart(err), true
			clear(r.changed)
			continue
		}
		if err != nil {
			return err
		}
		for _, i := range page.Items {
			if len(r.changed) > manyItems {
				i.URL = "" // it takes much room, and will have run out when its turn comes
			}
			if known, ok := parents[i.Parent]; ok {
				i.Parent = known // one text for all of a folder
			} else {
				parents[i.Parent] = i.Parent
			}
			r.changed[i.ID] = &i
		}
		cursor = page.Next
		if page.Done {
			r.next.Cursor = cursor
			return nil
		}
	}
}

// addRetries adds the files that the previous run could not read and that this
// round does not name.
func (r *Reader) addRetries() {
	for id, t := range r.was.Retry {
		if _, named := r.changed[id]; !named && !r.full {
			r.changed[id] = &t.Item
		}
	}
}

// nothingNew reports a round that names nothing but the root.
func (r *Reader) nothingNew() bool {
	if r.full || r.Task.Previous == nil {
		return false
	}
	for _, i := range r.changed {
		if !i.Root {
			return false
		}
	}
	return r.Task.Clock.Now().Sub(r.Task.Previous.Snapshot.Time) <= renewAfter
}

func (r *Reader) unchanged() workload.Result {
	res := workload.Result{Folders: r.Task.Previous.Folders, State: r.Task.Previous.State}
	for _, f := range res.Folders {
		res.Unchanged += f.Items
	}
	return res
}

// placeFolders applies the round to the tree of folders.
func (r *Reader) placeFolders() {
	r.folders, r.nodes = map[string]model.Folder{}, map[string]workload.Node{}
	previous := r.Task.PreviousFolders()
	if !r.full {
		for id, f := range previous {
			r.keepFolder(id, f)
		}
	}
	for id, i := range r.changed {
		switch {
		case i.Root:
			r.root = id
			r.folders[id] = model.Folder{ID: id, Created: i.Created, Modified: i.Modified}
		case i.Deleted || !i.Folder || i.Package != "":
			delete(r.folders, id)
			delete(r.nodes, id)
		default:
			r.folders[id] = model.Folder{ID: id, Created: i.Created, Modified: i.Modified}
			r.nodes[id] = workload.Node{ID: id, Parent: i.Parent, Title: i.Name}
		}
	}
	r.dropOrphans()
	nodes := make([]workload.Node, 0, len(r.nodes))
	for _, n := range r.nodes {
		nodes = append(nodes, n)
	}
	r.places = make(map[string]workload.Place, len(nodes))
	for _, p := range workload.Arrange(nodes, previous) {
		r.places[p.ID] = p
	}
}

func (r *Reader) keepFolder(id string, f model.Folder) {
	r.folders[id] = f
	if f.Path == "" {
		r.root = id
		return
	}
	title := f.Title
	if title == "" {
		title = f.Name()
	}
	parent := f.Parent
	r.nodes[id] = workload.Node{ID: id, Parent: parent, Title: title}
}

// dropOrphans removes folders whose parent is gone: they went with it, and the
// service need not have said so for each. A folder inside a package goes too.
func (r *Reader) dropOrphans() {
	for again := true; again; {
		again = false
		for id, n := range r.nodes {
			if n.Parent == "" || n.Parent == r.root {
				continue
			}
			if _, ok := r.nodes[n.Parent]; !ok {
				delete(r.nodes, id)
				delete(r.folders, id)
				again = true
			}
		}
	}
}

// sort reads the old listings once and decides about every file that the round
// names: gone, moved or renamed with the same content, or to be fetched.
func (r *Reader) sort(ctx context.Context) ([]string, error) {
	j := r.Task.Journal
	for id := range r.folders {
		if err := j.Begin(id, r.full); err != nil {
			return nil, err
		}
	}
	settled := map[string]bool{}
	if err := r.sweep(settled); err != nil {
		return nil, err
	}
	if r.Task.Previous != nil {
		for _, f := range r.Task.Previous.Folders {
			for e, err := range r.Task.Store.Entries(ctx, f.Listing) {
				if err != nil {
					return nil, fmt.Errorf("read the previous listing of %s: %w", f.Path, err)
				}
				if err := r.sortOld(f, e, settled); err != nil {
					return nil, err
				}
			}
		}
	}
	return r.toFetch(settled)
}

// sweep decides about what was saved before the run was cut off: a file may
// have been deleted, moved or renamed since.
func (r *Reader) sweep(settled map[string]bool) error {
	j := r.Task.Journal
	return j.Each(func(folder string, e model.Entry) error {
		i, named := r.changed[e.ID]
		switch {
		case !named || i.Deleted || i.Folder && i.Package == "" || r.folders[i.Parent].ID == "":
			return j.Gone(folder, e.ID)
		case !sameContent(e, *i):
			return nil // read again below
		}
		settled[e.ID] = true
		updated := entryOf(*i, e)
		if i.Parent == folder && titleOf(e) == updated.Title && e.Modified.Equal(updated.Modified) && e.Created.Equal(updated.Created) {
			return nil
		}
		return j.Put(i.Parent, updated)
	})
}

// sortOld decides about one entry of the previous snapshot.
func (r *Reader) sortOld(f model.Folder, e model.Entry, settled map[string]bool) error {
	j := r.Task.Journal
	i, named := r.changed[e.ID]
	if !named {
		return nil // still there, or, in a full round, gone: the merge knows
	}
	if i.Deleted || i.Folder {
		return j.Gone(f.ID, e.ID)
	}
	if i.Parent != f.ID {
		if err := j.Gone(f.ID, e.ID); err != nil {
			return err
		}
	}
	if settled[e.ID] || !sameContent(e, *i) || r.folders[i.Parent].ID == "" {
		return nil
	}
	settled[e.ID] = true
	updated := entryOf(*i, e)
	if i.Parent == f.ID && titleOf(e) == updated.Title && e.Modified.Equal(updated.Modified) && e.Created.Equal(updated.Created) {
		return j.Keep(f.ID, e.ID)
	}
	return j.Put(i.Parent, updated)
}

// sameContent reports that a file's content is what the vault has of it.
func sameContent(e model.Entry, i Item) bool {
	if e.Kind != model.KindFile || e.Object == "" {
		return e.Kind == model.KindNotebook && i.Package != ""
	}
	if i.CTag != "" && e.Tag == i.CTag {
		return true
	}
	return i.QuickXor != "" && e.Hash == "qx:"+i.QuickXor && e.Size == i.Size
}

// entryOf is a file's entry with content that is in the vault already.
func entryOf(i Item, content model.Entry) model.Entry {
	e := content
	e.Name, e.Title = "", i.Name
	e.Created, e.Modified, e.Tag, e.Meta = i.Created, i.Modified, i.CTag, i.ETag
	return e
}

func titleOf(e model.Entry) string {
	if e.Title != "" {
		return e.Title
	}
	return e.Name
}

// toFetch lists the ids of the files whose content must be read, and notes
// those that nobody can read.
func (r *Reader) toFetch(settled map[string]bool) ([]string, error) {
	var fetch []string
	for id, i := range r.changed {
		if settled[id] || i.Root || i.Deleted || i.Folder && i.Package == "" {
			continue
		}
		if r.folders[i.Parent].ID == "" {
			r.tally.Skipped(1) // inside a package: OneNote's own files
			continue
		}
		if i.Package != "" {
			r.tally.Skipped(1)
			e := model.Entry{ID: i.ID, Title: i.Name, Kind: model.KindNotebook, Size: i.Size, Created: i.Created, Modified: i.Modified, Warning: fault.ItemNotebook}
			if err := r.Task.Journal.Put(i.Parent, e); err != nil {
				return nil, err
			}
			continue
		}
		have, ok, err := r.Task.Journal.Has(i.Parent, id)
		if err != nil {
			return nil, err
		}
		if ok && sameContent(have, *i) {
			continue // saved before the run was cut off
		}
		r.Task.Report.Expect(1, i.Size)
		fetch = append(fetch, id)
	}
	return fetch, nil
}

// finish writes the listings and puts the result together.
func (r *Reader) finish(ctx context.Context) (workload.Result, error) {
	res := workload.Result{Changed: true}
	var saved, unchanged int64
	previous := r.Task.PreviousFolders()
	for id, f := range r.folders {
		f.Dir = previous[id].Dir
		if p, ok := r.places[id]; ok {
			f.Path, f.Parent, f.Title = p.Path, p.Parent, p.Title
			if f.Parent == "" {
				f.Parent = r.root
			}
		} else if id != r.root {
			continue
		}
		res.Folders = append(res.Folders, f)
	}
	listings := r.Task.Lister(res.Folders, time.Time{})
	for i := range res.Folders {
		f := &res.Folders[i]
		r.keepRetries(f.ID)
		tally, err := listings.Write(ctx, f, previous[f.ID])
		if err != nil {
			return res, err
		}
		saved, unchanged = saved+tally.Saved, unchanged+tally.Unchanged
	}
	res.Counts = r.tally.Counts()
	res.Saved, res.Unchanged = saved, unchanged // with what was saved before the run was cut off
	var err error
	if res.State, err = json.Marshal(r.next); err != nil {
		return res, fmt.Errorf("write state of %s: %w", r.Task.Resource.Address, err)
	}
	return res, nil
}

// keepRetries has the next run read again what this one could not.
func (r *Reader) keepRetries(folder string) {
	for _, flt := range r.Task.Journal.Faults(folder) {
		i, named := r.changed[flt.ID]
		if !named || i.Deleted {
			continue // it went away after a run that was cut off had tried it
		}
		if r.next.Retry == nil {
			r.next.Retry = map[string]try{}
		}
		r.next.Retry[flt.ID] = try{Item: *i, Path: flt.Path, Code: flt.Code, Cause: flt.Cause}
	}
}
