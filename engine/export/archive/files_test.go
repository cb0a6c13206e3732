package archive_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"vangnet/engine/export/archive"
)

func newFiles(t testing.TB) (*archive.Files, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "klant")
	f, err := archive.CreateFiles(dir)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	return f, dir
}

func TestFiles(t *testing.T) {
	f, dir := newFiles(t)
	must(t, f.Dir("piet@klant.example/mail/Leeg", day))
	addAll(t, f, things)
	must(t, f.Dir("piet@klant.example", day.Add(-time.Hour)))
	if err := f.Add(t.Context(), entry("half.txt"), half("half")); !errors.Is(err, errLost) {
		t.Errorf("a failed file: %v", err)
	}
	must(t, f.Add(t.Context(), archive.Entry{Path: "half.txt"}, text("whole")))
	must(t, f.Add(t.Context(), entry("../../CON/x:y"), text("hostile")))
	must(t, f.Add(t.Context(), entry("SHA256SUMS"), f.WriteHashes))
	must(t, f.Finish(t.Context()))
	sums(t, f, dir)

	list := append([]thing{{"half.txt", "whole"}, {"__/__/_CON/x_y", "hostile"}}, things...)
	got := onDisk(t, dir)
	var bytes int64
	for name, c := range got {
		if strings.Contains(name, ".part") {
			t.Errorf("%s is left behind", name)
		}
		bytes += int64(len(c))
	}
	if f.Size() != bytes {
		t.Errorf("says %d bytes, has %d", f.Size(), bytes)
	}
	unpacked(t, dir, list[1:], true)
	for name, want := range map[string]time.Time{"piet@klant.example": day.Add(-time.Hour), "__/__/_CON/x_y": day} {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
		must(t, err)
		if !info.ModTime().Equal(want) {
			t.Errorf("%s is of %v, want %v", name, info.ModTime(), want)
		}
	}
	if err := f.Add(t.Context(), entry("late"), text("")); !errors.Is(err, archive.ErrClosed) {
		t.Errorf("adding after the end: %v", err)
	}
}

func TestFilesRefuseToReplace(t *testing.T) {
	f, dir := newFiles(t)
	must(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("there"), 0o600))
	if err := f.Add(t.Context(), entry("a.txt"), text("new")); !errors.Is(err, archive.ErrExists) {
		t.Errorf("over a file: %v", err)
	}
	must(t, f.Close())
	same(t, onDisk(t, dir), []thing{{"a.txt", "there"}})
}

func TestFilesStayBelowTheirFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need rights there")
	}
	f, dir := newFiles(t)
	outside := t.TempDir()
	must(t, os.Symlink(outside, filepath.Join(dir, "link")))
	if err := f.Add(t.Context(), entry("link/a.txt"), text("a")); err == nil {
		t.Error("a link led out of the folder")
	}
	if err := f.Dir("link/b", day); err == nil {
		t.Error("a link led out of the folder")
	}
	if got := onDisk(t, outside); len(got) != 0 {
		t.Errorf("outside there is %v", got)
	}
}

// A folder that lost a name to somebody else does not end well.
func TestFilesLoseAName(t *testing.T) {
	dir := t.TempDir()
	f, err := archive.CreateFiles(dir)
	must(t, err)
	must(t, f.Add(t.Context(), entry("a"), func(io.Writer) error { return os.Mkdir(filepath.Join(dir, "a"), 0o755) }))
	if err := f.Finish(t.Context()); !errors.Is(err, os.ErrExist) {
		t.Errorf("finished: %v", err)
	}
	if err := f.Close(); !errors.Is(err, os.ErrExist) {
		t.Errorf("closed: %v", err)
	}
	same(t, onDisk(t, dir), []thing{{"a/", ""}})
}

// Whole files stay when the work is broken off, parts do not.
func TestFilesBrokenOff(t *testing.T) {
	f, dir := newFiles(t)
	addAll(t, f, []thing{{"a.txt", "a"}})
	_ = f.Add(t.Context(), entry("b.txt"), half("b"))
	must(t, f.Close())
	same(t, onDisk(t, dir), []thing{{"a.txt", "a"}})
	again, err := archive.CreateFiles(dir)
	must(t, err)
	addAll(t, again, []thing{{"b.txt", "b"}})
	must(t, again.Close())
	same(t, onDisk(t, dir), []thing{{"a.txt", "a"}, {"b.txt", "b"}})
}

func TestFilesWithOddDates(t *testing.T) {
	f, dir := newFiles(t)
	for i, year := range []int{-5, 1, 1601, 1969, 2400, 9999} {
		e := archive.Entry{Path: string(rune('a' + i)), Modified: time.Date(year, 5, 5, 0, 0, 0, 0, time.UTC)}
		must(t, f.Add(t.Context(), e, text("x")))
		must(t, f.Dir(e.Path+"map", e.Modified))
	}
	must(t, f.Finish(t.Context()))
	info, err := os.Stat(filepath.Join(dir, "a"))
	must(t, err)
	if info.ModTime().Year() < 2020 {
		t.Errorf("a date that cannot be kept became %v", info.ModTime())
	}
}

func TestHashesEscape(t *testing.T) {
	program := tool(t, "sha256sum", "gsha256sum")
	if runtime.GOOS == "windows" {
		t.Skip("such names cannot be there")
	}
	h := archive.NewHashes(t.TempDir())
	defer h.Close()
	dir := t.TempDir()
	for _, name := range []string{"gewoon", "regel\nregel", `back\slash`, "return\rhier", "#hekje", " spatie ", "*ster", "é 日本 🎉"} {
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		must(t, h.Add(name, "", [32]byte{
			0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
			0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}))
	}
	var list bytes.Buffer
	must(t, h.Write(&list))
	file := filepath.Join(t.TempDir(), "list")
	must(t, os.WriteFile(file, list.Bytes(), 0o600))
	if out := mustRun(t, dir, program, "--check", "--strict", file); strings.Count(out, "OK") != 8 {
		t.Errorf("sha256sum says:\n%s", out)
	}
	own := mustRun(t, dir, program, "gewoon", "regel\nregel", `back\slash`, "return\rhier", "#hekje", " spatie ", "*ster", "é 日本 🎉")
	if own != list.String() {
		t.Errorf("sha256sum writes\n%q\nwe write\n%q", own, list.String())
	}
}

// A list longer than memory keeps is read back whole, and its file goes away.
func TestHashesOfMany(t *testing.T) {
	dir := t.TempDir()
	h := archive.NewHashes(dir)
	const many = 20_000
	for i := range many {
		must(t, h.Add("map/bestand", "", [32]byte{byte(i), byte(i >> 8)}))
	}
	if len(onDisk(t, dir)) != 1 {
		t.Error("the list is in memory")
	}
	for range 2 {
		var list bytes.Buffer
		must(t, h.Write(&list))
		if got := strings.Count(list.String(), "  map/bestand\n"); got != many || list.Len() != many*78 {
			t.Errorf("%d lines in %d bytes", got, list.Len())
		}
	}
	must(t, h.Close())
	if left := onDisk(t, dir); len(left) != 0 {
		t.Errorf("left behind: %d", len(left))
	}
	if err := h.Write(io.Discard); err != nil {
		t.Errorf("an empty list: %v", err)
	}
}
