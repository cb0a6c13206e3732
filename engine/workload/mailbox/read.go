package mailbox

import (
	"bytes"
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

// state is what a mailbox's snapshot keeps beside its folders.
type state struct {
	Archive string           `json:"archive,omitempty"` // protected, not_protected, or "" where there is none
	Retry   map[string][]try `json:"retry,omitempty"`   // by folder id
}

// try is an item that the next run reads again.
type try struct {
	ID    string `json:"id"`
	Path  string `json:"path"`
	Code  string `json:"code"`
	Cause string `json:"cause"`
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
	x := newExporter(ctx, r, p)
	err := r.readFolders(x.ctx, p, x)
	return errors.Join(x.drain(err), ctx.Err())
}

func (r *Reader) readFolders(ctx context.Context, p *part, x *exporter) error {
	for i := range p.folders {
		f := &p.folders[i]
		if p.counted[f.ID] == 0 && r.previous[f.ID].Cursor == "" && !r.Task.Journal.Round(f.ID).Begun {
			continue // nothing in it and nothing known of it: no need to ask
		}
		r.Task.Report.Now(model.JoinAddress(r.Task.Resource.Address, f.Path))
		if err := r.readFolder(ctx, p, f, x); err != nil {
			return fmt.Errorf("read %s: %w", model.JoinAddress(r.Task.Resource.Address, f.Path), err)
		}
	}
	return nil
}

// readFolder reads one folder's changes, page by page.
func (r *Reader) readFolder(ctx context.Context, p *part, f *model.Folder, x *exporter) error {
	round := r.Task.Journal.Round(f.ID)
	if !round.Begun {
		round.Cursor, round.Full = r.previous[f.ID].Cursor, r.previous[f.ID].Cursor == ""
		if err := r.retryFailed(ctx, p, f, x); err != nil {
			return err
		}
	}
	known, err := r.knownTags(ctx, f.ID, round.Full)
	if err != nil {
		return err
	}
	track := &folderTrack{}
	for restarts := 0; !round.Complete; {
		page, err := r.Source.Items(ctx, p.id, f.ID, round.Cursor)
		if errors.Is(err, graph.ErrGone) && restarts < maxRestarts {
			restarts++
			round = workload.Round{Full: true}
			track.abandon()
			track = &folderTrack{}
			if err := r.Task.Journal.Restart(f.ID); err != nil {
				return err
			}
			if known, err = r.knownTags(ctx, f.ID, true); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		round.Cursor, round.Complete = page.Next, page.Done
		if err := r.readPage(ctx, f, page, round, known, track, x); err != nil {
			return err
		}
	}
	return nil
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
func (r *Reader) readPage(ctx context.Context, f *model.Folder, page Page, round workload.Round, known map[string]string, track *folderTrack, x *exporter) error {
	pg := track.begin(func() error {
		return r.Task.Journal.Progress(f.ID, round.Cursor, round.Full, round.Complete)
	})
	var count, size int64
	for _, item := range page.Items {
		if item.Removed {
			if err := r.Task.Journal.Gone(f.ID, item.ID); err != nil {
				return err
			}
			continue
		}
		if tag, ok := known[item.ID]; ok && tag == item.ChangeKey && tag != "" {
			if err := r.Task.Journal.Keep(f.ID, item.ID); err != nil {
				return err
			}
			continue
		}
		have, ok, err := r.Task.Journal.Has(f.ID, item.ID)
		if err != nil {
			return err
		}
		if ok && have.Tag == item.ChangeKey && item.ChangeKey != "" {
			continue // saved before the run was cut off
		}
		count, size = count+1, size+item.Size
		if err := x.add(ctx, want{folder: f, item: item, page: pg}); err != nil {
			return err
		}
	}
	r.Task.Report.Expect(count, size)
	return track.end(pg)
}

// retryFailed asks again for items that the previous run could not save.
func (r *Reader) retryFailed(ctx context.Context, p *part, f *model.Folder, x *exporter) error {
	for _, t := range r.was.Retry[f.ID] {
		if err := x.add(ctx, want{folder: f, item: Item{ID: t.ID}, again: &t}); err != nil {
			return err
		}
	}
	return nil
}

// finish writes the listings and puts the result together.
func (r *Reader) finish(ctx context.Context, parts []*part) (workload.Result, error) {
	res := workload.Result{Warnings: r.warnings}
	for _, p := range parts {
		for _, f := range p.folders {
			old := r.previous[f.ID]
			round := r.Task.Journal.Round(f.ID)
			f.Cursor = round.Cursor
			if !round.Begun {
				f.Cursor = old.Cursor
			}
			for _, flt := range r.Task.Journal.Faults(f.ID) {
				r.next.Retry[f.ID] = append(r.next.Retry[f.ID], try{ID: flt.ID, Path: flt.Path, Code: flt.Code, Cause: flt.Cause})
			}
			tally, err := r.Task.WriteListing(ctx, &f, old)
			if err != nil {
				return res, err
			}
			f.Dir = old.Dir
			res.Unchanged += tally.Unchanged
			res.Changed = res.Changed || !tally.Same() || old.ID == "" || old.Path != f.Path || round.Full && round.Begun
			res.Folders = append(res.Folders, f)
		}
	}
	res.Changed = res.Changed || len(res.Folders) != len(r.previous) || r.Task.Previous == nil ||
		r.Task.Clock.Now().Sub(r.Task.Previous.Snapshot.Time) > renewAfter
	var err error
	if res.State, err = json.Marshal(r.next); err != nil {
		return res, fmt.Errorf("write state of %s: %w", r.Task.Resource.Address, err)
	}
	if r.Task.Previous != nil && !bytes.Equal(res.State, r.Task.Previous.State) {
		res.Changed = true
	}
	unchanged := res.Unchanged
	res.Counts = r.tally.Counts()
	res.Unchanged = unchanged
	return res, nil
}
