package drives

import (
	"slices"
	"sort"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
)

// entry is one line of the change log.
type entry struct {
	seq uint64
	at  int64 // Unix seconds
	it  *item
}

// touch puts an item at the end of the change log.
func (d *Drive) touch(it *item) {
	if it.seq != 0 {
		d.stale++
	}
	d.seq++
	it.seq, it.own = d.seq, d.seq
	d.log = append(d.log, entry{seq: d.seq, at: d.opts.Clock.Now().Unix(), it: it})
	if d.stale > 1024 && d.stale > len(d.log)/2 {
		d.log = slices.DeleteFunc(d.log, func(e entry) bool { return e.seq != e.it.seq })
		d.stale = 0
	}
}

// after is the place in the log of the first change later than seq.
func (d *Drive) after(seq uint64) int {
	return sort.Search(len(d.log), func(i int) bool { return d.log[i].seq > seq })
}

// since is the number of the last change at or before t.
func (d *Drive) since(t time.Time) uint64 {
	i := sort.Search(len(d.log), func(i int) bool { return d.log[i].at > t.Unix() })
	if i == 0 {
		return 0
	}
	return d.log[i-1].seq
}

// walk finds an item by its path below from.
func walk(from *item, parts []string) *item {
	for _, p := range parts {
		from = from.children[fold(p)]
		if from == nil {
			return nil
		}
	}
	return from
}

// find is walk from the root, with the service's answer when there is nothing.
func (d *Drive) find(path string) (*item, error) {
	if it := walk(d.root, splitPath(path)); it != nil {
		return it, nil
	}
	return nil, notFound()
}

// attach hangs an item below a folder, where its name must be free.
func attach(parent, it *item) {
	if parent.children == nil {
		parent.children = map[string]*item{}
	}
	parent.children[fold(it.name)] = it
	parent.sorted = nil
	it.parent = parent
	grow(parent, it.size)
}

// detach takes an item out of its folder; it.parent stays for delta.
func detach(it *item) {
	delete(it.parent.children, fold(it.name))
	it.parent.sorted = nil
	grow(it.parent, -it.size)
}

// grow adds to the size of a folder and of all above it.
func grow(folder *item, by int64) {
	for ; folder != nil; folder = folder.parent {
		folder.size += by
	}
}

// list returns a folder's children ordered by name.
func (it *item) list() []*item {
	if it.sorted == nil && len(it.children) > 0 {
		it.sorted = make([]*item, 0, len(it.children))
		for _, c := range it.children {
			it.sorted = append(it.sorted, c)
		}
		slices.SortFunc(it.sorted, func(a, b *item) int { return strings.Compare(fold(a.name), fold(b.name)) })
	}
	return it.sorted
}

// Behaviour says what becomes of a name that is taken
// (@microsoft.graph.conflictBehavior).
type behaviour string

const (
	behaviourFail    behaviour = "fail"
	behaviourRename  behaviour = "rename"
	behaviourReplace behaviour = "replace"
)

func parseBehaviour(s string, standard behaviour) (behaviour, error) {
	switch b := behaviour(strings.ToLower(s)); b {
	case "":
		return standard, nil
	case behaviourFail, behaviourRename, behaviourReplace:
		return b, nil
	}
	return "", invalid("The value '%s' is not a conflict behavior.", s)
}

// freeName is the first numbered form of name that parent has no child of.
func freeName(parent *item, name string) string {
	for n := 1; ; n++ {
		if candidate := numbered(name, n); parent.children[fold(candidate)] == nil {
			return candidate
		}
	}
}

// place checks that a client may put name into parent.
func (d *Drive) place(parent *item, name string) error {
	if !parent.folder {
		return invalid("The parent is not a folder.")
	}
	if err := CheckName(name); err != nil {
		return err
	}
	if utf16Len(parent.path())+1+utf16Len(name) > maxPath {
		return pathTooLong()
	}
	return nil
}

func pathTooLong() error {
	return &wire.Error{Status: 400, Code: "invalidRequest", Message: "The specified path is too long.", Inner: "pathIsTooLong"}
}

// add makes an item below parent, where name must be free.
func (d *Drive) add(parent *item, name string, folder bool, who *Identity) *item {
	now := d.now()
	it := &item{id: d.nextID(), name: name, folder: folder, created: now, modified: now,
		added: now, changed: now, creator: who, editor: who, etag: 1, ctag: 1}
	d.items[it.id] = it
	attach(parent, it)
	d.touch(it)
	return it
}

// edited notes a change of an item's metadata.
func (d *Drive) edited(it *item, who *Identity) {
	it.etag++
	it.changed = d.now()
	it.editor = who
	d.touch(it)
}

// setContent gives a file new bytes. The state before becomes a version.
func (d *Drive) setContent(it *item, b *blob, who *Identity) {
	if it.current.blob != nil {
		it.old = append(it.old, it.current)
		it.ctag++
		d.edited(it, who)
	}
	it.current = version{number: it.current.number + 1, blob: b, modified: d.now(), by: who}
	grow(it.parent, b.Size()-it.size)
	it.size = b.Size()
	it.modified = d.now()
}

// setTimes changes fileSystemInfo; zero times are left. On a file it makes a
// version with the same bytes, as SharePoint does.
func (d *Drive) setTimes(it *item, created, modified time.Time, who *Identity) {
	d.assignTimes(it, created, modified)
	if it.current.blob != nil {
		it.old = append(it.old, it.current)
		it.current = version{number: it.current.number + 1, blob: it.current.blob, modified: it.modified, by: who}
	}
	d.edited(it, who)
}

// assignTimes changes fileSystemInfo as part of another change.
func (d *Drive) assignTimes(it *item, created, modified time.Time) {
	if !created.IsZero() {
		it.created = created.UTC().Truncate(time.Second)
	}
	if !modified.IsZero() {
		it.modified = modified.UTC().Truncate(time.Second)
		it.current.modified = it.modified
	}
}

// remove deletes an item and all below it. The folder itself comes first in
// the log, then what was in it.
func (d *Drive) remove(it *item) {
	detach(it)
	d.bury(it)
}

func (d *Drive) bury(it *item) {
	it.deleted = true
	it.changed = d.now()
	it.current, it.old = version{number: it.current.number}, nil
	d.touch(it)
	for _, c := range it.list() {
		d.bury(c)
	}
	it.children, it.sorted = nil, nil
}

// move puts an item into another folder or gives it another name. Only the
// item itself is logged, as in the service.
func (d *Drive) move(it, parent *item, name string, who *Identity) {
	detach(it)
	it.name = name
	attach(parent, it)
	d.edited(it, who)
}

// within reports whether it is folder or lies below it.
func within(it, folder *item) bool {
	for ; it != nil; it = it.parent {
		if it == folder {
			return true
		}
	}
	return false
}
