package shell

import (
	"strings"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/dialogs"
	words "vangnet/ui/say"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// jobRow is one job in the panel.
type jobRow struct {
	shell   *Shell
	box     *fyne.Container
	badge   *widgets.Badge
	bar     *widgets.Progress
	numbers *widgets.Line
	pace    *widgets.Line
	result  *widgets.Paragraph
	now     *widgets.Line
	cancel  *widgets.Button
	details *widgets.Button
	job     model.Job
}

func newJobRow(s *Shell, id string) *jobRow {
	say := s.desk.Say
	r := &jobRow{shell: s, badge: widgets.NewBadge(), bar: widgets.NewProgress(), numbers: widgets.NewMuted(""), pace: widgets.NewMuted(""), result: widgets.NewParagraphSized("", jobsWidth-48, theme.Muted, theme.SmallSize, false), now: widgets.NewMuted("")}
	r.cancel = widgets.NewButton(say.T("job.cancel"), widgets.Plain, func() { s.engine.Cancel(id) })
	r.details = widgets.NewButton(say.T("dialog.details"), widgets.Plain, func() { s.jobDetails(r.job) })
	column := widgets.Stack(3,
		widgets.Sized(10, 20, r.badge), r.bar, r.numbers, r.pace, r.now, r.result)
	buttons := widgets.Row(8, r.cancel, r.details)
	r.box = widgets.Stack(0, widgets.Pad(16, 8, 16, 10, widgets.Stack(6, column, buttons)), widgets.NewHairline())
	return r
}

func (r *jobRow) update(j model.Job) {
	say, s := r.shell.desk.Say, r.shell
	r.job = j
	look := say.Job(j.State)
	waiting := !j.State.Ended() && j.Progress.WaitUntil.After(s.desk.Clock.Now())
	if waiting {
		look = say.State(model.StateWaiting)
	}
	r.badge.Set(look.Mark, look.Color, say.JobTitle(j))
	show(r.bar, !j.State.Ended())
	show(r.cancel, !j.State.Ended() && j.State != model.JobCancelling)
	show(r.details, j.State.Ended() && (j.Error != nil || len(say.JobFaults(j)) > 0))
	for _, o := range []fyne.CanvasObject{r.now, r.numbers, r.pace} {
		show(o, !j.State.Ended())
	}
	show(r.result, j.State.Ended())
	if j.State.Ended() {
		r.result.Set(say.JobResult(j))
		if j.State == model.JobCancelled {
			r.result.Set(look.Word)
		}
		r.box.Refresh()
		return
	}
	r.bar.Set(words.Share(j.Progress), look.Color)
	done, pace := say.JobProgress(j, s.desk.Clock.Now())
	r.numbers.Set(done)
	r.pace.Set(pace)
	show(r.pace, pace != "")
	switch {
	case waiting:
		r.now.Set(say.T("job.waits", "time", say.Clock(j.Progress.WaitUntil)))
	default:
		r.now.Set(j.Progress.Now)
		show(r.now, j.Progress.Now != "")
	}
	r.box.Refresh()
}

func show(o fyne.CanvasObject, yes bool) {
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}

// jobDetails lists what failed in a job, with causes.
func (s *Shell) jobDetails(j model.Job) {
	say := s.desk.Say
	if j.Error != nil {
		s.desk.Dialogs.Error(say.JobTitle(j), say.Fault(j.Error), j.Error.Detail)
		return
	}
	const shown, copied = 12, 1000
	faults := say.JobFaults(j)
	var text, detail strings.Builder
	for i, f := range faults {
		if i < shown {
			text.WriteString(f.What + "\n    " + f.Why + "\n")
		}
		if i < copied {
			detail.WriteString(f.What + "\t" + f.Why + "\t" + f.Detail + "\n")
		}
	}
	if more := len(faults) - shown; more > 0 {
		text.WriteString(say.N("jobs.more", int64(more)))
	}
	list := widgets.NewParagraph(text.String(), dialogs.Width, theme.Text)
	copyIt := widgets.NewButton(say.T("dialog.copy"), widgets.Plain, func() { fyne.CurrentApp().Clipboard().SetContent(detail.String()) })
	ok := widgets.NewButton(say.T("dialog.close"), widgets.Main, func() { s.desk.Dialogs.Cancel() })
	s.desk.Dialogs.Show(say.JobTitle(j), list, nil, ok, copyIt, ok)
}
