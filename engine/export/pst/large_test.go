package pst_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

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

// endless yields n bytes of a pattern.
func endless(n int64) mapi.Blob {
	piece := pattern(1<<20, 1)
	return mapi.NewBlob(n, func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(&repeat{piece, 0}, n)), nil
	})
}

type repeat struct {
	b  []byte
	at int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := copy(p, r.b[r.at:])
	r.at = (r.at + n) % len(r.b)
	return n, nil
}

func long(t *testing.T) {
	t.Helper()
	if os.Getenv("VANGNET_LONG") != "1" {
		t.Skip("takes minutes and gigabytes; set VANGNET_LONG=1")
	}
}

// TestLargestAttachment is as long as an attachment can be.
func TestLargestAttachment(t *testing.T) {
	long(t)
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	m := mail("groot", "x")
	m.Attachments = []mapi.Attachment{file("groot.bin", "", nil)}
	m.Attachments[0].SetData(endless(1<<32 - 1))
	before, weight := w.Size(), pst.Weight(m)
	add(t, w, entry{"Inbox", "", m}, 0)
	size := w.Size()
	if size > before+weight+sectionSize {
		t.Errorf("size went from %d to %d, weight %d", before, size, weight)
	}
	bad := mail("te groot", "x")
	bad.Attachments = []mapi.Attachment{file("groter.bin", "", nil)}
	bad.Attachments[0].SetData(endless(1 << 32))
	if _, err := w.Add(context.Background(), pst.Top, nil, bad); !errors.Is(err, pst.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
	if s := finish(t, w); s.Bytes > size || s.Bytes < 1<<32 {
		t.Errorf("%d bytes, expected at most %d", s.Bytes, size)
	}
	checked(t, path)
}

// TestMillionItems holds the memory that a store of a million items needs.
func TestMillionItems(t *testing.T) {
	long(t)
	const items, folders, limit = 1_000_000, 10_000, 200 << 20
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	peak := watchHeap()
	var all []pst.Folder
	for i := range folders {
		all = append(all, folder(t, w, pst.Top, fmt.Sprintf("map %d", i), ""))
	}
	m := smallMail(1)
	for i := range items {
		f := all[0]
		if i%3 > 0 { // most of them are scattered
			f = all[i*7919%folders]
		}
		if _, err := w.Add(context.Background(), f, []byte(fmt.Sprint(i)), m); err != nil {
			t.Fatal(err)
		}
	}
	size := w.Size()
	s := finish(t, w)
	if most := peak(); most > limit {
		t.Errorf("the heap had %d MB", most>>20)
	} else {
		t.Logf("heap of at most %d MB, file of %d MB, expected at most %d MB", most>>20, s.Bytes>>20, size>>20)
	}
	if s.Bytes > size {
		t.Errorf("%d bytes, expected at most %d", s.Bytes, size)
	}
	runtime.GC()
	checked(t, path)
}

// TestTwentyGigabytes is what a large archive comes to: a million items and 20 GB
// in one tree, and attachments of 2 GB. libpst lists every item; libpff takes
// hours to open so many blocks.
func TestTwentyGigabytes(t *testing.T) {
	long(t)
	const items, folders, each, limit = 1_000_000, 50, 18_000, 200 << 20
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	peak := watchHeap()
	var all []pst.Folder
	for i := range folders {
		all = append(all, folder(t, w, pst.Top, fmt.Sprintf("map %d", i), ""))
	}
	start := time.Now()
	content := pattern(each, 1)
	m := smallMail(1)
	m.Attachments = []mapi.Attachment{file("bijlage.bin", "", content)}
	for i := range items {
		f := all[0]
		if i%2 > 0 { // half of them in one folder
			f = all[i/2%folders]
		}
		if _, err := w.Add(context.Background(), f, []byte(fmt.Sprint(i)), m); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		big := mail(fmt.Sprintf("groot %d", i), "x")
		big.Attachments = []mapi.Attachment{file("groot.bin", "", nil)}
		big.Attachments[0].SetData(endless(2 << 30))
		add(t, w, entry{"Groot", "", big}, i)
	}
	s := finish(t, w)
	took := time.Since(start)
	if most := peak(); most > limit {
		t.Errorf("the heap had %d MB", most>>20)
	} else {
		t.Logf("%d MB in %s (%.0f MB/s), heap of at most %d MB", s.Bytes>>20, took, float64(s.Bytes>>20)/took.Seconds(), most>>20)
	}
	runtime.GC()
	if r := checked(t, path); r.Messages != items+3 {
		t.Errorf("%d messages", r.Messages)
	}
	if n := strings.Count(program(t, "lspst", path), "\nEmail"); n != items+3 {
		t.Errorf("lspst lists %d items", n)
	}
}
