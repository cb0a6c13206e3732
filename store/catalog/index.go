package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
)

// wordsVersion is the layout of the word index's file. A file of another one is
// thrown away: it is made from the catalog itself.
const wordsVersion = 2

const wordsSchema = `
CREATE TABLE part (
	id INTEGER PRIMARY KEY  -- there is a table words_<id>
);
CREATE TABLE upto (
	epoch INTEGER NOT NULL, -- of the catalog that this belongs to
	key   INTEGER NOT NULL  -- all items up to this one are in
);
INSERT INTO upto VALUES (0, 0);`

// wordIndex is the index of words in a file of its own, so that it is written
// at the same time as the catalog. It follows behind: what upto says, and the
// table stale of the catalog, tell what it lacks.
type wordIndex struct {
	path  string
	write *sql.DB
	read  *sql.DB
}

// openIndex opens the index beside a catalog. A damaged one is made anew.
func openIndex(ctx context.Context, path string, readers int) (*wordIndex, error) {
	x := &wordIndex{path: path}
	err := x.open(ctx, readers)
	if err == nil {
		return x, nil
	}
	if err = errors.Join(x.close(), removeDatabase(path)); err != nil {
		return nil, err
	}
	if err = x.open(ctx, readers); err != nil {
		return nil, errors.Join(err, x.close())
	}
	return x, nil
}

var errOtherLayout = errors.New("word index has another layout")

func (x *wordIndex) open(ctx context.Context, readers int) (err error) {
	if x.write, err = connect(x.path, 16<<10, "&_txlock=immediate&_pragma=journal_mode(wal)", 1); err != nil {
		return err
	}
	err = inTx(ctx, x.write, func(tx *sql.Tx) error {
		var have, tables int
		err := tx.QueryRowContext(ctx, "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version").Scan(&have, &tables)
		switch {
		case err != nil || have == wordsVersion:
			return err
		case have != 0 || tables != 0:
			return errOtherLayout
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("%s PRAGMA user_version = %d", wordsSchema, wordsVersion))
		return err
	})
	if err != nil {
		return err
	}
	x.read, err = connect(x.path, 8<<10, "&_pragma=query_only(1)", readers)
	return err
}

func (x *wordIndex) close() error {
	var errs []error
	for _, db := range []*sql.DB{x.read, x.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	x.read, x.write = nil, nil
	return errors.Join(errs...)
}

// removeDatabase deletes a database that is not open.
func removeDatabase(path string) error {
	var errs []error
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// upto is the key of the last item that is in. An index of another catalog is
// emptied first.
func (x *wordIndex) upto(ctx context.Context, epoch int64) (key int64, err error) {
	var have int64
	if err := x.write.QueryRowContext(ctx, "SELECT epoch, key FROM upto").Scan(&have, &key); err != nil || have == epoch {
		return key, err
	}
	tx, err := x.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	parts, err := scanKeys(tx.QueryContext(ctx, "SELECT id FROM part"))
	if err != nil {
		return 0, err
	}
	for _, part := range parts {
		if _, err := tx.ExecContext(ctx, "DROP TABLE "+partTable(int(part))); err != nil {
			return 0, err
		}
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM part"); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, "UPDATE upto SET epoch = ?, key = 0", epoch); err != nil {
		return 0, err
	}
	return 0, tx.Commit()
}

// batch is a change of the word index: some documents out, others in.
type batch struct {
	remove []int64
	add    []document
	upto   int64 // 0: as it was
}

// groupDocs is about how many documents are changed in one transaction.
const groupDocs = 2_000

// apply makes a change, some parts of the index after the other: FTS5 holds
// what it gathers until a transaction ends, and that is little for the few
// documents of one. Doing it again, after it stopped in the middle, does no
// harm. The parts written are noted in touched.
func (x *wordIndex) apply(ctx context.Context, b batch, touched map[int]bool) error {
	slices.Sort(b.remove)
	// By row id: FTS5 writes out what it has whenever one is lower than the one before.
	slices.SortStableFunc(b.add, func(a, b document) int { return cmp.Compare(a.doc, b.doc) })
	for len(b.remove)+len(b.add) > 0 {
		if err := inTx(ctx, x.write, func(tx *sql.Tx) error { return applyGroup(ctx, tx, &b, touched) }); err != nil {
			return fmt.Errorf("index words: %w", err)
		}
	}
	if b.upto == 0 {
		return nil
	}
	_, err := x.write.ExecContext(ctx, "UPDATE upto SET key = max(key, ?)", b.upto)
	return err
}

// applyGroup does the lowest parts of a batch and takes them off it.
func applyGroup(ctx context.Context, tx *sql.Tx, b *batch, touched map[int]bool) error {
	for done := 0; done < groupDocs && len(b.remove)+len(b.add) > 0; {
		part := nextPart(b)
		touched[part] = true
		remove, add := b.remove[:leading(b.remove, part)], b.add[:leadingDocs(b.add, part)]
		b.remove, b.add = b.remove[len(remove):], b.add[len(add):]
		done += len(remove) + len(add)
		if err := makePart(ctx, tx, part); err != nil {
			return err
		}
		if err := removeDocs(ctx, tx, part, remove); err != nil {
			return fmt.Errorf("unindex words: %w", err)
		}
		if err := addDocs(ctx, tx, part, add); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// nextPart is the part of the lowest document of a batch.
func nextPart(b *batch) int {
	switch {
	case len(b.add) == 0:
		return partOf(b.remove[0])
	case len(b.remove) == 0:
		return partOf(b.add[0].doc)
	}
	return partOf(min(b.remove[0], b.add[0].doc))
}

// leading counts the documents at the head of a sorted list that belong to a part.
func leading(docs []int64, part int) int {
	n := 0
	for n < len(docs) && partOf(docs[n]) == part {
		n++
	}
	return n
}

func leadingDocs(docs []document, part int) int {
	n := 0
	for n < len(docs) && partOf(docs[n].doc) == part {
		n++
	}
	return n
}

func inTx(ctx context.Context, db *sql.DB, fn func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func addDocs(ctx context.Context, tx *sql.Tx, part int, docs []document) error {
	stmt, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO "+partTable(part)+" (rowid, title, people, files, body, scope) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	for i := range docs {
		d := &docs[i]
		if i+1 < len(docs) && docs[i+1].doc == d.doc {
			continue // the later one says how it is
		}
		if _, err := stmt.ExecContext(unwatched(ctx), d.doc, d.title, d.people, d.files, d.text, d.scope); err != nil {
			return err
		}
	}
	return nil
}

// removeDocs takes documents out; those that are not in do no harm.
func removeDocs(ctx context.Context, tx *sql.Tx, part int, docs []int64) error {
	if len(docs) == 0 {
		return nil
	}
	stmt, err := tx.PrepareContext(ctx, "DELETE FROM "+partTable(part)+" WHERE rowid = ?")
	if err != nil {
		return err
	}
	for _, doc := range docs {
		if _, err := stmt.ExecContext(unwatched(ctx), doc); err != nil {
			return err
		}
	}
	return nil
}

// makePart makes a part of the index unless it exists. It keeps no text, only
// words. It has no index of prefixes, which would double the work of writing:
// parts are so small that gathering a prefix's words takes milliseconds. Pieces
// are merged by tidy, and when there are 16 alike, not all the time.
func makePart(ctx context.Context, tx *sql.Tx, part int) error {
	made, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO part (id) VALUES (?)", part)
	if err != nil {
		return err
	}
	if n, err := made.RowsAffected(); err != nil || n == 0 {
		return err
	}
	table := partTable(part)
	for _, q := range []string{
		fmt.Sprintf("CREATE VIRTUAL TABLE %s USING fts5 (title, people, files, body, scope, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')", table),
		"INSERT INTO " + table + " (" + table + ", rank) VALUES ('hashsize', 16777216)",
		"INSERT INTO " + table + " (" + table + ", rank) VALUES ('automerge', 0)",
		"INSERT INTO " + table + " (" + table + ", rank) VALUES ('usermerge', 2)", // by tidy
	} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("make word index: %w", err)
		}
	}
	return nil
}

// prefixLetters is the least number of letters that a prefix is searched by:
// what is typed before begins to mean something only then.
const prefixLetters = 3

// tidy merges the pieces that writing has left in parts. A search looks into
// every piece of every part, which is most of its work. Two pieces of a level
// become one of the next, so that a part has about as many pieces as its number
// of writes has binary digits, and a document is rewritten no more often.
func (x *wordIndex) tidy(ctx context.Context, parts map[int]bool) error {
	for part := range parts {
		table := partTable(part)
		if _, err := x.write.ExecContext(ctx, "INSERT INTO "+table+" ("+table+", rank) VALUES ('merge', ?)", allPages); err != nil {
			return fmt.Errorf("tidy word index: %w", err)
		}
	}
	return nil
}

// allPages is more pages than a part can have.
const allPages = 1 << 30
