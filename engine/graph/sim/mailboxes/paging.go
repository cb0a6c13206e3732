package mailboxes

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// object is a JSON object in the making.
type object map[string]any

// window is the part of a list that a request asks for.
type window struct {
	skip, size int
}

// pageWindow reads $top and $skip. Pages are standard long, at most most.
func pageWindow(r *wire.Request, standard, most int) (window, error) {
	w := window{size: r.MaxPageSize(standard, most)}
	if top := r.Query.Get("top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 || n > most {
			return w, wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQuery", "The value '%s' of the query option $top is not within 1 and %d.", top, most)
		}
		w.size = n
	}
	if skip := r.Query.Get("skip"); skip != "" {
		n, err := strconv.Atoi(skip)
		if err != nil || n < 0 {
			return w, wire.Errorf(http.StatusBadRequest, "ErrorInvalidUrlQuery", "The value '%s' of the query option $skip is not valid.", skip)
		}
		w.skip = n
	}
	return w, nil
}

// cutList returns the bounds of the window in a list, and whether more follows.
func (w window) cut(length int) (from, to int, more bool) {
	from = min(w.skip, length)
	to = min(from+w.size, length)
	return from, to, to < length
}

// link is the request's own URL with some options replaced.
func link(r *wire.Request, set map[string]string) string {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		q = url.Values{}
	}
	for k := range q {
		if _, replaced := set[strings.ToLower(strings.TrimPrefix(k, "$"))]; replaced {
			delete(q, k)
		}
	}
	for k, v := range set {
		q.Set("$"+k, v)
	}
	return r.Base + r.URL.EscapedPath() + "?" + q.Encode()
}

// page makes a collection answer with its next link.
func page(r *wire.Request, context string, values []object, w window, more bool, total int) *wire.Response {
	if values == nil {
		values = []object{}
	}
	body := object{"value": values}
	if strings.EqualFold(r.Query.Get("count"), "true") {
		body["@odata.count"] = total
	}
	if more {
		body["@odata.nextLink"] = link(r, map[string]string{"skip": strconv.Itoa(w.skip + w.size)})
	}
	return &wire.Response{JSON: body, Context: context}
}

// isSet reports whether a query option is "true".
func isSet(r *wire.Request, option string) bool {
	return strings.EqualFold(r.Query.Get(option), "true")
}

// key writes an id as OData key inside a context or link.
func key(s string) string { return "('" + url.PathEscape(strings.ReplaceAll(s, "'", "''")) + "')" }
