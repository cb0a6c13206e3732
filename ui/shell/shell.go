// Package shell is the frame around every screen: navigation, search, jobs,
// the status line, notices, keyboard commands and the way back. It makes and
// closes screens and knows nothing of what they show.
package shell

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/dialogs"
	"vangnet/ui/dnd"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// Engine is what the frame itself asks.
type Engine interface {
	Jobs() []model.Job
	Cancel(jobID string)
	Tenant(ctx context.Context, id model.TenantID) (model.TenantHealth, error)
	Resources(ctx context.Context, id model.TenantID) ([]model.ResourceHealth, error)
	Folders(ctx context.Context, id model.TenantID, resource model.ResourceID, at time.Time) ([]model.Folder, error)
	Changes() (ticks <-chan struct{}, stop func())
}

// Makers make the screens.
type Makers map[desk.Page]func(*desk.Desk) desk.Screen

// Shell is the frame of one window.
type Shell struct {
	desk   *desk.Desk
	engine Engine
	window fyne.Window
	makers Makers

	screen  desk.Screen
	page    desk.Page
	history history
	keys    fyne.ShortcutHandler
	stop    func() // ends the listening to the engine

	title   *widgets.Line
	pageBox *fyne.Container
	search  *widgets.Input
	nav     *nav
	jobs    *jobPanel
	jobsBtn *widgets.Button
	status  *statusLine
	toasts  *toasts
	body    *fyne.Container
	lookup  task.Slot
	minute  task.Slot
	place   task.Slot
}

// New builds the frame into d.Frame and shows a first place. Content goes into
// the window; Close ends it.
func New(d *desk.Desk, engine Engine, window fyne.Window, makers Makers, first desk.Route) *Shell {
	s := &Shell{desk: d, engine: engine, window: window, makers: makers}
	d.Frame = s
	d.Dialogs = dialogs.New(window, d.Say.Words, func(text string) { fyne.CurrentApp().Clipboard().SetContent(text) })
	s.status = newStatusLine()
	d.Drag = dnd.New(s.Status)
	s.build()
	window.SetContent(s.body)
	s.registerKeys()
	ticks, stop := engine.Changes()
	s.stop = stop
	task.Every(d.Run, ticks, d.Clock, tick, s.changed)
	s.age()
	s.Go(first)
	s.jobs.update()
	return s
}

func (s *Shell) build() {
	say := s.desk.Say
	s.title = widgets.NewTitle("")
	s.pageBox = container.NewStack()
	s.nav = newNav(s)
	s.jobs = newJobPanel(s)
	s.toasts = newToasts(s.desk)
	s.search = widgets.NewInput(say.T("search.hint"))
	s.search.OnSubmitted = s.searchFor
	s.search.OnKey = s.searchKey
	s.jobsBtn = widgets.NewButton(say.T("jobs.title"), widgets.Plain, s.toggleJobs)
	back := widgets.NewIcon(widgets.ChevronLeft, say.T("command.back"), s.Back)
	forward := widgets.NewIcon(widgets.ChevronRight, say.T("command.forward"), s.Forward)
	bar := widgets.StretchRow(8, s.title, back, forward, s.title, widgets.Sized(340, 0, s.search), s.jobsBtn)
	top := container.NewStack(widgets.NewPanel(theme.Background), widgets.Pad(8, 10, 12, 10, bar))
	main := widgets.Frame(widgets.Stack(0, top), s.status.box, nil, nil, s.pageBox)
	s.body = container.NewStack(
		widgets.NewPanel(theme.Background),
		container.New(&frameLayout{nav: s.nav.box, main: main, side: s.jobs.box}, s.nav.box, main, s.jobs.box),
		s.toasts.layer,
		s.desk.Drag.Layer(),
	)
}

// Close ends the screen and the listening to the engine.
func (s *Shell) Close() {
	s.stop()
	s.lookup.Stop()
	s.minute.Stop()
	s.place.Stop()
	s.toasts.close()
	if s.screen != nil {
		s.screen.Close()
	}
}

// NotKept tells that the keys of the storage could not be kept.
func (s *Shell) NotKept(err error) { s.desk.Fail(s.desk.Say.T("first.unkept"), err) }

// Window implements desk.Frame.
func (s *Shell) Window() fyne.Window { return s.window }

// Screen is the screen that is on.
func (s *Shell) Screen() desk.Screen { return s.screen }

// Route is the place that is on.
func (s *Shell) Route() desk.Route { return s.history.now() }

// Title is what stands over the page.
func (s *Shell) Title() string { return s.title.Text() }

// StatusText is what the status line says.
func (s *Shell) StatusText() string { return s.status.text }

// Status implements desk.Frame.
func (s *Shell) Status(text string) { s.status.set(text) }

// Toast implements desk.Frame.
func (s *Shell) Toast(t desk.Toast) { s.toasts.show(t) }

// changed tells whoever is seen that something changed in the engine.
func (s *Shell) changed() {
	s.jobs.update()
	if s.screen != nil {
		s.screen.Changed()
	}
}

// age looks again every minute: "5 min" grows old also when nothing happens.
func (s *Shell) age() {
	task.After(s.desk.Run, &s.minute, s.desk.Clock, time.Minute, func() {
		s.changed()
		s.age()
	})
}

func (s *Shell) searchFor(text string) {
	if text == "" {
		return
	}
	route := desk.Route{Page: desk.Explorer, Query: text}
	if now := s.history.now(); now.Page == desk.Explorer || now.Page == desk.Tenant {
		route.Tenant, route.Resource, route.Folder, route.At = now.Tenant, now.Resource, now.Folder, now.At
	}
	s.Go(route)
}

func (s *Shell) searchKey(ev *fyne.KeyEvent) bool {
	if ev.Name == fyne.KeyDown {
		s.window.Canvas().Unfocus()
		if list, ok := s.screen.(interface{ FocusList() }); ok {
			list.FocusList()
		}
		return true
	}
	return false
}

// frameLayout puts navigation at the left, jobs at the right, the page between.
type frameLayout struct{ nav, main, side fyne.CanvasObject }

func (l *frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(720, 440) }

func (l *frameLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	left := l.nav.MinSize().Width
	if size.Width < 1180 {
		left = navNarrow
	}
	l.nav.Resize(fyne.NewSize(left, size.Height))
	right := float32(0)
	if l.side.Visible() {
		right = min(jobsWidth, size.Width/3)
		l.side.Move(fyne.NewPos(size.Width-right, 0))
		l.side.Resize(fyne.NewSize(right, size.Height))
	}
	l.main.Move(fyne.NewPos(left, 0))
	l.main.Resize(fyne.NewSize(size.Width-left-right, size.Height))
}
