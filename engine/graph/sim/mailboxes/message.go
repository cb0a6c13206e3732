package mailboxes

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"vangnet/engine/mapi"
)

// assemble makes the whole item as Exchange would hand it out: its content and,
// over it, what the mailbox knows. The message may point into files that are
// open until release is called.
func (m *Mailbox) assemble(s *state) (msg *mapi.Message, release func(), err error) {
	msg, release, err = m.load(s.content)
	if err != nil {
		return nil, nil, fmt.Errorf("read item %d of %s: %w", s.number, m.opt.User, err)
	}
	m.overlay(msg, s)
	return msg, release, nil
}

// overlay writes an item's state into its properties, touching only those that
// say otherwise: an imported item must come out as it went in.
func (m *Mailbox) overlay(msg *mapi.Message, s *state) {
	p := &msg.Props
	if p.String(mapi.MessageClass) != s.class {
		p.SetString(mapi.MessageClass, s.class)
	}
	flags, had := p.Int(mapi.MessageFlags)
	want := flags &^ (mapi.FlagRead | mapi.FlagUnsent)
	if s.read {
		want |= mapi.FlagRead
	}
	if s.draft {
		want |= mapi.FlagUnsent
	}
	if len(msg.Attachments) > 0 && !had {
		want |= mapi.FlagHasAttach
	}
	if want != flags || !had {
		p.SetInt(mapi.MessageFlags, want)
	}
	if v, ok := p.Int(mapi.Importance); !ok || v != int64(s.importance) {
		p.SetInt(mapi.Importance, int64(s.importance))
	}
	if v, _ := p.Int(mapi.FlagStatus); v != int64(s.flag) {
		p.SetInt(mapi.FlagStatus, int64(s.flag))
	}
	if have := p.NamedStrings(mapi.Keywords); !slices.Equal(have, s.categories) {
		setNamed(p, mapi.Keywords, s.categories)
	}
	m.overlayTimes(p, s)
	m.overlayKeys(p, s)
}

// setNamed sets a list of texts, or takes the property away for an empty one.
func setNamed(p *mapi.Bag, name mapi.Name, list []string) {
	if len(list) > 0 {
		p.SetNamed(name, mapi.TypeString|mapi.Multi, list)
		return
	}
	*p = slices.DeleteFunc(*p, func(x mapi.Prop) bool { return x.Name != nil && x.Name.Equal(name) })
}

func (m *Mailbox) overlayTimes(p *mapi.Bag, s *state) {
	set := func(id mapi.PropID, v mapi.FileTime) {
		if have, _ := p.Get(id); v != 0 && have.Value != v {
			p.Set(id, mapi.TypeTime, v)
		}
	}
	if s.draft {
		if s.received == 0 {
			p.Delete(mapi.DeliveryTime)
		}
	}
	set(mapi.DeliveryTime, s.received)
	set(mapi.ClientSubmitTime, s.sent)
	set(mapi.CreationTime, s.created)
	set(mapi.LastModificationTime, s.modified)
}

// overlayKeys sets what identifies this copy and, where the content lacks them,
// the mandatory properties of every exported item.
func (m *Mailbox) overlayKeys(p *mapi.Bag, s *state) {
	key := append(slices.Clone(m.ids.local[:]), counter(nil, s.seq)...)
	p.SetBytes(mapi.ChangeKey, key)
	p.SetBytes(mapi.PredecessorChangeList, append([]byte{byte(len(key))}, key...))
	if !p.Has(mapi.SearchKey) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], s.number)
		sum := sha256.Sum256(append(slices.Clone(m.ids.guid[:]), n[:]...))
		p.SetBytes(mapi.SearchKey, sum[:16])
	}
	if !p.Has(mapi.Sensitivity) {
		p.SetInt(mapi.Sensitivity, 0)
	}
}

// learn takes an item's state from its properties.
func (it *item) learn(msg *mapi.Message) {
	p := msg.Props
	if it.class = p.String(mapi.MessageClass); it.class == "" {
		it.class = "IPM.Note"
	}
	it.subject = strings.Clone(mapi.SubjectOf(msg))
	it.msgID = strings.Clone(p.String(mapi.InternetMessageID))
	it.categories = slices.Clone(p.NamedStrings(mapi.Keywords))
	flags, _ := p.Int(mapi.MessageFlags)
	it.read, it.draft = flags&mapi.FlagRead != 0, flags&mapi.FlagUnsent != 0
	status, _ := p.Int(mapi.FlagStatus)
	it.flag = flagState(min(max(status, 0), 2))
	it.importance = 1
	if v, ok := p.Int(mapi.Importance); ok {
		it.importance = int8(min(max(v, 0), 2))
	}
	it.received, it.sent, it.created = fileTime(p, mapi.DeliveryTime), fileTime(p, mapi.ClientSubmitTime), fileTime(p, mapi.CreationTime)
	it.learnFacts(msg)
}

// learnFacts takes what a lazy item does not know before its content is read.
func (it *item) learnFacts(msg *mapi.Message) {
	it.msgID = strings.Clone(msg.Props.String(mapi.InternetMessageID))
	it.attach = false
	for i := range msg.Attachments {
		if !isInline(&msg.Attachments[i]) {
			it.attach = true
		}
	}
	it.facts = true
}

func fileTime(p mapi.Bag, id mapi.PropID) mapi.FileTime {
	v, _ := p.Get(id)
	t, _ := v.Value.(mapi.FileTime)
	return t
}

// isInline reports an attachment that is shown inside the body: marked as
// rendered in HTML, or hidden.
func isInline(a *mapi.Attachment) bool {
	flags, _ := a.Props.Int(mapi.AttachFlags)
	return flags&4 != 0 || a.Props.Bool(mapi.AttachmentHidden)
}
