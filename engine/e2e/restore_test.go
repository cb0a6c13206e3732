package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/e2e/lab"
	"vangnet/engine/fault"
	"vangnet/engine/graph/sim"
	"vangnet/engine/model"
)

const bram = "bram@" + lab.Domain

// two adds an account with content and an empty one.
func two(t testing.TB, tenant *sim.Tenant) {
	lab.Small(t, tenant)
	lab.User(t, tenant, "bram")
}

func TestRestoreToSomeoneElse(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: two})
	l.Backup()
	l.Restore(model.RestoreRequest{Paths: []string{anna}, To: bram})
	want, got := l.Live(anna), l.Live(bram)
	for i := range want {
		want[i].Path = strings.TrimPrefix(want[i].Path, anna)
	}
	for i := range got {
		got[i].Path = strings.TrimPrefix(got[i].Path, bram)
	}
	same(t, want, got)
}

func TestRestoreToAnotherFolder(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: two})
	l.Backup()
	for _, c := range []struct {
		path, to, want string
		items          int
	}{
		{inbox + "/Projecten", bram + "/mail/Terug", bram + "/mail/Terug/Projecten", 6},
		{inbox + "/Projecten", bram + "/mail/Inbox", bram + "/mail/Inbox/Projecten", 6},
		{mail(t, l, inbox, 0).Path, bram + "/mail/Eén", bram + "/mail/Eén", 1},
		{files + "/Documenten", bram + "/onedrive/Van Anna", bram + "/onedrive/Van Anna/Documenten", 2},
		{files + "/Documenten/plan.txt", bram + "/onedrive/Los/Diep", bram + "/onedrive/Los/Diep", 1},
		{files, bram + "/onedrive/Alles", bram + "/onedrive/Alles", 3},
	} {
		plan, err := l.Engine.PlanRestore(t.Context(), model.RestoreRequest{Tenant: l.ID, Paths: []string{c.path}, To: c.to})
		require.NoError(t, err)
		require.EqualValues(t, c.items, plan.Create, "%s: %+v", c.path, plan)
		l.Restore(model.RestoreRequest{Paths: []string{c.path}, To: c.to})
		require.Equal(t, c.items, items(l.Live(c.want)), "%s to %s", c.path, c.to)
	}
	j := l.TryRestore(model.RestoreRequest{Paths: []string{files}, To: bram + "/mail/Inbox"})
	require.Equal(t, model.JobFailed, j.State, "files do not go into a mailbox")
	require.Equal(t, fault.WrongKind, j.Error.Code)
	j = l.TryRestore(model.RestoreRequest{Paths: []string{inbox}, To: bram + "/fax"})
	require.Equal(t, fault.MailboxPlace, j.Error.Code)
	j = l.TryRestore(model.RestoreRequest{Paths: []string{mail(t, l, inbox, 0).Path}, To: bram + "/mail"})
	require.Equal(t, fault.FolderNeeded, j.Error.Code)
	j = l.TryRestore(model.RestoreRequest{Paths: []string{inbox}, To: "niemand@" + lab.Domain})
	require.Equal(t, "not_found", j.Error.Code)
	j = l.TryRestore(model.RestoreRequest{Paths: []string{inbox + "/bestaat niet"}})
	require.Equal(t, "not_found", j.Error.Code)
}

func TestRestoreToThisComputer(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) { lab.Odd(100_000)(t, tenant); hostile(t, tenant.User(anna)) }})
	l.Backup()
	parent := t.TempDir()
	dir := filepath.Join(parent, "boven", "terug")
	require.NoError(t, os.MkdirAll(filepath.Dir(dir), 0o755))
	plan, err := l.Engine.PlanRestore(t.Context(), model.RestoreRequest{Tenant: l.ID, Paths: []string{anna}, ToDir: dir})
	require.NoError(t, err)
	require.NoDirExists(t, dir, "a plan changes nothing")
	j := l.Restore(model.RestoreRequest{Paths: []string{anna}, ToDir: dir})
	require.Zero(t, j.Result.Skipped, "the folder was empty")
	require.Equal(t, plan.Create, j.Result.Saved)

	found := map[string]int{}
	require.NoError(t, filepath.WalkDir(parent, func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() {
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		require.False(t, strings.HasPrefix(rel, ".."), "%s is outside of the folder", path)
		require.NotContains(t, rel, ".vangnet-")
		found[filepath.Ext(path)]++
		return nil
	}))
	total := 0
	for _, n := range found {
		total += n
	}
	require.EqualValues(t, j.Result.Saved, total, "each item has a file of its own")
	require.Greater(t, found[".eml"], 300)
	drive := l.Tenant.User(anna).Drive()
	for _, name := range []string{"gewoon.txt", "a", "a.part", "100% zeker #1.txt", "leeg.bin", "groot.bin", "日本語ファイル.txt"} {
		matches := 0
		require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && d.Name() == name && !strings.Contains(path, "dieper") {
				matches++
				content, err := drive.Content(name)
				require.NoError(t, err)
				info, err := d.Info()
				require.NoError(t, err)
				require.Equal(t, content.Size(), info.Size(), path)
			}
			return err
		}))
		require.Equal(t, 1, matches, name)
	}
	again := l.Restore(model.RestoreRequest{Paths: []string{anna}, ToDir: dir})
	require.Zero(t, again.Result.Saved, "skip leaves what is there alone")
}

// hostileNames are what no drive of Microsoft's holds, but an attacker's might.
var hostileNames = []string{
	"../../x", `..\..\y`, "/etc/passwd", `C:\Windows\win.ini`, "CON", "nul.txt", "COM1.log", "a\x00b", "regel\neinde", "\x1b[31mrood",
	"foto\u202egpj.exe", "..", ".", " ", "punt.", "ster*vraag?.txt", "een|twee<drie>\"vier\":vijf", "\xff\xfe", strings.Repeat("x", 400),
}

// hostile gives a drive files and folders with such names.
func hostile(t testing.TB, u *sim.User) {
	for i, name := range hostileNames {
		plain := "vijand " + string(rune('a'+i))
		lab.Put(t, u, plain, []byte("inhoud "+plain))
		require.NoError(t, u.Drive().Rename(plain, name))
		dir := "map " + plain
		lab.Put(t, u, dir+"/binnen.txt", []byte("in "+plain))
		require.NoError(t, u.Drive().Rename(dir, "map "+name))
	}
}

func TestHostileNamesComeBack(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: func(t testing.TB, tenant *sim.Tenant) {
		hostile(t, lab.User(t, tenant, "anna"))
		lab.Mails(t, tenant.User(anna), "mail/Inbox", 3, 2)
		for _, name := range []string{"..", "../../x", "CON", "a\x00b", "a/b"} {
			require.NoError(t, tenant.User(anna).Mailbox().Mkdir("mail/gevaar"))
			lab.Mails(t, tenant.User(anna), "mail/gevaar", 4, 1)
			require.NoError(t, tenant.User(anna).Mailbox().Rename("mail/gevaar", name))
		}
	}})
	before := l.Live("")
	l.Backup()
	rows := l.Walk("", time.Time{})
	require.Equal(t, items(before), len(rows))
	for _, r := range rows {
		stem, _, _ := strings.Cut(r.Name, " ~")
		require.Equal(t, model.SafeName(stem), stem)
		require.NotEmpty(t, cat(t, l, r.Path, time.Time{}), r.Path)
	}
	l.Delete("")
	j := l.TryRestore(model.RestoreRequest{Paths: []string{anna}})
	require.Nil(t, j.Error, lab.Text(j.Error))
	require.Zero(t, j.Result.Failed, lab.Text(j.Result))
	require.Equal(t, items(before), items(l.Live("")), "under their own names, or where Microsoft refuses those, under safe ones")
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	first := moment(l)
	plan := files + "/Documenten/plan.txt"
	l.Edit(sim.Change{Path: plan, File: l.File([]byte("veranderd"))})
	flagged := true
	edited := mail(t, l, inbox, 0).Path
	l.Edit(sim.Change{Path: edited, Flagged: &flagged, Categories: &[]string{"Nieuw"}})
	moment(l)
	all := items(l.Live(anna))
	for _, c := range []struct {
		conflict model.Conflict
		at       time.Time
		more     int
		plan     func(model.RestorePlan) int64
		content  string
	}{
		{model.ConflictSkip, first, 0, func(p model.RestorePlan) int64 { return p.Skip }, "veranderd"},
		{model.ConflictReplace, first, 0, func(p model.RestorePlan) int64 { return p.Replace }, "het plan"},
		{model.ConflictReplace, time.Time{}, 0, func(p model.RestorePlan) int64 { return p.Replace }, "veranderd"},
		{model.ConflictCopy, first, 21, func(p model.RestorePlan) int64 { return p.Copy }, "veranderd"},
	} {
		r := model.RestoreRequest{Tenant: l.ID, Paths: []string{anna}, At: c.at, Conflict: c.conflict}
		p, err := l.Engine.PlanRestore(t.Context(), r)
		require.NoError(t, err)
		require.EqualValues(t, 21, c.plan(p), "%s: %+v", c.conflict, p)
		before := items(l.Live(anna))
		j := l.Restore(r)
		require.Equal(t, p.Create+p.Copy+p.Replace, j.Result.Saved, "%s: the plan is what happens", c.conflict)
		require.Equal(t, p.Skip, j.Result.Skipped)
		require.Equal(t, before+c.more, items(l.Live(anna)), c.conflict)
		content, err := l.Tenant.User(anna).Drive().Content("Documenten/plan.txt")
		require.NoError(t, err)
		require.EqualValues(t, len(c.content), content.Size(), c.conflict)
	}
	require.Equal(t, all+21, items(l.Live(anna)))
}

func TestReplaceKeepsTheLiveItemUntilTheNewOneIsThere(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Speed: 200, Fill: func(t testing.TB, tenant *sim.Tenant) {
		lab.Small(t, tenant)
		lab.Put(t, tenant.User(anna), "groot.bin", lab.Noise(5, 12<<20))
	}})
	first := moment(l)
	read := true
	for _, r := range l.Ls(inbox, time.Time{}) {
		if r.Kind != model.KindFolder {
			l.Edit(sim.Change{Path: r.Path, Flagged: &read, Read: &read})
		}
	}
	l.Edit(sim.Change{Path: files + "/groot.bin", File: l.File(lab.Noise(6, 11<<20))})
	before := l.Live("")
	for _, plan := range []string{"500@import=100%,500@upload=100%,500@content=100%", "reset@import=100%,reset@upload=100%"} {
		l.Faults(plan)
		j := l.TryRestore(model.RestoreRequest{Paths: []string{inbox, files + "/groot.bin"}, At: first, Conflict: model.ConflictReplace})
		l.Faults("")
		require.NotEqual(t, model.JobDone, j.State, plan)
		for _, i := range before {
			require.Contains(t, paths(l.Live("")), i.Path, "%s: it was there before", plan)
		}
	}
	l.Restore(model.RestoreRequest{Paths: []string{inbox, files + "/groot.bin"}, At: first, Conflict: model.ConflictReplace})
	require.Len(t, l.Live(""), len(before))
}

func paths(tree []sim.TreeItem) []string {
	var list []string
	for _, i := range tree {
		list = append(list, i.Path)
	}
	return list
}

func TestAnOlderVersionComesBack(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	plan := files + "/Documenten/plan.txt"
	var moments []time.Time
	for _, text := range []string{"een", "twee", "drie!"} {
		l.Edit(sim.Change{Path: plan, File: l.File([]byte(text))})
		moments = append(moments, moment(l))
	}
	rows := versions(t, l, plan)
	require.Len(t, rows, 3)
	l.Delete(plan)
	l.Restore(model.RestoreRequest{Paths: []string{plan}, At: moments[1]})
	content, err := l.Tenant.User(anna).Drive().Content("Documenten/plan.txt")
	require.NoError(t, err)
	require.EqualValues(t, 4, content.Size())
	l.Restore(model.RestoreRequest{Refs: []model.Ref{rows[2].Ref}, ToDir: t.TempDir()})
}
