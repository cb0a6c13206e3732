// Package job runs long work: each piece has an id, a state, counters, a
// result and can be cancelled. It never prints and never blocks the work.
package job

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/event"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// keepEnded is how many ended jobs stay visible.
const keepEnded = 50

// Work is what a job does. It reports through r, stops soon after ctx ends,
// and returns what it brought also when it failed half-way.
type Work func(ctx context.Context, r *Reporter) (model.Result, error)

// Manager starts jobs and knows how they are doing.
type Manager struct {
	clock clock.Clock
	bus   *event.Bus

	mu     sync.Mutex
	next   int
	jobs   []*running // oldest first
	closed bool
	wg     sync.WaitGroup
}

type running struct {
	mu       sync.Mutex
	job      model.Job
	reporter *Reporter
	cancel   context.CancelFunc
	done     chan struct{}
}

// NewManager returns a manager that ticks bus at every change of state.
func NewManager(c clock.Clock, bus *event.Bus) *Manager { return &Manager{clock: c, bus: bus} }

// Start begins work and returns its id at once. about says what it is: kind,
// tenant and what it is called. ctx only carries values: the job lives until it
// ends, is cancelled or the manager closes.
func (m *Manager) Start(ctx context.Context, about model.Job, work Work) (string, error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		cancel()
		return "", errors.New("start job: the program is closing")
	}
	m.next++
	about.ID, about.State, about.Started = fmt.Sprintf("job-%d", m.next), model.JobRunning, m.clock.Now()
	r := &running{job: about, reporter: &Reporter{bus: m.bus}, cancel: cancel, done: make(chan struct{})}
	m.jobs = append(m.jobs, r)
	m.forgetOld()
	m.wg.Add(1)
	go m.run(ctx, r, work)
	m.bus.Tick()
	return r.job.ID, nil
}

func (m *Manager) run(ctx context.Context, r *running, work Work) {
	defer m.wg.Done()
	defer close(r.done)
	defer r.cancel()
	result, err := work(ctx, r.reporter)
	r.mu.Lock()
	r.job.Ended = m.clock.Now()
	r.job.Result = &result
	r.job.State = stateOf(ctx, result, err)
	if err != nil {
		r.job.Error = fault.Of(err)
	}
	r.mu.Unlock()
	m.bus.Tick()
}

func stateOf(ctx context.Context, result model.Result, err error) model.JobState {
	switch {
	case err != nil && ctx.Err() != nil:
		return model.JobCancelled
	case err != nil:
		return model.JobFailed
	case result.Failed > 0:
		return model.JobWarnings
	}
	return model.JobDone
}

// forgetOld drops the oldest ended jobs beyond keepEnded.
func (m *Manager) forgetOld() {
	for i := 0; len(m.jobs) > keepEnded && i < len(m.jobs); {
		select {
		case <-m.jobs[i].done:
			m.jobs = append(m.jobs[:i], m.jobs[i+1:]...)
		default:
			i++
		}
	}
}

// Jobs lists all known jobs, newest first, as they are now.
func (m *Manager) Jobs() []model.Job {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]model.Job, 0, len(m.jobs))
	for i := len(m.jobs) - 1; i >= 0; i-- {
		list = append(list, m.jobs[i].snapshot())
	}
	return list
}

func (r *running) snapshot() model.Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	j := r.job
	j.Progress = r.reporter.Progress()
	return j
}

// Cancel asks a job to stop. An unknown or ended one is left alone.
func (m *Manager) Cancel(id string) {
	if r := m.find(id); r != nil {
		r.mu.Lock()
		if !r.job.State.Ended() {
			r.job.State = model.JobCancelling
		}
		r.mu.Unlock()
		r.cancel()
		m.bus.Tick()
	}
}

// Wait returns the job when it has ended, or ctx's error.
func (m *Manager) Wait(ctx context.Context, id string) (model.Job, error) {
	r := m.find(id)
	if r == nil {
		return model.Job{}, fmt.Errorf("wait for %s: no such job", id)
	}
	select {
	case <-r.done:
		return r.snapshot(), nil
	case <-ctx.Done():
		return r.snapshot(), ctx.Err()
	}
}

func (m *Manager) find(id string) *running {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.jobs {
		if r.job.ID == id {
			return r
		}
	}
	return nil
}

// Close cancels every job and waits until all have ended.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closed = true
	for _, r := range m.jobs {
		r.cancel()
	}
	m.mu.Unlock()
	m.wg.Wait()
}

// Reporter counts what a job does. All methods may be called from any goroutine.
type Reporter struct {
	bus *event.Bus

	resources, resourcesTotal                              atomic.Int64
	items, itemsTotal, bytes, bytesTotal, failed, requests atomic.Int64
	waitUntil                                              atomic.Int64 // Unix nanoseconds
	now                                                    atomic.Pointer[string]
}

// Resource counts finished resources; Resources sets how many there are.
func (r *Reporter) Resource()       { r.resources.Add(1); r.bus.Tick() }
func (r *Reporter) Resources(n int) { r.resourcesTotal.Store(int64(n)); r.bus.Tick() }

// Item counts one finished item of so many bytes.
func (r *Reporter) Item(bytes int64) { r.items.Add(1); r.bytes.Add(bytes); r.bus.Tick() }

// Expect raises the totals.
func (r *Reporter) Expect(items, bytes int64) { r.itemsTotal.Add(items); r.bytesTotal.Add(bytes) }

// Reach sets items and bytes and their totals, for work that counts by itself.
func (r *Reporter) Reach(items, itemsTotal, bytes, bytesTotal int64) {
	r.items.Store(items)
	r.itemsTotal.Store(itemsTotal)
	r.bytes.Store(bytes)
	r.bytesTotal.Store(bytesTotal)
	r.bus.Tick()
}

// Fail counts one failed item.
func (r *Reporter) Fail() { r.failed.Add(1); r.bus.Tick() }

// Requests sets how many requests went to Microsoft.
func (r *Reporter) Requests(n int64) { r.requests.Store(n) }

// Now names what is being worked on.
func (r *Reporter) Now(address string) { r.now.Store(&address); r.bus.Tick() }

// Waiting says that Microsoft asked to wait until then; a moment in the past
// means that the wait is over.
func (r *Reporter) Waiting(until time.Time) { r.waitUntil.Store(until.UnixNano()); r.bus.Tick() }

// Progress is the state of all counters.
func (r *Reporter) Progress() model.Progress {
	p := model.Progress{
		Resources: int(r.resources.Load()), ResourcesTotal: int(r.resourcesTotal.Load()),
		Items: r.items.Load(), ItemsTotal: r.itemsTotal.Load(),
		Bytes: r.bytes.Load(), BytesTotal: r.bytesTotal.Load(),
		Failed: r.failed.Load(), Requests: r.requests.Load(),
	}
	if now := r.now.Load(); now != nil {
		p.Now = *now
	}
	if n := r.waitUntil.Load(); n != 0 {
		p.WaitUntil = time.Unix(0, n).UTC()
	}
	return p
}

// Discard is a Reporter for work that nobody watches.
func Discard() *Reporter { return &Reporter{bus: &event.Bus{}} }
