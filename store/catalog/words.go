package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"vangnet/engine/model"
)

// The word index is a row of FTS5 tables, one for each quarter of a year, and
// the row ids in them begin with the item's time. So newest first is the
// index's own order: a search walks back from the present and stops when the
// page is full. It also bounds what FTS5 does eagerly, which is to gather all
// matches of a prefix before it gives the first.

const (
	keyBits = 29 // of a document id: item.key, up to 536 million rows
	maxKey  = 1<<keyBits - 1
	maxSecs = 1<<(63-keyBits) - 1

	firstYear, lastYear = 2000, 2060 // outside: one part each
)

// States of an item's row.
const (
	stateLive = iota
	stateGone // the newest version of an item that is no longer there
	stateOld  // there is a newer version
)

// docID is an item's row id in the word index: seconds, then its key.
func docID(moment, key int64) int64 {
	return min(max(moment/1_000_000, 0), maxSecs)<<keyBits | key
}

// docSecs is the time of a document id in seconds since 1970.
func docSecs(doc int64) int64 { return doc >> keyBits }

// partOf is the number of the index part that holds a document.
func partOf(doc int64) int {
	t := time.Unix(docSecs(doc), 0).UTC()
	switch y := t.Year(); {
	case y < firstYear:
		return 0
	case y > lastYear:
		return (lastYear-firstYear+1)*4 + 1
	default:
		return (y-firstYear)*4 + int(t.Month()-1)/3 + 1
	}
}

// document is an item's words, waiting to be indexed.
type document struct {
	doc                               int64
	title, people, files, text, scope string
}

// newDocument gathers the words of an entry.
func newDocument(doc int64, e *model.Entry, scope string) document {
	d := document{doc: doc, scope: scope, title: clean(e.Name, maxName)}
	if e.Title != "" {
		d.title += " " + e.Title
	}
	if m := e.Mail; m != nil {
		if m.Subject != "" {
			d.title = m.Subject
		}
		d.people = m.From + " " + m.To
		d.files = strings.Join(m.Attachments, " ")
		d.text = m.Text
	}
	return d
}

// scopeWords are the words by which a search is narrowed.
func scopeWords(tenant, resource int64, w model.Workload, kind model.ItemKind, state int) string {
	return fmt.Sprintf("all %s %s %s %s %s", tenantWord(tenant), resourceWord(resource), workloadWord(w), kindWord(kind), stateWord(state))
}

func tenantWord(key int64) string          { return fmt.Sprintf("t%d", key) }
func resourceWord(key int64) string        { return fmt.Sprintf("r%d", key) }
func workloadWord(w model.Workload) string { return "w" + plain(string(w)) }
func kindWord(k model.ItemKind) string     { return "k" + plain(string(k)) }
func stateWord(state int) string           { return [...]string{"slive", "sgone", "sold"}[state] }
func partTable(part int) string            { return fmt.Sprintf("words_%d", part) }

// plain keeps the small letters of a code word.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// workloadOf tells the workload of a folder from where it lies.
func workloadOf(kind model.ResourceKind, path string) model.Workload {
	if kind == model.Drive {
		return model.OneDrive
	}
	first, _, _ := strings.Cut(path, "/")
	switch w := model.Workload(strings.ToLower(first)); w {
	case model.Calendar, model.Contacts, model.Tasks:
		return w
	}
	return model.Mail
}

// index is the writing side of the word index within one transaction.
type index struct {
	tx      *sql.Tx
	inserts map[int]*sql.Stmt
	deletes map[int]*sql.Stmt
}

func newIndex(tx *sql.Tx) *index {
	return &index{tx: tx, inserts: map[int]*sql.Stmt{}, deletes: map[int]*sql.Stmt{}}
}

// add indexes documents. They are sorted first: FTS5 writes out what it has
// gathered whenever a row id is lower than the one before.
func (x *index) add(ctx context.Context, docs []document) error {
	slices.SortStableFunc(docs, func(a, b document) int { return cmp.Compare(a.doc, b.doc) })
	for i := range docs {
		d := &docs[i]
		if i+1 < len(docs) && docs[i+1].doc == d.doc {
			continue // the later one says how it is
		}
		stmt, err := x.insertInto(ctx, partOf(d.doc))
		if err != nil {
			return err
		}
		if _, err := stmt.ExecContext(ctx, d.doc, d.title, d.people, d.files, d.text, d.scope); err != nil {
			return fmt.Errorf("index words: %w", err)
		}
	}
	return nil
}

// remove takes documents out of the index.
func (x *index) remove(ctx context.Context, docs []int64) error {
	slices.Sort(docs)
	for _, doc := range docs {
		part := partOf(doc)
		if _, err := x.insertInto(ctx, part); err != nil { // makes the table
			return err
		}
		stmt := x.deletes[part]
		if stmt == nil {
			var err error
			if stmt, err = x.tx.PrepareContext(ctx, "DELETE FROM "+partTable(part)+" WHERE rowid = ?"); err != nil {
				return err
			}
			x.deletes[part] = stmt
		}
		if _, err := stmt.ExecContext(ctx, doc); err != nil {
			return fmt.Errorf("unindex words: %w", err)
		}
	}
	return nil
}

// insertInto prepares adding to a part, which is made when it is not there.
func (x *index) insertInto(ctx context.Context, part int) (*sql.Stmt, error) {
	if stmt := x.inserts[part]; stmt != nil {
		return stmt, nil
	}
	if err := makePart(ctx, x.tx, part); err != nil {
		return nil, err
	}
	stmt, err := x.tx.PrepareContext(ctx, "INSERT INTO "+partTable(part)+" (rowid, title, people, files, body, scope) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return nil, err
	}
	x.inserts[part] = stmt
	return stmt, nil
}

// makePart makes a part of the index unless it exists. Segments are merged by
// tidy, not while rows come in.
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
		"CREATE VIRTUAL TABLE " + table + " USING fts5 (title, people, files, body, scope, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')",
		"INSERT INTO " + table + " (" + table + ", rank) VALUES ('automerge', 0)",
		"INSERT INTO " + table + " (" + table + ", rank) VALUES ('hashsize', 8388608)",
	} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("make word index: %w", err)
		}
	}
	return nil
}
