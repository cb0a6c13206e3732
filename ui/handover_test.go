package ui_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"vangnet/engine/model"
	"vangnet/ui/desk"
	"vangnet/ui/uitest"
)

// TestHandOverByKeyboard holds that a single mail is proposed as loose file, and
// that what the dialog says is what is asked of the engine.
func TestHandOverByKeyboard(t *testing.T) {
	r, s := explore(t)
	s.List().Focus()
	uitest.Press(r.window, fyne.KeyDown)
	uitest.Shortcut(r.app.Shell(), fyne.KeyModifierShortcutDefault, fyne.KeyE)
	r.shows("Hand over 1 mail?", "Loose files (EML)", "1 item, 28 kB, a moment.", "What was deleted", "Earlier versions")
	if len(r.fake.Exports()) != 0 {
		t.Fatal("handed over before it was confirmed")
	}
	test.Tap(r.button("Earlier versions"))
	test.Tap(r.button("Hand over 1 mail"))
	got := r.fake.Exports()
	if len(got) != 1 {
		t.Fatalf("exports %+v", got)
	}
	x := got[0]
	if len(x.Refs) != 1 || x.Format != model.ExportEML || x.Past != (model.Past{Versions: true}) || !filepath.IsAbs(x.Out) || !x.From.IsZero() {
		t.Errorf("asked for %+v", x)
	}
	r.shows("Handing over 1 mail…", "Show jobs")
}

func TestHandOverByDrag(t *testing.T) {
	r, s := explore(t)
	drag(t, s, "PST for Outlook", true)
	r.shows("Hand over 1 mail?", "PST for Outlook")
	test.Tap(r.button("Hand over 1 mail"))
	if got := r.fake.Exports(); len(got) != 1 || got[0].Format != model.ExportPST || !strings.HasSuffix(got[0].Out, ".pst") {
		t.Errorf("exports %+v", got)
	}
}

// TestHandOverOfFiles holds that files are proposed as ZIP, and that a PST
// refuses them with a reason.
func TestHandOverOfFiles(t *testing.T) {
	r, s := explore(t)
	r.app.Shell().Go(desk.Route{Page: desk.Explorer, Tenant: r.tenant(0), Resource: "drive:user-7", Folder: "f0"})
	s.List().Focus()
	uitest.Press(r.window, fyne.KeyDown, fyne.KeyDown)
	s.Targets().Choose("handover:pst")
	s.HandOver()
	if got := r.app.Shell().StatusText(); got != "A PST holds mailboxes only. Hand files over as ZIP." {
		t.Errorf("status %q", got)
	}
	s.Targets().Choose("handover")
	s.HandOver()
	r.shows("Hand over 1 folder?", "ZIP")
	test.Tap(r.button("Hand over 1 folder"))
	if got := r.fake.Exports(); len(got) != 1 || got[0].Format != model.ExportZIP || len(got[0].Paths) != 1 {
		t.Errorf("exports %+v", got)
	}
}

// TestHandOverOfAPeriod types days the way people do.
func TestHandOverOfAPeriod(t *testing.T) {
	r, s := explore(t)
	s.List().Focus()
	uitest.Press(r.window, fyne.KeyDown)
	s.HandOver()
	r.fill("first day", "31 nov")
	r.shows("31 nov is no day. Write 2026-11-28.")
	if !r.button("Hand over 1 mail").Disabled() {
		t.Error("a day that is none does not hold it up")
	}
	r.fill("first day", "1-11-2026")
	r.fill("last day", "2026-11-30")
	test.Tap(r.button("Hand over 1 mail"))
	got := r.fake.Exports()
	if len(got) != 1 {
		t.Fatalf("exports %+v", got)
	}
	first, last := got[0].From.In(time.Local), got[0].Until.In(time.Local)
	if first.Format(time.DateOnly) != "2026-11-01" || last.Format(time.DateOnly) != "2026-12-01" {
		t.Errorf("from %s until %s", first, last)
	}
}
