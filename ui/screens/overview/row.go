package overview

import (
	"slices"
	"sort"
	"strings"

	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/ui/say"
	"vangnet/ui/theme"
	"vangnet/ui/widgets"
)

// action is what the button of a row does.
type action int

const (
	nothing action = iota
	backUp
	showPeople
	showRuns
	showRights
	showJobs
)

// row is a tenant, ready to be drawn, filtered and sorted.
type row struct {
	health model.TenantHealth
	cells  []widgets.Cell
	key    string // lower case: what the filter looks in
	action action
}

// rank puts the worst first.
func rank(s model.State) int {
	for i, other := range []model.State{model.StateFailing, model.StateAttention, model.StateWaiting, model.StateNeverRun, model.StateRunning, model.StateGood, model.StateNotProtected} {
		if s == other {
			return i
		}
	}
	return 2
}

// rows makes the rows, worst first, then by name.
func (s *Screen) rows(tenants []model.TenantHealth) []row {
	rows := make([]row, 0, len(tenants))
	for _, t := range tenants {
		rows = append(rows, s.row(t))
	}
	sort.SliceStable(rows, func(i, k int) bool {
		a, b := rows[i].health, rows[k].health
		if ra, rb := rank(a.State), rank(b.State); ra != rb {
			return ra < rb
		}
		return strings.ToLower(a.Tenant.Name) < strings.ToLower(b.Tenant.Name)
	})
	return rows
}

func (s *Screen) row(h model.TenantHealth) row {
	say := s.desk.Say
	if h.RunningID != "" && rank(h.State) >= rank(model.StateNeverRun) {
		h.State, h.Reason = model.StateRunning, model.Reason{}
	}
	look := say.State(h.State)
	sentence := look.Word
	if reason := say.Reason(h.Reason); reason != "" {
		sentence = say.T("overview.because", "state", look.Word, "reason", reason)
	}
	do, label := s.actionFor(h)
	cells := []widgets.Cell{
		{Text: h.Tenant.Name, Bold: true},
		{Text: sentence, Mark: look.Mark, Paint: look.Color},
		{Text: label, Action: do != nothing},
	}
	for _, g := range groups {
		cells = append(cells, s.group(h, g))
	}
	nights := make([]widgets.Night, 0, len(h.Nights))
	for _, n := range h.Nights {
		if n == "" {
			nights = append(nights, widgets.Night{})
			continue
		}
		l := say.State(n)
		nights = append(nights, widgets.Night{Color: l.Color, Level: l.Level})
	}
	people := widgets.Cell{Text: say.Count(int64(h.Protected)) + "/" + say.Count(int64(h.Accounts))}
	if h.Protected < h.Accounts {
		people.Color = theme.Attention
	}
	if h.Accounts == 0 {
		people = widgets.Cell{Text: "–", Color: theme.Muted}
	}
	size := widgets.Cell{Text: "–", Color: theme.Muted}
	if h.Bytes > 0 {
		size = widgets.Cell{Text: say.Bytes(h.Bytes)}
	}
	cells = append(cells, widgets.Cell{Nights: nights}, people, size)
	return row{health: h, cells: cells, key: strings.ToLower(h.Tenant.Name + " " + h.Tenant.Domain + " " + sentence), action: do}
}

// group is a column of workloads that live and fail together.
type group struct {
	id        string
	workloads []model.Workload
}

// groups are the columns: what is in one mailbox is copied in one go.
var groups = []group{
	{"mailboxes", []model.Workload{model.Mail, model.Calendar, model.Contacts, model.Tasks}},
	{string(model.OneDrive), []model.Workload{model.OneDrive}},
}

func (g group) title(say *say.Say) string {
	if len(g.workloads) > 1 {
		return say.T("overview.mailboxes")
	}
	return say.Workload(g.workloads[0])
}

// group is how old the newest copy of a group is: of its worst workload, and of
// the oldest where they are equally well. Space shows each by itself.
func (s *Screen) group(h model.TenantHealth, g group) widgets.Cell {
	var worst *model.WorkloadHealth
	for i := range h.Workloads {
		w := &h.Workloads[i]
		if !slices.Contains(g.workloads, w.Workload) {
			continue
		}
		if worst == nil || rank(w.State) < rank(worst.State) || rank(w.State) == rank(worst.State) && w.LastSuccess.Before(worst.LastSuccess) {
			worst = w
		}
	}
	if worst == nil || h.LastRun.IsZero() {
		return widgets.Cell{Text: "–", Color: theme.Muted}
	}
	look := s.desk.Say.State(worst.State)
	cell := widgets.Cell{Text: s.desk.Say.Age(worst.LastSuccess, s.desk.Clock.Now()), Color: theme.Muted}
	switch worst.State {
	case model.StateFailing, model.StateAttention, model.StateWaiting:
		cell.Mark, cell.Paint, cell.Color = look.Mark, look.Color, look.Color
	case model.StateNotProtected:
		cell.Text = s.desk.Say.T("overview.off")
	}
	return cell
}

// actionFor is the thing to do about a tenant's reason.
func (s *Screen) actionFor(h model.TenantHealth) (action, string) {
	say := s.desk.Say
	if h.RunningID != "" {
		return showJobs, say.T("action.jobs")
	}
	switch h.State {
	case model.StateGood, model.StateNotProtected:
		return nothing, ""
	case model.StateNeverRun:
		return backUp, say.T("action.backup")
	}
	switch h.Reason.Code {
	case fault.ConsentWithdrawn, fault.MissingPermission, fault.WrongSecret, fault.ExpiredSecret, fault.BadCertificate, fault.ExpiredCertificate, fault.SignIn,
		fault.AppUnknown, fault.TenantUnknown:
		return showRights, say.T("action.rights")
	case "items_failed", "resources_failed", fault.StreamNotTrusted, fault.CorruptItem:
		return showRuns, say.T("action.runs")
	case fault.NotProtected, fault.ArchiveRefused, "left_tenant":
		return showPeople, say.T("action.people")
	}
	return backUp, say.T("action.backup")
}

func (r row) matches(words []string) bool {
	for _, w := range words {
		if !strings.Contains(r.key, w) {
			return false
		}
	}
	return true
}

// needsSomeone reports a tenant that a technician should look at.
func (r row) needsSomeone() bool { return rank(r.health.State) < rank(model.StateRunning) }
