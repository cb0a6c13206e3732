package wire

import "strings"

// matcher tries one template on one path, with backtracking where a key in
// parentheses could also be part of a name.
type matcher struct {
	want    []segment
	have    []string
	params  map[string]string
	reached int // how many segments of the path fitted at best
}

func (m *matcher) match(w, h int) bool {
	m.reached = max(m.reached, h)
	if w == len(m.want) {
		return h == len(m.have)
	}
	s := m.want[w]
	if h == len(m.have) {
		return false
	}
	switch s.kind {
	case literal:
		return m.matchLiteral(s, w, h)
	case param:
		return m.matchParam(s, w, h)
	case pathColon:
		return m.matchPathColon(s, w, h)
	default:
		return m.matchRest(s, h)
	}
}

func (m *matcher) matchLiteral(s segment, w, h int) bool {
	have := m.have[h]
	if strings.EqualFold(have, s.text) {
		return m.match(w+1, h+1)
	}
	name, args, ok := cutParentheses(have)
	if !ok {
		if rest, found := cutNamespace(have); found && strings.EqualFold(rest, s.text) {
			return m.match(w+1, h+1)
		}
		return false
	}
	if rest, found := cutNamespace(name); found {
		name = rest
	}
	if !strings.EqualFold(name, s.text) {
		return false
	}
	if named, isFunc := functionArgs(args); isFunc {
		if !m.match(w+1, h+1) {
			return false
		}
		for k, v := range named {
			m.set(k, v)
		}
		return true
	}
	if w+1 < len(m.want) && m.want[w+1].kind == param && !m.want[w+1].colon && m.match(w+2, h+1) {
		m.set(m.want[w+1].text, unquoteKey(args))
		return true
	}
	return false
}

func (m *matcher) matchParam(s segment, w, h int) bool {
	v := m.have[h]
	if s.colon {
		var ok bool
		if v, ok = strings.CutSuffix(v, ":"); !ok {
			return false
		}
	}
	if v == "" || !m.match(w+1, h+1) {
		return false
	}
	m.set(s.text, v)
	return true
}

func (m *matcher) matchPathColon(s segment, w, h int) bool {
	for end := h; end < len(m.have); end++ {
		last, ok := strings.CutSuffix(m.have[end], ":")
		if !ok {
			continue
		}
		if !m.match(w+1, end+1) {
			return false
		}
		parts := append(append([]string(nil), m.have[h:end]...), last)
		m.set(s.text, strings.Trim(strings.Join(parts, "/"), "/"))
		return true
	}
	return false
}

// matchRest takes the rest of the path. A colon may only stand at its end: one
// before that closes the path, and what follows it belongs to another template.
func (m *matcher) matchRest(s segment, h int) bool {
	rest := append([]string(nil), m.have[h:]...)
	for i, p := range rest {
		if strings.HasSuffix(p, ":") && i < len(rest)-1 {
			return false
		}
	}
	m.reached = len(m.have)
	m.set(s.text, strings.TrimSuffix(strings.Join(rest, "/"), ":"))
	return true
}

func (m *matcher) set(name, value string) {
	if m.params == nil {
		m.params = map[string]string{}
	}
	m.params[name] = value
}

// cutNamespace strips the OData namespace that functions may be called with.
func cutNamespace(name string) (string, bool) {
	const ns = "microsoft.graph."
	if len(name) > len(ns) && strings.EqualFold(name[:len(ns)], ns) {
		return name[len(ns):], true
	}
	return name, false
}

// cutParentheses splits name(args).
func cutParentheses(s string) (name, args string, ok bool) {
	open := strings.IndexByte(s, '(')
	if open <= 0 || !strings.HasSuffix(s, ")") {
		return "", "", false
	}
	return s[:open], s[open+1 : len(s)-1], true
}

// functionArgs reads (), (token='x',n=1). A key such as ('x') is none.
func functionArgs(args string) (map[string]string, bool) {
	args = strings.TrimSpace(args)
	if args == "" {
		return nil, true
	}
	named := map[string]string{}
	for args != "" {
		name, rest, ok := strings.Cut(args, "=")
		name = strings.TrimSpace(name)
		if !ok || !isIdentifier(name) {
			return nil, false
		}
		value, remaining := cutArgument(strings.TrimSpace(rest))
		named[name] = unquoteKey(value)
		args = strings.TrimSpace(strings.TrimPrefix(remaining, ","))
	}
	return named, true
}

// cutArgument splits off one value, which may be quoted and then hold commas.
func cutArgument(s string) (value, rest string) {
	if !strings.HasPrefix(s, "'") {
		i := strings.IndexByte(s, ',')
		if i < 0 {
			return s, ""
		}
		return s[:i], s[i:]
	}
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			i++
			continue
		}
		return s[:i+1], s[i+1:]
	}
	return s, ""
}

func unquoteKey(s string) string {
	if len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		return strings.ReplaceAll(s[1:len(s)-1], "''", "'")
	}
	return s
}

func isIdentifier(s string) bool {
	for i, r := range s {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
