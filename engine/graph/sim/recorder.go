package sim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// recordCap bounds how much of one body is kept for the recording.
const recordCap = 16 << 20

// recorder writes every exchange as one line of JSON.
type recorder struct {
	mu     sync.Mutex
	out    *bufio.Writer
	failed error
}

func newRecorder(w io.Writer) *recorder {
	if w == nil {
		return &recorder{}
	}
	return &recorder{out: bufio.NewWriterSize(w, 1<<16)}
}

func (r *recorder) on() bool { return r.out != nil }

// recording is one exchange as it is written. A status of 0 says that the
// client got no whole answer, or that it was too long to keep.
type recording struct {
	Method          string            `json:"method"`
	URL             string            `json:"url"`
	RequestHeaders  map[string]string `json:"request_headers"`
	RequestBody     *string           `json:"request_body"`
	Status          int               `json:"status"`
	ResponseHeaders map[string]string `json:"response_headers"`
	ResponseBody    *string           `json:"response_body"`
	Note            string            `json:"note,omitempty"`
}

func (r *recorder) write(x recording) {
	line, err := json.Marshal(x)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		_, err = r.out.Write(append(line, '\n'))
	}
	if err != nil && r.failed == nil {
		r.failed = fmt.Errorf("record exchange: %w", err)
	}
}

// Flush writes out what is buffered and tells the first failure.
func (r *recorder) Flush() error {
	if !r.on() {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.out.Flush(); err != nil && r.failed == nil {
		r.failed = fmt.Errorf("record exchange: %w", err)
	}
	return r.failed
}

// plainHeaders flattens headers and keeps credentials out.
func plainHeaders(h http.Header) map[string]string {
	flat := make(map[string]string, len(h))
	for k, v := range h {
		flat[k] = strings.Join(v, ", ")
	}
	if _, ok := flat["Authorization"]; ok {
		flat["Authorization"] = "Bearer (not recorded)"
	}
	return flat
}

// capture keeps what passes, up to recordCap.
type capture struct {
	buf  bytes.Buffer
	over bool
}

func (c *capture) Write(p []byte) (int, error) {
	if c.over = c.over || c.buf.Len()+len(p) > recordCap; c.over {
		c.buf = bytes.Buffer{}
		return len(p), nil
	}
	return c.buf.Write(p)
}

func (c *capture) text() *string {
	if c == nil || c.over || c.buf.Len() == 0 {
		return nil
	}
	s := c.buf.String()
	return &s
}
