package bucket_test

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/store/bucket"
	"vangnet/store/bucket/buckettest"
)

func fileAddress(dir string) string {
	slashed := filepath.ToSlash(dir)
	if slashed[0] != '/' {
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String()
}

func openDir(t *testing.T) bucket.Bucket {
	b, err := bucket.Open(t.Context(), fileAddress(t.TempDir()), bucket.Credentials{}, bucket.Options{})
	require.NoError(t, err)
	return b
}

func TestDir(t *testing.T) { buckettest.Conformance(t, openDir) }
func TestMemory(t *testing.T) {
	buckettest.Conformance(t, func(*testing.T) bucket.Bucket { return buckettest.New() })
}

func TestCounted(t *testing.T) {
	buckettest.Conformance(t, func(*testing.T) bucket.Bucket { return bucket.Count(buckettest.New()) })
	b := bucket.Count(buckettest.New())
	require.NoError(t, bucket.WriteAll(t.Context(), b, "k", []byte("12345"), bucket.PutOptions{}))
	_, err := bucket.ReadAll(t.Context(), b, "k", 5)
	require.NoError(t, err)
	_, err = bucket.ReadAll(t.Context(), b, "k", 4)
	require.Error(t, err)
	require.Equal(t, bucket.Counts{Puts: 1, Gets: 2, BytesIn: 10, BytesOut: 5}, b.Counts())
}

func TestParseAddress(t *testing.T) {
	for _, c := range []struct {
		address string
		want    bucket.Place
	}{
		{"file:///srv/back up", bucket.Place{Kind: "file", Dir: "/srv/back up"}},
		{"file:///srv/back%20up", bucket.Place{Kind: "file", Dir: "/srv/back up"}},
		{"file:///C:/Backups", bucket.Place{Kind: "file", Dir: "C:/Backups"}},
		{"file://localhost/srv", bucket.Place{Kind: "file", Dir: "/srv"}},
		{"s3://msp-vault", bucket.Place{Kind: "s3", Bucket: "msp-vault", Endpoint: "s3.amazonaws.com", Region: "us-east-1"}},
		{"s3://msp-vault/a/b/?region=eu-west-1", bucket.Place{Kind: "s3", Bucket: "msp-vault", Prefix: "a/b/", Endpoint: "s3.amazonaws.com", Region: "eu-west-1"}},
		{"s3://v-1/?endpoint=https://s3.example.com:9443&region=nl", bucket.Place{Kind: "s3", Bucket: "v-1", Endpoint: "s3.example.com:9443", Region: "nl"}},
		{"s3://v-1?endpoint=http://127.0.0.1:9000", bucket.Place{Kind: "s3", Bucket: "v-1", Endpoint: "127.0.0.1:9000", Region: "us-east-1", Insecure: true}},
		{"s3://v-1?endpoint=http://[::1]:9000", bucket.Place{Kind: "s3", Bucket: "v-1", Endpoint: "[::1]:9000", Region: "us-east-1", Insecure: true}},
	} {
		got, err := bucket.ParseAddress(c.address)
		require.NoError(t, err, c.address)
		require.Equal(t, c.want, got, c.address)
	}
	for _, address := range []string{
		"", "/srv/backup", "file:srv", "file://", "file:///", "file://server/share", "file:///srv?x=1", "https://example.com/b", "s3://", "s3://A_b",
		"s3://key:secret@bucket-1", "s3://bucket-1?endpoint=http://s3.example.com", "s3://bucket-1?endpoint=s3.example.com", "s3://bucket-1?zone=1",
		"s3://bucket-1/a b", "s3://bucket-1/../x", "s3://bucket-1?region=a&region=b", "s3://bucket-1#x", "s3://bucket-1?endpoint=https://h/path",
	} {
		_, err := bucket.ParseAddress(address)
		require.ErrorIs(t, err, bucket.ErrBadAddress, address)
	}
	_, err := bucket.ParseAddress("s3://key:hunter2@bucket-1")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestParseLock(t *testing.T) {
	l, err := bucket.ParseLock("compliance:30d")
	require.NoError(t, err)
	require.Equal(t, &bucket.Lock{Mode: bucket.Compliance, Days: 30}, l)
	require.Equal(t, "compliance:30d", l.String())
	none, err := bucket.ParseLock("")
	require.NoError(t, err)
	require.Nil(t, none)
	for _, s := range []string{"compliance", "strict:30d", "governance:0d", "governance:-1d", "governance:30", "governance:30dd", "governance:1.5d", "governance:99999d", "compliance: 3d"} {
		_, err := bucket.ParseLock(s)
		require.Error(t, err, s)
	}
}

func TestDirTrouble(t *testing.T) {
	root := filepath.Join(t.TempDir(), "not", "there")
	_, err := bucket.Open(t.Context(), fileAddress(root), bucket.Credentials{}, bucket.Options{})
	require.ErrorIs(t, err, bucket.ErrNoBucket)
	require.NoDirExists(t, root, "a disk that is not plugged in was taken for an empty one")

	b, err := bucket.Open(t.Context(), fileAddress(root), bucket.Credentials{}, bucket.Options{Create: true})
	require.NoError(t, err)
	require.NoError(t, bucket.WriteAll(t.Context(), b, "a/b", []byte("x"), bucket.PutOptions{}))
	require.ErrorIs(t, b.Check(t.Context(), bucket.Need{Lock: &bucket.Lock{Mode: bucket.Compliance, Days: 1}}), bucket.ErrNoLock)

	require.NoError(t, os.RemoveAll(root))
	_, err = b.Get(t.Context(), "a/b", 0, -1)
	require.ErrorIs(t, err, bucket.ErrNoBucket)
	require.NotErrorIs(t, err, bucket.ErrNotFound, "an unplugged disk is not a missing blob")
	require.ErrorIs(t, bucket.WriteAll(t.Context(), b, "a/c", []byte("x"), bucket.PutOptions{}), bucket.ErrNoBucket)
	require.NoDirExists(t, root)
	for _, err := range b.List(t.Context(), "", "") {
		require.ErrorIs(t, err, bucket.ErrNoBucket)
	}
	require.ErrorIs(t, b.Check(t.Context(), bucket.Need{}), bucket.ErrNoBucket)
}

func TestCredentialsStayHidden(t *testing.T) {
	c := bucket.Credentials{AccessKey: "AK", SecretKey: "hunter2"}
	require.NotContains(t, c.String()+c.GoString(), "hunter2")
	_, err := bucket.Open(t.Context(), "s3://bucket-1", bucket.Credentials{AccessKey: "AK"}, bucket.Options{})
	require.ErrorIs(t, err, bucket.ErrNoCredentials)
}
