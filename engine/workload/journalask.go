package workload

import (
	"slices"
	"strings"

	"vangnet/engine/model"
)

// Each calls fn for every item that was saved, with its folder. fn may use the journal.
func (j *Journal) Each(fn func(folder string, e model.Entry) error) error {
	type place struct {
		folder string
		at     span
	}
	var all []place
	j.mu.Lock()
	for id, f := range j.folders {
		for _, at := range f.items {
			all = append(all, place{id, at})
		}
	}
	j.mu.Unlock()
	for _, p := range all {
		j.mu.Lock()
		e, err := j.entryAt(p.at)
		j.mu.Unlock()
		if err != nil {
			return err
		}
		if err := fn(p.folder, e); err != nil {
			return err
		}
	}
	return nil
}

// Settled reports whether an item of a folder needs no further asking: it was
// saved, there or in another folder, or is gone.
func (j *Journal) Settled(folder, id string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	h := hashID(id)
	if f := j.where[h]; f != nil {
		if _, ok := f.items[h]; ok {
			return true
		}
	}
	if f := j.folders[folder]; f != nil {
		_, gone := f.gone[h]
		return gone
	}
	return false
}

// Left reports whether anything left a folder, since this was last asked of it,
// that was saved in no other: it was deleted, or it moved to a folder that had
// been read already.
func (j *Journal) Left(folder string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	f, ok := j.folders[folder]
	if !ok {
		return false
	}
	left := f.left
	f.left = nil
	return slices.ContainsFunc(left, func(h idHash) bool {
		_, gone := f.gone[h]
		return gone && !j.elsewhere(f, h)
	})
}

// elsewhere reports whether an item was saved in another folder than f, after
// it was in f. The caller need not hold mu: nothing is saved any more when
// listings are written.
func (j *Journal) elsewhere(f *folderIndex, h idHash) bool {
	now := j.where[h]
	if now == nil || now == f {
		return false
	}
	_, ok := now.items[h]
	return ok
}

// Round is where reading a folder stands.
type Round struct {
	Cursor   string
	Full     bool
	Complete bool
	Begun    bool // anything is known of this folder
	Touched  bool // its listing is not what it was
}

// Round tells where reading a folder stands.
func (j *Journal) Round(folder string) Round {
	j.mu.Lock()
	defer j.mu.Unlock()
	f, ok := j.folders[folder]
	if !ok {
		return Round{}
	}
	touched := f.full || len(f.items)+len(f.gone) > 0
	return Round{Cursor: f.cursor, Full: f.full, Complete: f.complete, Begun: true, Touched: touched}
}

// Has gives the entry that was saved for an item, if any.
func (j *Journal) Has(folder, id string) (model.Entry, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f, ok := j.folders[folder]
	if !ok {
		return model.Entry{}, false, nil
	}
	at, ok := f.items[hashID(id)]
	if !ok {
		return model.Entry{}, false, nil
	}
	e, err := j.entryAt(at)
	return e, err == nil, err
}

// Faults lists the items of a folder that could not be saved, in order of id.
func (j *Journal) Faults(folder string) []Failure {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []Failure
	if f, ok := j.folders[folder]; ok {
		for _, fault := range f.faults {
			list = append(list, fault)
		}
	}
	slices.SortFunc(list, func(a, b Failure) int { return strings.Compare(a.ID, b.ID) })
	return list
}
