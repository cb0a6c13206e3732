package ical_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"vangnet/engine/mapi/ical"
)

// BenchmarkCalendar reads and writes a calendar of many events, one in ten a series.
func BenchmarkCalendar(b *testing.B) {
	var text strings.Builder
	text.WriteString("BEGIN:VCALENDAR\r\n")
	const events = 2000
	for i := range events {
		fmt.Fprintf(&text, "BEGIN:VEVENT\r\nUID:%d@contoso.example\r\nDTSTAMP:20260201T120000Z\r\nDTSTART;TZID=Europe/Amsterdam:2026%02d%02dT090000\r\nDURATION:PT1H\r\nSUMMARY:Afspraak %d\r\n"+
			"ORGANIZER:mailto:anna@contoso.example\r\nATTENDEE;CN=Bert:mailto:bert@contoso.example\r\n", i, i%12+1, i%28+1, i)
		if i%10 == 0 {
			text.WriteString("RRULE:FREQ=WEEKLY\r\n")
		}
		text.WriteString("END:VEVENT\r\n")
	}
	text.WriteString("END:VCALENDAR\r\n")
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		items, _, err := ical.Parse(strings.NewReader(text.String()), ical.Limits{})
		if err != nil || len(items) != events {
			b.Fatal(len(items), err)
		}
		var out bytes.Buffer
		for _, m := range items {
			if err := ical.Write(&out, m, ical.Options{}); err != nil {
				b.Fatal(err)
			}
		}
		_, _ = io.Copy(io.Discard, &out)
	}
}
