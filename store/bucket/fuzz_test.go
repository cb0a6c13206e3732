package bucket_test

import (
	"path/filepath"
	"strings"
	"testing"

	"vangnet/store/bucket"
)

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"file:///srv", "file:///C:/x", "s3://bucket-1/p?endpoint=https://h:1&region=r", "s3://b%00/", "s3://bucket-1/..?x", "file://%2f", "://"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		p, err := bucket.ParseAddress(address)
		switch {
		case err != nil:
		case p.Kind == bucket.KindFile && (p.Dir == "" || strings.ContainsRune(p.Dir, 0)):
			t.Fatalf("folder %q", p.Dir)
		case p.Kind == bucket.KindS3 && (p.Bucket == "" || p.Endpoint == "" || p.Prefix != "" && !bucket.ValidKey(p.Prefix+"x")):
			t.Fatalf("%+v", p)
		}
	})
}

func FuzzValidKey(f *testing.F) {
	for _, s := range []string{"a/b", "../x", "a/./b", "a//b", "C:/x", "a/..", ".shards", "a\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if !bucket.ValidKey(key) {
			return
		}
		path := filepath.Join("/root/of/bucket", filepath.FromSlash(key))
		if !strings.HasPrefix(path, "/root/of/bucket/") || path != "/root/of/bucket/"+key {
			t.Fatalf("%q becomes %q", key, path)
		}
	})
}
