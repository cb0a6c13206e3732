package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/theme"
)

// Style says how much a button asks for attention.
type Style int

// The styles.
const (
	Plain  Style = iota // most buttons
	Main                // the one action of a view
	Danger              // destroys; names its object
	Ghost               // no background until the pointer is over it
	Nav                 // ghost, text at the left, wide
)

var (
	_ fyne.Tappable     = (*Button)(nil)
	_ fyne.Focusable    = (*Button)(nil)
	_ fyne.Disableable  = (*Button)(nil)
	_ desktop.Hoverable = (*Button)(nil)
)

// Button is a button with an optional mark, in the sizes of the house.
type Button struct {
	widget.DisableableWidget

	OnTapped func()

	text    string
	mark    Mark // before the text
	tail    Mark // behind it
	color   fyne.ThemeColorName
	style   Style
	hint    string // what the accessibility tree says when there is no text
	on      bool   // nav and tabs: this is where we are
	hovered bool
	focused bool
	self    fyne.CanvasObject // the widget that embeds this one
}

// NewButton is a button of a style.
func NewButton(text string, style Style, tapped func()) *Button {
	b := &Button{text: text, style: style, OnTapped: tapped}
	b.self = b
	b.ExtendBaseWidget(b)
	return b
}

// NewIcon is a button with only a mark; hint says in words what it does.
func NewIcon(mark Mark, hint string, tapped func()) *Button {
	b := NewButton("", Ghost, tapped)
	b.mark, b.hint = mark, hint
	return b
}

// Marked puts a mark before the text.
func (b *Button) Marked(m Mark) *Button { b.mark = m; return b }

// Tailed puts a mark behind the text.
func (b *Button) Tailed(m Mark) *Button { b.tail = m; return b }

// Text is what the button says.
func (b *Button) Text() string { return b.text }

// SetText changes what the button says.
func (b *Button) SetText(text string) {
	if b.text != text {
		b.text = text
		b.Refresh()
	}
}

// SetMark changes the mark and its colour; "" means the text's colour.
func (b *Button) SetMark(m Mark, color fyne.ThemeColorName) {
	if b.mark != m || b.color != color {
		b.mark, b.color = m, color
		b.Refresh()
	}
}

// SetOn says whether the button stands for where we are.
func (b *Button) SetOn(on bool) {
	if b.on != on {
		b.on = on
		b.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.Disabled() && b.OnTapped != nil {
		b.OnTapped()
	}
}

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() { b.focused = true; b.Refresh() }

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// TypedRune implements fyne.Focusable.
func (b *Button) TypedRune(r rune) { BubbleRune(b.self, r) }

// TypedKey presses the button with Space and Enter.
func (b *Button) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.Tapped(nil)
	default:
		Bubble(b.self, ev)
	}
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) { b.hovered = true; b.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() { b.hovered = false; b.Refresh() }

// AccessibilityLabel says in words what the button does.
func (b *Button) AccessibilityLabel() string {
	if b.text != "" {
		return b.text
	}
	return b.hint
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{b: b, back: canvas.NewRectangle(nil), label: canvas.NewText("", nil), mark: newMarkView(), tail: newMarkView()}
	r.back.CornerRadius = theme.Radius
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b          *Button
	back       *canvas.Rectangle
	label      *canvas.Text
	mark, tail *markView
}

const (
	markSize  float32 = 16
	buttonPad float32 = 12
)

func (r *buttonRenderer) pad() float32 {
	if r.b.text == "" {
		return (theme.Control - markSize) / 2
	}
	return buttonPad
}

func (r *buttonRenderer) MinSize() fyne.Size {
	w := 2 * r.pad()
	if r.b.text != "" {
		w += fyne.MeasureText(r.b.text, theme.BodySize, r.textStyle()).Width
	}
	if r.b.mark != NoMark {
		w += markSize
	}
	if r.b.mark != NoMark && r.b.text != "" {
		w += 8
	}
	if r.b.tail != NoMark {
		w += markSize + 2
	}
	h := theme.Control
	if r.b.style == Nav {
		h = theme.TallRow
	}
	return fyne.NewSize(w, h)
}

func (r *buttonRenderer) textStyle() fyne.TextStyle {
	return fyne.TextStyle{Bold: r.b.style == Main || r.b.style == Danger || r.b.on}
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	x := r.pad()
	room := size.Width - 2*x
	if r.b.tail != NoMark {
		room -= markSize + 2
		r.tail.image.Resize(fyne.NewSquareSize(markSize))
		r.tail.image.Move(fyne.NewPos(size.Width-r.pad()-markSize+4, (size.Height-markSize)/2))
	}
	if r.b.mark != NoMark {
		r.mark.image.Resize(fyne.NewSquareSize(markSize))
		room -= markSize + 8
	}
	r.label.Text = fit(r.b.text, max(room, 0), theme.BodySize, r.textStyle())
	text := r.label.MinSize()
	if r.b.style != Nav && r.b.tail == NoMark && r.b.text != "" { // centred
		x += max(0, (room-text.Width)/2)
	}
	if r.b.mark != NoMark {
		r.mark.image.Move(fyne.NewPos(x, (size.Height-markSize)/2))
		x += markSize + 8
	}
	r.label.Move(fyne.NewPos(x, (size.Height-text.Height)/2))
	r.label.Resize(text)
}

func (r *buttonRenderer) Refresh() {
	front, back, stroke := r.colors()
	r.back.FillColor = colorOr(back)
	r.back.StrokeColor, r.back.StrokeWidth = colorOr(stroke), 1
	if stroke == "" {
		r.back.StrokeWidth = 0
	}
	if r.b.focused {
		r.back.StrokeColor, r.back.StrokeWidth = theme.Color(theme.Primary), 2
		if r.b.style == Main {
			r.back.StrokeColor = theme.Color(theme.Text)
		}
	}
	r.label.Color, r.label.TextSize, r.label.TextStyle = theme.Color(front), theme.BodySize, r.textStyle()
	markColor := front
	if r.b.color != "" && !r.b.Disabled() {
		markColor = r.b.color
	}
	r.mark.set(r.b.mark, markColor)
	r.tail.set(r.b.tail, front)
	r.Layout(r.b.Size())
	r.back.Refresh()
	r.label.Refresh()
}

// colors are the tokens of text, background and edge; "" is none.
func (r *buttonRenderer) colors() (front, back, stroke fyne.ThemeColorName) {
	b := r.b
	front, back, stroke = theme.Text, theme.Surface, theme.Border
	switch b.style {
	case Main:
		front, back, stroke = theme.OnPrimary, theme.Primary, ""
	case Danger:
		front, back, stroke = theme.OnPrimary, theme.Failing, ""
	case Ghost, Nav:
		back, stroke = "", ""
		if b.on {
			front, back = theme.Primary, theme.Selected
		}
	}
	if b.Disabled() {
		front = "disabled"
		if back == theme.Primary || back == theme.Failing {
			back = theme.Quiet
		}
		return front, back, stroke
	}
	if b.hovered && (b.style == Plain || b.style == Ghost || b.style == Nav) && !b.on {
		back = theme.Quiet
	}
	return front, back, stroke
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.label, r.mark.image, r.tail.image}
}
func (r *buttonRenderer) Destroy() {}

// colorOr is a token's colour, nothing for "".
func colorOr(name fyne.ThemeColorName) color.Color {
	if name == "" {
		return color.Transparent
	}
	return theme.Color(name)
}
