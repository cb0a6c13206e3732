package fts

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"sort"
	"strings"

	"vangnet/engine/mapi"
)

// Options change what Encode writes. The zero value writes as Exchange Online.
type Options struct {
	Version  [4]uint16 // of the server that claims to have written it; zero: 15.20.8000.10
	PageSize int       // payload of a full transfer record; 0: PageSize
	Damage   Damage
}

// Damage lists what can be odd or wrong about a stream, for tests of readers.
type Damage struct {
	NoHeader        bool // without the records before the payload
	DnPrefix        bool // with an address prefix as first element, as Exchange 2010
	EmbeddedDelProp bool // lists announced in embedded messages too
	UnknownOpcode   bool // a record of a kind nobody knows, between the pages
	UnknownElement  bool // a property of an unknown type before the recipients
	WrongNesting    bool // an end marker that nothing opened, before the recipients
	Truncate        bool // cut in the middle
	CutAt           int64
}

var defaultVersion = [4]uint16{15, 20, 8000, 10}

// Encode writes a message as an item stream. Values in blobs are streamed.
func Encode(w io.Writer, m *mapi.Message, opt Options) error {
	limit := int64(-1)
	if opt.Damage.CutAt > 0 {
		limit = opt.Damage.CutAt
	} else if opt.Damage.Truncate {
		n := &counter{}
		whole := opt
		whole.Damage.Truncate = false
		if err := Encode(n, m, whole); err != nil {
			return err
		}
		limit = n.n * 2 / 3
	}
	if limit >= 0 {
		w = &cutter{w: w, left: limit}
	}
	buf := bufio.NewWriterSize(w, 64<<10)
	e := &encoder{pages: newPages(buf, opt), opt: opt, names: nameIDs(m)}
	if err := e.item(m); err != nil {
		return fmt.Errorf("encode item stream: %w", err)
	}
	return buf.Flush()
}

type encoder struct {
	pages *pages
	opt   Options
	names map[nameKey]mapi.PropID
	mids  int64
}

func (e *encoder) item(m *mapi.Message) error {
	if err := e.pages.header(); err != nil {
		return err
	}
	if e.opt.Damage.DnPrefix {
		prefix := "/o=First Organization/ou=Exchange Administrative Group/cn=Recipients/CN=\x00"
		if err := e.pages.element(appendCounted(tagBytes(DnPrefix), []byte(prefix))); err != nil {
			return err
		}
	}
	if err := e.bag(sorted(m.Props), nil); err != nil {
		return err
	}
	if err := e.damage(); err != nil {
		return err
	}
	if err := e.children(m, true); err != nil {
		return err
	}
	return e.pages.flush()
}

func (e *encoder) damage() error {
	if e.opt.Damage.UnknownElement {
		if err := e.pages.element(append(tagBytes(0x66AA0EEE), 1, 2, 3, 4, 5, 6, 7)); err != nil {
			return err
		}
	}
	if e.opt.Damage.WrongNesting {
		return e.mark(EndEmbed)
	}
	return nil
}

func (e *encoder) children(m *mapi.Message, lists bool) error {
	if err := e.announce(RecipientsFollow, lists); err != nil {
		return err
	}
	for _, r := range m.Recipients {
		if err := e.wrapped(StartRecip, EndToRecip, func() error { return e.bag(r, nil) }); err != nil {
			return err
		}
	}
	if err := e.announce(AttachmentsFollow, lists); err != nil {
		return err
	}
	for i := range m.Attachments {
		if err := e.wrapped(NewAttach, EndAttach, func() error { return e.attachment(i, &m.Attachments[i]) }); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) announce(list mapi.Tag, wanted bool) error {
	if !wanted {
		return nil
	}
	return e.pages.element(append(tagBytes(DelProp), tagBytes(list)...))
}

func (e *encoder) wrapped(start, end mapi.Tag, content func() error) error {
	if err := e.mark(start); err != nil {
		return err
	}
	if err := content(); err != nil {
		return err
	}
	return e.mark(end)
}

func (e *encoder) mark(tag mapi.Tag) error { return e.pages.element(tagBytes(tag)) }

// attachment writes its number first, whatever place it has in the bag.
func (e *encoder) attachment(i int, a *mapi.Attachment) error {
	number := mapi.Prop{Tag: mapi.MakeTag(mapi.AttachNumber, mapi.TypeInt32), Value: int32(i)}
	if p, ok := a.Props.Get(mapi.AttachNumber); ok {
		number = p
	}
	if err := e.bag(a.Props, &number); err != nil {
		return fmt.Errorf("attachment %q: %w", a.FileName(), err)
	}
	if a.Embedded == nil {
		return nil
	}
	return e.wrapped(StartEmbed, EndEmbed, func() error { return e.embedded(a.Embedded) })
}

func (e *encoder) embedded(m *mapi.Message) error {
	e.mids++
	mid := mapi.Prop{Tag: mapi.MakeTag(mapi.MID, mapi.TypeInt64), Value: e.mids}
	if p, ok := m.Props.Get(mapi.MID); ok {
		mid = p
	}
	if err := e.bag(sorted(m.Props), &mid); err != nil {
		return err
	}
	return e.children(m, e.opt.Damage.EmbeddedDelProp)
}

// bag writes properties; first, where given, goes before and takes the place of
// those with its id.
func (e *encoder) bag(b mapi.Bag, first *mapi.Prop) error {
	if first != nil {
		if err := e.prop(*first); err != nil {
			return err
		}
	}
	for _, p := range b {
		if first != nil && p.Name == nil && p.Tag.ID() == first.Tag.ID() {
			continue
		}
		if err := e.prop(p); err != nil {
			return fmt.Errorf("property %s: %w", p.Tag, err)
		}
	}
	return nil
}

func (e *encoder) prop(p mapi.Prop) error {
	id := p.Tag.ID()
	if p.Name != nil {
		id = e.names[keyOf(*p.Name)]
	}
	head := tagBytes(mapi.MakeTag(id, wireType(p.Tag.Type())))
	if p.Name != nil {
		head = appendName(head, *p.Name)
	}
	if blob, ok := p.Value.(mapi.Blob); ok {
		return e.blob(head, p.Tag.Type(), blob)
	}
	whole, err := appendValue(head, p.Tag.Type(), p.Value)
	if err != nil {
		return err
	}
	return e.pages.element(whole)
}

func (e *encoder) blob(head []byte, t mapi.Type, b mapi.Blob) error {
	r, err := b.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	size, tail := b.Size, []byte(nil)
	if t == mapi.TypeString {
		tail = []byte{0, 0}
	}
	size += int64(len(tail))
	if size > maxRecord {
		return fmt.Errorf("value of %d bytes is too long for a stream", size)
	}
	head = binary.LittleEndian.AppendUint32(head, uint32(size))
	return e.pages.long(head, io.MultiReader(io.LimitReader(r, b.Size), strings.NewReader(string(tail))), size)
}

// sorted orders the properties of a message by id, named ones last.
func sorted(b mapi.Bag) mapi.Bag {
	out := append(mapi.Bag{}, b...)
	sort.SliceStable(out, func(i, j int) bool {
		a, c := out[i], out[j]
		switch {
		case a.Name == nil && c.Name == nil:
			return a.Tag.ID() < c.Tag.ID()
		case a.Name != nil && c.Name != nil:
			return keyOf(*a.Name).less(keyOf(*c.Name))
		}
		return a.Name == nil
	})
	return out
}

// nameKey is a name in a form to compare and order.
type nameKey struct {
	set    mapi.GUID
	byText bool
	lid    uint32
	text   string
}

func keyOf(n mapi.Name) nameKey {
	if n.ByText {
		return nameKey{set: n.Set, byText: true, text: strings.ToLower(n.Text)}
	}
	return nameKey{set: n.Set, lid: n.LID}
}

func (k nameKey) less(o nameKey) bool {
	switch {
	case k.set != o.set:
		return string(k.set[:]) < string(o.set[:])
	case k.byText != o.byText:
		return !k.byText
	case k.lid != o.lid:
		return k.lid < o.lid
	}
	return k.text < o.text
}

// nameIDs gives each name in a message an id of its own.
func nameIDs(m *mapi.Message) map[nameKey]mapi.PropID {
	seen := map[nameKey]mapi.PropID{}
	collect(m, seen)
	keys := make([]nameKey, 0, len(seen))
	for k := range seen {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i].less(keys[j]) })
	for i, k := range keys {
		seen[k] = mapi.FirstNamed + mapi.PropID(min(i, 0x7FFE))
	}
	return seen
}

func collect(m *mapi.Message, seen map[nameKey]mapi.PropID) {
	note := func(b mapi.Bag) {
		for _, p := range b {
			if p.Name != nil {
				seen[keyOf(*p.Name)] = 0
			}
		}
	}
	note(m.Props)
	for _, r := range m.Recipients {
		note(r)
	}
	for i := range m.Attachments {
		note(m.Attachments[i].Props)
		if m.Attachments[i].Embedded != nil {
			collect(m.Attachments[i].Embedded, seen)
		}
	}
}
