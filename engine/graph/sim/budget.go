package sim

import (
	"strconv"
	"sync"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim/wire"
)

// Budgets are throttling limits. A zero limit does not limit.
type Budgets struct {
	OutlookRequests     int // per app and mailbox in OutlookWindow
	OutlookWindow       time.Duration
	OutlookConcurrent   int   // per app and mailbox
	OutlookUpload       int64 // bytes of POST, PATCH and PUT per app and mailbox in OutlookUploadWindow
	OutlookUploadWindow time.Duration
	DriveUnitsMinute    int // resource units per app and tenant
	DriveUnitsDay       int
	DirectoryUnits      int // resource units per app and tenant in 10 seconds
}

// StandardBudgets are the limits of a tenant with up to 1,000 licences
// ("Microsoft Graph service-specific throttling limits", "How to avoid getting
// throttled or blocked in SharePoint Online").
func StandardBudgets() *Budgets {
	return &Budgets{
		OutlookRequests: 10_000, OutlookWindow: 10 * time.Minute, OutlookConcurrent: 4,
		OutlookUpload: 150 << 20, OutlookUploadWindow: 5 * time.Minute,
		DriveUnitsMinute: 1250, DriveUnitsDay: 1_200_000, DirectoryUnits: 3500,
	}
}

// limiter counts what calls cost against the budgets.
type limiter struct {
	clock   clock.Clock
	budgets *Budgets

	mu      sync.Mutex
	windows map[string]*window
	running map[string]int
}

// window counts in fixed stretches of time.
type window struct {
	ends time.Time
	used int64
}

// verdict is what the limiter says about a call.
type verdict struct {
	refused    bool
	retryAfter time.Duration
	message    string
	header     map[string]string // RateLimit headers near the limit
	release    func()            // when the call ends; nil if there is nothing to do
}

func newLimiter(c clock.Clock, b *Budgets) *limiter {
	return &limiter{clock: c, budgets: b, windows: map[string]*window{}, running: map[string]int{}}
}

// admit charges a call. key names the mailbox for the Outlook pool and the
// tenant for the others. Refused calls count too.
func (l *limiter) admit(pool wire.Pool, app, key string, units int, upload int64) verdict {
	if l.budgets == nil {
		return verdict{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	key = app + " " + key
	switch pool {
	case wire.PoolOutlook:
		return l.admitOutlook("outlook "+key, upload)
	case wire.PoolDrive:
		return l.admitDrive("drive "+key, units)
	case wire.PoolDirectory:
		return l.admitDirectory("directory "+key, units)
	}
	return verdict{}
}

func (l *limiter) admitDirectory(key string, units int) verdict {
	limit := int64(l.budgets.DirectoryUnits)
	left, wait := l.spend(key, int64(units), limit, 10*time.Second)
	v := verdict{}
	if limit > 0 && left < limit/5 { // from 80 % of the limit
		share := min(float64(limit-left)/float64(limit), 1.8)
		v.header = map[string]string{"x-ms-throttle-limit-percentage": strconv.FormatFloat(share, 'f', 1, 64)}
	}
	if left < 0 {
		v.refused, v.retryAfter, v.message = true, wait, "Too many requests"
		v.header["x-ms-throttle-information"] = "ResourceUnitLimitExceeded"
	}
	return v
}

func (l *limiter) admitOutlook(key string, upload int64) verdict {
	b := l.budgets
	if left, wait := l.spend(key, 1, int64(b.OutlookRequests), b.OutlookWindow); left < 0 {
		return verdict{refused: true, retryAfter: wait, message: "Application is over its request limit."}
	}
	if left, wait := l.spend(key+" upload", upload, b.OutlookUpload, b.OutlookUploadWindow); left < 0 {
		return verdict{refused: true, retryAfter: wait, message: "Application is over its upload limit."}
	}
	if b.OutlookConcurrent > 0 {
		if l.running[key] >= b.OutlookConcurrent {
			return verdict{refused: true, retryAfter: time.Second, message: "Application is over its MailboxConcurrency limit."}
		}
		l.running[key]++
		return verdict{release: func() { l.leave(key) }}
	}
	return verdict{}
}

func (l *limiter) leave(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running[key]--; l.running[key] <= 0 {
		delete(l.running, key)
	}
}

func (l *limiter) admitDrive(key string, units int) verdict {
	b := l.budgets
	limit := int64(b.DriveUnitsMinute)
	left, wait := l.spend(key, int64(units), limit, time.Minute)
	v := verdict{}
	if limit > 0 && left < limit/5 { // from 80 % of the limit
		v.header = map[string]string{
			"RateLimit-Limit": strconv.FormatInt(limit, 10), "RateLimit-Remaining": strconv.FormatInt(max(left, 0), 10),
			"RateLimit-Reset": seconds(wait),
		}
	}
	dayLeft, dayWait := l.spend(key+" day", int64(units), int64(b.DriveUnitsDay), 24*time.Hour)
	if left >= 0 && dayLeft >= 0 {
		return v
	}
	if dayLeft < 0 {
		wait = dayWait
	}
	v.refused, v.retryAfter, v.message = true, wait, "The request has been throttled"
	return v
}

// spend takes n from a window and tells what is left of the limit, below zero
// when it is overdrawn, and how long the window still lasts.
func (l *limiter) spend(key string, n, limit int64, length time.Duration) (left int64, wait time.Duration) {
	now := l.clock.Now()
	w := l.windows[key]
	if w == nil || !now.Before(w.ends) {
		w = &window{ends: now.Add(length)}
		l.windows[key] = w
	}
	w.used += n
	if limit <= 0 {
		return 1 << 40, 0
	}
	return limit - w.used, w.ends.Sub(now)
}

// seconds writes a wait as Retry-After has it: whole seconds, at least one.
func seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int((d+time.Second-1)/time.Second)))
}
