package bucket

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
)

const (
	// maxReplay is the largest blob that is kept in memory so that its upload can
	// be repeated. kopia's packs are a little over 20 MB.
	maxReplay  = 64 << 20
	firstPause = 200 * time.Millisecond
	maxPause   = 2 * time.Second
)

func (s *s3) Put(ctx context.Context, key string, r io.Reader, size int64, o PutOptions) error {
	full, err := s.key("write", key)
	if err != nil {
		return err
	}
	up := upload{s: s, key: key, full: full, size: size, opts: s.putOptions(o), source: &exactReader{r: r, left: size}}
	if size <= maxReplay {
		up.data = make([]byte, size)
		if _, err = io.ReadFull(up.source, up.data); err != nil {
			return &Error{Op: "write", Bucket: s.name, Key: key, Err: err}
		}
	}
	err = up.run(ctx)
	if err != nil && o.Lock != nil && isLockRefusal(err) {
		err = because(ErrNoLock, err)
	}
	return s.fail("write", key, err)
}

func (s *s3) putOptions(o PutOptions) minio.PutObjectOptions {
	opts := minio.PutObjectOptions{
		ContentType:      "application/octet-stream",
		DisableMultipart: true, // one request, one version, all or nothing
		// Object lock refuses a write without MD5 or a newer checksum, and older
		// services know only MD5 (PutObject in the Amazon S3 API reference).
		SendContentMd5: true,
	}
	if o.IfAbsent {
		opts.SetMatchETagExcept("*")
	}
	if o.Lock != nil {
		opts.Mode = minio.RetentionMode(strings.ToUpper(string(o.Lock.Mode)))
		opts.RetainUntilDate = s.clock.Now().Add(o.Lock.Term())
	}
	return opts
}

// upload writes one blob, several times if it must. The client's own repetition
// is not used for it: after a refusal the connection may still be reading from
// the body while the client rewinds it, so the next attempt would send pieces of
// both. Here each attempt reads for itself.
type upload struct {
	s         *s3
	key, full string
	size      int64
	opts      minio.PutObjectOptions
	data      []byte
	source    io.Reader // of blobs that are too large to repeat
}

func (u *upload) run(ctx context.Context) error {
	if u.size > maxReplay {
		return u.try(ctx, u.source)
	}
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err := u.try(ctx, bytes.NewReader(u.data))
		if err != nil && attempt > 1 && errors.Is(s3Cause(err), ErrExists) {
			return u.ours(ctx, err)
		}
		if err == nil || attempt >= u.s.attempts || ctx.Err() != nil || !worthRepeating(err) {
			return err
		}
		if serr := u.s.clock.Sleep(ctx, pause); serr != nil {
			return errors.Join(serr, err)
		}
		pause = min(2*pause, maxPause)
	}
}

func (u *upload) try(ctx context.Context, r io.Reader) error {
	_, err := u.s.once.PutObject(ctx, u.s.place.Bucket, u.full, r, u.size, u.opts)
	return err
}

// ours tells whether a blob that is there already was written by an earlier
// attempt whose answer got lost.
func (u *upload) ours(ctx context.Context, refusal error) error {
	there, err := ReadAll(ctx, u.s, u.key, u.size)
	if err != nil || !bytes.Equal(there, u.data) {
		return refusal
	}
	return nil
}

// worthRepeating tells troubles that pass from those that do not.
func worthRepeating(err error) bool {
	var (
		r minio.ErrorResponse
		c *tls.CertificateVerificationError
	)
	if errors.As(err, &c) {
		return false
	}
	if !errors.As(err, &r) {
		return errors.Is(networkCause(err), ErrUnreachable)
	}
	switch r.Code {
	case "RequestTimeout", "SlowDown", "InternalError", "BadDigest", "IncompleteBody", "ServiceUnavailable":
		return true
	}
	return r.StatusCode >= http.StatusInternalServerError && r.StatusCode != http.StatusInsufficientStorage && r.StatusCode != http.StatusNotImplemented ||
		r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusRequestTimeout
}

// exactReader gives exactly as many bytes as announced, or an error.
type exactReader struct {
	r    io.Reader
	left int64
}

func (r *exactReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.r.Read(p)
	r.left -= int64(n)
	if err == io.EOF && r.left > 0 {
		err = fmt.Errorf("%w: %d bytes are missing", ErrShort, r.left)
	}
	return n, err
}
