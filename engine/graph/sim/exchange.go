package sim

import (
	"io"
	"net/http"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// exchange is one HTTP request with its answer, as the network sees it.
type exchange struct {
	server   *Server
	w        http.ResponseWriter
	r        *http.Request
	id       string // request-id
	template string // for counting
	status   int
	out      int64
	in       countingReader
	asked    *capture // request body, when recording
	answered *capture
	broken   bool // the client got no whole answer
	gateway  bool // a gateway answered in the service's place
}

// countingReader counts the bytes of a request body as they came over the network.
type countingReader struct {
	io.ReadCloser
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n += int64(n)
	return n, err
}

// handle serves everything on the port.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	x := &exchange{server: s, w: w, r: r, id: s.requestID()}
	x.in.ReadCloser = r.Body
	r.Body = &x.in
	if s.record.on() {
		x.asked, x.answered = &capture{}, &capture{}
	}
	defer x.end()
	path := r.URL.EscapedPath()
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch version := strings.ToLower(first); {
	case version == "sim" && !isMicrosoft(r.Host):
		x.template = "/sim"
		s.control(x)
	case (version == "v1.0" || version == "beta") && strings.EqualFold(rest, "$metadata"):
		x.template = "/$metadata"
		s.metadata(x)
	case version == "v1.0" || version == "beta":
		x.send(s.call(x.newCall(version, "/"+rest)))
	case s.signin.serves(path):
		s.signin.handle(x)
	case s.isPublic(path):
		x.send(s.call(x.newCall("", path)))
	case path == "/" || path == "":
		x.template = "/"
		x.send(&answer{status: http.StatusOK}) // reachability checks
	default:
		x.send(x.newCall("", path).refuse(wire.Errorf(http.StatusBadRequest, "BadRequest", "Invalid version: %s.", first)))
	}
}

// isPublic reports whether a path is one of the pre-authenticated URLs.
func (s *Server) isPublic(path string) bool {
	for _, m := range []string{http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete} {
		if _, _, err := s.router.Find(m, "", path); err == nil {
			return true
		}
	}
	return false
}

func (x *exchange) newCall(version, path string) *call {
	c := &call{server: x.server, r: x.r, id: x.id, version: version, path: path, outer: x}
	x.template = path
	return c
}

// end counts and records the exchange, also when the answer was cut by a panic
// with http.ErrAbortHandler, which passes on.
func (x *exchange) end() {
	s := x.server
	s.calls.add(x.r.Method, x.template, x.status, x.in.n, x.out)
	if !s.record.on() || x.template == "/sim" {
		return
	}
	if !x.broken {
		_ = http.NewResponseController(x.w).Flush() // the client waits for nothing below
	}
	rec := recording{
		Method: x.r.Method, URL: base(x.r) + x.r.URL.RequestURI(),
		RequestHeaders: plainHeaders(x.r.Header), ResponseHeaders: plainHeaders(x.w.Header()),
		RequestBody: x.asked.text(), ResponseBody: x.answered.text(), Status: x.status,
	}
	delete(rec.RequestHeaders, "Content-Encoding") // bodies are kept decoded
	delete(rec.ResponseHeaders, "Content-Encoding")
	switch {
	case x.broken:
		rec.Status, rec.ResponseBody, rec.Note = 0, nil, "the answer was cut on purpose"
	case x.gateway:
		rec.Status, rec.ResponseBody, rec.Note = 0, nil, "a gateway answered in the service's place"
	case x.answered.over || x.asked.over:
		rec.Status, rec.ResponseBody, rec.Note = 0, nil, "a body was too long to keep"
	case rec.RequestBody == nil && x.r.ContentLength > 0:
		rec.Status, rec.ResponseBody, rec.Note = 0, nil, "the request was refused before its body was read"
	case strings.HasPrefix(x.template, "sign-in"):
		rec.RequestBody, rec.ResponseBody, rec.Note = nil, nil, "credentials are not recorded"
	}
	s.record.write(rec)
}
