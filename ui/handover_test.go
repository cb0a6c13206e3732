package ui_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

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

// TestHandOverInParts holds that files are split where that is chosen, and that
// folders never are.
func TestHandOverInParts(t *testing.T) {
	r, s := explore(t)
	drag(t, s, "PST for Outlook", true)
	choose(r, "As little as possible", "Into parts of 2.0 GB")
	test.Tap(r.button("Hand over 1 mail"))
	if got := r.fake.Exports(); len(got) != 1 || got[0].Split != 2e9 {
		t.Fatalf("exports %+v", got)
	}
	drag(t, s, "PST for Outlook", true)
	choose(r, "As little as possible", "Into parts of 2.0 GB")
	choose(r, "PST for Outlook", "Loose files (EML)")
	test.Tap(r.button("Hand over 1 mail"))
	if got := r.fake.Exports(); len(got) != 2 || got[1].Split != 0 {
		t.Fatalf("exports %+v", got)
	}
}

// choose opens a choice and takes another of its names.
func choose(r *rig, from, to string) {
	r.t.Helper()
	test.Tap(r.button(from))
	for _, top := range r.window.Canvas().Overlays().List() {
		for _, o := range test.LaidOutObjects(top) {
			if item, ok := o.(fyne.Tappable); ok && slices.Contains(uitest.Texts(o), to) && !hasMore(o, to) {
				test.Tap(item)
				return
			}
		}
	}
	r.t.Fatalf("nothing to choose called %q", to)
}

// hasMore reports an object that shows other texts too, such as the whole menu.
func hasMore(o fyne.CanvasObject, text string) bool {
	return len(uitest.Texts(o)) > 1 || uitest.Texts(o)[0] != text
}

// TestHandOverToAChosenFolder holds that the folder changes and the name stays,
// and that Escape ends the choice before the dialog.
func TestHandOverToAChosenFolder(t *testing.T) {
	r, s := explore(t)
	drag(t, s, "PST for Outlook", true)
	test.Tap(r.button("Browse…"))
	r.shows("Where should it go?", "Hand over 1 mail?")
	uitest.Press(r.window, fyne.KeyEscape)
	r.shows("Hand over 1 mail?")
	if n := len(r.window.Canvas().Overlays().List()); n != 1 {
		t.Fatalf("%d windows over the program", n)
	}
	test.Tap(r.button("Browse…"))
	name := ""
	for _, o := range test.LaidOutObjects(r.window.Canvas().Overlays().Top()) {
		if b, ok := o.(*widget.Button); ok && b.Text == "Choose this folder" {
			test.Tap(b)
			name = b.Text
		}
	}
	test.Tap(r.button("Hand over 1 mail"))
	got := r.fake.Exports()
	if name == "" || len(got) != 1 || filepath.Ext(got[0].Out) != ".pst" {
		t.Errorf("%q: exports %+v", name, got)
	}
	if info, err := os.Stat(filepath.Dir(got[0].Out)); err != nil || !info.IsDir() {
		t.Errorf("the chosen folder: %v", err)
	}
}
