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

// maxMenu bounds the list of restore points that opens.
const maxMenu = 40

// pointsPart is the bar with the moment that is looked at.
type pointsPart struct {
	screen *Screen
	load   task.Slot
	of     model.ResourceID
	points []model.RestorePoint // newest first
	button *widgets.Button
	older  *widgets.Button
	newer  *widgets.Button
	line   *widgets.Timeline
	gone   *widgets.Button
	bar    *fyne.Container
	inner  *fyne.Container
}

func newPointsPart(s *Screen) *pointsPart {
	say := s.desk.Say
	p := &pointsPart{screen: s}
	p.button = widgets.NewButton(say.T("points.newest"), widgets.Plain, p.openMenu).Marked(widgets.Clock).Tailed(widgets.ChevronDown)
	p.older = widgets.NewIcon(widgets.ChevronLeft, say.T("points.older"), func() { p.step(1) })
	p.newer = widgets.NewIcon(widgets.ChevronRight, say.T("points.newer"), func() { p.step(-1) })
	p.line = widgets.NewTimeline(p.pick)
	p.gone = widgets.NewButton(say.T("points.gone"), widgets.Ghost, func() {
		s.list.deleted = !s.list.deleted
		p.gone.SetOn(s.list.deleted)
		s.list.again()
	})
	p.inner = widgets.StretchRow(6, p.line, p.button, p.older, p.line, p.newer, p.gone)
	p.bar = container.NewStack(widgets.Pad(8, 0, 8, 7, p.inner))
	p.show()
	return p
}

// goTo fetches the restore points of the place.
func (p *pointsPart) goTo(r desk.Route) {
	s := p.screen
	if r.Resource == "" {
		p.of, p.points = "", nil
		p.show()
		return
	}
	if p.of != r.Resource {
		p.points = nil
	}
	p.of = r.Resource
	p.show()
	task.Load(s.desk.Run, &p.load, func(ctx context.Context) ([]model.RestorePoint, error) {
		return s.engine.RestorePoints(ctx, r.Tenant, r.Resource)
	}, func(points []model.RestorePoint, err error) {
		if err != nil {
			s.desk.Frame.Status(s.desk.Say.Error(err))
		}
		p.points = points
		p.show()
	})
}

// at is the index of the moment that is looked at; 0 is the newest.
func (p *pointsPart) at() int {
	for i, point := range p.points {
		if point.Time.Equal(p.screen.route.At) {
			return i
		}
	}
	return 0
}

func (p *pointsPart) step(by int) { p.pick(p.at() + by) }

func (p *pointsPart) pick(i int) {
	if i < 0 || i >= len(p.points) {
		return
	}
	at := p.points[i].Time
	if i == 0 {
		at = time.Time{}
	}
	p.screen.goBackTo(at)
	p.show()
}

func (p *pointsPart) show() {
	say := p.screen.desk.Say
	if len(p.points) == 0 {
		p.bar.Hide()
		p.button.Disable()
		p.relayout()
		return
	}
	if !p.bar.Visible() {
		p.bar.Show()
		p.relayout()
	}
	p.button.Enable()
	at := p.at()
	text := say.Full(p.points[at].Time)
	if at == 0 {
		text = say.T("points.at", "time", text)
	}
	p.button.SetText(text)
	newest, oldest := p.points[0].Time, p.points[len(p.points)-1].Time
	span := newest.Sub(oldest).Seconds()
	moments := make([]widgets.Moment, len(p.points))
	for i, point := range p.points {
		m := widgets.Moment{At: 1, Color: theme.Muted}
		if span > 0 {
			m.At = point.Time.Sub(oldest).Seconds() / span
		}
		if point.Failed > 0 {
			m.Color = theme.Attention
		}
		moments[i] = m
	}
	p.line.Set(moments, at)
	p.inner.Refresh()
}

// relayout makes room for the bar, or takes it.
func (p *pointsPart) relayout() {
	if p.screen.content != nil {
		p.screen.content.Refresh()
	}
}

// openMenu lists the restore points with what changed in each.
func (p *pointsPart) openMenu() {
	say := p.screen.desk.Say
	items := make([]*fyne.MenuItem, 0, maxMenu)
	first := min(max(0, p.at()-maxMenu/2), max(0, len(p.points)-maxMenu))
	for i := first; i < len(p.points) && i < first+maxMenu; i++ {
		point := p.points[i]
		text := say.T("points.line", "time", say.Full(point.Time), "changed", say.Count(point.Changed))
		if point.Failed > 0 {
			text += " · " + say.N("job.failed_items", point.Failed)
		}
		item := fyne.NewMenuItem(text, func() { p.pick(i) })
		item.Checked = i == p.at()
		items = append(items, item)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.button).AddXY(0, p.button.Size().Height+2)
	widgets.ShowMenu(p.button, at, items...)
}
