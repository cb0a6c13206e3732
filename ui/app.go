// Package ui is the desktop interface. It builds one window over an engine
// that it does not own; screens, widgets and words are in the packages below.
package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"vangnet/engine/clock"
	"vangnet/ui/desk"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
	"vangnet/ui/say"
	"vangnet/ui/screens/explorer"
	"vangnet/ui/screens/overview"
	"vangnet/ui/screens/settings"
	"vangnet/ui/screens/tenant"
	"vangnet/ui/shell"
	"vangnet/ui/task"
	"vangnet/ui/theme"
)

// The keys under which the program remembers choices of the technician.
const (
	prefLang   = "lang"
	prefTheme  = "theme"
	prefWidth  = "width"
	prefHeight = "height"
)

// Options say how the window begins. Zero values mean: as it was last time, or
// the desktop's own.
type Options struct {
	Lang  string // "nl", "en"
	Theme theme.Mode
	Size  fyne.Size
	Start desk.Route
	Clock clock.Clock    // nil: the computer's
	Zone  *time.Location // nil: the computer's
	Run   *task.Runner   // nil: goroutines and fyne.Do
}

// App is the program's window over an engine.
type App struct {
	app    fyne.App
	engine Engine
	opts   Options
	window fyne.Window
	shell  *shell.Shell
	cancel context.CancelFunc
}

// New builds the window. It is shown by Show, and everything it started ends
// when ctx does or the window closes.
func New(ctx context.Context, app fyne.App, engine Engine, opts Options) (*App, error) {
	ctx, cancel := context.WithCancel(ctx)
	a := &App{app: app, engine: engine, opts: opts, cancel: cancel}
	a.defaults(ctx)
	Dress(app, opts)
	a.window = app.NewWindow("Vangnet")
	a.window.SetPadded(false)
	a.window.Resize(a.opts.Size)
	a.window.SetMaster()
	if err := a.build(a.opts.Start); err != nil {
		cancel()
		return nil, err
	}
	a.window.SetCloseIntercept(a.Close)
	return a, nil
}

func (a *App) defaults(ctx context.Context) {
	prefs := a.app.Preferences()
	a.opts.Lang, a.opts.Theme = choices(a.app, a.opts)
	if a.opts.Size.IsZero() {
		a.opts.Size = fyne.NewSize(float32(prefs.FloatWithFallback(prefWidth, 1360)), float32(prefs.FloatWithFallback(prefHeight, 840)))
	}
	if a.opts.Start.Page == "" {
		a.opts.Start.Page = desk.Overview
	}
	if a.opts.Clock == nil {
		a.opts.Clock = clock.System()
	}
	if a.opts.Zone == nil {
		a.opts.Zone = time.Local
	}
	if a.opts.Run == nil {
		a.opts.Run = task.New(ctx)
	}
}

// build puts a frame in the language that is on into the window.
func (a *App) build(at desk.Route) error {
	words, err := i18n.Load(a.opts.Lang)
	if err != nil {
		return fmt.Errorf("load the words of %s: %w", a.opts.Lang, err)
	}
	if a.shell != nil {
		a.shell.Close()
	}
	d := &desk.Desk{
		Say: &say.Say{Words: words, Format: format.New(words, a.opts.Zone)},
		Run: a.opts.Run, Clock: a.opts.Clock,
	}
	a.shell = shell.New(d, a.engine, a.window, shell.Makers{
		desk.Overview: func(d *desk.Desk) desk.Screen { return overview.New(d, a.engine) },
		desk.Tenant:   func(d *desk.Desk) desk.Screen { return tenant.New(d, a.engine) },
		desk.Explorer: func(d *desk.Desk) desk.Screen { return explorer.New(d, a.engine) },
		desk.Settings: func(d *desk.Desk) desk.Screen { return settings.New(d, a.engine, a) },
	}, at)
	return nil
}

// Show opens the window.
func (a *App) Show() { a.window.Show() }

// Window is the program's window.
func (a *App) Window() fyne.Window { return a.window }

// Shell is the frame, for those who drive the program.
func (a *App) Shell() *shell.Shell { return a.shell }

// Close remembers the window's size, ends what the interface started, and
// closes the window. The engine goes on.
func (a *App) Close() {
	size := a.window.Canvas().Size()
	a.app.Preferences().SetFloat(prefWidth, float64(size.Width))
	a.app.Preferences().SetFloat(prefHeight, float64(size.Height))
	a.shell.Close()
	a.cancel()
	a.window.Close()
}

// Lang implements settings.Choices.
func (a *App) Lang() string { return a.opts.Lang }

// Theme implements settings.Choices.
func (a *App) Theme() theme.Mode { return a.opts.Theme }

// SetLang changes the language of everything, at the same place.
func (a *App) SetLang(lang string) error {
	a.opts.Lang = lang
	a.app.Preferences().SetString(prefLang, lang)
	return a.build(a.shell.Route())
}

// SetTheme changes the colours of everything.
func (a *App) SetTheme(mode theme.Mode) error {
	a.opts.Theme = mode
	a.app.Preferences().SetString(prefTheme, string(mode))
	a.app.Settings().SetTheme(theme.New(mode))
	return a.build(a.shell.Route())
}

// systemLang is the desktop's language.
func systemLang() string { return string(lang.SystemLocale()) }
