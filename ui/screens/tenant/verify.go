package tenant

import (
	"context"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/dialogs"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// readShares are the percentages of the content that a check can read back, in
// the order in which they are offered.
var readShares = []float64{0, 5, 100}

// verify asks how thoroughly the vault is checked, and starts that.
func (p *rightsPart) verify() {
	s := p.screen
	say, name := s.desk.Say, s.health.Tenant.Name
	how := widgets.NewChoice([]string{say.T("verify.there"), say.T("verify.sample"), say.T("verify.all")}, 1, nil)
	yes := widgets.NewButton(say.T("verify.verb"), widgets.Main, func() {
		s.desk.Dialogs.Close()
		p.startVerify(readShares[how.At()])
	})
	no := widgets.NewButton(say.T("dialog.cancel"), widgets.Plain, func() { s.desk.Dialogs.Cancel() })
	body := widgets.Stack(12,
		widgets.NewParagraph(say.T("verify.text"), dialogs.Width, theme.Text),
		widgets.Row(8, widgets.NewLine(say.T("verify.how")).Whole(), how))
	s.desk.Dialogs.Show(say.T("verify.title", "name", name), body, nil, no, no, yes)
}

func (p *rightsPart) startVerify(percent float64) {
	s := p.screen
	id, name := s.route.Tenant, s.health.Tenant.Name
	task.Load(s.desk.Run, &p.check, func(ctx context.Context) (string, error) {
		return s.engine.Verify(ctx, id, percent)
	}, func(_ string, err error) {
		say := s.desk.Say
		if err != nil {
			s.desk.Fail(say.T("verify.failed", "name", name), err)
			return
		}
		s.desk.Frame.Toast(desk.Toast{
			Text: say.T("verify.started", "name", name), Look: say.Job(model.JobRunning), Action: say.T("jobs.show"), Do: s.desk.Frame.ShowJobs,
		})
	})
}
