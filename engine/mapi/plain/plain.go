// Package plain makes text of HTML that is safe to look at: no markup, no
// script, nothing to fetch.
package plain

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const maxToken = 1 << 20

// FromHTML reads UTF-8 HTML and returns its text, at most limit bytes; cut says
// that there is more. Reading ends as soon as there is enough.
func FromHTML(r io.Reader, limit int) (text string, cut bool) {
	t := html.NewTokenizer(r)
	t.SetMaxBuf(maxToken)
	w := &writer{limit: limit}
	hidden := 0
	for !w.cut {
		switch t.Next() {
		case html.ErrorToken:
			return w.String(), w.cut
		case html.TextToken:
			if hidden == 0 {
				w.text(string(t.Text()))
			}
		case html.StartTagToken:
			name, _ := t.TagName()
			a := atom.Lookup(name)
			if isHidden(a) {
				hidden++
			} else if hidden == 0 {
				w.open(a)
			}
		case html.SelfClosingTagToken:
			name, _ := t.TagName()
			w.open(atom.Lookup(name))
		case html.EndTagToken:
			name, _ := t.TagName()
			a := atom.Lookup(name)
			if isHidden(a) {
				hidden = max(0, hidden-1)
			} else if hidden == 0 {
				w.close(a)
			}
		}
	}
	return w.String(), true
}

func isHidden(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Noscript, atom.Object, atom.Svg:
		return true
	}
	return false
}

// writer collects text, one space between words, at most one empty line.
type writer struct {
	b     strings.Builder
	limit int
	space bool // a space is due
	lines int  // line ends are due
	pre   int
	cut   bool
}

func (w *writer) String() string { return strings.TrimRight(w.b.String(), " \t\n") }

func (w *writer) put(s string) {
	if w.b.Len()+len(s) > w.limit {
		w.cut = true
		return
	}
	w.b.WriteString(s)
}

// due writes the white space that stands before the next word.
func (w *writer) due() {
	if w.b.Len() > 0 {
		switch {
		case w.lines > 0:
			w.put(strings.Repeat("\n", min(w.lines, 2)))
		case w.space:
			w.put(" ")
		}
	}
	w.lines, w.space = 0, false
}

func (w *writer) text(s string) {
	if w.pre > 0 {
		w.due()
		for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
			w.rune(r)
		}
		return
	}
	for _, r := range s {
		if unicode.IsSpace(r) && r != '\u00A0' {
			w.space = true
			continue
		}
		if w.space || w.lines > 0 {
			w.due()
		}
		w.rune(r)
	}
}

func (w *writer) rune(r rune) {
	switch {
	case w.cut:
	case r == '\u00A0':
		w.put(" ")
	case r == '\u200B' || r == '\uFEFF' || r == '\u00AD' || r == '\u034F':
	case unicode.IsControl(r) && r != '\n' && r != '\t':
	default:
		w.put(string(r))
	}
}

func (w *writer) open(a atom.Atom) {
	switch a {
	case atom.Br:
		w.lines++
	case atom.Li:
		w.lines = max(w.lines, 1)
		w.due()
		w.put("• ")
	case atom.Td, atom.Th:
		w.space = true
	case atom.Pre:
		w.lines = max(w.lines, 1)
		w.pre++
	default:
		w.block(a)
	}
}

func (w *writer) close(a atom.Atom) {
	if a == atom.Pre {
		w.pre = max(0, w.pre-1)
	}
	w.block(a)
}

func (w *writer) block(a atom.Atom) {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Table, atom.Ul, atom.Ol:
		w.lines = max(w.lines, 2)
	case atom.Div, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Hr, atom.Pre, atom.Li, atom.Body:
		w.lines = max(w.lines, 1)
	}
}
