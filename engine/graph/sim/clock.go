package sim

import (
	"context"
	"sync/atomic"
	"time"

	"vangnet/engine/clock"
)

// ShiftedClock follows another clock, set forward by what Advance was told. It
// lets a running simulator jump a day ahead.
type ShiftedClock struct {
	base  clock.Clock
	ahead atomic.Int64
}

// NewShiftedClock returns a clock that begins level with base.
func NewShiftedClock(base clock.Clock) *ShiftedClock { return &ShiftedClock{base: base} }

// Now is the shifted time.
func (c *ShiftedClock) Now() time.Time { return c.base.Now().Add(time.Duration(c.ahead.Load())) }

// Sleep waits as the base clock does; Advance does not wake it.
func (c *ShiftedClock) Sleep(ctx context.Context, d time.Duration) error {
	return c.base.Sleep(ctx, d)
}

// Advance sets the clock forward by d.
func (c *ShiftedClock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }

// advancer is a clock that can be set forward: ShiftedClock and clock.Manual.
type advancer interface{ Advance(time.Duration) }
