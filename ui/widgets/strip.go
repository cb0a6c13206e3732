package widgets

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"vangnet/ui/theme"
)

// Night is one bar of a strip. Its height tells the state beside its colour.
type Night struct {
	Color fyne.ThemeColorName // "" is nothing
	Level int                 // 1 to 3: how high the bar stands
}

// stripView draws a row of small bars as one picture.
type stripView struct {
	raster *canvas.Raster
	nights []Night
	colors []color.Color
}

func newStripView() *stripView {
	s := &stripView{}
	s.raster = canvas.NewRaster(s.draw)
	return s
}

func (s *stripView) set(nights []Night) {
	s.nights = nights
	s.colors = s.colors[:0:0]
	for _, n := range nights {
		if n.Color == "" {
			s.colors = append(s.colors, theme.Color(theme.Border))
			continue
		}
		s.colors = append(s.colors, theme.Color(n.Color))
	}
	s.raster.Refresh()
}

// draw makes the picture in device pixels.
func (s *stripView) draw(w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	n := len(s.nights)
	if n == 0 || w <= 0 || h <= 0 {
		return img
	}
	step := max(1, w/n)
	bar := max(1, step*2/3)
	for i, night := range s.nights {
		c := color.NRGBAModel.Convert(s.colors[i]).(color.NRGBA)
		height := h * min(max(night.Level, 0), 3) / 3
		if night.Color == "" {
			height = max(1, h/8)
		}
		for y := h - height; y < h; y++ {
			for x := i * step; x < i*step+bar && x < w; x++ {
				img.SetNRGBA(x, y, c)
			}
		}
	}
	return img
}
