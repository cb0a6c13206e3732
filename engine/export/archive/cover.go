package archive

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// CoverPage is what a person reads first: what this is, of whom, how much, and
// what is missing. All texts and figures are the caller's, in its language;
// what is empty is left out.
type CoverPage struct {
	Language string // of the texts: "nl"
	Title    string
	Subtitle string
	Facts    []Fact
	Tables   []Table
	Notices  []Notices
	Footer   []string           // a paragraph each
	More     func(n int) string // stands for n lines that are not shown: "and 12 more"
}

// Fact is one thing worth knowing.
type Fact struct{ Label, Value string }

// Table is a table of which at most 2,000 rows are shown.
type Table struct {
	Title   string
	Columns []Column
	Rows    []Row
	Total   []string // the last row, as many cells as there are columns
}

// Column is a column's head. Numbers stand at its right.
type Column struct {
	Label  string
	Number bool
}

// Row is a row with as many cells as there are columns.
type Row struct {
	Cells []string
	Level int  // of a folder in its tree: moves the first cell to the right
	Group bool // begins what belongs together: a mailbox before its folders
}

// Notices is a list of what a person should know of, such as what could not be
// handed over. At most 200 are shown.
type Notices struct {
	Title  string
	Text   string
	Items  []Notice
	Beyond int // how many more there are than Items
}

// Notice is one of them: the thing, and its cause.
type Notice struct{ What, Why string }

const (
	maxRows    = 2000
	maxNotices = 200
	maxLevel   = 4
)

//go:embed cover.html
var coverHTML string

var coverTemplate = template.Must(template.New("cover").Parse(coverHTML))

type coverView struct {
	CoverPage
	Tables  []tableView
	Notices []noticesView
}

type tableView struct {
	Title string
	Head  []cell
	Rows  []rowView
	Total []cell
	More  string
}

type rowView struct {
	Group bool
	Cells []cell
}

type cell struct{ Class, Text string }

type noticesView struct {
	Notices
	More string
}

// Cover writes a page of HTML that needs nothing else: no scripts, no pictures,
// no network. It is laid out for a screen and for A4 paper.
func Cover(w io.Writer, c CoverPage) error {
	view := coverView{CoverPage: c}
	for _, t := range c.Tables {
		view.Tables = append(view.Tables, c.table(t))
	}
	for _, n := range c.Notices {
		shown := min(len(n.Items), maxNotices)
		hidden := len(n.Items) - shown + max(n.Beyond, 0)
		n.Items = n.Items[:shown]
		view.Notices = append(view.Notices, noticesView{Notices: n, More: c.more(hidden)})
	}
	if err := coverTemplate.Execute(w, view); err != nil {
		return fmt.Errorf("write the cover page: %w", err)
	}
	return nil
}

func (c *CoverPage) more(n int) string {
	switch {
	case n == 0:
		return ""
	case c.More == nil:
		return fmt.Sprintf("+ %d", n)
	}
	return c.More(n)
}

func (c *CoverPage) table(t Table) tableView {
	shown := min(len(t.Rows), maxRows)
	v := tableView{Title: t.Title, More: c.more(len(t.Rows) - shown)}
	for _, col := range t.Columns {
		v.Head = append(v.Head, cell{Class: col.class(), Text: col.Label})
	}
	for _, r := range t.Rows[:shown] {
		row := rowView{Group: r.Group, Cells: t.cells(r.Cells)}
		if level := min(r.Level, maxLevel); level > 0 && len(row.Cells) > 0 {
			row.Cells[0].Class = strings.TrimSpace(fmt.Sprintf("%s in%d", row.Cells[0].Class, level))
		}
		v.Rows = append(v.Rows, row)
	}
	if len(t.Total) > 0 {
		v.Total = t.cells(t.Total)
	}
	return v
}

// cells are as many as there are columns, whatever was given.
func (t *Table) cells(texts []string) []cell {
	cells := make([]cell, len(t.Columns))
	for i, col := range t.Columns {
		cells[i].Class = col.class()
		if i < len(texts) {
			cells[i].Text = texts[i]
		}
	}
	return cells
}

func (c Column) class() string {
	if c.Number {
		return "number"
	}
	return ""
}
