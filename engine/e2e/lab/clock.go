package lab

import (
	"context"
	"sync/atomic"
	"time"

	"vangnet/engine/clock"
)

// Clock passes time faster than another clock, and can be set forward. What
// waits on it waits shorter, so that a test need not wait as long as a service asks.
type Clock struct {
	base  clock.Clock
	start time.Time
	speed int
	ahead atomic.Int64
}

// NewClock returns a clock that begins level with base and runs speed times as fast.
func NewClock(base clock.Clock, speed int) *Clock {
	return &Clock{base: base, start: base.Now(), speed: speed}
}

// Now is the time by this clock.
func (c *Clock) Now() time.Time {
	passed := c.base.Now().Sub(c.start)
	return c.start.Add(passed*time.Duration(c.speed) + time.Duration(c.ahead.Load()))
}

// Sleep waits until d has passed by this clock.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	return c.base.Sleep(ctx, d/time.Duration(c.speed))
}

// Advance sets the clock forward.
func (c *Clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }
