package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"vangnet/ui/theme"
)

// rowLook says how a row is lit.
type rowLook struct{ selected, cursor, hover, target, lines bool }

// rowView draws one row that is seen.
type rowView struct {
	g      *Grid
	row    int
	bound  int
	look   rowLook
	drawn  bool
	back   *canvas.Rectangle
	edge   *canvas.Rectangle // keyboard cursor
	line   *canvas.Rectangle
	cells  []*cellView
	widths []float32
}

func newRowView(g *Grid, columns int) *rowView {
	v := &rowView{g: g, row: -1, back: canvas.NewRectangle(color.Transparent), edge: canvas.NewRectangle(color.Transparent), line: canvas.NewRectangle(color.Transparent)}
	for range columns {
		v.cells = append(v.cells, newCellView())
	}
	return v
}

func (v *rowView) objects(list []fyne.CanvasObject) []fyne.CanvasObject {
	list = append(list, v.back, v.line, v.edge)
	for _, c := range v.cells {
		list = c.objects(list)
	}
	return list
}

// bind gives the row other contents; true when it has new objects.
func (v *rowView) bind(cells []Cell, ok bool, widths []float32, height float32) (grown bool) {
	v.widths = widths
	v.drawn = false
	for i, c := range v.cells {
		var cell Cell
		switch {
		case ok && i < len(cells):
			cell = cells[i]
		case !ok && i == 0:
			cell = Cell{Text: "…", Color: theme.Muted}
		}
		width := widths[i]
		if ok && i == len(cells)-1 { // the last cell has the columns that are left
			for _, more := range widths[i+1:] {
				width += more
			}
		}
		if c.bind(cell, v.g.columns[i].Align, width, height) {
			grown = true
		}
	}
	return grown
}

// show puts the row in its place, lit as it should be.
func (v *rowView) show(at fyne.Position, width, height float32, look rowLook) {
	if !v.drawn || look != v.look {
		v.paint(look)
	}
	v.back.Move(at)
	v.back.Resize(fyne.NewSize(width, height))
	v.edge.Move(at)
	v.edge.Resize(fyne.NewSize(3, height))
	v.line.Move(at.AddXY(0, height-1))
	v.line.Resize(fyne.NewSize(width, 1))
	x := at.X
	for i, c := range v.cells {
		c.move(fyne.NewPos(x, at.Y))
		x += v.widths[i]
	}
}

func (v *rowView) paint(look rowLook) {
	v.look, v.drawn = look, true
	fill, stroke := color.Color(color.Transparent), float32(0)
	switch {
	case look.target:
		fill, stroke = theme.Color(theme.Selected), 2
	case look.selected:
		fill = theme.Color(theme.Selected)
	case look.hover:
		fill = theme.Color(theme.Hovered)
	}
	v.back.FillColor, v.back.StrokeWidth, v.back.StrokeColor = fill, stroke, theme.Color(theme.Primary)
	v.edge.FillColor = color.Transparent
	if look.cursor {
		v.edge.FillColor = theme.Color(theme.Primary)
	}
	v.line.FillColor = color.Transparent
	if look.lines {
		v.line.FillColor = theme.Color(theme.Quiet)
	}
	for _, o := range []fyne.CanvasObject{v.back, v.edge, v.line} {
		o.Show()
		o.Refresh()
	}
}

func (v *rowView) hide() {
	if v.row == -1 && !v.back.Visible() {
		return
	}
	v.row, v.drawn = -1, false
	for _, o := range v.objects(nil) {
		o.Hide()
	}
}

// cellView draws one cell.
type cellView struct {
	cell   Cell
	align  fyne.TextAlign
	width  float32
	height float32
	bound  bool
	dark   color.Color // the text colour it was drawn with, to see a change of theme

	text   *canvas.Text
	mark   *markView
	tail   *markView
	expand *markView
	strip  *stripView
	side   *canvas.Text
	pill   *canvas.Rectangle
	hits   []*canvas.Rectangle
}

const cellPad float32 = 8

func newCellView() *cellView { return &cellView{text: canvas.NewText("", color.Transparent)} }

func (c *cellView) objects(list []fyne.CanvasObject) []fyne.CanvasObject {
	if c.pill != nil {
		list = append(list, c.pill)
	}
	for _, h := range c.hits {
		list = append(list, h)
	}
	if c.strip != nil {
		list = append(list, c.strip.raster)
	}
	for _, m := range []*markView{c.expand, c.mark, c.tail} {
		if m != nil {
			list = append(list, m.image)
		}
	}
	if c.side != nil {
		list = append(list, c.side)
	}
	return append(list, c.text)
}

// bind sets the cell's contents; true when it has new objects.
func (c *cellView) bind(cell Cell, align fyne.TextAlign, width, height float32) (grown bool) {
	dark := theme.Color(theme.Text)
	if c.bound && width == c.width && height == c.height && dark == c.dark && sameCell(cell, c.cell) {
		c.text.Show()
		c.showMarks()
		return false
	}
	c.cell, c.align, c.width, c.height, c.bound, c.dark = cell, align, width, height, true, dark
	before := len(c.objects(nil))
	if cell.Color == "" {
		cell.Color = theme.Text
	}
	if cell.Action && cell.Text != "" {
		cell.Color = theme.Primary
	}
	c.text.TextSize, c.text.Alignment = theme.BodySize, fyne.TextAlignLeading
	c.text.TextStyle = fyne.TextStyle{Bold: cell.Bold, Strikethrough: cell.Struck}
	c.text.Color = theme.Color(cell.Color)
	c.text.Text = fit(Clean(cell.Text), max(0, width-c.inset()-cellPad-c.tailRoom()), theme.BodySize, c.text.TextStyle)
	c.text.Resize(c.text.MinSize())
	c.text.Show()
	c.text.Refresh()
	c.bindHits()
	c.showMarks()
	return len(c.objects(nil)) != before
}

// tailRoom is what stands behind the text.
func (c *cellView) tailRoom() float32 {
	room := float32(0)
	if c.cell.Tail != NoMark {
		room += markSize + 2
	}
	if c.sideFits() {
		room += fyne.MeasureText(c.cell.Side, theme.SmallSize, fyne.TextStyle{}).Width + 8
	}
	return room
}

// sideFits reports whether there is room for the secondary text: the text itself
// comes first.
func (c *cellView) sideFits() bool { return c.cell.Side != "" && c.width-c.inset() > 80 }

func (c *cellView) showSide(hidden bool) {
	if !c.sideFits() || hidden {
		if c.side != nil {
			c.side.Hide()
		}
		return
	}
	if c.side == nil {
		c.side = canvas.NewText("", color.Transparent)
		c.side.TextSize = theme.SmallSize
	}
	c.side.Text, c.side.Color = c.cell.Side, theme.Color(theme.Muted)
	c.side.Resize(c.side.MinSize())
	c.side.Show()
	c.side.Refresh()
}

// inset is where the text begins.
func (c *cellView) inset() float32 {
	x := cellPad + float32(c.cell.Indent)*16
	if c.cell.Expand != NoExpander {
		x += markSize
	}
	if c.cell.Mark != NoMark {
		x += markSize + 6
	}
	if c.cell.Action && c.cell.Text != "" {
		x += 6
	}
	return x
}

func (c *cellView) showMarks() {
	if c.width < markSize && c.width > 0 || c.width == 0 {
		c.text.Hide()
	}
	hidden := c.width == 0
	set := func(v **markView, m Mark, color fyne.ThemeColorName) {
		if m == NoMark || hidden {
			if *v != nil {
				(*v).set(NoMark, color)
			}
			return
		}
		if *v == nil {
			*v = newMarkView()
			(*v).image.Resize(fyne.NewSquareSize(markSize))
		}
		(*v).set(m, color)
	}
	paint := c.cell.Paint
	if paint == "" {
		paint = theme.Muted
	}
	set(&c.mark, c.cell.Mark, paint)
	set(&c.tail, c.cell.Tail, theme.Muted)
	set(&c.expand, map[Expand]Mark{Closed: ChevronRight, Opened: ChevronDown}[c.cell.Expand], theme.Muted)
	c.showStrip(hidden)
	c.showSide(hidden)
	c.showPill(hidden)
}

func (c *cellView) showStrip(hidden bool) {
	if len(c.cell.Nights) == 0 || hidden {
		if c.strip != nil {
			c.strip.raster.Hide()
		}
		return
	}
	if c.strip == nil {
		c.strip = newStripView()
	}
	c.strip.set(c.cell.Nights)
	c.strip.raster.Resize(fyne.NewSize(max(0, c.width-2*cellPad), 16))
	c.strip.raster.Show()
}

func (c *cellView) showPill(hidden bool) {
	if !c.cell.Action || c.cell.Text == "" || hidden {
		if c.pill != nil {
			c.pill.Hide()
		}
		return
	}
	if c.pill == nil {
		c.pill = canvas.NewRectangle(color.Transparent)
		c.pill.CornerRadius = theme.Radius
	}
	c.pill.FillColor, c.pill.StrokeColor, c.pill.StrokeWidth = theme.Color(theme.Surface), theme.Color(theme.Border), 1
	c.pill.Resize(fyne.NewSize(c.text.MinSize().Width+2*10, c.height-8))
	c.pill.Show()
	c.pill.Refresh()
}

// bindHits puts colour behind the words that were searched for.
func (c *cellView) bindHits() {
	shown := c.text.Text
	n := 0
	for _, hit := range c.cell.Hits {
		if hit[0] < 0 || hit[1] > len(shown) || hit[0] >= hit[1] || c.width == 0 {
			continue
		}
		if n == len(c.hits) {
			c.hits = append(c.hits, canvas.NewRectangle(color.Transparent))
		}
		h := c.hits[n]
		n++
		h.CornerRadius = 2
		h.FillColor = theme.Color(theme.Hit)
		h.Resize(fyne.NewSize(fyne.MeasureText(shown[hit[0]:hit[1]], theme.BodySize, c.text.TextStyle).Width, 18))
		h.Show()
		h.Refresh()
	}
	for ; n < len(c.hits); n++ {
		c.hits[n].Hide()
	}
}

// move puts the cell in its place.
func (c *cellView) move(at fyne.Position) {
	text := c.text.Size()
	x := at.X + c.inset()
	switch c.align {
	case fyne.TextAlignTrailing:
		x = at.X + c.width - cellPad - c.tailRoom() - text.Width
	case fyne.TextAlignCenter:
		x = at.X + (c.width-text.Width)/2
	}
	c.text.Move(fyne.NewPos(x, at.Y+(c.height-text.Height)/2))
	mid := at.Y + (c.height-markSize)/2
	if c.mark != nil {
		c.mark.image.Move(fyne.NewPos(x-markSize-6, mid))
	}
	if c.expand != nil {
		c.expand.image.Move(fyne.NewPos(at.X+cellPad-4+float32(c.cell.Indent)*16, mid))
	}
	if c.tail != nil {
		c.tail.image.Move(fyne.NewPos(at.X+c.width-cellPad-markSize+4, mid))
	}
	if c.side != nil {
		size := c.side.Size()
		c.side.Move(fyne.NewPos(at.X+c.width-cellPad-size.Width, at.Y+(c.height-size.Height)/2))
	}
	if c.strip != nil {
		c.strip.raster.Move(fyne.NewPos(at.X+cellPad, at.Y+(c.height-16)/2))
	}
	if c.pill != nil {
		c.pill.Move(fyne.NewPos(x-10, at.Y+4))
	}
	for i, hit := range c.cell.Hits {
		if i < len(c.hits) && hit[0] >= 0 && hit[0] <= len(c.text.Text) {
			before := fyne.MeasureText(c.text.Text[:hit[0]], theme.BodySize, c.text.TextStyle).Width
			c.hits[i].Move(fyne.NewPos(x+before, at.Y+(c.height-18)/2))
		}
	}
}

func sameCell(a, b Cell) bool {
	if a.Text != b.Text || a.Color != b.Color || a.Bold != b.Bold || a.Struck != b.Struck || a.Mark != b.Mark || a.Paint != b.Paint ||
		a.Tail != b.Tail || a.Side != b.Side || a.Indent != b.Indent || a.Expand != b.Expand || a.Action != b.Action ||
		len(a.Nights) != len(b.Nights) || len(a.Hits) != len(b.Hits) {
		return false
	}
	for i := range a.Nights {
		if a.Nights[i] != b.Nights[i] {
			return false
		}
	}
	for i := range a.Hits {
		if a.Hits[i] != b.Hits[i] {
			return false
		}
	}
	return true
}
