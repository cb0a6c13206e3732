package archive_test

import (
	"archive/zip"
	"errors"
	"strings"
	"testing"
	"time"

	"vangnet/engine/export/archive"
)

// FuzzZip makes an archive of hostile paths, one a line, of which those that end
// in a slash are folders, with failures between; Go's reader must see the same.
func FuzzZip(f *testing.F) {
	f.Add("a/b.txt\na/B.txt\na/\n../x\n", []byte("tekst"), int64(1_784_000_000), false)
	f.Add("con\naux.txt/\n"+strings.Repeat("見/", 300)+"x", []byte{}, int64(-1), true)
	f.Add(strings.Repeat("lang ", 100)+".eml\n\xff\xfe\n\x00", []byte(strings.Repeat("x", 3000)), int64(1)<<40, true)
	f.Add("a~\na ~1f3a\nA\n"+strings.Repeat("x/", 200), noise(1, 300), int64(0), false)
	f.Fuzz(func(t *testing.T, paths string, content []byte, seconds int64, seal bool) {
		var o archive.ZipOptions
		if seal {
			o.Password = "dakgoot"
		}
		z, path := newZip(t, o)
		modified := time.Unix(seconds, 0)
		var want []string // of files, in their order
		for i, p := range strings.SplitN(paths, "\n", 40) {
			if folder, ok := strings.CutSuffix(p, "/"); ok {
				if err := z.Dir(folder, modified); err != nil && !errors.Is(err, archive.ErrPath) {
					t.Fatalf("folder %q: %v", folder, err)
				}
				continue
			}
			own := string(content[min(i*7, len(content)):])
			e := archive.Entry{Path: p, Modified: modified}
			if err := z.Add(t.Context(), e, half(own)); !errors.Is(err, errLost) && !errors.Is(err, archive.ErrPath) {
				t.Fatalf("failing %q: %v", p, err)
			}
			err := z.Add(t.Context(), e, text(own))
			if err == nil {
				want = append(want, own)
			} else if !errors.Is(err, archive.ErrPath) {
				t.Fatalf("%q: %v", p, err)
			}
		}
		finish(t, z, path)
		got := contents
		if seal {
			got = func(t testing.TB, path string) map[string]string { return unsealed(t, path, o.Password) }
		}
		checkFiles(t, path, got(t, path), want)
	})
}

func checkFiles(t *testing.T, path string, got map[string]string, want []string) {
	t.Helper()
	r, err := zip.OpenReader(path)
	must(t, err)
	defer r.Close()
	var names []string
	for _, f := range r.File {
		names = append(names, f.Name)
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if len(want) == 0 || got[f.Name] != want[0] {
			t.Fatalf("%q has %d bytes; %d files are left", f.Name, len(got[f.Name]), len(want))
		}
		want = want[1:]
	}
	if len(want) > 0 {
		t.Fatalf("%d files are missing", len(want))
	}
	checkNames(t, names)
}
