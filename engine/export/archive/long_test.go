package archive_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"vangnet/engine/export/archive"
)

const beyond = 4<<30 + 12345 // bytes that do not fit 32 bits

func zeros(n int64) func(io.Writer) error {
	return func(w io.Writer) error {
		page := make([]byte, 1<<20)
		for n > 0 {
			k, err := w.Write(page[:min(n, int64(len(page)))])
			if err != nil {
				return err
			}
			n -= int64(k)
		}
		return nil
	}
}

// What is beyond Zip's small fields, with zeros that take little room.
func TestZip64(t *testing.T) {
	if os.Getenv("VANGNET_LONG") == "" {
		t.Skip("needs some gigabytes and minutes; VANGNET_LONG=1 runs it")
	}
	for _, password := range []string{"", "dakgoot"} {
		start := time.Now()
		z64(t, password)
		t.Logf("password %q: %v", password, time.Since(start))
	}
}

// z64 makes and reads a ZIP with an entry beyond 4 GiB that packs to little, one
// that is stored, entries that begin beyond 4 GiB, and more than 65,535 of them.
func z64(t *testing.T, password string) {
	z, path := newZip(t, archive.ZipOptions{Password: password, Store: func(p string) bool { return p == "stored.bin" }})
	must(t, z.Add(t.Context(), entry("packed.bin"), zeros(beyond)))
	if z.Size() > beyond/50 {
		t.Errorf("zeros take %d bytes", z.Size())
	}
	fail := func(w io.Writer) error { return errors.Join(zeros(beyond)(w), errLost) }
	if err := z.Add(t.Context(), entry("stored.bin"), fail); !errors.Is(err, errLost) {
		t.Errorf("a failure beyond 4 GiB: %v", err)
	}
	must(t, z.Add(t.Context(), entry("stored.bin"), zeros(beyond)))
	const many = 70_000
	for i := range many {
		must(t, z.Add(t.Context(), entry(fmt.Sprintf("veel/%d/%d.txt", i%100, i)), text(fmt.Sprint(i))))
	}
	finish(t, z, path)
	info, err := os.Stat(path)
	must(t, err)
	t.Logf("%d bytes", info.Size())

	seven := tool(t, "7z", "7zz", "7za")
	out := mustRun(t, "", seven, "t", "-p"+password, path)
	if strings.Contains(out, "WARNING") || !strings.Contains(out, fmt.Sprintf("Files: %d", many+2)) || !strings.Contains(out, "Everything is Ok") {
		t.Errorf("7z says:\n%.2000s", out)
	}
	python := tool(t, "python3")
	out = mustRun(t, "", python, "-c", `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print(len(z.infolist()), z.getinfo('packed.bin').file_size, z.getinfo('stored.bin').file_size)
if not sys.argv[2]: assert z.read('veel/99/69999.txt') == b'69999'`, path, password)
	if want := fmt.Sprintf("%d %d %d\n", many+2, int64(beyond), int64(beyond)); out != want {
		t.Errorf("python saw %q, want %q", out, want)
	}
	if password == "" {
		mustRun(t, "", tool(t, "unzip"), "-tqq", path)
	}
}
