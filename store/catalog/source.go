package catalog

import (
	"context"
	"iter"

	"vangnet/engine/model"
)

// Source is what a catalog reads of one tenant's vault.
type Source interface {
	// Snapshots yields the snapshots written after a mark, in the order of the
	// ledger; "" means all. Repeats do no harm, so a source whose ledger can
	// grow behind a mark (another computer's clock) should start a little earlier.
	Snapshots(ctx context.Context, after string) iter.Seq2[Record, error]
	// Folders yields the folders of a snapshot.
	Folders(ctx context.Context, of model.Snapshot) iter.Seq2[model.Folder, error]
	// Entries yields a folder's listing, in byte order of Entry.Name, names unique.
	Entries(ctx context.Context, listing model.ObjectID) iter.Seq2[model.Entry, error]
}

// Record is a snapshot with its place in the ledger.
type Record struct {
	Mark     string // of this record or a later one; "" leaves the mark where it was
	Snapshot model.Snapshot
}
