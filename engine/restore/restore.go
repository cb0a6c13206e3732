// Package restore puts things back: it finds what was asked for in the catalog,
// works out where each folder goes, and lets the target of that place take the
// items, looking first at what is there already.
package restore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"vangnet/engine/cause"
	"vangnet/engine/graph"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/store/catalog"
)

// Index finds what a vault holds.
type Index interface {
	Walk(ctx context.Context, tenant model.TenantID, address string, at time.Time) iter.Seq2[catalog.Found, error]
	WalkRef(ctx context.Context, ref model.Ref) iter.Seq2[catalog.Found, error]
	Folders(ctx context.Context, tenant model.TenantID, id model.ResourceID, at time.Time, deleted bool) ([]catalog.FolderRow, error)
}

// Content reads objects, and can be told what will be wanted.
type Content interface {
	workload.Content
	Prefetch(ctx context.Context, ids []model.ObjectID) error
}

// Places opens the places that things go to.
type Places interface {
	// Original opens a resource's own place.
	Original(ctx context.Context, id model.ResourceID, archive, look bool) (workload.Target, error)
	// Other opens the place that a live address names for things of a kind, and
	// gives the folders of the address below it.
	Other(ctx context.Context, address string, kind model.ResourceKind, archive, look bool) (workload.Target, []string, error)
	// Local opens a folder on this computer.
	Local(dir string, look bool) (workload.Target, error)
}

// Options say what a restore works with.
type Options struct {
	Index   Index
	Content Content
	Places  Places
	Report  *job.Reporter
}

// What is done at once, and how the expected time is reckoned.
const (
	atOnce       = 3
	chunk        = 200
	maxSamples   = 20
	maxErrors    = 10_000
	perItem      = 250 * time.Millisecond / atOnce // a request with its answer
	bytesASecond = 4 << 20
)

// restorer is a restore at work.
type restorer struct {
	Options
	req     model.RestoreRequest
	look    bool
	asked   string // the address that is being put back; empty for references
	targets map[string]placed
	titles  map[string]map[string]catalog.FolderRow // by resource and moment, then by path
	plan    model.RestorePlan

	mu     sync.Mutex
	result model.Result
}

// placed is an opened target with the folders that go before those of the copy.
type placed struct {
	target workload.Target
	base   []string
}

// item is one entry on its way back.
type item struct {
	entry   model.Entry
	address string
}

// Plan says what a restore would do, without doing any of it.
func Plan(ctx context.Context, o Options, req model.RestoreRequest) (model.RestorePlan, error) {
	r := newRestorer(o, req, true)
	err := r.all(ctx)
	p := r.plan
	p.Seconds = (time.Duration(p.Create+p.Copy+p.Replace)*perItem + time.Duration(p.Bytes/bytesASecond)*time.Second).Seconds()
	return p, errors.Join(err, r.close(ctx))
}

// Run restores. The result counts what was done, also beside an error.
func Run(ctx context.Context, o Options, req model.RestoreRequest) (model.Result, error) {
	r := newRestorer(o, req, false)
	r.result.Errors = []model.ItemFault{}
	err := r.all(ctx)
	return r.result, errors.Join(err, r.close(context.WithoutCancel(ctx)))
}

func newRestorer(o Options, req model.RestoreRequest, look bool) *restorer {
	r := &restorer{Options: o, req: req, look: look, targets: map[string]placed{}, titles: map[string]map[string]catalog.FolderRow{}}
	if r.req.Conflict == "" {
		r.req.Conflict = model.ConflictSkip
	}
	r.plan.Target = targetName(req)
	r.result.Target = r.plan.Target
	return r
}

func targetName(req model.RestoreRequest) string {
	switch {
	case req.ToDir != "":
		return req.ToDir
	case req.To != "":
		return req.To
	}
	return "original"
}

func (r *restorer) close(ctx context.Context) error {
	var errs error
	for _, p := range r.targets {
		errs = errors.Join(errs, p.target.Close(ctx))
	}
	return errs
}

// all goes through everything that was asked for.
func (r *restorer) all(ctx context.Context) error {
	for _, path := range r.req.Paths {
		r.asked = strings.Trim(path, "/")
		if err := r.root(ctx, r.Index.Walk(ctx, r.req.Tenant, path, r.req.At)); err != nil {
			return fmt.Errorf("restore %s: %w", path, err)
		}
	}
	for _, ref := range r.req.Refs {
		r.asked = ""
		if err := r.root(ctx, r.Index.WalkRef(ctx, ref)); err != nil {
			return err
		}
	}
	return nil
}

// root puts one folder with all below it back, or one item.
func (r *restorer) root(ctx context.Context, found iter.Seq2[catalog.Found, error]) error {
	var top *catalog.Found // the folder that was asked for, or the first of several
	var spot workload.Spot
	var batch []item
	at := ""
	for f, err := range found {
		if err != nil {
			return err
		}
		if top == nil {
			top = &f
		}
		where := string(f.Row.Ref.Resource) + "/" + f.Folder.Path
		if f.Entry == nil || where != at || len(batch) == chunk {
			if err := r.put(ctx, spot, batch); err != nil {
				return err
			}
			batch = nil
		}
		if f.Entry == nil || where != at {
			at = where
			if spot, err = r.enter(ctx, *top, f); err != nil {
				if spot, err = r.closed(ctx, f, err); err != nil {
					return err
				}
			}
		}
		if f.Entry != nil {
			batch = append(batch, item{entry: *f.Entry, address: f.Row.Path})
		}
	}
	return r.put(ctx, spot, batch)
}

// errPlace marks errors of opening a place at all, without which nothing can be
// put back.
var errPlace = errors.New("the place cannot be opened")

// closed stands for a folder that cannot be made: its items fail, the others of
// the restore go on. What would meet every folder ends the restore.
func (r *restorer) closed(ctx context.Context, f catalog.Found, err error) (workload.Spot, error) {
	err = fmt.Errorf("%s: %w", f.Row.Path, err)
	if r.look || ctx.Err() != nil || ends(err) || errors.Is(err, errPlace) {
		return nil, err
	}
	if f.Entry == nil {
		r.failed(model.ItemFault{Path: f.Row.Path, Cause: err.Error(), Code: cause.Code(err)})
	}
	return closedSpot{err}, nil
}

// closedSpot refuses everything.
type closedSpot struct{ err error }

func (closedSpot) Has(model.Entry) bool { return false }

func (s closedSpot) Put(context.Context, model.Entry, workload.Content, model.Conflict) error {
	return s.err
}

// claimer is a spot in which several things can look the same.
type claimer interface {
	// Claim says which entries will be asked about, before any is.
	Claim(entries []model.Entry)
}

// put takes a batch of one folder's items to their spot.
func (r *restorer) put(ctx context.Context, spot workload.Spot, batch []item) error {
	if len(batch) == 0 {
		return nil
	}
	if c, ok := spot.(claimer); ok {
		entries := make([]model.Entry, len(batch))
		for i := range batch {
			entries[i] = batch[i].entry
		}
		c.Claim(entries)
	}
	if r.look {
		r.count(spot, batch)
		return nil
	}
	ids := make([]model.ObjectID, 0, len(batch))
	for _, i := range batch {
		r.Report.Expect(1, i.entry.Size)
		if i.entry.Object != "" {
			ids = append(ids, i.entry.Object)
		}
	}
	if err := r.Content.Prefetch(ctx, ids); err != nil && ctx.Err() != nil {
		return ctx.Err() // any other trouble shows when the items are read, each its own
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for _, i := range batch {
		g.Go(func() error { return r.putOne(ctx, spot, i) })
	}
	return g.Wait()
}

func (r *restorer) putOne(ctx context.Context, spot workload.Spot, i item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.Report.Now(i.address)
	if r.req.Conflict == model.ConflictSkip && spot.Has(i.entry) {
		r.tally(func(res *model.Result) { res.Skipped++ })
		r.Report.Item(0)
		return nil
	}
	err := spot.Put(ctx, i.entry, r.Content, r.req.Conflict)
	switch {
	case err == nil:
		r.tally(func(res *model.Result) { res.Saved++; res.Bytes += i.entry.Size })
		r.Report.Item(i.entry.Size)
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case ends(err):
		return fmt.Errorf("restore %s: %w", i.address, err)
	}
	f := model.ItemFault{Path: i.address, ID: i.entry.ID, Cause: err.Error(), Code: cause.Code(err)}
	if errors.Is(err, workload.ErrNoContent) {
		f.Code = i.entry.Warning
	}
	r.failed(f)
	return nil
}

func (r *restorer) failed(f model.ItemFault) {
	r.tally(func(res *model.Result) {
		res.Failed++
		if len(res.Errors) < maxErrors {
			res.Errors = append(res.Errors, f)
		}
	})
	r.Report.Fail()
}

// ends tells what would meet every item from what costs one.
func ends(err error) bool {
	for _, kind := range []error{graph.ErrSignIn, graph.ErrForbidden, graph.ErrNetwork, graph.ErrQuota} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

func (r *restorer) tally(fn func(*model.Result)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fn(&r.result)
}

// count adds a batch to the plan.
func (r *restorer) count(spot workload.Spot, batch []item) {
	for _, i := range batch {
		r.plan.Items++
		there := spot != nil && spot.Has(i.entry)
		switch {
		case !there:
			r.plan.Create++
		case r.req.Conflict == model.ConflictSkip:
			r.plan.Skip++
			continue
		case r.req.Conflict == model.ConflictCopy:
			r.plan.Copy++
		default:
			r.plan.Replace++
		}
		r.plan.Bytes += i.entry.Size
		if len(r.plan.Samples) < maxSamples {
			r.plan.Samples = append(r.plan.Samples, i.address)
		}
	}
}

// enter opens the spot that a folder of the copy goes to. top is what was asked
// for: below another place only its own name and what is under it count.
func (r *restorer) enter(ctx context.Context, top, f catalog.Found) (workload.Spot, error) {
	if f.Folder.ID == "" {
		return nil, nil // a place that holds folders only
	}
	if f.Entry == nil {
		r.plan.Folders++
	}
	path := splitPath(f.Folder.Path)
	archive := len(path) > 0 && path[0] == "archive"
	kind := kindOf(f.Row.Ref.Resource)
	p, err := r.target(ctx, f.Row.Ref.Resource, kind, archive)
	if err != nil {
		return nil, err
	}
	steps, err := r.steps(ctx, f)
	if err != nil {
		return nil, err
	}
	if r.req.To != "" || r.req.ToDir != "" {
		steps = r.below(p.base, top, f, steps, kind)
	}
	if kind == model.Mailbox && len(steps) == 0 {
		return nil, fmt.Errorf("%w: a mailbox keeps items in folders only: name a folder, such as Inbox", errPlace)
	}
	return p.target.Folder(ctx, steps, f.Folder)
}

// below maps a folder's steps to another place.
func (r *restorer) below(base []string, top, f catalog.Found, steps []workload.Step, kind model.ResourceKind) []workload.Step {
	cut := 0 // steps above what was asked for
	switch {
	case top.Entry != nil: // one item goes right into the place
		cut = len(steps)
	case top.Folder.ID != "" && top.Row.Ref.Resource == f.Row.Ref.Resource && top.Folder.Path != "":
		cut = len(splitPath(top.Folder.Path)) - 1
		if kind == model.Mailbox {
			cut-- // the first part is no folder
		}
	}
	cut = max(0, min(cut, len(steps)))
	out := make([]workload.Step, 0, len(base)+len(steps)-cut+1)
	for _, name := range base {
		out = append(out, workload.Step{Title: name, Class: f.Folder.Class})
	}
	for _, name := range r.apart(top, f, kind) {
		out = append(out, workload.Step{Title: name})
	}
	for _, s := range steps[cut:] {
		s.ID = "" // another place: only names and well-known names count
		out = append(out, s)
	}
	return out
}

// apart are the folders on this computer that keep resources, and the parts of
// a mailbox, apart when several are put back at once: those of their addresses.
func (r *restorer) apart(top, f catalog.Found, kind model.ResourceKind) []string {
	several := top.Folder.ID == ""
	if r.asked != "" {
		several = len(r.asked) < len(f.Row.Resource) || kind == model.Mailbox && len(r.asked) == len(f.Row.Resource)
	}
	if r.req.ToDir == "" || !several {
		return nil
	}
	names := splitPath(f.Row.Resource)
	if path := splitPath(f.Folder.Path); kind == model.Mailbox && len(path) > 0 {
		names = append(names, path[0])
	}
	return names
}

// steps is the path of a folder of the copy, with the titles people know.
func (r *restorer) steps(ctx context.Context, f catalog.Found) ([]workload.Step, error) {
	res, at := f.Row.Ref.Resource, f.Row.Ref.At
	key := string(res) + "@" + at.Format(time.RFC3339Nano)
	if r.titles[key] == nil {
		rows, err := r.Index.Folders(ctx, r.req.Tenant, res, at, true)
		if err != nil {
			return nil, err
		}
		r.titles[key] = make(map[string]catalog.FolderRow, len(rows))
		for _, row := range rows {
			r.titles[key][bare(row.Path, kindOf(res))] = row
		}
	}
	parts := splitPath(f.Folder.Path)
	if kindOf(res) == model.Mailbox && len(parts) > 0 {
		parts = parts[1:]
	}
	steps := make([]workload.Step, len(parts))
	for i, name := range parts {
		steps[i] = workload.Step{Title: name, Name: name, Class: f.Folder.Class}
		if row, ok := r.titles[key][strings.Join(parts[:i+1], "/")]; ok {
			steps[i].ID, steps[i].Class, steps[i].Known = row.ID, row.Class, row.Known
			if row.Title != "" {
				steps[i].Title = row.Title
			}
		}
	}
	return steps, nil
}

// bare is a folder's path without the part that is no folder itself.
func bare(path string, kind model.ResourceKind) string {
	if kind != model.Mailbox {
		return path
	}
	_, rest, _ := strings.Cut(path, "/")
	return rest
}

// target opens the place that things of a resource go to, once.
func (r *restorer) target(ctx context.Context, id model.ResourceID, kind model.ResourceKind, archive bool) (p placed, err error) {
	key := fmt.Sprint(id, archive)
	if p, ok := r.targets[key]; ok {
		return p, nil
	}
	switch {
	case r.req.ToDir != "":
		p.target, err = r.Places.Local(r.req.ToDir, r.look)
	case r.req.To != "":
		p.target, p.base, err = r.Places.Other(ctx, r.req.To, kind, archive, r.look)
	default:
		p.target, err = r.Places.Original(ctx, id, archive, r.look)
	}
	if err != nil {
		return placed{}, fmt.Errorf("%w: %w", errPlace, err)
	}
	r.targets[key] = p
	return p, nil
}

func splitPath(p string) []string {
	if p == "" {
		return nil
	}
	return strings.Split(p, "/")
}

func kindOf(id model.ResourceID) model.ResourceKind {
	if strings.HasPrefix(string(id), "drive:") {
		return model.Drive
	}
	return model.Mailbox
}
