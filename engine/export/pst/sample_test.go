package pst_test

import (
	"strconv"
	"strings"
	"time"

	"vangnet/engine/mapi"
)

// attachmentSizes are those at which the form of storage changes, as far as
// they are small; largeSizes are the others.
var (
	attachmentSizes = []int{0, 1, 11, 3580, 3581, 8176, 8177, 20_000}
	largeSizes      = []int{8_347_696, 8_347_697, 17_825_797}
)

// Texts that readers must give back unchanged.
const (
	longHTML = "<p>Größe: 3 € voor café 日本</p>"
	headers  = "Received: from mx.example by in.example;\r\n Sat, 14 Mar 2026 09:26:50 +0000\r\nFrom: Anna de Vries <anna@fabrikam.example>\r\nTo: Jan Jansen <jan@contoso.example>\r\nSubject: Met kop\r\nX-Spam: no\r\n\r\n"
)

// sample is a store with one of everything.
func sample() []entry {
	var all []entry
	inbox := func(m *mapi.Message) *mapi.Message {
		all = append(all, entry{"Inbox", "IPF.Note", m})
		return m
	}
	inbox(mail("Offerte dakgoot 🎉 漢字", "Hallo 🎉\r\nGröße 漢字\r\n"))
	inbox(mail("RE: Offerte", "antwoord\r\n"))
	m := inbox(mail("Beide", "plat\r\n"))
	m.Props.SetBytes(mapi.BodyHTML, []byte("<html><body>"+longHTML+"</body></html>"))
	m.Recipients = []mapi.Bag{
		recipient(mapi.RecipientTo, "Jan Jansen", "jan@contoso.example"),
		recipient(mapi.RecipientCc, "Piet, \"de\" Boer", "piet@contoso.example"),
		recipient(mapi.RecipientBcc, "", "geheim@contoso.example"),
	}
	m = inbox(mail("Alleen HTML", ""))
	m.Props.SetBytes(mapi.BodyHTML, []byte("<html><body>"+strings.Repeat(longHTML+"\r\n", 600)+"</body></html>"))
	m = inbox(mail("Met kop", "kop\r\n"))
	m.Props.SetString(mapi.TransportHeaders, headers)
	m.Props.SetString(mapi.InternetMessageID, "<1@fabrikam.example>")
	m.Props.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, []string{"Rood", "Größe"})
	m.Props.SetNamed(mapi.HeaderName("X-Spam"), mapi.TypeString, "no")
	m = inbox(mail("Ongelezen en dringend", "x\r\n"))
	m.Props.SetInt(mapi.MessageFlags, 0)
	m.Props.SetInt(mapi.Importance, 2)
	m = inbox(mail("Laag", "x\r\n"))
	m.Props.SetInt(mapi.Importance, 0)
	m.Props.SetInt(mapi.MessageFlags, 0)
	m.Props.SetBool(mapi.Read, true)
	m = inbox(mail("Bijlagen", "zie bijlagen\r\n"))
	for i, n := range attachmentSizes {
		m.Attachments = append(m.Attachments, file(attachmentName(n), "application/octet-stream", pattern(n, byte(i))))
	}
	all = append(all, sampleEmbedded(), sampleDraft())
	return append(all, sampleOthers()...)
}

func attachmentName(n int) string { return "bestand-" + strconv.Itoa(n) + ".bin" }

func sampleDraft() entry {
	m := mail("Concept", "nog niet klaar\r\n")
	for _, id := range []mapi.PropID{mapi.SenderName, mapi.SenderAddrType, mapi.SenderAddress} {
		m.Props.Delete(id)
	}
	m.Props.SetInt(mapi.MessageFlags, mapi.FlagUnsent|mapi.FlagRead)
	return entry{"Drafts", "", m}
}

func sampleEmbedded() entry {
	deep := mail("binnenste", "diep\r\n")
	deep.Attachments = []mapi.Attachment{file("diep.txt", "text/plain", []byte("diepe inhoud"))}
	middle := mail("middelste", "midden\r\n")
	middle.Attachments = []mapi.Attachment{embedded(deep)}
	m := mail("Doorgestuurd", "zie bijlage\r\n")
	picture := file("logo.png", "image/png", []byte("\x89PNG niet echt"))
	picture.Props.SetString(mapi.AttachContentID, "<logo@fabrikam.example>")
	picture.Props.SetBool(mapi.AttachmentHidden, true)
	picture.Props.SetInt(mapi.AttachFlags, 4)
	m.Attachments = []mapi.Attachment{embedded(middle), picture}
	return entry{"Inbox", "IPF.Note", m}
}

func sampleOthers() []entry {
	event := mail("Overleg dak", "agenda\r\n")
	event.Props.SetString(mapi.MessageClass, "IPM.Appointment")
	event.Props.SetNamed(mapi.AppointmentStart, mapi.TypeTime, mapi.FileTimeOf(moment))
	event.Props.SetNamed(mapi.AppointmentEnd, mapi.TypeTime, mapi.FileTimeOf(moment.Add(time.Hour)))
	event.Props.SetNamed(mapi.Location, mapi.TypeString, "Kamer 3")
	event.Props.SetNamed(mapi.BusyStatus, mapi.TypeInt32, int32(2))
	event.Props.SetNamed(mapi.AllDay, mapi.TypeBool, false)
	event.Props.SetNamed(mapi.Numbered(mapi.SetCommon, 0x8516), mapi.TypeTime, mapi.FileTimeOf(moment))
	event.Props.SetNamed(mapi.Numbered(mapi.SetCommon, 0x8517), mapi.TypeTime, mapi.FileTimeOf(moment.Add(time.Hour)))
	event.Recipients[0].SetInt(mapi.RecipientFlags, 3)
	event.Recipients = append(event.Recipients, recipient(mapi.RecipientCc, "Piet", "piet@contoso.example"))
	event.Recipients[1].SetInt(mapi.RecipientTrackStatus, 3)

	contact := mail("Carla van Dijk", "notitie\r\n")
	contact.Props.SetString(mapi.MessageClass, "IPM.Contact")
	contact.Props.SetString(mapi.DisplayName, "Carla van Dijk")
	contact.Props.SetString(mapi.GivenName, "Carla")
	contact.Props.SetString(mapi.Surname, "van Dijk")
	contact.Props.SetString(mapi.CompanyName, "Woodgrove")
	contact.Props.SetNamed(mapi.Email1Address, mapi.TypeString, "carla@woodgrove.example")
	photo := file("ContactPicture.jpg", "image/jpeg", []byte("\xFF\xD8 niet echt"))
	photo.Props.SetBool(mapi.AttachmentContactPhoto, true)
	contact.Attachments = []mapi.Attachment{photo}

	task := mail("Goot bestellen", "voor vrijdag\r\n")
	task.Props.SetString(mapi.MessageClass, "IPM.Task")
	task.Props.SetNamed(mapi.TaskStatus, mapi.TypeInt32, int32(1))
	task.Props.SetNamed(mapi.TaskDueDate, mapi.TypeTime, mapi.FileTimeOf(moment.Truncate(24*time.Hour)))
	task.Props.SetNamed(mapi.Numbered(mapi.SetTask, 0x8102), mapi.TypeFloat64, 0.5)

	note := mail("Geel briefje", "niet vergeten\r\n")
	note.Props.SetString(mapi.MessageClass, "IPM.StickyNote")
	return []entry{
		{"Agenda", "IPF.Appointment", event}, {"Contactpersonen", "IPF.Contact", contact},
		{"Taken", "IPF.Task", task}, {"Notities", "IPF.StickyNote", note},
	}
}
