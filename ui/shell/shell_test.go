package shell_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
	"vangnet/ui/say"
	"vangnet/ui/shell"
	"vangnet/ui/task"
	"vangnet/ui/uitest"
)

// page is a screen that writes down what happens to it.
type page struct {
	name    desk.Page
	opened  []desk.Route
	closed  bool
	log     []string
	content *widget.Label
}

func (p *page) Title() string              { return "page " + string(p.name) }
func (p *page) Content() fyne.CanvasObject { return p.content }
func (p *page) Open(r desk.Route)          { p.opened = append(p.opened, r) }
func (p *page) Refresh()                   { p.log = append(p.log, "refresh") }
func (p *page) Changed()                   { p.log = append(p.log, "changed") }
func (p *page) Close()                     { p.closed = true }
func (p *page) FocusFilter()               { p.log = append(p.log, "filter") }
func (p *page) PutBack()                   { p.log = append(p.log, "putback") }
func (p *page) BackUp()                    { p.log = append(p.log, "backup") }
func (p *page) SelectAll()                 { p.log = append(p.log, "all") }

type rig struct {
	shell  *shell.Shell
	window fyne.Window
	fake   *uitest.Fake
	desk   *desk.Desk
	pages  []*page
}

func newRig(t *testing.T) *rig {
	t.Helper()
	uitest.App(t)
	words, err := i18n.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	clk := uitest.Clock()
	r := &rig{fake: uitest.NewFake(clk), window: test.NewTempWindow(t, widget.NewLabel(""))}
	r.desk = &desk.Desk{Say: &say.Say{Words: words, Format: format.New(words, time.UTC)}, Run: task.Inline(t.Context()), Clock: clk}
	makers := shell.Makers{}
	for _, name := range []desk.Page{desk.Overview, desk.Tenant, desk.Explorer, desk.Settings} {
		makers[name] = func(*desk.Desk) desk.Screen {
			p := &page{name: name, content: widget.NewLabel(string(name))}
			r.pages = append(r.pages, p)
			return p
		}
	}
	r.fake.SetJobs()
	r.shell = shell.New(r.desk, r.fake, r.window, makers, desk.Route{Page: desk.Overview})
	r.window.Resize(fyne.NewSize(1280, 800))
	t.Cleanup(r.shell.Close)
	return r
}

func (r *rig) last() *page { return r.pages[len(r.pages)-1] }

func TestWayBackAndForward(t *testing.T) {
	r := newRig(t)
	tenants, _ := r.fake.Tenants(t.Context())
	a, b := tenants[0].Tenant.ID, tenants[1].Tenant.ID
	r.shell.Go(desk.Route{Page: desk.Tenant, Tenant: a})
	r.shell.Go(desk.Route{Page: desk.Tenant, Tenant: b})
	if len(r.pages) != 2 || !r.pages[0].closed {
		t.Fatalf("%d screens were made; the first closed: %v", len(r.pages), r.pages[0].closed)
	}
	uitest.Shortcut(r.shell, fyne.KeyModifierAlt, fyne.KeyLeft)
	if got := r.shell.Route(); got.Tenant != a {
		t.Errorf("back is at %v", got)
	}
	uitest.Shortcut(r.shell, fyne.KeyModifierAlt, fyne.KeyLeft)
	uitest.Shortcut(r.shell, fyne.KeyModifierAlt, fyne.KeyLeft) // no further
	if got := r.shell.Route(); got.Page != desk.Overview || r.shell.Title() != "page overview" {
		t.Errorf("back is at %v, %s", got, r.shell.Title())
	}
	uitest.Shortcut(r.shell, fyne.KeyModifierAlt, fyne.KeyRight)
	if got := r.shell.Route(); got.Tenant != a {
		t.Errorf("forward is at %v", got)
	}
	r.shell.Go(desk.Route{Page: desk.Settings})
	r.shell.Forward() // what was ahead is gone
	if got := r.shell.Route(); got.Page != desk.Settings {
		t.Errorf("forward after a new place is at %v", got)
	}
}

func TestKeysReachTheScreen(t *testing.T) {
	r := newRig(t)
	for key, want := range map[fyne.KeyName]string{fyne.KeyF: "filter", fyne.KeyR: "putback", fyne.KeyB: "backup"} {
		uitest.Shortcut(r.shell, fyne.KeyModifierShortcutDefault, key)
		if log := r.last().log; log[len(log)-1] != want {
			t.Errorf("Ctrl+%s: %v", key, log)
		}
	}
	uitest.Press(r.window, fyne.KeyF5)
	if log := r.last().log; log[len(log)-1] != "refresh" {
		t.Errorf("F5: %v", log)
	}
}

func TestKeysWaitForADialog(t *testing.T) {
	r := newRig(t)
	done := false
	r.desk.Dialogs.Ask("Delete everything?", "Really.", "Delete everything", true, func() { done = true })
	uitest.Shortcut(r.shell, fyne.KeyModifierShortcutDefault, fyne.KeyB)
	if len(r.last().log) != 0 {
		t.Errorf("a command ran under a dialog: %v", r.last().log)
	}
	uitest.Press(r.window, fyne.KeyReturn) // the safe button has the keyboard
	if done || r.desk.Dialogs.IsOpen() {
		t.Errorf("Enter: done %v, open %v", done, r.desk.Dialogs.IsOpen())
	}
	r.desk.Dialogs.Ask("Delete everything?", "Really.", "Delete everything", true, func() { done = true })
	uitest.Press(r.window, fyne.KeyEscape)
	if done || r.desk.Dialogs.IsOpen() {
		t.Errorf("Escape: done %v, open %v", done, r.desk.Dialogs.IsOpen())
	}
}

func TestSearchGoesToTheExplorer(t *testing.T) {
	r := newRig(t)
	uitest.Shortcut(r.shell, fyne.KeyModifierShortcutDefault, fyne.KeyK)
	test.Type(r.window.Canvas().Focused(), "offerte")
	uitest.Press(r.window, fyne.KeyReturn)
	if got := r.shell.Route(); got.Page != desk.Explorer || got.Query != "offerte" {
		t.Errorf("at %+v", got)
	}
}

func TestJobsPanelFollowsTheEngine(t *testing.T) {
	r := newRig(t)
	uitest.Shortcut(r.shell, fyne.KeyModifierShortcutDefault, fyne.KeyJ)
	if !contains(r, "Nothing is running. Backups and restores appear") {
		t.Errorf("an empty panel says %q", uitest.Texts(r.window.Content()))
	}
	job := model.Job{ID: "1", Kind: model.JobBackup, Title: "Zuid", State: model.JobRunning, Started: uitest.Noon.Add(-time.Minute),
		Progress: model.Progress{Items: 50, ItemsTotal: 100, Bytes: 600, BytesTotal: 1200}}
	r.fake.SetJobs(job)
	uitest.Press(r.window, fyne.KeyF5)
	for _, want := range []string{"Backup of Zuid", "50 of 100 items · 600 B", "10 B/s · about 60 seconds left", "Jobs (1)", "Stop"} {
		if !contains(r, want) {
			t.Errorf("%q is missing in %q", want, uitest.Texts(r.window.Content()))
		}
	}
	job.State, job.Error = model.JobFailed, &model.Fault{Code: fault.WrongSecret, Detail: "AADSTS7000215"}
	r.fake.SetJobs(job)
	uitest.Press(r.window, fyne.KeyF5)
	if !contains(r, "Details") || contains(r, "Jobs (1)") || !contains(r, "Show jobs") {
		t.Errorf("after the end: %q", uitest.Texts(r.window.Content()))
	}
}

func TestWaitingForMicrosoftIsSaid(t *testing.T) {
	r := newRig(t)
	r.fake.SetJobs(model.Job{ID: "1", State: model.JobRunning, Progress: model.Progress{WaitUntil: uitest.Noon.Add(14 * time.Minute)}})
	uitest.Press(r.window, fyne.KeyF5)
	if got := r.shell.StatusText(); got != "Waiting for Microsoft until 12:14" {
		t.Errorf("status %q", got)
	}
	r.shell.Status("let go")
	if got := r.shell.StatusText(); got != "let go" {
		t.Errorf("status %q", got)
	}
	r.shell.Status("")
	if got := r.shell.StatusText(); got != "Waiting for Microsoft until 12:14" {
		t.Errorf("status %q", got)
	}
	r.fake.SetJobs()
	uitest.Press(r.window, fyne.KeyF5)
	if got := r.shell.StatusText(); got != "" {
		t.Errorf("status %q", got)
	}
}

func contains(r *rig, want string) bool {
	for _, text := range uitest.Texts(r.window.Content()) {
		if text == want {
			return true
		}
	}
	return false
}
