package workload

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	text    []byte // of the line read last
	folders map[string]*folderIndex
	where   map[idHash]*folderIndex // which folder an item was saved in last
}

// folderIndex is what the journal holds of one folder.
type folderIndex struct {
	items    map[idHash]span // the newest line of each item
	order    []span          // lines in order of arrival; superseded ones stay and are skipped
	gone     map[idHash]struct{}
	left     []idHash // gone since this was last asked, see Left
	kept     map[idHash]struct{}
	late     map[idHash]struct{} // items saved since the round was complete
	faults   map[idHash]Failure
	cursor   string
	full     bool // the round reads the whole folder
	complete bool
}

// span is where a line lies in the file.
type span struct {
	at   int64
	size int32
}

// idHash stands for an item id: ids are long, and a folder can have 200,000.
type idHash [16]byte

func hashID(id string) idHash {
	sum := sha256.Sum256([]byte(id))
	return idHash(sum[:16])
}

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

func (j *Journal) locked(l *line) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.add(l)
}

func (j *Journal) folder(id string) *folderIndex {
	f := j.folders[id]
	if f == nil {
		f = &folderIndex{
			items: map[idHash]span{}, gone: map[idHash]struct{}{}, kept: map[idHash]struct{}{},
			late: map[idHash]struct{}{}, faults: map[idHash]Failure{},
		}
		j.folders[id] = f
	}
	return f
}

func (j *Journal) apply(at span, l *line) {
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
		f.left = append(f.left, h)
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
