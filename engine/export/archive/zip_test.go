package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vangnet/engine/export/archive"
)

func TestZipReadsBack(t *testing.T) {
	z, path := newZip(t, archive.ZipOptions{})
	addAll(t, z, things)
	must(t, z.Dir("piet@klant.example/mail/Leeg", day))
	must(t, z.Dir("piet@klant.example/mail/Leeg", day))
	finish(t, z, path)
	same(t, contents(t, path), append([]thing{{"piet@klant.example/mail/Leeg/", ""}}, things...))

	r, err := zip.OpenReader(path)
	must(t, err)
	defer r.Close()
	for _, f := range r.File {
		if !f.Modified.Equal(day) {
			t.Errorf("%s is of %v, want %v", f.Name, f.Modified, day)
		}
		mode, method := fs.FileMode(0o644), zip.Deflate
		switch {
		case strings.HasSuffix(f.Name, "/"):
			mode, method = fs.ModeDir|0o755, zip.Store
		case strings.HasSuffix(f.Name, ".jpg"):
			method = zip.Store
		}
		if f.Mode() != mode || f.Method != method {
			t.Errorf("%s has mode %v and method %d", f.Name, f.Mode(), f.Method)
		}
		if f.NonUTF8 || f.Flags&(1<<11) == 0 {
			t.Errorf("%s does not say that its name is UTF-8", f.Name)
		}
	}
}

func TestZipDates(t *testing.T) {
	for _, c := range []struct {
		name  string
		given time.Time
		want  time.Time // with seconds of the extended timestamp, or by the clock of MS-DOS
	}{
		{"summer", day, day},
		{"unknown", time.Time{}, time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"before all clocks", time.Date(1962, 3, 4, 5, 6, 7, 0, time.UTC), time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"before MS-DOS", time.Date(1971, 3, 4, 5, 6, 7, 0, time.UTC), time.Date(1971, 3, 4, 5, 6, 7, 0, time.UTC)},
		{"after 2038", time.Date(2060, 3, 4, 5, 6, 7, 0, time.UTC), time.Date(2060, 3, 4, 5, 6, 6, 0, time.UTC)},
		{"far off", time.Date(9999, 3, 4, 5, 6, 7, 0, time.UTC), time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)},
		{"long ago", time.Date(1, 3, 4, 5, 6, 7, 0, time.UTC), time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			z, path := newZip(t, archive.ZipOptions{})
			must(t, z.Add(t.Context(), archive.Entry{Path: "a.txt", Modified: c.given}, text("a")))
			finish(t, z, path)
			r, err := zip.OpenReader(path)
			must(t, err)
			defer r.Close()
			if got := r.File[0].Modified; !got.Equal(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// Entries of all sizes around the buffers, small and large writes, with failures
// between them.
func TestZipFailedEntriesLeaveNoTrace(t *testing.T) {
	for _, password := range []string{"", "dakgoot"} {
		z, path := newZip(t, archive.ZipOptions{Password: password, Store: func(p string) bool { return strings.HasSuffix(p, ".bin") }})
		var want []thing
		for i, size := range []int{0, 1, 4000, 255 << 10, 256 << 10, 257 << 10, 1 << 20, 5 << 20, 17} {
			content := string(noise(byte(i), size))
			for _, ext := range []string{".bin", ".txt"} {
				name := "map/" + string(rune('a'+i)) + ext
				before := z.Size()
				err := z.Add(t.Context(), entry(name), half(content))
				if !errors.Is(err, errLost) || z.Size() != before {
					t.Fatalf("%s: %v, size went from %d to %d", name, err, before, z.Size())
				}
				must(t, z.Add(t.Context(), entry(name), func(w io.Writer) error {
					_, err := io.CopyBuffer(struct{ io.Writer }{w}, strings.NewReader(content), make([]byte, 100+i*70_000))
					return err
				}))
				want = append(want, thing{name, content})
			}
		}
		finish(t, z, path)
		if password == "" {
			same(t, contents(t, path), want)
		} else {
			same(t, unsealed(t, path, password), want)
		}
		var list bytes.Buffer
		must(t, z.WriteHashes(&list))
		if n := strings.Count(list.String(), "\n"); n != len(want) {
			t.Errorf("%d sums of %d files", n, len(want))
		}
	}
}

// A caller that drops the writer's errors must not make a whole of a part.
func TestZipHidesNoError(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	z, path := newZip(t, archive.ZipOptions{})
	err := z.Add(ctx, entry("a.txt"), func(w io.Writer) error {
		_, _ = io.WriteString(w, "one")
		stop()
		_, _ = io.WriteString(w, "two")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled half-way: %v", err)
	}
	if err := z.Add(ctx, entry("a.txt"), text("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	if err := z.Finish(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled finish: %v", err)
	}
	var kept io.Writer
	must(t, z.Add(t.Context(), entry("a.txt"), func(w io.Writer) error { kept = w; return nil }))
	if _, err := io.WriteString(kept, "late"); !errors.Is(err, archive.ErrClosed) {
		t.Errorf("writing after the end: %v", err)
	}
	must(t, z.Add(t.Context(), entry("b.txt"), func(w io.Writer) error {
		for _, err := range []error{z.Add(t.Context(), entry("c.txt"), text("c")), z.Dir("d", day), z.Undo(), z.Finish(t.Context())} {
			if !errors.Is(err, archive.ErrBusy) {
				t.Errorf("inside another entry: %v", err)
			}
		}
		return nil
	}))
	finish(t, z, path)
	same(t, contents(t, path), []thing{{"a.txt", ""}, {"b.txt", ""}})
}

func TestZipUndo(t *testing.T) {
	z, path := newZip(t, archive.ZipOptions{})
	if z.Undo() == nil {
		t.Error("took back an entry of an empty archive")
	}
	addAll(t, z, []thing{{"a.txt", "first"}})
	before := z.Size()
	addAll(t, z, []thing{{"b.bin", string(noise(1, 3<<20))}})
	must(t, z.Undo())
	if z.Size() != before {
		t.Errorf("size is %d, was %d", z.Size(), before)
	}
	if z.Undo() == nil {
		t.Error("took back a second entry")
	}
	addAll(t, z, []thing{{"b.bin", "second"}})
	must(t, z.Dir("d", day))
	if z.Undo() == nil {
		t.Error("took back an entry that a folder came after")
	}
	finish(t, z, path)
	same(t, contents(t, path), []thing{{"a.txt", "first"}, {"b.bin", "second"}, {"d/", ""}})
	var list bytes.Buffer
	must(t, z.WriteHashes(&list))
	if strings.Count(list.String(), "\n") != 2 {
		t.Errorf("the sums of two files are\n%s", list.String())
	}
}

func TestZipCloseAbandons(t *testing.T) {
	path := filepath.Join(t.TempDir(), "klant.zip")
	z, err := archive.CreateZip(path, archive.ZipOptions{Password: "x"})
	must(t, err)
	for i := range 5000 { // more than the lists keep in memory
		must(t, z.Dir(strings.Repeat("m", 100)+string(rune('0'+i%10))+"/"+strings.Repeat("x", i%60)+string(rune('a'+i%26)), day))
	}
	addAll(t, z, things)
	must(t, z.Close())
	must(t, z.Close())
	if left := onDisk(t, filepath.Dir(path)); len(left) != 0 {
		t.Errorf("left behind: %d files", len(left))
	}
	if err := z.Add(t.Context(), entry("a"), text("a")); !errors.Is(err, archive.ErrClosed) {
		t.Errorf("adding after the end: %v", err)
	}
}

func TestZipRefusesToReplace(t *testing.T) {
	z, path := newZip(t, archive.ZipOptions{})
	addAll(t, z, things)
	must(t, os.WriteFile(path, []byte("there"), 0o600))
	before := z.Size()
	if err := z.Finish(t.Context()); !errors.Is(err, archive.ErrExists) || !errors.Is(err, fs.ErrExist) || z.Size() != before {
		t.Errorf("finish over a file: %v; size %d, then %d", err, before, z.Size())
	}
	if _, err := archive.CreateZip(path, archive.ZipOptions{}); !errors.Is(err, archive.ErrExists) {
		t.Errorf("begin over a file: %v", err)
	}
	must(t, os.Remove(path))
	finish(t, z, path) // it may be tried again
	same(t, contents(t, path), things)
	if err := z.Finish(t.Context()); !errors.Is(err, archive.ErrClosed) {
		t.Errorf("finish twice: %v", err)
	}
	must(t, z.Close())
	if left := onDisk(t, filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %d files, want the ZIP only", len(left))
	}
}

func TestZipReplacesWhatACrashLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "klant.zip")
	must(t, os.WriteFile(path+".part", noise(1, 1<<20), 0o600))
	z, err := archive.CreateZip(path, archive.ZipOptions{})
	must(t, err)
	defer z.Close()
	addAll(t, z, things)
	finish(t, z, path)
	same(t, contents(t, path), things)
}

func TestZipPasswords(t *testing.T) {
	for _, p := range []string{"geheim\x00", "gehéim", "\t", strings.Repeat("x", 100)} {
		path := filepath.Join(t.TempDir(), "klant.zip")
		if _, err := archive.CreateZip(path, archive.ZipOptions{Password: p}); !errors.Is(err, archive.ErrPassword) {
			t.Errorf("%q: %v", p, err)
		}
	}
}

// Equal input makes equal bytes, and no two entries share a salt.
func TestZipSealedIsRepeatable(t *testing.T) {
	var first []byte
	for range 2 {
		z, path := newZip(t, archive.ZipOptions{Password: "dakgoot", Rand: rand.NewChaCha8([32]byte{7})})
		must(t, z.Add(t.Context(), entry("a"), text("the same")))
		must(t, z.Add(t.Context(), entry("b"), text("the same")))
		finish(t, z, path)
		got, err := os.ReadFile(path)
		must(t, err)
		if first != nil && !bytes.Equal(first, got) {
			t.Error("the same input made different bytes")
		}
		first = got
		a, b := sealedPart(t, path, "a"), sealedPart(t, path, "b")
		if bytes.Equal(a[:16], b[:16]) || bytes.Equal(a[18:], b[18:]) {
			t.Error("two entries share a salt")
		}
		same(t, unsealed(t, path, "dakgoot"), []thing{{"a", "the same"}, {"b", "the same"}})
	}
}

func TestZipWithoutSalts(t *testing.T) {
	z, path := newZip(t, archive.ZipOptions{Password: "dakgoot", Rand: bytes.NewReader(make([]byte, 16))})
	must(t, z.Add(t.Context(), entry("a"), text("a")))
	for range 2 {
		if err := z.Add(t.Context(), entry("b"), text("b")); !errors.Is(err, io.EOF) {
			t.Errorf("without a salt: %v", err)
		}
	}
	finish(t, z, path)
	same(t, unsealed(t, path, "dakgoot"), []thing{{"a", "a"}})
}
