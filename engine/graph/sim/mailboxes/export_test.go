package mailboxes_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/ical"
	"vangnet/engine/mapi/vcard"
)

type exported struct {
	ItemID    string
	ChangeKey string
	Data      []byte
	Error     *struct{ Code, Message string }
}

func (w *world) export(ids ...string) []exported {
	w.t.Helper()
	a := w.call("POST", "/v1.0/admin/exchange/mailboxes/"+w.box.ID()+"/exportItems", map[string]any{"itemIds": ids})
	a.ok(w.t)
	var body struct{ Value []exported }
	if err := json.Unmarshal(a.body, &body); err != nil {
		w.t.Fatal(err)
	}
	return body.Value
}

func (w *world) ids(folder string) []string {
	w.t.Helper()
	list, _, _ := w.drain(w.itemsPath(folder)+"/delta", immutable, "Prefer: odata.maxpagesize=1000")
	var ids []string
	for _, o := range list {
		ids = append(ids, text(o, "id"))
	}
	return ids
}

func (w *world) session() string {
	w.t.Helper()
	return text(w.call("POST", "/v1.0/admin/exchange/mailboxes/"+w.box.ID()+"/createImportSession", nil).ok(w.t), "importUrl")
}

func (w *world) importTo(url, folder string, data []byte) answer {
	w.t.Helper()
	return w.call("POST", url, map[string]any{"FolderId": folder, "Mode": "create", "Data": data})
}

func TestExportedStreamIsComplete(t *testing.T) {
	w := newWorld(t)
	must(t, w.box.Put("mail/Inbox", mail("Offerte dakgoot", 1), mailboxes.Meta{
		Read: true, Flagged: true, Importance: 1, Categories: []string{"Blauw"}, Received: start.Add(-time.Hour),
	}))
	got := w.export(w.ids("inbox")...)[0]
	msg, outcome, err := fts.Decode(bytes.NewReader(got.Data), fts.Limits{})
	if err != nil || outcome.State != fts.Complete {
		t.Fatalf("%+v %v", outcome, err)
	}
	f := mapi.Facts(msg, 1000)
	if !f.Read || !f.Flagged || f.Draft || f.Importance != 1 || !reflect.DeepEqual(f.Categories, []string{"Blauw"}) ||
		!f.Received.Equal(start.Add(-time.Hour)) || f.Subject != "Offerte dakgoot" || got.ChangeKey == "" {
		t.Errorf("facts: %+v", f)
	}
	for _, id := range []mapi.PropID{mapi.MessageClass, mapi.Importance, mapi.Sensitivity, mapi.MessageFlags, mapi.DeliveryTime,
		mapi.CreationTime, mapi.LastModificationTime, mapi.SearchKey, mapi.ChangeKey} {
		if !msg.Props.Has(id) {
			t.Errorf("property %04X is missing", uint16(id))
		}
	}
}

func TestExportLimitsAndFailures(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 4)
	ids := w.ids("inbox")
	path := "/v1.0/admin/exchange/mailboxes/" + w.box.ID() + "/exportItems"
	w.call("POST", path, map[string]any{"itemIds": make([]string, 21)}).refused(t, 400, "ErrorInvalidRequest")
	w.call("POST", path, map[string]any{"itemIds": []string{}}).refused(t, 400, "ErrorInvalidRequest")
	must(t, w.box.SetBroken("mail/Inbox/Bericht 0", mailboxes.Corrupt))
	must(t, w.box.SetBroken("mail/Inbox/Bericht 1", mailboxes.Missing))
	w.faults = struck{item: ids[2]}
	got := w.export(append(ids, "AAkbogus")...)
	for i, code := range []string{"ErrorCorruptData", "ErrorItemNotFound", "ErrorCorruptData", "", "ErrorInvalidIdMalformed"} {
		switch e := got[i]; {
		case code == "" && (e.Error != nil || len(e.Data) == 0):
			t.Errorf("item %d: %+v", i, e)
		case code != "" && (e.Error == nil || e.Error.Code != code || len(e.Data) > 0):
			t.Errorf("item %d: %+v, want %s", i, e.Error, code)
		}
	}
	w.call("GET", "/v1.0/users/"+user+"/messages/"+ids[2]+"/$value", nil).refused(t, 500, "ErrorCorruptData")
}

// odd are items of several classes and states.
func (w *world) odd() {
	w.fill("mail/Inbox", 3)
	w.put("mail/Inbox", "Dubbel", 1)
	w.put("mail/Inbox", "Dubbel", 2)
	w.put("mail/Inbox/Klanten/Bakker BV", "Rekening", 3)
	must(w.t, w.box.Put("mail/Drafts", mail("Concept", 5), mailboxes.Meta{Draft: true, Read: true}))
	must(w.t, w.box.Put("mail/Inbox", mailboxes.Bytes("geen kop, geen staart\x00\xff"), mailboxes.Meta{Flagged: true}))
	must(w.t, w.box.Put("mail/Inbox", mailboxes.Bytes(""), mailboxes.Meta{Categories: []string{"A", "B"}, Importance: -1}))
	var p mapi.Bag
	p.SetString(mapi.MessageClass, "IPM.Appointment")
	p.SetString(mapi.Subject, "Overleg")
	p.SetNamed(mapi.AppointmentStart, mapi.TypeTime, mapi.FileTimeOf(start))
	p.SetNamed(mapi.BusyStatus, mapi.TypeInt32, int32(2))
	must(w.t, w.box.PutMessage("calendar/Calendar", &mapi.Message{Props: p}, mailboxes.Meta{}))
	var c mapi.Bag
	c.SetString(mapi.MessageClass, "IPM.Contact")
	c.SetString(mapi.Subject, "Piet de Vries")
	must(w.t, w.box.PutMessage("contacts/Contacts", &mapi.Message{Props: c}, mailboxes.Meta{}))
	w.files()
}

// files puts in what files hold: a series with a changed occurrence inside, a
// contact with a picture, a list.
func (w *world) files() {
	read := func(name string) *bytes.Reader {
		data, err := os.ReadFile("../testdata/outlook/" + name)
		must(w.t, err)
		return bytes.NewReader(data)
	}
	events, _, err := ical.Parse(read("werk.ics"), ical.Limits{})
	must(w.t, err)
	cards, _, err := vcard.Parse(read("klanten.vcf"), vcard.Limits{})
	must(w.t, err)
	for _, msg := range append(events, cards...) {
		mailboxes.Complete(msg, mapi.Address{Name: "Anna", SMTP: user})
		must(w.t, w.box.PutMessage("calendar/Calendar", msg, mailboxes.Meta{}))
	}
}

// comparable leaves out what a copy may have differently.
func comparable(list []mailboxes.Entry) map[string]mailboxes.Entry {
	out := map[string]mailboxes.Entry{}
	for _, e := range list {
		e.ID, e.Modified = "", time.Time{}
		out[e.Path] = e
	}
	return out
}

// restore exports all of a mailbox, empties it and imports everything again.
func (w *world) restore() {
	w.t.Helper()
	type kept struct {
		folder string
		data   []byte
	}
	var all []kept
	folders, _, _ := w.drain("/v1.0/admin/exchange/mailboxes/"+w.box.ID()+"/folders/delta", "Prefer: odata.maxpagesize=1000")
	for _, f := range folders {
		list, _, _ := w.drain("/v1.0/admin/exchange/mailboxes/"+w.box.ID()+"/folders/"+text(f, "id")+"/items/delta", immutable, "Prefer: odata.maxpagesize=1000")
		for _, o := range list {
			all = append(all, kept{text(f, "id"), w.export(text(o, "id"))[0].Data})
		}
	}
	for _, f := range folders {
		for _, id := range w.ids2(text(f, "id")) {
			w.call("POST", "/v1.0/users/"+user+"/messages/"+id+"/permanentDelete", nil).ok(w.t)
		}
	}
	must(w.t, w.box.Delete("recoverable/Purges"))
	w.clock.Advance(time.Hour)
	url := w.session()
	for i := len(all) - 1; i >= 0; i-- { // names must not depend on the order of arrival
		w.importTo(url, all[i].folder, all[i].data).ok(w.t)
	}
}

func (w *world) ids2(folder string) []string {
	list, _, _ := w.drain("/v1.0/admin/exchange/mailboxes/"+w.box.ID()+"/folders/"+folder+"/items/delta", immutable, "Prefer: odata.maxpagesize=1000")
	var ids []string
	for _, o := range list {
		ids = append(ids, text(o, "id"))
	}
	return ids
}

func TestImportRestoresEverything(t *testing.T) {
	for _, damage := range mailboxes.Damages() {
		if damage == mailboxes.DamageTruncate {
			continue
		}
		t.Run("streams "+string(damage), func(t *testing.T) {
			w := newWorld(t)
			w.odd()
			before, err := w.box.Tree("")
			must(t, err)
			must(t, w.box.SetDamage(damage))
			w.restore()
			after, err := w.box.Tree("")
			must(t, err)
			compare(t, comparable(before), comparable(after))
		})
	}
}

func compare(t *testing.T, before, after map[string]mailboxes.Entry) {
	t.Helper()
	if len(before) < 12 {
		t.Fatalf("only %d entries", len(before))
	}
	for path, e := range before {
		if !reflect.DeepEqual(after[path], e) {
			t.Errorf("%s\nbefore %+v\nafter  %+v", path, e, after[path])
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d entries before, %d after", len(before), len(after))
	}
}

func TestDamagedStreamsAreNotUnderstood(t *testing.T) {
	for damage, want := range map[mailboxes.Damage]fts.State{
		mailboxes.DamageElements: fts.Partial, mailboxes.DamageNesting: fts.Partial, mailboxes.DamageTruncate: fts.Partial,
		mailboxes.DamageOpcodes: fts.Complete, mailboxes.DamagePages: fts.Complete, mailboxes.DamageHeader: fts.Complete,
	} {
		w := newWorld(t)
		w.fill("mail/Inbox", 1)
		must(t, w.box.SetDamage(damage))
		data := w.export(w.ids("inbox")...)[0].Data
		_, outcome, err := fts.Decode(bytes.NewReader(data), fts.Limits{})
		if err != nil || outcome.State != want {
			t.Errorf("%s: %+v %v", damage, outcome, err)
		}
		a := w.importTo(w.session(), w.folderID("inbox"), data)
		if damage == mailboxes.DamageTruncate {
			a.refused(t, 400, "ErrorItemCorrupt")
		} else {
			a.ok(t)
		}
	}
	if err := newWorld(t).box.SetDamage("no such"); err == nil {
		t.Error("an unknown damage is accepted")
	}
}

func TestImportRules(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 1)
	e := w.export(w.ids("inbox")...)[0]
	url, inbox := w.session(), w.folderID("inbox")
	if !strings.Contains(url, "/api/gv1.0/Mailboxes('MBX:") || !strings.Contains(url, "importItem?authtoken=") {
		t.Errorf("url: %s", url)
	}
	made := w.importTo(url, inbox, e.Data).ok(t)
	if text(made, "itemId") == "" || text(made, "changeKey") == "" {
		t.Errorf("answer: %v", made)
	}
	send := func(body map[string]any, headers ...string) answer { return w.call("POST", url, body, headers...) }
	send(map[string]any{"Data": e.Data, "FolderId": "AAMkbogus", "Mode": "create"}).refused(t, 400, "ErrorInvalidIdMalformed")
	send(map[string]any{"Data": e.Data, "FolderId": text(made, "itemId"), "Mode": "create"}).refused(t, 404, "ErrorFolderNotFound")
	send(map[string]any{"Data": e.Data, "FolderId": inbox, "Mode": "create", "ItemId": text(made, "itemId")}).refused(t, 400, "ErrorInvalidRequest")
	send(map[string]any{"Data": e.Data, "FolderId": inbox, "Mode": "update"}).refused(t, 400, "ErrorInvalidRequest")
	send(map[string]any{"Data": e.Data, "FolderId": inbox, "Mode": "update", "ItemId": text(made, "itemId"), "ChangeKey": "old"}).refused(t, 409, "ErrorIrresolvableConflict")
	updated := send(map[string]any{"Data": e.Data, "FolderId": inbox, "Mode": "update", "ItemId": text(made, "itemId"), "ChangeKey": text(made, "changeKey")}).ok(t)
	if updated["itemId"] != made["itemId"] || updated["changeKey"] == made["changeKey"] {
		t.Errorf("update: %v after %v", updated, made)
	}
	send(map[string]any{"FolderId": inbox, "Mode": "create"}).refused(t, 400, "ErrorInvalidRequest")
	send(map[string]any{"Data": []byte("no stream at all, but words"), "FolderId": inbox, "Mode": "create"}).refused(t, 400, "ErrorItemCorrupt")
	w.call("POST", url, `{"Data":"****","FolderId":"x","Mode":"create"}`).refused(t, 400, "ErrorInvalidRequest")
	w.call("POST", url, `{"Data":"QUJD`).refused(t, 400, "ErrorInvalidRequest")
	w.call("POST", url, `[1]`).refused(t, 400, "ErrorInvalidRequest")
	send(map[string]any{}, "Authorization: Bearer x").refused(t, 401, "InvalidAuthenticationToken")
	w.call("POST", url+"x", map[string]any{}).refused(t, 401, "InvalidAuthenticationToken")
	w.clock.Advance(2 * time.Hour)
	w.importTo(url, inbox, e.Data).refused(t, 401, "AuthenticationTokenExpired")
	if n := w.box.Count(); n != 2 {
		t.Errorf("%d items, want 2", n)
	}
}

func TestImportBodyForms(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 1)
	data := base64.StdEncoding.EncodeToString(w.export(w.ids("inbox")...)[0].Data)
	wrapped := strings.ReplaceAll(data[:60]+"\\r\\n"+data[60:], "/", "\\/")
	inbox := w.folderID("inbox")
	for i, body := range []string{
		`{"FolderId":"` + inbox + `","Mode":"create","Data":"` + data + `"}`,
		` { "data" : "` + wrapped + `" , "mode" : "Create", "extra": null, "folderid" : "` + inbox + `" } `,
		`{"Data":"` + strings.ReplaceAll(data, "+", "\\u002b") + `","Other":12.5,"Mode":"create","FolderId":"` + inbox + `"}`,
	} {
		if a := w.call("POST", w.session(), body); a.status != 200 {
			t.Errorf("body %d: %d %s", i, a.status, a.body)
		}
	}
	tree, err := w.box.Tree("mail/Inbox")
	must(t, err)
	for _, e := range tree[2:] {
		if e.Hash != tree[1].Hash {
			t.Errorf("%s has another content", e.Path)
		}
	}
}

func TestLargeItemsPassThrough(t *testing.T) {
	w := newWorld(t)
	blob := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("Vangnet!"), 500_000))
	must(t, w.box.Put("mail/Inbox", mailboxes.Bytes(fmt.Sprintf("From: a@b.example\r\nSubject: groot\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n"+
		"Content-Transfer-Encoding: base64\r\n\r\n%s\r\n--x--\r\n", blob)), mailboxes.Meta{}))
	data := w.export(w.ids("inbox")...)[0].Data
	if len(data) < 4_000_000 {
		t.Fatalf("stream of %d bytes", len(data))
	}
	w.importTo(w.session(), w.folderID("archive"), data).ok(t)
	w.importTo(w.session(), w.folderID("archive"), data[:3_000_000]).refused(t, 400, "ErrorItemCorrupt")
	w.importTo(w.session(), w.folderID("inbox")+"x", data).refused(t, 400, "ErrorInvalidIdMalformed")
	if n := w.spooled(); n != 1 {
		t.Errorf("%d spooled files for one imported item", n)
	}
	again := w.export(w.ids("archive")...)[0].Data
	a, _ := w.box.Tree("mail/Inbox")
	b, _ := w.box.Tree("mail/Archive")
	if a[1].Hash != b[1].Hash || len(again) < 4_000_000 {
		t.Errorf("%+v\n%+v", a[1], b[1])
	}
	must(t, w.box.SetDamage(mailboxes.DamageElements))
	w.importTo(w.session(), w.folderID("archive"), w.export(w.ids("archive")...)[0].Data).ok(t)
	if n := w.spooled(); n != 2 {
		t.Errorf("%d spooled files for two imported items", n)
	}
	must(t, w.box.Delete("mail/Archive"))
	if n := w.spooled(); n != 0 {
		t.Errorf("%d spooled files are left", n)
	}
}

func (w *world) spooled() int {
	w.t.Helper()
	list, err := os.ReadDir(w.spool)
	must(w.t, err)
	return len(list)
}
