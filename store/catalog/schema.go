package catalog

import (
	"context"
	"database/sql"
	"fmt"
)

// firstLayout is the oldest layout that is gone on with. Layouts 1 and 2 kept
// entries in another form and compared them by it: what is in such a file is
// dropped, and comes back from the vault with the next sync.
const firstLayout = 3

// migrations bring a file to firstLayout, and then from each layout to the
// next; the file's user_version is its layout. Never change one that was
// released: add another.
var migrations = []string{schema3}

// schema3 is the first layout. Times are microseconds since 1970 UTC, 0 for
// none; ord numbers the snapshots of one resource from 1. The indexes big_* are
// the orders of big folders, in which a page at any offset is found from the
// index alone.
const schema3 = `
CREATE TABLE tenant (
	key  INTEGER PRIMARY KEY,
	id   TEXT NOT NULL UNIQUE,
	mark TEXT NOT NULL DEFAULT ''
);
CREATE TABLE resource (
	key     INTEGER PRIMARY KEY,
	tenant  INTEGER NOT NULL,
	id      TEXT NOT NULL,
	kind    TEXT NOT NULL,
	address TEXT NOT NULL,
	fold    TEXT NOT NULL,
	UNIQUE (tenant, id)
);
CREATE TABLE snapshot (
	key      INTEGER PRIMARY KEY,
	resource INTEGER NOT NULL,
	id       TEXT NOT NULL,
	run      TEXT NOT NULL,
	time     INTEGER NOT NULL,
	ord      INTEGER,                    -- null: not begun
	done     INTEGER NOT NULL DEFAULT 0,
	tries    INTEGER NOT NULL DEFAULT 0, -- reads that failed
	items    INTEGER NOT NULL,
	changed  INTEGER NOT NULL DEFAULT 0,
	failed   INTEGER NOT NULL,
	doc      TEXT NOT NULL,              -- model.Snapshot
	UNIQUE (resource, id)
);
CREATE INDEX snapshot_ord ON snapshot (resource, ord);
CREATE TABLE folder (
	key      INTEGER PRIMARY KEY,
	resource INTEGER NOT NULL,
	id       TEXT NOT NULL,
	done     TEXT,                       -- listing whose items are all in; null: being read
	big      INTEGER NOT NULL DEFAULT 0, -- its items are in the sort indexes
	UNIQUE (resource, id)
);
CREATE TABLE folder_state (
	folder   INTEGER NOT NULL,
	since    INTEGER NOT NULL,
	until    INTEGER,
	resource INTEGER NOT NULL,
	fold     TEXT NOT NULL,              -- path in lower case
	path     TEXT NOT NULL,
	listing  TEXT NOT NULL,
	items    INTEGER NOT NULL,
	bytes    INTEGER NOT NULL,
	doc      TEXT NOT NULL,              -- model.Folder without cursor
	PRIMARY KEY (folder, since)
) WITHOUT ROWID;
CREATE INDEX folder_path ON folder_state (resource, fold);
CREATE TABLE item (
	key        INTEGER PRIMARY KEY,
	resource   INTEGER NOT NULL,
	folder     INTEGER NOT NULL,
	since      INTEGER NOT NULL,
	until      INTEGER,
	state      INTEGER NOT NULL,         -- 0 live, 1 gone, 2 replaced by a newer version
	big        INTEGER NOT NULL,
	mark       INTEGER NOT NULL,         -- hash of resource and id
	print      INTEGER NOT NULL,         -- hash of the whole entry
	size       INTEGER NOT NULL,
	moment     INTEGER NOT NULL,         -- received, or modified
	modified   INTEGER NOT NULL,
	flags      INTEGER NOT NULL,
	kind       TEXT NOT NULL,
	id         TEXT NOT NULL,
	name       TEXT NOT NULL,
	fold       TEXT NOT NULL,            -- name in lower case
	subject    TEXT NOT NULL,
	sender     TEXT NOT NULL,
	recipients TEXT NOT NULL,
	warning    TEXT NOT NULL,
	object     TEXT NOT NULL,
	form       TEXT NOT NULL,
	hash       TEXT NOT NULL
);
CREATE INDEX item_live ON item (folder, name, print, since) WHERE until IS NULL;
CREATE INDEX item_fold ON item (folder, fold);
CREATE INDEX item_mark ON item (resource, mark);
CREATE INDEX item_closed ON item (resource, until) WHERE until IS NOT NULL;
CREATE TABLE entry (
	key  INTEGER PRIMARY KEY,
	blob BLOB NOT NULL                   -- model.Entry, see codec.go
);
CREATE TABLE generation (
	n     INTEGER NOT NULL,              -- grows with every change
	last  INTEGER NOT NULL,              -- highest item key ever given
	epoch INTEGER NOT NULL               -- ties the word index to this catalog
);
INSERT INTO generation VALUES (0, 0, abs(random()));
CREATE TABLE stale (                     -- what the word index must renew or drop
	n   INTEGER PRIMARY KEY AUTOINCREMENT,
	doc INTEGER NOT NULL
);
CREATE INDEX resource_fold ON resource (fold);
CREATE INDEX big_fold    ON item (folder, fold, state, since, until)                   WHERE big = 1;
CREATE INDEX big_moment  ON item (folder, moment, state, since, until)                 WHERE big = 1;
CREATE INDEX big_size    ON item (folder, size, state, since, until)                   WHERE big = 1;
CREATE INDEX big_sender  ON item (folder, sender COLLATE NOCASE, state, since, until)  WHERE big = 1;
CREATE INDEX big_subject ON item (folder, subject COLLATE NOCASE, state, since, until) WHERE big = 1;`

// layout is the file's layout; 0: it is empty.
func layout(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (have int, err error) {
	err = q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have)
	return have, err
}

// migrate applies what the file lacks, each step as one transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	have, err := layout(ctx, db)
	if err != nil {
		return err
	}
	if newest := firstLayout + len(migrations) - 1; have > newest {
		return fmt.Errorf("%w: layout %d, known up to %d", ErrNewer, have, newest)
	}
	for i := range migrations {
		if to := firstLayout + i; have < to {
			if err := migrateTo(ctx, db, to, migrations[i]); err != nil {
				return fmt.Errorf("bring layout %d to %d: %w", have, to, err)
			}
		}
	}
	return nil
}

// migrateTo applies one step, unless another program was faster.
func migrateTo(ctx context.Context, db *sql.DB, to int, step string) error {
	return inTx(ctx, db, func(tx *sql.Tx) error {
		have, err := layout(ctx, tx)
		if err != nil || have >= to {
			return err
		}
		if to == firstLayout {
			if err := dropAll(ctx, tx); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("%s; PRAGMA user_version = %d", step, to))
		return err
	})
}

// dropAll removes all tables.
func dropAll(ctx context.Context, tx *sql.Tx) error {
	var drops sql.NullString
	err := tx.QueryRowContext(ctx, `SELECT group_concat(format('DROP TABLE "%w"', name), ';') FROM sqlite_master
		WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`).Scan(&drops)
	if err != nil || !drops.Valid {
		return err
	}
	_, err = tx.ExecContext(ctx, drops.String)
	return err
}
