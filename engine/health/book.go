// Package health folds what a tenant's runs wrote down into what a technician
// wants to know: is everything protected, since when, and if not, why not.
package health

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// keepNights is how many nights the book keeps. A run is known by its night.
const keepNights = 60

// Book is what is known of a tenant's runs, without the runs themselves (see
// Runs): an overview of hundreds of tenants reads their books and nothing else.
// It is filled in the order of the ledger and can be stored as JSON. Applying
// something twice does no harm.
type Book struct {
	Form      int                                 `json:"form"` // of this layout; another one is made anew
	Mark      string                              `json:"mark"` // of the newest ledger record
	Newest    map[model.ResourceID]model.Snapshot `json:"newest"`
	Last      Brief                               `json:"last"` // the newest run; zero: none yet
	Resources map[model.ResourceID]Line           `json:"resources"`
	Nights    []Night                             `json:"nights"`             // newest last
	Distrust  string                              `json:"distrust,omitempty"` // on what streams and plain reading disagreed, once found for ever
}

// Line is what is known of one resource.
type Line struct {
	Resource model.Resource    `json:"resource"`
	Last     model.ResourceRun `json:"last"`             // without its errors
	Failed   Failures          `json:"failed,omitempty"` // of the last run
	LastTry  time.Time         `json:"last_try"`
	Success  time.Time         `json:"success"` // last time its copy was brought up to date
}

// bookForm is the version of the stored layout.
const bookForm = 3

// Usable reports that a book read from storage is one of this layout, and whole.
func (b *Book) Usable() bool { return b.Form == bookForm && b.Newest != nil && b.Resources != nil }

// Failures counts failed items by workload.
type Failures map[model.Workload]int64

// failuresOf tells the workloads of a mailbox apart by the first part of the
// addresses of what failed. An archive counts as mail, and so does what a run
// counted but did not list.
func failuresOf(rr model.ResourceRun) Failures {
	if rr.Failed == 0 || !Succeeded(rr.Outcome) {
		return nil
	}
	if strings.HasPrefix(string(rr.ID), "drive:") {
		return Failures{model.OneDrive: rr.Failed}
	}
	f, rest := Failures{}, rr.Failed
	for _, e := range rr.Errors {
		top, _, _ := strings.Cut(strings.TrimPrefix(e.Path, rr.Address+"/"), "/")
		if w := model.Workload(top); w != model.Mail && slices.Contains(model.Workloads(), w) && rest > 0 {
			f[w]++
			rest--
		}
	}
	if rest > 0 {
		f[model.Mail] = rest
	}
	return f
}

// Brief is a run without what it says of each resource.
type Brief struct {
	Run       string           `json:"run"`
	Started   time.Time        `json:"started"`
	Error     *model.ItemFault `json:"error,omitempty"`
	Cancelled bool             `json:"cancelled,omitempty"`
	Saved     int64            `json:"saved"`
	Checked   int64            `json:"checked"` // items, whatever became of them
}

func briefOf(r model.Run) Brief {
	s := Brief{Run: r.ID, Started: r.Started, Error: r.Error, Cancelled: r.Cancelled}
	for _, rr := range r.Resources {
		s.Saved += rr.Saved
		s.Checked += rr.Saved + rr.Unchanged + rr.Failed + rr.Skipped
	}
	return s
}

// Night is one run in short.
type Night struct {
	Run   string      `json:"run"`
	Time  time.Time   `json:"time"`
	State model.State `json:"state"`
}

// NewBook returns an empty book.
func NewBook() *Book {
	return &Book{Form: bookForm, Newest: map[model.ResourceID]model.Snapshot{}, Resources: map[model.ResourceID]Line{}}
}

// Snapshot notes a snapshot.
func (b *Book) Snapshot(s model.Snapshot) {
	if have, ok := b.Newest[s.Resource]; !ok || !s.Time.Before(have.Time) {
		b.Newest[s.Resource] = s
	}
}

// Run notes a run.
func (b *Book) Run(r model.Run) {
	for _, have := range b.Nights {
		if have.Run == r.ID {
			return
		}
	}
	b.Last = briefOf(r)
	b.Nights = append(b.Nights, Night{Run: r.ID, Time: r.Started, State: stateOf(r)})
	if len(b.Nights) > keepNights {
		b.Nights = b.Nights[len(b.Nights)-keepNights:]
	}
	b.seats(r)
	b.distrust(r)
	for _, rr := range r.Resources {
		l := b.Resources[rr.ID]
		if l.Resource.ID == "" {
			l.Resource = model.Resource{ID: rr.ID, Address: rr.Address}
		}
		l.LastTry = r.Started
		if Succeeded(rr.Outcome) {
			l.Success = r.Started
		}
		l.Failed = failuresOf(rr)
		rr.Errors = nil
		l.Last = rr
		b.Resources[rr.ID] = l
	}
}

// distrust remembers that a run found the stream parser and the plain reading at
// odds. Runs that look at other things, or at nothing, do not end it.
func (b *Book) distrust(r model.Run) {
	for _, rr := range r.Resources {
		for _, w := range rr.Warnings {
			if w.Code == fault.StreamNotTrusted && b.Distrust == "" {
				b.Distrust = cmp.Or(w.Args["example"], rr.Address)
			}
		}
	}
}

// seats takes over what a run saw of the tenant's accounts. An account that is
// no longer there keeps its line: its copies are still in the vault.
func (b *Book) seats(r model.Run) {
	if len(r.Seats) == 0 {
		return
	}
	seen := map[model.ResourceID]bool{}
	for _, s := range r.Seats {
		seen[s.Resource.ID] = true
		l := b.Resources[s.Resource.ID]
		l.Resource = s.Resource
		b.Resources[s.Resource.ID] = l
	}
	for id, l := range b.Resources {
		switch _, copied := b.Newest[id]; {
		case seen[id]:
		case copied:
			l.Resource.Coverage, l.Resource.Reason = model.NotProtected, model.Reason{Code: LeftTenant}
			b.Resources[id] = l
		default:
			delete(b.Resources, id)
		}
	}
}

// LeftTenant is the reason of a resource that is no longer in the tenant.
const LeftTenant = "left_tenant"

// Succeeded reports outcomes after which a resource's copy is up to date, be it
// with single items missing.
func Succeeded(o model.Outcome) bool {
	return o == model.Saved || o == model.Unchanged || o == model.Partial
}

// stateOf is how a run went as a whole.
func stateOf(r model.Run) model.State {
	if r.Error != nil {
		return model.StateFailing
	}
	state := model.StateGood
	for _, rr := range r.Resources {
		if rr.Failed > 0 || !Succeeded(rr.Outcome) {
			state = model.StateAttention
		}
	}
	if r.Cancelled {
		state = model.StateAttention
	}
	return state
}
