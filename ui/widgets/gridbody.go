package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/theme"
)

// gridBody draws the rows that are seen and takes mouse and keyboard for all.
type gridBody struct {
	widget.BaseWidget

	g       *Grid
	top     float64 // units above the view
	view    []*rowView
	widths  []float32
	room    float32 // width of all columns
	bound   int     // counts changes of the rows; views with an older number are bound anew
	hover   int
	focused bool
	drag    dragState
	pressed int // row whose button the mouse went down on

	thumb  *canvas.Rectangle
	empty  *canvas.Text
	objs   []fyne.CanvasObject
	listed bool
}

const scrollWidth float32 = 10

func newGridBody(g *Grid) *gridBody {
	b := &gridBody{g: g, hover: -1, pressed: -1, thumb: canvas.NewRectangle(color.Transparent), empty: canvas.NewText("", color.Transparent)}
	b.thumb.CornerRadius = 3
	b.ExtendBaseWidget(b)
	return b
}

// dropRows forgets the drawn rows: the columns changed.
func (b *gridBody) dropRows() { b.view, b.listed = nil, false }

// changed binds every row anew.
func (b *gridBody) changed() {
	b.bound++
	b.Refresh()
}

func (b *gridBody) length() float64  { return float64(b.g.rows.Len()) * float64(b.g.rowSize) }
func (b *gridBody) maxTop() float64  { return max(0, b.length()-float64(b.Size().Height)) }
func (b *gridBody) scrollable() bool { return b.maxTop() > 0 }

// scrollTo moves the view.
func (b *gridBody) scrollTo(top float64) {
	top = min(max(0, top), b.maxTop())
	if top != b.top {
		b.top = top
		b.Refresh()
	}
}

// reveal scrolls just as far as needed to see a row.
func (b *gridBody) reveal(row int) {
	start := float64(row) * float64(b.g.rowSize)
	end := start + float64(b.g.rowSize) - float64(b.Size().Height)
	switch {
	case b.top > start:
		b.scrollTo(start)
	case b.top < end:
		b.scrollTo(end)
	}
}

// rowAt is the row at a height of the view, -1 for none.
func (b *gridBody) rowAt(y float32) int {
	row := int((b.top + float64(y)) / float64(b.g.rowSize))
	if y < 0 || row < 0 || row >= b.g.rows.Len() {
		return -1
	}
	return row
}

// columnAt is the column at a place of the view and where that column begins.
func (b *gridBody) columnAt(x float32) (column int, start float32) {
	for i, w := range b.widths {
		if x < start+w {
			return i, start
		}
		start += w
	}
	return -1, 0
}

// CreateRenderer implements fyne.Widget.
func (b *gridBody) CreateRenderer() fyne.WidgetRenderer { return &bodyRenderer{b} }

type bodyRenderer struct{ b *gridBody }

func (r *bodyRenderer) MinSize() fyne.Size { return fyne.NewSize(1, 1) }
func (r *bodyRenderer) Destroy()           {}

func (r *bodyRenderer) Layout(fyne.Size) {
	r.b.bound++
	r.draw()
}

func (r *bodyRenderer) Refresh() { r.draw() }

func (r *bodyRenderer) Objects() []fyne.CanvasObject {
	b := r.b
	if b.listed {
		return b.objs
	}
	b.objs = b.objs[:0:0]
	for _, v := range b.view {
		b.objs = v.objects(b.objs)
	}
	b.objs = append(b.objs, b.thumb, b.empty)
	b.listed = true
	return b.objs
}

// draw puts the rows that are seen in their places. A row keeps the same view
// while it is seen, so that scrolling by one row draws one row.
func (r *bodyRenderer) draw() {
	b := r.b
	size := b.Size()
	if size.Height < 1 || size.Width < 1 {
		return
	}
	b.top = min(b.top, b.maxTop())
	room := size.Width
	if b.scrollable() {
		room -= scrollWidth
	}
	if b.widths = b.g.widths(room); len(b.widths) == 0 {
		return
	}
	if room != b.room { // the titles follow when the scroll bar comes or goes
		b.room = room
		b.g.header.Refresh()
	}
	need := int(size.Height/b.g.rowSize) + 2
	for len(b.view) < need {
		b.view, b.listed = append(b.view, newRowView(b.g, len(b.g.columns))), false
	}
	first := int(b.top / float64(b.g.rowSize))
	y0 := float32(float64(first)*float64(b.g.rowSize) - b.top)
	used := make([]bool, len(b.view))
	for k := range need {
		row := first + k
		if row >= b.g.rows.Len() {
			break
		}
		at := row % len(b.view)
		used[at] = true
		b.drawRow(b.view[at], row, fyne.NewPos(0, y0+float32(k)*b.g.rowSize), size.Width)
	}
	for i, v := range b.view {
		if !used[i] {
			v.hide()
		}
	}
	r.drawThumb(size)
	r.drawEmpty(size)
}

func (b *gridBody) drawRow(v *rowView, row int, at fyne.Position, width float32) {
	if v.row != row || v.bound != b.bound {
		cells, ok := b.g.rows.Row(row)
		v.row, v.bound = row, b.bound
		if v.bind(cells, ok, b.widths, b.g.rowSize) {
			b.listed = false
		}
	}
	v.show(at, width, b.g.rowSize, rowLook{
		selected: b.g.sel.has(row), cursor: b.focused && b.g.sel.cursor == row, hover: b.hover == row,
		target: b.g.target == row, lines: b.g.lines,
	})
}

func (r *bodyRenderer) drawThumb(size fyne.Size) {
	b := r.b
	if !b.scrollable() {
		b.thumb.Hide()
		return
	}
	y, h := b.thumbPlace(size.Height)
	b.thumb.FillColor = theme.Color("scrollBar")
	b.thumb.Move(fyne.NewPos(size.Width-scrollWidth+2, y))
	b.thumb.Resize(fyne.NewSize(scrollWidth-4, h))
	b.thumb.Show()
	b.thumb.Refresh()
}

// thumbPlace is where the thumb of the scroll bar stands and how long it is.
func (b *gridBody) thumbPlace(height float32) (y, h float32) {
	h = max(28, float32(float64(height)*float64(height)/b.length()))
	return float32(b.top / b.maxTop() * float64(height-h)), h
}

func (r *bodyRenderer) drawEmpty(size fyne.Size) {
	b := r.b
	if b.g.rows.Len() > 0 || b.g.Empty == "" {
		b.empty.Hide()
		return
	}
	b.empty.Text, b.empty.Color, b.empty.TextSize = fit(b.g.Empty, size.Width-2*theme.Gutter, theme.BodySize, fyne.TextStyle{}), theme.Color(theme.Muted), theme.BodySize
	b.empty.Move(fyne.NewPos(theme.Gutter, theme.Gutter))
	b.empty.Resize(b.empty.MinSize())
	b.empty.Show()
	b.empty.Refresh()
}
