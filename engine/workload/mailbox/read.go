package mailbox

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

// renewAfter is the age at which an unchanged mailbox gets a new snapshot all
// the same: cursors that are not renewed expire after about a month.
const renewAfter = 7 * 24 * time.Hour

// maxRestarts is how often reading one folder begins anew in a run.
const maxRestarts = 3

// maxLooks is how often the folders of a mailbox are read in a run; see unsettled.
const maxLooks = 3

// state is what a mailbox's snapshot keeps beside its folders.
type state struct {
	Archive string           `json:"archive,omitempty"` // protected, not_protected, or "" where there is none
	Retry   map[string][]try `json:"retry,omitempty"`   // by folder id
	Newest  time.Time        `json:"newest,omitzero"`   // when the youngest item was made, by the service's clock
}

// try is an item that the next run reads again.
type try struct {
	ID    string      `json:"id"`
	Path  string      `json:"path"`
	Code  string      `json:"code"`
	Cause string      `json:"cause"`
	Of    model.Entry `json:"of"` // what its folder said of it
}

func tryOf(f workload.Failure) try {
	return try{ID: f.ID, Path: f.Path, Code: f.Code, Cause: f.Cause, Of: f.Of}
}

// Reader copies one mailbox in one run.
type Reader struct {
	Task   *workload.Task
	Source Source
	Trust  *Trust
	Log    *slog.Logger

	tally    *workload.Tallier
	previous map[string]model.Folder
	was      state
	next     state
	warnings []model.Reason
	failed   idSet           // in this run
	odd      odd             // items that were saved, but not as they should be
	vanished map[string]bool // folders that were deleted while the run was at work
}

// part is the primary mailbox or the archive.
type part struct {
	id      string // of the mailbox
	top     string
	folders []model.Folder
	counted map[string]int64 // items as the service counts them
}

// Read brings the copy up to date and returns the mailbox's new folders.
func (r *Reader) Read(ctx context.Context) (workload.Result, error) {
	r.tally = workload.NewTallier(r.Task.Report)
	r.previous = r.Task.PreviousFolders()
	r.next.Retry = map[string][]try{}
	r.vanished = map[string]bool{}
	if r.Task.Previous != nil && len(r.Task.Previous.State) > 0 {
		if err := json.Unmarshal(r.Task.Previous.State, &r.was); err != nil {
			return workload.Result{}, fmt.Errorf("read state of %s: %w", r.Task.Resource.Address, err)
		}
	}
	parts, err := r.parts(ctx)
	if err != nil {
		return workload.Result{}, err
	}
	for _, p := range parts {
		if err := r.readPart(ctx, p); err != nil {
			return workload.Result{Counts: r.tally.Counts(), Warnings: r.warnings}, err
		}
	}
	return r.finish(ctx, parts)
}

// parts finds the mailboxes of the user and their folders.
func (r *Reader) parts(ctx context.Context) ([]*part, error) {
	ids, err := r.Source.Mailboxes(ctx, r.Task.Resource.UserID)
	if err != nil {
		return nil, fmt.Errorf("find mailbox of %s: %w", r.Task.Resource.Address, err)
	}
	parts := []*part{{id: ids.Primary}}
	switch {
	case ids.Archive != "":
		parts = append(parts, &part{id: ids.Archive, top: archiveTop})
		r.next.Archive = string(model.Protected)
	case ids.Refused:
		r.next.Archive = string(model.NotProtected)
		r.warnings = append(r.warnings, model.Reason{Code: fault.ArchiveRefused})
	}
	for _, p := range parts {
		live, err := r.Source.Folders(ctx, p.id)
		if err != nil {
			return nil, fmt.Errorf("list folders of %s: %w", r.Task.Resource.Address, err)
		}
		p.folders = arrange(live, r.previous, p.top)
		p.counted = make(map[string]int64, len(live))
		for _, f := range live {
			p.counted[f.ID] = f.Items
		}
	}
	if ids.Archive == "" && ids.Refused {
		parts = append(parts, r.keepArchive()...)
	}
	return parts, nil
}

// keepArchive carries an archive over that an earlier run could read: that the
// tenant does not tell today is no reason to forget it.
func (r *Reader) keepArchive() []*part {
	p := &part{top: archiveTop}
	for _, f := range r.previous {
		if len(f.Path) > len(archiveTop) && f.Path[:len(archiveTop)+1] == archiveTop+"/" {
			p.folders = append(p.folders, f)
		}
	}
	if len(p.folders) == 0 {
		return nil
	}
	return []*part{p}
}

// readPart reads the changes of every folder and saves what they name.
func (r *Reader) readPart(ctx context.Context, p *part) error {
	if p.id == "" {
		return nil // carried over
	}
	again := r.failedBefore(p)
	x := newExporter(ctx, r, p)
	err := r.readFolders(x.ctx, p, r.worthAsking(p), x)
	for look := 1; err == nil && look < maxLooks; look++ {
		var folders []*model.Folder
		if folders, err = r.unsettled(p, x); err == nil {
			err = r.readFolders(x.ctx, p, folders, x)
		}
	}
	if err == nil {
		err = x.wait()
	}
	if err == nil {
		err = r.retry(x.ctx, p, again, x)
	}
	return errors.Join(x.drain(err), ctx.Err())
}

// worthAsking are the folders that have something, or had: one that was empty
// and is need not be asked.
func (r *Reader) worthAsking(p *part) []*model.Folder {
	var list []*model.Folder
	for i := range p.folders {
		f := &p.folders[i]
		if p.counted[f.ID] > 0 || r.previous[f.ID].Items > 0 || r.Task.Journal.Round(f.ID).Begun {
			list = append(list, f)
		}
	}
	return list
}

// unsettled are the folders to be read again because an item left another one
// without coming into any: it was deleted, or it moved to a folder that had been
// read already or was not asked, and would be missing from the snapshot.
func (r *Reader) unsettled(p *part, x *exporter) ([]*model.Folder, error) {
	if err := x.wait(); err != nil {
		return nil, err
	}
	last := -1
	for i := range p.folders {
		if r.Task.Journal.Left(p.folders[i].ID) {
			last = i
		}
	}
	var list []*model.Folder
	for i := range p.folders {
		if f := &p.folders[i]; i < last || last >= 0 && !r.Task.Journal.Round(f.ID).Begun {
			list = append(list, f)
		}
	}
	return list, nil
}

// readFolders reads the changes of folders, one after the other.
func (r *Reader) readFolders(ctx context.Context, p *part, folders []*model.Folder, x *exporter) error {
	for _, f := range folders {
		if r.vanished[f.ID] {
			continue
		}
		r.Task.Report.Now(model.JoinAddress(r.Task.Resource.Address, f.Path))
		err := r.readFolder(ctx, p, f, x)
		if errors.Is(err, graph.ErrNotFound) {
			err = r.missing(ctx, p, f, err)
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", model.JoinAddress(r.Task.Resource.Address, f.Path), err)
		}
	}
	return nil
}

// missing makes sure that a folder that cannot be found was deleted while the
// run was at work. One that is still listed is an error.
func (r *Reader) missing(ctx context.Context, p *part, f *model.Folder, cause error) error {
	live, err := r.Source.Folders(ctx, p.id)
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(live))
	for _, l := range live {
		there[l.ID] = true
	}
	if there[f.ID] {
		return cause
	}
	for _, other := range p.folders {
		if !there[other.ID] {
			r.vanished[other.ID] = true
		}
	}
	return nil
}

// readFolder reads one folder's changes since the previous snapshot. Where a
// run was cut off in the middle of it, it asks for them all again: naming items
// costs little beside reading them, and what is in the vault already is not
// read twice. A round that was complete goes on from its end.
func (r *Reader) readFolder(ctx context.Context, p *part, f *model.Folder, x *exporter) error {
	before := r.Task.Journal.Round(f.ID)
	rd := round{folder: f, cursor: r.previous[f.ID].Cursor, sweep: before.Begun, tracker: &tracker{}}
	if before.Complete {
		rd.cursor, rd.goOn = before.Cursor, true
	}
	for restarts := 0; ; restarts++ {
		err := r.readRound(ctx, p, rd, x)
		if !errors.Is(err, graph.ErrGone) || restarts == maxRestarts {
			return err
		}
		if err := x.wait(); err != nil { // so that the next round sees what was saved
			return err
		}
		rd = round{folder: f, sweep: true, tracker: &tracker{}}
	}
}

// round is the reading of one folder's changes, from a cursor to their end.
type round struct {
	folder  *model.Folder
	cursor  string
	goOn    bool              // from the end of a round that the journal holds
	sweep   bool              // something was saved before that may be gone
	known   map[string]string // change marks of the old listing, in a full round
	named   workload.Names    // when sweeping
	tracker *tracker
}

func (r *Reader) readRound(ctx context.Context, p *part, rd round, x *exporter) (err error) {
	j, f, cursor := r.Task.Journal, rd.folder, rd.cursor
	if !rd.goOn {
		if err := j.Begin(f.ID, cursor == ""); err != nil {
			return err
		}
		if rd.known, err = r.knownTags(ctx, f.ID, cursor == ""); err != nil {
			return err
		}
	}
	if rd.sweep {
		rd.named = workload.Names{}
	}
	for {
		page, err := r.Source.Items(ctx, p.id, f.ID, cursor)
		if err != nil {
			return err
		}
		if err := r.readPage(ctx, page, rd, x); err != nil {
			return err
		}
		if cursor = page.Next; page.Done {
			break
		}
	}
	if rd.sweep {
		if err := j.Sweep(f.ID, rd.named); err != nil {
			return err
		}
	}
	return rd.tracker.end(func() error { return j.Complete(f.ID, cursor) })
}

// knownTags maps the items of a folder's old listing to their change marks, for
// a round that reads the whole folder.
func (r *Reader) knownTags(ctx context.Context, folder string, full bool) (map[string]string, error) {
	old := r.previous[folder].Listing
	if !full || old == "" {
		return nil, nil
	}
	tags := map[string]string{}
	for e, err := range r.Task.Store.Entries(ctx, old) {
		if err != nil {
			return nil, fmt.Errorf("read the previous listing: %w", err)
		}
		if e.Form != model.FormMIME { // a stream may be had this time
			tags[e.ID] = e.Tag
		}
	}
	return tags, nil
}

// readPage takes in one page of changes.
func (r *Reader) readPage(ctx context.Context, page Page, rd round, x *exporter) error {
	j, f := r.Task.Journal, rd.folder
	var count, size int64
	for _, item := range page.Items {
		if err := x.await(item.ID); err != nil {
			return err
		}
		if item.Removed {
			if err := j.Gone(f.ID, item.ID); err != nil {
				return err
			}
			continue
		}
		if rd.named != nil {
			rd.named.Add(item.ID)
		}
		if tag, ok := rd.known[item.ID]; ok && tag == item.ChangeKey && tag != "" {
			if err := j.Keep(f.ID, item.ID); err != nil {
				return err
			}
			continue
		}
		have, ok, err := j.Has(f.ID, item.ID)
		if err != nil {
			return err
		}
		if ok && have.Tag == item.ChangeKey && item.ChangeKey != "" {
			continue // saved before the run was cut off
		}
		count, size = count+1, size+item.Size
		if err := x.add(ctx, want{folder: f, item: item, round: rd.tracker}); err != nil {
			return err
		}
	}
	r.Task.Report.Expect(count, size)
	return nil
}

// failedBefore are the items of each folder that could not be saved in the
// previous run, or before this one was cut off.
func (r *Reader) failedBefore(p *part) map[string][]try {
	all := map[string][]try{}
	for _, f := range p.folders {
		all[f.ID] = r.was.Retry[f.ID]
		for _, flt := range r.Task.Journal.Faults(f.ID) {
			all[f.ID] = append(all[f.ID], tryOf(flt))
		}
	}
	return all
}

// retry asks again for items that could not be saved before and that no change
// named since.
func (r *Reader) retry(ctx context.Context, p *part, again map[string][]try, x *exporter) error {
	asked := workload.Names{}
	for i := range p.folders {
		f := &p.folders[i]
		for _, t := range again[f.ID] {
			if r.vanished[f.ID] || r.Task.Journal.Settled(f.ID, t.ID) || r.failed.has(t.ID) || asked.Has(t.ID) {
				continue
			}
			asked.Add(t.ID)
			item := Item{ID: t.ID, ChangeKey: t.Of.Tag, Size: t.Of.Size, Created: t.Of.Created, Modified: t.Of.Modified}
			if err := x.add(ctx, want{folder: f, item: item, again: &t}); err != nil {
				return err
			}
		}
	}
	return nil
}
