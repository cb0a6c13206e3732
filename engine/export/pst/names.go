package pst

import (
	"fmt"
	"strings"

	"vangnet/engine/mapi"
)

// Bounds of the map of named properties.
const (
	namesMax     = 4000 // different names in a store
	nameUnitsMax = 254  // UTF-16 units of one
	nameBuckets  = 251
)

// names gives the named properties of a store their ids, MS-PST 2.4.7.
type names struct {
	list   []mapi.Name
	size   int64                // at least the bytes of the map to be
	known  map[mapi.Name]uint16 // index in list, by each spelling that was met
	folded map[mapi.Name]uint16 // the same by the name in small letters
}

// newNames starts a map that is never empty: readers fail on one that is.
func newNames() *names {
	n := &names{known: map[mapi.Name]uint16{}, folded: map[mapi.Name]uint16{}}
	for _, name := range []mapi.Name{
		mapi.Keywords, mapi.Private, mapi.FlagRequest,
		mapi.Numbered(mapi.SetCommon, 0x8503), // reminder is set
		mapi.Numbered(mapi.SetCommon, 0x8516), // start
		mapi.Numbered(mapi.SetCommon, 0x8517), // end
	} {
		n.id(name)
	}
	return n
}

// id is the id of a named property; ok is false where there is no room for it.
func (n *names) id(name mapi.Name) (id mapi.PropID, ok bool) {
	if i, ok := n.known[name]; ok {
		return mapi.FirstNamed + mapi.PropID(i), true
	}
	if name.ByText {
		name.LID = 0
		if name.Text = strings.ToValidUTF8(strings.ReplaceAll(name.Text, "\x00", ""), "\uFFFD"); name.Text == "" || units(name.Text) > nameUnitsMax {
			return 0, false
		}
	} else {
		name.Text = ""
	}
	fold := name
	fold.Text = strings.ToLower(name.Text)
	i, ok := n.folded[fold]
	if !ok {
		if len(n.list) == namesMax {
			return 0, false
		}
		i = uint16(len(n.list))
		n.list = append(n.list, name)
		n.size += nameSize(name)
		n.folded[fold] = i
	}
	if len(n.known) < 2*namesMax {
		n.known[name] = i
	}
	return mapi.FirstNamed + mapi.PropID(i), true
}

// cut forgets all but the first count names.
func (n *names) cut(count int) {
	if count == len(n.list) {
		return
	}
	for _, name := range n.list[count:] {
		n.size -= nameSize(name)
	}
	n.list = n.list[:count]
	for _, m := range []map[mapi.Name]uint16{n.known, n.folded} {
		for name, i := range m {
			if int(i) >= count {
				delete(m, name)
			}
		}
	}
}

// nameSize is at least what a name takes: two entries, a set, and its text.
func nameSize(n mapi.Name) int64 { return 64 + 2*int64(len(n.Text)) }

// nameMap is the content of the node that keeps the names.
type nameMap struct {
	guids, entries, texts []byte
	buckets               [nameBuckets][]byte
	sets                  map[mapi.GUID]uint16
}

// Indexes of property sets that are not in the stream of GUIDs, MS-PST 2.4.7.1.
const (
	setMAPI          = 1
	setPublicStrings = 2
	setFirst         = 3
)

func (n *names) encode() *nameMap {
	m := &nameMap{sets: map[mapi.GUID]uint16{mapi.SetMAPI: setMAPI, mapi.SetPublicStrings: setPublicStrings}}
	for i, name := range n.list {
		m.add(name, uint16(i))
	}
	return m
}

func (m *nameMap) add(name mapi.Name, index uint16) {
	set, ok := m.sets[name.Set]
	if !ok {
		set = setFirst + uint16(len(m.guids)/len(name.Set))
		m.sets[name.Set] = set
		m.guids = append(m.guids, name.Set[:]...)
	}
	set <<= 1
	entry, hash := name.LID, name.LID
	if name.ByText {
		set |= 1
		text := appendUTF16(nil, name.Text)
		entry, hash = uint32(len(m.texts)), crc(text)
		m.texts = le.AppendUint32(m.texts, uint32(len(text)))
		m.texts = append(m.texts, text...)
		m.texts = append(m.texts, make([]byte, roundUp(len(m.texts), 4)-len(m.texts))...)
	}
	m.entries = appendName(m.entries, entry, set, index)
	b := &m.buckets[(hash^uint32(set))%nameBuckets]
	*b = appendName(*b, hash, set, index)
}

func appendName(b []byte, entry uint32, set, index uint16) []byte {
	b = le.AppendUint32(b, entry)
	b = le.AppendUint16(b, set)
	return le.AppendUint16(b, index)
}

// write adds the map's properties to an object.
func (m *nameMap) write(p *props) error {
	p.add(0x0001, mapi.TypeInt32, nameBuckets, 4)
	for i, b := range [][]byte{m.guids, m.entries, m.texts} {
		if err := p.bytes(0x0002+mapi.PropID(i), mapi.TypeBinary, b); err != nil {
			return fmt.Errorf("write the names of properties: %w", err)
		}
	}
	for i, b := range m.buckets {
		if len(b) == 0 {
			continue
		}
		if err := p.bytes(0x1000+mapi.PropID(i), mapi.TypeBinary, b); err != nil {
			return fmt.Errorf("write the names of properties: %w", err)
		}
	}
	return nil
}
