// Package clock is the only place that asks what time it is. Everything else
// is handed a Clock, so that a test can move time by hand.
package clock

import (
	"context"
	"sync"
	"time"
)

// Clock tells the time and waits.
type Clock interface {
	// Now is the current time in UTC.
	Now() time.Time
	// Sleep waits for d or until ctx ends, whichever is first, and returns
	// ctx's error in the second case.
	Sleep(ctx context.Context, d time.Duration) error
}

// System is the computer's clock.
func System() Clock { return system{} }

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

func (system) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Manual is a clock that only moves when told to. Sleepers wake when it has
// been moved past their moment.
type Manual struct {
	mu      sync.Mutex
	now     time.Time
	waiting []sleeper
}

type sleeper struct {
	until time.Time
	wake  chan struct{}
}

// NewManual returns a clock that stands at start.
func NewManual(start time.Time) *Manual { return &Manual{now: start.UTC()} }

// Now is the moment the clock stands at.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Advance moves the clock on by d and wakes whoever waited for less.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	kept := m.waiting[:0]
	for _, s := range m.waiting {
		if s.until.After(m.now) {
			kept = append(kept, s)
			continue
		}
		close(s.wake)
	}
	m.waiting = kept
}

// Sleep waits until Advance has moved the clock by d.
func (m *Manual) Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	m.mu.Lock()
	s := sleeper{until: m.now.Add(d), wake: make(chan struct{})}
	m.waiting = append(m.waiting, s)
	m.mu.Unlock()
	select {
	case <-s.wake:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
