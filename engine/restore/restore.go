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

	"vangnet/engine/fault"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/store/catalog"
)

// Index finds what a vault holds.
type Index interface {
	Walk(ctx context.Context, tenant model.TenantID, address string, at time.Time, past model.Past) iter.Seq2[catalog.Found, error]
	WalkRef(ctx context.Context, ref model.Ref, past model.Past) iter.Seq2[catalog.Found, error]
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
	r.plan.Target, r.result.Target = req.Target(), req.Target()
	return r
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
		if err := r.root(ctx, r.Index.Walk(ctx, r.req.Tenant, path, r.req.At, model.Past{})); err != nil {
			return fmt.Errorf("restore %s: %w", path, err)
		}
	}
	for _, ref := range r.req.Refs {
		r.asked = ""
		err := r.root(ctx, r.Index.WalkRef(ctx, ref, model.Past{}))
		if errors.Is(err, catalog.ErrNotFound) {
			return fault.New(fault.RefUnknown, err)
		}
		if err != nil {
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
