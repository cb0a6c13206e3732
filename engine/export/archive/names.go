package archive

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"path"
	"strings"
	"unicode/utf8"

	"vangnet/engine/model"
)

// Lengths of stored names, in UTF-16 units as Windows counts. Its Explorer does
// not unpack paths of 260 and more, of which the place to unpack takes some.
const (
	maxPath   = 239
	maxFolder = 150 // of a folder's path; the rest is for the names in it
	maxTop    = 80  // of the first part
	minPart   = 24  // a folder with less room than this goes further up
	maxBytes  = 180 // of one part in UTF-8, as model.SafeName leaves it
	maxExt    = 10
)

// names gives every path a stored one: safe, short enough, and of one entry
// only. It remembers sixteen bytes a name, of hashes. Two names that agree in
// those are taken for equal: then the later has a mark that it did not need.
type names struct {
	given map[uint64]uint64 // who has a stored path, by its key
	count uint64
}

// identity tells apart what is given names.
type identity [sha256.Size]byte

// place is a stored path.
type place struct {
	path string
	key  uint64
}

// folder is the place of a folder; ErrPath where path names none.
func (n *names) folder(path string) (place, error) {
	parts := split(path)
	if len(parts) == 0 {
		return place{}, ErrPath
	}
	p, _ := n.walk(parts)
	return p, nil
}

// file is a place for a file that no other entry has.
func (n *names) file(path string) (place, error) {
	parts := split(path)
	if len(parts) == 0 {
		return place{}, ErrPath
	}
	last := len(parts) - 1
	dir, id := n.walk(parts[:last])
	n.count++
	return n.claim(dir.path, parts[last], id.below(parts[last]), n.count), nil
}

// release takes back a place that was given to a file.
func (n *names) release(p place) { delete(n.given, p.key) }

// walk goes down from folder to folder. The same folder always has the same
// place, whatever lies in it: only its own name is shortened to what its parent
// leaves. Where that is too little it goes up, next to the first one's children.
func (n *names) walk(parts []string) (place, identity) {
	var at, top place
	var id identity
	for i, part := range parts {
		id = id.below(part)
		if i > 0 && maxFolder-units(at.path)-1 < minPart {
			at, part = top, "~"+id.mark(0)
		}
		if at = n.claim(at.path, part, id, 0); i == 0 {
			top = at
		}
	}
	return at, id
}

// claim gives a part a name below parent. A file has an ordinal above zero; a
// folder has zero, and gets the name that it was given before.
func (n *names) claim(parent, part string, id identity, ordinal uint64) place {
	room, ext, by := maxFolder-units(parent)-1, "", id
	switch {
	case ordinal > 0:
		room, ext = maxPath-units(parent)-1, extension(part)
		by = id.numbered(ordinal)
	case parent == "":
		room = maxTop
	}
	stem := strings.TrimSuffix(part, ext)
	for try := uint64(0); ; try++ {
		mark := ""
		switch {
		case try == 0 && !fits(part, room):
			continue
		case try == 1:
			mark = " ~" + id.mark(0)[:4]
		case try > 1:
			mark = " ~" + by.mark(try)
		}
		p := place{path: path.Join(parent, fit(stem, mark+ext, room))}
		p.key = key(p.path)
		holder, taken := n.given[p.key]
		if !taken {
			if n.given == nil {
				n.given = map[uint64]uint64{}
			}
			n.given[p.key] = by.short()
			return p
		}
		if ordinal == 0 && holder == by.short() {
			return p
		}
	}
}

// split makes parts of a path. What is empty is left out; what climbs becomes
// underscores later, since model.SafeName knows no "..".
func split(path string) []string {
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// fits reports whether a part can stand as it is. One unit is kept for what
// model.SafeName puts before the names of devices.
func fits(part string, room int) bool { return len(part) <= maxBytes && units(part) < room }

// fit is a safe name of a stem, cut as needed, and a tail that is kept.
func fit(stem, tail string, room int) string {
	for len(stem)+len(tail) > maxBytes || units(stem)+units(tail) >= room {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = strings.TrimRight(stem[:len(stem)-size], " .")
	}
	return model.SafeName(stem + tail)
}

// extension is a short extension, so that a mark goes before it.
func extension(part string) string {
	ext := path.Ext(part)
	if len(ext) < 2 || len(ext) > maxExt || len(ext) == len(part) || strings.Contains(ext, " ") {
		return ""
	}
	return ext
}

// units is the length of a name in UTF-16.
func units(name string) (n int) {
	for _, r := range name {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n
}

func (id identity) below(part string) identity {
	return sha256.Sum256(append(id[:], part...))
}

func (id identity) numbered(n uint64) identity {
	return sha256.Sum256(binary.LittleEndian.AppendUint64(id[:], n))
}

// mark is what a name of this identity is told from others by.
func (id identity) mark(try uint64) string {
	id = id.numbered(try)
	return hex.EncodeToString(id[:4])
}

func (id identity) short() uint64 { return binary.LittleEndian.Uint64(id[:]) }

// key is what stored paths are told apart by.
func key(path string) uint64 {
	return identity(sha256.Sum256([]byte(model.FoldName(path)))).short()
}
