package tenant

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/engine/model"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// rightsPart lists permissions and where the vault is.
type rightsPart struct {
	screen  *Screen
	load    task.Slot
	check   task.Slot
	rows    [][]widgets.Cell
	grid    *widgets.Grid
	facts   *fyne.Container
	content *fyne.Container
}

type rightsAndStorage struct {
	rights []model.Right
	facts  []model.Fact
}

func newRightsPart(s *Screen) *rightsPart {
	say := s.desk.Say
	p := &rightsPart{screen: s, facts: widgets.Stack(8)}
	p.grid = widgets.NewGrid([]widgets.Column{
		{ID: "state", Title: say.T("rights.state"), Width: 130},
		{ID: "name", Title: say.T("rights.name"), Width: 260, Grow: 1},
		{ID: "for", Title: say.T("rights.for"), Width: 260, Grow: 2},
	}, theme.Row, false)
	p.grid.SetRows(p)
	p.grid.Empty = say.T("loading")
	title := widgets.NewSection(say.T("rights.storage"))
	check := widgets.NewButton(say.T("verify.button"), widgets.Plain, p.verify)
	storage := widgets.Pad(20, 12, 20, 20, widgets.Stack(10, widgets.StretchRow(8, title, title, check), p.facts))
	lower := container.NewStack(widgets.NewPanel(theme.Surface), widgets.Frame(widgets.NewHairline(), nil, nil, nil, container.NewVScroll(storage)))
	split := container.NewVSplit(p.grid, lower)
	split.SetOffset(0.5)
	p.content = container.NewStack(split)
	return p
}

func (p *rightsPart) fetch() {
	s := p.screen
	id := s.route.Tenant
	task.Load(s.desk.Run, &p.load, func(ctx context.Context) (rightsAndStorage, error) {
		var r rightsAndStorage
		var err error
		if r.rights, err = s.engine.Rights(ctx, id); err != nil {
			return r, err
		}
		r.facts, err = s.engine.StorageFacts(ctx, id)
		return r, err
	}, func(r rightsAndStorage, err error) {
		p.grid.Empty = s.desk.Say.T("rights.none")
		if err != nil {
			p.grid.Empty = s.desk.Say.Error(err)
		}
		p.show(r)
	})
}

func (p *rightsPart) show(r rightsAndStorage) {
	say := p.screen.desk.Say
	p.rows = p.rows[:0:0]
	for _, missing := range []bool{true, false} {
		for _, right := range r.rights {
			if right.Granted == missing {
				continue
			}
			needs := make([]string, 0, len(right.For))
			for _, f := range right.For {
				needs = append(needs, say.Need(f))
			}
			state := widgets.Cell{Text: say.T("rights.have"), Mark: widgets.Dot, Paint: theme.Good}
			if missing {
				state = widgets.Cell{Text: say.T("rights.missing"), Mark: widgets.Square, Paint: theme.Failing, Bold: true}
			}
			p.rows = append(p.rows, []widgets.Cell{state, {Text: right.Name}, {Text: strings.Join(needs, ", "), Color: theme.Muted}})
		}
	}
	p.grid.Update()
	facts := make([]fyne.CanvasObject, 0, len(r.facts))
	for _, f := range r.facts {
		facts = append(facts, widgets.Row(12, widgets.Sized(180, 0, widgets.NewLine(say.Label(f.Label)).Colored(theme.Muted)), widgets.NewLine(say.Fact(f)).Whole()))
	}
	p.facts.Objects = facts
	p.facts.Refresh()
	p.content.Refresh()
}

// Len implements widgets.Rows.
func (p *rightsPart) Len() int { return len(p.rows) }

// Row implements widgets.Rows.
func (p *rightsPart) Row(i int) ([]widgets.Cell, bool) {
	if i >= len(p.rows) {
		return nil, false
	}
	return p.rows[i], true
}
