package sim

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim/drives"
	"vangnet/engine/graph/sim/wire"
)

// Options say how a server shows a world. The zero value is a quiet server on
// a free port of the loopback.
type Options struct {
	Listen        string        // host:port; empty: 127.0.0.1:0
	Hosts         []string      // further names for the certificate; links to files use contoso-my.sharepoint.com if it is among them
	Faults        FaultPlan     // what goes wrong on purpose
	Latency       time.Duration // before each answer
	Budgets       *Budgets      // throttling limits; nil: none
	Record        io.Writer     // JSON lines of every exchange; nil: none
	TokenLifetime time.Duration // of access tokens; 0: 3599 s
	Cloud         Cloud         // empty: the global one
	Metadata      string        // file with Microsoft's CSDL, for $metadata; empty: not served
}

func (o *Options) setDefaults() {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Cloud == "" {
		o.Cloud = CloudGlobal
	}
	if o.TokenLifetime == 0 {
		o.TokenLifetime = 3599 * time.Second
	}
}

// Server shows a world over HTTPS. Close ends it.
type Server struct {
	world    *World
	options  Options
	cloud    cloudFacts
	host     string // host:port that it listens on
	tls      *authority
	keys     *tokenKeys
	signin   *signIn
	router   *wire.Router
	faults   *faultSet
	limits   *limiter
	record   *recorder
	calls    *callCounter
	changes  newest[Mutation]
	now      clock.Clock
	serial   atomic.Uint64
	verified sync.Map // access token → *claims, whose signature was checked

	server *http.Server
	suite  io.Closer // the recording that the environment asked for; nil: none
	done   chan struct{}
	failed error

	closing sync.Once
	closed  error // what Close said
}

// Start begins to serve the world. The server ends when ctx does, or with Close.
func Start(ctx context.Context, w *World, o Options) (*Server, error) {
	o.setDefaults()
	var suite io.WriteCloser
	if o.Record == nil {
		var err error
		if suite, err = suiteRecording(); err != nil {
			return nil, err
		}
		if suite != nil {
			o.Record = suite
		}
	}
	certs, err := newAuthority(o.Hosts, clock.System().Now())
	if err != nil {
		return nil, err
	}
	keys, err := newTokenKeys()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", o.Listen, err)
	}
	s := &Server{
		world: w, options: o, cloud: clouds[o.Cloud], host: visibleHost(listener.Addr()), tls: certs, keys: keys, now: w.clock,
		faults: newFaultSet(w, o.Faults), limits: newLimiter(w.clock, o.Budgets), record: newRecorder(o.Record),
		calls: newCallCounter(), done: make(chan struct{}),
	}
	if suite != nil {
		s.suite = suite
	}
	s.signin = newSignIn(s)
	s.router = wire.NewRouter(s.routes())
	s.serve(listener)
	go func() {
		select {
		case <-ctx.Done():
			_ = s.server.Close()
		case <-s.done:
		}
	}()
	return s, nil
}

func (s *Server) serve(listener net.Listener) {
	s.server = &http.Server{
		Handler:           http.HandlerFunc(s.handle),
		ConnContext:       keepConn,
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // planned resets are not news
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{s.tls.leaf}, MinVersion: tls.VersionTLS12},
	}
	go func() {
		defer close(s.done)
		if err := s.server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			s.failed = fmt.Errorf("serve on %s: %w", listener.Addr(), err)
		}
	}()
}

// Close stops the server and cuts what is under way. Closing it again does
// nothing more.
func (s *Server) Close() error {
	s.closing.Do(func() {
		_ = s.server.Close()
		<-s.done
		s.closed = errors.Join(s.failed, s.record.Flush())
		if s.suite != nil {
			s.closed = errors.Join(s.closed, s.suite.Close())
		}
	})
	return s.closed
}

// Done is closed when the server has ended.
func (s *Server) Done() <-chan struct{} { return s.done }

// World is what the server shows.
func (s *Server) World() *World { return s.world }

// URL is the root of the simulated cloud, such as https://localhost:41234.
// Authorities are URL()/tenant, the service roots URL()/v1.0 and URL()/beta.
func (s *Server) URL() string { return "https://" + s.host }

// CA is the PEM form of the certificate authority that clients must trust.
func (s *Server) CA() []byte { return s.tls.caPEM }

// Client returns an HTTP client that trusts the server's certificate.
func (s *Server) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: s.tls.pool, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     30 * time.Second,
	}}
}

// SetFaults replaces the fault plan; nil ends all faults.
func (s *Server) SetFaults(p FaultPlan) { s.faults.set(p) }

// routes are all endpoints of the service.
func (s *Server) routes() []wire.Route {
	return slices.Concat(directoryRoutes(s.world), drives.Routes(lookup{s.world}), boxRoutes(s.world))
}

// requestID makes the id that an answer is known by.
func (s *Server) requestID() string { return s.world.newID("request", s.serial.Add(1)) }

// visibleHost turns a listening address into what clients should call.
func visibleHost(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return a.String()
	}
	host := "localhost"
	if !tcp.IP.IsLoopback() && !tcp.IP.IsUnspecified() {
		host = tcp.IP.String()
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
	}
	if tcp.Port == 443 {
		return host
	}
	return host + ":" + strconv.Itoa(tcp.Port)
}
