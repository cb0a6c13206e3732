package health

import (
	"slices"

	"vangnet/engine/model"
)

// keepRuns is how many whole runs are kept of a tenant.
const keepRuns = 14

// Runs are the newest runs of a tenant, newest last, as they are stored beside
// its Book.
type Runs []model.Run

// Add adds a run, unless it is known, and lets go of the oldest.
func (l Runs) Add(r model.Run) Runs {
	if slices.ContainsFunc(l, func(have model.Run) bool { return have.ID == r.ID }) {
		return l
	}
	l = append(l, r)
	return l[max(len(l)-keepRuns, 0):]
}

// LastWhole is the newest run that looked at the whole tenant, nil for none.
func (l Runs) LastWhole() *model.Run {
	for i := len(l) - 1; i >= 0; i-- {
		if len(l[i].Seats) > 0 {
			return &l[i]
		}
	}
	return nil
}
