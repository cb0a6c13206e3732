package widgets

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/theme"
)

// maxShown bounds what a line of text looks at: names from a tenant may be of
// any length.
const maxShown = 512

// Clean makes a text of unknown origin fit for one line: no line breaks, no
// controls, nothing that turns the direction of what stands beside it, and not
// longer than a line can show.
func Clean(s string) string {
	count, plain := 0, true
	for i, r := range s {
		if count++; count > maxShown {
			s = s[:i]
			break
		}
		if unicode.IsControl(r) || turns(r) {
			plain = false
		}
	}
	if plain {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case turns(r):
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, s)
}

// turns reports the characters that change the direction of text.
func turns(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F
}

// fit shortens a text with an ellipsis until it is not wider than width.
func fit(text string, width, size float32, style fyne.TextStyle) string {
	full := fyne.MeasureText(text, size, style).Width
	if full <= width || text == "" {
		return text
	}
	runes := []rune(text)
	low, high := 0, len(runes)-1
	guess := int(float32(len(runes)) * width / full)
	for low < high {
		guess = min(max(guess, low+1), high)
		if fyne.MeasureText(string(runes[:guess])+"…", size, style).Width <= width {
			low = guess
		} else {
			high = guess - 1
		}
		guess = (low + high + 1) / 2
	}
	return strings.TrimRight(string(runes[:low]), " ") + "…"
}

// Line is one line of text in a token's colour that shortens itself.
type Line struct {
	widget.BaseWidget

	text   string
	color  fyne.ThemeColorName
	size   float32
	style  fyne.TextStyle
	align  fyne.TextAlign
	whole  bool // asks for the room of its whole text
	object *canvas.Text
}

// NewLine is a line of body text.
func NewLine(text string) *Line { return newLine(text, theme.Text, theme.BodySize) }

// NewMuted is a line of secondary text.
func NewMuted(text string) *Line { return newLine(text, theme.Muted, theme.SmallSize) }

// NewSection is the title of a part of a page.
func NewSection(text string) *Line {
	l := newLine(text, theme.Text, theme.SectionTxt)
	l.style.Bold = true
	return l
}

// NewTitle is the title of a page.
func NewTitle(text string) *Line {
	l := newLine(text, theme.Text, theme.TitleSize)
	l.style.Bold = true
	return l
}

func newLine(text string, color fyne.ThemeColorName, size float32) *Line {
	l := &Line{text: Clean(text), color: color, size: size, object: canvas.NewText("", nil)}
	l.ExtendBaseWidget(l)
	return l
}

// Whole makes the line ask for the room its whole text needs.
func (l *Line) Whole() *Line { l.whole = true; return l }

// Bold makes the line stand out.
func (l *Line) Bold() *Line { l.style.Bold = true; return l }

// Right puts the text at the right.
func (l *Line) Right() *Line { l.align = fyne.TextAlignTrailing; return l }

// Colored gives the line a token's colour.
func (l *Line) Colored(name fyne.ThemeColorName) *Line { l.color = name; return l }

// Text is what the line says.
func (l *Line) Text() string { return l.text }

// Set changes the text.
func (l *Line) Set(text string) { l.SetColored(text, l.color) }

// SetColored changes text and colour.
func (l *Line) SetColored(text string, color fyne.ThemeColorName) {
	text = Clean(text)
	if text == l.text && color == l.color {
		return
	}
	l.text, l.color = text, color
	l.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (l *Line) CreateRenderer() fyne.WidgetRenderer {
	r := &lineRenderer{l: l}
	r.Refresh()
	return r
}

type lineRenderer struct{ l *Line }

func (r *lineRenderer) Layout(size fyne.Size) {
	l := r.l
	l.object.Text = fit(l.text, size.Width, l.size, l.style)
	h := l.object.MinSize().Height
	l.object.Move(fyne.NewPos(0, (size.Height-h)/2))
	l.object.Resize(fyne.NewSize(size.Width, h))
}

func (r *lineRenderer) MinSize() fyne.Size {
	if r.l.whole {
		return fyne.MeasureText(r.l.text, r.l.size, r.l.style)
	}
	return fyne.NewSize(0, fyne.MeasureText("Ág", r.l.size, r.l.style).Height)
}

func (r *lineRenderer) Refresh() {
	l := r.l
	l.object.Color, l.object.TextSize, l.object.TextStyle, l.object.Alignment = theme.Color(l.color), l.size, l.style, l.align
	r.Layout(l.Size())
	l.object.Refresh()
}

func (r *lineRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.l.object} }
func (r *lineRenderer) Destroy()                     {}
