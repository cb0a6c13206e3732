package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// filter is a parsed $filter expression over the properties of one object.
type filter struct {
	match    func(map[string]any) bool
	advanced bool // needs the eventually consistent index
}

// parseFilter reads the part of OData's filter language that directory
// clients use: and, or, not, eq, ne, ge, gt, le, lt, in, startswith, endswith,
// contains and any with a comparison.
func parseFilter(text string) (*filter, error) {
	tokens, err := tokenize(text)
	if err != nil {
		return nil, err
	}
	p := &filterParser{tokens: tokens}
	match, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.pos < len(p.tokens) {
		return nil, fmt.Errorf("syntax error at %q", p.tokens[p.pos])
	}
	return &filter{match, p.advanced}, nil
}

type predicate = func(map[string]any) bool

type filterParser struct {
	tokens   []string
	pos      int
	advanced bool
}

// filterDepth bounds nesting, so that no text can exhaust the stack.
const filterDepth = 50

func (p *filterParser) peek() string {
	if p.pos < len(p.tokens) {
		return p.tokens[p.pos]
	}
	return ""
}

func (p *filterParser) next() string {
	t := p.peek()
	p.pos++
	return t
}

func (p *filterParser) accept(word string) bool {
	if strings.EqualFold(p.peek(), word) {
		p.pos++
		return true
	}
	return false
}

func (p *filterParser) expect(words ...string) error {
	for _, w := range words {
		if !p.accept(w) {
			return fmt.Errorf("expected %q, found %q", w, p.peek())
		}
	}
	return nil
}

func (p *filterParser) or(depth int) (predicate, error) {
	left, err := p.and(depth)
	for err == nil && p.accept("or") {
		var right predicate
		a := left
		if right, err = p.and(depth); err == nil {
			left = func(o map[string]any) bool { return a(o) || right(o) }
		}
	}
	return left, err
}

func (p *filterParser) and(depth int) (predicate, error) {
	left, err := p.term(depth)
	for err == nil && p.accept("and") {
		var right predicate
		a := left
		if right, err = p.term(depth); err == nil {
			left = func(o map[string]any) bool { return a(o) && right(o) }
		}
	}
	return left, err
}

func (p *filterParser) term(depth int) (predicate, error) {
	if depth > filterDepth {
		return nil, errors.New("the expression is nested too deeply")
	}
	switch {
	case p.accept("not"):
		p.advanced = true
		inner, err := p.term(depth + 1)
		if err != nil {
			return nil, err
		}
		return func(o map[string]any) bool { return !inner(o) }, nil
	case p.accept("("):
		inner, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		return inner, p.expect(")")
	}
	name := p.next()
	switch strings.ToLower(name) {
	case "startswith", "endswith", "contains":
		return p.function(strings.ToLower(name))
	}
	if collection, ok := strings.CutSuffix(name, "/any"); ok {
		return p.any(collection)
	}
	return p.compare(func(o map[string]any) any { return o[name] }, name)
}

func (p *filterParser) function(name string) (predicate, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	property := p.next()
	if err := p.expect(","); err != nil {
		return nil, err
	}
	want, err := literalText(p.next())
	if err != nil {
		return nil, err
	}
	want = strings.ToLower(want)
	p.advanced = p.advanced || name != "startswith"
	test := map[string]func(string, string) bool{"startswith": strings.HasPrefix, "endswith": strings.HasSuffix, "contains": strings.Contains}[name]
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if p.accept("eq") {
		if !p.accept("true") {
			return nil, errors.New("expected true")
		}
	}
	return func(o map[string]any) bool {
		s, ok := o[property].(string)
		return ok && test(strings.ToLower(s), want)
	}, nil
}

// any reads collection/any(x:x eq 'v') and any(x:x/name eq 'v').
func (p *filterParser) any(collection string) (predicate, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	variable := p.next()
	if err := p.expect(":"); err != nil {
		return nil, err
	}
	path := p.next()
	member, ok := strings.CutPrefix(path, variable)
	if !ok {
		return nil, fmt.Errorf("expected %q, found %q", variable, path)
	}
	member = strings.TrimPrefix(member, "/")
	element, err := p.compare(func(o map[string]any) any {
		if member == "" {
			return o[""]
		}
		return o[member]
	}, path)
	if err != nil {
		return nil, err
	}
	return func(o map[string]any) bool {
		switch list := o[collection].(type) {
		case []string:
			return slices.ContainsFunc(list, func(s string) bool { return element(map[string]any{"": s}) })
		case []any:
			return slices.ContainsFunc(list, func(v any) bool { m, ok := v.(map[string]any); return ok && element(m) })
		}
		return false
	}, p.expect(")")
}

func (p *filterParser) compare(get func(map[string]any) any, name string) (predicate, error) {
	if name == "" || strings.ContainsAny(name, "'(),:") {
		return nil, fmt.Errorf("syntax error at %q", name)
	}
	count := false
	property := name
	if base, ok := strings.CutSuffix(name, "/$count"); ok {
		p.advanced, count, property = true, true, base
	}
	operator := strings.ToLower(p.next())
	if operator == "in" {
		return p.in(get)
	}
	want, err := literalText(p.next())
	if err != nil {
		return nil, err
	}
	value := func(o map[string]any) string {
		if !count {
			return strings.ToLower(text(get(o)))
		}
		list, _ := o[property].([]any)
		return fmt.Sprint(len(list))
	}
	want = strings.ToLower(want)
	switch operator {
	case "eq":
		return func(o map[string]any) bool { return value(o) == want }, nil
	case "ne":
		p.advanced = true
		return func(o map[string]any) bool { return value(o) != want }, nil
	case "ge":
		return func(o map[string]any) bool { return value(o) >= want }, nil
	case "gt":
		return func(o map[string]any) bool { return value(o) > want }, nil
	case "le":
		return func(o map[string]any) bool { return value(o) <= want }, nil
	case "lt":
		return func(o map[string]any) bool { return value(o) < want }, nil
	}
	return nil, fmt.Errorf("unknown operator %q", operator)
}

func (p *filterParser) in(get func(map[string]any) any) (predicate, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var wants []string
	for {
		want, err := literalText(p.next())
		if err != nil {
			return nil, err
		}
		if wants = append(wants, strings.ToLower(want)); !p.accept(",") {
			break
		}
	}
	return func(o map[string]any) bool { return slices.Contains(wants, strings.ToLower(text(get(o)))) }, p.expect(")")
}

// text is the form in which values are compared.
func text(v any) string {
	if v == nil {
		return "null"
	}
	return fmt.Sprint(v)
}

func literalText(token string) (string, error) {
	switch {
	case token == "":
		return "", errors.New("a value is missing")
	case token[0] == '\'':
		if len(token) < 2 || token[len(token)-1] != '\'' {
			return "", errors.New("a quote is not closed")
		}
		return strings.ReplaceAll(token[1:len(token)-1], "''", "'"), nil
	case strings.ContainsAny(token, "(),:") && len(token) == 1:
		return "", fmt.Errorf("syntax error at %q", token)
	}
	return token, nil
}

// tokenize splits into names, quoted texts, and the signs ( ) , and the colon
// of a lambda.
func tokenize(s string) ([]string, error) {
	var tokens []string
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t':
			i++
		case strings.IndexByte("(),", c) >= 0:
			tokens = append(tokens, s[i:i+1])
			i++
		case c == '\'':
			end := quoteEnd(s, i)
			if end < 0 {
				return nil, errors.New("there is an unterminated string literal")
			}
			tokens = append(tokens, s[i:end])
			i = end
		default:
			end := i
			for end < len(s) && strings.IndexByte(" \t(),'", s[end]) < 0 {
				end++
			}
			tokens = append(tokens, splitLambda(s[i:end])...)
			i = end
		}
	}
	return tokens, nil
}

// splitLambda takes x:x/name apart; a time such as 2026-01-01T00:00:00Z stays whole.
func splitLambda(word string) []string {
	name, rest, ok := strings.Cut(word, ":")
	if !ok || name == "" || name[0] >= '0' && name[0] <= '9' {
		return []string{word}
	}
	if rest == "" {
		return []string{name, ":"}
	}
	return []string{name, ":", rest}
}

// quoteEnd finds the end of a quoted text; a doubled quote is part of it.
func quoteEnd(s string, start int) int {
	for i := start + 1; i < len(s); i++ {
		if s[i] != '\'' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			i++
			continue
		}
		return i + 1
	}
	return -1
}
