// Package explorer is the screen in which a technician goes to a moment, finds
// things and puts them back.
package explorer

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// Engine is what this screen asks.
type Engine interface {
	Tenants(ctx context.Context) ([]model.TenantHealth, error)
	Resources(ctx context.Context, id model.TenantID) ([]model.ResourceHealth, error)
	RestorePoints(ctx context.Context, id model.TenantID, resource model.ResourceID) ([]model.RestorePoint, error)
	Folders(ctx context.Context, id model.TenantID, resource model.ResourceID, at time.Time) ([]model.Folder, error)
	List(ctx context.Context, q model.ListQuery) (rows []model.Row, total int, err error)
	Versions(ctx context.Context, ref model.Ref) ([]model.Row, error)
	Preview(ctx context.Context, ref model.Ref) (model.Preview, error)
	Search(ctx context.Context, q model.SearchQuery) (model.SearchPage, error)
	LiveTargets(ctx context.Context, id model.TenantID, parent string) ([]model.Row, error)
	PlanRestore(ctx context.Context, r model.RestoreRequest) (model.RestorePlan, error)
	Restore(ctx context.Context, r model.RestoreRequest) (jobID string, err error)
	PlanExport(ctx context.Context, r model.ExportRequest) (model.ExportPlan, error)
	Export(ctx context.Context, r model.ExportRequest, texts model.ExportTexts) (jobID string, err error)
	Backup(ctx context.Context, id model.TenantID, resource string) (jobID string, err error)
	Jobs() []model.Job
}

// Screen is the explorer.
type Screen struct {
	desk   *desk.Desk
	engine Engine
	route  desk.Route

	where    *wherePart
	points   *pointsPart
	list     *listPart
	preview  *previewPart
	targets  *targetsPart
	putback  *putBack
	handover *handOver
	news     *news
	backup   task.Slot
	remove   func() // takes the drop target away
	content  *fyne.Container
}

// New makes the screen.
func New(d *desk.Desk, engine Engine) *Screen {
	s := &Screen{desk: d, engine: engine}
	s.where = newWherePart(s)
	s.points = newPointsPart(s)
	s.list = newListPart(s)
	s.preview = newPreviewPart(s)
	s.targets = newTargetsPart(s)
	s.putback = &putBack{screen: s}
	s.handover = &handOver{screen: s}
	s.news = &news{screen: s}
	s.news.look()
	s.remove = d.Drag.Register(s.targets)

	middle := container.NewVSplit(s.list.content, s.preview.content)
	middle.SetOffset(0.58)
	center := widgets.Frame(widgets.Stack(0, widgets.NewSpace(0, 7), s.points.bar, s.list.bar, widgets.NewHairline()), nil, nil, nil, middle)
	right := container.NewHSplit(center, s.targets.content)
	right.SetOffset(0.745)
	all := container.NewHSplit(s.where.content, right)
	all.SetOffset(0.235)
	s.content = widgets.Frame(widgets.NewHairline(), nil, nil, nil, container.NewStack(widgets.NewPanel(theme.Surface), all))
	return s
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return s.desk.Say.T("nav.explorer") }

// Content implements desk.Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Open implements desk.Screen.
func (s *Screen) Open(r desk.Route) {
	before := s.route
	s.route = r
	s.where.goTo(r)
	s.points.goTo(r)
	if r.Query != "" {
		s.list.search(r.Query)
	} else if r.Folder != "" || before.Query != "" || before.Folder != r.Folder {
		s.list.folder(s.where.folder(), r)
	}
	s.targets.goTo(r)
}

// Changed implements desk.Screen.
func (s *Screen) Changed() { s.news.look() }

// Refresh implements desk.Screen.
func (s *Screen) Refresh() {
	s.where.refresh()
	s.points.goTo(s.route)
	s.list.again()
}

// Close implements desk.Screen.
func (s *Screen) Close() {
	s.remove()
	s.where.stop()
	s.points.load.Stop()
	s.list.stop()
	s.preview.stop()
	s.targets.load.stop()
	s.putback.stop()
	s.handover.stop()
	s.news.load.Stop()
	s.backup.Stop()
}

// FocusFilter implements desk.Filterer.
func (s *Screen) FocusFilter() { s.desk.Frame.Window().Canvas().Focus(s.list.filter) }

// FocusList puts the keyboard in the list.
func (s *Screen) FocusList() { s.list.grid.Focus() }

// SelectAll implements desk.SelectAller.
func (s *Screen) SelectAll() { s.list.grid.SelectAll() }

// PutBack implements desk.PutBacker: what is chosen goes to the chosen target,
// or where it came from when that is a form to hand over in.
func (s *Screen) PutBack() {
	target := s.targets.chosen()
	if target.Kind == HandOver {
		target = Target{Kind: Original, Name: s.desk.Say.T("targets.original")}
	}
	s.putback.ask(s.selection(), target)
}

// HandOver implements desk.HandOverer: what is chosen goes to the customer.
func (s *Screen) HandOver() {
	sel, target := s.selection(), s.targets.chosen()
	if target.Kind != HandOver {
		target = Target{Kind: HandOver}
	}
	s.handover.ask(sel, target.Format)
}

// BackUp implements desk.BackUpper: a newer copy of the mailbox or drive that
// is looked at.
func (s *Screen) BackUp() {
	tenant, address := s.route.Tenant, s.where.address(s.route)
	if address == "" {
		return
	}
	task.Load(s.desk.Run, &s.backup, func(ctx context.Context) (string, error) {
		return s.engine.Backup(ctx, tenant, address)
	}, func(_ string, err error) {
		if err != nil {
			s.desk.Fail(s.desk.Say.T("backup.failed", "name", address), err)
		}
	})
}

// Parts for those who drive the screen.

// List is the list of items.
func (s *Screen) List() *widgets.Grid { return s.list.grid }

// Where is the tree at the left.
func (s *Screen) Where() *widgets.Outline { return s.where.outline }

// Targets is the tree at the right.
func (s *Screen) Targets() *widgets.Outline { return s.targets.outline }

// choose shows a folder that was chosen in the tree.
// When the tree got there by itself, results of a search stay.
func (s *Screen) choose(n place, auto bool) {
	r := desk.Route{Page: desk.Explorer, Tenant: n.tenant, Resource: n.resource, Folder: n.folderID(), At: s.route.At}
	if n.resource != s.route.Resource {
		r.At = time.Time{}
	}
	if auto && s.route.Query != "" {
		r.Query = s.route.Query
	}
	same := r == s.route && s.list.listing != nil && s.list.listing.ID == n.folderID()
	if same {
		s.list.treeChanged(n.folder)
		return
	}
	if auto && r.Folder == s.route.Folder {
		r.Item = s.route.Item
	}
	was := s.route
	s.route = r
	s.desk.Frame.Moved(r)
	if was.Resource != r.Resource {
		s.points.goTo(r)
	}
	s.targets.goTo(r)
	if r.Query == "" {
		s.list.folder(n.folder, r)
	}
}

// goBackTo shows the same place as it was at a restore point; zero is newest.
func (s *Screen) goBackTo(at time.Time) {
	if at.Equal(s.route.At) {
		return
	}
	s.route.At = at
	s.desk.Frame.Moved(s.route)
	s.where.reload(s.route)
	s.list.folder(s.where.folder(), s.route)
}

// selection is what would be put back now: the chosen rows, or the folder.
func (s *Screen) selection() Selection {
	if sel := s.list.selection(); !sel.Empty() {
		return sel
	}
	return s.where.selection()
}

// selectionChanged follows the chosen rows in preview and on the button.
func (s *Screen) selectionChanged() {
	row, ok := s.list.current()
	if ok && s.list.rows == s.list.found && row.Tenant != s.targets.of.Tenant {
		s.targets.goTo(desk.Route{Page: desk.Explorer, Tenant: row.Tenant}) // people of the tenant it was found in
	}
	s.targets.update()
	s.preview.show(row, ok)
}
