package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// stallAfter is how long an answer may stay silent in the middle before it
// counts as broken. A dead connection is found by keep-alives; this is for a
// living one on which nothing comes.
const stallAfter = 2 * time.Minute

var errStalled = errors.New("no data arrived for a long time")

// pacer breaks answers off that stand still. Like all timeouts of the network
// it goes by real time, not by the clock that is handed in.
type pacer struct {
	next  http.RoundTripper
	after time.Duration
}

func (p *pacer) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	resp, err := p.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		cancel(nil)
		return nil, err
	}
	body := &pacedBody{in: resp.Body, ctx: ctx, cancel: cancel, after: p.after}
	body.timer = time.AfterFunc(p.after, func() { cancel(errStalled) })
	body.timer.Stop()
	resp.Body = body
	return resp, nil
}

type pacedBody struct {
	in     io.ReadCloser
	ctx    context.Context //nolint:containedctx // of the request this is the answer to
	cancel context.CancelCauseFunc
	timer  *time.Timer
	after  time.Duration
}

// Read is timed only while it waits for the network; a reader that takes its
// time between reads is left in peace.
func (b *pacedBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.after)
	n, err := b.in.Read(p)
	b.timer.Stop()
	if err != nil && errors.Is(context.Cause(b.ctx), errStalled) {
		err = fmt.Errorf("%w (%v)", errStalled, b.after)
	}
	return n, err
}

func (b *pacedBody) Close() error {
	b.timer.Stop()
	err := b.in.Close()
	b.cancel(nil)
	return err
}
