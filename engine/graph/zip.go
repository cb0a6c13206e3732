package graph

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// zipper compresses request bodies that are worth it. Bodies of pre-authenticated
// URLs are left alone: those services do not promise to understand it.
type zipper struct{ next http.RoundTripper }

// Bodies of a size between these are compressed; above, they are content.
const (
	minZip = 1 << 10
	maxZip = 4 << 20
)

func (z *zipper) RoundTrip(req *http.Request) (*http.Response, error) {
	if callOf(req.Context()).bare || req.ContentLength < minZip || req.ContentLength > maxZip || req.GetBody == nil ||
		req.Header.Get("Content-Encoding") != "" || !strings.Contains(req.Header.Get("Content-Type"), "json") {
		return z.next.RoundTrip(req)
	}
	plain, err := io.ReadAll(req.Body)
	_ = req.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read request body: %w", err)
	}
	out := req.Clone(req.Context())
	out.Header.Set("Content-Encoding", "gzip")
	setBody(out, zipped(plain))
	resp, err := z.next.RoundTrip(out)
	if err != nil || resp.StatusCode != http.StatusUnsupportedMediaType {
		return resp, err
	}
	_ = resp.Body.Close()
	out = req.Clone(req.Context())
	setBody(out, plain)
	return z.next.RoundTrip(out)
}

// zipWriters are used again: each has tables of some hundred kilobytes.
var zipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func zipped(plain []byte) []byte {
	w := zipWriters.Get().(*gzip.Writer)
	defer zipWriters.Put(w)
	var packed bytes.Buffer
	w.Reset(&packed)
	_, _ = w.Write(plain) // a bytes.Buffer takes everything
	_ = w.Close()
	return packed.Bytes()
}

// unzipper asks for compressed answers and unpacks them, as net/http would by
// itself, but in two thirds of the processor's time: most of what a mailbox sends comes this way.
type unzipper struct{ next http.RoundTripper }

func (u *unzipper) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("Accept-Encoding") != "" || req.Header.Get("Range") != "" || req.Method == http.MethodHead {
		return u.next.RoundTrip(req)
	}
	req = req.Clone(req.Context())
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := u.next.RoundTrip(req)
	if err != nil || !strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		return resp, err
	}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength, resp.Uncompressed = -1, true
	resp.Body = &unzipped{body: resp.Body}
	return resp, nil
}

// unzipped is an answer being unpacked. It begins at the first read, so that an
// empty body is no error before somebody wants it.
type unzipped struct {
	body io.ReadCloser
	from *unpacker
	err  error
}

// unpacker is what unpacking needs of memory.
type unpacker struct {
	in  *bufio.Reader
	zip gzip.Reader
}

var unpackers = sync.Pool{New: func() any { return &unpacker{in: bufio.NewReaderSize(nil, 32<<10)} }}

func (z *unzipped) Read(p []byte) (int, error) {
	if z.err != nil {
		return 0, z.err
	}
	if z.from == nil {
		z.from = unpackers.Get().(*unpacker)
		z.from.in.Reset(z.body)
		if z.err = z.from.zip.Reset(z.from.in); z.err != nil {
			return 0, z.err
		}
	}
	n, err := z.from.zip.Read(p)
	if err != nil { // the end: others may use what this took
		z.err = err
		z.from.in.Reset(nil)
		unpackers.Put(z.from)
		z.from = nil
	}
	return n, err
}

func (z *unzipped) Close() error { return z.body.Close() }
