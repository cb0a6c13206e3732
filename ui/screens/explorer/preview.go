package explorer

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"vangnet/engine/model"
	"vangnet/ui/task"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// maxPreview bounds the text that is laid out; the rest is one "put back" away.
const maxPreview = 24_000

// previewPart shows the row the keyboard is at: as safe text, with its versions.
type previewPart struct {
	screen   *Screen
	load     task.Slot
	history  task.Slot
	row      model.Row
	shown    bool
	versions []model.Row

	title   *widgets.Line
	warning *widgets.Badge
	facts   *fyne.Container // who, when: over the text
	more    *fyne.Container // technical facts: below it
	text    *widget.Label
	head    *fyne.Container // facts and text with the room around them
	body    *fyne.Container
	scroll  *container.Scroll
	grid    *widgets.Grid
	tabs    *widgets.Tabs
	content *fyne.Container
	alarm   *fyne.Container // the warning and the room around it
}

func newPreviewPart(s *Screen) *previewPart {
	say, right := s.desk.Say, fyne.TextAlignTrailing
	p := &previewPart{screen: s, title: widgets.NewSection(""), warning: widgets.NewBadge(), facts: widgets.Stack(3), more: widgets.Stack(3)}
	p.text = widget.NewLabel("")
	p.text.Wrapping = fyne.TextWrapWord
	p.text.Selectable = true
	p.body, p.head = widgets.Pad(6, 0, 6, 4, p.text), widgets.Pad(12, 8, 12, 0, p.facts)
	p.scroll = container.NewVScroll(widgets.Stack(4, p.head, p.body, widgets.Pad(12, 4, 12, 12, p.more)))
	p.grid = widgets.NewGrid([]widgets.Column{
		{ID: "time", Title: say.T("versions.changed"), Width: 150},
		{ID: "kept", Title: say.T("versions.kept"), Width: 260, Grow: 1},
		{ID: "size", Title: say.T("explorer.size"), Width: 90, Align: right},
	}, theme.Row, false)
	p.grid.SetRows(p)
	p.grid.OnOpen = p.showVersion
	p.grid.OnSpace = p.showVersion
	p.grid.OnMenu = func(i int, at fyne.Position) {
		widgets.ShowMenu(p.grid, at, fyne.NewMenuItem(say.T("versions.putback"), func() { p.putBack(i) }))
	}
	p.grid.Drag = &dragSource{screen: s, pick: p.selection}
	p.tabs = widgets.NewTabs([]string{say.T("preview.title"), say.T("versions.title")}, []fyne.CanvasObject{p.scroll, p.grid})
	p.alarm = widgets.Pad(12, 0, 8, 6, p.warning)
	p.alarm.Hide()
	head := widgets.StretchRow(8, p.title, p.title, p.tabs.Bar())
	top := widgets.Stack(0, widgets.Pad(12, 6, 8, 6, head), p.alarm, widgets.NewHairline())
	p.content = container.NewStack(widgets.NewPanel(theme.Surface), widgets.Frame(top, nil, nil, nil, p.tabs.Body()))
	return p
}

func (p *previewPart) stop() { p.load.Stop(); p.history.Stop() }

// focus gives the versions the keyboard when they are on.
func (p *previewPart) focus() {
	if p.tabs.At() == 1 {
		p.grid.Focus()
	}
}

// show follows the list; the same row is not fetched again.
func (p *previewPart) show(row model.Row, ok bool) {
	if !ok {
		p.stop()
		p.row, p.shown, p.versions = model.Row{}, false, nil
		p.fill(model.Preview{})
		p.title.Set("")
		p.tabs.SetTitle(1, p.screen.desk.Say.T("versions.title"))
		p.grid.Update()
		return
	}
	if p.shown && p.row.Ref == row.Ref && p.row.SnapshotTime.Equal(row.SnapshotTime) {
		return
	}
	p.row, p.shown = row, true
	p.title.Set(titleOf(row))
	if row.Kind == model.KindMessage && strings.TrimSpace(row.Subject) == "" {
		p.title.Set(p.screen.desk.Say.T("explorer.nosubject"))
	}
	p.fetch(row)
	p.fetchVersions(row)
}

func (p *previewPart) fetch(row model.Row) {
	s := p.screen
	if row.Kind == model.KindFolder {
		p.load.Stop()
		p.fill(model.Preview{Row: row, Facts: []model.Fact{{Label: "items", Value: s.desk.Say.Count(row.Items)}}})
		return
	}
	task.Load(s.desk.Run, &p.load, func(ctx context.Context) (model.Preview, error) {
		return s.engine.Preview(ctx, row.Ref)
	}, func(preview model.Preview, err error) {
		if err != nil {
			preview = model.Preview{Text: s.desk.Say.Error(err)}
		}
		p.fill(preview)
	})
}

// fill shows a preview. Everything in it comes from a tenant: it is text only.
func (p *previewPart) fill(v model.Preview) {
	say := p.screen.desk.Say
	warning := say.Warning(v.Warning)
	p.warning.Set(widgets.Triangle, theme.Attention, warning)
	if warning == "" {
		p.alarm.Hide()
	} else {
		p.alarm.Show()
	}
	head := make([]fyne.CanvasObject, 0, len(v.Headers)+1)
	for _, f := range v.Headers {
		head = append(head, factLine(say.Label(f.Label), say.Fact(f)))
	}
	if len(v.Attachments) > 0 {
		names := make([]string, 0, len(v.Attachments))
		for _, a := range v.Attachments {
			names = append(names, say.Attachment(a))
		}
		head = append(head, factLine(say.Label("attachments"), strings.Join(names, ", ")))
	}
	more := make([]fyne.CanvasObject, 0, len(v.Facts)+2)
	if v.Row.Path != "" {
		more = append(more, factLine(say.Label("path"), say.Place(v.Row.Path)))
	}
	for _, f := range v.Facts {
		more = append(more, factLine(say.Label(f.Label), say.Fact(f)))
	}
	if len(head) > 0 && len(more) > 0 {
		more = append([]fyne.CanvasObject{widgets.NewHairline(), widgets.NewSpace(0, 4)}, more...)
	}
	p.facts.Objects, p.more.Objects = head, more
	p.facts.Refresh()
	p.more.Refresh()
	text := cut(v.Text, maxPreview)
	if v.Truncated || len(text) < len(v.Text) {
		text += "\n\n" + say.T("preview.cut")
	}
	p.text.SetText(printable(text))
	seen(p.head, len(head) > 0)
	seen(p.body, strings.TrimSpace(text) != "")
	p.scroll.ScrollToTop()
	p.content.Refresh()
}

func seen(o fyne.CanvasObject, yes bool) {
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}

// factLine is a label and its value.
func factLine(label, value string) fyne.CanvasObject {
	text := widgets.NewLine(value)
	return widgets.StretchRow(8, text, widgets.Sized(128, 0, widgets.NewLine(label).Colored(theme.Muted)), text)
}

// cut shortens a text at the end of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

// printable keeps line breaks and drops everything else that steers a screen.
func printable(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		for len(l) > 2000 { // a line without end is not laid out in one go
			lines[i] = cut(l, 2000)
			break
		}
		lines[i] = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' || r == 0x7f || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
				return -1
			}
			return r
		}, lines[i])
	}
	return strings.Join(lines, "\n")
}

func (p *previewPart) fetchVersions(row model.Row) {
	s := p.screen
	p.versions = nil
	p.grid.SetRows(p)
	p.tabs.SetTitle(1, s.desk.Say.T("versions.title"))
	if row.Kind == model.KindFolder {
		p.history.Stop()
		return
	}
	p.grid.Empty = s.desk.Say.T("loading")
	task.Load(s.desk.Run, &p.history, func(ctx context.Context) ([]model.Row, error) {
		return s.engine.Versions(ctx, row.Ref)
	}, func(versions []model.Row, err error) {
		p.grid.Empty = s.desk.Say.T("versions.none")
		if err != nil {
			p.grid.Empty = s.desk.Say.Error(err)
		}
		p.versions = versions
		p.tabs.SetTitle(1, s.desk.Say.T("versions.count", "n", s.desk.Say.Count(int64(len(versions)))))
		p.grid.Update()
		p.content.Refresh()
	})
}

// Len implements widgets.Rows.
func (p *previewPart) Len() int { return len(p.versions) }

// Row implements widgets.Rows.
func (p *previewPart) Row(i int) ([]widgets.Cell, bool) {
	if i >= len(p.versions) {
		return nil, false
	}
	say, v := p.screen.desk.Say, p.versions[i]
	kept := say.T("versions.span", "from", say.Full(v.FirstSeen), "until", say.Full(v.SnapshotTime))
	if i == 0 && !v.Deleted {
		kept = say.T("versions.now", "from", say.Full(v.FirstSeen))
	}
	return []widgets.Cell{{Text: say.Full(v.Modified), Bold: i == 0}, {Text: kept, Color: theme.Muted}, {Text: say.Bytes(v.Size)}}, true
}

// showVersion shows an older version's text.
func (p *previewPart) showVersion(i int) {
	if i >= 0 && i < len(p.versions) {
		p.tabs.Show(0)
		p.fetch(p.versions[i])
	}
}

// selection is the chosen version.
func (p *previewPart) selection() Selection {
	i := p.grid.Cursor()
	if i < 0 || i >= len(p.versions) {
		return Selection{}
	}
	v := p.versions[i]
	say := p.screen.desk.Say
	return Selection{
		Tenant: v.Tenant, Rows: []model.Row{v}, Parts: []string{v.Path}, Bytes: v.Size,
		Label: say.T("versions.of", "name", titleOf(v), "time", say.Full(v.Modified)),
	}
}

func (p *previewPart) putBack(i int) {
	p.grid.Select(i)
	p.screen.putback.ask(p.selection(), p.screen.targets.chosen())
}
