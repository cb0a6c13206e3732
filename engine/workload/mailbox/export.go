package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/model"
)

// An export call takes at most 20 items; large ones travel in smaller company,
// so that a broken line costs little.
const (
	batchItems = graph.MaxExport
	batchBytes = 24 << 20
	inFlight   = 3 // Microsoft allows four calls at once for a mailbox; one reads changes
)

// want is an item to be saved.
type want struct {
	folder *model.Folder
	item   Item
	round  *tracker // nil for items that are asked for again
	again  *try     // set for those
}

func (w want) done() error {
	if w.round == nil {
		return nil
	}
	return w.round.done()
}

// exporter gathers items into batches and saves several batches at once.
type exporter struct {
	r     *Reader
	part  *part
	ctx   context.Context // ends when saving fails
	fail  context.CancelCauseFunc
	group *errgroup.Group
	batch []want
	bytes int64

	mu      sync.Mutex
	pending map[string]struct{} // items that were added and are not done
}

func newExporter(ctx context.Context, r *Reader, p *part) *exporter {
	x := &exporter{r: r, part: p, pending: map[string]struct{}{}}
	x.ctx, x.fail = context.WithCancelCause(ctx)
	x.begin()
	return x
}

func (x *exporter) begin() {
	x.group = &errgroup.Group{}
	x.group.SetLimit(inFlight)
}

// add queues an item. It waits while as many batches as allowed are at work.
func (x *exporter) add(ctx context.Context, w want) error {
	if w.round != nil {
		w.round.add()
	}
	x.mu.Lock()
	x.pending[w.item.ID] = struct{}{}
	x.mu.Unlock()
	if len(x.batch) > 0 && x.bytes+w.item.Size > batchBytes {
		if err := x.flush(); err != nil {
			return err
		}
	}
	x.batch = append(x.batch, w)
	x.bytes += w.item.Size
	if len(x.batch) == batchItems {
		return x.flush()
	}
	return ctx.Err()
}

// done notes that an item is saved or has failed.
func (x *exporter) done(w want) error {
	x.mu.Lock()
	delete(x.pending, w.item.ID)
	x.mu.Unlock()
	return w.done()
}

// await waits for an item that is under way, before the journal hears anything
// newer of it: it may have been named in another folder since, or be gone, and
// what is noted last counts.
func (x *exporter) await(id string) error {
	x.mu.Lock()
	_, under := x.pending[id]
	x.mu.Unlock()
	if !under {
		return nil
	}
	return x.wait()
}

// flush sends what is queued on its way.
func (x *exporter) flush() error {
	if len(x.batch) > 0 {
		batch := x.batch
		x.batch, x.bytes = nil, 0
		x.group.Go(func() error {
			err := x.save(x.ctx, batch)
			if err != nil {
				x.fail(err)
			}
			return err
		})
	}
	return x.ctx.Err()
}

// wait saves what is queued and waits until nothing is under way; more can be
// added afterwards.
func (x *exporter) wait() error {
	err := x.flush()
	if saving := x.group.Wait(); saving != nil {
		return saving
	}
	x.begin()
	return err
}

// drain ends the exporter: it saves what is queued, unless reading failed, and
// waits. The cause is returned, not what followed from it.
func (x *exporter) drain(reading error) error {
	if reading == nil {
		reading = x.flush()
	}
	saving := x.group.Wait()
	x.fail(nil)
	if saving != nil && (reading == nil || errors.Is(reading, context.Canceled)) {
		return saving
	}
	return reading
}

// save saves a batch. Streams that are whole on the line but end early inside
// are asked for once more: Exchange cuts them off when it is short of time.
func (x *exporter) save(ctx context.Context, batch []want) error {
	cut, err := x.round(ctx, batch, false)
	if err != nil || len(cut) == 0 {
		return err
	}
	_, err = x.round(ctx, cut, true)
	return err
}

// round exports items once and notes what became of each. Unless it is the last
// one, it returns those that came cut off.
func (x *exporter) round(ctx context.Context, batch []want, last bool) (cut []want, err error) {
	ids := make([]string, 0, len(batch))
	for _, w := range batch {
		ids = append(ids, w.item.ID)
	}
	arrived := make(map[string]kept, len(batch))
	failed, err := x.r.Source.Export(ctx, x.part.id, ids, func(id, changeKey string, data io.Reader) error {
		delete(arrived, id)
		k, err := keep(ctx, x.r.Task.Store, data)
		if err != nil {
			return err
		}
		k.changeKey = changeKey
		arrived[id] = k
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, w := range batch {
		k, ok := arrived[w.item.ID]
		cause := failed[w.item.ID]
		if !ok && cause == nil {
			cause = fmt.Errorf("%w: it was not delivered", graph.ErrTruncated)
		}
		if cause == nil && !last && endsEarly(k.outcome) {
			cut = append(cut, w)
			continue
		}
		if err := x.r.settle(ctx, x.part, w, k, cause); err != nil {
			return nil, err
		}
		if err := x.done(w); err != nil {
			return nil, err
		}
	}
	return cut, nil
}

func endsEarly(o fts.Outcome) bool {
	return o.Reason == fts.ReasonTruncated || o.Reason == fts.ReasonUnclosed
}

// faultOf describes an item that could not be saved.
func (r *Reader) faultOf(w want, err error) model.ItemFault {
	f := model.ItemFault{
		Path: model.JoinAddress(r.Task.Resource.Address, w.folder.Path, "id:"+w.item.ID),
		ID:   w.item.ID, Folder: w.folder.ID, Cause: err.Error(), Code: causeOf(err),
	}
	if w.again != nil {
		f.Path = w.again.Path
		if f.Code == w.again.Code {
			f.Cause = w.again.Cause // the same story: no reason for a new snapshot
		}
	}
	return f
}

// causeOf is the stable word for why an item could not be had.
func causeOf(err error) string {
	switch {
	case errors.Is(err, graph.ErrTruncated):
		return fault.StreamTruncated
	case errors.Is(err, graph.ErrNotFound):
		return fault.ItemGone
	case errors.Is(err, graph.ErrLocked):
		return fault.ItemLocked
	}
	return fault.CorruptItem
}
