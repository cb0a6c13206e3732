// Package widgets holds the parts that screens are made of: a table of any
// length, an outline, buttons, marks and bars. They know tokens of the theme
// and no words of the product.
package widgets

import (
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"vangnet/ui/theme"
)

// Mark is a small drawing of one colour: the shape of a state, an arrow, a
// sign for a kind of thing.
type Mark string

// The marks. Each is the inside of a drawing of 16 by 16 units; C stands for
// the colour, S for "stroke of that colour, no fill".
const (
	NoMark   Mark = ""
	Dot      Mark = `<circle cx="8" cy="8" r="4.6" C/>`
	Triangle Mark = `<path d="M8 2.6 L14 13 L2 13 Z" C/>`
	Square   Mark = `<path d="M3.4 3.4 H12.6 V12.6 H3.4 Z" C/>`
	Arc      Mark = `<circle cx="8" cy="8" r="5" S/><path d="M8 8 L8 3 A5 5 0 0 1 13 8 Z" C/>`
	Bars     Mark = `<path d="M4.6 3.4 H6.8 V12.6 H4.6 Z M9.2 3.4 H11.4 V12.6 H9.2 Z" C/>`
	Ring     Mark = `<circle cx="8" cy="8" r="4.6" S/>`
	Dash     Mark = `<path d="M4 7.2 H12 V8.8 H4 Z" C/>`

	ChevronRight Mark = `<path d="M6 4 L10 8 L6 12" S/>`
	ChevronDown  Mark = `<path d="M4 6 L8 10 L12 6" S/>`
	ChevronLeft  Mark = `<path d="M10 4 L6 8 L10 12" S/>`
	ChevronUp    Mark = `<path d="M4 10 L8 6 L12 10" S/>`
	RadioOn      Mark = `<circle cx="8" cy="8" r="5.2" S/><circle cx="8" cy="8" r="2.4" C/>`
	RadioOff     Mark = `<circle cx="8" cy="8" r="5.2" S/>`
	BoxOff       Mark = `<path d="M3 3 H13 V13 H3 Z" S/>`
	BoxOn        Mark = `<path d="M3 3 H13 V13 H3 Z M5.2 8.2 L7.2 10.4 L10.9 5.8" S/>`
	Cross        Mark = `<path d="M4.5 4.5 L11.5 11.5 M11.5 4.5 L4.5 11.5" S/>`
	Check        Mark = `<path d="M3.5 8.5 L6.5 11.5 L12.5 4.8" S/>`
	Lens         Mark = `<circle cx="7" cy="7" r="4" S/><path d="M10 10 L13.5 13.5" S/>`
	Menu         Mark = `<path d="M2.5 4.5 H13.5 M2.5 8 H13.5 M2.5 11.5 H13.5" S/>`
	Gauge        Mark = `<path d="M2.5 3 H6.8 V7.3 H2.5 Z M9.2 3 H13.5 V7.3 H9.2 Z M2.5 9.2 H6.8 V13.5 H2.5 Z M9.2 9.2 H13.5 V13.5 H9.2 Z" S/>`
	Compass      Mark = `<circle cx="8" cy="8" r="5.6" S/><path d="M10.4 5.6 L9 9 L5.6 10.4 L7 7 Z" C/>`
	Gear         Mark = `<path d="M2.5 4.8 H13.5 M2.5 8 H13.5 M2.5 11.2 H13.5" S/><circle cx="6" cy="4.8" r="1.7" C/><circle cx="10.4" cy="8" r="1.7" C/><circle cx="5" cy="11.2" r="1.7" C/>`
	House        Mark = `<path d="M3 13.3 V4 L8 2 L13 4 V13.3 Z M6.4 13 V10 H9.6 V13 M5.6 6 H7 M9 6 H10.4 M5.6 8 H7 M9 8 H10.4" S/>`
	Folder       Mark = `<path d="M2.3 12.6 V4 H6.4 L7.8 5.6 H13.7 V12.6 Z" S/>`
	Envelope     Mark = `<path d="M2.3 4 H13.7 V12.2 H2.3 Z M2.6 4.4 L8 8.8 L13.4 4.4" S/>`
	File         Mark = `<path d="M4 2.4 H9.4 L12.2 5.2 V13.6 H4 Z M9.2 2.6 V5.4 H12" S/>`
	Person       Mark = `<circle cx="8" cy="5.2" r="2.6" S/><path d="M2.9 13.4 C3.4 10.2 5.4 9.4 8 9.4 C10.6 9.4 12.6 10.2 13.1 13.4" S/>`
	Cloud        Mark = `<path d="M4.6 12 C1.4 12 1.4 8 4.4 7.8 C4.6 3.6 10.4 3.4 11 7 C14.6 7 14.4 12 11.6 12 Z" S/>`
	Computer     Mark = `<path d="M2.4 3.4 H13.6 V10.6 H2.4 Z M6 13.2 H10 M8 10.8 V13" S/>`
	Calendar     Mark = `<path d="M2.6 3.8 H13.4 V13.2 H2.6 Z M2.6 6.6 H13.4 M5.4 2.4 V4.6 M10.6 2.4 V4.6" S/>`
	Clip         Mark = `<path d="M10.6 5 L6.2 9.4 C5 10.6 6.8 12.2 8 11 L12.2 6.8 C14.4 4.4 11.2 1.6 9 3.8 L4.4 8.4 C1.6 11.4 5.8 15 8.6 12.2" S/>`
	Flag         Mark = `<path d="M4 14 V2.6 M4 3 H12.4 L10.4 5.8 L12.4 8.6 H4" S/>`
	Back         Mark = `<path d="M3.4 6.2 H9.6 C14 6.2 14 12.4 9.6 12.4 H6 M6.2 3.2 L3.2 6.2 L6.2 9.2" S/>`
	Parcel       Mark = `<path d="M2.6 5.4 L8 2.6 L13.4 5.4 V11 L8 13.6 L2.6 11 Z M2.8 5.6 L8 8.2 L13.2 5.6 M8 8.2 V13.4" S/>`
	Clock        Mark = `<circle cx="8" cy="8" r="5.4" S/><path d="M8 4.8 V8.2 L10.4 9.6" S/>`
	Refresh      Mark = `<path d="M12.8 6.2 C10.8 1.8 4 2.4 3 7.4 M3.2 9.8 C5.2 14.2 12 13.6 13 8.6 M13 2.8 V6.4 H9.6 M3 13.2 V9.6 H6.4" S/>`
)

// resource is the mark as a picture in a colour.
func (m Mark) resource(c color.Color) fyne.Resource {
	r, g, b, _ := c.RGBA()
	hex := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	body := strings.NewReplacer(
		" C/>", ` fill="`+hex+`"/>`,
		" S/>", ` fill="none" stroke="`+hex+`" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>`,
	).Replace(string(m))
	svg := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">` + body + `</svg>`
	return fyne.NewStaticResource("mark-"+hex+"-"+svgName(m)+".svg", []byte(svg))
}

// svgName tells drawings apart in Fyne's cache of pictures, which goes by name.
func svgName(m Mark) string {
	var h uint64 = 14695981039346656037
	for i := range len(m) {
		h = (h ^ uint64(m[i])) * 1099511628211
	}
	return fmt.Sprintf("%x", h)
}

// markView shows a mark and changes it cheaply.
type markView struct {
	image *canvas.Image
	mark  Mark
	color color.Color
}

func newMarkView() *markView {
	v := &markView{image: &canvas.Image{FillMode: canvas.ImageFillContain}}
	v.image.Hide()
	return v
}

// set shows a mark in a colour of the theme.
func (v *markView) set(m Mark, name fyne.ThemeColorName) {
	if m == NoMark {
		v.image.Hide()
		v.mark = NoMark
		return
	}
	c := theme.Color(name)
	if m != v.mark || c != v.color {
		v.mark, v.color = m, c
		v.image.Resource = m.resource(c)
		v.image.Refresh()
	}
	v.image.Show()
}
