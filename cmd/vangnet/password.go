package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"vangnet/engine/fault"
	"vangnet/ui/i18n"
)

// newPasswordWindow asks for the workspace password until open takes one, then
// shows the program.
func newPasswordWindow(a fyne.App, words *i18n.Words, open func(password string) error, show func() error) fyne.Window {
	w := a.NewWindow("Vangnet")
	entry := widget.NewPasswordEntry()
	entry.SetPlaceHolder(words.T("app.password"))
	problem := widget.NewLabel("")
	problem.Wrapping = fyne.TextWrapWord
	button := widget.NewButton(words.T("app.open"), nil)
	button.Importance = widget.HighImportance
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
				text, ok := words.Lookup("fault."+fault.Code(err), nil)
				if !ok {
					text = err.Error()
				}
				problem.SetText(text)
			})
		}()
	}
	button.OnTapped = try
	entry.OnSubmitted = func(string) { try() }
	w.SetContent(container.NewPadded(container.NewVBox(
		widget.NewLabelWithStyle(words.T("app.title"), fyne.TextAlignLeading, fyne.TextStyle{Bold: true}),
		entry, problem, container.NewHBox(layout.NewSpacer(), button))))
	w.Resize(fyne.NewSize(420, 180))
	w.Canvas().Focus(entry)
	return w
}
