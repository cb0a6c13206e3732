package wire

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
)

// Router finds the route of a request path.
type Router struct {
	patterns []*pattern
}

// pattern is one template with all routes declared for it.
type pattern struct {
	segs   []segment
	routes []*Route
}

type segmentKind int

const (
	literal   segmentKind = iota // the segment itself
	param                        // any one segment
	pathColon                    // segments up to one ending in a colon
	pathRest                     // all remaining segments
)

type segment struct {
	kind  segmentKind
	text  string // literal in lower case, or the name of the parameter
	colon bool   // a parameter followed by a colon: items/{item}:
}

// NewRouter returns a router over the routes. Where several templates match a
// path the one whose earlier segments are fixed wins.
func NewRouter(routes []Route) *Router {
	rt := &Router{}
	known := map[string]*pattern{}
	for i := range routes {
		segs := parseTemplate(routes[i].Template)
		key := templateKey(segs)
		p := known[key]
		if p == nil || !sameNames(p.segs, segs) {
			p = &pattern{segs: segs}
			known[key] = p
			rt.patterns = append(rt.patterns, p)
		}
		p.routes = append(p.routes, &routes[i])
	}
	sort.SliceStable(rt.patterns, func(a, b int) bool { return moreFixed(rt.patterns[a].segs, rt.patterns[b].segs) })
	return rt
}

// Find returns the route for a method and an escaped path (without version)
// and the decoded parameters. version is empty for public routes. The error is
// a 400 that names the segment nobody knows, or a 405.
func (rt *Router) Find(method, version, escapedPath string) (*Route, map[string]string, *Error) {
	segs, err := splitPath(escapedPath)
	if err != nil {
		return nil, nil, Errorf(http.StatusBadRequest, "BadRequest", "The request URI is not valid.")
	}
	reached, pathKnown := 0, false
	for _, p := range rt.patterns {
		if !p.serves(version) {
			continue
		}
		m := matcher{want: p.segs, have: segs}
		matched := m.match(0, 0)
		reached = max(reached, m.reached)
		if !matched {
			continue
		}
		for _, r := range p.routes {
			if !r.serves(version) {
				continue
			}
			pathKnown = true
			if r.Method == method {
				return r, m.params, nil
			}
		}
	}
	if pathKnown {
		return nil, nil, Errorf(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	name := ""
	if reached < len(segs) {
		name = segs[reached]
	}
	return nil, nil, Errorf(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '%s'.", name)
}

func (p *pattern) serves(version string) bool {
	return slices.ContainsFunc(p.routes, func(r *Route) bool { return r.serves(version) })
}

func (r *Route) serves(version string) bool {
	if r.Public || version == "" {
		return r.Public && version == ""
	}
	return len(r.Versions) == 0 || slices.Contains(r.Versions, version)
}

func parseTemplate(template string) []segment {
	parts := strings.Split(strings.Trim(template, "/"), "/")
	segs := make([]segment, 0, len(parts))
	for _, p := range parts {
		name, isParam := strings.CutPrefix(p, "{")
		if !isParam {
			segs = append(segs, segment{kind: literal, text: strings.ToLower(p)})
			continue
		}
		name, colon := strings.CutSuffix(name, ":")
		name = strings.TrimSuffix(name, "}")
		name, path := strings.CutSuffix(name, "...")
		kind := param
		switch {
		case path && colon:
			kind = pathColon
		case path:
			kind = pathRest
		}
		segs = append(segs, segment{kind: kind, text: name, colon: colon})
	}
	return segs
}

func templateKey(segs []segment) string {
	var b strings.Builder
	for _, s := range segs {
		b.WriteByte('/')
		if s.kind == literal {
			b.WriteString(s.text)
			continue
		}
		b.WriteByte("-*:+"[s.kind])
		if s.colon {
			b.WriteByte(':')
		}
	}
	return b.String()
}

func sameNames(a, b []segment) bool { return slices.Equal(a, b) }

func moreFixed(a, b []segment) bool {
	for i := range min(len(a), len(b)) {
		if a[i].kind != b[i].kind {
			return a[i].kind < b[i].kind
		}
		if a[i].colon != b[i].colon {
			return a[i].colon
		}
	}
	return len(a) > len(b)
}

// splitPath decodes each segment once; an encoded slash stays inside its segment.
func splitPath(escaped string) ([]string, error) {
	escaped = strings.Trim(escaped, "/")
	if escaped == "" {
		return nil, nil
	}
	parts := strings.Split(escaped, "/")
	for i, p := range parts {
		d, err := url.PathUnescape(p)
		if err != nil {
			return nil, err
		}
		parts[i] = d
	}
	return parts, nil
}
