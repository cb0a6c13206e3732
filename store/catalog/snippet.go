package catalog

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vangnet/engine/model"
)

const (
	snippetBefore = 40  // characters before the hit
	snippetLength = 160 // characters in all
)

// snippet cuts the words around the first hit out of a mail's text, else the
// names of attachments that hit, else the beginning of the text.
func snippet(m *model.MailFact, terms []term) string {
	if s, ok := around(m.Text, terms); ok {
		return s
	}
	for _, name := range m.Attachments {
		if s, ok := around(name, terms); ok {
			return s
		}
	}
	return excerpt([]rune(oneLine(m.Text)), 0)
}

// around finds the first term in text, without regard to case and accents.
func around(text string, terms []term) (string, bool) {
	shown := []rune(oneLine(text))
	folded := make([]rune, len(shown))
	for i, r := range shown {
		folded[i] = foldRune(r)
	}
	best := -1
	for _, t := range terms {
		want := []rune(t.text)
		for i, r := range want {
			want[i] = foldRune(r)
		}
		if i := indexWord(folded, want); i >= 0 && (best < 0 || i < best) {
			best = i
		}
	}
	if best < 0 {
		return "", false
	}
	return excerpt(shown, best), true
}

// indexWord finds want at the beginning of a word.
func indexWord(text, want []rune) int {
	for i := 0; i+len(want) <= len(text) && len(want) > 0; i++ {
		if text[i] != want[0] || i > 0 && isWordRune(text[i-1]) {
			continue
		}
		n := 1
		for n < len(want) && text[i+n] == want[n] {
			n++
		}
		if n == len(want) {
			return i
		}
	}
	return -1
}

// excerpt is the part of text around a position, cut at words, with dots where
// something is left out.
func excerpt(text []rune, at int) string {
	from := max(0, at-snippetBefore)
	for from > 0 && from < at && isWordRune(text[from-1]) {
		from++
	}
	to := min(len(text), from+snippetLength)
	for to < len(text) && to > at+1 && to > from+snippetLength/2 && isWordRune(text[to]) && isWordRune(text[to-1]) {
		to--
	}
	s := strings.TrimSpace(string(text[from:to]))
	if from > 0 {
		s = "…" + s
	}
	if to < len(text) {
		s += "…"
	}
	return s
}

// oneLine joins lines and drops what cannot be seen.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// foldRune is a letter without case and accent.
func foldRune(r rune) rune {
	if r < 0x80 {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	for _, base := range norm.NFD.String(string(r)) {
		return unicode.ToLower(base)
	}
	return r
}
