// Package uitest holds what the interface is tried with: an engine that owns
// no bytes and a window to drive. The data is plausible and made from fixed
// numbers, ugly cases included; the same on every run.
package uitest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/event"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// Fake is an engine without bytes. It satisfies ui.Engine.
type Fake struct {
	Clock clock.Clock
	Big   int // items in the folder that is big

	bus event.Bus

	mu       sync.Mutex
	tenants  []model.TenantHealth
	jobs     []model.Job
	backups  []string               // "tenant resource" of every Backup
	restores []model.RestoreRequest // every Restore
	exports  []model.ExportRequest
	verified []float64               // the share of every Verify
	targets  map[string]model.Target // of restore jobs, by id
	listed   int                     // how often List was asked
	broken   error                   // what every question answers, when not nil
}

// NewFake returns an engine with many tenants.
func NewFake(c clock.Clock) *Fake {
	f := &Fake{Clock: c, Big: 200_000, targets: map[string]model.Target{}}
	f.tenants = makeTenants(c.Now())
	f.jobs = makeJobs(c.Now())
	return f
}

// Grow makes it n tenants.
func (f *Fake) Grow(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.tenants); i < n; i++ {
		f.tenants = append(f.tenants, makeTenant(f.Clock.Now(), i, fmt.Sprintf("%s %d", companies[i%len(companies)], i)))
	}
}

// Break makes every question fail with err; nil mends it.
func (f *Fake) Break(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = err
}

// Backups are the backups that were asked for, as "tenant resource".
func (f *Fake) Backups() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.backups...)
}

// Exports are the hand-overs that were asked for.
func (f *Fake) Exports() []model.ExportRequest {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.exports)
}

// Restores are the restores that were asked for.
func (f *Fake) Restores() []model.RestoreRequest {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]model.RestoreRequest(nil), f.restores...)
}

// Verified are the shares of the checks that were asked for, in percent.
func (f *Fake) Verified() []float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]float64(nil), f.verified...)
}

// Listed is how often a page of a folder was asked for.
func (f *Fake) Listed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listed
}

// SetJobs replaces the jobs and tells.
func (f *Fake) SetJobs(jobs ...model.Job) {
	f.mu.Lock()
	f.jobs = jobs
	f.mu.Unlock()
	f.bus.Tick()
}

func (f *Fake) err(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return f.broken
	}
	return ctx.Err()
}

// Tenants implements ui.Engine.
func (f *Fake) Tenants(ctx context.Context) ([]model.TenantHealth, error) {
	if err := f.err(ctx); err != nil {
		return nil, err
	}
	return f.tenants, nil
}

// Tenant implements ui.Engine.
func (f *Fake) Tenant(ctx context.Context, id model.TenantID) (model.TenantHealth, error) {
	if err := f.err(ctx); err != nil {
		return model.TenantHealth{}, err
	}
	for _, t := range f.tenants {
		if t.Tenant.ID == id {
			return t, nil
		}
	}
	return model.TenantHealth{}, fault.New(fault.NoTenant, fmt.Errorf("no tenant %s", id), "tenant", string(id))
}

// Backup implements ui.Engine.
func (f *Fake) Backup(ctx context.Context, id model.TenantID, resource string) (string, error) {
	t, err := f.Tenant(ctx, id)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	f.backups = append(f.backups, string(id)+" "+resource)
	f.mu.Unlock()
	return f.start(model.Job{Kind: model.JobBackup, Tenant: id, Title: t.Tenant.Name,
		Progress: model.Progress{ResourcesTotal: 24, ItemsTotal: 38_000, BytesTotal: 4_200_000_000, Now: "anna@" + t.Tenant.Domain + "/mail/Inbox"}}), nil
}

// Verify implements ui.Engine.
func (f *Fake) Verify(ctx context.Context, id model.TenantID, readPercent float64) (string, error) {
	t, err := f.Tenant(ctx, id)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	f.verified = append(f.verified, readPercent)
	f.mu.Unlock()
	return f.start(model.Job{Kind: model.JobVerify, Tenant: id, Title: t.Tenant.Name, Progress: model.Progress{ItemsTotal: 212_000, BytesTotal: 20_500_000_000}}), nil
}

func (f *Fake) start(j model.Job) string {
	f.mu.Lock()
	j.ID = fmt.Sprintf("job-%d", len(f.jobs)+1)
	j.State, j.Started = model.JobRunning, f.Clock.Now()
	f.jobs = append(f.jobs, j)
	f.mu.Unlock()
	f.bus.Tick()
	return j.ID
}

// Step moves every running job on by a share of its work.
func (f *Fake) Step(part float64) {
	f.mu.Lock()
	for i := range f.jobs {
		j := &f.jobs[i]
		if j.State != model.JobRunning {
			continue
		}
		p := &j.Progress
		p.Items = min(p.ItemsTotal, p.Items+int64(part*float64(p.ItemsTotal)))
		p.Bytes = min(p.BytesTotal, p.Bytes+int64(part*float64(p.BytesTotal)))
		if p.Items >= p.ItemsTotal {
			j.State, j.Ended = model.JobDone, f.Clock.Now()
			j.Result = &model.Result{Saved: p.Items, Bytes: p.Bytes, Target: f.targets[j.ID]}
			if j.Kind == model.JobVerify {
				j.Result = &model.Result{Bytes: p.Bytes, Verified: &model.VerifyReport{Tenant: j.Title, Snapshots: 61, Objects: p.Items, Read: p.Items, BytesRead: p.Bytes}}
			}
		}
	}
	f.mu.Unlock()
	f.bus.Tick()
}

// Jobs implements ui.Engine.
func (f *Fake) Jobs() []model.Job {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]model.Job(nil), f.jobs...)
}

// Cancel implements ui.Engine.
func (f *Fake) Cancel(id string) {
	f.mu.Lock()
	for i := range f.jobs {
		if f.jobs[i].ID == id && !f.jobs[i].State.Ended() {
			f.jobs[i].State, f.jobs[i].Ended = model.JobCancelled, f.Clock.Now()
		}
	}
	f.mu.Unlock()
	f.bus.Tick()
}

// Changes implements ui.Engine.
func (f *Fake) Changes() (<-chan struct{}, func()) { return f.bus.Listen() }

// Rights implements ui.Engine.
func (f *Fake) Rights(ctx context.Context, id model.TenantID) ([]model.Right, error) {
	broken := len(f.tenants) > 0 && f.tenants[0].Tenant.ID == id
	return []model.Right{
		{Name: "MailboxItem.Export.All", Granted: true, For: []string{"backup_mail"}},
		{Name: "MailboxItem.ImportExport.All", Granted: !broken, For: []string{"restore_mail"}},
		{Name: "MailboxFolder.ReadWrite.All", Granted: true, For: []string{"backup_mail", "restore_mail"}},
		{Name: "Files.ReadWrite.All", Granted: true, For: []string{"backup_files", "restore_files"}},
		{Name: "User.Read.All", Granted: true, For: []string{"list_users"}},
		{Name: "Organization.Read.All", Granted: !broken, For: []string{"licences"}},
	}, f.err(ctx)
}

// StorageFacts implements ui.Engine.
func (f *Fake) StorageFacts(ctx context.Context, id model.TenantID) ([]model.Fact, error) {
	return []model.Fact{
		{Label: "storage", Value: "s3://vangnet-nl/backups (eu-central-1)"},
		{Label: "vault", Value: "tenants/" + string(id)},
		{Label: "encryption", Value: "AES256-GCM-HMAC-SHA256"},
		{Label: "lock", Value: "compliance:30d"},
		{Label: "size", Value: "410000000000"},
	}, f.err(ctx)
}

// Facts implements ui.Engine.
func (f *Fake) Facts(ctx context.Context) ([]model.Fact, error) {
	return []model.Fact{
		{Label: "storage", Value: "s3://vangnet-nl/backups (eu-central-1)"},
		{Label: "technician", Value: "Maud de Wit"},
		{Label: "computer", Value: "WERKPLEK-07"},
		{Label: "home", Value: "/home/maud/.local/share/vangnet"},
		{Label: "version", Value: "0.1.0"},
	}, f.err(ctx)
}

func ago(now time.Time, d time.Duration) time.Time { return now.Add(-d) }
