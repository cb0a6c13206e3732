package pst_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vangnet/engine/export/pst/check"
)

// program runs a program that reads PST files. Where it is not installed the
// test skips, unless VANGNET_TOOLS=must says that it has to be there.
func program(t testing.TB, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("VANGNET_TOOLS") == "must" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// checked fails where the structure checker finds anything.
func checked(t testing.TB, path string) check.Report {
	t.Helper()
	r, err := check.File(context.Background(), path, check.Options{Deep: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Error(f)
	}
	return r
}

// What pffexport can be asked beside: to write all properties of all items, and
// not to look for lost ones, which takes long in a large file.
const (
	dumped = "-d"
	listed = "-mitems"
)

// pffExport is what pffexport makes of a file: a tree of folders and texts.
type pffExport struct {
	t   testing.TB
	dir string
}

func pff(t testing.TB, path string, more ...string) pffExport {
	t.Helper()
	to := filepath.Join(t.TempDir(), "px")
	program(t, "pffexport", append(append([]string{"-q", "-f", "all", "-m", "all", "-t", to}, more...), path)...)
	for _, lost := range []string{".orphans", ".recovered"} {
		if _, err := os.Stat(to + lost); err == nil {
			t.Errorf("pffexport found lost items: %s", lost)
		}
	}
	return pffExport{t, filepath.Join(to+".export", "Top of Outlook data file")}
}

func (p pffExport) read(path ...string) string {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{p.dir}, path...)...))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

// list names the entries of a folder that match a pattern.
func (p pffExport) list(pattern string) []string {
	p.t.Helper()
	found, err := filepath.Glob(filepath.Join(p.dir, pattern))
	if err != nil {
		p.t.Fatal(err)
	}
	return found
}

// field is a value that pffexport prints behind a label.
func field(text, label string) string {
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(label) + `:[\t ]*(.*)$`).FindStringSubmatch(text)
	if m == nil {
		return "(no " + label + ")"
	}
	return strings.TrimSpace(m[1])
}

// pstMails is what readpst makes of a file, by folder and number.
func pstMails(t testing.TB, path string) (dir, log string) {
	t.Helper()
	dir = t.TempDir()
	log = program(t, "readpst", "-j", "0", "-D", "-M", "-e", "-o", dir, path)
	return filepath.Join(dir, "Postvak"), log
}

// part is a leaf of a mail.
type part struct {
	media, name string
	body        []byte
}

// parseMail reads a mail that readpst wrote.
func parseMail(t testing.TB, file string) (netmail.Header, []part) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var parts []part
	leaves(t, map[string][]string(m.Header), m.Body, &parts)
	return m.Header, parts
}

func leaves(t testing.TB, h map[string][]string, body io.Reader, out *[]part) {
	t.Helper()
	get := func(name string) string { return netmail.Header(h).Get(name) }
	media, params, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		t.Fatalf("Content-Type %q: %v", get("Content-Type"), err)
	}
	if strings.HasPrefix(media, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err != nil {
				return
			}
			leaves(t, map[string][]string(p.Header), p, out)
		}
	}
	if get("Content-Transfer-Encoding") == "base64" {
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	_, disposition, _ := mime.ParseMediaType(get("Content-Disposition"))
	*out = append(*out, part{media, disposition["filename"], b})
}
