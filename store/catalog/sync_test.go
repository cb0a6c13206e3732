package catalog_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/catalog"
)

const (
	drive   = model.ResourceID("drive:d1")
	mailbox = model.ResourceID("mailbox:u1")
)

// story is a drive with five days of changes.
func story() *vault {
	v := newVault(tenant)
	d := v.resource(drive, model.Drive, "anna@contoso.example/onedrive")
	d.folder("root", "")
	d.folder("docs", "Documenten")
	d.put("root", file("1", "Begroting.xlsx", "a", 10), file("2", "notes.txt", "a", 20))
	d.put("docs", file("3", "Plan.docx", "a", 30), file("4", "Advies.docx", "a", 40))
	v.shoot(drive, day(1))
	d.put("docs", file("3", "Plan.docx", "b", 31)) // changed
	v.shoot(drive, day(2))
	d.drop("docs", "4")                                                               // deleted
	d.drop("root", "2")                                                               // moved and renamed
	d.put("docs", file("2", "Notities.txt", "a", 20), file("5", "New.docx", "a", 50)) // new
	v.shoot(drive, day(3))
	d.folder("docs", "Stukken") // folder renamed
	v.shoot(drive, day(4))
	d.put("docs", file("4", "Advies.docx", "c", 41)) // came back
	d.folder("empty", "Leeg")
	v.shoot(drive, day(5))
	return v
}

func TestStory(t *testing.T) {
	for _, batch := range []int{1, 3, 1000} {
		t.Run(fmt.Sprint("batch ", batch), func(t *testing.T) {
			c := open(t, catalog.Options{Batch: batch})
			v := story()
			sync(t, c, v)
			checkStory(t, c)
			sync(t, c, v) // nothing new
			checkStory(t, c)
		})
	}
}

func checkStory(t *testing.T, c *catalog.Catalog) {
	t.Helper()
	in := func(folder string, at int, deleted bool) []string {
		q := model.ListQuery{Resource: drive, Folder: folder, Deleted: deleted}
		if at != 0 {
			q.At = day(at).Add(time.Hour)
		}
		return list(t, c, q)
	}
	require.Equal(t, []string{"Begroting.xlsx", "notes.txt"}, in("root", 1, false))
	require.Equal(t, []string{"Advies.docx", "Plan.docx"}, in("docs", 1, false))
	require.Equal(t, []string{"Advies.docx", "Plan.docx"}, in("docs", 2, false))
	require.Equal(t, []string{"New.docx", "Notities.txt", "Plan.docx"}, in("docs", 3, false))
	require.Equal(t, []string{"Advies.docx", "New.docx", "Notities.txt", "Plan.docx"}, in("docs", 3, true))
	require.Equal(t, []string{"Begroting.xlsx"}, in("root", 3, true), "an item that moved is not gone")
	require.Equal(t, []string{"Advies.docx", "New.docx", "Notities.txt", "Plan.docx"}, in("docs", 0, true))
	require.Equal(t, []string{"Begroting.xlsx"}, in("root", 0, false))
	require.Empty(t, in("root", -1, false))
	rows, total, err := c.List(t.Context(), model.ListQuery{Tenant: tenant, Resource: drive, Folder: "docs", Sort: model.SortSize, Desc: true, Limit: 2, Offset: 1})
	require.NoError(t, err)
	require.Equal(t, 4, total)
	require.Equal(t, []string{"Advies.docx", "Plan.docx"}, names(rows))
	require.Equal(t, "anna@contoso.example/onedrive/Stukken/Plan.docx", rows[1].Path)
	require.Equal(t, day(2), rows[1].FirstSeen)
	require.Equal(t, day(5), rows[1].SnapshotTime)
}

func TestGone(t *testing.T) {
	c := open(t, catalog.Options{})
	v := story()
	v.ledger = v.ledger[:4]
	sync(t, c, v)
	rows, total, err := c.List(t.Context(), model.ListQuery{Tenant: tenant, Resource: drive, Folder: "docs", Deleted: true, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, 4, total)
	require.Equal(t, "Advies.docx", rows[0].Name)
	require.True(t, rows[0].Deleted)
	require.Equal(t, day(3), rows[0].GoneSince)
	require.Equal(t, day(2), rows[0].SnapshotTime)
	require.Equal(t, "anna@contoso.example/onedrive/Documenten/Advies.docx", rows[0].Path, "where it was last")
	require.Equal(t, []string{"Advies.docx (deleted)"}, search(t, c, model.SearchQuery{Text: "advies"}))
	require.Equal(t, []string{"Advies.docx (deleted)"}, search(t, c, model.SearchQuery{Deleted: true}))
	require.Equal(t, []string{"Plan.docx"}, search(t, c, model.SearchQuery{Text: "plan"}))
	require.Equal(t, []string{"Plan.docx", "Plan.docx"}, search(t, c, model.SearchQuery{Text: "plan", Versions: true}))
	require.Empty(t, search(t, c, model.SearchQuery{Text: "notes"}), "the old name is an old version")
	sync(t, c, story())
	require.Equal(t, []string{"Advies.docx"}, search(t, c, model.SearchQuery{Text: "advies"}))
	require.Empty(t, search(t, c, model.SearchQuery{Deleted: true}))
}

func TestUnchangedFolderIsNotRead(t *testing.T) {
	c := open(t, catalog.Options{})
	v := story()
	sync(t, c, v)
	for listing, n := range v.reads {
		require.Equal(t, 1, n, listing)
	}
}

func TestOutOfOrder(t *testing.T) {
	c := open(t, catalog.Options{})
	v := story()
	late := v.ledger[1]
	v.ledger = append(v.ledger[:1:1], v.ledger[2:]...)
	sync(t, c, v)
	v.ledger = append(v.ledger, late)
	v.ledger[4].Mark = "000009" // an older snapshot, from another computer
	sync(t, c, v)
	checkStory(t, c)
	v.ledger = append(v.ledger, v.ledger...) // repeats
	sync(t, c, v)
	checkStory(t, c)
}

func TestDamagedListing(t *testing.T) {
	c := open(t, catalog.Options{Batch: 1})
	v := story()
	var hurt model.ObjectID
	for _, f := range v.folders[v.ledger[2].Snapshot.ID] {
		if f.ID == "docs" {
			hurt = f.Listing
		}
	}
	v.broken[hurt] = 2
	for range 2 { // it holds up the resource, and nothing is lost
		err := c.Sync(t.Context(), tenant, v, nil)
		require.ErrorIs(t, err, catalog.ErrIncomplete)
		require.ErrorIs(t, err, errBroken)
		require.Contains(t, list(t, c, model.ListQuery{Resource: drive, Folder: "docs"}), "Plan.docx", "behind the break nothing may be closed")
	}
	delete(v.broken, hurt)
	sync(t, c, v)
	checkStory(t, c)
}

func TestDamagedForEver(t *testing.T) {
	c := open(t, catalog.Options{})
	v := story()
	for _, f := range v.folders[v.ledger[1].Snapshot.ID] {
		if f.ID == "docs" {
			v.broken[f.Listing] = 0
		}
	}
	for range 3 {
		require.ErrorIs(t, c.Sync(t.Context(), tenant, v, nil), catalog.ErrIncomplete)
	}
	sync(t, c, v)
	require.Equal(t, []string{"Advies.docx", "New.docx", "Notities.txt", "Plan.docx"}, list(t, c, model.ListQuery{Resource: drive, Folder: "docs"}))
}

// TestStopped cancels a sync at every entry in turn, and goes on.
func TestStopped(t *testing.T) {
	for n := range 12 {
		c := open(t, catalog.Options{Batch: 2})
		v := story()
		for left := n; ; left += n + 1 {
			ctx, stop := context.WithCancel(t.Context())
			count := 0
			err := c.Sync(ctx, tenant, v, func(model.Progress) {
				if count++; count > left {
					stop()
				}
			})
			stop()
			if err == nil {
				break
			}
			require.ErrorIs(t, err, context.Canceled)
		}
		checkStory(t, c)
		require.Equal(t, []string{"Plan.docx"}, search(t, c, model.SearchQuery{Text: "plan"}))
	}
}

func TestForgetAndReset(t *testing.T) {
	c := open(t, catalog.Options{})
	v := story()
	other := newVault("22222222-2222-2222-2222-222222222222")
	o := other.resource("drive:o", model.Drive, "bob@fabrikam.example/onedrive")
	o.folder("root", "")
	o.put("root", file("1", "Plan B.docx", "a", 1))
	other.shoot("drive:o", day(1))
	sync(t, c, v)
	sync(t, c, other)
	require.Len(t, search(t, c, model.SearchQuery{Text: "plan"}), 2)
	require.NoError(t, c.Forget(t.Context(), tenant))
	require.Equal(t, []string{"Plan B.docx"}, search(t, c, model.SearchQuery{Text: "plan"}))
	sync(t, c, v)
	checkStory(t, c)
	require.NoError(t, c.Reset(t.Context()))
	require.Empty(t, search(t, c, model.SearchQuery{Text: "plan"}))
	sync(t, c, v)
	checkStory(t, c)
}

// slow is a source that stops in the middle of a listing until it is let go.
type slow struct {
	*vault
	reached, goOn chan struct{}
}

func (s *slow) Entries(ctx context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	select {
	case s.reached <- struct{}{}:
	default:
	}
	<-s.goOn
	return s.vault.Entries(ctx, listing)
}

// TestNothingNewDoesNotWait syncs what is up to date while another tenant's
// Sync is at work.
func TestNothingNewDoesNotWait(t *testing.T) {
	c := open(t, catalog.Options{})
	v := story()
	sync(t, c, v)
	other := &slow{newVault("22222222-2222-2222-2222-222222222222"), make(chan struct{}, 1), make(chan struct{})}
	o := other.resource("drive:o", model.Drive, "bob@fabrikam.example/onedrive")
	o.folder("root", "")
	o.put("root", file("1", "Plan B.docx", "a", 1))
	other.shoot("drive:o", day(1))
	done := make(chan error, 1)
	go func() { done <- c.Sync(context.Background(), other.tenant, other, nil) }()
	<-other.reached
	sync(t, c, v)
	v.ledger[4].Mark = "000009" // a repeat, as from an overlap
	sync(t, c, v)
	v.ledger[4].Mark = "000005"
	v.now[drive].put("docs", file("9", "Nieuw.docx", "a", 1))
	v.shoot(drive, day(7))
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	require.ErrorIs(t, c.Sync(ctx, tenant, v, nil), context.DeadlineExceeded, "what is new waits its turn")
	close(other.goOn)
	require.NoError(t, <-done)
	sync(t, c, v)
	require.Len(t, search(t, c, model.SearchQuery{Text: "nieuw"}), 1)
}
