package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/store/vault"
)

// store is a vault session as the workloads see it.
type store struct{ session *vault.Session }

var _ workload.Store = store{}

// ours marks an error as one of our own storage, which would meet every item
// and every resource.
func ours(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errVault, err)
}

// teller remembers an error of the source, which is not the vault's.
type teller struct {
	r   io.Reader
	err error
}

func (t *teller) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		t.err = err
	}
	return n, err
}

func (s store) Put(ctx context.Context, r io.Reader, compress bool) (workload.Stored, error) {
	from := &teller{r: r}
	st, err := s.session.Put(ctx, from, vault.PutOptions{Compress: compress})
	if err != nil && from.err == nil {
		err = ours(err)
	}
	return workload.Stored{Object: st.Object, Size: st.Size}, err
}

func (s store) Concat(ctx context.Context, parts []model.ObjectID) (model.ObjectID, error) {
	id, err := s.session.Concat(ctx, parts)
	return id, ours(err)
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
