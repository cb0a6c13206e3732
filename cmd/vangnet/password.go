package main

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/format"
	"vangnet/ui/i18n"
	"vangnet/ui/say"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// passwordWidth is how wide the question for the password is.
const passwordWidth float32 = 380

// newPasswordWindow asks for the workspace password until open takes one, then
// shows the program.
func newPasswordWindow(a fyne.App, words *i18n.Words, open func(password string) error, show func() error) fyne.Window {
	s := say.Say{Words: words, Format: format.New(words, time.Local)}
	w := a.NewWindow("Vangnet")
	entry := widget.NewPasswordEntry()
	entry.SetPlaceHolder(words.T("app.password"))
	problem := widgets.NewParagraph(" ", passwordWidth, theme.Failing)
	button := widgets.NewButton(words.T("app.open"), widgets.Main, nil)
	try := func() {
		button.Disable()
		password := entry.Text
		go func() {
			err := open(password)
			fyne.Do(func() {
				button.Enable()
				if err == nil {
					err = show()
				}
				if err == nil {
					w.Close()
					return
				}
				problem.Set(s.Error(err))
				w.Canvas().Focus(entry)
				entry.TypedShortcut(&fyne.ShortcutSelectAll{})
			})
		}()
	}
	button.OnTapped = try
	entry.OnSubmitted = func(string) { try() }
	spacer := widgets.NewSpace(0, 0)
	w.SetContent(widgets.Pad(28, 20, 28, 24, widgets.Stack(12,
		widgets.NewTitle(words.T("app.title")), widgets.Sized(passwordWidth, 0, entry), problem,
		widgets.StretchRow(8, spacer, spacer, button))))
	w.CenterOnScreen()
	w.Canvas().Focus(entry)
	return w
}
