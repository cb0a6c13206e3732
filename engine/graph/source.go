package graph

import (
	"errors"
	"io"
	"sync"
)

// Source is content to be sent, which may have to be sent again.
type Source struct {
	Size int64                                     // bytes; -1: unknown
	Open func(offset int64) (io.ReadCloser, error) // reads from offset to the end
}

// sourceError is a failure of the content on our own side, which looks to the
// network like a broken line.
type sourceError struct{ error }

func (e *sourceError) Unwrap() error { return e.error }

// lazyBody opens its content when it is first read, so that a request that
// waits for its turn holds nothing open. net/http may close a body from another
// goroutine while it is being read; the lock keeps that from the content.
type lazyBody struct {
	open func() (io.ReadCloser, error)

	mu  sync.Mutex
	in  io.ReadCloser
	err error
}

func (b *lazyBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.in == nil && b.err == nil {
		in, err := b.open()
		if err != nil {
			b.err = &sourceError{err}
		} else {
			b.in = in
		}
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = &sourceError{err}
		err = b.err
	}
	return n, err
}

func (b *lazyBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = errClosed
	}
	if b.in == nil {
		return nil
	}
	in := b.in
	b.in = nil
	return in.Close()
}

var errClosed = errors.New("request body is closed")
