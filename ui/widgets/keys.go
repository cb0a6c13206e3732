package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Bubble hands a key that a focused widget has no use for to the window, which
// Fyne itself only does while nothing has the focus.
func Bubble(o fyne.CanvasObject, ev *fyne.KeyEvent) {
	if c := canvasOf(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(ev)
	}
}

// BubbleRune is Bubble for typed characters.
func BubbleRune(o fyne.CanvasObject, r rune) {
	if c := canvasOf(o); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	if fyne.CurrentApp() == nil {
		return nil
	}
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// focus gives a widget the keyboard.
func focus(o fyne.Focusable) {
	if object, ok := o.(fyne.CanvasObject); ok {
		if c := canvasOf(object); c != nil {
			c.Focus(o)
		}
	}
}

// modifiers are the modifier keys that are down.
func modifiers() fyne.KeyModifier {
	if fyne.CurrentApp() == nil {
		return 0
	}
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// Input is a line to type in that gives keys it does not use to the window.
type Input struct {
	widget.Entry

	OnKey func(*fyne.KeyEvent) bool // true: the key was used
}

// NewInput is an empty input with a hint of what goes in it.
func NewInput(placeholder string) *Input {
	i := &Input{}
	i.PlaceHolder = placeholder
	i.Scroll = fyne.ScrollNone
	i.ExtendBaseWidget(i)
	return i
}

// TypedKey gives Escape and whatever OnKey takes away from the entry.
func (i *Input) TypedKey(ev *fyne.KeyEvent) {
	switch {
	case i.OnKey != nil && i.OnKey(ev):
	case ev.Name == fyne.KeyEscape && i.Text != "":
		i.SetText("")
	case ev.Name == fyne.KeyEscape, ev.Name >= fyne.KeyF1 && len(ev.Name) == 2 && ev.Name[0] == 'F' && ev.Name[1] >= '1' && ev.Name[1] <= '9':
		Bubble(i, ev)
	default:
		i.Entry.TypedKey(ev)
	}
}

// TypedShortcut gives shortcuts of the program to the window.
func (i *Input) TypedShortcut(s fyne.Shortcut) {
	if ours, ok := s.(*desktop.CustomShortcut); ok && !movesCursor(ours.KeyName) {
		if c, ok := canvasOf(i).(fyne.Shortcutable); ok {
			c.TypedShortcut(s)
			return
		}
	}
	i.Entry.TypedShortcut(s)
}

// movesCursor reports the keys that mean something to an entry together with a
// modifier.
func movesCursor(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyLeft, fyne.KeyRight:
		return modifiers()&fyne.KeyModifierAlt == 0
	case fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete:
		return true
	}
	return false
}
