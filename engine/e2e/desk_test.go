package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/e2e/lab"
	"vangnet/engine/graph/sim"
	"vangnet/engine/model"
	"vangnet/store/bucket/miniotest"
)

func TestTwoDesksAtOnce(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small, Latency: 20 * time.Millisecond})
	o := l.Options()
	o.Home = t.TempDir()
	require.NoError(t, engine.Join(t.Context(), o, l.Place))
	other, err := engine.Open(t.Context(), o)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	for range 2 {
		lab.Mails(t, l.Tenant.User(anna), "mail/Inbox", 8, 5)
		lab.Put(t, l.Tenant.User(anna), "samen.txt", []byte(time.Now().String()))
		mine, err := l.Engine.Backup(t.Context(), l.ID, "")
		require.NoError(t, err)
		theirs, err := other.Backup(t.Context(), l.ID, "")
		require.NoError(t, err)
		a, err := l.Engine.WaitJob(t.Context(), mine)
		require.NoError(t, err)
		b, err := other.WaitJob(t.Context(), theirs)
		require.NoError(t, err)
		require.Nil(t, a.Error, lab.Text(a.Error))
		require.Nil(t, b.Error, lab.Text(b.Error))
	}
	l.Verify()
	require.Equal(t, items(l.Live("")), len(l.Walk("", time.Time{})))
	twice(t, l)
	rows := lab.Rows(t, other.Ls(t.Context(), l.ID, inbox, time.Time{}, false))
	require.Equal(t, len(l.Ls(inbox, time.Time{})), len(rows), "both desks see the same")
	require.Zero(t, l.Backup().Result.Saved)
}

// What another desk writes is locked as the workspace was made, also the vault
// of a tenant that is connected there.
func TestAnotherDeskLocksWhatItWrites(t *testing.T) {
	t.Parallel()
	s := miniotest.Start(t)
	l := lab.Bare(t, lab.Setup{Storage: s.Address(miniotest.Bucket, "slot"), Keys: s.Credentials, Lock: "compliance:2d", Fill: lab.Small})
	o := l.Options()
	o.Home = t.TempDir()
	require.NoError(t, engine.Join(t.Context(), o, engine.Place{Storage: l.Place.Storage}))
	other, err := engine.Open(t.Context(), o)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	_, _, err = other.Connect(t.Context(), l.Request())
	require.NoError(t, err)
	facts, err := other.StorageFacts(t.Context(), l.ID)
	require.NoError(t, err)
	require.Contains(t, facts, model.Fact{Label: "lock", Value: "compliance:2d"})
}

func TestAnAddressMeansOneThing(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) {
		lab.User(t, tenant, "anna")
		lab.Mails(t, tenant.User(anna), "mail/Inbox/Dak", 1, 2)
	}})
	l.Edit(sim.Change{Path: inbox, File: l.File(letter("dak"))})
	l.Edit(sim.Change{Path: inbox, File: l.File(letter("Goot"))})
	l.Backup()
	l.Edit(sim.Change{Path: inbox + "/goot", Mkdir: true}) // a folder takes the name of a mail
	l.Backup()
	seen := map[string]bool{}
	for _, r := range l.Ls(inbox, time.Time{}) {
		folded := model.FoldName(r.Name)
		require.False(t, seen[folded], r.Name)
		seen[folded] = true
		if r.Kind != model.KindFolder {
			require.Equal(t, string(letter(r.Subject)), string(letter(subjectOf(t, l, r))))
		}
	}
	require.Len(t, seen, 4)
	twice(t, l)
}

// subjectOf asks for a mail by its address.
func subjectOf(t *testing.T, l *lab.Lab, r model.Row) string {
	t.Helper()
	rows := l.Ls(r.Path, time.Time{})
	require.Len(t, rows, 1)
	return rows[0].Subject
}
