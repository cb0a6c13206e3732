package archive_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"vangnet/engine/export/archive"
	"vangnet/engine/model"
)

// stored are the names in a ZIP of one entry for each path, in their order.
func stored(t testing.TB, paths ...string) []string {
	t.Helper()
	z, path := newZip(t, archive.ZipOptions{})
	for _, p := range paths {
		if folder, ok := strings.CutSuffix(p, "/"); ok {
			must(t, z.Dir(folder, day))
			continue
		}
		must(t, z.Add(t.Context(), entry(p), text(p)))
	}
	finish(t, z, path)
	r, err := zip.OpenReader(path)
	must(t, err)
	defer r.Close()
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
	}
	checkNames(t, names)
	return names
}

// checkNames looks that names are what every computer takes.
func checkNames(t testing.TB, names []string) {
	t.Helper()
	seen := map[string]string{}
	for _, name := range names {
		plain := strings.TrimSuffix(name, "/")
		for part := range strings.SplitSeq(plain, "/") {
			if part == "" || part != model.SafeName(part) {
				t.Errorf("%q has a part that is no safe name: %q", name, part)
			}
		}
		if n := len(utf16.Encode([]rune(plain))); n >= 240 {
			t.Errorf("%q has %d characters", name, n)
		}
		if other, ok := seen[model.FoldName(plain)]; ok {
			t.Errorf("%q and %q are one name", name, other)
		}
		seen[model.FoldName(plain)] = name
	}
}

func TestHostilePaths(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{"a/b.txt", "a/b.txt"},
		{"/etc/passwd", "etc/passwd"},
		{"//server/share/x", "server/share/x"},
		{"../../x.txt", "__/__/x.txt"},
		{"a/./b/../../../x", "a/_/b/__/__/__/x"},
		{`..\..\x.txt`, `.._.._x.txt`},
		{`C:\Windows\x.dll`, `C__Windows_x.dll`},
		{"C:/x", "C_/x"},
		{"a\x00b/c\nd\re", "a_b/c_d_e"},
		{"con/aux.txt/NUL", "_con/_aux.txt/_NUL"},
		{"slot. /punt.../ ...", "slot/punt/___"},
		{"a//b///c", "a/b/c"},
		{"\xff\xfe/\xc3", "__/_"},
		{"x\u202egpj.exe", "x_gpj.exe"},
		{"pipe|vraag?ster*.eml", "pipe_vraag_ster_.eml"},
		{"~/x", "~/x"},
		{"-rf", "-rf"},
	} {
		if got := stored(t, c.path); len(got) != 1 || got[0] != c.want {
			t.Errorf("%q is stored as %q, want %q", c.path, got, c.want)
		}
	}
	z, _ := newZip(t, archive.ZipOptions{})
	for _, p := range []string{"", "/", "///"} {
		if err := z.Add(t.Context(), entry(p), text("x")); !errors.Is(err, archive.ErrPath) {
			t.Errorf("file %q: %v", p, err)
		}
		if err := z.Dir(p, day); !errors.Is(err, archive.ErrPath) {
			t.Errorf("folder %q: %v", p, err)
		}
	}
}

func TestEqualNamesGetMarks(t *testing.T) {
	got := stored(t, "a/Offerte.eml", "a/offerte.EML", "a/Offerte.eml", "a/Offerte.eml", "a/Offerte", "A/Offerte.eml", "a/x?", "a/x*", "a/x?/", "a/x?/y", "a/x_/y")
	for i, want := range []string{"a/Offerte.eml", "a/offerte ~XXXX.EML", "a/Offerte ~XXXX.eml", "a/Offerte ~XXXXXXXX.eml", "a/Offerte",
		"A ~XXXX/Offerte.eml", "a/x_", "a/x_ ~XXXX", "a/x_ ~XXXX/", "a/x_ ~XXXX/y", "a/x_ ~XXXX/y"} {
		shape := got[i]
		if stem, mark, ok := strings.Cut(shape, " ~"); ok {
			end := strings.IndexAny(mark+".", "./")
			shape = stem + " ~" + strings.Repeat("X", end) + mark[end:]
		}
		if shape != want {
			t.Errorf("entry %d is stored as %q, want the shape of %q", i, got[i], want)
		}
	}
	if got[8]+"y" != got[9] {
		t.Errorf("a folder is %q, and its file is %q", got[8], got[9])
	}
	if got[9] == got[10] {
		t.Errorf("two folders became one: %q", got[9])
	}
}

// A name that an entry lost is free again.
func TestNameOfAFailedEntryIsFree(t *testing.T) {
	z, path := newZip(t, archive.ZipOptions{})
	if err := z.Add(t.Context(), entry("a.txt"), half("x")); !errors.Is(err, errLost) {
		t.Fatal(err)
	}
	addAll(t, z, []thing{{"a.txt", "1"}})
	must(t, z.Undo())
	addAll(t, z, []thing{{"a.txt", "2"}})
	finish(t, z, path)
	same(t, contents(t, path), []thing{{"a.txt", "2"}})
}

func TestLongPaths(t *testing.T) {
	word := strings.Repeat("Correspondentie met de gemeente ", 5) + "2026"
	wide := strings.Repeat("見積書🏠", 40)
	for name, dir := range map[string]string{
		"ordinary": "piet@klant.example/mail/Inbox",
		"wide":     "piet@klant.example/" + wide + "/" + wide,
		"words":    "piet@klant.example/mail/" + word + "/" + word + "/" + word,
		"deep":     "piet@klant.example/" + strings.Repeat("Submap van de map/", 60) + "eind",
		"deepest":  "p/" + strings.Repeat("a/", 20_000) + "a",
		"top":      strings.Repeat("x", 4000),
	} {
		t.Run(name, func(t *testing.T) {
			long := strings.Repeat("Een onderwerp zonder einde ", 12)
			got := stored(t, dir+"/", dir+"/kort.eml", dir+"/"+long+"A.eml", dir+"/"+long+"B.eml", dir+"/sub/kort.eml", dir+"/"+strings.Repeat("y", 300))
			parent := got[0]
			for i, want := range []string{1: "kort.eml", 2: ".eml", 3: ".eml"} {
				if !strings.HasPrefix(got[i], parent) || !strings.HasSuffix(got[i], want) {
					t.Errorf("%q is not below %q, or does not end in %q", got[i], parent, want)
				}
			}
			if !strings.HasPrefix(got[0], strings.SplitN(dir, "/", 2)[0][:1]) {
				t.Errorf("%q has lost its first part", got[0])
			}
			if again := stored(t, dir+"/kort.eml"); again[0] != got[1] {
				t.Errorf("the same path is stored as %q and %q", got[1], again[0])
			}
		})
	}
}

func TestManyEqualNames(t *testing.T) {
	var paths []string
	for i := range 3000 {
		paths = append(paths, fmt.Sprintf("map/%s.eml", []string{"Offerte", "offerte", "OFFERTE"}[i%3]))
	}
	if got := stored(t, paths...); len(got) != len(paths) {
		t.Errorf("%d of %d", len(got), len(paths))
	}
}
