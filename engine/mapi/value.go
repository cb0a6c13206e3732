package mapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrNotLoaded is returned when a large value was left out while reading.
var ErrNotLoaded = errors.New("the value was not loaded")

// FileTime counts 100-nanosecond steps since 1601-01-01 UTC.
type FileTime uint64

const (
	ticksPerSecond = 10_000_000
	unixEpochTicks = 116_444_736_000_000_000         // 1970-01-01 as FileTime
	maxFileTime    = FileTime(0x24C8_5A5E_D1C0_18F0) // end of year 9999, the last that JSON can say
)

// FileTimeOf converts t, clamped to what a FileTime can say. The zero time is 0.
func FileTimeOf(t time.Time) FileTime {
	if t.IsZero() || t.Year() < 1601 {
		return 0
	}
	if t.Year() > 9999 {
		return maxFileTime
	}
	return FileTime(t.Unix()*ticksPerSecond + int64(t.Nanosecond())/100 + unixEpochTicks)
}

// Time converts f to UTC. 0 and values after the year 9999 (Exchange writes
// them for "never") are the zero time.
func (f FileTime) Time() time.Time {
	if f == 0 || f > maxFileTime {
		return time.Time{}
	}
	n := int64(f) - unixEpochTicks
	sec := n / ticksPerSecond
	return time.Unix(sec, (n-sec*ticksPerSecond)*100).UTC()
}

// Blob is a value too large to keep in memory: its length and a way to read it.
type Blob struct {
	Size int64  // bytes
	Head []byte // the first bytes, for previews; may be empty
	open func() (io.ReadCloser, error)
}

// NewBlob makes a blob of size bytes that open yields each time it is called.
func NewBlob(size int64, open func() (io.ReadCloser, error)) Blob {
	return Blob{Size: size, open: open}
}

// BytesBlob makes a blob of bytes in memory.
func BytesBlob(b []byte) Blob {
	return Blob{Size: int64(len(b)), Head: b, open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b)), nil
	}}
}

// Loaded reports whether the blob's content can be had.
func (b Blob) Loaded() bool { return b.open != nil }

// Open starts reading. It fails with ErrNotLoaded where only the size is known.
func (b Blob) Open() (io.ReadCloser, error) {
	if b.open == nil {
		return nil, fmt.Errorf("open a value of %d bytes: %w", b.Size, ErrNotLoaded)
	}
	return b.open()
}

// Trim is the first n bytes of the blob.
func (b Blob) Trim(n int64) Blob {
	if n >= b.Size {
		return b
	}
	open := b.open
	b.Size = max(0, n)
	b.Head = b.Head[:min(int64(len(b.Head)), b.Size)]
	if open == nil {
		return b
	}
	size := b.Size
	b.open = func() (io.ReadCloser, error) {
		r, err := open()
		if err != nil {
			return nil, err
		}
		return limited{io.LimitReader(r, size), r}, nil
	}
	return b
}

type limited struct {
	io.Reader
	io.Closer
}

// asBlob wraps what a binary or object property may hold.
func asBlob(v any) (Blob, bool) {
	switch v := v.(type) {
	case Blob:
		return v, true
	case []byte:
		return BytesBlob(v), true
	}
	return Blob{}, false
}
