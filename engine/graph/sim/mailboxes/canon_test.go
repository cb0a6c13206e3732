package mailboxes_test

import (
	"io"
	"strings"
	"testing"

	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi"
)

func contentHash(t *testing.T, change func(*mapi.Message)) string {
	t.Helper()
	msg := mailboxes.Appointment("Overleg", "Zaal", "tekst", start, start.Add(3600e9))
	var r mapi.Bag
	r.SetString(mapi.SMTPAddress, "piet@fabrikam.example")
	msg.Recipients = append(msg.Recipients, r)
	var a mapi.Attachment
	a.Props.SetString(mapi.AttachLongFilename, "a.txt")
	a.SetData(mapi.BytesBlob([]byte("inhoud")))
	inner := mapi.Attachment{Embedded: mailboxes.Note("binnen")}
	msg.Attachments = append(msg.Attachments, a, inner)
	change(msg)
	sum, size, err := mailboxes.ContentHash(msg)
	must(t, err)
	if size == 0 {
		t.Error("no content is counted")
	}
	return sum
}

func TestContentHashSeesContent(t *testing.T) {
	plain := contentHash(t, func(*mapi.Message) {})
	for name, change := range map[string]func(*mapi.Message){
		"subject":           func(m *mapi.Message) { m.Props.SetString(mapi.Subject, "Anders") },
		"named property":    func(m *mapi.Message) { m.Props.SetNamed(mapi.BusyStatus, mapi.TypeInt32, int32(1)) },
		"new property":      func(m *mapi.Message) { m.Props.SetInt(0x6001, 1) },
		"type":              func(m *mapi.Message) { m.Props.Set(mapi.Importance, mapi.TypeInt64, int64(1)) },
		"recipient":         func(m *mapi.Message) { m.Recipients[0].SetString(mapi.SMTPAddress, "jan@fabrikam.example") },
		"recipients":        func(m *mapi.Message) { m.Recipients = nil },
		"attachment data":   func(m *mapi.Message) { m.Attachments[0].SetData(mapi.BytesBlob([]byte("anders"))) },
		"attachment name":   func(m *mapi.Message) { m.Attachments[0].Props.SetString(mapi.AttachLongFilename, "b.txt") },
		"order":             func(m *mapi.Message) { m.Attachments[0], m.Attachments[1] = m.Attachments[1], m.Attachments[0] },
		"embedded property": func(m *mapi.Message) { m.Attachments[1].Embedded.Props.SetString(mapi.Body, "buiten") },
	} {
		if contentHash(t, change) == plain {
			t.Errorf("another %s gives the same hash", name)
		}
	}
	for name, change := range map[string]func(*mapi.Message){
		"order of properties": func(m *mapi.Message) { m.Props[0], m.Props[3] = m.Props[3], m.Props[0] },
		"change key":          func(m *mapi.Message) { m.Props.SetBytes(mapi.ChangeKey, []byte("x")) },
		"modification time":   func(m *mapi.Message) { m.Props.SetTime(mapi.LastModificationTime, start) },
		"where data lies": func(m *mapi.Message) {
			m.Attachments[0].SetData(mapi.NewBlob(6, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("inhoud")), nil }))
		},
		"local id of a name": func(m *mapi.Message) {
			for i := range m.Props {
				if m.Props[i].Name != nil {
					m.Props[i].Tag = mapi.MakeTag(0x9000+mapi.PropID(i), m.Props[i].Tag.Type())
				}
			}
		},
	} {
		if contentHash(t, change) != plain {
			t.Errorf("another %s gives another hash", name)
		}
	}
}
