package graph_test

import (
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"vangnet/engine/graph"
)

// service is a small stand-in for Microsoft 365: it signs in and answers what a
// test has put on a path.
type service struct {
	*httptest.Server
	t      *testing.T
	mu     sync.Mutex
	routes map[string]http.HandlerFunc
	seen   []string // method and path, in order
	tokens int      // handed out
	signin http.HandlerFunc
}

func newService(t *testing.T) *service {
	s := &service{t: t, routes: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewTLSServer(s)
	t.Cleanup(s.Close)
	return s
}

// on answers a request for method and path, query not looked at.
func (s *service) on(route string, h http.HandlerFunc) { s.routes[route] = h }

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	if strings.HasSuffix(path, "/.well-known/openid-configuration") {
		base := "https://" + r.Host + strings.TrimSuffix(path, "/v2.0/.well-known/openid-configuration")
		fmt.Fprintf(w, `{"authorization_endpoint":"%[1]s/authorize","token_endpoint":"%[1]s/oauth2/v2.0/token","issuer":"%[1]s/v2.0"}`, base)
		return
	}
	if strings.HasSuffix(path, "/oauth2/v2.0/token") {
		s.giveToken(w, r)
		return
	}
	s.mu.Lock()
	s.seen = append(s.seen, r.Method+" "+path)
	h := s.routes[r.Method+" "+path]
	s.mu.Unlock()
	if h == nil {
		refusal(w, 404, "UnknownError", "no such route in this test: "+r.Method+" "+path)
		return
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			refusal(w, 400, "BadRequest", "says gzip and is not")
			return
		}
		r.Body = io.NopCloser(z)
	}
	h(w, r)
}

func (s *service) giveToken(w http.ResponseWriter, r *http.Request) {
	if s.signin != nil {
		s.signin(w, r)
		return
	}
	s.mu.Lock()
	s.tokens++
	n := s.tokens
	s.mu.Unlock()
	reply(w, map[string]any{"token_type": "Bearer", "expires_in": 3599, "access_token": testToken(n, "User.Read.All", "Mail.ReadWrite")})
}

func testToken(n int, roles ...string) string {
	b, _ := json.Marshal(map[string]any{"roles": roles, "jti": n})
	return "e30." + base64.RawURLEncoding.EncodeToString(b) + ".c2ln"
}

func (s *service) count(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.seen {
		if r == route {
			n++
		}
	}
	return n
}

func (s *service) cloud() graph.Cloud {
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	cloud, err := graph.ParseCloud(strings.Replace(s.URL, "127.0.0.1", "localhost", 1), ca)
	if err != nil {
		s.t.Fatal(err)
	}
	return cloud
}

// client speaks with the service; sleeping costs no time.
func (s *service) client(change ...func(*graph.Options)) *graph.Client {
	o := graph.Options{
		Cloud: s.cloud(), Tenant: "contoso.example", ClientID: "app", Credential: graph.Credential{Secret: "s3cret-value"},
		Clock: &quickClock{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}, TempDir: s.t.TempDir(),
	}
	transport := s.Client().Transport.(*http.Transport).Clone()
	transport.TLSClientConfig.ServerName = "example.com" // the test certificate's
	o.Transport = transport
	s.t.Cleanup(transport.CloseIdleConnections)
	for _, f := range change {
		f(&o)
	}
	c, err := graph.New(o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}

// quickClock moves on by itself whenever somebody sleeps.
type quickClock struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
}

func (c *quickClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *quickClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	if d > 0 {
		c.now = c.now.Add(d)
		c.slept += d
	}
	c.mu.Unlock()
	return ctx.Err()
}

func (c *quickClock) total() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.slept
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal")
	_ = json.NewEncoder(w).Encode(v)
}

func refusal(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("request-id", "req-1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": code, "message": message}})
}

// first answers the first n requests with one handler and the rest with another.
func first(n int, then, rest http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n--
		now := n >= 0
		mu.Unlock()
		if now {
			then(w, r)
			return
		}
		rest(w, r)
	}
}

// breakOff sends what it is given and then breaks the connection.
func breakOff(w http.ResponseWriter, sent string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, sent)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func debugLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
