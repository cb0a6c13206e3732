package drives

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// Lookup finds drives. Its errors are *wire.Error, such as NoSuchDrive and
// NoSite make them.
type Lookup interface {
	// UserDrive is the drive of a user, who is named by id or principal name.
	UserDrive(tenant, user string) (*Drive, error)
	// Drive is the drive with an id, if it belongs to the tenant.
	Drive(tenant, id string) (*Drive, error)
}

// NoSuchDrive is the answer for a drive id that the tenant has no drive of.
func NoSuchDrive(id string) error {
	if !strings.HasPrefix(id, "b!") || len(id) != 66 {
		return invalid("The provided drive id appears to be malformed, or does not represent a valid drive.")
	}
	return notFound()
}

// NoSite is the answer for a user without OneDrive.
func NoSite() error { return wire.Errorf(404, "ResourceNotFound", "User's mysite not found.") }

// NoLicense is the answer in a tenant without SharePoint.
func NoLicense() error { return wire.Errorf(400, "BadRequest", "Tenant does not have a SPO license.") }

var (
	mayRead  = []string{"Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All"}
	mayWrite = []string{"Files.ReadWrite.All", "Sites.ReadWrite.All", "Sites.Manage.All", "Sites.FullControl.All"}
)

// call is one request to a drive.
type call struct {
	req    *wire.Request
	lookup Lookup
	drive  *Drive
}

type action func(*call) (*wire.Response, error)

// operation is something that can be done with an item, however it is addressed.
type operation struct {
	method, suffix string
	units          int
	act            action
}

var operations = []operation{
	{"GET", "", 1, (*call).getItem},
	{"PATCH", "", 2, (*call).patchItem},
	{"DELETE", "", 2, (*call).deleteItem},
	{"PUT", "", 2, (*call).putSource},
	{"GET", "/children", 2, (*call).children},
	{"POST", "/children", 2, (*call).createFolder},
	{"GET", "/content", 1, (*call).content},
	{"PUT", "/content", 2, (*call).putContent},
	{"POST", "/createUploadSession", 2, (*call).createSession},
	{"GET", "/delta", 1, (*call).delta},
	{"GET", "/versions", 2, (*call).versions},
	{"GET", "/versions/{version}", 1, (*call).version},
	{"GET", "/versions/{version}/content", 1, (*call).versionContent},
	{"POST", "/versions/{version}/restoreVersion", 2, (*call).restoreVersion},
	{"GET", "/permissions", 5, (*call).permissions},
	{"GET", "/permissions/{permission}", 5, (*call).permission},
	{"DELETE", "/permissions/{permission}", 5, (*call).deletePermission},
	{"POST", "/invite", 5, (*call).invite},
	{"POST", "/createLink", 5, (*call).createLink},
	{"POST", "/copy", 2, (*call).copyItem},
}

// Routes are the requests that drives answer.
func Routes(lookup Lookup) []wire.Route {
	routes := []wire.Route{
		{Method: "GET", Template: "/users/{user}/drive", Handle: bind(lookup, (*call).getDrive), Known: driveProperties},
		{Method: "GET", Template: "/users/{user}/drives", Handle: bind(lookup, (*call).listDrives), Known: driveProperties},
		{Method: "GET", Template: "/drives/{drive}", Handle: bind(lookup, (*call).getDrive), Known: driveProperties},
	}
	for i := range routes {
		routes[i].Roles, routes[i].Pool, routes[i].Units = mayRead, wire.PoolDrive, 1
	}
	for _, drive := range []string{"/drives/{drive}", "/users/{user}/drive"} {
		for _, op := range operations {
			routes = append(routes, op.routes(lookup, drive)...)
		}
	}
	return append(routes,
		wire.Route{Method: "GET", Template: monitorTemplate, Public: true, Pool: wire.PoolDrive, Handle: public(lookup, (*call).monitor)},
		wire.Route{Method: "GET", Template: downloadTemplate, Public: true, Pool: wire.PoolDrive, Handle: public(lookup, (*call).download)},
		wire.Route{Method: "PUT", Template: uploadTemplate, Public: true, Pool: wire.PoolDrive, Handle: public(lookup, (*call).putPiece)},
		wire.Route{Method: "GET", Template: uploadTemplate, Public: true, Pool: wire.PoolDrive, Handle: public(lookup, (*call).sessionStatus)},
		wire.Route{Method: "DELETE", Template: uploadTemplate, Public: true, Pool: wire.PoolDrive, Handle: public(lookup, (*call).cancelSession)},
		wire.Route{Method: "POST", Template: uploadTemplate, Public: true, Pool: wire.PoolDrive, Handle: public(lookup, (*call).commitSession)},
	)
}

// routes are the four ways to address the item of an operation.
func (op operation) routes(lookup Lookup, drive string) []wire.Route {
	roles := mayRead
	if op.method != "GET" {
		roles = mayWrite
	}
	known := itemProperties
	if strings.HasPrefix(op.suffix, "/versions") {
		known = versionProperties
	}
	if op.units == 5 { // permissions
		known = nil
	}
	var routes []wire.Route
	for _, address := range []string{"/root", "/items/{item}", "/root:/{path...}", "/items/{item}:/{path...}"} {
		template := drive + address + op.suffix
		if strings.HasSuffix(address, "...}") && op.suffix != "" {
			template = drive + address + ":" + op.suffix
		}
		routes = append(routes, wire.Route{Method: op.method, Template: template, Roles: roles,
			Pool: wire.PoolDrive, Units: op.units, Known: known, Handle: bind(lookup, op.act)})
	}
	return routes
}

// bind finds the drive that a request names.
func bind(lookup Lookup, act action) wire.Handler {
	return func(req *wire.Request) (*wire.Response, error) {
		c := &call{req: req, lookup: lookup}
		var err error
		if id, ok := req.Params["drive"]; ok {
			c.drive, err = lookup.Drive(req.TenantID, id)
		} else {
			c.drive, err = lookup.UserDrive(req.TenantID, req.Params["user"])
		}
		if err != nil {
			return nil, err
		}
		return act(c)
	}
}

// target is the live item that a request names. The drive is locked.
func (c *call) target(d *Drive) (*item, error) {
	from, parts, err := c.address(d)
	if err != nil {
		return nil, err
	}
	if it := walk(from, parts); it != nil {
		return it, nil
	}
	return nil, notFound()
}

// address is the item a request starts from and the path below it.
func (c *call) address(d *Drive) (*item, []string, error) {
	from := d.root
	if id, ok := c.req.Params["item"]; ok {
		var err error
		if from, err = d.byID(id); err != nil {
			return nil, nil, err
		}
	}
	return from, splitPath(c.req.Params["path"]), nil
}

// who is the application that calls.
func (c *call) who() *Identity { return &Identity{AppID: c.req.AppID} }

const maxJSON = 1 << 20

// body decodes a JSON body into v. An empty body leaves v alone.
func (c *call) body(v any) error {
	raw, err := io.ReadAll(io.LimitReader(c.req.Body, maxJSON+1))
	switch {
	case err != nil:
		return invalid("The request body could not be read.")
	case len(raw) > maxJSON:
		return wire.Errorf(413, "requestTooLarge", "The request is too large.")
	case len(raw) == 0:
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		var typeErr *json.UnmarshalTypeError
		if errors.As(err, &typeErr) {
			return invalid("The property '%s' has a value of the wrong type.", typeErr.Field)
		}
		return invalid("The request body is not valid JSON.")
	}
	return nil
}

// checkMatch obeys If-Match, which may hold an eTag or a cTag.
func (c *call) checkMatch(it *item) error { return match(c.req.Header.Get("If-Match"), it) }

func match(want string, it *item) error {
	if want == "" || want == "*" || want == it.etagText() || !it.folder && want == it.ctagText() {
		return nil
	}
	return wire.Errorf(412, "resourceModified", "ETag does not match current item's value.")
}
