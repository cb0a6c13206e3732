package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/theme"
)

// Moment is one point of a Timeline: where it stands, 0 to 1, and its colour.
type Moment struct {
	At    float64
	Color fyne.ThemeColorName
}

// Timeline is a line of moments; a click chooses the nearest.
type Timeline struct {
	widget.BaseWidget

	OnPick func(i int)

	moments []Moment
	chosen  int
}

var _ fyne.Tappable = (*Timeline)(nil)

// maxMoments is how many points are drawn; of more, evenly chosen ones are.
const maxMoments = 120

// NewTimeline is an empty line.
func NewTimeline(pick func(int)) *Timeline {
	t := &Timeline{OnPick: pick, chosen: -1}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows moments, in any order, and which one is chosen.
func (t *Timeline) Set(moments []Moment, chosen int) {
	t.moments, t.chosen = moments, chosen
	t.Refresh()
}

const timelinePad float32 = 10

func (t *Timeline) x(at float64) float32 {
	return timelinePad + float32(at)*(t.Size().Width-2*timelinePad)
}

// Tapped chooses the nearest moment.
func (t *Timeline) Tapped(ev *fyne.PointEvent) {
	best, distance := -1, float32(1e9)
	for i, m := range t.moments {
		d := t.x(m.At) - ev.Position.X
		if d = max(d, -d); d < distance {
			best, distance = i, d
		}
	}
	if best >= 0 && t.OnPick != nil {
		t.OnPick(best)
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Timeline) CreateRenderer() fyne.WidgetRenderer {
	r := &timelineRenderer{t: t, line: canvas.NewRectangle(color.Transparent), knob: canvas.NewCircle(color.Transparent)}
	r.Refresh()
	return r
}

type timelineRenderer struct {
	t    *Timeline
	line *canvas.Rectangle
	dots []*canvas.Circle
	knob *canvas.Circle
}

func (r *timelineRenderer) MinSize() fyne.Size { return fyne.NewSize(80, theme.Control) }
func (r *timelineRenderer) Destroy()           {}

func (r *timelineRenderer) Layout(size fyne.Size) {
	mid := size.Height / 2
	r.line.Move(fyne.NewPos(timelinePad, mid-0.5))
	r.line.Resize(fyne.NewSize(max(0, size.Width-2*timelinePad), 1))
	for i, d := range r.dots {
		m := r.t.moments[r.index(i)]
		d.Move(fyne.NewPos(r.t.x(m.At)-2.5, mid-2.5))
		d.Resize(fyne.NewSquareSize(5))
	}
	if c := r.t.chosen; c >= 0 && c < len(r.t.moments) {
		r.knob.Move(fyne.NewPos(r.t.x(r.t.moments[c].At)-6, mid-6))
		r.knob.Resize(fyne.NewSquareSize(12))
		r.knob.Show()
	} else {
		r.knob.Hide()
	}
}

func (r *timelineRenderer) index(dot int) int {
	n := len(r.t.moments)
	if n <= maxMoments {
		return dot
	}
	return dot * (n - 1) / (maxMoments - 1)
}

func (r *timelineRenderer) Refresh() {
	n := min(len(r.t.moments), maxMoments)
	for len(r.dots) < n {
		r.dots = append(r.dots, canvas.NewCircle(color.Transparent))
	}
	r.dots = r.dots[:n]
	for i, d := range r.dots {
		d.FillColor = theme.Color(r.t.moments[r.index(i)].Color)
	}
	r.line.FillColor = theme.Color(theme.Border)
	r.knob.FillColor, r.knob.StrokeColor, r.knob.StrokeWidth = theme.Color(theme.Surface), theme.Color(theme.Primary), 3
	r.Layout(r.t.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}

func (r *timelineRenderer) Objects() []fyne.CanvasObject {
	list := []fyne.CanvasObject{r.line}
	for _, d := range r.dots {
		list = append(list, d)
	}
	return append(list, r.knob)
}
