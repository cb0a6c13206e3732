package buckettest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/store/bucket"
)

// Conformance holds a bucket to what its interface promises. open returns an
// empty bucket; it is called for each part.
func Conformance(t *testing.T, open func(t *testing.T) bucket.Bucket) {
	for name, part := range map[string]func(*testing.T, bucket.Bucket){
		"write and read":  writeAndRead,
		"ranges":          ranges,
		"if absent":       ifAbsent,
		"short content":   shortContent,
		"list":            list,
		"delete":          remove,
		"bad keys":        badKeys,
		"check":           check,
		"cancelled":       cancelled,
		"many at once":    manyAtOnce,
		"seekable source": seekableSource,
	} {
		t.Run(name, func(t *testing.T) { part(t, open(t)) })
	}
}

func write(t *testing.T, b bucket.Bucket, key, text string) {
	t.Helper()
	require.NoError(t, bucket.WriteAll(t.Context(), b, key, []byte(text), bucket.PutOptions{}))
}

func read(t *testing.T, b bucket.Bucket, key string, offset, length int64) string {
	t.Helper()
	r, err := b.Get(t.Context(), key, offset, length)
	require.NoError(t, err)
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return string(data)
}

func writeAndRead(t *testing.T, b bucket.Bucket) {
	before := time.Now().Add(-time.Minute)
	big := strings.Repeat("0123456789abcdef", 1<<17) // 2 MiB
	for key, text := range map[string]string{"a": "x", "deep/er/and/deeper": "y", ".shards": "z", "empty": "", "big": big, "big@2+3=~_-.f": "w"} {
		write(t, b, key, text)
		require.Equal(t, text, read(t, b, key, 0, -1), key)
		info, err := b.Stat(t.Context(), key)
		require.NoError(t, err)
		require.Equal(t, key, info.Key)
		require.EqualValues(t, len(text), info.Size)
		require.True(t, info.Time.After(before) && info.Time.Before(time.Now().Add(time.Minute)), info.Time)
	}
	write(t, b, "a", "replaced")
	require.Equal(t, "replaced", read(t, b, "a", 0, -1))
	_, err := b.Get(t.Context(), "absent", 0, -1)
	require.ErrorIs(t, err, bucket.ErrNotFound)
	require.ErrorContains(t, err, "absent")
	require.ErrorContains(t, err, b.String())
	_, err = b.Stat(t.Context(), "deep/er")
	require.ErrorIs(t, err, bucket.ErrNotFound)
}

func ranges(t *testing.T, b bucket.Bucket) {
	write(t, b, "r", "0123456789")
	for _, c := range []struct {
		offset, length int64
		want           string
	}{{0, 10, "0123456789"}, {0, 1, "0"}, {9, 1, "9"}, {3, 4, "3456"}, {3, -1, "3456789"}, {3, 0, ""}, {0, 0, ""}, {10, 0, ""}} {
		require.Equal(t, c.want, read(t, b, "r", c.offset, c.length), "%+v", c)
	}
	for _, c := range [][2]int64{{0, 11}, {9, 2}, {11, 1}, {11, 0}, {-1, 1}, {100, -1}} {
		_, err := b.Get(t.Context(), "r", c[0], c[1])
		require.ErrorIs(t, err, bucket.ErrRange, "%v", c)
	}
}

func ifAbsent(t *testing.T, b bucket.Bucket) {
	once := bucket.PutOptions{IfAbsent: true}
	require.NoError(t, bucket.WriteAll(t.Context(), b, "d/once", []byte("first"), once))
	require.ErrorIs(t, bucket.WriteAll(t.Context(), b, "d/once", []byte("second"), once), bucket.ErrExists)
	require.Equal(t, "first", read(t, b, "d/once", 0, -1))
	var wg sync.WaitGroup
	won := make([]error, 8)
	for i := range won {
		wg.Go(func() { won[i] = bucket.WriteAll(t.Context(), b, "d/race", []byte{byte(i)}, once) })
	}
	wg.Wait()
	winners := 0
	for i, err := range won {
		if err == nil {
			winners++
			require.Equal(t, string(rune(i)), read(t, b, "d/race", 0, -1))
			continue
		}
		require.ErrorIs(t, err, bucket.ErrExists)
	}
	require.Equal(t, 1, winners)
}

func shortContent(t *testing.T, b bucket.Bucket) {
	err := b.Put(t.Context(), "short", strings.NewReader("abc"), 4, bucket.PutOptions{})
	require.ErrorIs(t, err, bucket.ErrShort)
	broken := errors.New("broken source")
	err = b.Put(t.Context(), "short", io.MultiReader(strings.NewReader("abc"), failing{broken}), 4, bucket.PutOptions{})
	require.ErrorIs(t, err, broken)
	_, err = b.Stat(t.Context(), "short")
	require.ErrorIs(t, err, bucket.ErrNotFound, "half a blob was kept")
	require.NoError(t, b.Put(t.Context(), "long", strings.NewReader("abcdef"), 4, bucket.PutOptions{}))
	require.Equal(t, "abcd", read(t, b, "long", 0, -1))
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func list(t *testing.T, b bucket.Bucket) {
	for _, key := range []string{"b/2", "b/10", "a", "b.x", "b/1/z", "c", "b/1.f"} {
		write(t, b, key, key)
	}
	for _, c := range []struct{ prefix, after, want string }{
		{"", "", "a b.x b/1.f b/1/z b/10 b/2 c"},
		{"b", "", "b.x b/1.f b/1/z b/10 b/2"},
		{"b/", "", "b/1.f b/1/z b/10 b/2"},
		{"b/1", "", "b/1.f b/1/z b/10"},
		{"b/", "b/1/z", "b/10 b/2"},
		{"", "b/1", "b/1.f b/1/z b/10 b/2 c"},
		{"", "b/1/a", "b/1/z b/10 b/2 c"},
		{"", "c", ""}, {"x", "", ""}, {"b/9/", "", ""},
	} {
		var keys []string
		for info, err := range b.List(t.Context(), c.prefix, c.after) {
			require.NoError(t, err)
			require.EqualValues(t, len(info.Key), info.Size)
			keys = append(keys, info.Key)
		}
		require.Equal(t, c.want, strings.Join(keys, " "), "%+v", c)
	}
	for range b.List(t.Context(), "", "") {
		break // leaving early must not hang or leak
	}
}

func remove(t *testing.T, b bucket.Bucket) {
	write(t, b, "d/x", "x")
	require.NoError(t, b.Delete(t.Context(), "d/x"))
	require.NoError(t, b.Delete(t.Context(), "d/x"), "a second time")
	_, err := b.Get(t.Context(), "d/x", 0, -1)
	require.ErrorIs(t, err, bucket.ErrNotFound)
	write(t, b, "d/x", "again")
}

func badKeys(t *testing.T, b bucket.Bucket) {
	for _, key := range []string{"", "/a", "a/", "a//b", "../a", "a/../b", ".", "a/.", `a\b`, "a b", "é", "a\x00", "C:x", "a.", ".tmp/x", strings.Repeat("k", 300)} {
		require.ErrorIs(t, bucket.WriteAll(t.Context(), b, key, []byte("x"), bucket.PutOptions{}), bucket.ErrBadKey, "%q", key)
		_, err := b.Get(t.Context(), key, 0, -1)
		require.ErrorIs(t, err, bucket.ErrBadKey, "%q", key)
	}
}

func check(t *testing.T, b bucket.Bucket) {
	require.NoError(t, b.Check(t.Context(), bucket.Need{}))
	require.NoError(t, b.Check(t.Context(), bucket.Need{Read: true}))
	for info := range b.List(t.Context(), "", "") {
		t.Errorf("the check left %s", info.Key)
	}
}

func cancelled(t *testing.T, b bucket.Bucket) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, bucket.WriteAll(ctx, b, "never", []byte("x"), bucket.PutOptions{}), context.Canceled)
	for _, err := range b.List(ctx, "", "") {
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err := b.Stat(t.Context(), "never")
	require.ErrorIs(t, err, bucket.ErrNotFound)
}

func manyAtOnce(t *testing.T, b bucket.Bucket) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			text := bytes.Repeat([]byte{byte('a' + i)}, 100_000)
			for range 4 { // all write the same key: any of them may win, none may mix
				if err := bucket.WriteAll(t.Context(), b, "same", text, bucket.PutOptions{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got := read(t, b, "same", 0, -1)
	require.Equal(t, strings.Repeat(got[:1], 100_000), got)
}

func seekableSource(t *testing.T, b bucket.Bucket) {
	r := strings.NewReader("skipped and kept")
	_, err := r.Seek(12, io.SeekStart)
	require.NoError(t, err)
	require.NoError(t, b.Put(t.Context(), "s", r, 4, bucket.PutOptions{}))
	require.Equal(t, "kept", read(t, b, "s", 0, -1))
}
