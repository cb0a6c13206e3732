package tnef

import (
	"encoding/binary"

	"vangnet/engine/mapi"
)

// recipients reads the table of recipients: their number, then a bag each.
func (b *builder) recipients(c *cursor) {
	count, ok := c.uint32()
	for i := uint32(0); ok && i < count; i++ {
		if b.p.recipients++; b.p.recipients > b.p.lim.Recipients {
			b.p.warn.add(WarnTooMany)
			return
		}
		var r mapi.Bag
		ok = b.bag(c, &r, nil)
		if len(r) > 0 {
			b.m.Recipients = append(b.m.Recipients, r)
		}
	}
	if !ok {
		b.p.warn.add(WarnProperty)
	}
}

// ofAttachment reads an attribute of an attachment.
func (b *builder) ofAttachment(att attribute, v cursor) {
	if att.id() == attAttachRendData.id() || len(b.m.Attachments) == 0 {
		if b.p.attachments++; b.p.attachments > b.p.lim.Attachments {
			b.p.warn.add(WarnTooMany)
			b.full = true
		}
		if !b.full {
			b.m.Attachments = append(b.m.Attachments, mapi.Attachment{})
			b.old = append(b.old, nil)
			b.files = append(b.files, rendering{position: -1})
		}
	}
	if b.full {
		return
	}
	last := len(b.m.Attachments) - 1
	a, l := &b.m.Attachments[last], &b.old[last]
	switch att.id() {
	case attAttachRendData.id():
		if head, ok := v.take(6); ok {
			b.files[last] = rendering{binary.LittleEndian.Uint16(head), int32(binary.LittleEndian.Uint32(head[2:]))}
		}
	case attAttachData.id():
		l.SetBlob(mapi.AttachData, b.p.source.blob(v.pos, v.left()))
	case attAttachTitle.id():
		l.SetString(mapi.AttachFilename, b.text(v))
	case attAttachTransport.id():
		l.SetString(attachTransportName, b.text(v))
	case attAttachMetaFile.id():
		b.binary(l, attachRendering, v)
	case attAttachCreated.id(), attAttachModified.id():
		b.date(l, att, v)
	case attAttachment.id():
		b.bag(&v, &a.Props, func(id mapi.PropID, o object) { b.object(a, id, o) })
	default:
		b.p.warn.add(WarnAttribute)
	}
}

// object takes an object of an attachment, which is a message or a document.
func (b *builder) object(a *mapi.Attachment, id mapi.PropID, o object) {
	content := b.p.source.blob(o.from, o.to-o.from)
	switch {
	case id != mapi.AttachData:
		a.Props.Set(id, mapi.TypeObject, content)
		return
	case o.kind != interfaceMessage:
		a.Props.Set(id, mapi.TypeObject, content)
		if !a.Props.Has(mapi.AttachMethod) {
			a.Props.SetInt(mapi.AttachMethod, mapi.MethodOLE)
		}
		return
	case b.depth+1 >= b.p.lim.Depth:
		b.p.warn.add(WarnTooDeep)
	default:
		if m, ok := b.p.message(o.from, o.to, b.depth+1); ok {
			a.Embedded = m
			return
		}
		b.p.warn.add(WarnEmbedded)
	}
	a.SetData(content) // kept as it is
	a.Props.SetInt(mapi.AttachMethod, mapi.MethodByValue)
	a.Props.SetString(mapi.AttachMimeTag, "application/ms-tnef")
}

// finishAttachment adds what only the attributes of old say.
func (b *builder) finishAttachment(i int) {
	a, l := &b.m.Attachments[i], b.old[i]
	own, ok := a.Data()
	if !ok && a.Props.Has(mapi.AttachData) {
		b.p.warn.add(WarnAttribute) // a number, say
	}
	if !ok || own.Size == 0 && a.Embedded == nil {
		a.Props.Delete(mapi.AttachData) // what came beside it is better
	}
	if a.Embedded != nil {
		l.Delete(mapi.AttachData) // a picture of the message, for readers that know no better
		a.Props.SetInt(mapi.AttachMethod, mapi.MethodEmbedded)
	}
	merge(&a.Props, l)
	p := &a.Props
	if name := l.String(mapi.AttachFilename); name != "" && !p.Has(mapi.AttachLongFilename) {
		p.SetString(mapi.AttachLongFilename, name)
	}
	if !p.Has(mapi.AttachMethod) {
		method := int64(mapi.MethodByValue)
		if b.files[i].kind == renderingOLE {
			method = mapi.MethodOLE
		}
		p.SetInt(mapi.AttachMethod, method)
	}
	if !p.Has(mapi.AttachRenderingPosition) {
		p.SetInt(mapi.AttachRenderingPosition, int64(b.files[i].position))
	}
	if !p.Has(mapi.AttachSize) {
		data, _ := a.Data()
		p.SetInt(mapi.AttachSize, data.Size)
	}
	p.SetInt(mapi.AttachNumber, int64(i))
}
