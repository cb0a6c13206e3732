package catalog_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"vangnet/engine/model"
	"vangnet/store/catalog"
)

func reopen(t *testing.T, path string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(t.Context(), path, catalog.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// TestOldLayout opens a file that the first version made, and fills it anew.
func TestOldLayout(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	text, err := os.ReadFile("testdata/layout1.sql")
	require.NoError(t, err)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.Exec(string(text))
	require.NoError(t, err)
	require.NoError(t, db.Close())

	c := reopen(t, path)
	resources, err := c.Resources(t.Context(), tenant)
	require.NoError(t, err)
	require.Empty(t, resources, "nothing of it is shown as if it were true")
	sync(t, c, account())
	checkStory(t, c)
	require.Equal(t, []string{"Crème brûlée"}, search(t, c, model.SearchQuery{Text: "recept"}))
}

func TestNewerLayout(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.Exec("PRAGMA user_version = 99")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = catalog.Open(t.Context(), path, catalog.Options{})
	require.ErrorIs(t, err, catalog.ErrNewer)
}

func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog ?%20#.db") // a name that a URL would trip over
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600))
	_, err := catalog.Open(t.Context(), path, catalog.Options{})
	require.ErrorIs(t, err, catalog.ErrDamaged)
	require.NoError(t, catalog.Remove(path))
	c := reopen(t, path)
	sync(t, c, story())
	checkStory(t, c)
	_, err = os.Stat(path)
	require.NoError(t, err)
}

// TestWordsLost takes away, damages and sets back the file with the words.
func TestWordsLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	v := story()
	all := v.ledger
	v.ledger = all[:2]
	c, err := catalog.Open(t.Context(), path, catalog.Options{})
	require.NoError(t, err)
	sync(t, c, v)
	require.NoError(t, c.Close())
	old, err := os.ReadFile(path + ".words")
	require.NoError(t, err)
	v.ledger = all[:4]
	for name, spoil := range map[string]func() error{
		"gone": func() error { return os.Remove(path + ".words") },
		"damaged": func() error {
			return os.WriteFile(path+".words", []byte("not a database, but long enough to look"), 0o600)
		},
		"set back": func() error { return os.WriteFile(path+".words", old, 0o600) },
	} {
		c, err := catalog.Open(t.Context(), path, catalog.Options{})
		require.NoError(t, err)
		sync(t, c, v)
		require.NoError(t, c.Close())
		require.NoError(t, spoil(), name)
		c, err = catalog.Open(t.Context(), path, catalog.Options{})
		require.NoError(t, err, name)
		sync(t, c, v)
		require.Equal(t, []string{"Advies.docx (deleted)"}, search(t, c, model.SearchQuery{Text: "advies"}), name)
		require.Equal(t, []string{"Plan.docx", "Plan.docx"}, search(t, c, model.SearchQuery{Text: "plan", Versions: true}), name)
		require.Equal(t, []string{"New.docx"}, search(t, c, model.SearchQuery{Text: "new"}), name)
		require.NoError(t, c.Close())
	}
}

// bigDrive is a folder of n files and mails in no particular order, some of
// which are gone in a second snapshot.
func bigDrive(n int) *vault {
	v := newVault(tenant)
	m := v.resource(mailbox, model.Mailbox, "anna@contoso.example")
	m.folder("in", "mail/In")
	r := rand.New(rand.NewPCG(5, 5))
	entries := make([]model.Entry, n)
	for i, k := range r.Perm(n) {
		e := mail(fmt.Sprintf("id%d", i), fmt.Sprintf("Bericht %06d", k), fmt.Sprintf("Afzender %d <a%d@x.example>", r.IntN(1000), i), "tekst", day(1).Add(-time.Duration(r.IntN(1e6))*time.Minute))
		e.Size = int64(r.IntN(1e6))
		entries[i] = e
	}
	m.items["in"] = entries
	snap := v.shoot(mailbox, day(1))
	for i := range v.folders[snap.ID] { // fmt.Sprint of all entries would be a large id
		v.folders[snap.ID][i].Listing = "first"
	}
	v.listings = map[model.ObjectID][]model.Entry{"first": slices.SortedFunc(slices.Values(entries), func(a, b model.Entry) int { return strings.Compare(a.Name, b.Name) })}
	return v
}

// TestBigFolder pages through a folder that has sort indexes, in every order,
// and compares with what sorting says.
func TestBigFolder(t *testing.T) {
	const n = 8_500
	c := open(t, catalog.Options{Batch: 3000})
	v := bigDrive(n)
	sync(t, c, v)
	keys := map[model.SortBy]func(model.Row) string{
		model.SortName:     func(r model.Row) string { return strings.ToLower(r.Name) },
		model.SortSubject:  func(r model.Row) string { return strings.ToLower(r.Subject) },
		model.SortFrom:     func(r model.Row) string { return strings.ToLower(r.From) },
		model.SortSize:     func(r model.Row) string { return fmt.Sprintf("%012d", r.Size) },
		model.SortReceived: func(r model.Row) string { return r.Received.Format(time.RFC3339) },
	}
	for by, key := range keys {
		for _, desc := range []bool{false, true} {
			seen := map[string]bool{}
			last := ""
			for offset := 0; offset < n; offset += 3000 {
				rows, total, err := c.List(t.Context(), model.ListQuery{Tenant: tenant, Resource: mailbox, Folder: "in", Sort: by, Desc: desc, Offset: offset, Limit: 3000})
				require.NoError(t, err)
				require.Equal(t, n, total)
				for _, r := range rows {
					k := key(r)
					require.False(t, last != "" && (k < last) != desc && k != last, "%s %v: %s after %s", by, desc, k, last)
					last, seen[r.Name] = k, true
				}
			}
			require.Len(t, seen, n)
		}
	}
	rows, total, err := c.List(t.Context(), model.ListQuery{Tenant: tenant, Resource: mailbox, Folder: "in", Filter: "BERICHT 00001", Offset: 2, Limit: 3})
	require.NoError(t, err)
	require.Equal(t, 11, total)
	require.Equal(t, []string{"Bericht 000011", "Bericht 000012", "Bericht 000013"}, names(rows))
	require.Empty(t, list(t, c, model.ListQuery{Resource: mailbox, Folder: "in", Filter: "100%"}), "% is no wildcard")
	// The folder empties: everything is gone, and still there to be seen.
	v.now[mailbox].items["in"] = nil
	v.shoot(mailbox, day(2))
	sync(t, c, v)
	for _, x := range []struct {
		q    model.ListQuery
		want int
	}{{model.ListQuery{}, 0}, {model.ListQuery{Deleted: true}, n}, {model.ListQuery{At: day(1)}, n}, {model.ListQuery{At: day(2)}, 0}, {model.ListQuery{At: day(2), Deleted: true}, n}} {
		x.q.Tenant, x.q.Resource, x.q.Folder, x.q.Limit, x.q.Sort = tenant, mailbox, "in", 5, model.SortReceived
		rows, total, err := c.List(t.Context(), x.q)
		require.NoError(t, err)
		require.Equal(t, x.want, total, "%+v", x.q)
		require.Len(t, rows, min(5, x.want))
	}
}

// TestReadWhileSyncing browses while rows come in.
func TestReadWhileSyncing(t *testing.T) {
	c := open(t, catalog.Options{Batch: 50})
	v := bigDrive(2_000)
	done := make(chan error, 1)
	go func() { done <- c.Sync(context.Background(), tenant, v, nil) }()
	grown := 0
	for {
		rows, total, err := c.List(t.Context(), model.ListQuery{Tenant: tenant, Resource: mailbox, Folder: "in", Limit: 10})
		if err == nil {
			require.GreaterOrEqual(t, total, grown)
			require.Len(t, rows, min(10, total))
			grown = total
		} else {
			require.ErrorIs(t, err, catalog.ErrNotFound)
		}
		_, err = c.Search(t.Context(), model.SearchQuery{Text: "tekst"})
		require.NoError(t, err)
		select {
		case err := <-done:
			require.NoError(t, err)
			return
		default:
		}
	}
}

// TestTwoPrograms has two open catalogs on one file, as two programs would,
// that sync the same vaults at the same time.
func TestTwoPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	var group errgroup.Group
	for range 3 {
		group.Go(func() error {
			c, err := catalog.Open(t.Context(), path, catalog.Options{Batch: 2})
			if err != nil {
				return err
			}
			v := account()
			for n := range v.ledger {
				part := *v
				part.ledger, part.reads = v.ledger[:n+1], map[model.ObjectID]int{}
				if err := c.Sync(t.Context(), tenant, &part, nil); err != nil {
					return err
				}
			}
			return c.Close()
		})
	}
	require.NoError(t, group.Wait())
	c := reopen(t, path)
	checkStory(t, c)
	require.Equal(t, []string{"Crème brûlée"}, search(t, c, model.SearchQuery{Text: "recept"}))
	require.Equal(t, []string{"Plan.docx", "Plan.docx"}, search(t, c, model.SearchQuery{Text: "plan", Versions: true}))
}
