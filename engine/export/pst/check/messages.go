package check

import "math"

// Properties of messages.
const (
	tagMessageClass = 0x001A001F
	tagSubject      = 0x0037001F
	tagSentName     = 0x0042001F
	tagTopic        = 0x0070001F
	tagDelivered    = 0x0E060040
	tagFlags        = 0x0E070003
	tagSize         = 0x0E080003
	tagStatus       = 0x0E170003
	tagCreated      = 0x30070040
	tagModified     = 0x30080040
	tagSearchKey    = 0x300B0102
	tagConversation = 0x30130102
	tagDisplayBcc   = 0x0E02001F
	tagDisplayCc    = 0x0E03001F
	tagDisplayTo    = 0x0E04001F

	flagRead      = 0x01
	flagHasAttach = 0x10
	searchKeySize = 16
)

var (
	// messageRowOwn are cells of contents rows that messages do not bear.
	messageRowOwn = ownCells{tagStatus: true, tagConversation: true}
	// emptyCells are the columns that get a cell for an empty text.
	emptyCells = ownCells{tagSubject: true, tagSentName: true, tagTopic: true}
)

// checkOwn verifies the cells of contents rows that messages do not bear.
func (t *table) checkOwn(w *place) {
	if n, ok := t.number(tagStatus); ok && n != 0 {
		t.c.find(MessageRow, w, "message status is 0x%X, must be 0", n)
	}
	if p, ok := t.cell(tagConversation); ok && p.size != 16 {
		t.c.find(MessageRow, w, "conversation id of %d bytes, must be 16", p.size)
	}
}

// message verifies a message with its subnodes.
func (c *checker) message(w *place, n node, depth int) (*bag, bool) {
	s := c.open(w, n)
	b, ok := s.readBag()
	if !ok {
		return nil, false
	}
	b.need(tagMessageClass, tagFlags, tagSize, tagSearchKey, tagCreated, tagModified)
	if nidType(n.nid) == typeMessage {
		b.need(tagDelivered)
	}
	if p, ok := b.get(tagSearchKey); ok && p.size != searchKeySize {
		c.find(PropValue, w, "search key of %d bytes, must be %d", p.size, searchKeySize)
	}
	for _, tag := range []uint32{tagDisplayTo, tagDisplayCc, tagDisplayBcc} {
		if p, ok := b.get(tag); ok && p.size == 0 {
			c.find(PropStray, w, "property 0x%08X is empty, must not be there", tag)
		}
	}
	s.recipients()
	rows := s.attachments(depth)
	if flags, ok := b.int32(tagFlags); ok && (flags&flagHasAttach != 0) != (rows > 0) && rows >= 0 {
		c.find(MessageFlags, w, "flags are 0x%X, there are %d attachments", flags, rows)
	}
	c.checkMessageSize(w, b, n)
	s.close()
	return b, true
}

// checkMessageSize verifies PidTagMessageSize: the data of the message and of
// all its subnodes.
func (c *checker) checkMessageSize(w *place, b *bag, n node) {
	have, ok := b.int32(tagSize)
	if want := min(c.weigh(w, n, 0), math.MaxInt32); ok && int64(have) != want {
		c.aged(OldSizes, MessageSize, w, "size is %d, must be %d", have, want)
	}
}
