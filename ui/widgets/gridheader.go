package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/theme"
)

// gridHeader draws the titles of the columns; a click sorts.
type gridHeader struct {
	widget.BaseWidget
	g *Grid
}

var _ fyne.Tappable = (*gridHeader)(nil)

func newGridHeader(g *Grid) *gridHeader {
	h := &gridHeader{g: g}
	h.ExtendBaseWidget(h)
	return h
}

// shown is false for a grid whose columns have no titles.
func (h *gridHeader) shown() bool {
	for _, c := range h.g.columns {
		if c.Title != "" {
			return true
		}
	}
	return false
}

// Tapped sorts by the column, the other way round when it was already.
func (h *gridHeader) Tapped(ev *fyne.PointEvent) {
	x := float32(0)
	for i, w := range h.widths() {
		c := h.g.columns[i]
		if x += w; ev.Position.X >= x {
			continue
		}
		if c.Sorts && h.g.OnSort != nil {
			desc := h.g.sortBy == c.ID && !h.g.sortDesc
			h.g.SetSort(c.ID, desc)
			h.g.OnSort(c.ID, desc)
		}
		return
	}
}

func (h *gridHeader) widths() []float32 {
	return h.g.widths(h.g.body.room)
}

// CreateRenderer implements fyne.Widget.
func (h *gridHeader) CreateRenderer() fyne.WidgetRenderer {
	r := &headerRenderer{h: h, line: canvas.NewRectangle(nil), arrow: newMarkView()}
	r.Refresh()
	return r
}

type headerRenderer struct {
	h     *gridHeader
	texts []*canvas.Text
	line  *canvas.Rectangle
	arrow *markView
}

func (r *headerRenderer) MinSize() fyne.Size { return fyne.NewSize(10, theme.Row) }
func (r *headerRenderer) Destroy()           {}

func (r *headerRenderer) Layout(size fyne.Size) {
	r.line.Move(fyne.NewPos(0, size.Height-1))
	r.line.Resize(fyne.NewSize(size.Width, 1))
	x := float32(0)
	r.arrow.image.Hide()
	for i, w := range r.h.widths() {
		if i >= len(r.texts) {
			break
		}
		r.place(r.texts[i], r.h.g.columns[i], x, w, size.Height)
		x += w
	}
}

func (r *headerRenderer) place(t *canvas.Text, c Column, x, w, height float32) {
	arrow := float32(0)
	if c.ID == r.h.g.sortBy && c.Sorts && w > 0 {
		arrow = 14
	}
	t.Text = fit(c.Title, max(0, w-2*cellPad-arrow), theme.SmallSize, t.TextStyle)
	if w == 0 {
		t.Text = ""
	}
	m := t.MinSize()
	left := x + cellPad
	switch c.Align {
	case fyne.TextAlignTrailing:
		left = x + w - cellPad - m.Width - arrow
	case fyne.TextAlignCenter:
		left = x + (w-m.Width)/2
	}
	t.Resize(m)
	t.Move(fyne.NewPos(left, (height-m.Height)/2))
	if arrow > 0 {
		mark := ChevronUp
		if r.h.g.sortDesc {
			mark = ChevronDown
		}
		r.arrow.set(mark, theme.Primary)
		r.arrow.image.Resize(fyne.NewSquareSize(12))
		r.arrow.image.Move(fyne.NewPos(left+m.Width+2, (height-12)/2))
	}
}

func (r *headerRenderer) Refresh() {
	for len(r.texts) < len(r.h.g.columns) {
		r.texts = append(r.texts, canvas.NewText("", nil))
	}
	r.texts = r.texts[:len(r.h.g.columns)]
	for i, t := range r.texts {
		t.TextSize, t.Color = theme.SmallSize, theme.Color(theme.Muted)
		t.TextStyle = fyne.TextStyle{Bold: r.h.g.columns[i].ID == r.h.g.sortBy && r.h.g.sortBy != ""}
	}
	r.line.FillColor = theme.Color(theme.Border)
	r.Layout(r.h.Size())
	for _, t := range r.texts {
		t.Refresh()
	}
	r.line.Refresh()
}

func (r *headerRenderer) Objects() []fyne.CanvasObject {
	list := []fyne.CanvasObject{r.line, r.arrow.image}
	for _, t := range r.texts {
		list = append(list, t)
	}
	return list
}
