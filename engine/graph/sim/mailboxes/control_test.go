package mailboxes_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph/sim/mailboxes"
)

func paths(list []mailboxes.Entry) string {
	var names []string
	for _, e := range list {
		if e.Hash != "" {
			names = append(names, e.Path)
		}
	}
	return strings.Join(names, "\n")
}

func TestTreeNamesItems(t *testing.T) {
	w := newWorld(t)
	w.odd()
	tree, err := w.box.Tree("")
	must(t, err)
	got := paths(tree)
	for _, want := range []string{"mail/Inbox/Bericht 0", "mail/Inbox/Dubbel", "mail/Inbox/Dubbel ~", "mail/Inbox/Klanten/Bakker BV/Rekening",
		"calendar/Calendar/Overleg", "contacts/Contacts/Piet de Vries", "mail/Drafts/Concept", "mail/Inbox/_"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	part, err := w.box.Tree("mail/inbox/klanten")
	must(t, err)
	if len(part) != 3 {
		t.Errorf("below a folder: %+v", part)
	}
	one, err := w.box.Tree("mail/Inbox/Bericht 0")
	must(t, err)
	if len(one) != 1 || one[0].Hash == "" || one[0].Size == 0 {
		t.Errorf("one item: %+v", one)
	}
	if _, err := w.box.Tree("mail/nergens"); !errors.Is(err, mailboxes.ErrNotFound) {
		t.Errorf("nothing there: %v", err)
	}
}

func TestHostileNames(t *testing.T) {
	w := newWorld(t)
	for i, subject := range []string{"../../etc/passwd", "CON", "a\tb", ".", "x/y", strings.Repeat("lang ", 100), "=?utf-8?q?=E2=80=AEfdp?="} {
		w.put("mail/Inbox", subject, i)
	}
	tree, err := w.box.Tree("mail")
	must(t, err)
	for _, e := range tree {
		for _, part := range strings.Split(e.Path, "/") {
			if part == "" || part == "." || part == ".." || len(part) > 200 {
				t.Errorf("path %q", e.Path)
			}
		}
	}
	for _, e := range tree {
		if e.Hash != "" {
			must(t, w.box.Delete(e.Path))
		}
	}
	if w.box.Count() != 0 {
		t.Errorf("%d items cannot be addressed", w.box.Count())
	}
}

func TestDeleteEmptiesAndKeepsStandardFolders(t *testing.T) {
	w := newWorld(t)
	w.odd()
	must(t, w.box.Delete("calendar"))
	tree, _ := w.box.Tree("")
	if strings.Contains(paths(tree), "calendar/") || !strings.Contains(paths(tree), "contacts/") {
		t.Errorf("calendar deleted:\n%s", paths(tree))
	}
	must(t, w.box.Delete("mail/Inbox"))
	tree, _ = w.box.Tree("mail")
	if got := paths(tree); got != "mail/Drafts/Concept" {
		t.Errorf("inbox emptied:\n%s", got)
	}
	if inbox, err := w.box.Tree("mail/Inbox"); err != nil || len(inbox) != 1 {
		t.Errorf("the inbox itself: %v %v", inbox, err)
	}
	for _, e := range tree {
		if strings.Contains(e.Path, "Klanten") {
			t.Error("a folder of the user stayed")
		}
	}
	must(t, w.box.Delete(""))
	if w.box.Count() != 0 {
		t.Errorf("%d items left", w.box.Count())
	}
	if err := w.box.Delete("mail/Inbox/weg"); !errors.Is(err, mailboxes.ErrNotFound) {
		t.Errorf("deleting nothing: %v", err)
	}
}

func TestEditChangesContentHash(t *testing.T) {
	w := newWorld(t)
	w.put("mail/Inbox", "Een", 1)
	hash := func(path string) string {
		t.Helper()
		tree, err := w.box.Tree(path)
		must(t, err)
		return tree[0].Hash
	}
	seen := map[string]bool{hash("mail/Inbox/Een"): true}
	yes, high, subject := true, 1, "Twee"
	names := []string{"Groen"}
	path := "mail/Inbox/Een"
	for i, e := range []mailboxes.Edit{{Read: &yes}, {Flagged: &yes}, {Importance: &high}, {Categories: &names}, {Content: mail("Een", 2)}, {Subject: &subject}} {
		must(t, w.box.Edit(path, e))
		if e.Subject != nil {
			path = "mail/Inbox/Twee"
		}
		if h := hash(path); seen[h] {
			t.Errorf("edit %d does not show in the hash", i)
		} else {
			seen[h] = true
		}
	}
	r, err := w.box.Raw(path)
	must(t, err)
	defer r.Close()
	if b, _ := io.ReadAll(r); len(b) == 0 {
		t.Error("no content")
	}
}

// lazy is content that must not be read before it is asked for.
type lazy struct {
	mailboxes.Bytes
	opened *int
}

func (l lazy) Open() (io.ReadCloser, error) {
	*l.opened++
	return l.Bytes.Open()
}

func TestManyLazyItemsAreCheap(t *testing.T) {
	const n = 200_000
	w := newWorld(t)
	opened := 0
	content := lazy{mail("Veel", 1), &opened}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	for i := range n {
		meta := mailboxes.Meta{Lazy: true, Subject: "Veel", MessageID: "<x>", Received: start.Add(-time.Duration(i) * time.Second)}
		if err := w.box.Put("mail/Inbox", content, meta); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := int64(after.HeapAlloc-before.HeapAlloc) / n
	t.Logf("%d items in %v, %d bytes each", n, time.Since(began), each)
	if each > 450 {
		t.Errorf("an item takes %d bytes", each)
	}
	began = time.Now()
	list, _, _ := w.drain(w.itemsPath("inbox")+"/delta?$select=id", immutable, "Prefer: odata.maxpagesize=1000")
	t.Logf("delta in %v", time.Since(began))
	if len(list) != n || opened != 0 {
		t.Errorf("%d items listed, %d opened", len(list), opened)
	}
}
