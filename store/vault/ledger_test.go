package vault_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"

	"vangnet/engine/clock"
	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/bucket/buckettest"
	"vangnet/store/bucket/miniotest"
	"vangnet/store/vault"
)

func oneSnapshot(t testing.TB, s *vault.Session, text string) model.Snapshot {
	t.Helper()
	f := fill(t, s, "f", "mail/Inbox", model.FormStream, map[string]string{"one": text})
	snap, err := s.Snapshot(t.Context(), spec("anna@contoso.example", f))
	require.NoError(t, err)
	return snap
}

func TestLedgerAfterAMark(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(time.Now())
	o := options(t, buckettest.New())
	o.Clock = c
	v := newVault(t, o)
	c.Advance(time.Minute)
	s := session(t, v)
	for i := range 5 {
		require.NoError(t, s.Record(t.Context(), "run", fmt.Appendf(nil, `{"n":%d}`, i)))
		require.NoError(t, s.Flush(t.Context()))
		c.Advance(6 * time.Minute)
	}
	require.NoError(t, s.Flush(t.Context()))
	require.NoError(t, s.Close(t.Context()))
	records := all(t, v.Ledger(t.Context(), ""))
	require.Len(t, records, 6, "creation and five flushes; a flush of nothing leaves no record")
	for i, r := range records[1:] {
		require.JSONEq(t, fmt.Sprintf(`{"n":%d}`, i), string(r.Documents[0].Body))
	}
	var later []string
	for _, r := range all(t, v.Ledger(t.Context(), records[4].Mark)) {
		later = append(later, string(r.Documents[0].Body))
	}
	require.Equal(t, []string{`{"n":2}`, `{"n":4}`}, later, "the ten minutes before the mark come again, the mark itself does not")
}

func TestLedgerRecordsCannotBeExchanged(t *testing.T) {
	t.Parallel()
	b := empty(t)
	v := reopen(t, options(t, b))
	s := session(t, v)
	oneSnapshot(t, s, "x")
	require.NoError(t, s.Close(t.Context()))
	keys := b.Keys("ledger/")
	text, err := bucket.ReadAll(t.Context(), b, keys[1], 1<<20)
	require.NoError(t, err)
	require.NotContains(t, string(text), "anna", "the ledger is encrypted")
	require.NoError(t, bucket.WriteAll(t.Context(), b, keys[0], text, bucket.PutOptions{}))
	for r, err := range v.Ledger(t.Context(), "") {
		if strings.HasSuffix(keys[0], r.Mark) {
			require.ErrorIs(t, err, vault.ErrDamaged, "a record under another's name")
		}
	}
}

// TestFlushFailsAnywhere lets each write of a flush fail in turn.
func TestFlushFailsAnywhere(t *testing.T) {
	t.Parallel()
	b := empty(t)
	v := reopen(t, options(t, b))
	s := session(t, v)
	flushes := 0
	s.OnFlush(func() { flushes++ })
	var snaps []model.Snapshot
	for failing := 1; ; failing++ {
		snaps = append(snaps, oneSnapshot(t, s, fmt.Sprint("text ", failing)))
		writes := 0
		b.Fail(func(op buckettest.Op, _ string) error {
			if op == buckettest.OpPut || op == buckettest.OpDelete {
				if writes++; writes >= failing {
					return bucket.ErrUnreachable
				}
			}
			return nil
		})
		err := s.Flush(t.Context())
		b.Fail(nil)
		whole(t, b.Clone())
		if err == nil {
			require.Greater(t, failing, 4, "marker, packs, index, ledger")
			break
		}
		require.ErrorIs(t, err, bucket.ErrUnreachable)
	}
	require.Equal(t, 1, flushes)
	require.Equal(t, snaps, snapshots(t, v), "what could not be flushed comes with the flush that can")
	oneSnapshot(t, s, "last")
	require.NoError(t, s.Close(t.Context()))
	require.Len(t, whole(t, b.Clone()), len(snaps)+1)
}

// whole opens a copy of the bucket as after a crash: all that the ledger names
// must be there.
func whole(t *testing.T, b bucket.Bucket) []model.Snapshot {
	t.Helper()
	v := reopen(t, vault.Options{Bucket: b, Tenant: tenant, Key: key})
	r := verify(t, v, 100)
	require.Empty(t, r.Damage)
	require.Empty(t, r.NoManifest)
	return snapshots(t, v)
}

func TestFlushByItself(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(time.Now())
	o := options(t, buckettest.New())
	o.Clock = c
	v := newVault(t, o)
	flushed := make(chan bool, 10)
	s, err := v.Session(t.Context(), vault.SessionOptions{FlushEvery: time.Minute, FlushBytes: 50 << 20})
	require.NoError(t, err)
	s.OnFlush(func() { flushed <- true })
	snap := oneSnapshot(t, s, "x")
	require.Eventually(t, func() bool {
		c.Advance(time.Minute)
		return len(snapshots(t, v)) > 0
	}, 10*time.Second, 20*time.Millisecond)
	require.Equal(t, []model.Snapshot{snap}, snapshots(t, v))
	<-flushed
	_, err = s.Put(t.Context(), strings.NewReader(noise(5, 80<<20)), vault.PutOptions{})
	require.NoError(t, err)
	select {
	case <-flushed:
	case <-time.After(10 * time.Second):
		t.Error("80 MB were uploaded and nothing flushed")
	}
	require.NoError(t, s.Close(t.Context()))
	require.ErrorIs(t, s.Flush(t.Context()), vault.ErrClosed)
}

func TestCancelledRunKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	v := reopen(t, options(t, empty(t)))
	ctx, cancel := context.WithCancel(t.Context())
	s, err := v.Session(ctx, vault.SessionOptions{})
	require.NoError(t, err)
	snap := oneSnapshot(t, s, "kept")
	cancel()
	require.NoError(t, s.Close(ctx))
	require.Equal(t, []model.Snapshot{snap}, snapshots(t, v))
}

func TestNoDeleteRight(t *testing.T) {
	t.Parallel()
	b := empty(t)
	v := reopen(t, options(t, b))
	deletes := 0
	b.Fail(func(op buckettest.Op, key string) error {
		if op == buckettest.OpDelete {
			deletes++
			if name := key[strings.LastIndexByte(key, '/')+1:]; name[0] != 's' {
				t.Errorf("deletes %s", key)
			}
			return bucket.ErrDenied
		}
		return nil
	})
	for i := range 20 { // enough to make kopia tidy up its list
		s := session(t, v)
		oneSnapshot(t, s, fmt.Sprint(i))
		require.NoError(t, s.Close(t.Context()))
	}
	require.True(t, verify(t, v, 100).Clean())
	require.NotZero(t, deletes)
}

func TestTwoComputers(t *testing.T) {
	t.Parallel()
	b := empty(t)
	here := reopen(t, options(t, b))
	there := reopen(t, options(t, b))
	a, z := session(t, here), session(t, there)
	one, two := oneSnapshot(t, a, "one"), oneSnapshot(t, z, "two")
	require.NoError(t, z.Close(t.Context()))
	require.NoError(t, a.Close(t.Context()))
	for _, v := range []*vault.Vault{here, there} {
		require.ElementsMatch(t, []model.Snapshot{one, two}, snapshots(t, v))
		for _, snap := range []model.Snapshot{one, two} { // without asking to refresh
			f := all(t, v.Folders(t.Context(), snap))[0]
			require.Contains(t, []string{"one", "two"}, get(t, v, all(t, v.Entries(t.Context(), f.Listing))[0].Object))
		}
	}
	require.True(t, verify(t, here, 100).Clean())

	// A run here that builds on what was stored there, known from the catalog only.
	z = session(t, there)
	theirs := fill(t, z, "f", "mail/Inbox", model.FormStream, map[string]string{"new": "three"})
	_, err := z.Snapshot(t.Context(), spec("anna@contoso.example", theirs))
	require.NoError(t, err)
	require.NoError(t, z.Close(t.Context()))
	snapshots(t, here)
	a = session(t, here)
	_, err = a.Snapshot(t.Context(), spec("anna@contoso.example", theirs))
	require.NoError(t, err)
	require.NoError(t, a.Close(t.Context()))
}

// TestTidy lives through weeks of runs.
func TestTidy(t *testing.T) {
	t.Parallel()
	b, c := buckettest.New(), clock.NewManual(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	b.Now = c.Now
	counted := bucket.Count(b)
	o := vault.Options{Bucket: counted, Tenant: tenant, Key: key, Clock: c}
	v := newVault(t, o)
	const runs = 200
	for i := range runs {
		s := session(t, v)
		oneSnapshot(t, s, fmt.Sprint("run ", i))
		require.NoError(t, s.Close(t.Context()))
		require.NoError(t, v.Tidy(t.Context()))
		c.Advance(2 * time.Hour)
	}
	before := counted.Counts().Gets
	fresh := reopen(t, o)
	require.Less(t, counted.Counts().Gets-before, int64(runs/3), "an opening reads the index of each run")
	require.Len(t, snapshots(t, fresh), runs)
	r := verify(t, fresh, 100)
	require.True(t, r.Clean(), "%+v", r)
	require.Empty(t, r.NoLedger)
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	b := empty(t)
	v := reopen(t, options(t, b))
	s := session(t, v)
	oneSnapshot(t, s, "before")
	require.NoError(t, s.Flush(t.Context()))
	b.Limit = 30 << 20
	_, err := s.Put(t.Context(), strings.NewReader(noise(6, 60<<20)), vault.PutOptions{})
	require.ErrorIs(t, err, bucket.ErrFull)
	require.NotErrorIs(t, err, vault.ErrDamaged)
	require.ErrorIs(t, s.Close(t.Context()), bucket.ErrFull)
	require.Len(t, whole(t, b.Clone()), 1)
}

func TestOnS3WithLock(t *testing.T) {
	t.Parallel()
	server := miniotest.Start(t)
	everyday, err := bucket.Open(t.Context(), server.Address(miniotest.Bucket, "msp"), server.WithoutDelete(t), bucket.Options{})
	require.NoError(t, err)
	o := options(t, everyday)
	o.Lock = &bucket.Lock{Mode: bucket.Governance, Days: 3}
	require.NoError(t, everyday.Check(t.Context(), bucket.Need{Lock: o.Lock}))
	require.ErrorIs(t, everyday.Delete(t.Context(), "x"), bucket.ErrDenied)
	v := newVault(t, o)
	require.Equal(t, o.Lock, v.Lock())
	s := session(t, v)
	snap := oneSnapshot(t, s, noise(7, 1<<20))
	require.NoError(t, s.Close(t.Context()))
	locked := map[byte]bool{}
	for info := range server.Client.ListObjects(t.Context(), miniotest.Bucket, minio.ListObjectsOptions{Recursive: true}) {
		st, err := server.Client.StatObject(t.Context(), miniotest.Bucket, info.Key, minio.StatObjectOptions{})
		require.NoError(t, err)
		kind := byte('L')
		if name, ok := strings.CutPrefix(info.Key, "msp/"+vault.Prefix(tenant)); ok {
			kind = name[0]
		}
		locked[kind] = true
		if strings.HasPrefix(info.Key, "msp/probe/") || strings.HasPrefix(info.Key, "msp/"+vault.Prefix(tenant)+"s") {
			continue // what the key has no right to delete, and nobody misses
		}
		require.Equal(t, "GOVERNANCE", st.Metadata.Get("X-Amz-Object-Lock-Mode"), info.Key)
	}
	for _, kind := range []byte("pqxkL") {
		require.True(t, locked[kind], "no blob of kind %c", kind)
	}
	again := reopen(t, o)
	require.Equal(t, o.Lock, again.Lock(), "the vault remembers its lock")
	require.True(t, verify(t, again, 100).Clean())
	f := all(t, again.Folders(t.Context(), snap))[0]
	require.NoError(t, again.Prefetch(t.Context(), []model.ObjectID{all(t, again.Entries(t.Context(), f.Listing))[0].Object, "nonsense"}))
	noSecretOnDisk(t, o.CacheDir, server.Credentials.SecretKey, vault.Password(key))
}

// noSecretOnDisk looks for secrets in the files of a folder.
func noSecretOnDisk(t *testing.T, dir string, secrets ...string) {
	files := 0
	require.NoError(t, filepath.Walk(dir, func(path string, st os.FileInfo, err error) error {
		if err != nil || st.IsDir() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, secret := range secrets {
			require.NotContains(t, string(text), secret, path)
		}
		return err
	}))
	require.NotZero(t, files)
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "vangnet-vault-*", "*"))
	require.NoError(t, err)
	for _, path := range left { // of another opening at this moment
		text, _ := os.ReadFile(path) //nolint:errcheck // it may be gone
		for _, secret := range secrets {
			require.NotContains(t, string(text), secret, path)
		}
	}
}

func TestPrefetchSavesRequests(t *testing.T) {
	t.Parallel()
	b := bucket.Count(empty(t))
	v := reopen(t, options(t, b))
	s := session(t, v)
	var ids []model.ObjectID
	for i := range 2000 {
		ids = append(ids, put(t, s, noise(uint64(i), 8000)))
	}
	require.NoError(t, s.Close(t.Context()))
	cold := reopen(t, options(t, b))
	before := b.Counts().Gets
	require.NoError(t, cold.Prefetch(t.Context(), ids))
	for i, id := range ids {
		require.True(t, get(t, cold, id) == noise(uint64(i), 8000))
	}
	require.Less(t, b.Counts().Gets-before, int64(20), "two thousand items in one pack")
}
