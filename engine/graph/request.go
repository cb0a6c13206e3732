package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxPage bounds an answer that is held whole: a page of a listing, a document.
const maxPage = 64 << 20

// request is one call of our own, before it is HTTP.
type request struct {
	call
	method string
	url    string // absolute, or below the service root: /v1.0/users
	header http.Header
	body   any // encoded as JSON; nil: none
}

// at builds a path below a version from fixed parts and escaped ids:
// at("/v1.0/users/{}/drive", id).
func at(pattern string, ids ...string) string {
	for _, id := range ids {
		pattern = strings.Replace(pattern, "{}", escape(id), 1)
	}
	return pattern
}

// escape writes an id as one path segment; unlike url.PathEscape it also
// escapes what means something to Graph, such as a colon.
func escape(id string) string { return strings.ReplaceAll(url.QueryEscape(id), "+", "%20") }

// query appends options to a path.
func query(path string, pairs ...string) string {
	sep := "?"
	for i := 0; i+1 < len(pairs); i += 2 {
		path += sep + pairs[i] + "=" + strings.ReplaceAll(url.QueryEscape(pairs[i+1]), "+", "%20")
		sep = "&"
	}
	return path
}

// send makes the call and returns the answer for streaming: the caller closes
// its body.
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	target, err := c.target(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.what, err)
	}
	req, err := http.NewRequestWithContext(withCall(ctx, r.call), r.method, target, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: bad address", r.what, ErrBadAnswer) // its text would hold the address
	}
	for k, v := range r.header {
		req.Header[k] = v
	}
	if r.body != nil {
		body, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("%s: encode request: %w", r.what, err)
		}
		req.Header.Set("Content-Type", "application/json")
		setBody(req, body)
	}
	resp, err := c.retry.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.what, err)
	}
	return resp, nil
}

// target is where a request goes. Links that the service gave are followed on
// the cloud at hand: a cursor from a stored run stays good when its host has
// another name now, and no answer can lead the client to a stranger.
func (c *Client) target(r request) (string, error) {
	if r.bare {
		return r.url, nil
	}
	if strings.HasPrefix(r.url, "/") {
		return c.cloud.Root + r.url, nil
	}
	u, err := url.Parse(r.url)
	if err != nil || !strings.HasPrefix(u.Path, "/v1.0/") && !strings.HasPrefix(u.Path, "/beta/") {
		return "", fmt.Errorf("%w: %w", ErrBadAnswer, errOtherHost)
	}
	return c.cloud.Root + u.RequestURI(), nil
}

// ask makes a call whose answer is a JSON document and reads it into out, which
// may be nil. An answer that breaks off is asked for again.
func (c *Client) ask(ctx context.Context, r request, out any) error {
	_, err := c.askHeader(ctx, r, out)
	return err
}

func (c *Client) askHeader(ctx context.Context, r request, out any) (http.Header, error) {
	if r.header == nil {
		r.header = http.Header{}
	}
	r.header.Set("Accept", "application/json")
	var header http.Header
	err := c.retry.persist(ctx, func() error {
		resp, err := c.send(ctx, r)
		if err != nil {
			return final{err}
		}
		header = resp.Header
		body, err := readWhole(ctx, resp)
		if err == nil && out != nil && len(body) > 0 {
			err = decode(body, out)
		}
		switch {
		case err == nil:
			return nil
		case !r.repeat && (r.method == http.MethodPost || r.method == http.MethodPatch):
			return final{fmt.Errorf("%s: %w: %w", r.what, ErrUncertain, err)}
		}
		return fmt.Errorf("%s: %w", r.what, err)
	})
	if f, ok := err.(final); ok { //nolint:errorlint // set just above, never wrapped
		err = f.error
	}
	return header, err
}

// final keeps persist from repeating what the chain has repeated already.
type final struct{ error }

// readWhole reads and closes an answer's body, bounded.
func readWhole(ctx context.Context, resp *http.Response) ([]byte, error) {
	defer resp.Body.Close() //nolint:errcheck // read to its end or given up
	var buf bytes.Buffer
	if n := resp.ContentLength; n > 0 && n < maxPage {
		buf.Grow(int(n) + bytes.MinRead)
	}
	_, err := buf.ReadFrom(io.LimitReader(resp.Body, maxPage+1))
	if err != nil {
		return nil, lineFault(ctx, err)
	}
	if buf.Len() > maxPage {
		return nil, fmt.Errorf("%w: %w", ErrBadAnswer, errTooLarge)
	}
	return sanitize(buf.Bytes()), nil
}

// decode reads JSON. What does not parse is most likely cut off.
func decode(body []byte, out any) error {
	err := json.Unmarshal(body, out)
	if err == nil {
		return nil
	}
	if !json.Valid(body) {
		return &lineError{kind: ErrNetwork, cause: fmt.Errorf("answer of %d bytes is no whole JSON: %w", len(body), err)}
	}
	return fmt.Errorf("%w: %w", ErrBadAnswer, err)
}

// page is one page of an OData collection. Values are decoded one by one, so
// that a strange one costs itself and not its neighbours.
type page struct {
	Value []json.RawMessage `json:"value"`
	Next  string            `json:"@odata.nextLink"`
	Delta string            `json:"@odata.deltaLink"`
}

// pages walks a collection. yield is given each value; walk ends at its error.
func (c *Client) pages(ctx context.Context, r request, yield func(json.RawMessage) error) error {
	seen := map[string]bool{}
	for r.url != "" {
		var p page
		if err := c.ask(ctx, r, &p); err != nil {
			return err
		}
		for _, v := range p.Value {
			if err := yield(v); err != nil {
				return err
			}
		}
		if seen[p.Next] {
			return fmt.Errorf("%s: %w: pages go in a circle", r.what, ErrBadAnswer)
		}
		seen[p.Next] = true
		r.url = p.Next
	}
	return nil
}

// prefer makes a Prefer header.
func prefer(values ...string) http.Header {
	return http.Header{"Prefer": {strings.Join(values, ", ")}}
}
