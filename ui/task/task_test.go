package task_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"vangnet/engine/clock"
	"vangnet/ui/task"
)

func TestPanicArrivesAsError(t *testing.T) {
	var got error
	var slot task.Slot
	task.Load(task.Inline(context.Background()), &slot, func(context.Context) (int, error) { panic("boom") },
		func(_ int, err error) { got = err })
	if got == nil || !strings.Contains(got.Error(), "boom") {
		t.Fatalf("got %v", got)
	}
	if slot.Busy() {
		t.Error("slot still busy")
	}
}

// TestStaleAnswerIsDropped asks twice; the first answer comes last.
func TestStaleAnswerIsDropped(t *testing.T) {
	r := task.Inline(context.Background())
	var slot task.Slot
	var shown []string
	ask := func(answer string, before func()) {
		task.Load(r, &slot, func(context.Context) (string, error) {
			if before != nil {
				before()
			}
			return answer, nil
		}, func(s string, _ error) { shown = append(shown, s) })
	}
	ask("old", func() { ask("new", nil) })
	if len(shown) != 1 || shown[0] != "new" {
		t.Fatalf("shown %v", shown)
	}
}

func TestStopCancelsTheQuestion(t *testing.T) {
	var slot task.Slot
	cancelled := false
	task.Load(task.Inline(context.Background()), &slot, func(ctx context.Context) (int, error) {
		slot.Stop()
		cancelled = ctx.Err() != nil
		return 1, nil
	}, func(int, error) { t.Error("a stopped answer was shown") })
	if !cancelled {
		t.Error("the context did not end")
	}
}

// TestEveryJoinsTicks holds that a burst of ticks gives few calls, and that
// closing the channel ends it.
func TestEveryJoinsTicks(t *testing.T) {
	ticks := make(chan struct{}, 1)
	c := clock.NewManual(time.Unix(0, 0))
	calls := make(chan struct{}, 10)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	task.Every(task.NewWith(ctx, func(f func()) { f() }), ticks, c, time.Second, func() { calls <- struct{}{} })
	ticks <- struct{}{}
	<-calls
	for range 5 { // come while it rests: all of them are one call
		select {
		case ticks <- struct{}{}:
		default:
		}
	}
	select {
	case <-calls:
		t.Fatal("called again before the pause was over")
	case <-time.After(20 * time.Millisecond):
	}
	for len(calls) == 0 {
		c.Advance(time.Second)
		time.Sleep(time.Millisecond)
	}
	<-calls
}
