package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Tabs shows one of several contents. Its contents are made by the caller and
// kept; only the one that is on is in the window.
type Tabs struct {
	OnChange func(i int)

	buttons []*Button
	content []fyne.CanvasObject
	bar     *fyne.Container
	body    *fyne.Container
	at      int
}

// NewTabs is a row of titles over their contents.
func NewTabs(titles []string, contents []fyne.CanvasObject) *Tabs {
	t := &Tabs{content: contents, body: container.NewStack(), at: -1}
	objects := make([]fyne.CanvasObject, 0, len(titles))
	for i, title := range titles {
		b := NewButton(title, Ghost, func() { t.Show(i) })
		t.buttons = append(t.buttons, b)
		objects = append(objects, b)
	}
	t.bar = Row(4, objects...)
	t.Show(0)
	return t
}

// Bar is the row of titles.
func (t *Tabs) Bar() fyne.CanvasObject { return t.bar }

// Body is where the content stands.
func (t *Tabs) Body() fyne.CanvasObject { return t.body }

// At is the content that is on.
func (t *Tabs) At() int { return t.at }

// SetTitle changes a title.
func (t *Tabs) SetTitle(i int, title string) {
	t.buttons[i].SetText(title)
	t.bar.Refresh()
}

// Show brings a content on.
func (t *Tabs) Show(i int) {
	if i == t.at || i < 0 || i >= len(t.content) {
		return
	}
	t.at = i
	for k, b := range t.buttons {
		b.SetOn(k == i)
	}
	t.body.Objects = []fyne.CanvasObject{t.content[i]}
	t.body.Refresh()
	t.bar.Refresh()
	if t.OnChange != nil {
		t.OnChange(i)
	}
}
