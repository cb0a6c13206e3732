package drives

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// maxPut is the largest content that one PUT takes ("Upload small files").
const maxPut = 250 << 20

const conflictBehavior = "@microsoft.graph.conflictBehavior"

// fileSystemInfo is what clients send to set dates.
type fileSystemInfo struct {
	Created  *time.Time `json:"createdDateTime"`
	Modified *time.Time `json:"lastModifiedDateTime"`
}

func (f *fileSystemInfo) times() (t Times) {
	if f != nil && f.Created != nil {
		t.Created = *f.Created
	}
	if f != nil && f.Modified != nil {
		t.Modified = *f.Modified
	}
	return t
}

// behaviour is what the query or else the body says about taken names.
func (c *call) behaviour(inBody string, standard behaviour) (behaviour, error) {
	if q := c.req.Query.Get(strings.ToLower(conflictBehavior)); q != "" {
		inBody = q
	}
	return parseBehaviour(inBody, standard)
}

// createFolder makes a folder in another. Replacing one puts an empty folder in
// its place.
func (c *call) createFolder() (*wire.Response, error) {
	var in struct {
		Name      string          `json:"name"`
		Folder    *struct{}       `json:"folder"`
		Times     *fileSystemInfo `json:"fileSystemInfo"`
		Behaviour string          `json:"@microsoft.graph.conflictBehavior"`
	}
	if err := c.body(&in); err != nil {
		return nil, err
	}
	if in.Folder == nil {
		return nil, invalid("The request must have a folder facet.")
	}
	how, err := c.behaviour(in.Behaviour, behaviourFail)
	if err != nil {
		return nil, err
	}
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	parent, err := c.target(d)
	if err != nil {
		return nil, err
	}
	if err := d.place(parent, in.Name); err != nil {
		return nil, err
	}
	if there := parent.children[fold(in.Name)]; there != nil {
		switch {
		case how == behaviourRename:
			in.Name = freeName(parent, in.Name)
		case how == behaviourReplace && there.folder:
			d.remove(there)
		default:
			return nil, nameTaken()
		}
	}
	it := d.add(parent, in.Name, true, c.who())
	t := in.Times.times()
	d.assignTimes(it, t.Created, t.Modified)
	d.tell("mkdir", c.req.AppID, it)
	return c.itemAnswer(201, it)
}

// patchItem renames, moves and dates an item.
func (c *call) patchItem() (*wire.Response, error) {
	var in struct {
		Name   *string `json:"name"`
		Parent *struct {
			ID      string `json:"id"`
			DriveID string `json:"driveId"`
			Path    string `json:"path"`
		} `json:"parentReference"`
		Times     *fileSystemInfo `json:"fileSystemInfo"`
		Behaviour string          `json:"@microsoft.graph.conflictBehavior"`
	}
	if err := c.body(&in); err != nil {
		return nil, err
	}
	how, err := c.behaviour(in.Behaviour, behaviourFail)
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
	if err := c.checkMatch(it); err != nil {
		return nil, err
	}
	if in.Name != nil || in.Parent != nil {
		name, parent := it.name, it.parent
		if in.Name != nil {
			name = *in.Name
		}
		if in.Parent != nil && (in.Parent.ID != "" || in.Parent.Path != "") {
			if parent, err = d.newParent(in.Parent.DriveID, in.Parent.ID, in.Parent.Path); err != nil {
				return nil, err
			}
		}
		if err := c.relocate(it, parent, name, how); err != nil {
			return nil, err
		}
	}
	if t := in.Times.times(); !t.Created.IsZero() || !t.Modified.IsZero() {
		d.setTimes(it, t.Created, t.Modified, c.who())
		d.tell("times", c.req.AppID, it)
	}
	return c.itemAnswer(0, it)
}

// newParent finds the folder that a parentReference means.
func (d *Drive) newParent(driveID, id, path string) (*item, error) {
	if driveID != "" && driveID != d.id {
		return nil, wire.Errorf(400, "notSupported", "An item cannot be moved to another drive; copy it.")
	}
	if id != "" {
		return d.byID(id)
	}
	_, below, ok := strings.Cut(path, "root:")
	if !ok {
		return nil, invalid("The path of the parent reference is not valid.")
	}
	below, err := url.PathUnescape(below)
	if err != nil {
		return nil, invalid("The path of the parent reference is not valid.")
	}
	return d.find(below)
}

// relocate moves and renames in one step, as PATCH does.
func (c *call) relocate(it, parent *item, name string, how behaviour) error {
	d := c.drive
	switch {
	case it.parent == nil:
		return invalid("The root of a drive cannot be renamed or moved.")
	case within(parent, it):
		return invalid("A folder cannot be moved into itself.")
	case parent == it.parent && name == it.name:
		return nil
	}
	if err := d.place(parent, name); err != nil {
		return err
	}
	if there := parent.children[fold(name)]; there != nil && there != it {
		switch how {
		case behaviourRename:
			name = freeName(parent, name)
		case behaviourReplace:
			if there.folder || it.folder {
				return nameTaken()
			}
			d.remove(there)
		default:
			return nameTaken()
		}
	}
	op := "rename"
	if parent != it.parent {
		op = "move"
	}
	d.move(it, parent, name, c.who())
	d.tell(op, c.req.AppID, it)
	return nil
}

func (c *call) deleteItem() (*wire.Response, error) {
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := c.target(d)
	if err != nil {
		return nil, err
	}
	if it.parent == nil {
		return nil, invalid("The root of a drive cannot be deleted.")
	}
	if err := c.checkMatch(it); err != nil {
		return nil, err
	}
	d.tell("delete", c.req.AppID, it)
	d.remove(it)
	return &wire.Response{Status: 204}, nil
}

// putContent takes a file whole, by id or by path.
func (c *call) putContent() (*wire.Response, error) {
	how, err := c.behaviour("", behaviourReplace)
	if err != nil {
		return nil, err
	}
	if c.req.ContentLength > maxPut {
		return nil, wire.Errorf(413, "requestTooLarge", "The request is too large. Use an upload session.")
	}
	s := newSpool(c.drive.opts.Temp)
	b, err := c.takeWhole(s)
	if err == nil {
		var resp *wire.Response
		if resp, err = c.storePut(b, how); err == nil {
			s.keep()
			return resp, nil
		}
	}
	s.drop()
	return nil, err
}

func (c *call) takeWhole(s *spool) (*blob, error) {
	switch err := s.take(c.req.Body, maxPut); {
	case errors.Is(err, errTooLong):
		return nil, wire.Errorf(413, "requestTooLarge", "The request is too large. Use an upload session.")
	case err != nil:
		return nil, invalid("The request body could not be read: %v.", err)
	}
	return s.blob()
}

func (c *call) storePut(b *blob, how behaviour) (*wire.Response, error) {
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	u, err := c.uploadTo(how)
	if err != nil {
		return nil, err
	}
	it, created, err := d.store(u, b)
	if err != nil {
		return nil, err
	}
	return c.stored(it, created)
}

// stored answers an upload that is complete. The drive is locked.
func (c *call) stored(it *item, created bool) (*wire.Response, error) {
	op, status := "replace", 200
	if created {
		op, status = "create", 201
	}
	c.drive.tell(op, it.editor.AppID, it)
	return c.itemAnswer(status, it)
}

// upload says where content goes.
type upload struct {
	existing *item // a file addressed by its id; else
	parent   *item
	name     string
	how      behaviour
	match    string // If-Match
	times    Times
	who      *Identity
}

// uploadTo reads the address of a request that uploads. Folders that the path
// names and that are missing are made. The drive is locked.
func (c *call) uploadTo(how behaviour) (upload, error) {
	d := c.drive
	u := upload{how: how, match: c.req.Header.Get("If-Match"), who: c.who()}
	from, parts, err := c.address(d)
	if err != nil {
		return u, err
	}
	if len(parts) == 0 {
		if from.folder {
			return u, invalid("A folder cannot have content.")
		}
		u.existing = from
		return u, nil
	}
	for _, name := range parts {
		if err := CheckName(name); err != nil {
			return u, err
		}
	}
	if utf16Len(from.path())+1+utf16Len(strings.Join(parts, "/")) > maxPath {
		return u, pathTooLong()
	}
	last := len(parts) - 1
	if !from.folder {
		return u, invalid("The parent is not a folder.")
	}
	u.parent, err = d.folderAt(from, parts[:last], u.who)
	u.name = parts[last]
	return u, err
}

// store puts uploaded content in its place. The drive is locked.
func (d *Drive) store(u upload, b *blob) (it *item, created bool, err error) {
	it = u.existing
	if it == nil {
		if u.parent.deleted {
			return nil, false, notFound()
		}
		if it = u.parent.children[fold(u.name)]; it != nil {
			switch {
			case u.how == behaviourRename:
				u.name, it = freeName(u.parent, u.name), nil
			case u.how == behaviourFail, it.folder:
				return nil, false, nameTaken()
			}
		}
	} else if it.deleted {
		return nil, false, notFound()
	}
	name := u.name
	if it != nil {
		name = it.name
	}
	if b, err = d.quirks.rewritten(name, b); err != nil {
		return nil, false, err
	}
	before := int64(0)
	if it != nil {
		if err := match(u.match, it); err != nil {
			return nil, false, err
		}
		before = it.size
	}
	if err := d.roomFor(b.Size() - before); err != nil {
		return nil, false, err
	}
	if created = it == nil; created {
		it = d.add(u.parent, u.name, false, u.who)
	}
	d.setContent(it, b, u.who)
	d.assignTimes(it, u.times.Created, u.times.Modified)
	return it, created, nil
}

// roomFor reports that the quota does not allow so many more bytes.
func (d *Drive) roomFor(more int64) error {
	if more > 0 && d.root.size+more > d.opts.Quota {
		return wire.Errorf(507, "quotaLimitReached", "Insufficient Space Available: the user has reached their quota limit.")
	}
	return nil
}
