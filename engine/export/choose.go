package export

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/store/catalog"
)

// chosen is a folder or an item that was chosen.
type chosen struct {
	catalog.Found
	cut int // parts of the folder's address above what was asked for
}

// mark tells one version of an item from all others.
type mark [8]byte

// markOf is the mark of a chosen item.
func markOf(c *chosen) mark {
	h := sha256.New()
	for _, s := range []string{string(c.Row.Ref.Resource), c.Folder.ID, c.Entry.ID, string(c.Entry.Object), c.Entry.Name, c.Row.FirstSeen.UTC().Format(time.RFC3339Nano)} {
		_ = binary.Write(h, binary.LittleEndian, uint32(len(s))) // a hash takes everything
		_, _ = h.Write([]byte(s))
	}
	return mark(h.Sum(nil)[:8])
}

// errStop ends a walk whose consumer wants no more.
var errStop = errors.New("enough")

// chosen yields everything that was asked for, each item once, folders before
// their items; but for what is done already.
func (e *exporter) chosen(ctx context.Context, done map[mark]bool) iter.Seq2[*chosen, error] {
	return func(yield func(*chosen, error) bool) {
		s := &selection{exporter: e, done: done, yield: yield}
		if e.shape.overlaps {
			s.seen = map[mark]bool{}
		}
		if err := s.all(ctx); err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

type selection struct {
	*exporter
	done  map[mark]bool
	seen  map[mark]bool // nil where nothing can come twice
	yield func(*chosen, error) bool
}

func (s *selection) all(ctx context.Context) error {
	for _, ref := range s.req.Refs {
		if err := s.ref(ctx, ref); err != nil {
			return err
		}
	}
	if s.req.Search != nil {
		return s.search(ctx, *s.req.Search)
	}
	for _, path := range s.req.Paths {
		asked := len(split(path))
		if err := s.walk(s.Index.Walk(ctx, s.req.Tenant, path, s.req.At, s.req.Past), &asked); err != nil {
			return fmt.Errorf("choose %s: %w", path, err)
		}
	}
	return nil
}

func (s *selection) ref(ctx context.Context, ref model.Ref) error {
	err := s.walk(s.Index.WalkRef(ctx, ref, s.req.Past), nil)
	if errors.Is(err, catalog.ErrNotFound) {
		return fault.New(fault.RefUnknown, err)
	}
	return err
}

// hitsAtOnce is how many hits of a search are asked for at once.
const hitsAtOnce = 500

// search takes what a search finds, below the paths where there are some.
func (s *selection) search(ctx context.Context, q model.SearchQuery) error {
	q.Limit, q.Tenants = hitsAtOnce, []model.TenantID{s.req.Tenant}
	q.Versions = q.Versions || s.req.Past.Versions || !s.req.At.IsZero()
	for {
		page, err := s.Index.Search(ctx, q)
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			if !s.below(row.Path) {
				continue
			}
			if err := s.hit(ctx, row); err != nil && !errors.Is(err, catalog.ErrNotFound) { // not found: it went with a catalog that was rebuilt meanwhile
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		q.Before = page.Next
	}
}

// below reports an address at or below one of the paths; without any, all are.
func (s *selection) below(address string) bool {
	parts := split(address)
	for _, path := range s.req.Paths {
		asked := split(path)
		if len(asked) <= len(parts) && slices.EqualFunc(asked, parts[:len(asked)], strings.EqualFold) {
			return true
		}
	}
	return len(s.req.Paths) == 0
}

// hit takes one version of an item that a search found: unless another moment is
// asked for, the newest of one that is still there.
func (s *selection) hit(ctx context.Context, row model.Row) error {
	if s.req.At.IsZero() {
		if row.Deleted && !s.req.Past.Deleted {
			return nil
		}
		return s.walk(s.Index.WalkRef(ctx, row.Ref, model.Past{}), nil)
	}
	return s.walk(func(yield func(catalog.Found, error) bool) {
		for f, err := range s.Index.Walk(ctx, s.req.Tenant, row.Path, s.req.At, model.Past{}) {
			same := f.Entry != nil && f.Entry.Object == row.Object && f.Row.FirstSeen.Equal(row.FirstSeen)
			if (err != nil || same) && !yield(f, err) {
				return
			}
		}
	}, nil)
}

// walk passes on what a walk yields. asked is how many parts the address has
// that was asked for; nil: it is that of what comes first.
func (s *selection) walk(found iter.Seq2[catalog.Found, error], asked *int) error {
	cut := -1
	for f, err := range found {
		if err != nil {
			return err
		}
		if cut < 0 {
			cut = s.cut(f, asked)
		}
		c := &chosen{Found: f, cut: cut}
		if f.Entry != nil && !s.take(c) {
			continue
		}
		if !s.yield(c, nil) {
			return errStop
		}
	}
	return nil
}

// cut counts the parts of addresses that are left out: where a single thing was
// asked for, all above it. Of several things the whole addresses count.
func (s *selection) cut(first catalog.Found, asked *int) int {
	parts := len(folderParts(first))
	switch {
	case !s.shape.single:
		return 0
	case first.Entry != nil: // an item goes to the top
		return parts
	case asked != nil:
		return max(0, *asked-1)
	case first.Row.Ref.Folder == "": // a whole resource
		return max(0, len(split(first.Row.Resource))-1)
	}
	return max(0, parts-1)
}

// take reports whether an item is wanted.
func (s *selection) take(c *chosen) bool {
	if !s.near(c) {
		return false
	}
	if s.done == nil && s.seen == nil {
		return true
	}
	m := markOf(c)
	if s.done[m] || s.seen[m] {
		return false
	}
	if s.seen != nil {
		s.seen[m] = true
	}
	return true
}

// near reports whether an item can be of the time that was asked for. When an
// event is tells only its content: see inTime.
func (s *selection) near(c *chosen) bool {
	if c.Entry.Kind == model.KindEvent {
		return true
	}
	t := moment(c.Entry)
	return (s.req.From.IsZero() || !t.Before(s.req.From)) && (s.req.Until.IsZero() || t.Before(s.req.Until))
}

// moment is an item's place in time: when it was received, else modified.
func moment(e *model.Entry) time.Time {
	if e.Mail != nil && !e.Mail.Received.IsZero() {
		return e.Mail.Received
	}
	return e.Modified
}

// folderParts are the parts of the address of an item's folder, or of a folder.
func folderParts(f catalog.Found) []string {
	return append(split(f.Row.Resource), split(f.Folder.Path)...)
}
