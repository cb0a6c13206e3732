package mailbox_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"vangnet/engine/graph"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/rfc5322"
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
