package sim

import (
	"sort"
	"sync"
)

// CallCount counts the calls of one route that were answered with one status.
type CallCount struct {
	Method   string `json:"method"`
	Template string `json:"template"`
	Status   int    `json:"status"`
	Count    int64  `json:"count"`
	BytesIn  int64  `json:"bytes_in"`
	BytesOut int64  `json:"bytes_out"`
}

// callCounter counts calls by method, template and status.
type callCounter struct {
	mu     sync.Mutex
	counts map[callKey]*CallCount
}

type callKey struct {
	method, template string
	status           int
}

func newCallCounter() *callCounter { return &callCounter{counts: map[callKey]*CallCount{}} }

func (c *callCounter) add(method, template string, status int, in, out int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := callKey{method, template, status}
	n := c.counts[key]
	if n == nil {
		n = &CallCount{Method: method, Template: template, Status: status}
		c.counts[key] = n
	}
	n.Count++
	n.BytesIn += in
	n.BytesOut += out
}

func (c *callCounter) list() []CallCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]CallCount, 0, len(c.counts))
	for _, n := range c.counts {
		all = append(all, *n)
	}
	sort.Slice(all, func(a, b int) bool {
		if all[a].Template != all[b].Template {
			return all[a].Template < all[b].Template
		}
		if all[a].Method != all[b].Method {
			return all[a].Method < all[b].Method
		}
		return all[a].Status < all[b].Status
	})
	return all
}

func (c *callCounter) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts = map[callKey]*CallCount{}
}

// Calls lists what was asked so far, by template.
func (s *Server) Calls() []CallCount { return s.calls.list() }

// ResetCalls starts counting anew.
func (s *Server) ResetCalls() { s.calls.reset() }
