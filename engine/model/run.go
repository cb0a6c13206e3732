package model

import "time"

// Outcome says what became of an item or a resource in a run.
type Outcome string

// The outcomes.
const (
	Saved     Outcome = "saved"
	Unchanged Outcome = "unchanged"
	Skipped   Outcome = "skipped" // cannot be had, with a cause; not an error of ours
	Failed    Outcome = "failed"
	Partial   Outcome = "partial" // resources only: saved, but some items failed
	Cancelled Outcome = "cancelled"
)

// ItemFault is an item (or a whole resource) that a run could not do.
type ItemFault struct {
	Path   string `json:"path"` // address
	Cause  string `json:"cause"`
	Code   string `json:"code"` // stable word for the cause, such as corrupt_item
	ID     string `json:"id,omitempty"`
	Folder string `json:"folder,omitempty"` // folder id, for the retry in the next run
}

// ResourceRun is what one run did for one resource.
type ResourceRun struct {
	Tenant    TenantID    `json:"tenant"`
	ID        ResourceID  `json:"resource_id"`
	Address   string      `json:"resource"`
	Outcome   Outcome     `json:"outcome"`
	Snapshot  string      `json:"snapshot,omitempty"` // the snapshot that holds the result; an earlier one when unchanged
	Saved     int64       `json:"saved"`
	Unchanged int64       `json:"unchanged"`
	Skipped   int64       `json:"skipped"`
	Failed    int64       `json:"failed"`
	Items     int64       `json:"items"` // items in the resulting snapshot
	Bytes     int64       `json:"bytes"` // content bytes read from Microsoft
	Requests  int64       `json:"requests"`
	Seconds   float64     `json:"seconds"`
	Errors    []ItemFault `json:"errors"`
	Warnings  []Reason    `json:"warnings,omitempty"` // such as archive_not_protected, streams_not_trusted
}

// Run is one execution of a backup for one tenant.
type Run struct {
	ID        string        `json:"id"`
	Tenant    TenantID      `json:"tenant"`
	Started   time.Time     `json:"started"`
	Ended     time.Time     `json:"ended"`
	By        string        `json:"by"`              // computer and technician
	Error     *ItemFault    `json:"error,omitempty"` // what ended the whole run, if anything did
	Cancelled bool          `json:"cancelled,omitempty"`
	Resources []ResourceRun `json:"resources"`
	Seats     []Seat        `json:"seats"`  // every account that was looked at, with its coverage
	Rights    []Right       `json:"rights"` // permissions as found
}

// Seat is one account's coverage in a run.
type Seat struct {
	Resource Resource `json:"resource"`
}

// JobKind says what a job does.
type JobKind string

// The kinds of job.
const (
	JobBackup  JobKind = "backup"
	JobRestore JobKind = "restore"
	JobExport  JobKind = "export"
	JobVerify  JobKind = "verify"
	JobCatalog JobKind = "catalog"
)

// JobState says where a job stands.
type JobState string

// The states of a job.
const (
	JobQueued     JobState = "queued"
	JobRunning    JobState = "running"
	JobCancelling JobState = "cancelling"
	JobCancelled  JobState = "cancelled"
	JobDone       JobState = "done"
	JobWarnings   JobState = "done_with_failures" // done, but some items failed
	JobFailed     JobState = "failed"
)

// Ended reports whether a job in this state will never change again.
func (s JobState) Ended() bool {
	return s == JobCancelled || s == JobDone || s == JobWarnings || s == JobFailed
}

// Job is a snapshot of long work: what it is, how far it is.
type Job struct {
	ID       string    `json:"id"`
	Kind     JobKind   `json:"kind"`
	Tenant   TenantID  `json:"tenant"`
	Title    string    `json:"title"`          // a tenant's name, or what the first thing that is put back is called; may be empty
	Path     string    `json:"path,omitempty"` // restore jobs: address of the first thing that is put back
	More     int       `json:"more,omitempty"` // restore jobs: how many things were asked for beside it
	State    JobState  `json:"state"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended"`
	Progress Progress  `json:"progress"`
	Error    *Fault    `json:"error,omitempty"` // why it failed
	Result   *Result   `json:"result,omitempty"`
}

// Progress counts. Totals grow while listing goes on; zero means unknown.
type Progress struct {
	Resources      int       `json:"resources"` // finished
	ResourcesTotal int       `json:"resources_total"`
	Items          int64     `json:"items"`
	ItemsTotal     int64     `json:"items_total"`
	Bytes          int64     `json:"bytes"`
	BytesTotal     int64     `json:"bytes_total"`
	Failed         int64     `json:"failed"`
	Requests       int64     `json:"requests"`
	Now            string    `json:"now"`        // address being worked on
	WaitUntil      time.Time `json:"wait_until"` // Microsoft asked to wait until then; zero: not waiting
}

// Fault is an error on its way to a person: a code the edge turns into a
// sentence with a next step, its values, and the technical text for "Details".
type Fault struct {
	Code   string            `json:"code"`
	Args   map[string]string `json:"args,omitempty"`
	Detail string            `json:"detail"`
}

// Result is what an ended job brought.
type Result struct {
	Saved     int64          `json:"saved"`
	Unchanged int64          `json:"unchanged"`
	Skipped   int64          `json:"skipped"`
	Failed    int64          `json:"failed"`
	Bytes     int64          `json:"bytes"`
	Errors    []ItemFault    `json:"errors"`
	Runs      []ResourceRun  `json:"runs,omitempty"`     // backup jobs
	Target    Target         `json:"target,omitzero"`    // restore jobs: where it went
	Verified  *VerifyReport  `json:"verified,omitempty"` // verify jobs: what was found
	Files     []HandoverFile `json:"files,omitempty"`    // export jobs: what was made
}
