package icaltest

// kept have what Exchange has no place for.
func kept() []File {
	return []File{
		one("rule-two-days", in(nl, "20260301T090000", "20260301T100000"), "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=24", "EXDATE;TZID=Europe/Amsterdam:20260315T090000"),
		one("rule-hourly", "RRULE:FREQ=HOURLY;INTERVAL=4;COUNT=30"),
		one("rule-day-31", in(nl, "20260131T090000", "20260131T100000"), "RRULE:FREQ=MONTHLY;BYMONTHDAY=31"),
		one("rule-each-monday", in(nl, "20260302T090000", "20260302T100000"), "RRULE:FREQ=MONTHLY;BYDAY=MO;COUNT=9"),
		one("rule-friday-13", in(nl, "20260313T090000", "20260313T100000"), "RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=9"),
		one("rule-week-20", in(nl, "20260511T090000", "20260511T100000"), "RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO"),
		one("rule-quarters", in(nl, "20260101T090000", "20260101T100000"), "RRULE:FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1"),
		one("rule-extra-date", in(nl, "20260302T090000", "20260302T100000"), "RRULE:FREQ=WEEKLY;COUNT=5", "RDATE;TZID=Europe/Amsterdam:20260305T090000"),
		one("dates-only", in(nl, "20260302T090000", "20260302T100000"), "RDATE;TZID=Europe/Amsterdam:20260305T090000,20260312T090000"),
		file("rule-two-days-changed", event("r2c@contoso.example", in(nl, "20260301T090000", "20260301T100000"), "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=24"),
			event("r2c@contoso.example", "RECURRENCE-ID;TZID=Europe/Amsterdam:20260315T090000", in(nl, "20260316T090000", "20260316T100000"))),
		one("all-sorts", "URL:https://contoso.example/agenda?id=1&x=2", "GEO:52.370216;4.895168", "COMMENT:Eerste opmerking", "COMMENT:Tweede\\, opmerking",
			"CONTACT;ALTREP=\"ldap://contoso.example:6666/o=Contoso\":Anna\\, 010-1234567", "RELATED-TO;RELTYPE=PARENT:utc@contoso.example",
			"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=\"Dam 1, Amsterdam\":geo:52.37,4.89", "RESOURCES:Beamer,Koffie", "COLOR:turquoise", "REQUEST-STATUS:2.0;Success"),
	}
}

// mixed have several things in one file.
func mixed() []File {
	goid := "040000008200E00074C5B7101A82E00800000000B0F2D7A5C89CDC0100000000000000001000000079C2A9F4C3B7484C9C5A2F1E0D3B6A58"
	note := "BEGIN:VJOURNAL\nUID:note@contoso.example\nDTSTAMP:20260201T120000Z\nSUMMARY:Notitie\nDESCRIPTION:Code van de poort\\nstaat binnen\nCATEGORIES:Geheim\nEND:VJOURNAL\n"
	call := "BEGIN:VJOURNAL\nUID:call@contoso.example\nDTSTAMP:20260201T120000Z\nDTSTART:20260201T113000Z\nSUMMARY:Gebeld met Bert\nSTATUS:FINAL\nEND:VJOURNAL\n"
	return []File{
		file("goid", event(goid, "SUMMARY:Uit Exchange")),
		file("several", amsterdam, event("m1@contoso.example", in(nl, "20260302T090000", "20260302T100000")), todo("m2@contoso.example", "DUE;VALUE=DATE:20260310"),
			event("m3@contoso.example", "DTSTART;VALUE=DATE:20260304"), note, event("m4@contoso.example", "RRULE:FREQ=DAILY;COUNT=3"), call),
		file("notes", note, call),
		{Name: "two-calendars", Data: append(append([]byte(nil), one("first-of-two").Data...), one("second-of-two").Data...)},
		file("same-uid-twice", event("twice@contoso.example"), event("twice@contoso.example", "DTSTART:20260303T090000Z", "DTEND:20260303T100000Z")),
	}
}

// tasks are VTODOs.
func tasks() []File {
	t := func(name string, lines ...string) File {
		return file("task-"+name, todo(name+"@contoso.example", lines...))
	}
	return []File{
		t("open"),
		t("due", "DUE;VALUE=DATE:20260331", "STATUS:NEEDS-ACTION"),
		t("start-and-due", "DTSTART;VALUE=DATE:20260301", "DUE;VALUE=DATE:20260331", "STATUS:IN-PROCESS", "PERCENT-COMPLETE:40"),
		t("due-time", "DUE;TZID=Europe/Amsterdam:20260331T170000"),
		t("due-utc", "DTSTART:20260330T080000Z", "DUE:20260331T150000Z"),
		t("duration", "DTSTART;VALUE=DATE:20260301", "DURATION:P5D"),
		t("done", "STATUS:COMPLETED", "PERCENT-COMPLETE:100", "COMPLETED:20260305T143000Z", "DUE;VALUE=DATE:20260310"),
		t("done-midnight", "STATUS:COMPLETED", "PERCENT-COMPLETE:100", "COMPLETED:20260305T000000Z"),
		t("done-without-date", "STATUS:COMPLETED", "PERCENT-COMPLETE:100"),
		t("waiting", "STATUS:NEEDS-ACTION", "X-VANGNET-TASK-STATUS:WAITING", "PERCENT-COMPLETE:25"),
		t("deferred", "STATUS:NEEDS-ACTION", "X-VANGNET-TASK-STATUS:DEFERRED"),
		t("cancelled", "STATUS:CANCELLED"),
		t("percent", "PERCENT-COMPLETE:75"),
		t("daily", "DTSTART;VALUE=DATE:20260302", "DUE;VALUE=DATE:20260302", "RRULE:FREQ=DAILY;COUNT=14"),
		t("weekly", "DTSTART;VALUE=DATE:20260302", "DUE;VALUE=DATE:20260306", "RRULE:FREQ=WEEKLY;BYDAY=MO"),
		t("monthly", "DUE;VALUE=DATE:20260331", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20271231"),
		t("odd-rule", "DUE;VALUE=DATE:20260301", "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15"),
		t("alarm", "DUE;VALUE=DATE:20260331", alarm("ACTION:DISPLAY\nDESCRIPTION:Reminder\nTRIGGER;VALUE=DATE-TIME:20260330T080000Z")),
		t("alarm-before-due", "DUE:20260331T150000Z", alarm("ACTION:DISPLAY\nDESCRIPTION:Reminder\nTRIGGER;RELATED=END:-PT1H")),
		t("private-high", "CLASS:PRIVATE", "PRIORITY:1", "CATEGORIES:Thuis,Financiën"),
		t("text", `DESCRIPTION:Bel de gemeente\, afdeling vergunningen\n- nummer opzoeken\n- tekening mee`, "LOCATION:Kantoor", "URL:https://contoso.example/t/1"),
		t("assigned", anna, esra, "DUE;VALUE=DATE:20260401"),
		t("file", attachment("offerte.pdf", "application/pdf", 2000)),
	}
}

func raw(name, text string) File { return File{Name: name, Data: []byte(text)} }

// broken have what parsers stumble over. Those with a healthy event beside the
// damage name it gezond@contoso.example.
func broken() []File {
	healthy := event("gezond@contoso.example", "SUMMARY:Gezond")
	with := func(name string, parts ...string) File { return file(name, append(parts, healthy)...) }
	return []File{
		raw("empty", ""),
		raw("words", "dit is geen agenda\r\n"),
		raw("header-only", "BEGIN:VCALENDAR\r\n"),
		with("no-colon", "BEGIN:VEVENT\nUID:1\nSUMMARY zonder dubbele punt\nDTSTART:20260302T090000Z\nEND:VEVENT\n"),
		with("raw-line-ends", "BEGIN:VEVENT\nUID:2\nDTSTART:20260302T090000Z\nDESCRIPTION:eerste regel\ntweede regel zonder inspringen\n\nderde\nSUMMARY:x\nEND:VEVENT\n"),
		with("unclosed-event", "BEGIN:VEVENT\nUID:3\nDTSTART:20260302T090000Z\nSUMMARY:Niet afgesloten\n"),
		with("wrong-end", "BEGIN:VEVENT\nUID:4\nDTSTART:20260302T090000Z\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VEVENT\n"),
		with("stray-end", "END:VALARM\nEND:VEVENT\n"),
		with("open-quote", "BEGIN:VEVENT\nUID:5\nDTSTART:20260302T090000Z\nATTENDEE;CN=\"Anna:mailto:anna@contoso.example\nEND:VEVENT\n"),
		with("inner-quotes", "BEGIN:VEVENT\nUID:6\nDTSTART:20260302T090000Z\nATTENDEE;CN=Jan \"de Man\" Jansen:mailto:jan@contoso.example\nEND:VEVENT\n"),
		with("no-start", "BEGIN:VEVENT\nUID:7\nSUMMARY:Zonder begin\nEND:VEVENT\n"),
		with("bad-dates", "BEGIN:VEVENT\nUID:8\nDTSTART:20261345T990000Z\nDTEND:gisteren\nSUMMARY:Onzin\nEND:VEVENT\n"),
		with("end-before-start", "BEGIN:VEVENT\nUID:9\nDTSTART:20260302T090000Z\nDTEND:20260301T090000Z\nEND:VEVENT\n"),
		with("no-uid", "BEGIN:VEVENT\nDTSTART:20260302T090000Z\nSUMMARY:Naamloos\nEND:VEVENT\n"),
		with("bad-rule", "BEGIN:VEVENT\nUID:10\nDTSTART:20260302T090000Z\nRRULE:FREQ=SOMETIMES;X=\nEND:VEVENT\n"),
		with("huge-rule", "BEGIN:VEVENT\nUID:11\nDTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=999999999\nEND:VEVENT\n"),
		with("unknown-zone", "BEGIN:VEVENT\nUID:12\nDTSTART;TZID=Atlantis/Stad:20260302T090000\nEND:VEVENT\n"),
		with("odd-times", "BEGIN:VEVENT\nUID:13\nDTSTART:2026-03-02T09:00:00Z\nDTEND:20260302T1000Z\nEND:VEVENT\n"),
		with("bad-escapes", "BEGIN:VEVENT\nUID:14\nDTSTART:20260302T090000Z\nSUMMARY:C:\\temp\\x \\q einde\\\nEND:VEVENT\n"),
		with("bad-file", "BEGIN:VEVENT\nUID:15\nDTSTART:20260302T090000Z\nATTACH;ENCODING=BASE64;VALUE=BINARY:@@@@\nEND:VEVENT\n"),
		with("old-calendar", "BEGIN:VEVENT\nUID:16\nDTSTART:20260302T090000Z\nSUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9=\n en meer\nRRULE:D1 #10\nDESCRIPTION;QUOTED-PRINTABLE:regel=0D=0Atwee\nEND:VEVENT\n"),
		with("deep", deep(60)),
		with("two-starts", "BEGIN:VEVENT\nUID:17\nUID:18\nDTSTART:20260302T090000Z\nDTSTART:20260303T090000Z\nSUMMARY:a\nSUMMARY:b\nDTEND:20260302T093000Z\nDURATION:PT1H\nEND:VEVENT\n"),
		raw("lf-only", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:gezond@contoso.example\nDTSTART:20260302T090000Z\nSUMMARY:Gezond\nEND:VEVENT\nEND:VCALENDAR\n"),
		raw("cr-only", "BEGIN:VCALENDAR\rBEGIN:VEVENT\rUID:gezond@contoso.example\rDTSTART:20260302T090000Z\rSUMMARY:Gezond\rEND:VEVENT\rEND:VCALENDAR\r"),
		raw("no-calendar", "BEGIN:VEVENT\r\nUID:gezond@contoso.example\r\nDTSTART:20260302T090000Z\r\nSUMMARY:Gezond\r\nEND:VEVENT\r\n"),
		raw("latin-1", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:gezond@contoso.example\r\nDTSTART:20260302T090000Z\r\nSUMMARY:Gezond\r\nLOCATION:Caf\xE9\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
		raw("bom", "\xEF\xBB\xBFBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:gezond@contoso.example\r\nDTSTART:20260302T090000Z\r\nSUMMARY:Gezond\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
		raw("cut-off", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:gezond@contoso.example\r\nDTSTART:20260302T090000Z\r\nSUMMARY:Gezond\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:19\r\nDTSTA"),
		raw("folded-characters", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:gezond@contoso.example\r\nDTSTART:20260302T090000Z\r\nSUMMARY:Gezond\r\nLOCATION:Caf\xC3\r\n \xA9\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
	}
}

func deep(n int) string {
	s := "BEGIN:VEVENT\nUID:20\nDTSTART:20260302T090000Z\n"
	for range n {
		s += "BEGIN:X-DEEP\n"
	}
	return s
}
