package icaltest

// times have dates and zones of all kinds.
func times() []File {
	return []File{
		one("utc"),
		file("amsterdam", amsterdam, event("amsterdam@contoso.example", in(nl, "20260702T093000", "20260702T110000"))),
		file("new-york", newYork, event("new-york@contoso.example", in("America/New_York", "20261102T180000", "20261102T183000"))),
		one("kolkata", in("Asia/Kolkata", "20260815T053000", "20260815T061500")),
		one("auckland", in("Pacific/Auckland", "20260104T080000", "20260104T170000")),
		one("auckland-winter", in("Pacific/Auckland", "20260704T080000", "20260704T090000")),
		file("outlook-zone", outlookEurope, event("outlook-zone@contoso.example", in("W. Europe Standard Time", "20260402T140000", "20260402T150000"))),
		file("quoted-zone", outlookEurope, event("quoted-zone@contoso.example",
			"DTSTART;TZID=\"W. Europe Standard Time\":20260402T140000", "DTEND;TZID=\"W. Europe Standard Time\":20260402T150000")),
		file("custom-zone", customZone, event("custom-zone@contoso.example", in("Customized Time Zone", "20260601T140000", "20260601T150000"))),
		one("two-zones", "DTSTART;TZID=Europe/Amsterdam:20260510T100000", "DTEND;TZID=America/New_York:20260510T123000", "SUMMARY:Vlucht AMS-JFK"),
		one("floating", "DTSTART:20260601T070000", "DTEND:20260601T073000", "SUMMARY:Opstaan"),
		file("calendar-zone", "X-WR-TIMEZONE:Europe/Amsterdam\n", event("calendar-zone@contoso.example", "DTSTART:20260601T070000", "DTEND:20260601T073000")),
		one("all-day", "DTSTART;VALUE=DATE:20260427", "DTEND;VALUE=DATE:20260428", "SUMMARY:Koningsdag", "TRANSP:TRANSPARENT"),
		one("all-day-long", "DTSTART;VALUE=DATE:20260713", "DTEND;VALUE=DATE:20260801", "SUMMARY:Zomervakantie", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"),
		one("all-day-no-end", "DTSTART;VALUE=DATE:20261225"),
		one("several-days", in(nl, "20260914T090000", "20260916T170000")),
		one("no-end", "DTSTART:20260302T090000Z", "SUMMARY:Moment zonder einde"),
		one("duration", "DTSTART;TZID=Europe/Amsterdam:20260302T090000", "DURATION:PT1H45M"),
		one("duration-days", "DTSTART;TZID=Europe/Amsterdam:20260328T120000", "DURATION:P1D", "SUMMARY:Een dag over de zomertijd heen"),
		one("duration-weeks", "DTSTART;VALUE=DATE:20260202", "DURATION:P2W"),
		one("spring-forward", in(nl, "20260329T013000", "20260329T033000")),
		one("in-the-gap", "DTSTART;TZID=Europe/Amsterdam:20260329T023000", "DTEND;TZID=Europe/Amsterdam:20260329T043000"),
		one("fall-back", in(nl, "20261025T013000", "20261025T033000")),
		one("second-half-past-two", "DTSTART:20261025T013000Z", "DTEND:20261025T020000Z"),
		one("year-1950", in("America/New_York", "19500704T120000", "19500704T130000"), "SUMMARY:Geboortefeest"),
		one("year-1972", in(nl, "19720704T120000", "19720704T130000")),
		one("year-2099", in(nl, "20991231T230000", "21000101T010000"), "SUMMARY:Eeuwfeest"),
		one("with-seconds", "DTSTART:20260302T090017Z", "DTEND:20260302T091543Z"),
	}
}
