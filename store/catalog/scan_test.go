package catalog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/catalog"
)

// kept is a version that the catalog must have.
type kept struct {
	entry   model.Entry
	gone    bool // the item is no longer there
	old     bool // there is a newer version
	columns [][]string
}

func newKept(e model.Entry) *kept {
	split := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	}
	m := e.Mail
	k := &kept{entry: e, columns: [][]string{split(m.Subject), split(m.From + " " + m.To), split(m.Text)}}
	for _, a := range m.Attachments {
		k.columns = append(k.columns, split(a))
	}
	return k
}

// has looks for a word, a prefix* or a "phrase".
func (k *kept) has(term string) bool {
	prefix := strings.HasSuffix(term, "*")
	words := strings.Fields(strings.Trim(term, `"*`))
	for _, column := range k.columns {
		for i := range column {
			if prefix && strings.HasPrefix(column[i], words[0]) || !prefix && i+len(words) <= len(column) && slices.Equal(column[i:i+len(words)], words) {
				return true
			}
		}
	}
	return false
}

func (k *kept) wanted(q model.SearchQuery) bool {
	at := k.entry.Mail.Received
	return (q.Versions || !k.old) && (!q.Deleted || k.gone) && (q.From.IsZero() || !at.Before(q.From)) && (q.Until.IsZero() || at.Before(q.Until))
}

// changing is a mailbox of corpus mail in which, on each of some nights, mails
// change, go and come. It tells what the catalog must have in the end.
func changing(nights int) (*vault, []*kept) {
	src := &corpus{tenant: tenant, mailboxes: 1, folders: 3, items: 150, words: vocabulary()[:3_000]}
	v := newVault(tenant)
	m := v.resource(mailbox, model.Mailbox, "anna@contoso.example")
	r := rand.New(rand.NewPCG(9, 9))
	last := map[string]*kept{}
	var all []*kept
	put := func(folder string, e model.Entry) {
		m.put(folder, e)
		if k := last[e.ID]; k != nil {
			k.old = true
		}
		last[e.ID] = newKept(e)
		all = append(all, last[e.ID])
	}
	for night := range nights {
		for i := range 3 {
			folder := fmt.Sprint("f", i)
			m.folder(folder, "mail/"+folder)
			n := 0
			for e := range src.Entries(context.Background(), model.ObjectID(fmt.Sprintf("s%d/%d", night, i))) {
				e.ID = fmt.Sprintf("%d-%d-%s", night, i, e.ID)
				if n++; night == 0 || n%10 == 0 {
					put(folder, e)
				}
			}
			for _, e := range slices.Clone(m.items[folder]) {
				if strings.HasPrefix(e.ID, fmt.Sprint(night)) {
					continue // it came this night
				}
				switch r.IntN(12) {
				case 0:
					fact := *e.Mail
					fact.Text += " " + src.words[r.IntN(300)]
					e.Mail = &fact
					put(folder, e)
				case 1:
					m.drop(folder, e.ID)
				}
			}
		}
		v.shoot(mailbox, day(night+1))
	}
	live := map[string]bool{}
	for _, list := range m.items {
		for _, e := range list {
			live[e.ID] = true
		}
	}
	for _, k := range all {
		k.gone = !live[k.entry.ID]
	}
	return v, all
}

// TestSearchAgainstScan compares what searches find with what reading
// everything finds.
func TestSearchAgainstScan(t *testing.T) {
	v, all := changing(4)
	c := open(t, catalog.Options{Batch: 97})
	sync(t, c, v)
	r := rand.New(rand.NewPCG(4, 4))
	words := vocabulary()[:3_000]
	word := func() string { return words[int(float64(len(words))*r.Float64()*r.Float64()*r.Float64())] }
	term := func() string {
		w := word()
		switch {
		case r.IntN(3) == 0 && len(w) > 3:
			return w[:3+r.IntN(len(w)-3)] + "*"
		case r.IntN(6) == 0:
			column := all[r.IntN(len(all))].columns[2]
			i := r.IntN(len(column) - 1)
			return `"` + column[i] + " " + column[i+1] + `"`
		}
		return w
	}
	hits := 0
	for range 120 {
		terms := []string{term()}
		for r.IntN(2) == 0 {
			terms = append(terms, term())
		}
		q := model.SearchQuery{Text: strings.Join(terms, " "), Versions: r.IntN(3) == 0, Deleted: r.IntN(4) == 0, Limit: 7 + r.IntN(90)}
		if r.IntN(3) == 0 {
			q.From = day(1).AddDate(0, -r.IntN(60), 0)
		}
		if r.IntN(3) == 0 {
			q.Until = day(1).AddDate(0, -r.IntN(12), 0)
		}
		var want []string
		for _, k := range all {
			if k.wanted(q) && !slices.ContainsFunc(terms, func(term string) bool { return !k.has(term) }) {
				want = append(want, line(k.entry.Mail.Received, k.entry.ID))
			}
		}
		got, order := everything(t, c, q)
		require.True(t, slices.IsSortedFunc(order, func(a, b time.Time) int { return b.Compare(a) }), "newest first: %+v", q)
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got, "%+v", q)
		hits += len(got)
	}
	require.Greater(t, hits, 1_000, "the questions find something")
}

func line(at time.Time, id string) string { return at.Format(time.RFC3339) + " " + id }

// everything asks for all pages of a search.
func everything(t *testing.T, c *catalog.Catalog, q model.SearchQuery) (lines []string, order []time.Time) {
	t.Helper()
	for {
		page, err := c.Search(t.Context(), q)
		require.NoError(t, err)
		for _, row := range page.Rows {
			lines = append(lines, line(row.Received, row.Ref.Item))
			order = append(order, row.Received)
		}
		if q.Before = page.Next; q.Before == "" {
			return lines, order
		}
	}
}
