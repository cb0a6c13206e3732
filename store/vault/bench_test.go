package vault_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/vault"
)

// BenchmarkPut stores 10,000 items of 25 KB from four goroutines.
func BenchmarkPut(b *testing.B) {
	const items, size = 10_000, 25_000
	pool := noise(1, items*8+size)
	for b.Loop() {
		b.StopTimer()
		v := newVault(b, options(b, dirBucket(b, b.TempDir())))
		s := session(b, v)
		b.StartTimer()
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for i := w; i < items; i += 4 {
					if _, err := s.Put(b.Context(), strings.NewReader(pool[i*8:i*8+size]), vault.PutOptions{}); err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
		require.NoError(b, s.Close(b.Context()))
	}
	b.SetBytes(items * size)
	b.ReportMetric(float64(items*b.N)/b.Elapsed().Seconds(), "items/s")
}

// BenchmarkListing writes a listing of 200,000 and its directory.
func BenchmarkListing(b *testing.B) {
	const items = 200_000
	bytes := bucket.Count(dirBucket(b, b.TempDir()))
	v := newVault(b, options(b, bytes))
	s := session(b, v)
	object := put(b, s, "mail")
	bigFolder(b, s, items, object)
	before := bytes.Counts().BytesOut
	n := 0
	for b.Loop() { // one line changes each time
		n++
		ref, err := s.Listing(b.Context(), func(yield func(model.Entry, error) bool) {
			for e := range entriesOf(items, object) {
				if e.Name == "Message number 00100000" {
					e.Size = int64(n)
				}
				if !yield(e, nil) {
					return
				}
			}
		})
		require.NoError(b, err)
		_, err = s.Snapshot(b.Context(), spec("anna@contoso.example", model.Folder{ID: "f", Path: "mail", Listing: ref.Object, Items: items}))
		require.NoError(b, err)
		require.NoError(b, s.Flush(b.Context()))
	}
	b.ReportMetric(float64(bytes.Counts().BytesOut-before)/float64(b.N), "B-stored/op")
	require.NoError(b, s.Close(b.Context()))
}

// BenchmarkEntries reads a listing of 200,000.
func BenchmarkEntries(b *testing.B) {
	const items = 200_000
	o := options(b, dirBucket(b, b.TempDir()))
	v := newVault(b, o)
	s := session(b, v)
	f := bigFolder(b, s, items, put(b, s, "mail"))
	require.NoError(b, s.Close(b.Context()))
	for b.Loop() {
		n := 0
		for _, err := range v.Entries(b.Context(), f.Listing) {
			require.NoError(b, err)
			n++
		}
		require.Equal(b, items, n)
	}
	b.ReportMetric(float64(items*b.N)/b.Elapsed().Seconds(), "entries/s")
}
