package drives

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// People is what a Lookup may know besides: who a recipient is. Where it does
// not, every mail address is taken for a person.
type People interface {
	// Person finds someone by object id, principal name or mail address.
	Person(tenant, name string) (Identity, bool)
}

// grant is one permission on an item, beside the owner's.
type grant struct {
	id      string
	roles   []string
	to      *Identity // a person; nil: a link
	kind    string    // link: view, edit, embed
	scope   string    // link: anonymous, organization, users
	expires time.Time // zero: never
}

// ownerGrant is the permission that cannot be taken away.
const ownerGrant = "owner"

// grants are the permissions that hold for an item: its own, then those of the
// folders above it, nearest first.
func (it *item) grants(tell func(g grant, from *item)) {
	for at := it; at != nil; at = at.parent {
		for _, g := range at.shares {
			tell(g, at)
		}
	}
}

// permissions lists who may use an item.
func (c *call) permissions() (*wire.Response, error) {
	d := c.drive
	d.mu.RLock()
	defer d.mu.RUnlock()
	it, err := c.target(d)
	if err != nil {
		return nil, err
	}
	value := []object{d.renderOwner()}
	it.grants(func(g grant, from *item) { value = append(value, d.renderGrant(g, from, it)) })
	return &wire.Response{JSON: object{"value": value}, Context: d.context("items('" + d.itemID(it) + "')/permissions")}, nil
}

func (c *call) permission() (*wire.Response, error) {
	d := c.drive
	d.mu.RLock()
	defer d.mu.RUnlock()
	it, err := c.target(d)
	if err != nil {
		return nil, err
	}
	var found object
	if id := c.req.Params["permission"]; id == ownerGrant {
		found = d.renderOwner()
	} else {
		it.grants(func(g grant, from *item) {
			if g.id == id && found == nil {
				found = d.renderGrant(g, from, it)
			}
		})
	}
	if found == nil {
		return nil, notFound()
	}
	return &wire.Response{JSON: found, Context: d.context("items('" + d.itemID(it) + "')/permissions/$entity")}, nil
}

// deletePermission takes back what was given on the item itself.
func (c *call) deletePermission() (*wire.Response, error) {
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := c.target(d)
	if err != nil {
		return nil, err
	}
	id := c.req.Params["permission"]
	if id == ownerGrant {
		return nil, wire.Errorf(403, "accessDenied", "The owner's permission cannot be removed.")
	}
	own := slices.IndexFunc(it.shares, func(g grant) bool { return g.id == id })
	if own < 0 {
		inherited := false
		it.grants(func(g grant, _ *item) { inherited = inherited || g.id == id })
		if inherited {
			return nil, invalid("An inherited permission must be removed where it was given.")
		}
		return nil, notFound()
	}
	it.shares = slices.Delete(it.shares, own, own+1)
	d.shared(it)
	d.tell("unshare", c.req.AppID, it)
	return &wire.Response{Status: 204}, nil
}

// invitation is the body of driveItem: invite.
type invitation struct {
	Recipients []struct {
		Email    string `json:"email"`
		ObjectID string `json:"objectId"`
		Alias    string `json:"alias"`
	} `json:"recipients"`
	Roles          []string   `json:"roles"`
	SendInvitation bool       `json:"sendInvitation"`
	Expires        *time.Time `json:"expirationDateTime"`
}

// invite gives people access. An invitation by mail is only noted as a
// mutation: nothing is sent.
func (c *call) invite() (*wire.Response, error) {
	var in invitation
	if err := c.body(&in); err != nil {
		return nil, err
	}
	if len(in.Recipients) == 0 || len(in.Roles) == 0 {
		return nil, invalid("Recipients and roles are needed.")
	}
	for _, role := range in.Roles {
		if role != "read" && role != "write" {
			return nil, invalid("The role '%s' cannot be given.", role)
		}
	}
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := c.shareable()
	if err != nil {
		return nil, err
	}
	var people []Identity
	for _, r := range in.Recipients {
		who, ok := c.person(r.ObjectID + r.Email + r.Alias)
		if !ok {
			return nil, &wire.Error{Status: 400, Code: "invalidRequest", Inner: "noResolvedUsers", Message: "One or more users could not be resolved."}
		}
		people = append(people, who)
	}
	value := []object{}
	for _, who := range people {
		g := d.give(it, grant{roles: in.Roles, to: &who, expires: moment(in.Expires)})
		value = append(value, d.renderGrant(g, it, it))
		if in.SendInvitation {
			d.tell("mail", c.req.AppID, it)
		}
	}
	d.tell("share", c.req.AppID, it)
	return &wire.Response{JSON: object{"value": value}, Context: "Collection(permission)"}, nil
}

var mailAddress = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)

func (c *call) person(name string) (Identity, bool) {
	if p, ok := c.lookup.(People); ok {
		return p.Person(c.req.TenantID, name)
	}
	return Identity{UserID: name, Name: name, Mail: name}, mailAddress.MatchString(name)
}

// shareable is the target of a request that shares.
func (c *call) shareable() (*item, error) {
	it, err := c.target(c.drive)
	switch {
	case err != nil:
		return nil, err
	case c.drive.quirks.NoSharing:
		return nil, &wire.Error{Status: 403, Code: "accessDenied", Inner: "sharingDisabled", Message: "Sharing has been disabled on this site."}
	case it.parent == nil:
		return nil, invalid("The root of a drive cannot be shared.")
	}
	return it, nil
}

// createLink makes a sharing link, or returns the one of that kind there is.
func (c *call) createLink() (*wire.Response, error) {
	var in struct {
		Type    string     `json:"type"`
		Scope   string     `json:"scope"`
		Expires *time.Time `json:"expirationDateTime"`
	}
	if err := c.body(&in); err != nil {
		return nil, err
	}
	if in.Scope == "" {
		in.Scope = "organization"
	}
	if !slices.Contains([]string{"view", "edit"}, in.Type) || !slices.Contains([]string{"anonymous", "organization", "users"}, in.Scope) {
		return nil, invalid("The type or scope of the link is not valid.")
	}
	d := c.drive
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := c.shareable()
	if err != nil {
		return nil, err
	}
	status := 200
	i := slices.IndexFunc(it.shares, func(g grant) bool { return g.to == nil && g.kind == in.Type && g.scope == in.Scope })
	if i < 0 {
		role := map[string]string{"view": "read", "edit": "write"}[in.Type]
		d.give(it, grant{roles: []string{role}, kind: in.Type, scope: in.Scope, expires: moment(in.Expires)})
		i, status = len(it.shares)-1, 201
		d.tell("link", c.req.AppID, it)
	}
	return &wire.Response{Status: status, JSON: d.renderGrant(it.shares[i], it, it), Context: "permission"}, nil
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// give adds a grant to an item; one person has one.
func (d *Drive) give(it *item, g grant) grant {
	d.made++
	sum := sha256.Sum256(fmt.Appendf(nil, "grant %s %d", d.opts.Seed, d.made))
	g.id = base64.RawURLEncoding.EncodeToString(sum[:18])
	if g.to != nil {
		it.shares = slices.DeleteFunc(it.shares, func(o grant) bool { return o.to != nil && o.to.UserID == g.to.UserID })
	}
	it.shares = append(it.shares, g)
	d.shared(it)
	return g
}

// shared notes a change in sharing, which is no change of the item otherwise.
func (d *Drive) shared(it *item) {
	it.scope = ""
	for _, g := range it.shares {
		switch {
		case g.to != nil && it.scope == "", g.scope == "users" && it.scope == "":
			it.scope = "users"
		case g.scope == "organization" && it.scope != "anonymous":
			it.scope = "organization"
		case g.scope == "anonymous":
			it.scope = "anonymous"
		}
	}
	d.touchShared(it)
}

func (d *Drive) touchShared(it *item) {
	own := it.own
	d.touch(it)
	it.own = own
}

func (d *Drive) renderOwner() object {
	return object{"id": ownerGrant, "roles": []string{"owner"}, "grantedToV2": identitySet(&d.opts.Owner)}
}

func (d *Drive) renderGrant(g grant, from, it *item) object {
	o := object{"id": g.id, "roles": g.roles, "hasPassword": false}
	if !g.expires.IsZero() {
		o["expirationDateTime"] = wire.Time(g.expires)
	}
	if g.to != nil {
		o["grantedToV2"] = identitySet(g.to)
	} else {
		o["shareId"] = "u!" + g.id
		o["link"] = object{"type": g.kind, "scope": g.scope, "preventsDownload": false,
			"webUrl": strings.Replace(d.opts.Web, "/personal/", "/:u:/g/personal/", 1) + "/" + g.id}
		o["grantedToIdentitiesV2"] = []object{}
	}
	if from != it {
		o["inheritedFrom"] = object{"driveId": d.id, "id": d.itemID(from), "path": "/drives/" + d.id + "/root:/" + escapePath(from.path())}
	}
	return o
}
