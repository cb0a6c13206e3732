package sim_test

import (
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
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
	mails, files := 0, 0
	for _, tenant := range w.Tenants() {
		for _, u := range tenant.Users() {
			kinds[u.Kind]++
			if u.Kind == sim.KindUser {
				odd["disabled"] += count(u.Disabled)
				odd["without mail"] += count(u.NoMailbox)
				odd["without drive"] += count(u.NoDrive)
			}
			if m := u.Mailbox(); m != nil {
				mails += m.Count()
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
	require.Greater(t, mails, 700)
	require.Greater(t, files, 300)
	const small = "dakwerken-vanleeuwen.example"
	require.Equal(t, must(w.Tree(small)), must(load().Tree(small)), "the same each time")
}

func TestScale(t *testing.T) {
	scale, ignored, err := sim.ParseScale("users=2,mails=50,files=30,sites=2")
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
	for _, bad := range []string{"users", "users=x", "users=-1", "cats=3"} {
		_, _, err := sim.ParseScale(bad)
		require.Error(t, err, bad)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
