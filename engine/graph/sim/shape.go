package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

// shape turns a handler's response into an answer: selected properties,
// context, headers.
func (c *call) shape(q *wire.Request, r *wire.Response) (*answer, error) {
	a := &answer{status: r.Status, header: http.Header{}, stream: r.Stream, length: r.Length}
	for k, v := range r.Header {
		a.header.Set(k, v)
	}
	if len(r.Applied) > 0 {
		a.header.Set("Preference-Applied", strings.Join(r.Applied, ", "))
	}
	if r.JSON != nil {
		body, err := c.render(q, r)
		if err != nil {
			return nil, fmt.Errorf("encode answer to %s: %w", c.path, err)
		}
		a.body = body
		if a.header.Get("Content-Type") == "" {
			a.header.Set("Content-Type", jsonType)
		}
	}
	if c.version != "" {
		a.header.Set("OData-Version", "4.0")
	}
	if a.status == 0 {
		a.status = http.StatusOK
		if r.JSON == nil && r.Stream == nil {
			a.status = http.StatusNoContent
		}
	}
	return a, nil
}

func (c *call) render(q *wire.Request, r *wire.Response) ([]byte, error) {
	body, err := encodeJSON(r.JSON)
	if err != nil {
		return nil, err
	}
	keep := q.Select
	if len(keep) == 0 {
		keep = c.route.Default
	}
	if len(keep) > 0 && !r.Selected && !slices.Contains(keep, "*") {
		if body, err = selectProperties(body, append(slices.Clone(keep), expanded(q.Query.Get("expand"))...)); err != nil {
			return nil, err
		}
	}
	if body, err = c.repeatPage(q, body); err != nil {
		return nil, err
	}
	if r.Context == "" || len(body) < 2 || body[0] != '{' {
		return body, nil
	}
	context, err := encodeJSON(q.Root() + "/$metadata#" + contextWithSelect(r.Context, q.Select))
	if err != nil {
		return nil, err
	}
	head := append([]byte(`{"@odata.context":`), context...)
	if body[1] != '}' {
		head = append(head, ',')
	}
	return append(head, body[1:]...), nil
}

// contextWithSelect puts the select list where OData wants it: behind the set,
// before /$entity.
func contextWithSelect(context string, selected []string) string {
	if len(selected) == 0 {
		return context
	}
	list := "(" + strings.Join(selected, ",") + ")"
	if set, ok := strings.CutSuffix(context, "/$entity"); ok {
		return set + list + "/$entity"
	}
	if set, ok := strings.CutSuffix(context, "/$delta"); ok {
		return set + list + "/$delta"
	}
	return context + list
}

// expanded lists the names in $expand, which stay whatever is selected.
func expanded(expand string) []string {
	var names []string
	depth, start := 0, 0
	for i, r := range expand + "," {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			name, _, _ := strings.Cut(strings.TrimSpace(expand[start:i]), "(")
			name, _, _ = strings.Cut(name, "/")
			if start = i + 1; name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// selectProperties drops what was not asked for from an object, or from each
// object of a collection. The id and annotations stay.
func selectProperties(body []byte, keep []string) ([]byte, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		return body, nil // no object: nothing to select from
	}
	names := map[string]bool{"id": true}
	for _, k := range keep {
		k, _, _ = strings.Cut(k, "/")
		names[strings.ToLower(k)] = true
	}
	items, isCollection := object["value"]
	if !isCollection || len(items) == 0 || items[0] != '[' {
		drop(object, names)
		return encodeJSON(object)
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(items, &list); err != nil {
		return body, nil
	}
	for _, o := range list {
		drop(o, names)
	}
	var err error
	if object["value"], err = encodeJSON(list); err != nil {
		return nil, err
	}
	return encodeJSON(object)
}

func drop(object map[string]json.RawMessage, names map[string]bool) {
	for k := range object {
		if !strings.Contains(k, "@") && !names[strings.ToLower(k)] {
			delete(object, k)
		}
	}
}

// encodeJSON writes as Graph does: no escapes for <, > and &.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// encode is encodeJSON for values that always encode.
func encode(v any) []byte {
	b, err := encodeJSON(v)
	if err != nil {
		return []byte("{}")
	}
	return b
}
