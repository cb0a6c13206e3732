package vcard_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/vcard"
	"vangnet/engine/mapi/vcard/vcardtest"
)

var allFiles = sync.OnceValue(vcardtest.All)

func sample(t testing.TB, name string) []*mapi.Message {
	t.Helper()
	for _, f := range allFiles() {
		if f.Name == name {
			all, _ := parse(t, f.Data)
			return all
		}
	}
	t.Fatalf("no sample %q", name)
	return nil
}

// TestProperties looks at what Exchange would have.
func TestProperties(t *testing.T) {
	text := func(id mapi.PropID) func(*mapi.Message) any {
		return func(m *mapi.Message) any { return m.Props.String(id) }
	}
	named := func(n mapi.Name) func(*mapi.Message) any {
		return func(m *mapi.Message) any { p, _ := m.Props.Named(n); return p.Value }
	}
	value := func(id mapi.PropID) func(*mapi.Message) any {
		return func(m *mapi.Message) any { p, _ := m.Props.Get(id); return p.Value }
	}
	day := mapi.FileTimeOf(time.Date(1985, 4, 12, 0, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		sample string
		what   string
		get    func(*mapi.Message) any
		want   any
	}{
		{"name-van-der", "class", text(mapi.MessageClass), "IPM.Contact"},
		{"name-van-der", "3001", text(mapi.DisplayName), "Jan van der Vries"},
		{"name-van-der", "0037", text(mapi.Subject), "Jan van der Vries"},
		{"name-van-der", "3A11", text(mapi.Surname), "Vries"},
		{"name-van-der", "3A06", text(mapi.GivenName), "Jan"},
		{"name-van-der", "3A44", text(mapi.MiddleName), "van der"},
		{"name-van-der", "8005", named(mapi.FileAs), "Vries, Jan van der"},
		{"name-van-der", "8006", named(mapi.FileAsID), int32(0x8017)},
		{"name-van-der", "8080", named(mapi.EmailOf(0).DisplayName), "Jan van der Vries (jan@contoso.example)"},
		{"name-van-der", "8082", named(mapi.EmailOf(0).AddrType), "SMTP"},
		{"name-van-der", "8083", named(mapi.Email1Address), "jan@contoso.example"},
		{"name-van-der", "8084", named(mapi.EmailOf(0).OriginalName), "jan@contoso.example"},
		{"name-all-parts", "3A45", text(mapi.NamePrefix), "prof. dr."},
		{"name-all-parts", "3A05", text(mapi.Generation), "MSc"},
		{"name-all-parts", "3A4F", text(mapi.Nickname), "Carla, Karel"},
		{"name-company-only", "3A16", text(mapi.CompanyName), "Dakdekkers Delft B.V."},
		{"name-company-only", "8006", named(mapi.FileAsID), int32(0x3A16)},
		{"name-company-and-units", "3A18", text(mapi.DepartmentName), "Ruimte;Vergunningen;Team 3"},
		{"name-company-and-units", "3A17", text(mapi.JobTitle), "Vergunningverlener"},
		{"name-company-and-units", "3A46", text(mapi.Profession), "Jurist"},
		{"name-filed-elsewhere", "8005", named(mapi.FileAs), "Buurman (nummer 12)"},
		{"name-japanese", "802D", named(mapi.YomiSurname), "やまだ"},
		{"phones-all", "3A08", text(mapi.BusinessPhone), "+31 15 0000001"}, {"phones-all", "3A1B", text(mapi.BusinessPhone2), "+31 15 0000002"},
		{"phones-all", "3A09", text(mapi.HomePhone), "+31 15 0000003"}, {"phones-all", "3A2F", text(mapi.HomePhone2), "+31 15 0000004"},
		{"phones-all", "3A1C", text(mapi.MobilePhone), "+31 6 00000005"}, {"phones-all", "3A24", text(mapi.BusinessFax), "+31 15 0000006"},
		{"phones-all", "3A25", text(mapi.HomeFax), "+31 15 0000007"}, {"phones-all", "3A23", text(mapi.PrimaryFax), "+31 15 0000008"},
		{"phones-all", "3A21", text(mapi.PagerPhone), "+31 15 0000009"}, {"phones-all", "3A1E", text(mapi.CarPhone), "+31 15 0000010"},
		{"phones-all", "3A2D", text(mapi.ISDNNumber), "+31 15 0000011"}, {"phones-all", "3A1F", text(mapi.OtherPhone), "+31 15 0000012"},
		{"phones-all", "3A1A", text(mapi.PrimaryPhone), "+31 15 0000013"}, {"phones-all", "3A2C", text(mapi.TelexNumber), "12345 nl"},
		{"phones-all", "3A02", text(mapi.CallbackPhone), "+31 15 0000014"}, {"phones-all", "3A57", text(mapi.CompanyPhone), "+31 15 0000015"},
		{"phones-all", "3A1D", text(mapi.RadioPhone), "+31 15 0000016"}, {"phones-all", "3A2E", text(mapi.AssistantPhone), "+31 15 0000017"},
		{"phones-all", "3A4B", text(mapi.TextPhone), "+31 15 0000018"},
		{"phones-all", "nothing kept", named(mapi.CardFields), nil},
		{"phones-too-many", "3A1F", text(mapi.OtherPhone), "3"},
		{"emails-three", "8083 preferred", named(mapi.EmailOf(0).Address), "twee@contoso.example"},
		{"emails-three", "80A0", named(mapi.EmailOf(2).DisplayName), "Drie, via werk"},
		{"emails-three", "8028", named(mapi.EmailsShown), []int32{0, 1, 2}},
		{"emails-three", "8029", named(mapi.EmailsBits), int32(7)},
		{"emails-odd", "80A2", named(mapi.EmailOf(2).AddrType), "X400"},
		{"addresses-three", "8045", named(mapi.WorkStreet), "Stationsplein 1"}, {"addresses-three", "8046", named(mapi.WorkCity), "Delft"},
		{"addresses-three", "8047", named(mapi.WorkState), "Zuid-Holland"}, {"addresses-three", "8048", named(mapi.WorkPostalCode), "2611 BV"},
		{"addresses-three", "8049", named(mapi.WorkCountry), "Nederland"}, {"addresses-three", "3A19", text(mapi.OfficeLocation), "Kamer 3.12"},
		{"addresses-three", "3A5D", text(mapi.HomeStreet), "Kerkstraat 12\r\nachterhuis"}, {"addresses-three", "3A5E", text(mapi.HomePostOfficeBox), "Postbus 9"},
		{"addresses-three", "3A5F", text(mapi.OtherCity), "Paris"}, {"addresses-three", "8022", named(mapi.MailingAddress), int32(1)},
		{"addresses-three", "3A27", text(mapi.Locality), "Rijswijk"}, {"addresses-three", "3A29", text(mapi.StreetAddress), "Kerkstraat 12\r\nachterhuis"},
		{"addresses-three", "801B", named(mapi.WorkAddress), "Stationsplein 1\r\n2611 BV Delft\r\nZuid-Holland\r\nNederland"},
		{"addresses-three", "801C", named(mapi.OtherAddress), "Rue de la Paix 3\r\n75002 Paris\r\nFrance"},
		{"addresses-three", "3A15", text(mapi.PostalAddress), "Kerkstraat 12\r\nachterhuis\r\nPostbus 9\r\n2282 AA Rijswijk\r\nNederland"},
		{"addresses-labels", "801B", named(mapi.WorkAddress), "T.a.v. Eva\r\nMarkt 1\r\n2611 GS  DELFT"},
		{"new-address-label", "801A", named(mapi.HomeAddress), "Ed Etiket\r\nKade 1\r\n1000 AA  AMSTERDAM"},
		{"birthday", "3A42", value(mapi.Birthday), day}, {"birthday", "80DE", named(mapi.BirthdayLocal), day},
		{"birthday", "3008", value(mapi.LastModificationTime), mapi.FileTimeOf(time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC))},
		{"birthday-basic", "3A42", value(mapi.Birthday), day}, {"birthday-with-time", "3A42", value(mapi.Birthday), day},
		{"new-simple", "3A42", value(mapi.Birthday), mapi.FileTimeOf(time.Date(1604, 4, 12, 0, 0, 0, 0, time.UTC))},
		{"anniversary-of-apple", "3A41", value(mapi.WeddingAnniversary), mapi.FileTimeOf(time.Date(2010, 5, 1, 0, 0, 0, 0, time.UTC))},
		{"urls-and-messages", "3A51", text(mapi.BusinessHomePage), "https://contoso.example/a?b=c&d=e"}, {"urls-and-messages", "3A50", text(mapi.PersonalHomePage), "https://thuis.example"},
		{"urls-and-messages", "802B", named(mapi.WebPage), "https://blog.example/x,y;z"}, {"urls-and-messages", "8062", named(mapi.IMAddress), "xmpp:inter@net.example"},
		{"note-odd", "1000", text(mapi.Body), "C:\\temp\\nieuw\r\n\r\n- BEGIN:VCARD\r\n= is gelijk\\tTab en emoji 🙂 en html <b>vet</b> &amp;"},
		{"categories", "Keywords", named(mapi.Keywords), []string{"Klant A", "Leverancier, groot", "Blauwe categorie"}},
		{"categories", "0036", value(mapi.Sensitivity), int32(2)}, {"categories", "8506", named(mapi.Private), true},
		{"people-around", "3A4E", text(mapi.ManagerName), "Grote Baas"}, {"people-around", "3A30", text(mapi.Assistant), "Hulp Vaardig"},
		{"people-around", "3A48", text(mapi.SpouseName), "Lieve Schat"}, {"people-around", "3A58", value(mapi.ChildrensNames), []string{"Kind Een", "Kind Twee"}},
		{"people-around", "3A43", text(mapi.Hobbies), "Zeilen, schaatsen"}, {"people-around", "3A4D", value(mapi.Gender), int16(1)},
		{"only-ours", "3A4A", text(mapi.CustomerID), "K-2026-17"}, {"only-ours", "804F", named(mapi.UserField1), "regel 1\r\nregel 2"},
		{"picture-png", "8015", named(mapi.HasPicture), true},
		{"old-latin-1", "3A16", text(mapi.CompanyName), "Café 't Hörnchen"}, {"old-shift-jis", "3A06", text(mapi.GivenName), "太郎"},
		{"old-separators", "1000", text(mapi.Body), `C:\temp, niets te ontsnappen`}, {"old-separators", "3A11", text(mapi.Surname), "Smit; Zn"},
		{"old-agent", "3A09", text(mapi.HomePhone), "2"},
		{"program-google", "3A1F", text(mapi.OtherPhone), "+31151234567"}, {"program-ios", "3A48", text(mapi.SpouseName), "Man Appel"},
		{"group-4.0", "class", text(mapi.MessageClass), "IPM.DistList"}, {"group-4.0", "8053", named(mapi.ListName), "Werkgroep Dak"},
		{"group-4.0", "8055", named(mapi.ListMembers), [][]byte{mapi.NewOneOff("Vries, Jan de", "jan@contoso.example"), mapi.NewOneOff("eva@contoso.example", "eva@contoso.example")}},
		{"group-4.0", "8054", named(mapi.ListOneOffs), [][]byte{mapi.NewOneOff("Vries, Jan de", "jan@contoso.example"), mapi.NewOneOff("eva@contoso.example", "eva@contoso.example")}},
		{"group-of-apple", "8055", named(mapi.ListMembers), [][]byte{mapi.NewOneOff("Lieve Oma", "oma@thuis.example")}},
	} {
		if got := c.get(sample(t, c.sample)[0]); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", c.want) {
			t.Errorf("%s, %s: %#v, want %#v", c.sample, c.what, got, c.want)
		}
	}
}

func TestPicture(t *testing.T) {
	for name, want := range map[string][]byte{"picture-jpeg": vcardtest.JPEG(1, 48), "picture-png": vcardtest.PNG(2, 24), "picture-4.0": vcardtest.PNG(4, 16), "picture-2.1": vcardtest.JPEG(5, 32)} {
		m := sample(t, name)[0]
		if len(m.Attachments) != 1 {
			t.Fatalf("%s: %d attachments", name, len(m.Attachments))
		}
		a := &m.Attachments[0]
		data, _ := a.Data()
		r, err := data.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, want %d, %v", name, len(got), len(want), err)
		}
		if !a.Props.Bool(mapi.AttachmentContactPhoto) || !strings.HasPrefix(a.FileName(), "ContactPicture.") {
			t.Errorf("%s: %v", name, a.Props)
		}
	}
}

// TestBroken finds the card that matters in every damaged file.
func TestBroken(t *testing.T) {
	want := map[string][]vcard.Warning{
		"no-end": {vcard.WarnUnclosed}, "no-end-at-all": {vcard.WarnUnclosed}, "no-begin": {vcard.WarnStray}, "text-around": {vcard.WarnStray},
		"no-version": {vcard.WarnVersion}, "unknown-version": {vcard.WarnVersion}, "lines-as-they-are": {vcard.WarnLine}, "no-colon": {vcard.WarnLine},
		"quoted-printable-in-3.0": {vcard.WarnEncoding}, "base64-damaged": {vcard.WarnEncoding}, "base64-nonsense": {vcard.WarnPicture},
		"unknown-charset": {vcard.WarnCharset}, "wrong-charset": {vcard.WarnCharset}, "control-characters": {vcard.WarnControl},
		"begin-in-begin": {vcard.WarnUnclosed, vcard.WarnEmpty, vcard.WarnStray}, "empty-card": {vcard.WarnEmpty}, "date-nonsense": {vcard.WarnDate},
	}
	for _, f := range vcardtest.Broken() {
		t.Run(f.Name, func(t *testing.T) {
			all, warn := parse(t, f.Data)
			found := 0
			for _, m := range all {
				if strings.Contains(m.Props.String(mapi.DisplayName), "Kaart Heel") {
					found++
				}
			}
			if found != 1 {
				t.Errorf("the card was found %d times among %d", found, len(all))
			}
			for _, w := range want[f.Name] {
				if !warn.Has(w) {
					t.Errorf("warnings %v, want %s", warn, w)
				}
			}
			once := write(t, vcard.Options{}, all...)
			again, _ := parse(t, once)
			if twice := write(t, vcard.Options{}, again...); !bytes.Equal(once, twice) {
				t.Errorf("read and written again, it differs:\n%s\nbecame\n%s", once, twice)
			}
		})
	}
}

func TestBrokenKeepsTheRest(t *testing.T) {
	get := func(name string) *mapi.Message {
		for _, f := range vcardtest.Broken() {
			if f.Name == name {
				all, _ := parse(t, f.Data)
				return all[len(all)-1]
			}
		}
		t.Fatalf("no sample %q", name)
		return nil
	}
	m := get("lines-as-they-are")
	if got := m.Props.String(mapi.Body); got != "eerste regel\r\ntweede regel\r\n\r\nLet op: vierde regel" || m.Props.String(mapi.BusinessPhone) != "1" {
		t.Errorf("note %q", got)
	}
	if m := get("bare-types-in-3.0"); m.Props.String(mapi.BusinessPhone) != "015-1" || m.Props.NamedString(mapi.Email1Address) != "k@x.example" || m.Props.String(mapi.OtherPhone) != "015-2" {
		t.Errorf("%v", m.Props)
	}
	if m := get("base64-without-indent"); len(m.Attachments) != 1 || m.Props.String(mapi.MobilePhone) != "06-1" {
		t.Errorf("%d attachments, %v", len(m.Attachments), m.Props)
	}
	if m := get("blanks-around"); m.Props.String(mapi.BusinessPhone) != "1" {
		t.Errorf("%v", m.Props)
	}
}

func TestLimits(t *testing.T) {
	many := bytes.Repeat([]byte("BEGIN:VCARD\nVERSION:3.0\nFN:a\nX-A:1\nX-A:2\nNOTE:0123456789\nEND:VCARD\n"), 10)
	group := []byte("BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:g\n" + strings.Repeat("MEMBER:mailto:a@b.example\n", 10) + "END:VCARD\n")
	for name, c := range map[string]struct {
		in   []byte
		lim  vcard.Limits
		want vcard.Warning
		n    int
	}{
		"cards":   {many, vcard.Limits{Cards: 3}, vcard.WarnTooMany, 3},
		"fields":  {many, vcard.Limits{Fields: 2}, vcard.WarnTooMany, 10},
		"value":   {many, vcard.Limits{Value: 5}, vcard.WarnTooLong, 10},
		"kept":    {many, vcard.Limits{Kept: 6}, vcard.WarnTooLong, 10},
		"size":    {many, vcard.Limits{Size: 100}, vcard.WarnCut, 2},
		"members": {group, vcard.Limits{Members: 4}, vcard.WarnTooMany, 1},
		"nothing": {[]byte("geen kaart"), vcard.Limits{}, vcard.WarnNoCard, 0},
		"empty":   {nil, vcard.Limits{}, vcard.WarnNoCard, 0},
	} {
		all, warn, err := vcard.Parse(bytes.NewReader(c.in), c.lim)
		if err != nil || len(all) != c.n || !warn.Has(c.want) {
			t.Errorf("%s: %d cards, warnings %v, %v", name, len(all), warn, err)
		}
	}
	if _, _, err := vcard.Parse(iotest.ErrReader(io.ErrClosedPipe), vcard.Limits{}); err == nil {
		t.Error("an error of the source is lost")
	}
}

// TestSlowCards gives what takes very long where work grows with the square.
func TestSlowCards(t *testing.T) {
	head := "BEGIN:VCARD\nVERSION:2.1\nFN:a\n"
	for name, body := range map[string]string{
		"soft breaks":   "NOTE;ENCODING=QUOTED-PRINTABLE:" + strings.Repeat("a=\n", 300_000),
		"folds":         "NOTE:" + strings.Repeat("a\n ", 300_000),
		"no colon":      "NOTE" + strings.Repeat("\n a", 300_000),
		"base64 rows":   "X" + strings.Repeat(";a", 50_000) + ";BASE64:AAAA" + strings.Repeat("\nAAAA", 200_000),
		"loose lines":   "NOTE:a" + strings.Repeat("\nb", 300_000),
		"blank lines":   "NOTE:a" + strings.Repeat("\n\n\n\nb", 100_000),
		"parameters":    "TEL" + strings.Repeat(";TYPE=work", 100_000) + ":1",
		"types":         "TEL;TYPE=" + strings.Repeat("work,", 50_000) + ":1",
		"quotes":        "TEL" + strings.Repeat(`;A="`, 100_000) + ":1",
		"backslashes":   "NOTE:" + strings.Repeat(`\`, 1_000_000),
		"parts":         "ORG:" + strings.Repeat(";", 500_000),
		"categories":    "CATEGORIES:" + strings.Repeat("a,b,", 200_000),
		"fields":        strings.Repeat("TEL:1\n", 100_000),
		"notes":         strings.Repeat("NOTE:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nNOTE:b\n", 20_000),
		"children":      strings.Repeat("X-MS-CHILD:a\n", 100_000),
		"cards":         "END:VCARD\n" + strings.Repeat("BEGIN:VCARD\nFN:a\nEND:VCARD\n", 5_000),
		"agents":        strings.Repeat("AGENT:\nBEGIN:VCARD\n", 50_000),
		"control signs": "NOTE:" + strings.Repeat("\x01", 1_000_000),
	} {
		t.Run(name, func(t *testing.T) {
			all, _ := parse(t, []byte(head+body+"\nEND:VCARD\n"))
			write(t, vcard.Options{}, all...)
		})
	}
}

func TestAgentIsKept(t *testing.T) {
	got := string(write(t, vcard.Options{}, sample(t, "old-agent")...))
	if !strings.Contains(strings.ReplaceAll(got, "\r\n ", ""), `AGENT:BEGIN:VCARD\nVERSION:2.1\nN:Hulp;An\nFN:An Hulp\nTEL:1\nEND:VCARD`) {
		t.Errorf("%s", got)
	}
}

// TestFixturesAreStable: two calls give the same.
func TestFixturesAreStable(t *testing.T) {
	same := func(a, b vcardtest.File) bool { return a.Name == b.Name && bytes.Equal(a.Data, b.Data) }
	if !slices.EqualFunc(vcardtest.All(), vcardtest.All(), same) || !slices.EqualFunc(vcardtest.Broken(), vcardtest.Broken(), same) {
		t.Error("two calls differ")
	}
	names := map[string]bool{}
	for _, f := range append(vcardtest.All(), vcardtest.Broken()...) {
		if names[f.Name] {
			t.Errorf("two files are called %s", f.Name)
		}
		names[f.Name] = true
	}
}
