package check

import "bytes"

// Columns of recipient rows.
const (
	tagRecipientType = 0x0C150003
	tagObjectType    = 0x0FFE0003
	tagEntryID       = 0x0FFF0102
	tagAddressType   = 0x3002001F
	tagAddress       = 0x3003001F

	recipientTo  = 1
	recipientBcc = 3
)

// oneOff is the provider of entry ids that hold the address itself (MS-OXCDATA
// 2.2.5.1).
var oneOff = []byte{0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19, 0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02}

// recipients verifies the recipient table of a message.
func (s *scope) recipients() {
	n, _, ok := s.sub(nidRecipients)
	if !ok {
		s.c.aged(OldNodes, NodeMissing, s.w, "recipient table 0x%X is not there", nidRecipients)
		return
	}
	ts := s.c.open(s.w.within("table", nidRecipients), n)
	t, ok := ts.readTable(nidRecipients)
	if !ok {
		return
	}
	t.each(func(w *place, id uint32) {
		s.c.rep.Recipients++
		typ, ok := t.number(tagRecipientType)
		if !ok || typ < recipientTo || typ > recipientBcc {
			s.c.find(Recipient, w, "type is %d (there: %v), must be 1 to 3", typ, ok)
		}
		for _, tag := range []uint32{tagName, tagObjectType, tagEntryID} {
			if _, ok := t.cell(tag); !ok {
				s.c.aged(OldRecipients, Recipient, w, "no cell for column 0x%08X", tag)
			}
		}
		t.checkOneOff(w)
	})
	ts.close()
}

// checkOneOff verifies that an entry id that holds name and address holds those
// of its row.
func (t *table) checkOneOff(w *place) {
	p, ok := t.cell(tagEntryID)
	if !ok {
		return
	}
	id, ok := t.c.valueOf(*w, p, compareMax)
	if !ok || len(id) < 24 || !bytes.Equal(id[4:20], oneOff) || u16(id, 22)&0x8000 == 0 {
		return
	}
	rest := id[24:]
	for _, tag := range []uint32{tagName, tagAddressType, tagAddress} {
		var text []byte
		if text, rest, ok = cutText(rest); !ok {
			t.c.find(Recipient, w, "one-off entry id of %d bytes ends within its texts", len(id))
			return
		}
		cell, ok := t.cell(tag)
		have, _ := t.c.valueOf(*w, cell, compareMax)
		if ok && !bytes.Equal(have, text) && !cutFrom(text, have) {
			t.c.find(Recipient, w, "one-off entry id and column 0x%08X differ: % .40x, % .40x", tag, text, have)
		}
	}
	if len(rest) > 0 {
		t.c.find(Recipient, w, "%d bytes behind the texts of the one-off entry id", len(rest))
	}
}

// cutText takes a terminated UTF-16 text from the front.
func cutText(b []byte) (text, rest []byte, ok bool) {
	for i := 0; i+1 < len(b); i += 2 {
		if b[i] == 0 && b[i+1] == 0 {
			return b[:i], b[i+2:], true
		}
	}
	return nil, nil, false
}
