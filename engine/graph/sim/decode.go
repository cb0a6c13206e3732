package sim

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// bodyLimit is the largest JSON body that Graph takes.
const bodyLimit = 4 << 20

// request makes what handlers are given, or refuses the request for its form.
func (c *call) request() (*wire.Request, error) {
	query, err := foldQuery(c.r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	q := &wire.Request{
		Request: c.r, Version: c.version, Params: c.params, Query: query, Prefer: parsePrefer(c.r.Header),
		Base: base(c.r), Clock: c.server.now, Sealer: c.server.world.sealer,
		Faults: routeFaults{c.server.faults, c.r.Method + " " + c.route.Template},
	}
	q.Elsewhere = func(host string) string { return c.server.elsewhere(c.r.Host, host) }
	if q.Params == nil {
		q.Params = map[string]string{}
	}
	if c.token != nil {
		q.TenantID, q.AppID = c.token.TenantID, c.token.AppID
		q.FileBase = c.server.fileBase(c.r.Host, c.token.TenantID)
	}
	if q.Select, err = c.parseSelect(query.Get("select")); err != nil {
		return nil, err
	}
	if err := c.checkTop(query.Get("top")); err != nil {
		return nil, err
	}
	q.Body, err = c.body()
	return q, err
}

// foldQuery lower-cases option names and drops their dollar sign, which Graph
// does not insist on. A + stands for a blank, as in every query.
func foldQuery(raw string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "The query string is not valid.")
	}
	folded := make(url.Values, len(values))
	for k, v := range values {
		k = strings.ToLower(strings.TrimPrefix(k, "$"))
		folded[k] = append(folded[k], v...)
	}
	return folded, nil
}

// parsePrefer collects the preferences of all Prefer headers.
func parsePrefer(h http.Header) map[string]string {
	prefer := map[string]string{}
	for _, line := range h.Values("Prefer") {
		for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == ',' || r == ';' }) {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				prefer[name] = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
	}
	return prefer
}

func (c *call) parseSelect(list string) ([]string, error) {
	if strings.TrimSpace(list) == "" {
		return nil, nil
	}
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		known := c.route.Known
		i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
		if len(known) > 0 && i < 0 && name != "*" && name != "id" && !strings.HasPrefix(name, "@") {
			return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "Parsing OData Select and Expand failed: Could not find a property named '%s'.", name)
		}
		if i >= 0 {
			name = known[i]
		}
		names = append(names, name)
	}
	return names, nil
}

func (c *call) checkTop(top string) error {
	if top == "" || c.route.MaxTop == 0 {
		return nil
	}
	n, err := strconv.Atoi(top)
	if err != nil || n < 1 || n > c.route.MaxTop {
		return wire.Errorf(http.StatusBadRequest, "Request_BadRequest",
			"Invalid page size specified: '%s'. Must be between 1 and %d inclusive.", top, c.route.MaxTop)
	}
	return nil
}

// body checks the form of the request body and undoes its compression.
func (c *call) body() (io.Reader, error) {
	h := c.r.Header
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		return bytes.NewReader(nil), nil
	}
	wantsLength := c.r.Method == http.MethodPost || c.r.Method == http.MethodPut
	if wantsLength && c.r.ProtoMajor == 1 && !c.inBatch && c.r.ContentLength == 0 && h.Get("Content-Length") == "" && len(c.r.TransferEncoding) == 0 {
		return nil, wire.Errorf(http.StatusLengthRequired, "LengthRequired", "A Content-Length or chunked Transfer-Encoding is required.")
	}
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	if err := c.checkType(kind); err != nil {
		return nil, err
	}
	var body io.Reader = c.r.Body
	if strings.EqualFold(h.Get("Content-Encoding"), "gzip") {
		zip, err := gzip.NewReader(bufio.NewReader(body))
		if err != nil {
			return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "The request body is not in the announced encoding.")
		}
		body = zip
	}
	isJSON := strings.HasSuffix(kind, "json")
	if isJSON && c.r.Method != http.MethodPut && !c.route.Public {
		if c.r.ContentLength > bodyLimit {
			return nil, tooLarge()
		}
		body = &limitedReader{r: body, left: bodyLimit}
	}
	if isJSON {
		c.said = &head{}
		body = io.TeeReader(body, c.said)
	}
	if c.outer.asked != nil && !c.inBatch && isJSON {
		body = io.TeeReader(body, c.outer.asked)
	}
	return body, nil
}

func (c *call) checkType(kind string) error {
	accepts := c.route.Accepts
	if len(accepts) == 0 {
		if c.route.Public || c.r.Method == http.MethodPut || c.r.Method == http.MethodDelete {
			return nil
		}
		accepts = []string{"application/json", "text/plain"}
	}
	if c.r.ContentLength == 0 || slices.Contains(accepts, kind) {
		return nil
	}
	return wire.Errorf(http.StatusUnsupportedMediaType, "RequestBodyRead",
		"A supported MIME type could not be found that matches the content type of the request: '%s'.", kind)
}

func tooLarge() error {
	return wire.Errorf(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request body is larger than 4 MB.")
}

// limitedReader fails with 413 beyond its limit.
type limitedReader struct {
	r    io.Reader
	left int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, tooLarge()
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return n, tooLarge()
	}
	return n, err
}
