package ui

import (
	"context"
	"time"

	"vangnet/engine/model"
)

// Engine is what the interface needs of the engine. Every method that takes a
// context is called beside the screen's thread and may wait; the others answer
// at once and may be called from any thread.
type Engine interface {
	// Tenants are all tenants of the workspace with their health.
	Tenants(ctx context.Context) ([]model.TenantHealth, error)
	// Tenant is one of them.
	Tenant(ctx context.Context, id model.TenantID) (model.TenantHealth, error)
	// Resources are the mailboxes and drives of a tenant, also those that are
	// not protected.
	Resources(ctx context.Context, id model.TenantID) ([]model.ResourceHealth, error)
	// Runs are the newest runs of a tenant, newest first.
	Runs(ctx context.Context, id model.TenantID, limit int) ([]model.Run, error)
	// Rights are the permissions a tenant granted, and those it did not.
	Rights(ctx context.Context, id model.TenantID) ([]model.Right, error)
	// StorageFacts tell where a tenant's vault is and how it is kept.
	StorageFacts(ctx context.Context, id model.TenantID) ([]model.Fact, error)
	// Facts tell of this computer and its workspace: storage place, technician, versions.
	Facts(ctx context.Context) ([]model.Fact, error)

	// Backup starts a run: of a whole tenant, or of the resources that an
	// address matches. The job goes on after ctx ends.
	Backup(ctx context.Context, id model.TenantID, resource string) (jobID string, err error)
	// Verify starts to check a tenant's vault and to read back a share of its
	// content, in percent. The job goes on after ctx ends.
	Verify(ctx context.Context, id model.TenantID, readPercent float64) (jobID string, err error)
	// Jobs are snapshots of work under way and of work that ended lately.
	Jobs() []model.Job
	// Cancel asks a job to stop.
	Cancel(jobID string)
	// Changes ticks when jobs or health changed, one tick for many changes.
	Changes() (ticks <-chan struct{}, stop func())

	// RestorePoints are the moments that can be gone back to, newest first.
	RestorePoints(ctx context.Context, id model.TenantID, resource model.ResourceID) ([]model.RestorePoint, error)
	// Folders are all folders of a resource as they were at a moment (zero:
	// newest), parents before children.
	Folders(ctx context.Context, id model.TenantID, resource model.ResourceID, at time.Time) ([]model.Folder, error)
	// List is one page of a folder, and how many rows the whole answer has.
	List(ctx context.Context, q model.ListQuery) (rows []model.Row, total int, err error)
	// Versions are all kept versions of an item, newest first.
	Versions(ctx context.Context, ref model.Ref) ([]model.Row, error)
	// Preview is an item made safe to look at.
	Preview(ctx context.Context, ref model.Ref) (model.Preview, error)
	// Search is one page of what matches.
	Search(ctx context.Context, q model.SearchQuery) (model.SearchPage, error)

	// LiveTargets are places in the live tenant below an address: accounts for
	// "", then their workloads and folders. Of a row, Path is the address, Name
	// what it is called, Subject an account's display name, Items how many
	// places are below it, and Warning the fault code of why nothing can be put
	// there.
	LiveTargets(ctx context.Context, id model.TenantID, parent string) ([]model.Row, error)
	// PlanRestore says what a restore would do, without doing it.
	PlanRestore(ctx context.Context, r model.RestoreRequest) (model.RestorePlan, error)
	// Restore starts to put things back. The job goes on after ctx ends.
	Restore(ctx context.Context, r model.RestoreRequest) (jobID string, err error)

	// PlanExport says what an export would hand over, without doing it.
	PlanExport(ctx context.Context, r model.ExportRequest) (model.ExportPlan, error)
	// Export starts to hand data over, or goes on with an export that was cut
	// off. The job goes on after ctx ends.
	Export(ctx context.Context, r model.ExportRequest, texts model.ExportTexts) (jobID string, err error)
}
