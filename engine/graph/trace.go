package graph

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"vangnet/engine/clock"
)

// tracer counts and, at debug level, logs each request as it goes over the
// line. Nothing secret is ever logged: no header, no body, and of an address
// only what is known to be harmless.
type tracer struct {
	next  http.RoundTripper
	log   *slog.Logger
	clock clock.Clock
}

func (t *tracer) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	meter := meterOf(ctx)
	started := t.clock.Now()
	var sent *countingBody
	if req.Body != nil && req.Body != http.NoBody {
		sent = &countingBody{ReadCloser: req.Body}
		req = req.Clone(ctx)
		req.Body = sent
	}
	resp, err := t.next.RoundTrip(req)
	var out int64
	if sent != nil {
		out = sent.n.Load()
	}
	meter.count(1, 0, out)
	if t.log.Enabled(ctx, slog.LevelDebug) {
		t.write(req, resp, err, out, started)
	}
	if err == nil {
		resp.Body = &meteredBody{ReadCloser: resp.Body, meter: meter}
	}
	return resp, err
}

func (t *tracer) write(req *http.Request, resp *http.Response, err error, out int64, started time.Time) {
	attrs := []any{
		"method", req.Method, "url", maskURL(req.URL), "call", callOf(req.Context()).what,
		"sent", out, "took", t.clock.Now().Sub(started),
	}
	if err != nil {
		attrs = append(attrs, "error", maskText(err.Error()))
	} else {
		attrs = append(attrs, "status", resp.StatusCode, "length", resp.ContentLength, "request_id", resp.Header.Get("request-id"))
		if wait := resp.Header.Get("Retry-After"); wait != "" {
			attrs = append(attrs, "retry_after", wait)
		}
	}
	t.log.DebugContext(req.Context(), "graph", attrs...)
}

// harmless query options say how something is asked, not what for. All others
// are masked: delta and skip tokens, tempauth, authtoken, upload guids.
var harmless = []string{"$select", "$top", "$expand", "$orderby", "$count", "changetype", "includehiddenfolders", "api-version"}

var (
	tokenInPath = regexp.MustCompile(`(?i)(token=')[^']*(')`)
	urlInText   = regexp.MustCompile(`https?://[^\s"'<>]+`)
)

// maskURL writes an address for people to read.
func maskURL(u *url.URL) string {
	path := tokenInPath.ReplaceAllString(u.EscapedPath(), "${1}…${2}")
	if u.RawQuery == "" {
		return u.Scheme + "://" + u.Host + path
	}
	var kept []string
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil && slices.Contains(harmless, strings.ToLower(plain)) {
			kept = append(kept, part)
		} else {
			kept = append(kept, name+"=…")
		}
	}
	return u.Scheme + "://" + u.Host + path + "?" + strings.Join(kept, "&")
}

// maskText masks the addresses in an error's text.
func maskText(s string) string {
	return urlInText.ReplaceAllStringFunc(s, func(found string) string {
		u, err := url.Parse(found)
		if err != nil {
			return "https://…"
		}
		return maskURL(u)
	})
}

// meteredBody counts an answer's bytes as they are read.
type meteredBody struct {
	io.ReadCloser
	meter *Meter
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.meter.count(0, int64(n), 0)
	return n, err
}
