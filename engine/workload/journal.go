package workload

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"vangnet/engine/model"
)

// Journal is what a run has done so far for one resource: the entries of items
// that are in the vault already, which items are gone, and where reading goes
// on. It lies on the local disk, so that a killed run continues without
// downloading anything twice, and so that a folder of any size can be put in
// order without holding its entries in memory.
//
// It is a file of JSON lines. Only what stands before the last durable mark is
// believed after a restart: a mark is written when the vault has flushed
// everything that the lines before it speak of.
//
// A Journal may be used by several goroutines.
type Journal struct {
	path string

	mu      sync.Mutex
	file    *os.File
	w       *bufio.Writer
	size    int64
	folders map[string]*folderIndex
	where   map[idHash]*folderIndex // which folder an item was saved in last
}

// folderIndex is what the journal holds of one folder.
type folderIndex struct {
	items    map[idHash]int64 // offset of the newest line of each item
	order    []int64          // offsets in order of arrival; superseded ones stay and are skipped
	gone     map[idHash]struct{}
	kept     map[idHash]struct{}
	late     map[idHash]struct{} // items saved since the round was complete
	faults   map[idHash]Failure
	cursor   string
	full     bool // the round reads the whole folder
	complete bool
}

// idHash stands for an item id: ids are long, and a folder can have 200,000.
type idHash [16]byte

func hashID(id string) idHash {
	sum := sha256.Sum256([]byte(id))
	return idHash(sum[:16])
}

// line is one record of the file. Exactly one of the pointers is set.
type line struct {
	Head    *headLine    `json:"head,omitempty"`
	Folder  string       `json:"f,omitempty"`
	Item    *model.Entry `json:"item,omitempty"`
	Gone    string       `json:"gone,omitempty"`
	Kept    string       `json:"kept,omitempty"`
	Fault   *Failure     `json:"fault,omitempty"`
	Round   *roundLine   `json:"round,omitempty"`
	Durable *int64       `json:"durable,omitempty"` // everything before this offset
}

type headLine struct {
	Form int    `json:"form"`
	Base string `json:"base"` // what the run builds on: the previous snapshot
}

type roundLine struct {
	Cursor   string `json:"cursor"`
	Full     bool   `json:"full"`
	Complete bool   `json:"complete"`
	Begin    bool   `json:"begin,omitempty"` // kept and gone of the folder no longer count
}

// Failure is an item that could not be saved, with what is known of it.
type Failure struct {
	model.ItemFault
	Of model.Entry `json:"of"`
}

// journalForm is the version of the file's form; another one is not continued.
const journalForm = 2

// OpenJournal continues the journal at path if it builds on the same base, and
// starts a new one otherwise.
func OpenJournal(path, base string) (*Journal, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make journal folder: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{path: path, file: file, folders: map[string]*folderIndex{}, where: map[idHash]*folderIndex{}}
	end, err := durableEnd(file, base)
	if err == nil {
		err = j.load(end, base)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read journal %s: %w", path, err), file.Close())
	}
	return j, nil
}

// durableEnd finds how much of the file may be believed: 0 when it builds on
// another base or has no durable mark.
func durableEnd(file *os.File, base string) (int64, error) {
	var end int64
	first := true
	err := eachLine(file, -1, func(_ int64, l *line) bool {
		if first {
			first = false
			return l.Head != nil && l.Head.Form == journalForm && l.Head.Base == base
		}
		if l.Durable != nil {
			end = *l.Durable
		}
		return true
	})
	return end, err
}

// load indexes the first end bytes and drops the rest.
func (j *Journal) load(end int64, base string) error {
	if err := eachLine(j.file, end, func(at int64, l *line) bool {
		j.apply(at, l)
		return true
	}); err != nil {
		return err
	}
	if err := j.file.Truncate(end); err != nil {
		return err
	}
	if _, err := j.file.Seek(end, io.SeekStart); err != nil {
		return err
	}
	j.size = end
	j.w = bufio.NewWriterSize(j.file, 1<<16)
	if end == 0 {
		return j.add(&line{Head: &headLine{Form: journalForm, Base: base}})
	}
	return j.add(&line{Durable: &end}) // the mark that said so was cut off with the rest
}

// eachLine calls fn for every whole line up to limit (-1: all) until it says
// false. A line cut off by a crash ends it silently.
func eachLine(file *os.File, limit int64, fn func(at int64, l *line) bool) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReaderSize(file, 1<<16)
	var at int64
	for limit < 0 || at < limit {
		text, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var l line
		if json.Unmarshal(text, &l) != nil || !fn(at, &l) {
			return nil
		}
		at += int64(len(text))
	}
	return nil
}

// add writes one line and indexes it. The caller holds mu, or is alone.
func (j *Journal) add(l *line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	if _, err := j.w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	j.apply(j.size, l)
	j.size += int64(len(text)) + 1
	return nil
}

func (j *Journal) locked(l *line) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.add(l)
}

func (j *Journal) folder(id string) *folderIndex {
	f := j.folders[id]
	if f == nil {
		f = &folderIndex{
			items: map[idHash]int64{}, gone: map[idHash]struct{}{}, kept: map[idHash]struct{}{},
			late: map[idHash]struct{}{}, faults: map[idHash]Failure{},
		}
		j.folders[id] = f
	}
	return f
}

func (j *Journal) apply(at int64, l *line) {
	if l.Head != nil || l.Durable != nil {
		return
	}
	f := j.folder(l.Folder)
	switch {
	case l.Item != nil:
		h := hashID(l.Item.ID)
		if before := j.where[h]; before != nil && before != f {
			delete(before.items, h) // it moved while the run was at work, or between its parts
		}
		j.where[h] = f
		f.items[h] = at
		f.order = append(f.order, at)
		delete(f.gone, h)
		delete(f.kept, h)
		delete(f.faults, h)
		if f.complete {
			f.late[h] = struct{}{}
		}
	case l.Gone != "":
		h := hashID(l.Gone)
		f.gone[h] = struct{}{}
		delete(f.items, h)
		delete(f.kept, h)
		delete(f.faults, h)
	case l.Kept != "":
		h := hashID(l.Kept)
		f.kept[h] = struct{}{}
		delete(f.gone, h)
	case l.Fault != nil:
		f.faults[hashID(l.Fault.ID)] = *l.Fault
	case l.Round != nil:
		f.cursor, f.full, f.complete = l.Round.Cursor, l.Round.Full, l.Round.Complete
		clear(f.late)
		if l.Round.Begin {
			clear(f.gone)
			clear(f.kept)
		}
	}
}

// Put notes that an item is in the vault (durable at the next flush).
func (j *Journal) Put(folder string, e model.Entry) error {
	return j.locked(&line{Folder: folder, Item: &e})
}

// Gone notes that an item is no longer in the folder.
func (j *Journal) Gone(folder, id string) error { return j.locked(&line{Folder: folder, Gone: id}) }

// Keep notes, in a full round, that an item is still there and unchanged.
func (j *Journal) Keep(folder, id string) error { return j.locked(&line{Folder: folder, Kept: id}) }

// Fail notes an item that could not be saved.
func (j *Journal) Fail(folder string, f Failure) error {
	return j.locked(&line{Folder: folder, Fault: &f})
}

// Begin notes that reading a folder's changes begins, in full or from where the
// previous snapshot ended: items that were saved stay saved, but what was said
// to be gone or kept no longer counts. See Sweep.
func (j *Journal) Begin(folder string, full bool) error {
	return j.locked(&line{Folder: folder, Round: &roundLine{Full: full, Begin: true}})
}

// Complete notes that a folder's changes have all been taken in, and where the
// next run goes on.
func (j *Journal) Complete(folder, cursor string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.add(&line{Folder: folder, Round: &roundLine{Cursor: cursor, Full: j.folder(folder).full, Complete: true}})
}

// Names is a set of item ids.
type Names map[idHash]struct{}

// Add adds an id.
func (n Names) Add(id string) { n[hashID(id)] = struct{}{} }

// Has reports whether an id was added.
func (n Names) Has(id string) bool {
	_, ok := n[hashID(id)]
	return ok
}

// Sweep notes as gone what was saved in a folder before and is not among the
// items that were named when its changes were asked for again: it was deleted
// or moved meanwhile. In a round that was complete, only what was saved since
// then is in question.
func (j *Journal) Sweep(folder string, named Names) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	f, ok := j.folders[folder]
	if !ok {
		return nil
	}
	for h, at := range f.items {
		_, ok := named[h]
		if _, late := f.late[h]; ok || f.complete && !late {
			continue
		}
		e, err := j.entryAt(at)
		if err != nil {
			return err
		}
		if err := j.add(&line{Folder: folder, Gone: e.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Each calls fn for every item that was saved, with its folder. fn may use the journal.
func (j *Journal) Each(fn func(folder string, e model.Entry) error) error {
	type place struct {
		folder string
		at     int64
	}
	var all []place
	j.mu.Lock()
	for id, f := range j.folders {
		for _, at := range f.items {
			all = append(all, place{id, at})
		}
	}
	j.mu.Unlock()
	for _, p := range all {
		j.mu.Lock()
		e, err := j.entryAt(p.at)
		j.mu.Unlock()
		if err != nil {
			return err
		}
		if err := fn(p.folder, e); err != nil {
			return err
		}
	}
	return nil
}

// Settled reports whether an item of a folder needs no further asking: it was
// saved, there or in another folder, or is gone.
func (j *Journal) Settled(folder, id string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	h := hashID(id)
	if f := j.where[h]; f != nil {
		if _, ok := f.items[h]; ok {
			return true
		}
	}
	if f := j.folders[folder]; f != nil {
		_, gone := f.gone[h]
		return gone
	}
	return false
}

// elsewhere reports whether an item was saved in another folder than f, after
// it was in f. The caller need not hold mu: nothing is saved any more when
// listings are written.
func (j *Journal) elsewhere(f *folderIndex, h idHash) bool {
	now := j.where[h]
	if now == nil || now == f {
		return false
	}
	_, ok := now.items[h]
	return ok
}

// Round is where reading a folder stands.
type Round struct {
	Cursor   string
	Full     bool
	Complete bool
	Begun    bool // anything is known of this folder
	Touched  bool // its listing is not what it was
}

// Round tells where reading a folder stands.
func (j *Journal) Round(folder string) Round {
	j.mu.Lock()
	defer j.mu.Unlock()
	f, ok := j.folders[folder]
	if !ok {
		return Round{}
	}
	touched := f.full || len(f.items)+len(f.gone) > 0
	return Round{Cursor: f.cursor, Full: f.full, Complete: f.complete, Begun: true, Touched: touched}
}

// Has gives the entry that was saved for an item, if any.
func (j *Journal) Has(folder, id string) (model.Entry, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f, ok := j.folders[folder]
	if !ok {
		return model.Entry{}, false, nil
	}
	at, ok := f.items[hashID(id)]
	if !ok {
		return model.Entry{}, false, nil
	}
	e, err := j.entryAt(at)
	return e, err == nil, err
}

// Faults lists the items of a folder that could not be saved, in order of id.
func (j *Journal) Faults(folder string) []Failure {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []Failure
	if f, ok := j.folders[folder]; ok {
		for _, fault := range f.faults {
			list = append(list, fault)
		}
	}
	slices.SortFunc(list, func(a, b Failure) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// entryAt reads one item's line. The caller holds mu.
func (j *Journal) entryAt(at int64) (model.Entry, error) {
	if j.w.Buffered() > 0 {
		if err := j.w.Flush(); err != nil {
			return model.Entry{}, fmt.Errorf("write journal: %w", err)
		}
	}
	r := bufio.NewReaderSize(io.NewSectionReader(j.file, at, 1<<30), 4096)
	text, err := r.ReadBytes('\n')
	if err != nil {
		return model.Entry{}, fmt.Errorf("read journal at %d: %w", at, err)
	}
	var l line
	if err := json.Unmarshal(bytes.TrimSpace(text), &l); err != nil || l.Item == nil {
		return model.Entry{}, fmt.Errorf("read journal at %d: no item there (%v)", at, err)
	}
	return *l.Item, nil
}

// Mark is how far the journal has come; see Durable.
func (j *Journal) Mark() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.size
}

// Durable notes that everything before mark is safely in the vault.
func (j *Journal) Durable(mark int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil // the resource has ended
	}
	if err := j.add(&line{Durable: &mark}); err != nil {
		return err
	}
	if err := j.w.Flush(); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return j.file.Sync()
}

// Forget drops a folder's index: its listing is written. The lines stay, so
// that a restart can write it again.
func (j *Journal) Forget(folder string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if f, ok := j.folders[folder]; ok {
		f.order, f.gone, f.kept, f.late = nil, nil, nil, nil // which items it has is still asked, see elsewhere
		delete(j.folders, folder)
	}
}

// Close lets go of the file and keeps it for the next run.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := errors.Join(j.w.Flush(), j.file.Close())
	j.file = nil
	return err
}

// Remove ends the journal: the snapshot it was for is durable.
func (j *Journal) Remove() error {
	if err := j.Close(); err != nil {
		return err
	}
	if err := os.Remove(j.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove journal: %w", err)
	}
	return nil
}
