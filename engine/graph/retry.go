package graph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"vangnet/engine/clock"
)

// Patience of the retry.
const (
	maxAttempts  = 10               // of a request that fails
	maxThrottled = 40               // of a request that is told to wait
	hastyTries   = 3                // of either, when somebody waits
	firstBackoff = time.Second / 2  // doubles with each attempt
	maxBackoff   = 30 * time.Second // of failures
	maxWait      = 15 * time.Minute // longest that a service's wish to wait is believed
)

// retrier sends a request again when it may: not before the service wants it,
// not when the service might have acted on a request that must not be repeated.
type retrier struct {
	next  http.RoundTripper
	clock clock.Clock
	rand  *dice
}

func (r *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	var failures, refusals int
	for first := true; ; first = false {
		attempt := req
		if !first {
			var err error
			if attempt, err = again(req); err != nil {
				return nil, fmt.Errorf("%s: %w", callOf(ctx).what, err)
			}
		}
		resp, err := r.next.RoundTrip(attempt)
		if err == nil {
			return resp, nil
		}
		wait, ok := r.verdict(req, err, &failures, &refusals)
		if !ok {
			return nil, uncertain(req, err)
		}
		if err := r.clock.Sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// persist repeats work that is more than one request, or that reads its answer,
// as long as it fails in a way that may pass. It is for what can be repeated.
func (r *retrier) persist(ctx context.Context, work func() error) error {
	for failures := 1; ; failures++ {
		err := work()
		if err == nil || ctx.Err() != nil || failures >= tries(ctx, maxAttempts) {
			return err
		}
		e, answered := asError(err)
		if answered && !transient(e) && !throttled(e) || !answered && !passing(err) {
			return err
		}
		if err := r.clock.Sleep(ctx, max(r.backoff(failures), retryAfterOf(e))); err != nil {
			return err
		}
	}
}

// verdict says whether to try again and after how long.
func (r *retrier) verdict(req *http.Request, err error, failures, refusals *int) (time.Duration, bool) {
	ctx := req.Context()
	if ctx.Err() != nil || !resendable(req) || isSettled(err) {
		return 0, false
	}
	e, answered := asError(err)
	switch {
	case answered && throttled(e): // the service did not act
		*refusals++
		if *refusals >= tries(ctx, maxThrottled) {
			return 0, false
		}
		if callOf(ctx).pool != nil {
			return 0, true // the pool makes all its callers wait
		}
		if e.retryAfter > 0 {
			return e.retryAfter, true
		}
		return r.backoff(*refusals), true
	case answered && !transient(e), !answered && !passing(err):
		return 0, false
	case !repeatable(req) && !unsent(err):
		return 0, false
	}
	*failures++
	if *failures >= tries(ctx, maxAttempts) || answered && e.empty && e.Status == http.StatusNotFound && *failures > 2 {
		return 0, false
	}
	return max(r.backoff(*failures), retryAfterOf(e)), true
}

func retryAfterOf(e *Error) time.Duration {
	if e == nil {
		return 0
	}
	return e.retryAfter
}

func tries(ctx context.Context, usual int) int {
	if hasty(ctx) {
		return hastyTries
	}
	return usual
}

// backoff doubles from half a second, spread by up to half so that callers who
// failed together do not come back together.
func (r *retrier) backoff(n int) time.Duration {
	d := firstBackoff << min(n-1, 10)
	d = min(d, maxBackoff)
	return d/2 + time.Duration(r.rand.float()*float64(d))
}

// throttled reports refusals that say: later. The request was not carried out.
func throttled(e *Error) bool {
	switch e.Status {
	case http.StatusTooManyRequests, 509:
		return true
	case http.StatusServiceUnavailable:
		return e.retryAfter > 0 || errors.Is(e, ErrThrottled)
	}
	return false
}

// transient reports answers that another attempt may better.
func transient(e *Error) bool {
	switch e.Status {
	case http.StatusInternalServerError:
		return !errors.Is(e, ErrItem) && !errors.Is(e, ErrQuota)
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusRequestTimeout:
		return true
	case http.StatusBadRequest: // a line that broke while the request was read
		return strings.Contains(e.Message, "IO error during request payload read")
	case http.StatusNotFound: // a gateway's, not the service's
		return e.empty
	}
	return false
}

// passing reports failures of the line, as opposed to those that stay: a
// certificate that is not trusted, a sign-in that is refused.
func passing(err error) bool {
	var line *lineError
	if !errors.As(err, &line) {
		return false
	}
	var (
		unknown  x509.UnknownAuthorityError
		host     x509.HostnameError
		invalid  x509.CertificateInvalidError
		verified *tls.CertificateVerificationError
	)
	return !errors.As(err, &unknown) && !errors.As(err, &host) && !errors.As(err, &invalid) && !errors.As(err, &verified)
}

// unsent reports failures before the service can have seen the request.
func unsent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	var dns *net.DNSError
	return errors.As(err, &dns)
}

// uncertain marks a broken request that may have been carried out.
func uncertain(req *http.Request, err error) error {
	e, answered := asError(err)
	var line *lineError
	broke := errors.As(err, &line) && !unsent(err) || answered && transient(e) && !throttled(e)
	if !broke || repeatable(req) || req.Method == http.MethodGet || isSettled(err) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUncertain, err)
}

// dice is a source of randomness that many goroutines may use.
type dice struct {
	mu sync.Mutex
	r  *rand.Rand
}

func newDice(src rand.Source) *dice { return &dice{r: rand.New(src)} }

func (d *dice) float() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.r.Float64()
}
