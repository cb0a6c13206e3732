package tenant

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/engine/model"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// runsShown is how many runs the list goes back.
const runsShown = 60

// runsPart lists the runs, and of the chosen one the resources and what failed.
type runsPart struct {
	screen  *Screen
	load    task.Slot
	runs    []model.Run
	rows    [][]widgets.Cell
	grid    *widgets.Grid
	detail  *detailRows
	below   *widgets.Grid
	title   *widgets.Line
	retry   *widgets.Button
	content *fyne.Container
}

// detailRows are the resources of one run, what failed right below each.
type detailRows struct {
	cells     [][]widgets.Cell
	addresses []string // of the resource that a line belongs to
	failed    []string // resources with failures
}

// Len implements widgets.Rows.
func (d *detailRows) Len() int { return len(d.cells) }

// Row implements widgets.Rows.
func (d *detailRows) Row(i int) ([]widgets.Cell, bool) { return d.cells[i], true }

func newRunsPart(s *Screen) *runsPart {
	say, right := s.desk.Say, fyne.TextAlignTrailing
	p := &runsPart{screen: s, detail: &detailRows{}, title: widgets.NewSection("")}
	p.grid = widgets.NewGrid([]widgets.Column{
		{ID: "time", Title: say.T("runs.time"), Width: 150},
		{ID: "outcome", Title: say.T("runs.outcome"), Width: 240, Grow: 1},
		{ID: "saved", Title: say.T("runs.saved"), Width: 90, Align: right},
		{ID: "unchanged", Title: say.T("runs.unchanged"), Width: 100, Align: right, Drop: 2},
		{ID: "failed", Title: say.T("runs.failed"), Width: 80, Align: right},
		{ID: "size", Title: say.T("runs.size"), Width: 90, Align: right},
		{ID: "took", Title: say.T("runs.took"), Width: 80, Align: right},
		{ID: "by", Title: say.T("runs.by"), Width: 170, Drop: 3},
	}, theme.Row, false)
	p.grid.SetRows(p)
	p.grid.Empty = say.T("loading")
	p.grid.OnSelect = p.showDetail
	p.below = widgets.NewGrid([]widgets.Column{
		{ID: "what", Title: say.T("runs.resource"), Width: 260, Grow: 1.4},
		{ID: "outcome", Title: say.T("runs.outcome"), Width: 240, Grow: 1.2},
		{ID: "saved", Title: say.T("runs.saved"), Width: 90, Align: right},
		{ID: "unchanged", Title: say.T("runs.unchanged"), Width: 100, Align: right, Drop: 1},
		{ID: "size", Title: say.T("runs.size"), Width: 90, Align: right},
		{ID: "took", Title: say.T("runs.took"), Width: 80, Align: right},
	}, theme.Row, false)
	p.below.SetRows(p.detail)
	p.below.OnMenu = p.menu
	p.retry = widgets.NewButton(say.T("runs.retry"), widgets.Plain, p.retryFailed).Marked(widgets.Refresh)
	p.retry.Hide()
	bar := widgets.Pad(20, 6, 12, 6, widgets.StretchRow(8, p.title, p.title, p.retry))
	lower := widgets.Frame(widgets.Stack(0, widgets.NewHairline(), bar), nil, nil, nil, p.below)
	split := container.NewVSplit(p.grid, lower)
	split.SetOffset(0.42)
	p.content = container.NewStack(split)
	return p
}

func (p *runsPart) fetch() {
	s := p.screen
	id := s.route.Tenant
	task.Load(s.desk.Run, &p.load, func(ctx context.Context) ([]model.Run, error) {
		return s.engine.Runs(ctx, id, runsShown)
	}, func(runs []model.Run, err error) {
		p.grid.Empty = s.desk.Say.T("runs.none")
		if err != nil {
			p.grid.Empty = s.desk.Say.Error(err)
		}
		p.runs, p.rows = runs, p.rows[:0]
		for _, r := range runs {
			p.rows = append(p.rows, p.row(r))
		}
		p.grid.Update()
		if p.grid.Cursor() < 0 && len(runs) > 0 {
			p.grid.Select(0)
		} else {
			p.showDetail()
		}
	})
}

// totals add up what a run did.
func totals(r model.Run) (sum model.ResourceRun) {
	for _, rr := range r.Resources {
		sum.Saved += rr.Saved
		sum.Unchanged += rr.Unchanged
		sum.Skipped += rr.Skipped
		sum.Failed += rr.Failed
		sum.Bytes += rr.Bytes
	}
	switch {
	case r.Cancelled:
		sum.Outcome = model.Cancelled
	case r.Error != nil:
		sum.Outcome = model.Failed
	case sum.Failed > 0:
		sum.Outcome = model.Partial
	case sum.Saved == 0:
		sum.Outcome = model.Unchanged
	default:
		sum.Outcome = model.Saved
	}
	return sum
}

func (p *runsPart) row(r model.Run) []widgets.Cell {
	say, sum := p.screen.desk.Say, totals(r)
	look := say.Outcome(sum.Outcome)
	text := look.Word
	if r.Error != nil {
		text = say.Cause(*r.Error)
	}
	took := widgets.Cell{Text: "–", Color: theme.Muted}
	if r.Ended.After(r.Started) {
		took.Text = say.Span(r.Ended.Sub(r.Started))
	}
	return []widgets.Cell{
		{Text: say.Full(r.Started)},
		{Text: text, Mark: look.Mark, Paint: look.Color},
		{Text: say.Count(sum.Saved)},
		{Text: say.Count(sum.Unchanged), Color: theme.Muted},
		failedCell(say.Count(sum.Failed), sum.Failed),
		{Text: say.Bytes(sum.Bytes)}, took, {Text: r.By, Color: theme.Muted},
	}
}

func failedCell(text string, n int64) widgets.Cell {
	if n == 0 {
		return widgets.Cell{Text: "–", Color: theme.Muted}
	}
	return widgets.Cell{Text: text, Color: theme.Attention, Bold: true}
}

// Len implements widgets.Rows.
func (p *runsPart) Len() int { return len(p.rows) }

// Row implements widgets.Rows.
func (p *runsPart) Row(i int) ([]widgets.Cell, bool) {
	if i >= len(p.rows) {
		return nil, false
	}
	return p.rows[i], true
}

// showDetail lists the chosen run: failures first, each item with its cause.
func (p *runsPart) showDetail() {
	say := p.screen.desk.Say
	*p.detail = detailRows{}
	i := p.grid.Cursor()
	if i < 0 || i >= len(p.runs) {
		p.title.Set("")
		p.retry.Hide()
		p.below.SetRows(p.detail)
		return
	}
	run := p.runs[i]
	p.title.Set(say.T("runs.of", "time", say.Full(run.Started)))
	order := func(o model.Outcome) int {
		switch o {
		case model.Failed:
			return 0
		case model.Partial:
			return 1
		case model.Skipped, model.Cancelled:
			return 2
		case model.Saved:
			return 3
		}
		return 4
	}
	for rank := range 5 {
		for _, rr := range run.Resources {
			if order(rr.Outcome) == rank {
				p.addResource(rr)
			}
		}
	}
	if len(p.detail.failed) > 0 && i == 0 {
		p.retry.Show()
	} else {
		p.retry.Hide()
	}
	p.below.SetRows(p.detail)
	p.content.Refresh()
}

func (p *runsPart) addResource(rr model.ResourceRun) {
	say, d := p.screen.desk.Say, p.detail
	look := say.Outcome(rr.Outcome)
	text := look.Word
	for _, w := range rr.Warnings {
		text += " · " + say.Reason(w)
	}
	if rr.Failed > 0 {
		text += " · " + say.N("job.failed_items", rr.Failed)
		d.failed = append(d.failed, rr.Address)
	}
	took := say.Span(time.Duration(rr.Seconds * float64(time.Second)))
	d.add(rr.Address, []widgets.Cell{
		{Text: rr.Address, Bold: rr.Failed > 0},
		{Text: text, Mark: look.Mark, Paint: look.Color},
		{Text: say.Count(rr.Saved)}, {Text: say.Count(rr.Unchanged), Color: theme.Muted}, {Text: say.Bytes(rr.Bytes)}, {Text: took, Color: theme.Muted},
	})
	for _, e := range rr.Errors {
		path := e.Path
		if len(path) > len(rr.Address)+1 && path[:len(rr.Address)] == rr.Address {
			path = path[len(rr.Address)+1:]
		}
		d.add(rr.Address, []widgets.Cell{
			{Text: path, Indent: 1, Color: theme.Muted},
			{Text: say.Cause(e), Mark: widgets.Square, Paint: theme.Failing},
		})
	}
}

func (d *detailRows) add(address string, cells []widgets.Cell) {
	d.cells, d.addresses = append(d.cells, cells), append(d.addresses, address)
}

func (p *runsPart) menu(i int, at fyne.Position) {
	if i < 0 || i >= len(p.detail.addresses) {
		return
	}
	address := p.detail.addresses[i]
	widgets.ShowMenu(p.below, at, fyne.NewMenuItem(p.screen.desk.Say.T("people.backup", "name", address), func() { p.screen.backUp(address) }))
}

// retryFailed backs up again what failed: one resource alone, or everything.
func (p *runsPart) retryFailed() {
	if len(p.detail.failed) == 1 {
		p.screen.backUp(p.detail.failed[0])
		return
	}
	p.screen.backUp("")
}
