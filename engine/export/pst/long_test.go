package pst_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"vangnet/engine/export/pst"
	"vangnet/engine/mapi"
)

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

// TestTwentyGigabytes is what a large archive comes to: a million items and 30 GB
// in one tree, three attachments of 2 GB among them. libpst and libpff go through
// all items of earlier folders to find the folder of an item, which takes hours
// here unless those are still empty: so the last folder is filled first.
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
		f := all[folders-1-i*folders/items]
		if _, err := w.Add(context.Background(), f, []byte(fmt.Sprint(i)), m); err != nil {
			t.Fatal(err)
		}
	}
	addLargest(t, w)
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
	opens(t, path, items+3)
}

// opens holds that both libraries open a store, and that libpst finds all items.
func opens(t *testing.T, path string, items int) {
	t.Helper()
	start := time.Now()
	if out := program(t, "pffinfo", path); !strings.Contains(out, "Personal Storage Tables (PST)") || strings.Contains(out, "corrupt") {
		t.Errorf("pffinfo: %s", out)
	}
	t.Logf("pffinfo took %s", time.Since(start))
	start = time.Now()
	if n := strings.Count(program(t, "lspst", path), "\nEmail"); n != items {
		t.Errorf("lspst lists %d items", n)
	}
	t.Logf("lspst took %s", time.Since(start))
	start = time.Now()
	out := program(t, "readpst", "-j", "0", "-D", "-t", "c", "-o", t.TempDir(), path) // writes contacts only, of which there are none
	n := 0
	for _, m := range regexp.MustCompile(`"(?:map \d+|Groot|Bestanden)" - 0 items done, (\d+) items skipped`).FindAllStringSubmatch(out, -1) {
		k, _ := strconv.Atoi(m[1])
		n += k
	}
	if n != items {
		t.Errorf("readpst reads %d items", n)
	}
	t.Logf("readpst took %s", time.Since(start))
}

const largest = 2 << 30

// addLargest adds three attachments of 2 GB, 6 GB together.
func addLargest(t *testing.T, w *pst.Writer) {
	t.Helper()
	for i := range 3 {
		big := mail(fmt.Sprintf("groot %d", i), "x")
		big.Attachments = []mapi.Attachment{file("groot.bin", "", nil)}
		big.Attachments[0].SetData(endless(largest))
		add(t, w, entry{"Groot", "", big}, i)
	}
}

// TestTwentyGigabytesOfFiles has fewer and larger items.
func TestTwentyGigabytesOfFiles(t *testing.T) {
	long(t)
	const items = 14_000
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	m := smallMail(1)
	m.Attachments = []mapi.Attachment{file("bijlage.bin", "", pattern(1<<20, 1))}
	for i := range items {
		add(t, w, entry{"Bestanden", "", m}, 10+i)
	}
	addLargest(t, w)
	s := finish(t, w)
	if s.Bytes < 20<<30 {
		t.Errorf("only %d bytes", s.Bytes)
	}
	checked(t, path)
	opens(t, path, items+3)
}

// TestSixGigabytes reads the largest attachments back with both libraries.
func TestSixGigabytes(t *testing.T) {
	long(t)
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	addLargest(t, w)
	finish(t, w)
	checked(t, path)
	h := sha256.New()
	r, err := endless(largest).Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(h, r); err != nil {
		t.Fatal(err)
	}
	want := hex.EncodeToString(h.Sum(nil))
	t.Run("pffexport", func(t *testing.T) {
		x := pff(t, path)
		for i := range 3 {
			file := filepath.Join(x.dir, "Groot", fmt.Sprintf("Message%05d", i+1), "Attachments", "1_groot.bin")
			if got := hashFile(t, file); got != want {
				t.Errorf("attachment %d is another", i+1)
			}
		}
	})
	t.Run("readpst", func(t *testing.T) {
		dir, _ := pstMails(t, path)
		for i := range 3 {
			if got := hashBase64(t, filepath.Join(dir, "Groot", fmt.Sprintf("%d.eml", i+1))); got != want {
				t.Errorf("attachment %d is another", i+1)
			}
		}
	})
}

// hashBase64 hashes the attachment at the end of a mail that is too large to be
// read at once.
func hashBase64(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	inAttachment, inContent := false, false
	h := sha256.New()
	var b []byte
	for lines.Scan() {
		line := lines.Bytes()
		switch {
		case !inContent:
			inAttachment = inAttachment || strings.HasPrefix(lines.Text(), "Content-Disposition: attachment")
			inContent = inAttachment && len(line) == 0
		case len(line) == 0 || line[0] == '-':
			return hex.EncodeToString(h.Sum(nil))
		default:
			if b, err = base64.StdEncoding.AppendDecode(b[:0], line); err != nil {
				t.Fatal(err)
			}
			h.Write(b)
		}
	}
	t.Fatalf("%s ends too early: %v", path, lines.Err())
	return ""
}
