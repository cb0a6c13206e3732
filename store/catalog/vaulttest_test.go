package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/catalog"
)

const tenant = model.TenantID("11111111-1111-1111-1111-111111111111")

// vault is a source in memory. Its folders are edited in place; shoot freezes
// them as a snapshot.
type vault struct {
	tenant   model.TenantID
	ledger   []catalog.Record
	folders  map[string][]model.Folder // by snapshot
	listings map[model.ObjectID][]model.Entry
	broken   map[model.ObjectID]int // listing → entries after which reading fails
	reads    map[model.ObjectID]int
	now      map[model.ResourceID]*state
}

type state struct {
	kind    model.ResourceKind
	address string
	folders map[string]model.Folder
	items   map[string][]model.Entry
}

func newVault(id model.TenantID) *vault {
	return &vault{
		tenant: id, folders: map[string][]model.Folder{}, listings: map[model.ObjectID][]model.Entry{},
		broken: map[model.ObjectID]int{}, reads: map[model.ObjectID]int{}, now: map[model.ResourceID]*state{},
	}
}

func (v *vault) resource(id model.ResourceID, kind model.ResourceKind, address string) *state {
	s := &state{kind: kind, address: address, folders: map[string]model.Folder{}, items: map[string][]model.Entry{}}
	v.now[id] = s
	return s
}

func (s *state) folder(id, path string) {
	f := s.folders[id]
	f.ID, f.Path = id, path
	s.folders[id] = f
}

func (s *state) put(folder string, entries ...model.Entry) {
	for _, e := range entries {
		s.drop(folder, e.ID)
		s.items[folder] = append(s.items[folder], e)
	}
}

func (s *state) drop(folder, id string) {
	s.items[folder] = slices.DeleteFunc(s.items[folder], func(e model.Entry) bool { return e.ID == id })
}

// shoot makes a snapshot of a resource as it is now.
func (v *vault) shoot(id model.ResourceID, at time.Time) model.Snapshot {
	s := v.now[id]
	snap := model.Snapshot{
		ID: fmt.Sprintf("snap-%s-%d", id, len(v.ledger)+1), Tenant: v.tenant, Resource: id, Kind: s.kind, Address: s.address,
		Run: "run-" + at.Format(time.DateOnly), Time: at, Form: 1,
	}
	for _, f := range s.folders {
		list := slices.SortedFunc(slices.Values(s.items[f.ID]), func(a, b model.Entry) int { return strings.Compare(a.Name, b.Name) })
		f.Items, f.Bytes, f.Listing = int64(len(list)), 0, ""
		for _, e := range list {
			f.Bytes += e.Size
		}
		if len(list) > 0 {
			f.Listing = model.ObjectID(fmt.Sprintf("k%s-%s-%x", id, f.ID, fmt.Sprint(list)))
			v.listings[f.Listing] = list
		}
		snap.Items, snap.Bytes = snap.Items+f.Items, snap.Bytes+f.Bytes
		v.folders[snap.ID] = append(v.folders[snap.ID], f)
	}
	slices.SortFunc(v.folders[snap.ID], func(a, b model.Folder) int { return strings.Compare(a.Path, b.Path) })
	v.ledger = append(v.ledger, catalog.Record{Mark: fmt.Sprintf("%06d", len(v.ledger)+1), Snapshot: snap})
	return snap
}

func (v *vault) Snapshots(_ context.Context, after string) iter.Seq2[catalog.Record, error] {
	return func(yield func(catalog.Record, error) bool) {
		for _, r := range v.ledger {
			if r.Mark > after && !yield(r, nil) {
				return
			}
		}
	}
}

func (v *vault) Folders(_ context.Context, of model.Snapshot) iter.Seq2[model.Folder, error] {
	return func(yield func(model.Folder, error) bool) {
		for _, f := range v.folders[of.ID] {
			if !yield(f, nil) {
				return
			}
		}
	}
}

var errBroken = errors.New("blob is damaged")

func (v *vault) Entries(_ context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	v.reads[listing]++
	return func(yield func(model.Entry, error) bool) {
		for i, e := range v.listings[listing] {
			if n, ok := v.broken[listing]; ok && i >= n {
				yield(model.Entry{}, errBroken)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// day is a moment of the story that the tests tell.
func day(n int) time.Time { return time.Date(2026, 3, n, 2, 0, 0, 0, time.UTC) }

func file(id, name, tag string, size int64) model.Entry {
	return model.Entry{
		ID: id, Name: name, Kind: model.KindFile, Size: size, Created: day(1), Modified: day(1).Add(time.Duration(size) * time.Minute),
		Tag: tag, Form: model.FormFile, Object: model.ObjectID("k" + id + tag), Hash: "qx:" + tag,
	}
}

func mail(id, subject, from, text string, at time.Time) model.Entry {
	return model.Entry{
		ID: id, Name: model.SafeName(subject), Kind: model.KindMessage, Size: int64(len(text)) + 1000, Created: at, Modified: at, Tag: "1",
		Form: model.FormStream, Object: model.ObjectID("k" + id), Hash: "s256:" + id,
		Mail: &model.MailFact{Class: "IPM.Note", Subject: subject, From: from, To: "Anna <anna@contoso.example>", Received: at, Sent: at, Text: text},
	}
}

func open(t testing.TB, opts catalog.Options) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(t.Context(), filepath.Join(t.TempDir(), "catalog.db"), opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

func sync(t testing.TB, c *catalog.Catalog, v *vault) {
	t.Helper()
	require.NoError(t, c.Sync(t.Context(), v.tenant, v, nil))
}

func names(rows []model.Row) []string {
	var list []string
	for _, r := range rows {
		name := r.Name
		if r.Deleted {
			name += " (deleted)"
		}
		list = append(list, name)
	}
	return list
}

func list(t testing.TB, c *catalog.Catalog, q model.ListQuery) []string {
	t.Helper()
	if q.Tenant == "" {
		q.Tenant = tenant
	}
	rows, _, err := c.List(t.Context(), q)
	require.NoError(t, err)
	return names(rows)
}

func search(t testing.TB, c *catalog.Catalog, q model.SearchQuery) []string {
	t.Helper()
	page, err := c.Search(t.Context(), q)
	require.NoError(t, err)
	return names(page.Rows)
}
