package catalog_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/catalog"
)

// corpus is a source of made-up mail whose words are as unevenly spread as
// those of a language. It makes entries when they are read and holds none.
type corpus struct {
	tenant    model.TenantID
	number    uint64
	mailboxes int
	folders   int // a mailbox
	items     int // a folder
	words     []string
}

// vocabulary is shared by all tenants; the most frequent words come first.
var vocabulary = gosync.OnceValue(func() []string {
	r := rand.New(rand.NewPCG(1, 1))
	const sounds = "bcdfghklmnprstvwz"
	words := make([]string, 60_000)
	for i := range words {
		var b strings.Builder
		for range 1 + min(i/200, 1) + r.IntN(3) {
			b.WriteByte(sounds[r.IntN(len(sounds))])
			b.WriteByte("aeiou"[r.IntN(5)])
		}
		if r.IntN(2) == 0 {
			b.WriteByte(sounds[r.IntN(len(sounds))])
		}
		words[i] = b.String()
	}
	return words
})

func (c *corpus) Snapshots(_ context.Context, after string) iter.Seq2[catalog.Record, error] {
	return func(yield func(catalog.Record, error) bool) {
		for i := range c.mailboxes {
			mark := fmt.Sprintf("%06d", i+1)
			snap := model.Snapshot{
				ID: fmt.Sprintf("s%d", i), Tenant: c.tenant, Resource: model.ResourceID(fmt.Sprintf("mailbox:%d", i)), Kind: model.Mailbox,
				Address: fmt.Sprintf("user%d@tenant%d.example", i, c.number), Run: "r", Time: day(1), Items: int64(c.folders * c.items),
			}
			if mark > after && !yield(catalog.Record{Mark: mark, Snapshot: snap}, nil) {
				return
			}
		}
	}
}

func (c *corpus) Folders(_ context.Context, of model.Snapshot) iter.Seq2[model.Folder, error] {
	return func(yield func(model.Folder, error) bool) {
		for i := range c.folders {
			f := model.Folder{ID: fmt.Sprintf("f%d", i), Path: fmt.Sprintf("mail/Folder %d", i), Items: int64(c.items), Listing: model.ObjectID(fmt.Sprintf("%s/%d", of.ID, i))}
			if !yield(f, nil) {
				return
			}
		}
	}
}

func (c *corpus) Entries(_ context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	return func(yield func(model.Entry, error) bool) {
		var box, folder uint64
		if _, err := fmt.Sscanf(string(listing), "s%d/%d", &box, &folder); err != nil {
			yield(model.Entry{}, err)
			return
		}
		r := rand.New(rand.NewPCG(c.number<<32|box, folder))
		zipf := rand.NewZipf(r, 1.07, 3, uint64(len(c.words)-1))
		text := func(n int) string {
			var b strings.Builder
			for range n {
				b.WriteString(c.words[zipf.Uint64()])
				b.WriteByte(' ')
			}
			return b.String()
		}
		for i := range c.items {
			// Denser towards the present, over six years.
			age := time.Duration(float64(6*365*24*time.Hour) * r.Float64() * r.Float64())
			at := day(1).Add(-age).Truncate(time.Second)
			subject := text(3 + r.IntN(6))
			e := mail(fmt.Sprintf("AAMkAD%0120d", i), subject, fmt.Sprintf("%s<%s@example.com>", text(2), c.words[r.IntN(500)]), text(20+r.IntN(80)), at)
			e.Name = fmt.Sprintf("%06d %s", i, e.Name)
			if r.IntN(5) == 0 {
				e.Mail.Attachments = []string{c.words[r.IntN(2000)] + ".pdf"}
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// world is some tenants of very different sizes, items in all.
func world(items int) []*corpus {
	var list []*corpus
	for i, share := range []int{500, 300, 120, 60, 18, 2} { // thousandths
		n := items * share / 1000
		boxes := max(1, n/2000)
		list = append(list, &corpus{
			tenant: model.TenantID(fmt.Sprintf("00000000-0000-0000-0000-%012d", i)), number: uint64(i), mailboxes: boxes, folders: 8,
			items: max(1, n/boxes/8), words: vocabulary(),
		})
	}
	return list
}

func worldSize() int {
	if os.Getenv("VANGNET_LONG") != "" {
		return 1_000_000
	}
	return 50_000
}

// BenchmarkRebuild fills a catalog from nothing. The source's own work, making
// up the texts, is reported beside it.
func BenchmarkRebuild(b *testing.B) {
	items := worldSize()
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "catalog.db")
		c, err := catalog.Open(b.Context(), path, catalog.Options{})
		require.NoError(b, err)
		start := time.Now()
		for _, t := range world(items) {
			require.NoError(b, c.Sync(b.Context(), t.tenant, t, nil))
		}
		took := time.Since(start)
		require.NoError(b, c.Close())
		info, err := os.Stat(path)
		require.NoError(b, err)
		b.ReportMetric(float64(items)/took.Minutes(), "items/min")
		b.ReportMetric(float64(info.Size())/float64(items), "bytes/item")
	}
	start := time.Now()
	n := 0
	for range world(items)[0].Entries(b.Context(), "s0/0") {
		n++
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/float64(n), "source-µs/item")
}

// filled is a catalog of the world, kept for all benchmarks of a run, or in
// the folder VANGNET_BENCH_DIR for several runs.
var filled = gosync.OnceValues(func() (*catalog.Catalog, error) {
	dir := os.Getenv("VANGNET_BENCH_DIR")
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "vangnet-bench"); err != nil {
			return nil, err
		}
	}
	ctx := context.Background()
	c, err := catalog.Open(ctx, filepath.Join(dir, fmt.Sprintf("catalog-%d.db", worldSize())), catalog.Options{})
	if err != nil {
		return nil, err
	}
	for _, t := range world(worldSize()) {
		if err := c.Sync(ctx, t.tenant, t, nil); err != nil {
			return nil, err
		}
	}
	return c, nil
})

// searches are kinds of search, each a new query at every call. Words are drawn
// as they occur in the texts.
func searches() map[string]func() model.SearchQuery {
	words := vocabulary()
	r := rand.New(rand.NewPCG(3, 3))
	zipf := rand.NewZipf(r, 1.07, 3, uint64(len(words)-1))
	word := func() string { return words[zipf.Uint64()] }
	prefix := func(n int) string {
		for {
			if w := word(); len(w) >= n {
				return w[:n] + "*"
			}
		}
	}
	rare := []model.TenantID{"00000000-0000-0000-0000-000000000005"}
	big := []model.TenantID{"00000000-0000-0000-0000-000000000000"}
	text := func(words ...string) model.SearchQuery { return model.SearchQuery{Text: strings.Join(words, " ")} }
	of := func(tenants []model.TenantID, q model.SearchQuery) model.SearchQuery { q.Tenants = tenants; return q }
	return map[string]func() model.SearchQuery{
		"common":        func() model.SearchQuery { return text(words[r.IntN(20)]) },
		"one":           func() model.SearchQuery { return text(word()) },
		"two":           func() model.SearchQuery { return text(word(), word()) },
		"two middling":  func() model.SearchQuery { return text(words[200+r.IntN(2000)], words[200+r.IntN(2000)]) },
		"rare":          func() model.SearchQuery { return text(words[30_000+r.IntN(30_000)]) },
		"absent":        func() model.SearchQuery { return text(fmt.Sprint("q", r.IntN(1000), "q")) },
		"prefix 3":      func() model.SearchQuery { return text(prefix(3)) },
		"prefix 4":      func() model.SearchQuery { return text(prefix(4)) },
		"prefix 5":      func() model.SearchQuery { return text(prefix(5)) },
		"word prefix 3": func() model.SearchQuery { return text(word(), prefix(3)) },
		"word prefix 4": func() model.SearchQuery { return text(word(), prefix(4)) },
		"few common":    func() model.SearchQuery { return of(rare, text(words[r.IntN(50)])) },
		"few prefix 3":  func() model.SearchQuery { return of(rare, text(prefix(3))) },
		"few prefix 4":  func() model.SearchQuery { return of(rare, text(prefix(4))) },
		"many two":      func() model.SearchQuery { return of(big, text(word(), word())) },
		"mailbox":       func() model.SearchQuery { q := of(big, text(word())); q.Resource = "user7@tenant0.example"; return q },
		"last year":     func() model.SearchQuery { q := text(word()); q.From = day(1).AddDate(-1, 0, 0); return q },
		"phrase":        func() model.SearchQuery { return text(`"` + words[r.IntN(100)] + " " + words[r.IntN(100)] + `"`) },
		"deleted":       func() model.SearchQuery { q := text(word()); q.Deleted = true; return q },
	}
}

// BenchmarkSearch asks each kind of search, a page of 50; "few" restricts to a
// tenant with 0.2 % of the items, "many" to one with half of them.
func BenchmarkSearch(b *testing.B) {
	c, err := filled()
	require.NoError(b, err)
	kinds := searches()
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			hits := 0
			for b.Loop() {
				q := kinds[name]()
				q.Limit = 50
				start := time.Now()
				page, err := c.Search(b.Context(), q)
				took = append(took, time.Since(start))
				require.NoError(b, err)
				hits += len(page.Rows)
			}
			slices.Sort(took)
			ms := func(share int) float64 { return float64(took[(len(took)-1)*share/100].Microseconds()) / 1000 }
			b.ReportMetric(ms(50), "p50-ms")
			b.ReportMetric(ms(95), "p95-ms")
			b.ReportMetric(ms(100), "max-ms")
			b.ReportMetric(float64(hits)/float64(len(took)), "hits")
		})
	}
}

// BenchmarkBigFolder opens one folder of 200,000 items (20,000 without
// VANGNET_LONG) and reads a page in every order, at its beginning and far down.
func BenchmarkBigFolder(b *testing.B) {
	n := worldSize() / 5
	if n < 20_000 {
		n = 20_000
	}
	src := &corpus{tenant: tenant, mailboxes: 1, folders: 1, items: n, words: vocabulary()}
	c := open(b, catalog.Options{})
	require.NoError(b, c.Sync(b.Context(), tenant, src, nil))
	q := model.ListQuery{Tenant: tenant, Resource: "mailbox:0", Folder: "f0", Limit: 100}
	for _, by := range []model.SortBy{model.SortName, model.SortReceived, model.SortSize, model.SortFrom, model.SortSubject} {
		for _, x := range []struct {
			name string
			q    model.ListQuery
		}{{"first", model.ListQuery{Desc: true}}, {"far", model.ListQuery{Offset: n * 3 / 4}}, {"deleted", model.ListQuery{Deleted: true}}, {"then", model.ListQuery{At: day(1)}}} {
			x.q.Tenant, x.q.Resource, x.q.Folder, x.q.Limit, x.q.Sort = q.Tenant, q.Resource, q.Folder, q.Limit, by
			start := time.Now()
			_, _, err := c.List(b.Context(), x.q)
			require.NoError(b, err)
			first := time.Since(start)
			b.Run(fmt.Sprintf("%s %s", by, x.name), func(b *testing.B) {
				for b.Loop() {
					rows, total, err := c.List(b.Context(), x.q)
					require.NoError(b, err)
					require.Len(b, rows, 100)
					require.Equal(b, n, total)
				}
				b.ReportMetric(float64(first.Microseconds())/1000, "first-time-ms")
			})
		}
	}
	b.Run("filter", func(b *testing.B) {
		q.Filter = vocabulary()[20]
		start := time.Now()
		_, _, err := c.List(b.Context(), q)
		require.NoError(b, err)
		first := time.Since(start)
		for b.Loop() {
			_, _, err := c.List(b.Context(), q)
			require.NoError(b, err)
		}
		b.ReportMetric(float64(first.Microseconds())/1000, "first-time-ms")
	})
}
