package mailboxes

import (
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
)

// Items that are no mail, for PutMessage: plain ones with the properties that
// Outlook always writes (MS-OXOCAL, MS-OXOCNTC, MS-OXOTASK, MS-OXONOTE).

func plain(class, subject, text string) *mapi.Message {
	msg := &mapi.Message{}
	p := &msg.Props
	p.SetString(mapi.MessageClass, class)
	p.SetInt(mapi.Importance, 1)
	p.SetInt(mapi.Sensitivity, 0)
	setSubject(p, subject)
	p.SetInt(mapi.MessageFlags, mapi.FlagRead)
	p.SetInt(mapi.InternetCodepage, charset.UTF8)
	p.SetInt(mapi.MessageCodepage, 1252)
	p.SetInt(mapi.MessageLocaleID, 1043)
	if text != "" {
		p.SetString(mapi.Body, text)
		p.SetInt(mapi.NativeBody, 1)
	}
	return msg
}

// Appointment is a single appointment without attendees.
func Appointment(subject, location, text string, start, end time.Time) *mapi.Message {
	msg := plain("IPM.Appointment", subject, text)
	p := &msg.Props
	p.SetTime(mapi.StartDate, start)
	p.SetTime(mapi.EndDate, end)
	from, to := mapi.FileTimeOf(start), mapi.FileTimeOf(end)
	set := func(set mapi.GUID, lid uint32, t mapi.Type, v any) { p.SetNamed(mapi.Numbered(set, lid), t, v) }
	set(mapi.SetAppointment, 0x8201, mapi.TypeInt32, int32(0)) // sequence
	set(mapi.SetAppointment, 0x8205, mapi.TypeInt32, int32(2)) // busy
	set(mapi.SetAppointment, 0x8208, mapi.TypeString, location)
	set(mapi.SetAppointment, 0x820D, mapi.TypeTime, from)
	set(mapi.SetAppointment, 0x820E, mapi.TypeTime, to)
	set(mapi.SetAppointment, 0x8213, mapi.TypeInt32, int32(end.Sub(start)/time.Minute)) // duration
	set(mapi.SetAppointment, 0x8215, mapi.TypeBool, false)                              // all day
	set(mapi.SetAppointment, 0x8217, mapi.TypeInt32, int32(0))                          // no meeting
	set(mapi.SetAppointment, 0x8223, mapi.TypeBool, false)                              // no series
	set(mapi.SetCommon, 0x8503, mapi.TypeBool, true)                                    // reminder
	set(mapi.SetCommon, 0x8501, mapi.TypeInt32, int32(15))
	set(mapi.SetCommon, 0x8516, mapi.TypeTime, from)
	set(mapi.SetCommon, 0x8517, mapi.TypeTime, to)
	return msg
}

// Contact is a person with one address and a telephone number.
func Contact(given, surname, company, email, phone string) *mapi.Message {
	name := given + " " + surname
	msg := plain("IPM.Contact", name, "")
	p := &msg.Props
	p.SetString(mapi.DisplayName, name)
	p.SetString(mapi.GivenName, given)
	p.SetString(mapi.Surname, surname)
	p.SetString(mapi.CompanyName, company)
	p.SetString(0x3A08, phone) // business telephone
	set := func(lid uint32, v string) { p.SetNamed(mapi.Numbered(mapi.SetAddress, lid), mapi.TypeString, v) }
	set(0x8005, surname+", "+given) // file as
	set(0x8080, name+" ("+email+")")
	set(0x8082, "SMTP")
	set(0x8083, email)
	set(0x8084, email)
	return msg
}

// Task is something to do by a day.
func Task(subject, text string, due time.Time, done bool) *mapi.Message {
	msg := plain("IPM.Task", subject, text)
	p := &msg.Props
	set := func(lid uint32, t mapi.Type, v any) { p.SetNamed(mapi.Numbered(mapi.SetTask, lid), t, v) }
	status, part := int32(0), 0.0
	if done {
		status, part = 2, 1
		set(0x810F, mapi.TypeTime, mapi.FileTimeOf(due))
	}
	set(0x8101, mapi.TypeInt32, status)
	set(0x8102, mapi.TypeFloat64, part)
	set(0x8105, mapi.TypeTime, mapi.FileTimeOf(due))
	set(0x811C, mapi.TypeBool, done)
	set(0x8126, mapi.TypeBool, false)
	return msg
}

// Note is a sticky note; its first line is its title.
func Note(text string) *mapi.Message {
	title := text
	for i, r := range text {
		if r == '\n' || r == '\r' {
			title = text[:i]
			break
		}
	}
	msg := plain("IPM.StickyNote", title, text)
	msg.Props.SetNamed(mapi.Numbered(mapi.SetNote, 0x8B00), mapi.TypeInt32, int32(3)) // yellow
	return msg
}
