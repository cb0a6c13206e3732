package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Sizes of uploads ("Upload large files with an upload session"): each piece but
// the last is a multiple of 320 KiB and below 60 MiB.
const (
	pieceUnit = 320 << 10
	pieceSize = 32 * pieceUnit // 10 MiB
	maxSmall  = 250 << 20      // one PUT
)

// UploadOptions say how a file is to be there.
type UploadOptions struct {
	Conflict Conflict
	Created  time.Time // of the file; zero: now
	Modified time.Time
	Progress func(sent int64) // told after each piece; may be nil
}

// Upload puts a file into a folder ("root" or an id) and dates it. Its size must
// be known. It goes by a session, which keeps the dates and survives a broken
// line; an empty file, which a session cannot carry, goes in one request and is
// dated by another.
func (c *Client) Upload(ctx context.Context, drive, parent, name string, content Source, o UploadOptions) (DriveItem, error) {
	if content.Size < 0 {
		return DriveItem{}, fmt.Errorf("upload %q to drive %s: size is unknown", name, drive)
	}
	if content.Size > 0 {
		return c.UploadLarge(ctx, drive, parent, name, content, o)
	}
	item, err := c.UploadSmall(ctx, drive, parent, name, content, o.Conflict)
	if err != nil || o.Created.IsZero() && o.Modified.IsZero() {
		return item, err
	}
	return c.PatchItem(ctx, drive, item.ID, ItemChange{Created: o.Created, Modified: o.Modified})
}

// UploadSmall puts a file of at most 250 MB in one request. It cannot date it.
func (c *Client) UploadSmall(ctx context.Context, drive, parent, name string, content Source, conflict Conflict) (DriveItem, error) {
	what := fmt.Sprintf("upload %q to drive %s", name, drive)
	if content.Size < 0 || content.Size > maxSmall {
		return DriveItem{}, fmt.Errorf("%s: %d bytes do not go in one request", what, content.Size)
	}
	in := c.inDrive(what, 2)
	path := at("/v1.0/drives/{}/items/{}:/", drive, parent) + escape(name) + ":/content"
	req, err := http.NewRequestWithContext(withCall(ctx, in), http.MethodPut, c.cloud.Root+query(path, conflictField, string(orConflict(conflict))), nil)
	if err != nil {
		return DriveItem{}, fmt.Errorf("%s: %w", what, err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Accept", "application/json")
	setSource(req, content, 0, content.Size)
	resp, err := c.retry.RoundTrip(req)
	if err != nil {
		return DriveItem{}, fmt.Errorf("%s: %w", what, err)
	}
	body, err := readWhole(ctx, resp)
	if err != nil { // it is there, but how it is called got lost
		return c.ItemByPath(ctx, drive, parent, name)
	}
	item, ok := readItem(body)
	if !ok {
		return DriveItem{}, fmt.Errorf("%s: %w: no item", what, ErrBadAnswer)
	}
	return item, nil
}

func orConflict(c Conflict) Conflict {
	if c == "" {
		return Fail
	}
	return c
}

// setSource makes n bytes of content from an offset a request's body.
func setSource(req *http.Request, content Source, offset, n int64) {
	req.ContentLength = n
	if n == 0 {
		req.Body = http.NoBody
		return
	}
	req.GetBody = func() (io.ReadCloser, error) {
		return &lazyBody{open: func() (io.ReadCloser, error) {
			in, err := content.Open(offset)
			if err != nil {
				return nil, fmt.Errorf("open content at %d: %w", offset, err)
			}
			return &framed{Reader: &exact{in: in, left: n}, content: in}, nil
		}}, nil
	}
	req.Body, _ = req.GetBody()
}

// exact gives exactly so many bytes; content that ends earlier is an error, not
// a shorter file.
type exact struct {
	in   io.Reader
	left int64
}

func (e *exact) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.in.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = nil
		if e.left > 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	return n, err
}

// sessionRounds is how often a file begins anew because its session ended.
const sessionRounds = 3

// UploadLarge puts a file of any size but zero in pieces. A broken line goes on
// with what the service has; a session that ended begins anew.
func (c *Client) UploadLarge(ctx context.Context, drive, parent, name string, content Source, o UploadOptions) (DriveItem, error) {
	u := &upload{client: c, content: content, drive: drive, progress: o.Progress, what: fmt.Sprintf("upload %q to drive %s", name, drive)}
	for round := 1; ; round++ {
		if err := u.begin(ctx, parent, name, o); err != nil {
			return DriveItem{}, err
		}
		item, err := u.run(ctx)
		if err == nil {
			return item, nil
		}
		if !errors.Is(err, ErrSession) {
			u.abandon(ctx)
			return DriveItem{}, err
		}
		if item, ok := u.landed(ctx, parent, name, o); ok {
			return item, nil
		}
		if round >= sessionRounds {
			return DriveItem{}, err
		}
	}
}

// landed looks whether a session ended because the file is complete and only
// the answer to the last piece got lost: the file then has the size and the
// date that the session gave it.
func (u *upload) landed(ctx context.Context, parent, name string, o UploadOptions) (DriveItem, bool) {
	if u.next+pieceSize < u.content.Size || o.Modified.IsZero() || o.Conflict == Rename {
		return DriveItem{}, false
	}
	item, err := u.client.ItemByPath(ctx, u.drive, parent, name)
	if err != nil || item.Size != u.content.Size || !item.Modified.Equal(o.Modified.UTC().Truncate(time.Second)) {
		return DriveItem{}, false
	}
	return item, true
}

// upload is one file on its way.
type upload struct {
	client   *Client
	content  Source
	drive    string
	what     string
	url      string // pre-authenticated, a secret
	next     int64  // first byte the service lacks
	progress func(int64)
}

func (u *upload) begin(ctx context.Context, parent, name string, o UploadOptions) error {
	item := map[string]any{conflictField: orConflict(o.Conflict), "name": name, "fileSize": u.content.Size}
	times := map[string]string{}
	if !o.Created.IsZero() {
		times["createdDateTime"] = o.Created.UTC().Format(time.RFC3339)
	}
	if !o.Modified.IsZero() {
		times["lastModifiedDateTime"] = o.Modified.UTC().Format(time.RFC3339)
	}
	if len(times) > 0 {
		item["fileSystemInfo"] = times
	}
	in := u.client.inDrive(u.what, 2)
	in.repeat = true // an unused session ends by itself
	var s struct {
		URL string `json:"uploadUrl"`
	}
	err := u.client.ask(ctx, request{
		call: in, method: http.MethodPost, body: map[string]any{"item": item},
		url: at("/v1.0/drives/{}/items/{}:/", u.drive, parent) + escape(name) + ":/createUploadSession",
	}, &s)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(s.URL, "https://") {
		return fmt.Errorf("%s: %w: no https address", u.what, ErrBadAnswer)
	}
	u.url, u.next = s.URL, 0
	return nil
}

func (u *upload) run(ctx context.Context) (DriveItem, error) {
	for stuck := 0; ; {
		before := u.next
		item, done, err := u.piece(ctx)
		if err != nil || done {
			return item, err
		}
		if u.progress != nil {
			u.progress(u.next)
		}
		if u.next > before {
			stuck = 0
			continue
		}
		if stuck++; stuck >= tries(ctx, maxAttempts) {
			return DriveItem{}, fmt.Errorf("%s: %w: stays at byte %d", u.what, ErrUnavailable, u.next)
		}
		if err := u.client.clock.Sleep(ctx, u.client.retry.backoff(stuck)); err != nil {
			return DriveItem{}, err
		}
	}
}

// piece sends the next piece and learns what the service lacks then.
func (u *upload) piece(ctx context.Context) (DriveItem, bool, error) {
	n := min(pieceSize, u.content.Size-u.next)
	if n <= 0 {
		return DriveItem{}, false, fmt.Errorf("%s: %w: all was sent and no file came of it", u.what, ErrBadAnswer)
	}
	in := u.client.inDrive(u.what, 2)
	in.bare = true
	req, err := http.NewRequestWithContext(withCall(ctx, in), http.MethodPut, u.url, nil)
	if err != nil {
		return DriveItem{}, false, fmt.Errorf("%s: %w: bad session address", u.what, ErrBadAnswer)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", u.next, u.next+n-1, u.content.Size))
	setSource(req, u.content, u.next, n)
	resp, err := u.client.retry.RoundTrip(req)
	if err == nil {
		var body []byte
		if body, err = readWhole(ctx, resp); err == nil {
			return u.answer(resp.StatusCode, body)
		}
	}
	e, refused := asError(err)
	switch {
	case ctx.Err() != nil:
		return DriveItem{}, false, context.Cause(ctx)
	case refused && (e.Status == http.StatusNotFound || e.Status == http.StatusGone || e.Status == http.StatusUnauthorized):
		return DriveItem{}, false, fmt.Errorf("%s: %w: %w", u.what, ErrSession, err)
	case refused && e.Status == http.StatusRequestedRangeNotSatisfiable, !refused && passing(err):
		// A piece that was repeated, or whose answer got lost: see what is there.
		return DriveItem{}, false, u.status(ctx)
	}
	return DriveItem{}, false, fmt.Errorf("%s: %w", u.what, err)
}

func (u *upload) answer(status int, body []byte) (DriveItem, bool, error) {
	if status == http.StatusCreated || status == http.StatusOK {
		if item, ok := readItem(body); ok {
			return item, true, nil
		}
	}
	return DriveItem{}, false, u.learn(body)
}

// learn reads which ranges the service lacks: the first one's start.
func (u *upload) learn(body []byte) error {
	var s struct {
		Ranges []string `json:"nextExpectedRanges"`
	}
	if json.Unmarshal(body, &s) != nil || len(s.Ranges) == 0 {
		return fmt.Errorf("%s: %w: does not say what it lacks", u.what, ErrBadAnswer)
	}
	start, _, _ := strings.Cut(s.Ranges[0], "-")
	next, err := strconv.ParseInt(start, 10, 64)
	if err != nil || next < 0 || next >= u.content.Size {
		return fmt.Errorf("%s: %w: lacks %.40q", u.what, ErrBadAnswer, s.Ranges[0])
	}
	u.next = next
	return nil
}

func (u *upload) status(ctx context.Context) error {
	in := u.client.inDrive(u.what, 1)
	in.bare = true
	var raw json.RawMessage
	err := u.client.ask(ctx, request{call: in, method: http.MethodGet, url: u.url}, &raw)
	if e, ok := asError(err); ok && (e.Status == http.StatusNotFound || e.Status == http.StatusUnauthorized || e.Status == http.StatusGone) {
		return fmt.Errorf("%w: %w", ErrSession, err)
	}
	if err != nil {
		return err
	}
	return u.learn(raw)
}

// abandon tells the service that nothing more will come. It is a courtesy:
// sessions end by themselves.
func (u *upload) abandon(ctx context.Context) {
	in := u.client.inDrive(u.what, 1)
	in.bare = true
	_ = u.client.ask(Hasty(context.WithoutCancel(ctx)), request{call: in, method: http.MethodDelete, url: u.url}, nil)
}
