package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/theme"
)

// Column is one column of a Grid.
type Column struct {
	ID     string
	Title  string
	Width  float32        // least width
	Grow   float32        // share of the room that is left
	Align  fyne.TextAlign // of title and cells
	Sorts  bool           // a click on the title sorts by it
	Drop   int            // when there is too little room, columns with the highest number go first; 0 stays
	Action bool           // cells hold a button
}

// Cell is what stands in one place of a Grid, ready to be drawn.
type Cell struct {
	Text   string
	Color  fyne.ThemeColorName // "" is theme.Text
	Bold   bool
	Struck bool // no longer there
	Mark   Mark // before the text
	Paint  fyne.ThemeColorName
	Tail   Mark   // small sign at the right end
	Side   string // secondary text at the right end
	Indent int    // levels
	Expand Expand
	Nights []Night  // a strip of small bars instead of text
	Hits   [][2]int // byte ranges of Text that were searched for
	Action bool     // the text is a button
}

// Expand says whether a row can be opened.
type Expand int

// The kinds of expander.
const (
	NoExpander Expand = iota
	Leaf              // room for an arrow, but none
	Closed
	Opened
)

// Rows is what a Grid shows. It is asked on the screen's thread and must answer
// at once; ok is false for a row that is still being fetched. Where a row has
// fewer cells than there are columns, its last one has the room of the rest.
type Rows interface {
	Len() int
	Row(i int) (cells []Cell, ok bool)
}

// DragSource is told of the drag of rows of a Grid, with positions in the window.
type DragSource interface {
	DragBegin(row int, at fyne.Position)
	DragMove(at fyne.Position)
	DragEnd()
}

// Grid is a table of any length: it keeps its own place in the list as a
// float64, so a million rows stand as still as ten, and only draws what is seen.
type Grid struct {
	widget.BaseWidget

	OnSelect func()                          // the selection changed
	OnOpen   func(row int)                   // Enter or double click
	OnSpace  func(row int)                   // Space
	OnAction func(row int)                   // the button in a row
	OnSort   func(column string, desc bool)  // a title was clicked
	OnExpand func(row int, open bool)        // an expander or ←/→
	OnMenu   func(row int, at fyne.Position) // right click
	Drag     DragSource                      // nil: rows stay where they are

	Multi bool // more than one row can be chosen
	Empty string

	columns  []Column
	rowSize  float32
	lines    bool
	rows     Rows
	sel      selection
	sortBy   string
	sortDesc bool
	target   int // row lit up as a drop target, -1: none

	header *gridHeader
	body   *gridBody
}

// NewGrid is a Grid with rows of a height; lines draws hairlines between rows.
func NewGrid(columns []Column, rowHeight float32, lines bool) *Grid {
	g := &Grid{columns: columns, rowSize: rowHeight, lines: lines, rows: noRows{}, target: -1}
	g.sel.reset()
	g.header = newGridHeader(g)
	g.body = newGridBody(g)
	g.ExtendBaseWidget(g)
	return g
}

type noRows struct{}

func (noRows) Len() int               { return 0 }
func (noRows) Row(int) ([]Cell, bool) { return nil, false }

// SetRows shows other rows, from the top, with nothing chosen.
func (g *Grid) SetRows(rows Rows) {
	g.rows = rows
	g.sel.reset()
	g.body.top = 0
	g.Update()
}

// SetColumns changes the columns.
func (g *Grid) SetColumns(columns []Column) {
	g.columns = columns
	g.body.dropRows()
	g.header.Refresh()
	g.Update()
}

// Update draws the rows anew after they changed; place and selection stay.
func (g *Grid) Update() {
	g.sel.clamp(g.rows.Len())
	g.body.changed()
}

// SetSort says by which column the rows are sorted.
func (g *Grid) SetSort(column string, desc bool) {
	g.sortBy, g.sortDesc = column, desc
	g.header.Refresh()
}

// Cursor is the row the keyboard is at, -1 for none.
func (g *Grid) Cursor() int { return g.sel.cursor }

// Selected are the chosen rows in order; all is true when it is every row, and
// then the list is left out.
func (g *Grid) Selected() (rows []int, all bool) { return g.sel.list() }

// SelectedCount is how many rows are chosen.
func (g *Grid) SelectedCount() int { return g.sel.count(g.rows.Len()) }

// IsSelected reports whether a row is chosen.
func (g *Grid) IsSelected(row int) bool { return g.sel.has(row) }

// Select chooses one row and brings it into view.
func (g *Grid) Select(row int) {
	if row < 0 || row >= g.rows.Len() {
		return
	}
	g.sel.only(row)
	g.body.reveal(row)
	g.changedSelection()
}

// SelectAll chooses every row.
func (g *Grid) SelectAll() {
	if g.Multi && g.rows.Len() > 0 {
		g.sel.everything()
		g.changedSelection()
	}
}

// Light lights up a row as the place something would be dropped; -1 none.
func (g *Grid) Light(row int) {
	if g.target != row {
		g.target = row
		g.body.Refresh()
	}
}

// RowAt is the row at a position in the window, -1 for none.
func (g *Grid) RowAt(at fyne.Position) int {
	origin := fyne.CurrentApp().Driver().AbsolutePositionForObject(g.body)
	p := at.Subtract(origin)
	if p.X < 0 || p.Y < 0 || p.X >= g.body.Size().Width || p.Y >= g.body.Size().Height {
		return -1
	}
	return g.body.rowAt(p.Y)
}

// ScrollTo brings a row to the top of the view.
func (g *Grid) ScrollTo(row int) { g.body.scrollTo(float64(row) * float64(g.rowSize)) }

// Focus gives the grid the keyboard.
func (g *Grid) Focus() {
	if g.sel.cursor < 0 && g.rows.Len() > 0 {
		g.sel.only(0)
		g.changedSelection()
	}
	focus(g.body)
}

// Body is the part that takes the keyboard and the mouse.
func (g *Grid) Body() fyne.Focusable { return g.body }

func (g *Grid) changedSelection() {
	g.body.Refresh()
	if g.OnSelect != nil {
		g.OnSelect()
	}
}

// MinSize keeps a few rows in view.
func (g *Grid) MinSize() fyne.Size {
	g.ExtendBaseWidget(g)
	return fyne.NewSize(120, theme.Row+2*g.rowSize)
}

// CreateRenderer implements fyne.Widget.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer {
	r := &gridRenderer{g: g, back: canvas.NewRectangle(theme.Color(theme.Surface))}
	return r
}

type gridRenderer struct {
	g    *Grid
	back *canvas.Rectangle
}

func (r *gridRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	top := float32(0)
	if r.g.header.shown() {
		top = theme.Row
		r.g.header.Resize(fyne.NewSize(size.Width, top))
	}
	r.g.body.Move(fyne.NewPos(0, top))
	r.g.body.Resize(fyne.NewSize(size.Width, max(0, size.Height-top)))
}

func (r *gridRenderer) MinSize() fyne.Size { return r.g.MinSize() }

func (r *gridRenderer) Refresh() {
	r.back.FillColor = theme.Color(theme.Surface)
	r.back.Refresh()
	r.g.header.Refresh()
	r.g.body.changed()
}

func (r *gridRenderer) Objects() []fyne.CanvasObject {
	if !r.g.header.shown() {
		return []fyne.CanvasObject{r.back, r.g.body}
	}
	return []fyne.CanvasObject{r.back, r.g.header, r.g.body}
}
func (r *gridRenderer) Destroy() {}

// widths shares a width out over the columns; 0 hides a column.
func (g *Grid) widths(room float32) []float32 {
	widths := make([]float32, len(g.columns))
	var sum, grow float32
	for i, c := range g.columns {
		widths[i] = c.Width
		sum += c.Width
	}
	for sum > room {
		worst := -1
		for i, c := range g.columns {
			if widths[i] > 0 && c.Drop > 0 && (worst < 0 || c.Drop > g.columns[worst].Drop) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		sum -= widths[worst]
		widths[worst] = 0
	}
	for i, c := range g.columns {
		if widths[i] > 0 {
			grow += c.Grow
		}
	}
	for i, c := range g.columns {
		switch {
		case sum > room && sum > 0: // nothing left to drop: all get less
			widths[i] *= room / sum
		case widths[i] > 0 && grow > 0:
			widths[i] += (room - sum) * c.Grow / grow
		}
	}
	return widths
}
