package graph

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// DownloadOptions ask for more than the bytes.
type DownloadOptions struct {
	URL    string    // pre-authenticated, from the item if it is fresh; empty: asked for
	Hash   hash.Hash // fed with the content; nil: none
	Want   string    // base64 of what Hash must come to; empty: not compared
	Size   int64     // bytes the item should have, to be compared when Want is empty; 0: not compared
	Offset int64     // first byte wanted; Hash and Size then do not apply
}

// Download reads a file's content. The reader goes on where the line broke,
// asks for a new address when the old one has run out, and fails with
// ErrChanged when the file changed meanwhile, with ErrHash when all has arrived
// and does not come to what was wanted. The first request is made at the first
// read, so that opening costs nothing.
func (c *Client) Download(ctx context.Context, drive, id string, o DownloadOptions) io.ReadCloser {
	return c.download(ctx, "download file of drive "+drive, at("/v1.0/drives/{}/items/{}/content", drive, id), o)
}

func (c *Client) download(ctx context.Context, what, contentPath string, o DownloadOptions) *download {
	ctx, cancel := context.WithCancel(ctx)
	d := &download{
		client: c, ctx: ctx, cancel: cancel, what: what, contentPath: contentPath, url: o.URL, at: o.Offset, total: -1,
		want: o.Want, size: o.Size, hash: o.Hash,
	}
	if o.Offset > 0 {
		d.hash, d.want, d.size = nil, "", 0
	}
	return d
}

// download is a file being read over as many requests as it takes.
type download struct {
	client      *Client
	ctx         context.Context //nolint:containedctx // a reader has no other way to be cancelled
	cancel      context.CancelFunc
	what        string
	contentPath string

	url    string // pre-authenticated; empty: to be asked for
	body   io.ReadCloser
	at     int64 // next byte
	total  int64 // of the content; -1 unknown
	etag   string
	broken int // times in a row without a byte
	err    error

	hash hash.Hash
	want string
	size int64
}

func (d *download) Read(p []byte) (int, error) {
	for d.err == nil {
		if d.body == nil {
			if d.err = d.open(); d.err != nil {
				break
			}
		}
		n, err := d.body.Read(p)
		if n > 0 {
			d.broken = 0
			d.at += int64(n)
			if d.hash != nil {
				_, _ = d.hash.Write(p[:n])
			}
		}
		if err != nil {
			d.end(err)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, d.err
}

// end looks at how a body ended: whole, or to be gone on with.
func (d *download) end(err error) {
	_ = d.body.Close()
	d.body = nil
	if errors.Is(err, io.EOF) && (d.total < 0 || d.at == d.total) {
		d.err = d.judge()
		return
	}
	if cause := context.Cause(d.ctx); cause != nil {
		d.err = cause
		return
	}
	d.broken++
	if d.broken >= tries(d.ctx, maxAttempts) {
		d.err = fmt.Errorf("%s: %w", d.what, &lineError{kind: ErrNetwork, cause: fmt.Errorf("broke off at byte %d: %w", d.at, err)})
		return
	}
	d.err = d.client.clock.Sleep(d.ctx, d.client.retry.backoff(d.broken))
}

func (d *download) judge() error {
	switch {
	case d.want != "" && d.hash != nil:
		if got := base64.StdEncoding.EncodeToString(d.hash.Sum(nil)); got != d.want {
			return fmt.Errorf("%s: %w: %s instead of %s", d.what, ErrHash, got, d.want)
		}
	case d.size > 0 && d.at != d.size:
		return fmt.Errorf("%s: %w: %d bytes instead of %d", d.what, ErrHash, d.at, d.size)
	}
	return io.EOF
}

// open asks for the content from where it stands. An address that is refused
// has run out (they live for about an hour): a new one is asked for, once.
func (d *download) open() error {
	for renewed := d.url == ""; ; renewed = true {
		if d.url == "" || expired(d.url, d.client.clock.Now()) {
			if err := d.locate(); err != nil || d.body != nil {
				return err
			}
			renewed = true
		}
		resp, err := d.get()
		if err == nil {
			return d.accept(resp)
		}
		e, refused := asError(err)
		if !refused || renewed || !(e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden || e.Status == http.StatusNotFound ||
			e.Status == http.StatusGone) || errors.Is(e, ErrMalware) {
			if refused && e.Status == http.StatusRequestedRangeNotSatisfiable {
				return fmt.Errorf("%s: %w: it is shorter than %d bytes now", d.what, ErrChanged, d.at)
			}
			return err
		}
		d.url = ""
	}
}

// locate asks where the content lies: Graph answers with a redirect to a
// pre-authenticated address, or with the content itself.
func (d *download) locate() error {
	resp, err := d.client.send(d.ctx, request{call: d.client.inDrive(d.what, 1), method: http.MethodGet, url: d.contentPath})
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusOK {
		return d.accept(resp)
	}
	_ = resp.Body.Close()
	target, err := resp.Location()
	if err != nil || target.Scheme != "https" {
		return fmt.Errorf("%s: %w: no https address to read from", d.what, ErrBadAnswer)
	}
	d.url = target.String()
	return nil
}

func (d *download) get() (*http.Response, error) {
	in := d.client.inDrive(d.what, 1)
	in.bare = true
	header := http.Header{}
	if d.at > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", d.at))
	}
	return d.client.send(d.ctx, request{call: in, method: http.MethodGet, url: d.url, header: header})
}

// accept takes an answer whose bytes go on where ours end, of the same content.
func (d *download) accept(resp *http.Response) error {
	first, total := int64(0), resp.ContentLength
	if resp.StatusCode == http.StatusPartialContent {
		var ok bool
		if first, total, ok = contentRange(resp.Header.Get("Content-Range")); !ok {
			_ = resp.Body.Close()
			return fmt.Errorf("%s: %w: partial content without its place", d.what, ErrBadAnswer)
		}
	}
	etag := resp.Header.Get("ETag")
	if d.etag != "" && etag != "" && etag != d.etag || d.total >= 0 && total >= 0 && total != d.total {
		_ = resp.Body.Close()
		return fmt.Errorf("%s: %w", d.what, ErrChanged)
	}
	if first > d.at {
		_ = resp.Body.Close()
		return fmt.Errorf("%s: %w: bytes from %d instead of %d", d.what, ErrBadAnswer, first, d.at)
	}
	d.etag, d.body = etag, resp.Body
	if total >= 0 {
		d.total = total
	}
	if skip := d.at - first; skip > 0 { // the service ignored the range
		if n, err := io.CopyN(io.Discard, resp.Body, skip); err != nil {
			_ = resp.Body.Close()
			d.body = io.NopCloser(errReader{fmt.Errorf("skip %d bytes, broke after %d: %w", skip, n, io.ErrUnexpectedEOF)})
		}
	}
	return nil
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

// contentRange reads "bytes 5-9/10"; a total of * is -1.
func contentRange(v string) (first, total int64, ok bool) {
	span, size, found := strings.Cut(strings.TrimPrefix(v, "bytes "), "/")
	start, _, dash := strings.Cut(span, "-")
	first, err := strconv.ParseInt(start, 10, 64)
	if !found || !dash || err != nil || first < 0 {
		return 0, 0, false
	}
	if size == "*" {
		return first, -1, true
	}
	total, err = strconv.ParseInt(size, 10, 64)
	return first, total, err == nil && total >= 0
}

// Close ends the download, whether read to its end or not.
func (d *download) Close() error {
	d.cancel()
	if d.body != nil {
		return d.body.Close()
	}
	return nil
}

// expired looks into an address's tempauth, which on business drives is a JWT
// that tells its end. An address that does not tell is tried.
func expired(address string, now time.Time) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	token := u.Query().Get("tempauth")
	if i := strings.Index(token, "eyJ"); i > 0 { // a version mark may stand before it
		token = token[i:]
	}
	end := expiryOf(token)
	return !end.IsZero() && !now.Before(end)
}
