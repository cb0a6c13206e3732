package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Choice is a button that opens a list to choose one of.
type Choice struct {
	Button

	OnChange func(i int)

	options []string
	at      int
}

// NewChoice offers options; at is the chosen one.
func NewChoice(options []string, at int, changed func(int)) *Choice {
	c := &Choice{options: options, at: at, OnChange: changed}
	c.style, c.tail = Plain, ChevronDown
	c.self = c
	c.ExtendBaseWidget(c)
	c.OnTapped = c.open
	c.showText()
	return c
}

// At is the chosen option.
func (c *Choice) At() int { return c.at }

// Set chooses an option without telling.
func (c *Choice) Set(i int) { c.at = i; c.showText() }

// SetOptions changes what is offered.
func (c *Choice) SetOptions(options []string, at int) {
	c.options, c.at = options, at
	c.showText()
}

// Pick chooses an option and tells.
func (c *Choice) Pick(i int) {
	c.Set(i)
	if c.OnChange != nil {
		c.OnChange(i)
	}
}

func (c *Choice) showText() {
	if c.at >= 0 && c.at < len(c.options) {
		c.SetText(c.options[c.at])
	}
}

func (c *Choice) open() {
	target := canvasOf(c)
	if target == nil {
		return
	}
	items := make([]*fyne.MenuItem, 0, len(c.options))
	for i, o := range c.options {
		item := fyne.NewMenuItem(o, func() { c.Pick(i) })
		item.Checked = i == c.at
		items = append(items, item)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(c).AddXY(0, c.Size().Height+2)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), target, at)
}

// ShowMenu opens a menu at a position of the window over an object.
func ShowMenu(over fyne.CanvasObject, at fyne.Position, items ...*fyne.MenuItem) {
	if c := canvasOf(over); c != nil && len(items) > 0 {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, at)
	}
}
