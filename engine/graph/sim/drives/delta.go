package drives

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// Page sizes of children and delta.
const (
	standardPage = 200
	largestPage  = 1000
)

// deltaToken is what delta links carry. A round lists what changed after Since;
// a page of it continues after At.
type deltaToken struct {
	Drive      string `json:"d"` // end of the drive's id
	Generation int    `json:"g"`
	Since      uint64 `json:"s"` // number of a change; 0: everything
	At         uint64 `json:"a,omitempty"`
	End        uint64 `json:"e,omitempty"` // the last change when the round began; 0: it has not begun
	Waited     bool   `json:"w,omitempty"` // the empty page has been given
}

// deltaPrefer are the preferences for driveItem delta that are obeyed.
var deltaPrefer = []string{"deltashowremovedasdeleted", "deltatraversepermissiongaps", "deltashowsharingchanges", "hierarchicalsharing"}

// delta answers driveItem: delta. See Microsoft's reference page of that name
// and "Best practices for discovering files and detecting changes at scale".
func (c *call) delta() (*wire.Response, error) {
	if err := c.noOptions("filter", "orderby", "search"); err != nil {
		return nil, err
	}
	size, err := c.pageSize()
	if err != nil {
		return nil, err
	}
	d := c.drive
	d.mu.RLock()
	defer d.mu.RUnlock()
	it, err := c.target(d)
	if err != nil {
		return nil, err
	}
	if it != d.root {
		return nil, wire.Errorf(400, "notSupported", "Delta is only supported on the root of a drive.")
	}
	token := c.req.Params["token"]
	if token == "" {
		token = c.req.Query.Get("token")
	}
	if strings.EqualFold(token, "latest") {
		return c.deltaAnswer(nil, 0, d.deltaToken(d.seq), true)
	}
	t, err := c.openDelta(token)
	if err != nil {
		return nil, err
	}
	if begins := t.End == 0; begins && d.quirks.EmptyPages && !t.Waited {
		t.Waited = true
		return c.deltaAnswer(nil, t.Since, t, false)
	}
	items, next, last := d.deltaPage(t, size, c.deltaRules())
	return c.deltaAnswer(items, t.Since, next, last)
}

func (d *Drive) deltaToken(since uint64) deltaToken {
	return deltaToken{Drive: d.id[len(d.id)-8:], Generation: d.generation, Since: since}
}

// openDelta reads the token of a request: none, one of ours, or a moment.
func (c *call) openDelta(token string) (deltaToken, error) {
	d := c.drive
	if token == "" {
		return d.deltaToken(0), nil
	}
	if at, err := time.Parse(time.RFC3339, token); err == nil {
		return d.deltaToken(d.since(at)), nil
	}
	var t deltaToken
	if err := c.req.Sealer.Open(token, &t); err != nil || t.Drive != d.deltaToken(0).Drive {
		return t, invalid("The provided token is malformed.")
	}
	begins := t.End == 0 && t.Since > 0 && !t.Waited
	if t.Generation != d.generation || begins && c.req.Faults.Roll("delta410") {
		return t, c.resync()
	}
	return t, nil
}

// resync refuses a delta link and tells where to begin anew.
func (c *call) resync() error {
	link, err := c.deltaLink(c.drive.deltaToken(0))
	if err != nil {
		return err
	}
	return &wire.Error{Status: 410, Code: "resyncRequired", Inner: "resyncChangesApplyDifferences",
		Message: "Resync required. Replace any local items with the server's version (including deletes) if you're sure that the service was up to date with your local changes when you last sync'd. Upload any local changes that the server doesn't know about.",
		Header:  map[string]string{"Location": link}}
}

// deltaRules are the preferences that decide what a page holds.
type deltaRules struct {
	noParents bool // leave out folders that did not change themselves
	sharing   bool // tell items of which only the sharing changed
}

func (c *call) deltaRules() deltaRules {
	_, exclude := c.req.Prefer["deltaexcludeparent"]
	_, sharing := c.req.Prefer["deltashowsharingchanges"]
	return deltaRules{noParents: exclude || c.req.Header.Get("deltaExcludeParent") != "", sharing: sharing}
}

// deltaPage collects one page. Items come in the order of their last change.
// The folders above an item go before it where they did not come earlier in the
// round; so folders are repeated, as in the service. A page exceeds size only
// when one item with its folders does.
func (d *Drive) deltaPage(t deltaToken, size int, rules deltaRules) (page []*item, next deltaToken, last bool) {
	if t.End == 0 {
		t.End, t.At = d.seq, t.Since
	}
	on := map[*item]bool{}
	if t.At == t.Since {
		page, on[d.root] = append(page, d.root), true
	}
	for _, e := range d.log[d.after(t.At):] {
		it := e.it
		unseen := it.deleted && t.Since == 0 && it.seq <= t.End
		if e.seq != it.seq || unseen || on[it] || it.sharedSince(t.Since) && !rules.sharing {
			t.At = e.seq
			continue
		}
		var above []*item
		if !rules.noParents {
			above = missing(it, t.Since, on)
		}
		if len(page) > 0 && len(page)+len(above)+1 > size {
			return page, t, false
		}
		for _, p := range append(above, it) {
			page, on[p] = append(page, p), true
		}
		t.At = e.seq
	}
	return page, d.deltaToken(d.seq), true
}

// sharedSince reports whether all that changed about an item after since is sharing.
func (it *item) sharedSince(since uint64) bool {
	return since > 0 && it.seq > since && it.own <= since
}

// missing are the live folders above it, topmost first, that neither came
// earlier in the round that lists changes after since, nor are on the page.
func missing(it *item, since uint64, on map[*item]bool) []*item {
	var chain []*item
	for p := it.parent; p != nil; p = p.parent {
		earlier := p.seq > since && p.seq < it.seq
		if !p.deleted && !on[p] && !earlier {
			chain = append([]*item{p}, chain...)
		}
	}
	return chain
}

func (c *call) deltaAnswer(items []*item, since uint64, t deltaToken, last bool) (*wire.Response, error) {
	v := viewOf(c.req)
	v.delta = true
	value := make([]object, 0, len(items))
	_, sharing := c.req.Prefer["deltashowsharingchanges"]
	for _, it := range items {
		o, err := c.drive.render(v, it)
		if err != nil {
			return nil, err
		}
		if sharing && it.sharedSince(since) && !it.folder {
			o["@microsoft.graph.sharedChanged"] = "True"
		}
		value = append(value, o)
	}
	link, err := c.deltaLink(t)
	if err != nil {
		return nil, err
	}
	name := "@odata.nextLink"
	if last {
		name = "@odata.deltaLink"
	}
	resp := &wire.Response{JSON: object{name: link, "value": value}, Context: "Collection(driveItem)", Selected: true}
	for _, p := range deltaPrefer {
		if _, ok := c.req.Prefer[p]; ok {
			resp.Applied = append(resp.Applied, p)
		}
	}
	return resp, nil
}

// deltaLink is the link for a token, with the options of the request it goes on from.
func (c *call) deltaLink(t deltaToken) (string, error) {
	token, err := c.req.Sealer.Seal(t)
	if err != nil {
		return "", err
	}
	return c.req.Root() + "/drives/" + url.PathEscape(c.drive.id) + "/root/delta(token='" + token + "')" + c.carried("select", "top"), nil
}

// carried repeats options of the request for a link; the names are Graph's without $.
func (c *call) carried(names ...string) string {
	q := ""
	for _, n := range names {
		if v := c.req.Query.Get(n); v != "" {
			q += "&$" + n + "=" + url.QueryEscape(v)
		}
	}
	if q == "" {
		return ""
	}
	return "?" + q[1:]
}

// pageSize reads $top or Prefer: odata.maxpagesize.
func (c *call) pageSize() (int, error) {
	size := c.req.MaxPageSize(standardPage, largestPage)
	if top := c.req.Query.Get("top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 {
			return 0, invalid("Invalid page size specified: '%s'.", top)
		}
		size = min(n, largestPage)
	}
	return size, nil
}

// noOptions refuses query options that the service does not know here.
func (c *call) noOptions(names ...string) error {
	for _, n := range names {
		if c.req.Query.Get(n) != "" {
			return invalid("The query option '$%s' is not supported.", n)
		}
	}
	return nil
}
