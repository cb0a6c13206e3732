package bucket

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"vangnet/engine/clock"
)

const idleConnections = 64

// s3 is a bucket of an S3 service.
type s3 struct {
	core     minio.Core
	once     *minio.Client // makes one attempt: writes are repeated here, see upload
	attempts int
	place    Place
	name     string
	clock    clock.Clock
}

func openS3(p Place, c Credentials, o Options) (Bucket, error) {
	s := &s3{place: p, clock: o.Clock, name: s3Name(p)}
	if c.AccessKey == "" || c.SecretKey == "" {
		return nil, &Error{Op: "open", Bucket: s.name, Err: ErrNoCredentials}
	}
	transport, err := newTransport(o.CAFile)
	if err != nil {
		return nil, &Error{Op: "open", Bucket: s.name, Err: err}
	}
	if s.attempts = o.Attempts; s.attempts <= 0 {
		s.attempts = minio.MaxRetry
	}
	if s.core.Client, err = s.client(c, transport, s.attempts); err != nil {
		return nil, err
	}
	if s.once, err = s.client(c, transport, 1); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *s3) client(c Credentials, transport http.RoundTripper, attempts int) (*minio.Client, error) {
	client, err := minio.New(s.place.Endpoint, &minio.Options{
		// Static only: the default chain would go on to the environment and to
		// the metadata address of a cloud machine.
		Creds:      credentials.NewStaticV4(c.AccessKey, c.SecretKey, c.Token),
		Secure:     !s.place.Insecure,
		Region:     s.place.Region,
		Transport:  transport,
		MaxRetries: attempts,
	})
	if err != nil {
		return nil, badAddress("%s: %v", s.name, err)
	}
	return client, nil
}

func s3Name(p Place) string {
	q := url.Values{}
	if p.Endpoint != awsEndpoint {
		scheme := "https://"
		if p.Insecure {
			scheme = "http://"
		}
		q.Set("endpoint", scheme+p.Endpoint)
	}
	q.Set("region", p.Region)
	name := "s3://" + p.Bucket + "/" + strings.TrimSuffix(p.Prefix, "/") + "?"
	return name + strings.NewReplacer("%3A", ":", "%2F", "/").Replace(q.Encode())
}

// newTransport makes connections that are kept: the standard transport keeps
// two for each host, and every parallel read would shake hands anew.
func newTransport(caFile string) (*http.Transport, error) {
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:          idleConnections,
		MaxIdleConnsPerHost:   idleConnections,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: 90 * time.Second,
		ExpectContinueTimeout: 5 * time.Second,
		DisableCompression:    true, // a blob is bytes, whatever they look like
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
	}
	if caFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("read certificate authorities: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read certificate authorities: %s holds none in PEM form", caFile)
	}
	t.TLSClientConfig.RootCAs = pool
	return t, nil
}

func (s *s3) String() string { return s.name }

func (s *s3) Place() Place { return s.place }

func (s *s3) key(op, key string) (string, error) {
	if !ValidKey(key) {
		return "", &Error{Op: op, Bucket: s.name, Key: fmt.Sprintf("%q", key), Err: ErrBadKey}
	}
	return s.place.Prefix + key, nil
}

func (s *s3) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	full, err := s.key("read", key)
	if err != nil {
		return nil, err
	}
	if offset < 0 {
		return nil, &Error{Op: "read", Bucket: s.name, Key: key, Err: ErrRange}
	}
	if length == 0 { // S3 knows no empty range
		info, err := s.Stat(ctx, key)
		if err == nil && offset > info.Size {
			err = &Error{Op: "read", Bucket: s.name, Key: key, Err: ErrRange}
		}
		return http.NoBody, err
	}
	r := &download{s: s, ctx: ctx, key: key, full: full, at: offset, end: -1}
	if length > 0 {
		r.end = offset + length
	}
	if err := r.open(); err != nil {
		return nil, s.fail("read", key, err)
	}
	return r, nil
}

func (s *s3) Stat(ctx context.Context, key string) (Info, error) {
	full, err := s.key("look up", key)
	if err != nil {
		return Info{}, err
	}
	o, err := s.core.Client.StatObject(ctx, s.place.Bucket, full, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, s.fail("look up", key, err)
	}
	return Info{Key: key, Size: o.Size, Time: o.LastModified}, nil
}

func (s *s3) Delete(ctx context.Context, key string) error {
	full, err := s.key("delete", key)
	if err != nil {
		return err
	}
	err = s.core.Client.RemoveObject(ctx, s.place.Bucket, full, minio.RemoveObjectOptions{})
	if err = s.fail("delete", key, err); errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (s *s3) List(ctx context.Context, prefix, after string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		ctx, cancel := context.WithCancel(ctx) // ends the client's own goroutine
		defer cancel()
		opts := minio.ListObjectsOptions{Prefix: s.place.Prefix + prefix, Recursive: true}
		if after != "" {
			opts.StartAfter = s.place.Prefix + after
		}
		for o := range s.core.Client.ListObjectsIter(ctx, s.place.Bucket, opts) {
			if o.Err != nil {
				yield(Info{}, s.fail("list", prefix, o.Err))
				return
			}
			key := strings.TrimPrefix(o.Key, s.place.Prefix)
			if !ValidKey(key) || key <= after { // not ours; a service that ignores StartAfter
				continue
			}
			if !yield(Info{Key: key, Size: o.Size, Time: o.LastModified}, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Info{}, &Error{Op: "list", Bucket: s.name, Key: prefix, Err: err})
		}
	}
}

// Check proves what Need asks, in the order in which a technician would mend it.
func (s *s3) Check(ctx context.Context, need Need) error {
	exists, err := s.core.Client.BucketExists(ctx, s.place.Bucket)
	if err != nil {
		return s.fail("check", "", s.explain(ctx, err))
	}
	if !exists {
		return s.fail("check", "", ErrNoBucket)
	}
	if need.Read {
		for _, err := range s.List(ctx, "", "") {
			return err
		}
		return nil
	}
	v, err := s.core.Client.GetBucketVersioning(ctx, s.place.Bucket)
	switch {
	case err != nil:
		return s.fail("check versioning of", "", err)
	case !v.Enabled():
		return s.fail("check", "", ErrNoVersioning)
	}
	var lock *Lock
	if need.Lock != nil {
		state, _, _, _, err := s.core.Client.GetObjectLockConfig(ctx, s.place.Bucket)
		if minio.ToErrorResponse(err).Code == "ObjectLockConfigurationNotFoundError" {
			return s.fail("check", "", because(ErrNoLock, err))
		}
		if err != nil {
			return s.fail("check object lock of", "", err)
		}
		if state != "Enabled" {
			return s.fail("check", "", ErrNoLock)
		}
		// The probe itself is locked for the shortest term, in the mode asked.
		lock = &Lock{Mode: need.Lock.Mode, Days: 1}
	}
	return probe(ctx, s, lock)
}

// explain asks again in a way that has a body: HEAD answers carry no error code,
// so that a wrong secret and a missing right look alike.
func (s *s3) explain(ctx context.Context, err error) error {
	if minio.ToErrorResponse(err).StatusCode != http.StatusForbidden {
		return err
	}
	if _, verr := s.core.Client.GetBucketVersioning(ctx, s.place.Bucket); verr != nil {
		return verr
	}
	return err
}
