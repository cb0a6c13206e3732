// Package dialogs asks and tells: one window over the program at a time, a
// question as its title, verbs on its buttons, Escape for the safe way out.
package dialogs

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"vangnet/ui/i18n"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// Width is how wide the contents of a dialog are.
const Width float32 = 480

// Host shows dialogs over a window.
type Host struct {
	window fyne.Window
	words  *i18n.Words
	copied func(string) // puts text on the clipboard

	open   *widget.PopUp
	cancel func()
	folder *dialog.FileDialog // lets choose a folder, over what is open
}

// New returns a Host for a window.
func New(window fyne.Window, words *i18n.Words, copied func(string)) *Host {
	return &Host{window: window, words: words, copied: copied}
}

// chooserSize is how large the choice of a folder is.
var chooserSize = fyne.NewSize(760, 520)

// Folder lets choose a folder of this computer, from near a place on. What is
// open stays open below it.
func (h *Host) Folder(title, verb, near string, chosen func(path string)) {
	h.folder = dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err == nil && u != nil {
			chosen(filepath.FromSlash(u.Path()))
		}
	}, h.window)
	h.folder.SetTitleText(title)
	h.folder.SetConfirmText(verb)
	h.folder.SetDismissText(h.words.T("dialog.cancel"))
	h.folder.SetOnClosed(func() { h.folder = nil })
	for dir := near; ; dir = filepath.Dir(dir) {
		if u, err := storage.ListerForURI(storage.NewFileURI(dir)); err == nil {
			h.folder.SetLocation(u)
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	h.folder.Show()
	h.folder.SetView(dialog.ListView)
	h.folder.Resize(chooserSize)
}

// IsOpen reports whether a dialog is asking.
func (h *Host) IsOpen() bool { return h.open != nil }

// Cancel takes the safe way out of the dialog; true when there was one.
func (h *Host) Cancel() bool {
	if h.folder != nil {
		h.folder.Dismiss()
		return true
	}
	if h.open == nil {
		return false
	}
	cancel := h.cancel
	h.close()
	if cancel != nil {
		cancel()
	}
	return true
}

func (h *Host) close() {
	if h.open != nil {
		h.open.Hide()
		h.open, h.cancel = nil, nil
	}
}

// Show puts a dialog over the window: a title, contents, and buttons at the
// right. The first button that is not nil of focus gets the keyboard.
func (h *Host) Show(title string, content fyne.CanvasObject, cancel func(), focus fyne.Focusable, buttons ...fyne.CanvasObject) {
	h.close()
	head := widgets.NewParagraphSized(title, Width, theme.Text, theme.SectionTxt, true)
	spacer := widgets.NewSpace(0, 0)
	row := widgets.StretchRow(8, spacer, append([]fyne.CanvasObject{spacer}, buttons...)...)
	body := widgets.Pad(12, 12, 12, 12, widgets.Stack(16, head, content, row))
	h.open = widget.NewModalPopUp(body, h.window.Canvas())
	h.cancel = cancel
	h.open.Show()
	if focus != nil {
		h.window.Canvas().Focus(focus)
	}
}

// Resize fits the dialog to contents that changed.
func (h *Host) Resize() {
	if h.open != nil {
		h.open.Resize(h.open.MinSize())
		h.open.Refresh()
	}
}

// Close ends the dialog without calling cancel.
func (h *Host) Close() { h.close() }

// Ask asks a question; the button says what will be done. The safe way out has
// the keyboard.
func (h *Host) Ask(title, text, verb string, danger bool, do func()) {
	style := widgets.Main
	if danger {
		style = widgets.Danger
	}
	yes := widgets.NewButton(verb, style, func() { h.close(); do() })
	no := widgets.NewButton(h.words.T("dialog.cancel"), widgets.Plain, func() { h.Cancel() })
	h.Show(title, widgets.NewParagraph(text, Width, theme.Text), nil, no, no, yes)
}

// Error tells what happened, to what, and what to do; the technical text is
// behind "Details" and can be copied for a ticket.
func (h *Host) Error(title, text, detail string) {
	said := widgets.NewParagraph(text, Width, theme.Text)
	more := widgets.NewParagraph(detail, Width-2*theme.Gutter, theme.Muted)
	box := container.NewStack(widgets.NewCard(theme.Background), widgets.Pad(theme.Gutter, 8, theme.Gutter, 8, more))
	box.Hide()
	var details *widgets.Button
	details = widgets.NewButton(h.words.T("dialog.details"), widgets.Ghost, func() {
		box.Show()
		details.Hide()
		h.Resize()
	})
	if detail == "" || detail == text {
		details.Hide()
	}
	copyIt := widgets.NewButton(h.words.T("dialog.copy"), widgets.Plain, func() { h.copied(title + "\n" + text + "\n" + detail) })
	ok := widgets.NewButton(h.words.T("dialog.close"), widgets.Main, func() { h.Cancel() })
	h.Show(title, widgets.Stack(12, said, box), nil, ok, details, copyIt, ok)
}
