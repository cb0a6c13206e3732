package uitest

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"vangnet/engine/clock"
	"vangnet/ui/theme"
)

// Noon is when tests take place.
var Noon = time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)

// Clock returns a clock that stands at Noon.
func Clock() *clock.Manual { return clock.NewManual(Noon) }

// App returns an application without a display in the theme of the house.
func App(t *testing.T) fyne.App {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	return app
}

// Window shows an object in a window of a size.
func Window(t *testing.T, o fyne.CanvasObject, size fyne.Size) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(size)
	return w
}

// Context ends with the test.
func Context(t *testing.T) context.Context {
	t.Helper()
	return t.Context()
}

// Texts are all texts that are seen below an object, in drawing order.
func Texts(o fyne.CanvasObject) []string {
	var texts []string
	for _, child := range test.LaidOutObjects(o) {
		if text, ok := child.(*canvas.Text); ok && text.Visible() && text.Text != "" {
			texts = append(texts, text.Text)
		}
	}
	return texts
}

// Press types a key into what has the keyboard, or into the window.
func Press(w fyne.Window, keys ...fyne.KeyName) {
	for _, k := range keys {
		ev := &fyne.KeyEvent{Name: k}
		if f := w.Canvas().Focused(); f != nil {
			f.TypedKey(ev)
		} else if on := w.Canvas().OnTypedKey(); on != nil {
			on(ev)
		}
	}
}

// Shortcut types a key with a modifier.
func Shortcut(to fyne.Shortcutable, mod fyne.KeyModifier, key fyne.KeyName) {
	to.TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: mod})
}

// Click presses and lets go of the left button at a place of a widget.
func Click(o desktop.Mouseable, at fyne.Position, mod fyne.KeyModifier) {
	ev := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary, Modifier: mod}
	ev.Position, ev.AbsolutePosition = at, at
	o.MouseDown(ev)
	o.MouseUp(ev)
}
