package mailboxes_test

import (
	"net/url"
	"strings"
	"testing"

	"vangnet/engine/graph/sim/mailboxes"
)

func TestMailFoldersList(t *testing.T) {
	w := newWorld(t)
	path := "/v1.0/users/" + user + "/mailFolders"
	o := w.call("GET", path, nil).ok(t)
	if len(values(o)) != 9 && len(values(o)) != 10 {
		t.Errorf("first page has %d folders", len(values(o)))
	}
	all := map[string]map[string]any{}
	for next := path + "?includeHiddenFolders=true&$top=4"; next != ""; {
		o := w.call("GET", next, nil).ok(t)
		for _, f := range values(o) {
			all[text(f, "displayName")] = f
		}
		next = text(o, "@odata.nextLink")
		if next != "" && !strings.Contains(next, "%24skip=") {
			t.Errorf("next link: %s", next)
		}
	}
	if all["Calendar"] != nil || all["Deletions"] != nil {
		t.Error("lists folders that are not for mail")
	}
	if all["Sync Issues"]["isHidden"] != true || all["Flagged mail"]["@odata.type"] != "#microsoft.graph.mailSearchFolder" {
		t.Errorf("hidden and search folders: %v", all)
	}
	if len(text(all["Inbox"], "id")) != 120 {
		t.Errorf("folder id of %d characters", len(text(all["Inbox"], "id")))
	}
}

func TestBetaListsAllLevels(t *testing.T) {
	w := newWorld(t)
	must(t, w.box.Mkdir("mail/Inbox/Klanten/Bakker"))
	for version, want := range map[string]bool{"v1.0": false, "beta": true} {
		found := false
		for _, f := range values(w.call("GET", "/"+version+"/users/"+user+"/mailFolders?$top=100", nil).ok(t)) {
			found = found || text(f, "displayName") == "Bakker"
		}
		if found != want {
			t.Errorf("%s lists nested folders: %v", version, found)
		}
	}
}

func TestFolderNamesAreLocalised(t *testing.T) {
	box, err := mailboxes.New(mailboxes.Options{GUID: boxGUID, TenantID: tenantID, User: user, Language: mailboxes.Dutch})
	must(t, err)
	w := newWorld(t)
	w.box = box
	if name := text(w.call("GET", "/v1.0/users/"+user+"/mailFolders/inbox", nil).ok(t), "displayName"); name != "Postvak IN" {
		t.Errorf("inbox is called %s", name)
	}
	must(t, box.Put("mail/Inbox/Klanten", mail("Hallo", 1), mailboxes.Meta{})) // English names lead there too
	tree, err := box.Tree("mail/inbox")
	must(t, err)
	if len(tree) != 3 || tree[2].Path != "mail/Postvak IN/Klanten/Hallo" {
		t.Errorf("tree: %+v", tree)
	}
}

func TestFolderChanges(t *testing.T) {
	w := newWorld(t)
	path := "/v1.0/users/" + user + "/mailFolders"
	made := w.call("POST", path+"/inbox/childFolders", map[string]any{"displayName": "A/B & C", "isHidden": false})
	if made.status != 201 {
		t.Fatalf("created with %d", made.status)
	}
	id := text(made.ok(t), "id")
	w.call("POST", path+"/inbox/childFolders", map[string]any{"displayName": "a/b & c"}).refused(t, 409, "ErrorFolderExists")
	if name := text(w.call("PATCH", path+"/"+id, map[string]any{"displayName": "Anders"}).ok(t), "displayName"); name != "Anders" {
		t.Errorf("renamed to %s", name)
	}
	if moved := w.call("POST", path+"/"+id+"/move", map[string]any{"destinationId": "archive"}); moved.status != 201 || text(moved.ok(t), "id") != id {
		t.Errorf("moved with %d", moved.status)
	}
	w.call("POST", path+"/inbox/move", map[string]any{"destinationId": "archive"}).refused(t, 400, "ErrorInvalidRequest")
	w.call("DELETE", path+"/inbox", nil).refused(t, 400, "ErrorInvalidRequest")
	must(t, w.box.Put("mail/Archive/Anders", mail("erin", 1), mailboxes.Meta{}))
	w.call("DELETE", path+"/"+id, nil).ok(t)
	if parent := text(w.call("GET", path+"/"+id, nil).ok(t), "parentFolderId"); parent != w.folderID("deleteditems") {
		t.Error("a deleted folder is not in Deleted Items")
	}
	w.call("DELETE", path+"/"+id, nil).ok(t)
	w.call("GET", path+"/"+id, nil).refused(t, 404, "ErrorItemNotFound")
	w.call("GET", path+"/zzz", nil).refused(t, 400, "ErrorInvalidIdMalformed")
	if w.box.Count() != 0 {
		t.Error("the items of a removed folder are still there")
	}
}

func TestBoxFolders(t *testing.T) {
	w := newWorld(t)
	base := "/v1.0/admin/exchange/mailboxes/" + url.PathEscape(w.box.ID())
	if o := w.call("GET", base, nil).ok(t); text(o, "id") != w.box.ID() {
		t.Errorf("mailbox: %v", o)
	}
	total, search := 0, false
	for next := base + "/folders"; next != ""; {
		o := w.call("GET", next, nil).ok(t)
		if n := len(values(o)); n > 10 {
			t.Errorf("page of %d", n)
		}
		total += len(values(o))
		for _, f := range values(o) {
			search = search || text(f, "displayName") == "Flagged mail"
			if _, beta := f["wellKnownName"]; beta {
				t.Error("wellKnownName is not in v1.0")
			}
		}
		if next = text(o, "@odata.nextLink"); next != "" && !strings.Contains(next, "?%24skip=") {
			t.Errorf("next link: %s", next)
		}
	}
	if total < 15 || !search {
		t.Errorf("%d folders, search folder: %v", total, search)
	}
	calendars := values(w.call("GET", base+"/folders?$filter="+url.QueryEscape("type eq 'IPF.Appointment'"), nil).ok(t))
	if len(calendars) != 1 || text(calendars[0], "displayName") != "Calendar" {
		t.Errorf("calendars: %v", calendars)
	}
	made := w.call("POST", base+"/folders/"+text(calendars[0], "id")+"/childFolders", map[string]any{"displayName": "Team", "type": "IPF.Appointment"})
	if made.status != 201 || text(made.ok(t), "type") != "IPF.Appointment" {
		t.Errorf("created: %d %s", made.status, made.body)
	}
	if o := w.call("GET", strings.Replace(base, "v1.0", "beta", 1)+"/folders/inbox", nil).ok(t); text(o, "wellKnownName") != "inbox" {
		t.Errorf("beta: %v", o)
	}
}

func TestArchiveIsReachedByItsOwnID(t *testing.T) {
	w := newWorld(t)
	w.call("GET", "/beta/admin/exchange/mailboxes/MBX:other@x/folders", nil).refused(t, 404, "ErrorMailboxNotFound")
	archive := w.box.OpenArchive()
	must(t, w.box.Put("archive/2019/Oud", mail("Van vroeger", 1), mailboxes.Meta{}))
	if archive.ID() == w.box.ID() || archive.Count() != 1 {
		t.Fatal("the archive is not a mailbox of its own")
	}
	list, _, _ := w.drain("/beta/admin/exchange/mailboxes/" + archive.ID() + "/folders/delta")
	names := ""
	for _, f := range list {
		names += text(f, "displayName") + ";"
	}
	for _, want := range []string{"Deleted Items;", "2019;", "Oud;"} {
		if !strings.Contains(names, want) {
			t.Errorf("folders: %s", names)
		}
	}
	tree, err := w.box.Tree("archive")
	must(t, err)
	if paths(tree) != "archive/2019/Oud/Van vroeger" {
		t.Errorf("tree: %+v", tree)
	}
	w.put("mail/Inbox", "Ander", 1)
	for _, e := range tree { // ids of one mailbox mean nothing in another
		path := "/v1.0/users/" + user + "/mailFolders/" + e.ID
		if e.Hash != "" {
			path = messagesPath + "/" + e.ID
		}
		w.call("GET", path, nil).refused(t, 404, "ErrorItemNotFound")
	}
	old := values(w.call("GET", "/beta/admin/exchange/mailboxes/"+archive.ID()+"/folders/"+tree[1].ID+"/items", nil).ok(t))
	w.call("GET", messagesPath+"/"+text(old[0], "id"), nil).refused(t, 404, "ErrorItemNotFound")
	must(t, w.box.Delete("archive/2019"))
	if archive.Count() != 0 {
		t.Error("not deleted")
	}
}

func TestSearchFolderHoldsNothing(t *testing.T) {
	w := newWorld(t)
	must(t, w.box.Put("mail/Inbox", mail("Vlag", 1), mailboxes.Meta{Flagged: true}))
	var id string
	list, _, _ := w.drain("/v1.0/admin/exchange/mailboxes/"+w.box.ID()+"/folders/delta", "Prefer: odata.maxpagesize=100")
	for _, f := range list {
		if text(f, "displayName") == "Flagged mail" {
			id = text(f, "id")
		}
	}
	if found := values(w.call("GET", "/v1.0/users/"+user+"/mailFolders/"+id+"/messages?$select=subject", nil).ok(t)); len(found) != 1 {
		t.Errorf("it finds %v", found)
	}
	if held, _, _ := w.drain("/v1.0/admin/exchange/mailboxes/" + w.box.ID() + "/folders/" + id + "/items/delta"); len(held) != 0 {
		t.Errorf("it holds %v", held)
	}
}
