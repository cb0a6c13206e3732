package mailboxes

import (
	"fmt"
	"time"

	"vangnet/engine/mapi"
)

// flagState is an item's follow-up flag: the values of PidTagFlagStatus.
type flagState uint8

const (
	notFlagged flagState = 0
	flagDone   flagState = 1
	flagged    flagState = 2
)

// item is one message, appointment, contact, or other thing in a folder. It is
// guarded by its mailbox's lock; its content is not, and never changes: another
// content is another source.
type item struct {
	number  uint64 // names it for ever: the immutable id
	place   uint64 // names where it is: the default id
	seq     uint64 // newest change
	entered uint64 // sequence at which it came into its folder
	folder  *folder
	content source
	canon   *canonical // hash of the content, once asked for

	class   string
	subject string
	msgID   string // Internet message id; "" also when not known yet

	categories []string // never changed in place

	created, modified, received, sent mapi.FileTime

	flag       flagState
	importance int8 // PidTagImportance: 0 low, 1 normal, 2 high
	read       bool
	draft      bool
	attach     bool // has attachments that a person would see
	facts      bool // msgID and attach are known
}

// state is a copy of an item that outlives the lock.
type state struct {
	item
	folderNumber uint64
	broken       Break
}

func (m *Mailbox) snapshot(it *item) state {
	return state{item: *it, folderNumber: it.folder.number, broken: m.broken[it.number]}
}

// shownTime is what lists are ordered by.
func (it *item) shownTime() mapi.FileTime {
	if it.received != 0 {
		return it.received
	}
	return it.created
}

// Meta is what a mailbox knows of an item beside its content.
type Meta struct {
	Subject    string // lazy items only; else from the content
	Class      string // item class; empty: from the content, else IPM.Note
	MessageID  string // lazy items only
	Received   time.Time
	Sent       time.Time
	Created    time.Time // zero: Received, else now
	Modified   time.Time // zero: Created
	Read       bool
	Flagged    bool
	Draft      bool
	Importance int // -1 low, 1 high; 0: as the content says
	Categories []string

	// Lazy says that everything above is given, so the content need not be
	// read before someone asks for it.
	Lazy bool
	// Attachments tells for a lazy item whether it has any.
	Attachments bool
}

// insert puts a new item into a folder. The lock is held.
func (m *Mailbox) insert(f *folder, it *item) error {
	size := it.content.size()
	if m.full || m.opt.Quota > 0 && m.bytes+size > m.opt.Quota {
		return fmt.Errorf("add an item to %q: %w", f.name, ErrFull)
	}
	if f.search {
		return fmt.Errorf("add an item to %q: %w", f.name, ErrNotAllowed)
	}
	m.nextItem++
	it.number, it.place = m.nextItem, m.nextItem
	m.items[it.number] = it
	m.bytes += size
	m.enter(it, f)
	return nil
}

// enter links an item to a folder as its newest change.
func (m *Mailbox) enter(it *item, f *folder) {
	it.folder = f
	it.seq = m.tick()
	it.entered = it.seq
	f.count++
	if !it.read {
		f.unread++
	}
	f.content = it.seq
	f.log.add(change{seq: it.seq, item: it}, f.count)
}

// leave unlinks an item from its folder, with a mark for those who follow it.
func (m *Mailbox) leave(it *item) {
	f := it.folder
	f.count--
	if !it.read {
		f.unread--
	}
	f.content = m.tick()
	gone := &tombstone{number: it.number, place: it.place, entered: it.entered}
	it.seq = 0 // its entries are stale from here on
	f.log.add(change{seq: f.content, gone: gone}, f.count)
}

// touch notes that an item changed, at the present moment.
func (m *Mailbox) touch(it *item) {
	it.modified = mapi.FileTimeOf(m.now())
	it.canon = nil
	it.seq = m.tick()
	it.folder.content = it.seq
	it.folder.log.add(change{seq: it.seq, item: it}, it.folder.count)
}

// moveItem puts an item into another folder: a removal here, a new item with
// another default id there.
func (m *Mailbox) moveItem(it *item, to *folder) error {
	if to.search {
		return fmt.Errorf("move an item to %q: %w", to.name, ErrNotAllowed)
	}
	if to == it.folder {
		return nil
	}
	m.leave(it)
	delete(m.moved, it.place)
	m.nextItem++
	it.place = m.nextItem
	m.moved[it.place] = it
	m.enter(it, to)
	return nil
}

// removeItem takes an item away for good.
func (m *Mailbox) removeItem(it *item) {
	m.leave(it)
	delete(m.items, it.number)
	delete(m.moved, it.place)
	delete(m.broken, it.number)
	m.bytes -= it.content.size()
	it.content.drop()
}

// deleteItem is what a client's DELETE does: to Deleted Items, from there to
// the recoverable items, from there for good.
func (m *Mailbox) deleteItem(it *item) error {
	bin, dump := m.known["deleteditems"], m.known["recoverableitemsdeletions"]
	switch {
	case bin != nil && it.folder.below(m.known["msgfolderroot"]) && !it.folder.below(bin):
		return m.moveItem(it, bin)
	case dump != nil && it.folder.below(m.known["msgfolderroot"]):
		return m.moveItem(it, dump)
	}
	m.removeItem(it)
	return nil
}

// setRead changes the read mark and the folder's count.
func (m *Mailbox) setRead(it *item, read bool) {
	if it.read == read {
		return
	}
	it.read = read
	if read {
		it.folder.unread--
	} else {
		it.folder.unread++
	}
}

// replace gives an item another content, whose facts become the item's.
func (m *Mailbox) replace(it *item, content source, msg *mapi.Message) {
	m.bytes += content.size() - it.content.size()
	it.content.drop()
	it.content = content
	wasRead := it.read
	it.learn(msg)
	read := it.read
	it.read = wasRead
	m.setRead(it, read)
	m.touch(it)
}

// itemID is the id in the form a client wants.
func (m *Mailbox) itemID(s *state, immutable bool) string {
	if immutable {
		return m.ids.immutableID(s.number)
	}
	return m.ids.placeID(s.folderNumber, s.place)
}

// lookUp finds an item by either form of id.
func (m *Mailbox) lookUp(id string) (*item, error) {
	kind, n, err := m.ids.decode(id)
	if err != nil {
		return nil, err
	}
	var it *item
	switch kind {
	case idImmutable:
		it = m.items[n]
	case idPlace:
		if it = m.moved[n]; it == nil {
			if it = m.items[n]; it != nil && it.place != n {
				it = nil
			}
		}
	}
	if it == nil {
		return nil, ErrNotFound
	}
	return it, nil
}

// folderBy finds a folder by id or by well-known name.
func (m *Mailbox) folderBy(id string) (*folder, error) {
	if f := m.known[lower(id)]; f != nil {
		return f, nil
	}
	kind, n, err := m.ids.decode(id)
	if err != nil {
		return nil, err
	}
	if f := m.folders[n]; kind == idFolder && f != nil {
		return f, nil
	}
	return nil, ErrNotFound
}
