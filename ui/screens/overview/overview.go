// Package overview is the first screen: every tenant on one line, worst first,
// with the reason and the thing to do about it.
package overview

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/say"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// Engine is what this screen asks.
type Engine interface {
	Tenants(ctx context.Context) ([]model.TenantHealth, error)
	Backup(ctx context.Context, id model.TenantID, resource string) (jobID string, err error)
}

// Screen is the overview.
type Screen struct {
	desk   *desk.Desk
	engine Engine
	load   task.Slot
	start  task.Slot

	all   []row
	shown []row

	summary *fyne.Container
	night   *widgets.Line
	filter  *widgets.Input
	only    *widgets.Choice
	grid    *widgets.Grid
	content *fyne.Container
}

// New makes the screen.
func New(d *desk.Desk, engine Engine) *Screen {
	s := &Screen{desk: d, engine: engine}
	say := d.Say
	s.summary = widgets.Row(16)
	s.night = widgets.NewMuted("")
	s.filter = widgets.NewInput(say.T("overview.filter"))
	s.filter.OnChanged = func(string) { s.show() }
	s.filter.OnKey = func(ev *fyne.KeyEvent) bool {
		if ev.Name == fyne.KeyDown || ev.Name == fyne.KeyReturn {
			s.grid.Focus()
			return true
		}
		return false
	}
	s.only = widgets.NewChoice([]string{say.T("overview.all"), say.T("overview.needs")}, 0, func(int) { s.show() })
	s.grid = widgets.NewGrid(s.columns(), theme.TallRow, true)
	s.grid.SetRows(s)
	s.grid.Empty = say.T("loading")
	s.grid.OnOpen = func(i int) { s.open(i, 0) }
	s.grid.OnSpace = s.peek
	s.grid.OnAction = s.act
	left := widgets.StretchRow(16, s.night, s.summary, s.night)
	bar := widgets.Ends(12, left, widgets.Row(12, s.only, widgets.Sized(170, 0, s.filter)))
	s.content = widgets.Frame(widgets.Stack(0, widgets.Pad(20, 4, 12, 12, bar), widgets.NewHairline()), nil, nil, nil, s.grid)
	return s
}

func (s *Screen) columns() []widgets.Column {
	say := s.desk.Say
	right := fyne.TextAlignTrailing
	columns := []widgets.Column{
		{ID: "tenant", Title: say.T("overview.tenant"), Width: 170, Grow: 1},
		{ID: "state", Title: say.T("overview.state"), Width: 230, Grow: 2.2},
		{ID: "action", Width: 128, Action: true},
	}
	for i, g := range groups {
		columns = append(columns, widgets.Column{ID: g.id, Title: g.title(say), Width: 86, Drop: 4 - i})
	}
	return append(columns,
		widgets.Column{ID: "nights", Title: say.T("overview.nights"), Width: 142, Drop: 2},
		widgets.Column{ID: "people", Title: say.T("overview.people"), Width: 74, Align: right, Drop: 1},
		widgets.Column{ID: "size", Title: say.T("overview.size"), Width: 72, Align: right, Drop: 2},
	)
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return s.desk.Say.T("nav.overview") }

// Content implements desk.Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Open implements desk.Screen.
func (s *Screen) Open(desk.Route) { s.Refresh() }

// Changed implements desk.Screen.
func (s *Screen) Changed() {
	if !s.load.Busy() {
		s.Refresh()
	}
}

// Close implements desk.Screen.
func (s *Screen) Close() { s.load.Stop() }

// FocusFilter implements desk.Filterer.
func (s *Screen) FocusFilter() { s.desk.Frame.Window().Canvas().Focus(s.filter) }

// FocusList puts the keyboard in the list.
func (s *Screen) FocusList() { s.grid.Focus() }

// BackUp backs up the tenant the keyboard is at.
func (s *Screen) BackUp() {
	if i := s.grid.Cursor(); i >= 0 && i < len(s.shown) {
		s.backUp(s.shown[i].health)
	}
}

// Refresh implements desk.Screen.
func (s *Screen) Refresh() {
	task.Load(s.desk.Run, &s.load, func(ctx context.Context) ([]row, error) {
		tenants, err := s.engine.Tenants(ctx)
		if err != nil {
			return nil, err
		}
		return s.rows(tenants), nil
	}, func(rows []row, err error) {
		if err != nil {
			s.grid.Empty = s.desk.Say.Error(err)
			s.desk.Frame.Status(s.desk.Say.Error(err))
			s.grid.Update()
			return
		}
		s.desk.Frame.Status("")
		s.all = rows
		s.sum()
		s.show()
	})
}

// show picks the rows that the filter lets through; the chosen tenant stays chosen.
func (s *Screen) show() {
	var chosen model.TenantID
	if i := s.grid.Cursor(); i >= 0 && i < len(s.shown) {
		chosen = s.shown[i].health.Tenant.ID
	}
	words := strings.Fields(strings.ToLower(s.filter.Text))
	s.shown = s.shown[:0:0]
	for _, r := range s.all {
		if r.matches(words) && (s.only.At() == 0 || r.needsSomeone()) {
			s.shown = append(s.shown, r)
		}
	}
	s.grid.Empty = s.desk.Say.T("overview.none")
	if len(s.all) == 0 {
		s.grid.Empty = s.desk.Say.T("overview.empty")
	}
	s.grid.Update()
	for i, r := range s.shown {
		if r.health.Tenant.ID == chosen && s.grid.Cursor() != i {
			s.grid.Select(i)
		}
	}
}

// Len implements widgets.Rows.
func (s *Screen) Len() int { return len(s.shown) }

// Row implements widgets.Rows.
func (s *Screen) Row(i int) ([]widgets.Cell, bool) {
	if i >= len(s.shown) {
		return nil, false
	}
	return s.shown[i].cells, true
}

// Shown are the tenants as they are listed.
func (s *Screen) Shown() []model.TenantHealth {
	list := make([]model.TenantHealth, 0, len(s.shown))
	for _, r := range s.shown {
		list = append(list, r.health)
	}
	return list
}

// Grid is the list, for those who drive the screen.
func (s *Screen) Grid() *widgets.Grid { return s.grid }

// sum writes the line over the list: how many are in which state, and the last night.
func (s *Screen) sum() {
	say := s.desk.Say
	counts := map[model.State]int64{}
	var checked, fresh int64
	for _, r := range s.all {
		counts[r.health.State]++
		checked += r.health.Checked
		fresh += r.health.NewItems
	}
	total := widgets.NewLine(say.N("things.tenant", int64(len(s.all)))).Whole().Bold()
	parts := []fyne.CanvasObject{total}
	for _, state := range []model.State{model.StateGood, model.StateRunning, model.StateWaiting, model.StateAttention, model.StateFailing, model.StateNeverRun} {
		if counts[state] > 0 {
			parts = append(parts, badge(say.State(state), say.Count(counts[state])))
		}
	}
	s.summary.Objects = parts
	s.summary.Refresh()
	s.night.Set("")
	if checked > 0 {
		s.night.Set(say.T("overview.night", "checked", say.Short(checked), "new", say.Short(fresh)))
	}
	s.content.Refresh()
}

func badge(look say.Look, count string) fyne.CanvasObject {
	b := widgets.NewBadge()
	b.Set(look.Mark, look.Color, count+" "+look.Word)
	return b
}

// act does what the button of a row says.
func (s *Screen) act(i int) {
	if i < 0 || i >= len(s.shown) {
		return
	}
	switch r := s.shown[i]; r.action {
	case backUp:
		s.backUp(r.health)
	case showPeople:
		s.open(i, 0)
	case showRuns:
		s.open(i, 1)
	case showRights:
		s.open(i, 2)
	case showJobs:
		s.desk.Frame.ShowJobs()
	}
}

func (s *Screen) open(i, tab int) {
	if i >= 0 && i < len(s.shown) {
		s.desk.Frame.Go(desk.Route{Page: desk.Tenant, Tenant: s.shown[i].health.Tenant.ID, Tab: tab})
	}
}

func (s *Screen) backUp(t model.TenantHealth) {
	task.Load(s.desk.Run, &s.start, func(ctx context.Context) (string, error) {
		return s.engine.Backup(ctx, t.Tenant.ID, "")
	}, func(_ string, err error) {
		if err != nil {
			s.desk.Fail(s.desk.Say.T("backup.failed", "name", t.Tenant.Name), err)
			return
		}
		s.desk.Frame.ShowJobs()
	})
}

// peek shows a tenant's workloads without leaving the list.
func (s *Screen) peek(i int) {
	if i < 0 || i >= len(s.shown) {
		return
	}
	h, say := s.shown[i].health, s.desk.Say
	var rows []fyne.CanvasObject
	for _, w := range h.Workloads {
		look := say.State(w.State)
		b := widgets.NewBadge()
		b.Set(look.Mark, look.Color, look.Word)
		text := say.Reason(w.Reason)
		if text == "" && !w.LastSuccess.IsZero() {
			text = say.T("overview.last", "time", say.Moment(w.LastSuccess, s.desk.Clock.Now()))
		}
		line := widgets.NewMuted(text)
		rows = append(rows, widgets.StretchRow(8, line, widgets.Sized(90, 0, widgets.NewLine(say.Workload(w.Workload)).Bold()), widgets.Sized(120, 0, b), line))
	}
	ok := widgets.NewButton(say.T("dialog.close"), widgets.Plain, func() { s.desk.Dialogs.Cancel() })
	open := widgets.NewButton(say.T("overview.open"), widgets.Main, func() { s.desk.Dialogs.Close(); s.open(i, 0) })
	s.desk.Dialogs.Show(h.Tenant.Name, widgets.Stack(8, rows...), nil, open, ok, open)
}
