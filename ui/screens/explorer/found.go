package explorer

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/task"
	"vangnet/ui/widgets"
)

const (
	foundPage = 200    // results fetched at once
	foundMax  = 20_000 // of more, the search should be made narrower
)

// foundPart is what a search found, fetched page after page as one scrolls.
type foundPart struct {
	list *listPart
	text string
	rows []model.Row
	next string
	done bool
	load task.Slot

	scope *widgets.Choice
	kind  *widgets.Choice
	gone  *widgets.Button
	only  bool
	title *widgets.Line
	bar   *fyne.Container
}

var foundKinds = []model.ItemKind{"", model.KindMessage, model.KindFile, model.KindEvent, model.KindContact, model.KindTask}

func newFoundPart(l *listPart) *foundPart {
	say := l.screen.desk.Say
	f := &foundPart{list: l, title: widgets.NewLine("").Bold()}
	f.scope = widgets.NewChoice([]string{say.T("search.everywhere"), say.T("search.tenant"), say.T("search.resource")}, 0, func(int) { f.ask(f.text) })
	f.kind = widgets.NewChoice([]string{say.T("search.anykind"), say.T("search.mails"), say.T("search.files"), say.T("search.events"), say.T("search.contacts"), say.T("search.tasks")}, 0, func(int) { f.ask(f.text) })
	f.gone = widgets.NewButton(say.T("search.deleted"), widgets.Ghost, func() {
		f.only = !f.only
		f.gone.SetOn(f.only)
		f.ask(f.text)
	})
	leave := widgets.NewIcon(widgets.Cross, say.T("search.leave"), f.leave)
	f.bar = widgets.Ends(6, widgets.Sized(140, 0, f.title), widgets.Row(6, f.scope, f.kind, f.gone, leave))
	return f
}

func (f *foundPart) stop() { f.load.Stop() }

// leave goes back to the folder that was shown before.
func (f *foundPart) leave() {
	r := f.list.screen.route
	r.Query = ""
	f.list.screen.desk.Frame.Go(r)
}

// query is the question as the bar says it.
func (f *foundPart) query() model.SearchQuery {
	q := model.SearchQuery{Text: f.text, Kind: foundKinds[f.kind.At()], Deleted: f.only, Limit: foundPage, Before: f.next}
	r := f.list.screen.route
	if f.scope.At() >= 1 && r.Tenant != "" {
		q.Tenants = []model.TenantID{r.Tenant}
	}
	if f.scope.At() == 2 {
		q.Resource = f.list.screen.where.address(r)
	}
	return q
}

// ask starts a search.
func (f *foundPart) ask(text string) {
	f.text, f.rows, f.next, f.done = text, nil, "", false
	f.list.cells.clear()
	f.list.grid.Empty = f.list.screen.desk.Say.T("search.busy")
	f.list.grid.SetRows(f.list)
	f.title.Set(f.list.screen.desk.Say.T("search.busy"))
	f.fetch()
}

func (f *foundPart) fetch() {
	if f.done || f.load.Busy() && len(f.rows) > 0 {
		return
	}
	s, q := f.list.screen, f.query()
	task.Load(s.desk.Run, &f.load, func(ctx context.Context) (model.SearchPage, error) {
		return s.engine.Search(ctx, q)
	}, f.arrived)
}

func (f *foundPart) arrived(page model.SearchPage, err error) {
	say := f.list.screen.desk.Say
	first := len(f.rows) == 0
	f.rows = append(f.rows, page.Rows...)
	f.next = page.Next
	f.done = err != nil || page.Next == "" || len(f.rows) >= foundMax
	f.list.grid.Empty = say.T("search.none", "text", strings.Trim(f.text, `"`))
	if err != nil {
		f.list.grid.Empty = say.Error(err)
	}
	count := say.Count(int64(len(f.rows)))
	if page.Next != "" {
		count += "+"
	}
	f.title.Set(say.T("search.found", "n", count, "text", strings.Trim(f.text, `"`)))
	f.list.grid.Update()
	if first && len(f.rows) > 0 {
		f.list.grid.Select(0)
	}
	if first && len(f.rows) == 0 {
		f.list.screen.selectionChanged()
	}
}

// Len implements rows.
func (f *foundPart) Len() int { return len(f.rows) }

// Get implements rows; near the end it fetches more.
func (f *foundPart) Get(i int) (model.Row, bool) {
	if i < 0 || i >= len(f.rows) {
		return model.Row{}, false
	}
	if i >= len(f.rows)-foundPage/4 && !f.done && !f.load.Busy() {
		f.fetch()
	}
	return f.rows[i], true
}

// person is what the owner of a place is called in the tree.
func (w *wherePart) person(r desk.Route, owner string) string {
	for _, t := range w.tenants {
		for _, person := range t.Children {
			if person.ID == t.ID+"/"+owner && t.ID == string(r.Tenant) {
				return person.Cells[0].Text
			}
		}
	}
	return owner
}

// address is the address of the account or drive of a place.
func (w *wherePart) address(r desk.Route) string {
	for _, t := range w.tenants {
		for _, person := range t.Children {
			for _, res := range person.Children {
				if p, ok := res.Data.(place); ok && p.resource == r.Resource {
					return p.address
				}
			}
		}
	}
	return ""
}
