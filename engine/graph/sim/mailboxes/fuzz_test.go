package mailboxes_test

import (
	"encoding/json"
	"io"
	"strings"
	"sync"
	"testing"

	"vangnet/engine/graph/sim/mailboxes"
)

// FuzzImportBody sends any body to an import URL: it must be refused or taken,
// and what encoding/json takes as an import must not be refused for its form.
func FuzzImportBody(f *testing.F) {
	for _, s := range []string{`{}`, `{"Data":""}`, `{"FolderId":"x","Mode":"create","Data":"QUJD"}`, `{"Data":"QUJ\/`, `{"a":{}}`, `{"Data":"\u0041==","x":1,"y":null}`,
		`{"Data" : "QQ=="} `, "[", `{"Data":"Q\"`, `{"a":"\"","Data":"QUJD\r\n"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		w := newWorld(t)
		a := w.call("POST", w.session(), body)
		if a.status != 400 && a.status != 404 && a.status != 413 {
			t.Fatalf("%q: %d %s", body, a.status, a.body)
		}
	})
}

// FuzzID asks for items and folders with any id.
func FuzzID(f *testing.F) {
	for _, s := range []string{"x", "AAMk", "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A", strings.Repeat("A", 152), "inbox", "=", "a/b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		w := newWorld(t)
		m, err := w.ByUser("", user)
		must(t, err)
		if a := m.SetBroken("mail/Inbox/"+id, mailboxes.Corrupt); a == nil {
			t.Fatalf("an empty folder holds %q", id)
		}
		var o map[string]any
		a := w.call("POST", "/v1.0/users/"+user+"/translateExchangeIds", map[string]any{"inputIds": []string{id}, "sourceIdType": "restId", "targetIdType": "restImmutableEntryId"})
		if err := json.Unmarshal(a.body, &o); err != nil || values(o)[0]["errorDetails"] == nil {
			t.Fatalf("%q is an id: %s", id, a.body)
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 50)
	path := w.itemsPath("inbox") + "/delta"
	known := map[string]bool{}
	follow := func(target string) string {
		list, link, _ := w.drain(target, immutable, "Prefer: odata.maxpagesize=7")
		for _, o := range list {
			if o["@removed"] != nil {
				delete(known, text(o, "id"))
			} else {
				known[text(o, "id")] = true
			}
		}
		return link
	}
	var wg sync.WaitGroup
	yes := true
	for worker := range 3 {
		wg.Go(func() {
			for i := range 40 {
				n := worker*40 + i
				switch worker {
				case 0:
					_ = w.box.Put("mail/Inbox", mail("Nieuw", n), mailboxes.Meta{}) // counted below
				case 1:
					_ = w.box.Edit("mail/Inbox/Bericht 30", mailboxes.Edit{Read: &yes})
				case 2:
					tree, err := w.box.Tree("mail/Inbox")
					if err == nil && i%4 == 0 && len(tree) > 10 {
						_ = w.box.Delete(tree[5].Path)
					}
				}
			}
		})
	}
	link := follow(path)
	link = follow(link)
	wg.Wait()
	follow(link)
	if live := w.ids("inbox"); len(live) != len(known) {
		t.Errorf("a follower knows %d items, %d are there", len(known), len(live))
	}
}

func TestSampleItems(t *testing.T) {
	w := newWorld(t)
	must(t, w.box.PutMessage("calendar/Calendar", mailboxes.Appointment("Overleg", "Zaal 1", "agenda", start, start.Add(3600e9)), mailboxes.Meta{}))
	must(t, w.box.PutMessage("contacts/Contacts", mailboxes.Contact("Piet", "de Vries", "Fabrikam", "piet@fabrikam.example", "010 1234567"), mailboxes.Meta{}))
	must(t, w.box.PutMessage("tasks/Tasks", mailboxes.Task("Dak", "repareren", start, true), mailboxes.Meta{}))
	must(t, w.box.PutMessage("mail/Notes", mailboxes.Note("Melk\nEieren"), mailboxes.Meta{}))
	tree, err := w.box.Tree("")
	must(t, err)
	if got := paths(tree); got != "calendar/Calendar/Overleg\ncontacts/Contacts/Piet de Vries\nmail/Notes/Melk\ntasks/Tasks/Dak" {
		t.Errorf("%s", got)
	}
	r, err := w.box.Raw("mail/Notes/Melk")
	must(t, err)
	defer r.Close()
	if b, _ := io.ReadAll(r); len(b) < 100 {
		t.Error("no content")
	}
}
