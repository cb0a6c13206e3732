package drives

import (
	"net/url"
	"sort"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

func (c *call) getDrive() (*wire.Response, error) {
	c.drive.mu.RLock()
	defer c.drive.mu.RUnlock()
	return &wire.Response{JSON: c.drive.renderDrive(), Context: "drives/$entity"}, nil
}

func (c *call) listDrives() (*wire.Response, error) {
	c.drive.mu.RLock()
	defer c.drive.mu.RUnlock()
	return &wire.Response{JSON: object{"value": []object{c.drive.renderDrive()}}, Context: "drives"}, nil
}

func (c *call) getItem() (*wire.Response, error) {
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
	return c.itemAnswer(0, it)
}

func (c *call) notModified(it *item) bool {
	none := c.req.Header.Get("If-None-Match")
	return none != "" && (none == "*" || match(none, it) == nil)
}

// itemAnswer answers with one item. The drive is locked.
func (c *call) itemAnswer(status int, it *item) (*wire.Response, error) {
	o, err := c.drive.render(viewOf(c.req), it)
	if err != nil {
		return nil, err
	}
	context := "items/$entity"
	if it.parent == nil {
		context = "root/$entity"
	}
	return &wire.Response{Status: status, JSON: o, Context: c.drive.context(context), Selected: true}, nil
}

// skipToken is what the nextLink of a children page carries: the last name on it.
type skipToken struct {
	After string `json:"after"`
}

// children lists a folder by name. Pages go on after the last name, so that
// items that come and go in between are neither repeated nor skipped.
func (c *call) children() (*wire.Response, error) {
	if err := c.noOptions("filter", "expand", "search", "skip"); err != nil {
		return nil, err
	}
	if by := strings.ToLower(c.req.Query.Get("orderby")); by != "" && by != "name" && by != "name asc" {
		return nil, invalid("The query option '$orderby' is only supported for name.")
	}
	size, err := c.pageSize()
	if err != nil {
		return nil, err
	}
	var from skipToken
	if t := c.req.Query.Get("skiptoken"); t != "" {
		if err := c.req.Sealer.Open(t, &from); err != nil {
			return nil, invalid("The provided skip token is malformed.")
		}
	}
	d := c.drive
	d.mu.Lock() // list may have to sort
	defer d.mu.Unlock()
	folder, err := c.target(d)
	if err != nil {
		return nil, err
	}
	return c.childrenAnswer(folder, from, size)
}

func (c *call) childrenAnswer(folder *item, from skipToken, size int) (*wire.Response, error) {
	all := folder.list()
	rest := all[sort.Search(len(all), func(i int) bool { return fold(all[i].name) > from.After }):]
	more := len(rest) > size
	rest = rest[:min(size, len(rest))]
	v := viewOf(c.req)
	value := make([]object, 0, len(rest))
	for _, it := range rest {
		o, err := c.drive.render(v, it)
		if err != nil {
			return nil, err
		}
		value = append(value, o)
	}
	id := c.drive.itemID(folder)
	answer := object{"value": value}
	if c.req.Query.Get("count") == "true" {
		answer["@odata.count"] = len(all)
	}
	if more {
		token, err := c.req.Sealer.Seal(skipToken{After: fold(rest[len(rest)-1].name)})
		if err != nil {
			return nil, err
		}
		options := c.carried("select", "top", "orderby", "count")
		join := "?"
		if options != "" {
			join = "&"
		}
		answer["@odata.nextLink"] = c.req.Root() + "/drives/" + url.PathEscape(c.drive.id) + "/items/" + id + "/children" + options + join + "$skiptoken=" + token
	}
	return &wire.Response{JSON: answer, Context: c.drive.context("items('" + id + "')/children"), Selected: true}, nil
}
