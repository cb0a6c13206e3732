package drives

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

const (
	downloadTemplate = "/personal/{owner}/_layouts/15/download.aspx"
	uploadTemplate   = "/personal/{owner}/_api/v2.0/drives/{drive}/items/{item}/uploadSession"

	// linkLife is how long a pre-authenticated download URL works.
	linkLife = time.Hour
)

// claims are what a pre-authenticated URL is good for. It looks like the JWT in
// the tempauth parameter of real ones, whose exp clients read.
type claims struct {
	Audience string `json:"aud"`
	Issued   int64  `json:"nbf"`
	Expires  int64  `json:"exp"`
	Tenant   string `json:"tid"`
	Drive    string `json:"did"`
	Item     string `json:"iid"`
	Version  int    `json:"ver,omitempty"`
	Session  string `json:"sid,omitempty"`
}

const tempauthHeader = `{"typ":"JWT","alg":"HS256"}`

// tempauth signs claims.
func tempauth(req *wire.Request, c claims) (string, error) {
	c.Audience = "00000003-0000-0ff1-ce00-000000000000"
	body, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("sign pre-authenticated URL: %w", err)
	}
	signed := base64.RawURLEncoding.EncodeToString([]byte(tempauthHeader)) + "." + base64.RawURLEncoding.EncodeToString(body)
	seal, err := req.Sealer.Seal(digest(signed))
	if err != nil {
		return "", fmt.Errorf("sign pre-authenticated URL: %w", err)
	}
	return signed + "." + seal, nil
}

// openTempauth checks the signature, not the time.
func openTempauth(req *wire.Request, token string) (c claims, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return c, false
	}
	var sum string
	if err := req.Sealer.Open(parts[2], &sum); err != nil || sum != digest(parts[0]+"."+parts[1]) {
		return c, false
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	return c, err == nil && json.Unmarshal(body, &c) == nil
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

func unauthorized() error {
	return wire.Errorf(401, "unauthenticated", "The tempauth token is not valid or has expired.")
}

// public finds the drive that a pre-authenticated URL is for.
func public(lookup Lookup, act func(*call, claims) (*wire.Response, error)) wire.Handler {
	return func(req *wire.Request) (*wire.Response, error) {
		cl, ok := openTempauth(req, req.Query.Get("tempauth"))
		if !ok {
			return nil, unauthorized()
		}
		d, err := lookup.Drive(cl.Tenant, cl.Drive)
		if err != nil {
			return nil, err
		}
		return act(&call{req: req, lookup: lookup, drive: d}, cl)
	}
}

// downloadLink is a pre-authenticated URL of a file, or of one of its versions.
// It stands on the address the client used, or on the host of the tenant's files
// where that leads here too.
func (d *Drive) downloadLink(req *wire.Request, it *item, number int) (string, error) {
	now := req.Clock.Now()
	token, err := tempauth(req, claims{Issued: now.Unix(), Expires: now.Add(linkLife).Unix(),
		Tenant: d.opts.Tenant, Drive: d.id, Item: d.itemID(it), Version: number})
	if err != nil {
		return "", err
	}
	return req.Files() + "/personal/" + d.site() + "/_layouts/15/download.aspx?UniqueId=" + strings.ToLower(it.id.String()) +
		"&Translate=false&tempauth=" + token + "&ApiVersion=2.0", nil
}

// site is the last part of the owner's site address.
func (d *Drive) site() string {
	if i := strings.LastIndexByte(d.opts.Web, '/'); i >= 0 && i+1 < len(d.opts.Web) {
		return url.PathEscape(d.opts.Web[i+1:])
	}
	return "owner"
}

// content answers with a redirect to the pre-authenticated URL.
func (c *call) content() (*wire.Response, error) {
	if c.req.Query.Get("format") != "" {
		return nil, wire.Errorf(406, "notSupported", "Conversion is not supported.")
	}
	d := c.drive
	d.mu.RLock()
	defer d.mu.RUnlock()
	it, err := c.target(d)
	if err != nil {
		return nil, err
	}
	if c.notModified(it) {
		return &wire.Response{Status: 304, Header: map[string]string{"ETag": it.etagText()}}, nil
	}
	if err := c.readable(it); err != nil {
		return nil, err
	}
	return c.redirect(it, 0)
}

func (c *call) redirect(it *item, number int) (*wire.Response, error) {
	link, err := c.drive.downloadLink(c.req, it, number)
	if err != nil {
		return nil, err
	}
	return &wire.Response{Status: http.StatusFound, Header: map[string]string{"Location": link}}, nil
}

// readable reports why the bytes of an item cannot be had.
func (c *call) readable(it *item) error {
	switch {
	case it.folder:
		return invalid("The item does not have content.")
	case it.malware != "":
		return &wire.Error{Status: 403, Code: "malwareDetected", Message: "Malware was detected in the requested file.",
			Header: map[string]string{"X-Virus-Infected": it.malware}}
	case it.inPackage():
		return wire.Errorf(503, "serviceNotAvailable", "The service is not available.")
	case c.req.Faults.Item(c.drive.itemID(it)):
		return wire.Errorf(423, "notAllowed", "The resource is locked.")
	}
	return nil
}

// download answers a pre-authenticated URL with the bytes, whole or in part.
func (c *call) download(cl claims) (*wire.Response, error) {
	if c.req.Clock.Now().Unix() >= cl.Expires || c.req.Faults.Roll("expire") {
		return nil, unauthorized()
	}
	b, head, err := c.source(cl)
	if err != nil {
		return nil, err
	}
	wanted := c.req.Header.Get("Range")
	if c.drive.hasQuirk(func(q Quirks) bool { return q.WholeFiles }) {
		wanted = ""
	}
	from, to, partial, ok := parseRange(wanted, b.Size())
	if !ok {
		return nil, &wire.Error{Status: 416, Code: "invalidRange", Message: "The requested range is not satisfiable.",
			Header: map[string]string{"Content-Range": fmt.Sprintf("bytes */%d", b.Size())}}
	}
	r, err := b.Open(from)
	if err != nil {
		return nil, err
	}
	resp := &wire.Response{Status: 200, Header: head, Length: to - from,
		Stream: struct {
			io.Reader
			io.Closer
		}{io.LimitReader(r, to-from), r}}
	if partial {
		resp.Status = http.StatusPartialContent
		head["Content-Range"] = fmt.Sprintf("bytes %d-%d/%d", from, to-1, b.Size())
	}
	return resp, nil
}

// source is the content that a download URL is for, with the headers that tell of it.
func (c *call) source(cl claims) (*blob, map[string]string, error) {
	d := c.drive
	d.mu.RLock()
	defer d.mu.RUnlock()
	it, err := d.byID(cl.Item)
	if err != nil {
		return nil, nil, err
	}
	if err := c.readable(it); err != nil {
		return nil, nil, err
	}
	v := it.current
	if cl.Version != 0 {
		if v, err = it.versionNumbered(cl.Version); err != nil {
			return nil, nil, err
		}
	}
	return v.blob, map[string]string{
		"Content-Type":        mimeType(it.name),
		"Content-Disposition": "attachment; filename*=UTF-8''" + url.PathEscape(it.name),
		"Accept-Ranges":       "bytes",
		"ETag":                fmt.Sprintf(`"{%s},%d"`, it.id, v.number),
		"Last-Modified":       v.modified.Format(http.TimeFormat),
	}, nil
}

// parseRange reads a Range header against a length. Several ranges, and what is
// no range in bytes, mean the whole. ok is false when nothing lies in the range.
func parseRange(header string, size int64) (from, to int64, partial, ok bool) {
	spec, isBytes := strings.CutPrefix(header, "bytes=")
	first, last, hasDash := strings.Cut(strings.TrimSpace(spec), "-")
	if !isBytes || !hasDash || strings.Contains(spec, ",") {
		return 0, size, false, true
	}
	if first == "" {
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n < 0 {
			return 0, size, false, true
		}
		return max(0, size-n), size, true, n > 0 && size > 0
	}
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from < 0 {
		return 0, size, false, true
	}
	to = size
	if last != "" {
		end, err := strconv.ParseInt(last, 10, 64)
		if err != nil || end < from {
			return 0, size, false, true
		}
		to = size
		if end < size {
			to = end + 1
		}
	}
	return from, to, true, from < size
}
