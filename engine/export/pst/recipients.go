package pst

import (
	"math"

	"vangnet/engine/mapi"
)

// recipientExtras are columns that a table of recipients gets where some
// recipient has the property: what meetings, reports and votes need.
var recipientExtras = [...]uint32{
	0x00320040, // report time
	0x0C040003, // why a message did not arrive
	0x0C050003, // the same, in detail
	0x0C1B001F, // what the mail system said
	0x0C200003, // status of delivery
	0x0C21001F, // mail system that reported
	0x1001001F, // report text
	0x39050003, // a room, equipment
	0x39FE001F, // SMTP address: always
	0x3A20001F, // name on the way
	0x5FDE0003, // how the name was resolved
	0x5FDF0003, // order
	0x5FE1000B, // another time was proposed
	0x5FE30040, // from
	0x5FE40040, // until
	0x5FF6001F, // name
	0x5FF70102, // entry id
	0x5FFB0040, // time of the answer
	0x5FFD0003, // organiser and other flags
	0x5FFF0003, // the answer
}

const smtpExtra = 8 // index of 0x39FE

// layoutsMax bounds how many layouts of recipient tables are kept.
const layoutsMax = 64

// recipientLayout is the layout with the columns that these recipients need.
func (w *Writer) recipientLayout(list []mapi.Bag) *layout {
	mask := uint32(1 << smtpExtra)
	for _, r := range list {
		for i := range r {
			if j := extraIndex(uint32(r[i].Tag)); j >= 0 && r[i].Name == nil {
				mask |= 1 << j
			}
		}
	}
	if l, ok := w.layouts[mask]; ok {
		return l
	}
	var tags []uint32
	for j, tag := range recipientExtras {
		if mask&(1<<j) != 0 {
			tags = append(tags, tag)
		}
	}
	if len(w.layouts) >= layoutsMax {
		clear(w.layouts)
	}
	l := recipientLayout.extended(tags)
	w.layouts[mask] = &l
	return &l
}

func extraIndex(tag uint32) int {
	if tag < recipientExtras[0] {
		return -1
	}
	for j, t := range recipientExtras {
		if t == tag {
			return j
		}
	}
	return -1
}

// writeRecipients writes the table of recipients as a subnode. The result is
// how many bytes it has.
func (w *Writer) writeRecipients(list []mapi.Bag, people []person) (int64, error) {
	list = list[:len(people)]
	l := w.recipientLayout(list)
	if err := w.t.begin(l); err != nil {
		return 0, err
	}
	id := uint32(0)
	for i := range people {
		if people[i].name == "" {
			continue
		}
		id++
		w.row.start(l)
		w.row.tag(rowIDTag, uint64(id))
		w.row.tag(rowVersionTag, w.newVersion())
		if err := w.recipientCells(l, list[i], &people[i]); err != nil {
			return 0, err
		}
		if err := w.t.add(id, w.row.b); err != nil {
			return 0, err
		}
	}
	bid, sub, size, err := w.t.finish()
	w.subs = append(w.subs, subnode{recipientTable, bid, sub})
	return size, err
}

func (w *Writer) recipientCells(l *layout, r mapi.Bag, p *person) error {
	number := func(tag uint32, absent int64) {
		v, ok := r.Int(mapi.Tag(tag).ID())
		if !ok {
			v = absent
		}
		w.row.tag(tag, uint64(uint32(min(max(v, math.MinInt32), math.MaxInt32))))
	}
	w.row.tag(0x0C150003, uint64(p.role))
	w.row.tag(0x0E0F000B, 1) // somebody else does not send it
	number(0x0FFE0003, 6)    // a mail user
	number(0x39000003, 0)
	rich := uint64(0)
	if r.Bool(0x3A40) {
		rich = 1
	}
	w.row.tag(0x3A40000B, rich)
	texts := [...]struct {
		tag  uint32
		text string
	}{{0x3001001F, p.name}, {0x39FF001F, p.name}, {0x3002001F, p.kind}, {0x3003001F, p.addr}, {0x39FE001F, p.smtp()}}
	for _, t := range texts {
		if p.addr == "" && t.tag == 0x3002001F {
			continue
		}
		if err := w.textCell(l.column(t.tag), t.text); err != nil {
			return err
		}
	}
	w.scratch = p.oneOff(w.scratch[:0])
	for _, tag := range [...]uint32{0x0FFF0102, 0x0FF90102} {
		if err := w.cell(l.column(tag), w.scratch); err != nil {
			return err
		}
	}
	if p.addr != "" {
		w.scratch = p.searchKey(w.scratch[:0])
		if err := w.cell(l.column(0x300B0102), w.scratch); err != nil {
			return err
		}
	}
	return w.extraCells(l, r, p)
}

// extraCells fills the columns that only some recipients have.
func (w *Writer) extraCells(l *layout, r mapi.Bag, p *person) error {
	for j, tag := range recipientExtras {
		one, ok := r.Get(mapi.Tag(tag).ID())
		if !ok || uint32(one.Tag) != tag || j == smtpExtra {
			continue
		}
		c := l.column(tag)
		if bits, ok := fixedBits(one.Tag.Type(), one.Value); ok {
			w.row.set(c, uint64(bits))
			continue
		}
		if v, ok := eightBytes(one.Tag.Type(), one.Value); ok {
			w.row.set(c, v)
			continue
		}
		var err error
		switch v := one.Value.(type) {
		case string:
			err = w.textCell(c, w.short(clean(v), displayMax))
		case []byte:
			w.scratch = p.oneOff(w.scratch[:0]) // the entry id, made anew like the others
			err = w.cell(c, w.scratch)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// textCell fills a cell with a text; an empty one is no cell.
func (w *Writer) textCell(c *column, text string) error {
	w.scratch = appendUTF16(w.scratch[:0], text)
	return w.cell(c, w.scratch)
}

func (w *Writer) cell(c *column, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	hid, err := w.t.h.put(b)
	w.row.set(c, uint64(hid))
	return err
}
