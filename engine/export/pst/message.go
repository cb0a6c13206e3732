package pst

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"vangnet/engine/mapi"
)

// Bounds of one item.
const (
	maxDepth       = 32 // items in items
	maxAttachments = 50_000
	maxRecipients  = 100_000
)

// Subnodes of a message with a fixed id, MS-PST 2.4.5.
const (
	attachmentTable = 0x671
	recipientTable  = 0x692
)

// object is a node that was written.
type object struct {
	data, sub uint64
	size      int64 // of all its data, as PidTagMessageSize counts
}

// message writes an item and leaves its properties on the stage. key is what
// tells it from all others.
func (w *Writer) message(ctx context.Context, m *mapi.Message, key []byte, depth int) (o object, err error) {
	base := len(w.subs)
	defer func() { w.subs = w.subs[:base] }()
	attached, below, err := w.attachments(ctx, m.Attachments, key, depth)
	if err != nil {
		return o, err
	}
	people := w.recipients(m)
	size, err := w.writeRecipients(m.Recipients, people)
	if err != nil {
		return o, fmt.Errorf("write recipients: %w", err)
	}
	below += size

	w.stage.start()
	w.stage.take(m.Props, w.takesMessage)
	w.derive(m, people, key, attached > 0)
	w.stage.settle()
	w.stage.limit(propsMax)
	if err := w.p.begin(&w.subs); err != nil {
		return o, err
	}
	if err := w.stage.write(ctx, &w.p); err != nil {
		return o, err
	}
	if o.data, o.size, err = w.p.finish(below, true); err != nil {
		return o, err
	}
	o.sub, err = w.writeSubnodes(base)
	return o, err
}

// writeSubnodes writes the tree of the subnodes from base on.
func (w *Writer) writeSubnodes(base int) (uint64, error) {
	list := w.subs[base:]
	slices.SortFunc(list, func(a, b subnode) int { return int(int64(a.nid) - int64(b.nid)) })
	if len(list) > subnodesMax {
		w.warn.add(WarnParts)
	}
	return w.out.subnodes(list)
}

// newMessage takes the next id of a message.
func (w *Writer) newMessage() (uint32, error) {
	if w.c.message == maxIndex {
		return 0, fmt.Errorf("%d messages: %w", w.c.message, ErrFull)
	}
	w.c.message++
	node := nid(w.c.message, nidMessage)
	w.c.high.see(node)
	return node, nil
}

// newVersion takes the next version of a row. No two rows have the same.
func (w *Writer) newVersion() uint64 {
	w.c.version++
	return uint64(w.c.version)
}

// keySize is the length of search and record keys.
const keySize = 16

// keyOf is keySize bytes that stand for a thing of this export.
func (w *Writer) keyOf(kind string, key []byte) []byte {
	h := sha256.New()
	h.Write([]byte(kind))
	h.Write([]byte{0, byte(len(w.opt.Key)), byte(len(w.opt.Key) >> 8)})
	h.Write(w.opt.Key)
	h.Write(key)
	return h.Sum(nil)[:keySize]
}
