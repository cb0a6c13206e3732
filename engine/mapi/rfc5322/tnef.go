package rfc5322

import (
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
	"vangnet/engine/mapi/tnef"
)

// isTNEF reports parts in which Outlook sends what mail cannot hold.
func isTNEF(e *entity) bool {
	return e.is("application/ms-tnef") || e.is("application/vnd.ms-tnef") || strings.EqualFold(fileName(e), "winmail.dat")
}

// unpack reads such a part: its attachments take its place, and its properties
// complete the message once all parts were seen. false: it is to be kept as a
// file, because something of it was not understood.
func (b *builder) unpack(e *entity) (whole bool, err error) {
	at, size, ok, err := b.random(e)
	if err != nil {
		return false, err
	}
	if !ok {
		b.p.warn.add(WarnTNEF)
		return false, nil
	}
	lim := tnef.Limits{Inline: b.p.lim.Body, Depth: max(1, b.p.lim.Depth-b.depth), Attachments: max(1, b.p.lim.Parts-b.p.parts), Recipients: b.p.lim.Recipients}
	m, warn, err := tnef.Parse(at, size, lim)
	if err != nil {
		return false, err
	}
	if warn.Has(tnef.WarnNotTNEF) {
		b.p.warn.add(WarnTNEF)
		return false, nil
	}
	if len(warn) > 0 {
		b.p.warn.add(WarnTNEF)
	}
	b.p.parts += len(m.Attachments)
	for _, a := range m.Attachments {
		b.adopt(a)
	}
	m.Attachments = nil
	b.unpacked = append(b.unpacked, m)
	return warn.Whole(), nil
}

// adopt makes an attachment one of the mail.
func (b *builder) adopt(a mapi.Attachment) {
	p := &a.Props
	p.SetInt(mapi.AttachNumber, int64(len(b.m.Attachments)))
	if name := a.FileName(); p.String(mapi.AttachMimeTag) == "" && name != "" && a.Embedded == nil {
		p.SetString(mapi.AttachMimeTag, mediaOf(name))
	}
	b.m.Attachments = append(b.m.Attachments, a)
}

// assumed are properties that a mail is given where its header does not say
// them; what was sent along with it knows better.
var assumed = []struct {
	id     mapi.PropID
	fields []string
}{
	{mapi.Importance, []string{"importance", "x-priority", "priority"}}, {mapi.Priority, []string{"importance", "x-priority", "priority"}},
	{mapi.Sensitivity, []string{"sensitivity"}}, {mapi.ReadReceiptRequested, []string{"disposition-notification-to"}},
	{mapi.DeliveryReportRequested, []string{"return-receipt-to"}}, {mapi.ConversationIndex, []string{"thread-index"}},
	{mapi.ConversationTopic, []string{"thread-topic"}},
}

// complete adds what was unpacked to what the mail itself says.
func (b *builder) complete(h *header) {
	for _, m := range b.unpacked {
		for _, a := range assumed {
			said := false
			for _, f := range a.fields {
				said = said || h.has(f)
			}
			if p, ok := m.Props.Get(a.id); ok && !said {
				b.m.Props.Set(a.id, p.Tag.Type(), p.Value)
			}
		}
		if class := m.Class(); b.m.Class() == "IPM.Note" && class != "" {
			b.m.Props.SetString(mapi.MessageClass, class)
		}
		b.bodies(m)
		if len(b.m.Recipients) == 0 {
			b.m.Recipients = m.Recipients
		}
		for _, p := range m.Props {
			b.add(p)
		}
	}
}

// bodies takes the bodies that the mail has not: text that looks like something
// only where the mail has no HTML.
func (b *builder) bodies(m *mapi.Message) {
	if html, ok := m.Props.Get(mapi.BodyHTML); ok && !b.html {
		b.m.Props.Set(mapi.BodyHTML, html.Tag.Type(), html.Value)
		b.html, b.codePage = true, m.HTMLCodePage()
		if html.Tag.Type() == mapi.TypeString {
			b.codePage = charset.UTF8
		}
	}
	if rich, ok := m.Props.Get(mapi.RTFCompressed); ok && !b.html && !b.rich {
		b.m.Props.Set(mapi.RTFCompressed, rich.Tag.Type(), rich.Value)
		b.rich = true
	}
	if plain, ok := m.Props.Get(mapi.Body); ok && !b.plain {
		b.m.Props.Set(mapi.Body, plain.Tag.Type(), plain.Value)
		b.plain = true
	}
}

// add adds a property that the mail has not, unless it is one that only the
// place has where the sender kept the message.
func (b *builder) add(p mapi.Prop) {
	if p.Name != nil {
		if _, has := b.m.Props.Named(*p.Name); !has {
			b.m.Props = append(b.m.Props, p)
		}
		return
	}
	switch p.Tag.ID() {
	case mapi.BodyHTML, mapi.RTFCompressed, mapi.Body, mapi.NativeBody, mapi.RTFInSync, mapi.InternetCodepage,
		mapi.EntryID, mapi.RecordKey, mapi.MessageSize, mapi.HasAttach, mapi.AccessLevel, mapi.ObjectType:
		return
	}
	have, has := b.m.Props.Get(p.Tag.ID())
	if text, isText := have.Value.(string); has && (!isText || text != "") {
		return
	}
	b.m.Props.Set(p.Tag.ID(), p.Tag.Type(), p.Value)
}
