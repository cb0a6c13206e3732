package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// charge spends the budget that a call costs, and refuses the call when there
// is none left.
func (s *Server) charge(c *call) error {
	units := max(1, c.route.Units)
	if c.route.Pool == wire.PoolDirectory {
		units = c.directoryUnits()
		c.extra = map[string]string{"x-ms-resource-unit": fmt.Sprint(units)}
	}
	if s.limits.budgets == nil {
		return nil
	}
	what := cost{pool: c.route.Pool, units: units, writes: c.r.Method != http.MethodGet, mailbox: c.params["user"] + c.params["mailbox"]}
	if c.token != nil {
		what.app, what.tenant = c.token.AppID, c.token.TenantID
		if c.route.Pool == wire.PoolOutlook {
			what.mailbox = s.mailboxKey(c)
		}
	}
	if c.r.Method != http.MethodGet {
		what.upload = max(0, c.r.ContentLength)
	}
	v := s.limits.admit(what)
	c.release = v.release
	for k, value := range v.header {
		c.addHeader(k, value)
	}
	switch {
	case v.blocked:
		e := wire.Errorf(http.StatusServiceUnavailable, "serviceNotAvailable", "The application has been blocked for ignoring that it was throttled.")
		e.Header = map[string]string{"Retry-After": seconds(v.retryAfter)}
		return e
	case v.refused:
		return throttled(c.route.Pool, v.retryAfter, v.message)
	}
	return nil
}

// directoryUnits is what a directory call costs: less with $select and with
// small pages, more with $expand ("Microsoft Graph service-specific throttling
// limits", identity and access).
func (c *call) directoryUnits() int {
	units := max(1, c.route.Units)
	q, err := foldQuery(c.r.URL.RawQuery)
	if err != nil {
		return units
	}
	if q.Has("select") {
		units--
	}
	if q.Has("expand") {
		units++
	}
	if n, err := strconv.Atoi(q.Get("top")); err == nil && n < 20 {
		units--
	}
	return max(1, units)
}

func (c *call) addHeader(name, value string) {
	if c.extra == nil {
		c.extra = map[string]string{}
	}
	c.extra[name] = value
}

// mailboxKey names the mailbox that an Outlook call works on.
func (s *Server) mailboxKey(c *call) string {
	t := s.world.Tenant(c.token.TenantID)
	if u := t.User(c.params["user"]); u != nil {
		return u.ID
	}
	if u := t.mailboxOwner(c.params["mailbox"]); u != nil {
		return u.ID
	}
	return c.params["user"] + c.params["mailbox"]
}

// throttled is the 429 in the words of the service behind the pool.
func throttled(pool wire.Pool, wait time.Duration, message string) error {
	e := &wire.Error{Status: http.StatusTooManyRequests, Header: map[string]string{"Retry-After": seconds(wait)}, Message: message}
	switch pool {
	case wire.PoolOutlook:
		e.Code = "ApplicationThrottled"
		if message == "" {
			e.Message = "Application is over its MailboxConcurrency limit."
		}
	case wire.PoolDrive:
		e.Code, e.Inner = "activityLimitReached", "throttledRequest"
		if message == "" {
			e.Message = "The request has been throttled"
		}
	default:
		e.Code = "TooManyRequests"
		if message == "" {
			e.Message = "Too many requests"
		}
	}
	return e
}
