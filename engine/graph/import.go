package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Importer puts exported streams into one mailbox. Its session's address is a
// secret; it is renewed when its term nears or the service has forgotten it.
// Several goroutines may use one importer.
type Importer struct {
	client  *Client
	mailbox Mailbox

	mu      sync.Mutex
	url     string
	expires time.Time
}

// Importer opens nothing yet: the first import does.
func (c *Client) Importer(mbx Mailbox) *Importer { return &Importer{client: c, mailbox: mbx} }

// ImportItem is one stream to be put into a folder.
type ImportItem struct {
	Folder    string
	Content   Source // the stream as it was exported
	ItemID    string // of the item to be overwritten; empty: a new item
	ChangeKey string // what the overwritten item has now
}

// Imported is where an item is now. An import always gives a new change key,
// and a new id to a new item.
type Imported struct {
	ID        string
	ChangeKey string
}

// importDoc has Exchange's own capitals ("Import an Exchange item").
type importDoc struct {
	Folder    string `json:"FolderId"`
	Mode      string `json:"Mode"`
	ItemID    string `json:"ItemId,omitempty"`
	ChangeKey string `json:"ChangeKey,omitempty"`
	Data      string `json:"Data"`
}

// Import puts one item into the mailbox, streaming. ErrUncertain when the line
// broke before the answer came: the item may be there; look before importing it
// again. ErrChanged when the item to be overwritten has changed.
func (im *Importer) Import(ctx context.Context, item ImportItem) (Imported, error) {
	what := fmt.Sprintf("import item into mailbox %s", im.mailbox.ID)
	for renewed := false; ; renewed = true {
		target, err := im.session(ctx, renewed)
		if err != nil {
			return Imported{}, err
		}
		out, err := im.post(ctx, what, target, item)
		if err != nil && !renewed && sessionEnded(err) {
			continue
		}
		return out, err
	}
}

func (im *Importer) post(ctx context.Context, what, target string, item ImportItem) (Imported, error) {
	c := im.client
	in := c.inBox(what, im.mailbox)
	in.bare = true
	in.repeat = item.ItemID != "" // overwriting twice does no harm, creating twice does
	req, err := http.NewRequestWithContext(withCall(ctx, in), http.MethodPost, target, nil)
	if err != nil {
		return Imported{}, fmt.Errorf("%s: %w: bad session address", what, ErrBadAnswer)
	}
	head, tail, err := importFrame(item)
	if err != nil {
		return Imported{}, fmt.Errorf("%s: %w", what, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Prefer", `IdType="ImmutableId"`) // so that the new item can be recognised in later lists
	req.ContentLength = -1
	if n := item.Content.Size; n >= 0 {
		req.ContentLength = int64(len(head)) + base64Len(n) + int64(len(tail))
	}
	req.GetBody = func() (io.ReadCloser, error) {
		return &lazyBody{open: func() (io.ReadCloser, error) {
			in, err := item.Content.Open(0)
			if err != nil {
				return nil, fmt.Errorf("open stream: %w", err)
			}
			return &framed{Reader: io.MultiReader(strings.NewReader(head), newEncoder(in), strings.NewReader(tail)), content: in}, nil
		}}, nil
	}
	req.Body, _ = req.GetBody()
	resp, err := c.retry.RoundTrip(req)
	if err != nil {
		return Imported{}, fmt.Errorf("%s: %w", what, err)
	}
	body, err := readWhole(ctx, resp)
	var done struct {
		ID        string `json:"itemId"`
		ChangeKey string `json:"changeKey"`
	}
	if err == nil {
		err = json.Unmarshal(body, &done)
	}
	if err != nil || done.ID == "" {
		return Imported{}, fmt.Errorf("%s: %w: answer without an id", what, ErrUncertain)
	}
	return Imported{ID: done.ID, ChangeKey: done.ChangeKey}, nil
}

// importFrame is the document around the content.
func importFrame(item ImportItem) (head, tail string, err error) {
	doc := importDoc{Folder: item.Folder, Mode: "create", ItemID: item.ItemID, ChangeKey: item.ChangeKey, Data: "\x00"}
	if item.ItemID != "" {
		doc.Mode = "update"
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return "", "", err
	}
	head, tail, _ = strings.Cut(string(b), `\u0000`)
	return head, tail, nil
}

func base64Len(n int64) int64 { return (n + 2) / 3 * 4 }

// session gives an address that is good for a while yet.
func (im *Importer) session(ctx context.Context, renew bool) (string, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	c := im.client
	if !renew && im.url != "" && c.clock.Now().Add(2*time.Minute).Before(im.expires) {
		return im.url, nil
	}
	in := c.inBox("open import session of mailbox "+im.mailbox.ID, im.mailbox)
	in.repeat = true // an unused session ends by itself
	var s struct {
		URL     string    `json:"importUrl"`
		Expires looseTime `json:"expirationDateTime"`
	}
	err := c.ask(ctx, request{
		call: in, method: http.MethodPost, url: at("/v1.0/admin/exchange/mailboxes/{}/createImportSession", im.mailbox.ID),
	}, &s)
	if err != nil {
		return "", err
	}
	if !strings.HasPrefix(s.URL, "https://") {
		return "", fmt.Errorf("%s: %w: no https address", in.what, ErrBadAnswer)
	}
	im.url, im.expires = s.URL, time.Time(s.Expires)
	return im.url, nil
}

// sessionEnded reports refusals of the address rather than of the item.
func sessionEnded(err error) bool {
	e, ok := asError(err)
	if !ok {
		return false
	}
	if errors.Is(e, ErrSession) || e.Status == http.StatusUnauthorized || e.Status == http.StatusGone {
		return true
	}
	text := strings.ToLower(e.Code + " " + e.Message)
	if e.Status != http.StatusForbidden && e.Status != http.StatusNotFound && e.Status != http.StatusBadRequest {
		return false
	}
	return strings.Contains(text, "session") || strings.Contains(text, "authtoken")
}

// framed closes the content inside a frame.
type framed struct {
	io.Reader
	content io.Closer
}

func (f *framed) Close() error { return f.content.Close() }

// encoder is base64 of a reader, as a reader.
type encoder struct {
	in   io.Reader
	raw  [3 << 13]byte
	text [4 << 13]byte
	rest []byte
	err  error
}

func newEncoder(in io.Reader) *encoder { return &encoder{in: in} }

func (e *encoder) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.err != nil {
			return 0, e.err
		}
		n, err := io.ReadFull(e.in, e.raw[:])
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		e.err = err
		if err != nil && err != io.EOF { //nolint:errorlint // ReadFull's own
			return 0, err // half a stream must not look like a whole one
		}
		base64.StdEncoding.Encode(e.text[:], e.raw[:n])
		e.rest = e.text[:base64.StdEncoding.EncodedLen(n)]
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	if n == 0 && e.err != nil {
		return 0, e.err
	}
	return n, nil
}
