// Package settings is the screen for the technician's own choices and the
// facts of this computer.
package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/i18n"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// Engine is what this screen asks.
type Engine interface {
	Facts(ctx context.Context) ([]model.Fact, error)
}

// Choices are what the technician can set.
type Choices interface {
	Lang() string
	SetLang(lang string) error
	Theme() theme.Mode
	SetTheme(mode theme.Mode) error
}

// Screen is the settings.
type Screen struct {
	desk    *desk.Desk
	engine  Engine
	choices Choices
	load    task.Slot
	facts   *fyne.Container
	content *fyne.Container
	lang    *widgets.Choice
	mode    *widgets.Choice
}

var modes = []theme.Mode{theme.System, theme.Light, theme.Dark}

// New makes the screen.
func New(d *desk.Desk, engine Engine, choices Choices) *Screen {
	s := &Screen{desk: d, engine: engine, choices: choices, facts: widgets.Stack(8)}
	say := d.Say
	at := 0
	for i, l := range i18n.Languages() {
		if l == say.Lang() {
			at = i
		}
	}
	s.lang = widgets.NewChoice([]string{"Nederlands", "English"}, at, func(i int) { s.try(choices.SetLang(i18n.Languages()[i])) })
	mode := 0
	for i, m := range modes {
		if m == choices.Theme() {
			mode = i
		}
	}
	s.mode = widgets.NewChoice([]string{say.T("theme.system"), say.T("theme.light"), say.T("theme.dark")}, mode, func(i int) { s.try(choices.SetTheme(modes[i])) })
	look := widgets.Stack(8, s.line(say.T("settings.lang"), widgets.Sized(180, 0, s.lang)), s.line(say.T("settings.theme"), widgets.Sized(180, 0, s.mode)))
	page := widgets.Stack(theme.Gutter,
		widgets.NewSection(say.T("settings.look")), look, widgets.NewSpace(0, theme.Gutter),
		widgets.NewSection(say.T("settings.facts")), s.facts)
	s.content = container.NewStack(widgets.NewPanel(theme.Surface), widgets.Frame(widgets.NewHairline(), nil, nil, nil, container.NewVScroll(widgets.Pad(20, 20, 20, 20, page))))
	return s
}

func (s *Screen) line(label string, value fyne.CanvasObject) fyne.CanvasObject {
	return widgets.Row(theme.Gutter, widgets.Sized(180, 0, widgets.NewLine(label).Colored(theme.Muted)), value)
}

func (s *Screen) try(err error) {
	if err != nil {
		s.desk.Fail(s.desk.Say.T("settings.failed"), err)
	}
}

// Title implements desk.Screen.
func (s *Screen) Title() string { return s.desk.Say.T("nav.settings") }

// Content implements desk.Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Open implements desk.Screen.
func (s *Screen) Open(desk.Route) { s.Refresh() }

// Changed implements desk.Screen.
func (s *Screen) Changed() {}

// Close implements desk.Screen.
func (s *Screen) Close() { s.load.Stop() }

// Refresh implements desk.Screen.
func (s *Screen) Refresh() {
	task.Load(s.desk.Run, &s.load, s.engine.Facts, func(facts []model.Fact, err error) {
		if err != nil {
			s.facts.Objects = []fyne.CanvasObject{widgets.NewLine(s.desk.Say.Error(err)).Colored(theme.Failing)}
			s.facts.Refresh()
			return
		}
		rows := make([]fyne.CanvasObject, 0, len(facts))
		for _, f := range facts {
			rows = append(rows, s.line(s.desk.Say.Label(f.Label), widgets.NewLine(s.desk.Say.Fact(f)).Whole()))
		}
		s.facts.Objects = rows
		s.facts.Refresh()
		s.content.Refresh()
	})
}
