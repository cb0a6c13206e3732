package graph

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Meter counts what calls cost: those made with a context from WithMeter. The
// zero value is ready. Meters nest; each counts what is below it.
type Meter struct {
	parent   *Meter
	requests atomic.Int64
	in, out  atomic.Int64

	mu      sync.Mutex
	waiting map[*pool]time.Time
}

// WithMeter makes calls count in m, and in the meters ctx already has.
func WithMeter(ctx context.Context, m *Meter) context.Context {
	if up := meterOf(ctx); up != m {
		m.parent = up
	}
	return context.WithValue(ctx, meterKey{}, m)
}

type meterKey struct{}

func meterOf(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

// Requests is the number of requests sent, repeats included.
func (m *Meter) Requests() int64 { return m.requests.Load() }

// BytesIn is the number of body bytes received.
func (m *Meter) BytesIn() int64 { return m.in.Load() }

// BytesOut is the number of body bytes sent.
func (m *Meter) BytesOut() int64 { return m.out.Load() }

// WaitingUntil is when the calls that wait for Microsoft now go on, the first
// of them; zero when none waits.
func (m *Meter) WaitingUntil() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	var first time.Time
	for _, until := range m.waiting {
		if first.IsZero() || until.Before(first) {
			first = until
		}
	}
	return first
}

func (m *Meter) wait(p *pool, until time.Time) {
	for ; m != nil; m = m.parent {
		m.mu.Lock()
		if m.waiting == nil {
			m.waiting = map[*pool]time.Time{}
		}
		if until.IsZero() {
			delete(m.waiting, p)
		} else {
			m.waiting[p] = until
		}
		m.mu.Unlock()
	}
}

func (m *Meter) count(requests, in, out int64) {
	for ; m != nil; m = m.parent {
		m.requests.Add(requests)
		m.in.Add(in)
		m.out.Add(out)
	}
}

// countingBody counts the bytes of a request body as they are sent.
type countingBody struct {
	io.ReadCloser
	n atomic.Int64
}

func (b *countingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n.Add(int64(n))
	return n, err
}
