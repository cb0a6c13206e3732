package vault_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/bucket"
	"vangnet/store/vault"
)

// entriesOf makes n entries that all point at one object, in order.
func entriesOf(n int, object model.ObjectID) iter.Seq2[model.Entry, error] {
	return func(yield func(model.Entry, error) bool) {
		for i := range n {
			e := model.Entry{
				ID: fmt.Sprintf("AAMkAG%040d", i), Name: fmt.Sprintf("Message number %08d", i), Kind: model.KindMessage, Size: 25_000, Form: model.FormStream,
				Created: day, Modified: day.Add(time.Duration(i) * time.Second), Tag: fmt.Sprintf("CQAAABYAAAC%d", i), Object: object,
				Mail: &model.MailFact{Class: "IPM.Note", Subject: fmt.Sprintf("Subject %d of a mail", i), From: "Anna <anna@contoso.example>", To: "Bob <bob@contoso.example>", Received: day},
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func bigFolder(t testing.TB, s *vault.Session, n int, object model.ObjectID) model.Folder {
	ref, err := s.Listing(t.Context(), entriesOf(n, object))
	require.NoError(t, err)
	require.EqualValues(t, n, ref.Items)
	return model.Folder{ID: "big", Path: "mail/Big", Listing: ref.Object, Items: ref.Items, Bytes: ref.Bytes, Modified: day}
}

func TestUnchangedFoldersAreTakenOver(t *testing.T) {
	t.Parallel()
	b := bucket.Count(empty(t))
	v := reopen(t, options(t, b))
	s := session(t, v)
	big := bigFolder(t, s, 20_000, put(t, s, "mail"))
	small := fill(t, s, "small", "mail/Inbox", model.FormStream, map[string]string{"one": "1"})
	sub := fill(t, s, "sub", "mail/Inbox/Sub", model.FormStream, map[string]string{"two": "2"})
	first, err := s.Snapshot(t.Context(), spec("anna@contoso.example", big, small, sub))
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	previous := all(t, v.Folders(t.Context(), first))

	next := func(change func(folders []model.Folder) []model.Folder) (model.Snapshot, map[string]model.ObjectID) {
		s := session(t, v)
		folders := change(slices.Clone(previous))
		for i := range folders {
			folders[i].Dir = ""
		}
		sp := spec("anna@contoso.example", folders...)
		sp.Previous = previous
		snap, err := s.Snapshot(t.Context(), sp)
		require.NoError(t, err)
		require.NoError(t, s.Close(t.Context()))
		dirs := map[string]model.ObjectID{}
		for _, f := range all(t, v.Folders(t.Context(), snap)) {
			dirs[f.Path] = f.Dir
		}
		return snap, dirs
	}
	old := map[string]model.ObjectID{}
	for _, f := range previous {
		old[f.Path] = f.Dir
	}

	_, dirs := next(func(f []model.Folder) []model.Folder { return f })
	require.Equal(t, old, dirs, "nothing changed")

	_, dirs = next(func(f []model.Folder) []model.Folder { f[1].Path, f[2].Path = "mail/Moved", "mail/Moved/Sub"; return f })
	require.Equal(t, old["mail/Inbox"], dirs["mail/Moved"], "a moved folder keeps its directory")

	_, dirs = next(func(f []model.Folder) []model.Folder { f[2].Path = "mail/Inbox/Renamed"; return f })
	require.NotEqual(t, old["mail/Inbox"], dirs["mail/Inbox"], "a renamed subfolder changes its parent")
	require.Equal(t, old["mail/Inbox/Sub"], dirs["mail/Inbox/Renamed"])
	require.Equal(t, old["mail/Big"], dirs["mail/Big"])

	_, dirs = next(func(f []model.Folder) []model.Folder { return f[:2] })
	require.NotEqual(t, old["mail/Inbox"], dirs["mail/Inbox"], "a removed subfolder changes its parent")

	_, dirs = next(func(f []model.Folder) []model.Folder { f[2].Listing = ""; return f })
	require.NotEqual(t, old["mail/Inbox"], dirs["mail/Inbox"], "a changed subfolder changes its parent")

	_, dirs = next(func(f []model.Folder) []model.Folder { f[2].Path = "mail/Inbox/New/Sub"; return f })
	require.NotEqual(t, old["mail/Inbox"], dirs["mail/Inbox"], "a step in between changes the parent")
}

func TestRewriteOfALargeListingIsCheap(t *testing.T) {
	t.Parallel()
	b := bucket.Count(empty(t))
	v := reopen(t, options(t, b))
	s := session(t, v)
	object := put(t, s, "mail")
	bigFolder(t, s, 100_000, object)
	require.NoError(t, s.Flush(t.Context()))
	before := b.Counts().BytesOut
	ref, err := s.Listing(t.Context(), func(yield func(model.Entry, error) bool) {
		for e := range entriesOf(100_000, object) {
			if e.Name == "Message number 00050000" {
				e.Mail.Read = true
			}
			if !yield(e, nil) {
				return
			}
		}
	})
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	require.Less(t, b.Counts().BytesOut-before, int64(150<<10), "one changed line of a hundred thousand")
	n := 0
	for e, err := range v.Entries(t.Context(), ref.Object) {
		require.NoError(t, err)
		require.Equal(t, n == 50_000, e.Mail.Read)
		n++
	}
	require.Equal(t, 100_000, n)
}

// TestNamesKeepTheirOrder holds directories to kopia's order for names that
// endings could bring out of it.
func TestNamesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	k := newStock(t)
	b := dirBucket(t, t.TempDir())
	v := newVault(t, options(t, b))
	s := session(t, v)
	r := rand.New(rand.NewPCG(1, 2))
	object := put(t, s, "x")
	var entries []model.Entry
	names := map[string]bool{}
	for range 500 {
		var name strings.Builder
		for range 1 + r.IntN(6) {
			name.WriteString([]string{"a", "b", " ", "!", ".", "~", ".fts", ".eml", "é", "-"}[r.IntN(10)])
		}
		n := model.SafeName(name.String())
		if names[n] {
			continue
		}
		names[n] = true
		e := model.Entry{ID: n, Name: n, Form: []model.Form{model.FormFile, model.FormStream, model.FormMIME, model.FormPieces}[r.IntN(4)], Object: object}
		if r.IntN(4) == 0 {
			e.MIME = object
		}
		entries = append(entries, e)
	}
	want := 1
	for _, e := range entries {
		want++
		if e.MIME != "" {
			want++
		}
	}
	slices.SortFunc(entries, func(a, b model.Entry) int { return strings.Compare(a.Name, b.Name) })
	ref, err := s.Listing(t.Context(), seqOf(entries))
	require.NoError(t, err)
	snap, err := s.Snapshot(t.Context(), spec("anna@contoso.example", model.Folder{ID: "f", Path: "mail", Listing: ref.Object}))
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	k.connect(b, bucket.Credentials{})

	dir := all(t, v.Folders(t.Context(), snap))[0].Dir
	var last string
	count := 0
	for _, line := range strings.Split(get(t, v, dir), `{"name":"`)[1:] {
		name := line[:strings.IndexByte(line, '"')]
		require.Greater(t, name, last, "kopia wants names in order, none twice")
		last = name
		count++
	}
	require.Equal(t, want, count, "files were lost")
	require.Equal(t, want, strings.Count(k.run("ls", string(dir)), "\n"))
}

func TestOddDates(t *testing.T) {
	t.Parallel()
	k := newStock(t)
	b := dirBucket(t, t.TempDir())
	v := newVault(t, options(t, b))
	s := session(t, v)
	object := put(t, s, "x")
	var entries []model.Entry
	for i, year := range []int{1, 1601, 1970, 2026, 9999} {
		entries = append(entries, model.Entry{ID: fmt.Sprint(i), Name: fmt.Sprint(i), Form: model.FormFile, Object: object, Modified: time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)})
	}
	ref, err := s.Listing(t.Context(), seqOf(entries))
	require.NoError(t, err)
	_, err = s.Snapshot(t.Context(), spec("anna@contoso.example", model.Folder{ID: "f", Path: "mail", Listing: ref.Object}))
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	k.connect(b, bucket.Credentials{})
	k.run("snapshot", "list", "--all")
	back := all(t, v.Entries(t.Context(), ref.Object))
	for i := range entries {
		require.True(t, entries[i].Modified.Equal(back[i].Modified), "a listing keeps the date as it was")
	}
}
