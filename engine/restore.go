package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vangnet/engine/backup"
	"vangnet/engine/cause"
	"vangnet/engine/fault"
	"vangnet/engine/graph"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/engine/restore"
	"vangnet/engine/workload"
	"vangnet/engine/workload/drive"
	"vangnet/engine/workload/mailbox"
)

// PlanRestore says what a restore would do, without doing it.
func (e *Engine) PlanRestore(ctx context.Context, r model.RestoreRequest) (model.RestorePlan, error) {
	o, err := e.restoreOptions(ctx, &r, job.Discard())
	if err != nil {
		return model.RestorePlan{}, err
	}
	p, err := restore.Plan(ctx, o, r)
	return p, e.markRestore(err, r)
}

// Restore starts to put things back.
func (e *Engine) Restore(ctx context.Context, r model.RestoreRequest) (string, error) {
	title := ""
	if len(r.Paths) > 0 {
		title = r.Paths[0]
	}
	return e.jobs.Start(ctx, model.JobRestore, r.Tenant, title, func(ctx context.Context, rep *job.Reporter) (model.Result, error) {
		o, err := e.restoreOptions(ctx, &r, rep)
		if err != nil {
			return model.Result{}, err
		}
		res, err := restore.Run(ctx, o, r)
		return res, e.markRestore(err, r)
	})
}

func (e *Engine) markRestore(err error, r model.RestoreRequest) error {
	if err == nil {
		return nil
	}
	path := ""
	if len(r.Paths) > 0 {
		path = r.Paths[0]
	}
	if marked := notFound(err, path); fault.Code(marked) == fault.NotFound {
		return marked
	}
	return cause.Mark(err, "tenant", e.Domain(r.Tenant), "place", e.bucket.String(), "path", path, "right", "MailboxItem.ImportExport.All, Files.ReadWrite.All")
}

func (e *Engine) restoreOptions(ctx context.Context, r *model.RestoreRequest, rep *job.Reporter) (restore.Options, error) {
	if r.ToTenant == "" {
		r.ToTenant = r.Tenant
	}
	if err := e.fresh(ctx, r.Tenant); err != nil {
		return restore.Options{}, err
	}
	v, err := e.vault(ctx, r.Tenant)
	if err != nil {
		return restore.Options{}, err
	}
	return restore.Options{Index: e.index, Content: content{v}, Report: rep, Places: &places{engine: e, tenant: r.ToTenant}}, nil
}

// places opens the places of one tenant that things are put back into.
type places struct {
	engine *Engine
	tenant model.TenantID
	live   []model.Resource
}

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
	return &drive.Writer{Client: c, Drive: id, Look: look}
}

func (p *places) mailbox(ctx context.Context, c *graph.Client, user string, archive, look bool) (workload.Target, error) {
	ids, err := c.MailboxIDs(ctx, user)
	if err != nil {
		return nil, err
	}
	w := &mailbox.Writer{Client: c, User: user, Mailbox: ids.Primary, Look: look, Memory: p.engine.restored}
	if archive {
		if ids.Archive.ID == "" {
			return nil, fmt.Errorf("the account has no archive mailbox now: put it into another place with --to (%w)", ids.ArchiveErr)
		}
		w.Mailbox = ids.Archive
	}
	return w, nil
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
			return nil, nil, fault.New(fault.WrongUse, fmt.Errorf("%s: a place in a mailbox begins with mail, calendar, contacts, tasks or archive", address))
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
			return model.Resource{}, nil, err
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
	return best, nil, fault.New(fault.WrongUse, errors.New("files go to a OneDrive and mailbox items to a mailbox: "+address+" is of the other kind"))
}

// Local opens a folder on this computer.
func (p *places) Local(dir string, look bool) (workload.Target, error) {
	return restore.OpenLocal(dir, look)
}

// LiveTargets are places in the live tenant below an address: accounts for "",
// then their workloads and folders.
func (e *Engine) LiveTargets(ctx context.Context, id model.TenantID, parent string) ([]model.Row, error) {
	c, err := e.client(id)
	if err != nil {
		return nil, err
	}
	l := targetLister{engine: e, client: c, tenant: id}
	rows, err := l.below(ctx, strings.Trim(parent, "/"))
	return rows, cause.Mark(err, "tenant", e.Domain(id), "path", parent)
}
