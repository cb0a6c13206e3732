package widgets_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"vangnet/ui/uitest"
	"vangnet/ui/widgets"
)

// long is a list that counts how often it is asked.
type long struct {
	n     int
	asked int
}

func (l *long) Len() int { return l.n }
func (l *long) Row(i int) ([]widgets.Cell, bool) {
	l.asked++
	return []widgets.Cell{{Text: fmt.Sprintf("row %d", i)}, {Text: "do", Action: true}}, true
}

func grid(t *testing.T, rows widgets.Rows) (*widgets.Grid, fyne.Window) {
	t.Helper()
	uitest.App(t)
	g := widgets.NewGrid([]widgets.Column{{ID: "name", Title: "name", Width: 200, Sorts: true}, {ID: "act", Title: "act", Width: 100, Action: true}}, 28, false)
	g.Multi = true
	g.SetRows(rows)
	return g, uitest.Window(t, g, fyne.NewSize(400, 28+280))
}

func seen(g *widgets.Grid) []string {
	var rows []string
	for _, text := range uitest.Texts(g) {
		if strings.HasPrefix(text, "row ") {
			rows = append(rows, text)
		}
	}
	return rows
}

func has(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}

func body(g *widgets.Grid) interface {
	desktop.Mouseable
	fyne.Draggable
	fyne.Scrollable
	fyne.DoubleTappable
} {
	return g.Body().(interface {
		desktop.Mouseable
		fyne.Draggable
		fyne.Scrollable
		fyne.DoubleTappable
	})
}

// TestOnlyWhatIsSeenIsAsked holds that a list of a million costs what is seen.
func TestOnlyWhatIsSeenIsAsked(t *testing.T) {
	rows := &long{n: 1_000_000}
	g, w := grid(t, rows)
	if rows.asked > 40 {
		t.Errorf("asked %d rows to show 10", rows.asked)
	}
	rows.asked = 0
	g.Focus()
	uitest.Press(w, fyne.KeyEnd)
	if list := seen(g); !has(list, "row 999999") || len(list) > 12 {
		t.Errorf("at the end: %v", list)
	}
	if rows.asked > 40 {
		t.Errorf("asked %d rows to jump to the end", rows.asked)
	}
	rows.asked = 0
	body(g).Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 28)})
	if rows.asked > 3 {
		t.Errorf("asked %d rows to scroll by one", rows.asked)
	}
}

// TestRowsStandStillFarDown holds that the last of many rows stand exactly one
// row apart: float32 pixels would not do.
func TestRowsStandStillFarDown(t *testing.T) {
	g, w := grid(t, &long{n: 30_000_000})
	g.Focus()
	uitest.Press(w, fyne.KeyEnd)
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(g.Body().(fyne.CanvasObject))
	for i := range 10 {
		at := origin.AddXY(10, 14+float32(i)*28)
		if got, want := g.RowAt(at), 30_000_000-10+i; got != want {
			t.Errorf("at %v is row %d, want %d", at, got, want)
		}
	}
}

func TestKeyboardAndSelection(t *testing.T) {
	g, w := grid(t, &long{n: 100})
	opened := -1
	g.OnOpen = func(i int) { opened = i }
	g.Focus()
	uitest.Press(w, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	if opened != 2 || g.Cursor() != 2 {
		t.Errorf("opened %d, cursor %d", opened, g.Cursor())
	}
	uitest.Press(w, fyne.KeyHome, fyne.KeyUp)
	if g.Cursor() != 0 {
		t.Errorf("cursor %d", g.Cursor())
	}
	uitest.Press(w, fyne.KeyPageDown)
	if g.Cursor() != 9 {
		t.Errorf("page down goes to %d", g.Cursor())
	}
	row := func(i int) fyne.Position { return fyne.NewPos(10, float32(i)*28+5) }
	uitest.Click(body(g), row(1), 0)
	uitest.Click(body(g), row(4), fyne.KeyModifierShift)
	if rows, _ := g.Selected(); fmt.Sprint(rows) != "[1 2 3 4]" {
		t.Errorf("range: %v", rows)
	}
	uitest.Click(body(g), row(2), fyne.KeyModifierShortcutDefault)
	if rows, _ := g.Selected(); fmt.Sprint(rows) != "[1 3 4]" {
		t.Errorf("taken out: %v", rows)
	}
	uitest.Click(body(g), row(3), 0) // a click on a chosen row leaves only that one
	if rows, _ := g.Selected(); fmt.Sprint(rows) != "[3]" {
		t.Errorf("single: %v", rows)
	}
	g.SelectAll()
	if _, all := g.Selected(); !all || g.SelectedCount() != 100 || !g.IsSelected(77) {
		t.Error("not all are chosen")
	}
}

func TestButtonInARow(t *testing.T) {
	g, _ := grid(t, &long{n: 5})
	acted := -1
	g.OnAction = func(i int) { acted = i }
	uitest.Click(body(g), fyne.NewPos(230, 28*2+10), 0)
	if acted != 2 {
		t.Errorf("acted on %d", acted)
	}
	if g.Cursor() != -1 {
		t.Error("the button chose the row too")
	}
	acted = -1
	down, up := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}, &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	down.Position, up.Position = fyne.NewPos(230, 10), fyne.NewPos(230, 40)
	body(g).MouseDown(down)
	body(g).MouseUp(up)
	if acted != -1 {
		t.Error("let go on another row, and it acted")
	}
}

type drags struct{ log []string }

func (d *drags) DragBegin(row int, _ fyne.Position) {
	d.log = append(d.log, fmt.Sprintf("begin %d", row))
}
func (d *drags) DragMove(fyne.Position) { d.log = append(d.log, "move") }
func (d *drags) DragEnd()               { d.log = append(d.log, "end") }

func TestDragBeginsAfterAThreshold(t *testing.T) {
	g, _ := grid(t, &long{n: 50})
	d := &drags{}
	g.Drag = d
	b := body(g)
	press := func(y float32) {
		ev := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
		ev.Position, ev.AbsolutePosition = fyne.NewPos(20, y), fyne.NewPos(20, y)
		b.MouseDown(ev)
	}
	drag := func(x, y float32) {
		ev := &fyne.DragEvent{}
		ev.Position, ev.AbsolutePosition = fyne.NewPos(x, y), fyne.NewPos(x, y)
		b.Dragged(ev)
	}
	press(30)
	drag(23, 31)
	if len(d.log) != 0 {
		t.Fatalf("a tremble began a drag: %v", d.log)
	}
	drag(40, 40)
	drag(60, 60)
	b.DragEnd()
	if got := strings.Join(d.log, ","); got != "begin 1,move,end" {
		t.Errorf("log %s", got)
	}
	if g.Cursor() != 1 {
		t.Errorf("the dragged row is not chosen: %d", g.Cursor())
	}
}

// TestDraggingManyKeepsThem holds that pressing on one of several chosen rows
// does not lose the others before it is known whether it is a drag.
func TestDraggingManyKeepsThem(t *testing.T) {
	g, _ := grid(t, &long{n: 50})
	g.Drag = &drags{}
	uitest.Click(body(g), fyne.NewPos(20, 5), 0)
	uitest.Click(body(g), fyne.NewPos(20, 28*3+5), fyne.KeyModifierShift)
	ev := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	ev.Position, ev.AbsolutePosition = fyne.NewPos(20, 33), fyne.NewPos(20, 33)
	body(g).MouseDown(ev)
	if g.SelectedCount() != 4 {
		t.Errorf("%d rows chosen while dragging", g.SelectedCount())
	}
}

func TestScrollBarReachesTheEnd(t *testing.T) {
	g, _ := grid(t, &long{n: 200_000})
	b := body(g)
	ev := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	ev.Position = fyne.NewPos(397, 5)
	b.MouseDown(ev)
	to := &fyne.DragEvent{}
	to.Position = fyne.NewPos(397, 400)
	b.Dragged(to)
	b.DragEnd()
	if list := seen(g); !has(list, "row 199999") {
		t.Errorf("at the end of the bar: %v", list)
	}
}

func TestTitlesSort(t *testing.T) {
	g, w := grid(t, &long{n: 5})
	var got []string
	g.OnSort = func(column string, desc bool) { got = append(got, fmt.Sprint(column, desc)) }
	header := find[fyne.Tappable](t, w, fyne.NewPos(20, 10))
	header.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, 10)})
	header.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, 10)})
	header.Tapped(&fyne.PointEvent{Position: fyne.NewPos(230, 10)}) // does not sort
	if strings.Join(got, ",") != "namefalse,nametrue" {
		t.Errorf("sorted %v", got)
	}
}

func TestRowsMayShrink(t *testing.T) {
	rows := &long{n: 1000}
	g, w := grid(t, rows)
	g.Focus()
	uitest.Press(w, fyne.KeyEnd)
	rows.n = 3
	g.Update()
	if list := seen(g); len(list) != 3 || g.Cursor() != 2 {
		t.Errorf("%v, cursor %d", list, g.Cursor())
	}
	rows.n = 0
	g.Empty = "nothing here"
	g.Update()
	if !has(uitest.Texts(g), "nothing here") {
		t.Error("an empty list says nothing")
	}
}
