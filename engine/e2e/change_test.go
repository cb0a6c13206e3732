package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/e2e/lab"
	"vangnet/engine/graph/sim"
	"vangnet/engine/mapi/mailtest"
	"vangnet/engine/model"
)

const (
	anna  = "anna@" + lab.Domain
	inbox = anna + "/mail/Inbox"
	files = anna + "/onedrive"
)

func TestASecondRunReadsNoContent(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) {
		lab.Small(t, tenant)
		require.NoError(t, tenant.User(anna).Mailbox().Mkdir("mail/Leeg"))
	}})
	l.Backup()
	l.Server.ResetCalls()
	j := l.Backup()
	require.Zero(t, j.Result.Saved, lab.Text(j.Result))
	require.Zero(t, l.Calls("exportItems"))
	require.Zero(t, l.Calls("content"))
	require.Zero(t, l.Calls("$value"))
	for _, r := range j.Result.Runs {
		switch r.Address {
		case anna: // primary and archive ask for their folders; two folders hold mail
			require.LessOrEqual(t, r.Requests, int64(2+1+2), lab.Text(l.Server.Calls()))
		case files:
			require.LessOrEqual(t, r.Requests, int64(1))
		}
	}
	require.Len(t, points(t, l, anna), 1, "a run that finds nothing new leaves no snapshot")
}

func points(t *testing.T, l *lab.Lab, resource string) []model.Snapshot {
	t.Helper()
	list, err := l.Engine.Snapshots(t.Context(), l.ID, resource)
	require.NoError(t, err)
	return slices.DeleteFunc(list, func(s model.Snapshot) bool { return s.Address != resource })
}

func TestAFirstCopyAsksLittle(t *testing.T) {
	t.Parallel()
	const n = 2000
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) {
		u, err := tenant.AddUser(sim.UserSpec{LocalPart: "anna", Licences: []string{"SPE_E3"}, NoDrive: true})
		require.NoError(t, err)
		for i, folder := range []string{"mail/Inbox", "mail/Inbox/Projecten", "mail/Sent Items", "mail/Archief/2024"} {
			for range n / 4 / 20 {
				lab.Mails(t, u, folder, int64(i), 20)
			}
		}
	}})
	j := l.Backup()
	run := j.Result.Runs[0]
	require.EqualValues(t, n, run.Saved)
	require.EqualValues(t, n, run.Items)
	t.Logf("%d requests for %d mails", run.Requests, n)
	require.LessOrEqual(t, float64(run.Requests), 0.06*n)
	require.GreaterOrEqual(t, run.Requests, l.Calls("exportItems"), "every request counts")
}

// moment runs a backup and returns the time to ask for it by.
func moment(l *lab.Lab) time.Time {
	l.Backup()
	at := l.Clock.Now()
	l.Clock.Advance(time.Hour)
	return at
}

func TestEveryMomentIsTold(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	first := moment(l)
	mails := l.Names(inbox, first)
	require.Len(t, mails, 13) // with the folder Projecten

	// Files: edited, renamed, moved with its folder, deleted, new.
	l.Edit(sim.Change{Path: files + "/Documenten/plan.txt", File: l.File([]byte("het tweede plan"))})
	l.Edit(sim.Change{Path: files + "/Documenten/begroting.xlsx", Rename: "begroting 2026.xlsx"})
	l.Edit(sim.Change{Path: files + "/nieuw.txt", File: l.File([]byte("nieuw"))})
	l.Delete(files + "/leeg.txt")
	// Mail: read, moved, deleted, new; a folder renamed, one new.
	subject := l.Walk(inbox+"/Projecten", first)[0]
	victim, moved := mail(t, l, inbox, 0), mail(t, l, inbox, 3)
	l.Delete(victim.Path)
	l.Edit(sim.Change{Path: moved.Path, Move: anna + "/mail/Archief"})
	l.Edit(sim.Change{Path: inbox, File: l.File(mailtest.Generate(71, 1)[0].Bytes)})
	l.Edit(sim.Change{Path: inbox + "/Projecten", Rename: "Werken"})
	l.Server.ResetCalls()
	second := moment(l)
	require.EqualValues(t, 2, l.Calls("GET /drives/{}/items/{}/content")+l.Calls("/download"), lab.Text(l.Server.Calls()))

	require.ElementsMatch(t, []string{"Documenten", "leeg.txt"}, l.Names(files, first))
	require.ElementsMatch(t, []string{"Documenten", "nieuw.txt"}, l.Names(files, second))
	require.ElementsMatch(t, []string{"plan.txt", "begroting.xlsx"}, l.Names(files+"/Documenten", first))
	require.ElementsMatch(t, []string{"plan.txt", "begroting 2026.xlsx"}, l.Names(files+"/Documenten", second))
	require.Equal(t, "het plan", cat(t, l, files+"/Documenten/plan.txt", first))
	require.Equal(t, "het tweede plan", cat(t, l, files+"/Documenten/plan.txt", second))
	require.Len(t, versions(t, l, files+"/Documenten/plan.txt"), 2)

	require.Len(t, l.Names(inbox, first), 13)
	require.Len(t, l.Names(inbox, second), 12)
	require.Contains(t, l.Names(inbox, first), "Projecten")
	require.Contains(t, l.Names(inbox, second), "Werken")
	require.Len(t, l.Walk(inbox+"/Werken", second), 6)
	require.Equal(t, subject.Hash, l.Walk(inbox+"/Projecten", first)[0].Hash)
	require.Len(t, l.Walk(anna+"/mail/Archief", second), 1)
	for _, err := range l.Engine.Ls(t.Context(), l.ID, anna+"/mail/Archief", first, false) {
		require.Error(t, err, "there was no such folder then")
	}

	changes := lab.Rows(t, l.Engine.Diff(t.Context(), l.ID, anna, first, second))
	got := map[string][]string{}
	for _, c := range changes {
		if c.Kind != model.KindFolder {
			got[c.What] = append(got[c.What], strings.TrimPrefix(c.Path, anna+"/"))
		}
	}
	require.Contains(t, got["appeared"], "onedrive/nieuw.txt", lab.Text(changes))
	require.Contains(t, got["vanished"], "onedrive/leeg.txt", lab.Text(changes))
	require.Contains(t, got["changed"], "onedrive/Documenten/plan.txt", lab.Text(changes))
	require.Contains(t, got["moved"], "onedrive/Documenten/begroting 2026.xlsx", lab.Text(changes))
	require.Contains(t, got["vanished"], strings.TrimPrefix(victim.Path, anna+"/"), lab.Text(changes))
	require.Empty(t, lab.Rows(t, l.Engine.Diff(t.Context(), l.ID, anna, second, second)))
}

// mail is one of a folder's mails that has a name of its own.
func mail(t *testing.T, l *lab.Lab, folder string, n int) model.Row {
	t.Helper()
	for _, r := range l.Ls(folder, time.Time{}) {
		if r.Kind == model.KindFolder || r.Subject == "" || strings.Contains(r.Name, " ~") {
			continue
		}
		if n--; n < 0 {
			return r
		}
	}
	t.Fatalf("no such mail in %s", folder)
	return model.Row{}
}

func cat(t *testing.T, l *lab.Lab, path string, at time.Time) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, l.Engine.Cat(t.Context(), l.ID, path, at, "", &b))
	return b.String()
}

func versions(t *testing.T, l *lab.Lab, path string) []model.Row {
	t.Helper()
	rows, err := l.Engine.VersionsAt(t.Context(), l.ID, path)
	require.NoError(t, err)
	return rows
}
