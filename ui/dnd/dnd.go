// Package dnd is dragging inside the window. One controller knows what is
// dragged, shows a small ghost of it above everything, and asks the places
// below the pointer whether they take it.
package dnd

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"vangnet/ui/theme"
)

// Payload is what is being dragged: a copy, made when the drag begins.
type Payload struct {
	Label string // "3 mails"
	Data  any
}

// Verdict is a place's answer to a payload.
type Verdict struct {
	Accept bool
	Why    string // shown in the status line: what dropping does, or why not
}

// Target is a part of the window that things can be dropped on. Positions are
// the window's.
type Target interface {
	Object() fyne.CanvasObject
	// Hover lights up the place below at; ok is false where there is none.
	Hover(at fyne.Position, p Payload) (v Verdict, ok bool)
	// Leave takes the light away.
	Leave()
	// Drop is called after Hover accepted at the same position.
	Drop(at fyne.Position, p Payload)
}

// Controller owns a drag from its begin to its end.
type Controller struct {
	status  func(string)
	layer   *fyne.Container
	back    *canvas.Rectangle
	label   *canvas.Text
	targets []Target
	active  bool
	at      fyne.Position
	payload Payload
	over    Target
	verdict Verdict
}

// New returns a Controller that explains itself through status.
func New(status func(string)) *Controller {
	c := &Controller{status: status, back: canvas.NewRectangle(nil), label: canvas.NewText("", nil)}
	c.back.CornerRadius = theme.Radius
	c.layer = container.NewWithoutLayout(c.back, c.label)
	c.layer.Hide()
	return c
}

// Layer is where the ghost is drawn: plain drawings, so that the pointer still
// reaches what lies below. It goes on top of the window's contents.
func (c *Controller) Layer() fyne.CanvasObject { return c.layer }

// Register adds a place; the function that is returned takes it away.
func (c *Controller) Register(t Target) (remove func()) {
	c.targets = append(c.targets, t)
	return func() {
		for i, other := range c.targets {
			if other == t {
				c.targets = append(c.targets[:i:i], c.targets[i+1:]...)
				return
			}
		}
	}
}

// Active reports whether something is being dragged.
func (c *Controller) Active() bool { return c.active }

// Begin starts a drag.
func (c *Controller) Begin(p Payload, at fyne.Position) {
	c.payload, c.active, c.verdict, c.over = p, true, Verdict{}, nil
	c.label.Text, c.label.TextSize, c.label.TextStyle = p.Label, theme.BodySize, fyne.TextStyle{Bold: true}
	c.layer.Show()
	c.Move(at)
}

// Move follows the pointer.
func (c *Controller) Move(at fyne.Position) {
	if !c.active {
		return
	}
	c.at = at
	target, verdict := c.find(at)
	if c.over != nil && c.over != target {
		c.over.Leave()
	}
	c.over, c.verdict = target, verdict
	c.status(verdict.Why)
	c.draw()
}

// find asks the places below a position; the last registered is on top.
func (c *Controller) find(at fyne.Position) (Target, Verdict) {
	for i := len(c.targets) - 1; i >= 0; i-- {
		t := c.targets[i]
		if !t.Object().Visible() || !within(t.Object(), at) {
			continue
		}
		if v, ok := t.Hover(at, c.payload); ok {
			return t, v
		}
	}
	return nil, Verdict{}
}

func within(o fyne.CanvasObject, at fyne.Position) bool {
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	p, size := at.Subtract(origin), o.Size()
	return p.X >= 0 && p.Y >= 0 && p.X < size.Width && p.Y < size.Height
}

// draw puts the ghost beside the pointer, in the colour of the verdict.
func (c *Controller) draw() {
	fill, edge, text := theme.Surface, theme.Border, theme.Text
	switch {
	case c.over != nil && c.verdict.Accept:
		fill, edge, text = theme.Primary, theme.Primary, theme.OnPrimary
	case c.over != nil:
		edge, text = theme.Failing, theme.Failing
	}
	c.back.FillColor, c.back.StrokeColor, c.back.StrokeWidth = theme.Color(fill), theme.Color(edge), 1
	c.label.Color = theme.Color(text)
	size := c.label.MinSize()
	at := c.at.AddXY(14, 10)
	c.back.Move(at)
	c.back.Resize(size.AddWidthHeight(2*theme.Gutter, 8))
	c.label.Move(at.AddXY(theme.Gutter, 4))
	c.label.Resize(size)
	c.back.Refresh()
	c.label.Refresh()
}

// End drops what is dragged on the place it is over.
func (c *Controller) End() {
	if !c.active {
		return
	}
	over, accepted, at, p := c.over, c.verdict.Accept, c.at, c.payload
	c.stop()
	if over != nil && accepted {
		over.Drop(at, p)
	}
}

// Cancel ends a drag without dropping; true when there was one.
func (c *Controller) Cancel() bool {
	was := c.active
	c.stop()
	return was
}

func (c *Controller) stop() {
	if !c.active {
		return
	}
	if c.over != nil {
		c.over.Leave()
	}
	c.active, c.over, c.payload = false, nil, Payload{}
	c.layer.Hide()
	c.status("")
}
