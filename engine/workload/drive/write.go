package drive

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"vangnet/engine/graph"
	"vangnet/engine/graph/quickxor"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// Writer puts files back into a live drive.
type Writer struct {
	Client *graph.Client
	Drive  string
	Look   bool // change nothing

	mu    sync.Mutex
	spots map[string]*spot // by folded path
	root  *spot
	dated []dated
}

var _ workload.Target = (*Writer)(nil)

// dated is a folder that gets its dates when all is in it.
type dated struct {
	id   string
	like model.Folder
}

// spot is one live folder.
type spot struct {
	w  *Writer
	id string

	mu    sync.Mutex
	items map[string]graph.DriveItem // by folded name
}

// Folder finds or makes a folder.
func (w *Writer) Folder(ctx context.Context, path []workload.Step, like model.Folder) (workload.Spot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.spots == nil {
		w.spots = map[string]*spot{}
		root, err := w.load(ctx, "root")
		if err != nil {
			return nil, err
		}
		w.root = root
	}
	at, key := w.root, ""
	for i, step := range path {
		key += "/" + model.FoldName(step.Title)
		if have, ok := w.spots[key]; ok {
			at = have
			continue
		}
		next, made, err := w.enter(ctx, at, step.Title)
		if safe := cmp.Or(step.Name, model.SafeName(step.Title)); next == nil && (err == nil || refusesName(err)) && safe != step.Title {
			next, made, err = w.enter(ctx, at, safe)
		}
		if err != nil {
			return nil, fmt.Errorf("folder %q: %w", step.Title, err)
		}
		if next == nil {
			return nil, nil // a look only: it is not there
		}
		if made && i == len(path)-1 {
			w.dated = append(w.dated, dated{id: next.id, like: like})
		}
		w.spots[key] = next
		at = next
	}
	return at, nil
}

// refusesName tells a service that does not take a name: then the name that the
// copy gave goes instead. No name that OneDrive took itself is refused, but the
// copy may come from another place, or from an older, more lenient service.
func refusesName(err error) bool {
	var e *graph.Error
	return errors.As(err, &e) && e.Status == http.StatusBadRequest
}

// load reads what is in a folder.
func (w *Writer) load(ctx context.Context, id string) (*spot, error) {
	children, err := w.Client.Children(ctx, w.Drive, id)
	if err != nil {
		return nil, fmt.Errorf("list folder: %w", err)
	}
	s := &spot{w: w, id: id, items: make(map[string]graph.DriveItem, len(children))}
	for _, c := range children {
		s.items[model.FoldName(c.Name)] = c
	}
	return s, nil
}

// enter finds or makes a folder in another.
func (w *Writer) enter(ctx context.Context, in *spot, name string) (s *spot, made bool, err error) {
	if c, ok := in.find(name); ok {
		if !c.Folder {
			return nil, false, fmt.Errorf("%w: a file has this name", graph.ErrExists)
		}
		s, err = w.load(ctx, c.ID)
		return s, false, err
	}
	if w.Look {
		return nil, false, nil
	}
	c, err := w.Client.CreateFolder(ctx, w.Drive, in.id, name, graph.Fail)
	if errors.Is(err, graph.ErrExists) { // it was made, and the answer lost; or someone was quicker
		if in, err = w.load(ctx, in.id); err != nil {
			return nil, false, err
		}
		if c, ok := in.find(name); ok && c.Folder {
			s, err = w.load(ctx, c.ID)
			return s, true, err
		}
		return nil, false, graph.ErrExists
	}
	if err != nil {
		return nil, false, err
	}
	in.note(c)
	return &spot{w: w, id: c.ID, items: map[string]graph.DriveItem{}}, true, nil
}

func (s *spot) find(name string) (graph.DriveItem, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.items[model.FoldName(name)]
	return c, ok
}

func (s *spot) note(c graph.DriveItem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[model.FoldName(c.Name)] = c
}

// Has reports whether the folder has something of that name, or of the one it
// gets where the service refuses that.
func (s *spot) Has(e model.Entry) bool {
	_, ok := s.find(titleOf(e))
	if !ok && e.Name != titleOf(e) {
		_, ok = s.find(e.Name)
	}
	return ok
}

// Put uploads a file. A file that it replaces stays as it was until the new
// content is complete: the service swaps them at the end, and keeps the old one
// as a version.
func (s *spot) Put(ctx context.Context, e model.Entry, content workload.Content, conflict model.Conflict) error {
	if e.Kind == model.KindNotebook || e.Object == "" {
		return fmt.Errorf("%w: notebooks are out of reach", workload.ErrNoContent)
	}
	how := graph.Fail
	switch conflict {
	case model.ConflictCopy:
		how = graph.Rename
	case model.ConflictReplace:
		how = graph.Replace
	}
	src := graph.Source{Size: e.Size, Open: func(offset int64) (io.ReadCloser, error) {
		r, err := content.Open(ctx, e.Object)
		if err != nil {
			return nil, err
		}
		if _, err := r.Seek(offset, io.SeekStart); err != nil {
			return nil, errors.Join(err, r.Close())
		}
		return r, nil
	}}
	opt := graph.UploadOptions{Conflict: how, Created: e.Created, Modified: e.Modified}
	item, err := s.w.Client.Upload(ctx, s.w.Drive, s.id, titleOf(e), src, opt)
	if refusesName(err) && e.Name != titleOf(e) {
		item, err = s.w.Client.Upload(ctx, s.w.Drive, s.id, e.Name, src, opt)
	}
	if err != nil {
		return err
	}
	s.note(item)
	return s.check(ctx, e, item)
}

// check compares the checksum of what is there now with that of the copy. The
// service may tell it only a little later, or, for Office files that it
// rewrites, tell another one: then what is there is read back.
func (s *spot) check(ctx context.Context, e model.Entry, item graph.DriveItem) error {
	want, ok := strings.CutPrefix(e.Hash, "qx:")
	if !ok || item.QuickXor == want {
		return nil
	}
	sum := quickxor.New()
	r := s.w.Client.Download(ctx, s.w.Drive, item.ID, graph.DownloadOptions{})
	_, err := io.Copy(sum, r)
	if err = errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("read back what was put there: %w", err)
	}
	if got := base64.StdEncoding.EncodeToString(sum.Sum(nil)); got != want {
		return fmt.Errorf("%w: %s instead of %s", graph.ErrHash, got, want)
	}
	return nil
}

// Close gives the folders that were made their dates.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var errs error
	for _, d := range w.dated {
		if d.like.Created.IsZero() && d.like.Modified.IsZero() {
			continue
		}
		if _, err := w.Client.PatchItem(ctx, w.Drive, d.id, graph.ItemChange{Created: d.like.Created, Modified: d.like.Modified}); err != nil {
			errs = errors.Join(errs, fmt.Errorf("date folder %s: %w", d.like.Path, err))
		}
	}
	w.dated = nil
	return errs
}
