package vault_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/bucket/buckettest"
	"vangnet/store/vault"
)

// patient is a vault in memory with two snapshots, and what is in them.
type patient struct {
	b     *buckettest.Memory
	texts map[string]string // by path of the newest snapshot
	snaps []model.Snapshot
}

func newPatient(t *testing.T) patient {
	p := patient{b: empty(t), texts: map[string]string{}}
	v := reopen(t, options(t, p.b))
	for run := range 2 {
		s := session(t, v)
		var folders []model.Folder
		for f := range 3 {
			items := map[string]string{}
			for i := range 5 {
				name := fmt.Sprintf("item %d", i)
				items[name] = fmt.Sprintf("run %d of folder %d: %s", run*(f&1), f, noise(uint64(run*(f&1)*100+f*10+i), 2000))
				p.texts[fmt.Sprintf("mail/F%d/%s", f, name)] = items[name]
			}
			folders = append(folders, fill(t, s, fmt.Sprint("f", f), fmt.Sprint("mail/F", f), model.FormStream, items))
		}
		large := fill(t, s, "large", "mail/Large", model.FormStream, map[string]string{"large": noise(99, 9<<20)})
		snap, err := s.Snapshot(t.Context(), spec("anna@contoso.example", append(folders, large)...))
		require.NoError(t, err)
		require.NoError(t, s.Close(t.Context()))
		p.snaps = append(p.snaps, snap)
	}
	return p
}

func verify(t *testing.T, v *vault.Vault, percent float64) vault.Report {
	t.Helper()
	r, err := v.Verify(t.Context(), vault.VerifyOptions{ReadPercent: percent})
	require.NoError(t, err)
	return r
}

func TestVerifyOfAWholeVault(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	v := reopen(t, options(t, p.b))
	for _, percent := range []float64{0, 50, 100} {
		var last vault.VerifyProgress
		r, err := v.Verify(t.Context(), vault.VerifyOptions{ReadPercent: percent, Seed: 1, Progress: func(p vault.VerifyProgress) { last = p }})
		require.NoError(t, err)
		require.True(t, r.Clean(), "%+v", r)
		require.Empty(t, r.NoLedger)
		require.EqualValues(t, 2, r.Snapshots)
		require.Equal(t, last.ContentsTotal, last.Contents, "all that was to be done is done")
		require.Equal(t, last.BytesTotal, last.Bytes)
		switch percent {
		case 0:
			require.Zero(t, r.ReadContents)
			require.Equal(t, r.Contents, last.Contents)
		case 50:
			require.Greater(t, r.ReadContents, r.Contents/5)
			require.Less(t, r.ReadContents, r.Contents)
		case 100:
			require.Equal(t, r.Contents, r.ReadContents)
		}
	}
}

// TestEveryFlippedBitIsFound flips a bit of every blob with content, also where
// it only fills up.
func TestEveryFlippedBitIsFound(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	for _, at := range []int{0, 200, -1} {
		b := p.b.Clone()
		var want, got []string
		for _, key := range b.Keys(vault.Prefix(tenant)) {
			if kind := key[strings.LastIndexByte(key, '/')+1]; kind == 'p' || kind == 'q' {
				b.Corrupt(key, at)
				want = append(want, key)
			}
		}
		v := reopen(t, options(t, b))
		r := verify(t, v, 100)
		for _, d := range r.Damage {
			got = append(got, d.Blob)
		}
		if at == 200 { // the others are spoiled, but what the packs hold is not
			require.NotEmpty(t, restoreOrRefuse(t, v, p))
		}
		require.Equal(t, want, got, "at %d", at)
	}
}

func TestSpoiledIndex(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	for _, key := range p.b.Keys(vault.Prefix(tenant) + "x") {
		b := p.b.Clone()
		v := reopen(t, options(t, b))
		b.Corrupt(key, 50)
		_, err := vault.Open(t.Context(), options(t, b))
		require.ErrorIs(t, err, vault.ErrDamaged)
		require.ErrorContains(t, err, key[strings.LastIndexByte(key, '/')+1:], "it names the blob")
		r := verify(t, v, 0)
		require.Len(t, r.Damage, 1)
		require.Equal(t, key, r.Damage[0].Blob)
		require.NotEmpty(t, r.Damage[0].Affected)
	}
}

// restoreOrRefuse reads everything: each item comes back as it was or not at all.
func restoreOrRefuse(t *testing.T, v *vault.Vault, p patient) (lost []string) {
	t.Helper()
	for f, err := range v.Folders(t.Context(), p.snaps[1]) {
		if err != nil {
			return []string{"everything"}
		}
		for e, err := range v.Entries(t.Context(), f.Listing) {
			if err != nil {
				lost = append(lost, f.Path)
				break
			}
			path := f.Path + "/" + e.Name
			text, err := read(t.Context(), v, e.Object)
			if err != nil {
				lost = append(lost, path)
				continue
			}
			if want, ok := p.texts[path]; ok {
				require.True(t, want == text, "bad data in %s", path)
			}
		}
	}
	return lost
}

func size(b *buckettest.Memory, key string) int {
	info, _ := b.Stat(context.Background(), key)
	return int(info.Size)
}

func affected(r vault.Report, snap model.Snapshot) (paths []string) {
	for _, d := range r.Damage {
		for _, a := range d.Affected {
			if a.Snapshot == snap.ID {
				paths = append(paths, a.Path)
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func TestDamageIsNamed(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	for _, harm := range []struct {
		name    string
		do      func(b *buckettest.Memory, key string)
		problem vault.Problem
		percent float64
	}{
		{"missing", func(b *buckettest.Memory, key string) { b.Delete(t.Context(), key) }, vault.ProblemMissing, 0},
		{"truncated", func(b *buckettest.Memory, key string) { b.Truncate(key, 20) }, vault.ProblemTruncated, 0},
		{"flipped", func(b *buckettest.Memory, key string) { b.Corrupt(key, min(200, size(b, key)/2)) }, vault.ProblemChanged, 100},
	} {
		for i, key := range p.b.Keys(vault.Prefix(tenant)) {
			if i%2 == 1 && harm.percent > 0 && !strings.Contains(key, "/kopia.") {
				continue // the other run's blob of this kind
			}
			t.Run(harm.name+" "+key[len(vault.Prefix(tenant)):][:2], func(t *testing.T) {
				t.Parallel()
				b := p.b.Clone()
				v := reopen(t, options(t, b)) // index and format are in memory
				harm.do(b, key)
				r := verify(t, v, harm.percent)
				if strings.Contains(key, "/kopia.") && harm.name == "flipped" && len(r.Damage) == 0 {
					restored := reopen(t, options(t, b)) // a byte without meaning
					require.Empty(t, restoreOrRefuse(t, restored, p))
					return
				}
				require.Len(t, r.Damage, 1, "%+v", r)
				require.Equal(t, key, r.Damage[0].Blob)
				require.False(t, r.Clean())
				switch kind := key[len(vault.Prefix(tenant))]; kind {
				case 'p':
					require.Equal(t, harm.problem, r.Damage[0].Problem)
					// What the report names and what cannot be read are the same.
					fresh := reopen(t, options(t, b))
					lost := restoreOrRefuse(t, fresh, p)
					slices.Sort(lost)
					require.NotEmpty(t, append(lost, affected(r, p.snaps[0])...))
					require.Equal(t, lost, affected(r, p.snaps[1]))
				case 'x', 'q':
					require.NotEmpty(t, append(affected(r, p.snaps[0]), affected(r, p.snaps[1])...), "%+v", r)
				case 'k':
					if harm.name == "missing" && strings.HasSuffix(key, "blobcfg") {
						return // all can be read; what is lost is the lock of what is to come
					}
					require.NotEmpty(t, affected(r, p.snaps[1]))
				}
			})
		}
	}
}

func TestLedgerDamageIsNamed(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	for _, key := range p.b.Keys("ledger/") {
		b := p.b.Clone()
		b.Corrupt(key, -1)
		v := reopen(t, options(t, b))
		r := verify(t, v, 0)
		require.Len(t, r.Damage, 1)
		require.Equal(t, vault.Damage{Blob: key, Problem: vault.ProblemChanged}, r.Damage[0])
		seen, bad := 0, 0
		for rec, err := range v.Ledger(t.Context(), "") {
			if err != nil {
				require.ErrorIs(t, err, vault.ErrDamaged)
				require.Contains(t, key, rec.Mark)
				bad++
			}
			seen++
		}
		require.Equal(t, []int{3, 1}, []int{seen, bad}, "the others can be read")
	}
}

func TestHealALostLedger(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	keys := p.b.Keys("ledger/")
	require.NoError(t, p.b.Delete(t.Context(), keys[1]))
	v := reopen(t, options(t, p.b))
	require.Equal(t, p.snaps[1:], snapshots(t, v))
	require.Equal(t, []string{p.snaps[0].ID}, verify(t, v, 0).NoLedger)
	for _, key := range keys {
		require.NoError(t, p.b.Delete(t.Context(), key))
	}
	require.Empty(t, snapshots(t, v))
	healed, err := v.Heal(t.Context())
	require.NoError(t, err)
	byID := func(a, b model.Snapshot) int { return strings.Compare(a.ID, b.ID) }
	slices.SortFunc(healed, byID)
	want := slices.Clone(p.snaps)
	slices.SortFunc(want, byID)
	require.Equal(t, want, healed)
	require.ElementsMatch(t, want, snapshots(t, v))
	healed, err = v.Heal(t.Context())
	require.NoError(t, err)
	require.Empty(t, healed)
	require.True(t, verify(t, v, 100).Clean())
}
