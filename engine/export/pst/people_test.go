package pst_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/export/pst"
	"vangnet/engine/mapi"
)

const exAnna = "/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=anna"

// directoryID is an entry id of Exchange's address book.
func directoryID(address string) []byte {
	id := []byte{0, 0, 0, 0, 0xDC, 0xA7, 0x40, 0xC8, 0xC0, 0x42, 0x10, 0x1A, 0xB4, 0xB9, 0x08, 0x00, 0x2B, 0x2F, 0xE1, 0x82, 1, 0, 0, 0, 0, 0, 0, 0}
	return append(append(id, address...), 0)
}

// exMail is a mail between people of one Exchange organisation.
func exMail() *mapi.Message {
	m := mail("Intern", "x\r\n")
	p := &m.Props
	p.SetString(mapi.SenderName, "Anna de Vries")
	p.SetString(mapi.SenderAddrType, "EX")
	p.SetString(mapi.SenderAddress, exAnna)
	p.SetBytes(mapi.SenderEntryID, directoryID(exAnna))
	p.SetBytes(mapi.SenderSearchKey, []byte("EX:"+strings.ToUpper(exAnna)+"\x00"))
	p.SetString(mapi.SentRepresentingName, "Anna de Vries")
	p.SetString(mapi.SentRepresentingAddrType, "EX")
	p.SetString(mapi.SentRepresentingAddress, exAnna)
	p.SetBytes(mapi.SentRepresentingEntryID, directoryID(exAnna))
	p.SetBytes(mapi.ReceivedByEntryID, directoryID("/o=x/cn=jan"))
	p.SetString(0x0075, "EX")
	p.SetString(0x0076, "/o=x/cn=jan")
	p.SetBytes(mapi.RecordKey, pattern(16, 1))
	p.SetBytes(mapi.SourceKey, pattern(22, 1))
	p.Set(mapi.MID, mapi.TypeInt64, int64(7))
	p.SetString(mapi.DisplayTo, "oud; verouderd")
	jan := recipient(mapi.RecipientTo, "Jan", "")
	jan.SetString(mapi.AddrType, "EX")
	jan.SetString(mapi.EmailAddress, "/o=x/cn=jan")
	jan.SetBytes(mapi.EntryID, directoryID("/o=x/cn=jan"))
	known := recipient(mapi.RecipientCc, "Piet", "piet@contoso.example")
	known.SetString(mapi.AddrType, "EX")
	known.SetString(mapi.EmailAddress, "/o=x/cn=piet")
	m.Recipients = []mapi.Bag{jan, known}
	return m
}

// values are the properties of an item as pffexport dumps them: tag to hex lines.
func values(text string) map[string]string {
	out := map[string]string{}
	for _, block := range strings.Split(text, "\nSet:")[1:] {
		tag := strings.TrimPrefix(field(block, "Entry type"), "0x0000") + strings.TrimPrefix(field(block, "Value type"), "0x0000")
		_, value, _ := strings.Cut(block, "Value:\n")
		out[strings.ToUpper(tag)] = dumpText(value)
	}
	return out
}

// dumpText is the right side of a hex dump, without blanks and with the zeros
// of UTF-16 left out.
func dumpText(dump string) string {
	var b strings.Builder
	for _, line := range strings.Split(dump, "\n") {
		_, hex, ok := strings.Cut(line, ": ")
		if !ok {
			continue
		}
		for _, one := range strings.Fields(hex[:min(len(hex), 49)]) {
			var c byte
			if _, err := fmt.Sscanf(one, "%02x", &c); err == nil && c != 0 {
				b.WriteByte(c)
			}
		}
	}
	return b.String()
}

func TestAddressesInsideExchange(t *testing.T) {
	known := map[string]string{exAnna: "anna@fabrikam.example"}
	for _, c := range []struct {
		name                        string
		resolve                     func(string) string
		kind, addr, smtp, searchKey string
	}{
		{"resolved", func(ex string) string { return known[ex] }, "SMTP", "anna@fabrikam.example", "anna@fabrikam.example", "SMTP:ANNA@FABRIKAM.EXAMPLE"},
		{"unresolved", nil, "EX", exAnna, "", "EX:" + strings.ToUpper(exAnna)},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.pst")
			w, err := pst.Create(path, pst.Options{Name: "Postvak", Resolve: c.resolve})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = w.Close() }()
			warn, err := w.Add(context.Background(), folder(t, w, pst.Top, "Inbox", ""), nil, exMail())
			if err != nil || !warn.Has(pst.WarnAddress) {
				t.Errorf("warnings %q, error %v", warn, err)
			}
			finish(t, w)
			checked(t, path)
			x := pff(t, path, dumped)
			got := values(x.read("Inbox", "Message00001", "ItemValues.txt"))
			for tag, want := range map[string]string{
				"0C1A001F": "Anna de Vries", "0C1E001F": c.kind, "0C1F001F": c.addr, "5D01001F": c.smtp, "0C1D0102": c.searchKey,
				"0042001F": "Anna de Vries", "0064001F": c.kind, "0065001F": c.addr, "5D02001F": c.smtp, "003B0102": c.searchKey,
				"0E04001F": "Jan", "0E03001F": "Piet", "0076001F": "/o=x/cn=jan",
				"003F0102": "", "0FF90102": "", "65E00102": "", "674A0014": "",
			} {
				if got[tag] != want {
					t.Errorf("%s: %q, want %q", tag, got[tag], want)
				}
			}
			if id := got["0C190102"]; !strings.HasSuffix(id, "Anna de Vries"+c.kind+c.addr) {
				t.Errorf("entry id %q is none of someone in no directory", id)
			}
			people := strings.Split(strings.TrimSpace(x.read("Inbox", "Message00001", "Recipients.txt")), "\n\n")
			if len(people) != 2 || field(people[0], "Email address") != "/o=x/cn=jan" || field(people[0], "Address type") != "EX" ||
				field(people[1], "Email address") != "piet@contoso.example" || field(people[1], "Address type") != "SMTP" {
				t.Errorf("recipients %q", people)
			}
		})
	}
}

// TestSendersStandInForEachOther: readers show only one of the two.
func TestSendersStandInForEachOther(t *testing.T) {
	from := mail("van", "x")
	from.Props.Delete(mapi.SenderName)
	from.Props.Delete(mapi.SenderAddrType)
	from.Props.Delete(mapi.SenderAddress)
	from.Props.SetString(mapi.SentRepresentingName, "Directie")
	from.Props.SetString(mapi.SentRepresentingSMTP, "directie@fabrikam.example")
	both := mail("namens", "x")
	both.Props.SetString(mapi.SentRepresentingName, "Directie")
	both.Props.SetString(mapi.SentRepresentingSMTP, "directie@fabrikam.example")
	path := store(t, []entry{{"Inbox", "", from}, {"Inbox", "", both}, {"Inbox", "", sampleDraft().m}})
	checked(t, path)
	x := pff(t, path)
	for i, want := range [][2]string{
		{"directie@fabrikam.example", "directie@fabrikam.example"},
		{"anna@fabrikam.example", "directie@fabrikam.example"},
		{"(no Sender email address)", "(no Sent representing email address)"},
	} {
		head := x.read("Inbox", fmt.Sprintf("Message%05d", i+1), "OutlookHeaders.txt")
		if got := [2]string{field(head, "Sender email address"), field(head, "Sent representing email address")}; got != want {
			t.Errorf("mail %d is from %q, want %q", i+1, got, want)
		}
	}
}

// TestRecipientColumns: the table of recipients has a column where one of them
// needs it.
func TestRecipientColumns(t *testing.T) {
	m := mail("Overleg", "x")
	one := recipient(mapi.RecipientTo, "Anna", "anna@x.example")
	one.SetInt(mapi.RecipientFlags, 3)
	one.Set(0x5FE1, mapi.TypeBool, true)
	one.Set(0x5FFB, mapi.TypeTime, mapi.FileTimeOf(moment))
	two := recipient(mapi.RecipientCc, "Piet", "piet@x.example")
	two.SetInt(mapi.RecipientTrackStatus, 4)
	two.SetString(0x3A20, "Piet op weg")
	two.SetBytes(mapi.RecipientEntryID, directoryID("x"))
	m.Recipients = []mapi.Bag{one, two}
	path := store(t, []entry{{"Agenda", "", m}, {"Agenda", "", mail("zonder", "x")}})
	checked(t, path)
	x := pff(t, path, dumped)
	text := x.read("Agenda", "Message00001", "RecipientsItemValues.txt")
	for _, want := range []string{"Entry type: 0x00005ffd Value type: 0x00000003 Value: 0x00000000: 03 00 00 00", "Entry type: 0x00005fff Value type: 0x00000003 Value: 0x00000000: 04 00 00 00", "Entry type: 0x00005fe1 Value type: 0x0000000b Value: 0x00000000: 01", "Entry type: 0x00003a20"} {
		if !strings.Contains(squeeze(text), want) {
			t.Errorf("no %q in the table of recipients", want)
		}
	}
	if text := x.read("Agenda", "Message00002", "RecipientsItemValues.txt"); strings.Contains(text, "0x00005ffd") {
		t.Error("a table has a column that nobody needs")
	}
}
