package tnef

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// Properties that only this format speaks of, named as in MS-OXPROPS.
const (
	parentKey                mapi.PropID = 0x0025
	receivedRepresentingID   mapi.PropID = 0x0043
	receivedRepresenting     mapi.PropID = 0x0044
	originalMessageClass     mapi.PropID = 0x004B
	ownerAppointmentID       mapi.PropID = 0x0062
	responseRequested        mapi.PropID = 0x0063
	receivedRepresentingType mapi.PropID = 0x0077
	receivedRepresentingAddr mapi.PropID = 0x0078
	attachRendering          mapi.PropID = 0x3709
	attachTransportName      mapi.PropID = 0x370C
)

// ofMessage reads an attribute of the message.
func (b *builder) ofMessage(att attribute, v cursor) {
	l := &b.legacy
	switch att.id() {
	case attMsgProps.id():
		b.bag(&v, &b.m.Props, nil)
	case attRecipTable.id():
		b.recipients(&v)
	case attOemCodepage.id():
		if page, ok := v.uint32(); ok {
			b.page = int(page)
		}
	case attMessageClass.id():
		l.SetString(mapi.MessageClass, classOf(b.text(v)))
	case attOriginalClass.id():
		l.SetString(originalMessageClass, classOf(b.text(v)))
	case attSubject.id():
		l.SetString(mapi.Subject, b.text(v))
	case attBody.id():
		l.SetString(mapi.Body, b.text(v))
	case attDateSent.id(), attDateRecd.id(), attDateModified.id(), attDateStart.id(), attDateEnd.id():
		b.date(l, att, v)
	case attMessageID.id():
		b.key(mapi.SearchKey, v)
	case attParentID.id():
		b.key(parentKey, v)
	case attFrom.id():
		b.from(v)
	case attSentFor.id():
		if who, ok := b.person(v); ok {
			who.set(l, mapi.SentRepresentingName, mapi.SentRepresentingAddrType, mapi.SentRepresentingAddress)
		}
	case attOwner.id():
		if who, ok := b.person(v); ok {
			b.owner = who
		}
	case attDelegate.id():
		b.binary(l, receivedRepresentingID, v)
	case attVersion.id(), attConversationID.id():
	default:
		b.numbers(att, v)
	}
}

// numbers reads the attributes that are small numbers.
func (b *builder) numbers(att attribute, v cursor) {
	l := &b.legacy
	n, ok := v.uint16()
	if !ok && v.left() == 1 && att.id() == attMessageStatus.id() {
		one, _ := v.take(1)
		n, ok = uint16(one[0]), len(one) == 1
	}
	if !ok {
		b.p.warn.add(WarnAttribute)
		return
	}
	switch att.id() {
	case attPriority.id(): // 1 high, 2 normal, 3 low
		if n >= 1 && n <= 3 {
			l.SetInt(mapi.Importance, int64(3-n))
		}
	case attMessageStatus.id():
		l.SetInt(mapi.MessageFlags, flagsOf(byte(n)))
	case attRequestRes.id():
		l.SetBool(responseRequested, n != 0)
	case attAidOwner.id():
		high, _ := v.uint16()
		l.SetInt(ownerAppointmentID, int64(int32(uint32(high)<<16|uint32(n))))
	default:
		b.p.warn.add(WarnAttribute)
	}
}

// flagsOf maps the bits of attMessageStatus, MS-OXTNEF 2.1.3.3.9.
func flagsOf(status byte) (flags int64) {
	const local, submitted, read, hasAttach = 0x02, 0x04, 0x20, 0x80
	const flagSubmitted = 0x4
	for _, f := range []struct {
		bit  byte
		flag int64
	}{{read, mapi.FlagRead}, {submitted, flagSubmitted}, {local, mapi.FlagUnsent}, {hasAttach, mapi.FlagHasAttach}} {
		if status&f.bit != 0 {
			flags |= f.flag
		}
	}
	return flags
}

// classes of old, MS-OXTNEF 2.1.3.3.5.
var classes = map[string]string{
	"ipm.microsoft mail.note":         "IPM.Note",
	"ipm.microsoft mail.non-delivery": "REPORT.IPM.Note.NDR",
	"ipm.microsoft mail.read receipt": "REPORT.IPM.Note.IPNRN",
	"ipm.microsoft schedule.mtgreq":   "IPM.Schedule.Meeting.Request",
	"ipm.microsoft schedule.mtgrespp": "IPM.Schedule.Meeting.Resp.Pos",
	"ipm.microsoft schedule.mtgrespn": "IPM.Schedule.Meeting.Resp.Neg",
	"ipm.microsoft schedule.mtgrespa": "IPM.Schedule.Meeting.Resp.Tent",
	"ipm.microsoft schedule.mtgcncl":  "IPM.Schedule.Meeting.Canceled",
}

func classOf(old string) string {
	old = strings.TrimPrefix(old, "Microsoft Mail v3.0 ")
	if class := classes[strings.ToLower(old)]; class != "" {
		return class
	}
	return old
}

// maxText bounds a text of old, which must be decoded to be had.
const maxText = 16 << 20

// text is a text in the code page of the message, up to its end.
func (b *builder) text(v cursor) string {
	n := v.left()
	if n > maxText {
		b.p.warn.add(WarnMemory)
		n = maxText
	}
	if !b.p.hold(n) {
		return ""
	}
	return b.decode(v.read(v.pos, n))
}

func (b *builder) decode(raw []byte) string {
	raw, _, _ = bytes.Cut(raw, []byte{0})
	s, ok := charset.DecodePage(b.page, raw)
	if !ok {
		b.p.warn.add(WarnCodePage)
	}
	return s
}

// binary takes the bytes of an attribute as a property.
func (b *builder) binary(to *mapi.Bag, id mapi.PropID, v cursor) {
	if v.left() > b.p.lim.Inline || !b.p.hold(v.left()) {
		to.SetBlob(id, b.p.source.blob(v.pos, v.left()))
		return
	}
	to.SetBytes(id, bytes.Clone(v.read(v.pos, v.left())))
}

// date reads a date. Those of old are in the time zone of their sender, which
// nobody knows; they count only where there is no property.
func (b *builder) date(to *mapi.Bag, att attribute, v cursor) {
	id := map[uint16]mapi.PropID{
		attDateSent.id(): mapi.ClientSubmitTime, attDateRecd.id(): mapi.DeliveryTime, attDateModified.id(): mapi.LastModificationTime,
		attDateStart.id(): mapi.StartDate, attDateEnd.id(): mapi.EndDate,
		attAttachCreated.id(): mapi.CreationTime, attAttachModified.id(): mapi.LastModificationTime,
	}[att.id()]
	var f [6]int // year, month, day, hour, minute, second; the day of the week follows
	for i := range f {
		n, ok := v.uint16()
		if !ok {
			b.p.warn.add(WarnAttribute)
			return
		}
		f[i] = int(n)
	}
	if f[0] < 1601 || f[0] > 9999 || f[1] < 1 || f[1] > 12 || f[2] < 1 || f[2] > 31 || f[3] > 23 || f[4] > 59 || f[5] > 60 {
		return // zeros, where there is no date
	}
	to.SetTime(id, time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], 0, time.UTC))
}

// key reads bytes that are written as text.
func (b *builder) key(id mapi.PropID, v cursor) {
	const most = 1000
	text, _, _ := bytes.Cut(v.read(v.pos, min(v.left(), most)), []byte{0})
	key, err := hex.DecodeString(string(text))
	if err != nil || len(key) == 0 {
		return
	}
	b.legacy.SetBytes(id, key)
}

// from reads the sender: kind, length of the whole, lengths of name and address,
// name, address (MS-OXTNEF 2.1.3.3.4).
func (b *builder) from(v cursor) {
	head, ok := v.take(8)
	if !ok {
		b.p.warn.add(WarnAttribute)
		return
	}
	nameSize, addrSize := binary.LittleEndian.Uint16(head[4:]), binary.LittleEndian.Uint16(head[6:])
	name, ok1 := v.take(int64(nameSize))
	nameText := b.decode(name)
	addr, ok2 := v.take(int64(addrSize))
	if !ok1 || !ok2 {
		b.p.warn.add(WarnAttribute)
		return
	}
	newPerson(nameText, b.decode(addr)).set(&b.legacy, mapi.SenderName, mapi.SenderAddrType, mapi.SenderAddress)
}

// person is someone as the attributes of old say it.
type person struct{ name, kind, addr string }

// newPerson takes the type off an address: SMTP:anna@contoso.example.
func newPerson(name, address string) person {
	kind, addr, ok := strings.Cut(address, ":")
	if !ok {
		return person{name: name, addr: address}
	}
	return person{name, strings.ToUpper(kind), addr}
}

// person reads a name and an address, each after its length.
func (b *builder) person(v cursor) (person, bool) {
	var texts [2]string
	for i := range texts {
		n, ok := v.uint16()
		raw, there := v.take(int64(n))
		if !ok || !there {
			b.p.warn.add(WarnAttribute)
			return person{}, false
		}
		texts[i] = b.decode(raw)
	}
	return newPerson(texts[0], texts[1]), true
}

func (who person) set(to *mapi.Bag, name, kind, addr mapi.PropID) {
	to.SetString(name, who.name)
	if who.addr != "" {
		to.SetString(kind, who.kind)
		to.SetString(addr, who.addr)
	}
}

// ownerOf gives the owner of a meeting the place that depends on the class.
func (b *builder) ownerOf(class string) {
	switch {
	case b.owner == person{}:
	case strings.HasPrefix(strings.ToUpper(class), "IPM.SCHEDULE.MEETING.RESP"):
		b.owner.set(&b.legacy, receivedRepresenting, receivedRepresentingType, receivedRepresentingAddr)
	case !b.legacy.Has(mapi.SentRepresentingName):
		b.owner.set(&b.legacy, mapi.SentRepresentingName, mapi.SentRepresentingAddrType, mapi.SentRepresentingAddress)
	}
}
