package explorer

import (
	"strings"
	"time"

	"vangnet/engine/model"
)

// Selection is what a technician chose to put back: a copy, so that the list
// may change while it is being dragged.
type Selection struct {
	Tenant model.TenantID
	Label  string      // "3 mails"
	Rows   []model.Row // what was chosen one by one
	Paths  []string    // or whole folders
	Parts  []string    // addresses that tell what kinds of content there are
	Bytes  int64       //
	At     time.Time   // for Paths

	// Rest is a listing of which rows are chosen that are not all here: all of
	// it, or those at Picked. They are read when they are put back.
	Rest   *model.ListQuery
	Picked []int // in order
}

// Empty reports that nothing is chosen.
func (s Selection) Empty() bool { return len(s.Rows) == 0 && len(s.Paths) == 0 && s.Rest == nil }

// TargetKind says what a place to put things back to is.
type TargetKind int

// The kinds of place.
const (
	NoTarget TargetKind = iota
	Original            // where each thing came from
	Live                // an account or folder in the live tenant
	Local               // a folder on this computer
	HandOver            // a file for the customer
)

// Target is a place to put things back to.
type Target struct {
	Kind    TargetKind
	Address string             // Live
	Name    string             // as shown
	Tenant  model.TenantID     // Live: whose
	Owner   string             // name of that tenant, where it was chosen below another one's
	Refusal string             // fault code of why nothing can be put there
	Format  model.ExportFormat // HandOver: as what; empty: what suits
}

// Refused says why a target does not take a selection.
type Refused int

// The answers. Accepted is the only one that lets a drop through.
const (
	Accepted    Refused = iota
	Nothing             // nothing is chosen
	NotAPlace           // a heading, not a place
	SeveralHome         // chosen from more than one tenant
	OtherHome           // the place belongs to another tenant, and nobody chose that
	WrongKind           // mail on a drive, files in a mailbox
	CannotTake          // the place itself cannot: Target.Refusal says why
	OnlyMail            // a PST takes no files
)

// Judge says whether a target takes a selection.
func Judge(s Selection, t Target) Refused {
	switch {
	case s.Empty():
		return Nothing
	case t.Kind == NoTarget:
		return NotAPlace
	case mixedTenants(s):
		return SeveralHome
	case t.Kind == HandOver && t.Format == model.ExportPST && onlyFiles(s):
		return OnlyMail
	case t.Kind == Original, t.Kind == Local, t.Kind == HandOver:
		return Accepted
	case t.Tenant != s.Tenant && t.Owner == "":
		return OtherHome
	case t.Refusal != "":
		return CannotTake
	}
	room := family(t.Address)
	if room == "" { // the whole account: everything finds its own place
		return Accepted
	}
	for _, part := range s.Parts {
		if f := family(part); f != "" && f != room {
			return WrongKind
		}
	}
	return Accepted
}

// onlyFiles reports that nothing of a mailbox is chosen.
func onlyFiles(s Selection) bool {
	for _, part := range s.Parts {
		if family(part) != string(model.OneDrive) {
			return false
		}
	}
	return len(s.Parts) > 0
}

func mixedTenants(s Selection) bool {
	for _, r := range s.Rows {
		if r.Tenant != s.Tenant {
			return true
		}
	}
	return false
}

// family is the kind of room an address stands in: mail, calendar, contacts,
// tasks, onedrive; "" for an account. The archive is mail too.
func family(address string) string {
	_, rest, ok := strings.Cut(address, "/")
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(rest, "/")
	if first == "archive" {
		return "mail"
	}
	return first
}

// request is the restore that brings a selection to a target.
func request(s Selection, t Target, conflict model.Conflict) model.RestoreRequest {
	r := model.RestoreRequest{Tenant: s.Tenant, Paths: s.Paths, At: s.At, Conflict: conflict}
	for _, row := range s.Rows {
		r.Refs = append(r.Refs, row.Ref)
	}
	switch t.Kind {
	case Live:
		r.To = t.Address
		if t.Tenant != s.Tenant {
			r.ToTenant = t.Tenant
		}
	case Local:
		r.ToDir = t.Address
	}
	return r
}
