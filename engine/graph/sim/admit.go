package sim

import (
	"strconv"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// cost is what one call is charged with.
type cost struct {
	pool        wire.Pool
	app, tenant string
	mailbox     string // that an Outlook call works on
	units       int
	upload      int64 // bytes of its body
	writes      bool
}

// admit charges a call. Refused calls count too.
func (l *limiter) admit(c cost) verdict {
	if l.budgets == nil {
		return verdict{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch c.pool {
	case wire.PoolOutlook:
		return l.admitOutlook("outlook "+c.app+" "+c.mailbox, c.upload)
	case wire.PoolDrive:
		return l.admitDrive(c)
	case wire.PoolDirectory:
		return l.admitDirectory(c)
	}
	return verdict{}
}

func (l *limiter) admitDirectory(c cost) verdict {
	key, limit := "directory "+c.app+" "+c.tenant, int64(l.budgets.DirectoryUnits)
	s := l.spend(key, int64(c.units), limit, 10*time.Second)
	v := verdict{header: map[string]string{}}
	if limit > 0 && s.left < limit/5 { // from 80 % of the limit
		share := min(float64(limit-s.left)/float64(limit), 1.8)
		v.header["x-ms-throttle-limit-percentage"] = strconv.FormatFloat(share, 'f', 1, 64)
	}
	kind, information := "ReadWrite", "ResourceUnitLimitExceeded"
	if c.writes {
		if w := l.spend(key+" writes", 1, int64(l.budgets.DirectoryWrites), 150*time.Second); w.left < 0 {
			s, kind, information = w, "Write", "WriteLimitExceeded"
		}
	}
	if s.left < 0 {
		v = s.refuse(v, "Too many requests")
		v.header["x-ms-throttle-information"] = information
		v.header["x-ms-throttle-scope"] = "Tenant_Application/" + kind + "/" + c.app + "/" + c.tenant
	}
	return v
}

func (l *limiter) admitOutlook(key string, upload int64) verdict {
	b := l.budgets
	if s := l.spend(key, 1, int64(b.OutlookRequests), b.OutlookWindow); s.left < 0 {
		return s.refuse(verdict{}, "Application is over its request limit.")
	}
	if s := l.spend(key+" upload", upload, b.OutlookUpload, b.OutlookUploadWindow); s.left < 0 {
		return s.refuse(verdict{}, "Application is over its upload limit.")
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

func (l *limiter) admitDrive(c cost) verdict {
	b, key := l.budgets, "drive "+c.app+" "+c.tenant
	limit := int64(b.DriveUnitsMinute)
	s := l.spend(key, int64(c.units), limit, time.Minute)
	v := verdict{}
	if limit > 0 && s.left < limit/5 { // from 80 % of the limit
		v.header = map[string]string{
			"RateLimit-Limit": strconv.FormatInt(limit, 10), "RateLimit-Remaining": strconv.FormatInt(max(s.left, 0), 10),
			"RateLimit-Reset": seconds(s.wait),
		}
	}
	for _, w := range []spent{
		s, l.spend(key+" day", int64(c.units), int64(b.DriveUnitsDay), 24*time.Hour),
		l.spend("drives of "+c.tenant, int64(c.units), int64(b.DriveUnitsTenant), 5*time.Minute),
	} {
		if w.left < 0 && w.wait >= v.retryAfter {
			v = w.refuse(v, "The request has been throttled")
		}
	}
	return v
}

// spent is what a window says about a call.
type spent struct {
	left    int64         // of the limit; below zero when it is overdrawn
	wait    time.Duration // that the window still lasts
	blocked bool
}

// refuse makes a verdict a refusal.
func (s spent) refuse(v verdict, message string) verdict {
	v.refused, v.blocked, v.retryAfter, v.message = true, s.blocked, s.wait, message
	return v
}

// spend takes n from a window. A call that does not wait as it was told makes
// the window last longer, and too many of them close it.
func (l *limiter) spend(key string, n, limit int64, length time.Duration) spent {
	now := l.clock.Now()
	w := l.windows[key]
	if w == nil || !now.Before(w.ends) {
		w = &window{ends: now.Add(length)}
		l.windows[key] = w
	}
	if limit <= 0 {
		return spent{left: 1 << 40}
	}
	w.used += n
	if w.used <= limit {
		return spent{left: limit - w.used, wait: w.ends.Sub(now)}
	}
	switch {
	case w.refused.IsZero():
		w.refused = now
	case now.Sub(w.refused) > ignoreGrace && !w.blocked:
		w.ignored++
		if w.ends.Sub(now) < lengthened*length {
			w.ends = w.ends.Add(length / ignoreShare)
		}
		if l.budgets.BlockAfter > 0 && w.ignored > l.budgets.BlockAfter {
			w.blocked, w.ends = true, now.Add(l.budgets.BlockFor)
		}
	}
	return spent{left: limit - w.used, wait: w.ends.Sub(now), blocked: w.blocked}
}
