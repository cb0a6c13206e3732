package sim

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// call is one request to the service: of its own, or one of a batch.
type call struct {
	server  *Server
	r       *http.Request
	id      string // request-id
	version string // empty for pre-authenticated URLs
	path    string // escaped, below the version
	outer   *exchange
	inBatch bool
	route   *wire.Route
	params  map[string]string
	token   *claims
	damage  damage
	release func()            // gives the budget back when the answer is out
	extra   map[string]string // headers of every answer to this call
}

// damage is what a planned fault does to an answer.
type damage int

const (
	whole     damage = iota
	resetIn          // the connection dies in the body
	resetNow         // the connection dies before anything was done
	truncated        // the body ends early
)

// answer is a response ready to be written.
type answer struct {
	status  int
	header  http.Header
	body    []byte        // or
	stream  io.ReadCloser // one of the two
	length  int64         // of stream; -1: unknown
	damage  damage
	release func()
}

// call answers a request: sign-in checked, charged, perhaps struck by a
// planned fault, handled and shaped.
func (s *Server) call(c *call) *answer {
	a := s.answerCall(c)
	for k, v := range c.extra {
		if a.header.Get(k) == "" {
			a.header.Set(k, v)
		}
	}
	a.release, a.damage = c.release, c.damage
	return a
}

func (s *Server) answerCall(c *call) *answer {
	if c.version != "" {
		if err := s.authenticate(c); err != nil {
			return c.refuse(err)
		}
		if strings.EqualFold(c.path, "/$batch") && !c.inBatch {
			c.template("/$batch")
			return s.batch(c)
		}
	}
	if err := c.resolveMe(); err != nil {
		return c.refuse(err)
	}
	route, params, refused := s.router.Find(c.method(), c.version, c.path)
	if refused != nil {
		c.template("(unknown)")
		return c.refuse(refused)
	}
	c.route, c.params = route, params
	c.template(route.Template)
	if err := c.authorize(); err != nil {
		return c.refuse(err)
	}
	if err := s.disturb(c); err != nil {
		return c.refuse(err)
	}
	if c.damage == resetNow {
		return &answer{header: http.Header{}}
	}
	q, err := c.request()
	if err != nil {
		return c.refuse(err)
	}
	response, err := route.Handle(q)
	if err != nil {
		return c.refuse(err)
	}
	a, err := c.shape(q, response)
	if err != nil {
		return c.refuse(err)
	}
	s.note(c, a.status)
	return a
}

// resolveMe lets /me stand for the signed-in user.
func (c *call) resolveMe() error {
	first, rest, _ := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
	if c.version == "" || !strings.EqualFold(first, "me") {
		return nil
	}
	if c.token.Kind != "user" {
		return wire.Errorf(http.StatusBadRequest, "BadRequest", "/me request is only valid with delegated authentication flow.")
	}
	c.path = strings.TrimSuffix("/users/"+c.token.ObjectID+"/"+rest, "/")
	return nil
}

// method treats HEAD as GET on pre-authenticated URLs, as file hosts do.
func (c *call) method() string {
	if c.r.Method == http.MethodHead && c.version == "" {
		return http.MethodGet
	}
	return c.r.Method
}

// template names the call in the counts; those of a batch count by themselves
// beside their batch, without bytes of their own.
func (c *call) template(t string) {
	if c.version == "beta" {
		t = "/beta" + t
	}
	if !c.inBatch {
		c.outer.template = t
	}
}

// authorize checks the roles that the route wants. The refusal's code is that
// of the service behind the route (graph.md: "Missing permission").
func (c *call) authorize() error {
	if c.route.Public || len(c.route.Roles) == 0 || c.token.any(c.route.Roles) {
		return nil
	}
	switch c.route.Pool {
	case wire.PoolOutlook:
		return wire.Errorf(http.StatusForbidden, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
	case wire.PoolDrive:
		return wire.Errorf(http.StatusForbidden, "accessDenied", "Access denied")
	default:
		return wire.Errorf(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	}
}

// disturb charges the budgets and rolls the planned faults.
func (s *Server) disturb(c *call) error {
	route := c.r.Method + " " + c.route.Template
	if s.options.Latency > 0 && !c.inBatch {
		if err := s.now.Sleep(c.r.Context(), s.options.Latency); err != nil {
			return wire.Errorf(http.StatusGatewayTimeout, "UnknownError", "The client went away.")
		}
	}
	if err := s.charge(c); err != nil {
		return err
	}
	roll := func(name string) bool { return s.faults.roll(name, route) }
	switch {
	case roll(Fault429):
		return throttled(c.route.Pool, time.Second, "")
	case roll(Fault503):
		e := wire.Errorf(http.StatusServiceUnavailable, "serviceNotAvailable", "The service is temporarily unavailable. Please try again later.")
		e.Header = map[string]string{"Retry-After": "1"}
		return e
	case roll(Fault504):
		return wire.Errorf(http.StatusGatewayTimeout, "UnknownError", "")
	case roll(Fault500):
		return wire.Errorf(http.StatusInternalServerError, "InternalServerError", "An internal server error occurred. The operation failed.")
	case roll(Fault502):
		return wire.Errorf(http.StatusBadGateway, "BadGateway", "Failed to execute backend request.")
	case c.token != nil && roll(FaultExpire):
		s.keys.revoke(c.token)
		return challenge(s.now.Now(), "Lifetime validation failed, the token is expired.")
	}
	if c.inBatch {
		return nil
	}
	switch {
	case roll(FaultReset):
		c.damage = resetIn
		mutates := c.r.Method != http.MethodGet
		if mutates && s.faults.share("reset before", c.id) < 0.5 {
			c.damage = resetNow
		}
	case c.r.Method == http.MethodGet && roll(FaultTruncate):
		c.damage = truncated
	}
	return nil
}

func (s *Server) charge(c *call) error {
	units := max(1, c.route.Units)
	if c.route.Pool == wire.PoolDirectory {
		units = c.directoryUnits()
		c.extra = map[string]string{"x-ms-resource-unit": fmt.Sprint(units)}
	}
	if s.limits.budgets == nil {
		return nil
	}
	app, key := "", c.params["user"]+c.params["mailbox"]
	if c.token != nil {
		app = c.token.AppID
		if c.route.Pool != wire.PoolOutlook {
			key = c.token.TenantID
		} else {
			key = s.mailboxKey(c)
		}
	}
	var upload int64
	if c.r.Method != http.MethodGet {
		upload = max(0, c.r.ContentLength)
	}
	v := s.limits.admit(c.route.Pool, app, key, units, upload)
	c.release = v.release
	for k, value := range v.header {
		c.addHeader(k, value)
	}
	if !v.refused {
		return nil
	}
	return throttled(c.route.Pool, v.retryAfter, v.message)
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

// note keeps a successful change in the mutation log.
func (s *Server) note(c *call, status int) {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead || status >= 400 {
		return
	}
	app := ""
	if c.token != nil {
		app = c.token.AppID
	}
	s.changes.add(Mutation{Time: s.now.Now(), App: app, Method: c.r.Method, Path: c.path, Status: status})
}

// refuse makes the answer for an error, in Graph's form.
func (c *call) refuse(err error) *answer {
	var e *wire.Error
	if !errors.As(err, &e) {
		e = wire.Errorf(http.StatusInternalServerError, "generalException", "%s", err)
	}
	inner := c.innerError()
	if e.Inner != "" {
		inner["code"] = e.Inner
	}
	body := encode(map[string]any{"error": map[string]any{"code": e.Code, "message": e.Message, "innerError": inner}})
	a := &answer{status: e.Status, header: http.Header{}, body: body}
	a.header.Set("Content-Type", "application/json")
	for k, v := range e.Header {
		a.header.Set(k, v)
	}
	return a
}

// innerError is what every error tells of its request.
func (c *call) innerError() map[string]any {
	return map[string]any{
		"date":              c.server.now.Now().UTC().Format("2006-01-02T15:04:05"),
		"request-id":        c.id,
		"client-request-id": c.clientRequestID(),
	}
}

func (c *call) clientRequestID() string {
	if id := c.r.Header.Get("client-request-id"); id != "" {
		return id
	}
	return c.id
}

func (t *claims) any(roles []string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(t.Roles, r) })
}
