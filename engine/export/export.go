// Package export hands data over: it finds what was chosen in the catalog, reads
// it from the vault, and writes it in the form that was asked for, in parts that
// each stand alone. What was finished is written down beside, so that an export
// that was cut off goes on after its last finished part.
package export

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"vangnet/engine/clock"
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
	Search(ctx context.Context, q model.SearchQuery) (model.SearchPage, error)
	Folders(ctx context.Context, tenant model.TenantID, id model.ResourceID, at time.Time, deleted bool) ([]catalog.FolderRow, error)
}

// Content reads objects, and can be told what will be wanted.
type Content interface {
	workload.Content
	Prefetch(ctx context.Context, ids []model.ObjectID) error
}

// Options say what an export works with.
type Options struct {
	Index   Index
	Content Content
	Report  *job.Reporter
	Clock   clock.Clock
	By      string // technician
	Texts   model.ExportTexts
}

// What is bounded, and how the expected time is reckoned.
const (
	maxErrors    = 10_000
	bytesASecond = 40 << 20
	itemsASecond = 4_000
)

// exporter is an export at work.
type exporter struct {
	Options
	req    model.ExportRequest
	shape  shape
	titles titles
	result model.Result
	hand   model.Handover
}

// Plan says what an export would hand over, without doing it.
func Plan(ctx context.Context, o Options, req model.ExportRequest) (model.ExportPlan, error) {
	e, err := newExporter(o, req)
	if err != nil {
		return model.ExportPlan{}, err
	}
	p, err := e.plan(ctx)
	p.Blocked, p.Continues = prospect(req)
	return p, err
}

func (e *exporter) plan(ctx context.Context) (model.ExportPlan, error) {
	p := model.ExportPlan{Kinds: map[string]int64{}}
	for c, err := range e.chosen(ctx, nil) {
		if err != nil {
			return p, err
		}
		if c.Entry == nil {
			continue
		}
		p.Items++
		p.Kinds[string(c.Entry.Kind)]++
		if !fits(e.req.Format, c.Entry) {
			p.Unfit++
			continue
		}
		p.Bytes += c.Entry.Size
	}
	p.Seconds = float64(p.Bytes)/bytesASecond + float64(p.Items)/itemsASecond
	return p, nil
}

// Run hands over. The result counts what was done, also beside an error.
func Run(ctx context.Context, o Options, req model.ExportRequest) (model.Result, error) {
	e, err := newExporter(o, req)
	if err != nil {
		return model.Result{}, err
	}
	err = e.run(ctx)
	return e.result, err
}

func newExporter(o Options, req model.ExportRequest) (*exporter, error) {
	if len(req.Paths)+len(req.Refs) == 0 && req.Search == nil {
		return nil, fault.New(fault.NothingChosen, errors.New("an export of nothing"))
	}
	if req.Password != "" && req.Format != model.ExportZIP {
		return nil, fault.New(fault.NotEncrypted, fmt.Errorf("a password for %s", req.Format), "form", string(req.Format))
	}
	if req.Split > 0 && req.Split < leastSplit {
		return nil, fault.New(fault.SplitSmall, fmt.Errorf("parts of %d bytes", req.Split), "size", fmt.Sprint(req.Split))
	}
	e := &exporter{Options: o, req: req, titles: titles{index: o.Index}}
	e.shape = shapeOf(req)
	e.result = model.Result{Errors: []model.ItemFault{}, Target: model.Target{Kind: model.TargetLocal, Address: req.Out}}
	e.hand = model.Handover{Tenant: req.Tenant, By: o.By, Request: req, Made: o.Clock.Now(), Kinds: map[string]int64{}}
	return e, nil
}

// run counts what is to be done, so that there is a time left to tell, and does it.
func (e *exporter) run(ctx context.Context) error {
	plan, err := e.plan(ctx)
	if err != nil {
		return err
	}
	if plan.Items == 0 {
		return fault.New(fault.NothingFound, errors.New("nothing of what was chosen is in the copies"))
	}
	if plan.Unfit == plan.Items {
		return fault.New(fault.FormUnfit, fmt.Errorf("nothing of it goes into %s", e.req.Format), "form", string(e.req.Format))
	}
	e.Report.Expect(plan.Items, plan.Bytes)
	p, err := openProgress(e.req)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }() // what matters was written and synced before
	e.recall(p)
	w := &parts{exporter: e, progress: p, next: len(p.finished) + 1}
	if err = e.write(ctx, w, p.done); err == nil {
		err = w.complete(ctx)
	}
	if err == nil {
		return p.remove()
	}
	err = errors.Join(err, w.abandon())
	if w.next == 1 { // there is nothing to go on after
		err = errors.Join(err, p.remove())
	}
	return err
}

// recall counts what finished parts of an earlier attempt hold.
func (e *exporter) recall(p *progress) {
	for _, f := range p.finished {
		e.merge(f.Tally)
	}
	total := e.Report.Progress()
	e.Report.Reach(e.hand.Items+e.hand.Failed, total.ItemsTotal, e.hand.Bytes, total.BytesTotal)
}

// write takes everything that was chosen to the parts, but for what is done.
func (e *exporter) write(ctx context.Context, w *parts, done map[mark]bool) error {
	for l, err := range e.loaded(ctx, e.chosen(ctx, done)) {
		if err != nil {
			return err
		}
		err := e.take(ctx, w, l)
		if err = errors.Join(err, l.release()); err != nil {
			return err
		}
	}
	return nil
}

// take adds one item, or notes why it cannot be handed over. An error ends the export.
func (e *exporter) take(ctx context.Context, w *parts, l *loaded) error {
	if l.Entry == nil {
		return w.folder(ctx, l.chosen)
	}
	if !e.inTime(l) {
		w.note(l) // it is not asked for again
		return nil
	}
	e.Report.Now(l.Row.Path)
	err := l.err
	if err == nil {
		err = w.add(ctx, l)
	}
	switch {
	case err == nil:
		w.tally.saved(l.chosen)
		e.Report.Item(l.Entry.Size)
	case ctx.Err() != nil:
		return ctx.Err()
	case endsExport(err):
		return fmt.Errorf("hand over %s: %w", l.Row.Path, err)
	default:
		w.tally.failed(l.chosen, err)
		e.Report.Fail()
	}
	w.note(l)
	return nil
}
