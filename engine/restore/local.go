package restore

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/engine/workload/mailbox"
)

// Local is a folder on this computer as a target. Whatever a tenant calls its
// things, nothing is written outside of it.
type Local struct {
	root *os.Root
	look bool

	mu    sync.Mutex
	dated []datedFolder
	given map[string]struct{} // folded names that items were given
}

type datedFolder struct {
	path string
	like model.Folder
}

var _ workload.Target = (*Local)(nil)

// OpenLocal opens a folder, which is made unless this is a look only.
func OpenLocal(dir string, look bool) (*Local, error) {
	if !look {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("make folder: %w", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if look && errors.Is(err, fs.ErrNotExist) {
		return &Local{look: true}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	return &Local{root: root, look: look}, nil
}

// Folder finds or makes a folder.
func (l *Local) Folder(_ context.Context, path []workload.Step, like model.Folder) (workload.Spot, error) {
	parts := make([]string, len(path))
	for i, s := range path {
		parts[i] = localName(cmp.Or(s.Name, s.Title))
	}
	dir := filepath.Join(parts...)
	if l.root == nil {
		return nil, nil
	}
	if dir == "" {
		return &localSpot{l: l}, nil
	}
	if l.look {
		if _, err := l.root.Stat(dir); err != nil {
			return nil, nil
		}
		return &localSpot{l: l, dir: dir}, nil
	}
	if err := l.root.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make folder %s: %w", dir, err)
	}
	l.mu.Lock()
	l.dated = append(l.dated, datedFolder{path: dir, like: like})
	l.mu.Unlock()
	return &localSpot{l: l, dir: dir}, nil
}

// Close gives the folders their dates, deepest first.
func (l *Local) Close(context.Context) error {
	if l.root == nil {
		return nil
	}
	var errs error
	for i := len(l.dated) - 1; i >= 0; i-- {
		if d := l.dated[i]; !d.like.Modified.IsZero() {
			errs = errors.Join(errs, l.root.Chtimes(d.path, d.like.Modified, d.like.Modified))
		}
	}
	return errors.Join(errs, l.root.Close())
}

type localSpot struct {
	l   *Local
	dir string
}

// localName is a name of the copy as a name on this computer: the same, unless
// it is not what a copy should hold. A mark that tells it from others is kept.
func localName(name string) string {
	stem, mark := name, ""
	if i := strings.LastIndex(name, " ~"); i > 0 && len(name)-i <= 80 {
		stem, mark = name[:i], " ~"+model.SafeName(name[i+2:])
	}
	return model.SafeName(stem) + mark
}

// fileName is what an item is called on this computer.
func fileName(e model.Entry) string {
	name := localName(e.Name)
	if e.Mail == nil {
		return name
	}
	if e.Kind == model.KindMessage {
		return name + ".eml"
	}
	return name + ".fts"
}

// Has reports whether a file of that name is there.
func (s *localSpot) Has(e model.Entry) bool {
	_, err := s.l.root.Lstat(filepath.Join(s.dir, fileName(e)))
	return err == nil
}

// Put writes an item: a file as it is, a mail as EML, any other mailbox item as
// the stream that Exchange can import. It is written beside and renamed when
// complete.
func (s *localSpot) Put(ctx context.Context, e model.Entry, content workload.Content, conflict model.Conflict) error {
	if e.Object == "" {
		return workload.ErrNoContent
	}
	name := filepath.Join(s.dir, fileName(e))
	if conflict != model.ConflictReplace {
		name = s.free(name)
	}
	temp, f, err := s.beside()
	if err != nil {
		return err
	}
	err = write(ctx, f, e, content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil && !modified(e).IsZero() {
		err = s.l.root.Chtimes(temp, modified(e), modified(e))
	}
	if err == nil {
		err = s.l.root.Rename(temp, name)
	}
	if err != nil {
		return errors.Join(err, s.l.root.Remove(temp))
	}
	return nil
}

// beside makes a new file for content that is on its way. Its name is one that
// nothing else in the folder has.
func (s *localSpot) beside() (string, *os.File, error) {
	for {
		name := filepath.Join(s.dir, ".vangnet-"+strings.ToLower(rand.Text()[:8])+".part")
		f, err := s.l.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if !errors.Is(err, fs.ErrExist) {
			return name, f, err
		}
	}
}

// free finds a name that is not taken, also not by what is on its way there:
// "plan (2).docx".
func (s *localSpot) free(name string) string {
	s.l.mu.Lock()
	defer s.l.mu.Unlock()
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 2; ; n++ {
		_, err := s.l.root.Lstat(name)
		if _, given := s.l.given[model.FoldName(name)]; err != nil && !given {
			if s.l.given == nil {
				s.l.given = map[string]struct{}{}
			}
			s.l.given[model.FoldName(name)] = struct{}{}
			return name
		}
		name = fmt.Sprintf("%s (%d)%s", stem, n, ext)
	}
}

func write(ctx context.Context, w io.Writer, e model.Entry, content workload.Content) error {
	if e.Kind == model.KindMessage && e.Mail != nil {
		return mailbox.WriteEML(ctx, w, e, content)
	}
	object, err := content.Open(ctx, e.Object)
	if err != nil {
		return err
	}
	var r io.Reader = object
	if e.Mail != nil {
		if r, err = mailbox.Raw(e.Form, object); err != nil {
			return errors.Join(err, object.Close())
		}
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, object.Close())
}

// modified is the date that a file on this computer gets.
func modified(e model.Entry) time.Time {
	if e.Mail != nil && !e.Mail.Received.IsZero() {
		return e.Mail.Received
	}
	return e.Modified
}
