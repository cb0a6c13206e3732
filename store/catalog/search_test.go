package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/catalog"
)

// letters is a mailbox of a few mails on consecutive days, and a second tenant.
func letters(t testing.TB) *catalog.Catalog {
	t.Helper()
	c := open(t, catalog.Options{})
	v := newVault(tenant)
	m := v.resource(mailbox, model.Mailbox, "anna@contoso.example")
	m.folder("inbox", "mail/Inbox")
	m.folder("old", "archive/Oud")
	m.folder("agenda", "calendar/Agenda")
	m.put("inbox",
		mail("1", "Offerte dakgoot", "Bob de Bouwer <bob@fabrikam.example>", "Geachte mevrouw, de lekkende dakgoot aan de achterzijde kunnen wij vervangen voor 450 euro.", day(1)),
		mail("2", "Crème brûlée", "Zoë <zoe@fabrikam.example>", "Recept voor zes personen", day(2)),
		mail("3", "Vergadering verzet", "Bob de Bouwer <bob@fabrikam.example>", "De vergadering over de offerte is morgen.", day(3)))
	m.put("old", mail("4", "Jaarcijfers", "boekhouder@contoso.example", "Zie bijlage", day(4)))
	with := mail("5", "Overleg", "Anna <anna@contoso.example>", "Agenda volgt", day(5))
	with.Kind, with.Mail.Attachments = model.KindEvent, []string{"Plattegrond_begane-grond.PDF"}
	m.put("agenda", with)
	v.shoot(mailbox, day(6))
	sync(t, c, v)
	other := newVault("22222222-2222-2222-2222-222222222222")
	o := other.resource(mailbox, model.Mailbox, "carl@fabrikam.example")
	o.folder("inbox", "mail/Inbox")
	o.put("inbox", mail("1", "Offerte zonnepanelen", "verkoop@zon.example", "Bijgaand", day(2).Add(time.Hour)))
	other.shoot(mailbox, day(6))
	sync(t, c, other)
	return c
}

func TestSearch(t *testing.T) {
	c := letters(t)
	const other = model.TenantID("22222222-2222-2222-2222-222222222222")
	for _, x := range []struct {
		q    model.SearchQuery
		want []string
	}{
		{model.SearchQuery{Text: "offerte"}, []string{"Vergadering verzet", "Offerte zonnepanelen", "Offerte dakgoot"}},
		{model.SearchQuery{Text: "OFFERTE  dakgoot"}, []string{"Offerte dakgoot"}},
		{model.SearchQuery{Text: "dakg*"}, []string{"Offerte dakgoot"}},
		{model.SearchQuery{Text: "dak"}, nil},
		{model.SearchQuery{Text: "dak*"}, []string{"Offerte dakgoot"}},
		{model.SearchQuery{Text: "da*"}, nil},
		{model.SearchQuery{Text: "de*"}, []string{"Vergadering verzet", "Offerte dakgoot"}},
		{model.SearchQuery{Text: `"de offerte"`}, []string{"Vergadering verzet"}},
		{model.SearchQuery{Text: `"offerte de"`}, nil},
		{model.SearchQuery{Text: "creme BRULEE"}, []string{"Crème brûlée"}},
		{model.SearchQuery{Text: "zoe@fabrikam.example"}, []string{"Crème brûlée"}},
		{model.SearchQuery{Text: "zoe@fab*"}, []string{"Crème brûlée"}},
		{model.SearchQuery{Text: "zoe@f*"}, []string{"Crème brûlée"}},
		{model.SearchQuery{Text: "plattegrond pdf"}, []string{"Overleg"}},
		{model.SearchQuery{Text: "offerte", Tenants: []model.TenantID{other}}, []string{"Offerte zonnepanelen"}},
		{model.SearchQuery{Text: "offerte", Tenants: []model.TenantID{other, tenant}}, []string{"Vergadering verzet", "Offerte zonnepanelen", "Offerte dakgoot"}},
		{model.SearchQuery{Text: "offerte", Tenants: []model.TenantID{"33333333-3333-3333-3333-333333333333"}}, nil},
		{model.SearchQuery{Text: "offerte", Resource: "ANNA@contoso.example"}, []string{"Vergadering verzet", "Offerte dakgoot"}},
		{model.SearchQuery{Text: "offerte", Resource: "anna"}, nil},
		{model.SearchQuery{Text: "agenda", Workload: model.Calendar}, []string{"Overleg"}},
		{model.SearchQuery{Text: "agenda", Workload: model.Mail}, nil},
		{model.SearchQuery{Text: "jaarcijfers", Workload: model.Mail}, []string{"Jaarcijfers"}},
		{model.SearchQuery{Kind: model.KindEvent}, []string{"Overleg"}},
		{model.SearchQuery{Text: "offerte", From: day(2), Until: day(3)}, []string{"Offerte zonnepanelen"}},
		{model.SearchQuery{Text: "offerte", Until: day(3)}, []string{"Offerte zonnepanelen", "Offerte dakgoot"}},
		{model.SearchQuery{Text: "offerte", From: day(3)}, []string{"Vergadering verzet"}},
		{model.SearchQuery{Text: "t1"}, nil}, // words that narrow a search are none of the text
		{model.SearchQuery{Text: "kmessage"}, nil},
		{model.SearchQuery{Text: "-- '; DROP TABLE item"}, nil},
		{model.SearchQuery{Text: "!?"}, nil},
		{model.SearchQuery{Text: ""}, []string{"Overleg", "Jaarcijfers", "Vergadering verzet", "Offerte zonnepanelen", "Crème brûlée", "Offerte dakgoot"}},
	} {
		require.Equal(t, x.want, search(t, c, x.q), "%+v", x.q)
	}
}

func TestSearchPages(t *testing.T) {
	c := letters(t)
	var all []string
	q := model.SearchQuery{Limit: 2}
	for n := 0; ; n++ {
		require.Less(t, n, 4)
		page, err := c.Search(t.Context(), q)
		require.NoError(t, err)
		all = append(all, names(page.Rows)...)
		if q.Before = page.Next; q.Before == "" {
			break
		}
		require.Len(t, page.Rows, 2)
	}
	require.Equal(t, search(t, c, model.SearchQuery{}), all)
	_, err := c.Search(t.Context(), model.SearchQuery{Before: "!"})
	require.ErrorIs(t, err, catalog.ErrNotFound)
}

func TestSnippet(t *testing.T) {
	c := letters(t)
	snippet := func(q string) string {
		page, err := c.Search(t.Context(), model.SearchQuery{Text: q, Limit: 1})
		require.NoError(t, err)
		require.NotEmpty(t, page.Rows, q)
		return page.Rows[0].Snippet
	}
	require.Equal(t, "…mevrouw, de lekkende dakgoot aan de achterzijde kunnen wij vervangen voor 450 euro.", snippet("ACHTERzijde"))
	require.Equal(t, "Plattegrond_begane-grond.PDF", snippet("begane"))
	require.Equal(t, "Recept voor zes personen", snippet("brulee"), "a hit in the subject shows the text's beginning")
	require.Equal(t, "De vergadering over de offerte is morgen.", snippet("vergad* offerte"))
}

// TestHostile takes in what a tenant may hold, and refuses what no run can have written.
func TestHostile(t *testing.T) {
	c := open(t, catalog.Options{})
	v := newVault(tenant)
	m := v.resource(mailbox, model.Mailbox, "anna@contoso.example")
	m.folder("in", "mail/In")
	long := mail("1", "x", "f\x00rom\xff", "een\x00twee\xff drie", day(1))
	long.Mail.Subject = strings.Repeat("é", 1<<20)
	long.Mail.To = strings.Repeat("a@b.example; ", 1<<16)
	long.Mail.Text += strings.Repeat(" woord", 1<<18) + " einde"
	long.Mail.Attachments = make([]string, 1<<16)
	for i := range long.Mail.Attachments {
		long.Mail.Attachments[i] = fmt.Sprint("bijlage", i)
	}
	early, late := mail("2", "vroeg", "x", "tekst", time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)), mail("3", "laat", "x", "tekst", time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
	m.put("in", long, early, late, mail("4'; DROP TABLE item; --", `a"b' OR 1=1`, "x", `NEAR("tekst" AND) OR`, day(2)))
	v.shoot(mailbox, day(3))
	sync(t, c, v)
	rows, total, err := c.List(t.Context(), model.ListQuery{Tenant: tenant, Resource: mailbox, Folder: "in"})
	require.NoError(t, err)
	require.Equal(t, 4, total)
	for _, r := range rows {
		require.True(t, utf8.ValidString(r.Subject+r.From+r.To), r.Name)
		require.NotContains(t, r.Subject+r.From+r.To, "\x00")
		require.Less(t, len(r.Subject)+len(r.From)+len(r.To), 8<<10)
	}
	require.Equal(t, []string{"x"}, search(t, c, model.SearchQuery{Text: "twee"}))
	require.Equal(t, []string{"laat", "a_b' OR 1=1", "vroeg"}, search(t, c, model.SearchQuery{Text: "tekst"}))
	require.Equal(t, []string{"x"}, search(t, c, model.SearchQuery{Text: "bijlage7"}))

	for _, name := range []string{"", ".", "..", "a/b", `a\b`, "a\x00", strings.Repeat("n", 2000)} {
		bad := newVault("22222222-2222-2222-2222-222222222222")
		b := bad.resource("drive:x", model.Drive, "x/onedrive")
		b.folder("root", "")
		b.put("root", file("1", name, "a", 1))
		bad.shoot("drive:x", day(1))
		require.ErrorIs(t, c.Sync(t.Context(), bad.tenant, bad, nil), catalog.ErrIncomplete, "%q", name)
		require.NoError(t, c.Forget(t.Context(), bad.tenant))
	}
}

func FuzzSearch(f *testing.F) {
	c := letters(f)
	for _, s := range []string{"", `"`, `""`, `"*`, "*", "a*b*", "NEAR(a b)", "a OR", "NOT", "{title}: x", "^a", "a AND (b", "-a", "\x00", "\xff\"", "日本*", "é*", `x" OR "y`, "scope:all", "a:b", "🎉", "٣*", "ǅ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := c.Search(t.Context(), model.SearchQuery{Text: text, Limit: 3}); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if _, _, err := c.List(t.Context(), model.ListQuery{Tenant: tenant, Resource: mailbox, Folder: "inbox", Filter: text}); err != nil {
			t.Fatalf("filter %q: %v", text, err)
		}
	})
}
