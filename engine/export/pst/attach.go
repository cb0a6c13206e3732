package pst

import (
	"context"
	"fmt"
	"math"
	"path"
	"strings"

	"vangnet/engine/mapi"
)

// attached is an attachment that was written, as the table shows it.
type attached struct {
	node     uint32
	method   int32
	position int32 // in rich text, -1: none
	name     string
	size     int64
}

// attachments writes all attachments of an item and the table of them as
// subnodes. below is how many bytes they have.
func (w *Writer) attachments(ctx context.Context, list []mapi.Attachment, key []byte, depth int) (n int, below int64, err error) {
	if len(list) == 0 {
		return 0, 0, nil
	}
	if len(list) > maxAttachments {
		w.warn.add(WarnTooMany)
		list = list[:maxAttachments]
	}
	rows := make([]attached, 0, len(list))
	for i := range list {
		a := &list[i]
		size, err := w.attachment(ctx, a, startIndex+1+uint32(i), key, depth, &rows)
		if err != nil {
			return 0, 0, fmt.Errorf("attachment %d %q: %w", i+1, cutUnits(a.FileName(), textMax), err)
		}
		below += size
	}
	size, err := w.writeAttachmentTable(rows)
	if err != nil {
		return 0, 0, fmt.Errorf("write the list of attachments: %w", err)
	}
	w.c.attachments += int64(len(rows))
	return len(rows), below + size, nil
}

// attachment writes one attachment as a subnode and adds its row.
func (w *Writer) attachment(ctx context.Context, a *mapi.Attachment, index uint32, key []byte, depth int, rows *[]attached) (size int64, err error) {
	base := len(w.subs)
	row := attached{node: nid(index, nidAttachment), method: methodOf(a)}
	var inner object
	var innerNode uint32
	if row.method == mapi.MethodEmbedded {
		if depth+1 < maxDepth {
			if inner, innerNode, err = w.embedded(ctx, a.Embedded, index, key, depth+1); err != nil {
				return 0, err
			}
		} else {
			w.warn.add(WarnDepth)
			row.method = mapi.MethodNone
		}
	}
	w.stageAttachment(a, &row)
	if err := w.p.begin(&w.subs); err != nil {
		return 0, err
	}
	if err := w.stage.write(ctx, &w.p); err != nil {
		return 0, err
	}
	if innerNode != 0 {
		err = w.p.object(mapi.AttachData, innerNode, inner.size)
	} else {
		err = w.content(ctx, a, row.method)
	}
	if err != nil {
		return 0, err
	}
	const own = 4 // of the size itself
	row.size = w.p.sizes + own
	w.p.add(mapi.AttachSize, mapi.TypeInt32, clampSize(row.size), own)
	bid, size, err := w.p.finish(inner.size, false)
	if err != nil {
		return 0, err
	}
	sub, err := w.writeSubnodes(base)
	if err != nil {
		return 0, err
	}
	w.subs = append(w.subs[:base], subnode{row.node, bid, sub})
	w.c.high.see(row.node)
	*rows = append(*rows, row)
	return size, nil
}

// methodOf is how an attachment holds its content: what it has counts, not
// what it says.
func methodOf(a *mapi.Attachment) int32 {
	if a.Embedded != nil {
		return mapi.MethodEmbedded
	}
	method, ok := a.Props.Int(mapi.AttachMethod)
	_, hasData := a.Data()
	switch {
	case hasData && (!ok || method == mapi.MethodNone || method == mapi.MethodEmbedded):
		return mapi.MethodByValue
	case method == mapi.MethodEmbedded, method < 0, method > math.MaxInt16:
		return mapi.MethodNone
	}
	return int32(method)
}

// embedded writes an item inside an attachment.
func (w *Writer) embedded(ctx context.Context, m *mapi.Message, index uint32, key []byte, depth int) (object, uint32, error) {
	node, err := w.newMessage()
	if err != nil {
		return object{}, 0, err
	}
	o, err := w.message(ctx, m, le.AppendUint32(key[:len(key):len(key)], index), depth)
	if err != nil {
		return o, 0, err
	}
	w.subs = append(w.subs, subnode{node, o.data, o.sub})
	return o, node, nil
}

// content writes the data of an attachment.
func (w *Writer) content(ctx context.Context, a *mapi.Attachment, method int32) error {
	blob, ok := a.Data()
	if !ok || method == mapi.MethodEmbedded {
		return nil
	}
	held, _ := a.Props.Get(mapi.AttachData)
	if held.Tag.Type() == mapi.TypeObject && method == mapi.MethodOLE {
		return w.p.objectData(ctx, mapi.AttachData, blob)
	}
	if b, ok := held.Value.([]byte); ok {
		return w.p.bytes(mapi.AttachData, mapi.TypeBinary, b)
	}
	return w.p.blob(ctx, mapi.AttachData, mapi.TypeBinary, blob)
}

// stageAttachment collects what goes over of an attachment, but for its content.
func (w *Writer) stageAttachment(a *mapi.Attachment, row *attached) {
	s := &w.stage
	s.start()
	s.take(a.Props, func(p *prop) bool { return p.id != mapi.AttachData && p.id != mapi.AttachSize })
	s.set(mapi.AttachMethod, mapi.TypeInt32, row.method)
	position, ok := a.Props.Int(mapi.AttachRenderingPosition)
	if !ok || position != int64(int32(position)) {
		position = -1
	}
	row.position = int32(position)
	s.set(mapi.AttachRenderingPosition, mapi.TypeInt32, row.position)
	long := clean(a.Props.String(mapi.AttachLongFilename))
	if row.name = w.short(clean(a.Props.String(mapi.AttachFilename)), textMax); row.name == "" {
		row.name = shortName(long)
	}
	if row.name == "" {
		s.drop(mapi.AttachFilename)
	} else {
		s.set(mapi.AttachFilename, mapi.TypeString, row.name)
	}
	if id := clean(a.Props.String(mapi.AttachContentID)); id != "" {
		s.set(mapi.AttachContentID, mapi.TypeString, strings.Trim(id, "<>"))
	}
	if name := clean(a.FileName()); name != "" && a.Props.String(mapi.DisplayName) == "" {
		s.set(mapi.DisplayName, mapi.TypeString, name)
	}
	s.settle()
	const more = 2 // content and size
	s.limit(propsMax - more)
}

// shortName makes a name of eight and three characters of a long one.
func shortName(long string) string {
	keep := func(s string, n int) string {
		return cutUnits(strings.Map(func(r rune) rune {
			if r <= ' ' || r > '~' || strings.ContainsRune(`."*+,/:;<=>?[\]|`, r) {
				return -1
			}
			return r
		}, strings.ToUpper(s)), n)
	}
	ext := path.Ext(long)
	base := strings.TrimSuffix(long, ext)
	short := keep(base, 9)
	ext = keep(ext, 3)
	if len(short) > 8 {
		short = short[:6] + "~1"
	}
	switch {
	case short == "" && ext == "":
		return ""
	case short == "":
		short = "FILE"
	}
	if ext != "" {
		short += "." + ext
	}
	return short
}

// writeAttachmentTable writes the table of attachments as a subnode.
func (w *Writer) writeAttachmentTable(rows []attached) (int64, error) {
	if err := w.t.begin(&attachmentLayout); err != nil {
		return 0, err
	}
	for _, a := range rows {
		w.row.start(&attachmentLayout)
		w.row.tag(rowIDTag, uint64(a.node))
		w.row.tag(rowVersionTag, w.newVersion())
		w.row.tag(0x0E200003, uint64(clampSize(a.size)))
		w.row.tag(0x37050003, uint64(uint32(a.method)))
		w.row.tag(0x370B0003, uint64(uint32(a.position)))
		if err := w.textCell(attachmentLayout.column(0x3704001F), a.name); err != nil {
			return 0, err
		}
		if err := w.t.add(a.node, w.row.b); err != nil {
			return 0, err
		}
	}
	bid, sub, size, err := w.t.finish()
	w.subs = append(w.subs, subnode{attachmentTable, bid, sub})
	return size, err
}

// clampSize is a size as a property of 32 bits can tell it.
func clampSize(n int64) uint32 { return uint32(min(n, math.MaxInt32)) }
