package archive_test

import (
	"errors"
	"io"
	"os/signal"
	"syscall"
	"testing"

	"vangnet/engine/export/archive"
)

// fullDisk lets no file grow beyond n bytes until it is undone.
func fullDisk(t *testing.T, n uint64) (undo func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: was.Max}))
	undo = func() { must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was)) }
	t.Cleanup(undo)
	return undo
}

// What does not fit on the disk is taken back, also when the caller does not
// look at errors, and what fits goes on.
func TestFullDisk(t *testing.T) {
	careless := func(w io.Writer) error {
		for i := range 3 << 4 {
			_, _ = w.Write(noise(byte(i), 64<<10))
		}
		return nil
	}
	always := func(string) bool { return true }
	z, path := newZip(t, archive.ZipOptions{Store: always})
	sealed, sealedPath := newZip(t, archive.ZipOptions{Store: always, Password: "dakgoot"})
	files, dir := newFiles(t)
	boxes, boxDir := newMbox(t)
	undo := fullDisk(t, 1<<20)
	for name, a := range map[string]archive.Archive{"zip": z, "sealed": sealed, "files": files, "mbox": boxes} {
		must(t, a.Add(t.Context(), mail("m/a.eml"), text("A: 1\n")))
		if err := a.Add(t.Context(), mail("m/b.eml"), careless); !errors.Is(err, syscall.EFBIG) {
			t.Errorf("%s: a full disk: %v", name, err)
		}
		must(t, a.Add(t.Context(), mail("m/c.eml"), text("C: 1\n")))
	}
	undo()
	finish(t, z, path)
	finish(t, sealed, sealedPath)
	must(t, files.Finish(t.Context()))
	must(t, boxes.Finish(t.Context()))
	list := []thing{{"m/a.eml", "A: 1\n"}, {"m/c.eml", "C: 1\n"}}
	same(t, contents(t, path), list)
	same(t, unsealed(t, sealedPath, "dakgoot"), list)
	same(t, onDisk(t, dir), append(list, thing{"m/", ""}))
	same(t, onDisk(t, boxDir), []thing{{"m.mbox", fromJan + "A: 1\n\n" + fromJan + "C: 1\n\n"}})
}
