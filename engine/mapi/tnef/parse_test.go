package tnef_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"testing"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
	"vangnet/engine/mapi/tnef"
	"vangnet/engine/mapi/tnef/tneftest"
)

func parse(t testing.TB, b []byte, lim tnef.Limits) (*mapi.Message, tnef.Warnings) {
	t.Helper()
	m, warn, err := tnef.Parse(bytes.NewReader(b), int64(len(b)), lim)
	if err != nil {
		t.Fatal(err)
	}
	return m, warn
}

func content(t testing.TB, b mapi.Blob) []byte {
	t.Helper()
	r, err := b.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(got)) != b.Size {
		t.Fatalf("blob yields %d bytes, size %d", len(got), b.Size)
	}
	return got
}

// render tells a message as text, whatever the order of its properties and the
// numbers of its names.
func render(t testing.TB, m *mapi.Message, indent string) string {
	t.Helper()
	var out strings.Builder
	bag := func(b mapi.Bag) {
		var lines []string
		for _, p := range b {
			id := p.Tag.String()
			if p.Name != nil {
				id = fmt.Sprintf("%s:%04X", p.Name, uint16(p.Tag.Type()))
			}
			v := p.Value
			if blob, ok := v.(mapi.Blob); ok {
				data := content(t, blob)
				if v = data; p.Tag.Type() == mapi.TypeString {
					v = charset.DecodeUTF16(data)
				}
			}
			lines = append(lines, fmt.Sprintf("%s%s=%v\n", indent, id, v))
		}
		sort.Strings(lines)
		out.WriteString(strings.Join(lines, ""))
	}
	bag(m.Props)
	for _, r := range m.Recipients {
		out.WriteString(indent + "recipient\n")
		bag(r)
	}
	for _, a := range m.Attachments {
		out.WriteString(indent + "attachment\n")
		bag(a.Props)
		if a.Embedded != nil {
			out.WriteString(indent + "embedded\n" + render(t, a.Embedded, indent+"  "))
		}
	}
	return out.String()
}

func pattern(n int) []byte {
	b := make([]byte, n)
	x := uint32(n)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// sample is a message with every kind of value, a file and a message in a message.
func sample(file int) *mapi.Message {
	m := &mapi.Message{}
	p := &m.Props
	p.SetString(mapi.MessageClass, "IPM.Note")
	p.SetString(mapi.Subject, "Offerte dakgoot 🎉")
	p.SetString(mapi.Body, strings.Repeat("regel ", 20))
	p.SetBytes(mapi.BodyHTML, []byte("<p>Hallo</p>"))
	p.SetInt(mapi.InternetCodepage, 65001)
	p.SetTime(mapi.ClientSubmitTime, time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC))
	p.SetBool(mapi.ReadReceiptRequested, true)
	p.Set(0x6701, mapi.TypeInt16, int16(-2))
	p.Set(0x6702, mapi.TypeFloat32, float32(1.5))
	p.Set(0x6703, mapi.TypeFloat64, 2.25)
	p.Set(0x6704, mapi.TypeCurrency, int64(12345))
	p.Set(0x6705, mapi.TypeAppTime, 45000.5)
	p.Set(0x6706, mapi.TypeError, int32(-2147221233))
	p.Set(0x6707, mapi.TypeInt64, int64(-1))
	p.Set(0x6708, mapi.TypeGUID, mapi.SetMeeting)
	p.Set(0x6710, mapi.TypeInt16|mapi.Multi, []int16{1, -2, 3})
	p.Set(0x6711, mapi.TypeInt32|mapi.Multi, []int32{1, -2, 3})
	p.Set(0x6712, mapi.TypeBinary|mapi.Multi, [][]byte{{1}, {}, {2, 3}})
	p.Set(0x6713, mapi.TypeTime|mapi.Multi, []mapi.FileTime{1, 2})
	p.Set(0x6714, mapi.TypeFloat64|mapi.Multi, []float64{0.5})
	p.Set(0x6715, mapi.TypeGUID|mapi.Multi, []mapi.GUID{mapi.SetTask, mapi.SetNote})
	p.Set(0x6716, mapi.TypeInt64|mapi.Multi, []int64{})
	p.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, []string{"Rood", "", "Größe"})
	p.SetNamed(mapi.BusyStatus, mapi.TypeInt32, int32(2))
	p.SetNamed(mapi.HeaderName("X-Oneven"), mapi.TypeString, "x")
	for i, kind := range []int64{mapi.RecipientTo, mapi.RecipientCc} {
		var r mapi.Bag
		r.SetInt(mapi.RecipientType, kind)
		r.SetString(mapi.DisplayName, fmt.Sprintf("Ontvanger %d", i))
		r.SetString(mapi.SMTPAddress, fmt.Sprintf("o%d@contoso.example", i))
		m.Recipients = append(m.Recipients, r)
	}
	inner := &mapi.Message{}
	inner.Props.SetString(mapi.MessageClass, "IPM.Note")
	inner.Props.SetInt(mapi.InternetCodepage, 1252)
	inner.Props.SetString(mapi.Subject, "binnen")
	inner.Recipients = []mapi.Bag{m.Recipients[0]}
	attach := func(name string, method int64, data []byte) mapi.Attachment {
		a := mapi.Attachment{}
		a.Props.SetInt(mapi.AttachMethod, method)
		a.Props.SetString(mapi.AttachLongFilename, name)
		a.Props.SetString(mapi.AttachFilename, name)
		a.Props.SetInt(mapi.AttachRenderingPosition, -1)
		a.Props.SetInt(mapi.AttachSize, int64(len(data)))
		if data != nil {
			a.SetData(mapi.BytesBlob(data))
		}
		return a
	}
	innerFile := attach("diep.txt", mapi.MethodByValue, []byte("diep"))
	innerFile.Props.SetInt(mapi.AttachNumber, 0)
	inner.Attachments = []mapi.Attachment{innerFile}
	m.Attachments = []mapi.Attachment{attach("tekening.pdf", mapi.MethodByValue, pattern(file)), attach("binnen", mapi.MethodEmbedded, nil), attach("leeg.txt", mapi.MethodByValue, []byte{})}
	m.Attachments[1].Embedded = inner
	for i := range m.Attachments {
		m.Attachments[i].Props.SetInt(mapi.AttachNumber, int64(i))
	}
	return m
}

func TestEveryValue(t *testing.T) {
	for _, file := range []int{0, 1, 70_000, 600_000} {
		for _, inline := range []int64{0, 1, 50} {
			want := render(t, sample(file), "")
			m, warn := parse(t, tneftest.Encode(sample(file)), tnef.Limits{Inline: inline})
			if got := render(t, m, ""); got != want || len(warn) != 0 {
				t.Fatalf("file of %d, inline %d: warnings %v\n%s\nbecame\n%s", file, inline, warn, want, got)
			}
		}
	}
}

// TestPublishedSample builds the first attributes of the sample in MS-OXTNEF 3.1
// and finds the checksums that are printed there.
func TestPublishedSample(t *testing.T) {
	sent := time.Date(2004, 2, 17, 11, 25, 35, 0, time.UTC)
	w := tneftest.New(1252)
	for _, a := range []struct {
		att  uint32
		data []byte
		sum  uint16
	}{
		{tneftest.AttClass, tneftest.Text("IPM.Microsoft Mail.Note"), 0x0831},
		{tneftest.AttPriority, []byte{2, 0}, 0x0002},
		{tneftest.AttSubject, tneftest.Text("Simple subject"), 0x057A},
		{tneftest.AttDateSent, tneftest.Date(sent), 0x0137},
		{tneftest.AttMessageID, tneftest.Text("757BB19CDE936A4087D90BB784C58E3B"), 0x0751},
	} {
		w.Raw(tneftest.Message, a.att, a.data, uint32(len(a.data)), a.sum)
	}
	m, warn := parse(t, w.Bytes(), tnef.Limits{})
	p := m.Props
	if len(warn) != 0 || m.Class() != "IPM.Note" || p.String(mapi.Subject) != "Simple subject" || !p.Time(mapi.ClientSubmitTime).Equal(sent) {
		t.Errorf("warnings %v, %v", warn, p)
	}
	if n, _ := p.Int(mapi.Importance); n != 1 || hex.EncodeToString(p.Bytes(mapi.SearchKey)) != "757bb19cde936a4087d90bb784c58e3b" {
		t.Errorf("%v", p)
	}
}

func TestAttributesOfOld(t *testing.T) {
	at := time.Date(2001, 12, 31, 23, 59, 0, 0, time.UTC)
	w := tneftest.New(1250)
	add := func(att uint32, data []byte) { w.Add(tneftest.Message, att, data) }
	add(tneftest.AttClass, tneftest.Text("Microsoft Mail v3.0 IPM.Microsoft Schedule.MtgReq"))
	add(tneftest.AttFrom, tneftest.From("Pawe\xb3", "SMTP:pawel@contoso.example"))
	add(tneftest.AttSentFor, tneftest.Person("Chef", "EX:/o=X/cn=chef"))
	add(tneftest.AttOwner, tneftest.Person("Eigenaar", "SMTP:e@contoso.example"))
	add(tneftest.AttSubject, tneftest.Text("\xa3\xf3d\x9f"))
	add(tneftest.AttBody, tneftest.Text("Za\xbf\xf3\xb3\xe6"))
	add(tneftest.AttDateStart, tneftest.Date(at))
	add(tneftest.AttPriority, []byte{1, 0})
	add(tneftest.AttStatus, []byte{0x20})
	add(tneftest.AttAidOwner, []byte{1, 2, 3, 4})
	add(tneftest.AttRequestRes, []byte{1, 0})
	for _, a := range []struct {
		att  uint32
		data []byte
	}{{tneftest.AttRendData, tneftest.RendData(2, 17)}, {tneftest.AttAttachTitle, tneftest.Text("\xb3.doc")}, {tneftest.AttAttachMeta, []byte{1, 2}},
		{tneftest.AttAttachCreated, tneftest.Date(at)}, {tneftest.AttAttachData, []byte("inhoud")}} {
		w.Add(tneftest.Attachment, a.att, a.data)
	}
	m, warn := parse(t, w.Bytes(), tnef.Limits{})
	if len(warn) != 0 {
		t.Errorf("warnings %v", warn)
	}
	p := m.Props
	for id, want := range map[mapi.PropID]string{
		mapi.MessageClass: "IPM.Schedule.Meeting.Request", mapi.SenderName: "Paweł", mapi.SenderAddrType: "SMTP", mapi.SenderAddress: "pawel@contoso.example",
		mapi.SentRepresentingName: "Chef", mapi.SentRepresentingAddrType: "EX", mapi.SentRepresentingAddress: "/o=X/cn=chef", mapi.Subject: "Łódź", mapi.Body: "Zażółć",
	} {
		if got := p.String(id); got != want {
			t.Errorf("%04X is %q, want %q", id, got, want)
		}
	}
	flags, _ := p.Int(mapi.MessageFlags)
	importance, _ := p.Int(mapi.Importance)
	appointment, _ := p.Int(0x0062)
	if flags != mapi.FlagRead || importance != 2 || appointment != 0x04030201 || !p.Bool(0x0063) || !p.Time(mapi.StartDate).Equal(at) {
		t.Errorf("%v", p)
	}
	a := &m.Attachments[0]
	data, _ := a.Data()
	method, _ := a.Props.Int(mapi.AttachMethod)
	if a.FileName() != "ł.doc" || string(content(t, data)) != "inhoud" || method != mapi.MethodOLE || !a.Props.Time(mapi.CreationTime).Equal(at) || len(a.Props.Bytes(0x3709)) != 2 {
		t.Errorf("%v", a.Props)
	}
	if n, _ := a.Props.Int(mapi.AttachRenderingPosition); n != 17 {
		t.Errorf("position %d", n)
	}
}

// TestPropertiesWin: where both say something, the property is right.
func TestPropertiesWin(t *testing.T) {
	w := tneftest.New(437)
	w.Add(tneftest.Message, tneftest.AttSubject, tneftest.Text("oud"))
	w.Add(tneftest.Message, tneftest.AttOwner, tneftest.Person("Chef", "SMTP:c@contoso.example"))
	bag := append([]byte{3, 0, 0, 0}, tneftest.String8(mapi.Subject, []byte("\x81ber"))...)
	bag = append(bag, tneftest.String8(mapi.MessageClass, []byte("IPM.Schedule.Meeting.Resp.Pos"))...)
	bag = append(bag, tneftest.String8(mapi.Body, bytes.Repeat([]byte("\x84"), 300_000))...)
	w.Add(tneftest.Message, tneftest.AttMsgProps, bag)
	m, warn := parse(t, w.Bytes(), tnef.Limits{})
	if m.Props.String(mapi.Subject) != "über" || m.Props.String(mapi.Body) != strings.Repeat("ä", 300_000) || len(warn) != 0 {
		t.Errorf("%q, %v", m.Props.String(mapi.Subject), warn)
	}
	if m.Props.String(0x0044) != "Chef" || m.Props.Has(mapi.SentRepresentingName) {
		t.Error("the owner of an answered meeting is not whom it was received for")
	}
}

func TestRichText(t *testing.T) {
	m := &mapi.Message{}
	m.Props.SetString(mapi.MessageClass, "IPM.Note")
	packed, err := hex.DecodeString("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
	if err != nil {
		t.Fatal(err)
	}
	m.Props.SetBytes(mapi.RTFCompressed, packed)
	for _, inline := range []int64{0, 10} {
		got, _ := parse(t, tneftest.Encode(m), tnef.Limits{Inline: inline})
		if text, _ := mapi.BodyText(got, 100); text != "hello world" {
			t.Errorf("text %q", text)
		}
	}
}

func TestObjects(t *testing.T) {
	const storage, message = "0000000B-0000-0000-C000-000000000046", "00020307-0000-0000-C000-000000000046"
	attachment := func(bag []byte) []byte {
		w := tneftest.New(1252)
		w.Add(tneftest.Attachment, tneftest.AttRendData, tneftest.RendData(1, -1))
		w.Add(tneftest.Attachment, tneftest.AttAttachData, []byte("plaatje"))
		w.Add(tneftest.Attachment, tneftest.AttAttachment, append([]byte{1, 0, 0, 0}, bag...))
		return w.Bytes()
	}
	m, warn := parse(t, attachment(tneftest.Object(mapi.AttachData, storage, []byte("document"))), tnef.Limits{})
	data, _ := m.Attachments[0].Data()
	if method, _ := m.Attachments[0].Props.Int(mapi.AttachMethod); method != mapi.MethodOLE || string(content(t, data)) != "document" || len(warn) != 0 {
		t.Errorf("method %d, %v", method, warn)
	}
	m, warn = parse(t, attachment(tneftest.Object(mapi.AttachData, message, []byte("geen bericht"))), tnef.Limits{})
	data, _ = m.Attachments[0].Data()
	if m.Attachments[0].Embedded != nil || string(content(t, data)) != "geen bericht" || !warn.Has(tnef.WarnEmbedded) || !warn.Whole() {
		t.Errorf("%v", warn)
	}
}

func nested(depth int) *mapi.Message {
	m := &mapi.Message{}
	m.Props.SetString(mapi.MessageClass, "IPM.Note")
	m.Props.SetString(mapi.Subject, fmt.Sprint(depth))
	if depth > 0 {
		m.Attachments = []mapi.Attachment{{Embedded: nested(depth - 1)}}
	}
	return m
}

func TestDepth(t *testing.T) {
	m, warn := parse(t, tneftest.Encode(nested(40)), tnef.Limits{Depth: 10})
	n := 1
	for ; m.Attachments[0].Embedded != nil; n++ {
		m = m.Attachments[0].Embedded
	}
	data, ok := m.Attachments[0].Data()
	if n != 10 || !ok || !warn.Has(tnef.WarnTooDeep) {
		t.Fatalf("%d messages, %v", n, warn)
	}
	rest := content(t, data)
	inner, _ := parse(t, rest, tnef.Limits{})
	if inner.Props.String(mapi.Subject) != "30" {
		t.Errorf("the rest begins with %q", inner.Props.String(mapi.Subject))
	}
}

func TestLimits(t *testing.T) {
	b := tneftest.Encode(sample(100))
	for name, c := range map[string]struct {
		lim  tnef.Limits
		want tnef.Warning
	}{
		"attributes":  {tnef.Limits{Attributes: 4}, tnef.WarnTooMany},
		"attachments": {tnef.Limits{Attachments: 1}, tnef.WarnTooMany},
		"recipients":  {tnef.Limits{Recipients: 1}, tnef.WarnTooMany},
		"properties":  {tnef.Limits{Properties: 3}, tnef.WarnTooMany},
		"values":      {tnef.Limits{Values: 2}, tnef.WarnTooMany},
		"memory":      {tnef.Limits{Memory: 500}, tnef.WarnMemory},
	} {
		m, warn := parse(t, b, c.lim)
		if !warn.Has(c.want) {
			t.Errorf("%s: %v", name, warn)
		}
		if m.Class() != "IPM.Note" || c.lim.Attachments > 0 && len(m.Attachments) != 1 {
			t.Errorf("%s: class %q, %d attachments", name, m.Class(), len(m.Attachments))
		}
		render(t, m, "")
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

func TestErrors(t *testing.T) {
	if _, _, err := tnef.Parse(failing{}, 100, tnef.Limits{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("an error of the source becomes %v", err)
	}
	for _, s := range []string{"", "x", "geen TNEF maar tekst"} {
		m, warn := parse(t, []byte(s), tnef.Limits{})
		if m == nil || len(m.Props) != 0 || !warn.Has(tnef.WarnNotTNEF) || warn.Whole() {
			t.Errorf("%q: %v", s, warn)
		}
	}
}
