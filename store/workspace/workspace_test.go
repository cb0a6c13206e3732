package workspace_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"vangnet/engine/clock"
	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/bucket/buckettest"
	"vangnet/store/workspace"
)

const password = "correct horse battery"

var (
	start    = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	contoso  = model.Tenant{ID: "11111111-1111-1111-1111-111111111111", Domain: "contoso.example", Name: "Contoso", ClientID: "c", Cloud: "global"}
	fabrikam = model.Tenant{ID: "22222222-2222-2222-2222-222222222222", Domain: "Fabrikam.example", Name: "Fabrikam", ClientID: "f", Cloud: "global"}
	cheap    = workspace.Cost{Passes: 1, KiB: 64, Threads: 1}
)

func identity(name string) workspace.Identity {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return workspace.Identity{Name: name, Key: ed25519.NewKeyFromSeed(seed)}
}

func options(name string) workspace.Options {
	return workspace.Options{Identity: identity(name), Clock: clock.NewManual(start), Cost: cheap}
}

func create(t *testing.T, b workspace.Bucket, o workspace.Options) *workspace.Workspace {
	t.Helper()
	w, err := workspace.Create(t.Context(), b, password, o)
	require.NoError(t, err)
	return w
}

func open(t *testing.T, b workspace.Bucket, o workspace.Options) *workspace.Workspace {
	t.Helper()
	w, err := workspace.Open(t.Context(), b, password, o)
	require.NoError(t, err)
	return w
}

func secret(s string) workspace.Secret { return workspace.NewSecret([]byte(s)) }

func TestCreateAndOpen(t *testing.T) {
	b := buckettest.New()
	_, err := workspace.Open(t.Context(), b, password, options("Anna"))
	require.ErrorIs(t, err, workspace.ErrNoWorkspace)
	w := create(t, b, options("Anna"))
	_, err = workspace.Create(t.Context(), b, "other", options("Bob"))
	require.ErrorIs(t, err, workspace.ErrExists)
	_, err = workspace.Open(t.Context(), b, "wrong", options("Anna"))
	require.ErrorIs(t, err, workspace.ErrPassword)

	tenant, err := w.ConnectTenant(t.Context(), contoso, workspace.Credential{ClientSecret: secret("s3cret")}, "PEM")
	require.NoError(t, err)
	require.Len(t, tenant.VaultKey.Reveal(), 32)
	again := open(t, b, options("Bob"))
	require.Equal(t, w.ID(), again.ID())
	got, ok := again.State().Tenant("CONTOSO.example")
	require.True(t, ok)
	require.Equal(t, tenant, got)
	require.Equal(t, "s3cret", string(got.Credential.ClientSecret.Reveal()))
	require.Equal(t, []string{"Anna"}, technicians(again))
	require.NoError(t, again.Set(t.Context(), "language", "nl"))
	require.Equal(t, []string{"Anna", "Bob"}, technicians(again))
	require.NoError(t, w.Refresh(t.Context()))
	require.JSONEq(t, `"nl"`, string(w.State().Settings["language"]))
	require.Equal(t, []string{"Anna", "Bob"}, technicians(w))
}

// Every desk locks what it writes as the workspace was made, whatever it was
// told itself, and nobody takes the lock out of the key file.
func TestLockIsTheWorkspaces(t *testing.T) {
	b := buckettest.New()
	lock := &bucket.Lock{Mode: bucket.Compliance, Days: 30}
	o := options("Anna")
	o.Lock = lock
	create(t, b, o)
	other := open(t, b, options("Bob"))
	require.Equal(t, lock, other.Lock())
	require.NoError(t, other.Set(t.Context(), "language", "nl"))
	keys := b.Keys("")
	require.Greater(t, len(keys), 2)
	for _, key := range keys {
		require.Equal(t, lock, b.Lock(key), key)
	}
	r, err := b.Get(t.Context(), "workspace/key.json", 0, -1)
	require.NoError(t, err)
	file, err := io.ReadAll(r)
	require.NoError(t, err)
	file = bytes.Replace(file, []byte(`compliance:30d`), []byte(`governance:1d`), 1)
	forged := buckettest.New()
	require.NoError(t, forged.Put(t.Context(), "workspace/key.json", bytes.NewReader(file), int64(len(file)), bucket.PutOptions{}))
	_, err = workspace.Open(t.Context(), forged, password, options("Bob"))
	require.ErrorIs(t, err, workspace.ErrDamaged)
}

func technicians(w *workspace.Workspace) (names []string) {
	for _, t := range w.State().Technicians {
		names = append(names, t.Name)
	}
	return names
}

func TestPasswordInAnyUnicodeForm(t *testing.T) {
	b := buckettest.New()
	_, err := workspace.Create(t.Context(), b, "caf\u00e9", options("Anna"))
	require.NoError(t, err)
	_, err = workspace.Open(t.Context(), b, "cafe\u0301", options("Anna"))
	require.NoError(t, err)
}

// TestStory connects, changes and disconnects on two computers.
func TestStory(t *testing.T) {
	b := buckettest.New()
	anna, bob := create(t, b, options("Anna")), open(t, b, options("Bob"))
	ctx := t.Context()
	first, err := anna.ConnectTenant(ctx, contoso, workspace.Credential{ClientSecret: secret("one")}, "")
	require.NoError(t, err)
	require.ErrorIs(t, bob.DisconnectTenant(ctx, contoso.ID), workspace.ErrNoTenant, "not seen yet")
	require.NoError(t, bob.Refresh(ctx))
	require.NoError(t, bob.Choose(ctx, contoso.ID, "mailbox:1", workspace.Choice{Included: false, Reason: "left"}))
	changed := contoso
	changed.Package = model.PackageVeilig
	require.NoError(t, bob.UpdateTenant(ctx, changed))
	require.NoError(t, bob.SetCredential(ctx, contoso.ID, workspace.Credential{Certificate: secret("pem")}))
	require.NoError(t, anna.Refresh(ctx))
	got, _ := anna.State().Tenant("contoso.example")
	require.Equal(t, model.PackageVeilig, got.Package)
	require.Equal(t, "pem", string(got.Credential.Certificate.Reveal()))
	require.True(t, got.Credential.ClientSecret.Empty())
	require.Equal(t, "left", got.Choices["mailbox:1"].Reason)
	require.Equal(t, workspace.KeyID(identity("Bob").Key.Public().(ed25519.PublicKey)), got.ChangedBy)

	require.NoError(t, anna.DisconnectTenant(ctx, contoso.ID))
	got, _ = anna.State().Tenant("contoso.example")
	require.False(t, got.Connected)
	require.True(t, got.Credential.Certificate.Empty())
	require.True(t, got.VaultKey.Equal(first.VaultKey), "the copies stay readable")
	require.NoError(t, bob.Refresh(ctx))
	back, err := bob.ConnectTenant(ctx, contoso, workspace.Credential{ClientSecret: secret("two")}, "")
	require.NoError(t, err)
	require.True(t, back.Connected)
	require.True(t, back.VaultKey.Equal(first.VaultKey))
	require.Len(t, bob.History(), 8, "two technicians, six facts")
}

// TestLaterStandsDespiteClocks: who has read before writing comes after, even
// with a clock that is behind.
func TestLaterStandsDespiteClocks(t *testing.T) {
	b := buckettest.New()
	ahead, behind := options("Anna"), options("Bob")
	behind.Clock = clock.NewManual(start.Add(-48 * time.Hour))
	anna := create(t, b, ahead)
	require.NoError(t, anna.Set(t.Context(), "term", "90d"))
	bob := open(t, b, behind)
	require.NoError(t, bob.Set(t.Context(), "term", "forever"))
	require.NoError(t, anna.Refresh(t.Context()))
	require.JSONEq(t, `"forever"`, string(anna.State().Settings["term"]))
}

// TestAtOnce has many computers write at the same moment.
func TestAtOnce(t *testing.T) {
	b := buckettest.New()
	create(t, b, options("Anna"))
	const computers = 8
	var group errgroup.Group
	keys := make([]workspace.Secret, computers)
	for i := range computers {
		w := open(t, b, options(fmt.Sprint("tech", i)))
		group.Go(func() error {
			tenant, err := w.ConnectTenant(t.Context(), contoso, workspace.Credential{ClientSecret: secret(fmt.Sprint(i))}, "")
			keys[i] = tenant.VaultKey
			return errors.Join(err, w.Set(t.Context(), fmt.Sprint("from", i), i))
		})
	}
	require.NoError(t, group.Wait())
	one, two := open(t, b, options("Anna")), open(t, b, options("Bob"))
	require.Len(t, one.State().Settings, computers)
	require.Len(t, one.History(), 1+3*computers, "all documents survive")
	require.Equal(t, one.State(), two.State())
	for _, key := range keys {
		require.True(t, key.Equal(keys[0]), "all have the one vault key")
	}
}

func TestDamage(t *testing.T) {
	b := buckettest.New()
	w := create(t, b, options("Anna"))
	ctx := t.Context()
	require.NoError(t, w.Set(ctx, "good", 1))
	require.NoError(t, w.Set(ctx, "bad", 1))
	require.NoError(t, w.Append(ctx, "from.the.future", map[string]int{"x": 1}))
	require.NoError(t, w.Append(ctx, "setting", "not an object"))
	docs := b.Keys("workspace/docs/")
	require.Len(t, docs, 5)
	b.Corrupt(docs[2], 40)
	put := func(name string, data []byte) {
		require.NoError(t, b.Put(ctx, name, bytes.NewReader(data), int64(len(data)), bucket.PutOptions{}))
	}
	good := read(t, b, docs[1])
	moved := docs[1][:len(docs[1])-4] + "0000"
	put(moved, good) // a copy under another name
	put("workspace/docs/zz", nil)
	put("workspace/docs/zzz", bytes.Repeat([]byte{1}, 2<<20))
	other := open(t, b, options("Bob"))
	s := other.State()
	require.Contains(t, s.Settings, "good")
	require.NotContains(t, s.Settings, "bad")
	require.Equal(t, 1, s.Unknown)
	causes := map[string]string{}
	for _, d := range s.Damage {
		causes[d.Name] = d.Cause
	}
	require.Len(t, causes, 5)
	require.Contains(t, causes[docs[2]], "seal")
	require.Contains(t, causes[docs[4]], "not readable")
	require.Contains(t, causes[moved], "seal")
	require.Contains(t, causes["workspace/docs/zz"], "version")
	require.Contains(t, causes["workspace/docs/zzz"], "too large")
}

// TestForged writes as someone who has the password but not Anna's key.
func TestForged(t *testing.T) {
	b := buckettest.New()
	create(t, b, options("Anna"))
	mallory := open(t, b, options("Mallory"))
	anna := identity("Anna").Key.Public().(ed25519.PublicKey)
	require.NoError(t, mallory.Append(t.Context(), "technician", map[string]any{"name": "Anna the second", "key": []byte(anna)}))
	require.Equal(t, []string{"Anna", "Mallory"}, technicians(mallory))
	require.Len(t, mallory.State().Damage, 1)
}

func TestTakenAway(t *testing.T) {
	b := buckettest.New()
	o := options("Anna")
	o.CacheDir = t.TempDir()
	w := create(t, b, o)
	require.NoError(t, w.Set(t.Context(), "kept", true))
	docs := b.Keys("workspace/docs/")
	require.NoError(t, b.Delete(t.Context(), docs[1]))
	for _, w := range []*workspace.Workspace{w, open(t, b, o)} {
		require.NoError(t, w.Refresh(t.Context()))
		require.Contains(t, w.State().Settings, "kept")
		require.Equal(t, []workspace.Damage{{Name: docs[1], Cause: "was in the bucket and is no more"}}, w.State().Damage)
	}
}

func TestCacheAndOffline(t *testing.T) {
	b := buckettest.New()
	o := options("Anna")
	o.CacheDir = t.TempDir()
	w := create(t, b, o)
	tenant, err := w.ConnectTenant(t.Context(), fabrikam, workspace.Credential{ClientSecret: secret("TOPSECRET")}, "")
	require.NoError(t, err)

	gets := 0
	b.Fail(func(op buckettest.Op, key string) error {
		if op == buckettest.OpGet && key != "workspace/key.json" {
			gets++
		}
		return nil
	})
	again := open(t, b, o)
	require.Zero(t, gets, "a start with a cache only lists")
	require.Equal(t, w.State(), again.State())

	b.Fail(func(buckettest.Op, string) error { return bucket.ErrUnreachable })
	alone := open(t, b, o)
	require.ErrorIs(t, alone.Offline(), workspace.ErrOffline)
	require.ErrorIs(t, alone.Offline(), bucket.ErrUnreachable)
	got, _ := alone.State().Tenant(string(fabrikam.ID))
	require.True(t, got.VaultKey.Equal(tenant.VaultKey))
	require.ErrorIs(t, alone.Set(t.Context(), "x", 1), bucket.ErrUnreachable)
	_, err = workspace.Open(t.Context(), b, "wrong", o)
	require.ErrorIs(t, err, workspace.ErrPassword)
	_, err = workspace.Open(t.Context(), b, password, options("no cache"))
	require.ErrorIs(t, err, bucket.ErrUnreachable)
	b.Fail(nil)
	require.NoError(t, alone.Refresh(t.Context()))
	require.NoError(t, alone.Offline())

	require.NoError(t, filepath.WalkDir(o.CacheDir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		require.NotContains(t, string(data), "TOPSECRET")
		require.NoError(t, os.WriteFile(path, data[:len(data)/2], 0o600)) // a spoilt cache is no harm
		return err
	}))
	require.Equal(t, w.State(), open(t, b, o).State())
}

func TestNothingReadableInBucket(t *testing.T) {
	b := buckettest.New()
	w := create(t, b, options("Anna"))
	tenant, err := w.ConnectTenant(t.Context(), fabrikam, workspace.Credential{ClientSecret: secret("TOPSECRET")}, "")
	require.NoError(t, err)
	for _, key := range b.Keys("") {
		data := read(t, b, key)
		for _, word := range []string{"TOPSECRET", "abrikam", "Anna", string(tenant.VaultKey.Reveal())} {
			require.NotContains(t, string(data), word, key)
		}
	}
}

func TestKeyFile(t *testing.T) {
	b := buckettest.New()
	create(t, b, options("Anna"))
	good := read(t, b, "workspace/key.json")
	for name, x := range map[string]struct {
		change func(map[string]any)
		want   error
	}{
		"newer":       {func(f map[string]any) { f["version"] = 2 }, workspace.ErrNewer},
		"sealed key":  {func(f map[string]any) { f["sealed_key"] = "AAAA" }, workspace.ErrDamaged},
		"greedy cost": {func(f map[string]any) { f["cost"] = map[string]any{"passes": 1, "kib": 1 << 31, "threads": 1} }, workspace.ErrDamaged},
		"climbing id": {func(f map[string]any) { f["workspace"] = "../../x" }, workspace.ErrDamaged},
		"nothing":     {func(f map[string]any) { clear(f) }, workspace.ErrDamaged},
	} {
		var f map[string]any
		require.NoError(t, json.Unmarshal(good, &f))
		x.change(f)
		data, err := json.Marshal(f)
		require.NoError(t, err)
		require.NoError(t, b.Put(t.Context(), "workspace/key.json", bytes.NewReader(data), int64(len(data)), bucket.PutOptions{}))
		_, err = workspace.Open(t.Context(), b, password, options("Anna"))
		require.ErrorIs(t, err, x.want, name)
	}
}

func TestSecretHides(t *testing.T) {
	s := secret("hush")
	c := workspace.Credential{ClientSecret: s}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "c", c)
	text := fmt.Sprintf("%v %+v %#v %s %q %x %d", s, c, c, s, s, s, s) + fmt.Sprint(c) + log.String()
	require.NotContains(t, text, "hush")
	require.NotContains(t, strings.ToLower(text), "68757368")
	require.NotContains(t, text, "104")
	_, err := json.Marshal(c)
	require.Error(t, err)
}

func TestBadUse(t *testing.T) {
	b := buckettest.New()
	_, err := workspace.Create(t.Context(), b, password, workspace.Options{Cost: cheap})
	require.ErrorContains(t, err, "technician key")
	require.Empty(t, b.Keys(""), "nothing was written")
	w := create(t, b, options("Anna"))
	for _, id := range []model.TenantID{"", "../../../../../../../../etc/passwd-1234", "11111111-1111-1111-1111-11111111111G"} {
		_, err := w.ConnectTenant(t.Context(), model.Tenant{ID: id}, workspace.Credential{}, "")
		require.Error(t, err, id)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	require.ErrorIs(t, w.Set(ctx, "x", 1), context.Canceled)
}

// TestRealCost runs the recommended password cost once.
func TestRealCost(t *testing.T) {
	b := buckettest.New()
	o := options("Anna")
	o.Cost = workspace.Cost{}
	create(t, b, o)
	open(t, b, options("Anna"))
}

func read(t *testing.T, b workspace.Bucket, key string) []byte {
	t.Helper()
	r, err := b.Get(t.Context(), key, 0, -1)
	require.NoError(t, err)
	data, err := io.ReadAll(r)
	require.NoError(t, errors.Join(err, r.Close()))
	return data
}
