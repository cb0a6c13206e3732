package e2e_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/e2e/lab"
	"vangnet/engine/fault"
	"vangnet/engine/graph/sim"
	"vangnet/engine/model"
)

// middling is enough content for faults to strike everywhere.
func middling(t testing.TB, tenant *sim.Tenant) {
	u := lab.User(t, tenant, "anna")
	lab.Mails(t, u, "mail/Inbox", 1, 150)
	lab.Mails(t, u, "mail/Inbox/Projecten", 2, 100)
	lab.Mails(t, u, "archive/Inbox", 3, 60)
	for i := range 40 {
		lab.Put(t, u, "Map "+string(rune('a'+i%7))+"/bestand "+string(rune('a'+i%26))+string(rune('a'+i/26))+".bin", lab.Noise(uint64(i), 30_000+i*1000))
	}
	lab.Put(t, u, "groot.bin", lab.Noise(88, 6<<20))
}

func TestAServiceThatFails(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: middling, Speed: 10})
	const plan = "429=10%,503=3%,504=2%,reset=2%,truncate=2%,expire=1%,delta410=1%"
	before := l.Live("")
	l.Faults(plan)
	l.Backup()
	l.Faults("")
	require.Equal(t, items(before), len(l.Walk("", time.Time{})))
	l.Delete("")
	l.RestoreAll()
	same(t, before, l.Live(""))

	l.Delete("") // and back again while the service fails
	l.Faults(plan)
	l.RestoreAll()
	l.Faults("")
	same(t, before, l.Live(""))
}

func TestItemsThatFail(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: middling})
	before := l.Live("")
	l.Faults("item=4%")
	j := l.TryBackup("")
	require.Nil(t, j.Error)
	require.Equal(t, model.JobWarnings, j.State)
	require.NotZero(t, j.Result.Failed)
	require.Len(t, j.Result.Errors, int(j.Result.Failed), "each is listed")
	seen := map[string]bool{}
	for _, e := range j.Result.Errors {
		require.NotEmpty(t, e.Cause)
		require.NotEmpty(t, e.Code)
		require.False(t, seen[e.ID], "%s is listed twice", e.Path)
		seen[e.ID] = true
	}
	require.Equal(t, items(before)-int(j.Result.Failed), len(l.Walk("", time.Time{})), "everything else is in the copy")
	h, err := l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateAttention, h.State)

	again := l.TryBackup("")
	require.Equal(t, j.Result.Failed, again.Result.Failed, "they still fail, and are still told")
	require.Zero(t, again.Result.Saved)
	require.Len(t, points(t, l, anna), 1, "the same failures are no news")

	l.Faults("")
	healed := l.Backup()
	require.Equal(t, j.Result.Failed, healed.Result.Saved, "exactly what failed is read")
	h, err = l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateGood, h.State, lab.Text(h))
	for _, r := range l.Walk("", time.Time{}) {
		require.False(t, r.Modified.IsZero(), "%s lost its date", r.Path)
	}
	l.Delete("")
	l.RestoreAll()
	same(t, before, l.Live(""))
}

func TestAFailedItemThatMovesOrGoes(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	broken, whole := "corrupt", ""
	l.Backup() // to have names
	moves, goes := mail(t, l, inbox, 0).Path, mail(t, l, inbox, 1).Path
	for _, p := range []string{moves, goes} {
		read := true
		l.Edit(sim.Change{Path: p, Read: &read, Flagged: &read, Broken: &broken})
	}
	require.EqualValues(t, 2, l.TryBackup("").Result.Failed)
	require.Len(t, l.Walk(inbox, time.Time{}), 18, "the older copies stay")
	l.Edit(sim.Change{Path: moves, Broken: &whole, Move: anna + "/mail/Elders"})
	l.Delete(goes)
	l.Backup()
	require.Len(t, l.Walk(anna+"/mail/Elders", time.Time{}), 1)
	require.Len(t, l.Walk(inbox, time.Time{}), 16)
	twice(t, l)
	j := l.Backup()
	require.Zero(t, j.Result.Saved+j.Result.Failed, "nothing is left to try again")
}

func TestAStreamThatCannotBeHadComesAsMIME(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	require.NoError(t, l.World.SetDamage("", "truncated"))
	before := l.Live("")
	j := l.Backup()
	codes := warnings(j)
	require.Contains(t, codes, fault.StreamTruncated, "%v", codes)
	h, err := l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateAttention, h.State)
	require.Equal(t, fault.StreamTruncated, h.Reason.Code)
	require.NoError(t, l.World.SetDamage("", ""))
	l.Delete("")
	l.RestoreAll()
	after := l.Live("")
	require.Equal(t, items(before), items(after), "nothing is lost")
}

// warnings are the codes of a run's warnings.
func warnings(j model.Job) []string {
	var codes []string
	for _, r := range j.Result.Runs {
		for _, w := range r.Warnings {
			codes = append(codes, w.Code)
		}
	}
	return codes
}

func TestStreamsNobodyKnows(t *testing.T) {
	t.Parallel()
	modes := []string{"unknown-elements", "unknown-opcodes", "page-sizes", "wrong-nesting", "no-header", "old-exchange"}
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) {
		for i, mode := range modes {
			u, err := tenant.AddUser(sim.UserSpec{LocalPart: mode, Licences: []string{"SPE_E3"}, NoDrive: true})
			require.NoError(t, err)
			lab.Mails(t, u, "mail/Inbox", int64(i), 60)
		}
	}})
	for _, mode := range modes {
		require.NoError(t, l.World.SetDamage(mode+"@"+lab.Domain, mode))
	}
	before := l.Live("")
	j := l.Backup()
	all := 0
	for _, mode := range modes {
		user := mode + "@" + lab.Domain
		rows := l.Walk(user, time.Time{})
		require.Len(t, rows, items(l.Live(user)), mode)
		odd := 0
		for _, r := range rows {
			if r.Warning != "" {
				odd++
			}
			require.NotEmpty(t, r.Name, "it can be browsed")
			require.NotEmpty(t, cat(t, l, r.Path, time.Time{}), "and read: by its MIME if not by its stream")
		}
		t.Logf("%s: %d of %d with a warning", mode, odd, len(rows))
		for _, r := range j.Result.Runs {
			if r.Address == user {
				require.Equal(t, odd > 0, len(r.Warnings) > 0, "%s: the run tells what is odd: %+v", mode, r.Warnings)
			}
		}
		all += odd
	}
	require.NotZero(t, all)
	h, err := l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateAttention, h.State, "health tells")
	require.Contains(t, []string{fault.StreamUnknown, fault.StreamTruncated}, h.Reason.Code)
	l.Delete("")
	l.RestoreAll()
	same(t, before, l.Live("")) // the bytes went back as they came
}

func TestTheNetworkGoesInTheMiddle(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: middling, Speed: 20, Flush: 2 * time.Second, Latency: 20 * time.Millisecond})
	before := l.Live("")
	id, err := l.Engine.Backup(t.Context(), l.ID, "")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return l.Calls("exportItems") > 3 }, 30*time.Second, 5*time.Millisecond)
	require.NoError(t, l.Server.Close())
	j, err := l.Engine.WaitJob(context.WithoutCancel(t.Context()), id)
	require.NoError(t, err)
	require.Equal(t, model.JobFailed, j.State)
	require.Equal(t, fault.Network, j.Error.Code, "%+v", j.Error)
	h, err := l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateFailing, h.State)
	require.Equal(t, fault.Network, h.Reason.Code)

	l.Hasten()
	l.Backup()
	l.Verify()
	require.Equal(t, items(before), len(l.Walk("", time.Time{})))
	h, err = l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateGood, h.State)
}

func TestARunThatIsStopped(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: middling, Flush: 100 * time.Millisecond, Latency: 60 * time.Millisecond})
	id, err := l.Engine.Backup(t.Context(), l.ID, "")
	require.NoError(t, err)
	second, err := l.Engine.Backup(t.Context(), l.ID, "") // waits for its turn
	require.NoError(t, err)
	l.Engine.Cancel(second)
	j, err := l.Engine.WaitJob(t.Context(), second)
	require.NoError(t, err)
	require.Equal(t, model.JobCancelled, j.State, "one that waits can be stopped too")
	require.Eventually(t, func() bool { return l.Calls("exportItems") > 3 }, 30*time.Second, 5*time.Millisecond)
	l.Engine.Cancel(id)
	j, err = l.Engine.WaitJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, model.JobCancelled, j.State)
	runs, err := l.Engine.Runs(t.Context(), l.ID, 1)
	require.NoError(t, err)
	require.Len(t, runs, 1, "the run is written down")
	require.True(t, runs[0].Cancelled)
	durable := marked(t, l)
	require.NotZero(t, durable, "what was read is kept for the next run")
	l.Server.ResetCalls()
	l.Backup()
	require.LessOrEqual(t, l.Calls("exportItems"), (310-durable)/20+25)
	twice(t, l)
	require.Equal(t, items(l.Live("")), len(l.Walk("", time.Time{})))
}

func TestAFolderThatGoesWhileItIsRead(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Latency: 50 * time.Millisecond, Fill: func(t testing.TB, tenant *sim.Tenant) {
		u, err := tenant.AddUser(sim.UserSpec{LocalPart: "anna", Licences: []string{"SPE_E3"}, NoDrive: true})
		require.NoError(t, err)
		for i := range 12 {
			lab.Mails(t, u, "mail/Map "+string(rune('a'+i)), int64(i), 45)
		}
	}})
	id, err := l.Engine.Backup(t.Context(), l.ID, "")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return l.Calls("exportItems") >= 1 }, 30*time.Second, time.Millisecond)
	for _, r := range []string{"j", "k", "l"} {
		l.Delete(anna + "/mail/Map " + r)
	}
	j, err := l.Engine.WaitJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, model.JobDone, j.State, "%s %s", lab.Text(j.Error), lab.Text(j.Result))
	var names []string
	for _, n := range l.Names(anna+"/mail", time.Time{}) {
		if strings.HasPrefix(n, "Map ") {
			names = append(names, n)
		}
	}
	require.Len(t, names, 9)
}
