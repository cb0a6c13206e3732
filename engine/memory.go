package engine

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// memory remembers where restored items were put, in a file of JSON lines of
// the home folder. It lets a restore that is repeated, or that was cut off, see
// what it has put there already, also for items that look alike to everything else.
type memory struct {
	path string

	mu    sync.Mutex
	file  *os.File
	known map[string]string // mailbox, source item → item
	made  map[string]string // item → source item
}

type memoryLine struct {
	Mailbox string `json:"m"`
	Item    string `json:"i"`
	Put     string `json:"p"`
}

func newMemory(path string) *memory { return &memory{path: path} }

func memoryKey(mailbox, item string) string { return mailbox + "\x00" + item }

// load reads the file once. The caller holds mu.
func (m *memory) load() error {
	if m.known != nil {
		return nil
	}
	m.known, m.made = map[string]string{}, map[string]string{}
	f, err := os.Open(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read what was restored: %w", err)
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l memoryLine
		if json.Unmarshal(lines.Bytes(), &l) == nil {
			m.take(l)
		}
	}
	return errors.Join(lines.Err(), f.Close())
}

// take remembers a line. The caller holds mu.
func (m *memory) take(l memoryLine) {
	m.known[memoryKey(l.Mailbox, l.Item)] = l.Put
	if l.Put != l.Item { // else it was replaced where it was
		m.made[l.Put] = l.Item
	}
}

// maxOrigin bounds how often one item can have been put back from its own copy;
// only a damaged file goes further.
const maxOrigin = 1000

// Origin is the item that one was made from, through all restores since.
func (m *memory) Origin(id string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.load() != nil {
		return id
	}
	for range maxOrigin {
		from, ok := m.made[id]
		if !ok {
			break
		}
		id = from
	}
	return id
}

// Find tells where an item was put last.
func (m *memory) Find(mailbox, item string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.load() != nil {
		return "", false
	}
	id, ok := m.known[memoryKey(mailbox, item)]
	return id, ok
}

// Note remembers where an item was put.
func (m *memory) Note(mailbox, item, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.load(); err != nil {
		return err
	}
	if m.file == nil {
		f, err := os.OpenFile(m.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("note what was restored: %w", err)
		}
		m.file = f
	}
	line := memoryLine{Mailbox: mailbox, Item: item, Put: id}
	text, err := json.Marshal(line)
	if err == nil {
		_, err = m.file.Write(append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("note what was restored: %w", err)
	}
	m.take(line)
	return nil
}

// Close lets go of the file.
func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == nil {
		return nil
	}
	err := m.file.Close()
	m.file = nil
	return err
}
