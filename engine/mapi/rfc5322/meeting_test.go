package rfc5322_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/ical/icaltest"
)

// TestMeetingMadeOfTheItem gives meeting messages that no mail brought the part
// that programs read.
func TestMeetingMadeOfTheItem(t *testing.T) {
	want := map[string]string{"request": "REQUEST", "cancel": "CANCEL", "reply": "REPLY", "reply-no": "REPLY", "counter": "COUNTER"}
	for _, f := range icaltest.All() {
		method := want[f.Name]
		if method == "" {
			continue
		}
		items, _, err := ical.Parse(bytes.NewReader(f.Data), ical.Limits{})
		if err != nil || len(items) != 1 {
			t.Fatalf("%s: %d items, %v", f.Name, len(items), err)
		}
		eml := write(t, items[0])
		if !strings.Contains(string(eml), "text/calendar; charset=utf-8; method="+method+"\r\n") {
			t.Fatalf("%s:\n%s", f.Name, eml)
		}
		m, _ := parse(t, eml)
		if len(m.Attachments) != 1 || m.Attachments[0].Props.String(mapi.AttachMimeTag) != "text/calendar" {
			t.Fatalf("%s: attachments %v", f.Name, m.Attachments)
		}
		blob, _ := m.Attachments[0].Data()
		r, err := blob.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		again, warn, err := ical.Parse(bytes.NewReader(data), ical.Limits{})
		if err != nil || len(again) != 1 || len(warn) > 0 || again[0].Class() != items[0].Class() || mapi.SubjectOf(again[0]) != mapi.SubjectOf(items[0]) {
			t.Errorf("%s: %v, %v of\n%s", f.Name, warn, err, data)
		}
	}
}

// TestNoInvitation leaves other messages alone.
func TestNoInvitation(t *testing.T) {
	for _, class := range []string{"IPM.Note", "IPM.Appointment", "IPM.Schedule.Meeting.Notification.Forward"} {
		m := &mapi.Message{}
		m.Props.SetString(mapi.MessageClass, class)
		if eml := write(t, m); bytes.Contains(eml, []byte("text/calendar")) {
			t.Errorf("%s:\n%s", class, eml)
		}
	}
}
