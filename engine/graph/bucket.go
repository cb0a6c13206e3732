package graph

import (
	"sync"
	"time"
)

// bucket is a budget that refills steadily. It may fall into debt: a call whose
// true cost is known only afterwards is let in and the next ones pay.
type bucket struct {
	mu    sync.Mutex
	base  float64 // units a second as documented
	rate  float64 // units a second now, never above base
	burst float64 // most units that can be saved up
	have  float64
	last  time.Time // when have was true
	eased time.Time // when rate last changed
}

// newBucket fills a budget of units in a window such that no window ever sees
// more: a tenth may come at once, the rest is spread over the window.
func newBucket(units float64, window time.Duration, now time.Time) *bucket {
	burst := units / 10
	rate := (units - burst) / window.Seconds()
	return &bucket{base: rate, rate: rate, burst: burst, have: burst, last: now, eased: now}
}

// widen sets another budget for the same window, keeping what was spent and how
// far the pace was taken back.
func (b *bucket) widen(units float64, window time.Duration, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill(now)
	burst := units / 10
	base := (units - burst) / window.Seconds()
	b.rate *= base / b.base
	b.have += burst - b.burst
	b.base, b.burst = base, burst
}

// take spends n units and returns how long the caller must wait before it acts.
// n above the burst waits for a full bucket, not for the impossible.
func (b *bucket) take(n float64, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill(now)
	need := min(n, b.burst)
	var wait time.Duration
	if need > b.have {
		wait = time.Duration((need - b.have) / b.rate * float64(time.Second))
	}
	b.have -= n
	return wait
}

// giveBack returns units of a call that was not made.
func (b *bucket) giveBack(n float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.have = min(b.have+n, b.burst)
}

func (b *bucket) refill(now time.Time) {
	if d := now.Sub(b.last); d > 0 {
		b.have = min(b.burst, b.have+d.Seconds()*b.rate)
		b.last = now
	}
}

// easeWait is the least time between two reductions of the pace.
const easeWait = 10 * time.Second

// slower takes back a fifth of the pace, down to a tenth of what is documented:
// somebody else spends from the same budget.
func (b *bucket) slower(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refill(now)
	b.have = min(b.have, 0)
	if b.rate < b.base && now.Sub(b.eased) < easeWait {
		return // several callers refused at once are one refusal
	}
	b.rate = max(b.rate*0.8, b.base*0.1)
	b.eased = now
}

// faster gives back a little pace each minute without a refusal.
func (b *bucket) faster(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rate >= b.base || now.Sub(b.eased) < time.Minute {
		return
	}
	b.refill(now)
	b.rate = min(b.rate*1.1, b.base)
	b.eased = now
}
