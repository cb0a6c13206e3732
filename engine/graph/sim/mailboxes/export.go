package mailboxes

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi/fts"
)

// maxExport is the number of items one exportItems call may name.
const maxExport = 20

// exportItems answers with the streams of the items named, one JSON document
// that is written while it is made: no item is in memory as a whole.
func exportItems(m *Mailbox, r *wire.Request) (*wire.Response, error) {
	var body struct {
		ItemIDs []string `json:"itemIds"`
	}
	if err := readJSON(r, &body); err != nil {
		return nil, err
	}
	if n := len(body.ItemIDs); n == 0 || n > maxExport {
		return nil, wire.Errorf(http.StatusBadRequest, "ErrorInvalidRequest", "The number of item ids must be between 1 and %d; it is %d.", maxExport, n)
	}
	e := &exporter{box: m, faults: r.Faults, context: r.Root() + "/$metadata#Collection(microsoft.graph.exportItemResponse)"}
	m.mu.RLock()
	e.damage = m.damage
	m.mu.RUnlock()
	stream := streamed(func(w io.Writer) error { return e.write(w, body.ItemIDs) })
	return &wire.Response{Stream: stream, Length: -1, Header: map[string]string{"Content-Type": jsonType}}, nil
}

type exporter struct {
	box     *Mailbox
	faults  wire.Faults
	damage  Damage
	context string
	buffer  *bufio.Writer
}

func (e *exporter) write(w io.Writer, ids []string) error {
	out := bufio.NewWriterSize(w, 64<<10)
	e.buffer = bufio.NewWriterSize(io.Discard, 64<<10)
	if err := writeAll(out, `{"@odata.context":`, quoted(e.context), `,"value":[`); err != nil {
		return err
	}
	for i, id := range ids {
		if i > 0 {
			if err := out.WriteByte(','); err != nil {
				return err
			}
		}
		if err := e.item(out, id); err != nil {
			return fmt.Errorf("export item %s: %w", id, err)
		}
	}
	if err := writeAll(out, "]}"); err != nil {
		return err
	}
	return out.Flush()
}

// item writes one item, or why it cannot be had. An error means that the
// answer is torn.
func (e *exporter) item(out *bufio.Writer, id string) error {
	s, err := e.find(id)
	if err != nil {
		return e.failure(out, id, err)
	}
	msg, release, err := e.box.assemble(&s)
	if err != nil {
		return e.failure(out, id, corrupt())
	}
	defer release()
	opt, err := e.damage.options()
	if err != nil {
		return err
	}
	if err := writeAll(out, `{"itemId":`, quoted(id), `,"changeKey":`, quoted(e.box.ids.changeKey(s.seq)), `,"data":"`); err != nil {
		return err
	}
	b64 := base64.NewEncoder(base64.StdEncoding, out)
	e.buffer.Reset(b64) // fts.Encode uses a buffer that is large enough as its own
	if err := fts.Encode(e.buffer, msg, opt); err != nil {
		return err
	}
	if err := e.buffer.Flush(); err != nil {
		return err
	}
	if err := b64.Close(); err != nil {
		return err
	}
	return writeAll(out, `"}`)
}

func (e *exporter) find(id string) (state, error) {
	e.box.mu.RLock()
	defer e.box.mu.RUnlock()
	it, err := e.box.lookUp(id)
	if err != nil {
		return state{}, err
	}
	s := e.box.snapshot(it)
	return s, e.box.struck(&s, e.faults)
}

// struck is the failure of an item that is broken or that a planned fault hits.
func (m *Mailbox) struck(s *state, faults wire.Faults) error {
	switch {
	case s.broken == Missing:
		return ErrNotFound
	case s.broken == Corrupt, faults != nil && faults.Item(m.ids.immutableID(s.number)):
		return corrupt()
	}
	return nil
}

func (e *exporter) failure(out *bufio.Writer, id string, err error) error {
	refused := &wire.Error{Code: "ErrorInternalServerError", Message: err.Error()}
	errors.As(refusal(err), &refused)
	return writeAll(out, `{"itemId":`, quoted(id), `,"changeKey":null,"error":{"code":`, quoted(refused.Code), `,"message":`, quoted(refused.Message), `}}`)
}

func writeAll(w io.Writer, parts ...string) error {
	for _, p := range parts {
		if _, err := io.WriteString(w, p); err != nil {
			return err
		}
	}
	return nil
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // a string: cannot happen
		return `""`
	}
	return string(b)
}

// pipe is a body that is written while it is read. Closing it ends the writer
// and waits for it.
type pipe struct {
	*io.PipeReader
	done chan struct{}
}

// streamed starts write and returns what it writes.
func streamed(write func(io.Writer) error) io.ReadCloser {
	r, w := io.Pipe()
	p := &pipe{PipeReader: r, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = w.CloseWithError(write(w))
	}()
	return p
}

func (p *pipe) Close() error {
	err := p.PipeReader.Close()
	<-p.done
	return err
}
