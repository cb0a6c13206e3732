package bucket_test

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"

	"vangnet/store/bucket"
	"vangnet/store/bucket/buckettest"
	"vangnet/store/bucket/miniotest"
)

func TestS3(t *testing.T) {
	server := miniotest.Start(t)
	t.Run("conformance", func(t *testing.T) {
		buckettest.Conformance(t, func(t *testing.T) bucket.Bucket {
			return server.Open(t, strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))
		})
	})
	t.Run("check", func(t *testing.T) { checkS3(t, server) })
	t.Run("lock", func(t *testing.T) { lockS3(t, server) })
	t.Run("TLS", func(t *testing.T) { overTLS(t, server) })
	t.Run("broken lines", func(t *testing.T) { brokenLines(t, server) })
}

func openS3(t *testing.T, address string, c bucket.Credentials, o bucket.Options) bucket.Bucket {
	b, err := bucket.Open(t.Context(), address, c, o)
	require.NoError(t, err)
	return b
}

func checkS3(t *testing.T, server *miniotest.Server) {
	good, compliance := server.Credentials, bucket.Need{Lock: &bucket.Lock{Mode: bucket.Compliance, Days: 30}}
	governance := bucket.Need{Lock: &bucket.Lock{Mode: bucket.Governance, Days: 30}}
	for _, c := range []struct {
		name    string
		address string
		creds   bucket.Credentials
		need    bucket.Need
		want    error
	}{
		{"good", server.Address(miniotest.Bucket, "p"), good, bucket.Need{}, nil},
		{"compliance", server.Address(miniotest.Bucket, "p"), good, compliance, nil},
		{"governance", server.Address(miniotest.Bucket, "p"), good, governance, nil},
		{"no lock", server.Address(miniotest.Versions, "p"), good, compliance, bucket.ErrNoLock},
		{"versions suffice", server.Address(miniotest.Versions, "p"), good, bucket.Need{}, nil},
		{"no versions", server.Address(miniotest.Plain, "p"), good, bucket.Need{}, bucket.ErrNoVersioning},
		{"no bucket", server.Address("absent", "p"), good, bucket.Need{}, bucket.ErrNoBucket},
		{"wrong secret", server.Address(miniotest.Bucket, "p"), bucket.Credentials{AccessKey: good.AccessKey, SecretKey: "wrong-secret"}, bucket.Need{}, bucket.ErrCredentials},
		{"wrong key", server.Address(miniotest.Bucket, "p"), bucket.Credentials{AccessKey: "nobody", SecretKey: "wrong-secret"}, bucket.Need{}, bucket.ErrCredentials},
		{"nobody there", "s3://vangnet?endpoint=http://127.0.0.1:1", good, bucket.Need{}, bucket.ErrUnreachable},
		{"not S3", "s3://vangnet?endpoint=https://" + strings.TrimPrefix(server.Endpoint, "http://"), good, bucket.Need{}, bucket.ErrUnreachable},
	} {
		err := openS3(t, c.address, c.creds, bucket.Options{Attempts: 2}).Check(t.Context(), c.need)
		if c.want == nil {
			require.NoError(t, err, c.name)
			continue
		}
		require.ErrorIs(t, err, c.want, c.name)
		require.NotContains(t, err.Error(), "wrong-secret", c.name)
	}
	for o := range server.Client.ListObjects(t.Context(), miniotest.Plain, minio.ListObjectsOptions{Recursive: true}) {
		t.Errorf("the check wrote %s before it knew that the bucket is good", o.Key)
	}
}

func lockS3(t *testing.T, server *miniotest.Server) {
	b := server.Open(t, "locked")
	lock := &bucket.Lock{Mode: bucket.Compliance, Days: 2}
	require.NoError(t, bucket.WriteAll(t.Context(), b, "k", []byte("kept"), bucket.PutOptions{Lock: lock}))
	o, err := server.Client.StatObject(t.Context(), miniotest.Bucket, "locked/k", minio.StatObjectOptions{})
	require.NoError(t, err)
	require.Equal(t, "COMPLIANCE", o.Metadata.Get("X-Amz-Object-Lock-Mode"))
	until, err := time.Parse(time.RFC3339, o.Metadata.Get("X-Amz-Object-Lock-Retain-Until-Date"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(48*time.Hour), until, time.Minute)

	err = server.Client.RemoveObject(t.Context(), miniotest.Bucket, "locked/k", minio.RemoveObjectOptions{VersionID: o.VersionID, GovernanceBypass: true})
	require.Error(t, err, "a locked version was destroyed")
	require.NoError(t, b.Delete(t.Context(), "k"), "hiding it is allowed")
	back, err := server.Client.GetObject(t.Context(), miniotest.Bucket, "locked/k", minio.GetObjectOptions{VersionID: o.VersionID})
	require.NoError(t, err)
	text, err := io.ReadAll(back)
	require.NoError(t, err)
	require.Equal(t, "kept", string(text))

	plain := openS3(t, server.Address(miniotest.Versions, ""), server.Credentials, bucket.Options{Attempts: 1})
	require.ErrorIs(t, bucket.WriteAll(t.Context(), plain, "k", []byte("x"), bucket.PutOptions{Lock: lock}), bucket.ErrNoLock)
}

// overTLS speaks to a service whose certificate only a file vouches for.
func overTLS(t *testing.T, server *miniotest.Server) {
	target, err := url.Parse(server.Endpoint)
	require.NoError(t, err)
	front := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }})
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(front.Close)
	address := "s3://" + miniotest.Bucket + "/tls?endpoint=" + front.URL
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw}), 0o600))
	b := openS3(t, address, server.Credentials, bucket.Options{CAFile: ca})
	require.NoError(t, b.Check(t.Context(), bucket.Need{}))
	b = openS3(t, address, server.Credentials, bucket.Options{})
	begun := time.Now()
	err = bucket.WriteAll(t.Context(), b, "k", []byte("x"), bucket.PutOptions{})
	require.ErrorIs(t, err, bucket.ErrUnreachable)
	require.ErrorContains(t, err, "certificate")
	require.Less(t, time.Since(begun), 2*time.Second, "it asks again though nothing will change")
	_, err = bucket.Open(t.Context(), address, server.Credentials, bucket.Options{CAFile: ca + "x"})
	require.ErrorContains(t, err, "certificate authorities")
}

// brokenLines puts a proxy in between that drops connections and answers badly.
func brokenLines(t *testing.T, server *miniotest.Server) {
	var breakReads, refuse, loseAnswer atomic.Int64
	target, err := url.Parse(server.Endpoint)
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ModifyResponse: func(r *http.Response) error {
			r.Body = &breaking{r.Body, &breakReads}
			if r.Request.Method == http.MethodPut && loseAnswer.Add(-1) >= 0 {
				return errors.New("answer lost")
			}
			return nil
		},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	front := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuse.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	})}
	go front.Serve(l) //nolint:errcheck // ends with the test
	t.Cleanup(func() { front.Close() })

	address := "s3://" + miniotest.Bucket + "/broken?endpoint=http://" + l.Addr().String()
	b := openS3(t, address, server.Credentials, bucket.Options{Attempts: 4})
	text := strings.Repeat("0123456789", 300_000)
	refuse.Store(2)
	require.NoError(t, bucket.WriteAll(t.Context(), b, "k", []byte(text), bucket.PutOptions{}), "two refusals")
	loseAnswer.Store(1)
	require.NoError(t, bucket.WriteAll(t.Context(), b, "once", []byte(text), bucket.PutOptions{IfAbsent: true}), "written, but the answer was lost")
	loseAnswer.Store(1)
	require.ErrorIs(t, bucket.WriteAll(t.Context(), b, "once", []byte("another"), bucket.PutOptions{IfAbsent: true}), bucket.ErrExists)
	loseAnswer.Store(0)
	breakReads.Store(3)
	got, err := bucket.ReadAll(t.Context(), b, "k", 1<<30)
	require.NoError(t, err, "three broken downloads")
	require.True(t, string(got) == text, "the pieces do not fit")
	breakReads.Store(1 << 30)
	_, err = bucket.ReadAll(t.Context(), b, "k", 1<<30)
	require.ErrorIs(t, err, bucket.ErrUnreachable, "a broken download passed for a whole one")
	breakReads.Store(0)
	refuse.Store(1 << 30)
	require.ErrorIs(t, bucket.WriteAll(t.Context(), b, "k", []byte(text), bucket.PutOptions{}), bucket.ErrUnreachable)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	require.Error(t, bucket.WriteAll(ctx, b, "k", []byte(text), bucket.PutOptions{}))
	require.Less(t, time.Since(begun), 3*time.Second, "retries outlive their context")
}

// breaking breaks a body off after its first piece, while the count lasts.
type breaking struct {
	io.ReadCloser
	left *atomic.Int64
}

func (b *breaking) Read(p []byte) (int, error) {
	if len(p) > 64<<10 {
		p = p[:64<<10]
	}
	n, err := b.ReadCloser.Read(p)
	if n > 32<<10/2 && b.left.Add(-1) >= 0 {
		return n / 2, errors.New("line broken")
	}
	return n, err
}
