package dnd_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"vangnet/ui/dnd"
	"vangnet/ui/uitest"
)

type place struct {
	rect    *canvas.Rectangle
	accept  bool
	lit     bool
	dropped []string
}

func (p *place) Object() fyne.CanvasObject { return p.rect }
func (p *place) Hover(fyne.Position, dnd.Payload) (dnd.Verdict, bool) {
	p.lit = p.accept
	if p.accept {
		return dnd.Verdict{Accept: true, Why: "let go"}, true
	}
	return dnd.Verdict{Why: "does not fit"}, true
}
func (p *place) Leave() { p.lit = false }
func (p *place) Drop(_ fyne.Position, load dnd.Payload) {
	p.dropped = append(p.dropped, load.Data.(string))
}

func setUp(t *testing.T) (c *dnd.Controller, yes, no *place, status *string) {
	t.Helper()
	uitest.App(t)
	status = new(string)
	c = dnd.New(func(s string) { *status = s })
	yes, no = &place{rect: canvas.NewRectangle(nil), accept: true}, &place{rect: canvas.NewRectangle(nil)}
	area := container.NewWithoutLayout(yes.rect, no.rect)
	yes.rect.Resize(fyne.NewSize(100, 100))
	no.rect.Move(fyne.NewPos(200, 0))
	no.rect.Resize(fyne.NewSize(100, 100))
	uitest.Window(t, container.NewStack(area, c.Layer()), fyne.NewSize(400, 200))
	c.Register(yes)
	c.Register(no)
	return c, yes, no, status
}

func TestDropOnAPlaceThatAccepts(t *testing.T) {
	c, yes, _, status := setUp(t)
	c.Begin(dnd.Payload{Label: "3 mails", Data: "x"}, fyne.NewPos(150, 50))
	if !c.Layer().Visible() || *status != "" || yes.lit {
		t.Fatal("begin")
	}
	c.Move(fyne.NewPos(50, 50))
	if !yes.lit || *status != "let go" {
		t.Fatalf("lit %v, status %q", yes.lit, *status)
	}
	c.End()
	if len(yes.dropped) != 1 || yes.dropped[0] != "x" || yes.lit || c.Layer().Visible() || *status != "" {
		t.Errorf("dropped %v, lit %v, status %q", yes.dropped, yes.lit, *status)
	}
}

func TestRefusalSaysWhyAndTakesNothing(t *testing.T) {
	c, yes, no, status := setUp(t)
	c.Begin(dnd.Payload{Data: "x"}, fyne.NewPos(50, 50))
	c.Move(fyne.NewPos(250, 50))
	if *status != "does not fit" || yes.lit {
		t.Fatalf("status %q, lit %v", *status, yes.lit)
	}
	c.End()
	if len(yes.dropped)+len(no.dropped) != 0 {
		t.Error("dropped where it does not fit")
	}
}

func TestCancelDropsNothing(t *testing.T) {
	c, yes, _, _ := setUp(t)
	c.Begin(dnd.Payload{Data: "x"}, fyne.NewPos(50, 50))
	if !c.Cancel() || yes.lit || c.Active() {
		t.Fatal("not cancelled")
	}
	c.Move(fyne.NewPos(60, 50)) // the mouse is still down
	c.End()
	if len(yes.dropped) != 0 || yes.lit || c.Cancel() {
		t.Error("a cancelled drag went on")
	}
}

func TestPlacesComeAndGo(t *testing.T) {
	c, yes, _, _ := setUp(t)
	over := &place{rect: canvas.NewRectangle(nil), accept: true}
	over.rect.Resize(fyne.NewSize(100, 100))
	remove := c.Register(over)
	drop := func() {
		c.Begin(dnd.Payload{Data: "x"}, fyne.NewPos(50, 50))
		c.End()
	}
	drop()
	remove()
	drop()
	if len(over.dropped) != 1 || len(yes.dropped) != 1 {
		t.Errorf("%v %v", over.dropped, yes.dropped)
	}
}
