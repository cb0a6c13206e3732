package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/catalog"
)

// account is a mailbox and a drive of one user.
func account() *vault {
	v := story()
	m := v.resource(mailbox, model.Mailbox, "anna@contoso.example")
	m.folder("inbox", "mail/Inbox")
	m.folder("sub", "mail/Inbox/Klanten")
	m.folder("agenda", "calendar/Agenda")
	m.put("inbox", mail("m1", "Re: offerte 1/2", "Bob <bob@fabrikam.example>", "De dakgoot lekt.", day(1)))
	m.put("sub", mail("m2", "Crème brûlée", "Zoë <zoe@fabrikam.example>", "Recept in de bijlage", day(2)))
	v.shoot(mailbox, day(2))
	return v
}

func TestResolve(t *testing.T) {
	c := open(t, catalog.Options{})
	sync(t, c, account())
	for _, x := range []struct {
		address string
		at      time.Time
		want    string // path; "" nothing
		kind    model.ItemKind
		folder  string
	}{
		{"anna@contoso.example/onedrive/Stukken/Plan.docx", time.Time{}, "anna@contoso.example/onedrive/Stukken/Plan.docx", model.KindFile, "docs"},
		{"ANNA@contoso.example/OneDrive/stukken/PLAN.DOCX", time.Time{}, "anna@contoso.example/onedrive/Stukken/Plan.docx", model.KindFile, "docs"},
		{"anna@contoso.example/onedrive/Documenten/Plan.docx", day(2), "anna@contoso.example/onedrive/Documenten/Plan.docx", model.KindFile, "docs"},
		{"anna@contoso.example/onedrive/Stukken", day(2), "", "", ""},
		{"anna@contoso.example/onedrive/notes.txt", day(1), "anna@contoso.example/onedrive/notes.txt", model.KindFile, "root"},
		{"anna@contoso.example/onedrive/notes.txt", time.Time{}, "", "", ""},
		{"/anna@contoso.example/onedrive/stukken/", time.Time{}, "anna@contoso.example/onedrive/Stukken", model.KindFolder, "docs"},
		{"anna@contoso.example/onedrive", time.Time{}, "anna@contoso.example/onedrive", model.KindFolder, "root"},
		{"anna@contoso.example", time.Time{}, "anna@contoso.example", model.KindFolder, ""},
		{"anna@contoso.example/MAIL", time.Time{}, "anna@contoso.example/mail", model.KindFolder, ""},
		{"anna@contoso.example/mail/inbox", time.Time{}, "anna@contoso.example/mail/Inbox", model.KindFolder, "inbox"},
		{"anna@contoso.example/mail/Inbox/Re: offerte 1/2", time.Time{}, "anna@contoso.example/mail/Inbox/Re_ offerte 1_2", model.KindMessage, "inbox"},
		{"anna@contoso.example/mail/Inbox/klanten/CRÈME BRÛLÉE", time.Time{}, "anna@contoso.example/mail/Inbox/Klanten/Crème brûlée", model.KindMessage, "sub"},
		{"anna@contoso.example/mail", day(1), "", "", ""},
		{"bob@contoso.example", time.Time{}, "", "", ""},
		{"anna@contoso.exam", time.Time{}, "", "", ""},
		{"anna@contoso.example/onedrive/Plan.docx' OR 1=1 --", time.Time{}, "", "", ""},
	} {
		row, err := c.Resolve(t.Context(), tenant, x.address, x.at)
		if x.want == "" {
			require.ErrorIs(t, err, catalog.ErrNotFound, x.address)
			continue
		}
		require.NoError(t, err, x.address)
		require.Equal(t, []any{x.want, x.kind, x.folder}, []any{row.Path, row.Kind, row.Ref.Folder}, x.address)
		if row.Ref.Folder == "" {
			continue
		}
		found, err := c.Lookup(t.Context(), row.Ref)
		require.NoError(t, err)
		require.Equal(t, row, found.Row, "a row's Ref leads back to it")
	}
}

func TestResolveDeleted(t *testing.T) {
	c := open(t, catalog.Options{})
	v := story()
	v.ledger = v.ledger[:4]
	sync(t, c, v)
	row, err := c.Resolve(t.Context(), tenant, "anna@contoso.example/onedrive/Stukken/Advies.docx", time.Time{})
	require.NoError(t, err)
	require.True(t, row.Deleted)
	require.Equal(t, day(2), row.SnapshotTime)
	_, err = c.Resolve(t.Context(), tenant, "anna@contoso.example/onedrive/Stukken/Advies.docx", day(4))
	require.ErrorIs(t, err, catalog.ErrNotFound)
}

func TestFolders(t *testing.T) {
	c := open(t, catalog.Options{})
	v := story()
	sync(t, c, v)
	delete(v.now[drive].folders, "docs")
	v.shoot(drive, day(6))
	sync(t, c, v)
	paths := func(at time.Time, deleted bool) (list []string) {
		rows, err := c.Folders(t.Context(), tenant, drive, at, deleted)
		require.NoError(t, err)
		for _, r := range rows {
			list = append(list, fmt.Sprintf("%s %d %v", r.Address, r.Items, r.Deleted))
		}
		return list
	}
	require.Equal(t, []string{"anna@contoso.example/onedrive 2 false", "anna@contoso.example/onedrive/Documenten 2 true"}, paths(day(2), false))
	require.Equal(t, []string{"anna@contoso.example/onedrive 1 false", "anna@contoso.example/onedrive/Leeg 0 false"}, paths(time.Time{}, false))
	require.Equal(t, []string{"anna@contoso.example/onedrive 1 false", "anna@contoso.example/onedrive/Leeg 0 false", "anna@contoso.example/onedrive/Stukken 4 true"}, paths(time.Time{}, true))
	rows, err := c.Folders(t.Context(), tenant, drive, time.Time{}, true)
	require.NoError(t, err)
	require.Equal(t, day(6), rows[2].GoneSince)
	require.Equal(t, []string{"Advies.docx (deleted)", "New.docx (deleted)", "Notities.txt (deleted)", "Plan.docx (deleted)"},
		list(t, c, model.ListQuery{Resource: drive, Folder: "docs", Deleted: true}))
	row, err := c.Resolve(t.Context(), tenant, "anna@contoso.example/onedrive/stukken", time.Time{})
	require.NoError(t, err)
	require.True(t, row.Deleted)
	require.Len(t, walk(t, c, "anna@contoso.example/onedrive/stukken", time.Time{}), 5, "what was there last")
}

func walk(t *testing.T, c *catalog.Catalog, address string, at time.Time) (list []string) {
	t.Helper()
	for f, err := range c.Walk(t.Context(), tenant, address, at, model.Past{}) {
		require.NoError(t, err)
		line := strings.TrimPrefix(f.Row.Path, "anna@contoso.example/")
		if f.Entry != nil {
			line += " " + f.Entry.Tag
			require.Equal(t, f.Row.Ref.Item, f.Entry.ID)
		}
		list = append(list, line)
	}
	return list
}

func TestWalkAndSize(t *testing.T) {
	c := open(t, catalog.Options{})
	sync(t, c, account())
	require.Equal(t, []string{"onedrive", "onedrive/Begroting.xlsx a", "onedrive/notes.txt a", "onedrive/Documenten", "onedrive/Documenten/Advies.docx a", "onedrive/Documenten/Plan.docx b"},
		walk(t, c, "anna@contoso.example/onedrive", day(2)))
	require.Equal(t, []string{"onedrive/Stukken/Plan.docx b"}, walk(t, c, "anna@contoso.example/onedrive/Stukken/Plan.docx", time.Time{}))
	require.Equal(t, []string{"mail/Inbox", "mail/Inbox/Re_ offerte 1_2 1", "mail/Inbox/Klanten", "mail/Inbox/Klanten/Crème brûlée 1"}, walk(t, c, "anna@contoso.example/mail", time.Time{}))
	require.Len(t, walk(t, c, "anna@contoso.example", time.Time{}), 3+2+3+5)
	sum, err := c.Size(t.Context(), tenant, "anna@contoso.example/onedrive", day(2))
	require.NoError(t, err)
	require.Equal(t, catalog.Sum{Folders: 2, Items: 4, Bytes: 101}, sum)
	sum, err = c.Size(t.Context(), tenant, "anna@contoso.example/onedrive/notes.txt", day(2))
	require.NoError(t, err)
	require.Equal(t, catalog.Sum{Items: 1, Bytes: 20}, sum)
	for range c.Walk(t.Context(), tenant, "", time.Time{}, model.Past{}) {
		break // and nothing stays open
	}
}

func TestWalkThePast(t *testing.T) {
	c := open(t, catalog.Options{})
	v := story()
	delete(v.now[drive].folders, "docs")
	v.shoot(drive, day(6))
	sync(t, c, v)
	walk := func(address string, at time.Time, past model.Past) (list []string) {
		for f, err := range c.Walk(t.Context(), tenant, address, at, past) {
			require.NoError(t, err)
			if f.Entry != nil {
				list = append(list, strings.TrimPrefix(f.Row.Path, "anna@contoso.example/onedrive/")+" "+f.Row.Hash)
			}
		}
		return list
	}
	all := "anna@contoso.example/onedrive"
	both := model.Past{Deleted: true, Versions: true}
	now := walk(all, time.Time{}, model.Past{})
	require.Len(t, now, 1)
	require.Equal(t, now, walk(all, day(6), model.Past{}))
	gone := walk(all, time.Time{}, model.Past{Deleted: true})
	require.Subset(t, gone, append(now, "Stukken/Plan.docx qx:b", "Stukken/Notities.txt qx:a", "Stukken/Advies.docx qx:c"), "each once, as it was last")
	require.NotContains(t, gone, "Documenten/Advies.docx qx:a")
	require.NotContains(t, gone, "notes.txt qx:a", "it was moved, not deleted")
	every := walk(all, time.Time{}, both)
	require.Subset(t, every, append(gone, "Documenten/Plan.docx qx:a", "Documenten/Advies.docx qx:a", "notes.txt qx:a"))
	require.Equal(t, now, walk(all, time.Time{}, model.Past{Versions: true}), "what is gone has no place among versions of what is there")
	require.ElementsMatch(t, []string{"Stukken/Plan.docx qx:b", "Documenten/Plan.docx qx:a"}, walk(all+"/Stukken/Plan.docx", time.Time{}, model.Past{Versions: true}))
	require.Equal(t, walk(all, day(1), model.Past{}), walk(all, day(1), both), "what came later does not count")
}

func TestVersions(t *testing.T) {
	c := open(t, catalog.Options{})
	sync(t, c, story())
	versions := func(id string) (list []string) {
		rows, err := c.Versions(t.Context(), tenant, drive, id)
		require.NoError(t, err)
		for _, r := range rows {
			list = append(list, fmt.Sprintf("%s %s %d-%d", strings.TrimPrefix(r.Path, "anna@contoso.example/onedrive/"), r.Hash, r.FirstSeen.Day(), r.SnapshotTime.Day()))
			require.False(t, r.Deleted)
		}
		return list
	}
	require.Equal(t, []string{"Stukken/Plan.docx qx:b 2-5", "Documenten/Plan.docx qx:a 1-1"}, versions("3"))
	require.Equal(t, []string{"Stukken/Notities.txt qx:a 3-5", "notes.txt qx:a 1-2"}, versions("2"))
	require.Equal(t, []string{"Stukken/Advies.docx qx:c 5-5", "Documenten/Advies.docx qx:a 1-2"}, versions("4"))
	_, err := c.Versions(t.Context(), tenant, drive, "none")
	require.ErrorIs(t, err, catalog.ErrNotFound)
}

func TestDiff(t *testing.T) {
	c := open(t, catalog.Options{})
	sync(t, c, story())
	diff := func(address string, from, to time.Time) (list []string) {
		for x, err := range c.Diff(t.Context(), tenant, address, from, to) {
			require.NoError(t, err)
			line := x.What + " " + strings.TrimPrefix(x.Path, "anna@contoso.example/onedrive/")
			if x.From != "" {
				line += " from " + strings.TrimPrefix(x.From, "anna@contoso.example/onedrive/")
			}
			list = append(list, line)
		}
		return list
	}
	all := "anna@contoso.example/onedrive"
	require.Equal(t, []string{"changed Documenten/Plan.docx"}, diff(all, day(1), day(2)))
	require.ElementsMatch(t, []string{"vanished Documenten/Advies.docx", "moved Documenten/Notities.txt from notes.txt", "appeared Documenten/New.docx"}, diff(all, day(2), day(3)))
	require.Equal(t, []string{"moved Stukken from Documenten"}, diff(all, day(3), day(4)))
	require.ElementsMatch(t, []string{"appeared Leeg", "moved Stukken from Documenten", "moved Stukken/Notities.txt from notes.txt", "appeared Stukken/New.docx", "changed Stukken/Plan.docx", "changed Stukken/Advies.docx"},
		diff(all, day(1), time.Time{}))
	require.Empty(t, diff(all, day(5), time.Time{}))
	require.ElementsMatch(t, []string{"appeared Documenten/Advies.docx", "moved notes.txt from Documenten/Notities.txt", "vanished Documenten/New.docx"}, diff(all, day(3), day(2)), "backwards")
	require.ElementsMatch(t, []string{"moved Documenten/Notities.txt from notes.txt"}, diff(all+"/notes.txt", day(2), day(3)))
	require.Equal(t, []string{"changed Documenten/Plan.docx"}, diff(all+"/documenten", day(1), day(2)))
}

func TestPoints(t *testing.T) {
	c := open(t, catalog.Options{})
	sync(t, c, account())
	points, err := c.RestorePoints(t.Context(), tenant, drive)
	require.NoError(t, err)
	require.Equal(t, []model.RestorePoint{
		{Time: day(5), Items: 5, Changed: 1}, {Time: day(4), Items: 4}, {Time: day(3), Items: 4, Changed: 3}, {Time: day(2), Items: 4, Changed: 1}, {Time: day(1), Items: 4, Changed: 4},
	}, points)
	points, err = c.RestorePoints(t.Context(), tenant, "")
	require.NoError(t, err)
	require.Len(t, points, 5)
	require.Equal(t, int64(6), points[3].Items, "both resources of the run")
	snaps, err := c.Snapshots(t.Context(), tenant, mailbox)
	require.NoError(t, err)
	require.Len(t, snaps, 1)
	require.Equal(t, "anna@contoso.example", snaps[0].Address)
	resources, err := c.Resources(t.Context(), tenant)
	require.NoError(t, err)
	require.Len(t, resources, 2)
	require.Equal(t, day(5), resources[1].Newest)
}

func TestChildren(t *testing.T) {
	c := open(t, catalog.Options{})
	v := account()
	delete(v.now[drive].folders, "docs")
	v.shoot(drive, day(6))
	sync(t, c, v)
	below := func(address string, at time.Time, deleted bool) (list []string) {
		rows, err := c.Children(t.Context(), tenant, address, at, deleted)
		require.NoError(t, err)
		for _, r := range rows {
			require.Equal(t, model.KindFolder, r.Kind)
			list = append(list, fmt.Sprintf("%s [%s %s]", r.Path, r.Ref.Resource, r.Ref.Folder))
		}
		return list
	}
	const a = "anna@contoso.example"
	require.Equal(t, []string{a + " [ ]"}, below("", time.Time{}, false))
	require.Equal(t, []string{a + "/calendar [mailbox:u1 ]", a + "/mail [mailbox:u1 ]", a + "/onedrive [drive:d1 root]"}, below(a, time.Time{}, false))
	require.Equal(t, []string{a + "/onedrive [drive:d1 root]"}, below(a, day(1), false))
	require.Equal(t, []string{a + "/mail/Inbox [mailbox:u1 inbox]"}, below(a+"/MAIL", time.Time{}, false))
	require.Equal(t, []string{a + "/mail/Inbox/Klanten [mailbox:u1 sub]"}, below(a+"/mail/inbox", time.Time{}, false))
	require.Empty(t, below(a+"/mail/inbox/klanten", time.Time{}, false))
	require.Equal(t, []string{a + "/onedrive/Leeg [drive:d1 empty]"}, below(a+"/onedrive", time.Time{}, false))
	require.Equal(t, []string{a + "/onedrive/Leeg [drive:d1 empty]", a + "/onedrive/Stukken [drive:d1 docs]"}, below(a+"/onedrive", time.Time{}, true))
	_, err := c.Children(t.Context(), tenant, "nobody", time.Time{}, false)
	require.ErrorIs(t, err, catalog.ErrNotFound)
}
