package ui_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"vangnet/engine/fault"
	"vangnet/ui"
	"vangnet/ui/task"
	"vangnet/ui/uitest"
	"vangnet/ui/widgets"
)

// fakeDoor answers the first window.
type fakeDoor struct {
	keyStore bool
	answers  []ui.Answers
	refuse   error // what Enter answers
	shown    int
}

func (d *fakeDoor) HasKeyStore() bool { return d.keyStore }

func (d *fakeDoor) Enter(_ context.Context, a ui.Answers) error {
	d.answers = append(d.answers, a)
	return d.refuse
}

func (d *fakeDoor) Show() error { d.shown++; return nil }

// first opens the first window.
func first(t *testing.T, d *fakeDoor, home bool, problem error) *rig {
	t.Helper()
	app := uitest.App(t)
	f, err := ui.NewFirst(t.Context(), app, ui.Options{Lang: "en", Run: task.Inline(t.Context())}, d, home, problem)
	if err != nil {
		t.Fatal(err)
	}
	return &rig{t: t, window: f.Window()}
}

// fill types into the field with a hint that begins like this.
func (r *rig) fill(hint, text string) {
	r.t.Helper()
	for _, root := range append(r.window.Canvas().Overlays().List(), r.window.Content()) {
		for _, o := range test.LaidOutObjects(root) {
			if i, ok := o.(*widgets.Input); ok && i.Visible() && strings.HasPrefix(i.PlaceHolder, hint) {
				i.SetText(text)
				return
			}
		}
	}
	r.t.Fatalf("no field %q", hint)
}

// seen are the texts that are not in a hidden part.
func seen(o fyne.CanvasObject) []string {
	if !o.Visible() {
		return nil
	}
	c, ok := o.(*fyne.Container)
	if !ok {
		return uitest.Texts(o)
	}
	var texts []string
	for _, child := range c.Objects {
		texts = append(texts, seen(child)...)
	}
	return texts
}

func (r *rig) said(parts ...string) {
	r.t.Helper()
	all := strings.Join(seen(r.window.Content()), " ")
	for _, p := range parts {
		if !strings.Contains(all, p) {
			r.t.Errorf("%q is not said in %q", p, all)
		}
	}
}

func TestFirstWindowMakesAWorkspace(t *testing.T) {
	d := &fakeDoor{keyStore: true}
	r := first(t, d, false, nil)
	r.said("No workspace yet", "Without this password", "vangnet -demo")
	test.Tap(r.button("Make a workspace")) // the choice of what to do comes first; the button is the last
	r.window.Canvas().Overlays().Top().Hide()
	press := func() {
		for _, o := range test.LaidOutObjects(r.window.Content()) {
			if b, ok := o.(*widgets.Button); ok && b.Text() == "Make a workspace" {
				test.Tap(b)
			}
		}
	}
	press()
	r.said("Give a storage and a password.")
	r.fill("Storage", "s3://b/x?endpoint=https://s3.example")
	r.said("The keys go into the key store of this computer", "Undeletable:")
	r.fill("Access key id", " AKIA ")
	r.fill("Secret access key", "geheim")
	r.fill("Workspace password", "een goed wachtwoord")
	r.fill("The same password", "een goed wachtwoort")
	press()
	r.said("The two passwords differ.")
	r.fill("The same password", "een goed wachtwoord")
	press()
	want := ui.Answers{Make: true, Storage: "s3://b/x?endpoint=https://s3.example", Password: "een goed wachtwoord", Access: "AKIA", Secret: "geheim"}
	if len(d.answers) != 1 || d.answers[0] != want || d.shown != 1 {
		t.Errorf("%+v, shown %d times", d.answers, d.shown)
	}
}

func TestFirstWindowJoinsWithoutAKeyStore(t *testing.T) {
	d := &fakeDoor{}
	r := first(t, d, false, nil)
	for _, o := range test.LaidOutObjects(r.window.Content()) {
		if c, ok := o.(*widgets.Choice); ok && c.Text() == "Make a workspace" {
			c.Pick(1)
		}
	}
	r.fill("Storage", "s3://b/x?endpoint=https://s3.example")
	r.said("This computer has no key store: the keys are used now and not kept.")
	r.fill("Storage", "file:///srv/vangnet")
	if all := strings.Join(seen(r.window.Content()), " "); strings.Contains(all, "key store") || strings.Contains(all, "Undeletable") || strings.Contains(all, "Without this password") {
		t.Errorf("a folder needs no keys, and joining no new password: %q", all)
	}
	r.fill("Workspace password", "x")
	test.Tap(r.button("Open"))
	if len(d.answers) != 1 || d.answers[0] != (ui.Answers{Storage: "file:///srv/vangnet", Password: "x"}) {
		t.Errorf("%+v", d.answers)
	}
}

// TestPasswordWindowAsksForKeysThatAreMissing opens a workspace whose storage
// turns out to need keys.
func TestPasswordWindowAsksForKeysThatAreMissing(t *testing.T) {
	d := &fakeDoor{keyStore: true, refuse: fault.New(fault.StorageKeyMissing, errors.New("no keys"), "place", "s3://b")}
	r := first(t, d, true, fault.New(fault.PasswordMissing, errors.New("no password")))
	all := strings.Join(seen(r.window.Content()), " ")
	if strings.Contains(all, "missing") || strings.Contains(all, "Access key") {
		t.Errorf("nothing was tried yet: %q", all)
	}
	r.fill("Workspace password", "x")
	uitest.Press(r.window, fyne.KeyReturn)
	r.said("The key for s3://b is missing.", "The keys go into the key store")
	r.fill("Access key id", "AKIA")
	r.fill("Secret access key", "geheim")
	d.refuse = nil
	test.Tap(r.button("Open"))
	if len(d.answers) != 2 || d.answers[1] != (ui.Answers{Password: "x", Access: "AKIA", Secret: "geheim"}) || d.shown != 1 {
		t.Errorf("%+v, shown %d times", d.answers, d.shown)
	}
}
