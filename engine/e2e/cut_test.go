package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/e2e/lab"
	"vangnet/engine/graph/sim"
	"vangnet/engine/model"
)

// cut starts a backup and stops it when enough was read and something of it is
// durable. It returns how many entries the journals hold durably.
func cut(t *testing.T, l *lab.Lab, enough func() bool) int64 {
	t.Helper()
	id, err := l.Engine.Backup(t.Context(), l.ID, "")
	require.NoError(t, err)
	require.Eventually(t, enough, 60*time.Second, 2*time.Millisecond)
	l.Engine.Cancel(id)
	j, err := l.Engine.WaitJob(context.WithoutCancel(t.Context()), id)
	require.NoError(t, err)
	require.Equal(t, model.JobCancelled, j.State)
	n := marked(t, l)
	require.NotZero(t, n)
	return n
}

func TestADriveThatChangesWhileARunIsCutOff(t *testing.T) {
	t.Parallel()
	const n, size = 60, 20_000
	name := func(i int) string { return fmt.Sprintf("Van/bestand %02d.bin", i) }
	l := lab.New(t, lab.Setup{Flush: 50 * time.Millisecond, Latency: 30 * time.Millisecond, Fill: func(t testing.TB, tenant *sim.Tenant) {
		u, err := tenant.AddUser(sim.UserSpec{LocalPart: "anna", Licences: []string{"SPE_E3"}, NoMailbox: true})
		require.NoError(t, err)
		for i := range n {
			lab.Put(t, u, name(i), lab.Noise(uint64(i), size))
		}
	}})
	durable := cut(t, l, func() bool {
		for _, j := range l.Engine.Jobs() {
			if j.Progress.Items > n/2 {
				return true
			}
		}
		return false
	})
	drive := l.Tenant.User(anna).Drive()
	for i := range n {
		switch i % 6 {
		case 0:
			require.NoError(t, drive.Move(name(i), fmt.Sprintf("Naar/bestand %02d.bin", i)))
		case 1:
			require.NoError(t, drive.Rename(name(i), fmt.Sprintf("anders %02d.bin", i)))
		case 2:
			require.NoError(t, drive.Delete(name(i)))
		case 3:
			lab.Put(t, l.Tenant.User(anna), name(i), lab.Noise(uint64(1000+i), size))
		}
	}
	l.Reopen()
	j := l.Backup()
	require.Equal(t, items(l.Live("")), len(l.Walk("", time.Time{})))
	for _, i := range l.Live(files) {
		if i.Hash != "" {
			rows := l.Ls(i.Path, time.Time{})
			require.Len(t, rows, 1)
			require.Equal(t, "qx:"+i.Hash, rows[0].Hash, i.Path)
		}
	}
	twice(t, l)
	again := j.Result.Bytes / size
	t.Logf("%d durable, %d read in the second run", durable, again)
	require.Less(t, again, int64(n-n/6)-durable/3, "what was durable and is still there is not read again")
	require.Zero(t, l.Backup().Result.Saved)
}

func TestAMailboxThatChangesWhileARunIsCutOff(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Flush: 50 * time.Millisecond, Latency: 40 * time.Millisecond, Fill: func(t testing.TB, tenant *sim.Tenant) {
		u, err := tenant.AddUser(sim.UserSpec{LocalPart: "anna", Licences: []string{"SPE_E3"}, NoDrive: true})
		require.NoError(t, err)
		lab.Mails(t, u, "mail/Inbox", 1, 400)
		lab.Mails(t, u, "mail/Werk", 2, 200)
	}})
	cut(t, l, func() bool { return l.Calls("exportItems") > 12 })
	flagged := true
	for i, r := range l.Live(inbox) {
		switch {
		case r.Hash == "" || strings.Contains(r.Path, "~"): // a mark that may change with the others
		case i%5 == 0:
			l.Delete(r.Path)
		case i%5 == 1:
			l.Edit(sim.Change{Path: r.Path, Flagged: &flagged})
		case i%5 == 2 && i < 100:
			l.Edit(sim.Change{Path: r.Path, Move: anna + "/mail/Werk"})
		}
	}
	require.NoError(t, l.World.ExpireDeltas("")) // the marks of the journal are of no use either
	l.Reopen()
	l.Backup()
	require.Equal(t, items(l.Live("")), len(l.Walk("", time.Time{})))
	require.Equal(t, items(l.Live(anna+"/mail/Werk")), len(l.Walk(anna+"/mail/Werk", time.Time{})))
	twice(t, l)
	before := l.Live("")
	l.Hasten()
	l.Delete("")
	l.RestoreAll()
	same(t, before, l.Live(""))
}
