package health_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/fault"
	"vangnet/engine/health"
	"vangnet/engine/model"
)

var (
	now    = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	tenant = model.Tenant{ID: "t", Domain: "contoso.example", Name: "Contoso"}
	box    = model.Resource{ID: "mailbox:a", Kind: model.Mailbox, Address: "anna@contoso.example", UserID: "a", Coverage: model.Protected}
	drive  = model.Resource{ID: "drive:a", Kind: model.Drive, Address: "anna@contoso.example/onedrive", UserID: "a", Coverage: model.Protected}
)

// run is a run that looked at box and drive.
func run(id string, ago time.Duration, change func(r *model.Run)) model.Run {
	r := model.Run{
		ID: id, Tenant: "t", Started: now.Add(-ago), Seats: []model.Seat{{Resource: box}, {Resource: drive}},
		Resources: []model.ResourceRun{
			{ID: box.ID, Address: box.Address, Outcome: model.Saved, Saved: 3, Unchanged: 2},
			{ID: drive.ID, Address: drive.Address, Outcome: model.Unchanged, Unchanged: 4},
		},
	}
	if change != nil {
		change(&r)
	}
	return r
}

// book holds runs, and copies of both resources unless they are left out.
func book(copies []model.Resource, runs ...model.Run) *health.Book {
	b := health.NewBook()
	for _, c := range copies {
		b.Snapshot(model.Snapshot{ID: "s" + string(c.ID), Resource: c.ID, Time: now.Add(-time.Hour), Items: 5, Bytes: 100})
	}
	for _, r := range runs {
		b.Run(r)
	}
	return b
}

// refuse makes a resource one that cannot be protected.
func refuse(r *model.Resource, code string) {
	r.Coverage, r.Reason = model.CannotBeProtected, model.Reason{Code: code}
}

// What failed is told of the workload it belongs to, and of all together.
func TestFailedItemsByWorkload(t *testing.T) {
	b := book([]model.Resource{box, drive}, run("1", time.Hour, func(r *model.Run) {
		r.Resources[0].Outcome, r.Resources[0].Failed = model.Partial, 5
		for _, path := range []string{"/mail/Inbox/x", "/calendar/Agenda/y", "/archive/2019/calendar", "/contacts"} {
			r.Resources[0].Errors = append(r.Resources[0].Errors, model.ItemFault{Path: box.Address + path})
		}
		r.Resources[1].Outcome, r.Resources[1].Failed = model.Partial, 2
	}))
	h := b.Tenant(tenant, now)
	got := map[model.Workload]string{}
	for _, w := range h.Workloads {
		got[w.Workload] = w.Reason.Args["count"]
	}
	require.Equal(t, map[model.Workload]string{model.Mail: "3", model.Calendar: "1", model.Contacts: "1", model.Tasks: "", model.OneDrive: "2"}, got)
	require.Equal(t, "7", h.Reason.Args["count"])
}

func TestStates(t *testing.T) {
	both := []model.Resource{box, drive}
	for _, c := range []struct {
		name   string
		book   *health.Book
		state  model.State
		reason string
	}{
		{"never run", book(nil), model.StateNeverRun, health.NeverRun},
		{"good", book(both, run("1", time.Hour, nil)), model.StateGood, ""},
		{"late", book(both, run("1", 37*time.Hour, nil)), model.StateAttention, health.Late},
		{"very late", book(both, run("1", 73*time.Hour, nil)), model.StateFailing, health.Late},
		{"the run failed", book(both, run("1", time.Hour, func(r *model.Run) {
			r.Error, r.Resources = &model.ItemFault{Code: fault.WrongSecret, Cause: "x"}, nil
		})), model.StateFailing, fault.WrongSecret},
		{"a resource failed", book(both, run("1", time.Hour, func(r *model.Run) { r.Resources[0].Outcome = model.Failed })), model.StateAttention, health.ResourcesFailed},
		{"items failed", book(both, run("1", time.Hour, func(r *model.Run) {
			r.Resources[1].Outcome, r.Resources[1].Failed = model.Partial, 2
		})), model.StateAttention, health.ItemsFailed},
		{"nothing may be read", book(nil, run("1", time.Hour, func(r *model.Run) {
			refuse(&r.Seats[0].Resource, fault.MissingPermission)
			refuse(&r.Seats[1].Resource, fault.MissingPermission)
			r.Resources = nil
		})), model.StateFailing, fault.MissingPermission},
		{"one may not be read", book(both, run("1", time.Hour, func(r *model.Run) {
			other := drive
			other.ID = "drive:b"
			refuse(&other, fault.MissingPermission)
			r.Seats = append(r.Seats, model.Seat{Resource: other})
		})), model.StateAttention, fault.MissingPermission},
		{"one has no drive", book(both, run("1", time.Hour, func(r *model.Run) {
			other := drive
			other.ID = "drive:b"
			refuse(&other, fault.NoDrive)
			r.Seats = append(r.Seats, model.Seat{Resource: other})
		})), model.StateGood, ""},
		{"stopped", book(both, run("1", 30*time.Hour, nil), run("2", time.Hour, func(r *model.Run) {
			r.Cancelled, r.Resources[0].Outcome, r.Resources[1].Outcome = true, model.Cancelled, model.Cancelled
		})), model.StateAttention, health.Stopped},
		{"no copy yet", book([]model.Resource{box}, run("1", time.Hour, func(r *model.Run) { r.Resources = r.Resources[:1] })), model.StateAttention, health.NotYet},
		{"a warning", book(both, run("1", time.Hour, func(r *model.Run) {
			r.Resources[0].Warnings = []model.Reason{{Code: fault.ArchiveRefused}}
		})), model.StateAttention, fault.ArchiveRefused},
		{"mended", book(both, run("1", 20*time.Hour, func(r *model.Run) { r.Resources[0].Outcome = model.Failed }), run("2", time.Hour, nil)), model.StateGood, ""},
	} {
		h := c.book.Tenant(tenant, now)
		require.Equal(t, c.state, h.State, c.name)
		require.Equal(t, c.reason, h.Reason.Code, c.name)
	}
}

func TestNights(t *testing.T) {
	day := 24 * time.Hour
	failed := func(r *model.Run) { r.Resources[0].Outcome = model.Failed }
	h := book(nil, run("1", 40*day, nil), run("2", 2*day, failed), run("3", day, failed), run("4", day-time.Hour, nil), run("5", time.Hour, nil)).Tenant(tenant, now)
	require.Len(t, h.Nights, 30)
	require.Equal(t, []model.State{"", model.StateAttention, model.StateGood, model.StateGood}, h.Nights[26:], "a second run that went well mends its night")
	require.Equal(t, model.State(""), h.Nights[0])
}

func TestCounts(t *testing.T) {
	b := book([]model.Resource{box, drive}, run("1", time.Hour, nil))
	b.Run(run("1", time.Hour, nil)) // a ledger that is read twice
	h := b.Tenant(tenant, now)
	require.Len(t, b.Nights, 1)
	require.Equal(t, 1, h.Accounts)
	require.Equal(t, 1, h.Protected)
	require.EqualValues(t, 200, h.Bytes)
	require.EqualValues(t, 3, h.NewItems)
	require.EqualValues(t, 9, h.Checked)
	half := book([]model.Resource{box}, run("1", time.Hour, nil)).Tenant(tenant, now)
	require.Equal(t, 0, half.Protected, "an account with its mailbox alone is not wholly protected")
	for _, w := range h.Workloads {
		require.Equal(t, 1, w.Protected, w.Workload)
	}
}

func TestRunsKept(t *testing.T) {
	var runs health.Runs
	require.Nil(t, runs.LastWhole())
	for i := range 40 {
		r := run(string(rune('a'+i)), time.Hour, nil)
		if i > 35 {
			r.Seats = nil // it looked at single resources
		}
		runs = runs.Add(r).Add(r)
	}
	require.Len(t, runs, 14)
	require.Equal(t, string(rune('a'+39)), runs[13].ID)
	require.Equal(t, string(rune('a'+35)), runs.LastWhole().ID)
}

func TestUsable(t *testing.T) {
	text, err := json.Marshal(book(nil, run("1", time.Hour, nil)))
	require.NoError(t, err)
	var again, older health.Book
	require.NoError(t, json.Unmarshal(text, &again))
	require.True(t, again.Usable())
	require.NoError(t, json.Unmarshal([]byte(`{"mark":"x","newest":{},"runs":[],"resources":{},"nights":null}`), &older))
	require.False(t, older.Usable())
}

func TestWhoLeftKeepsItsLine(t *testing.T) {
	gone := func(r *model.Run) { r.Seats, r.Resources = r.Seats[1:], r.Resources[1:] }
	b := book([]model.Resource{box, drive}, run("1", 2*time.Hour, nil), run("2", time.Hour, gone))
	list := b.ByResource()
	require.Len(t, list, 2)
	for _, r := range list {
		if r.ID == box.ID {
			require.Equal(t, model.NotProtected, r.Coverage)
			require.Equal(t, health.LeftTenant, r.Reason.Code)
			require.Equal(t, model.StateNotProtected, r.State)
			require.EqualValues(t, 5, r.Items, "its copies stay")
		}
	}
	require.Equal(t, model.StateGood, b.Tenant(tenant, now).State)
	require.Len(t, book([]model.Resource{drive}, run("1", 2*time.Hour, nil), run("2", time.Hour, gone)).ByResource(), 1, "without a copy there is nothing to keep")
}

func TestDistrustLasts(t *testing.T) {
	b := book(nil, run("0", 30*24*time.Hour, func(r *model.Run) {
		r.Resources[0].Warnings = []model.Reason{{Code: fault.StreamNotTrusted, Args: map[string]string{"example": "x: subject"}}}
	}))
	for i := range 40 { // more runs than are kept, none of which looked at mail
		b.Run(run(string(rune('a'+i)), time.Hour, func(r *model.Run) { r.Resources = r.Resources[1:] }))
	}
	text, err := json.Marshal(b)
	require.NoError(t, err)
	again := health.NewBook()
	require.NoError(t, json.Unmarshal(text, again))
	require.Equal(t, "x: subject", again.Distrust)
}

func TestWorstFirst(t *testing.T) {
	bad := model.TenantHealth{Tenant: model.Tenant{Name: "Z"}, State: model.StateFailing}
	good := model.TenantHealth{Tenant: model.Tenant{Name: "A"}, State: model.StateGood}
	other := model.TenantHealth{Tenant: model.Tenant{Name: "B"}, State: model.StateGood}
	require.Negative(t, health.Compare(bad, good))
	require.Positive(t, health.Compare(other, good))
	require.Zero(t, health.Compare(good, good))
}
