package mailboxes

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Errors of the state; handlers turn them into Graph's.
var (
	ErrNotFound   = errors.New("no such item or folder")
	ErrExists     = errors.New("a folder of that name exists")
	ErrNotAllowed = errors.New("not allowed for this folder")
	ErrFull       = errors.New("the mailbox is full")
)

// maxFolderDepth bounds nesting, as Exchange does.
const maxFolderDepth = 300

// folder is one folder. It is guarded by its mailbox's lock.
type folder struct {
	number   uint64
	parent   *folder // nil for the root
	children []*folder
	name     string
	class    string
	known    string // well-known name, if any
	standard string // English name of a folder that Exchange made; "" for a user's
	hidden   bool
	search   bool
	removed  bool

	seq     uint64 // newest change of the folder itself
	entered uint64 // sequence at which it was made
	count   int    // items
	unread  int
	log     changeLog

	order    []*item // items, newest received first, as of orderSeq
	orderSeq uint64
	content  uint64 // sequence of the newest change among the items
}

// addFolder makes a folder without asking whether it may. The lock is held, or
// the mailbox is new.
func (m *Mailbox) addFolder(parent *folder, name, class string) *folder {
	m.nextFolder++
	f := &folder{number: m.nextFolder, parent: parent, name: name, class: class}
	f.log.owner = f
	if parent != nil {
		parent.children = append(parent.children, f)
	}
	m.folders[f.number] = f
	f.entered = m.touchFolder(f)
	return f
}

// touchFolder notes that a folder changed.
func (m *Mailbox) touchFolder(f *folder) uint64 {
	f.seq = m.tick()
	m.foldersLog.add(change{seq: f.seq, sub: f}, len(m.folders))
	return f.seq
}

// child finds a child by name without regard to case.
func (f *folder) child(name string) *folder {
	for _, c := range f.children {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// below reports whether f is root or lies below it.
func (f *folder) below(root *folder) bool {
	for ; f != nil; f = f.parent {
		if f == root {
			return true
		}
	}
	return false
}

func (f *folder) depth() int {
	n := 0
	for ; f.parent != nil; f = f.parent {
		n++
	}
	return n
}

// createFolder makes a folder that a client asked for.
func (m *Mailbox) createFolder(parent *folder, name, class string, hidden bool) (*folder, error) {
	switch {
	case strings.TrimSpace(name) == "" || len(name) > 1024:
		return nil, fmt.Errorf("make folder %q: %w", name, ErrNotAllowed)
	case parent.search || parent.depth() >= maxFolderDepth:
		return nil, fmt.Errorf("make folder %q in %q: %w", name, parent.name, ErrNotAllowed)
	case parent.child(name) != nil:
		return nil, fmt.Errorf("make folder %q in %q: %w", name, parent.name, ErrExists)
	}
	if class == "" {
		class = parent.class
	}
	if class == "" {
		class = ClassNote
	}
	f := m.addFolder(parent, name, class)
	f.hidden = hidden
	m.touchFolder(parent)
	return f, nil
}

// renameFolder gives a folder another name.
func (m *Mailbox) renameFolder(f *folder, name string) error {
	if f.known != "" || f.parent == nil {
		return fmt.Errorf("rename folder %q: %w", f.name, ErrNotAllowed)
	}
	if other := f.parent.child(name); strings.TrimSpace(name) == "" || other != nil && other != f {
		return fmt.Errorf("rename folder %q to %q: %w", f.name, name, ErrExists)
	}
	f.name = name
	m.touchFolder(f)
	return nil
}

// moveFolder puts a folder below another.
func (m *Mailbox) moveFolder(f, to *folder) error {
	switch {
	case f.known != "" || f.parent == nil || to.below(f) || to.search:
		return fmt.Errorf("move folder %q to %q: %w", f.name, to.name, ErrNotAllowed)
	case to == f.parent:
		return nil
	case to.child(f.name) != nil:
		return fmt.Errorf("move folder %q to %q: %w", f.name, to.name, ErrExists)
	}
	m.unlinkFolder(f)
	m.touchFolder(f.parent)
	f.parent = to
	to.children = append(to.children, f)
	m.touchFolder(f)
	m.touchFolder(to)
	return nil
}

func (m *Mailbox) unlinkFolder(f *folder) {
	kept := f.parent.children[:0]
	for _, c := range f.parent.children {
		if c != f {
			kept = append(kept, c)
		}
	}
	f.parent.children = kept
}

// removeFolder takes a folder away with all that is in it, for good.
func (m *Mailbox) removeFolder(f *folder) {
	m.emptyFolder(f)
	m.unlinkFolder(f)
	m.touchFolder(f.parent)
	f.removed = true
	delete(m.folders, f.number)
	m.foldersLog.add(change{seq: m.tick(), gone: &tombstone{number: f.number, entered: f.entered}}, len(m.folders))
}

// emptyFolder removes what is in a folder: items, folders a user made, and what
// is in the others.
func (m *Mailbox) emptyFolder(f *folder) {
	for _, it := range m.itemsOf(f) {
		m.removeItem(it)
	}
	for _, c := range append([]*folder(nil), f.children...) {
		if c.standard != "" {
			m.emptyFolder(c)
		} else {
			m.removeFolder(c)
		}
	}
}

// deleteFolder is what a client's DELETE does: the folder goes to Deleted
// Items, and from there for good.
func (m *Mailbox) deleteFolder(f *folder) error {
	if f.standard != "" || f.parent == nil {
		return fmt.Errorf("delete folder %q: %w", f.name, ErrNotAllowed)
	}
	bin := m.known["deleteditems"]
	if bin == nil || f.below(bin) || !f.below(m.known["msgfolderroot"]) {
		m.removeFolder(f)
		return nil
	}
	for n := 1; bin.child(f.name) != nil; n++ {
		f.name = fmt.Sprintf("%s%d", strings.TrimRight(f.name, "0123456789"), n)
	}
	return m.moveFolder(f, bin)
}

// itemsOf lists a folder's items, oldest change first.
func (m *Mailbox) itemsOf(f *folder) []*item {
	list := make([]*item, 0, f.count)
	for _, c := range f.log.changes {
		if c.item != nil && !c.stale(f) {
			list = append(list, c.item)
		}
	}
	return list
}

// ordered lists a folder's items, newest received first. The result is shared:
// callers do not change it. The write lock is held.
func (m *Mailbox) ordered(f *folder) []*item {
	if f.search {
		return m.found()
	}
	if f.orderSeq != f.content || f.order == nil {
		list := m.itemsOf(f)
		sortReceived(list)
		f.order, f.orderSeq = list, f.content
	}
	return f.order
}

// found lists what the search folder shows: flagged mail.
func (m *Mailbox) found() []*item {
	var list []*item
	for _, it := range m.items {
		if it.flag == flagged && it.folder.below(m.known["msgfolderroot"]) {
			list = append(list, it)
		}
	}
	sortReceived(list)
	return list
}

func sortReceived(list []*item) {
	sort.SliceStable(list, func(i, j int) bool {
		if a, b := list[i].shownTime(), list[j].shownTime(); a != b {
			return a > b
		}
		return list[i].number > list[j].number
	})
}

// walk visits a folder and all below it, children in order of name.
func (f *folder) walk(visit func(*folder) bool) bool {
	if !visit(f) {
		return false
	}
	children := append([]*folder(nil), f.children...)
	sort.Slice(children, func(i, j int) bool { return children[i].name < children[j].name })
	for _, c := range children {
		if !c.walk(visit) {
			return false
		}
	}
	return true
}
