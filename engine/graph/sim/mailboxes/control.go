package mailboxes

import (
	"fmt"
	"strings"

	"vangnet/engine/mapi"
)

// Mkdir makes the folder at an address and those above it that are missing.
func (m *Mailbox) Mkdir(path string) error {
	box, rest := m.part(path)
	box.mu.Lock()
	defer box.mu.Unlock()
	if _, err := box.ensureFolder(rest); err != nil {
		return fmt.Errorf("make folder %s: %w", path, err)
	}
	return nil
}

// Delete removes what is at an address, for good: an item, a folder with all in
// it, a first part, or with "" everything. Folders that Exchange made are
// emptied and stay.
func (m *Mailbox) Delete(path string) error {
	box, rest := m.part(path)
	if box != m {
		return box.delete(rest, path)
	}
	if a := m.Archive(); rest == "" && a != nil {
		if err := a.delete("", path); err != nil {
			return err
		}
	}
	return m.delete(rest, path)
}

func (m *Mailbox) delete(path, shown string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if path == "" {
		m.emptyFolder(m.known["msgfolderroot"])
		m.emptyFolder(m.known["recoverableitemsroot"])
		return nil
	}
	f, err := m.folderAt(path)
	switch {
	case err != nil:
		it, err := m.itemAt(path)
		if err != nil {
			return fmt.Errorf("delete %s: %w", shown, err)
		}
		m.removeItem(it)
	case f.known == "msgfolderroot":
		m.emptyTop(f, lower(path))
	case f.standard != "":
		m.emptyFolder(f)
	default:
		m.removeFolder(f)
	}
	return nil
}

// emptyTop empties the folders of one first part.
func (m *Mailbox) emptyTop(root *folder, first string) {
	var list []*folder
	root.walk(func(f *folder) bool {
		if f != root && top(f.class) == first {
			list = append(list, f)
		}
		return true
	})
	for i := len(list) - 1; i >= 0; i-- { // deepest first
		f := list[i]
		for _, it := range m.itemsOf(f) {
			m.removeItem(it)
		}
		if f.standard == "" && len(f.children) == 0 {
			m.removeFolder(f)
		}
	}
}

// Move puts the item or folder at an address into the folder at another.
func (m *Mailbox) Move(path, to string) error {
	box, rest := m.part(path)
	target, where := m.part(to)
	if box != target {
		return fmt.Errorf("move %s to %s: between mailboxes: %w", path, to, ErrNotAllowed)
	}
	box.mu.Lock()
	defer box.mu.Unlock()
	dest, err := box.ensureFolder(where)
	if err == nil {
		err = box.moveTo(rest, dest)
	}
	if err != nil {
		return fmt.Errorf("move %s to %s: %w", path, to, err)
	}
	return nil
}

func (m *Mailbox) moveTo(path string, dest *folder) error {
	if f, err := m.folderAt(path); err == nil {
		return m.moveFolder(f, dest)
	}
	it, err := m.itemAt(path)
	if err != nil {
		return err
	}
	return m.moveItem(it, dest)
}

// Rename gives the folder at an address another name.
func (m *Mailbox) Rename(path, name string) error {
	box, rest := m.part(path)
	box.mu.Lock()
	defer box.mu.Unlock()
	f, err := box.folderAt(rest)
	if err == nil {
		err = box.renameFolder(f, name)
	}
	if err != nil {
		return fmt.Errorf("rename %s: %w", path, err)
	}
	return nil
}

// Edit is a change of an item. What is nil stays.
type Edit struct {
	Read, Flagged, Draft *bool
	Importance           *int // -1, 0, 1
	Categories           *[]string
	Subject              *string
	Content              Content       // other RFC 5322 bytes; dates and flags stay
	Item                 *mapi.Message // another content of an item that is no mail; flags are those it has
}

// Edit changes the item at an address.
func (m *Mailbox) Edit(path string, e Edit) error {
	box, rest := m.part(path)
	box.mu.Lock()
	defer box.mu.Unlock()
	it, err := box.itemAt(rest)
	if err == nil {
		err = box.edit(it, e)
	}
	if err != nil {
		return fmt.Errorf("edit %s: %w", path, err)
	}
	return nil
}

func (m *Mailbox) edit(it *item, e Edit) error {
	if e.Content != nil {
		if err := m.recontent(it, source{Content: e.Content, form: formMIME}); err != nil {
			return err
		}
	}
	if e.Item != nil {
		if err := m.recast(it, e.Item); err != nil {
			return err
		}
	}
	if e.Subject != nil {
		err := m.rewrite(it, func(msg *mapi.Message) { setSubject(&msg.Props, *e.Subject) })
		if err != nil {
			return err
		}
	}
	if e.Read != nil {
		m.setRead(it, *e.Read)
	}
	if e.Draft != nil {
		it.draft = *e.Draft
	}
	if e.Flagged != nil {
		it.flag = notFlagged
		if *e.Flagged {
			it.flag = flagged
		}
	}
	if e.Importance != nil {
		it.importance = int8(min(max(*e.Importance, -1), 1) + 1)
	}
	if e.Categories != nil {
		it.categories = *e.Categories
	}
	m.touch(it)
	return nil
}

// recast gives an item other properties. When it was made stays, unless they say so.
func (m *Mailbox) recast(it *item, msg *mapi.Message) error {
	content, err := m.packed(msg)
	if err != nil {
		return err
	}
	made := it.created
	m.replace(it, content, msg)
	if it.created == 0 {
		it.created = made
	}
	return nil
}

// recontent gives an item other content under the same dates and flags.
func (m *Mailbox) recontent(it *item, content source) error {
	msg, release, err := m.load(content)
	if err != nil {
		return err
	}
	defer release()
	old := *it
	it.learn(msg)
	it.read, it.draft, it.flag, it.categories = old.read, old.draft, old.flag, old.categories
	it.received, it.sent, it.created = old.received, old.sent, old.created
	m.bytes += content.size() - old.content.size()
	old.content.drop()
	it.content = content
	return nil
}

// rewrite changes an item's properties: its content becomes a stream, as
// Exchange no longer has the MIME of a message that was edited.
func (m *Mailbox) rewrite(it *item, change func(*mapi.Message)) error {
	s := m.snapshot(it)
	msg, release, err := m.assemble(&s)
	if err != nil {
		return err
	}
	defer release()
	change(msg)
	content, err := m.packed(msg)
	if err != nil {
		return err
	}
	m.replace(it, content, msg)
	return nil
}

// setSubject writes a subject and what derives from it.
func setSubject(p *mapi.Bag, subject string) {
	prefix, rest := "", subject
	if i := strings.Index(subject, ": "); i > 0 && i <= 3 {
		prefix, rest = subject[:i+2], subject[i+2:]
	}
	p.SetString(mapi.Subject, subject)
	p.SetString(mapi.SubjectPrefix, prefix)
	p.SetString(mapi.NormalizedSubject, rest)
}
