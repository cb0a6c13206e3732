package sim

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"vangnet/engine/graph/sim/wire"
)

// batchLimit is how many requests one batch may hold.
const batchLimit = 20

// batchRequest is one request of a batch ("Combine multiple HTTP requests
// using JSON batching").
type batchRequest struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

type batchResponse struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body,omitempty"`
}

// batch answers up to 20 requests in one. Each is checked, charged and struck
// by faults by itself; the answers come in another order than the questions.
func (s *Server) batch(c *call) *answer {
	if c.r.Method != http.MethodPost {
		return c.refuse(wire.Errorf(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."))
	}
	c.route = &wire.Route{Method: http.MethodPost, Template: "/$batch", Accepts: []string{"application/json"}}
	if err := s.disturb(c); err != nil {
		return c.refuse(err)
	}
	if c.damage == resetNow {
		return &answer{header: http.Header{}}
	}
	requests, err := c.readBatch()
	if err != nil {
		return c.refuse(err)
	}
	status := map[string]int{}
	responses := make([]batchResponse, 0, len(requests))
	for _, q := range requests {
		var r batchResponse
		if failed := failedDependency(q, status); failed != "" {
			r = c.failure(q.ID, http.StatusFailedDependency, "FailedDependency", "The request depends on request '"+failed+"', which failed.")
		} else {
			r = s.batched(c, q)
		}
		status[q.ID] = r.Status
		responses = append(responses, r)
	}
	for i := len(responses) - 1; i > 0; i-- {
		j := s.world.number(i+1, "batch order", c.id, i)
		responses[i], responses[j] = responses[j], responses[i]
	}
	a := &answer{status: http.StatusOK, header: http.Header{}, body: encode(map[string]any{"responses": responses})}
	a.header.Set("Content-Type", "application/json")
	a.header.Set("OData-Version", "4.0")
	return a
}

func (c *call) readBatch() ([]batchRequest, error) {
	body, err := c.body()
	if err != nil {
		return nil, err
	}
	var envelope struct {
		Requests []batchRequest `json:"requests"`
	}
	if err := json.NewDecoder(body).Decode(&envelope); err != nil {
		return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "Invalid batch payload format.")
	}
	if len(envelope.Requests) == 0 {
		return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "Invalid batch payload format. The requests array is missing or empty.")
	}
	if len(envelope.Requests) > batchLimit {
		return nil, wire.Errorf(http.StatusBadRequest, "MaximumValueExceeded", "Number of batch request steps exceeds the maximum value of %d.", batchLimit)
	}
	seen := map[string]bool{}
	for _, q := range envelope.Requests {
		id := strings.ToLower(q.ID)
		if q.ID == "" || q.Method == "" || q.URL == "" {
			return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "Each batch request needs an id, a method and a url.")
		}
		if seen[id] {
			return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "The request id '%s' is not unique in the batch.", q.ID)
		}
		for _, d := range q.DependsOn {
			if !seen[strings.ToLower(d)] {
				return nil, wire.Errorf(http.StatusBadRequest, "BadRequest", "Request '%s' depends on '%s', which does not stand before it.", q.ID, d)
			}
		}
		seen[id] = true
	}
	return envelope.Requests, nil
}

func failedDependency(q batchRequest, status map[string]int) string {
	for _, d := range q.DependsOn {
		if status[d] >= 400 || status[d] == 0 {
			return d
		}
	}
	return ""
}

// failure is the answer to an entry that was not done at all.
func (c *call) failure(id string, status int, code, message string) batchResponse {
	return batchResponse{id, status, map[string]string{"Content-Type": "application/json"},
		map[string]any{"error": map[string]any{"code": code, "message": message, "innerError": c.innerError()}}}
}

// batched answers one request of a batch.
func (s *Server) batched(outer *call, q batchRequest) batchResponse {
	inner, err := innerRequest(outer.r.Context(), outer, q)
	if err != nil {
		return outer.failure(q.ID, http.StatusBadRequest, "BadRequest", err.Error())
	}
	c := &call{server: s, r: inner, id: s.requestID(), version: outer.version, outer: outer.outer, inBatch: true}
	c.path = strings.TrimPrefix(inner.URL.EscapedPath(), "/"+outer.version)
	a := s.call(c)
	if a.release != nil {
		defer a.release()
	}
	r := batchResponse{ID: q.ID, Status: a.status, Headers: map[string]string{"request-id": c.id}}
	for k, v := range plainHeaders(a.header) {
		r.Headers[k] = v
	}
	body := a.body
	if a.stream != nil {
		defer a.stream.Close()
		if body, err = io.ReadAll(io.LimitReader(a.stream, bodyLimit)); err != nil {
			return outer.failure(q.ID, http.StatusInternalServerError, "generalException", err.Error())
		}
	}
	switch {
	case len(body) == 0:
	case strings.Contains(a.header.Get("Content-Type"), "json"):
		r.Body = json.RawMessage(body)
		if a.status < 400 {
			r.Headers["Content-Type"] = "application/json"
		}
	default:
		r.Body = base64.StdEncoding.EncodeToString(body)
	}
	template := "(unknown)"
	if c.route != nil {
		template = c.route.Template
	}
	s.calls.add(q.Method, "$batch "+template, r.Status, 0, 0)
	return r
}

// innerRequest makes an HTTP request of an entry. It bears the batch's token.
func innerRequest(ctx context.Context, outer *call, q batchRequest) (*http.Request, error) {
	target := "/" + strings.TrimPrefix(q.URL, "/")
	if u, err := url.Parse(q.URL); err != nil || u.IsAbs() {
		return nil, fmt.Errorf("the url %q is not relative", q.URL)
	}
	body, err := innerBody(q)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, strings.ToUpper(q.Method), base(outer.r)+"/"+outer.version+target, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the request %s %s is not valid", q.Method, q.URL)
	}
	for k, v := range q.Headers {
		r.Header.Set(k, v)
	}
	if len(body) > 0 && r.Header.Get("Content-Type") == "" {
		return nil, fmt.Errorf("the request '%s' has a body but no Content-Type header", q.ID)
	}
	r.Header.Set("Authorization", outer.r.Header.Get("Authorization"))
	if r.Header.Get("client-request-id") == "" {
		r.Header.Set("client-request-id", outer.clientRequestID())
	}
	return r, nil
}

// innerBody takes JSON as it is; a text is base64 of something else.
func innerBody(q batchRequest) ([]byte, error) {
	if len(q.Body) == 0 || string(q.Body) == "null" {
		return nil, nil
	}
	var text string
	if json.Unmarshal(q.Body, &text) != nil {
		return q.Body, nil
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if raw, err := encoding.DecodeString(text); err == nil {
			return raw, nil
		}
	}
	return nil, fmt.Errorf("the body of request '%s' is neither JSON nor base64", q.ID)
}
