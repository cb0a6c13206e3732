// Package bucket is the place in which everything is kept: a folder, or a
// bucket of an S3 service. It stores small and middle-sized blobs under keys,
// whole or not at all, and knows nothing of what is in them.
package bucket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// What can go wrong. Every error of this package names the bucket and the key
// and wraps one of these where the cause is known.
var (
	ErrNotFound      = errors.New("not found")
	ErrExists        = errors.New("exists already")
	ErrDenied        = errors.New("access denied")
	ErrCredentials   = errors.New("the access key is not known or its secret is wrong")
	ErrNoCredentials = errors.New("no access key given")
	ErrUnreachable   = errors.New("cannot be reached")
	ErrNoBucket      = errors.New("does not exist")
	ErrNoVersioning  = errors.New("versioning is off")
	ErrNoLock        = errors.New("object lock is off")
	ErrFull          = errors.New("no space left")
	ErrBadAddress    = errors.New("not a storage address")
	ErrBadKey        = errors.New("not a key")
	ErrRange         = errors.New("range lies outside the blob")
	ErrClockSkew     = errors.New("the clock of this computer is wrong")
	ErrShort         = errors.New("content ended early")
)

// Bucket keeps blobs under keys. A key is a path of one or more parts separated
// by "/"; see [ValidKey]. Methods may be called by many goroutines at once.
type Bucket interface {
	// Put stores size bytes of r, whole or not at all; when it returns nil they
	// survive a power cut. It replaces what was there unless o says otherwise.
	// Interrupted transfers of up to 64 MiB are repeated.
	Put(ctx context.Context, key string, r io.Reader, size int64, o PutOptions) error
	// Get reads length bytes from offset, all to the end when length is negative.
	// A read that ends early is an error, never a shorter blob. ErrNotFound, ErrRange.
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Stat returns what is known of a blob. ErrNotFound.
	Stat(ctx context.Context, key string) (Info, error)
	// List returns the blobs whose key begins with prefix and sorts after the
	// key after ("" for all), in order of their keys' bytes.
	List(ctx context.Context, prefix, after string) iter.Seq2[Info, error]
	// Delete removes a blob; one that is not there is no error.
	Delete(ctx context.Context, key string) error
	// Check verifies that the bucket can do what is needed, before anything of
	// value is written: reachable, key accepted, versioning and lock as asked,
	// and that a small probe can be written and read back.
	Check(ctx context.Context, need Need) error
	// Place says where the bucket is.
	Place() Place
	// String is the bucket's address, without anything secret.
	String() string
}

// Info describes one blob.
type Info struct {
	Key  string
	Size int64
	Time time.Time // when it was last written, by the storage's clock
}

// PutOptions say how to store a blob.
type PutOptions struct {
	// IfAbsent refuses to replace: ErrExists when the key is taken.
	IfAbsent bool
	// Lock forbids deletion of this version for a while. Only on buckets with object lock.
	Lock *Lock
}

// LockMode says who may shorten a lock.
type LockMode string

// The modes of object lock, as S3 calls them.
const (
	Compliance LockMode = "compliance" // nobody
	Governance LockMode = "governance" // accounts with a special right
)

// Lock is a promise that a blob cannot be deleted for a number of days.
type Lock struct {
	Mode LockMode
	Days int
}

// String is the form that ParseLock reads.
func (l Lock) String() string { return fmt.Sprintf("%s:%dd", l.Mode, l.Days) }

// Term is how long the lock holds.
func (l Lock) Term() time.Duration { return time.Duration(l.Days) * 24 * time.Hour }

// maxLockDays bounds a lock to the hundred years that S3 services accept.
const maxLockDays = 36500

// ParseLock reads "compliance:30d" or "governance:30d"; "" is no lock.
func ParseLock(s string) (*Lock, error) {
	if s == "" {
		return nil, nil
	}
	mode, term, _ := strings.Cut(s, ":")
	l := Lock{Mode: LockMode(mode)}
	if l.Mode != Compliance && l.Mode != Governance {
		return nil, fmt.Errorf("lock %q: the mode is compliance or governance", s)
	}
	var unit byte
	if n, err := fmt.Sscanf(term, "%d%c", &l.Days, &unit); n != 2 || err != nil || unit != 'd' || l.String() != s {
		return nil, fmt.Errorf("lock %q: the term is a number of days such as 30d", s)
	}
	if l.Days < 1 || l.Days > maxLockDays {
		return nil, fmt.Errorf("lock %q: the term is between 1 and %d days", s, maxLockDays)
	}
	return &l, nil
}

// Need is what Check has to prove.
type Need struct {
	Lock *Lock // the bucket must be able to lock blobs like this
	Read bool  // reading is enough: nothing is written
}

// Kind says what sort of storage a bucket is.
type Kind string

// The kinds.
const (
	KindFile   Kind = "file"
	KindS3     Kind = "s3"
	KindMemory Kind = "memory"
)

// Place says where a bucket is, for other programs that are to read it.
type Place struct {
	Kind     Kind
	Dir      string // file: the folder
	Bucket   string // s3: the bucket's name
	Prefix   string // s3: where in the bucket, "" or ending in "/"
	Endpoint string // s3: host and port
	Region   string // s3
	Insecure bool   // s3: plain http
}

// Error is a failure of one operation on one bucket.
type Error struct {
	Op     string // such as "write"
	Bucket string
	Key    string // empty where the whole bucket is meant
	Err    error
}

// Error names operation, key, bucket and cause.
func (e *Error) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("%s %s: %v", e.Op, e.Bucket, e.Err)
	}
	return fmt.Sprintf("%s %s in %s: %v", e.Op, e.Key, e.Bucket, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// because joins a known cause and what the storage said of it.
func because(cause, detail error) error { return fmt.Errorf("%w: %w", cause, detail) }

// maxKey bounds a key in bytes; S3 allows 1024, prefix included.
const maxKey = 700

// ValidKey reports whether key can be used: parts separated by "/", of letters,
// digits and . _ - ~ + = @ in ASCII, none empty, "." or "..", none ending in a
// dot, the first not ".tmp". Such keys are safe names on every file system;
// keys that differ only in case must not be used together.
func ValidKey(key string) bool {
	if key == "" || len(key) > maxKey {
		return false
	}
	for i, part := range strings.Split(key, "/") {
		if part == "" || len(part) > 200 || strings.HasSuffix(part, ".") || i == 0 && part == tempDir {
			return false
		}
		for _, c := range []byte(part) {
			switch {
			case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			case strings.IndexByte("._-~+=@", c) >= 0:
			default:
				return false
			}
		}
	}
	return true
}

// WriteAll stores data under key.
func WriteAll(ctx context.Context, b Bucket, key string, data []byte, o PutOptions) error {
	return b.Put(ctx, key, bytes.NewReader(data), int64(len(data)), o)
}

// ReadAll reads the whole blob, which must not be larger than max bytes.
func ReadAll(ctx context.Context, b Bucket, key string, max int64) ([]byte, error) {
	r, err := b.Get(ctx, key, 0, -1)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, max+1))
	if cerr := r.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > max {
		return nil, &Error{Op: "read", Bucket: b.String(), Key: key, Err: fmt.Errorf("larger than %d bytes", max)}
	}
	return data, nil
}
