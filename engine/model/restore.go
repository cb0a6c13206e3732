package model

import "time"

// Conflict says what happens when something is already in the place.
type Conflict string

// What to do with conflicts.
const (
	ConflictSkip    Conflict = "skip"
	ConflictCopy    Conflict = "copy"
	ConflictReplace Conflict = "replace"
)

// RestoreRequest asks to put things back.
type RestoreRequest struct {
	Tenant   TenantID
	Paths    []string  // addresses; a folder means all below it
	Refs     []Ref     // instead of or beside Paths: exactly these
	At       time.Time // for Paths; zero: newest
	To       string    // address of a live folder or resource; empty: the original place
	ToTenant TenantID  // empty: the same tenant
	ToDir    string    // a folder on this computer instead
	Conflict Conflict
	DryRun   bool
}

// Target is where the things that were asked for go.
func (r RestoreRequest) Target() Target {
	tenant := r.ToTenant
	if tenant == "" {
		tenant = r.Tenant
	}
	switch {
	case r.ToDir != "":
		return Target{Kind: TargetLocal, Address: r.ToDir}
	case r.To != "":
		return Target{Kind: TargetLive, Address: r.To, Tenant: tenant}
	}
	return Target{Kind: TargetOriginal, Tenant: tenant}
}

// TargetKind says what kind of place things are put back to.
type TargetKind string

// The kinds of place.
const (
	TargetOriginal TargetKind = "original" // where each thing came from
	TargetLive     TargetKind = "live"     // an account or folder in a live tenant
	TargetLocal    TargetKind = "local"    // a folder on this computer
)

// Target is a place that things are put back to.
type Target struct {
	Kind    TargetKind `json:"kind"`
	Address string     `json:"address,omitempty"`   // of a live place; or the folder on this computer
	Tenant  TenantID   `json:"tenant_id,omitempty"` // whose place it is; empty for a folder on this computer
}

// RestorePlan says what a restore would do.
type RestorePlan struct {
	Items    int64    `json:"items"`
	Folders  int64    `json:"folders"`
	Bytes    int64    `json:"bytes"`
	Create   int64    `json:"create"`
	Skip     int64    `json:"skip"`
	Copy     int64    `json:"copy"`
	Replace  int64    `json:"replace"`
	Target   Target   `json:"target"`
	Seconds  float64  `json:"seconds"` // expected
	Samples  []string `json:"samples"` // some addresses
	Warnings []Reason `json:"warnings,omitempty"`
}
