package ui_test

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/screens/explorer"
	"vangnet/ui/uitest"
	"vangnet/ui/widgets"
)

// explore opens an inbox in the explorer.
func explore(t *testing.T) (*rig, *explorer.Screen) {
	t.Helper()
	r := open(t, "en", desk.Route{})
	r.fake.SetJobs()
	uitest.Press(r.window, fyne.KeyF5)
	r.app.Shell().Go(desk.Route{Page: desk.Explorer, Tenant: r.tenant(0), Resource: "mailbox:user-7"})
	return r, r.app.Shell().Screen().(*explorer.Screen)
}

func TestExplorerOpensTheInbox(t *testing.T) {
	r, s := explore(t)
	if n := s.Where().Selected(); n == nil || n.Cells[0].Text != "Inbox" {
		t.Fatalf("at %+v", n)
	}
	if got := s.List().SelectedCount(); got != 1 {
		t.Errorf("%d rows chosen", got)
	}
	r.shows("Hanneke Dekker", "4,102", "from", "subject", "received", "Offerte dakgoot 2026", "(no subject)", "Put back 1 mail…", "Versions (3)", "Beste Anna,")
	if got := r.app.Shell().Route(); got.Folder != "f0" {
		t.Errorf("route %+v", got)
	}
}

// TestPreviewIsOnlyText holds that what steers a screen is taken out of mail.
func TestPreviewIsOnlyText(t *testing.T) {
	r, _ := explore(t)
	for _, text := range uitest.Texts(r.window.Content()) {
		for _, c := range text {
			if c == '\u202e' || c == '\u202c' || c < ' ' {
				t.Errorf("%q is drawn with %U", text, c)
			}
		}
	}
}

func TestFolderOfTwoHundredThousand(t *testing.T) {
	r, s := explore(t)
	r.app.Shell().Go(desk.Route{Page: desk.Explorer, Tenant: r.tenant(0), Resource: "drive:user-7", Folder: "f7"})
	s.List().Focus()
	r.shows("scan-000000.pdf", "name")
	uitest.Press(r.window, fyne.KeyEnd)
	r.shows("scan-199999.pdf")
}

func TestRestorePointsGoBackInTime(t *testing.T) {
	r, s := explore(t)
	r.shows("13 Nov 2026 23:00 (newest)")
	at := uitest.Noon.Truncate(24*60*60*1e9).AddDate(0, 0, -5).Add(-60 * 60 * 1e9)
	route := r.app.Shell().Route()
	route.At = at
	r.app.Shell().Go(route)
	r.shows("8 Nov 2026 23:00")
	if n := s.Where().Selected(); n == nil || n.Cells[0].Text != "Inbox" {
		t.Error("another moment lost the folder")
	}
}

func TestSearchShowsWhere(t *testing.T) {
	r, s := explore(t)
	route := r.app.Shell().Route()
	route.Query = "offerte"
	r.app.Shell().Go(route)
	r.shows("200+ found for “offerte”", "where", "Everywhere", "Any kind")
	s.List().Focus()
	uitest.Press(r.window, fyne.KeyEnd) // near the end more is fetched
	uitest.Press(r.window, fyne.KeyEnd)
	uitest.Press(r.window, fyne.KeyEnd)
	r.shows("430 found for “offerte”")
	r.app.Shell().Back()
	r.shows("Inbox", "from", "subject")
	route.Query = "nietsgevonden"
	r.app.Shell().Go(route)
	r.shows("Nothing found for “nietsgevonden”.")
}

func TestPutBackByKeyboard(t *testing.T) {
	r, s := explore(t)
	s.List().Focus()
	uitest.Press(r.window, fyne.KeyDown)
	uitest.Shortcut(r.app.Shell(), fyne.KeyModifierShortcutDefault, fyne.KeyR)
	r.shows("Put back 1 mail into the original place?", "1 item, 28 kB, a moment.", "1 new", "Cancel")
	if len(r.fake.Restores()) != 0 {
		t.Fatal("restored before it was confirmed")
	}
	test.Tap(r.button("Put back 1 mail"))
	got := r.fake.Restores()
	if len(got) != 1 || len(got[0].Refs) != 1 || got[0].Refs[0].Item == "" || got[0].To != "" || got[0].Conflict != model.ConflictSkip {
		t.Fatalf("restores %+v", got)
	}
	r.shows("Putting back 1 mail…", "Show jobs")
}

// TestSelectAllMeansWhatIsListed holds that a folder whose list is all there is
// in it goes back whole, and that of one with folders below it only the listed
// mails do, also those that were never on screen.
func TestSelectAllMeansWhatIsListed(t *testing.T) {
	r, s := explore(t)
	s.SelectAll()
	r.shows("Put back 4,102 mails…")
	s.PutBack()
	test.Tap(r.button("Put back 4,102 mails"))
	got := r.fake.Restores()
	if len(got) != 1 || len(got[0].Refs) != 4102 || len(got[0].Paths) != 0 || got[0].Refs[4101].Item != "i4101" {
		t.Fatalf("%d restores, of the first %d rows and %v", len(got), len(got[0].Refs), got[0].Paths)
	}
	r.app.Shell().Go(desk.Route{Page: desk.Explorer, Tenant: r.tenant(0), Resource: "mailbox:user-7", Folder: "f4"})
	s.SelectAll()
	s.PutBack()
	test.Tap(r.button("Put back 2,210 mails"))
	got = r.fake.Restores()
	if len(got) != 2 || len(got[1].Refs) != 0 || !slices.Equal(got[1].Paths, []string{"hanneke@dakbedrijfnoord.example/mail/Verzonden items"}) {
		t.Errorf("%d restores, then of %v", len(got), got[len(got)-1].Paths)
	}
}

// TestRangeOverRowsNeverSeen chooses from the first row to one far below.
func TestRangeOverRowsNeverSeen(t *testing.T) {
	r, s := explore(t)
	s.List().Focus()
	uitest.Press(r.window, fyne.KeyHome)
	s.List().ScrollTo(4000)
	uitest.Click(s.List().Body().(desktop.Mouseable), fyne.NewPos(20, 5), fyne.KeyModifierShift)
	r.shows("Put back 4,001 mails…")
	s.PutBack()
	test.Tap(r.button("Put back 4,001 mails"))
	if got := r.fake.Restores(); len(got) != 1 || len(got[0].Refs) != 4001 || got[0].Refs[4000].Item != "i4000" {
		t.Errorf("%d restores", len(got))
	}
}

// TestExplorerNoticesABackup lets a backup end while an inbox is open.
func TestExplorerNoticesABackup(t *testing.T) {
	r, s := explore(t)
	uitest.Press(r.window, fyne.KeyDown)
	r.app.Shell().Screen().Changed()
	asked := r.fake.Listed()
	r.fake.SetJobs(model.Job{ID: "b1", Kind: model.JobBackup, Tenant: r.tenant(0), State: model.JobRunning})
	r.app.Shell().Screen().Changed()
	if r.fake.Listed() != asked {
		t.Error("a running backup fetched the list anew")
	}
	r.fake.SetJobs(model.Job{ID: "b1", Kind: model.JobBackup, Tenant: r.tenant(0), State: model.JobDone})
	r.app.Shell().Screen().Changed()
	if r.fake.Listed() == asked {
		t.Error("a finished backup was not noticed")
	}
	if n := s.Where().Selected(); n == nil || n.Cells[0].Text != "Inbox" || s.List().SelectedCount() != 1 {
		t.Errorf("at %+v, %d chosen", n, s.List().SelectedCount())
	}
	s.SelectAll() // somebody is in the middle of something
	r.fake.SetJobs(model.Job{ID: "b2", Kind: model.JobBackup, Tenant: r.tenant(0), State: model.JobDone})
	r.app.Shell().Screen().Changed()
	if got := r.app.Shell().StatusText(); got != "A newer copy is there. F5 shows it." || s.List().SelectedCount() != 4102 {
		t.Errorf("status %q, %d chosen", got, s.List().SelectedCount())
	}
}

func TestConflictChoice(t *testing.T) {
	r, s := explore(t)
	s.SelectAll()
	s.PutBack()
	r.shows("2,735 new · 1,367 are there already and are skipped")
	for _, o := range test.LaidOutObjects(r.window.Canvas().Overlays().Top()) {
		if c, ok := o.(*widgets.Choice); ok {
			c.Pick(2)
		}
	}
	r.shows("2,735 new · 1,367 are replaced")
	test.Tap(r.button("Put back 4,102 mails"))
	if got := r.fake.Restores(); len(got) != 1 || got[0].Conflict != model.ConflictReplace {
		t.Errorf("restores %+v", got)
	}
}

// drag moves the mouse from a row of the list to a row of the targets.
func drag(t *testing.T, s *explorer.Screen, target string, drop bool) {
	t.Helper()
	at := func(g *widgets.Grid, row int) (fyne.Position, fyne.Position) {
		local := fyne.NewPos(30, float32(row)*28+14)
		return local, fyne.CurrentApp().Driver().AbsolutePositionForObject(g.Body().(fyne.CanvasObject)).Add(local)
	}
	body := s.List().Body().(interface {
		desktop.Mouseable
		fyne.Draggable
	})
	local, abs := at(s.List(), 0)
	press := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	press.Position, press.AbsolutePosition = local, abs
	body.MouseDown(press)
	move := func(to fyne.Position) {
		ev := &fyne.DragEvent{}
		ev.AbsolutePosition, ev.Position = to, to.Subtract(abs).Add(local)
		body.Dragged(ev)
	}
	move(abs.AddXY(40, 0))
	for row := range s.Targets().Len() {
		if n := s.Targets().Node(row); n.Cells[0].Text == target {
			_, to := at(s.Targets().Grid(), row)
			move(to.AddXY(-1, 0))
			move(to)
			if drop {
				body.DragEnd()
			}
			return
		}
	}
	t.Fatalf("no target %q", target)
}

func openTarget(s *explorer.Screen, id string) {
	for row := range s.Targets().Len() {
		if n := s.Targets().Node(row); n.ID == id {
			s.Targets().Open(n)
			return
		}
	}
}

func TestDragOntoALiveFolder(t *testing.T) {
	r, s := explore(t)
	owner := "hanneke@dakbedrijfnoord.example"
	openTarget(s, "live:"+owner)
	openTarget(s, "live:"+owner+">"+owner+"/mail")
	drag(t, s, "Offertes", true)
	r.shows("Put back 1 mail into hanneke@dakbedrijfnoord.example ›", "Mail › Offertes?")
	test.Tap(r.button("Put back 1 mail"))
	if got := r.fake.Restores(); len(got) != 1 || got[0].To != owner+"/mail/Offertes" {
		t.Errorf("restores %+v", got)
	}
}

func TestDragIsRefusedWithAReason(t *testing.T) {
	r, s := explore(t)
	openTarget(s, "live:hanneke@dakbedrijfnoord.example")
	drag(t, s, "OneDrive", true)
	if r.window.Canvas().Overlays().Top() != nil || len(r.fake.Restores()) != 0 {
		t.Error("a mail was dropped on a drive")
	}
	drag(t, s, "OneDrive", false)
	if got := r.app.Shell().StatusText(); got != "1 mail does not fit into hanneke@dakbedrijfnoord.example › OneDrive: mail goes into a mail folder, files onto a OneDrive." {
		t.Errorf("status %q", got)
	}
}

// TestPutBackIntoAnotherTenant goes down to a folder of another tenant; before
// anything happens it is said whose that is.
func TestPutBackIntoAnotherTenant(t *testing.T) {
	r, s := explore(t)
	openTarget(s, "tenants")
	list, err := r.fake.Tenants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	other := list[2].Tenant
	openTarget(s, "tenants>"+string(other.ID))
	var owner string
	for row := range s.Targets().Len() {
		if n := s.Targets().Node(row); n.ID == "tenants>"+string(list[0].Tenant.ID) {
			t.Error("the tenant itself is offered as another one")
		}
		if target, ok := s.Targets().Node(row).Data.(explorer.Target); ok && owner == "" && target.Tenant == other.ID && target.Kind == explorer.Live && target.Refusal == "" {
			owner = target.Address
		}
	}
	account := "tenants>" + string(other.ID) + ">" + owner
	openTarget(s, account)
	openTarget(s, account+">"+owner+"/mail")
	s.Targets().Choose(account + ">" + owner + "/mail>" + owner + "/mail/Teruggezet")
	s.PutBack()
	r.shows("Mind: this goes to another tenant, "+other.Name+". Whoever can read there", "will see it.")
	test.Tap(r.button("Put back 1 mail at " + other.Name))
	got := r.fake.Restores()
	if len(got) != 1 || got[0].Tenant != r.tenant(0) || got[0].ToTenant != other.ID || got[0].To != owner+"/mail/Teruggezet" {
		t.Errorf("restores %+v", got)
	}
}

func TestEscapeStopsADrag(t *testing.T) {
	r, s := explore(t)
	drag(t, s, "Original place", false)
	uitest.Press(r.window, fyne.KeyEscape)
	s.List().Body().(fyne.Draggable).DragEnd()
	if r.window.Canvas().Overlays().Top() != nil || r.app.Shell().StatusText() != "" {
		t.Errorf("Escape did not stop the drag: %q", r.app.Shell().StatusText())
	}
}

func TestLeavingTakesTheTargetAway(t *testing.T) {
	r, _ := explore(t)
	r.app.Shell().Go(desk.Route{Page: desk.Overview})
	r.app.Shell().Back()
	s := r.app.Shell().Screen().(*explorer.Screen)
	if n := s.Where().Selected(); n == nil || n.Cells[0].Text != "Inbox" {
		t.Error("coming back lost the folder")
	}
	drag(t, s, "Original place", true)
	r.shows("Put back 1 mail into the original place?")
}

// TestShowInFolder goes from a found mail to its folder, where it is chosen.
func TestShowInFolder(t *testing.T) {
	r, s := explore(t)
	route := r.app.Shell().Route()
	route.Query = "offerte"
	r.app.Shell().Go(route)
	s.List().OnOpen(150) // a mail of another tenant
	r.shows("Inbox", "from")
	if got := r.app.Shell().Route(); got.Tenant != r.tenant(0) && got.Item != "i150" {
		t.Fatalf("route %+v", got)
	}
	if got := s.List().Cursor(); got != 150 {
		t.Errorf("row %d is chosen", got)
	}
}

func TestPutBackIntoAHeadingIsExplained(t *testing.T) {
	r, s := explore(t)
	s.Targets().Choose("others")
	s.PutBack()
	if r.window.Canvas().Overlays().Top() != nil {
		t.Error("it asks to put things back into a heading")
	}
	if got := r.app.Shell().StatusText(); got != "Another person: choose a person or a folder below it." {
		t.Errorf("status %q", got)
	}
}

// TestFoldersStandInTheList goes down a drive in the list and puts a folder back.
func TestFoldersStandInTheList(t *testing.T) {
	r, s := explore(t)
	r.app.Shell().Go(desk.Route{Page: desk.Explorer, Tenant: r.tenant(0), Resource: "drive:user-7", Folder: "f0"})
	r.shows("Documenten", "Boekhouding", "340 items", "Plan van aanpak.docx", "Put back 1 folder…")
	s.List().Focus()
	uitest.Press(r.window, fyne.KeyDown, fyne.KeyDown)
	s.PutBack()
	test.Tap(r.button("Put back 1 folder"))
	got := r.fake.Restores()
	if len(got) != 1 || len(got[0].Refs) != 0 || !slices.Equal(got[0].Paths, []string{"hanneke@dakbedrijfnoord.example/onedrive/Documenten"}) {
		t.Errorf("restores %+v", got)
	}
	s.List().OnOpen(2)
	if n := s.Where().Selected(); n == nil || n.Cells[0].Text != "Documenten" {
		t.Errorf("at %+v", n)
	}
	r.shows("2026", "64 items")
}

// TestNoticeShowsWhereThingsAre lets a restore end between two looks; its notice
// leads to the folder.
func TestNoticeShowsWhereThingsAre(t *testing.T) {
	r, s := explore(t)
	r.fake.SetJobs(model.Job{
		ID: "r1", Kind: model.JobRestore, Tenant: r.tenant(0), State: model.JobDone,
		Result: &model.Result{Saved: 3, Target: model.Target{Kind: model.TargetLive, Address: "hanneke@dakbedrijfnoord.example/mail/Inbox/Offertes", Tenant: r.tenant(0)}},
	})
	uitest.Press(r.window, fyne.KeyF5)
	r.shows("3 items put back into hanneke@dakbedrijfnoord.example › Mail › Inbox › Offertes")
	test.Tap(r.button("Show"))
	if n := s.Where().Selected(); n == nil || n.Cells[0].Text != "Offertes" {
		t.Errorf("at %+v, route %+v", n, r.app.Shell().Route())
	}
}
