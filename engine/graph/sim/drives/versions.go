package drives

import (
	"strconv"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// file is the target of a request, when it is a file.
func (c *call) file() (*item, error) {
	it, err := c.target(c.drive)
	if err != nil {
		return nil, err
	}
	if it.folder {
		return nil, invalid("The item is not a file.")
	}
	return it, nil
}

// versionNumbered finds a version, the current one too.
func (it *item) versionNumbered(number int) (version, error) {
	if number == it.current.number {
		return it.current, nil
	}
	for _, v := range it.old {
		if v.number == number {
			return v, nil
		}
	}
	return version{}, notFound()
}

// versionAsked is the version that a request names, "3.0" or "current".
func (c *call) versionAsked(it *item) (version, error) {
	id := c.req.Params["version"]
	if id == "current" {
		return it.current, nil
	}
	number, err := strconv.Atoi(strings.TrimSuffix(id, ".0"))
	if err != nil || versionID(number) != id {
		return version{}, notFound()
	}
	return it.versionNumbered(number)
}

// versions lists a file's versions, newest first.
func (c *call) versions() (*wire.Response, error) {
	d := c.drive
	d.mu.RLock()
	defer d.mu.RUnlock()
	it, err := c.file()
	if err != nil {
		return nil, err
	}
	all := append(append([]version(nil), it.old...), it.current)
	value := make([]object, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		o, err := d.renderVersion(c.req, it, all[i])
		if err != nil {
			return nil, err
		}
		value = append(value, o)
	}
	return &wire.Response{JSON: object{"value": value}, Context: d.context("items('" + d.itemID(it) + "')/versions")}, nil
}

func (c *call) version() (*wire.Response, error) {
	d := c.drive
	d.mu.RLock()
	defer d.mu.RUnlock()
	it, err := c.file()
	if err != nil {
		return nil, err
	}
	v, err := c.versionAsked(it)
	if err != nil {
		return nil, err
	}
	o, err := d.renderVersion(c.req, it, v)
	if err != nil {
		return nil, err
	}
	return &wire.Response{JSON: o, Context: d.context("items('" + d.itemID(it) + "')/versions/$entity")}, nil
}

// versionContent redirects to the bytes of an earlier version. The current
// one's cannot be had this way ("Download contents of a DriveItemVersion").
func (c *call) versionContent() (*wire.Response, error) {
	d := c.drive
	d.mu.RLock()
	defer d.mu.RUnlock()
	it, err := c.file()
	if err != nil {
		return nil, err
	}
	v, err := c.versionAsked(it)
	if err != nil {
		return nil, err
	}
	if v.number == it.current.number && !d.quirks.CurrentVersion {
		return nil, invalid("You cannot get the content of the current version.")
	}
	if err := c.readable(it); err != nil {
		return nil, err
	}
	return c.redirect(it, v.number)
}

// restoreVersion makes an earlier version's content the newest version.
func (c *call) restoreVersion() (*wire.Response, error) {
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := c.file()
	if err != nil {
		return nil, err
	}
	v, err := c.versionAsked(it)
	if err != nil {
		return nil, err
	}
	if v.number == it.current.number {
		return nil, invalid("The version is the current one already.")
	}
	if err := d.roomFor(v.blob.Size() - it.size); err != nil {
		return nil, err
	}
	d.setContent(it, v.blob, c.who())
	d.tell("restore", c.req.AppID, it)
	return &wire.Response{Status: 204}, nil
}
