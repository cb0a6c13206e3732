package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"vangnet/engine/model"
)

const (
	maxWords = 32  // of a query; further ones are not looked at
	maxWord  = 200 // bytes of one
)

// term is one word or phrase of a query.
type term struct {
	text   string
	prefix bool
}

// parseQuery splits what a person typed: words, "phrases in quotes", and
// prefixes of at least prefixLetters ending in *. Whatever else is in it separates words, as it does in
// the texts. It never fails.
func parseQuery(text string) []term {
	var terms []term
	add := func(s string, prefix bool) {
		if s = searchable(s); s != "" && len(terms) < maxWords {
			terms = append(terms, term{s, prefix})
		}
	}
	for i, part := range strings.Split(clean(text, maxWords*maxWord), `"`) {
		if i%2 == 1 {
			add(part, false)
			continue
		}
		for _, word := range strings.Fields(part) {
			stem := strings.TrimRight(word, "*")
			if stem == word {
				add(word, false)
				continue
			}
			add(prefixOf(stem))
		}
	}
	return terms
}

// prefixOf decides how a word ending in * is searched. Fewer letters than the
// index has prefixes of would mean nearly everything, slowly: then it is the
// word itself, or what stands before it, as in anna@co*.
func prefixOf(stem string) (string, bool) {
	last := stem
	if i := strings.LastIndexFunc(stem, func(r rune) bool { return !isWordRune(r) }); i >= 0 {
		_, size := utf8.DecodeRuneInString(stem[i:])
		last = stem[i+size:]
	}
	if utf8.RuneCountInString(last) >= prefixLetters {
		return stem, true
	}
	if head := stem[:len(stem)-len(last)]; searchable(head) != "" {
		return head, false
	}
	return stem, false
}

// searchable is a term without the characters that mean something to FTS5
// within quotes, or "" when no letter or digit is in it.
func searchable(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '"' || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, clean(s, maxWord)))
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return ""
	}
	return s
}

// matchExpression is the FTS5 expression for terms within a scope. Each scope
// entry is a set of words of which one must hold; not is a word that must not.
func matchExpression(terms []term, scope [][]string, not string) string {
	var b strings.Builder
	if len(terms) > 0 {
		b.WriteString("{title people files body} : (")
		for i, t := range terms {
			if i > 0 {
				b.WriteString(" AND ")
			}
			b.WriteString(`"` + t.text + `"`)
			if t.prefix {
				b.WriteByte('*')
			}
		}
		b.WriteByte(')')
	}
	for _, words := range scope {
		if b.Len() > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString("scope : (" + strings.Join(words, " OR ") + ")")
	}
	if b.Len() == 0 {
		b.WriteString("scope : all")
	}
	if not == "" {
		return b.String()
	}
	return "(" + b.String() + ") NOT scope : " + not
}

// scopeOf turns a query's restrictions into words of the scope column.
func scopeOf(q model.SearchQuery, tenants, resources []int64) (scope [][]string, not string) {
	each := func(keys []int64, word func(int64) string) {
		if len(keys) == 0 {
			return
		}
		words := make([]string, len(keys))
		for i, key := range keys {
			words[i] = word(key)
		}
		scope = append(scope, words)
	}
	if len(resources) > 0 {
		each(resources, resourceWord)
	} else {
		each(tenants, tenantWord)
	}
	if q.Workload != "" {
		scope = append(scope, []string{workloadWord(q.Workload)})
	}
	if q.Kind != "" {
		scope = append(scope, []string{kindWord(q.Kind)})
	}
	switch {
	case q.Deleted && q.Versions:
		// Old versions of items that are gone are told apart afterwards.
	case q.Deleted:
		scope = append(scope, []string{stateWord(stateGone)})
	case !q.Versions:
		not = stateWord(stateOld)
	}
	return scope, not
}
