package vault_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/bucket/buckettest"
	"vangnet/store/vault"
)

const tenant model.TenantID = "11111111-2222-3333-4444-555555555555"

var key = bytes.Repeat([]byte{7}, vault.KeySize)

func dirBucket(t testing.TB, dir string) bucket.Bucket {
	slashed := filepath.ToSlash(dir)
	if slashed[0] != '/' {
		slashed = "/" + slashed
	}
	b, err := bucket.Open(t.Context(), (&url.URL{Scheme: "file", Path: slashed}).String(), bucket.Credentials{}, bucket.Options{})
	require.NoError(t, err)
	return b
}

func options(t testing.TB, b bucket.Bucket) vault.Options {
	return vault.Options{Bucket: b, Tenant: tenant, Key: key, CacheDir: t.TempDir()}
}

func newVault(t testing.TB, o vault.Options) *vault.Vault {
	t.Helper()
	require.NoError(t, vault.Create(t.Context(), o))
	return reopen(t, o)
}

// empty returns a bucket with an empty vault. It is made once: deriving the key
// takes most of the time of these tests.
func empty(t testing.TB) *buckettest.Memory {
	t.Helper()
	b, err := made()
	require.NoError(t, err)
	return b.Clone()
}

var made = sync.OnceValues(func() (*buckettest.Memory, error) {
	b := buckettest.New()
	return b, vault.Create(context.Background(), vault.Options{Bucket: b, Tenant: tenant, Key: key})
})

func reopen(t testing.TB, o vault.Options) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { v.Close(context.Background()) })
	return v
}

func session(t testing.TB, v *vault.Vault) *vault.Session {
	t.Helper()
	s, err := v.Session(t.Context(), vault.SessionOptions{FlushEvery: -1})
	require.NoError(t, err)
	return s
}

func put(t testing.TB, s *vault.Session, text string) model.ObjectID {
	t.Helper()
	st, err := s.Put(t.Context(), strings.NewReader(text), vault.PutOptions{Compress: true})
	require.NoError(t, err)
	require.EqualValues(t, len(text), st.Size)
	return st.Object
}

type opener interface {
	Open(context.Context, model.ObjectID) (*vault.Object, error)
}

func get(t testing.TB, v opener, id model.ObjectID) string {
	t.Helper()
	text, err := read(t.Context(), v, id)
	require.NoError(t, err)
	return text
}

func read(ctx context.Context, v opener, id model.ObjectID) (string, error) {
	o, err := v.Open(ctx, id)
	if err != nil {
		return "", err
	}
	defer o.Close()
	text, err := io.ReadAll(o)
	if err == nil && int64(len(text)) != o.Size() {
		err = fmt.Errorf("%d bytes of %d", len(text), o.Size())
	}
	return string(text), err
}

// noise is content that does not compress, the same for the same seed.
func noise(seed uint64, n int) string {
	var full [32]byte
	binary.LittleEndian.PutUint64(full[:], seed)
	b := make([]byte, n)
	rand.NewChaCha8(full).Read(b) //nolint:errcheck // never fails
	return string(b)
}

func seqOf[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, e := range items {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func all[T any](t testing.TB, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var out []T
	for e, err := range seq {
		require.NoError(t, err)
		out = append(out, e)
	}
	return out
}

var day = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// fill puts items with the given texts into a listing of one folder.
func fill(t testing.TB, s *vault.Session, id, path string, form model.Form, items map[string]string) model.Folder {
	t.Helper()
	var entries []model.Entry
	for name, text := range items {
		entries = append(entries, model.Entry{
			ID: id + "/" + name, Name: name, Kind: model.KindMessage, Size: int64(len(text)), Form: form, Modified: day, Object: put(t, s, text),
		})
	}
	slices.SortFunc(entries, func(a, b model.Entry) int { return strings.Compare(a.Name, b.Name) })
	ref, err := s.Listing(t.Context(), seqOf(entries))
	require.NoError(t, err)
	return model.Folder{ID: id, Path: path, Listing: ref.Object, Items: ref.Items, Bytes: ref.Bytes, Created: day, Modified: day, Cursor: "cursor " + id}
}

func spec(address string, folders ...model.Folder) vault.Spec {
	return vault.Spec{
		Snapshot: model.Snapshot{Tenant: tenant, Resource: model.ResourceID("mailbox:" + address), Kind: model.Mailbox, Address: address, Run: "run1", Time: day},
		Folders:  folders, State: []byte(`{"state":"of ` + address + `"}`),
	}
}

func snapshots(t testing.TB, v *vault.Vault) []model.Snapshot {
	t.Helper()
	var out []model.Snapshot
	for _, r := range all(t, v.Ledger(t.Context(), "")) {
		out = append(out, r.Snapshots...)
	}
	return out
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]bucket.Bucket{"folder": dirBucket(t, t.TempDir()), "flat": buckettest.New()} {
		t.Run(name, func(t *testing.T) { roundTrip(t, b) })
	}
}

func roundTrip(t *testing.T, b bucket.Bucket) {
	o := options(t, b)
	v := newVault(t, o)
	s := session(t, v)
	inbox := fill(t, s, "f1", "mail/Inbox", model.FormStream, map[string]string{"one": "first mail", "two": "second mail"})
	deep := fill(t, s, "f2", "mail/Inbox/Projects", model.FormMIME, map[string]string{"three": "third mail"})
	snap, err := s.Snapshot(t.Context(), spec("anna@contoso.example", inbox, deep, model.Folder{ID: "f3", Path: "mail/Empty"}))
	require.NoError(t, err)
	require.EqualValues(t, 3, snap.Items)
	require.Empty(t, snapshots(t, v), "a snapshot counts before it is durable")
	require.NoError(t, s.Record(t.Context(), "run", []byte(`{"id":"run1"}`)))
	require.NoError(t, s.Close(t.Context()))
	require.Equal(t, []model.Snapshot{snap}, snapshots(t, v))

	again := reopen(t, o)
	records := all(t, again.Ledger(t.Context(), ""))
	last := records[len(records)-1]
	require.Equal(t, []model.Snapshot{snap}, last.Snapshots)
	require.JSONEq(t, `{"id":"run1"}`, string(last.Documents[0].Body))
	folders := all(t, again.Folders(t.Context(), snap))
	require.Len(t, folders, 3)
	require.Equal(t, inbox.Listing, folders[0].Listing)
	require.Equal(t, "cursor f1", folders[0].Cursor)
	require.NotEmpty(t, folders[0].Dir)
	entries := all(t, again.Entries(t.Context(), folders[0].Listing))
	require.Equal(t, []string{"one", "two"}, []string{entries[0].Name, entries[1].Name})
	require.Equal(t, "first mail", get(t, again, entries[0].Object))
	require.Empty(t, all(t, again.Entries(t.Context(), folders[2].Listing)))
	state, err := again.State(t.Context(), snap)
	require.NoError(t, err)
	require.Equal(t, `{"state":"of anna@contoso.example"}`, string(state))
}

func TestObjects(t *testing.T) {
	t.Parallel()
	o := options(t, empty(t))
	v := reopen(t, o)
	s := session(t, v)
	big := noise(1, 11<<20)
	texts := []string{"", "x", big, strings.Repeat("compress me ", 1<<20)}
	var ids []model.ObjectID
	for i, text := range texts {
		st, err := s.Put(t.Context(), strings.NewReader(text), vault.PutOptions{Compress: i%2 == 1, Large: i == 2})
		require.NoError(t, err)
		ids = append(ids, st.Object)
		require.True(t, get(t, s, st.Object) == text, "before the flush")
	}
	joined, err := s.Concat(t.Context(), append(ids, ids[1], ids[0]))
	require.NoError(t, err)
	none, err := s.Concat(t.Context(), nil)
	require.NoError(t, err)
	_, err = v.Open(t.Context(), ids[2])
	require.ErrorIs(t, err, vault.ErrMissing, "unflushed content is nobody else's yet")
	require.NoError(t, s.Flush(t.Context()))
	for i, text := range texts {
		require.True(t, get(t, v, ids[i]) == text)
	}
	whole := strings.Join(texts, "") + "x"
	require.True(t, get(t, v, joined) == whole)
	require.Equal(t, "", get(t, v, none))

	object, err := v.Open(t.Context(), joined)
	require.NoError(t, err)
	for _, at := range []int64{5 << 20, 0, int64(len(whole)) - 3, 11<<20 + 1, 4<<20 - 1} {
		n, err := object.Seek(at, io.SeekStart)
		require.NoError(t, err)
		require.Equal(t, at, n)
		piece := make([]byte, min(1000, len(whole)-int(at)))
		_, err = io.ReadFull(object, piece)
		require.NoError(t, err)
		require.True(t, string(piece) == whole[at:int(at)+len(piece)], "at %d", at)
	}
	end, err := object.Seek(-3, io.SeekEnd)
	require.NoError(t, err)
	require.EqualValues(t, len(whole)-3, end)
	_, err = object.Seek(-1, io.SeekStart)
	require.Error(t, err)
	require.NoError(t, s.Close(t.Context()))
	_, err = s.Put(t.Context(), strings.NewReader("late"), vault.PutOptions{})
	require.ErrorIs(t, err, vault.ErrClosed)
	for _, id := range []model.ObjectID{"", "nonsense", "Ixzz", "0123456789abcdef0123456789abcdef"} {
		_, err := v.Open(t.Context(), id)
		require.ErrorIs(t, err, vault.ErrMissing, "%q", id)
	}
}

func TestSameContentOnce(t *testing.T) {
	t.Parallel()
	b := bucket.Count(empty(t))
	v := reopen(t, options(t, b))
	attachment := noise(2, 3<<20)
	var ids []model.ObjectID
	for range 3 {
		s := session(t, v)
		for range 10 {
			ids = append(ids, put(t, s, attachment))
		}
		require.NoError(t, s.Close(t.Context()))
	}
	require.Len(t, slices.Compact(ids), 1)
	require.Less(t, b.Counts().BytesOut, int64(4<<20))
}

func TestBadSource(t *testing.T) {
	t.Parallel()
	v := reopen(t, options(t, empty(t)))
	s := session(t, v)
	defer s.Close(t.Context())
	broken := errors.New("line broken")
	_, err := s.Put(t.Context(), io.MultiReader(strings.NewReader("half"), failing{broken}), vault.PutOptions{})
	require.ErrorIs(t, err, broken)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Put(ctx, strings.NewReader("never"), vault.PutOptions{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Listing(t.Context(), func(yield func(model.Entry, error) bool) { yield(model.Entry{}, broken) })
	require.ErrorIs(t, err, broken)
	for _, names := range [][]string{{"b", "a"}, {"a", "a"}} {
		_, err = s.Listing(t.Context(), seqOf([]model.Entry{{Name: names[0]}, {Name: names[1]}}))
		require.ErrorIs(t, err, vault.ErrOrder)
	}
	for _, name := range []string{"", ".", "..", "a/b", `a\b`, "a\x00b", "\xff", strings.Repeat("x", 300)} {
		_, err = s.Listing(t.Context(), seqOf([]model.Entry{{Name: name}}))
		require.ErrorIs(t, err, vault.ErrBadEntry, "%q", name)
		if name == "" || name == "a/b" {
			continue
		}
		_, err = s.Snapshot(t.Context(), spec("anna@contoso.example", model.Folder{ID: "f", Path: "mail/" + name}))
		require.ErrorIs(t, err, vault.ErrBadEntry, "%q", name)
		_, err = s.Snapshot(t.Context(), spec(name))
		require.ErrorIs(t, err, vault.ErrBadEntry, "%q", name)
	}
	_, err = s.Snapshot(t.Context(), spec("anna@contoso.example", model.Folder{ID: "f", Path: "mail", Listing: "l0123456789abcdef0123456789abcdef"}))
	require.ErrorIs(t, err, vault.ErrMissing, "a snapshot of what is not there")
	require.ErrorContains(t, s.Record(t.Context(), "run", []byte("{")), "not JSON")
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestOpenTrouble(t *testing.T) {
	t.Parallel()
	b := buckettest.New()
	o := options(t, b)
	_, err := vault.Open(t.Context(), o)
	require.ErrorIs(t, err, vault.ErrNoVault)
	newVault(t, o)
	require.ErrorIs(t, vault.Create(t.Context(), o), vault.ErrExists)
	wrong := o
	wrong.Key = bytes.Repeat([]byte{8}, vault.KeySize)
	_, err = vault.Open(t.Context(), wrong)
	require.ErrorIs(t, err, vault.ErrKey)
	wrong.Key = wrong.Key[:31]
	_, err = vault.Open(t.Context(), wrong)
	require.ErrorIs(t, err, vault.ErrKey)
	wrong = o
	wrong.Tenant = "../x"
	_, err = vault.Open(t.Context(), wrong)
	require.ErrorContains(t, err, "tenant id")
	b.Fail(func(buckettest.Op, string) error { return bucket.ErrUnreachable })
	_, err = vault.Open(t.Context(), o)
	require.ErrorIs(t, err, bucket.ErrUnreachable)
	require.NotErrorIs(t, err, vault.ErrDamaged, "a dead line is not damage")
	b.Fail(nil)
	readOnly := o
	readOnly.ReadOnly = true
	v := reopen(t, readOnly)
	_, err = v.Session(t.Context(), vault.SessionOptions{})
	require.ErrorIs(t, err, vault.ErrReadOnly)
}

func TestCreateAfterInterruption(t *testing.T) {
	t.Parallel()
	for stop := 1; stop < 8; stop++ {
		b, n := buckettest.New(), 0
		b.Fail(func(op buckettest.Op, _ string) error {
			if op == buckettest.OpPut {
				if n++; n >= stop {
					return bucket.ErrUnreachable
				}
			}
			return nil
		})
		o := options(t, b)
		err := vault.Create(t.Context(), o)
		b.Fail(nil)
		if err == nil {
			break
		}
		if err = vault.Create(t.Context(), o); err != nil {
			require.ErrorIs(t, err, vault.ErrExists)
		}
		s := session(t, reopen(t, o))
		put(t, s, "works")
		require.NoError(t, s.Close(t.Context()))
	}
}
