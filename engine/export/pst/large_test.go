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

// TestManyItems has a folder whose table needs several levels of index, several
// heap blocks and rows outside the heap.
func TestManyItems(t *testing.T) {
	const items = 5000
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	for i := range items {
		m := mail(fmt.Sprintf("Bericht %d", i), "kort\r\n")
		if i%3 == 0 {
			m.Props.SetInt(mapi.MessageFlags, 0)
		}
		add(t, w, entry{"Vol", "", m}, i)
	}
	size := w.Size()
	if s := finish(t, w); s.Messages != items || s.Bytes > size {
		t.Errorf("summary %+v, expected at most %d bytes", s, size)
	}
	if r := checked(t, path); r.Messages != items {
		t.Errorf("%d messages", r.Messages)
	}
	_, log := pstMails(t, path)
	if !strings.Contains(log, fmt.Sprintf(`"Vol" - %d items done, 0 items skipped`, items)) {
		t.Errorf("readpst:\n%.2000s", log)
	}
}

// TestManyFolders has folders in folders.
func TestManyFolders(t *testing.T) {
	const folders, depth = 300, 8
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	var all []pst.Folder
	var deep []string
	for i := range folders {
		parent := pst.Top
		if i%depth > 0 {
			parent = all[i-1]
		}
		f := folder(t, w, parent, fmt.Sprintf("map %d", i), "")
		all = append(all, f)
		if i < depth {
			deep = append(deep, fmt.Sprintf("map %d", i))
		}
		if _, err := w.Add(context.Background(), f, []byte{byte(i), byte(i >> 8)}, mail("een", "x")); err != nil {
			t.Fatal(err)
		}
	}
	size := w.Size()
	if s := finish(t, w); s.Messages != folders || s.Folders != folders || s.Bytes > size {
		t.Errorf("summary %+v, expected at most %d bytes", s, size)
	}
	if r := checked(t, path); r.Messages != folders || r.Folders != folders+4 {
		t.Errorf("%d messages, %d folders", r.Messages, r.Folders)
	}
	x := pff(t, path)
	if got := x.read(append(deep, "Message00001", "OutlookHeaders.txt")...); field(got, "Subject") != "een" {
		t.Errorf("the innermost folder has %q", got)
	}
}

// TestManyAttachments has more parts than one block lists. readpst sees none of
// them, libpff all.
func TestManyAttachments(t *testing.T) {
	const n = 700
	m := mail("veel", "x")
	for i := range n {
		m.Attachments = append(m.Attachments, file(fmt.Sprintf("%d.txt", i), "text/plain", pattern(4000, byte(i))))
	}
	path := store(t, []entry{{"Inbox", "", m}})
	if r := checked(t, path); r.Attachments != n {
		t.Errorf("%d attachments", r.Attachments)
	}
	x := pff(t, path)
	for _, i := range []int{0, 340, n - 1} {
		if got := x.read("Inbox", "Message00001", "Attachments", fmt.Sprintf("%03d_%d.txt", i+1, i)); got != string(pattern(4000, byte(i))) {
			t.Errorf("attachment %d came back as %d other bytes", i, len(got))
		}
	}
}

// TestFarOffsets writes items behind 2 and 4 gigabytes, and behind the second
// kind of map.
func TestFarOffsets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	far := mail("ver", "x\r\n")
	far.Attachments = []mapi.Attachment{file("ver.bin", "", pattern(600_000, 1))}
	for i, sections := range []int{120, 8070, 9000} { // before and behind 33 MB, 2.1 GB and 4 GiB
		add(t, w, entry{"Inbox", "", far}, i)
		if err := w.SkipSections(sections); err != nil {
			t.Skipf("no sparse file of 4 GB here: %v", err)
		}
	}
	add(t, w, entry{"Inbox", "", far}, 3)
	s := finish(t, w)
	if s.Bytes < 4<<30 {
		t.Errorf("only %d bytes", s.Bytes)
	}
	if testing.Short() {
		t.Skip("the rest reads the maps of 4 GB")
	}
	checked(t, path)
	dir, log := pstMails(t, path)
	if !strings.Contains(log, `"Inbox" - 4 items done, 0 items skipped`) {
		t.Errorf("readpst:\n%s", log)
	}
	x := pff(t, path, listed)
	for i := range 4 {
		_, parts := parseMail(t, filepath.Join(dir, "Inbox", fmt.Sprintf("%d.eml", i+1)))
		if last := parts[len(parts)-1]; hashOf(last.body) != hashOf(pattern(600_000, 1)) {
			t.Errorf("readpst: attachment of mail %d has %d other bytes", i+1, len(last.body))
		}
		if got := x.read("Inbox", fmt.Sprintf("Message%05d", i+1), "Attachments", "1_ver.bin"); hashOf([]byte(got)) != hashOf(pattern(600_000, 1)) {
			t.Errorf("pffexport: attachment of mail %d has %d other bytes", i+1, len(got))
		}
	}
}
