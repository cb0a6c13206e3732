package backup

import (
	"context"
	"io"
	"iter"

	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/store/vault"
)

// store is a vault session as the workloads see it.
type store struct{ session *vault.Session }

var _ workload.Store = store{}

func (s store) Put(ctx context.Context, r io.Reader, compress bool) (workload.Stored, error) {
	st, err := s.session.Put(ctx, r, vault.PutOptions{Compress: compress})
	return workload.Stored(st), err
}

func (s store) Concat(ctx context.Context, parts []model.ObjectID) (model.ObjectID, error) {
	return s.session.Concat(ctx, parts)
}

func (s store) Listing(ctx context.Context, entries iter.Seq2[model.Entry, error]) (workload.Listing, error) {
	l, err := s.session.Listing(ctx, entries)
	return workload.Listing{Object: l.Object, Items: l.Items, Bytes: l.Bytes}, err
}

func (s store) Entries(ctx context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	if listing == "" {
		return func(func(model.Entry, error) bool) {}
	}
	return s.session.Entries(ctx, listing)
}
