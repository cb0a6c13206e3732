package pst_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/export/pst"
	"vangnet/engine/mapi"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestSameInputSameBytes holds the bytes of the sample store by their hash, so
// that a change of what is written does not go unseen.
func TestSameInputSameBytes(t *testing.T) {
	one, two := store(t, sample()), store(t, sample())
	got := hashFile(t, one)
	if got != hashFile(t, two) {
		t.Error("the same items made two different files")
	}
	golden := filepath.Join("testdata", "sample.sha256")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.TrimSpace(string(want)) {
		t.Errorf("the file has hash %s, the golden one %s", got, want)
	}
}

// TestKeyMakesStoresDiffer: Outlook takes stores with one record key for the
// same store.
func TestKeyMakesStoresDiffer(t *testing.T) {
	make := func(key string) string {
		path := filepath.Join(t.TempDir(), "a.pst")
		w, err := pst.Create(path, pst.Options{Name: "Postvak", Key: []byte(key)})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = w.Close() }()
		finish(t, w)
		return hashFile(t, path)
	}
	if make("deel 1") == make("deel 2") {
		t.Error("two exports made the same store")
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestAbandonLeavesNothing(t *testing.T) {
	dir, temp := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "a.pst")
	w, err := pst.Create(path, pst.Options{Name: "Postvak", Temp: temp})
	if err != nil {
		t.Fatal(err)
	}
	add(t, w, entry{"Inbox", "", mail("een", "x")}, 0)
	if got := files(t, dir); len(got) != 1 || got[0] != "a.pst.part" {
		t.Errorf("while it is written there is %q", got)
	}
	if len(files(t, temp)) == 0 {
		t.Error("nothing in the folder for temporary files")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := append(files(t, dir), files(t, temp)...); len(got) != 0 {
		t.Errorf("after closing there is %q", got)
	}
	if _, err := w.Add(context.Background(), pst.Top, nil, mail("twee", "x")); !errors.Is(err, pst.ErrClosed) {
		t.Errorf("adding to a closed file: %v", err)
	}
	if _, err := w.Finish(context.Background()); !errors.Is(err, pst.ErrClosed) {
		t.Errorf("finishing a closed file: %v", err)
	}
}

func TestFinishReplacesAndLeavesNoOther(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.pst")
	for _, name := range []string{path, path + ".part"} { // of an earlier run
		if err := os.WriteFile(name, pattern(1<<20, 1), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := create(t, path)
	add(t, w, entry{"Inbox", "", mail("een", "x")}, 0)
	s := finish(t, w)
	if err := w.Close(); err != nil {
		t.Errorf("close after finish: %v", err)
	}
	if got := files(t, dir); len(got) != 1 || got[0] != "a.pst" {
		t.Errorf("there is %q", got)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != s.Bytes {
		t.Errorf("file %v, error %v, summary %+v", info.Size(), err, s)
	}
	if s.Messages != 1 || s.Folders != 1 || s.Attachments != 0 {
		t.Errorf("summary %+v", s)
	}
	checked(t, path)
}

func TestFinishStops(t *testing.T) {
	dir := t.TempDir()
	w := create(t, filepath.Join(dir, "a.pst"))
	add(t, w, entry{"Inbox", "", mail("een", "x")}, 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.Finish(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("there is %q", got)
	}
}

func TestCreateWhereThereIsNoFolder(t *testing.T) {
	dir := t.TempDir()
	if _, err := pst.Create(filepath.Join(dir, "nergens", "a.pst"), pst.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if _, err := pst.Create(filepath.Join(dir, "a.pst"), pst.Options{Temp: filepath.Join(dir, "nergens")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("there is %q", got)
	}
}

// failing ends with an error after some bytes.
func failing(n int, err error) mapi.Blob {
	return mapi.NewBlob(int64(n)*2, func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("x", n)), broken{err})), nil
	})
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// TestFailedItemLeavesNoTrace adds items that fail between others: the file is
// the same as without them.
func TestFailedItemLeavesNoTrace(t *testing.T) {
	lost := errors.New("lost")
	ctx, cancel := context.WithCancel(context.Background())
	fail := []struct {
		name  string
		blob  mapi.Blob
		cause error
	}{
		{"unreadable at once", failing(0, lost), lost},
		{"after some blocks", failing(100_000, lost), lost},
		{"after some sections", failing(1_200_000, lost), lost},
		{"too short", mapi.NewBlob(20_000, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("kort")), nil }), io.ErrUnexpectedEOF},
		{"not loaded", mapi.Blob{Size: 5000}, mapi.ErrNotLoaded},
		{"cannot be opened", mapi.NewBlob(10, func() (io.ReadCloser, error) { return nil, lost }), lost},
		{"too large", mapi.NewBlob(1<<32, func() (io.ReadCloser, error) { return io.NopCloser(broken{lost}), nil }), pst.ErrTooLarge},
		{"cancelled", mapi.NewBlob(1<<30, func() (io.ReadCloser, error) { return io.NopCloser(cancels{cancel}), nil }), context.Canceled},
	}
	write := func(name string, withFailures bool) string {
		path := filepath.Join(t.TempDir(), name)
		w := create(t, path)
		for i, e := range sample() {
			add(t, w, e, i)
			if !withFailures || i >= len(fail) {
				continue
			}
			bad := mail(fail[i].name, "x")
			good := embedded(mail("goed", strings.Repeat("goed ", 5000)))
			good.Props.SetNamed(mapi.HeaderName("X-Alleen-Hier-"+fail[i].name), mapi.TypeString, "x")
			bad.Attachments = []mapi.Attachment{good, file("kapot.bin", "", nil), good}
			bad.Attachments[1].SetData(fail[i].blob)
			before := w.Size()
			_, err := w.Add(ctx, folder(t, w, pst.Top, "Inbox", ""), []byte("bad"), bad)
			if !errors.Is(err, fail[i].cause) {
				t.Errorf("%s: error %v", fail[i].name, err)
			}
			if err != nil && fail[i].name != "cancelled" && !strings.Contains(err.Error(), "kapot.bin") {
				t.Errorf("%s: the error does not name the attachment: %v", fail[i].name, err)
			}
			if w.Size() != before {
				t.Errorf("%s: size went from %d to %d", fail[i].name, before, w.Size())
			}
		}
		finish(t, w)
		return path
	}
	with, without := write("a.pst", true), write("b.pst", false)
	checked(t, with)
	if hashFile(t, with) != hashFile(t, without) {
		t.Error("items that failed left something in the file")
	}
}

// TestDiskFails: once a part of the file could not be written there is no
// going on, and nothing stays behind.
func TestDiskFails(t *testing.T) {
	dir := t.TempDir()
	w := create(t, filepath.Join(dir, "a.pst"))
	add(t, w, entry{"Inbox", "", mail("een", "x")}, 0)
	if err := w.LoseFile(); err != nil {
		t.Fatal(err)
	}
	m := mail("groot", "x")
	m.Attachments = []mapi.Attachment{file("groot.bin", "", pattern(3*sectionSize, 1))}
	for _, want := range []error{os.ErrClosed, os.ErrClosed} {
		if _, err := w.Add(context.Background(), pst.Top, nil, m); !errors.Is(err, want) {
			t.Errorf("error %v", err)
		}
	}
	if _, err := w.Finish(context.Background()); err == nil {
		t.Error("a damaged file was finished")
	}
	_ = w.Close()
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("there is %q", got)
	}
}

// cancels never ends; reading it ends the context.
type cancels struct{ cancel context.CancelFunc }

func (c cancels) Read(p []byte) (int, error) { c.cancel(); return len(p), nil }

// TestFullFolder: what does not fit into a folder can go elsewhere.
func TestFullFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pst")
	w := create(t, path)
	f := folder(t, w, pst.Top, "Vol", "")
	w.NearlyFull(f)
	m := mail(strings.Repeat("lang ", 50), "x")
	if _, err := w.Add(context.Background(), f, []byte("1"), m); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Add(context.Background(), f, []byte("2"), m); !errors.Is(err, pst.ErrFull) {
		t.Errorf("error %v", err)
	}
	add(t, w, entry{"Ruim", "", m}, 3)
	if s := finish(t, w); s.Messages != 2 {
		t.Errorf("summary %+v", s)
	}
	if r := checked(t, path); r.Messages != 2 {
		t.Errorf("%d messages", r.Messages)
	}
}

func TestFolders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pst")
	w, err := pst.Create(path, pst.Options{Name: "Postvak", Folders: pst.FolderNames{Deleted: "Verwijderde items"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	inbox := folder(t, w, pst.Top, "Inbox", "IPF.Note")
	if again := folder(t, w, pst.Top, "Inbox", "IPF.Task"); again != inbox {
		t.Error("the same name made another folder")
	}
	if sub := folder(t, w, inbox, "Inbox", ""); sub == inbox {
		t.Error("the same name in another folder made the same one")
	}
	if own := folder(t, w, pst.Top, "Verwijderde items", ""); own != pst.Deleted {
		t.Errorf("deleted items are folder %d", own)
	}
	old := folder(t, w, pst.Deleted, "Oud/map\\x", "")
	for _, bad := range []struct {
		parent pst.Folder
		name   string
	}{{inbox, ""}, {inbox, "\x00"}, {2, "x"}, {3, "x"}, {-1, "x"}, {99, "x"}} {
		if f, err := w.Folder(bad.parent, bad.name, ""); err == nil {
			t.Errorf("folder %q in %d became %d", bad.name, bad.parent, f)
		}
	}
	if _, err := w.Add(context.Background(), 3, nil, mail("x", "x")); err == nil {
		t.Error("an item went into a folder that nobody sees")
	}
	deep := old
	for range 40 {
		deep = folder(t, w, deep, "diep", "IPF.Note")
	}
	for i, f := range []pst.Folder{pst.Top, pst.Deleted, inbox, old, deep} {
		if _, err := w.Add(context.Background(), f, []byte{byte(i)}, mail("x", "x")); err != nil {
			t.Fatal(err)
		}
	}
	if s := finish(t, w); s.Folders != 43 || s.Messages != 5 {
		t.Errorf("summary %+v", s)
	}
	if r := checked(t, path); r.Messages != 5 {
		t.Errorf("%d messages", r.Messages)
	}
	if log := program(t, "readpst", "-j", "0", "-D", "-M", "-e", "-o", t.TempDir(), path); !strings.Contains(log, `"Verwijderde items" - `) {
		t.Errorf("readpst does not find the deleted items:\n%s", log)
	}
}
