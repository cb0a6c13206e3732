package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// The colours of the house, beside those that Fyne names. State is never told
// by colour alone: a shape and a word go with it.
const (
	Surface   fyne.ThemeColorName = "vangnet.surface"   // lists and panels
	Border    fyne.ThemeColorName = "vangnet.border"    // hairlines
	Text      fyne.ThemeColorName = "vangnet.text"      //
	Muted     fyne.ThemeColorName = "vangnet.muted"     // secondary text
	Primary   fyne.ThemeColorName = "vangnet.primary"   // one action per view, focus, selection
	OnPrimary fyne.ThemeColorName = "vangnet.onprimary" // text on Primary
	Good      fyne.ThemeColorName = "vangnet.good"      // protected
	Attention fyne.ThemeColorName = "vangnet.attention" // someone should look today
	Failing   fyne.ThemeColorName = "vangnet.failing"   // data is not being protected now
	Waiting   fyne.ThemeColorName = "vangnet.waiting"   // waits for Microsoft or a colleague
	Selected  fyne.ThemeColorName = "vangnet.selected"  // background of a chosen row
	Hovered   fyne.ThemeColorName = "vangnet.hovered"   // background below the pointer
	Quiet     fyne.ThemeColorName = "vangnet.quiet"     // background of a plain button, of placeholders
	Scrim     fyne.ThemeColorName = "vangnet.scrim"     // over the window while a dialog asks
	Hit       fyne.ThemeColorName = "vangnet.hit"       // behind words that were searched for
)

// Background is the window's own colour.
const Background fyne.ThemeColorName = "background"

// The sizes of the house, on a grid of four.
const (
	Row        float32 = 28 // compact lists
	TallRow    float32 = 36 // comfortable lists
	Bar        float32 = 44 // toolbars
	Control    float32 = 30 // buttons and inputs
	Gutter     float32 = 12
	Gap        float32 = 24 // between sections
	Radius     float32 = 6
	BodySize   float32 = 13
	SmallSize  float32 = 12
	SectionTxt float32 = 16
	TitleSize  float32 = 22
)

type palette map[fyne.ThemeColorName]color.NRGBA

var light = palette{
	Background: rgb(0xF6F7F9), Surface: rgb(0xFFFFFF), Border: rgb(0xD5DAE1),
	Text: rgb(0x1A1F26), Muted: rgb(0x56606B), Primary: rgb(0x1B5EBF), OnPrimary: rgb(0xFFFFFF),
	Good: rgb(0x17754A), Attention: rgb(0x8A5A00), Failing: rgb(0xB3261E), Waiting: rgb(0x5546C4),
	Selected: rgb(0xE1EBF9), Hovered: rgb(0xF0F3F7), Quiet: rgb(0xECEFF3),
	Scrim: rgba(0x1A1F26, 0x66), Hit: rgb(0xFFE9B0),
}

var dark = palette{
	Background: rgb(0x13161A), Surface: rgb(0x1B2026), Border: rgb(0x323A44),
	Text: rgb(0xE7EAEE), Muted: rgb(0x9AA5B1), Primary: rgb(0x7FB2FF), OnPrimary: rgb(0x0E1B30),
	Good: rgb(0x5CC98F), Attention: rgb(0xEDB458), Failing: rgb(0xFF8B82), Waiting: rgb(0xB3A9FF),
	Selected: rgb(0x243550), Hovered: rgb(0x232A32), Quiet: rgb(0x2A313A),
	Scrim: rgba(0x000000, 0x8C), Hit: rgb(0x5A4716),
}

func rgb(v uint32) color.NRGBA { return rgba(v, 0xFF) }

func rgba(v uint32, a uint8) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: a}
}

func alpha(c color.NRGBA, a uint8) color.NRGBA { c.A = a; return c }
