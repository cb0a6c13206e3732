package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"vangnet/engine/file"
	"vangnet/engine/health"
	"vangnet/engine/model"
)

// runsPath is where the newest runs of a tenant are kept, apart from its book:
// they are large, and seldom asked for.
func (e *Engine) runsPath(id model.TenantID) string {
	return filepath.Join(e.opts.Home, "health", string(id)+"-runs.json")
}

func (e *Engine) hasRuns(id model.TenantID) bool {
	_, err := os.Stat(e.runsPath(id))
	return err == nil
}

// readRuns gives the newest runs of a tenant, newest last. A damaged file is
// removed, so that the next look into the ledger makes it anew.
func (e *Engine) readRuns(id model.TenantID) (health.Runs, error) {
	text, err := os.ReadFile(e.runsPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read runs: %w", err)
	}
	var runs health.Runs
	if json.Unmarshal(text, &runs) != nil {
		return nil, os.Remove(e.runsPath(id))
	}
	return runs, nil
}

// addRuns keeps further runs of a tenant.
func (e *Engine) addRuns(id model.TenantID, fresh []model.Run) error {
	if len(fresh) == 0 {
		return nil
	}
	runs, err := e.readRuns(id)
	if err != nil {
		return err
	}
	for _, r := range fresh {
		runs = runs.Add(r)
	}
	text, err := json.Marshal(runs)
	if err != nil {
		return fmt.Errorf("write runs: %w", err)
	}
	return file.Write(e.runsPath(id), text)
}
