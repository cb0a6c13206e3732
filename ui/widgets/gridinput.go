package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ fyne.Focusable         = (*gridBody)(nil)
	_ fyne.Scrollable        = (*gridBody)(nil)
	_ fyne.Draggable         = (*gridBody)(nil)
	_ fyne.DoubleTappable    = (*gridBody)(nil)
	_ fyne.SecondaryTappable = (*gridBody)(nil)
	_ desktop.Mouseable      = (*gridBody)(nil)
	_ desktop.Hoverable      = (*gridBody)(nil)
	_ desktop.Cursorable     = (*gridBody)(nil)
)

// dragState is what a press of the mouse may become.
type dragState struct {
	kind   dragKind
	row    int
	start  fyne.Position // in the window
	held   float32       // scroll bar: where on the thumb it was taken
	single bool          // choose only this row if it was not a drag
}

type dragKind int

const (
	noDrag dragKind = iota
	thumbDrag
	mayDrag // pressed on a row, not yet moved far enough
	rowDrag
)

// dragThreshold is how far the mouse moves before a press is a drag. Fyne says
// "dragged" after two units, which a hand does by accident.
const dragThreshold float32 = 7

// MouseDown chooses the row at once: a drag that follows swallows the tap.
func (b *gridBody) MouseDown(ev *desktop.MouseEvent) {
	focus(b)
	b.pressed, b.drag = -1, dragState{}
	if b.scrollable() && ev.Position.X > b.Size().Width-scrollWidth && ev.Button == desktop.MouseButtonPrimary {
		b.takeThumb(ev.Position.Y)
		return
	}
	row := b.rowAt(ev.Position.Y)
	if row < 0 {
		return
	}
	if ev.Button == desktop.MouseButtonPrimary {
		if b.onAction(row, ev.Position.X) {
			b.pressed = row
			return
		}
		if b.onExpander(row, ev.Position.X) {
			return
		}
	}
	b.press(row, ev)
}

func (b *gridBody) press(row int, ev *desktop.MouseEvent) {
	single := false
	switch multi := b.g.Multi; {
	case multi && ev.Modifier&fyne.KeyModifierShortcutDefault != 0:
		b.g.sel.toggle(row)
	case multi && ev.Modifier&fyne.KeyModifierShift != 0:
		b.g.sel.extend(row)
	case b.g.sel.has(row) && (multi || ev.Button == desktop.MouseButtonSecondary):
		single = ev.Button == desktop.MouseButtonPrimary // may be the start of dragging them all
		b.g.sel.cursor = row
	default:
		b.g.sel.only(row)
	}
	if ev.Button == desktop.MouseButtonPrimary {
		b.drag = dragState{kind: mayDrag, row: row, start: ev.AbsolutePosition, single: single}
	}
	b.g.changedSelection()
}

// MouseUp ends a press that was no drag.
func (b *gridBody) MouseUp(ev *desktop.MouseEvent) {
	row := b.rowAt(ev.Position.Y)
	if b.pressed >= 0 && row == b.pressed && b.onAction(row, ev.Position.X) && b.g.OnAction != nil {
		b.g.OnAction(row)
	}
	b.pressed = -1
	if b.drag.kind == mayDrag && b.drag.single {
		b.g.sel.only(b.drag.row)
		b.g.changedSelection()
	}
	if b.drag.kind == mayDrag {
		b.drag = dragState{}
	}
}

// onAction reports whether a place is on a row's button.
func (b *gridBody) onAction(row int, x float32) bool {
	column, _ := b.columnAt(x)
	if column < 0 || !b.g.columns[column].Action {
		return false
	}
	cells, ok := b.g.rows.Row(row)
	return ok && column < len(cells) && cells[column].Action && cells[column].Text != ""
}

// onExpander opens or closes a row when the place is on its arrow.
func (b *gridBody) onExpander(row int, x float32) bool {
	column, start := b.columnAt(x)
	cells, ok := b.g.rows.Row(row)
	if !ok || column < 0 || column >= len(cells) || cells[column].Expand <= Leaf {
		return false
	}
	from := start + float32(cells[column].Indent)*16
	if x < from || x > from+markSize+cellPad {
		return false
	}
	b.expand(row, cells[column].Expand == Closed)
	return true
}

func (b *gridBody) expand(row int, open bool) {
	if b.g.OnExpand != nil {
		b.g.OnExpand(row, open)
	}
}

// DoubleTapped opens the row.
func (b *gridBody) DoubleTapped(ev *fyne.PointEvent) {
	row := b.rowAt(ev.Position.Y)
	if row >= 0 && !b.onAction(row, ev.Position.X) && b.g.OnOpen != nil {
		b.g.OnOpen(row)
	}
}

// TappedSecondary asks for the row's menu.
func (b *gridBody) TappedSecondary(ev *fyne.PointEvent) {
	if row := b.rowAt(ev.Position.Y); row >= 0 && b.g.OnMenu != nil {
		b.g.OnMenu(row, ev.AbsolutePosition)
	}
}

// Dragged moves the scroll bar, or rows of a grid that lets them go.
func (b *gridBody) Dragged(ev *fyne.DragEvent) {
	switch b.drag.kind {
	case thumbDrag:
		b.moveThumb(ev.Position.Y)
	case mayDrag:
		moved := ev.AbsolutePosition.Subtract(b.drag.start)
		if b.g.Drag == nil || moved.X*moved.X+moved.Y*moved.Y < dragThreshold*dragThreshold {
			return
		}
		b.drag.kind = rowDrag
		b.g.Drag.DragBegin(b.drag.row, ev.AbsolutePosition)
	case rowDrag:
		b.g.Drag.DragMove(ev.AbsolutePosition)
	}
}

// DragEnd drops.
func (b *gridBody) DragEnd() {
	if b.drag.kind == rowDrag {
		b.g.Drag.DragEnd()
	}
	b.drag = dragState{}
}

func (b *gridBody) takeThumb(y float32) {
	height := b.Size().Height
	top, h := b.thumbPlace(height)
	held := y - top
	if held < 0 || held > h { // beside the thumb: it comes to the mouse
		held = h / 2
	}
	b.drag = dragState{kind: thumbDrag, held: held}
	b.moveThumb(y)
}

func (b *gridBody) moveThumb(y float32) {
	height := b.Size().Height
	_, h := b.thumbPlace(height)
	if height > h {
		b.scrollTo(float64(y-b.drag.held) / float64(height-h) * b.maxTop())
	}
}

// Scrolled implements fyne.Scrollable.
func (b *gridBody) Scrolled(ev *fyne.ScrollEvent) { b.scrollTo(b.top - float64(ev.Scrolled.DY)) }

// MouseIn implements desktop.Hoverable.
func (b *gridBody) MouseIn(ev *desktop.MouseEvent) { b.MouseMoved(ev) }

// MouseMoved implements desktop.Hoverable.
func (b *gridBody) MouseMoved(ev *desktop.MouseEvent) { b.setHover(b.rowAt(ev.Position.Y)) }

// MouseOut implements desktop.Hoverable.
func (b *gridBody) MouseOut() { b.setHover(-1) }

func (b *gridBody) setHover(row int) {
	if row != b.hover {
		b.hover = row
		b.Refresh()
	}
}

// Cursor implements desktop.Cursorable.
func (b *gridBody) Cursor() desktop.Cursor { return desktop.DefaultCursor }

// FocusGained implements fyne.Focusable.
func (b *gridBody) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost implements fyne.Focusable.
func (b *gridBody) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune implements fyne.Focusable.
func (b *gridBody) TypedRune(r rune) {
	if r != ' ' {
		BubbleRune(b, r)
	}
}

// TypedKey moves through the rows and opens them.
func (b *gridBody) TypedKey(ev *fyne.KeyEvent) {
	page := max(1, int(b.Size().Height/b.g.rowSize)-1)
	at := b.g.sel.cursor
	switch ev.Name {
	case fyne.KeyUp:
		b.moveCursor(at - 1)
	case fyne.KeyDown:
		b.moveCursor(at + 1)
	case fyne.KeyPageUp:
		b.moveCursor(at - page)
	case fyne.KeyPageDown:
		b.moveCursor(at + page)
	case fyne.KeyHome:
		b.moveCursor(0)
	case fyne.KeyEnd:
		b.moveCursor(b.g.rows.Len() - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if at >= 0 && b.g.OnOpen != nil {
			b.g.OnOpen(at)
		}
	case fyne.KeySpace:
		if at >= 0 && b.g.OnSpace != nil {
			b.g.OnSpace(at)
		}
	case fyne.KeyLeft, fyne.KeyRight:
		if at >= 0 {
			b.expand(at, ev.Name == fyne.KeyRight)
		}
	default:
		Bubble(b, ev)
	}
}

func (b *gridBody) moveCursor(row int) {
	length := b.g.rows.Len()
	if length == 0 {
		return
	}
	row = min(max(row, 0), length-1)
	if b.g.Multi && modifiers()&fyne.KeyModifierShift != 0 {
		b.g.sel.extend(row)
	} else {
		b.g.sel.only(row)
	}
	b.reveal(row)
	b.g.changedSelection()
}
