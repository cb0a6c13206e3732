package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// writer collects changes into transactions of a bounded size. Between two
// transactions the catalog is always true, if not yet complete.
type writer struct {
	c     *Catalog
	tx    *sql.Tx
	stmts map[string]*sql.Stmt
	words *follower
	docs  []document // of new items, for the word index
	count int        // changes in this transaction
	last  int64      // highest item key ever given
}

func (c *Catalog) newWriter(ctx context.Context) (*writer, error) {
	words, err := c.follow(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{c: c, words: words}
	if err := w.begin(ctx); err != nil {
		return nil, errors.Join(err, words.end())
	}
	if err := w.tx.QueryRowContext(ctx, "SELECT last FROM generation").Scan(&w.last); err != nil {
		w.drop()
		return nil, err
	}
	return w, nil
}

func (w *writer) begin(ctx context.Context) (err error) {
	// Not bound to ctx: the caller decides what becomes of the transaction.
	if w.tx, err = w.c.write.BeginTx(context.WithoutCancel(ctx), nil); err != nil {
		return fmt.Errorf("begin writing the catalog: %w", err)
	}
	w.stmts, w.count = map[string]*sql.Stmt{}, 0
	return nil
}

// drop ends the writer and forgets what was not committed. It may be called at
// any time; what was committed and is not yet in the word index will be put in
// by the next writer.
func (w *writer) drop() {
	if w.tx != nil {
		_ = w.tx.Rollback() // lost already, or of no use
		w.tx = nil
	}
	if w.words != nil {
		_ = w.words.end() // the next one catches up
		w.words = nil
	}
}

// commit makes everything so far permanent, and lets the word index follow.
func (w *writer) commit(ctx context.Context) error {
	if w.count > 0 {
		if _, err := w.tx.ExecContext(ctx, "UPDATE generation SET n = n + 1, last = ?", w.last); err != nil {
			return err
		}
	}
	err := w.tx.Commit()
	w.tx = nil
	if err != nil {
		return fmt.Errorf("write the catalog: %w", err)
	}
	b := batch{add: w.docs, upto: w.last}
	w.docs = nil
	return w.words.send(b)
}

// finish commits and waits for the word index.
func (w *writer) finish(ctx context.Context) error {
	if err := w.commit(ctx); err != nil {
		return err
	}
	words := w.words
	w.words = nil
	if err := words.end(); err != nil {
		return err
	}
	return words.finish(ctx)
}

// breathe commits and begins anew when the transaction has grown enough.
func (w *writer) breathe(ctx context.Context) error {
	if w.count < w.c.opts.Batch {
		return ctx.Err()
	}
	if err := w.commit(ctx); err != nil {
		return err
	}
	return w.begin(ctx)
}

// stmt prepares a statement once a transaction.
func (w *writer) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := w.tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = s
	return s, nil
}

func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	s, err := w.stmt(ctx, query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(unwatched(ctx), args...)
	return err
}

// unwatched is a context for a statement that takes microseconds: with one
// that can end, the driver starts a goroutine to watch it at every call.
func unwatched(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

const insertItem = `INSERT INTO item (key, resource, folder, since, until, state, big, mark, print, size, moment, modified, flags,
	kind, id, name, fold, subject, sender, recipients, warning, object, form, hash)
	VALUES (?, ?, ?, ?, NULL, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// place says where a record goes.
type place struct {
	resource int64
	folder   int64
	ord      int64
	big      bool
	fresh    bool   // the resource has no earlier snapshot
	words    string // by which searches are narrowed
	opened   int64  // versions begun here
}

// insert opens a version.
func (w *writer) insert(ctx context.Context, at *place, r *record) error {
	if w.last >= maxKey {
		return fmt.Errorf("catalog is full: %d versions", w.last)
	}
	w.last++
	w.count++
	at.opened++
	r.pack(w.c.enc)
	e := &r.entry
	err := w.exec(ctx, insertItem, w.last, at.resource, at.folder, at.ord, at.big, r.mark, r.print, e.Size, r.moment, micros(e.Modified), r.flags,
		string(e.Kind), e.ID, e.Name, r.fold, r.subject, r.sender, clean(r.recipients, maxField), e.Warning, string(e.Object), string(e.Form), e.Hash)
	if err != nil {
		return fmt.Errorf("add an item: %w", err)
	}
	if err := w.exec(ctx, "INSERT INTO entry (key, blob) VALUES (?, ?)", w.last, r.blob); err != nil {
		return fmt.Errorf("add an item's entry: %w", err)
	}
	w.docs = append(w.docs, newDocument(docID(r.moment, w.last), e, scopeWords(at.words, e.Kind, stateLive)))
	if at.fresh {
		return nil
	}
	return w.supersede(ctx, at, r)
}

// supersede turns versions that were thought to be the last of an item into
// old ones, because the item came back.
func (w *writer) supersede(ctx context.Context, at *place, r *record) error {
	keys, err := w.keys(ctx, "SELECT key FROM item INDEXED BY item_mark WHERE resource = ? AND mark = ? AND id = ? AND state = 1 AND until < ?", at.resource, r.mark, r.entry.ID, at.ord)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := w.restate(ctx, key, stateOld); err != nil {
			return err
		}
	}
	return nil
}

// close ends a version with the snapshot ord. One that began with the same
// snapshot never was.
func (w *writer) close(ctx context.Context, at *place, key, since int64, state int) error {
	w.count++
	if since < at.ord {
		if err := w.exec(ctx, "UPDATE item SET until = ?, state = ? WHERE key = ?", at.ord, state, key); err != nil {
			return err
		}
		if state == stateGone { // settle decides, and indexes
			return nil
		}
		return w.stale(ctx, key)
	}
	return w.erase(ctx, key)
}

// erase removes a version for good.
func (w *writer) erase(ctx context.Context, key int64) error {
	if err := w.stale(ctx, key); err != nil {
		return err
	}
	if err := w.exec(ctx, "DELETE FROM item WHERE key = ?", key); err != nil {
		return err
	}
	return w.exec(ctx, "DELETE FROM entry WHERE key = ?", key)
}

// restate changes a version's state, in the table and in the word index.
func (w *writer) restate(ctx context.Context, key int64, state int) error {
	w.count++
	if err := w.exec(ctx, "UPDATE item SET state = ? WHERE key = ?", state, key); err != nil {
		return err
	}
	return w.stale(ctx, key)
}

// stale notes that the word index has an item otherwise than it is now.
func (w *writer) stale(ctx context.Context, key int64) error {
	return w.exec(ctx, "INSERT INTO stale (doc) SELECT (min(max(moment / 1000000, 0), ?) << ?) | key FROM item WHERE key = ?", int64(maxSecs), keyBits, key)
}

func (w *writer) one(ctx context.Context, query string, args []any, into ...any) error {
	s, err := w.stmt(ctx, query)
	if err != nil {
		return err
	}
	return s.QueryRowContext(unwatched(ctx), args...).Scan(into...)
}

// keys reads a column of row keys.
func (w *writer) keys(ctx context.Context, query string, args ...any) ([]int64, error) {
	s, err := w.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return scanKeys(s.QueryContext(ctx, args...))
}

func scanKeys(rows *sql.Rows, err error) ([]int64, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var keys []int64
	for rows.Next() {
		var key int64
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}
