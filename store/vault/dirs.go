package vault

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kopia/kopia/fs"
	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/object"
	"github.com/kopia/kopia/snapshot"

	"vangnet/engine/model"
)

// dirSummary is what kopia keeps of all that is below a directory.
type dirSummary = fs.DirectorySummary

// Modes under which restored files appear: for their owner only.
const (
	filePermissions = 0o600
	dirPermissions  = 0o700
)

// treeWriter writes the directories of one snapshot, from the leaves to the root.
type treeWriter struct {
	s    *Session
	ctx  context.Context
	prev *previous
	dirs map[string]model.ObjectID // by path
}

// subfolders writes the directories below n.
func (t *treeWriter) subfolders(n *node) ([]*snapshot.DirEntry, error) {
	entries := make([]*snapshot.DirEntry, 0, len(n.children))
	for _, c := range n.children {
		e, err := t.dir(c)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// dir writes the directory of n with all below, or takes over the one it had.
func (t *treeWriter) dir(n *node) (*snapshot.DirEntry, error) {
	if err := t.ctx.Err(); err != nil {
		return nil, err
	}
	children, err := t.subfolders(n)
	if err != nil {
		return nil, err
	}
	if id, ok := t.prev.unchanged(n, children); ok {
		// A directory that cannot be read any more is written anew.
		if sum, err := t.s.v.summary(t.ctx, t.s.w, id); err == nil {
			t.dirs[n.path] = model.ObjectID(id.String())
			return dirEntry(n, id, sum), nil
		}
	}
	e, err := t.write(n, children, nil)
	if err != nil {
		return nil, fmt.Errorf("folder %q: %w", n.path, err)
	}
	t.dirs[n.path] = model.ObjectID(e.ObjectID.String())
	return e, nil
}

func dirEntry(n *node, id object.ID, sum dirSummary) *snapshot.DirEntry {
	e := &snapshot.DirEntry{
		Name: n.name, Type: snapshot.EntryTypeDirectory, Permissions: dirPermissions,
		ObjectID: id, DirSummary: &sum, ModTime: sum.MaxModTime,
	}
	if n.path == "" {
		e.Name = "/"
	}
	return e
}

// write writes one directory: subdirectories, then files in the order of names.
func (t *treeWriter) write(n *node, children, extras []*snapshot.DirEntry) (*snapshot.DirEntry, error) {
	o := object.WriterOptions{
		Description: "DIR:" + n.path, Prefix: "k", Compressor: compressor, MetadataCompressor: compressor, Splitter: metaSplitter,
	}
	w := t.s.w.NewObjectWriter(t.s.ctx, o)
	defer w.Close() //nolint:errcheck // it has no error to give
	d := &dirWriter{w: bufio.NewWriterSize(w, 64<<10), taken: map[string]bool{}}
	d.begin()
	for _, c := range children {
		d.taken[model.FoldName(c.Name)] = true
		d.add(c)
	}
	for _, e := range extras {
		d.hold(e, e.Name)
	}
	if err := t.files(d, n.folder); err != nil {
		return nil, err
	}
	if err := d.end(); err != nil {
		return nil, translate(err)
	}
	id, err := w.Result()
	if err != nil {
		return nil, translate(err)
	}
	return dirEntry(n, id, d.sum), nil
}

// files writes a folder's items, streaming its listing.
func (t *treeWriter) files(d *dirWriter, f *model.Folder) error {
	if f != nil && f.Listing != "" {
		own, err := t.fileEntry(itemsFile, f.Listing, f.Modified)
		if err != nil {
			return err
		}
		d.hold(own, itemsFile)
		for e, err := range t.s.Entries(t.ctx, f.Listing) {
			if err == nil {
				err = t.item(d, e)
			}
			if err != nil {
				return err
			}
		}
	}
	d.release("")
	return d.err
}

// suffixes under which the forms of content appear as files.
var suffixes = map[model.Form]string{model.FormFile: "", model.FormStream: ".fts", model.FormPieces: ".pieces", model.FormMIME: ".eml"}

func (t *treeWriter) item(d *dirWriter, e model.Entry) error {
	d.release(e.Name)
	if d.err != nil {
		return d.err
	}
	suffix, ok := suffixes[e.Form]
	if !ok {
		suffix = "." + shortSum(string(e.Form))
	}
	for _, part := range []struct {
		id     model.ObjectID
		suffix string
	}{{e.Object, suffix}, {e.MIME, ".eml"}} {
		if part.id == "" {
			continue
		}
		f, err := t.fileEntry(e.Name+part.suffix, part.id, e.Modified)
		if err != nil {
			return fmt.Errorf("item %q: %w", e.Name, err)
		}
		d.hold(f, e.ID)
	}
	return nil
}

func (t *treeWriter) fileEntry(name string, id model.ObjectID, modified time.Time) (*snapshot.DirEntry, error) {
	parsed, err := parseID(id)
	if err != nil {
		return nil, err
	}
	var size int64
	err = t.s.v.refreshing(t.ctx, func() error {
		size, err = t.s.sizeOf(t.ctx, parsed)
		return err
	})
	if err != nil {
		return nil, objectError(id, err)
	}
	return &snapshot.DirEntry{
		Name: name, Type: snapshot.EntryTypeFile, Permissions: filePermissions,
		FileSize: size, ModTime: fs.UTCTimestamp(timestamp(modified)), ObjectID: parsed,
	}, nil
}

// sizeOf returns an object's length, for small ones from the index alone.
func (s *Session) sizeOf(ctx context.Context, id object.ID) (int64, error) {
	if cid, compressed, ok := id.ContentID(); ok && !compressed {
		info, err := s.w.ContentInfo(ctx, cid)
		return int64(info.OriginalLength), err
	}
	r, err := s.w.OpenObject(ctx, id)
	if err != nil {
		return 0, err
	}
	defer r.Close() //nolint:errcheck // only its length is asked
	return r.Length(), nil
}

// dirWriter writes kopia's form of a directory as it comes, so that a folder of
// any size takes little memory. kopia wants files in the order of names, and a
// file's name is its item's with an ending; the few that change places by that
// wait in a heap.
type dirWriter struct {
	w       *bufio.Writer
	sum     dirSummary
	count   int
	err     error
	waiting fileHeap
	held    int
	last    string
	taken   map[string]bool // names of subdirectories, folded
}

// StreamType of kopia's directories (snapshotfs.dir_reader of kopia v0.23).
const dirStream = "kopia:directory"

func (d *dirWriter) begin() {
	_, d.err = d.w.WriteString(`{"stream":"` + dirStream + `","entries":[`)
}

// hold takes a file in. salt makes its mark should its name be taken.
func (d *dirWriter) hold(e *snapshot.DirEntry, salt string) {
	d.held++
	heap.Push(&d.waiting, waitingFile{e, salt, d.held})
}

// release writes the waiting files that sort before name, and so before all
// that may still come; "" means all.
func (d *dirWriter) release(name string) {
	for d.err == nil && len(d.waiting) > 0 && (name == "" || d.waiting[0].entry.Name < name) {
		f := heap.Pop(&d.waiting).(waitingFile)
		if d.count > 0 && f.entry.Name == d.last || d.taken[model.FoldName(f.entry.Name)] {
			f.entry.Name += "~" + shortSum(f.salt)[:4] // sorts after, so it may wait again
			heap.Push(&d.waiting, f)
			continue
		}
		d.last = f.entry.Name
		d.add(f.entry)
	}
}

func (d *dirWriter) add(e *snapshot.DirEntry) {
	if d.err != nil {
		return
	}
	text, err := json.Marshal(e)
	if err != nil {
		d.err = err
		return
	}
	if d.count > 0 {
		text = append([]byte{','}, text...)
	}
	d.count++
	_, d.err = d.w.Write(text)
	d.summarize(e)
}

func (d *dirWriter) summarize(e *snapshot.DirEntry) {
	if e.ModTime.After(d.sum.MaxModTime) {
		d.sum.MaxModTime = e.ModTime
	}
	if e.DirSummary == nil {
		d.sum.TotalFileCount++
		d.sum.TotalFileSize += e.FileSize
		return
	}
	d.sum.TotalFileCount += e.DirSummary.TotalFileCount
	d.sum.TotalFileSize += e.DirSummary.TotalFileSize
	d.sum.TotalDirCount += e.DirSummary.TotalDirCount
}

const summaryMark = `],"summary":`

func (d *dirWriter) end() error {
	d.sum.TotalDirCount++
	text, err := json.Marshal(d.sum)
	if err = errors.Join(d.err, err); err != nil {
		return err
	}
	if _, err := d.w.WriteString(summaryMark + string(text) + "}\n"); err != nil {
		return err
	}
	return d.w.Flush()
}

type waitingFile struct {
	entry *snapshot.DirEntry
	salt  string
	turn  int // of two with one name, the first to come keeps it
}

// fileHeap is a heap of files by name.
type fileHeap []waitingFile

func (h fileHeap) Len() int { return len(h) }
func (h fileHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].entry.Name, h[j].entry.Name), cmp.Compare(h[i].turn, h[j].turn)) < 0
}
func (h fileHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *fileHeap) Push(x any)   { *h = append(*h, x.(waitingFile)) }
func (h *fileHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

const (
	summaryTail  = 4 << 10  // bytes at a directory's end that hold its summary
	maxSummaries = 10 << 10 // kept in memory
)

// summary returns the summary of a directory that this program wrote, reading
// its end only.
func (v *Vault) summary(ctx context.Context, r repo.Repository, id object.ID) (dirSummary, error) {
	key := model.ObjectID(id.String())
	v.mu.Lock()
	sum, ok := v.summaries[key]
	v.mu.Unlock()
	if ok {
		return sum, nil
	}
	o, err := openObject(ctx, r, key)
	if err != nil {
		return sum, err
	}
	defer o.Close() //nolint:errcheck // only read
	if _, err := o.Seek(max(0, o.Size()-summaryTail), io.SeekStart); err != nil {
		return sum, err
	}
	tail, err := io.ReadAll(o)
	if err != nil {
		return sum, err
	}
	at := bytes.LastIndex(tail, []byte(summaryMark))
	if at < 0 {
		return sum, fmt.Errorf("directory %s: no summary at its end: %w", id, ErrDamaged)
	}
	if err := json.NewDecoder(bytes.NewReader(tail[at+len(summaryMark):])).Decode(&sum); err != nil {
		return sum, fmt.Errorf("directory %s: %w: %w", id, ErrDamaged, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.summaries) >= maxSummaries {
		clear(v.summaries)
	}
	v.summaries[key] = sum
	return sum, nil
}
