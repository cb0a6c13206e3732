package catalog

import (
	"fmt"
	"sync"
)

// pages remembers what a scrolling list asks for again and again: how many rows
// a listing has, and all keys of a filtered one. It is valid for one state of
// the catalog.
type pages struct {
	mu      sync.Mutex
	version int64
	totals  map[string]int
	wholes  map[string][]int64
}

// Bounds of what is remembered: a whole listing takes 8 bytes a row.
const (
	maxTotals = 256
	maxWholes = 4
)

func (l *listing) id() string { return fmt.Sprintf("%s|%s|%v", l.from, l.order(false), l.args) }

// total counts a listing's rows.
func (p *pages) total(r *reader, l *listing) (int, error) {
	v, err := version(r)
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	p.renew(v)
	n, ok := p.totals[l.id()]
	p.mu.Unlock()
	if ok {
		return n, nil
	}
	if n, err = countRows(r, l); err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.version == v {
		if len(p.totals) >= maxTotals {
			clear(p.totals)
		}
		p.totals[l.id()] = n
	}
	return n, nil
}

// whole finds all keys of a listing. The slice is shared: do not change it.
func (p *pages) whole(r *reader, l *listing) ([]int64, error) {
	v, err := version(r)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.renew(v)
	keys, ok := p.wholes[l.id()]
	p.mu.Unlock()
	if ok {
		return keys, nil
	}
	if keys, err = scanKeys(r.query("SELECT i.key "+l.from+l.order(false), l.args...)); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.version == v {
		if len(p.wholes) >= maxWholes {
			clear(p.wholes)
		}
		p.wholes[l.id()] = keys
	}
	return keys, nil
}

// renew forgets what belongs to an older state of the catalog.
func (p *pages) renew(v int64) {
	if p.totals == nil || v > p.version {
		p.version, p.totals, p.wholes = v, map[string]int{}, map[string][]int64{}
	}
}
