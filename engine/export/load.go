package export

import (
	"context"
	"iter"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"vangnet/engine/mapi"
	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/engine/workload/mailbox"
)

// Bounds of what is read ahead.
const (
	aheadItems = 64       // items that are read or wait to be written
	aheadBytes = 24 << 20 // of their streams
	leastBytes = 32 << 10 // what the smallest of them is reckoned as
	fetchItems = 200      // whose places in the vault are fetched together
)

// loaded is a chosen thing with, for a mailbox item, its message.
type loaded struct {
	*chosen
	m    *mapi.Message // nil for files and folders
	done func() error  // lets go of the message's attachments
	err  error         // why the item could not be read
	free func()
}

// release lets go of what the item holds.
func (l *loaded) release() error {
	l.free()
	if l.done == nil {
		return nil
	}
	return l.done()
}

// loaded reads what was chosen, several at once, and yields it in order. Each
// must be released. What cannot be read comes with its error.
func (e *exporter) loaded(ctx context.Context, from iter.Seq2[*chosen, error]) iter.Seq2[*loaded, error] {
	return func(yield func(*loaded, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		g, ctx := errgroup.WithContext(ctx)
		queue := make(chan chan *loaded, aheadItems)
		room := semaphore.NewWeighted(aheadBytes)
		g.Go(func() error {
			defer close(queue)
			return e.feed(ctx, g, room, from, queue)
		})
		whole := e.drain(queue, yield)
		stop()
		for ready := range queue { // of a consumer that wants no more
			_ = (<-ready).release() // nobody reads it
		}
		if err := g.Wait(); err != nil && whole {
			yield(nil, err)
		}
	}
}

// drain passes on what is ready, in order. It reports false where the consumer
// wants no more.
func (e *exporter) drain(queue <-chan chan *loaded, yield func(*loaded, error) bool) bool {
	for ready := range queue {
		if !yield(<-ready, nil) {
			return false
		}
	}
	return true
}

// feed starts the reading of each thing when there is room for it.
func (e *exporter) feed(ctx context.Context, g *errgroup.Group, room *semaphore.Weighted, from iter.Seq2[*chosen, error], queue chan<- chan *loaded) error {
	slots := make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))
	var batch []*chosen
	send := func() error {
		e.prefetch(ctx, batch)
		for _, c := range batch {
			cost := min(max(c.size(), leastBytes), aheadBytes)
			if err := room.Acquire(ctx, cost); err != nil {
				return err
			}
			ready := make(chan *loaded, 1)
			select {
			case queue <- ready:
			case <-ctx.Done():
				room.Release(cost)
				return ctx.Err()
			}
			slots <- struct{}{}
			g.Go(func() error {
				ready <- e.load(ctx, c, func() { room.Release(cost) })
				<-slots
				return nil
			})
		}
		batch = batch[:0]
		return nil
	}
	for c, err := range from {
		if err != nil {
			return err
		}
		if batch = append(batch, c); len(batch) == fetchItems {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

// size is how many bytes of an item are held while it waits.
func (c *chosen) size() int64 {
	if c.Entry == nil || c.Entry.Mail == nil {
		return 0
	}
	return c.Entry.Size
}

// prefetch brings what is read next near. Any trouble shows when the items are
// read, each its own.
func (e *exporter) prefetch(ctx context.Context, batch []*chosen) {
	ids := make([]model.ObjectID, 0, len(batch))
	for _, c := range batch {
		if c.Entry != nil && c.Entry.Object != "" && fits(e.req.Format, c.Entry) {
			ids = append(ids, c.Entry.Object)
		}
	}
	_ = e.Content.Prefetch(ctx, ids)
}

func (e *exporter) load(ctx context.Context, c *chosen, free func()) *loaded {
	l := &loaded{chosen: c, free: free}
	switch {
	case c.Entry == nil:
	case !fits(e.req.Format, c.Entry):
		l.err = errUnfit
	case c.Entry.Object == "":
		l.err = workload.ErrNoContent
	case c.Entry.Mail != nil && (e.req.Format == model.ExportPST || !mailbox.IsMIME(*c.Entry)):
		l.m, l.done, l.err = mailbox.Load(ctx, *c.Entry, e.Content)
	}
	return l
}

// inTime reports whether an event is of the time that was asked for: one that
// touches it, or a series that does.
func (e *exporter) inTime(l *loaded) bool {
	if l.Entry.Kind != model.KindEvent || l.m == nil || e.req.From.IsZero() && e.req.Until.IsZero() {
		return true
	}
	from, until := span(l.m)
	if from.IsZero() {
		from = moment(l.Entry)
	}
	until = later(from, until)
	return (e.req.From.IsZero() || !until.Before(e.req.From)) && (e.req.Until.IsZero() || from.Before(e.req.Until))
}

// span is when an event is: of a series, from the first to the last time.
func span(m *mapi.Message) (from, until time.Time) {
	p := m.Props
	if p.NamedBool(mapi.Recurring) {
		from, until = p.NamedTime(mapi.ClipStart), p.NamedTime(mapi.ClipEnd)
	}
	if from.IsZero() {
		from = p.NamedTime(mapi.AppointmentStart)
	}
	return from, later(until, p.NamedTime(mapi.AppointmentEnd))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
