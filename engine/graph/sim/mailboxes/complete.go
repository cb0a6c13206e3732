package mailboxes

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// preset is a property that an item gets when it has none.
type preset struct {
	id   mapi.PropID // 0: a named one
	name mapi.Name
	kind mapi.Type
	v    any
}

func tagged(id mapi.PropID, v any) preset  { return preset{id: id, kind: typeOf(v), v: v} }
func called(n mapi.Name, v any) preset     { return preset{name: n, kind: typeOf(v), v: v} }
func common(lid uint32, v any) preset      { return called(mapi.Numbered(mapi.SetCommon, lid), v) }
func appointment(lid uint32, v any) preset { return called(mapi.Numbered(mapi.SetAppointment, lid), v) }
func task(lid uint32, v any) preset        { return called(mapi.Numbered(mapi.SetTask, lid), v) }
func note(lid uint32, v any) preset        { return called(mapi.Numbered(mapi.SetNote, lid), v) }

func typeOf(v any) mapi.Type {
	switch v.(type) {
	case string:
		return mapi.TypeString
	case bool:
		return mapi.TypeBool
	case float64:
		return mapi.TypeFloat64
	case []byte:
		return mapi.TypeBinary
	}
	return mapi.TypeInt32
}

func (d preset) fill(p *mapi.Bag) {
	if d.id != 0 {
		if !p.Has(d.id) {
			p.Set(d.id, d.kind, d.v)
		}
		return
	}
	if _, ok := p.Named(d.name); !ok {
		p.SetNamed(d.name, d.kind, d.v)
	}
}

const iconIndex mapi.PropID = 0x1080 // int32: PidTagIconIndex

// presets are what Outlook and Exchange write into every item of a class
// (MS-OXOCAL 2.2.1, MS-OXOCNTC 2.2.1, MS-OXOTASK 2.2.2.2, MS-OXONOTE 2.2.2).
// 0x8510 says what opens an item, 0x8518 whether it is one about a task.
var presets = []struct {
	class string
	list  []preset
}{
	{"IPM", []preset{
		tagged(mapi.Importance, int32(1)), tagged(mapi.Sensitivity, int32(0)), tagged(mapi.MessageFlags, int32(mapi.FlagRead)),
		tagged(mapi.SubjectPrefix, ""), tagged(mapi.InternetCodepage, int32(charset.UTF8)), tagged(mapi.MessageCodepage, int32(charset.Windows1252)),
		tagged(mapi.MessageLocaleID, int32(1043)), called(mapi.Private, false), common(0x8518, int32(0)),
	}},
	{"IPM.Appointment", []preset{
		appointment(0x8201, int32(0)), appointment(0x8205, int32(2)), appointment(0x8208, ""), appointment(0x8215, false),
		appointment(0x8217, int32(0)), appointment(0x8218, int32(0)), appointment(0x8223, false), appointment(0x8231, int32(0)),
		called(mapi.ReminderSet, false), common(0x8510, int32(0x171)), tagged(mapi.ResponseRequested, true),
	}},
	{"IPM.Contact", []preset{common(0x8510, int32(0x110)), tagged(iconIndex, int32(0x200))}},
	{"IPM.DistList", []preset{common(0x8510, int32(0x110)), tagged(iconIndex, int32(0x202))}},
	{"IPM.Task", []preset{
		task(0x8101, int32(0)), task(0x8102, 0.0), task(0x8103, false), task(0x8107, false), task(0x8108, false), task(0x8109, false),
		task(0x8110, int32(0)), task(0x8111, int32(0)), task(0x8112, int32(1)), task(0x8113, int32(1)), task(0x811C, false),
		task(0x8123, int32(0x7FFFFFFF)), task(0x8126, false), task(0x8129, int32(0)), task(0x812A, int32(0)), task(0x812C, true),
		called(mapi.ReminderSet, false), common(0x8510, int32(0x110)), tagged(iconIndex, int32(0x500)),
	}},
	{"IPM.StickyNote", []preset{
		note(0x8B00, int32(3)), note(0x8B02, int32(200)), note(0x8B03, int32(166)), note(0x8B04, int32(80)), note(0x8B05, int32(80)),
		common(0x8510, int32(0x110)), tagged(iconIndex, int32(0x303)),
	}},
}

// Complete adds to an item that a file brought what Exchange has besides: what
// it writes into every item of the class, and what depends on whose mailbox it
// is in, such as whether the owner is the organizer of a meeting or was invited.
func Complete(msg *mapi.Message, owner mapi.Address) {
	p := &msg.Props
	for _, c := range presets {
		if !msg.IsClass(c.class) {
			continue
		}
		for _, d := range c.list {
			d.fill(p)
		}
	}
	topic := p.FirstString(mapi.NormalizedSubject, mapi.Subject)
	tagged(mapi.NormalizedSubject, topic).fill(p)
	tagged(mapi.ConversationTopic, topic).fill(p)
	switch {
	case msg.IsClass("IPM.Appointment"):
		completeAppointment(msg, owner)
	case msg.IsClass("IPM.Task"):
		called(mapi.TaskOwner, owner.Name).fill(p)
	}
}

func completeAppointment(msg *mapi.Message, owner mapi.Address) {
	p := &msg.Props
	if mapi.From(msg).IsZero() {
		author(p, owner)
	}
	attend(msg, owner)
	icon := int32(0x400)
	if p.NamedBool(mapi.Recurring) {
		icon |= 1
	}
	if state, _ := p.NamedInt(mapi.AppointmentState); state&mapi.StateMeeting != 0 {
		icon |= 2
	}
	tagged(iconIndex, icon).fill(p)
	uid, _ := p.Named(mapi.CleanGlobalObjectID)
	if id, _ := uid.Value.([]byte); len(id) > 0 {
		sum := sha256.Sum256(id)
		tagged(mapi.OwnerAppointmentID, int32(binary.LittleEndian.Uint32(sum[:])>>1)).fill(p)
	}
}

// author makes the owner of the mailbox whom an item is from.
func author(p *mapi.Bag, owner mapi.Address) {
	for _, ids := range [][5]mapi.PropID{
		{mapi.SentRepresentingName, mapi.SentRepresentingAddrType, mapi.SentRepresentingAddress, mapi.SentRepresentingSMTP, mapi.SentRepresentingEntryID},
		{mapi.SenderName, mapi.SenderAddrType, mapi.SenderAddress, mapi.SenderSMTPAddress, mapi.SenderEntryID},
	} {
		p.SetString(ids[0], owner.Name)
		p.SetString(ids[1], "SMTP")
		p.SetString(ids[2], owner.SMTP)
		p.SetString(ids[3], owner.SMTP)
		p.SetBytes(ids[4], mapi.NewOneOff(owner.Name, owner.SMTP))
	}
}

// attend makes a meeting that another organizes one that the owner was invited
// to, with his own answer (MS-OXOCAL 2.2.1.10, 2.2.1.11).
func attend(msg *mapi.Message, owner mapi.Address) {
	p := &msg.Props
	state, _ := p.NamedInt(mapi.AppointmentState)
	from := mapi.From(msg)
	if state&mapi.StateMeeting == 0 || state&mapi.StateReceived != 0 || from.SMTP == "" || strings.EqualFold(from.SMTP, owner.SMTP) {
		return
	}
	answer := int64(mapi.TrackNoAnswer)
	for _, r := range msg.Recipients {
		if track, ok := r.Int(mapi.RecipientTrackStatus); ok && track != mapi.TrackNone && strings.EqualFold(mapi.RecipientAddress(r).SMTP, owner.SMTP) {
			answer = track
		}
	}
	p.SetNamed(mapi.AppointmentState, mapi.TypeInt32, int32(state|mapi.StateReceived))
	p.SetNamed(mapi.ResponseStatus, mapi.TypeInt32, int32(answer))
}
