// Package theme holds the look of the house: the tokens for colour and size,
// and a Fyne theme made of them. It knows nothing of screens.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// Mode says which of the two palettes is used.
type Mode string

// The modes. System follows the desktop.
const (
	System Mode = "system"
	Light  Mode = "light"
	Dark   Mode = "dark"
)

type theme struct {
	fyne.Theme
	mode Mode
}

// New is the theme in a mode; an unknown mode follows the desktop.
func New(mode Mode) fyne.Theme { return theme{Theme: fynetheme.DefaultTheme(), mode: mode} }

// Color gives the colour of a name now, in the theme that is on.
func Color(name fyne.ThemeColorName) color.Color { return fynetheme.Color(name) }

func (t theme) palette(variant fyne.ThemeVariant) palette {
	switch {
	case t.mode == Dark, t.mode != Light && variant == fynetheme.VariantDark:
		return dark
	}
	return light
}

// Color maps Fyne's names to the tokens, so that its own widgets look like ours.
func (t theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	p := t.palette(variant)
	if c, ok := p[name]; ok {
		return c
	}
	if token, ok := fyneColors[name]; ok {
		return p[token]
	}
	switch name {
	case fynetheme.ColorNameDisabled:
		return alpha(p[Muted], 0x99)
	case fynetheme.ColorNameFocus:
		return alpha(p[Primary], 0x55)
	case fynetheme.ColorNamePressed:
		return alpha(p[Text], 0x18)
	case fynetheme.ColorNameSelection:
		return alpha(p[Primary], 0x44)
	case fynetheme.ColorNameScrollBar:
		return alpha(p[Muted], 0x77)
	case fynetheme.ColorNameScrollBarBackground:
		return alpha(p[Muted], 0x11)
	case fynetheme.ColorNameShadow:
		return alpha(p[Text], 0x14)
	}
	return t.Theme.Color(name, variant)
}

// fyneColors says which token stands for a name of Fyne's.
var fyneColors = map[fyne.ThemeColorName]fyne.ThemeColorName{
	fynetheme.ColorNameButton:            Quiet,
	fynetheme.ColorNameDisabledButton:    Quiet,
	fynetheme.ColorNameForeground:        Text,
	fynetheme.ColorNameError:             Failing,
	fynetheme.ColorNameSuccess:           Good,
	fynetheme.ColorNameWarning:           Attention,
	fynetheme.ColorNamePrimary:           Primary,
	fynetheme.ColorNameHyperlink:         Primary,
	fynetheme.ColorNameForegroundOnError: OnPrimary, fynetheme.ColorNameForegroundOnPrimary: OnPrimary,
	fynetheme.ColorNameForegroundOnSuccess: OnPrimary, fynetheme.ColorNameForegroundOnWarning: OnPrimary,
	fynetheme.ColorNameHeaderBackground: Background,
	fynetheme.ColorNameHover:            Hovered,
	fynetheme.ColorNameInputBackground:  Surface,
	fynetheme.ColorNameInputBorder:      Border,
	fynetheme.ColorNameMenuBackground:   Surface, fynetheme.ColorNameOverlayBackground: Surface,
	fynetheme.ColorNamePlaceHolder:       Muted,
	fynetheme.ColorNameSeparator:         Border,
	fynetheme.ColorNameInnerWindowBorder: Border, fynetheme.ColorNameInnerWindowBorderInactive: Border,
}

// Size gives the sizes of the house for Fyne's names.
func (t theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return BodySize
	case fynetheme.SizeNameCaptionText:
		return SmallSize
	case fynetheme.SizeNameHeadingText:
		return TitleSize
	case fynetheme.SizeNameSubHeadingText:
		return SectionTxt
	case fynetheme.SizeNameInlineIcon:
		return 16
	case fynetheme.SizeNameInnerPadding:
		return 8
	case fynetheme.SizeNameSplitThickness:
		return 4
	case fynetheme.SizeNameInputRadius, fynetheme.SizeNameButtonRadius, fynetheme.SizeNamePopupRadius,
		fynetheme.SizeNameMenuRadius, fynetheme.SizeNameDialogRadius, fynetheme.SizeNameCardRadius:
		return Radius
	case fynetheme.SizeNameScrollBar:
		return 10
	case fynetheme.SizeNameModalBlurRadius:
		return 0
	}
	return t.Theme.Size(name)
}
