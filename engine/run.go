package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"vangnet/engine/backup"
	"vangnet/engine/cause"
	"vangnet/engine/job"
	"vangnet/engine/model"
)

// BackupRequest asks for a run; the zero Workload and Resource mean everything.
type BackupRequest struct {
	Tenant   model.TenantID
	Workload model.Workload
	Resource string // address of a resource, or the beginning of some
}

// Backup starts a run of a whole tenant, or of the resources an address means.
func (e *Engine) Backup(ctx context.Context, id model.TenantID, resource string) (string, error) {
	return e.StartBackup(ctx, BackupRequest{Tenant: id, Resource: resource})
}

// StartBackup starts a run. A tenant has one run at a time: a second one waits.
func (e *Engine) StartBackup(ctx context.Context, r BackupRequest) (string, error) {
	t, err := e.FindTenant(string(r.Tenant))
	if err != nil {
		return "", err
	}
	return e.jobs.Start(ctx, model.Job{Kind: model.JobBackup, Tenant: t.ID, Title: t.Name}, func(ctx context.Context, rep *job.Reporter) (model.Result, error) {
		return e.backup(ctx, t, r, rep)
	})
}

func (e *Engine) backup(ctx context.Context, t model.Tenant, r BackupRequest, rep *job.Reporter) (model.Result, error) {
	end, err := e.turn(ctx, e.busy, t.ID)
	if err != nil {
		return model.Result{}, err
	}
	defer end()
	unlock, err := e.lockJournals(ctx, t.ID)
	if err != nil {
		return model.Result{}, err
	}
	defer unlock()
	o, err := e.backupOptions(ctx, t, rep)
	if err != nil {
		return model.Result{}, err
	}
	run, err := backup.Run(ctx, o, backup.Select{Workload: r.Workload, Resource: r.Resource})
	result := resultOf(run)
	calm := context.WithoutCancel(ctx)
	// What was read is in the vault, whatever became of the run: health and
	// search take it in.
	late := errors.Join(e.readLedger(calm, t.ID), e.syncCatalog(calm, t.ID, job.Discard()))
	return result, cause.Mark(errors.Join(err, late), "tenant", t.Domain, "place", e.bucket.String(), "host", t.Cloud)
}

// lockLook is how often a run that waits for another program's looks again.
const lockLook = 500 * time.Millisecond

// lockJournals keeps other programs on this computer from running the same
// tenant out of the same home: a second run waits, as it does within a program.
func (e *Engine) lockJournals(ctx context.Context, id model.TenantID) (unlock func(), err error) {
	dir := filepath.Join(e.opts.Home, "journal")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make journal folder: %w", err)
	}
	lock := flock.New(filepath.Join(dir, string(id)+".lock"))
	if _, err := lock.TryLockContext(ctx, lockLook); err != nil {
		return nil, fmt.Errorf("wait for another run of %s: %w", e.Domain(id), err)
	}
	return func() {
		if err := lock.Unlock(); err != nil {
			e.opts.Log.Warn("lock of a run could not be let go", "error", err)
		}
	}, nil
}

func (e *Engine) backupOptions(ctx context.Context, t model.Tenant, rep *job.Reporter) (backup.Options, error) {
	c, err := e.client(t.ID)
	if err != nil {
		return backup.Options{}, err
	}
	v, err := e.vault(ctx, t.ID)
	if err != nil {
		return backup.Options{}, err
	}
	if err := e.readLedger(ctx, t.ID); err != nil {
		return backup.Options{}, err
	}
	b, err := e.book(t.ID)
	if err != nil {
		return backup.Options{}, err
	}
	runs, err := e.readRuns(t.ID)
	if err != nil {
		return backup.Options{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	newest := make(map[model.ResourceID]model.Snapshot, len(b.Newest))
	for id, s := range b.Newest {
		newest[id] = s
	}
	return backup.Options{
		Tenant: t, Client: c, Vault: v, Newest: newest, LastRun: runs.LastWhole(), Distrust: b.Distrust, Clock: e.opts.Clock, Log: e.opts.Log, Report: rep,
		JournalDir: filepath.Join(e.opts.Home, "journal", string(t.ID)),
		ID:         "run-" + strings.ToLower(rand.Text()[:12]), By: e.config.Technician, FlushEvery: e.opts.FlushEvery,
	}, nil
}

// resultOf sums a run up.
func resultOf(run model.Run) model.Result {
	res := model.Result{Runs: run.Resources, Errors: []model.ItemFault{}}
	for _, rr := range run.Resources {
		res.Saved += rr.Saved
		res.Unchanged += rr.Unchanged
		res.Skipped += rr.Skipped
		res.Failed += rr.Failed
		res.Bytes += rr.Bytes
		res.Errors = append(res.Errors, rr.Errors...)
	}
	return res
}
