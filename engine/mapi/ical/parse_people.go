package ical

import (
	"net/url"
	"slices"
	"strings"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
)

// person is who an ORGANIZER or ATTENDEE names.
func person(prop *ics.Prop) mapi.Address {
	a := mapi.Address{Name: oneLine(prop.Params.Get(ics.ParamCommonName))}
	v := oneLine(prop.Value)
	if len(v) > 7 && strings.EqualFold(v[:7], "mailto:") {
		v = strings.TrimSpace(v[7:])
		if plain, err := url.PathUnescape(v); err == nil && strings.Contains(v, "%40") {
			v = plain
		}
	} else if mail := prop.Params.Get("EMAIL"); mail != "" {
		v = oneLine(mail)
	}
	if i := strings.LastIndexByte(v, '@'); i > 0 && i < len(v)-1 && !strings.ContainsAny(v, " <>") && len(v) <= maxName*3 {
		a.SMTP = v
	}
	if a.Name == "" && a.SMTP == "" && !strings.EqualFold(v, noAddress) {
		a.Name = v
	}
	return a
}

// noAddress is what Outlook writes for people without one.
const noAddress = "invalid:nomail"

// role is what an ATTENDEE says besides the address, in the terms of Exchange.
type role struct {
	kind, track int64 // RecipientType, RecipientTrackStatus
	display     int64 // DisplayType: 1 a list of people
	displayEx   int64 // DisplayTypeEx: 7 a room, 8 equipment; 0 none
}

const (
	displayList   = 1
	displayRoom   = 7
	displayThing  = 8
	maskDisplayEx = 0xFF
)

func roleOf(prop *ics.Prop) role {
	r := role{kind: mapi.RecipientTo, track: trackOf(prop.Params.Get(ics.ParamParticipationStatus))}
	switch strings.ToUpper(prop.Params.Get(ics.ParamRole)) {
	case "OPT-PARTICIPANT":
		r.kind = mapi.RecipientCc
	case "NON-PARTICIPANT":
		r.kind = mapi.RecipientBcc
	}
	switch strings.ToUpper(prop.Params.Get(ics.ParamCalendarUserType)) {
	case "GROUP":
		r.display = displayList
	case "ROOM":
		r.kind, r.displayEx = mapi.RecipientBcc, displayRoom
	case "RESOURCE":
		r.kind, r.displayEx = mapi.RecipientBcc, displayThing
	}
	return r
}

// roleIn is the role of a recipient.
func roleIn(r mapi.Bag) role {
	kind, _ := r.Int(mapi.RecipientType)
	track, _ := r.Int(mapi.RecipientTrackStatus)
	display, _ := r.Int(mapi.DisplayType)
	ex, _ := r.Int(mapi.DisplayTypeEx)
	out := role{kind: kind & 0xF, track: track}
	if display == displayList {
		out.display = displayList
	}
	if ex &= maskDisplayEx; ex == displayRoom || ex == displayThing {
		out.displayEx = ex
	}
	return out
}

// people makes recipients, the organizer first, and the sender.
func (b *builder) people() {
	organizer := b.get(ics.PropOrganizer)
	var host mapi.Address
	if organizer != nil {
		host = person(organizer)
		b.sender(host)
		if hasMore(organizer, ics.ParamCommonName) {
			b.keepProp(organizer)
		}
		if !b.isReply() {
			b.recipient(host, role{kind: mapi.RecipientTo, track: mapi.TrackOrganizer}, mapi.RecipientSendable|mapi.RecipientOrganizer)
		}
	}
	asked := b.guests(host)
	if b.isReply() && organizer != nil {
		b.recipient(host, role{kind: mapi.RecipientTo}, mapi.RecipientSendable)
	}
	if len(b.e.Props.Values(ics.PropAttendee)) > 0 {
		b.m.Props.SetBool(mapi.ResponseRequested, asked)
	}
}

// guests makes recipients of the attendees; asked reports that somebody is
// expected to answer. Those that Write would not make the same are kept.
func (b *builder) guests(host mapi.Address) (asked bool) {
	list := b.e.Props.Values(ics.PropAttendee)
	if len(list) > b.p.lim.People {
		b.p.warn.add(WarnTooMany)
		list = list[:b.p.lim.People]
	}
	for i := range list {
		asked = asked || strings.EqualFold(list[i].Params.Get(ics.ParamRSVP), "TRUE")
	}
	for i := range list {
		prop := &list[i]
		a, r := person(prop), roleOf(prop)
		same := sameAddress(a, host)
		plain := attendee(a, r)
		if asked && !b.isReply() {
			plain.Params.Set(ics.ParamRSVP, "TRUE")
		}
		if same || write(prop) != write(plain) {
			b.keepProp(prop)
		}
		switch {
		case b.isReply():
			b.sender(a)
			b.reply(r.track)
		case !same:
			b.recipient(a, r, mapi.RecipientSendable)
		}
	}
	return asked
}

// hasMore reports parameters besides some.
func hasMore(prop *ics.Prop, known ...string) bool {
	for name := range prop.Params {
		if !slices.Contains(known, name) {
			return true
		}
	}
	return false
}

func (b *builder) isReply() bool {
	return b.e.head.method == methodReply || b.e.head.method == methodCounter
}

// reply makes the class say what was answered.
func (b *builder) reply(track int64) {
	class, ok := responseClasses[track]
	if !ok {
		class = responseClasses[mapi.TrackTentative]
	}
	b.m.Props.SetString(mapi.MessageClass, class)
}

func (b *builder) sender(a mapi.Address) {
	p := &b.m.Props
	name := a.Name
	if name == "" {
		name = a.SMTP
	}
	for _, ids := range [][5]mapi.PropID{
		{mapi.SentRepresentingName, mapi.SentRepresentingAddrType, mapi.SentRepresentingAddress, mapi.SentRepresentingSMTP, mapi.SentRepresentingEntryID},
		{mapi.SenderName, mapi.SenderAddrType, mapi.SenderAddress, mapi.SenderSMTPAddress, mapi.SenderEntryID},
	} {
		p.SetString(ids[0], name)
		if a.SMTP != "" {
			p.SetString(ids[1], "SMTP")
			p.SetString(ids[2], a.SMTP)
			p.SetString(ids[3], a.SMTP)
			p.SetBytes(ids[4], mapi.NewOneOff(name, a.SMTP))
		}
	}
}

func (b *builder) recipient(a mapi.Address, r role, flags int64) {
	name := a.Name
	if name == "" {
		name = a.SMTP
	}
	var p mapi.Bag
	p.SetInt(mapi.RowID, int64(len(b.m.Recipients)))
	p.SetInt(mapi.RecipientType, r.kind)
	p.SetString(mapi.DisplayName, name)
	if a.SMTP != "" {
		p.SetString(mapi.AddrType, "SMTP")
		p.SetString(mapi.EmailAddress, a.SMTP)
		p.SetBytes(mapi.EntryID, mapi.NewOneOff(name, a.SMTP))
	}
	if r.displayEx != 0 {
		p.SetInt(mapi.DisplayTypeEx, r.displayEx)
	}
	p.SetString(mapi.RecipientDisplayName, name)
	p.SetInt(mapi.RecipientFlags, flags)
	p.SetInt(mapi.RecipientTrackStatus, r.track)
	if a.SMTP != "" {
		p.SetString(mapi.SMTPAddress, a.SMTP)
	}
	p.SetInt(mapi.DisplayType, r.display)
	p.SetInt(mapi.ObjectType, 6)
	b.m.Recipients = append(b.m.Recipients, p)
}

// attendee is what Write makes of a recipient.
func attendee(a mapi.Address, r role) *ics.Prop {
	prop := calendarUser(ics.PropAttendee, a)
	prop.Params.Set(ics.ParamRole, "REQ-PARTICIPANT")
	switch r.kind {
	case mapi.RecipientCc:
		prop.Params.Set(ics.ParamRole, "OPT-PARTICIPANT")
	case mapi.RecipientBcc:
		prop.Params.Set(ics.ParamRole, "NON-PARTICIPANT")
		prop.Params.Set(ics.ParamCalendarUserType, "RESOURCE")
	}
	switch {
	case r.displayEx == displayRoom:
		prop.Params.Set(ics.ParamCalendarUserType, "ROOM")
	case r.display == displayList:
		prop.Params.Set(ics.ParamCalendarUserType, "GROUP")
	}
	if r.track >= 0 && int(r.track) < len(trackWords) {
		prop.Params.Set(ics.ParamParticipationStatus, trackWords[r.track])
	}
	return prop
}

// calendarUser is a property that names a person.
func calendarUser(name string, a mapi.Address) *ics.Prop {
	prop := ics.NewProp(name)
	if cn := quotable(a.Name); cn != "" && a.Name != a.SMTP {
		prop.Params.Set(ics.ParamCommonName, cn)
	}
	prop.Value = noAddress
	if smtp := oneLine(a.SMTP); smtp != "" {
		prop.Value = "mailto:" + smtp
	}
	return prop
}
