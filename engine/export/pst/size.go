package pst

import (
	"math"
	"strings"

	"vangnet/engine/mapi"
)

// heapMeter counts the blocks that a table's heap will have, before it is built.
type heapMeter struct {
	blocks int32 // full ones
	used   int32 // bytes of the open one, with its page map
	rows   int32
}

const (
	heapBlockHead = heapMapSize + 4 + 2 // more than most blocks have
	// rowHeapBlocks is where a folder is full: below what a heap can number.
	rowHeapBlocks = heapBlockMax - 1024
)

func (m *heapMeter) item(n int) {
	if n == 0 {
		return
	}
	cost := int32(roundUp(n, 2) + 2)
	if m.used == 0 {
		m.used = heapBlockHead
	}
	if m.used+cost > blockData {
		m.blocks++
		m.used = heapBlockHead
	}
	m.used += cost
}

// row counts one waiting row.
func (m *heapMeter) row(waiting []byte) {
	rest := waiting[2+contentsLayout.rowSize():]
	for range contentsCells {
		size := int(le.Uint16(rest))
		rest = rest[2:]
		if size != noCell {
			m.item(size)
			rest = rest[size:]
		}
	}
	if m.rows++; m.rows%rowsALeaf == 0 {
		m.item(rowsALeaf * rowRecord)
	}
}

// What is counted for things that are written at the end, in bytes: more than
// they take.
const (
	perFolder    = 6 << 10 // its four nodes with their names, and its row
	perStore     = 64 << 10
	perBlock     = 28 // of the tree of blocks
	perNode      = 37 // of the tree of nodes
	perSection   = sectionSize - 3*pageSize - blockMax
	perTree      = 16 * pageSize // open pages of all levels
	perBlockSize = blockMax + perBlock
	rowsPerBlock = 64
)

// Size is at least how many bytes the file would have if it were finished now.
func (w *Writer) Size() int64 {
	pending := int64(perStore+2*perTree) + w.tables + w.names.size +
		int64(w.out.bid)*perBlock + (w.c.messages+4*int64(len(w.folders)))*perNode
	sections := int64(w.out.index) + 1
	if over := int64(w.out.off) + pending - sectionSize; over > 0 {
		sections += over/perSection + 1
	}
	return sectionAt(0) + sections*sectionSize
}

// tableSize is what the table of a folder's items will take.
func (m *heapMeter) tableSize() int64 {
	if m.rows == 0 {
		return 0
	}
	blocks := int64(m.blocks) + 2 + int64(m.rows)/rowsPerBlock + 1
	return (blocks + blocks/childrenMax + 2) * perBlockSize
}

// What is counted for an item and its parts, in bytes: more than they take.
const (
	perItem       = 1500 // its nodes and its row, their blocks, and the shares of trees
	perProperty   = 24   // record, item, rounding
	perLarge      = 2 * (slotSize + trailerSize + perBlock + subnodeEntry)
	perPerson     = 160 // of the item: an entry id and a key beside name and address
	perRecipient  = 400 // a row of all columns
	perAttachment = 900
	perName       = 64 // of a property that is new to the store
)

// Weight is at least how many bytes Add of an item would add to Size.
func Weight(m *mapi.Message) int64 { return weigh(m, 0) * 21 / 20 } // sections are not filled to the last byte

func weigh(m *mapi.Message, depth int) int64 {
	if depth >= maxDepth {
		return 0
	}
	n := perItem + weighBag(m.Props)
	for _, a := range [...]mapi.Address{mapi.From(m), mapi.Sender(m)} {
		n += perPerson + 2*weighPerson(a) // each may stand for the other
	}
	for _, id := range [...]mapi.PropID{mapi.MessageClass, mapi.Subject, mapi.NormalizedSubject, mapi.ConversationTopic} {
		n += 4 * min(int64(len(m.Props.String(id))), textMax) // in rows, and as one another
	}
	names := int64(0)
	for _, r := range m.Recipients {
		a := mapi.RecipientAddress(r)
		n += perRecipient + weighPerson(a)
		names += int64(min(len(a.Name)+len(a.SMTP)+len(a.EX), textMax)) + 2
		for _, tag := range recipientExtras {
			if mapi.Tag(tag).Type() == mapi.TypeString {
				n += 2 * int64(min(len(r.String(mapi.Tag(tag).ID())), displayMax))
			}
		}
	}
	n += 8 * min(names, displayMax)
	for i := range m.Attachments {
		n += weighAttachment(&m.Attachments[i], depth)
	}
	return n
}

// weighPerson is at least what the forms of name and address take.
func weighPerson(a mapi.Address) int64 {
	name, addr := min(len(a.Name), 3*textMax), min(len(a.SMTP)+len(a.EX), 3*addressMax)
	if name == 0 {
		name = min(addr, 3*textMax)
	}
	return int64(10*name + 11*addr)
}

func weighAttachment(a *mapi.Attachment, depth int) int64 {
	n := perAttachment + weighBag(a.Props) + 4*int64(min(len(a.FileName()), 3*textMax))
	if a.Embedded != nil {
		n += weigh(a.Embedded, depth+1)
	}
	return n
}

func weighBag(b mapi.Bag) int64 {
	n := int64(0)
	for i := range b {
		size := weighValue(b[i].Value)
		if n += perProperty + size; size > heapItemMax {
			n += perLarge + size/blockData*(blockMax-blockData+perBlock+8) + size/blockData/childrenMax*blockMax
		}
		if b[i].Name != nil {
			n += perName + 2*int64(len(b[i].Name.Text))
		}
	}
	return n
}

// weighValue is at least the size of a value as it is stored.
func weighValue(value any) int64 {
	switch v := value.(type) {
	case string:
		return 2 * int64(len(v)+strings.Count(v, "\n"))
	case []byte:
		return int64(len(v))
	case mapi.Blob:
		return v.Size + min(v.Size, math.MaxInt32)/64
	case []string:
		n := int64(0)
		for _, s := range v {
			n += 4 + 2*int64(len(s))
		}
		return n
	case [][]byte:
		n := int64(0)
		for _, s := range v {
			n += 4 + int64(len(s))
		}
		return n
	case []int16:
		return 2 * int64(len(v))
	case []int32:
		return 4 * int64(len(v))
	case []float32:
		return 4 * int64(len(v))
	case []int64:
		return 8 * int64(len(v))
	case []float64:
		return 8 * int64(len(v))
	case []mapi.FileTime:
		return 8 * int64(len(v))
	case []mapi.GUID:
		return 16 * int64(len(v))
	}
	return 16
}
