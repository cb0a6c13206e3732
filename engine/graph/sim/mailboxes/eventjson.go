package mailboxes

import (
	"bytes"
	"encoding/hex"
	"strings"
	"time"

	"vangnet/engine/graph/sim/wire"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/recur"
	"vangnet/engine/mapi/zone"
)

// eventProperties come without $select; eventMore must be asked for.
var (
	eventProperties = []string{
		"id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "transactionId", "originalStartTimeZone",
		"originalEndTimeZone", "iCalUId", "reminderMinutesBeforeStart", "isReminderOn", "hasAttachments", "subject", "bodyPreview",
		"importance", "sensitivity", "isAllDay", "isCancelled", "isOrganizer", "responseRequested", "seriesMasterId", "showAs", "type",
		"webLink", "onlineMeetingUrl", "isOnlineMeeting", "onlineMeetingProvider", "allowNewTimeProposals", "isDraft", "hideAttendees",
		"onlineMeeting", "recurrence", "responseStatus", "body", "start", "end", "location", "locations", "attendees", "organizer",
	}
	eventMore = []string{"cancelledOccurrences", "originalStart"}
)

// clockZone is the time zone that a client wants times in.
type clockZone struct {
	name string
	loc  *time.Location
	own  bool // asked for
}

// shownZone reads Prefer: outlook.timezone="W. Europe Standard Time".
func shownZone(r *wire.Request) clockZone {
	if name := r.Prefer["outlook.timezone"]; name != "" {
		if loc, _, ok := zone.Location(name); ok {
			return clockZone{name, loc, true}
		}
	}
	return clockZone{"UTC", time.UTC, false}
}

func (z clockZone) applied() []string {
	if !z.own {
		return nil
	}
	return []string{`outlook.timezone="` + z.name + `"`}
}

// graphClock is how Graph writes the clock's part of a dateTimeTimeZone.
const graphClock = "2006-01-02T15:04:05.0000000"

func (z clockZone) show(t time.Time) object {
	return object{"dateTime": t.In(z.loc).Format(graphClock), "timeZone": z.name}
}

// wall is a clock that is the same everywhere, such as the midnights of whole days.
func wall(t time.Time) object {
	return object{"dateTime": t.Format(graphClock), "timeZone": "UTC"}
}

// zoneOf is the time zone in one of an item's definitions, UTC without one.
func zoneOf(p mapi.Bag, name mapi.Name) zone.Zone {
	blob, _ := p.Named(name)
	if b, _ := blob.Value.([]byte); len(b) > 0 {
		if z, err := zone.DecodeDefinition(b); err == nil {
			return z
		}
	}
	return zone.UTC()
}

func (m *Mailbox) eventJSON(r *wire.Request, s *state, msg *mapi.Message) object {
	p := msg.Props
	o := m.outlookJSON(r, s)
	id, _ := o["id"].(string)
	state, _ := p.NamedInt(mapi.AppointmentState)
	delta, _ := p.NamedInt(mapi.ReminderDelta)
	for name, v := range map[string]any{
		"transactionId": nil, "seriesMasterId": nil, "onlineMeetingUrl": nil, "onlineMeeting": nil, "originalStart": nil, "isDraft": false,
		"hideAttendees": false, "allowNewTimeProposals": true, "isOnlineMeeting": false, "onlineMeetingProvider": "unknown", "type": "singleInstance",
		"subject": s.subject, "importance": importanceText(s.importance), "hasAttachments": hasVisible(msg), "bodyPreview": preview(msg),
		"body": bodyOf(msg, r.Prefer["outlook.body-content-type"]), "iCalUId": eventUID(p), "isReminderOn": p.NamedBool(mapi.ReminderSet),
		"reminderMinutesBeforeStart": delta, "responseRequested": p.Bool(mapi.ResponseRequested),
		"isCancelled": state&mapi.StateCancelled != 0, "isOrganizer": state&mapi.StateReceived == 0, "isAllDay": p.NamedBool(mapi.AllDay),
		"sensitivity": sensitivityText(p), "showAs": busyText(p), "responseStatus": responseJSON(p, mapi.ResponseStatus),
		"organizer": personJSON(mapi.From(msg)), "attendees": attendeesJSON(msg),
		"webLink": "https://outlook.office365.com/owa/?itemid=" + strings.ReplaceAll(id, "=", "%3D") + "&exvsurl=1&path=/calendar/item",
	} {
		o[name] = v
	}
	eventTimes(o, r, p)
	eventPlace(o, p)
	eventSeries(o, p, id)
	return o
}

func eventTimes(o object, r *wire.Request, p mapi.Bag) {
	from, to := zoneOf(p, mapi.StartTimeZone), zoneOf(p, mapi.EndTimeZone)
	start, end := p.NamedTime(mapi.AppointmentStart), p.NamedTime(mapi.AppointmentEnd)
	o["originalStartTimeZone"], o["originalEndTimeZone"] = from.Name, to.Name
	if p.NamedBool(mapi.AllDay) {
		o["start"], o["end"] = wall(from.Local(start)), wall(to.Local(end))
		return
	}
	z := shownZone(r)
	o["start"], o["end"] = z.show(start), z.show(end)
}

func eventPlace(o object, p mapi.Bag) {
	name := p.NamedString(mapi.Location)
	one := object{"displayName": name, "locationType": "default", "uniqueIdType": "unknown"}
	list := []object{}
	if name != "" {
		one["uniqueId"], one["uniqueIdType"] = name, "private"
		list = append(list, one)
	}
	o["location"], o["locations"] = one, list
}

// eventSeries tells how the event comes again.
func eventSeries(o object, p mapi.Bag, id string) {
	o["recurrence"], o["cancelledOccurrences"] = nil, []string{}
	blob, _ := p.Named(mapi.AppointmentRecurrence)
	b, _ := blob.Value.([]byte)
	series, err := recur.Decode(b)
	if !p.NamedBool(mapi.Recurring) || err != nil {
		return
	}
	o["type"] = "seriesMaster"
	o["recurrence"] = recurrenceJSON(series.Pattern, zoneOf(p, mapi.SeriesTimeZone).Name)
	var cancelled []string
	for _, day := range series.Deleted {
		cancelled = append(cancelled, "OID."+id+"."+day.Format(time.DateOnly))
	}
	if cancelled != nil {
		o["cancelledOccurrences"] = cancelled
	}
}

// eventUID is the UID: the one that another program gave (MS-OXOCAL 2.2.1.27),
// else the id itself in hexadecimal digits.
func eventUID(p mapi.Bag) any {
	blob, _ := p.Named(mapi.CleanGlobalObjectID)
	id, _ := blob.Value.([]byte)
	if _, foreign, ok := bytes.Cut(id, []byte("vCal-Uid\x01\x00\x00\x00")); ok {
		uid, _, _ := bytes.Cut(foreign, []byte{0})
		return strings.ToValidUTF8(string(uid), "\uFFFD")
	}
	return orNull(strings.ToUpper(hex.EncodeToString(id)))
}

func pickText(words []string, n int64) string {
	if n < 0 || n >= int64(len(words)) {
		n = 0
	}
	return words[n]
}

func sensitivityText(p mapi.Bag) string {
	n, _ := p.Int(mapi.Sensitivity)
	return pickText([]string{"normal", "personal", "private", "confidential"}, n)
}

func busyText(p mapi.Bag) string {
	n, _ := p.NamedInt(mapi.BusyStatus)
	return pickText([]string{"free", "tentative", "busy", "oof", "workingElsewhere"}, n)
}

// responses are the values of MS-OXOCAL 2.2.1.11 in Graph's words.
var responses = []string{"none", "organizer", "tentativelyAccepted", "accepted", "declined", "notResponded"}

// never stands for a moment that is not known.
const never = "0001-01-01T00:00:00Z"

func responseJSON(p mapi.Bag, name mapi.Name) object {
	n, _ := p.NamedInt(name)
	o := object{"response": pickText(responses, n), "time": never}
	if at := p.NamedTime(mapi.AppointmentReplyTime); !at.IsZero() {
		o["time"] = wire.Time(at)
	}
	return o
}

// attendeesJSON lists who was invited; the organizer is not among them.
func attendeesJSON(msg *mapi.Message) []object {
	out := []object{}
	for _, b := range msg.Recipients {
		flags, _ := b.Int(mapi.RecipientFlags)
		kind, _ := b.Int(mapi.RecipientType)
		track, _ := b.Int(mapi.RecipientTrackStatus)
		if flags&mapi.RecipientOrganizer != 0 {
			continue
		}
		o := addressJSON(mapi.RecipientAddress(b))
		o["type"] = pickText([]string{"required", "required", "optional", "resource"}, kind&0xF)
		o["status"] = object{"response": pickText(responses, track), "time": never}
		out = append(out, o)
	}
	return out
}
