package sim

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

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
	again   bool              // the page was given before: this is its second time
	said    *head             // the beginning of a JSON body; nil: none
	release func()            // gives the budget back when the answer is out
	extra   map[string]string // headers of every answer to this call
}

// answer is a response ready to be written.
type answer struct {
	status  int
	header  http.Header
	body    []byte        // or
	stream  io.ReadCloser // one of the two
	length  int64         // of stream; -1: unknown
	damage  damage
	gateway bool // not the service's: a gateway gave it
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
	if err := c.resolveAgain(); err != nil {
		return c.refuse(err)
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
	if err := s.cloud.has(route); err != nil {
		return c.refuse(err)
	}
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

// note keeps a successful change in the mutation log.
func (s *Server) note(c *call, status int) {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead || status >= 400 {
		return
	}
	app := ""
	if c.token != nil {
		app = c.token.AppID
	}
	s.changes.add(Mutation{Time: s.now.Now(), App: app, Method: c.r.Method, Path: c.path, Status: status, Body: c.said.text()})
}

// refuse makes the answer for an error, in Graph's form.
func (c *call) refuse(err error) *answer {
	var e *wire.Error
	if bare, ok := errors.AsType[bareRefusal](err); ok {
		return &answer{status: bare.status, header: http.Header{}, gateway: true}
	}
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
