package drives

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// The doors for seeding, control calls and tests. Paths are below the drive,
// such as "Documenten/plan.docx". Changes are made in the owner's name. Names
// are taken as they come, also those that OneDrive refuses to a client, so
// that hostile names can be tried; check with CheckName where that is not wanted.

// Times are the dates of fileSystemInfo. A zero time means now for new items
// and unchanged for others.
type Times struct {
	Created  time.Time
	Modified time.Time
}

// Node is one line of a drive's live tree.
type Node struct {
	Path     string    `json:"path"`
	Kind     string    `json:"kind"` // file, folder or notebook
	ID       string    `json:"id"`
	Size     int64     `json:"size"`           // folders: 0
	Hash     string    `json:"hash,omitempty"` // quickXorHash, base64
	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`
	Versions int       `json:"versions,omitempty"`
}

// Tree lists what is live at path and below it, parents before children and
// children by name. The root itself is left out.
func (d *Drive) Tree(path string) ([]Node, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	from, err := d.find(path)
	if err != nil {
		return nil, fmt.Errorf("tree of %q: %w", path, err)
	}
	return d.nodes(nil, from, from.path())
}

func (d *Drive) nodes(list []Node, it *item, path string) ([]Node, error) {
	if it.parent != nil {
		n := Node{Path: path, Kind: "folder", ID: d.itemID(it), Created: it.created, Modified: it.modified}
		switch {
		case it.packageType != "":
			n.Kind = "notebook"
		case !it.folder:
			hash, err := it.current.blob.hash()
			if err != nil {
				return nil, fmt.Errorf("hash of %q: %w", path, err)
			}
			n.Kind, n.Size, n.Hash, n.Versions = "file", it.size, hash, len(it.old)+1
		}
		list = append(list, n)
		path += "/"
	}
	for _, c := range it.list() {
		var err error
		if list, err = d.nodes(list, c, path+c.name); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// SHA256 reads a file whole and returns its SHA-256 in hexadecimal.
func (d *Drive) SHA256(path string) (string, error) {
	c, err := d.Content(path)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if err := copyAll(h, c); err != nil {
		return "", fmt.Errorf("read %q: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Content is the current content of a file.
func (d *Drive) Content(path string) (Content, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	it, err := d.find(path)
	if err != nil {
		return nil, fmt.Errorf("content of %q: %w", path, err)
	}
	if it.folder {
		return nil, fmt.Errorf("content of %q: a folder has none", path)
	}
	return it.current.blob.Content, nil
}

// Put makes a file, or a new version of it, and the folders above it where
// they are missing.
func (d *Drive) Put(path string, c Content, t Times) error {
	b := newBlob(c)
	if _, lazy := c.(hashed); !lazy {
		if _, err := b.hash(); err != nil { // now, not later under the lock
			return fmt.Errorf("put %q: %w", path, err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	parent, name, err := d.makeWay(path)
	if err != nil {
		return fmt.Errorf("put %q: %w", path, err)
	}
	it := parent.children[fold(name)]
	if it == nil {
		it = d.add(parent, name, false, &d.opts.Owner)
		if !t.Modified.IsZero() {
			it.changed = t.Modified.UTC().Truncate(time.Second)
		}
		if !t.Created.IsZero() {
			it.added = t.Created.UTC().Truncate(time.Second)
		}
	} else if it.folder {
		return fmt.Errorf("put %q: a folder is in its place", path)
	}
	d.setContent(it, b, &d.opts.Owner)
	d.assignTimes(it, t.Created, t.Modified)
	return nil
}

// Mkdir makes a folder and those above it where they are missing, and sets
// its dates.
func (d *Drive) Mkdir(path string, t Times) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := d.folderAt(d.root, splitPath(path), &d.opts.Owner)
	if err != nil {
		return fmt.Errorf("make folder %q: %w", path, err)
	}
	d.assignTimes(it, t.Created, t.Modified)
	return nil
}

// Delete removes what is at path and below it. The empty path empties the drive.
func (d *Drive) Delete(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := d.find(path)
	if err != nil {
		return fmt.Errorf("delete %q: %w", path, err)
	}
	if it.parent != nil {
		d.remove(it)
		return nil
	}
	for _, c := range append([]*item(nil), it.list()...) {
		d.remove(c)
	}
	return nil
}

// Move gives what is at from the path to, making the folders above it.
func (d *Drive) Move(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := d.find(from)
	if err != nil {
		return fmt.Errorf("move %q: %w", from, err)
	}
	parent, name, err := d.makeWay(to)
	switch {
	case err != nil:
		return fmt.Errorf("move %q: %w", from, err)
	case it.parent == nil, within(parent, it):
		return fmt.Errorf("move %q to %q: a folder cannot go below itself", from, to)
	}
	if there := parent.children[fold(name)]; there != nil && there != it {
		return fmt.Errorf("move %q to %q: %w", from, to, nameTaken())
	}
	d.move(it, parent, name, &d.opts.Owner)
	return nil
}

// Rename gives the item at path any name at all, also one with slashes in it
// that no path can reach afterwards.
func (d *Drive) Rename(path, name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := d.find(path)
	if err != nil || it.parent == nil {
		return fmt.Errorf("rename %q: %w", path, notFound())
	}
	if there := it.parent.children[fold(name)]; there != nil && there != it {
		return fmt.Errorf("rename %q to %q: %w", path, name, nameTaken())
	}
	d.move(it, it.parent, name, &d.opts.Owner)
	return nil
}

// SetTimes changes the dates of what is at path.
func (d *Drive) SetTimes(path string, t Times) error {
	return d.mark(path, func(it *item) { d.setTimes(it, t.Created, t.Modified, &d.opts.Owner) })
}

// MakeNotebook makes a OneNote package: a folder of a kind whose files cannot
// be read through Graph.
func (d *Drive) MakeNotebook(path string) error {
	if err := d.Mkdir(path, Times{}); err != nil {
		return err
	}
	return d.mark(path, func(it *item) { it.packageType = "oneNote" })
}

// MarkInfected makes a file one that a virus was found in; found empty makes
// it clean.
func (d *Drive) MarkInfected(path, found string) error {
	return d.mark(path, func(it *item) { it.malware = found; d.edited(it, it.editor) })
}

// MarkSpecial gives a folder a role such as "documents".
func (d *Drive) MarkSpecial(path, role string) error {
	return d.mark(path, func(it *item) { it.special = role; d.edited(it, it.editor) })
}

// Share marks an item shared ("users", "organization", "anonymous") or, with an
// empty scope, private, which changes nothing else about it.
func (d *Drive) Share(path, scope string) error {
	return d.mark(path, func(it *item) {
		it.scope = scope
		d.touchShared(it)
	})
}

// ExpireDelta makes all delta links given out so far too old to be used.
func (d *Drive) ExpireDelta() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.generation++
}

// Web is the address of the owner's site.
func (d *Drive) Web() string { return d.opts.Web }

// Counts are the live files and folders (the root left out) and the bytes in them.
func (d *Drive) Counts() (files, folders int, bytes int64) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, it := range d.items {
		switch {
		case it.deleted, it.parent == nil:
		case it.folder:
			folders++
		default:
			files++
		}
	}
	return files, folders, d.root.size
}

func (d *Drive) mark(path string, change func(*item)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	it, err := d.find(path)
	if err != nil {
		return fmt.Errorf("change %q: %w", path, err)
	}
	change(it)
	return nil
}

// makeWay returns the folder in which path lies, made where missing, and the
// last part of path.
func (d *Drive) makeWay(path string) (*item, string, error) {
	parts := splitPath(path)
	if len(parts) == 0 {
		return nil, "", invalid("A path is missing.")
	}
	last := len(parts) - 1
	parent, err := d.folderAt(d.root, parts[:last], &d.opts.Owner)
	return parent, parts[last], err
}

// folderAt returns the folder at a path, made where missing.
func (d *Drive) folderAt(from *item, parts []string, who *Identity) (*item, error) {
	for i, p := range parts {
		next := from.children[fold(p)]
		if next == nil {
			next = d.add(from, p, true, who)
		}
		if !next.folder {
			return nil, wire.Errorf(409, "nameAlreadyExists", "A file is in the place of the folder %s.", strings.Join(parts[:i+1], "/"))
		}
		from = next
	}
	return from, nil
}
