package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/theme"
)

// Paragraph is text broken into lines at a width that is known beforehand, so
// that what stands around it knows its height.
type Paragraph struct {
	widget.BaseWidget
	text  string
	color fyne.ThemeColorName
	width float32
	size  float32
	bold  bool
}

// NewParagraph is a text of a width in a token's colour.
func NewParagraph(text string, width float32, color fyne.ThemeColorName) *Paragraph {
	return NewParagraphSized(text, width, color, theme.BodySize, false)
}

// NewParagraphSized is a paragraph in another size of text.
func NewParagraphSized(text string, width float32, color fyne.ThemeColorName, size float32, bold bool) *Paragraph {
	p := &Paragraph{text: text, width: width, color: color, size: size, bold: bold}
	p.ExtendBaseWidget(p)
	return p
}

// Text is what the paragraph says.
func (p *Paragraph) Text() string { return p.text }

// Set changes the text.
func (p *Paragraph) Set(text string) {
	if p.text != text {
		p.text = text
		p.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := &paragraphRenderer{p: p}
	r.Refresh()
	return r
}

type paragraphRenderer struct {
	p     *Paragraph
	lines []fyne.CanvasObject
}

func (r *paragraphRenderer) lineHeight() float32 { return r.p.size + 7 }

func (r *paragraphRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.p.width, r.lineHeight()*float32(max(1, len(r.lines))))
}
func (r *paragraphRenderer) Layout(fyne.Size) {
	for i, o := range r.lines {
		o.Move(fyne.NewPos(0, float32(i)*r.lineHeight()))
		o.Resize(fyne.NewSize(r.p.width, r.lineHeight()))
	}
}
func (r *paragraphRenderer) Refresh() {
	r.lines = r.lines[:0]
	for _, line := range wrap(r.p.text, r.p.width, r.p.size, fyne.TextStyle{Bold: r.p.bold}) {
		t := canvas.NewText(line, theme.Color(r.p.color))
		t.TextSize, t.TextStyle = r.p.size, fyne.TextStyle{Bold: r.p.bold}
		r.lines = append(r.lines, t)
	}
	r.Layout(r.p.Size())
}
func (r *paragraphRenderer) Objects() []fyne.CanvasObject { return r.lines }
func (r *paragraphRenderer) Destroy()                     {}

// wrap breaks a text into lines no wider than width; a word that is wider
// alone is broken.
func wrap(text string, width, size float32, style fyne.TextStyle) []string {
	var lines []string
	measure := func(s string) float32 { return fyne.MeasureText(s, size, style).Width }
	for _, part := range strings.Split(text, "\n") {
		line := ""
		for _, word := range strings.Fields(Clean(part)) {
			for measure(word) > width && len([]rune(word)) > 1 {
				if line != "" {
					lines, line = append(lines, line), ""
				}
				head := []rune(strings.TrimSuffix(fit(word, width, size, style), "…"))
				if len(head) == 0 {
					head = []rune(word)[:1]
				}
				lines, word = append(lines, string(head)), string([]rune(word)[len(head):])
			}
			switch joined := line + " " + word; {
			case line == "":
				line = word
			case measure(joined) <= width:
				line = joined
			default:
				lines, line = append(lines, line), word
			}
		}
		lines = append(lines, line)
	}
	return lines
}
