package bucket

import (
	"context"
	"io"
	"iter"
	"sync/atomic"
)

// Counts is what was asked of a bucket. Retries inside one call are not seen.
type Counts struct {
	Puts, Gets, Stats, Lists, Deletes int64
	BytesIn, BytesOut                 int64 // read from, written to the bucket
}

// Counted is a bucket that counts.
type Counted struct {
	Bucket
	puts, gets, stats, lists, deletes, in, out atomic.Int64
}

// Count wraps b.
func Count(b Bucket) *Counted { return &Counted{Bucket: b} }

// Counts returns the counts so far.
func (c *Counted) Counts() Counts {
	return Counts{
		Puts: c.puts.Load(), Gets: c.gets.Load(), Stats: c.stats.Load(), Lists: c.lists.Load(),
		Deletes: c.deletes.Load(), BytesIn: c.in.Load(), BytesOut: c.out.Load(),
	}
}

// Put counts and passes on.
func (c *Counted) Put(ctx context.Context, key string, r io.Reader, size int64, o PutOptions) error {
	c.puts.Add(1)
	err := c.Bucket.Put(ctx, key, r, size, o)
	if err == nil {
		c.out.Add(size)
	}
	return err
}

// Get counts and passes on.
func (c *Counted) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	c.gets.Add(1)
	r, err := c.Bucket.Get(ctx, key, offset, length)
	if err != nil {
		return nil, err
	}
	return &countedReader{r, &c.in}, nil
}

type countedReader struct {
	io.ReadCloser
	n *atomic.Int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.n.Add(int64(n))
	return n, err
}

// Stat counts and passes on.
func (c *Counted) Stat(ctx context.Context, key string) (Info, error) {
	c.stats.Add(1)
	return c.Bucket.Stat(ctx, key)
}

// List counts and passes on.
func (c *Counted) List(ctx context.Context, prefix, after string) iter.Seq2[Info, error] {
	c.lists.Add(1)
	return c.Bucket.List(ctx, prefix, after)
}

// Delete counts and passes on.
func (c *Counted) Delete(ctx context.Context, key string) error {
	c.deletes.Add(1)
	return c.Bucket.Delete(ctx, key)
}
