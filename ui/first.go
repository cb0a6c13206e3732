package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"vangnet/engine/fault"
	"vangnet/ui/format"
	"vangnet/ui/i18n"
	"vangnet/ui/say"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// Answers are what a technician says to the first window.
type Answers struct {
	Make     bool   // a new workspace; else one is joined or opened
	Storage  string // empty: that of this home
	Lock     string // for a new workspace: "", compliance:30d or governance:30d
	Name     string
	Password string
	Access   string // keys of S3 storage; empty: those of the environment or the key store
	Secret   string
}

// Door is what the first window needs of the program.
type Door interface {
	// HasKeyStore reports whether keys can be kept. It may wait.
	HasKeyStore() bool
	// Enter makes, joins or opens a workspace, and keeps the keys where that can
	// be. It may wait.
	Enter(ctx context.Context, a Answers) error
	// Show shows the program in the workspace that was entered.
	Show() error
}

// The kinds of lock that a new workspace can have, in the order of the choice.
var locks = []string{"", "compliance:30d", "governance:30d"}

// First is the first window: it makes, joins or opens a workspace.
type First struct {
	window fyne.Window
	door   Door
	say    *say.Say
	run    *task.Runner
	home   bool // this home has a workspace: only the password is asked, and keys where they are missing
	ask    task.Slot
	enter  task.Slot

	what     *widgets.Choice
	storage  *widgets.Input
	keys     *fyne.Container
	access   *widgets.Input
	secret   *widgets.Input
	kept     *widgets.Paragraph
	name     *widgets.Input
	lock     *widgets.Choice
	locked   *fyne.Container
	password *widgets.Input
	again    *widgets.Input
	warning  *widgets.Paragraph
	problem  *widgets.Paragraph
	yes      *widgets.Button
}

// NewFirst builds the first window. With home set the workspace of this home is
// opened; problem, if any, is why that did not go by itself.
func NewFirst(ctx context.Context, app fyne.App, opts Options, door Door, home bool, problem error) (*First, error) {
	words, err := i18n.Load(Dress(app, opts))
	if err != nil {
		return nil, fmt.Errorf("load the first words: %w", err)
	}
	f := &First{door: door, home: home, run: opts.Run, say: &say.Say{Words: words, Format: format.New(words, time.Local)}}
	if f.run == nil {
		f.run = task.New(ctx)
	}
	f.build()
	f.window = welcome(app, f.content())
	f.show(problem)
	f.window.Canvas().Focus(f.first())
	return f, nil
}

// Window is the window, for those who drive it.
func (f *First) Window() fyne.Window { return f.window }

func (f *First) build() {
	say := f.say
	f.what = widgets.NewChoice([]string{say.T("first.new"), say.T("first.join")}, 0, func(int) { f.arrange() })
	f.storage = f.input(say.T("first.storage"), false)
	f.storage.OnChanged = func(string) { f.arrange() }
	f.access, f.secret = f.input(say.T("first.access"), false), f.input(say.T("first.secret"), true)
	f.kept = widgets.NewParagraph(" ", welcomeWidth, theme.Muted)
	f.keys = widgets.Stack(8, f.access, f.secret, f.kept)
	f.name = f.input(say.T("first.name"), false)
	f.lock = widgets.NewChoice([]string{say.T("first.lock.none"), say.T("first.lock.compliance"), say.T("first.lock.governance")}, 0, nil)
	f.locked = widgets.Row(8, widgets.NewLine(say.T("first.lock")).Whole(), f.lock)
	f.password, f.again = f.input(say.T("first.password"), true), f.input(say.T("first.again"), true)
	f.warning = widgets.NewParagraph(say.T("first.warning"), welcomeWidth, theme.Muted)
	f.problem = widgets.NewParagraph(" ", welcomeWidth, theme.Failing)
	f.yes = widgets.NewButton(say.T("first.open"), widgets.Main, f.try)
	f.keys.Hide()
}

func (f *First) input(hint string, hidden bool) *widgets.Input {
	i := widgets.NewInput(hint)
	i.Password = hidden
	i.OnSubmitted = func(string) { f.try() }
	return i
}

func (f *First) content() fyne.CanvasObject {
	say := f.say
	spacer := widgets.NewSpace(0, 0)
	buttons := widgets.StretchRow(8, spacer, spacer, f.yes)
	if f.home {
		return widgets.Stack(12, widgets.NewTitle(say.T("first.opening")), f.keys, widgets.Sized(welcomeWidth, 0, f.password), f.problem, buttons)
	}
	return widgets.Stack(12,
		widgets.NewTitle(say.T("first.title")), widgets.NewParagraph(say.T("first.text"), welcomeWidth, theme.Text),
		container.NewHBox(f.what), widgets.Sized(welcomeWidth, 0, f.storage), f.keys, f.locked, f.name, f.password, f.again, f.warning, f.problem, buttons,
		widgets.NewParagraphSized(say.T("first.demo"), welcomeWidth, theme.Muted, theme.SmallSize, false))
}

func (f *First) first() fyne.Focusable {
	switch {
	case f.keys.Visible():
		return f.access
	case f.home:
		return f.password
	}
	return f.storage
}

func (f *First) making() bool { return !f.home && f.what.At() == 0 }

// arrange shows the fields that matter for what is chosen.
func (f *First) arrange() {
	bucket := strings.HasPrefix(strings.TrimSpace(f.storage.Text), "s3:")
	if !f.home {
		f.askKeys(bucket)
	}
	for object, yes := range map[fyne.CanvasObject]bool{f.locked: f.making() && bucket, f.again: f.making(), f.warning: f.making()} {
		if yes {
			object.Show()
		} else {
			object.Hide()
		}
	}
	f.yes.SetText(f.say.T("first.open"))
	if f.making() {
		f.yes.SetText(f.say.T("first.new"))
	}
	f.fit()
}

// fit gives the window the size of what is in it.
func (f *First) fit() {
	if f.window != nil {
		f.window.Resize(f.window.Content().MinSize())
		f.window.Content().Refresh()
	}
}

// askKeys shows the fields for the keys, and says what becomes of those.
func (f *First) askKeys(yes bool) {
	if yes == f.keys.Visible() {
		return
	}
	if !yes {
		f.keys.Hide()
		return
	}
	f.keys.Show()
	task.Load(f.run, &f.ask, func(context.Context) (bool, error) { return f.door.HasKeyStore(), nil }, func(there bool, _ error) {
		text := f.say.T("first.notkept")
		if there {
			text = f.say.T("first.kept")
		}
		f.kept.Set(text)
		f.fit()
	})
}

// show says why the workspace did not open, and asks for keys where those are
// what is wrong.
func (f *First) show(problem error) {
	f.problem.Set(" ")
	if problem != nil && fault.Code(problem) != fault.PasswordMissing {
		f.problem.Set(f.say.Error(problem))
	}
	switch fault.Code(problem) {
	case fault.StorageKeyMissing, fault.StorageKeyWrong, fault.StorageDenied:
		f.askKeys(true)
	}
	f.arrange()
}

func (f *First) answers() Answers {
	a := Answers{Password: f.password.Text}
	if f.keys.Visible() {
		a.Access, a.Secret = strings.TrimSpace(f.access.Text), strings.TrimSpace(f.secret.Text)
	}
	if f.home {
		return a
	}
	a.Make, a.Storage, a.Name = f.making(), strings.TrimSpace(f.storage.Text), strings.TrimSpace(f.name.Text)
	if f.locked.Visible() {
		a.Lock = locks[f.lock.At()]
	}
	return a
}

// try enters the workspace with the answers, and shows the program.
func (f *First) try() {
	a := f.answers()
	switch {
	case a.Password == "" || !f.home && a.Storage == "":
		f.problem.Set(f.say.T("first.incomplete"))
	case a.Make && a.Password != f.again.Text:
		f.problem.Set(f.say.T("first.differs"))
	default:
		f.yes.Disable()
		f.problem.Set(f.say.T("first.busy"))
		f.fit()
		task.Load(f.run, &f.enter, func(ctx context.Context) (struct{}, error) {
			return struct{}{}, f.door.Enter(ctx, a)
		}, func(_ struct{}, err error) { f.entered(err) })
		return
	}
	f.fit()
}

func (f *First) entered(err error) {
	f.yes.Enable()
	if err == nil {
		err = f.door.Show()
	}
	if err == nil {
		f.window.Close()
		return
	}
	f.show(err)
	if fault.Code(err) == fault.WrongPassword {
		f.window.Canvas().Focus(f.password)
		f.password.TypedShortcut(&fyne.ShortcutSelectAll{})
	}
}
