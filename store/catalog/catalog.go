// Package catalog is the local index of what the vaults hold: every snapshot,
// folder and version of an item, browsable and searchable without reading the
// bucket. It is a cache: delete its file and Sync brings everything back.
//
// Items are kept as version intervals. A row is one state of one item in one
// folder, valid from the snapshot numbered since until before the one numbered
// until (null: still there). Snapshots of a resource are numbered in the order
// of their time. Folders are intervals of their own, so renaming one rewrites
// no items.
package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/klauspost/compress/zstd"
	_ "modernc.org/sqlite" // the database/sql driver named sqlite
)

// Errors that callers tell apart.
var (
	// ErrNotFound: nothing with that address, id or time is known.
	ErrNotFound = errors.New("not in the catalog")
	// ErrNewer: the file was made by a newer version of the program.
	ErrNewer = errors.New("catalog was made by a newer version")
	// ErrDamaged: the file is not a healthy database. Remove it and sync again.
	ErrDamaged = errors.New("catalog is damaged")
	// ErrIncomplete: some snapshots could not be read. The rest is in.
	ErrIncomplete = errors.New("catalog is not complete")
)

// Options adjust a catalog.
type Options struct {
	// Readers is the number of connections for reading; 0 means 4.
	Readers int
	// Batch is the number of new versions written in one transaction; 0 means 10,000.
	Batch int
}

// Catalog is an open catalog. All methods may be used by many goroutines.
type Catalog struct {
	path  string
	opts  Options
	write *sql.DB
	read  *sql.DB
	turn  chan struct{} // held by whoever writes
	file  *flock.Flock  // likewise, among programs
	enc   *zstd.Encoder
	dec   *zstd.Decoder
	index *wordIndex
	pages pages
}

// Open opens the catalog file at path, making or upgrading it when needed. A
// file that is no database gives ErrDamaged, one of a newer program ErrNewer.
func Open(ctx context.Context, path string, opts Options) (*Catalog, error) {
	if opts.Readers <= 0 {
		opts.Readers = 4
	}
	if opts.Batch <= 0 {
		opts.Batch = 10_000
	}
	c := &Catalog{path: path, opts: opts, turn: make(chan struct{}, 1), file: flock.New(path + ".lock")}
	if err := c.open(ctx); err != nil {
		c.shut()
		return nil, fmt.Errorf("open catalog %s: %w", path, err)
	}
	return c, nil
}

func (c *Catalog) open(ctx context.Context) (err error) {
	if err = os.MkdirAll(filepath.Dir(c.path), 0o700); err != nil {
		return err
	}
	// Two programs that make the same files at once get in each other's way.
	door := flock.New(c.path + ".door")
	if _, err = door.TryLockContext(ctx, lockPause); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, door.Close()) }()
	if c.enc, err = newEncoder(); err != nil {
		return err
	}
	if c.dec, err = newDecoder(); err != nil {
		return err
	}
	if c.write, err = connect(c.path, 24<<10, "&_txlock=immediate&_pragma=journal_mode(wal)", 1); err != nil {
		return err
	}
	if err = migrate(ctx, c.write); err != nil {
		return damaged(err)
	}
	if c.read, err = connect(c.path, 8<<10, "&_pragma=query_only(1)", c.opts.Readers); err != nil {
		return err
	}
	c.index, err = openIndex(ctx, c.path+wordsEnd, c.opts.Readers)
	return err
}

// wordsEnd is what the word index's file is called after the catalog's.
const wordsEnd = ".words"

// connect opens a pool on the file with a page cache of kib KiB a connection.
// The driver rounds what SQLite asks for up to a power of two, so that a cache
// takes nearly twice that.
func connect(path string, kib int, more string, conns int) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	slashed := filepath.ToSlash(abs)
	if !strings.HasPrefix(slashed, "/") { // C:/…
		slashed = "/" + slashed
	}
	name := (&url.URL{Scheme: "file", Path: slashed}).String()
	pragmas := fmt.Sprintf("?_pragma=busy_timeout(20000)&_pragma=synchronous(normal)&_pragma=cache_size(-%d)&_pragma=temp_store(memory)&_pragma=wal_autocheckpoint(8000)&_pragma=journal_size_limit(67108864)", kib)
	db, err := sql.Open("sqlite", name+pragmas+more)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// damaged marks errors that mean the file itself is bad.
func damaged(err error) error {
	text := err.Error()
	if strings.Contains(text, "not a database") || strings.Contains(text, "malformed") {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// Close ends all use of the file.
func (c *Catalog) Close() error { return c.shut() }

func (c *Catalog) shut() error {
	var errs []error
	for _, db := range []*sql.DB{c.read, c.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	c.read, c.write = nil, nil
	if c.index != nil {
		errs = append(errs, c.index.close())
	}
	if c.enc != nil {
		errs = append(errs, c.enc.Close())
	}
	if c.dec != nil {
		c.dec.Close()
	}
	return errors.Join(errs...)
}

// Remove deletes the catalog at path, which must not be open.
func Remove(path string) error {
	return errors.Join(removeDatabase(path), removeDatabase(path+wordsEnd))
}

// lock waits for the right to write: against others in this program, and
// against other programs that have the same file open.
func (c *Catalog) lock(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if _, err := c.file.TryLockContext(ctx, lockPause); err != nil {
		<-c.turn
		return fmt.Errorf("wait for another program at the catalog: %w", err)
	}
	return nil
}

// lockPause is how often another program's lock is looked at.
const lockPause = 100 * time.Millisecond

// tryLock takes the right to write if nobody has it.
func (c *Catalog) tryLock() (bool, error) {
	select {
	case c.turn <- struct{}{}:
	default:
		return false, nil
	}
	ok, err := c.file.TryLock()
	if !ok || err != nil {
		<-c.turn
		return false, err
	}
	return true, nil
}

func (c *Catalog) unlock() {
	_ = c.file.Unlock() // its end with the program at the latest
	<-c.turn
}

// view runs fn on one consistent state of the catalog.
func (c *Catalog) view(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := c.read.BeginTx(ctx, nil)
	if err != nil {
		return damaged(err)
	}
	defer func() { _ = tx.Rollback() }() // only reads
	if err := fn(tx); err != nil {
		return damaged(err)
	}
	return nil
}

func newEncoder() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(32<<10), zstd.WithEncoderCRC(false))
}

func newDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxBlob))
}
