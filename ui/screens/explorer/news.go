package explorer

import (
	"context"
	"slices"

	"vangnet/engine/model"
	"vangnet/ui/task"
	"vangnet/ui/widgets"
)

// news notices backups that end while the explorer is open.
type news struct {
	screen *Screen
	seen   map[string]bool // jobs that had ended at the last look
	load   task.Slot
}

// look finds out which tenants have a newer copy than at the last look. The
// first look only learns what is old.
func (n *news) look() {
	first := n.seen == nil
	seen := map[string]bool{}
	var fresh []model.TenantID
	for _, j := range n.screen.engine.Jobs() {
		if !j.State.Ended() {
			continue
		}
		seen[j.ID] = true
		if !first && !n.seen[j.ID] && j.Kind == model.JobBackup {
			fresh = append(fresh, j.Tenant)
		}
	}
	n.seen = seen
	for _, t := range fresh {
		n.arrived(t)
	}
}

// arrived brings the tree and, when nobody is in the middle of something, the
// list up to a tenant's newest copy.
func (n *news) arrived(tenant model.TenantID) {
	s := n.screen
	s.where.outdate(tenant)
	n.counts(tenant)
	if tenant != s.route.Tenant || s.route.Resource == "" {
		return
	}
	s.points.goTo(s.route)
	if !s.route.At.IsZero() { // an older moment stays as it was
		return
	}
	if s.list.rows == s.list.found || s.list.grid.SelectedCount() > 1 || s.desk.Drag.Active() || s.desk.Dialogs.IsOpen() {
		s.desk.Frame.Status(s.desk.Say.T("explorer.newer"))
		return
	}
	s.where.reload(s.route)
	s.list.renew()
}

// counts fetches how much each mailbox and drive holds now.
func (n *news) counts(tenant model.TenantID) {
	s := n.screen
	task.Load(s.desk.Run, &n.load, func(ctx context.Context) ([]model.ResourceHealth, error) {
		return s.engine.Resources(ctx, tenant)
	}, func(list []model.ResourceHealth, err error) {
		if err == nil {
			s.where.recount(tenant, list)
		}
	})
}

// outdate makes closed mailboxes and drives of a tenant be fetched again when
// they are opened.
func (w *wherePart) outdate(tenant model.TenantID) {
	for _, res := range w.resources(tenant) {
		if p, ok := res.Data.(place); ok && !(res.Opened() && p.resource == w.screen.route.Resource) {
			res.Loaded = false
			if res.Opened() {
				w.load(res)
			}
		}
	}
	w.outline.Update()
}

// recount writes new numbers beside the mailboxes and drives that are known; a
// tenant with accounts that are not is listed anew.
func (w *wherePart) recount(tenant model.TenantID, list []model.ResourceHealth) {
	for _, t := range w.tenants {
		if t.ID != string(tenant) || !t.Loaded {
			continue
		}
		known := w.resources(tenant)
		for _, r := range list {
			i := slices.IndexFunc(known, func(n *widgets.Node) bool {
				p, ok := n.Data.(place)
				return ok && p.resource == r.ID
			})
			if i < 0 {
				w.outline.Fill(t, w.accounts(t.ID, tenant, list))
				w.goTo(w.screen.route)
				return
			}
			known[i].Cells = w.resourceCells(r)
		}
		w.outline.Update()
	}
}

// resources are the mailboxes and drives of a tenant that stand in the tree.
func (w *wherePart) resources(tenant model.TenantID) (list []*widgets.Node) {
	for _, t := range w.tenants {
		if t.ID != string(tenant) {
			continue
		}
		for _, person := range t.Children {
			list = append(list, person.Children...)
		}
	}
	return list
}
