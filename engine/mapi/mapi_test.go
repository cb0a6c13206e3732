package mapi_test

import (
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
	"vangnet/engine/model"
)

func TestBagKeepsAllAndFindsTheLast(t *testing.T) {
	var b mapi.Bag
	b.Add(mapi.Subject, mapi.TypeString, "eerste")
	b.Add(mapi.Importance, mapi.TypeInt32, int32(1))
	b.Add(mapi.Subject, mapi.TypeString, "tweede")
	if len(b) != 3 || b.String(mapi.Subject) != "tweede" {
		t.Errorf("%d properties, subject %q", len(b), b.String(mapi.Subject))
	}
	b.SetString(mapi.Subject, "derde")
	if len(b) != 2 || b[0].Value != "derde" {
		t.Errorf("after Set: %v", b)
	}
	b.SetNamed(mapi.Texted(mapi.SetPublicStrings, "keywords"), mapi.TypeString|mapi.Multi, []string{"x"})
	if got := b.NamedStrings(mapi.Keywords); !reflect.DeepEqual(got, []string{"x"}) {
		t.Errorf("names differ by case: %v", got)
	}
	if b.Has(mapi.FirstNamed) {
		t.Error("a named property is found by its local id")
	}
}

func TestFileTime(t *testing.T) {
	for _, s := range []string{"1601-01-01T00:00:01Z", "1970-01-01T00:00:00Z", "2026-03-14T09:26:53.5897932Z", "9999-12-31T00:00:00Z"} {
		want, _ := time.Parse(time.RFC3339Nano, s)
		if got := mapi.FileTimeOf(want).Time(); !got.Equal(want) {
			t.Errorf("%s comes back as %s", s, got)
		}
	}
	for _, f := range []mapi.FileTime{0, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF} {
		if !f.Time().IsZero() {
			t.Errorf("%x is %s, not the zero time", uint64(f), f.Time())
		}
	}
}

func TestGUID(t *testing.T) {
	const s = "6ED8DA90-450B-101B-98DA-00AA003F1305"
	g, err := mapi.ParseGUID(s)
	if err != nil || g != mapi.SetMeeting || g.String() != s {
		t.Errorf("%s, %v", g, err)
	}
	if _, err := mapi.ParseGUID("no"); err == nil {
		t.Error("nonsense is a GUID")
	}
}

func mail() *mapi.Message {
	m := &mapi.Message{}
	p := &m.Props
	p.SetString(mapi.MessageClass, "IPM.Note")
	p.SetString(mapi.Subject, "RE: Offerte")
	p.SetString(mapi.SentRepresentingName, "Anna de Vries")
	p.SetString(mapi.SentRepresentingAddrType, "EX")
	p.SetString(mapi.SentRepresentingAddress, "/O=X/CN=ANNA")
	p.SetString(mapi.SentRepresentingSMTP, "anna@contoso.example")
	p.SetTime(mapi.ClientSubmitTime, time.Unix(1000, 0))
	p.SetTime(mapi.DeliveryTime, time.Unix(2000, 0))
	p.SetInt(mapi.MessageFlags, mapi.FlagRead)
	p.SetInt(mapi.FlagStatus, 2)
	p.SetInt(mapi.Importance, 2)
	p.SetString(mapi.InternetMessageID, "<1@contoso.example>")
	p.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, []string{"Rood"})
	var to, cc mapi.Bag
	to.SetString(mapi.DisplayName, "Bert")
	to.SetBytes(mapi.EntryID, mapi.NewOneOff("Bert", "bert@fabrikam.example"))
	cc.SetString(mapi.DisplayName, "Afdeling")
	cc.SetString(mapi.AddrType, "EX")
	cc.SetString(mapi.EmailAddress, "/O=X/CN=AFD")
	m.Recipients = []mapi.Bag{to, cc}
	var a mapi.Attachment
	a.Props.SetString(mapi.AttachLongFilename, "plan.pdf")
	exception := mapi.Attachment{Embedded: &mapi.Message{}}
	exception.Props.SetInt(mapi.AttachmentFlags, 2)
	m.Attachments = []mapi.Attachment{a, exception}
	p.SetString(mapi.Body, "Goedemorgen,\r\nhierbij.")
	return m
}

func TestFacts(t *testing.T) {
	got := mapi.Facts(mail(), 1000)
	want := model.MailFact{
		Class: "IPM.Note", Subject: "RE: Offerte", From: "Anna de Vries <anna@contoso.example>",
		To: "Bert <bert@fabrikam.example>; Afdeling </O=X/CN=AFD>", Sent: time.Unix(1000, 0).UTC(), Received: time.Unix(2000, 0).UTC(),
		Read: true, Flagged: true, Importance: 1, Categories: []string{"Rood"}, Attachments: []string{"plan.pdf"},
		MessageID: "1@contoso.example", Text: "Goedemorgen,\nhierbij.",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestBodyText(t *testing.T) {
	compressed, err := hex.DecodeString("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
	if err != nil {
		t.Fatal(err)
	}
	unloaded := mapi.Blob{Size: 1 << 30, Head: charset.EncodeUTF16("begin van veel")}
	for name, c := range map[string]struct {
		set  func(*mapi.Bag)
		want string
		cut  bool
	}{
		"plain": {func(b *mapi.Bag) { b.SetString(mapi.Body, "tekst") }, "tekst", false},
		"HTML": {func(b *mapi.Bag) {
			b.SetBytes(mapi.BodyHTML, []byte("<p>caf\xe9"))
			b.SetInt(mapi.InternetCodepage, 1252)
		}, "café", false},
		"HTML as text": {func(b *mapi.Bag) { b.SetString(mapi.BodyHTML, "<p>café") }, "café", false},
		"rich text":    {func(b *mapi.Bag) { b.SetBytes(mapi.RTFCompressed, compressed) }, "hello world", false},
		"empty plain":  {func(b *mapi.Bag) { b.SetString(mapi.Body, " \r\n"); b.SetBytes(mapi.BodyHTML, []byte("<p>ja")) }, "ja", false},
		"not loaded":   {func(b *mapi.Bag) { b.Set(mapi.Body, mapi.TypeString, unloaded) }, "begin van veel", true},
		"none":         {func(*mapi.Bag) {}, "", false},
	} {
		m := &mapi.Message{}
		c.set(&m.Props)
		if got, cut := mapi.BodyText(m, 100); got != c.want || cut != c.cut {
			t.Errorf("%s: %q, %v", name, got, cut)
		}
	}
	long := &mapi.Message{}
	long.Props.SetString(mapi.Body, strings.Repeat("é", 1000))
	if got, cut := mapi.BodyText(long, 101); len(got) != 100 || !cut || !utf8.ValidString(got) {
		t.Errorf("%d bytes, cut %v", len(got), cut)
	}
}

func TestKindOf(t *testing.T) {
	for class, want := range map[string]model.ItemKind{
		"IPM.Note": model.KindMessage, "ipm.note.smime": model.KindMessage, "IPM.Notebook": model.KindOther, "IPM.Schedule.Meeting.Request": model.KindMessage,
		"REPORT.IPM.Note.NDR": model.KindMessage, "IPM.Appointment": model.KindEvent, "IPM.Appointment.Live": model.KindEvent,
		"IPM.Contact": model.KindContact, "IPM.DistList": model.KindContact, "IPM.Task": model.KindTask, "IPM.TaskRequest.Accept": model.KindMessage,
		"IPM.StickyNote": model.KindNote, "IPM.Activity": model.KindOther, "": model.KindOther,
	} {
		if got := mapi.KindOf(class); got != want {
			t.Errorf("KindOf(%q) = %s, want %s", class, got, want)
		}
	}
}

func TestOneOff(t *testing.T) {
	name, smtp, ok := mapi.OneOff(mapi.NewOneOff("Žofie", "z@contoso.example"))
	if !ok || name != "Žofie" || smtp != "z@contoso.example" {
		t.Errorf("%q %q %v", name, smtp, ok)
	}
	id := mapi.NewOneOff("a", "b")
	for n := range id {
		if _, _, ok := mapi.OneOff(id[:n]); ok {
			t.Errorf("%d of %d bytes are one", n, len(id))
		}
	}
}
