package workloadtest

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/job"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// Desk makes one run of a resource after the other, each with a journal of its
// own and on top of what the one before left.
type Desk struct {
	Store    *Store
	previous *workload.Previous
	runs     int
}

// NewDesk makes one with an empty vault.
func NewDesk() *Desk { return &Desk{Store: NewStore()} }

// Run has read do a run's task and keeps what it leaves for the next.
func (d *Desk) Run(t testing.TB, of model.Resource, read func(*workload.Task) (workload.Result, error)) workload.Result {
	t.Helper()
	d.runs++
	j, err := workload.OpenJournal(filepath.Join(t.TempDir(), "j.jsonl"), fmt.Sprint(d.runs))
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Remove()) }()
	res, err := read(&workload.Task{Resource: of, Store: d.Store, Previous: d.previous, Journal: j, Report: job.Discard(), Clock: clock.System()})
	require.NoError(t, err)
	d.previous = &workload.Previous{Snapshot: model.Snapshot{ID: fmt.Sprint(d.runs), Time: time.Now()}, Folders: res.Folders, State: res.State}
	return res
}
