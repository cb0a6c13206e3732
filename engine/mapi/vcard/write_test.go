package vcard_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/charset"
	"vangnet/engine/mapi/vcard"
)

func contact(set func(m *mapi.Message)) *mapi.Message {
	m := &mapi.Message{}
	m.Props.SetString(mapi.MessageClass, "IPM.Contact")
	m.Props.SetString(mapi.DisplayName, "Jan de Vries")
	m.Props.SetString(mapi.GivenName, "Jan")
	m.Props.SetString(mapi.Surname, "de Vries")
	set(m)
	return m
}

// lines are the fields of a card, folds undone.
func lines(b []byte) string { return strings.ReplaceAll(string(b), "\r\n ", "") }

func has(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w+"\r\n") {
			t.Errorf("%q is missing in\n%s", w, got)
		}
	}
}

func setEmail(p *mapi.Bag, n int, kind, addr, original string) {
	ids := mapi.EmailOf(n)
	p.SetNamed(ids.AddrType, mapi.TypeString, kind)
	p.SetNamed(ids.Address, mapi.TypeString, addr)
	p.SetNamed(ids.OriginalName, mapi.TypeString, original)
}

// TestExchangeAddresses writes people of the organisation by an address that
// others can use.
func TestExchangeAddresses(t *testing.T) {
	m := contact(func(m *mapi.Message) {
		setEmail(&m.Props, 0, "EX", "/o=X/cn=jan", "jan@contoso.example")
		setEmail(&m.Props, 1, "EX", "/o=X/cn=eva", "Eva")
		m.Props.SetNamed(mapi.EmailOf(1).EntryID, mapi.TypeBinary, mapi.NewOneOff("Eva", "eva@contoso.example"))
		setEmail(&m.Props, 2, "EX", "/o=X/cn=weg", "Weg")
	})
	has(t, lines(write(t, vcard.Options{}, m)), "EMAIL;TYPE=INTERNET,PREF:jan@contoso.example", "EMAIL;TYPE=INTERNET:eva@contoso.example", "EMAIL;TYPE=X-EX:/o=X/cn=weg")
	o := vcard.Options{Resolve: func(ex string) string { return strings.TrimPrefix(ex, "/o=X/cn=") + "@contoso.example" }}
	has(t, lines(write(t, o, m)), "EMAIL;TYPE=INTERNET:weg@contoso.example")
	back, _ := parse(t, write(t, vcard.Options{}, m))
	if p := back[0].Props; p.NamedString(mapi.EmailOf(2).AddrType) != "EX" || p.NamedString(mapi.EmailOf(2).Address) != "/o=X/cn=weg" {
		t.Errorf("%v", p)
	}
}

// TestDays: the day is the one that was meant where the midnight was kept.
func TestDays(t *testing.T) {
	for at, want := range map[string]string{
		"1985-04-12T00:00:00Z": "1985-04-12",
		"1985-04-11T22:00:00Z": "1985-04-12", // midnight in Amsterdam
		"1985-04-12T08:00:00Z": "1985-04-12", // in Seattle
		"1985-04-12T11:59:00Z": "1985-04-12", // what Outlook on the web writes
		"1985-04-11T15:00:00Z": "1985-04-12", // in Tokyo
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		m := contact(func(m *mapi.Message) { m.Props.SetTime(mapi.Birthday, moment) })
		has(t, lines(write(t, vcard.Options{}, m)), "BDAY:"+want)
		m.Props.SetNamed(mapi.BirthdayLocal, mapi.TypeTime, mapi.FileTimeOf(time.Date(1990, 1, 2, 0, 0, 0, 0, time.UTC)))
		has(t, lines(write(t, vcard.Options{}, m)), "BDAY:1990-01-02")
	}
	m := contact(func(m *mapi.Message) { m.Props.SetTime(mapi.Birthday, time.Date(1604, 2, 29, 0, 0, 0, 0, time.UTC)) })
	has(t, lines(write(t, vcard.Options{}, m)), "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29")
	has(t, lines(write(t, vcard.Options{Version: vcard.Version4}, m)), "BDAY:--0229")
}

func TestNotes(t *testing.T) {
	rich := "{\\rtf1\\ansi Eerste\\par Tweede}"
	stored := append([]byte{0, 0, 0, 0, byte(len(rich)), 0, 0, 0, 'M', 'E', 'L', 'A', 0, 0, 0, 0}, rich...)
	m := contact(func(m *mapi.Message) { m.Props.SetBytes(mapi.RTFCompressed, stored) })
	has(t, lines(write(t, vcard.Options{}, m)), `NOTE:Eerste\nTweede`)
	m = contact(func(m *mapi.Message) {
		m.Props.Set(mapi.Body, mapi.TypeString, mapi.BytesBlob(charset.EncodeUTF16("lange noot")))
	})
	has(t, lines(write(t, vcard.Options{}, m)), "NOTE:lange noot")
	m = contact(func(m *mapi.Message) {
		m.Props.Set(mapi.Body, mapi.TypeString, mapi.Blob{Size: 1 << 20, Head: charset.EncodeUTF16("begin")})
	})
	if err := vcard.Write(io.Discard, m, vcard.Options{}); !errors.Is(err, mapi.ErrNotLoaded) {
		t.Errorf("half a note is written: %v", err)
	}
}

func TestPictureThatIsNotThere(t *testing.T) {
	m := contact(func(m *mapi.Message) {
		a := mapi.Attachment{}
		a.Props.SetBool(mapi.AttachmentContactPhoto, true)
		a.SetData(mapi.Blob{Size: 1000})
		m.Attachments = []mapi.Attachment{a}
	})
	if err := vcard.Write(io.Discard, m, vcard.Options{}); !errors.Is(err, mapi.ErrNotLoaded) {
		t.Errorf("a card without its picture is written: %v", err)
	}
}

// TestCertificate finds the certificate among what Outlook stores with it.
func TestCertificate(t *testing.T) {
	der := []byte{0x30, 3, 1, 2, 3}
	entry := func(tag uint16, b []byte) []byte {
		e := binary.LittleEndian.AppendUint16(nil, tag)
		return append(binary.LittleEndian.AppendUint16(e, uint16(len(b)+4)), b...)
	}
	stored := append(append(entry(1, []byte{1, 0, 0, 0}), entry(6, []byte("x"))...), entry(3, der)...)
	m := contact(func(m *mapi.Message) {
		m.Props.Set(mapi.UserX509Certificate, mapi.TypeBinary|mapi.Multi, [][]byte{stored, der, {1}, nil, {3, 0, 200, 0, 1}})
	})
	got := lines(write(t, vcard.Options{}, m))
	if n := strings.Count(got, "KEY;ENCODING=b;TYPE=X509:MAMBAgM=\r\n"); n != 2 || strings.Count(got, "KEY") != 2 {
		t.Errorf("%s", got)
	}
}

func list(set func(p *mapi.Bag)) *mapi.Message {
	m := &mapi.Message{}
	m.Props.SetString(mapi.MessageClass, "IPM.DistList")
	m.Props.SetNamed(mapi.ListName, mapi.TypeString, "Team")
	set(&m.Props)
	return m
}

// TestMembers writes members of all the kinds that Outlook keeps.
func TestMembers(t *testing.T) {
	head := func(provider string) []byte { return append(make([]byte, 4), provider...) }
	book := append(head("\xDC\xA7\x40\xC8\xC0\x42\x10\x1A\xB4\xB9\x08\x00\x2B\x2F\xE1\x82"), append(make([]byte, 8), "/o=X/cn=jan\x00"...)...)
	book[20] = 1
	wrap := func(kind byte, inner []byte) []byte {
		return append(append(head("\xC0\x91\xAD\xD3\x51\x9D\xCF\x11\xA4\xA9\x00\xAA\x00\x47\xFA\xA4"), kind), inner...)
	}
	m := list(func(p *mapi.Bag) {
		p.SetNamed(mapi.ListMembers, mapi.TypeBinary|mapi.Multi, [][]byte{
			mapi.NewOneOff("Eva", "eva@contoso.example"), wrap(0xB5, book), wrap(0xC3, []byte("contact")), wrap(0x80, mapi.NewOneOff("Ko", "ko@contoso.example")), {1, 2}, nil})
		p.SetNamed(mapi.ListOneOffs, mapi.TypeBinary|mapi.Multi, [][]byte{
			nil, nil, mapi.NewOneOff("Bert Jansen", "bert@fabrikam.example")})
	})
	has(t, lines(write(t, vcard.Options{}, m)), "VERSION:4.0", "KIND:group", "FN:Team", "MEMBER;X-CN=Eva:mailto:eva@contoso.example", "MEMBER;VALUE=text:/o=X/cn=jan",
		`MEMBER;X-CN="Bert Jansen":mailto:bert@fabrikam.example`, "MEMBER;X-CN=Ko:mailto:ko@contoso.example")
	o := vcard.Options{Resolve: func(string) string { return "jan@contoso.example" }}
	has(t, lines(write(t, o, m)), "MEMBER:mailto:jan@contoso.example")
}

// TestLongList: more members than properties may hold are in a stream.
func TestLongList(t *testing.T) {
	var b strings.Builder
	b.WriteString("BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:Groot\r\n")
	for i := range 400 {
		b.WriteString("MEMBER:mailto:lid" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + "@contoso.example\r\n")
	}
	b.WriteString("END:VCARD\r\n")
	all, _ := parse(t, []byte(b.String()))
	p, ok := all[0].Props.Named(mapi.ListStream)
	if size := len(p.Value.([]byte)); !ok || size < 30_000 {
		t.Errorf("a stream of %d bytes", size)
	}
	members, _ := all[0].Props.Named(mapi.ListMembers)
	total := 0
	for _, id := range members.Value.([][]byte) {
		total += len(id)
	}
	if total >= 15_000 {
		t.Errorf("%d bytes of members", total)
	}
	if got := string(write(t, vcard.Options{}, throughStream(t, all[0]))); got != b.String() {
		t.Errorf("%d bytes became %d", b.Len(), len(got))
	}
	damaged := p.Value.([]byte)[:5000]
	m := list(func(p *mapi.Bag) { p.SetNamed(mapi.ListStream, mapi.TypeBinary, damaged) })
	if n := strings.Count(string(write(t, vcard.Options{}, m)), "MEMBER"); n < 10 {
		t.Errorf("%d members of half a stream", n)
	}
}

// TestHostileProperties: nothing in a property can make fields of its own.
func TestHostileProperties(t *testing.T) {
	bad := "x\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:nep\x00\x1b"
	m := contact(func(m *mapi.Message) {
		p := &m.Props
		for _, id := range []mapi.PropID{mapi.DisplayName, mapi.GivenName, mapi.CompanyName, mapi.DepartmentName, mapi.JobTitle, mapi.MobilePhone, mapi.HomeStreet, mapi.Body,
			mapi.Nickname, mapi.BusinessHomePage, mapi.SpouseName} {
			p.SetString(id, bad)
		}
		for _, n := range []mapi.Name{mapi.FileAs, mapi.IMAddress, mapi.UserField1, mapi.WorkAddress, mapi.CardFields, mapi.EmailOf(0).Address, mapi.EmailOf(0).DisplayName,
			mapi.EmailOf(0).AddrType, mapi.FreeBusyURL} {
			p.SetNamed(n, mapi.TypeString, bad)
		}
		p.SetNamed(mapi.Keywords, mapi.TypeString|mapi.Multi, []string{bad, ""})
		p.Set(mapi.ChildrensNames, mapi.TypeString|mapi.Multi, []string{bad})
	})
	for _, v := range []vcard.Version{vcard.Version3, vcard.Version4} {
		got := write(t, vcard.Options{Version: v}, m)
		if n := bytes.Count(got, []byte("\r\nEND:VCARD\r\n")); n != 1 || bytes.Count(got, []byte("\nBEGIN")) != 0 || bytes.ContainsAny(got, "\x00\x1b") {
			t.Errorf("%d ends:\n%q", n, got)
		}
		if all, warn := parse(t, got); len(all) != 1 || len(warn) != 0 {
			t.Errorf("%d cards, %v", len(all), warn)
		}
	}
}

// TestKeptFieldsThatAreNone takes only fields from the property that keeps them.
func TestKeptFieldsThatAreNone(t *testing.T) {
	m := contact(func(m *mapi.Message) {
		m.Props.SetNamed(mapi.CardFields, mapi.TypeString, "X-GOED:ja\nVERSION:9\nEND:VCARD\nBEGIN:VCARD\ngeen veld\n: leeg\nX LOS:nee\n~~TEL;TYPE=HOME:niet\nPHOTO;ENCODING=b:AAAA\n")
	})
	got := lines(write(t, vcard.Options{}, m))
	has(t, got, "X-GOED:ja", "PHOTO;ENCODING=b:AAAA", "XLOS:nee")
	if strings.Count(got, "VCARD") != 2 || strings.Contains(got, "VERSION:9") || strings.Contains(got, "niet") || strings.Contains(got, "leeg") {
		t.Errorf("%s", got)
	}
}

// TestMarksOfChangedFields: a field that was changed since is written as it is.
func TestMarksOfChangedFields(t *testing.T) {
	m := sample(t, "program-google")[0]
	has(t, lines(write(t, vcard.Options{}, m)), "item1.TEL:+31151234567", "item1.X-ABLabel:Receptie")
	m.Props.SetString(mapi.OtherPhone, "112")
	got := lines(write(t, vcard.Options{}, m))
	has(t, got, "TEL;TYPE=VOICE:112")
	if strings.Contains(got, "Receptie") {
		t.Errorf("a label without its number:\n%s", got)
	}
}

// TestLargeKeptFields: what is kept survives a stream that hands out large texts
// as blobs, and is missed where it was not loaded.
func TestLargeKeptFields(t *testing.T) {
	all, _ := parse(t, []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nX-GROOT:"+strings.Repeat("groot", 20_000)+"\r\nEND:VCARD\r\n"))
	m := throughStream(t, all[0])
	if !bytes.Equal(write(t, vcard.Options{}, m), write(t, vcard.Options{}, all[0])) {
		t.Error("through an item stream, another card comes out")
	}
	m.Props.SetNamed(mapi.CardFields, mapi.TypeString, mapi.Blob{Size: 200_000})
	if err := vcard.Write(io.Discard, m, vcard.Options{}); !errors.Is(err, mapi.ErrNotLoaded) {
		t.Errorf("a card without what was kept is written: %v", err)
	}
}

func TestOtherItems(t *testing.T) {
	for class, want := range map[string]bool{"IPM.Contact": true, "ipm.contact.Custom": true, "IPM.DistList": true, "IPM.Contacts": false, "IPM.Note": false, "": false} {
		if vcard.Can(class) != want {
			t.Errorf("Can(%q) is not %v", class, want)
		}
		m := contact(func(m *mapi.Message) { m.Props.SetString(mapi.MessageClass, class) })
		if err := vcard.Write(io.Discard, m, vcard.Options{}); errors.Is(err, vcard.ErrClass) == want {
			t.Errorf("%q: %v", class, err)
		}
	}
	if err := vcard.Write(io.Discard, contact(func(*mapi.Message) {}), vcard.Options{Version: "2.1"}); err == nil {
		t.Error("a version that nobody should write is written")
	}
	if got := lines(write(t, vcard.Options{}, &mapi.Message{Props: mapi.Bag{{Tag: mapi.MakeTag(mapi.MessageClass, mapi.TypeString), Value: "IPM.Contact"}}})); got != "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:\r\nN:;;;;\r\nEND:VCARD\r\n" {
		t.Errorf("an empty contact is %q", got)
	}
}
