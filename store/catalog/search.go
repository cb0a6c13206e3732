package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"vangnet/engine/model"
)

const (
	defaultHits = 100
	maxHits     = 1_000
	maxScope    = 400 // resources in one search; beyond it they are told apart afterwards
)

// Search finds items by words, newest first, each with a snippet. Without
// q.Versions every item comes once, as its newest version, whether or not it
// is still there.
func (c *Catalog) Search(ctx context.Context, q model.SearchQuery) (page model.SearchPage, err error) {
	err = c.reading(ctx, func(r *reader) error {
		words, err := c.index.read.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = words.Rollback() }() // only reads
		s := &search{c: c, r: r, words: words, q: q, terms: parseQuery(q.Text), limit: q.Limit}
		if s.limit <= 0 {
			s.limit = defaultHits
		}
		s.limit = min(s.limit, maxHits)
		page, err = s.run()
		return err
	})
	if err != nil {
		return model.SearchPage{}, fmt.Errorf("search: %w", err)
	}
	return page, nil
}

// search is one Search at work.
type search struct {
	c     *Catalog
	r     *reader
	words *sql.Tx // of the word index
	q     model.SearchQuery
	terms []term
	limit int
	match string
	only  map[int64]bool // resources, where they are too many for the expression
	last  int64          // document of the page's last row
}

func (s *search) run() (model.SearchPage, error) {
	var page model.SearchPage
	if s.q.Text != "" && len(s.terms) == 0 {
		return page, nil // nothing that could be a word
	}
	any, err := s.scope()
	if err != nil || !any {
		return page, err
	}
	low, high, err := s.span()
	if err != nil {
		return page, err
	}
	parts, err := scanKeys(s.words.QueryContext(s.r.ctx, "SELECT id FROM part WHERE id BETWEEN ? AND ? ORDER BY id DESC", partOf(low), partOf(high)))
	if err != nil {
		return page, err
	}
	for _, part := range parts {
		if err := s.part(int(part), low, high, &page); err != nil {
			return page, err
		}
		if page.Next != "" {
			break
		}
	}
	return page, nil
}

// scope prepares the match expression. It reports false when no resource can
// have a hit.
func (s *search) scope() (bool, error) {
	var tenants, resources []int64
	for _, id := range s.q.Tenants {
		keys, err := scanKeys(s.r.query("SELECT key FROM tenant WHERE id = ?", string(id)))
		if err != nil {
			return false, err
		}
		tenants = append(tenants, keys...)
	}
	if len(s.q.Tenants) > 0 && len(tenants) == 0 {
		return false, nil
	}
	if s.q.Resource != "" {
		var err error
		if resources, err = s.resources(); err != nil || len(resources) == 0 {
			return false, err
		}
		if len(resources) > maxScope {
			s.only = map[int64]bool{}
			for _, key := range resources {
				s.only[key] = true
			}
			resources = nil
		}
	}
	scope, not := scopeOf(s.q, tenants, resources)
	s.match = matchExpression(s.terms, scope, not)
	return true, nil
}

// resources finds those that the address in the query means.
func (s *search) resources() ([]int64, error) {
	address := strings.Trim(s.q.Resource, "/")
	rows, err := s.r.query("SELECT r.key, t.id FROM resource r JOIN tenant t ON t.key = r.tenant WHERE "+atOrBelow, bounds(address)...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	wanted := map[model.TenantID]bool{}
	for _, id := range s.q.Tenants {
		wanted[id] = true
	}
	var keys []int64
	for rows.Next() {
		var key int64
		var tenant model.TenantID
		if err := rows.Scan(&key, &tenant); err != nil {
			return nil, err
		}
		if len(wanted) == 0 || wanted[tenant] {
			keys = append(keys, key)
		}
	}
	return keys, rows.Err()
}

// span is the range of document ids that the query's times and mark allow.
func (s *search) span() (low, high int64, err error) {
	high = maxSecs<<keyBits | maxKey
	if !s.q.From.IsZero() {
		low = docID(s.q.From.UnixMicro(), 0)
	}
	if !s.q.Until.IsZero() {
		high = min(high, docID(s.q.Until.UnixMicro(), maxKey))
	}
	if s.q.Before != "" {
		mark, err := strconv.ParseInt(s.q.Before, 36, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("mark %q of an earlier page: %w", s.q.Before, ErrNotFound)
		}
		high = min(high, mark-1)
	}
	return low, max(high, 0), nil
}

// part searches one part of the index from high down, until the page is full.
func (s *search) part(part int, low, high int64, page *model.SearchPage) error {
	query := "SELECT rowid FROM " + partTable(part) + " WHERE " + partTable(part) + " MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?"
	for {
		want := s.limit - len(page.Rows) + 1 // one more tells whether there is a next page
		if err := s.r.ctx.Err(); err != nil {
			return err
		}
		docs, err := scanKeys(s.words.QueryContext(unwatched(s.r.ctx), query, s.match, low, high, want))
		if err != nil {
			return fmt.Errorf("look for %s: %w", s.match, err)
		}
		if err := s.take(docs, page); err != nil {
			return err
		}
		if page.Next != "" || len(docs) < want {
			return nil
		}
		high = docs[len(docs)-1] - 1
	}
}

// take adds hits to the page.
func (s *search) take(docs []int64, page *model.SearchPage) error {
	keys := make([]int64, len(docs))
	for i, doc := range docs {
		keys[i] = doc & maxKey
	}
	items, err := s.r.itemsByKey(keys, withEntry)
	if err != nil {
		return err
	}
	for i := range items {
		it := &items[i]
		if len(page.Rows) == s.limit {
			page.Next = strconv.FormatInt(s.last, 36)
			return nil
		}
		if !s.wanted(it) {
			continue
		}
		row, err := s.r.row(it, 0)
		if err != nil {
			return err
		}
		if s.q.Deleted && !row.Deleted {
			continue
		}
		if row.Snippet, err = s.snippet(it); err != nil {
			return err
		}
		page.Rows = append(page.Rows, row)
		s.last = docID(it.moment, it.key)
	}
	return nil
}

// wanted checks what the index only knows roughly.
func (s *search) wanted(it *item) bool {
	at := time.UnixMicro(it.moment)
	switch {
	case it.state == stateOld && !s.q.Versions:
		return false // the index has not followed yet
	case s.only != nil && !s.only[it.resource]:
		return false
	case !s.q.From.IsZero() && at.Before(s.q.From), !s.q.Until.IsZero() && !at.Before(s.q.Until):
		return false
	}
	return true
}

// snippet is the text around the first hit.
func (s *search) snippet(it *item) (string, error) {
	if it.flags&flagMail == 0 || len(s.terms) == 0 {
		return "", nil
	}
	entry, err := unpack(s.c.dec, it, it.blob)
	if err != nil || entry.Mail == nil {
		return "", err
	}
	return snippet(entry.Mail, s.terms), nil
}
