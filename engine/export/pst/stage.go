package pst

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"vangnet/engine/mapi"
)

// prop is a property on its way into an object. A nil value takes out what came
// before.
type prop struct {
	id    mapi.PropID
	typ   mapi.Type
	rank  uint8 // what goes first where there are too many: the highest
	value any
}

// Ranks of properties.
const (
	rankTagged  = iota // with an id of their own
	rankOutlook        // named by Outlook
	rankNamed          // named by others
	rankHeader         // headers of mail
)

// stage collects the properties of one object.
type stage struct {
	names  *names
	warn   *Warnings
	list   []prop
	sorted int    // how many of the list are sorted, each id once
	spare  []prop // room for the next list
}

func (s *stage) start() { s.list, s.sorted = s.list[:0], 0 }

func (s *stage) set(id mapi.PropID, t mapi.Type, value any) {
	s.list = append(s.list, prop{id: id, typ: t, value: value})
}

func (s *stage) drop(ids ...mapi.PropID) {
	for _, id := range ids {
		s.set(id, 0, nil)
	}
}

// take adds what goes over of a bag. wanted judges what has no name.
func (s *stage) take(b mapi.Bag, wanted func(*prop) bool) {
	for i := range b {
		p := &b[i]
		n := len(s.list)
		s.list = append(s.list, prop{id: p.Tag.ID(), typ: p.Tag.Type(), value: p.Value})
		if !s.admit(&s.list[n], p.Name, wanted) {
			s.list = s.list[:n]
		}
	}
	s.settle()
}

// admit judges a property of a bag and gives it its id here.
func (s *stage) admit(p *prop, name *mapi.Name, wanted func(*prop) bool) bool {
	if t, ok := p.value.(mapi.FileTime); ok && !isDate(t) {
		return false
	}
	switch {
	case name != nil:
		id, ok := s.names.id(*name)
		if !ok {
			s.warn.add(WarnNames)
		}
		p.id, p.rank = id, rankOf(name)
		return ok
	case p.id >= mapi.FirstNamed:
		s.warn.add(WarnNames) // nobody knows what it means
		return false
	}
	return !foreign(p.id) && !isDirectoryID(p.value) && wanted(p)
}

func rankOf(n *mapi.Name) uint8 {
	switch {
	case !n.ByText, n.Equal(mapi.Keywords):
		return rankOutlook
	case n.Set == mapi.SetInternetHeaders:
		return rankHeader
	}
	return rankNamed
}

// isDate reports the times that readers can show.
func isDate(t mapi.FileTime) bool { return t > 0 && t < 1<<63 }

// directory is the provider of ids in Exchange's address book, MS-OXCDATA 2.2.5.2.
var directory = []byte{0xDC, 0xA7, 0x40, 0xC8, 0xC0, 0x42, 0x10, 0x1A, 0xB4, 0xB9, 0x08, 0x00, 0x2B, 0x2F, 0xE1, 0x82}

// isDirectoryID reports an entry id that only the address book it comes from
// can read.
func isDirectoryID(value any) bool {
	b, ok := value.([]byte)
	return ok && len(b) >= 20 && bytes.Equal(b[4:20], directory)
}

// foreign reports properties that belong to the store an object came from, and
// that this one makes itself or has not.
func foreign(id mapi.PropID) bool {
	switch {
	case id >= 0x0E30 && id <= 0x0E3F, // replication
		id >= 0x65E0 && id <= 0x65E6, // keys of changes
		id >= 0x6748 && id <= 0x674F, // ids of folders and messages
		id >= 0x67F0 && id <= 0x67FF, // rows
		id >= 0x4000 && id <= 0x40FF: // markers of streams
		return true
	}
	switch id {
	case 0x0E05, 0x0E09, 0x0E0A, 0x0E12, 0x0E13, 0x0E17, mapi.HasAttach, mapi.AttachNumber, mapi.Read,
		0x0FF4, 0x0FF6, mapi.AccessLevel, 0x0FF8, mapi.RecordKey, 0x0FFA, 0x0FFB, mapi.ObjectType, mapi.EntryID,
		0x3013, 0x67AA:
		return true
	}
	return false
}

// settle sorts by id and keeps the last of each.
func (s *stage) settle() {
	byID := func(a, b prop) int { return int(a.id) - int(b.id) }
	late := s.list[s.sorted:]
	if !slices.IsSortedFunc(late, byID) {
		slices.SortStableFunc(late, byID)
	}
	early, out := s.list[:s.sorted], s.spare[:0]
	for i, p := range late {
		if i+1 < len(late) && late[i+1].id == p.id {
			continue
		}
		n := 0
		for n < len(early) && early[n].id < p.id {
			n++
		}
		out = append(out, early[:n]...)
		if early = early[n:]; len(early) > 0 && early[0].id == p.id {
			early = early[1:]
		}
		if p.value != nil {
			out = append(out, p)
		}
	}
	out = append(out, early...)
	s.spare, s.list, s.sorted = s.list[:0], out, len(out)
}

// get finds a property, as it was when the list was last settled.
func (s *stage) get(id mapi.PropID) (prop, bool) {
	i, ok := slices.BinarySearchFunc(s.list[:s.sorted], id, func(p prop, id mapi.PropID) int { return int(p.id) - int(id) })
	if !ok {
		return prop{}, false
	}
	return s.list[i], true
}

// limit leaves out what is more than n properties.
func (s *stage) limit(n int) {
	if len(s.list) <= n {
		return
	}
	s.warn.add(WarnProperties)
	slices.SortStableFunc(s.list, func(a, b prop) int { return int(a.rank) - int(b.rank) })
	s.list, s.sorted = s.list[:n], 0
	s.settle()
}

// write puts all properties into an object.
func (s *stage) write(ctx context.Context, p *props) error {
	for i := range s.list {
		one := &s.list[i]
		ok, err := p.put(ctx, one.id, one.typ, one.value)
		if err != nil {
			return fmt.Errorf("property %s: %w", mapi.MakeTag(one.id, one.typ), err)
		}
		if !ok {
			s.warn.add(WarnType)
			one.value = nil
		}
	}
	return nil
}
