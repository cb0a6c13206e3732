package mailboxes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sort"
	"strings"

	"vangnet/engine/model"
)

// Addresses below a mailbox: a first part by container class ("mail",
// "calendar", "contacts", "tasks"), the names of the folders below the top of
// the mailbox, and the item's subject: "mail/Inbox/Offerte dakgoot". What lies
// in the in-place archive is "archive/<folder>/…", the recoverable items
// "recoverable/<folder>/…". A folder that Exchange made is also found by its
// English name. Items of one folder that share a name get a mark from their
// content, so that a copy put back has the same address.

// part leads a path to the mailbox it is in: the archive has addresses of its own.
func (m *Mailbox) part(path string) (*Mailbox, string) {
	path = strings.Trim(path, "/")
	first, rest, _ := strings.Cut(path, "/")
	if strings.EqualFold(first, topArchive) {
		if a := m.Archive(); a != nil {
			return a, rest
		}
	}
	return m, path
}

// parts is the address of a folder; ok is false for one without (the roots, the
// search folders).
func (m *Mailbox) parts(f *folder) (parts []string, ok bool) {
	var names []string
	class := f.class
	for ; f != nil; f = f.parent {
		switch f.known {
		case "msgfolderroot":
			if !m.archive {
				names = append(names, top(class))
			}
		case "recoverableitemsroot":
			names = append(names, topRecoverable)
		case "root", "searchfolders":
			return nil, false
		default:
			names = append(names, m.folderName(f))
			continue
		}
		for i, j := 0, len(names)-1; i < j; i, j = i+1, j-1 {
			names[i], names[j] = names[j], names[i]
		}
		return names, true
	}
	return nil, false
}

// folderName is a folder's part of an address, unique among its siblings.
func (m *Mailbox) folderName(f *folder) string {
	if f.parent == nil {
		return model.SafeName(f.name)
	}
	found := model.SafeName(f.name)
	f.parent.eachChild(func(c *folder, name string) bool {
		if c == f {
			found = name
		}
		return c != f
	})
	return found
}

// eachChild visits the children with their parts of an address, in the order
// they came, until visit returns false.
func (f *folder) eachChild(visit func(c *folder, name string) bool) {
	taken := map[string]bool{}
	for _, c := range f.children {
		name := model.UniqueName(c.name, c.name, func(s string) bool { return taken[s] })
		if !visit(c, name) {
			return
		}
		taken[model.FoldName(name)] = true
	}
}

// root is where the folders of a first part are; rest is the path without it.
func (m *Mailbox) root(path string) (f *folder, class, rest string, err error) {
	path = strings.Trim(path, "/")
	if m.archive && !strings.EqualFold(firstPart(path), topRecoverable) {
		return m.known["msgfolderroot"], ClassNote, path, nil
	}
	first, rest, _ := strings.Cut(path, "/")
	switch first = lower(first); first {
	case topMail, topCalendar, topContacts, topTasks:
		return m.known["msgfolderroot"], classOfTop(first), rest, nil
	case topRecoverable:
		return m.known["recoverableitemsroot"], ClassNote, rest, nil
	}
	return nil, "", "", fmt.Errorf("address %q: %w", path, ErrNotFound)
}

func firstPart(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

// step finds a child folder by its part of an address, or by the English name
// or well-known name of one that Exchange made.
func (m *Mailbox) step(f *folder, name string) *folder {
	var found *folder
	f.eachChild(func(c *folder, part string) bool {
		if strings.EqualFold(part, name) {
			found = c
		}
		return found == nil
	})
	if found != nil {
		return found
	}
	for _, c := range f.children {
		if c.standard != "" && (strings.EqualFold(c.standard, name) || strings.EqualFold(c.known, name)) {
			return c
		}
	}
	return f.child(name)
}

// folderAt finds the folder at an address.
func (m *Mailbox) folderAt(path string) (*folder, error) {
	f, _, rest, err := m.root(path)
	if err != nil {
		return nil, err
	}
	for _, name := range split(rest) {
		if f = m.step(f, name); f == nil {
			return nil, fmt.Errorf("folder %q: %w", path, ErrNotFound)
		}
	}
	return f, nil
}

// ensureFolder finds the folder at an address and makes what is missing.
func (m *Mailbox) ensureFolder(path string) (*folder, error) {
	f, class, rest, err := m.root(path)
	if err != nil {
		return nil, err
	}
	for _, name := range split(rest) {
		next := m.step(f, name)
		if next == nil {
			made := class
			if f.class != "" && top(f.class) == top(class) {
				made = "" // as the one above it, such as one for notes
			}
			if next, err = m.createFolder(f, name, made, false); err != nil {
				return nil, err
			}
		}
		f = next
	}
	return f, nil
}

func split(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

func lower(s string) string { return strings.ToLower(s) }

// itemAt finds the item at an address. The lock is held for writing.
func (m *Mailbox) itemAt(path string) (*item, error) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return nil, fmt.Errorf("item %q: %w", path, ErrNotFound)
	}
	f, err := m.folderAt(path[:i])
	if err != nil {
		return nil, err
	}
	leaf := path[i+1:]
	stem, mark := cutMark(leaf)
	var same []*item
	for _, it := range m.itemsOf(f) {
		name := model.SafeName(it.subject)
		if strings.EqualFold(name, leaf) || mark != "" && strings.EqualFold(name, stem) {
			same = append(same, it)
		}
	}
	names, err := m.names(same)
	if err != nil {
		return nil, err
	}
	for j, it := range same {
		if strings.EqualFold(names[j], leaf) {
			return it, nil
		}
	}
	for _, it := range same { // a name that someone made from the item's id
		s := m.snapshot(it)
		if mark != "" && (idMark(m.itemID(&s, true), mark) || idMark(m.itemID(&s, false), mark)) {
			return it, nil
		}
	}
	return nil, fmt.Errorf("item %q: %w", path, ErrNotFound)
}

// cutMark splits " ~1f3a" off a name.
func cutMark(name string) (stem, mark string) {
	i := strings.LastIndex(name, " ~")
	if i < 0 {
		return name, ""
	}
	mark, ext, _ := strings.Cut(name[i+2:], ".")
	if _, err := hex.DecodeString(mark); err != nil || len(mark) < 4 {
		return name, ""
	}
	if ext != "" {
		ext = "." + ext
	}
	return name[:i] + ext, mark
}

func idMark(id, mark string) bool {
	sum := sha256.Sum256([]byte(id))
	return strings.HasPrefix(hex.EncodeToString(sum[:]), lower(mark))
}

// names gives each of a folder's items its part of an address. The order that
// decides who gets the plain name is that of content, not of arrival.
func (m *Mailbox) names(list []*item) ([]string, error) {
	groups := map[string][]int{}
	for i, it := range list {
		name := model.FoldName(model.SafeName(it.subject))
		groups[name] = append(groups[name], i)
	}
	names := make([]string, len(list))
	taken := map[string]bool{}
	isTaken := func(s string) bool { return taken[s] }
	for _, group := range groups {
		if len(group) == 1 {
			names[group[0]] = model.SafeName(list[group[0]].subject)
			taken[model.FoldName(names[group[0]])] = true
		}
	}
	for _, key := range sortedKeys(groups) {
		group := groups[key]
		if len(group) == 1 {
			continue
		}
		if err := m.sortSame(list, group); err != nil {
			return nil, err
		}
		for _, i := range group {
			it := list[i]
			names[i] = model.UniqueName(it.subject, hex.EncodeToString(it.canon.sum[:]), isTaken)
			taken[model.FoldName(names[i])] = true
		}
	}
	return names, nil
}

func sortedKeys(m map[string][]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// sortSame orders items of one name by time and content.
func (m *Mailbox) sortSame(list []*item, group []int) error {
	for _, i := range group {
		if err := m.ensureCanon(list[i]); err != nil {
			return err
		}
	}
	sort.Slice(group, func(a, b int) bool {
		x, y := list[group[a]], list[group[b]]
		if x.shownTime() != y.shownTime() {
			return x.shownTime() < y.shownTime()
		}
		return string(x.canon.sum[:]) < string(y.canon.sum[:])
	})
	return nil
}

// ensureCanon computes an item's content hash when it is not known. The write
// lock is held meanwhile: only the control interface asks.
func (m *Mailbox) ensureCanon(it *item) error {
	if it.canon != nil {
		return nil
	}
	s := m.snapshot(it)
	msg, release, err := m.assemble(&s)
	if err != nil {
		return err
	}
	defer release()
	c, err := canonise(msg)
	if err != nil {
		return err
	}
	it.canon = &c
	return nil
}

// Raw is the content of the item at an address as the mailbox keeps it: seed
// bytes or an imported stream.
func (m *Mailbox) Raw(path string) (io.ReadCloser, error) {
	box, rest := m.part(path)
	box.mu.Lock()
	it, err := box.itemAt(rest)
	var c source
	if err == nil {
		c = it.content
	}
	box.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return c.Open()
}
