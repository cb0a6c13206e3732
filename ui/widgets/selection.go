package widgets

import "sort"

// selection is the set of chosen rows, the row the keyboard is at, and the row
// a range starts from.
type selection struct {
	all    bool
	rows   map[int]struct{}
	cursor int
	anchor int
}

func (s *selection) reset() { *s = selection{rows: map[int]struct{}{}, cursor: -1, anchor: -1} }

func (s *selection) only(row int) {
	s.reset()
	s.rows[row] = struct{}{}
	s.cursor, s.anchor = row, row
}

// toggle adds a row or takes it away.
func (s *selection) toggle(row int) {
	if s.all {
		s.only(row)
		return
	}
	if _, ok := s.rows[row]; ok {
		delete(s.rows, row)
	} else {
		s.rows[row] = struct{}{}
	}
	s.cursor, s.anchor = row, row
}

// extend chooses from the anchor to a row.
func (s *selection) extend(row int) {
	anchor := s.anchor
	if anchor < 0 {
		anchor = row
	}
	s.reset()
	for i := min(anchor, row); i <= max(anchor, row); i++ {
		s.rows[i] = struct{}{}
	}
	s.cursor, s.anchor = row, anchor
}

func (s *selection) everything() { s.all, s.rows = true, map[int]struct{}{} }

func (s *selection) has(row int) bool {
	_, ok := s.rows[row]
	return s.all || ok
}

func (s *selection) count(length int) int {
	if s.all {
		return length
	}
	return len(s.rows)
}

func (s *selection) list() (rows []int, all bool) {
	if s.all {
		return nil, true
	}
	for r := range s.rows {
		rows = append(rows, r)
	}
	sort.Ints(rows)
	return rows, false
}

// clamp forgets rows that are no longer there.
func (s *selection) clamp(length int) {
	for r := range s.rows {
		if r >= length {
			delete(s.rows, r)
		}
	}
	s.cursor, s.anchor = min(s.cursor, length-1), min(s.anchor, length-1)
	if length == 0 {
		s.all = false
	}
}
