package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxBatch is the most requests one JSON batch may hold ("Combine multiple HTTP
// requests using JSON batching").
const maxBatch = 20

// batchEntry is one GET of a batch, its URL below the version.
type batchEntry struct {
	ID  string
	URL string
}

type batchReply struct {
	Responses []struct {
		ID      string            `json:"id"`
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
	} `json:"responses"`
}

// batch asks many small questions, 20 in one request. each is called once for
// every entry. Entries that were throttled, or got no answer, are asked again.
func (c *Client) batch(ctx context.Context, what string, entries []batchEntry, each func(id string, body json.RawMessage, err error)) error {
	for len(entries) > 0 {
		n := min(len(entries), maxBatch)
		left, err := c.batchRounds(ctx, what, entries[:n], each)
		if err != nil {
			return err
		}
		for id, err := range left {
			each(id, nil, fmt.Errorf("%s: %w", what, err))
		}
		entries = entries[n:]
	}
	return nil
}

// batchRounds asks until all entries have their answer or patience ends; it
// returns those without one and why.
func (c *Client) batchRounds(ctx context.Context, what string, entries []batchEntry, each func(string, json.RawMessage, error)) (map[string]error, error) {
	left := map[string]error{}
	for round := 1; ; round++ {
		reply, err := c.batchOnce(ctx, what, entries)
		if err != nil {
			return nil, err
		}
		var wait time.Duration
		clear(left)
		for _, e := range entries {
			left[e.ID] = fmt.Errorf("%w: no answer in the batch", ErrBadAnswer)
		}
		for i, r := range reply.Responses {
			index, known := entryIndex(r.ID, len(entries))
			if !known {
				continue
			}
			id := entries[index].ID
			if _, open := left[id]; !open {
				continue
			}
			err := c.batchError(reply, i)
			if err != nil && (throttled(err) || transient(err)) {
				left[id] = err
				wait = max(wait, err.retryAfter)
				continue
			}
			delete(left, id)
			if err != nil {
				each(id, nil, fmt.Errorf("%s: %w", what, err))
				continue
			}
			each(id, r.Body, nil)
		}
		if len(left) == 0 || round >= tries(ctx, maxAttempts) {
			return left, nil
		}
		entries = keep(entries, left)
		if err := c.clock.Sleep(ctx, max(wait, c.retry.backoff(round))); err != nil {
			return nil, err
		}
	}
}

func keep(entries []batchEntry, left map[string]error) []batchEntry {
	var out []batchEntry
	for _, e := range entries {
		if _, ok := left[e.ID]; ok {
			out = append(out, e)
		}
	}
	return out
}

// entryIndex reads the id an entry has inside its batch: its number from 1.
func entryIndex(id string, n int) (int, bool) {
	var i int
	if _, err := fmt.Sscanf(id, "%d", &i); err != nil || i < 1 || i > n {
		return 0, false
	}
	return i - 1, true
}

func (c *Client) batchOnce(ctx context.Context, what string, entries []batchEntry) (batchReply, error) {
	type one struct {
		ID     string `json:"id"`
		Method string `json:"method"`
		URL    string `json:"url"`
	}
	requests := make([]one, len(entries))
	for i, e := range entries {
		requests[i] = one{ID: fmt.Sprint(i + 1), Method: http.MethodGet, URL: e.URL}
	}
	var reply batchReply
	r := request{
		call:   call{what: what, pool: c.pools.directory, units: float64(len(entries)), repeat: true}, // only GETs inside
		method: http.MethodPost, url: "/v1.0/$batch", body: map[string]any{"requests": requests},
	}
	return reply, c.ask(ctx, r, &reply)
}

// batchError reads the refusal inside a batch as if it had come by itself.
func (c *Client) batchError(reply batchReply, i int) *Error {
	r := reply.Responses[i]
	if r.Status < 400 && r.Status >= 200 {
		return nil
	}
	header := http.Header{}
	for k, v := range r.Headers {
		header.Set(k, v)
	}
	body := r.Body
	var text string
	if strings.HasPrefix(string(body), `"`) && json.Unmarshal(body, &text) == nil {
		body = []byte(text)
	}
	return readError(&http.Response{StatusCode: r.Status, Header: header, Body: io.NopCloser(bytes.NewReader(body))}, c.clock.Now())
}
