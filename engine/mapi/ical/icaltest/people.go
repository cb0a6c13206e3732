package icaltest

const (
	anna = "ORGANIZER;CN=Anna de Vries:mailto:anna@contoso.example"
	bert = "ATTENDEE;CN=Bert Jansen;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:bert@fabrikam.example"
	cas  = "ATTENDEE;CN=\"Dijk, Carla van\";ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE:mailto:carla@woodgrove.example"
	daan = "ATTENDEE;CN=Daan;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED:MAILTO:daan@litware.example"
	esra = "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:esra@tailspin.example"
)

// people have organizers, guests and answers.
func people() []File {
	return []File{
		one("meeting", anna, bert, cas, daan, esra, "SEQUENCE:1"),
		one("meeting-plain", "ORGANIZER:mailto:anna@contoso.example", "ATTENDEE:mailto:bert@fabrikam.example"),
		one("organizer-attends", anna, "ATTENDEE;CN=Anna de Vries;ROLE=CHAIR;PARTSTAT=ACCEPTED:mailto:anna@contoso.example", bert),
		one("organizer-only", anna),
		one("room", anna, "ATTENDEE;CN=Zaal Oost;CUTYPE=ROOM;ROLE=NON-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:zaal@contoso.example",
			"ATTENDEE;CN=Beamer;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:beamer@contoso.example", "LOCATION:Zaal Oost"),
		one("list", anna, "ATTENDEE;CN=Team Dak;CUTYPE=GROUP;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION:mailto:team@contoso.example"),
		one("delegated", anna, "ATTENDEE;CN=Bert;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:esra@tailspin.example\":mailto:bert@fabrikam.example",
			"ATTENDEE;CN=Esra;PARTSTAT=ACCEPTED;DELEGATED-FROM=\"mailto:bert@fabrikam.example\":mailto:esra@tailspin.example"),
		one("sent-by", "ORGANIZER;CN=Directie;SENT-BY=\"mailto:secretaris@contoso.example\":mailto:directie@contoso.example", bert),
		one("no-address", "ORGANIZER;CN=Anna:invalid:nomail", "ATTENDEE;CN=Iemand van buiten;PARTSTAT=ACCEPTED:invalid:nomail"),
		one("names", "ORGANIZER;CN=Jörg Müller (Adatum):mailto:joerg@adatum.example", "ATTENDEE;CN=\"O'Brien; Pat: chief\";PARTSTAT=ACCEPTED:mailto:pat@adatum.example"),
		one("teams", anna, bert, "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.example/l/meetup-join/19%3ameeting", "X-MICROSOFT-ONLINEMEETINGCONFLINK:conf:sip:anna@contoso.example"),
		file("request", "METHOD:REQUEST\n", event("request@contoso.example", anna, bert, esra, "SEQUENCE:0")),
		file("cancel", "METHOD:CANCEL\n", event("cancel@contoso.example", anna, bert, "SEQUENCE:3", "STATUS:CANCELLED")),
		file("reply", "METHOD:REPLY\n", event("reply@contoso.example", anna, "ATTENDEE;CN=Bert Jansen;PARTSTAT=ACCEPTED:mailto:bert@fabrikam.example")),
		file("reply-no", "METHOD:REPLY\n", event("reply-no@contoso.example", anna, "ATTENDEE;PARTSTAT=DECLINED:mailto:bert@fabrikam.example")),
		file("counter", "METHOD:COUNTER\n", event("counter@contoso.example", anna, "ATTENDEE;PARTSTAT=TENTATIVE:mailto:bert@fabrikam.example",
			"DTSTART:20260303T100000Z", "DTEND:20260303T110000Z", "X-MS-OLK-ORIGINALSTART:20260302T090000Z", "X-MS-OLK-ORIGINALEND:20260302T100000Z")),
	}
}

func alarm(lines string) string { return "BEGIN:VALARM\n" + lines + "\nEND:VALARM" }

// alarms have reminders.
func alarms() []File {
	display := "ACTION:DISPLAY\nDESCRIPTION:Reminder\n"
	return []File{
		one("alarm", alarm(display+"TRIGGER:-PT15M")),
		one("alarm-seconds", alarm(display+"TRIGGER:-PT90S")),
		one("alarm-at-start", alarm(display+"TRIGGER:PT0S")),
		one("alarm-day-before", alarm(display+"TRIGGER:-P1D")),
		one("alarm-all-day", "DTSTART;VALUE=DATE:20260427", "DTEND;VALUE=DATE:20260428", alarm(display+"TRIGGER:-PT18H")),
		one("alarms-two", alarm(display+"TRIGGER:-PT15M"), alarm(display+"TRIGGER:-P1D")),
		one("alarm-after", alarm(display+"TRIGGER:PT10M")),
		one("alarm-end", alarm(display+"TRIGGER;RELATED=END:-PT5M")),
		one("alarm-absolute", alarm(display+"TRIGGER;VALUE=DATE-TIME:20260302T080000Z")),
		one("alarm-sound", alarm("ACTION:AUDIO\nTRIGGER:-PT10M\nREPEAT:3\nDURATION:PT5M\nATTACH;FMTTYPE=audio/basic:https://contoso.example/bel.aud")),
		one("alarm-mail", alarm("ACTION:EMAIL\nTRIGGER:-P2D\nSUMMARY:Denk aan\nDESCRIPTION:De afspraak\nATTENDEE:mailto:anna@contoso.example")),
	}
}
