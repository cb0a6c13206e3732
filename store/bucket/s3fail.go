package bucket

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
)

// fail turns an error of the client into one of this package.
func (s *s3) fail(op, key string, err error) error {
	if err == nil {
		return nil
	}
	if cause := s3Cause(err); cause != nil && !errors.Is(err, cause) {
		err = because(cause, err)
	}
	return &Error{Op: op, Bucket: s.name, Key: key, Err: err}
}

// s3Cause maps codes of the Amazon S3 API reference ("Error responses") and of
// services that imitate it to what a person can act on. Nil: none of those.
func s3Cause(err error) error {
	var r minio.ErrorResponse
	if !errors.As(err, &r) {
		return networkCause(err)
	}
	switch r.Code {
	case "NoSuchBucket":
		return ErrNoBucket
	case "NoSuchKey", "NoSuchVersion":
		return ErrNotFound
	case "PreconditionFailed", "ConditionalRequestConflict":
		return ErrExists
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "InvalidClientTokenId":
		return ErrCredentials
	case "RequestTimeTooSkewed":
		return ErrClockSkew
	case "AccessDenied", "AllAccessDisabled", "AccountProblem":
		return ErrDenied
	case "InvalidRange":
		return ErrRange
	case "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded":
		return ErrFull
	}
	switch {
	case r.StatusCode == http.StatusNotFound:
		return ErrNotFound
	case r.StatusCode == http.StatusPreconditionFailed:
		return ErrExists
	case r.StatusCode == http.StatusForbidden, r.StatusCode == http.StatusUnauthorized:
		return ErrDenied
	case r.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return ErrRange
	case r.StatusCode == http.StatusInsufficientStorage:
		return ErrFull
	case r.StatusCode >= http.StatusInternalServerError, r.StatusCode == http.StatusTooManyRequests:
		return ErrUnreachable
	}
	return nil
}

// networkCause recognises that no answer came. Being cancelled is not that.
func networkCause(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	var (
		u *url.Error
		n net.Error
	)
	if errors.As(err, &u) || errors.As(err, &n) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrUnreachable
	}
	return nil
}

// isLockRefusal recognises that a bucket was made without object lock.
func isLockRefusal(err error) bool {
	r := minio.ToErrorResponse(err)
	return r.Code == "InvalidRequest" && strings.Contains(strings.ToLower(r.Message), "lock") ||
		r.Code == "ObjectLockConfigurationNotFoundError"
}

// maxResumes bounds how often one download goes on after it broke off.
const maxResumes = 5

// download reads an object and goes on where it was when the line breaks.
type download struct {
	s       *s3
	ctx     context.Context
	key     string
	full    string
	at, end int64 // end: -1 until it is known
	etag    string
	body    io.ReadCloser
	resumes int
}

// open asks for what is still wanted.
func (d *download) open() error {
	var opts minio.GetObjectOptions
	switch {
	case d.end >= 0:
		if err := opts.SetRange(d.at, d.end-1); err != nil {
			return because(ErrRange, err)
		}
	case d.at > 0:
		if err := opts.SetRange(d.at, 0); err != nil {
			return because(ErrRange, err)
		}
	}
	if d.etag != "" { // never two halves of two versions
		if err := opts.SetMatchETag(d.etag); err != nil {
			return err
		}
	}
	body, info, _, err := d.s.core.GetObject(d.ctx, d.s.place.Bucket, d.full, opts)
	if err != nil {
		return err
	}
	if d.end >= 0 && info.Size != d.end-d.at { // Size is what this answer holds
		body.Close() //nolint:errcheck // not read
		return because(ErrRange, errors.New("the blob is shorter"))
	}
	d.body, d.etag, d.end = body, info.ETag, d.at+info.Size
	return nil
}

func (d *download) Read(p []byte) (int, error) {
	for {
		if d.at == d.end {
			return 0, io.EOF
		}
		n, err := d.body.Read(p)
		d.at += int64(n)
		if n > 0 || err == nil {
			return n, nil
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err := d.resume(err); err != nil {
			return 0, d.s.fail("read", d.key, err)
		}
	}
}

// resume opens anew after err, or returns why not.
func (d *download) resume(err error) error {
	d.resumes++
	if d.resumes > maxResumes || d.ctx.Err() != nil {
		return err
	}
	d.body.Close() //nolint:errcheck // broken already
	return d.open()
}

func (d *download) Close() error { return d.body.Close() }
