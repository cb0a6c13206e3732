package icaltest

import "strings"

// rules have every kind of recurrence.
func rules() []File {
	var out []File
	for _, r := range []struct{ name, start, rule string }{
		{"daily", "20260301T090000", "FREQ=DAILY"},
		{"daily-count", "20260320T090000", "FREQ=DAILY;COUNT=20"},
		{"daily-third-until", "20260301T090000", "FREQ=DAILY;INTERVAL=3;UNTIL=20260615T070000Z"},
		{"workdays", "20260302T083000", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
		{"workdays-daily", "20260302T083000", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"},
		{"weekly", "20260304T153000", "FREQ=WEEKLY"},
		{"weekly-days-count", "20260303T090000", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=40"},
		{"fortnight", "20260302T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=MO"},
		{"fortnight-sunday", "20260302T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU"},
		{"monthly-day", "20260315T090000", "FREQ=MONTHLY;BYMONTHDAY=15"},
		{"monthly-plain", "20260105T090000", "FREQ=MONTHLY;COUNT=12"},
		{"month-end", "20260131T090000", "FREQ=MONTHLY;BYMONTHDAY=-1"},
		{"month-30-or-end", "20260130T090000", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"},
		{"second-tuesday", "20260310T090000", "FREQ=MONTHLY;BYDAY=2TU"},
		{"second-tuesday-setpos", "20260310T090000", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2"},
		{"last-friday-quarter", "20260327T090000", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR"},
		{"last-workday", "20260331T170000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"},
		{"first-weekend-day", "20260301T090000", "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1;UNTIL=20281231T235959Z"},
		{"yearly", "20261205T180000", "FREQ=YEARLY"},
		{"yearly-month-day", "20260714T090000", "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=14;COUNT=10"},
		{"yearly-nth", "20261025T040000", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"},
		{"every-two-years", "20260501T090000", "FREQ=YEARLY;INTERVAL=2;BYMONTH=5;BYMONTHDAY=1"},
		{"over-midnight", "20260306T230000", "FREQ=WEEKLY;BYDAY=FR;COUNT=6"},
	} {
		end := strings.Replace(r.start, "T23", "T26", 1)
		if end == r.start {
			end = r.start[:11] + "4500"
		} else {
			end = "20260307T030000"
		}
		out = append(out, file("rule-"+r.name, amsterdam, event(r.name+"@contoso.example", in(nl, r.start, end), "RRULE:"+r.rule)))
	}
	return append(out,
		file("rule-new-york-2005", newYork, event("ny2005@contoso.example", in("America/New_York", "20050301T090000", "20050301T100000"), "RRULE:FREQ=WEEKLY;UNTIL=20091231T140000Z")),
		one("rule-auckland", in("Pacific/Auckland", "20260302T090000", "20260302T093000"), "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=80"),
		one("rule-utc", "RRULE:FREQ=DAILY;COUNT=5"),
		one("rule-floating", "DTSTART:20260601T070000", "DTEND:20260601T073000", "RRULE:FREQ=DAILY;UNTIL=20260630T070000"),
		one("rule-birthday", "DTSTART;VALUE=DATE:19800229", "DTEND;VALUE=DATE:19800301", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "SUMMARY:Verjaardag"),
		one("rule-all-day-until", "DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260304", "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261130"),
		file("rule-custom-zone", customZone, event("rule-custom@contoso.example", in("Customized Time Zone", "20260401T140000", "20260401T150000"), "RRULE:FREQ=WEEKLY;COUNT=60")),
		file("rule-outlook-zone", outlookEurope, event("rule-outlook@contoso.example", in("W. Europe Standard Time", "20260302T140000", "20260302T150000"), "RRULE:FREQ=WEEKLY;BYDAY=MO")),
	)
}

// series have changed and cancelled occurrences.
func series() []File {
	master := func(uid string, more ...string) string {
		return event(uid, append([]string{in(nl, "20260302T090000", "20260302T100000"), "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=30", "SUMMARY:Werkoverleg",
			"LOCATION:Zaal 1", "DESCRIPTION:Agenda volgt", "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Reminder\nTRIGGER:-PT15M\nEND:VALARM"}, more...)...)
	}
	changed := func(uid, day string, lines ...string) string {
		return event(uid, append([]string{"RECURRENCE-ID;TZID=Europe/Amsterdam:" + day + "T090000"}, lines...)...)
	}
	same := func(day string) string { return in(nl, day+"T090000", day+"T100000") }
	f := func(name string, parts ...string) File {
		return file("series-"+name, append([]string{amsterdam}, parts...)...)
	}
	rest := "SUMMARY:Werkoverleg\nLOCATION:Zaal 1\nDESCRIPTION:Agenda volgt\nBEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Reminder\nTRIGGER:-PT15M\nEND:VALARM"
	return []File{
		f("cancelled", master("s1", "EXDATE;TZID=Europe/Amsterdam:20260316T090000", "EXDATE;TZID=Europe/Amsterdam:20260406T090000,20260413T090000")),
		f("cancelled-utc", master("s2", "EXDATE:20260316T080000Z,20260406T070000Z")),
		f("moved", master("s3"), changed("s3", "20260316", in(nl, "20260316T140000", "20260316T150000"), rest)),
		f("moved-to-another-day", master("s4"), changed("s4", "20260330", in(nl, "20260402T090000", "20260402T113000"), rest)),
		f("renamed", master("s5"), changed("s5", "20260316", same("20260316"), "SUMMARY:Werkoverleg – jaarcijfers 📈", "LOCATION:Zaal 1", "DESCRIPTION:Agenda volgt")),
		f("relocated", master("s6"), changed("s6", "20260316", same("20260316"), "SUMMARY:Werkoverleg", "LOCATION:Café ’t Hoekje", "DESCRIPTION:Agenda volgt")),
		f("no-place", master("s7"), changed("s7", "20260316", same("20260316"), "SUMMARY:Werkoverleg")),
		f("other-text", master("s8"), changed("s8", "20260316", same("20260316"), "SUMMARY:Werkoverleg", "LOCATION:Zaal 1", "DESCRIPTION:Neem de tekening mee")),
		f("other-alarm", master("s9"), changed("s9", "20260316", same("20260316"), "SUMMARY:Werkoverleg", "LOCATION:Zaal 1",
			"BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Reminder\nTRIGGER:-PT2H\nEND:VALARM")),
		f("other-status", master("s10"), changed("s10", "20260316", same("20260316"), rest, "TRANSP:TRANSPARENT"),
			changed("s10", "20260323", same("20260323"), rest, "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "CATEGORIES:Uitzondering")),
		f("guests", master("s11", anna, bert, cas), changed("s11", "20260316", same("20260316"), rest, anna, bert, daan)),
		f("cancelled-and-changed", master("s12", "EXDATE;TZID=Europe/Amsterdam:20260323T090000"),
			changed("s12", "20260316", in(nl, "20260317T090000", "20260317T100000"), rest), changed("s12", "20260330", same("20260330"), "SUMMARY:Laatste keer hier")),
		f("cancelled-as-event", master("s13"), changed("s13", "20260316", same("20260316"), rest, "STATUS:CANCELLED")),
		f("other-zone", master("s14"), changed("s14", "20260316", in("America/New_York", "20260316T100000", "20260316T110000"), rest)),
		f("whole-day", master("s15"), changed("s15", "20260316", "DTSTART;VALUE=DATE:20260316", "DTEND;VALUE=DATE:20260317", rest)),
		f("file", master("s16"), changed("s16", "20260316", same("20260316"), rest, attachment("notulen.txt", "text/plain", 500))),
		f("change-first", changed("s17", "20260316", in(nl, "20260316T140000", "20260316T150000"), rest), master("s17")),
		f("all-day", event("s18", "DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260303", "RRULE:FREQ=DAILY;COUNT=10", "EXDATE;VALUE=DATE:20260305"),
			event("s18", "RECURRENCE-ID;VALUE=DATE:20260307", "DTSTART;VALUE=DATE:20260308", "DTEND;VALUE=DATE:20260310", "SUMMARY:Verschoven")),
		f("utc", event("s19", "RRULE:FREQ=DAILY;COUNT=10"), event("s19", "RECURRENCE-ID:20260305T090000Z", "DTSTART:20260305T120000Z", "DTEND:20260305T123000Z")),
		f("orphan", changed("s20", "20260316", in(nl, "20260316T140000", "20260316T150000"), rest)),
		f("html", master("s21", "X-ALT-DESC;FMTTYPE=text/html:<p>Agenda volgt</p>"), changed("s21", "20260316", same("20260316"), rest, "X-ALT-DESC;FMTTYPE=text/html:<p>Anders</p>")),
	}
}
