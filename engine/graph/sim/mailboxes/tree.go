package mailboxes

import (
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/model"
)

// Entry is one line of a Tree.
type Entry struct {
	Path       string
	Kind       model.ItemKind
	Class      string
	Size       int64  // bytes of all values of the content
	Hash       string // SHA-256 of the content, hex; empty for folders
	Created    time.Time
	Modified   time.Time
	Received   time.Time
	Sent       time.Time
	Read       bool
	Draft      bool
	Flagged    bool
	Importance int // -1, 0, 1
	Categories []string
	ID         string // immutable id of an item, id of a folder
}

// Tree lists everything at and below an address ("" for all), folders first,
// with content hashes: what an auditor compares before and after.
func (m *Mailbox) Tree(prefix string) ([]Entry, error) {
	box, rest := m.part(prefix)
	if box != m {
		list, err := box.tree(rest)
		return prefixed(list, topArchive), err
	}
	list, err := m.tree(rest)
	if a := m.Archive(); err == nil && rest == "" && a != nil {
		var more []Entry
		more, err = a.tree("")
		list = append(list, prefixed(more, topArchive)...)
	}
	return list, err
}

func prefixed(list []Entry, first string) []Entry {
	for i := range list {
		list[i].Path = model.JoinAddress(first, list[i].Path)
	}
	return list
}

func (m *Mailbox) tree(prefix string) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if prefix != "" && !m.covers(prefix) {
		if it, err := m.itemAt(prefix); err == nil {
			e, err := m.entry(it, prefix)
			return []Entry{e}, err
		}
		return nil, fmt.Errorf("list %q: %w", prefix, ErrNotFound)
	}
	var list []Entry
	for _, root := range []string{"msgfolderroot", "recoverableitemsroot"} {
		var failed error
		m.known[root].walk(func(f *folder) bool {
			if f.known == root {
				return true
			}
			list, failed = m.listFolder(list, f, prefix)
			return failed == nil
		})
		if failed != nil {
			return nil, failed
		}
	}
	return list, nil
}

// covers reports whether a prefix names a first part or a folder.
func (m *Mailbox) covers(prefix string) bool {
	if _, err := m.folderAt(prefix); err == nil {
		return true
	}
	return false
}

func (m *Mailbox) listFolder(list []Entry, f *folder, prefix string) ([]Entry, error) {
	parts, ok := m.parts(f)
	if !ok || f.search || !m.within(f, parts, prefix) {
		return list, nil
	}
	if parts[0] == topRecoverable && f.count == 0 {
		return list, nil
	}
	path := strings.Join(parts, "/")
	list = append(list, Entry{Path: path, Kind: model.KindFolder, Class: f.class, ID: m.ids.folderID(f.number)})
	items := m.itemsOf(f)
	names, err := m.names(items)
	if err != nil {
		return nil, err
	}
	from := len(list)
	for i, it := range items {
		e, err := m.entry(it, path+"/"+names[i])
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	sort.Slice(list[from:], func(a, b int) bool { return list[from+a].Path < list[from+b].Path })
	return list, nil
}

// within reports whether a folder is at or below the prefix, which may use
// English names.
func (m *Mailbox) within(f *folder, parts []string, prefix string) bool {
	if prefix == "" {
		return true
	}
	at, err := m.folderAt(prefix)
	if err != nil || !f.below(at) {
		return false
	}
	return m.archive || strings.EqualFold(parts[0], firstPart(prefix))
}

func (m *Mailbox) entry(it *item, path string) (Entry, error) {
	if err := m.ensureCanon(it); err != nil {
		return Entry{}, err
	}
	s := m.snapshot(it)
	return Entry{
		Path: path, Kind: mapi.KindOf(it.class), Class: it.class, Size: it.canon.size, Hash: hex.EncodeToString(it.canon.sum[:]),
		Created: it.created.Time(), Modified: it.modified.Time(), Received: it.received.Time(), Sent: it.sent.Time(),
		Read: it.read, Draft: it.draft, Flagged: it.flag == flagged, Importance: int(it.importance) - 1,
		Categories: it.categories, ID: m.itemID(&s, true),
	}, nil
}
