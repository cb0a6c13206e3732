package widgets

import (
	"context"

	"vangnet/ui/task"
)

// Page sizes: how many rows are fetched at once, how many pages are kept, and
// how many questions are out at a time.
const (
	pageRows   = 200
	pagesKept  = 40
	pagesAtWay = 2
	pagesAsked = 6
)

// Pager keeps the pages of a long list that are being looked at. It belongs to
// the screen's thread.
type Pager[T any] struct {
	run     *task.Runner
	fetch   func(ctx context.Context, offset, limit int) ([]T, int, error)
	changed func(err error) // a page came, or did not

	total  int
	pages  map[int][]T
	order  []int // of pages, the last used at the end
	wanted []int // newest at the end
	atWay  map[int]*task.Slot
	failed map[int]bool
}

// NewPager keeps pages that fetch brings; changed is called after each.
func NewPager[T any](run *task.Runner, changed func(error)) *Pager[T] {
	p := &Pager[T]{run: run, changed: changed}
	p.clear()
	return p
}

func (p *Pager[T]) clear() {
	for _, slot := range p.atWay {
		slot.Stop()
	}
	p.total, p.pages, p.order, p.wanted = 0, map[int][]T{}, nil, nil
	p.atWay, p.failed = map[int]*task.Slot{}, map[int]bool{}
}

// Ask starts a list over with another question.
func (p *Pager[T]) Ask(fetch func(ctx context.Context, offset, limit int) ([]T, int, error)) {
	p.clear()
	p.fetch = fetch
	p.want(0)
}

// Stop cancels what is under way and forgets the list.
func (p *Pager[T]) Stop() { p.clear(); p.fetch = nil }

// Len is how long the list is, as far as known.
func (p *Pager[T]) Len() int { return p.total }

// Busy reports whether the first page is still awaited.
func (p *Pager[T]) Busy() bool { return p.fetch != nil && len(p.pages) == 0 && len(p.atWay) > 0 }

// Get is row i. When it is not there yet, it is fetched and ok is false.
func (p *Pager[T]) Get(i int) (row T, ok bool) {
	if i < 0 || i >= p.total {
		return row, false
	}
	page, in := i/pageRows, i%pageRows
	rows, here := p.pages[page]
	if !here {
		p.want(page)
		return row, false
	}
	p.use(page)
	if in >= len(rows) {
		return row, false
	}
	return rows[in], true
}

// Find is the place of a row in the first pages of the list, as far as they are
// here, and otherwise -1; of pages that are missing it fetches the next one, so
// that a later Find gets further.
func (p *Pager[T]) Find(match func(T) bool, pages int) int {
	for page := range min(pages, (p.total+pageRows-1)/pageRows) {
		rows, here := p.pages[page]
		if !here {
			p.want(page)
			return -1
		}
		for i, row := range rows {
			if match(row) {
				return page*pageRows + i
			}
		}
	}
	return -1
}

func (p *Pager[T]) use(page int) {
	if n := len(p.order); n > 0 && p.order[n-1] == page {
		return
	}
	for i, other := range p.order {
		if other == page {
			p.order = append(p.order[:i], p.order[i+1:]...)
			break
		}
	}
	p.order = append(p.order, page)
}

// want remembers that a page is looked at. Somebody who races through the list
// leaves pages behind: the oldest wishes are dropped.
func (p *Pager[T]) want(page int) {
	if p.fetch == nil || p.atWay[page] != nil || p.failed[page] {
		return
	}
	for _, other := range p.wanted {
		if other == page {
			return
		}
	}
	p.wanted = append(p.wanted, page)
	if len(p.wanted) > pagesAsked {
		p.wanted = p.wanted[len(p.wanted)-pagesAsked:]
	}
	p.next()
}

func (p *Pager[T]) next() {
	for len(p.atWay) < pagesAtWay && len(p.wanted) > 0 {
		page := p.wanted[len(p.wanted)-1]
		p.wanted = p.wanted[:len(p.wanted)-1]
		p.ask(page)
	}
}

type fetched[T any] struct {
	rows  []T
	total int
}

func (p *Pager[T]) ask(page int) {
	slot, fetch := &task.Slot{}, p.fetch
	p.atWay[page] = slot
	task.Load(p.run, slot, func(ctx context.Context) (fetched[T], error) {
		rows, total, err := fetch(ctx, page*pageRows, pageRows)
		return fetched[T]{rows, total}, err
	}, func(f fetched[T], err error) {
		delete(p.atWay, page)
		if err != nil {
			p.failed[page] = true
		} else {
			p.keep(page, f)
		}
		p.next()
		p.changed(err)
	})
}

func (p *Pager[T]) keep(page int, f fetched[T]) {
	p.total = f.total
	p.pages[page] = f.rows
	p.use(page)
	for len(p.order) > pagesKept {
		delete(p.pages, p.order[0])
		p.order = p.order[1:]
	}
}
