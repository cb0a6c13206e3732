package ui_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/ui"
	"vangnet/ui/desk"
	"vangnet/ui/screens/overview"
	"vangnet/ui/screens/tenant"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/uitest"
	"vangnet/ui/widgets"
)

// The fake engine is a whole one.
var _ ui.Engine = (*uitest.Fake)(nil)

type rig struct {
	t      *testing.T
	app    *ui.App
	fake   *uitest.Fake
	window fyne.Window
}

// open builds the program over the fake engine, without a display: every
// answer comes at once.
func open(t *testing.T, lang string, start desk.Route) *rig {
	t.Helper()
	home := t.TempDir() // where things are proposed to go
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	application := uitest.App(t)
	clk := uitest.Clock()
	fake := uitest.NewFake(clk)
	a, err := ui.New(t.Context(), application, fake, ui.Options{
		Lang: lang, Theme: theme.Light, Size: fyne.NewSize(1440, 900), Start: start,
		Clock: clk, Zone: time.UTC, Run: task.Inline(t.Context()),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	a.Window().Resize(fyne.NewSize(1440, 900))
	return &rig{t: t, app: a, fake: fake, window: a.Window()}
}

func (r *rig) tenant(i int) model.TenantID {
	list, err := r.fake.Tenants(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return list[i].Tenant.ID
}

// shows fails the test unless a text is seen: whole, or its beginning before "…".
func (r *rig) shows(want ...string) {
	r.t.Helper()
	texts := uitest.Texts(r.window.Content())
	for _, top := range r.window.Canvas().Overlays().List() {
		texts = append(texts, uitest.Texts(top)...)
	}
	for _, w := range want {
		if !slices.ContainsFunc(texts, func(s string) bool { return s == w }) {
			r.t.Errorf("%q is not shown in %q", w, texts)
		}
	}
}

// button is a button that is seen, by its text, dialogs first.
func (r *rig) button(text string) *widgets.Button {
	r.t.Helper()
	roots := append([]fyne.CanvasObject{}, r.window.Canvas().Overlays().List()...)
	slices.Reverse(roots)
	for _, root := range append(roots, r.window.Content()) {
		for _, o := range test.LaidOutObjects(root) {
			if b, ok := o.(*widgets.Button); ok && b.Visible() && b.Text() == text {
				return b
			}
			if c, ok := o.(*widgets.Choice); ok && c.Visible() && c.Text() == text {
				return &c.Button
			}
		}
	}
	r.t.Fatalf("no button %q", text)
	return nil
}

func TestOverviewWorstFirst(t *testing.T) {
	r := open(t, "en", desk.Route{})
	s := r.app.Shell().Screen().(*overview.Screen)
	var states []model.State
	for _, h := range s.Shown() {
		if len(states) == 0 || states[len(states)-1] != h.State {
			states = append(states, h.State)
		}
	}
	want := []model.State{model.StateFailing, model.StateAttention, model.StateWaiting, model.StateNeverRun, model.StateRunning, model.StateGood}
	if !slices.Equal(states, want) {
		t.Errorf("order %v", states)
	}
	r.shows("40 tenants", "1 failing", "3 attention", "Dakbedrijf Noord", "failing: consent was withdrawn", "Show rights")
}

// TestUnknownReasonShowsItself holds that a code of a newer engine is not hidden.
func TestUnknownReasonShowsItself(t *testing.T) {
	r := open(t, "en", desk.Route{})
	for _, text := range uitest.Texts(r.window.Content()) {
		if strings.HasPrefix(text, "attention: a code from a newer") {
			return
		}
	}
	t.Error("the code is not shown")
}

func TestOverviewFilterKeepsTheChosenTenant(t *testing.T) {
	r := open(t, "en", desk.Route{})
	s := r.app.Shell().Screen().(*overview.Screen)
	for i, h := range s.Shown() {
		if h.Tenant.Name == "Garage Hoekstra" {
			s.Grid().Select(i)
		}
	}
	s.FocusFilter()
	test.Type(r.window.Canvas().Focused(), "ga")
	list := s.Shown()
	if len(list) == 40 || len(list) == 0 {
		t.Fatalf("%d tenants", len(list))
	}
	if i := s.Grid().Cursor(); i < 0 || list[i].Tenant.Name != "Garage Hoekstra" {
		t.Errorf("cursor %d of %d", i, len(list))
	}
}

func TestOverviewEngineFails(t *testing.T) {
	r := open(t, "en", desk.Route{})
	r.fake.Break(fault.New(fault.StorageUnreachable, errors.New("dial tcp: timeout"), "place", "s3://bucket"))
	uitest.Press(r.window, fyne.KeyF5)
	if got := r.app.Shell().StatusText(); got != "The storage s3://bucket cannot be reached. Check the network and the address." {
		t.Errorf("status %q", got)
	}
	r.fake.Break(nil)
	uitest.Press(r.window, fyne.KeyF5)
	if got := r.app.Shell().StatusText(); strings.Contains(got, "s3://bucket") {
		t.Errorf("status %q", got)
	}
}

func TestOverviewActionDoesTheThing(t *testing.T) {
	r := open(t, "en", desk.Route{})
	s := r.app.Shell().Screen().(*overview.Screen)
	s.Grid().OnAction(0) // consent withdrawn
	if got := r.app.Shell().Route(); got.Page != desk.Tenant || got.Tab != tenant.TabRights || got.Tenant != r.tenant(0) {
		t.Fatalf("at %+v", got)
	}
	r.shows("Dakbedrijf Noord", "missing", "MailboxItem.ImportExport.All", "Storage")
	r.app.Shell().Back()
	s = r.app.Shell().Screen().(*overview.Screen)
	for i, h := range s.Shown() {
		if h.State == model.StateNeverRun {
			s.Grid().OnAction(i)
		}
	}
	if got := r.fake.Backups(); len(got) != 1 || got[0] != string(r.tenant(16))+" " {
		t.Errorf("backups %v", got)
	}
}

func TestTenantPage(t *testing.T) {
	r := open(t, "en", desk.Route{Page: desk.Tenant, Tenant: "none"})
	r.shows("The tenant none is not connected.")
	r.app.Shell().Go(desk.Route{Page: desk.Tenant, Tenant: r.tenant(4)})
	if r.app.Shell().Title() != "Kinderopvang De Regenboog" {
		t.Errorf("title %q", r.app.Shell().Title())
	}
	r.shows("attention: 14 items failed", "Daan Visser", "3,639", "53 protected · 2 not protected · 2 cannot be")
}

func TestTenantRunsNameFailures(t *testing.T) {
	r := open(t, "en", desk.Route{Page: desk.Tenant, Tenant: "none", Tab: tenant.TabRuns})
	r.app.Shell().Go(desk.Route{Page: desk.Tenant, Tenant: r.tenant(4), Tab: tenant.TabRuns})
	r.shows("partly saved", "partly saved · 14 items failed", "Microsoft blocks this file as malware.", "Run of 14 Nov 2026 05:00")
	test.Tap(r.button("Retry what failed"))
	if got := r.fake.Backups(); len(got) != 1 || !strings.HasSuffix(got[0], " daan@kinderopvangderege.example") {
		t.Errorf("backups %v", got)
	}
}

func TestBackUpNowShowsProgressAndStops(t *testing.T) {
	r := open(t, "en", desk.Route{})
	r.fake.SetJobs()
	r.app.Shell().Go(desk.Route{Page: desk.Tenant, Tenant: r.tenant(2)})
	test.Tap(r.button("Back up now"))
	r.shows("running", "Stop")
	test.Tap(r.button("Stop"))
	if jobs := r.fake.Jobs(); len(jobs) != 1 || jobs[0].State != model.JobCancelled {
		t.Errorf("jobs %v", jobs)
	}
}

func TestBackUpThatCannotStartIsExplained(t *testing.T) {
	r := open(t, "en", desk.Route{})
	r.app.Shell().Go(desk.Route{Page: desk.Tenant, Tenant: r.tenant(2)})
	r.fake.Break(fault.New(fault.WrongSecret, errors.New("AADSTS7000215: invalid client secret"), "tenant", "x"))
	test.Tap(r.button("Back up now"))
	r.shows("The backup of Bouwmaat Bergen did not start", "Details", "Copy")
	test.Tap(r.button("Details"))
	r.shows("AADSTS7000215: invalid client secret")
	test.Tap(r.button("Copy"))
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.Contains(got, "AADSTS7000215") {
		t.Errorf("clipboard %q", got)
	}
}

func TestLanguageAndColoursChangeEverything(t *testing.T) {
	r := open(t, "en", desk.Route{Page: desk.Settings})
	r.shows("Settings", "Language", "Storage place", "Maud de Wit")
	if err := r.app.SetLang("nl"); err != nil {
		t.Fatal(err)
	}
	r.shows("Instellingen", "Taal", "Opslagplaats", "Overzicht")
	if err := r.app.SetTheme(theme.Dark); err != nil {
		t.Fatal(err)
	}
	if got := theme.Color(theme.Surface); got != theme.New(theme.Dark).Color(theme.Surface, 0) {
		t.Errorf("surface %v", got)
	}
	if r.app.Shell().Route().Page != desk.Settings {
		t.Error("the place was lost")
	}
}

func TestProblemWindow(t *testing.T) {
	w, err := ui.ShowProblem(uitest.App(t), ui.Options{Lang: "nl"}, fault.New(fault.NoBucket, errors.New("HTTP 404"), "place", "s3://x"))
	if err != nil {
		t.Fatal(err)
	}
	w.Resize(fyne.NewSize(700, 500))
	all := strings.Join(uitest.Texts(w.Content()), " ")
	for _, want := range []string{"De werkruimte gaat niet open", "s3://x", "HTTP 404"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not shown in %q", want, all)
		}
	}
	w.Close()
}

// TestCheckTheVault starts a check from the tenant's page and follows it in the
// jobs panel, to its end and to what it found.
func TestCheckTheVault(t *testing.T) {
	r := open(t, "en", desk.Route{})
	r.fake.SetJobs()
	r.app.Shell().Go(desk.Route{Page: desk.Tenant, Tenant: r.tenant(4), Tab: tenant.TabRights})
	test.Tap(r.button("Check the vault…"))
	r.shows("Read back:", "a sample of 5%")
	for _, o := range test.LaidOutObjects(r.window.Canvas().Overlays().Top()) {
		if c, ok := o.(*widgets.Choice); ok {
			c.Pick(2)
		}
	}
	test.Tap(r.button("Check the vault"))
	if got := r.fake.Verified(); !slices.Equal(got, []float64{100}) {
		t.Fatalf("checked %v", got)
	}
	r.fake.Step(0.5)
	r.app.Shell().ShowJobs()
	uitest.Press(r.window, fyne.KeyF5)
	r.shows("106,000 of 212,000 pieces · 10 GB", "Stop")
	r.fake.Step(0.6)
	uitest.Press(r.window, fyne.KeyF5)
	r.shows("No damage found in 61 restore points; 20 GB read", "back")
	r.fake.SetJobs(model.Job{ID: "v", Kind: model.JobVerify, Title: "Zuid", State: model.JobWarnings, Result: &model.Result{Failed: 1, Verified: &model.VerifyReport{
		Damage: []model.Damage{{What: "p77c1", Why: model.DamageMissing, Paths: []string{"a@zuid.example/mail/Inbox/1"}}},
	}}})
	uitest.Press(r.window, fyne.KeyF5)
	test.Tap(r.button("Details"))
	r.shows("a@zuid.example/mail/Inbox/1", "p77c1 is missing from the storage.")
}
