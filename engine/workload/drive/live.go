package drive

import (
	"context"
	"errors"
	"fmt"
	"io"

	"vangnet/engine/graph"
)

// Live is a Source over a tenant's Graph client.
type Live struct{ Client *graph.Client }

// errBroken says that Microsoft's list had entries that could not be read: what
// they stand for would be missing from the copy without anyone knowing.
var errBroken = errors.New("the list of changes holds entries that cannot be read")

// Changes reads the next page of a drive's changes.
func (l Live) Changes(ctx context.Context, drive, cursor string) (Page, error) {
	got, err := l.Client.DriveDelta(ctx, drive, cursor)
	if err != nil {
		return Page{}, err
	}
	if got.Broken > 0 {
		return Page{}, fmt.Errorf("%w: %d", errBroken, got.Broken)
	}
	p := Page{Next: got.Cursor, Done: got.Done, Items: make([]Item, len(got.Items))}
	for i, g := range got.Items {
		p.Items[i] = ItemOf(g)
	}
	return p, nil
}

// ItemOf is what reading and restoring want of a live item.
func ItemOf(g graph.DriveItem) Item {
	return Item{
		ID: g.ID, Parent: g.Parent, Name: g.Name, Size: g.Size, ETag: g.ETag, CTag: g.CTag, QuickXor: g.QuickXor,
		Created: g.Created, Modified: g.Modified, Root: g.Root, Folder: g.Folder, Package: g.Package, Malware: g.Malware,
		Deleted: g.Deleted, URL: g.DownloadURL,
	}
}

// Content reads a file.
func (l Live) Content(ctx context.Context, drive string, item Item) (io.ReadCloser, error) {
	return l.Client.Download(ctx, drive, item.ID, graph.DownloadOptions{URL: item.URL}), nil
}

// Item tells what a file is now.
func (l Live) Item(ctx context.Context, drive, id string) (Item, error) {
	got, err := l.Client.Item(ctx, drive, id)
	return ItemOf(got), err
}
