// Package task runs work beside the screen and hands its result back to it.
// It is the only place of the interface that starts goroutines.
package task

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"

	"vangnet/engine/clock"
)

// Runner starts work and gives results back to the screen's own thread.
type Runner struct {
	ctx   context.Context
	start func(func()) // runs a function beside the caller
	post  func(func()) // runs a function on the screen's thread
	still bool         // time stands still: nothing waits
}

// New returns a Runner for a real window. Its work ends with ctx.
func New(ctx context.Context) *Runner { return NewWith(ctx, fyne.Do) }

// NewWith is New with another way to the screen's thread.
func NewWith(ctx context.Context, post func(func())) *Runner {
	return &Runner{ctx: ctx, start: func(f func()) { go f() }, post: post}
}

// Inline returns a Runner for tests: it does everything at once where it is
// asked, and time stands still, so that After and Every never call.
func Inline(ctx context.Context) *Runner {
	here := func(f func()) { f() }
	return &Runner{ctx: ctx, start: here, post: here, still: true}
}

// Post runs f on the screen's thread, from any thread.
func (r *Runner) Post(f func()) { r.post(f) }

// Context ends when the window closes.
func (r *Runner) Context() context.Context { return r.ctx }

// Slot is a place in a screen that shows the answer to the newest question:
// asking again cancels the older question and drops its answer. A Slot belongs
// to the screen's thread.
type Slot struct {
	asked  int
	cancel context.CancelFunc
}

// Stop cancels what is under way and drops its answer.
func (s *Slot) Stop() {
	s.asked++
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

// Busy reports whether an answer is awaited.
func (s *Slot) Busy() bool { return s.cancel != nil }

// Load asks beside the screen's thread and shows the answer on it. A panic of
// the asker arrives as an error. Cancelled and stale answers are not shown.
func Load[T any](r *Runner, s *Slot, ask func(context.Context) (T, error), show func(T, error)) {
	s.Stop()
	ctx, cancel := context.WithCancel(r.ctx)
	number := s.asked
	s.cancel = cancel
	r.start(func() {
		value, err := guard(ctx, ask)
		r.post(func() {
			defer cancel()
			if s.asked != number || ctx.Err() != nil {
				return
			}
			s.cancel = nil
			show(value, err)
		})
	})
}

// Every calls f on the screen's thread each time a tick arrives, until the
// channel closes or the window does. Ticks that come while f waits to run are
// one call.
func Every(r *Runner, ticks <-chan struct{}, c clock.Clock, pause time.Duration, f func()) {
	if r.still {
		return
	}
	r.start(func() {
		for {
			select {
			case <-r.ctx.Done():
				return
			case _, open := <-ticks:
				if !open {
					return
				}
			}
			r.post(f)
			if c.Sleep(r.ctx, pause) != nil {
				return
			}
		}
	})
}

// After calls f on the screen's thread when the pause is over, unless the slot
// was stopped or used again before.
func After(r *Runner, s *Slot, c clock.Clock, pause time.Duration, f func()) {
	if r.still {
		return
	}
	Load(r, s, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.Sleep(ctx, pause)
	}, func(_ struct{}, err error) {
		if err == nil {
			f()
		}
	})
}

func guard[T any](ctx context.Context, ask func(context.Context) (T, error)) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the program made a mistake: %v\n%s", p, debug.Stack())
		}
	}()
	return ask(ctx)
}
