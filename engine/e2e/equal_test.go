package e2e_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/e2e/lab"
	"vangnet/engine/fault"
	"vangnet/engine/graph/sim"
	"vangnet/engine/model"
)

// equals gives an account the same mails in its mailbox and in its archive.
func equals(t testing.TB, tenant *sim.Tenant) {
	u := lab.User(t, tenant, "anna")
	lab.Mails(t, u, "mail/Inbox", 5, 4)
	lab.Mails(t, u, "archive/Inbox", 5, 4)
	lab.User(t, tenant, "bram")
}

// TestEqualItemsOfTwoPlacesAreTwo puts mails that look the same, out of mailbox
// and archive, into one folder: each comes there once, however they are asked
// for, and however often.
func TestEqualItemsOfTwoPlacesAreTwo(t *testing.T) {
	t.Parallel()
	const to = bram + "/mail/Samen"
	box, archive := anna+"/mail/Inbox", anna+"/archive/Inbox"
	forget := func(l *lab.Lab) { // as if the program had died before it could note
		l.Close()
		require.NoError(l, os.Remove(filepath.Join(l.Home, "restored.jsonl")))
		l.Open()
	}
	for name, calls := range map[string][]func(*lab.Lab) *model.RestoreRequest{
		"together":             {ask(box, archive)},
		"the archive first":    {ask(archive, box)},
		"one after the other":  {ask(box), ask(archive)},
		"the other way round":  {ask(archive), ask(box)},
		"cut off after one":    {ask(box), ask(archive, box)},
		"died before the note": {ask(box), func(l *lab.Lab) *model.RestoreRequest { forget(l); return nil }, ask(archive, box)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t, lab.Setup{Fill: equals})
			l.Backup()
			again := []func(*lab.Lab) *model.RestoreRequest{ask(archive, box), ask(box), ask(archive)}
			for _, part := range [][]func(*lab.Lab) *model.RestoreRequest{calls, again} {
				for _, call := range part {
					if r := call(l); r != nil {
						r.To = to
						l.Restore(*r)
					}
				}
				require.Equal(t, 8, items(l.Live(to)))
			}
			plan, err := l.Engine.PlanRestore(t.Context(), model.RestoreRequest{Tenant: l.ID, Paths: []string{archive, box}, To: to})
			require.NoError(t, err)
			require.EqualValues(t, 8, plan.Skip, "%+v", plan)
		})
	}
}

func ask(paths ...string) func(*lab.Lab) *model.RestoreRequest {
	return func(*lab.Lab) *model.RestoreRequest { return &model.RestoreRequest{Paths: paths} }
}

// TestWhatWasPutBackIsStillTheSameItem holds that a mail that was put back, was
// copied again from there, deleted, and put back from the newer copy is not put
// beside that from the older one.
func TestWhatWasPutBackIsStillTheSameItem(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: equals})
	first := moment(l)
	for range 2 {
		l.Delete(inbox)
		l.Restore(model.RestoreRequest{Paths: []string{inbox}})
		moment(l)
	}
	l.Delete(inbox)
	l.Restore(model.RestoreRequest{Paths: []string{inbox}})
	j := l.Restore(model.RestoreRequest{Paths: []string{inbox}, At: first})
	require.Zero(t, j.Result.Saved)
	require.Equal(t, 4, items(l.Live(inbox)))
}

// TestRestoreJobsSayWhatTheyPutBack holds that a job names the first thing that
// was asked for and counts the others.
func TestRestoreJobsSayWhatTheyPutBack(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	l.Backup()
	letter := mail(t, l, inbox, 0)
	file := l.Walk(files+"/Documenten/plan.txt", time.Time{})[0]
	for _, c := range []struct {
		r           model.RestoreRequest
		title, path string
		more        int
	}{
		{model.RestoreRequest{Refs: []model.Ref{letter.Ref, file.Ref}}, letter.Subject, letter.Path, 1},
		{model.RestoreRequest{Refs: []model.Ref{file.Ref}}, "plan.txt", file.Path, 0},
		{model.RestoreRequest{Paths: []string{inbox, files}, Refs: []model.Ref{file.Ref}}, "", inbox, 2},
	} {
		j := l.Restore(c.r)
		require.Equal(t, c.title, j.Title)
		require.Equal(t, c.path, j.Path)
		require.Equal(t, c.more, j.More)
		require.Equal(t, model.Target{Kind: model.TargetOriginal, Tenant: l.ID}, j.Result.Target)
	}
	gone := letter.Ref
	gone.Item = "nothing has this id"
	j := l.TryRestore(model.RestoreRequest{Refs: []model.Ref{gone}})
	require.Equal(t, fault.RefUnknown, j.Error.Code, "%+v", j.Error)
	dir := t.TempDir()
	l.Restore(model.RestoreRequest{Refs: []model.Ref{letter.Ref}, ToDir: dir})
	found, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, found, 1, "a single mail onto this computer")
}

// TestRestoreIntoAnotherTenant puts a folder and a file of one tenant into an
// account of another, and nothing into the first.
func TestRestoreIntoAnotherTenant(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	l.Backup()
	other := l.World.AddTenant("fabrikam.example", "Fabrikam")
	lab.User(t, other, "carl")
	app := other.DefaultApp()
	connected, _, err := l.Engine.Connect(t.Context(), engine.ConnectRequest{
		Tenant: "fabrikam.example", ClientID: app.ClientID, Secret: app.Secret(), Cloud: l.Server.URL(), CloudCA: l.Server.CA(),
	})
	require.NoError(t, err)
	const carl = "carl@fabrikam.example"
	before := l.Live(anna)
	r := model.RestoreRequest{Tenant: l.ID, Paths: []string{inbox + "/Projecten"}, ToTenant: connected.ID, To: carl + "/mail/Overgenomen"}
	plan, err := l.Engine.PlanRestore(t.Context(), r)
	require.NoError(t, err)
	require.EqualValues(t, 6, plan.Create)
	j := l.Restore(r)
	require.Equal(t, model.Target{Kind: model.TargetLive, Address: carl + "/mail/Overgenomen", Tenant: connected.ID}, j.Result.Target)
	require.Equal(t, 6, items(l.Live(carl+"/mail/Overgenomen/Projecten")))
	require.EqualValues(t, 6, l.Restore(r).Result.Skipped)
	l.Restore(model.RestoreRequest{Paths: []string{files + "/Documenten"}, ToTenant: connected.ID, To: carl})
	require.Equal(t, 2, items(l.Live(carl+"/onedrive/Documenten")))
	same(t, before, l.Live(anna))

	r.To = ""
	require.Equal(t, fault.AddressNeeded, l.TryRestore(r).Error.Code)
	r.To, r.ToTenant = carl, "00000000-0000-0000-0000-000000000000"
	require.Equal(t, fault.NoTenant, l.TryRestore(r).Error.Code)
}
