package pst_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/mapi"
)

// TestCheckSample holds the structure of a store with one of everything.
func TestCheckSample(t *testing.T) {
	r := checked(t, store(t, sample()))
	if r.Messages != 14 || r.Embedded != 2 || r.Attachments != int64(len(attachmentSizes))+5 || r.Recipients != 19 {
		t.Errorf("counts: %+v", r)
	}
}

func TestEmptyStore(t *testing.T) {
	path := store(t, nil)
	if r := checked(t, path); r.Bytes != 271360 || r.Messages != 0 {
		t.Errorf("%d bytes, %d messages", r.Bytes, r.Messages)
	}
	info := program(t, "pffinfo", path)
	for label, want := range map[string]string{"\tFile type": "64-bit", "\tEncryption type": "compressible", "\tFolders": "Subtree, Wastbox, Finder"} {
		if got := field(info, label); got != want {
			t.Errorf("pffinfo says %s: %q, want %q", label, got, want)
		}
	}
	program(t, "readpst", "-j", "0", "-D", "-M", "-e", "-o", t.TempDir(), path)
}

// TestPffexport compares what libpff reads with what was written.
func TestPffexport(t *testing.T) {
	path := store(t, sample())
	x := pff(t, path)
	for folder, n := range map[string]int{
		"Inbox/Message*": 9, "Drafts/Message*": 1, "Agenda/Appointment*": 1,
		"Contactpersonen/Contact*": 1, "Taken/Task*": 1, "Notities/Note*": 1, "Deleted Items/*0*": 0,
	} {
		if got := len(x.list(folder)); got != n {
			t.Errorf("%s: %d items, want %d", folder, got, n)
		}
	}
	heads := x.read("Inbox", "Message00002", "OutlookHeaders.txt")
	for label, want := range map[string]string{
		"Subject": "RE: Offerte", "Conversation topic": "Offerte", "Importance": "Normal",
		"Client submit time": "Mar 14, 2026 09:26:53.589793200 UTC",
		"Delivery time":      "Mar 14, 2026 09:27:53.589793200 UTC",
		"Creation time":      "Mar 14, 2026 09:28:53.589793200 UTC",
		"Modification time":  "Mar 14, 2026 09:29:53.589793200 UTC",
		"Sender name":        "Anna de Vries", "Sender email address": "anna@fabrikam.example",
		"Sent representing name": "Anna de Vries", "Sent representing email address": "anna@fabrikam.example",
	} {
		if got := field(heads, label); got != want {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
	for message, want := range map[string]string{"Message00001": "Read", "Message00006": "Unread", "Message00007": "Read", "Message00008": "Read, Has attachments"} {
		flags := field(x.read("Inbox", message, "OutlookHeaders.txt"), "Flags")
		if !strings.HasSuffix(flags, "("+want+")") {
			t.Errorf("%s has flags %s, want %s", message, flags, want)
		}
	}
	if got := field(x.read("Inbox", "Message00006", "OutlookHeaders.txt"), "Importance"); got != "High" {
		t.Errorf("importance %q", got)
	}
	if got := x.read("Inbox", "Message00005", "InternetHeaders.txt"); strings.TrimSpace(got) != strings.TrimSpace(headers) {
		t.Errorf("headers %q", got)
	}
}

func TestPffexportContent(t *testing.T) {
	x := pff(t, store(t, sample()), dumped)
	people := strings.Split(strings.TrimSpace(x.read("Inbox", "Message00003", "Recipients.txt")), "\n\n")
	for i, want := range [][3]string{
		{"Jan Jansen", "jan@contoso.example", "To"}, {`Piet, "de" Boer`, "piet@contoso.example", "CC"}, {"geheim@contoso.example", "geheim@contoso.example", "BCC"},
	} {
		got := [3]string{field(people[i], "Display name"), field(people[i], "Email address"), field(people[i], "Recipient type")}
		if got != want {
			t.Errorf("recipient %d: %q, want %q", i, got, want)
		}
	}
	if got, want := x.read("Inbox", "Message00004", "Message.html"), "<html><body>"+strings.Repeat(longHTML+"\r\n", 600)+"</body></html>"; got != want {
		t.Errorf("HTML of %d bytes, want %d", len(got), len(want))
	}
	for i, n := range attachmentSizes {
		name := fmt.Sprintf("%d_%s", i+1, attachmentName(n))
		if got := x.read("Inbox", "Message00008", "Attachments", name); hashOf([]byte(got)) != hashOf(pattern(n, byte(i))) {
			t.Errorf("attachment of %d bytes came back as %d others", n, len(got))
		}
	}
	inner := filepath.Join("Inbox", "Message00009", "Attachments", "Attachment00001", "Message00001")
	deep := filepath.Join(inner, "Attachments", "Attachment00001", "Message00001")
	if got := field(x.read(deep, "OutlookHeaders.txt"), "Subject"); got != "binnenste" {
		t.Errorf("innermost subject %q", got)
	}
	if got := x.read(deep, "Attachments", "1_diep.txt"); got != "diepe inhoud" {
		t.Errorf("innermost attachment %q", got)
	}
	for _, want := range [][3]string{
		{"Agenda/Appointment00001/Appointment.txt", "Location", "Kamer 3"},
		{"Agenda/Appointment00001/Appointment.txt", "End time", "Mar 14, 2026 10:26:53.589793200 UTC"},
		{"Agenda/Appointment00001/Appointment.txt", "Busy status", "0x00000002"},
		{"Contactpersonen/Contact00001/Contact.txt", "Email address 1", "carla@woodgrove.example"},
		{"Contactpersonen/Contact00001/Contact.txt", "Company name", "Woodgrove"},
		{"Taken/Task00001/Task.txt", "Due date", "Mar 14, 2026 00:00:00.000000000 UTC"},
		{"Taken/Task00001/Task.txt", "Percentage complete", "5.000000e-01"},
	} {
		if got := field(x.read(want[0]), want[1]); got != want[2] {
			t.Errorf("%s: %s is %q, want %q", want[0], want[1], got, want[2])
		}
	}
	// pffexport knows named properties by their set and name.
	values := x.read("Inbox", "Message00005", "ItemValues.txt")
	for _, want := range []string{"Value type: 0x0000101f Maps to entry: Keywords", "Value type: 0x0000001f Maps to entry: X-Spam"} {
		if !strings.Contains(squeeze(values), want) {
			t.Errorf("no %q among the values of the mail with categories", want)
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestReadpst compares what libpst reads with what was written.
func TestReadpst(t *testing.T) {
	dir, log := pstMails(t, store(t, sample()))
	for _, want := range []string{`"Inbox" - 9 items done, 0 items skipped`, `"Drafts" - 1 items done, 0 items skipped`, `"Agenda" - 1 items done, 0`, `"Contactpersonen" - 1 items done, 0`} {
		if !strings.Contains(log, want) {
			t.Errorf("readpst does not say %q:\n%s", want, log)
		}
	}
	h, parts := parseMail(t, filepath.Join(dir, "Inbox", "1.eml"))
	if got, _ := decodeWords(h.Get("Subject")); got != "Offerte dakgoot 🎉 漢字" {
		t.Errorf("subject %q", got)
	}
	if len(parts) != 1 || string(parts[0].body) != "Hallo 🎉\nGröße 漢字\n" {
		t.Errorf("body %q", parts)
	}
	h, parts = parseMail(t, filepath.Join(dir, "Inbox", "3.eml"))
	for name, want := range map[string]string{"From": `"Anna de Vries" <anna@fabrikam.example>`, "To": "Jan Jansen", "X-libpst-forensic-bcc": "geheim@contoso.example", "Date": "Sat, 14 Mar 2026 09:26:53 +0000", "Status": "RO"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if len(parts) != 2 || parts[1].media != "text/html" || !strings.Contains(string(parts[1].body), longHTML) {
		t.Errorf("parts %q", parts)
	}
	if h, _ = parseMail(t, filepath.Join(dir, "Inbox", "5.eml")); h.Get("X-Spam") != "no" {
		t.Errorf("header block came back as %v", h)
	}
	_, parts = parseMail(t, filepath.Join(dir, "Inbox", "8.eml"))
	sameFiles(t, parts, attachmentSizes)
}

// sameFiles compares attachments that were made of pattern. readpst writes none
// for an empty one.
func sameFiles(t *testing.T, parts []part, sizes []int) {
	t.Helper()
	files := map[string][]byte{}
	for _, p := range parts {
		files[p.name] = p.body
	}
	for i, n := range sizes {
		if n > 0 && hashOf(files[attachmentName(n)]) != hashOf(pattern(n, byte(i))) {
			t.Errorf("attachment of %d bytes came back as %d others", n, len(files[attachmentName(n)]))
		}
	}
}

// TestLargeAttachments have blocks in blocks; they also make the file so long
// that it has a map of free space outside the header.
func TestLargeAttachments(t *testing.T) {
	m := mail("Groot", "zie bijlagen\r\n")
	for i, n := range largeSizes {
		m.Attachments = append(m.Attachments, file(attachmentName(n), "application/octet-stream", pattern(n, byte(i))))
	}
	path := store(t, []entry{{"Inbox", "", m}})
	if r := checked(t, path); r.Bytes < 0x1F04800 {
		t.Errorf("only %d bytes", r.Bytes)
	}
	x := pff(t, path)
	for i, n := range largeSizes {
		name := fmt.Sprintf("%d_%s", i+1, attachmentName(n))
		if got := x.read("Inbox", "Message00001", "Attachments", name); hashOf([]byte(got)) != hashOf(pattern(n, byte(i))) {
			t.Errorf("attachment of %d bytes came back as %d others", n, len(got))
		}
	}
	dir, _ := pstMails(t, path)
	_, parts := parseMail(t, filepath.Join(dir, "Inbox", "1.eml"))
	sameFiles(t, parts, largeSizes)
}

// TestItemClasses sees pffexport take items for what they are. It passes over
// posts and classes that it does not know.
func TestItemClasses(t *testing.T) {
	kinds := [][2]string{
		{"IPM.Note", "Message"}, {"IPM.Schedule.Meeting.Request", "Meeting"}, {"IPM.Schedule.Meeting.Resp.Pos", "Meeting"},
		{"REPORT.IPM.Note.NDR", "Message"}, {"IPM.DistList", "DistributionList"}, {"IPM.Activity", "Activity"},
		{"IPM.Post", ""}, {"IPM.Iets.Anders", ""}, {"", "Message"},
	}
	var items []entry
	for i, kind := range kinds {
		m := mail(fmt.Sprint("nummer ", i), "x")
		m.Props.SetString(mapi.MessageClass, kind[0])
		items = append(items, entry{"Alles", "", m})
	}
	path := store(t, items)
	if r := checked(t, path); r.Messages != int64(len(kinds)) {
		t.Errorf("%d messages", r.Messages)
	}
	x := pff(t, path, dumped)
	for i, kind := range kinds {
		if kind[1] != "" {
			x.read("Alles", fmt.Sprintf("%s%05d", kind[1], i+1), "ItemValues.txt")
		}
	}
}
