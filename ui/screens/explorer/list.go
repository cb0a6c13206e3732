package explorer

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/dnd"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// typing is how long a filter waits for the next letter.
const typing = 150 * time.Millisecond

// rows is a long list of rows, wherever they come from.
type rows interface {
	Len() int
	Get(i int) (model.Row, bool)
}

// listPart is the list in the middle: a folder, or what a search found.
type listPart struct {
	screen  *Screen
	pager   *widgets.Pager[model.Row]
	inside  *folderRows // the pager's rows, subfolders first
	found   *foundPart
	rows    rows
	query   model.ListQuery
	listing *model.Folder
	deleted bool
	wanted  string // item to choose when it is there
	quiet   task.Slot

	filter  *widgets.Input
	title   *widgets.Line
	bar     *fyne.Container
	normal  *fyne.Container
	grid    *widgets.Grid
	content *fyne.Container
	cells   cellCache
}

func newListPart(s *Screen) *listPart {
	say := s.desk.Say
	l := &listPart{screen: s, title: widgets.NewLine("").Bold()}
	l.pager = widgets.NewPager[model.Row](s.desk.Run, l.arrived)
	l.inside = &folderRows{pager: l.pager}
	l.rows = l.inside
	l.found = newFoundPart(l)
	l.filter = widgets.NewInput(say.T("explorer.filter"))
	l.filter.OnChanged = func(string) { l.filtered() }
	l.filter.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyDown || ev.Name == fyne.KeyReturn {
			l.ask()
			l.grid.Focus()
			return true
		}
		return false
	}
	l.normal = widgets.StretchRow(8, l.title, l.title, widgets.Sized(220, 0, l.filter))
	l.found.bar.Hide()
	l.bar = widgets.Pad(12, 0, 8, 7, widgets.Stack(0, l.normal, l.found.bar))
	l.grid = widgets.NewGrid(l.columnsFor(&model.Folder{}), theme.Row, false)
	l.grid.Multi = true
	l.grid.SetRows(l)
	l.grid.Empty = say.T("explorer.choose")
	l.grid.OnSelect = s.selectionChanged
	l.grid.OnOpen = l.open
	l.grid.OnSpace = func(int) { s.preview.focus() }
	l.grid.OnSort = func(column string, desc bool) {
		l.query.Sort, l.query.Desc = model.SortBy(column), desc
		l.ask()
	}
	l.grid.OnMenu = l.menu
	l.grid.Drag = &dragSource{screen: s, pick: l.selection}
	l.content = widgets.Fill(l.grid)
	return l
}

// dragSource begins a drag of what pick gives.
type dragSource struct {
	screen *Screen
	pick   func() Selection
}

// DragBegin implements widgets.DragSource.
func (d *dragSource) DragBegin(_ int, at fyne.Position) {
	if sel := d.pick(); !sel.Empty() {
		d.screen.desk.Drag.Begin(dnd.Payload{Label: sel.Label, Data: sel}, at)
	}
}

// DragMove implements widgets.DragSource.
func (d *dragSource) DragMove(at fyne.Position) { d.screen.desk.Drag.Move(at) }

// DragEnd implements widgets.DragSource.
func (d *dragSource) DragEnd() { d.screen.desk.Drag.End() }

func (l *listPart) stop() {
	l.pager.Stop()
	l.found.stop()
	l.quiet.Stop()
}

// folder shows a folder of the place; nil shows nothing.
func (l *listPart) folder(f *model.Folder, r desk.Route) {
	say := l.screen.desk.Say
	l.found.stop()
	l.found.bar.Hide()
	l.normal.Show()
	l.bar.Refresh()
	l.listing, l.rows, l.wanted = f, l.inside, r.Item
	l.cells.clear()
	if f == nil {
		l.pager.Stop()
		l.inside.set(nil, "")
		l.title.Set("")
		l.grid.Empty = say.T("explorer.choose")
		l.grid.SetRows(l)
		l.screen.selectionChanged()
		return
	}
	before := l.query
	l.query = model.ListQuery{Tenant: r.Tenant, Resource: r.Resource, Folder: f.ID, At: r.At}
	if before.Folder != f.ID || before.Resource != r.Resource {
		l.filter.OnChanged = nil
		l.filter.SetText("")
		l.filter.OnChanged = func(string) { l.filtered() }
	}
	l.query.Sort, l.query.Desc = model.SortName, false
	if isMail(f) {
		l.query.Sort, l.query.Desc = model.SortReceived, true
	}
	if before.Folder == f.ID && before.Resource == r.Resource && before.Sort != "" {
		l.query.Sort, l.query.Desc = before.Sort, before.Desc
	}
	l.title.Set(f.Name())
	if f.Path == "" {
		l.title.Set(say.Workload(model.OneDrive))
	}
	l.grid.SetColumns(l.columnsFor(f))
	l.grid.SetSort(string(l.query.Sort), l.query.Desc)
	l.ask()
}

// search shows what a text finds.
func (l *listPart) search(text string) {
	l.pager.Stop()
	l.listing, l.rows = nil, l.found
	l.cells.clear()
	l.normal.Hide()
	l.found.bar.Show()
	l.bar.Refresh()
	l.grid.SetColumns(l.columnsFor(nil))
	l.grid.SetSort("", false)
	l.found.ask(text)
}

// treeChanged takes over the folder and its subfolders from a tree that was
// fetched anew.
func (l *listPart) treeChanged(f *model.Folder) {
	l.listing = f
	l.inside.set(l.screen.where.subfolders(), l.query.Filter)
	l.cells.clear()
	l.grid.Update()
}

// again asks the same question anew.
func (l *listPart) again() {
	if l.rows == l.found {
		l.found.ask(l.found.text)
	} else if l.listing != nil {
		l.ask()
	}
}

// renew asks the same question anew and keeps what is chosen, where it still is.
func (l *listPart) renew() {
	if row, ok := l.current(); ok && row.Ref.Item != "" {
		l.wanted = row.Ref.Item
	}
	l.again()
}

func (l *listPart) filtered() {
	task.After(l.screen.desk.Run, &l.quiet, l.screen.desk.Clock, typing, l.ask)
}

// ask starts the listing over.
func (l *listPart) ask() {
	if l.listing == nil {
		return
	}
	l.quiet.Stop()
	l.query.Deleted, l.query.Filter = l.deleted, strings.TrimSpace(l.filter.Text)
	q := l.query
	l.cells.clear()
	l.grid.Empty = l.screen.desk.Say.T("loading")
	l.pager.Stop()
	l.inside.set(l.screen.where.subfolders(), l.query.Filter)
	l.grid.SetRows(l)
	l.screen.selectionChanged()
	l.pager.Ask(func(ctx context.Context, offset, limit int) ([]model.Row, int, error) {
		page := q
		page.Offset, page.Limit = offset, limit
		return l.screen.engine.List(ctx, page)
	})
}

// arrived is called when a page came.
func (l *listPart) arrived(err error) {
	say := l.screen.desk.Say
	l.grid.Empty = say.T("explorer.empty")
	if l.query.Filter != "" {
		l.grid.Empty = say.T("explorer.nomatch", "text", l.query.Filter)
	}
	if err != nil {
		l.grid.Empty = say.Error(err)
		l.screen.desk.Frame.Status(say.Error(err))
	}
	l.grid.Update()
	if l.grid.Cursor() < 0 && l.rows.Len() > 0 {
		l.grid.Select(0)
	}
	if l.wanted == "" || l.grid.Cursor() > 0 { // the technician went on meanwhile
		l.wanted = ""
		return
	}
	if i := l.pager.Find(func(r model.Row) bool { return r.Ref.Item == l.wanted }, wantedPages); i >= 0 {
		l.wanted = ""
		l.grid.Select(i + len(l.inside.inside))
	}
}

// wantedPages is how far down a folder an item is looked for that a search found.
const wantedPages = 25

// Len implements widgets.Rows.
func (l *listPart) Len() int { return l.rows.Len() }

// Row implements widgets.Rows.
func (l *listPart) Row(i int) ([]widgets.Cell, bool) {
	row, ok := l.rows.Get(i)
	if !ok {
		return nil, false
	}
	return l.cells.get(i, func() []widgets.Cell { return l.cellsOf(row) }), true
}

// current is the row the keyboard is at.
func (l *listPart) current() (model.Row, bool) { return l.rows.Get(l.grid.Cursor()) }

// open goes into a folder; of anything else, the preview gets the keyboard.
func (l *listPart) open(i int) {
	row, ok := l.rows.Get(i)
	switch {
	case !ok:
	case row.Kind == model.KindFolder:
		r := l.screen.route
		r.Resource, r.Tenant, r.Folder, r.Query = row.Ref.Resource, row.Tenant, row.Ref.Folder, ""
		l.screen.desk.Frame.Go(r)
	case l.rows == l.found:
		l.showInFolder(row)
	default:
		l.screen.preview.focus()
	}
}

// showInFolder goes to the folder that a found row lies in.
func (l *listPart) showInFolder(row model.Row) {
	r := desk.Route{Page: desk.Explorer, Tenant: row.Tenant, Resource: row.Ref.Resource, Folder: row.Ref.Folder, Item: row.Ref.Item}
	if row.Deleted {
		r.At = row.SnapshotTime
	}
	l.screen.desk.Frame.Go(r)
}

func (l *listPart) menu(i int, at fyne.Position) {
	say := l.screen.desk.Say
	row, ok := l.rows.Get(i)
	if !ok {
		return
	}
	items := []*fyne.MenuItem{fyne.NewMenuItem(say.T("explorer.putback", "things", l.selection().Label), l.screen.PutBack),
		fyne.NewMenuItem(say.T("explorer.handover", "things", l.selection().Label), l.screen.HandOver)}
	if l.rows == l.found {
		items = append(items, fyne.NewMenuItem(say.T("explorer.show"), func() { l.showInFolder(row) }))
	}
	widgets.ShowMenu(l.grid, at, items...)
}
