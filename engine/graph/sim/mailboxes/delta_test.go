package mailboxes_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph/sim/mailboxes"
)

func TestItemsDeltaPagesAndEnds(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 25)
	list, link, pages := w.drain(w.itemsPath("inbox")+"/delta", immutable, "Prefer: odata.maxpagesize=10")
	if len(list) != 25 || pages != 3 {
		t.Fatalf("%d items on %d pages", len(list), pages)
	}
	if !strings.Contains(link, "/folders('") || !strings.Contains(link, "/items/delta?$deltatoken=") {
		t.Errorf("link form: %s", link)
	}
	for _, o := range list {
		if len(text(o, "id")) != 72 || text(o, "type") != "IPM.Note" || o["size"].(float64) < 100 || text(o, "changeKey") == "" {
			t.Fatalf("item: %v", o)
		}
	}
	again, link2, pages := w.drain(link, immutable)
	if len(again) != 0 || pages != 1 || link2 == "" {
		t.Errorf("idle round: %v", again)
	}
}

func TestDeltaTellsEachKindOfChange(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 4)
	inbox := w.itemsPath("inbox") + "/delta"
	archive := w.itemsPath("archive") + "/delta"
	first, inboxLink, _ := w.drain(inbox, immutable)
	_, archiveLink, _ := w.drain(archive, immutable)
	names := map[string]string{}
	for i, o := range first {
		names[text(o, "id")] = fmt.Sprint(i)
	}
	read := true
	must(t, w.box.Edit("mail/Inbox/Bericht 0", mailboxes.Edit{Read: &read}))
	must(t, w.box.Move("mail/Inbox/Bericht 1", "mail/Archive"))
	must(t, w.box.Delete("mail/Inbox/Bericht 2"))
	w.put("mail/Inbox", "Nieuw", 9)

	changes, inboxLink, _ := w.drain(inboxLink, immutable)
	told := map[string]bool{}
	for _, o := range changes {
		what := "changed"
		if o["@removed"] != nil {
			what = "removed"
			if o["@odata.type"] != "#microsoft.graph.mailboxItem" {
				t.Errorf("removed without type: %v", o)
			}
		} else if names[text(o, "id")] == "" {
			what = "new"
		}
		told[what+names[text(o, "id")]] = true
	}
	for _, want := range []string{"changed0", "removed1", "removed2", "new"} {
		if !told[want] {
			t.Errorf("not told: %s in %v", want, told)
		}
	}
	if len(changes) != 4 {
		t.Errorf("%d changes", len(changes))
	}
	arrived, _, _ := w.drain(archiveLink, immutable)
	if len(arrived) != 1 || names[text(arrived[0], "id")] != "1" {
		t.Errorf("the moved item keeps its immutable id: %v", arrived)
	}
	if rest, _, _ := w.drain(inboxLink, immutable); len(rest) != 0 {
		t.Errorf("told twice: %v", rest)
	}
}

func TestDefaultIDChangesOnMove(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 1)
	list, link, _ := w.drain(w.itemsPath("inbox") + "/delta")
	old := text(list[0], "id")
	must(t, w.box.Move("mail/Inbox/Bericht 0", "mail/Archive"))
	gone, _, _ := w.drain(link)
	now, _, _ := w.drain(w.itemsPath("archive") + "/delta")
	if len(gone) != 1 || text(gone[0], "id") != old || text(now[0], "id") == old {
		t.Errorf("old %s gone %v now %v", old, gone, now)
	}
	if len(old) < 140 {
		t.Errorf("a default id has %d characters", len(old))
	}
	w.call("GET", "/v1.0/users/"+user+"/messages/"+old, nil).refused(t, 404, "ErrorItemNotFound")
}

func TestDeltaWhileChanging(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 6)
	path := w.itemsPath("inbox") + "/delta"
	page := w.call("GET", path, nil, immutable, "Prefer: odata.maxpagesize=3").ok(t)
	live := map[string]bool{}
	for _, o := range values(page) {
		live[text(o, "id")] = true
	}
	must(t, w.box.Delete("mail/Inbox/Bericht 0")) // told already
	must(t, w.box.Delete("mail/Inbox/Bericht 5")) // not told yet
	w.put("mail/Inbox", "Tussendoor", 7)
	rest, _, _ := w.drain(text(page, "@odata.nextLink"), immutable, "Prefer: odata.maxpagesize=3")
	for _, o := range rest {
		if o["@removed"] != nil {
			delete(live, text(o, "id"))
		} else {
			live[text(o, "id")] = true
		}
	}
	if len(live) != 5 {
		t.Errorf("%d items after the round, want 5", len(live))
	}
}

func TestChangeTypeAndFilter(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 12)
	path := "/v1.0/users/" + user + "/mailFolders/inbox/messages/delta"
	_, created, _ := w.drain(path + "?changeType=created&$select=subject")
	_, updated, _ := w.drain(path + "?changeType=updated&$select=subject")
	_, deleted, _ := w.drain(path + "?changeType=deleted&$select=subject")
	read := true
	must(t, w.box.Edit("mail/Inbox/Bericht 3", mailboxes.Edit{Read: &read}))
	must(t, w.box.Delete("mail/Inbox/Bericht 4"))
	w.put("mail/Inbox", "Nieuw", 1)
	for link, want := range map[string]string{created: "Nieuw", updated: "Bericht 3", deleted: ""} {
		list, _, _ := w.drain(link)
		if len(list) != 1 || text(list[0], "subject") != want {
			t.Errorf("want only %q: %v", want, list)
		}
	}
	list, _, pages := w.drain(path+"?$select=subject&$filter=receivedDateTime%20ge%202026-03-02T08:10:00Z", "Prefer: odata.maxpagesize=5")
	if len(list) != 2 || pages < 2 {
		t.Errorf("filtered: %d items on %d pages", len(list), pages)
	}
	w.call("GET", path+"?$filter=isRead%20eq%20false", nil).refused(t, 400, "ErrorInvalidUrlQueryFilter")
}

func TestSelectTravelsInTheToken(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 3)
	list, _, _ := w.drain("/v1.0/users/"+user+"/mailFolders/inbox/messages/delta?$select=subject,isRead", "Prefer: odata.maxpagesize=1")
	for _, o := range list {
		if len(o) != 4 || text(o, "subject") == "" { // with id and etag
			t.Errorf("selected: %v", o)
		}
	}
}

func TestTopCapsTheRound(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 9)
	path := w.itemsPath("inbox") + "/delta?$top=4"
	if list, _, _ := w.drain(path); len(list) != 4 {
		t.Errorf("capped: %d items", len(list))
	}
	w.box.TopIsPageSize(true)
	if list, _, pages := w.drain(path); len(list) != 9 || pages != 3 {
		t.Errorf("as page size: %d items on %d pages", len(list), pages)
	}
}

func TestTokensExpireAndAreChecked(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 2)
	_, link, _ := w.drain(w.itemsPath("inbox") + "/delta")
	w.call("GET", strings.Replace(link, "deltatoken=", "deltatoken=A", 1), nil).refused(t, 400, "ErrorInvalidSyncStateData")
	archive := w.itemsPath("archive") + "/delta?" + link[strings.Index(link, "$deltatoken"):]
	w.call("GET", archive, nil).refused(t, 400, "ErrorInvalidSyncStateData")
	w.clock.Advance(29 * 24 * time.Hour)
	w.call("GET", link, nil).ok(t)
	w.clock.Advance(48 * time.Hour)
	w.call("GET", link, nil).refused(t, 410, "SyncStateNotFound")
	_, link, _ = w.drain(w.itemsPath("inbox") + "/delta")
	w.box.ExpireTokens()
	a := w.call("GET", link, nil)
	a.refused(t, 410, "SyncStateNotFound")
	if !strings.Contains(string(a.body), "generation=") {
		t.Errorf("text: %s", a.body)
	}
	_, link, _ = w.drain(w.itemsPath("inbox") + "/delta")
	w.faults = struck{roll: "delta410"}
	w.call("GET", link, nil).refused(t, 410, "SyncStateNotFound")
}

// struck is a fault plan for one name and one item.
type struck struct{ roll, item string }

func (s struck) Roll(name string) bool { return name == s.roll }
func (s struck) Item(id string) bool   { return id == s.item }

func TestFoldersDelta(t *testing.T) {
	w := newWorld(t)
	must(t, w.box.Mkdir("mail/Inbox/Klanten/Bakker"))
	path := "/v1.0/admin/exchange/mailboxes/" + w.box.ID() + "/folders/delta"
	list, link, _ := w.drain(path)
	names := map[string]map[string]any{}
	for _, o := range list {
		names[text(o, "displayName")] = o
	}
	if names["Bakker"] == nil || names["Calendar"]["type"] != "IPF.Appointment" || names["Deletions"] != nil {
		t.Errorf("flat list: %v", names)
	}
	if names["Inbox"]["parentFolderId"] != w.folderID("msgfolderroot") || names["Bakker"]["parentFolderId"] != names["Klanten"]["id"] {
		t.Error("parents are wrong")
	}
	must(t, w.box.Rename("mail/Inbox/Klanten/Bakker", "Bakker BV"))
	must(t, w.box.Move("mail/Inbox/Klanten", "mail/Archive"))
	list, link, _ = w.drain(link)
	seen := map[string]bool{}
	for _, o := range list {
		seen[text(o, "displayName")] = true
	}
	if !seen["Bakker BV"] || !seen["Klanten"] {
		t.Errorf("rename and move: %v", list)
	}
	must(t, w.box.Delete("mail/Archive/Klanten"))
	list, _, _ = w.drain(link)
	removed := 0
	for _, o := range list {
		if o["@removed"] != nil {
			removed++
		}
	}
	if removed != 2 {
		t.Errorf("%d folders removed: %v", removed, list)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
