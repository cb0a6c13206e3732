package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"vangnet/engine/graph"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/rfc5322"
	"vangnet/engine/model"
	"vangnet/engine/workload"
	"vangnet/engine/workload/mailbox"
)

// fakeBox is a mailbox in memory whose folders tell their changes as Exchange
// does, and in which something can happen while it is read.
type fakeBox struct {
	pageSize int
	slow     string // an item whose export waits until no other is under way
	asked    int    // pages of changes

	mu      sync.Mutex
	folders []string
	log     map[string][]mailbox.Item // changes of each folder, oldest first; a cursor is a place in it
	in      map[string]string         // where an item is
	made    map[string]time.Time
	events  map[string]func()
	moment  time.Time
}

func newFakeBox(folders ...string) *fakeBox {
	return &fakeBox{
		pageSize: 100, folders: folders, log: map[string][]mailbox.Item{}, in: map[string]string{}, made: map[string]time.Time{},
		events: map[string]func(){}, moment: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC),
	}
}

func (b *fakeBox) note(folder, item string, removed bool) {
	b.moment = b.moment.Add(time.Minute)
	if b.made[item].IsZero() {
		b.made[item] = b.moment
	}
	b.log[folder] = append(b.log[folder], mailbox.Item{
		ID: item, ChangeKey: strconv.FormatInt(b.moment.Unix(), 10), Class: "IPM.Note", Size: 1000,
		Created: b.made[item], Modified: b.moment, Removed: removed,
	})
}

func (b *fakeBox) add(folder, item string) {
	b.in[item] = folder
	b.note(folder, item, false)
}

func (b *fakeBox) move(item, to string) {
	b.note(b.in[item], item, true)
	b.add(to, item)
}

func (b *fakeBox) remove(item string) {
	b.note(b.in[item], item, true)
	delete(b.in, item)
}

// after has something happen once, when a page of a folder's changes was read.
func (b *fakeBox) after(folder string, do func()) { b.events[folder] = do }

// live is what the mailbox holds, in the words of desk.run.
func (b *fakeBox) live() string {
	var says []string
	for _, f := range b.folders {
		var names []string
		for item, in := range b.in {
			if in == f {
				names = append(names, item)
			}
		}
		slices.Sort(names)
		says = append(says, strings.TrimSpace(f+": "+strings.Join(names, " ")))
	}
	slices.Sort(says)
	return strings.Join(says, "; ")
}

func (b *fakeBox) Mailboxes(context.Context, string) (mailbox.Mailboxes, error) {
	return mailbox.Mailboxes{Primary: "MBX:1"}, nil
}

func (b *fakeBox) Folders(context.Context, string) ([]mailbox.Folder, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []mailbox.Folder
	for _, f := range b.folders {
		n := int64(0)
		for _, in := range b.in {
			if in == f {
				n++
			}
		}
		list = append(list, mailbox.Folder{ID: f, Title: f, Class: "IPF.Note", Items: n})
	}
	return list, nil
}

func (b *fakeBox) Items(_ context.Context, _, folder, cursor string) (mailbox.Page, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	from, _ := strconv.Atoi(cursor)
	to := min(from+b.pageSize, len(b.log[folder]))
	page := mailbox.Page{Items: slices.Clone(b.log[folder][from:to]), Next: strconv.Itoa(to)}
	if do := b.events[folder]; do != nil {
		delete(b.events, folder)
		do()
	}
	page.Done = to == len(b.log[folder]) || len(page.Items) < b.pageSize
	return page, nil
}

func (b *fakeBox) Export(ctx context.Context, _ string, ids []string, got func(id, changeKey string, data io.Reader) error) (map[string]error, error) {
	if slices.Contains(ids, b.slow) {
		select { // long enough for anything else to overtake it
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	failed := map[string]error{}
	for _, id := range ids {
		text := fmt.Sprintf("From: a@contoso.example\r\nTo: b@contoso.example\r\nSubject: %s\r\n\r\n%s", id, id)
		m, _, err := rfc5322.Parse(strings.NewReader(text), rfc5322.Limits{})
		if err != nil {
			return nil, err
		}
		var stream bytes.Buffer
		if err := fts.Encode(&stream, m, fts.Options{}); err != nil {
			return nil, err
		}
		if err := got(id, "", &stream); err != nil {
			failed[id] = err
		}
	}
	return failed, ctx.Err()
}

func (b *fakeBox) Message(context.Context, string, string) (graph.Message, error) {
	return graph.Message{}, graph.ErrNotFound
}

func (b *fakeBox) MIME(context.Context, string, string, func(io.Reader) error) error {
	return graph.ErrNotFound
}

// fakeStore is a vault in memory.
type fakeStore struct {
	mu       sync.Mutex
	objects  map[model.ObjectID][]byte
	listings map[model.ObjectID][]model.Entry
}

func newFakeStore() *fakeStore {
	return &fakeStore{objects: map[model.ObjectID][]byte{}, listings: map[model.ObjectID][]model.Entry{}}
}

func (s *fakeStore) Put(_ context.Context, r io.Reader, _ bool) (workload.Stored, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return workload.Stored{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := model.ObjectID(fmt.Sprintf("o%d", len(s.objects)))
	s.objects[id] = data
	return workload.Stored{Object: id, Size: int64(len(data))}, nil
}

func (s *fakeStore) Concat(context.Context, []model.ObjectID) (model.ObjectID, error) {
	return "", errors.New("nothing here is that large")
}

func (s *fakeStore) Listing(_ context.Context, entries iter.Seq2[model.Entry, error]) (workload.Listing, error) {
	var list []model.Entry
	var bytes int64
	for e, err := range entries {
		if err != nil {
			return workload.Listing{}, err
		}
		list = append(list, e)
		bytes += e.Size
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := model.ObjectID(fmt.Sprintf("k%d", len(s.listings)))
	s.listings[id] = list
	return workload.Listing{Object: id, Items: int64(len(list)), Bytes: bytes}, nil
}

func (s *fakeStore) Entries(_ context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error] {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.listings[listing]
	return func(yield func(model.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}
