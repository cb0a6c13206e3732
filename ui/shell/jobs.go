package shell

import (
	"sort"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

const (
	jobsWidth float32 = 360
	maxJobs   int     = 30 // rows in the panel; older ones have left it
)

// jobPanel is the side panel with work under way and work just done.
type jobPanel struct {
	shell *Shell
	box   *fyne.Container
	list  *fyne.Container
	empty *widgets.Paragraph
	rows  map[string]*jobRow
	seen  map[string]model.JobState

	looked bool // at least once: an ended job that is new ended since
}

func newJobPanel(s *Shell) *jobPanel {
	say := s.desk.Say
	p := &jobPanel{shell: s, rows: map[string]*jobRow{}, seen: map[string]model.JobState{}}
	p.empty = widgets.NewParagraph(say.T("jobs.empty"), jobsWidth-3*theme.Gutter, theme.Muted)
	p.list = widgets.Stack(0)
	title := widgets.NewSection(say.T("jobs.title"))
	head := widgets.StretchRow(8, title, title, widgets.NewIcon(widgets.Cross, say.T("dialog.close"), s.toggleJobs))
	body := widgets.Frame(widgets.Stack(0, widgets.Pad(16, 10, 8, 6, head)), nil, nil, nil, container.NewVScroll(p.list))
	p.box = widgets.Frame(nil, nil, widgets.NewHairline(), nil, container.NewStack(widgets.NewPanel(theme.Surface), body))
	p.box.Hide()
	return p
}

func (s *Shell) toggleJobs() {
	if s.jobs.box.Visible() {
		s.jobs.box.Hide()
	} else {
		s.jobs.box.Show()
		s.jobs.update()
	}
	s.body.Refresh()
}

// ShowJobs implements desk.Frame.
func (s *Shell) ShowJobs() {
	if !s.jobs.box.Visible() {
		s.toggleJobs()
	}
}

// update shows the jobs as they are now, the newest first.
func (p *jobPanel) update() {
	jobs := p.shell.engine.Jobs()
	sort.SliceStable(jobs, func(i, k int) bool {
		if a, b := jobs[i].State.Ended(), jobs[k].State.Ended(); a != b {
			return b
		}
		return jobs[i].Started.After(jobs[k].Started)
	})
	p.announce(jobs)
	running := 0
	var wait time.Time
	for _, j := range jobs {
		if !j.State.Ended() {
			running++
			if j.Progress.WaitUntil.After(wait) {
				wait = j.Progress.WaitUntil
			}
		}
	}
	p.updateButton(running, wait)
	if p.box.Visible() {
		p.fill(jobs[:min(len(jobs), maxJobs)])
	}
}

func (p *jobPanel) updateButton(running int, wait time.Time) {
	say, b := p.shell.desk.Say, p.shell.jobsBtn
	if running == 0 {
		b.SetText(say.T("jobs.title"))
		b.SetMark(widgets.NoMark, "")
	} else {
		b.SetText(say.T("jobs.running", "n", say.Count(int64(running))))
		b.SetMark(widgets.Arc, theme.Primary)
	}
	if now := p.shell.desk.Clock.Now(); wait.After(now) {
		b.SetMark(widgets.Bars, theme.Waiting)
		p.shell.status.setWait(say.T("job.waits", "time", say.Clock(wait)))
	} else {
		p.shell.status.setWait("")
	}
}

func (p *jobPanel) fill(jobs []model.Job) {
	objects := make([]fyne.CanvasObject, 0, len(jobs)+1)
	alive := map[string]*jobRow{}
	for _, j := range jobs {
		row := p.rows[j.ID]
		if row == nil {
			row = newJobRow(p.shell, j.ID)
		}
		row.update(j)
		alive[j.ID] = row
		objects = append(objects, row.box)
	}
	p.rows = alive
	if len(jobs) == 0 {
		objects = append(objects, widgets.Pad(16, 4, 16, 4, p.empty))
	}
	if !sameObjects(objects, p.list.Objects) {
		p.list.Objects = objects
		p.list.Refresh()
	}
}

func sameObjects(a, b []fyne.CanvasObject) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// announce shows a notice for each job that ended since the last look.
func (p *jobPanel) announce(jobs []model.Job) {
	seen := make(map[string]model.JobState, len(jobs))
	for _, j := range jobs {
		before, known := p.seen[j.ID]
		seen[j.ID] = j.State
		if j.State.Ended() && (known && !before.Ended() || !known && p.looked) {
			action, do := p.shell.after(j)
			p.shell.Toast(desk.Toast{Text: p.shell.desk.Say.JobEnd(j), Look: p.shell.desk.Say.Job(j.State), Action: action, Do: do})
		}
	}
	p.seen, p.looked = seen, true
}
