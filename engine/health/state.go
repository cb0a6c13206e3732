package health

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// The terms after which silence is bad news. A daily run may be some hours late.
const (
	lateAfter    = 36 * time.Hour
	failingAfter = 72 * time.Hour
	nightsShown  = 30
)

// The reasons a book gives beside the codes of package fault.
const (
	NeverRun        = "never_run"
	Late            = "late"             // since
	ResourcesFailed = "resources_failed" // count
	ItemsFailed     = "items_failed"     // count
	Stopped         = "stopped"          // the last run was stopped by a person
	NotYet          = "not_yet"          // count: resources without a first copy
)

// severity orders states from bad to good.
var severity = map[model.State]int{
	model.StateFailing: 0, model.StateAttention: 1, model.StateWaiting: 2, model.StateNeverRun: 3,
	model.StateRunning: 4, model.StateNotProtected: 5, model.StateGood: 6,
}

// Compare orders two tenants: worst first, then by name.
func Compare(a, b model.TenantHealth) int {
	return cmp.Or(cmp.Compare(severity[a.State], severity[b.State]), cmp.Compare(a.Tenant.Name, b.Tenant.Name))
}

// Tenant judges a tenant at a moment.
func (b *Book) Tenant(t model.Tenant, now time.Time) model.TenantHealth {
	h := model.TenantHealth{Tenant: t, Nights: b.nights(now)}
	accounts, complete := map[string]bool{}, map[string]bool{}
	for id, l := range b.Resources {
		if l.Resource.Coverage == model.Protected {
			accounts[l.Resource.UserID] = true
			if _, ok := b.Newest[id]; !ok {
				complete[l.Resource.UserID] = false
			} else if _, known := complete[l.Resource.UserID]; !known {
				complete[l.Resource.UserID] = true
			}
		}
	}
	h.Accounts = len(accounts)
	for _, ok := range complete {
		if ok {
			h.Protected++
		}
	}
	for _, s := range b.Newest {
		h.Bytes += s.Bytes
	}
	h.LastRun, h.NewItems, h.Checked = b.Last.Started, b.Last.Saved, b.Last.Checked
	for _, w := range model.Workloads() {
		h.Workloads = append(h.Workloads, b.workload(w, now))
	}
	h.State, h.Reason = b.verdict(h, now)
	return h
}

// verdict is the worst that can be said of a tenant, with why.
func (b *Book) verdict(h model.TenantHealth, now time.Time) (model.State, model.Reason) {
	last := b.Last
	if last.Run == "" {
		return model.StateNeverRun, model.Reason{Code: NeverRun}
	}
	if last.Error != nil {
		return model.StateFailing, model.Reason{Code: last.Error.Code, Args: map[string]string{"tenant": h.Tenant.Domain, "detail": last.Error.Cause}}
	}
	state, reason := model.StateGood, model.Reason{}
	worse := func(s model.State, r model.Reason) {
		if severity[s] < severity[state] {
			state, reason = s, r
		}
	}
	for _, w := range h.Workloads {
		if w.State != model.StateNotProtected {
			worse(w.State, w.Reason)
		}
	}
	if reason.Code == ItemsFailed { // of all workloads together
		var n int64
		for _, l := range b.Resources {
			for _, failed := range l.Failed {
				n += failed
			}
		}
		reason = count(ItemsFailed, n)
	}
	if last.Cancelled {
		worse(model.StateAttention, model.Reason{Code: Stopped})
	}
	return state, reason
}

// nothingThere are the reasons for which an account has nothing to protect. Any
// other reason keeps something from being protected.
var nothingThere = map[string]bool{fault.NoMailbox: true, fault.NoDrive: true}

// workload judges one workload over all resources that hold it.
func (b *Book) workload(w model.Workload, now time.Time) model.WorkloadHealth {
	h := model.WorkloadHealth{Workload: w, State: model.StateGood}
	var failedResources, failedItems, missing int64
	var oldest time.Time
	var warning model.Reason
	var refused model.Reason
	for id, l := range b.Resources {
		if !l.Resource.Kind.Covers(w) {
			continue
		}
		if l.Resource.Coverage == model.CannotBeProtected && !nothingThere[l.Resource.Reason.Code] {
			h.NotProtected++
			refused = l.Resource.Reason
		}
		if l.Resource.Coverage != model.Protected {
			continue
		}
		if _, ok := b.Newest[id]; !ok {
			missing++
			h.NotProtected++
		} else {
			h.Protected++
		}
		if l.Last.ID != "" && !Succeeded(l.Last.Outcome) && l.Last.Outcome != model.Cancelled {
			failedResources++
		} else {
			failedItems += l.Failed[w]
		}
		if len(l.Last.Warnings) > 0 {
			warning = l.Last.Warnings[0]
		}
		if h.LastSuccess.Before(l.Success) {
			h.LastSuccess = l.Success
		}
		if !l.Success.IsZero() && (oldest.IsZero() || l.Success.Before(oldest)) {
			oldest = l.Success
		}
	}
	since := model.Reason{Code: Late, Args: map[string]string{"since": oldest.UTC().Format(time.RFC3339)}}
	switch {
	case b.Last.Run == "":
		h.State, h.Reason = model.StateNeverRun, model.Reason{Code: NeverRun}
	case h.Protected+h.NotProtected == 0:
		h.State = model.StateNotProtected
	case !oldest.IsZero() && now.Sub(oldest) > failingAfter:
		h.State, h.Reason = model.StateFailing, since
	case refused.Code != "" && h.Protected == 0 && missing == 0:
		h.State, h.Reason = model.StateFailing, refused
	case refused.Code != "":
		h.State, h.Reason = model.StateAttention, refused
	case failedResources > 0:
		h.State, h.Reason = model.StateAttention, count(ResourcesFailed, failedResources)
	case failedItems > 0:
		h.State, h.Reason = model.StateAttention, count(ItemsFailed, failedItems)
	case missing > 0:
		h.State, h.Reason = model.StateAttention, count(NotYet, missing)
	case !oldest.IsZero() && now.Sub(oldest) > lateAfter:
		h.State, h.Reason = model.StateAttention, since
	case warning.Code != "":
		h.State, h.Reason = model.StateAttention, warning
	}
	return h
}

// count is a reason that says how many.
func count(code string, n int64) model.Reason {
	return model.Reason{Code: code, Args: map[string]string{"count": strconv.FormatInt(n, 10)}}
}

// nights gives the state of each of the last nights, oldest first; "" where
// nothing ran.
func (b *Book) nights(now time.Time) []model.State {
	out := make([]model.State, nightsShown)
	today := now.UTC().Truncate(24 * time.Hour)
	for _, n := range b.Nights {
		day := int(today.Sub(n.Time.UTC().Truncate(24*time.Hour)) / (24 * time.Hour))
		if day < 0 || day >= nightsShown {
			continue
		}
		at := nightsShown - 1 - day
		if out[at] == "" || severity[n.State] > severity[out[at]] {
			out[at] = n.State // a second run that went well mends the day
		}
	}
	return out
}

// ByResource lists what is known of every resource, worst first.
func (b *Book) ByResource() []model.ResourceHealth {
	list := make([]model.ResourceHealth, 0, len(b.Resources))
	for id, l := range b.Resources {
		h := model.ResourceHealth{Resource: l.Resource, LastSuccess: l.Success, Failed: l.Last.Failed, State: model.StateGood}
		snap, copied := b.Newest[id]
		h.Items, h.Bytes = snap.Items, snap.Bytes
		switch {
		case l.Resource.Coverage != model.Protected:
			h.State = model.StateNotProtected
		case l.Last.ID == "" && !copied:
			h.State = model.StateNeverRun
		case !Succeeded(l.Last.Outcome):
			h.State = model.StateFailing
		case l.Last.Failed > 0 || len(l.Last.Warnings) > 0:
			h.State = model.StateAttention
		}
		if h.State == model.StateAttention && len(l.Last.Warnings) > 0 {
			h.Reason = l.Last.Warnings[0]
		}
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, c model.ResourceHealth) int {
		return cmp.Or(cmp.Compare(severity[a.State], severity[c.State]), cmp.Compare(a.Address, c.Address))
	})
	return list
}
