package vault_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/vault"
)

// TestEarlierVaultsGoOnWorking opens a vault of the time when content was named
// by BLAKE2b and the ledger summed blobs up by SHA-256, and writes into it.
func TestEarlierVaultsGoOnWorking(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "earlier"))))
	v := reopen(t, vault.Options{Bucket: dirBucket(t, dir), Tenant: tenant, Key: key})
	snaps := snapshots(t, v)
	require.Len(t, snaps, 1)
	for f, err := range v.Folders(t.Context(), snaps[0]) {
		require.NoError(t, err)
		for e, err := range v.Entries(t.Context(), f.Listing) {
			require.NoError(t, err)
			require.Equal(t, "written by an earlier version", get(t, v, e.Object))
		}
	}

	s := session(t, v)
	later := spec("anna@contoso.example", fill(t, s, "f", "mail/Inbox", model.FormStream, map[string]string{"reply": "written by this one"}))
	_, err := s.Snapshot(t.Context(), later)
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	require.Len(t, snapshots(t, v), 2)
	require.True(t, verify(t, v, 100).Clean())

	// The end of a pack belongs to no content: only its sum tells.
	packs, err := filepath.Glob(filepath.Join(dir, "tenants", string(tenant), "p", "*", "*.f"))
	require.NoError(t, err)
	require.Len(t, packs, 2)
	for i, path := range packs {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		text[len(text)-1] ^= 1
		require.NoError(t, os.WriteFile(path, text, 0o600))
		require.Len(t, verify(t, v, 100).Damage, i+1)
	}
}

// TestDenseContentIsStoredAsItIs: what looks random is not compressed, whether
// or not it could have been; all else is.
func TestDenseContentIsStoredAsItIs(t *testing.T) {
	t.Parallel()
	random := noise(5, 64<<10)
	for _, c := range []struct {
		name, text string
		compress   bool
		most       float64 // of what is stored, in parts of the text
		least      float64
	}{
		{"text", strings.Repeat("offerte voor het dak ", 20_000), true, 0.1, 0},
		{"random, repeated", strings.Repeat(random, 5), true, 1.1, 1},
		{"too short to tell", strings.Repeat(noise(7, 1<<10), 12), true, 0.7, 0},
		{"text that is said not to compress", strings.Repeat("offerte ", 50_000), false, 1.1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := bucket.Count(empty(t))
			v := reopen(t, options(t, b))
			s := session(t, v)
			before := b.Counts().BytesOut
			st, err := s.Put(t.Context(), strings.NewReader(c.text), vault.PutOptions{Compress: c.compress})
			require.NoError(t, err)
			require.NoError(t, s.Close(t.Context()))
			require.Equal(t, c.text, get(t, v, st.Object))
			stored := float64(b.Counts().BytesOut-before) / float64(len(c.text))
			require.LessOrEqual(t, stored, c.most)
			require.GreaterOrEqual(t, stored, c.least)
		})
	}
}
