package graph

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"vangnet/engine/graph/jsonpull"
)

// MaxExport is the most items that one export may ask for ("mailbox:
// exportItems").
const MaxExport = 20

// exportRounds is how often items that arrive broken are asked for again.
const exportRounds = 8

// Bounds of an export answer.
const (
	maxID        = 4 << 10
	maxErrorJSON = 64 << 10
)

// Export reads up to 20 items of a mailbox as streams, unchanged.
//
// got is called for each item that arrives, one at a time; data ends with
// io.EOF only when the item is whole. If data fails, the item did not arrive:
// got should return that error (or any), keep nothing, and may be called for
// the item again. An error of got's own ends the export. got must not make
// calls on the same mailbox: the export holds one of its few places.
//
// failed tells, for each asked-for item that could not be had, why. It is the
// last word: an item that is in it counts as not read, even if got was called
// for it. Errors are of kind ErrItem, ErrNotFound, ErrTruncated and the like.
func (c *Client) Export(ctx context.Context, mbx Mailbox, ids []string,
	got func(id, changeKey string, data io.Reader) error,
) (failed map[string]error, err error) {
	if len(ids) > MaxExport {
		return nil, fmt.Errorf("export of %d items: at most %d", len(ids), MaxExport)
	}
	x := &export{client: c, mailbox: mbx, got: got, left: make(map[string]error, len(ids)), failed: map[string]error{}}
	for _, id := range ids {
		x.left[id] = fmt.Errorf("%w: missing in the answer", ErrTruncated)
	}
	for round := 1; len(x.left) > 0; round++ {
		// From the third round on each item is asked for by itself, so that one
		// that breaks the answer costs only itself.
		for _, group := range x.groups(ids, round < 3) {
			if err := x.ask(ctx, group); err != nil {
				return nil, err
			}
		}
		if len(x.left) == 0 || round >= tries(ctx, exportRounds) {
			break
		}
		// What was cut off comes whole another time (Exchange's own advice for
		// truncated data); what throttles an item waits.
		if err := c.clock.Sleep(ctx, c.retry.backoff(round)); err != nil {
			return nil, err
		}
	}
	for id, why := range x.left {
		x.failed[id] = fmt.Errorf("export item of mailbox %s: %w", mbx.ID, why)
	}
	return x.failed, nil
}

// export is the state of one Export over its rounds.
type export struct {
	client  *Client
	mailbox Mailbox
	got     func(id, changeKey string, data io.Reader) error
	left    map[string]error // not yet here, and why
	failed  map[string]error // never to come
}

// groups are the missing ids, in the order they were asked for.
func (x *export) groups(ids []string, together bool) [][]string {
	var all []string
	var each [][]string
	for _, id := range ids {
		if _, ok := x.left[id]; ok && !slices.Contains(all, id) {
			all = append(all, id)
			each = append(each, []string{id})
		}
	}
	if together {
		return [][]string{all}
	}
	return each
}

// ask exports ids in one request. A refusal of the request as such may be the
// fault of one id among them.
func (x *export) ask(ctx context.Context, ids []string) error {
	err := x.request(ctx, ids)
	e, refused := asError(err)
	if !refused || !(e.Status == http.StatusBadRequest || transient(e) || errors.Is(e, ErrItem)) {
		return err
	}
	if len(ids) == 1 {
		delete(x.left, ids[0])
		x.failed[ids[0]] = err
		return nil
	}
	for _, id := range ids {
		if err := x.ask(ctx, []string{id}); err != nil {
			return err
		}
	}
	return nil
}

func (x *export) request(ctx context.Context, ids []string) error {
	what := fmt.Sprintf("export %d items of mailbox %s", len(ids), x.mailbox.ID)
	in := x.client.inBox(what, x.mailbox)
	in.repeat = true // reading, although it is a POST
	resp, err := x.client.send(ctx, request{
		call: in, method: http.MethodPost, header: outlook(0),
		url:  at("/v1.0/admin/exchange/mailboxes/{}/exportItems", x.mailbox.ID),
		body: map[string][]string{"itemIds": ids},
	})
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read as far as it goes
	err = x.read(jsonpull.New(resp.Body))
	var own *callbackError
	if errors.As(err, &own) {
		return own.error
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil // whatever broke: left says what is missing
}

// callbackError is an error of the caller's function: not ours to repeat.
type callbackError struct{ error }

func (x *export) read(r *jsonpull.Reader) error {
	return r.Fields(func(name string) error {
		if kind, err := r.Peek(); name != "value" || err != nil || kind != jsonpull.Array {
			return errors.Join(err, r.Skip())
		}
		return r.Items(func() error { return x.item(r) })
	})
}

// item reads one entry. Its fields come in any order; the content goes on as
// it arrives when the id is already known, and waits aside when it is not.
func (x *export) item(r *jsonpull.Reader) error {
	var e entry
	defer e.close()
	err := r.Fields(func(name string) error {
		kind, err := r.Peek()
		if err != nil {
			return err
		}
		switch {
		case name == "itemId" && kind == jsonpull.String && e.id == "": // said twice, the first counts: its content may be handed over
			e.id, err = r.Text(maxID)
		case name == "changeKey" && kind == jsonpull.String:
			e.changeKey, err = r.Text(maxID)
		case name == "data" && kind == jsonpull.String && !e.read:
			e.read = true
			err = x.content(r, &e)
		case name == "error" && kind == jsonpull.Object:
			e.fault, err = readItemError(r)
		default:
			err = r.Skip()
		}
		return err
	})
	if err != nil {
		x.note(e.id, err)
		return err
	}
	return x.settle(&e)
}

// entry is one exported item while it is read.
type entry struct {
	id, changeKey string
	fault         *Error
	aside         *aside // content that came before the id
	broken        error  // content that is not whole
	read          bool   // content was there
	done          bool   // handed over whole
}

func (e *entry) close() {
	if e.aside != nil {
		e.aside.close()
	}
}

func (x *export) content(r *jsonpull.Reader, e *entry) error {
	text, err := r.Stream()
	if err != nil {
		return err
	}
	data := newContent(base64.NewDecoder(base64.StdEncoding, text))
	switch _, wanted := x.left[e.id]; {
	case data.blank():
	case e.id == "":
		e.aside, err = putAside(data, x.client.tempDir)
		if err != nil && data.err == nil {
			return &callbackError{fmt.Errorf("put exported item aside: %w", err)}
		}
	case wanted:
		err = x.hand(e, data)
	}
	var own *callbackError
	if errors.As(err, &own) {
		return err
	}
	if cut := text.Close(); cut != nil {
		return cut
	}
	e.broken = err // the answer goes on: this item alone
	return nil
}

// hand gives an item to the caller and judges how it went.
func (x *export) hand(e *entry, data *content) error {
	own := x.got(e.id, e.changeKey, data)
	if own != nil && (data.err == nil || errors.Is(data.err, io.EOF)) {
		return &callbackError{own}
	}
	if data.err == nil { // not read to its end: see whether it has one
		_, _ = io.Copy(io.Discard, data)
	}
	if errors.Is(data.err, io.EOF) {
		e.done = true
		return nil
	}
	return data.err
}

// settle decides about an item once its entry has been read to its end.
func (x *export) settle(e *entry) error {
	if _, wanted := x.left[e.id]; !wanted {
		return nil
	}
	if e.fault == nil && e.broken == nil && e.aside != nil {
		if err := x.hand(e, newContent(e.aside)); err != nil {
			return err
		}
	}
	switch {
	case e.fault != nil && (errors.Is(e.fault, ErrThrottled) || errors.Is(e.fault, ErrUnavailable)):
		x.left[e.id] = e.fault
	case e.fault != nil:
		delete(x.left, e.id)
		x.failed[e.id] = fmt.Errorf("export item of mailbox %s: %w", x.mailbox.ID, e.fault)
	case e.broken != nil:
		x.note(e.id, e.broken)
	case e.done:
		delete(x.left, e.id)
	}
	return nil
}

// note remembers why an item is still missing.
func (x *export) note(id string, err error) {
	if _, ok := x.left[id]; !ok {
		return
	}
	if !errors.Is(err, ErrTruncated) {
		err = fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	x.left[id] = err
}

// readItemError reads an item's own refusal inside a good answer.
func readItemError(r *jsonpull.Reader) (*Error, error) {
	e := &Error{Status: http.StatusOK}
	err := r.Fields(func(name string) error {
		kind, err := r.Peek()
		if err != nil || kind != jsonpull.String {
			return errors.Join(err, r.Skip())
		}
		text, err := r.Text(maxErrorJSON)
		switch name {
		case "code":
			e.Code = text
		case "message":
			e.Message = clip(text)
		}
		return err
	})
	if e.Code == "" && e.Message == "" {
		e.Code = "UnknownError"
	}
	e.Kind = itemKind(e)
	return e, err
}

// itemKind is the kind of an item's own refusal: what may pass is told from
// what will not.
func itemKind(e *Error) error {
	if k, ok := codeKinds[strings.ToLower(e.Code)]; ok {
		return k
	}
	switch strings.ToLower(e.Code) {
	case "errorinternalservertransienterror", "errortimeoutexpired", "errormailboxmoveinprogress", "errormailboxstoreunavailable":
		return ErrUnavailable
	}
	return ErrItem
}

// truncationMark is what Exchange puts at the end of an answer that it could
// not finish (Exchange Web Services documentation of ExportItems). It is data,
// not an error; whoever stores it stores half an item.
const truncationMark = "=== Truncated Data ==="

// content is an item's stream, decoded while it arrives.
type content struct {
	in   *bufio.Reader
	tail []byte // the last bytes, to look for the mark
	err  error  // what ended it; io.EOF: whole
}

func newContent(in io.Reader) *content { return &content{in: bufio.NewReaderSize(in, 4<<10)} }

// blank reports content that is none: data "".
func (c *content) blank() bool {
	_, err := c.in.Peek(1)
	return errors.Is(err, io.EOF)
}

func (c *content) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.in.Read(p)
	c.remember(p[:n])
	if err == nil {
		return n, nil
	}
	c.err = err
	if errors.Is(err, io.EOF) && strings.Contains(string(c.tail), truncationMark) {
		c.err = ErrTruncated
	}
	var corrupt base64.CorruptInputError
	if errors.As(err, &corrupt) {
		c.err = fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	return n, c.err
}

// keepTail is how far from the end the mark is looked for.
const keepTail = 64

func (c *content) remember(p []byte) {
	if len(p) >= keepTail {
		c.tail = append(c.tail[:0], p[len(p)-keepTail:]...)
		return
	}
	if over := len(c.tail) + len(p) - keepTail; over > 0 {
		c.tail = append(c.tail[:0], c.tail[over:]...)
	}
	c.tail = append(c.tail, p...)
}
