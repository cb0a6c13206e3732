package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"vangnet/engine/backup"
	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/model"
	"vangnet/engine/restore"
	"vangnet/engine/workload"
	"vangnet/engine/workload/drive"
	"vangnet/engine/workload/mailbox"
)

// places opens the places of one tenant that things are put back into. Each
// live mailbox or drive is opened once, so that what one part of a restore puts
// there is known to the other parts.
type places struct {
	engine *Engine
	tenant model.TenantID
	live   []model.Resource
	opened map[string]workload.Target // by id of mailbox or drive
}

func newPlaces(e *Engine, tenant model.TenantID) *places {
	return &places{engine: e, tenant: tenant, opened: map[string]workload.Target{}}
}

// mark gives an error of Microsoft's its code, with the tenant it came from:
// that may be another one than the copies are of.
func (p *places) mark(err error) error { return cause.Mark(err, "tenant", p.engine.Domain(p.tenant)) }

// Original opens a resource's own place.
func (p *places) Original(ctx context.Context, id model.ResourceID, archive, look bool) (workload.Target, error) {
	c, err := p.engine.client(p.tenant)
	if err != nil {
		return nil, err
	}
	if drive, ok := strings.CutPrefix(string(id), "drive:"); ok {
		return p.drive(c, drive, look), nil
	}
	return p.mailbox(ctx, c, strings.TrimPrefix(string(id), "mailbox:"), archive, look)
}

func (p *places) drive(c *graph.Client, id string, look bool) workload.Target {
	key := "drive:" + id
	if p.opened[key] == nil {
		p.opened[key] = &drive.Writer{Client: c, Drive: id, Look: look}
	}
	return p.opened[key]
}

func (p *places) mailbox(ctx context.Context, c *graph.Client, user string, archive, look bool) (workload.Target, error) {
	ids, err := c.MailboxIDs(ctx, user)
	if err != nil {
		return nil, p.mark(err)
	}
	box := ids.Primary
	if archive {
		box = ids.Archive
	}
	if box.ID == "" {
		return nil, fault.New(fault.NoArchive, fmt.Errorf("account %s has no archive mailbox now: %w", user, ids.ArchiveErr))
	}
	key := "mailbox:" + box.ID
	if p.opened[key] == nil {
		p.opened[key] = &mailbox.Writer{Client: c, User: user, Mailbox: box, Look: look, Memory: p.engine.restored}
	}
	return p.opened[key], nil
}

// Other opens the place that a live address names.
func (p *places) Other(ctx context.Context, address string, kind model.ResourceKind, archive, look bool) (workload.Target, []string, error) {
	c, err := p.engine.client(p.tenant)
	if err != nil {
		return nil, nil, err
	}
	res, rest, err := p.find(ctx, c, address, kind)
	if err != nil {
		return nil, nil, err
	}
	if res.Kind == model.Drive {
		return p.drive(c, res.DriveID, look), rest, nil
	}
	if len(rest) > 0 { // the first part is a workload, or the archive
		archive = rest[0] == "archive"
		if !archive && !slices.Contains(model.Workloads(), model.Workload(rest[0])) {
			return nil, nil, fault.New(fault.MailboxPlace, fmt.Errorf("%s: a place in a mailbox begins with mail, calendar, contacts, tasks or archive", address), "path", address)
		}
		rest = rest[1:]
	}
	t, err := p.mailbox(ctx, c, res.UserID, archive, look)
	return t, rest, err
}

// find finds the live resource of an address that takes things of a kind, and
// the folders that the address names below it.
func (p *places) find(ctx context.Context, c *graph.Client, address string, kind model.ResourceKind) (model.Resource, []string, error) {
	if p.live == nil {
		list, err := backup.Resources(ctx, c, nil, p.engine.opts.Clock.Now())
		if err != nil {
			return model.Resource{}, nil, p.mark(err)
		}
		p.live = list
	}
	address = strings.Trim(address, "/")
	var best model.Resource
	for _, r := range p.live {
		if r.Coverage == model.Protected && within(address, r.Address) && len(r.Address) > len(best.Address) {
			best = r
		}
	}
	if best.ID == "" {
		return best, nil, fault.New(fault.NotFound, fmt.Errorf("%s is nothing live in this tenant", address), "path", address)
	}
	rest := strings.FieldsFunc(address[len(best.Address):], func(r rune) bool { return r == '/' })
	if best.Kind == kind {
		return best, rest, nil
	}
	if len(rest) == 0 && best.Kind == model.Mailbox { // the account: its drive takes files
		for _, r := range p.live {
			if r.Kind == kind && r.UserID == best.UserID && r.Coverage == model.Protected {
				return r, nil, nil
			}
		}
	}
	return best, nil, fault.New(fault.WrongKind, fmt.Errorf("files go to a OneDrive and mailbox items to a mailbox: %s is of the other kind", address), "path", address)
}

// Local opens a folder on this computer.
func (p *places) Local(dir string, look bool) (workload.Target, error) {
	return restore.OpenLocal(dir, look)
}
