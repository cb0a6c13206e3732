// Package tenant is the page of one tenant: who is protected, what the runs
// did, which rights are granted and where the vault is.
package tenant

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	words "vangnet/ui/say"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// Engine is what this screen asks.
type Engine interface {
	Tenant(ctx context.Context, id model.TenantID) (model.TenantHealth, error)
	Resources(ctx context.Context, id model.TenantID) ([]model.ResourceHealth, error)
	Runs(ctx context.Context, id model.TenantID, limit int) ([]model.Run, error)
	Rights(ctx context.Context, id model.TenantID) ([]model.Right, error)
	StorageFacts(ctx context.Context, id model.TenantID) ([]model.Fact, error)
	Backup(ctx context.Context, id model.TenantID, resource string) (jobID string, err error)
	Verify(ctx context.Context, id model.TenantID, readPercent float64) (jobID string, err error)
	Jobs() []model.Job
	Cancel(jobID string)
}

// The tabs, in the order of their titles.
const (
	TabPeople = iota
	TabRuns
	TabRights
)

// Screen is the page of one tenant.
type Screen struct {
	desk   *desk.Desk
	engine Engine
	route  desk.Route
	health model.TenantHealth

	head  task.Slot
	start task.Slot

	state   *widgets.Badge
	facts   *widgets.Line
	backup  *widgets.Button
	explore *widgets.Button
	live    *livePart
	people  *peoplePart
	runs    *runsPart
	rights  *rightsPart
	tabs    *widgets.Tabs
	content *fyne.Container
}

// New makes the screen.
func New(d *desk.Desk, engine Engine) *Screen {
	s := &Screen{desk: d, engine: engine, state: widgets.NewBadge(), facts: widgets.NewMuted("")}
	say := d.Say
	s.backup = widgets.NewButton(say.T("tenant.backup"), widgets.Main, s.BackUp)
	s.explore = widgets.NewButton(say.T("tenant.explore"), widgets.Plain, func() {
		d.Frame.Go(desk.Route{Page: desk.Explorer, Tenant: s.route.Tenant})
	}).Marked(widgets.Compass)
	s.live = newLivePart(s)
	s.people, s.runs, s.rights = newPeoplePart(s), newRunsPart(s), newRightsPart(s)
	s.tabs = widgets.NewTabs(
		[]string{say.T("tenant.people"), say.T("tenant.runs"), say.T("tenant.rights")},
		[]fyne.CanvasObject{s.people.content, s.runs.content, s.rights.content})
	s.tabs.OnChange = s.tabChanged
	head := widgets.StretchRow(8, s.facts, s.state, widgets.NewSpace(8, 0), s.facts, s.explore, s.backup)
	top := widgets.Stack(0,
		widgets.Pad(20, 2, 12, 8, head), s.live.box,
		widgets.Pad(12, 0, 12, 6, s.tabs.Bar()), widgets.NewHairline())
	s.content = widgets.Frame(top, nil, nil, nil, s.tabs.Body())
	return s
}

// Title implements desk.Screen.
func (s *Screen) Title() string {
	if s.health.Tenant.Name == "" {
		return "…"
	}
	return s.health.Tenant.Name
}

// Content implements desk.Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Open implements desk.Screen.
func (s *Screen) Open(r desk.Route) {
	s.route = r
	s.health = model.TenantHealth{}
	s.tabs.Show(r.Tab)
	s.Refresh()
}

// Close implements desk.Screen.
func (s *Screen) Close() {
	s.head.Stop()
	s.people.load.Stop()
	s.runs.load.Stop()
	s.rights.load.Stop()
}

// Tab is the tab that is on.
func (s *Screen) Tab() int { return s.tabs.At() }

func (s *Screen) tabChanged(i int) {
	s.route.Tab = i
	s.desk.Frame.Moved(s.route)
	s.fetchTab()
}

// Refresh implements desk.Screen.
func (s *Screen) Refresh() {
	s.fetchHead()
	s.fetchTab()
	s.live.update()
}

func (s *Screen) fetchTab() {
	if s.route.Tenant == "" {
		return
	}
	switch s.tabs.At() {
	case TabPeople:
		s.people.fetch()
	case TabRuns:
		s.runs.fetch()
	case TabRights:
		s.rights.fetch()
	}
}

func (s *Screen) fetchHead() {
	task.Load(s.desk.Run, &s.head, func(ctx context.Context) (model.TenantHealth, error) {
		return s.engine.Tenant(ctx, s.route.Tenant)
	}, func(h model.TenantHealth, err error) {
		if err != nil {
			s.state.Set(widgets.Square, theme.Failing, s.desk.Say.Error(err))
			return
		}
		s.health = h
		s.showHead()
	})
}

func (s *Screen) showHead() {
	say, h := s.desk.Say, s.health
	look := say.State(h.State)
	text := look.Word
	if reason := say.Reason(h.Reason); reason != "" {
		text = say.T("overview.because", "state", look.Word, "reason", reason)
	}
	s.state.Set(look.Mark, look.Color, text)
	facts := h.Tenant.Domain
	if h.Tenant.Package != "" {
		facts += " · " + string(h.Tenant.Package)
	}
	if h.Bytes > 0 {
		facts += " · " + say.Bytes(h.Bytes)
	}
	if !h.LastRun.IsZero() {
		facts += " · " + say.T("tenant.last", "time", say.Moment(h.LastRun, s.desk.Clock.Now()))
	}
	s.facts.Set(facts)
	s.desk.Frame.Moved(s.route)
	s.content.Refresh()
}

// Changed implements desk.Screen: progress at every tick, the rest when a job ended.
func (s *Screen) Changed() {
	if s.live.update() {
		s.Refresh()
	}
}

// BackUp implements desk.BackUpper.
func (s *Screen) BackUp() { s.backUp("") }

// backUp starts a run of what an address matches, "" for everything.
func (s *Screen) backUp(address string) {
	if s.live.running() {
		s.desk.Frame.ShowJobs()
		return
	}
	id, name := s.route.Tenant, s.health.Tenant.Name
	task.Load(s.desk.Run, &s.start, func(ctx context.Context) (string, error) {
		return s.engine.Backup(ctx, id, address)
	}, func(_ string, err error) {
		if err != nil {
			s.desk.Fail(s.desk.Say.T("backup.failed", "name", name), err)
			return
		}
		s.live.update()
	})
}

// livePart is the line about the run under way, with its bar and cancel.
type livePart struct {
	screen *Screen
	box    *fyne.Container
	badge  *widgets.Badge
	bar    *widgets.Progress
	line   *widgets.Line
	job    model.Job
}

func newLivePart(s *Screen) *livePart {
	l := &livePart{screen: s, badge: widgets.NewBadge(), bar: widgets.NewProgress(), line: widgets.NewMuted("")}
	cancel := widgets.NewButton(s.desk.Say.T("job.cancel"), widgets.Plain, func() { s.engine.Cancel(l.job.ID) })
	row := container.New(&widgets.Beside{Gap: 12, Stretch: map[fyne.CanvasObject]float32{l.bar: 1, l.line: 2}}, l.badge, l.bar, l.line, cancel)
	l.box = widgets.Pad(20, 0, 12, 10, row)
	l.box.Hide()
	return l
}

func (l *livePart) running() bool { return l.box.Visible() }

// update shows the tenant's backup as it is now; true when it just ended.
func (l *livePart) update() (ended bool) {
	s := l.screen
	say := s.desk.Say
	for _, j := range s.engine.Jobs() {
		mine := j.Kind == model.JobBackup && (j.Tenant == s.route.Tenant && j.Tenant != "" || j.ID == s.health.RunningID && j.ID != "")
		if !mine || j.State.Ended() {
			continue
		}
		l.job = j
		look := say.Job(j.State)
		l.badge.Set(look.Mark, look.Color, look.Word)
		l.bar.Set(words.Share(j.Progress), look.Color)
		done, pace := say.JobProgress(j, s.desk.Clock.Now())
		if pace != "" {
			done += " · " + pace
		}
		l.line.Set(done)
		if !l.box.Visible() {
			l.box.Show()
			s.content.Refresh()
		}
		return false
	}
	if !l.box.Visible() {
		return false
	}
	l.box.Hide()
	s.content.Refresh()
	return true
}
