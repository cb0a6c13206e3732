package sim

import (
	"fmt"
	"net/http"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// damage is what a planned fault does to an answer.
type damage int

const (
	whole     damage = iota
	resetIn          // the connection dies in the body
	resetNow         // the connection dies before anything was done
	truncated        // the body ends early
	goingAway        // the server says that it closes the connection, and does so in the body
	slowly           // the body comes in pieces, with pauses between
)

// torn reports damage after which the client has no whole answer.
func (d damage) torn() bool { return d != whole && d != slowly }

// bareRefusal is an answer of a gateway before the service: a status and nothing else.
type bareRefusal struct{ status int }

func (b bareRefusal) Error() string { return fmt.Sprintf("status %d with an empty body", b.status) }

// disturb charges the budgets and rolls the planned faults.
func (s *Server) disturb(c *call) error {
	if s.options.Latency > 0 && !c.inBatch {
		if err := s.now.Sleep(c.r.Context(), s.options.Latency); err != nil {
			return wire.Errorf(http.StatusGatewayTimeout, "UnknownError", "The client went away.")
		}
	}
	if err := s.charge(c); err != nil {
		return err
	}
	roll := func(name string) bool { return s.faults.roll(name, c.r.Method+" "+c.route.Template) }
	for _, refusal := range plannedRefusals {
		if refusal.gateway && c.inBatch {
			continue // gateways stand before the batch as a whole
		}
		if roll(refusal.fault) {
			return refusal.answer(c)
		}
	}
	switch {
	case c.token != nil && roll(FaultExpire):
		s.keys.revoke(c.token)
		return s.challenge("Lifetime validation failed, the token is expired.")
	case c.token != nil && roll(Fault401):
		return s.unauthorized("Access token validation failure.")
	}
	if !c.inBatch {
		c.damage = s.rollDamage(c, roll)
	}
	return nil
}

// plannedRefusals are the faults that refuse a call, in the order in which they
// are rolled for.
var plannedRefusals = []struct {
	fault   string
	gateway bool // answers in the service's place
	answer  func(*call) error
}{
	{Fault429, false, func(c *call) error { return throttled(c.route.Pool, time.Second, "") }},
	{Fault503, false, func(*call) error {
		e := wire.Errorf(http.StatusServiceUnavailable, "serviceNotAvailable", "The service is temporarily unavailable. Please try again later.")
		e.Header = map[string]string{"Retry-After": "1"}
		return e
	}},
	{Fault503Empty, true, func(*call) error { return bareRefusal{http.StatusServiceUnavailable} }},
	{Fault504, false, func(*call) error { return wire.Errorf(http.StatusGatewayTimeout, "UnknownError", "") }},
	{Fault500, false, func(*call) error {
		return wire.Errorf(http.StatusInternalServerError, "InternalServerError", "An internal server error occurred. The operation failed.")
	}},
	{Fault502, false, func(*call) error {
		return wire.Errorf(http.StatusBadGateway, "BadGateway", "Failed to execute backend request.")
	}},
	// "Microsoft Graph error responses and resource types": 509 says nothing of when to come back.
	{Fault509, false, func(*call) error {
		return wire.Errorf(509, "bandwidthLimitExceeded", "Your app has been throttled for exceeding the maximum bandwidth cap.")
	}},
	{Fault404Empty, true, func(*call) error { return bareRefusal{http.StatusNotFound} }},
}

// rollDamage decides what becomes of an answer on its way. A call that changes
// something may be cut before it was carried out as well as after: the client
// cannot tell.
func (s *Server) rollDamage(c *call, roll func(string) bool) damage {
	mutates := c.r.Method != http.MethodGet && c.r.Method != http.MethodHead
	switch {
	case roll(FaultReset):
		if mutates && s.faults.share("reset before", c.id) < 0.5 {
			return resetNow
		}
		return resetIn
	case roll(FaultGoAway):
		return goingAway
	case !mutates && roll(FaultTruncate):
		return truncated
	case roll(FaultSlow):
		return slowly
	}
	return whole
}
