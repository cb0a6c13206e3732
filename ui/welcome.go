package ui

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"vangnet/assets"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
	"vangnet/ui/say"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// choices are the language and the colours: as the options say, as last time,
// or the desktop's own.
func choices(app fyne.App, opts Options) (string, theme.Mode) {
	prefs := app.Preferences()
	if opts.Lang == "" {
		opts.Lang = prefs.StringWithFallback(prefLang, systemLang())
	}
	if opts.Theme == "" {
		opts.Theme = theme.Mode(prefs.StringWithFallback(prefTheme, string(theme.System)))
	}
	return opts.Lang, opts.Theme
}

// Dress gives a program its colours and its icon, and returns the language to
// speak, for windows that open before there is a workspace.
func Dress(app fyne.App, opts Options) (language string) {
	language, mode := choices(app, opts)
	app.Settings().SetTheme(theme.New(mode))
	app.SetIcon(fyne.NewStaticResource("icon.png", assets.Icon()))
	if err := lang.AddTranslationsFS(assets.Toolkit, "toolkit"); err != nil {
		fyne.LogError("the toolkit's own words stay in English", err)
	}
	return language
}

// welcomeWidth is how wide the text of the first windows is.
const welcomeWidth float32 = 560

// ShowProblem opens a window that says why the workspace does not open.
func ShowProblem(app fyne.App, opts Options, problem error) (fyne.Window, error) {
	words, err := i18n.Load(Dress(app, opts))
	if err != nil {
		return nil, fmt.Errorf("load the first words: %w", err)
	}
	s := say.Say{Words: words, Format: format.New(words, time.Local)}
	detail := widget.NewLabel(problem.Error())
	detail.Selectable = true
	detail.Wrapping = fyne.TextWrapWord
	detail.Importance = widget.LowImportance
	return welcome(app, widgets.Stack(14,
		widgets.NewTitle(words.T("first.failed")),
		widgets.NewParagraph(s.Error(problem), welcomeWidth, theme.Text), detail)), nil
}

func welcome(app fyne.App, text fyne.CanvasObject) fyne.Window {
	w := app.NewWindow("Vangnet")
	w.SetContent(widgets.Pad(32, 24, 32, 32, text))
	w.CenterOnScreen()
	w.Show()
	return w
}
