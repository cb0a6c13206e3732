package vault

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/kopia/kopia/fs"
	"github.com/kopia/kopia/repo/object"
	"github.com/kopia/kopia/snapshot"

	"vangnet/engine/model"
)

// Files of ours among a tenant's, in each directory and in the root.
const (
	itemsFile    = ".vangnet-items.jsonl"
	foldersFile  = ".vangnet-folders.jsonl"
	stateFile    = ".vangnet-state"
	snapshotFile = ".vangnet-snapshot.json"
)

const (
	snapshotForm = 1 // version of the layout
	snapshotTag  = "tag:vangnet"
	maxState     = 64 << 20
	maxDepth     = 1000 // folders in folders
)

// Spec says what a snapshot is made of.
type Spec struct {
	Snapshot model.Snapshot // tenant, resource, address, run, time and failed; the rest is filled in
	Folders  []model.Folder // with Listing, Items and Bytes; Dir is filled in
	Previous []model.Folder // of an earlier snapshot of this resource: directories that did not change are taken over
	State    []byte         // the workload's own, at most 64 MB
}

// Snapshot stores a snapshot: the directory tree that the stock kopia program
// can list and restore, the table of folders, the state, and kopia's own record
// of it. It counts from the next flush on. Every listing and object it speaks of
// must have been stored by this session or be durable; otherwise ErrMissing.
func (s *Session) Snapshot(ctx context.Context, spec Spec) (model.Snapshot, error) {
	end, err := s.begin()
	if err != nil {
		return model.Snapshot{}, err
	}
	defer end()
	snap, err := s.snapshot(ctx, spec)
	if err != nil {
		return model.Snapshot{}, fmt.Errorf("snapshot of %s: %w", spec.Snapshot.Address, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snapshots = append(s.snapshots, snap)
	return snap, nil
}

func (s *Session) snapshot(ctx context.Context, spec Spec) (model.Snapshot, error) {
	snap := spec.Snapshot
	if err := checkSnapshot(snap, s.v.opts.Tenant); err != nil {
		return snap, err
	}
	if len(spec.State) > maxState {
		return snap, fmt.Errorf("state of %d bytes: %w", len(spec.State), ErrTooLarge)
	}
	root, err := newTree(spec.Folders)
	if err != nil {
		return snap, err
	}
	snap.ID, snap.Form = newSnapshotID(snap.Time), snapshotForm
	snap.Items, snap.Bytes = 0, 0
	for _, f := range spec.Folders {
		snap.Items += f.Items
		snap.Bytes += f.Bytes
	}
	t := &treeWriter{s: s, ctx: ctx, prev: newPrevious(spec.Previous), dirs: map[string]model.ObjectID{}}
	top, err := t.subfolders(root)
	if err != nil {
		return snap, err
	}
	extras, err := t.extras(&snap, spec)
	if err != nil {
		return snap, err
	}
	entry, err := t.write(root, top, extras)
	if err != nil {
		return snap, err
	}
	snap.Root = model.ObjectID(entry.ObjectID.String())
	return snap, s.saveManifest(ctx, snap, entry)
}

func checkSnapshot(snap model.Snapshot, tenant model.TenantID) error {
	if snap.Tenant != tenant {
		return fmt.Errorf("it is of tenant %s: %w", snap.Tenant, ErrBadEntry)
	}
	for _, part := range strings.Split(snap.Address, "/") {
		if !usableName(part) {
			return fmt.Errorf("address %q: %w", snap.Address, ErrBadEntry)
		}
	}
	return nil
}

func newSnapshotID(t time.Time) string {
	var random [6]byte
	rand.Read(random[:]) //nolint:errcheck // never fails
	return t.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(random[:])
}

// extras stores what lies in the root beside the tenant's own: the folder table,
// the state and the snapshot's facts, from which a lost ledger can be rebuilt.
func (t *treeWriter) extras(snap *model.Snapshot, spec Spec) ([]*snapshot.DirEntry, error) {
	var err error
	snap.Folders, err = t.s.writeLines(func(w io.Writer) error {
		for _, f := range spec.Folders {
			f.Dir = t.dirs[f.Path]
			if err := writeLine(w, f); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	files := []struct {
		name string
		id   *model.ObjectID
	}{{foldersFile, &snap.Folders}}
	if len(spec.State) > 0 {
		st, err := t.s.put(t.ctx, strings.NewReader(string(spec.State)), metaOptions())
		if err != nil {
			return nil, err
		}
		snap.State = st.Object
		files = append(files, struct {
			name string
			id   *model.ObjectID
		}{stateFile, &snap.State})
	}
	facts, err := t.s.writeLines(func(w io.Writer) error { return writeLine(w, snap) })
	if err != nil {
		return nil, err
	}
	files = append(files, struct {
		name string
		id   *model.ObjectID
	}{snapshotFile, &facts})
	entries := make([]*snapshot.DirEntry, len(files))
	for i, f := range files {
		if entries[i], err = t.fileEntry(f.name, *f.id, snap.Time); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func metaOptions() object.WriterOptions {
	return object.WriterOptions{Prefix: metaPrefix, Compressor: compressor, MetadataCompressor: compressor}
}

// saveManifest writes kopia's own record of the snapshot.
func (s *Session) saveManifest(ctx context.Context, snap model.Snapshot, root *snapshot.DirEntry) error {
	sum := root.DirSummary
	man := &snapshot.Manifest{
		Source:      snapshot.SourceInfo{Host: sourceHost, UserName: sourceUser, Path: "/" + snap.Address},
		Description: fmt.Sprintf("%d items of %s", snap.Items, snap.Address),
		StartTime:   fs.UTCTimestamp(timestamp(snap.Time)),
		EndTime:     fs.UTCTimestamp(timestamp(s.v.opts.Clock.Now())),
		RootEntry:   root,
		Tags:        map[string]string{snapshotTag: snap.ID},
		Stats: snapshot.Stats{
			TotalFileSize: sum.TotalFileSize, TotalFileCount: int32(min(sum.TotalFileCount, 1<<31-1)),
			TotalDirectoryCount: int32(min(sum.TotalDirCount, 1<<31-1)),
		},
	}
	if _, err := snapshot.SaveSnapshot(ctx, s.w, man); err != nil {
		return translate(err)
	}
	return nil
}

// timestamp is a time in kopia's form, nanoseconds in 64 bits. A tenant's dates
// may lie outside of what that holds; those are moved to its ends.
func timestamp(t time.Time) int64 {
	switch {
	case t.IsZero():
		return 0
	case t.Year() < 1700:
		t = time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)
	case t.Year() > 2200:
		t = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.UnixNano()
}

// node is a directory to be: a folder of the resource, or a step on the way to one.
type node struct {
	name     string
	path     string
	folder   *model.Folder // nil: a step only
	children []*node       // by name
}

// newTree arranges folders by their paths.
func newTree(folders []model.Folder) (*node, error) {
	root := &node{}
	byPath := map[string]*node{"": root}
	for i := range folders {
		f := &folders[i]
		n, err := ensureNode(byPath, f.Path)
		if err != nil {
			return nil, err
		}
		if n.folder != nil {
			return nil, fmt.Errorf("two folders at %q: %w", f.Path, ErrBadEntry)
		}
		n.folder = f
	}
	for _, n := range byPath {
		slices.SortFunc(n.children, func(a, b *node) int { return cmp.Compare(a.name, b.name) })
	}
	return root, nil
}

// ensureNode finds or makes the node at a path and the steps to it.
func ensureNode(byPath map[string]*node, at string) (*node, error) {
	if n := byPath[at]; n != nil {
		return n, nil
	}
	parts := strings.Split(at, "/")
	if len(parts) > maxDepth {
		return nil, fmt.Errorf("a folder %d levels deep: %w", len(parts), ErrBadEntry)
	}
	n := byPath[""]
	for i, part := range parts {
		if !usableName(part) {
			return nil, fmt.Errorf("folder %q: %w", at, ErrBadEntry)
		}
		here := strings.Join(parts[:i+1], "/")
		next := byPath[here]
		if next == nil {
			next = &node{name: part, path: here}
			byPath[here] = next
			n.children = append(n.children, next)
		}
		n = next
	}
	return n, nil
}

// previous knows the directories of an earlier snapshot.
type previous struct {
	byID     map[string]*model.Folder
	children map[string]map[string]model.ObjectID // path → name → directory
}

func newPrevious(folders []model.Folder) *previous {
	p := &previous{byID: map[string]*model.Folder{}, children: map[string]map[string]model.ObjectID{}}
	for i := range folders {
		f := &folders[i]
		p.byID[f.ID] = f
		if f.Path == "" {
			continue
		}
		for dir, id, at := path.Dir(f.Path), f.Dir, f.Path; ; dir, id, at = path.Dir(dir), "", dir {
			if dir == "." {
				dir = ""
			}
			names := p.children[dir]
			if names == nil {
				names = map[string]model.ObjectID{}
				p.children[dir] = names
			}
			// A step on the way has no known directory: "" never equals one.
			if name := path.Base(at); id != "" || names[name] == "" {
				names[name] = id
			}
			if dir == "" {
				break
			}
		}
	}
	return p
}

// unchanged returns the directory that folder n had before, when it would come
// out the same: same items, same subfolders.
func (p *previous) unchanged(n *node, children []*snapshot.DirEntry) (object.ID, bool) {
	if n.folder == nil || n.path == "" {
		return object.ID{}, false
	}
	old := p.byID[n.folder.ID]
	if old == nil || old.Path == "" || old.Dir == "" || old.Listing != n.folder.Listing {
		return object.ID{}, false
	}
	before := p.children[old.Path]
	if len(before) != len(children) {
		return object.ID{}, false
	}
	for _, c := range children {
		if string(before[c.Name]) != c.ObjectID.String() {
			return object.ID{}, false
		}
	}
	id, err := object.ParseID(string(old.Dir))
	return id, err == nil
}
