package shell

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"vangnet/ui/desk"
	"vangnet/ui/widgets"
)

// command is one thing the keyboard can do anywhere. Keys, the list of all
// keys and buttons come from the same table.
type command struct {
	label string // what it does
	keys  string // as written on keyboards
	key   fyne.KeyName
	mod   fyne.KeyModifier // 0: the bare key
	run   func()
	modal bool // also while a dialog asks
}

func (s *Shell) commands() []command {
	say, ctrl, alt := s.desk.Say, fyne.KeyModifierShortcutDefault, fyne.KeyModifierAlt
	return []command{
		{label: say.T("command.search"), keys: "Ctrl+K", key: fyne.KeyK, mod: ctrl, run: s.focusSearch},
		{label: say.T("command.filter"), keys: "Ctrl+F", key: fyne.KeyF, mod: ctrl, run: func() {
			if f, ok := s.screen.(desk.Filterer); ok {
				f.FocusFilter()
			}
		}},
		{label: say.T("command.putback"), keys: "Ctrl+R", key: fyne.KeyR, mod: ctrl, run: func() {
			if p, ok := s.screen.(desk.PutBacker); ok {
				p.PutBack()
			}
		}},
		{label: say.T("command.handover"), keys: "Ctrl+E", key: fyne.KeyE, mod: ctrl, run: func() {
			if h, ok := s.screen.(desk.HandOverer); ok {
				h.HandOver()
			}
		}},
		{label: say.T("command.backup"), keys: "Ctrl+B", key: fyne.KeyB, mod: ctrl, run: func() {
			if b, ok := s.screen.(desk.BackUpper); ok {
				b.BackUp()
			}
		}},
		{label: say.T("command.jobs"), keys: "Ctrl+J", key: fyne.KeyJ, mod: ctrl, run: s.toggleJobs},
		{label: say.T("command.refresh"), keys: "F5", key: fyne.KeyF5, run: s.refresh},
		{label: say.T("command.back"), keys: "Alt+←", key: fyne.KeyLeft, mod: alt, run: s.Back},
		{label: say.T("command.forward"), keys: "Alt+→", key: fyne.KeyRight, mod: alt, run: s.Forward},
		{label: say.T("command.escape"), keys: "Esc", key: fyne.KeyEscape, run: s.escape, modal: true},
	}
}

// registerKeys gives every command its key on the window.
func (s *Shell) registerKeys() {
	canvas := s.window.Canvas()
	bare := map[fyne.KeyName]command{}
	for _, c := range s.commands() {
		if c.mod == 0 {
			bare[c.key] = c
			continue
		}
		shortcut := &desktop.CustomShortcut{KeyName: c.key, Modifier: c.mod}
		s.keys.AddShortcut(shortcut, func(fyne.Shortcut) { s.do(c) })
		canvas.AddShortcut(shortcut, s.TypedShortcut)
	}
	canvas.AddShortcut(&fyne.ShortcutSelectAll{}, s.TypedShortcut)
	s.keys.AddShortcut(&fyne.ShortcutSelectAll{}, func(fyne.Shortcut) {
		if a, ok := s.screen.(desk.SelectAller); ok && !s.desk.Dialogs.IsOpen() {
			a.SelectAll()
		}
	})
	canvas.SetOnTypedKey(func(ev *fyne.KeyEvent) {
		if c, ok := bare[ev.Name]; ok {
			s.do(c)
		}
	})
	canvas.SetOnTypedRune(func(r rune) {
		if r == '?' && !s.desk.Dialogs.IsOpen() {
			s.showKeys()
		}
	})
}

// TypedShortcut does what a key with modifiers stands for.
func (s *Shell) TypedShortcut(shortcut fyne.Shortcut) { s.keys.TypedShortcut(shortcut) }

// do runs a command, unless a dialog is asking something first.
func (s *Shell) do(c command) {
	if s.desk.Dialogs.IsOpen() && !c.modal {
		return
	}
	c.run()
}

func (s *Shell) focusSearch() {
	s.window.Canvas().Focus(s.search)
	s.search.TypedShortcut(&fyne.ShortcutSelectAll{})
}

func (s *Shell) refresh() {
	s.jobs.update()
	if s.screen != nil {
		s.screen.Refresh()
	}
}

// escape goes out of the innermost thing: a dialog, a drag, a menu, jobs.
func (s *Shell) escape() {
	switch canvas := s.window.Canvas(); {
	case s.desk.Drag.Cancel():
	case s.desk.Dialogs.Cancel():
	case canvas.Overlays().Top() != nil:
		canvas.Overlays().Top().Hide()
	case s.jobs.box.Visible():
		s.toggleJobs()
	default:
		canvas.Unfocus()
	}
}

// showKeys lists all keys.
func (s *Shell) showKeys() {
	say := s.desk.Say
	rows := make([]fyne.CanvasObject, 0, 16)
	line := func(keys, label string) {
		rows = append(rows, widgets.StretchRow(16, nil, widgets.Sized(110, 0, widgets.NewLine(keys).Bold()), widgets.NewLine(label).Whole()))
	}
	for _, c := range s.commands() {
		line(c.keys, c.label)
	}
	line("Enter", say.T("command.open"))
	line(say.T("key.space"), say.T("command.preview"))
	line("Ctrl+A", say.T("command.all"))
	line("?", say.T("command.keys"))
	ok := widgets.NewButton(say.T("dialog.close"), widgets.Main, func() { s.desk.Dialogs.Cancel() })
	s.desk.Dialogs.Show(say.T("command.keys"), widgets.Stack(6, rows...), nil, ok, ok)
}
