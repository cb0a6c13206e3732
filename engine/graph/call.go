package graph

import (
	"context"
	"errors"
	"net/http"
)

// call is what the pipeline must know of a request beyond HTTP. It travels in
// the request's context, so that the SDK's calls carry it too.
type call struct {
	what   string  // for people: "export 20 items of mailbox x"
	pool   *pool   // whose budget it spends; nil: none
	units  float64 // what it costs there; 0 counts as 1
	repeat bool    // sending it twice does no harm although the method does not promise that
	bare   bool    // goes to a pre-authenticated URL: no token, no compression
}

func (c call) cost() float64 {
	if c.units == 0 {
		return 1
	}
	return c.units
}

type callKey struct{}

func withCall(ctx context.Context, c call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(ctx context.Context) call {
	c, _ := ctx.Value(callKey{}).(call)
	return c
}

// repeatable reports whether a request may be sent again without knowing what
// became of the first.
func repeatable(req *http.Request) bool {
	if req.Body != nil && req.Body != http.NoBody && req.GetBody == nil {
		return false
	}
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return true
	}
	return callOf(req.Context()).repeat
}

// resendable reports whether the body can be had again.
func resendable(req *http.Request) bool {
	return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
}

// again is the request with a fresh body.
func again(req *http.Request) (*http.Request, error) {
	out := req.Clone(req.Context())
	if req.Body == nil || req.Body == http.NoBody {
		return out, nil
	}
	if req.GetBody == nil {
		return nil, errNoBody
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	out.Body = body
	return out, nil
}

func asError(err error) (*Error, bool) { return errors.AsType[*Error](err) }

// settled is a failure that has been tried often enough, and was not the fault
// of the request it came back on.
type settled struct{ error }

func (s *settled) Unwrap() error { return s.error }

func isSettled(err error) bool {
	_, ok := errors.AsType[*settled](err)
	return ok
}

type hastyKey struct{}

// Hasty makes calls give up after a few seconds where they would otherwise
// patiently try for minutes: somebody sits and waits for the answer.
func Hasty(ctx context.Context) context.Context { return context.WithValue(ctx, hastyKey{}, true) }

func hasty(ctx context.Context) bool {
	h, _ := ctx.Value(hastyKey{}).(bool)
	return h
}
