// Package workloadtest is what tests of reading workloads share.
package workloadtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// Store is a vault in memory.
type Store struct {
	mu       sync.Mutex
	objects  map[model.ObjectID][]byte
	listings map[model.ObjectID][]model.Entry
}

// NewStore makes an empty one.
func NewStore() *Store {
	return &Store{objects: map[model.ObjectID][]byte{}, listings: map[model.ObjectID][]model.Entry{}}
}

// Put keeps what r gives.
func (s *Store) Put(_ context.Context, r io.Reader, _ bool) (workload.Stored, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return workload.Stored{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := model.ObjectID(fmt.Sprintf("o%d", len(s.objects)))
	s.objects[id] = data
	return workload.Stored{Object: id, Size: int64(len(data))}, nil
}

// Concat is not for what is so small.
func (s *Store) Concat(context.Context, []model.ObjectID) (model.ObjectID, error) {
	return "", errors.New("nothing here is that large")
}

// Listing keeps a listing.
func (s *Store) Listing(_ context.Context, entries iter.Seq2[model.Entry, error]) (workload.Listing, error) {
	var list []model.Entry
	var bytes int64
	for e, err := range entries {
		if err != nil {
			return workload.Listing{}, err
		}
		list = append(list, e)
		bytes += e.Size
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := model.ObjectID(fmt.Sprintf("k%d", len(s.listings)))
	s.listings[id] = list
	return workload.Listing{Object: id, Items: int64(len(list)), Bytes: bytes}, nil
}

// Entries gives a listing back.
func (s *Store) Entries(_ context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.listings[listing]
	return func(yield func(model.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Content gives an object's bytes.
func (s *Store) Content(id model.ObjectID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.objects[id])
}
