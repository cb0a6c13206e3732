package mailboxes

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"vangnet/engine/clock"
)

// Options describe a new mailbox.
type Options struct {
	GUID     string   // of the mailbox; a UUID. Everything derived from it (ids, tokens) is the same each time
	TenantID string   // of the tenant, a UUID
	User     string   // user principal name of the owner
	Language Language // of folder names; empty: English
	Clock    clock.Clock
	SpoolDir string // where large imported content is kept; empty: in memory
	Quota    int64  // bytes the items may take together; 0: no limit
}

// idPrefix begins the id by which the import and export API knows a mailbox.
const idPrefix = "MBX:"

// Mailbox is one simulated mailbox. All methods are safe for concurrent use.
type Mailbox struct {
	opt     Options
	archive bool
	ids     idCoder

	mu         sync.RWMutex
	seq        uint64 // of the newest change
	nextFolder uint64
	nextItem   uint64
	folders    map[uint64]*folder
	known      map[string]*folder // by well-known name
	items      map[uint64]*item
	moved      map[uint64]*item // by place, items whose place differs from their number
	foldersLog changeLog
	bytes      int64 // content bytes of all items
	full       bool  // every write is refused for want of space
	generation int   // of sync states; a token of an older one is expired
	topPages   bool  // $top on a delta is a page size instead of a cap
	damage     Damage
	broken     map[uint64]Break
	uploads    map[string]*upload
	inPlace    *Mailbox
}

// New makes a mailbox with Exchange's standard folders.
func New(opt Options) (*Mailbox, error) { return newMailbox(opt, false) }

func newMailbox(opt Options, archive bool) (*Mailbox, error) {
	guid, err := uuid.Parse(opt.GUID)
	if err != nil {
		return nil, fmt.Errorf("make mailbox of %s: %w", opt.User, err)
	}
	if opt.Clock == nil {
		opt.Clock = clock.System()
	}
	m := &Mailbox{
		opt: opt, archive: archive, ids: newIDCoder(guid),
		folders: map[uint64]*folder{}, known: map[string]*folder{}, items: map[uint64]*item{}, moved: map[uint64]*item{},
		broken: map[uint64]Break{}, uploads: map[string]*upload{},
	}
	m.addStandardFolders()
	return m, nil
}

func (m *Mailbox) addStandardFolders() {
	named := map[string]*folder{}
	for _, s := range standards {
		if m.archive && !archiveStandards[s.key] {
			continue
		}
		name := s.en
		if m.opt.Language == Dutch && !m.archive {
			name = s.nl
		}
		f := m.addFolder(named[s.parent], name, s.class)
		f.known, f.hidden, f.search, f.standard = s.key, s.hidden, s.search, s.en
		if s.key != "" {
			named[s.key], m.known[s.key] = f, f
		}
	}
}

// OpenArchive returns the in-place archive, making it when there is none. It is
// reachable through the import and export API only.
func (m *Mailbox) OpenArchive() *Mailbox {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.inPlace == nil {
		opt := m.opt
		opt.GUID = uuid.NewSHA1(m.ids.guid, []byte("in-place archive")).String()
		archive, err := newMailbox(opt, true)
		if err != nil { // the id was made here: cannot happen
			panic(err)
		}
		archive.damage = m.damage
		m.inPlace = archive
	}
	return m.inPlace
}

// Archive is the in-place archive, nil where there is none.
func (m *Mailbox) Archive() *Mailbox {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.inPlace
}

// ID is the id by which the import and export API knows the mailbox:
// "MBX:{guid}@{tenant}".
func (m *Mailbox) ID() string { return idPrefix + m.ids.text + "@" + strings.ToLower(m.opt.TenantID) }

// User is the owner's user principal name.
func (m *Mailbox) User() string { return m.opt.User }

// ExpireTokens makes every delta link and page link given out so far invalid,
// as when Exchange has dropped the sync states.
func (m *Mailbox) ExpireTokens() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.generation++
}

// TopIsPageSize switches how $top works on a delta: false (as seen in the
// field) caps the total of the round, true is only the size of a page.
func (m *Mailbox) TopIsPageSize(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.topPages = on
}

// SetFull makes the mailbox refuse writes and delta reads with
// ErrorQuotaExceeded, or ends that.
func (m *Mailbox) SetFull(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.full = on
}

// Break is how a broken item fails.
type Break int

// The ways.
const (
	Whole    Break = iota
	Corrupt        // 500 ErrorCorruptData
	Missing        // listed, but 404 ErrorItemNotFound when asked for
	Controls       // shown with raw control characters inside its JSON
)

// SetBroken makes the item at an address below the mailbox fail, or heals it
// with Whole.
func (m *Mailbox) SetBroken(path string, how Break) error {
	box, rest := m.part(path)
	box.mu.Lock()
	defer box.mu.Unlock()
	it, err := box.itemAt(rest)
	if err != nil {
		return fmt.Errorf("break %s: %w", path, err)
	}
	if how == Whole {
		delete(box.broken, it.number)
	} else {
		box.broken[it.number] = how
	}
	return nil
}

// Count is the number of items in all folders, those of the archive included.
func (m *Mailbox) Count() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	n := len(m.items)
	if m.inPlace != nil {
		n += m.inPlace.Count()
	}
	return n
}

// Size is the number of bytes of content of all items, without the archive.
func (m *Mailbox) Size() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.bytes
}

// tick numbers a change. The lock is held.
func (m *Mailbox) tick() uint64 {
	m.seq++
	return m.seq
}

func (m *Mailbox) now() time.Time { return m.opt.Clock.Now().UTC() }
