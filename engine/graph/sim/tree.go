package sim

import (
	"fmt"
	"sort"
	"time"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/model"
)

// TreeItem is one live thing as an auditor compares it: where it is, what is in
// it, its dates and its flags; no ids, for these change when a thing is put
// back. Mail has no modification time, which Exchange sets to the time of import.
type TreeItem struct {
	Path       string   `json:"path"`
	Kind       string   `json:"kind"`
	Size       int64    `json:"size"`
	Hash       string   `json:"hash,omitempty"`
	Created    string   `json:"created,omitempty"`
	Modified   string   `json:"modified,omitempty"`
	Received   string   `json:"received,omitempty"`
	Sent       string   `json:"sent,omitempty"`
	Class      string   `json:"class,omitempty"`
	Read       *bool    `json:"read,omitempty"`
	Flagged    *bool    `json:"flagged,omitempty"`
	Draft      *bool    `json:"draft,omitempty"`
	Importance *int     `json:"importance,omitempty"` // -1, 0, 1
	Categories []string `json:"categories,omitempty"`
}

// Tree lists what is live at an address and below it, by path. The empty
// address lists everything there is.
func (w *World) Tree(address string) ([]TreeItem, error) {
	p, err := w.find(address)
	if err != nil {
		return nil, err
	}
	items := []TreeItem{}
	for _, u := range w.users(p) {
		path, inDrive := p.drivePath()
		if d := u.store.drive; d != nil && (inDrive || p.rest == "") {
			if items, err = appendDrive(items, u, path); err != nil {
				return nil, err
			}
		}
		if !inDrive && u.store.boxes.has() {
			list, err := u.store.boxes.tree(u, p.rest)
			if err != nil {
				return nil, fmt.Errorf("tree of %s: %w", address, err)
			}
			items = append(items, list...)
		}
	}
	sort.SliceStable(items, func(a, b int) bool { return items[a].Path < items[b].Path })
	return items, nil
}

func appendDrive(items []TreeItem, u *User, path string) ([]TreeItem, error) {
	nodes, err := u.store.drive.Tree(path)
	if err != nil {
		return nil, fmt.Errorf("tree of %s: %w", u.PrincipalName, notFound(err))
	}
	for _, n := range nodes {
		items = append(items, TreeItem{
			Path: model.JoinAddress(u.PrincipalName, "onedrive") + "/" + n.Path, Kind: n.Kind, Size: n.Size, Hash: n.Hash,
			Created: stamp(n.Created), Modified: stamp(n.Modified),
		})
	}
	return items, nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return wire.Time(t)
}

// notFound makes the 404s of the parts into ErrNotFound.
func notFound(err error) error {
	if isNotFound(err) {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}

// Delete removes what is at an address and below it, for good. A user's address
// empties mailbox and drive; the user stays. The empty address empties all.
func (w *World) Delete(address string) error {
	p, err := w.find(address)
	if err != nil {
		return err
	}
	for _, u := range w.users(p) {
		path, inDrive := p.drivePath()
		if d := u.store.drive; d != nil && (inDrive || p.rest == "") {
			if err := d.Delete(path); err != nil {
				return fmt.Errorf("delete %s: %w", address, notFound(err))
			}
		}
		if !inDrive && u.store.boxes.has() {
			if err := u.store.boxes.delete(p.rest); err != nil {
				return fmt.Errorf("delete %s: %w", address, notFound(err))
			}
		}
		u.store.forget(p.rest)
	}
	return nil
}
