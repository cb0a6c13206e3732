// Package buckettest helps to test what stands on buckets: a bucket in memory
// that fails on request, and the behaviour every bucket must show.
package buckettest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"vangnet/store/bucket"
)

// Op names an operation for a fault.
type Op string

// The operations.
const (
	OpPut    Op = "put"
	OpGet    Op = "get"
	OpStat   Op = "stat"
	OpList   Op = "list"
	OpDelete Op = "delete"
)

// Memory is a bucket in memory. The zero value is not usable; see [New].
type Memory struct {
	mu      sync.Mutex
	blobs   map[string]blob
	fault   func(Op, string) error
	used    int64
	NoLock  bool             // refuse locks, as a bucket made without object lock
	Limit   int64            // bytes that fit; zero: any
	Now     func() time.Time // the storage's clock
	Written []string         // keys in the order they were stored
}

type blob struct {
	data []byte
	time time.Time
	lock *bucket.Lock
}

// New returns an empty bucket.
func New() *Memory { return &Memory{blobs: map[string]blob{}, Now: time.Now} }

// Fail makes every operation ask f first; an error of f becomes the operation's.
// Nil ends it. f is called with the bucket locked and must not use it.
func (m *Memory) Fail(f func(op Op, key string) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = f
}

// Corrupt flips one bit of the byte at offset (from the end when negative).
func (m *Memory) Corrupt(key string, offset int) {
	m.change(key, func(data []byte) []byte {
		if offset < 0 {
			offset += len(data)
		}
		data[offset] ^= 1
		return data
	})
}

// Truncate cuts a blob to n bytes.
func (m *Memory) Truncate(key string, n int) {
	m.change(key, func(data []byte) []byte { return data[:n] })
}

func (m *Memory) change(key string, f func([]byte) []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.blobs[key]
	if !ok {
		panic("no blob " + key)
	}
	b.data = f(bytes.Clone(b.data))
	m.blobs[key] = b
}

// Lock returns the lock a blob was stored with.
func (m *Memory) Lock(key string) *bucket.Lock {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.blobs[key].lock
}

// Keys returns the keys with a prefix, sorted.
func (m *Memory) Keys(prefix string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for k := range m.blobs {
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// Clone returns a bucket with the same blobs and no faults.
func (m *Memory) Clone() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := New()
	for k, b := range m.blobs {
		c.blobs[k] = b
	}
	return c
}

// begin locks the bucket and asks the fault. The caller unlocks.
func (m *Memory) begin(ctx context.Context, op Op, key string) error {
	m.mu.Lock()
	err := ctx.Err()
	if err == nil && m.fault != nil {
		err = m.fault(op, key)
	}
	if err == nil && op != OpList && !bucket.ValidKey(key) {
		err = bucket.ErrBadKey
	}
	return m.wrap(op, key, err)
}

func (m *Memory) wrap(op Op, key string, err error) error {
	if err == nil {
		return nil
	}
	return &bucket.Error{Op: string(op), Bucket: m.String(), Key: key, Err: err}
}

// Put stores a blob.
func (m *Memory) Put(ctx context.Context, key string, r io.Reader, size int64, o bucket.PutOptions) error {
	data, err := io.ReadAll(io.LimitReader(r, size))
	if err == nil && int64(len(data)) != size {
		err = bucket.ErrShort
	}
	if err != nil {
		return m.wrap(OpPut, key, err)
	}
	err = m.begin(ctx, OpPut, key)
	defer m.mu.Unlock()
	if err != nil {
		return err
	}
	old, taken := m.blobs[key]
	switch {
	case taken && o.IfAbsent:
		return m.wrap(OpPut, key, bucket.ErrExists)
	case o.Lock != nil && m.NoLock:
		return m.wrap(OpPut, key, bucket.ErrNoLock)
	case m.Limit > 0 && m.used+size > m.Limit:
		return m.wrap(OpPut, key, bucket.ErrFull)
	}
	m.used += size - int64(len(old.data))
	m.blobs[key] = blob{data: data, time: m.Now(), lock: o.Lock}
	m.Written = append(m.Written, key)
	return nil
}

// Get reads a blob.
func (m *Memory) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	err := m.begin(ctx, OpGet, key)
	defer m.mu.Unlock()
	if err != nil {
		return nil, err
	}
	b, ok := m.blobs[key]
	if !ok {
		return nil, m.wrap(OpGet, key, bucket.ErrNotFound)
	}
	if length < 0 {
		length = int64(len(b.data)) - offset
	}
	if offset < 0 || length < 0 || offset+length > int64(len(b.data)) {
		return nil, m.wrap(OpGet, key, bucket.ErrRange)
	}
	return io.NopCloser(bytes.NewReader(b.data[offset : offset+length])), nil
}

// Stat looks a blob up.
func (m *Memory) Stat(ctx context.Context, key string) (bucket.Info, error) {
	err := m.begin(ctx, OpStat, key)
	defer m.mu.Unlock()
	if err != nil {
		return bucket.Info{}, err
	}
	b, ok := m.blobs[key]
	if !ok {
		return bucket.Info{}, m.wrap(OpStat, key, bucket.ErrNotFound)
	}
	return bucket.Info{Key: key, Size: int64(len(b.data)), Time: b.time}, nil
}

// List lists blobs.
func (m *Memory) List(ctx context.Context, prefix, after string) iter.Seq2[bucket.Info, error] {
	return func(yield func(bucket.Info, error) bool) {
		err := m.begin(ctx, OpList, prefix)
		m.mu.Unlock()
		if err != nil {
			yield(bucket.Info{}, err)
			return
		}
		for _, key := range m.Keys(prefix) {
			if key <= after {
				continue
			}
			m.mu.Lock()
			b, ok := m.blobs[key]
			m.mu.Unlock()
			if ok && !yield(bucket.Info{Key: key, Size: int64(len(b.data)), Time: b.time}, nil) {
				return
			}
		}
	}
}

// Delete removes a blob.
func (m *Memory) Delete(ctx context.Context, key string) error {
	err := m.begin(ctx, OpDelete, key)
	defer m.mu.Unlock()
	if err != nil {
		return err
	}
	m.used -= int64(len(m.blobs[key].data))
	delete(m.blobs, key)
	return nil
}

// Check passes unless a lock is asked that NoLock refuses.
func (m *Memory) Check(ctx context.Context, need bucket.Need) error {
	if need.Lock != nil && m.NoLock {
		return m.wrap("check", "", bucket.ErrNoLock)
	}
	return ctx.Err()
}

// Place says that the bucket is in memory.
func (m *Memory) Place() bucket.Place { return bucket.Place{Kind: bucket.KindMemory} }

// String names the bucket.
func (m *Memory) String() string { return fmt.Sprintf("memory://%p", m) }
