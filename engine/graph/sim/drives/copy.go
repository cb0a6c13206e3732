package drives

import (
	"fmt"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

const monitorTemplate = "/personal/{owner}/_api/v2.0/monitor/{job}"

// job is a copy in the making, as its monitor URL tells of it.
type job struct {
	asked  int    // how often the client has looked
	made   string // id of the copy
	failed *wire.Error
}

// copyItem copies a file, or a folder with all in it, within the drive. The
// answer is the address of a monitor, which tells how it ended: a name that is
// taken is found out only there ("driveItem: copy").
func (c *call) copyItem() (*wire.Response, error) {
	var in struct {
		Name   string `json:"name"`
		Parent struct {
			DriveID string `json:"driveId"`
			ID      string `json:"id"`
			Path    string `json:"path"`
		} `json:"parentReference"`
	}
	if err := c.body(&in); err != nil {
		return nil, err
	}
	how, err := c.behaviour("", behaviourFail)
	if err != nil {
		return nil, err
	}
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := c.target(d)
	if err != nil {
		return nil, err
	}
	parent := it.parent
	if in.Parent.ID != "" || in.Parent.Path != "" {
		if parent, err = d.newParent(in.Parent.DriveID, in.Parent.ID, in.Parent.Path); err != nil {
			return nil, err
		}
	}
	if in.Name == "" {
		in.Name = it.name
	}
	if parent == nil || within(parent, it) {
		return nil, invalid("A folder cannot be copied into itself.")
	}
	if err := d.place(parent, in.Name); err != nil {
		return nil, err
	}
	return c.startCopy(it, parent, in.Name, how)
}

func (c *call) startCopy(it, parent *item, name string, how behaviour) (*wire.Response, error) {
	d := c.drive
	j := &job{}
	there := parent.children[fold(name)]
	if there != nil && how == behaviourRename {
		name, there = freeName(parent, name), nil
	}
	switch err := d.roomFor(it.size); {
	case there != nil:
		j.failed = wire.Errorf(409, "nameAlreadyExists", "The specified item name already exists.")
	case err != nil:
		j.failed = wire.Errorf(507, "quotaLimitReached", "Insufficient Space Available.")
	default:
		made := d.duplicate(it, parent, name, c.who())
		j.made = d.itemID(made)
		d.tell("copy", c.req.AppID, made)
	}
	id := strings.ToLower(d.nextID().String())
	d.jobs[id] = j
	token, err := tempauth(c.req, claims{Issued: c.req.Clock.Now().Unix(), Expires: c.req.Clock.Now().Add(time.Hour).Unix(),
		Tenant: d.opts.Tenant, Drive: d.id, Session: id})
	if err != nil {
		return nil, err
	}
	link := fmt.Sprintf("%s/personal/%s/_api/v2.0/monitor/%s?tempauth=%s", c.req.Files(), d.site(), id, token)
	return &wire.Response{Status: 202, Header: map[string]string{"Location": link}}, nil
}

// duplicate copies the current state of an item and of all in it; versions and
// sharing are not copied.
func (d *Drive) duplicate(it, parent *item, name string, who *Identity) *item {
	made := d.add(parent, name, it.folder, who)
	made.packageType = it.packageType
	if !it.folder {
		d.setContent(made, it.current.blob, who)
	}
	d.assignTimes(made, it.created, it.modified)
	for _, child := range it.list() {
		d.duplicate(child, made, child.name, who)
	}
	return made
}

// monitor tells how a copy is doing. The first look finds it under way.
func (c *call) monitor(cl claims) (*wire.Response, error) {
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.jobs[cl.Session]
	if j == nil || cl.Session != c.req.Params["job"] {
		return nil, notFound()
	}
	if j.asked++; j.asked == 1 {
		return &wire.Response{Status: 202, JSON: object{"operation": "ItemCopy", "percentageComplete": 50.0, "status": "inProgress"}}, nil
	}
	if j.failed != nil {
		return &wire.Response{JSON: object{"operation": "ItemCopy", "percentageComplete": 0.0, "status": "failed",
			"error": object{"code": j.failed.Code, "message": j.failed.Message}}}, nil
	}
	return &wire.Response{JSON: object{"percentageComplete": 100.0, "status": "completed", "resourceId": j.made}}, nil
}
