package explorer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/dialogs"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// putBack asks for confirmation of one restore and starts it.
type putBack struct {
	screen *Screen
	plan   task.Slot
	start  task.Slot

	sel      Selection
	target   Target
	conflict *widgets.Choice
	folder   *widgets.Input // Local: where to
	text     *widgets.Paragraph
	counts   *widgets.Paragraph
	yes      *widgets.Button
}

var conflicts = []model.Conflict{model.ConflictSkip, model.ConflictCopy, model.ConflictReplace}

func (p *putBack) stop() { p.plan.Stop() }

// ask opens the confirmation, unless the place does not take the selection.
func (p *putBack) ask(sel Selection, target Target) {
	s := p.screen
	say := s.desk.Say
	if v := s.targets.verdict(sel, target); !v.Accept {
		s.desk.Frame.Status(v.Why)
		return
	}
	s.desk.Frame.Status("")
	if sel.Rest != nil {
		s.complete(&p.plan, sel, func(whole Selection) { p.ask(whole, target) })
		return
	}
	p.sel, p.target = sel, target
	p.text = widgets.NewParagraph(say.T("putback.counting"), dialogs.Width, theme.Text)
	p.counts = widgets.NewParagraph("", dialogs.Width, theme.Muted)
	p.conflict = widgets.NewChoice([]string{say.T("conflict.skip"), say.T("conflict.copy"), say.T("conflict.replace")}, 0, func(int) { p.count() })
	verb := say.T("putback.verb", "things", sel.Label)
	if p.elsewhere() {
		verb = say.T("putback.verb_tenant", "things", sel.Label, "tenant", target.Owner)
	}
	p.yes = widgets.NewButton(verb, widgets.Main, p.run)
	p.yes.Disable()
	no := widgets.NewButton(say.T("dialog.cancel"), widgets.Plain, func() { s.desk.Dialogs.Cancel() })
	parts := []fyne.CanvasObject{}
	title := say.T("putback.title", "things", sel.Label, "name", target.Name)
	switch target.Kind {
	case Original:
		title = say.T("putback.original", "things", sel.Label)
	case Local:
		title = say.T("putback.local", "things", sel.Label)
		p.folder = widgets.NewInput(say.T("putback.folder"))
		p.folder.SetText(localFolder())
		p.folder.OnChanged = func(string) { p.count() }
		browse := widgets.NewButton(say.T("handover.browse"), widgets.Plain, func() {
			s.desk.Dialogs.Folder(say.T("handover.folder"), say.T("handover.choose"), p.folder.Text, func(dir string) { p.folder.SetText(dir) })
		})
		parts = append(parts, widgets.StretchRow(8, p.folder, p.folder, browse))
	case Live:
		if p.elsewhere() {
			parts = append(parts, widgets.NewParagraph(say.T("putback.tenant", "tenant", target.Owner), dialogs.Width, theme.Attention))
		}
	}
	choice := widgets.Row(8, widgets.NewLine(say.T("putback.conflict")).Whole(), p.conflict)
	parts = append(parts, p.text, p.counts, choice)
	s.desk.Dialogs.Show(title, widgets.Stack(12, parts...), p.stopPlan, no, no, p.yes)
	p.count()
}

// elsewhere reports that things go to another tenant than they came from.
func (p *putBack) elsewhere() bool { return p.target.Kind == Live && p.target.Tenant != p.sel.Tenant }

// complete fetches the chosen rows that were never on screen, and goes on with them.
func (s *Screen) complete(slot *task.Slot, sel Selection, then func(Selection)) {
	say := s.desk.Say
	s.desk.Frame.Status(say.T("putback.counting"))
	task.Load(s.desk.Run, slot, func(ctx context.Context) (Selection, error) {
		return readRest(ctx, s.engine, sel)
	}, func(whole Selection, err error) {
		switch {
		case errors.Is(err, errTooMany):
			s.desk.Frame.Status(say.T("explorer.toomany", "n", say.Count(maxPicked)))
		case err != nil:
			s.desk.Frame.Status(say.Error(err))
		default:
			then(whole)
		}
	})
}

// localFolder is where things go on this computer if nobody says otherwise.
func localFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, "Vangnet")
}

func (p *putBack) stopPlan() { p.plan.Stop() }

func (p *putBack) request() model.RestoreRequest {
	target := p.target
	if target.Kind == Local {
		target.Address = p.folder.Text
	}
	return request(p.sel, target, conflicts[p.conflict.At()])
}

// count asks the engine what would happen and says so.
func (p *putBack) count() {
	s, r := p.screen, p.request()
	say := s.desk.Say
	p.yes.Disable()
	if p.target.Kind == Local && r.ToDir == "" {
		p.text.Set(say.T("putback.nofolder"))
		s.desk.Dialogs.Resize()
		return
	}
	task.Load(s.desk.Run, &p.plan, func(ctx context.Context) (model.RestorePlan, error) {
		return s.engine.PlanRestore(ctx, r)
	}, func(plan model.RestorePlan, err error) {
		if err != nil {
			p.text.Set(say.Error(err))
			p.counts.Set("")
			s.desk.Dialogs.Resize()
			return
		}
		p.show(plan)
	})
}

func (p *putBack) show(plan model.RestorePlan) {
	s := p.screen
	say := s.desk.Say
	took := say.About(time.Duration(plan.Seconds * float64(time.Second)))
	p.text.Set(say.T("putback.plan", "things", say.N("things.item", plan.Items), "size", say.Bytes(plan.Bytes), "time", took))
	lines := ""
	add := func(text string, n int64) {
		if n > 0 {
			if lines != "" {
				lines += " · "
			}
			lines += text
		}
	}
	add(say.N("putback.create", plan.Create), plan.Create)
	add(say.N("putback.skip", plan.Skip), plan.Skip)
	add(say.N("putback.copy", plan.Copy), plan.Copy)
	add(say.N("putback.replace", plan.Replace), plan.Replace)
	for _, w := range plan.Warnings {
		lines += "\n" + say.Reason(w)
	}
	p.counts.Set(lines)
	if plan.Create+plan.Copy+plan.Replace > 0 {
		p.yes.Enable()
	}
	s.desk.Dialogs.Resize()
}

// run starts the restore.
func (p *putBack) run() {
	s, r, label := p.screen, p.request(), p.sel.Label
	s.desk.Dialogs.Close()
	task.Load(s.desk.Run, &p.start, func(ctx context.Context) (string, error) {
		return s.engine.Restore(ctx, r)
	}, func(_ string, err error) {
		if err != nil {
			s.desk.Fail(s.desk.Say.T("putback.failed", "things", label), err)
			return
		}
		say := s.desk.Say
		s.desk.Frame.Toast(desk.Toast{
			Text: say.T("putback.started", "things", label), Look: say.Job(model.JobRunning), Action: say.T("jobs.show"), Do: s.desk.Frame.ShowJobs,
		})
	})
}
