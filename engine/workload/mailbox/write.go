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
	// Find tells where an item was put into a mailbox last.
	Find(mailbox, item string) (id string, ok bool)
	// Origin is the item that a live one was made from, however often it was put
	// back since; one that was never put is its own.
	Origin(id string) string
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
			if f, err = w.make(ctx, at, step); err != nil {
				return nil, fmt.Errorf("make folder %q: %w", step.Title, err)
			}
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

// make makes a folder. Where the answer was lost, or someone was quicker, the
// live folders tell what is there now.
func (w *Writer) make(ctx context.Context, parent string, s workload.Step) (graph.MailFolder, error) {
	f, err := w.Client.CreateMailFolder(ctx, w.Mailbox, parent, s.Title, s.Class)
	if errors.Is(err, graph.ErrExists) || errors.Is(err, graph.ErrUncertain) {
		if err := w.list(ctx); err != nil {
			return f, err
		}
		if f, ok := w.match(parent, s); ok {
			return f, nil
		}
		if errors.Is(err, graph.ErrUncertain) {
			f, err = w.Client.CreateMailFolder(ctx, w.Mailbox, parent, s.Title, s.Class)
		}
	}
	if err != nil {
		return f, err
	}
	w.byID[f.ID] = f
	w.children[parent] = append(w.children[parent], f)
	w.spots[f.ID] = newSpot(w, f.ID)
	return f, nil
}

// prepare reads the live folders once.
func (w *Writer) prepare(ctx context.Context) error {
	if w.ready {
		return nil
	}
	if err := w.list(ctx); err != nil {
		return err
	}
	w.spots = map[string]*spot{}
	w.importer = w.Client.Importer(w.Mailbox)
	w.ready = true
	return nil
}

// list reads the live folders.
func (w *Writer) list(ctx context.Context) error {
	live, _, err := w.Client.MailFolders(ctx, w.Mailbox)
	if err != nil {
		return fmt.Errorf("list folders: %w", err)
	}
	w.byID, w.children = map[string]graph.MailFolder{}, map[string][]graph.MailFolder{}
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
	var err error
	if s.items, err = w.items(ctx, id); err != nil {
		return nil, err
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

// items lists what is in a folder now, by id.
func (w *Writer) items(ctx context.Context, folder string) (map[string]graph.ItemRef, error) {
	var items map[string]graph.ItemRef
	restarts := 0
	for cursor := ""; ; {
		if cursor == "" {
			items = map[string]graph.ItemRef{}
		}
		page, err := w.Client.ItemsDelta(ctx, w.Mailbox, folder, cursor)
		if errors.Is(err, graph.ErrGone) && restarts < maxRestarts {
			restarts++
			cursor = ""
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list items: %w", err)
		}
		for _, i := range page.Items {
			if i.Removed {
				delete(items, i.ID)
			} else {
				items[i.ID] = i
			}
		}
		if cursor = page.Cursor; page.Done {
			return items, nil
		}
	}
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
		s.own(e)
	}
}

// own gives an entry the live item that is it by its id, or that an earlier
// restore made of it, unless another entry that looks the same has that already.
// The caller holds mu.
func (s *spot) own(e model.Entry) (id string, ok bool) {
	if _, live := s.items[e.ID]; live && s.free(e.ID, e) {
		s.owner[e.ID] = e.ID
		return e.ID, true
	}
	if id, ok = s.remembered(e); ok && s.free(id, e) {
		s.owner[id] = e.ID
		return id, true
	}
	return "", false
}

// free reports whether a live item is nobody's, or this entry's. The caller
// holds mu.
func (s *spot) free(id string, e model.Entry) bool {
	who := s.owner[id]
	return who == "" || who == e.ID
}

// same reports whether a live item that looks like an entry can stand for it:
// not when it was put there for another item. The caller holds mu.
func (s *spot) same(id string, e model.Entry) bool {
	if !s.free(id, e) {
		return false
	}
	m := s.w.Memory
	if m == nil {
		return true
	}
	origin := m.Origin(id)
	return origin == id || origin == m.Origin(e.ID)
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
	if id, ok := s.own(e); ok {
		return s.items[id], true
	}
	if e.Mail == nil {
		return graph.ItemRef{}, false
	}
	for _, id := range s.mails[mailKey(e.Mail.MessageID, e.Mail.Subject, e.Mail.Sent, e.Mail.Received)] {
		if s.same(id, e) {
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
// one step, so there is never a moment without it. Where the service refuses a
// stream that we did not wholly understand, the item's MIME goes instead.
func (s *spot) Put(ctx context.Context, e model.Entry, content workload.Content, conflict model.Conflict) error {
	src, err := streamOf(ctx, e, content)
	if err != nil {
		return err
	}
	item := graph.ImportItem{Folder: s.id, Content: src}
	if live, ok := s.find(e); ok && conflict == model.ConflictReplace {
		item.ItemID, item.ChangeKey = live.ID, live.ChangeKey
	}
	done, err := s.send(ctx, e, item)
	if err != nil && e.MIME != "" && e.Warning != "" && refused(err) && ctx.Err() == nil {
		if item.Content, err = streamOfMIME(ctx, e, content); err != nil {
			return err
		}
		done, err = s.send(ctx, e, item)
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

// refused tells a service that does not want this item from one that cannot be
// reached or takes nothing at all.
func refused(err error) bool {
	for _, kind := range []error{graph.ErrNetwork, graph.ErrSignIn, graph.ErrForbidden, graph.ErrThrottled, graph.ErrUnavailable, graph.ErrQuota, graph.ErrUncertain} {
		if errors.Is(err, kind) {
			return false
		}
	}
	return true
}

// maxLost is how often an import whose answer was lost, and of which nothing is
// found, is done again.
const maxLost = 5

// send imports an item; when the answer is lost it finds out what happened.
func (s *spot) send(ctx context.Context, e model.Entry, item graph.ImportItem) (graph.Imported, error) {
	for lost := 0; ; lost++ {
		done, err := s.w.importer.Import(ctx, item)
		if !errors.Is(err, graph.ErrUncertain) || lost == maxLost {
			return done, err
		}
		done, ok, looking := s.lookFor(ctx, e)
		if looking != nil {
			return graph.Imported{}, errors.Join(err, looking)
		}
		if ok {
			return done, nil
		}
	}
}

func (s *spot) note(e model.Entry, done graph.Imported) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[done.ID] = graph.ItemRef{ID: done.ID, ChangeKey: done.ChangeKey}
	s.owner[done.ID] = e.ID
}

// Close ends the work.
func (w *Writer) Close(context.Context) error { return nil }
