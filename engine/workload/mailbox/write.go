package mailbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"vangnet/engine/graph"
	"vangnet/engine/model"
	"vangnet/engine/workload"
)

// Writer puts items back into a live mailbox.
type Writer struct {
	Client  *graph.Client
	User    string // whose mailbox
	Mailbox graph.Mailbox
	Look    bool   // change nothing
	Memory  Memory // of earlier restores; may be nil

	mu       sync.Mutex
	ready    bool
	byID     map[string]graph.MailFolder
	children map[string][]graph.MailFolder // by parent id; "" is the root
	spots    map[string]*spot              // by folder id
	importer *graph.Importer
}

// Memory remembers where items were put, so that putting the same ones back
// twice, or again after a crash, is noticed also where nothing else tells.
type Memory interface {
	Find(mailbox, item string) (id string, ok bool)
	Note(mailbox, item, id string) error
}

var _ workload.Target = (*Writer)(nil)

// spot is one live folder.
type spot struct {
	w  *Writer
	id string

	mu    sync.Mutex
	items map[string]graph.ItemRef // by id
	mails map[string][]string      // key of what a mail says of itself → ids
	owner map[string]string        // live id → the entry that it is the same as
}

func newSpot(w *Writer, id string) *spot {
	return &spot{w: w, id: id, items: map[string]graph.ItemRef{}, mails: map[string][]string{}, owner: map[string]string{}}
}

// Folder finds or makes a folder. A folder that is still there under another
// name or in another place is found by its id, a well-known one by what it is
// for, all others by their names.
func (w *Writer) Folder(ctx context.Context, path []workload.Step, _ model.Folder) (workload.Spot, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.prepare(ctx); err != nil {
		return nil, err
	}
	at := ""
	for _, step := range path {
		f, ok := w.match(at, step)
		if !ok && w.Look {
			return nil, nil
		}
		if !ok {
			var err error
			if f, err = w.Client.CreateMailFolder(ctx, w.Mailbox, at, step.Title, step.Class); err != nil {
				return nil, fmt.Errorf("make folder %q: %w", step.Title, err)
			}
			w.byID[f.ID] = f
			w.children[at] = append(w.children[at], f)
			w.spots[f.ID] = newSpot(w, f.ID)
		}
		at = f.ID
	}
	if at == "" {
		return nil, errors.New("items cannot lie in a mailbox outside of folders")
	}
	if s, ok := w.spots[at]; ok {
		return s, nil
	}
	s, err := w.load(ctx, at)
	if err != nil {
		return nil, err
	}
	w.spots[at] = s
	return s, nil
}

// prepare reads the live folders.
func (w *Writer) prepare(ctx context.Context) error {
	if w.ready {
		return nil
	}
	live, _, err := w.Client.MailFolders(ctx, w.Mailbox)
	if err != nil {
		return fmt.Errorf("list folders: %w", err)
	}
	w.byID, w.children, w.spots = map[string]graph.MailFolder{}, map[string][]graph.MailFolder{}, map[string]*spot{}
	for _, f := range live {
		w.byID[f.ID] = f
	}
	for _, f := range live {
		parent := f.Parent
		if _, ok := w.byID[parent]; !ok {
			parent = ""
		}
		w.children[parent] = append(w.children[parent], f)
	}
	w.importer = w.Client.Importer(w.Mailbox)
	w.ready = true
	return nil
}

// match finds the live folder that a step means.
func (w *Writer) match(parent string, s workload.Step) (graph.MailFolder, bool) {
	if f, ok := w.byID[s.ID]; ok && s.ID != "" {
		return f, true
	}
	for _, f := range w.children[parent] {
		if s.Known != "" && strings.EqualFold(f.Known, s.Known) && !f.Search {
			return f, true
		}
	}
	for _, f := range w.children[parent] {
		if model.FoldName(f.Name) == model.FoldName(s.Title) && !f.Search {
			return f, true
		}
	}
	return graph.MailFolder{}, false
}

// load reads what is in a folder: the ids of all items, and what mails say of
// themselves.
func (w *Writer) load(ctx context.Context, id string) (*spot, error) {
	s := newSpot(w, id)
	for cursor := ""; ; {
		page, err := w.Client.ItemsDelta(ctx, w.Mailbox, id, cursor)
		if err != nil {
			return nil, fmt.Errorf("list items: %w", err)
		}
		for _, i := range page.Items {
			if i.Removed {
				delete(s.items, i.ID)
			} else {
				s.items[i.ID] = i
			}
		}
		if cursor = page.Cursor; page.Done {
			break
		}
	}
	if w.Mailbox.User == "" || len(s.items) == 0 {
		return s, nil
	}
	for m, err := range w.Client.MessagesIn(ctx, w.Mailbox.User, id) {
		if errors.Is(err, graph.ErrNotFound) || errors.Is(err, graph.ErrForbidden) {
			break // a folder of another class: its items are known by id
		}
		if err != nil {
			return nil, fmt.Errorf("list messages: %w", err)
		}
		key := mailKey(m.MessageID, m.Subject, m.Sent, m.Received)
		s.mails[key] = append(s.mails[key], m.ID)
	}
	return s, nil
}

// mailKey is what makes two mails the same for a person.
func mailKey(messageID, subject string, sent, received time.Time) string {
	return strings.Join([]string{
		strings.Trim(messageID, "<> "), squash(subject), sent.UTC().Format(time.RFC3339), received.UTC().Format(time.RFC3339),
	}, "\x00")
}

// Claim lets entries that are still there under their own ids have those, before
// others that look the same ask: two equal mails are two mails.
func (s *spot) Claim(entries []model.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		if _, live := s.items[e.ID]; live {
			s.owner[e.ID] = e.ID
		} else if id, ok := s.remembered(e); ok {
			s.owner[id] = e.ID
		}
	}
}

// remembered is the live item that an earlier restore made of an entry. The
// caller holds mu.
func (s *spot) remembered(e model.Entry) (string, bool) {
	if s.w.Memory == nil {
		return "", false
	}
	id, ok := s.w.Memory.Find(s.w.Mailbox.ID, e.ID)
	if !ok {
		return "", false
	}
	_, live := s.items[id]
	return id, live
}

// find gives the live item that is the same as an entry, and keeps it for that.
func (s *spot) find(e model.Entry) (graph.ItemRef, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, ok := s.items[e.ID]; ok {
		s.owner[e.ID] = e.ID
		return i, true
	}
	if id, ok := s.remembered(e); ok {
		s.owner[id] = e.ID
		return s.items[id], true
	}
	if e.Mail == nil {
		return graph.ItemRef{}, false
	}
	for _, id := range s.mails[mailKey(e.Mail.MessageID, e.Mail.Subject, e.Mail.Sent, e.Mail.Received)] {
		if who := s.owner[id]; who == "" || who == e.ID {
			s.owner[id] = e.ID
			return s.items[id], true
		}
	}
	return graph.ItemRef{}, false
}

// Has reports whether the same item is there.
func (s *spot) Has(e model.Entry) bool {
	_, ok := s.find(e)
	return ok
}

// Put imports an item. One that it replaces is overwritten by the service in
// one step, so there is never a moment without it.
func (s *spot) Put(ctx context.Context, e model.Entry, content workload.Content, conflict model.Conflict) error {
	src, err := streamOf(ctx, e, content)
	if err != nil {
		return err
	}
	item := graph.ImportItem{Folder: s.id, Content: src}
	if live, ok := s.find(e); ok && conflict == model.ConflictReplace {
		item.ItemID, item.ChangeKey = live.ID, live.ChangeKey
	}
	done, err := s.w.importer.Import(ctx, item)
	if errors.Is(err, graph.ErrUncertain) {
		done, err = s.lookFor(ctx, e, item, err)
	}
	if err != nil {
		return err
	}
	s.note(e, done)
	if s.w.Memory != nil {
		return s.w.Memory.Note(s.w.Mailbox.ID, e.ID, done.ID)
	}
	return nil
}

// lookFor finds out whether an import whose answer was lost has been done; if
// not, it is done again.
func (s *spot) lookFor(ctx context.Context, e model.Entry, item graph.ImportItem, lost error) (graph.Imported, error) {
	now, err := s.w.load(ctx, s.id)
	if err != nil {
		return graph.Imported{}, errors.Join(lost, err)
	}
	s.mu.Lock()
	var fresh []graph.ItemRef
	for id, i := range now.items {
		if _, known := s.items[id]; !known {
			fresh = append(fresh, i)
		}
	}
	s.mu.Unlock()
	if e.Mail != nil {
		for _, id := range now.mails[mailKey(e.Mail.MessageID, e.Mail.Subject, e.Mail.Sent, e.Mail.Received)] {
			for _, i := range fresh {
				if i.ID == id {
					return graph.Imported{ID: i.ID, ChangeKey: i.ChangeKey}, nil
				}
			}
		}
	}
	return s.w.importer.Import(ctx, item)
}

func (s *spot) note(e model.Entry, done graph.Imported) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[done.ID] = graph.ItemRef{ID: done.ID, ChangeKey: done.ChangeKey}
	s.owner[done.ID] = e.ID
}

// Close ends the work.
func (w *Writer) Close(context.Context) error { return nil }
