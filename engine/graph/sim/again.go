package sim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// Services have been seen to give a page of a list twice, each time under
// another link. Here the link to the next page is replaced by one that leads to
// the same page again; only that one leads on.

// pageAgain is the token of a link to a page that was given already.
type pageAgain struct {
	Again string `json:"again"` // the request for it: path and query below the version
}

// repeatPage lets a page that is not the last come twice, if a planned fault
// wants it.
func (c *call) repeatPage(q *wire.Request, body []byte) ([]byte, error) {
	if c.again || c.version == "" || c.r.Method != http.MethodGet || !bytes.Contains(body, []byte(`"@odata.nextLink":`)) || !q.Faults.Roll(FaultPages) {
		return body, nil
	}
	var page map[string]json.RawMessage
	var next string
	if json.Unmarshal(body, &page) != nil || json.Unmarshal(page["@odata.nextLink"], &next) != nil {
		return body, nil
	}
	path, _, _ := strings.Cut(next, "?")
	if i := strings.LastIndex(path, "(token="); i > 0 {
		path = path[:i]
	}
	token, err := q.Sealer.Seal(pageAgain{Again: c.path + "?" + c.r.URL.RawQuery})
	if err != nil {
		return nil, err
	}
	if page["@odata.nextLink"], err = encodeJSON(path + "?$skiptoken=" + token); err != nil {
		return nil, err
	}
	return encodeJSON(page)
}

// resolveAgain turns a link to a page that is to come twice into the request
// that it came for first.
func (c *call) resolveAgain() error {
	if c.version == "" || c.r.Method != http.MethodGet || !strings.Contains(c.r.URL.RawQuery, "skiptoken=") {
		return nil
	}
	query, err := foldQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	var page pageAgain
	if c.server.world.sealer.Open(query.Get("skiptoken"), &page) != nil || page.Again == "" {
		return nil
	}
	path, raw, _ := strings.Cut(page.Again, "?")
	u, err := url.Parse("/" + c.version + path)
	if err != nil {
		return wire.Errorf(http.StatusBadRequest, "BadRequest", "The request URI is not valid.")
	}
	u.RawQuery = raw
	c.r = c.r.Clone(c.r.Context())
	c.r.URL, c.path, c.again = u, path, true
	return nil
}
