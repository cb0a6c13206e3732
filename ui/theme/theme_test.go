package theme_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"vangnet/ui/theme"
)

var tokens = []fyne.ThemeColorName{
	theme.Background, theme.Surface, theme.Border, theme.Text, theme.Muted, theme.Primary, theme.OnPrimary, theme.Good,
	theme.Attention, theme.Failing, theme.Waiting, theme.Selected, theme.Hovered, theme.Quiet, theme.Scrim, theme.Hit,
}

// TestContrast holds the text colours to WCAG 2.2's 4.5:1 on every background
// they stand on.
func TestContrast(t *testing.T) {
	for _, mode := range []theme.Mode{theme.Light, theme.Dark} {
		th := theme.New(mode)
		get := func(n fyne.ThemeColorName) color.Color { return th.Color(n, fynetheme.VariantLight) }
		for _, back := range []fyne.ThemeColorName{theme.Surface, theme.Background, theme.Selected, theme.Hovered} {
			for _, front := range []fyne.ThemeColorName{
				theme.Text, theme.Muted, theme.Primary, theme.Good, theme.Attention, theme.Failing, theme.Waiting,
			} {
				if c := contrast(get(front), get(back)); c < 4.5 {
					t.Errorf("%s: %s on %s has contrast %.2f", mode, front, back, c)
				}
			}
		}
		for _, pair := range [][2]fyne.ThemeColorName{{theme.OnPrimary, theme.Primary}, {theme.Text, theme.Quiet}, {theme.Text, theme.Hit}} {
			if c := contrast(get(pair[0]), get(pair[1])); c < 4.5 {
				t.Errorf("%s: %s on %s has contrast %.2f", mode, pair[0], pair[1], c)
			}
		}
	}
}

func TestEveryNameHasAColour(t *testing.T) {
	for _, mode := range []theme.Mode{theme.Light, theme.Dark} {
		th := theme.New(mode)
		for _, name := range tokens {
			if _, _, _, a := th.Color(name, fynetheme.VariantDark).RGBA(); a == 0 {
				t.Errorf("%s: %s is not defined", mode, name)
			}
		}
		test.AssertAllColorNamesDefined(t, th, string(mode))
	}
}

func TestModeDecidesOverTheDesktop(t *testing.T) {
	same := func(a, b color.Color) bool { return a == b }
	surface := func(m theme.Mode, v fyne.ThemeVariant) color.Color { return theme.New(m).Color(theme.Surface, v) }
	if !same(surface(theme.Dark, fynetheme.VariantLight), surface(theme.System, fynetheme.VariantDark)) {
		t.Error("dark mode follows the desktop")
	}
	if same(surface(theme.System, fynetheme.VariantLight), surface(theme.System, fynetheme.VariantDark)) {
		t.Error("system mode does not follow the desktop")
	}
}

func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		x := float64(v) / 0xFFFF
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}
