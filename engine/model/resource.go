package model

import (
	"strings"
	"time"
)

// Workload is a kind of content.
type Workload string

// The workloads, in the order screens show them.
const (
	Mail       Workload = "mail"
	Calendar   Workload = "calendar"
	Contacts   Workload = "contacts"
	Tasks      Workload = "tasks"
	OneDrive   Workload = "onedrive"
	SharePoint Workload = "sharepoint"
	Teams      Workload = "teams"
	Chats      Workload = "chats"
)

// Workloads lists those that this version copies.
func Workloads() []Workload { return []Workload{Mail, Calendar, Contacts, Tasks, OneDrive} }

// ResourceKind says what a resource is.
type ResourceKind string

// The kinds of resource.
const (
	Mailbox ResourceKind = "mailbox" // mail, archive, calendar, contacts, tasks of one account
	Drive   ResourceKind = "drive"   // one OneDrive
)

// Covers reports whether content of workload w lives in resources of kind k.
func (k ResourceKind) Covers(w Workload) bool {
	switch w {
	case Mail, Calendar, Contacts, Tasks:
		return k == Mailbox
	case OneDrive:
		return k == Drive
	}
	return false
}

// Coverage says whether a resource is protected.
type Coverage string

// The coverages.
const (
	Protected         Coverage = "protected"
	NotProtected      Coverage = "not_protected"
	CannotBeProtected Coverage = "cannot_be_protected"
)

// ResourceID names a resource for ever, also after its address changed:
// "mailbox:<user id>" or "drive:<drive id>".
type ResourceID string

// Resource is a mailbox or a drive.
type Resource struct {
	ID       ResourceID   `json:"id"`
	Kind     ResourceKind `json:"kind"`
	Address  string       `json:"resource"` // "user@contoso.example" (mailbox), "user@contoso.example/onedrive" (drive)
	Name     string       `json:"name"`     // display name of its owner
	UserID   string       `json:"user_id"`
	DriveID  string       `json:"drive_id,omitempty"`
	Purpose  string       `json:"purpose"` // user, shared, room, equipment, others
	Licensed bool         `json:"licensed"`
	Licences []string     `json:"licences,omitempty"` // part numbers such as SPE_E3
	Enabled  bool         `json:"enabled"`
	Coverage Coverage     `json:"coverage"`
	Reason   Reason       `json:"reason"`
}

// Matches reports whether the technician's words (an address, or the start of
// one up to a slash; empty means all) mean this resource.
func (r Resource) Matches(address string) bool {
	address = strings.TrimSuffix(strings.ToLower(address), "/")
	own := strings.ToLower(r.Address)
	return address == "" || own == address || strings.HasPrefix(own, address+"/")
}

// ResourceHealth is a resource with what is known of its copies.
type ResourceHealth struct {
	Resource
	State       State     `json:"state"`
	LastSuccess time.Time `json:"last_success"`
	Items       int64     `json:"items"`
	Bytes       int64     `json:"bytes"`
	Failed      int64     `json:"failed"`
	Archive     Coverage  `json:"archive,omitempty"` // mailboxes only: the in-place archive; "" where there is none
}
