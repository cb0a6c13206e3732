package sim

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// send writes an answer with the headers that Graph puts on all of them.
// Planned damage is done here.
func (x *exchange) send(a *answer) {
	if a.release != nil {
		defer a.release()
	}
	if a.stream != nil {
		defer a.stream.Close()
	}
	if a.damage == resetNow {
		x.abort()
	}
	h := x.w.Header()
	for k, v := range a.header {
		h[k] = v
	}
	x.standardHeaders(h)
	x.status, x.gateway = a.status, a.gateway
	var body io.Reader = bytes.NewReader(a.body)
	length := int64(len(a.body))
	if a.stream != nil {
		body, length = a.stream, a.length
	}
	empty := a.stream == nil && len(a.body) == 0
	if a.damage == goingAway {
		h.Set("Connection", "close") // over HTTP/2 net/http sends GOAWAY for it
	}
	if a.damage.torn() && !empty && a.status < 300 {
		body, length = x.cut(body, length), -1
	}
	zip := !empty && acceptsGzip(x.r) && compressible(h.Get("Content-Type"), length)
	if zip {
		h.Set("Content-Encoding", "gzip")
	} else if length >= 0 && a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		h.Set("Content-Length", strconv.FormatInt(length, 10))
	}
	x.w.WriteHeader(a.status)
	if !empty && x.r.Method != http.MethodHead {
		out := x.writer(a.damage, length)
		if err := x.copyBody(out, body, zip); err != nil {
			x.abort() // the length is announced or the body torn: the client must notice
		}
	}
	x.broken = x.broken || a.damage.torn()
	switch a.damage {
	case resetIn:
		x.abort()
	case goingAway:
		x.goAway()
	}
}

// writer is where the body goes.
func (x *exchange) writer(d damage, length int64) io.Writer {
	if d == slowly {
		return x.slowly(length)
	}
	return x.w
}

// abort kills the connection; net/http knows the panic and stays quiet.
func (x *exchange) abort() {
	x.broken = true
	_ = http.NewResponseController(x.w).Flush()
	panic(http.ErrAbortHandler)
}

// cut lets through a part of the body only.
func (x *exchange) cut(body io.Reader, length int64) io.Reader {
	if length < 0 {
		length = 64 << 10
	}
	return io.LimitReader(body, int64(x.server.faults.share("cut", x.id)*float64(length)))
}

func (x *exchange) copyBody(to io.Writer, body io.Reader, zip bool) error {
	out := &countingWriter{w: to}
	defer func() { x.out += out.n }()
	if x.answered != nil && strings.Contains(x.w.Header().Get("Content-Type"), "json") {
		body = io.TeeReader(body, x.answered)
	}
	if !zip {
		_, err := io.Copy(out, body)
		return err
	}
	z, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if _, err := io.Copy(z, body); err != nil {
		return err
	}
	return z.Close()
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (x *exchange) standardHeaders(h http.Header) {
	set := func(k, v string) {
		if h.Get(k) == "" {
			h.Set(k, v)
		}
	}
	set("Date", x.server.now.Now().UTC().Format(http.TimeFormat))
	set("Cache-Control", "no-cache")
	set("Strict-Transport-Security", "max-age=31536000")
	set("request-id", x.id)
	client := x.r.Header.Get("client-request-id")
	if client == "" {
		client = x.id
	}
	set("client-request-id", client)
	set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"003","RoleInstance":"AM2PEPF0001C8F3"}}`)
	set("Vary", "Accept-Encoding")
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Header.Get("Range") == ""
}

// compressible leaves small bodies and everything that is no text alone.
func compressible(contentType string, length int64) bool {
	if length >= 0 && length < 512 {
		return false
	}
	return strings.Contains(contentType, "json") || contentType == "application/xml" || strings.HasPrefix(contentType, "text/")
}
