package archive_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/export/archive"
)

// sample is a ZIP with all that should be understood by others.
func sample(t *testing.T, password string) (string, []thing) {
	t.Helper()
	z, path := newZip(t, archive.ZipOptions{Password: password})
	list := append([]thing{{"groot.bin", string(noise(3, 700_000))}}, things...)
	addAll(t, z, list)
	must(t, z.Dir("piet@klant.example/mail/Leeg", day))
	finish(t, z, path)
	return path, list
}

// unpacked looks at what a program unpacked.
func unpacked(t *testing.T, dir string, list []thing, dates bool) {
	t.Helper()
	got := onDisk(t, dir)
	for _, th := range list {
		if c, ok := got[th.path]; !ok || c != th.content {
			t.Errorf("%q: there: %v, %d bytes, want %d", th.path, ok, len(c), len(th.content))
			continue
		}
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(th.path)))
		must(t, err)
		if dates && !info.ModTime().Equal(day) {
			t.Errorf("%q is of %v, want %v", th.path, info.ModTime().UTC(), day.UTC())
		}
	}
	info, err := os.Stat(filepath.Join(dir, "piet@klant.example", "mail", "Leeg"))
	must(t, err)
	if dates && !info.ModTime().Equal(day) {
		t.Errorf("the empty folder is of %v, want %v", info.ModTime().UTC(), day.UTC())
	}
}

func TestUnzipReads(t *testing.T) {
	program := tool(t, "unzip")
	path, list := sample(t, "")
	if out := mustRun(t, "", program, "-t", path); !strings.Contains(out, "No errors detected") {
		t.Errorf("unzip -t says:\n%s", out)
	}
	dir := t.TempDir()
	mustRun(t, dir, program, "-q", path)
	unpacked(t, dir, list, true)
	if info, err := os.Stat(filepath.Join(dir, "groot.bin")); err != nil || info.Mode() != 0o644 {
		t.Errorf("a file has mode %v: %v", info.Mode(), err)
	}
}

func TestPythonReads(t *testing.T) {
	program := tool(t, "python3")
	path, list := sample(t, "")
	dir := t.TempDir()
	out := mustRun(t, dir, program, "-c", `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
assert all(i.date_time == (2026, 7, 14, 16, 5, 42) for i in z.infolist()), [i.date_time for i in z.infolist()]
z.extractall('.')
print(len(z.infolist()))`, path)
	if strings.TrimSpace(out) != "7" {
		t.Errorf("python saw %s entries", out)
	}
	unpacked(t, dir, list, false)
}

func TestSevenZipReads(t *testing.T) {
	program := tool(t, "7z", "7zz", "7za")
	path, list := sample(t, "")
	if out := mustRun(t, "", program, "t", path); strings.Contains(out, "WARNING") || !strings.Contains(out, "Everything is Ok") {
		t.Errorf("7z t says:\n%s", out)
	}
	dir := t.TempDir()
	mustRun(t, dir, program, "x", path)
	unpacked(t, dir, list, true)
}

func TestSevenZipReadsSealed(t *testing.T) {
	program := tool(t, "7z", "7zz", "7za")
	password := `Dak goot 7! "$%&'~`
	path, list := sample(t, password)
	if out, err := run(t, t.TempDir(), program, "x", "-pverkeerd", path); err == nil || !strings.Contains(out, "Wrong password") {
		t.Errorf("7z took a wrong password: %v\n%s", err, out)
	}
	if out := mustRun(t, "", program, "l", "-slt", path); !strings.Contains(out, "AES-256") {
		t.Errorf("7z does not see AES-256:\n%s", out)
	}
	dir := t.TempDir()
	if out := mustRun(t, dir, program, "x", "-p"+password, path); strings.Contains(out, "WARNING") {
		t.Errorf("7z x says:\n%s", out)
	}
	unpacked(t, dir, list, true)
	same(t, unsealed(t, path, password), append(list, thing{"piet@klant.example/mail/Leeg/", ""}))

	damaged, err := os.ReadFile(path)
	must(t, err)
	damaged[350_000] ^= 1
	must(t, os.WriteFile(path, damaged, 0o600))
	if out, err := run(t, "", program, "t", "-p"+password, path); err == nil {
		t.Errorf("7z did not see that a byte was changed:\n%s", out)
	}
}

func TestLongestPassword(t *testing.T) {
	program := tool(t, "7z", "7zz", "7za")
	password := strings.Repeat("a", 99)
	path, _ := sample(t, password)
	mustRun(t, "", program, "t", "-p"+password, path)
}

// sums writes the list of an archive and lets sha256sum compare it with files.
func sums(t *testing.T, a archive.Archive, dir string) string {
	t.Helper()
	program := tool(t, "sha256sum", "gsha256sum")
	list := filepath.Join(t.TempDir(), "SHA256SUMS")
	f, err := os.Create(list)
	must(t, err)
	must(t, a.WriteHashes(f))
	must(t, f.Close())
	out := mustRun(t, dir, program, "--check", "--strict", list)
	if strings.Contains(out, "FAILED") || strings.Contains(out, "WARNING") {
		t.Errorf("sha256sum says:\n%s", out)
	}
	text, err := os.ReadFile(list)
	must(t, err)
	if n := strings.Count(out, ": OK\n"); n == 0 || n != strings.Count("\n"+string(text), "\n")-1-strings.Count("\n"+string(text), "\n# ") {
		t.Errorf("sha256sum compared %d files of\n%s", n, text)
	}
	return string(text)
}

func TestSumsOfZip(t *testing.T) {
	program := tool(t, "unzip")
	z, path := newZip(t, archive.ZipOptions{})
	addAll(t, z, things)
	addAll(t, z, []thing{{"a/wat?.eml", "1"}, {"a/wat_.eml", "2"}, {"../\n\\x", "3"}})
	must(t, z.Add(t.Context(), entry("SHA256SUMS"), z.WriteHashes))
	finish(t, z, path)
	dir := t.TempDir()
	mustRun(t, dir, program, "-q", path)
	list := sums(t, z, dir)
	for _, want := range []string{"# original: a/wat?.eml\n", "# original: ../\\n\\\\x\n"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not say %q:\n%s", want, list)
		}
	}
	inside, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	must(t, err)
	if !strings.HasPrefix(list, string(inside)) || strings.Contains(string(inside), "SHA256SUMS") || len(inside) < 500 {
		t.Errorf("the list inside is\n%s", inside)
	}
}
