package ical

import (
	"encoding/base64"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	ics "github.com/emersion/go-ical"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
	"vangnet/engine/mapi/rtf"
)

// common writes what all kinds of items have.
func (w *writer) common(c *component, m *mapi.Message) {
	p := m.Props
	c.text(ics.PropSummary, oneLine(mapi.SubjectOf(m)))
	body, _ := mapi.BodyText(m, maxBody)
	c.text(ics.PropDescription, body)
	w.html(c, m)
	stamp := firstTime(p.NamedTime(mapi.OwnerCriticalChange), p.NamedTime(mapi.AttendeeCriticalChange), p.Time(mapi.LastModificationTime),
		p.Time(mapi.CreationTime), p.Time(mapi.ClientSubmitTime), epoch)
	if Method(m) == methodReply || Method(m) == methodCounter {
		stamp = firstTime(p.NamedTime(mapi.AttendeeCriticalChange), stamp)
	}
	c.stamp(ics.PropDateTimeStamp, stamp)
	c.stamp(ics.PropCreated, p.Time(mapi.CreationTime))
	c.stamp(ics.PropLastModified, p.Time(mapi.LastModificationTime))
	w.class(c, m)
	if list := p.NamedStrings(mapi.Keywords); len(list) > 0 {
		plain := make([]string, 0, len(list))
		for _, s := range list {
			if s = oneLine(s); s != "" {
				plain = append(plain, s)
			}
		}
		prop := ics.NewProp(ics.PropCategories)
		prop.SetTextList(plain)
		if len(plain) > 0 {
			c.Props.Set(prop)
		}
	}
}

// epoch stands where an item knows no time at all.
var epoch = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

func (w *writer) html(c *component, m *mapi.Message) {
	html := htmlOf(m)
	if strings.TrimSpace(html) == "" {
		return
	}
	prop := textProp(propHTML, sanitize(html))
	prop.Params.Set(ics.ParamFormatType, "text/html")
	c.Props.Set(prop)
}

// htmlOf is the HTML of an item, where it has one that is not too large.
func htmlOf(m *mapi.Message) string {
	p, _ := m.Props.Get(mapi.BodyHTML)
	if s, ok := p.Value.(string); ok {
		return s
	}
	if blob, ok := m.Props.Blob(mapi.BodyHTML); ok {
		b, err := load(blob, maxBody)
		if err != nil {
			return ""
		}
		s, _ := charset.DecodePage(m.HTMLCodePage(), b)
		return s
	}
	blob, ok := m.Props.Blob(mapi.RTFCompressed)
	if !ok {
		return ""
	}
	b, err := load(blob, maxBody)
	if err != nil {
		return ""
	}
	rich, err := rtf.Decompress(b, 4*maxBody)
	if err != nil {
		return ""
	}
	s, _ := rtf.HTML(rich, maxBody)
	return s
}

// load reads a blob of at most limit bytes.
func load(b mapi.Blob, limit int64) ([]byte, error) {
	r, err := b.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, mapi.ErrNotLoaded
	}
	return data, err
}

func (w *writer) class(c *component, m *mapi.Message) {
	p := m.Props
	sensitivity, _ := p.Int(mapi.Sensitivity)
	if sensitivity < 0 || sensitivity >= int64(len(classWords)) {
		sensitivity = sensitivityPrivate
	}
	if sensitivity == sensitivityNone && p.NamedBool(mapi.Private) {
		sensitivity = sensitivityPrivate
	}
	c.word(ics.PropClass, classWords[sensitivity])
	c.keptIf(ics.PropClass, func(prop *ics.Prop) bool { return sensitivityOf(line(prop)) == sensitivity })
	importance, ok := p.Int(mapi.Importance)
	if !ok || importance < importanceLow || importance > importanceHigh {
		return
	}
	c.word(ics.PropPriority, priorityWords[importance])
	c.keptIf(ics.PropPriority, func(prop *ics.Prop) bool {
		n, err := strconv.Atoi(line(prop))
		return err == nil && importanceOf(n) == importance
	})
	c.word(propImportance, strconv.FormatInt(importance, 10))
}

// people writes organizer and attendees.
func (w *writer) people(c *component, m *mapi.Message) {
	reply := Method(m) == methodReply || Method(m) == methodCounter
	state, _ := m.Props.NamedInt(mapi.AppointmentState)
	host := w.resolved(hostOf(m))
	var guests []mapi.Bag
	for _, r := range m.Recipients {
		flags, _ := r.Int(mapi.RecipientFlags)
		kind, _ := r.Int(mapi.RecipientType)
		if kind &= 0xF; flags&(mapi.RecipientRemoved|mapi.RecipientOrganizer) == 0 && kind >= mapi.RecipientTo && kind <= mapi.RecipientBcc {
			guests = append(guests, r)
		}
	}
	if reply {
		w.replyPeople(c, m, guests)
		return
	}
	named := slices.ContainsFunc(m.Recipients, isOrganizer)
	if (state&mapi.StateMeeting != 0 || len(guests) > 0 || named) && !host.IsZero() {
		c.Props.Set(calendarUser(ics.PropOrganizer, host))
		c.keptIf(ics.PropOrganizer, func(prop *ics.Prop) bool { return sameAddress(person(prop), host) })
	}
	w.guests(c, m, guests, host)
}

// guests writes the attendees; the organizer among them where the calendar had so.
func (w *writer) guests(c *component, m *mapi.Message, guests []mapi.Bag, host mapi.Address) {
	rsvp := m.Props.Bool(mapi.ResponseRequested)
	own, _ := m.Props.NamedInt(mapi.ResponseStatus)
	kept := map[string]*ics.Prop{}
	for i := range c.kept.Props[ics.PropAttendee] {
		prop := &c.kept.Props[ics.PropAttendee][i]
		if a := person(prop); sameAddress(a, host) && !a.IsZero() {
			c.Props.Add(prop)
		} else if a.SMTP != "" {
			kept[strings.ToLower(a.SMTP)] = prop
		}
	}
	for _, r := range guests {
		a, role := w.resolved(mapi.RecipientAddress(r)), roleIn(r)
		if w.opt.Owner != "" && strings.EqualFold(a.SMTP, w.opt.Owner) && role.track%mapi.TrackNoAnswer == mapi.TrackNone && own > mapi.TrackOrganizer {
			role.track = own
		}
		if a.IsZero() || sameAddress(a, host) {
			continue
		}
		prop := attendee(a, role)
		if was := kept[strings.ToLower(a.SMTP)]; was != nil && roleOf(was).track == role.track%mapi.TrackNoAnswer && roleOf(was).kind == role.kind {
			prop = was
		} else if rsvp {
			prop.Params.Set(ics.ParamRSVP, "TRUE")
		}
		c.Props.Add(prop)
	}
}

// replyPeople writes who answers, and whom.
func (w *writer) replyPeople(c *component, m *mapi.Message, to []mapi.Bag) {
	track := int64(mapi.TrackTentative)
	for answer, class := range responseClasses {
		if m.IsClass(class) {
			track = answer
		}
	}
	from := w.resolved(mapi.From(m))
	if !from.IsZero() {
		prop := calendarUser(ics.PropAttendee, from)
		prop.Params.Set(ics.ParamParticipationStatus, trackWords[track])
		c.Props.Set(prop)
		c.keptIf(ics.PropAttendee, func(prop *ics.Prop) bool {
			return sameAddress(person(prop), from) && roleOf(prop).track == track
		})
	}
	if len(to) > 0 {
		host := w.resolved(mapi.RecipientAddress(to[0]))
		c.Props.Set(calendarUser(ics.PropOrganizer, host))
		c.keptIf(ics.PropOrganizer, func(prop *ics.Prop) bool { return sameAddress(person(prop), host) })
	}
}

func sameAddress(a, b mapi.Address) bool { return strings.EqualFold(a.Any(), b.Any()) && a.Any() != "" }

// hostOf is the organizer.
func hostOf(m *mapi.Message) mapi.Address {
	for _, r := range m.Recipients {
		if isOrganizer(r) {
			if a := mapi.RecipientAddress(r); !a.IsZero() {
				return a
			}
		}
	}
	return mapi.From(m)
}

func isOrganizer(r mapi.Bag) bool {
	flags, _ := r.Int(mapi.RecipientFlags)
	return flags&mapi.RecipientOrganizer != 0
}

func (w *writer) resolved(a mapi.Address) mapi.Address {
	if a.SMTP == "" && a.EX != "" && w.opt.Resolve != nil {
		a.SMTP = w.opt.Resolve(a.EX)
	}
	if a.SMTP == "" && a.Name == "" {
		a.Name = a.EX
	}
	return a
}

// files writes attachments as they are, as far as there is room.
func (w *writer) files(c *component, m *mapi.Message) {
	for i := range c.kept.Props[ics.PropAttach] {
		c.Props.Add(&c.kept.Props[ics.PropAttach][i])
	}
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if a.IsException() || w.opt.Files < 0 {
			continue
		}
		data, ok := a.Data()
		if !ok || a.Embedded != nil || data.Size > min(w.opt.Files, w.filesLeft) {
			w.warn(WarnFile, a.FileName())
			continue
		}
		b, err := load(data, w.opt.Files)
		if err != nil {
			w.warn(WarnFile, a.FileName())
			continue
		}
		w.filesLeft -= int64(len(b))
		c.Props.Add(file(a, b))
	}
}

func file(a *mapi.Attachment, data []byte) *ics.Prop {
	prop := ics.NewProp(ics.PropAttach)
	prop.Params.Set(ics.ParamValue, "BINARY")
	prop.Params.Set("ENCODING", "BASE64")
	media := oneLine(a.Props.String(mapi.AttachMimeTag))
	if media == "" || strings.ContainsAny(media, `";:, `) || len(media) > maxName {
		media = "application/octet-stream"
	}
	prop.Params.Set(ics.ParamFormatType, media)
	if name := quotable(a.FileName()); name != "" {
		prop.Params.Set("X-FILENAME", name)
		prop.Params.Set("FILENAME", name)
	}
	prop.Value = base64.StdEncoding.EncodeToString(data)
	return prop
}

// alarm writes a reminder, by the alarms that were kept if they still mean it.
func (w *writer) alarm(c *component, set bool, from base, is func(reminder) bool, trigger func(*ics.Prop)) {
	var kept []*ics.Component
	for _, sub := range c.kept.Children {
		if sub.Name == ics.CompAlarm {
			kept = append(kept, sub)
		}
	}
	first := firstReminder(c.kept, newParser(Limits{}).instants(&head{}), from)
	if len(kept) > 0 && first.ok == set && (!set || is(first)) {
		c.Children = append(c.Children, kept...)
		return
	}
	if !set {
		return
	}
	alarm := ics.NewComponent(ics.CompAlarm)
	alarm.Props.SetText(ics.PropAction, "DISPLAY")
	alarm.Props.SetText(ics.PropDescription, "Reminder")
	prop := ics.NewProp(ics.PropTrigger)
	trigger(prop)
	alarm.Props.Set(prop)
	c.Children = append(c.Children, alarm)
}
