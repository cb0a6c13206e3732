package archive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-mbox"

	"vangnet/engine/export/archive"
)

func newMbox(t testing.TB) (*archive.Mbox, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "klant")
	m, err := archive.CreateMbox(dir)
	must(t, err)
	t.Cleanup(func() { must(t, m.Close()) })
	return m, dir
}

func mail(path string) archive.Entry {
	return archive.Entry{Path: path, Modified: day, Envelope: &archive.Envelope{From: "jan@klant.example", Date: day}}
}

const fromJan = "From jan@klant.example Tue Jul 14 14:05:42 2026\n"

func TestMboxForm(t *testing.T) {
	for _, c := range []struct{ name, mail, want string }{
		{"plain", "A: b\r\n\r\ntekst\r\n", "A: b\n\ntekst\n\n"},
		{"no last line end", "A: b\r\n\r\ntekst", "A: b\n\ntekst\n\n"},
		{"empty", "", "\n"},
		{"from", "A: b\n\nFrom hier\n>From daar\n>>From ginds\n From\nFrom\nFromage\nxFrom y\n", "A: b\n\n>From hier\n>>From daar\n>>>From ginds\n From\nFrom\nFromage\nxFrom y\n\n"},
		{"from first", "From x\n", ">From x\n\n"},
		{"from last", "a\nFrom ", "a\n>From \n\n"},
		{"almost from", "a\nFrom", "a\nFrom\n\n"},
		{"only marks", "a\n>>", "a\n>>\n\n"},
		{"empty lines", "a\r\n\r\n\r\n", "a\n\n\n\n"},
		{"lone returns", "a\rFrom b\r\rc\r\r\nd\r", "a\rFrom b\r\rc\r\nd\n\n"},
		{"return before from", "\rFrom b\n", "\rFrom b\n\n"},
		{"not text", "\x00\xff\nFrom\x00 \n", "\x00\xff\nFrom\x00 \n\n"},
	} {
		for _, step := range []int{1, 2, 3, 1000} {
			m, dir := newMbox(t)
			must(t, m.Add(t.Context(), mail("p/Inbox/x.eml"), func(w io.Writer) error {
				for rest := c.mail; rest != ""; {
					n, err := io.WriteString(w, rest[:min(step, len(rest))])
					if err != nil {
						return err
					}
					rest = rest[n:]
				}
				return nil
			}))
			must(t, m.Finish(t.Context()))
			if got := onDisk(t, dir)["p/Inbox.mbox"]; got != fromJan+c.want {
				t.Errorf("%s, %d at once: %q, want %q", c.name, step, got, fromJan+c.want)
			}
		}
	}
}

func TestMboxSeparators(t *testing.T) {
	far := time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", -9*3600))
	for _, c := range []struct {
		envelope archive.Envelope
		modified time.Time
		want     string
	}{
		{archive.Envelope{From: "jan@klant.example", Date: far}, day, "From jan@klant.example Fri Jan  2 12:04:05 2026\n"},
		{archive.Envelope{}, day, "From MAILER-DAEMON Tue Jul 14 14:05:42 2026\n"},
		{archive.Envelope{}, time.Time{}, "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"},
		{archive.Envelope{From: " a b\r\nFrom c\x00 \u202e"}, day, "From abFromc Tue Jul 14 14:05:42 2026\n"},
		{archive.Envelope{From: "josé@klant.example"}, day, "From josé@klant.example Tue Jul 14 14:05:42 2026\n"},
		{archive.Envelope{From: strings.Repeat("x", 5000)}, day, "From " + strings.Repeat("x", 320) + " Tue Jul 14 14:05:42 2026\n"},
	} {
		m, dir := newMbox(t)
		must(t, m.Add(t.Context(), archive.Entry{Path: "p/x.eml", Modified: c.modified, Envelope: &c.envelope}, text("A: b\n")))
		must(t, m.Finish(t.Context()))
		if got := onDisk(t, dir)["p.mbox"]; got != c.want+"A: b\n\n" {
			t.Errorf("%+v: %q, want %q", c.envelope, got, c.want)
		}
	}
}

// Mails of several folders in turn, failures between, loose files beside.
func TestMboxFolders(t *testing.T) {
	m, dir := newMbox(t)
	body := strings.Repeat("regel\r\n", 20_000)
	want := map[string]string{}
	for i := range 30 {
		folder := []string{"p/mail/Inbox", "p/mail/Inbox/Sub", "q/mail/Sent: alles"}[i%3]
		own := "Subject: " + string(rune('A'+i)) + "\r\n\r\n" + body[:7*(i*i*20%20_000)]
		for _, fail := range []bool{true, false} {
			write := text(own)
			if fail {
				write = half(body + body) // longer than all that comes after
			}
			before := m.Size()
			err := m.Add(t.Context(), mail(folder+"/x.eml"), write)
			if fail != errors.Is(err, errLost) || fail && m.Size() != before {
				t.Fatalf("mail %d, to fail %v: %v; size %d, then %d", i, fail, err, before, m.Size())
			}
		}
		name := strings.ReplaceAll(folder, ":", "_") + ".mbox"
		want[name] += fromJan + strings.ReplaceAll(own, "\r\n", "\n") + "\n"
	}
	_ = m.Add(t.Context(), mail("p/mail/Never/x.eml"), half(body))
	must(t, m.Add(t.Context(), mail("Offerte 2.0.eml"), text("A: b\n")))
	want["Offerte 2.0.mbox"] = fromJan + "A: b\n\n"
	must(t, m.Dir("p/mail/Leeg", day))
	must(t, m.Add(t.Context(), entry("p/calendar/afspraak.ics"), text("BEGIN:VCALENDAR")))
	must(t, m.Add(t.Context(), entry("SHA256SUMS"), m.WriteHashes))
	must(t, m.Finish(t.Context()))
	list := sums(t, m, dir)
	if !strings.Contains(list, "# original: q/mail/Sent: alles.mbox\n") {
		t.Errorf("the list does not tell the original name:\n%s", list)
	}

	got := onDisk(t, dir)
	for name, c := range want {
		if got[name] != c {
			t.Errorf("%s has %d bytes, want %d", name, len(got[name]), len(c))
		}
	}
	var total int64
	for name, c := range got {
		if total += int64(len(c)); strings.Contains(name, ".part") || strings.Contains(name, "Never.mbox") {
			t.Errorf("%s is left behind", name)
		}
	}
	if m.Size() != total {
		t.Errorf("says %d bytes, has %d", m.Size(), total)
	}
	if _, ok := got["p/mail/Leeg/"]; !ok || got["p/calendar/afspraak.ics"] != "BEGIN:VCALENDAR" {
		t.Errorf("the empty folder or the loose file is not there: %v", len(got))
	}
	info, err := os.Stat(filepath.Join(dir, "p", "mail", "Inbox.mbox"))
	must(t, err)
	if !info.ModTime().Equal(day) {
		t.Errorf("the file is of %v", info.ModTime())
	}
}

func TestMboxCloseAbandons(t *testing.T) {
	m, dir := newMbox(t)
	for _, f := range []string{"a", "b", "a"} {
		must(t, m.Add(t.Context(), mail(f+"/x.eml"), text("A: b\n")))
	}
	if err := m.Add(t.Context(), mail("/"), text("A: b\n")); !errors.Is(err, archive.ErrPath) {
		t.Errorf("a mail without a name: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := m.Finish(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled finish: %v", err)
	}
	must(t, m.Close())
	must(t, m.Close())
	if left := onDisk(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestMboxRefusesToReplace(t *testing.T) {
	m, dir := newMbox(t)
	must(t, os.WriteFile(filepath.Join(dir, "b.mbox"), []byte("there"), 0o600))
	must(t, m.Add(t.Context(), mail("a/x.eml"), text("A: b\n")))
	if err := m.Add(t.Context(), mail("b/x.eml"), text("A: b\n")); !errors.Is(err, archive.ErrExists) {
		t.Errorf("over a file: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "a.mbox"), []byte("there"), 0o600))
	if err := m.Finish(t.Context()); !errors.Is(err, archive.ErrExists) {
		t.Errorf("finish over a file: %v", err)
	}
	must(t, os.Remove(filepath.Join(dir, "a.mbox")))
	must(t, m.Finish(t.Context()))
	same(t, onDisk(t, dir), []thing{{"a.mbox", fromJan + "A: b\n\n"}, {"b.mbox", "there"}})
}

var moreMarks = regexp.MustCompile(`(?m)^>(>+From )`)

// readMbox reads with go-mbox, whose reader takes a mark off ">From " only.
func readMbox(t testing.TB, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	r := mbox.NewReader(f)
	var mails []string
	for {
		m, err := r.NextMessage()
		if errors.Is(err, io.EOF) {
			return mails
		}
		must(t, err)
		b, err := io.ReadAll(m)
		must(t, err)
		mails = append(mails, moreMarks.ReplaceAllString(string(b), "$1"))
	}
}

func TestPythonReadsMbox(t *testing.T) {
	program := tool(t, "python3")
	m, dir := newMbox(t)
	list := []string{"Subject: een\r\n\r\nFrom hier\r\n\r\nFrom daar\r\n>From x\r\n", "Subject: twee\r\n\r\ntekst", "Subject: drie\r\n\r\n\r\n"}
	for _, c := range list {
		must(t, m.Add(t.Context(), mail("p/Inbox/x.eml"), text(c)))
	}
	must(t, m.Finish(t.Context()))
	out := mustRun(t, dir, program, "-c", `
import mailbox, re, sys
for m in mailbox.mbox('p/Inbox.mbox', create=False):
    raw = re.sub(rb'(?m)^>(>*From )', rb'\1', m.as_bytes())
    sys.stdout.write(repr((m['subject'], m.get_from(), raw.decode())) + '\n')`)
	want := `('een', 'jan@klant.example Tue Jul 14 14:05:42 2026', 'Subject: een\n\nFrom hier\n\nFrom daar\n>From x\n')
('twee', 'jan@klant.example Tue Jul 14 14:05:42 2026', 'Subject: twee\n\ntekst\n')
('drie', 'jan@klant.example Tue Jul 14 14:05:42 2026', 'Subject: drie\n\n\n')
`
	if out != want {
		t.Errorf("python reads\n%s\nwant\n%s", out, want)
	}
}

// FuzzMbox writes two mails and reads them with another's reader.
func FuzzMbox(f *testing.F) {
	for _, s := range []string{"A: b\r\n\r\ntekst\r\n", "From x\n>From y\n>>From z", "", "\n\n\n", ">", "a\r\rb\r\n\r", strings.Repeat(">", 5000) + "From ", "From \nFrom", "\r\r"} {
		f.Add([]byte(s), uint16(7))
	}
	f.Fuzz(func(t *testing.T, content []byte, step uint16) {
		m, dir := newMbox(t)
		write := func(w io.Writer) error {
			_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{bytes.NewReader(content)}, make([]byte, int(step)+1))
			return err
		}
		for range 2 {
			must(t, m.Add(t.Context(), mail("p/x.eml"), write))
		}
		must(t, m.Finish(t.Context()))
		path := filepath.Join(dir, "p.mbox")
		one := fromJan + quoted(string(content)) + "\n"
		if raw, err := os.ReadFile(path); err != nil || string(raw) != one+one {
			t.Fatalf("%q, want twice %q: %v", raw, one, err)
		}
		mails := readMbox(t, path)
		if len(mails) != 2 {
			t.Fatalf("%d mails", len(mails))
		}
		for i, got := range mails {
			if want := plainLines(string(content)); plainLines(got) != want {
				t.Fatalf("mail %d: %q, want %q", i, plainLines(got), want)
			}
		}
	})
}

var (
	lineEnd  = regexp.MustCompile(`\r*\n`)
	fromLine = regexp.MustCompile(`(?m)^(>*From )`)
)

// quoted is a mail in the form of mboxrd, the short way.
func quoted(mail string) string {
	mail = strings.ReplaceAll(mail, "\r\n", "\n")
	if mail != "" && !strings.HasSuffix(mail, "\n") {
		mail = strings.TrimSuffix(mail, "\r") + "\n"
	}
	return fromLine.ReplaceAllString(mail, ">$1")
}

// plainLines is a text as go-mbox shows it: it takes a CR before LF as part of
// the line's end, however many there are, and knows no empty lines at the end.
func plainLines(s string) string {
	return strings.TrimRight(lineEnd.ReplaceAllString(s+"\n", "\n"), "\n")
}
