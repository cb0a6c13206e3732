package explorer

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// place is what a node of the tree stands for.
type place struct {
	tenant   model.TenantID
	resource model.ResourceID
	address  string // of the resource, or of a group in it
	kind     model.ResourceKind
	folder   *model.Folder
}

func (p place) folderID() string {
	if p.folder == nil {
		return ""
	}
	return p.folder.ID
}

// wherePart is the tree: tenant, account, folders.
type wherePart struct {
	screen  *Screen
	grid    *widgets.Grid
	outline *widgets.Outline
	content *fyne.Container
	slots   map[string]*task.Slot // by node id
	tenants []*widgets.Node
	want    desk.Route // to open as soon as it is there
	auto    bool       // the selection moves by itself, not by the technician
}

func newWherePart(s *Screen) *wherePart {
	say := s.desk.Say
	w := &wherePart{screen: s, slots: map[string]*task.Slot{}}
	w.grid = widgets.NewGrid([]widgets.Column{{ID: "name", Width: 120, Grow: 1}}, theme.Row, false)
	w.grid.Empty = say.T("loading")
	w.outline = widgets.NewOutline(w.grid, say.T("loading"))
	w.outline.OnLoad = w.load
	w.grid.OnSelect = func() {
		if n := w.outline.Selected(); n != nil {
			if p, ok := n.Data.(place); ok && p.folder != nil {
				s.choose(p, w.auto)
			}
		}
	}
	w.grid.OnOpen = func(row int) { w.toggle(row) }
	w.grid.OnMenu = w.menu
	w.grid.Drag = &dragSource{screen: s, pick: w.selection}
	w.content = widgets.Sized(200, 0, w.grid)
	return w
}

func (w *wherePart) toggle(row int) {
	n := w.outline.Node(row)
	if n == nil {
		return
	}
	w.grid.OnExpand(row, !n.Opened())
	if _, ok := n.Data.(place); !ok && n.Opened() && len(n.Children) > 0 { // a person: straight to the mailbox
		if p, ok := n.Children[0].Data.(place); ok {
			w.screen.desk.Frame.Go(desk.Route{Page: desk.Explorer, Tenant: p.tenant, Resource: p.resource})
		}
	}
}

func (w *wherePart) menu(row int, at fyne.Position) {
	say := w.screen.desk.Say
	n := w.outline.Node(row)
	if n == nil {
		return
	}
	p, ok := n.Data.(place)
	if !ok || p.address == "" {
		return
	}
	widgets.ShowMenu(w.grid, at, fyne.NewMenuItem(say.T("explorer.putfolder"), func() {
		w.screen.putback.ask(w.selectionOf(p), w.screen.targets.chosen())
	}), fyne.NewMenuItem(say.T("explorer.handfolder"), func() { w.screen.handover.ask(w.selectionOf(p), "") }))
}

func (w *wherePart) stop() {
	for _, s := range w.slots {
		s.Stop()
	}
}

func (w *wherePart) slot(id string) *task.Slot {
	if w.slots[id] == nil {
		w.slots[id] = &task.Slot{}
	}
	return w.slots[id]
}

// goTo opens the tree down to a place, fetching what is missing on the way.
func (w *wherePart) goTo(r desk.Route) {
	w.want = r
	if w.tenants == nil {
		w.loadTenants()
		return
	}
	w.proceed()
}

func (w *wherePart) refresh() {
	w.tenants = nil
	w.goTo(w.screen.route)
}

func (w *wherePart) loadTenants() {
	s := w.screen
	task.Load(s.desk.Run, w.slot(""), func(ctx context.Context) ([]model.TenantHealth, error) {
		list, err := s.engine.Tenants(ctx)
		list = slices.Clone(list)
		slices.SortFunc(list, func(a, b model.TenantHealth) int {
			return strings.Compare(strings.ToLower(a.Tenant.Name), strings.ToLower(b.Tenant.Name))
		})
		return list, err
	}, func(list []model.TenantHealth, err error) {
		w.grid.Empty = s.desk.Say.T("overview.empty")
		if err != nil {
			w.grid.Empty = s.desk.Say.Error(err)
		}
		w.tenants = []*widgets.Node{}
		for _, t := range list {
			w.tenants = append(w.tenants, &widgets.Node{
				ID: string(t.Tenant.ID), Branch: true, Data: place{tenant: t.Tenant.ID},
				Cells: []widgets.Cell{{Text: t.Tenant.Name, Mark: widgets.House, Bold: true}},
			})
		}
		w.outline.SetRoots(w.tenants)
		if w.want.Tenant == "" && len(w.tenants) == 1 {
			w.want.Tenant = list[0].Tenant.ID
		}
		w.proceed()
	})
}

// proceed opens the next node on the way to the wanted place.
func (w *wherePart) proceed() {
	w.auto = true
	defer func() { w.auto = false }()
	r := w.want
	for _, t := range w.tenants {
		if t.ID != string(r.Tenant) {
			continue
		}
		if !t.Opened() {
			w.outline.Open(t)
			if !t.Loaded {
				w.outline.Choose(t.ID)
				w.outline.Top(t)
			}
		}
		if !t.Loaded || r.Resource == "" {
			return
		}
		w.proceedIn(t, r)
	}
}

func (w *wherePart) proceedIn(tenant *widgets.Node, r desk.Route) {
	for _, person := range tenant.Children {
		for _, res := range append([]*widgets.Node{person}, person.Children...) {
			p, ok := res.Data.(place)
			if !ok || p.resource != r.Resource {
				continue
			}
			w.outline.Open(person)
			w.outline.Open(res)
			if !res.Loaded {
				return
			}
			w.want = desk.Route{}
			w.outline.Top(tenant)
			if r.Folder != "" {
				w.openFolder(res, r.Folder)
			} else if first := firstFolder(res); first != nil {
				w.outline.Choose(first.ID)
			}
			return
		}
	}
}

// firstFolder is the folder that is shown when an account is opened: the inbox,
// a drive's root, or whatever is first.
func firstFolder(n *widgets.Node) *widgets.Node {
	if p, ok := n.Data.(place); ok && p.folder != nil {
		return n
	}
	var first *widgets.Node
	var most int64
	var walk func(nodes []*widgets.Node)
	walk = func(nodes []*widgets.Node) {
		for _, c := range nodes {
			p, ok := c.Data.(place)
			if ok && p.folder != nil && (first == nil || worth(p.folder) > most) {
				first, most = c, worth(p.folder)
			}
			walk(c.Children)
		}
	}
	walk(n.Children)
	return first
}

// openFolder opens the way to a folder and chooses it.
func (w *wherePart) openFolder(n *widgets.Node, id string) bool {
	if p, ok := n.Data.(place); ok && p.folderID() == id && id != "" {
		return w.outline.Choose(n.ID)
	}
	for _, c := range n.Children {
		if contains(c, id) {
			w.outline.Open(n)
			return w.openFolder(c, id)
		}
	}
	return false
}

func contains(n *widgets.Node, id string) bool {
	if p, ok := n.Data.(place); ok && p.folderID() == id {
		return true
	}
	return slices.ContainsFunc(n.Children, func(c *widgets.Node) bool { return contains(c, id) })
}

// load fetches what is below a node that was opened.
func (w *wherePart) load(n *widgets.Node) {
	p, ok := n.Data.(place)
	switch {
	case !ok:
		w.outline.Fill(n, n.Children)
	case p.resource == "":
		w.loadAccounts(n, p)
	default:
		w.loadFolders(n, p, w.screen.route.At)
	}
}

func (w *wherePart) loadAccounts(n *widgets.Node, p place) {
	s := w.screen
	task.Load(s.desk.Run, w.slot(n.ID), func(ctx context.Context) ([]model.ResourceHealth, error) {
		return s.engine.Resources(ctx, p.tenant)
	}, func(list []model.ResourceHealth, err error) {
		if err != nil {
			w.outline.Fill(n, []*widgets.Node{w.note(n.ID, s.desk.Say.Error(err))})
			return
		}
		w.outline.Fill(n, w.accounts(n.ID, p.tenant, list))
		if w.want.Tenant == p.tenant {
			w.proceed()
		}
	})
}

func (w *wherePart) note(id, text string) *widgets.Node {
	return &widgets.Node{ID: id + "/!", Cells: []widgets.Cell{{Text: text, Color: theme.Muted}}}
}

// loadFolders fetches the folders of a mailbox or drive as they were at a moment.
func (w *wherePart) loadFolders(n *widgets.Node, p place, at time.Time) {
	s := w.screen
	if p.resource != s.route.Resource {
		at = time.Time{}
	}
	task.Load(s.desk.Run, w.slot(n.ID), func(ctx context.Context) ([]model.Folder, error) {
		return s.engine.Folders(ctx, p.tenant, p.resource, at)
	}, func(folders []model.Folder, err error) {
		if err != nil {
			w.outline.Fill(n, []*widgets.Node{w.note(n.ID, s.desk.Say.Error(err))})
			return
		}
		w.outline.Fill(n, w.folderNodes(n, p, folders))
		if w.want.Resource == p.resource {
			w.proceed()
		} else if w.outline.Selected() == n {
			if first := firstFolder(n); first != nil {
				w.outline.Choose(first.ID)
			}
		}
	})
}

// reload fetches the folders of the place again, for another moment.
func (w *wherePart) reload(r desk.Route) {
	for _, t := range w.tenants {
		for _, person := range t.Children {
			for _, res := range append([]*widgets.Node{person}, person.Children...) {
				if p, ok := res.Data.(place); ok && p.resource == r.Resource && res.Opened() {
					w.want = r
					w.loadFolders(res, p, r.At)
				}
			}
		}
	}
}

// folder is the folder that is chosen.
func (w *wherePart) folder() *model.Folder {
	if n := w.outline.Selected(); n != nil {
		if p, ok := n.Data.(place); ok {
			return p.folder
		}
	}
	return nil
}

// selection is the chosen folder, account or drive, whole.
func (w *wherePart) selection() Selection {
	if n := w.outline.Selected(); n != nil {
		if p, ok := n.Data.(place); ok {
			return w.selectionOf(p)
		}
	}
	return Selection{}
}

func (w *wherePart) selectionOf(p place) Selection {
	if p.resource == "" || p.address == "" {
		return Selection{}
	}
	address, say := p.address, w.screen.desk.Say
	name := address
	var bytes int64
	if p.folder != nil {
		address, bytes = model.JoinAddress(p.address, p.folder.Path), p.folder.Bytes
		name = p.folder.Name()
	}
	if name == "" {
		name = say.Workload(model.OneDrive)
	}
	return Selection{Tenant: p.tenant, Label: say.T("explorer.folder", "name", name), Paths: []string{address}, Parts: []string{address}, Bytes: bytes, At: w.screen.route.At}
}

// tenantName is what people call a tenant.
func (w *wherePart) tenantName(id model.TenantID) string {
	for _, t := range w.tenants {
		if t.ID == string(id) {
			return t.Cells[0].Text
		}
	}
	return string(id)
}
