package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/theme"
)

// Panel is an area of one colour that follows the theme.
type Panel struct {
	widget.BaseWidget
	color, stroke fyne.ThemeColorName
	radius        float32
	min           fyne.Size
}

// NewPanel is an area in a token's colour.
func NewPanel(name fyne.ThemeColorName) *Panel {
	p := &Panel{color: name}
	p.ExtendBaseWidget(p)
	return p
}

// NewCard is an area with a hairline around it and round corners.
func NewCard(name fyne.ThemeColorName) *Panel {
	p := NewPanel(name)
	p.stroke, p.radius = theme.Border, theme.Radius
	return p
}

// NewHairline is a line between regions, one unit thick whichever way it lies.
func NewHairline() *Panel {
	p := NewPanel(theme.Border)
	p.min = fyne.NewSize(1, 1)
	return p
}

// NewSpace is nothing, of a size.
func NewSpace(w, h float32) *Panel {
	p := NewPanel("")
	p.min = fyne.NewSize(w, h)
	return p
}

// SetColor changes the colour.
func (p *Panel) SetColor(name fyne.ThemeColorName) {
	if p.color != name {
		p.color = name
		p.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	r := &panelRenderer{p: p, rect: canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type panelRenderer struct {
	p    *Panel
	rect *canvas.Rectangle
}

func (r *panelRenderer) Layout(size fyne.Size) { r.rect.Resize(size) }
func (r *panelRenderer) MinSize() fyne.Size    { return r.p.min }
func (r *panelRenderer) Refresh() {
	r.rect.FillColor, r.rect.CornerRadius = colorOr(r.p.color), r.p.radius
	r.rect.StrokeColor, r.rect.StrokeWidth = colorOr(r.p.stroke), 1
	if r.p.stroke == "" {
		r.rect.StrokeWidth = 0
	}
	r.rect.Refresh()
}
func (r *panelRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *panelRenderer) Destroy()                     {}

// Badge is a state: shape, word, colour.
type Badge struct {
	widget.BaseWidget
	mark  Mark
	paint fyne.ThemeColorName
	line  *Line
	view  *markView
}

// NewBadge is an empty badge.
func NewBadge() *Badge {
	b := &Badge{line: NewLine("").Whole(), view: newMarkView(), paint: theme.Muted}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows a state.
func (b *Badge) Set(mark Mark, paint fyne.ThemeColorName, text string) {
	b.mark, b.paint = mark, paint
	b.line.SetColored(text, theme.Text)
	b.Refresh()
}

// Text is what the badge says.
func (b *Badge) Text() string { return b.line.Text() }

// CreateRenderer implements fyne.Widget.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	r := &badgeRenderer{b}
	r.Refresh()
	return r
}

type badgeRenderer struct{ b *Badge }

func (r *badgeRenderer) inset() float32 {
	if r.b.mark == NoMark {
		return 0
	}
	return markSize + 6
}
func (r *badgeRenderer) Layout(size fyne.Size) {
	r.b.view.image.Resize(fyne.NewSquareSize(markSize))
	r.b.view.image.Move(fyne.NewPos(0, (size.Height-markSize)/2))
	r.b.line.Move(fyne.NewPos(r.inset(), 0))
	r.b.line.Resize(fyne.NewSize(max(0, size.Width-r.inset()), size.Height))
}
func (r *badgeRenderer) MinSize() fyne.Size {
	m := r.b.line.MinSize()
	return fyne.NewSize(m.Width+r.inset(), max(m.Height, markSize))
}
func (r *badgeRenderer) Refresh() {
	r.b.view.set(r.b.mark, r.b.paint)
	r.Layout(r.b.Size())
	r.b.line.Refresh()
}
func (r *badgeRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.b.view.image, r.b.line}
}
func (r *badgeRenderer) Destroy() {}

// Progress is a thin bar; a negative value says that the end is not known.
type Progress struct {
	widget.BaseWidget
	value float64
	color fyne.ThemeColorName
}

// NewProgress is an empty bar.
func NewProgress() *Progress {
	p := &Progress{color: theme.Primary}
	p.ExtendBaseWidget(p)
	return p
}

// Set fills the bar up to value, 0 to 1, in a colour.
func (p *Progress) Set(value float64, color fyne.ThemeColorName) {
	if value != p.value || color != p.color {
		p.value, p.color = min(value, 1), color
		p.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Progress) CreateRenderer() fyne.WidgetRenderer {
	r := &progressRenderer{p: p, back: canvas.NewRectangle(color.Transparent), front: canvas.NewRectangle(color.Transparent)}
	r.back.CornerRadius, r.front.CornerRadius = 2, 2
	r.Refresh()
	return r
}

type progressRenderer struct {
	p           *Progress
	back, front *canvas.Rectangle
}

const progressHeight float32 = 4

func (r *progressRenderer) Layout(size fyne.Size) {
	y := (size.Height - progressHeight) / 2
	r.back.Move(fyne.NewPos(0, y))
	r.back.Resize(fyne.NewSize(size.Width, progressHeight))
	from, width := float32(0), size.Width*float32(max(r.p.value, 0))
	if r.p.value < 0 { // a short piece in the middle: moving, end unknown
		from, width = size.Width*0.35, size.Width*0.3
	}
	r.front.Move(fyne.NewPos(from, y))
	r.front.Resize(fyne.NewSize(width, progressHeight))
}
func (r *progressRenderer) MinSize() fyne.Size { return fyne.NewSize(40, 8) }
func (r *progressRenderer) Refresh() {
	r.back.FillColor, r.front.FillColor = theme.Color(theme.Quiet), theme.Color(r.p.color)
	r.Layout(r.p.Size())
	r.back.Refresh()
	r.front.Refresh()
}
func (r *progressRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.back, r.front} }
func (r *progressRenderer) Destroy()                     {}
