package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vangnet/engine/export/archive"
)

var (
	day     = time.Date(2026, 7, 14, 16, 5, 42, 0, time.FixedZone("CEST", 2*3600))
	errLost = errors.New("the source is gone")
)

// thing is an entry with its content.
type thing struct{ path, content string }

var things = []thing{
	{"piet@klant.example/mail/Postvak IN/Offerte dakgoot.eml", strings.Repeat("Beste Piet,\r\nde goot is klaar.\r\n", 400)},
	{"piet@klant.example/mail/Postvak IN/Crème brûlée – één à twee ïjsjes.eml", "met trema's"},
	{"piet@klant.example/onedrive/見積書/日本語のファイル.txt", "日本語"},
	{"piet@klant.example/onedrive/Feest 🎉/👩‍👩‍👧 foto's.jpg", "\xff\xd8\xff not a picture"},
	{"piet@klant.example/onedrive/leeg.txt", ""},
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// half writes something and fails.
func half(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return errors.Join(errLost, err)
	}
}

func entry(path string) archive.Entry { return archive.Entry{Path: path, Modified: day} }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newZip begins a ZIP that the test closes.
func newZip(t testing.TB, o archive.ZipOptions) (*archive.Zip, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "klant.zip")
	z, err := archive.CreateZip(path, o)
	must(t, err)
	t.Cleanup(func() { must(t, z.Close()) })
	return z, path
}

func addAll(t testing.TB, a archive.Archive, list []thing) {
	t.Helper()
	for _, th := range list {
		must(t, a.Add(context.Background(), entry(th.path), text(th.content)))
	}
}

// finish finishes an archive and looks that it has the size that it announced.
func finish(t testing.TB, a archive.Archive, path string) {
	t.Helper()
	announced := a.Size()
	must(t, a.Finish(context.Background()))
	info, err := os.Stat(path)
	must(t, err)
	if info.Size() != announced || a.Size() != announced {
		t.Errorf("announced %d bytes, has %d, then says %d", announced, info.Size(), a.Size())
	}
}

// contents reads a ZIP with Go's reader. Folders are there with a slash.
func contents(t testing.TB, path string) map[string]string {
	t.Helper()
	r, err := zip.OpenReader(path)
	must(t, err)
	defer r.Close()
	out := map[string]string{}
	for _, f := range r.File {
		rc, err := f.Open()
		must(t, err)
		b, err := io.ReadAll(rc)
		must(t, err)
		must(t, rc.Close())
		if _, twice := out[f.Name]; twice {
			t.Errorf("%s is there twice", f.Name)
		}
		out[f.Name] = string(b)
	}
	return out
}

func same(t testing.TB, got map[string]string, want []thing) {
	t.Helper()
	for _, th := range want {
		if c, ok := got[th.path]; !ok || c != th.content {
			t.Errorf("%q: there: %v, %d bytes, want %d", th.path, ok, len(c), len(th.content))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d entries, want %d", len(got), len(want))
	}
}

// onDisk reads all files below a folder; folders have a slash and no content.
func onDisk(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	must(t, filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		name, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			out[name+"/"] = ""
			return nil
		}
		b, err := os.ReadFile(p)
		out[name] = string(b)
		return err
	}))
	return out
}

// tool is the first of the programs that is installed. A test that needs one is
// skipped where none is, unless VANGNET_TOOLS is "must".
func tool(t testing.TB, names ...string) string {
	t.Helper()
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	if os.Getenv("VANGNET_TOOLS") == "must" {
		t.Fatalf("%s is not installed", names[0])
	}
	t.Skipf("%s is not installed", names[0])
	return ""
}

// run runs a program to its end, in UTF-8.
func run(t testing.TB, dir, program string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

func mustRun(t testing.TB, dir, program string, args ...string) string {
	t.Helper()
	out, err := run(t, dir, program, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return out
}

// noise is bytes that do not compress, the same for the same seed.
func noise(seed byte, n int) []byte {
	b := make([]byte, n)
	if _, err := rand.NewChaCha8([32]byte{seed}).Read(b); err != nil {
		panic(err) // it never fails
	}
	return b
}
