package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Beside puts objects in a row at their least width, with gaps; those that are
// Stretch'ed share what is left. Heights are the row's, or the object's own.
type Beside struct {
	Gap     float32
	Stretch map[fyne.CanvasObject]float32
	Fill    bool // objects take the row's whole height
}

// Row lays objects side by side with a gap between them.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&Beside{Gap: gap}, objects...)
}

// StretchRow is Row with one object that takes the room that is left.
func StretchRow(gap float32, stretch fyne.CanvasObject, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&Beside{Gap: gap, Stretch: map[fyne.CanvasObject]float32{stretch: 1}}, objects...)
}

// MinSize implements fyne.Layout.
func (l *Beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		size.Width += m.Width
		size.Height = max(size.Height, m.Height)
		n++
	}
	size.Width += l.Gap * float32(max(0, n-1))
	return size
}

// Layout implements fyne.Layout.
func (l *Beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := size.Width - l.MinSize(objects).Width
	var shares float32
	for _, o := range objects {
		if o.Visible() {
			shares += l.Stretch[o]
		}
	}
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if s := l.Stretch[o]; s > 0 {
			m.Width = max(0, m.Width+left*s/shares)
		}
		y := (size.Height - m.Height) / 2
		if l.Fill {
			y, m.Height = 0, size.Height
		}
		o.Move(fyne.NewPos(x, y))
		o.Resize(m)
		x += m.Width + l.Gap
	}
}

// padded keeps room around one object.
type padded struct{ left, top, right, bottom float32 }

// Pad keeps room around an object.
func Pad(left, top, right, bottom float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(padded{left, top, right, bottom}, o)
}

func (p padded) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := objects[0].MinSize()
	return fyne.NewSize(m.Width+p.left+p.right, m.Height+p.top+p.bottom)
}

func (p padded) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(p.left, p.top))
	objects[0].Resize(fyne.NewSize(max(0, size.Width-p.left-p.right), max(0, size.Height-p.top-p.bottom)))
}

// fixed gives one object a least size.
type fixed struct{ w, h float32 }

// Sized gives an object a least width and height; 0 leaves its own.
func Sized(w, h float32, o fyne.CanvasObject) *fyne.Container { return container.New(fixed{w, h}, o) }

func (f fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := objects[0].MinSize()
	if f.w > 0 {
		m.Width = f.w
	}
	if f.h > 0 {
		m.Height = f.h
	}
	return m
}

func (f fixed) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.Position{})
	objects[0].Resize(size)
}

// stacked lays objects below each other with a gap.
type stacked struct{ gap float32 }

// Stack lays objects below each other at the full width.
func Stack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(stacked{gap}, objects...)
}

func (s stacked) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	n := 0
	for _, o := range objects {
		if o.Visible() {
			m := o.MinSize()
			size.Width, size.Height = max(size.Width, m.Width), size.Height+m.Height
			n++
		}
	}
	size.Height += s.gap * float32(max(0, n-1))
	return size
}

func (s stacked) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if o.Visible() {
			h := o.MinSize().Height
			o.Move(fyne.NewPos(0, y))
			o.Resize(fyne.NewSize(size.Width, h))
			if taller := o.MinSize().Height; taller != h { // it broke into lines
				h = taller
				o.Resize(fyne.NewSize(size.Width, h))
			}
			y += h + s.gap
		}
	}
}

// Fill is a container that gives one object all its room.
func Fill(o fyne.CanvasObject) *fyne.Container { return container.NewStack(o) }

// frame puts up to four edges around a middle, without gaps.
type frame struct{ top, bottom, left, right, middle fyne.CanvasObject }

// Frame puts edges around an object that takes what is left; nil leaves an
// edge out.
func Frame(top, bottom, left, right, middle fyne.CanvasObject) *fyne.Container {
	objects := make([]fyne.CanvasObject, 0, 5)
	for _, o := range []fyne.CanvasObject{middle, top, bottom, left, right} {
		if o != nil {
			objects = append(objects, o)
		}
	}
	return container.New(&frame{top, bottom, left, right, middle}, objects...)
}

func leastSize(o fyne.CanvasObject) fyne.Size {
	if o == nil || !o.Visible() {
		return fyne.Size{}
	}
	return o.MinSize()
}

func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size {
	t, b, l, r, m := leastSize(f.top), leastSize(f.bottom), leastSize(f.left), leastSize(f.right), leastSize(f.middle)
	return fyne.NewSize(max(t.Width, b.Width, l.Width+m.Width+r.Width), t.Height+b.Height+max(l.Height, r.Height, m.Height))
}

func (f *frame) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if f.top != nil { // it may break into lines at this width
		f.top.Resize(fyne.NewSize(size.Width, f.top.MinSize().Height))
	}
	t, b, l, r := leastSize(f.top).Height, leastSize(f.bottom).Height, leastSize(f.left).Width, leastSize(f.right).Width
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		if o != nil {
			o.Move(fyne.NewPos(x, y))
			o.Resize(fyne.NewSize(max(0, w), max(0, h)))
		}
	}
	place(f.top, 0, 0, size.Width, t)
	place(f.bottom, 0, size.Height-b, size.Width, b)
	place(f.left, 0, t, l, size.Height-t-b)
	place(f.right, size.Width-r, t, r, size.Height-t-b)
	place(f.middle, l, t, size.Width-l-r, size.Height-t-b)
}

// ends keeps one object at the left and one at the right; where they do not
// fit beside each other, the right one goes below.
type ends struct {
	gap   float32
	width float32 // as last laid out
}

// Ends puts left and right at the ends of a line, or on two lines.
func Ends(gap float32, left, right fyne.CanvasObject) *fyne.Container {
	return container.New(&ends{gap: gap}, left, right)
}

func (e *ends) fits(l, r fyne.Size) bool { return e.width == 0 || l.Width+e.gap+r.Width <= e.width }

func (e *ends) MinSize(objects []fyne.CanvasObject) fyne.Size {
	l, r := objects[0].MinSize(), objects[1].MinSize()
	if e.fits(l, r) {
		return fyne.NewSize(r.Width, max(l.Height, r.Height))
	}
	return fyne.NewSize(r.Width, l.Height+e.gap/2+r.Height)
}

func (e *ends) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	e.width = size.Width
	l, r := objects[0].MinSize(), objects[1].MinSize()
	if e.fits(l, r) {
		objects[0].Move(fyne.NewPos(0, (size.Height-l.Height)/2))
		objects[0].Resize(fyne.NewSize(size.Width-r.Width-e.gap, l.Height))
		objects[1].Move(fyne.NewPos(size.Width-r.Width, (size.Height-r.Height)/2))
		objects[1].Resize(r)
		return
	}
	objects[0].Move(fyne.Position{})
	objects[0].Resize(fyne.NewSize(size.Width, l.Height))
	objects[1].Move(fyne.NewPos(0, l.Height+e.gap/2))
	objects[1].Resize(r)
}
