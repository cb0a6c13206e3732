package main

import (
	"bufio"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"
)

// chunk is how many rows a table holds back to find the widths of its columns.
const chunk = 2000

// table writes rows in columns as a terminal shows them: a Chinese character
// is two wide, a combining accent nothing. Columns can grow with each chunk of
// rows, so that a listing of any length is not held back.
type table struct {
	w     *bufio.Writer
	cond  runewidth.Condition
	right []bool
	width []int
	rows  [][]string
	err   error
}

// table begins a table with translated heads. A head that begins with > names
// a column of numbers, set to the right.
func (a *app) table(heads ...string) *table {
	t := &table{w: bufio.NewWriter(a.out), right: make([]bool, len(heads)), width: make([]int, len(heads))}
	row := make([]string, len(heads))
	for i, h := range heads {
		key, right := strings.CutPrefix(h, ">")
		row[i], t.right[i] = a.words.T(key), right
	}
	t.add(row...)
	return t
}

// add adds a row. Its cells may hold text from tenants.
func (t *table) add(cells ...string) {
	for i, c := range cells {
		cells[i] = clean(c)
		t.width[i] = max(t.width[i], t.cond.StringWidth(cells[i]))
	}
	t.rows = append(t.rows, cells)
	if len(t.rows) == chunk {
		t.write()
	}
}

func (t *table) write() {
	for _, row := range t.rows {
		var line strings.Builder
		for i, c := range row {
			pad := strings.Repeat(" ", t.width[i]-t.cond.StringWidth(c))
			if i > 0 {
				line.WriteString("  ")
			}
			if t.right[i] {
				line.WriteString(pad + c)
			} else {
				line.WriteString(c + pad)
			}
		}
		if _, err := io.WriteString(t.w, strings.TrimRight(line.String(), " ")+"\n"); err != nil && t.err == nil {
			t.err = err
		}
	}
	t.rows = t.rows[:0]
}

// close writes what is held back.
func (t *table) close() error {
	t.write()
	if t.err != nil {
		return t.err
	}
	return t.w.Flush()
}

// stamp writes a moment for a table, in the computer's zone; the zero time is a dash.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2006-01-02 15:04")
}

// size writes a number of bytes.
func (a *app) size(n int64) string { return a.format.Bytes(max(n, 0)) }
