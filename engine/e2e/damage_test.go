package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/e2e/lab"
	"vangnet/engine/fault"
	"vangnet/engine/model"
)

// packs are the files of a vault in a folder that hold content.
func packs(t *testing.T, l *lab.Lab) []string {
	t.Helper()
	var list []string
	root := strings.TrimPrefix(l.Place.Storage, "file://")
	require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(filepath.ToSlash(path), "/p/") {
			list = append(list, path)
		}
		return err
	}))
	return list
}

func TestADamagedVault(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, path string){
		"flipped byte": func(t *testing.T, path string) {
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			b[len(b)/2] ^= 0x20
			require.NoError(t, os.Chmod(path, 0o644))
			require.NoError(t, os.WriteFile(path, b, 0o644))
		},
		"truncated": func(t *testing.T, path string) {
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.NoError(t, os.Chmod(path, 0o644))
			require.NoError(t, os.Truncate(path, info.Size()/2))
		},
		"missing": func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lab.New(t, lab.Setup{Fill: lab.Small})
			l.Backup()
			old := packs(t, l)
			require.NotEmpty(t, old)
			u := l.Tenant.User(anna)
			lab.Mails(t, u, "mail/Later", 9, 8)
			for i := range 6 {
				lab.Put(t, u, "Later/"+string(rune('a'+i))+".bin", lab.Noise(uint64(i), 50_000))
			}
			l.Backup()
			l.Verify()
			before := l.Live("")
			l.Close()
			require.NoError(t, os.RemoveAll(filepath.Join(l.Home, "cache")))
			var victim string
			for _, p := range packs(t, l) {
				if !slices.Contains(old, p) {
					victim = p
				}
			}
			require.NotEmpty(t, victim)
			harm(t, victim)
			l.Open()

			r := l.Report(l.ID)
			require.NotEmpty(t, r.Damage)
			var named []string
			for _, d := range r.Damage {
				require.Contains(t, strings.ReplaceAll(filepath.ToSlash(victim), "/", ""), lastOf(d.What), "%+v", d)
				require.NotEmpty(t, d.Why)
				named = append(named, d.Paths...)
			}
			require.NotEmpty(t, named)
			for _, p := range named {
				require.Contains(t, p, "Later", "only what is in that blob is hurt")
			}

			l.Delete("")
			j := l.TryRestore(model.RestoreRequest{Paths: []string{anna}})
			require.Nil(t, j.Error, lab.Text(j.Error))
			require.NotZero(t, j.Result.Failed)
			for _, e := range j.Result.Errors {
				require.Contains(t, named, e.Path, "what fails was named before")
				require.Equal(t, fault.VaultDamaged, e.Code, e.Cause)
			}
			good := map[string]int{}
			for _, i := range before {
				good[lab.Text(i)]++
			}
			for _, i := range l.Live("") {
				require.NotZero(t, good[lab.Text(i)], "never bad data: %+v", i)
			}
			require.Equal(t, items(before)-int(j.Result.Failed), items(l.Live("")), "all the rest is back")
			require.GreaterOrEqual(t, items(l.Live("")), 21)
		})
	}
}

// TestVerifyTellsHowFarItIs follows a check to its end, and stops another.
func TestVerifyTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Odd(4 << 20)})
	l.Backup()
	for _, percent := range []float64{0, 30, 100} {
		id, err := l.Engine.Verify(t.Context(), l.ID, percent)
		require.NoError(t, err)
		j, err := l.Engine.WaitJob(t.Context(), id)
		require.NoError(t, err)
		require.Nil(t, j.Error)
		require.Equal(t, model.JobDone, j.State)
		p, found := j.Progress, j.Result.Verified
		require.NotZero(t, p.Items, "%v%%: %+v", percent, p)
		require.Equal(t, p.ItemsTotal, p.Items)
		require.Equal(t, p.BytesTotal, p.Bytes)
		if percent > 0 {
			require.Equal(t, found.Read, p.Items)
			require.NotZero(t, p.Bytes)
		}
	}
	id, err := l.Engine.Verify(t.Context(), l.ID, 100)
	require.NoError(t, err)
	l.Engine.Cancel(id)
	j, err := l.Engine.WaitJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, model.JobCancelled, j.State)
}

// lastOf is the last part of a key.
func lastOf(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

// view is what a home sees: listings, search, points and comparisons.
func view(t *testing.T, l *lab.Lab, first time.Time) string {
	t.Helper()
	ctx := t.Context()
	found, err := l.Engine.Search(ctx, model.SearchQuery{Text: "offerte", Limit: 50})
	require.NoError(t, err)
	plan, err := l.Engine.Search(ctx, model.SearchQuery{Text: "plan*", Versions: true})
	require.NoError(t, err)
	require.NotEmpty(t, plan.Rows)
	changes := lab.Rows(t, l.Engine.Diff(ctx, l.ID, "", first, time.Time{}))
	require.NotEmpty(t, changes)
	var b strings.Builder
	for _, v := range []any{l.Walk("", time.Time{}), l.Walk("", first), l.Ls("", time.Time{}), found, plan, changes, versions(t, l, files+"/Documenten/plan.txt")} {
		b.WriteString(whole(t, v))
	}
	return b.String()
}

func TestTheCatalogIsACache(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	first := moment(l)
	lab.Put(t, l.Tenant.User(anna), "Documenten/plan.txt", []byte("anders"))
	lab.Mails(t, l.Tenant.User(anna), "mail/Inbox", 5, 9)
	l.Delete(inbox + "/Projecten")
	l.Backup()
	before := view(t, l, first)

	l.Close()
	files, err := filepath.Glob(filepath.Join(l.Home, "catalog*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		require.NoError(t, os.Remove(f))
	}
	require.NoError(t, os.RemoveAll(filepath.Join(l.Home, "health")))
	l.Open()
	id, err := l.Engine.SyncCatalog(t.Context(), true)
	require.NoError(t, err)
	_, err = l.Engine.WaitJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, before, view(t, l, first))

	// Another desk joins, with nothing but the address and the password.
	l.Close()
	l.Home = t.TempDir()
	require.NoError(t, engine.Join(t.Context(), l.Options(), l.Place))
	l.Open()
	require.NoError(t, l.Engine.RefreshHealth(t.Context()))
	id, err = l.Engine.SyncCatalog(t.Context(), false)
	require.NoError(t, err)
	_, err = l.Engine.WaitJob(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, before, view(t, l, first))
	h, err := l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateGood, h.State)
	l.Server.ResetCalls()
	j := l.Backup() // and goes on where the first one was
	require.Zero(t, j.Result.Saved)
	require.Zero(t, l.Calls("exportItems"))
}

func TestADamagedCatalogComesBack(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	l.Backup()
	n := len(l.Walk("", time.Time{}))
	l.Close()
	require.NoError(t, os.WriteFile(filepath.Join(l.Home, "catalog.sqlite"), []byte("kapot"), 0o600))
	l.Open()
	require.Len(t, l.Walk("", time.Time{}), n)
}
