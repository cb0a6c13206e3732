package pst

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"vangnet/engine/mapi"
)

// Options say what store to make.
type Options struct {
	Name    string // of the store, as Outlook shows it
	Key     []byte // tells this export, and this part of it, from all others
	Temp    string // folder for temporary files; empty: that of the file
	Folders FolderNames

	// Resolve finds the mail address that belongs to one inside an Exchange
	// organisation ("/o=..."), "" where it knows none. It may be nil.
	Resolve func(ex string) string
}

// FolderNames are the names of folders that every store has; empty ones are
// those of Outlook in English.
type FolderNames struct {
	Top     string // above all folders; Outlook shows the name of the store instead
	Deleted string
	Search  string // not shown
}

// Summary tells what a finished file holds.
type Summary struct {
	Bytes       int64
	Folders     int64 // without those of every store
	Messages    int64 // without those in attachments
	Attachments int64
}

// Writer writes one PST file. It is used by one goroutine at a time.
type Writer struct {
	path string
	opt  Options
	f    *os.File
	out  *output

	messages *spool // entries of the node tree
	rows     *spool // rows of contents tables
	rowBytes int    // of their buffers in memory
	tables   int64  // bytes that the tables of folders will take
	nodes    []node // other than messages

	folders []folder
	byName  map[folderKey]Folder
	names   *names
	layouts map[uint32]*layout
	c       counters
	warn    Warnings

	// Used for one object after the other.
	p       props
	t       *table
	row     row
	stage   stage
	subs    []subnode
	people  []person
	reread  *bufio.Reader // of rows
	waiting []byte
	scratch []byte

	broken error // why nothing more can be added
}

// counters are what counts up while items are added.
type counters struct {
	message     uint32 // index of the last one
	version     uint32 // of the last row
	messages    int64
	attachments int64
	high        highest
}

const partSuffix = ".part"

// Create starts a store. Until Finish it lies in path + ".part".
func Create(path string, o Options) (*Writer, error) {
	w := &Writer{path: path, opt: o, byName: map[folderKey]Folder{}, layouts: map[uint32]*layout{}}
	if err := w.create(); err != nil {
		return nil, errors.Join(fmt.Errorf("create %s: %w", path, err), w.Close())
	}
	return w, nil
}

func (w *Writer) create() (err error) {
	if w.f, err = os.OpenFile(w.path+partSuffix, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
		return err
	}
	temp := w.opt.Temp
	if temp == "" {
		temp = filepath.Dir(w.path)
	}
	pattern := filepath.Base(w.path) + ".*.tmp"
	blocks, err := newSpool(temp, pattern)
	if err != nil {
		return err
	}
	w.out = newOutput(w.f, blocks)
	if w.messages, err = newSpool(temp, pattern); err != nil {
		return err
	}
	if w.rows, err = newSpool(temp, pattern); err != nil {
		return err
	}
	w.reread = bufio.NewReaderSize(nil, spoolBuffer)
	w.folders = standardFolders(w.opt.Folders)
	w.tables = int64(len(w.folders)) * perFolder
	w.byName[folderKey{Top, w.folders[Deleted].name}] = Deleted
	w.c = counters{message: startMessage, high: newHighest()}
	w.names = newNames()
	w.stage = stage{names: w.names, warn: &w.warn}
	w.p = props{o: w.out, h: newHeap(w.out), large: newData(w.out), high: &w.c.high}
	w.t = newTable(w.out, &w.c.high)
	return nil
}

// Add writes an item into a folder. key tells it from all other items of the
// export. An item that fails, because an attachment cannot be read or ctx ends,
// leaves nothing behind, and others can be added after it.
func (w *Writer) Add(ctx context.Context, f Folder, key []byte, m *mapi.Message) (Warnings, error) {
	if w.broken != nil {
		return nil, w.broken
	}
	if !w.has(f) {
		return nil, fmt.Errorf("add an item: there is no folder %d", f)
	}
	if err := w.spillRows(&w.folders[f]); err != nil {
		return nil, fmt.Errorf("add an item: %w", err)
	}
	w.warn = nil
	before := w.save()
	if err := w.add(ctx, &w.folders[f], key, m); err != nil {
		if e := w.restore(before); e != nil {
			w.broken = fmt.Errorf("the file cannot be continued: %w", e)
			err = errors.Join(err, w.broken)
		}
		return nil, fmt.Errorf("add an item to %q: %w", w.folders[f].name, err)
	}
	return w.warn, nil
}

func (w *Writer) add(ctx context.Context, f *folder, key []byte, m *mapi.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	top, err := w.newMessage()
	if err != nil {
		return err
	}
	o, err := w.message(ctx, m, key, 0)
	if err != nil {
		return err
	}
	waiting := w.waitingRow(top, o.size)
	meter := f.rows.heap
	if meter.row(waiting); meter.blocks > rowHeapBlocks {
		return fmt.Errorf("%d items: %w", f.items, ErrFull)
	}
	putNode(w.messages.next(nodeEntry), node{top, o.data, o.sub, f.node()})
	if err := w.messages.flush(); err != nil {
		return err
	}
	w.addRow(f, waiting) // nothing can fail from here on
	w.tables += meter.tableSize() - f.rows.heap.tableSize()
	f.rows.heap = meter
	f.items++
	if flags, _ := w.stage.get(mapi.MessageFlags); flags.value.(int32)&mapi.FlagRead == 0 {
		f.unread++
	}
	w.c.messages++
	return nil
}

// savepoint is what must be as it was after an item that failed.
type savepoint struct {
	out      mark
	messages int64
	names    int
	c        counters
}

func (w *Writer) save() savepoint {
	return savepoint{w.out.mark(), w.messages.size(), len(w.names.list), w.c}
}

func (w *Writer) restore(s savepoint) error {
	w.c = s.c
	w.names.cut(s.names)
	w.subs = w.subs[:0]
	if err := w.messages.cut(s.messages); err != nil {
		return err
	}
	return w.out.rewind(s.out)
}

// Close ends the writer. Unless the file was finished, nothing of it is left.
func (w *Writer) Close() error {
	w.broken = ErrClosed
	errs := []error{w.messages.remove(), w.rows.remove()}
	if w.out != nil {
		_ = w.out.end() // whatever became of it, nobody wants it
		errs = append(errs, w.out.blocks.remove())
	}
	if w.f != nil {
		errs = append(errs, w.f.Close(), os.Remove(w.path+partSuffix))
		w.f = nil
	}
	return errors.Join(errs...)
}
