// Package desk is what every screen stands on: the words, the runner, the
// clock and the frame around it.
package desk

import (
	"time"

	"fyne.io/fyne/v2"

	"vangnet/engine/clock"
	"vangnet/engine/model"
	"vangnet/ui/dialogs"
	"vangnet/ui/dnd"
	"vangnet/ui/say"
	"vangnet/ui/task"
)

// Page names a screen.
type Page string

// The pages.
const (
	Overview Page = "overview"
	Tenant   Page = "tenant"
	Explorer Page = "explorer"
	Settings Page = "settings"
)

// Route is a place in the program: all that is needed to come back to it.
type Route struct {
	Page     Page
	Tenant   model.TenantID
	Tab      int
	Resource model.ResourceID
	Folder   string
	Item     string    // explorer: chosen in the list
	At       time.Time // restore point; zero: newest
	Query    string    // explorer: search for this
}

// Toast is a short notice; with a label it has a button.
type Toast struct {
	Text   string
	Look   say.Look
	Action string
	Do     func()
}

// Frame is what a screen may ask of the window around it.
type Frame interface {
	Go(Route)           // a new place, remembered in the history
	Moved(Route)        // the screen shows another part of the same place
	Toast(Toast)        //
	Status(text string) // a line at the bottom; "" takes it away
	ShowJobs()
	Window() fyne.Window
}

// Desk is handed to every screen.
type Desk struct {
	Say     *say.Say
	Run     *task.Runner
	Clock   clock.Clock
	Frame   Frame
	Dialogs *dialogs.Host
	Drag    *dnd.Controller
}

// Fail shows an error that nothing else shows.
func (d *Desk) Fail(title string, err error) {
	d.Dialogs.Error(title, d.Say.Error(err), err.Error())
}

// Screen is one page's contents. A screen is closed when another takes its
// place; its route is what the history keeps.
type Screen interface {
	Title() string
	Content() fyne.CanvasObject
	Open(Route) // show this place
	Refresh()   // fetch everything anew
	Changed()   // something changed in the engine; called at most four times a second
	Close()
}

// Filterer is a screen with a filter to put the keyboard in.
type Filterer interface{ FocusFilter() }

// PutBacker is a screen that can put back what is chosen.
type PutBacker interface{ PutBack() }

// HandOverer is a screen that can hand over what is chosen.
type HandOverer interface{ HandOver() }

// BackUpper is a screen that can back up what it shows.
type BackUpper interface{ BackUp() }

// SelectAller is a screen with a list to choose all of.
type SelectAller interface{ SelectAll() }
