package tenant

import (
	"context"
	"slices"
	"sort"
	"strings"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// peoplePart lists mailboxes and drives with their coverage, trouble first.
type peoplePart struct {
	screen  *Screen
	load    task.Slot
	all     []resourceRow
	shown   []resourceRow
	filter  *widgets.Input
	only    *widgets.Choice
	sum     *widgets.Line
	grid    *widgets.Grid
	content *fyne.Container
	sortBy  string
	desc    bool
}

type resourceRow struct {
	health model.ResourceHealth
	cells  []widgets.Cell
	key    string
}

func newPeoplePart(s *Screen) *peoplePart {
	say := s.desk.Say
	p := &peoplePart{screen: s, sum: widgets.NewMuted("")}
	p.grid = widgets.NewGrid(p.columns(), theme.Row, false)
	p.grid.SetRows(p)
	p.grid.Empty = say.T("loading")
	p.grid.OnSort = func(column string, desc bool) { p.sortBy, p.desc = column, desc; p.show() }
	p.grid.OnOpen = p.open
	p.grid.OnMenu = p.menu
	p.filter = widgets.NewInput(say.T("filter"))
	p.filter.OnChanged = func(string) { p.show() }
	p.only = widgets.NewChoice([]string{say.T("people.all"), say.T("people.trouble")}, 0, func(int) { p.show() })
	bar := widgets.StretchRow(12, p.sum, p.sum, p.only, widgets.Sized(200, 0, p.filter))
	p.content = widgets.Frame(widgets.Stack(0, widgets.Pad(20, 8, 12, 8, bar), widgets.NewHairline()), nil, nil, nil, p.grid)
	return p
}

func (p *peoplePart) columns() []widgets.Column {
	say, right := p.screen.desk.Say, fyne.TextAlignTrailing
	columns := []widgets.Column{
		{ID: "name", Title: say.T("people.name"), Width: 160, Grow: 1, Sorts: true},
		{ID: "address", Title: say.T("people.address"), Width: 230, Grow: 1, Sorts: true, Drop: 3},
		{ID: "coverage", Title: say.T("people.coverage"), Width: 220, Grow: 1.2, Sorts: true},
		{ID: "archive", Title: say.T("people.archive"), Width: 112, Drop: 4},
		{ID: "last", Title: say.T("people.last"), Width: 110, Sorts: true},
		{ID: "items", Title: say.T("people.items"), Width: 80, Align: right, Sorts: true, Drop: 2},
		{ID: "failed", Title: say.T("people.failed"), Width: 80, Align: right, Sorts: true},
		{ID: "size", Title: say.T("people.size"), Width: 84, Align: right, Sorts: true, Drop: 1},
	}
	if !p.archives() {
		columns = slices.Delete(columns, archiveColumn, archiveColumn+1)
	}
	return columns
}

// archiveColumn is there only where somebody has an archive.
const archiveColumn = 3

func (p *peoplePart) archives() bool {
	return slices.ContainsFunc(p.all, func(r resourceRow) bool { return r.health.Archive != "" })
}

func (p *peoplePart) fetch() {
	s := p.screen
	id := s.route.Tenant
	task.Load(s.desk.Run, &p.load, func(ctx context.Context) ([]resourceRow, error) {
		list, err := s.engine.Resources(ctx, id)
		if err != nil {
			return nil, err
		}
		rows := make([]resourceRow, 0, len(list))
		for _, r := range list {
			rows = append(rows, p.row(r))
		}
		return rows, nil
	}, func(rows []resourceRow, err error) {
		p.grid.Empty = s.desk.Say.T("people.none")
		if err != nil {
			p.grid.Empty = s.desk.Say.Error(err)
		}
		p.all = rows
		if !p.archives() {
			for i := range rows {
				rows[i].cells = slices.Delete(rows[i].cells, archiveColumn, archiveColumn+1)
			}
		}
		p.grid.SetColumns(p.columns())
		p.count()
		p.show()
	})
}

func (p *peoplePart) row(h model.ResourceHealth) resourceRow {
	say, now := p.screen.desk.Say, p.screen.desk.Clock.Now()
	mark := widgets.Envelope
	if h.Kind == model.Drive {
		mark = widgets.Cloud
	}
	look := say.Coverage(h.Coverage)
	if h.Coverage == model.Protected && h.State != model.StateGood && h.State != "" {
		look = say.State(h.State)
	}
	text := look.Word
	reason := say.Reason(h.Reason)
	if reason == "" && h.Failed > 0 {
		reason = say.N("job.failed_items", h.Failed)
	}
	if reason != "" {
		text = say.T("overview.because", "state", look.Word, "reason", reason)
	}
	name := h.Name
	if h.Purpose != "" && h.Purpose != "user" {
		name = say.T("people.purpose", "name", h.Name, "purpose", say.Purpose(h.Purpose))
	}
	failed := widgets.Cell{Text: "–", Color: theme.Muted}
	if h.Failed > 0 {
		failed = widgets.Cell{Text: say.Count(h.Failed), Color: theme.Attention, Bold: true}
	}
	archive := widgets.Cell{}
	if h.Archive != "" {
		a := say.Coverage(h.Archive)
		archive = widgets.Cell{Text: a.Word, Mark: a.Mark, Paint: a.Color, Color: theme.Muted}
	}
	last := widgets.Cell{Text: say.Moment(h.LastSuccess, now), Color: theme.Muted}
	if h.LastSuccess.IsZero() {
		last.Text = say.T("people.never")
	}
	items, size := widgets.Cell{Text: say.Count(h.Items)}, widgets.Cell{Text: say.Bytes(h.Bytes)}
	covered := widgets.Cell{Text: text, Mark: look.Mark, Paint: look.Color}
	if h.LastSuccess.IsZero() {
		items, size = widgets.Cell{Text: "–", Color: theme.Muted}, widgets.Cell{Text: "–", Color: theme.Muted}
	}
	if h.Coverage == model.CannotBeProtected {
		covered.Color = theme.Muted
	}
	owner, _, _ := strings.Cut(h.Address, "/")
	return resourceRow{health: h, key: strings.ToLower(h.Name + " " + h.Address + " " + text), cells: []widgets.Cell{
		{Text: name, Mark: mark},
		{Text: owner, Color: theme.Muted}, covered, archive, last, items, failed, size,
	}}
}

func (p *peoplePart) count() {
	say := p.screen.desk.Say
	var protected, not, cannot int64
	for _, r := range p.all {
		switch r.health.Coverage {
		case model.Protected:
			protected++
		case model.NotProtected:
			not++
		default:
			cannot++
		}
	}
	p.sum.Set(say.T("people.sum", "protected", say.Count(protected), "not", say.Count(not), "cannot", say.Count(cannot)))
}

func (p *peoplePart) show() {
	words := strings.Fields(strings.ToLower(p.filter.Text))
	p.shown = p.shown[:0:0]
next:
	for _, r := range p.all {
		if p.only.At() == 1 && trouble(r.health) >= troubleLess {
			continue
		}
		for _, w := range words {
			if !strings.Contains(r.key, w) {
				continue next
			}
		}
		p.shown = append(p.shown, r)
	}
	sort.SliceStable(p.shown, func(i, k int) bool {
		a, b := p.shown[i].health, p.shown[k].health
		if p.desc {
			a, b = b, a
		}
		return p.less(a, b)
	})
	p.grid.Update()
}

// troubleLess is the rank of what is as it should be.
const troubleLess = 2

// trouble puts what a technician can do something about first, and what nobody
// can last.
func trouble(h model.ResourceHealth) int {
	switch {
	case h.Coverage == model.NotProtected, h.State == model.StateFailing:
		return 0
	case h.Failed > 0, h.State == model.StateAttention, h.Archive == model.NotProtected:
		return 1
	}
	if h.Coverage != model.Protected {
		return troubleLess + 1 // nobody can do anything about it
	}
	return troubleLess
}

func (p *peoplePart) less(a, b model.ResourceHealth) bool {
	switch p.sortBy {
	case "name":
		return strings.ToLower(a.Name) < strings.ToLower(b.Name)
	case "address":
		return a.Address < b.Address
	case "last":
		return a.LastSuccess.Before(b.LastSuccess)
	case "items":
		return a.Items < b.Items
	case "failed":
		return a.Failed < b.Failed
	case "size":
		return a.Bytes < b.Bytes
	}
	return trouble(a) < trouble(b)
}

// Len implements widgets.Rows.
func (p *peoplePart) Len() int { return len(p.shown) }

// Row implements widgets.Rows.
func (p *peoplePart) Row(i int) ([]widgets.Cell, bool) {
	if i >= len(p.shown) {
		return nil, false
	}
	return p.shown[i].cells, true
}

// open looks into a mailbox or drive.
func (p *peoplePart) open(i int) {
	if i < 0 || i >= len(p.shown) {
		return
	}
	p.screen.desk.Frame.Go(desk.Route{Page: desk.Explorer, Tenant: p.screen.route.Tenant, Resource: p.shown[i].health.ID})
}

func (p *peoplePart) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(p.shown) {
		return
	}
	say, address := p.screen.desk.Say, p.shown[i].health.Address
	widgets.ShowMenu(p.grid, at,
		fyne.NewMenuItem(say.T("people.open"), func() { p.open(i) }),
		fyne.NewMenuItem(say.T("people.backup", "name", address), func() { p.screen.backUp(address) }))
}

// FocusFilter implements desk.Filterer.
func (s *Screen) FocusFilter() {
	s.tabs.Show(TabPeople)
	s.desk.Frame.Window().Canvas().Focus(s.people.filter)
}

// FocusList puts the keyboard in the list.
func (s *Screen) FocusList() { s.people.grid.Focus() }
