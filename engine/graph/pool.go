package graph

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"vangnet/engine/clock"
)

// Waiting says that calls of a pool stand still because Microsoft asked for it,
// or because a budget is spent. A zero Until says that it is over.
type Waiting struct {
	Pool  string // mailbox, drive, directory, app
	Key   string // the mailbox; empty for pools of the whole tenant
	Until time.Time
}

// pool is one of Microsoft's throttling scopes. When it is told to wait, all
// its callers wait: calls sent in the meantime would count and prolong it
// ("Avoid getting throttled or blocked in SharePoint Online").
type pool struct {
	name, key string
	clock     clock.Clock
	report    func(Waiting)
	buckets   []*bucket     // of requests or resource units; none: only what the service says
	upload    *bucket       // of request body bytes; nil: unbounded
	slots     chan struct{} // calls in flight; nil: unbounded

	mu       sync.Mutex
	until    time.Time // nobody calls before
	refusals int       // in a row without an answer in between
	squeeze  *bucket   // the service told what is left (RateLimit headers) ...
	relax    time.Time // ... until then
}

// worthTelling is the shortest wait that is reported.
const worthTelling = time.Second

// enter waits until the pool has room for a call of so many units, and takes
// the room. leave gives the place in flight back; it may be called twice.
func (p *pool) enter(ctx context.Context, units float64) (leave func(), err error) {
	if err := p.pay(ctx, units); err != nil {
		return nil, err
	}
	for {
		if err := p.sit(ctx); err != nil {
			return nil, err
		}
		if err := p.sleepUntil(ctx, p.pausedUntil); err != nil {
			p.stand()
			return nil, err
		}
		if p.clock.Now().Before(p.pausedUntil()) {
			p.stand()
			continue
		}
		var once sync.Once
		return func() { once.Do(p.stand) }, nil
	}
}

func (p *pool) sit(ctx context.Context) error {
	if p.slots == nil {
		return ctx.Err()
	}
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pool) stand() {
	if p.slots != nil {
		<-p.slots
	}
}

// pay charges all buckets and waits for the slowest.
func (p *pool) pay(ctx context.Context, units float64) error {
	now := p.clock.Now()
	buckets := p.charged(now)
	var wait time.Duration
	for _, b := range buckets {
		wait = max(wait, b.take(units, now))
	}
	if p.upload != nil {
		wait = max(wait, p.upload.take(0, now))
	}
	until := now.Add(wait)
	err := p.sleepUntil(ctx, func() time.Time { return until })
	if err != nil {
		for _, b := range buckets {
			b.giveBack(units)
		}
	}
	return err
}

func (p *pool) charged(now time.Time) []*bucket {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.squeeze != nil && !now.Before(p.relax) {
		p.squeeze = nil
	}
	if p.squeeze == nil {
		return p.buckets
	}
	return append(p.buckets[:len(p.buckets):len(p.buckets)], p.squeeze)
}

// uploaded charges bytes of a request body after it has been sent.
func (p *pool) uploaded(n int64) {
	if p.upload != nil && n > 0 {
		p.upload.take(float64(n), p.clock.Now())
	}
}

func (p *pool) pausedUntil() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until
}

// sleepUntil sleeps until a moment that may move on meanwhile.
func (p *pool) sleepUntil(ctx context.Context, moment func() time.Time) error {
	told := false
	for {
		now, until := p.clock.Now(), moment()
		if !until.After(now) {
			if told {
				p.tell(ctx, time.Time{})
			}
			return ctx.Err()
		}
		if until.Sub(now) >= worthTelling {
			told = true
			p.tell(ctx, until)
		}
		if err := p.clock.Sleep(ctx, until.Sub(now)); err != nil {
			if told {
				p.tell(ctx, time.Time{})
			}
			return err
		}
	}
}

func (p *pool) tell(ctx context.Context, until time.Time) {
	meterOf(ctx).wait(p, until)
	if p.report != nil {
		p.report(Waiting{Pool: p.name, Key: p.key, Until: until})
	}
}

// refused makes everybody wait: as long as the service says, or ever longer.
func (p *pool) refused(e *Error, backoff func(n int) time.Duration) {
	now := p.clock.Now()
	p.mu.Lock()
	p.refusals++
	wait := max(e.retryAfter, e.limits.reset)
	if wait == 0 {
		wait = backoff(p.refusals)
	}
	if until := now.Add(wait); until.After(p.until) {
		p.until = until
	}
	p.mu.Unlock()
	for _, b := range p.buckets {
		b.slower(now)
	}
}

// answered notes that the service serves this pool again, and what it says
// about what is left.
func (p *pool) answered(l rateLimit) {
	now := p.clock.Now()
	p.mu.Lock()
	p.refusals = 0
	switch {
	case !l.known || l.reset <= 0:
	case l.remaining <= 0:
		if until := now.Add(l.reset); until.After(p.until) {
			p.until = until
		}
	default:
		p.squeeze = newBucket(l.remaining, l.reset, now)
		p.relax = now.Add(l.reset)
	}
	p.mu.Unlock()
	for _, b := range p.buckets {
		b.faster(now)
	}
}

// rateLimit is what SharePoint says from 80 % of a limit on
// (RateLimit headers, draft-ietf-httpapi-ratelimit-headers-03).
type rateLimit struct {
	known     bool
	remaining float64
	reset     time.Duration
}

func readLimits(h http.Header) rateLimit {
	remaining, err1 := strconv.ParseFloat(h.Get("RateLimit-Remaining"), 64)
	reset, err2 := strconv.ParseFloat(h.Get("RateLimit-Reset"), 64)
	if err1 != nil || err2 != nil || reset < 0 || remaining < 0 {
		return rateLimit{}
	}
	return rateLimit{known: true, remaining: remaining, reset: time.Duration(min(reset, maxWait.Seconds()) * float64(time.Second))}
}
