package explorer

import (
	"strings"

	"fyne.io/fyne/v2"

	"vangnet/engine/model"
	words "vangnet/ui/say"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// cellCache keeps the drawn form of rows that were seen, so that scrolling
// formats nothing twice.
type cellCache struct{ cells map[int][]widgets.Cell }

const maxCells = 4000

func (c *cellCache) clear() { c.cells = nil }

func (c *cellCache) get(i int, make func() []widgets.Cell) []widgets.Cell {
	if cells, ok := c.cells[i]; ok {
		return cells
	}
	if c.cells == nil || len(c.cells) > maxCells {
		c.cells = map[int][]widgets.Cell{}
	}
	c.cells[i] = make()
	return c.cells[i]
}

func isMail(f *model.Folder) bool {
	first, _, _ := strings.Cut(f.Path, "/")
	return first == "mail" || first == "archive"
}

// kindOf is the kind of item that a folder mostly holds.
func kindOf(f *model.Folder) model.ItemKind {
	switch first, _, _ := strings.Cut(f.Path, "/"); {
	case isMail(f):
		return model.KindMessage
	case first == "calendar":
		return model.KindEvent
	case first == "contacts":
		return model.KindContact
	case first == "tasks":
		return model.KindTask
	}
	return model.KindOther
}

// columnsFor are the columns of a folder; of nil, those of search results.
func (l *listPart) columnsFor(f *model.Folder) []widgets.Column {
	say, right := l.screen.desk.Say, fyne.TextAlignTrailing
	size := widgets.Column{ID: string(model.SortSize), Title: say.T("explorer.size"), Width: 84, Align: right, Sorts: f != nil, Drop: 2}
	date := widgets.Column{ID: string(model.SortReceived), Title: say.T("explorer.modified"), Width: 136, Sorts: f != nil}
	switch {
	case f == nil:
		size.Width, date.Width = 68, 126
		return []widgets.Column{
			{ID: "name", Title: say.T("explorer.found"), Width: 200, Grow: 2},
			{ID: "from", Title: say.T("explorer.from"), Width: 96, Grow: 0.5, Drop: 3},
			{ID: "where", Title: say.T("explorer.where"), Width: 160, Grow: 1.2},
			date, size,
		}
	case isMail(f):
		date.Title = say.T("explorer.received")
		return []widgets.Column{
			{ID: string(model.SortFrom), Title: say.T("explorer.from"), Width: 130, Grow: 0.8, Sorts: true},
			{ID: string(model.SortSubject), Title: say.T("explorer.subject"), Width: 160, Grow: 2, Sorts: true},
			date, size,
		}
	}
	size.Width = 104 // "200,000 items"
	return []widgets.Column{{ID: string(model.SortName), Title: say.T("explorer.name"), Width: 200, Grow: 2, Sorts: true}, date, size}
}

// cellsOf draws a row in the columns that are on.
func (l *listPart) cellsOf(row model.Row) []widgets.Cell {
	say, now := l.screen.desk.Say, l.screen.desk.Clock.Now()
	date := row.Modified
	if !row.Received.IsZero() {
		date = row.Received
	}
	when := widgets.Cell{Text: say.Moment(date, now), Color: theme.Muted}
	size := widgets.Cell{Text: say.Bytes(row.Size), Color: theme.Muted}
	name := widgets.Cell{Text: titleOf(row), Mark: words.KindMark(row.Kind)}
	if row.Kind == model.KindMessage && strings.TrimSpace(row.Subject) == "" {
		name.Text, name.Color = say.T("explorer.nosubject"), theme.Muted
	}
	if row.Kind == model.KindFolder {
		size.Text = ""
		if row.Items > 0 {
			size.Text = say.N("things.item", row.Items)
		}
		name.Bold = true
	}
	if row.HasAttachment {
		name.Tail = widgets.Clip
	}
	if row.Flagged {
		name.Tail = widgets.Flag
	}
	from := widgets.Cell{Text: personOf(row.From)}
	if row.Deleted {
		name.Struck, from.Struck = true, true
		name.Color, from.Color = theme.Muted, theme.Muted
		when = widgets.Cell{Text: say.T("explorer.gone", "time", say.Day(row.GoneSince, now)), Color: theme.Attention}
	}
	if row.Warning != "" {
		name.Mark, name.Paint = widgets.Triangle, theme.Attention
	}
	switch {
	case l.rows == l.found:
		name.Hits = hits(name.Text, l.found.text)
		from.Color = theme.Muted
		return []widgets.Cell{name, from, {Text: where(row.Path), Color: theme.Muted}, when, size}
	case l.listing != nil && isMail(l.listing) && row.Kind != model.KindFolder:
		unread := !row.Read && row.Kind == model.KindMessage && !row.Deleted
		name.Bold, from.Bold = unread, unread
		if row.Warning == "" {
			name.Mark = widgets.NoMark
		}
		return []widgets.Cell{from, name, when, size}
	case l.listing != nil && isMail(l.listing):
		return []widgets.Cell{name, {}, when, size}
	}
	return []widgets.Cell{name, when, size}
}

// titleOf is what an item is called on screen.
func titleOf(row model.Row) string {
	if strings.TrimSpace(row.Subject) != "" {
		return row.Subject
	}
	return row.Name
}

// personOf leaves the address away where there is a name.
func personOf(from string) string {
	name, _, _ := strings.Cut(from, "<")
	if name = strings.Trim(name, ` "`); name != "" {
		return name
	}
	return strings.Trim(from, "<> ")
}

// where says whose a thing is and in which folder it lies. The owner comes
// without domain, for the column is narrow; the preview has the whole place.
func where(path string) string {
	owner, rest, _ := strings.Cut(path, "/")
	name, _, _ := strings.Cut(owner, "@")
	_, rest, _ = strings.Cut(rest, "/") // the workload: the sign before the row tells
	if i := strings.LastIndexByte(rest, '/'); i >= 0 {
		return name + " · " + rest[:i]
	}
	return name
}

// hits are the places in a text of the words of a search.
func hits(text, query string) (found [][2]int) {
	lower := strings.ToLower(text)
	if len(lower) != len(text) { // a letter whose small form has another length
		return nil
	}
	for _, w := range strings.Fields(strings.ToLower(strings.NewReplacer(`"`, " ", "*", "").Replace(query))) {
		for from := 0; ; {
			i := strings.Index(lower[from:], w)
			if i < 0 {
				break
			}
			found = append(found, [2]int{from + i, from + i + len(w)})
			from += i + len(w)
		}
	}
	return found
}
