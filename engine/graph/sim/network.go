package sim

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// connKey is where a request's context keeps the connection it came on.
type connKey struct{}

func keepConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// goAwayGrace is how long the frame that announces the end of a connection has
// to reach the network. Like all that is of the network it goes by real time.
const goAwayGrace = 20 * time.Millisecond

// goAway closes the connection in the middle of an answer, after the server has
// announced it. It takes along what else is under way on the connection, as
// the service does: a Go client then tells "server sent GOAWAY and closed the
// connection".
func (x *exchange) goAway() {
	x.broken = true
	_ = http.NewResponseController(x.w).Flush()
	timer := time.NewTimer(goAwayGrace)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-x.r.Context().Done():
	}
	if c, ok := x.r.Context().Value(connKey{}).(net.Conn); ok {
		_ = c.Close()
	}
	panic(http.ErrAbortHandler)
}

// A slow body comes in at most slowPieces pieces with a pause after each.
const (
	slowPieces = 10
	slowPause  = time.Second
	slowPiece  = 64 << 10 // of a body whose length is not known
)

// slowly is a writer to the client that takes its time. length is that of the
// body, -1 when it is not known.
func (x *exchange) slowly(length int64) io.Writer {
	if length < 0 {
		length = slowPieces * slowPiece
	}
	return &slowWriter{x: x, piece: max(1, int(length/slowPieces)), pauses: slowPieces}
}

type slowWriter struct {
	x      *exchange
	piece  int
	pauses int // that are still to be made
}

func (s *slowWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := len(p)
		if s.pauses > 0 {
			n = min(n, s.piece)
		}
		k, err := s.x.w.Write(p[:n])
		written, p = written+k, p[n:]
		if err == nil {
			err = s.pause()
		}
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

func (s *slowWriter) pause() error {
	if s.pauses == 0 {
		return nil
	}
	s.pauses--
	if err := http.NewResponseController(s.x.w).Flush(); err != nil {
		return err
	}
	return s.x.server.now.Sleep(s.x.r.Context(), slowPause)
}
