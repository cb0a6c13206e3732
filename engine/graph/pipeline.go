package graph

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"

	"vangnet/engine/clock"
)

// newTransport is the network end of the chain.
func newTransport(cloud Cloud) *http.Transport {
	dialer := &net.Dialer{Timeout: 20 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		TLSClientConfig:       &tls.Config{RootCAs: cloud.CA, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   20 * time.Second,
		ResponseHeaderTimeout: 5 * time.Minute, // exports of large items answer late
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
		MaxIdleConns:          256,
		MaxIdleConnsPerHost:   64,
		ForceAttemptHTTP2:     true,
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 15 * time.Second},
	}
}

// refuser turns answers of 400 and above into errors, and failures of the line
// into errors of ours.
type refuser struct {
	next  http.RoundTripper
	clock clock.Clock
}

func (r *refuser) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, lineFault(req.Context(), err)
	}
	if resp.StatusCode >= 400 {
		return nil, readError(resp, r.clock.Now())
	}
	return resp, nil
}

// lineFault tells the end of a context and our own refusals from a broken line.
func lineFault(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if _, ok := errors.AsType[*settled](err); ok {
		return err
	}
	if _, ok := asError(err); ok {
		return err
	}
	if own, ok := errors.AsType[*sourceError](err); ok {
		return own
	}
	return &lineError{kind: ErrNetwork, cause: err}
}

// setBody gives a request a body that can be sent again.
func setBody(req *http.Request, body []byte) {
	req.ContentLength = int64(len(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Body, _ = req.GetBody()
}

// stamper puts on each request what Microsoft asks of applications: a name to
// know them by and an id to find the request by.
type stamper struct {
	next  http.RoundTripper
	agent string
}

func (s *stamper) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", s.agent)
	if callOf(req.Context()).bare {
		// Plain bytes, so that lengths and ranges are those of the content.
		req.Header.Set("Accept-Encoding", "identity")
		if req.Header.Get("Accept") == "" {
			req.Header.Set("Accept", "*/*")
		}
	} else {
		req.Header.Set("client-request-id", uuid.NewString())
		req.Header.Set("return-client-request-id", "true")
	}
	return s.next.RoundTrip(req)
}

// whole makes a body of unknown origin one that can be sent again: the SDK's
// bodies come as bare readers.
type whole struct{ next http.RoundTripper }

// maxSDKBody bounds what an SDK call may send; they are all small JSON.
const maxSDKBody = 4 << 20

func (w *whole) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil || req.Body == http.NoBody || req.GetBody != nil {
		return w.next.RoundTrip(req)
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, maxSDKBody+1))
	_ = req.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read request body: %w", err)
	}
	if len(body) > maxSDKBody {
		return nil, fmt.Errorf("request body: %w", errTooLarge)
	}
	req = req.Clone(req.Context())
	setBody(req, body)
	return w.next.RoundTrip(req)
}
