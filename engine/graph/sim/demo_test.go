package sim_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/recur"
)

func TestDemo(t *testing.T) {
	load := func() *sim.World {
		w := sim.NewWorld(1, clock.NewManual(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)))
		require.NoError(t, w.LoadDemo())
		return w
	}
	w := load()
	require.Len(t, w.Tenants(), 3)
	kinds, odd := map[sim.Kind]int{}, map[string]int{}
	items, files := 0, 0
	for _, tenant := range w.Tenants() {
		for _, u := range tenant.Users() {
			kinds[u.Kind]++
			if u.Kind == sim.KindUser {
				odd["disabled"] += count(u.Disabled)
				odd["without mail"] += count(u.NoMailbox)
				odd["without drive"] += count(u.NoDrive)
			}
			if m := u.Mailbox(); m != nil {
				items += m.Count()
			}
			if d := u.Drive(); d != nil {
				n, _, _ := d.Counts()
				files += n
			}
		}
	}
	for _, k := range []sim.Kind{sim.KindUser, sim.KindShared, sim.KindRoom, sim.KindGuest} {
		require.Positive(t, kinds[k], k)
	}
	for _, what := range []string{"disabled", "without mail", "without drive"} {
		require.Positive(t, odd[what], "users %s", what)
	}
	require.Greater(t, items, 2500)
	require.Greater(t, files, 300)
	const small = "dakwerken-vanleeuwen.example"
	require.Equal(t, must(w.Tree(small)), must(load().Tree(small)), "the same each time")
}

// TestDemoOffice looks at what the users have beside mail and files.
func TestDemoOffice(t *testing.T) {
	today := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	w := sim.NewWorld(1, clock.NewManual(today.Add(12*time.Hour)))
	require.NoError(t, w.LoadDemo())
	for _, tenant := range w.Tenants() {
		pictures := 0
		for _, u := range tenant.Users() {
			if u.Mailbox() == nil || u.Mailbox().Count() == 0 {
				continue
			}
			kinds, has := map[string]int{}, map[string]int{}
			for path, data := range streams(t, u) {
				if strings.HasPrefix(path, "mail/") && !strings.HasPrefix(path, "mail/Notities/") || strings.HasPrefix(path, "archive/") {
					continue
				}
				msg, outcome, err := fts.Decode(strings.NewReader(data), fts.Limits{})
				require.NoError(t, err, path)
				require.Equal(t, fts.Complete, outcome.State, path)
				kinds[string(mapi.KindOf(msg.Class()))]++
				note(has, msg, today)
			}
			within := func(kind string, low, high int) {
				require.True(t, kinds[kind] >= low && kinds[kind] <= high, "%s: %d times %s", u.PrincipalName, kinds[kind], kind)
			}
			within("event", 12, 40)
			within("contact", 10, 30)
			within("task", 5, 12)
			within("note", 2, 4)
			wanted := []string{"list", "done", "late", "open", "again"}
			if u.Kind == sim.KindUser {
				wanted = append(wanted, "series", "exceptions", "guests", "leave", "private")
			}
			for _, what := range wanted {
				require.Positive(t, has[what], "%s: %s", u.PrincipalName, what)
			}
			pictures += has["picture"]
		}
		require.Positive(t, pictures, "contacts with pictures")
	}
}

// note counts what an item has that is worth showing.
func note(has map[string]int, m *mapi.Message, today time.Time) {
	p := m.Props
	busy, _ := p.NamedInt(mapi.BusyStatus)
	sensitivity, _ := p.Int(mapi.Sensitivity)
	due := p.NamedTime(mapi.TaskDueDate)
	for what, is := range map[string]bool{
		"series": p.NamedBool(mapi.Recurring), "exceptions": len(m.Attachments) == 2 && m.Attachments[0].IsException() && m.Attachments[1].IsException(),
		"guests": len(m.Recipients) > 2, "leave": p.NamedBool(mapi.AllDay) && busy == 3, "private": sensitivity == 2 && p.NamedBool(mapi.Private),
		"picture": p.NamedBool(mapi.HasPicture) && len(m.Attachments) == 1, "list": m.IsClass("IPM.DistList"),
		"done": p.NamedBool(mapi.TaskComplete), "late": !due.IsZero() && due.Before(today) && !p.NamedBool(mapi.TaskComplete),
		"open": due.After(today), "again": p.NamedBool(mapi.TaskRecurring),
	} {
		has[what] += count(is)
	}
}

func TestScale(t *testing.T) {
	scale, ignored, err := sim.ParseScale("users=2,mails=50,files=30,sites=2,events=0,contacts=0,tasks=0")
	require.NoError(t, err)
	require.Equal(t, []string{"sites: not simulated yet"}, ignored)
	w := sim.NewWorld(1, clock.NewManual(time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)))
	tenant, err := w.Populate(scale)
	require.NoError(t, err)
	require.Len(t, tenant.Users(), 2)
	u := tenant.Users()[0]
	require.Equal(t, 50, u.Mailbox().Count())
	items, err := w.Tree(u.PrincipalName + "/mail")
	require.NoError(t, err)
	seen := 0
	for _, x := range items {
		if x.Hash == "" {
			continue
		}
		seen++
		if seen > 12 {
			continue
		}
		r, err := u.Mailbox().Raw(x.Path[len(u.PrincipalName)+1:])
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NotEmpty(t, text)
		require.Contains(t, string(text), "Message-ID: <")
	}
	require.Equal(t, 50, seen)
	for _, bad := range []string{"users", "users=x", "users=-1", "events=-1", "cats=3"} {
		_, _, err := sim.ParseScale(bad)
		require.Error(t, err, bad)
	}
}

// TestScaleOfItems is about what a mailbox gets that is not named.
func TestScaleOfItems(t *testing.T) {
	for text, want := range map[string]sim.Scale{
		"users=1,mails=200":                  {Users: 1, Mails: 200, Events: 20, Contacts: 10, Tasks: 5},
		"events=3,mails=39,users=1":          {Users: 1, Mails: 39, Events: 3, Contacts: 1},
		"mails=400,contacts=0,tasks=7":       {Mails: 400, Events: 40, Tasks: 7},
		"users=1,mails=0":                    {Users: 1},
		"events=1,contacts=2,tasks=3,mails=": {},
	} {
		scale, _, err := sim.ParseScale(text)
		if want == (sim.Scale{}) {
			require.Error(t, err, text)
		} else {
			require.NoError(t, err, text)
		}
		require.Equal(t, want, scale, text)
	}
}

func TestScaleItems(t *testing.T) {
	s := newStage(t, sim.Options{})
	populate := func(w *sim.World) *sim.User {
		tenant, err := w.Populate(sim.Scale{Users: 1, Events: 90, Contacts: 60, Tasks: 60})
		require.NoError(t, err)
		return tenant.Users()[0]
	}
	u := populate(s.world)
	s.token = s.signIn(u.Tenant())
	counts, series, private := map[string]int{}, 0, 0
	for _, class := range []string{"IPF.Appointment", "IPF.Contact", "IPF.Task"} {
		for _, f := range s.export(u.PrincipalName, class) {
			counts[class] += len(f.items)
			for _, m := range f.items {
				if blob, ok := m.Props.Named(mapi.AppointmentRecurrence); ok {
					series++
					_, err := recur.Decode(blob.Value.([]byte))
					require.NoError(t, err)
				}
				private += len(m.Props.NamedStrings(mapi.Keywords))
			}
		}
	}
	require.Equal(t, map[string]int{"IPF.Appointment": 90, "IPF.Contact": 60, "IPF.Task": 60}, counts)
	require.Positive(t, series)
	require.Positive(t, private)

	bytes := streams(t, u)
	length := int64(0)
	for _, b := range bytes {
		length += int64(len(b))
	}
	require.Equal(t, length, u.Mailbox().Size(), "sizes are those of the streams")
	same, other := sim.NewWorld(7, s.clock), sim.NewWorld(8, s.clock)
	require.Equal(t, bytes, streams(t, populate(same)), "the same each time")
	require.NotEqual(t, bytes, streams(t, populate(other)))
}

// streams are the contents of all items of a mailbox, by address.
func streams(t *testing.T, u *sim.User) map[string]string {
	t.Helper()
	list, err := u.Mailbox().Tree("")
	require.NoError(t, err)
	out := map[string]string{}
	for _, e := range list {
		if e.Hash == "" {
			continue
		}
		r, err := u.Mailbox().Raw(e.Path)
		require.NoError(t, err)
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		out[e.Path] = string(data)
	}
	return out
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
