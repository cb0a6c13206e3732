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

// nights is a mailbox whose every folder changes a little between snapshots:
// of a hundred mails one is read, one is new, and one is gone.
type nights struct {
	folders [][]model.Entry
	count   int
}

func newNights(folders, items int) *nights {
	src := &corpus{tenant: tenant, mailboxes: 1, folders: folders, items: items, words: vocabulary()}
	n := &nights{folders: make([][]model.Entry, folders)}
	for i := range n.folders {
		for e := range src.Entries(context.Background(), model.ObjectID(fmt.Sprintf("s0/%d", i))) {
			n.folders[i] = append(n.folders[i], e)
		}
	}
	return n
}

func (n *nights) Snapshots(_ context.Context, after string) iter.Seq2[catalog.Record, error] {
	return func(yield func(catalog.Record, error) bool) {
		for i := 1; i <= n.count; i++ {
			mark := fmt.Sprintf("%06d", i)
			snap := model.Snapshot{ID: mark, Tenant: tenant, Resource: mailbox, Kind: model.Mailbox, Address: "anna@contoso.example", Time: day(i)}
			if mark > after && !yield(catalog.Record{Mark: mark, Snapshot: snap}, nil) {
				return
			}
		}
	}
}

func (n *nights) Folders(_ context.Context, of model.Snapshot) iter.Seq2[model.Folder, error] {
	return func(yield func(model.Folder, error) bool) {
		for i, list := range n.folders {
			f := model.Folder{ID: fmt.Sprint(i), Path: fmt.Sprint("mail/Folder ", i), Items: int64(len(list)), Listing: model.ObjectID(fmt.Sprintf("%s/%d", of.ID, i))}
			if !yield(f, nil) {
				return
			}
		}
	}
}

func (n *nights) Entries(_ context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	return func(yield func(model.Entry, error) bool) {
		var night, folder int
		if _, err := fmt.Sscanf(string(listing), "%d/%d", &night, &folder); err != nil {
			yield(model.Entry{}, err)
			return
		}
		for i, e := range n.folders[folder] {
			switch (i + night) % 100 {
			case 3:
				m := *e.Mail
				m.Read, e.Mail = true, &m
			case 5:
				e.ID, e.Name = fmt.Sprint(e.ID, night), fmt.Sprint(e.Name, night)
			case 7:
				continue
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// BenchmarkNight syncs a mailbox of 20,000 mails in ten folders of which some
// changed in every folder, and the first time beside it.
func BenchmarkNight(b *testing.B) {
	src := newNights(10, 2_000)
	c := open(b, catalog.Options{})
	shoot := func() time.Duration {
		src.count++
		start := time.Now()
		require.NoError(b, c.Sync(b.Context(), tenant, src, nil))
		return time.Since(start)
	}
	first := shoot()
	var took time.Duration
	nights := 0
	for b.Loop() {
		took += shoot()
		nights++
	}
	perItem := func(d time.Duration) float64 { return float64(d.Microseconds()) / 20_000 }
	b.ReportMetric(perItem(first), "first-µs/item")
	b.ReportMetric(perItem(took)/float64(nights), "night-µs/item")
}
