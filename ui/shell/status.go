package shell

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/ui/desk"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// tick is the least time between two looks at the engine: progress moves at
// most four times a second.
const tick = 250 * time.Millisecond

// statusLine is the line at the bottom; it is there only when it says something.
type statusLine struct {
	box  *fyne.Container
	line *widgets.Line
	said string // by a screen or a drag
	wait string // work waits for Microsoft: shown while nothing else is said
	text string // what is shown
}

func newStatusLine() *statusLine {
	s := &statusLine{line: widgets.NewMuted("")}
	s.box = widgets.Frame(widgets.NewHairline(), nil, nil, nil,
		container.NewStack(widgets.NewPanel(theme.Surface), widgets.Pad(theme.Gutter, 5, theme.Gutter, 5, s.line)))
	s.box.Hide()
	return s
}

func (s *statusLine) set(said string) { s.said = said; s.update() }

func (s *statusLine) setWait(wait string) { s.wait = wait; s.update() }

func (s *statusLine) update() {
	text := s.said
	if text == "" {
		text = s.wait
	}
	if text == s.text {
		return
	}
	s.text = text
	s.line.Set(text)
	if text == "" {
		s.box.Hide()
	} else {
		s.box.Show()
	}
}

// toastTime is how long a notice stays.
const toastTime = 6 * time.Second

// toasts shows one notice at a time at the bottom.
type toasts struct {
	desk  *desk.Desk
	layer *fyne.Container
	slot  task.Slot
}

func newToasts(d *desk.Desk) *toasts {
	t := &toasts{desk: d}
	t.layer = container.New(toastLayout{})
	return t
}

func (t *toasts) show(toast desk.Toast) {
	badge := widgets.NewBadge()
	badge.Set(toast.Look.Mark, toast.Look.Color, toast.Text)
	parts := []fyne.CanvasObject{badge}
	if toast.Action != "" {
		parts = append(parts, widgets.NewButton(toast.Action, widgets.Plain, func() { t.close(); toast.Do() }))
	}
	parts = append(parts, widgets.NewIcon(widgets.Cross, t.desk.Say.T("dialog.close"), t.close))
	card := container.NewStack(widgets.NewCard(theme.Surface), widgets.Pad(16, 8, 8, 8, widgets.Row(12, parts...)))
	t.layer.Objects = []fyne.CanvasObject{card}
	t.layer.Refresh()
	task.After(t.desk.Run, &t.slot, t.desk.Clock, toastTime, t.close)
}

func (t *toasts) close() {
	t.slot.Stop()
	t.layer.Objects = nil
	t.layer.Refresh()
}

// toastLayout puts a notice at the bottom in the middle.
type toastLayout struct{}

func (toastLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (toastLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		m := o.MinSize()
		m.Width = min(m.Width, size.Width-2*theme.Gap)
		o.Resize(m)
		o.Move(fyne.NewPos((size.Width-m.Width)/2, size.Height-m.Height-40))
	}
}
