package mailboxes_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph/sim/mailboxes"
)

const messagesPath = "/v1.0/users/" + user + "/messages"

func (w *world) only(folder string) map[string]any {
	w.t.Helper()
	list := values(w.call("GET", "/v1.0/users/"+user+"/mailFolders/"+folder+"/messages", nil).ok(w.t))
	if len(list) != 1 {
		w.t.Fatalf("%d messages in %s", len(list), folder)
	}
	return list[0]
}

func TestMessageAsJSONAndMIME(t *testing.T) {
	w := newWorld(t)
	seed := mail("Offerte", 1)
	must(t, w.box.Put("mail/Inbox", seed, mailboxes.Meta{Read: true, Categories: []string{"Rood"}}))
	o := w.only("inbox")
	if o["isRead"] != true || o["isDraft"] != false || text(o, "subject") != "Offerte" || text(o, "receivedDateTime") != "2026-03-02T08:01:00Z" ||
		o["flag"].(map[string]any)["flagStatus"] != "notFlagged" || text(o, "internetMessageId") != "<m1@fabrikam.example>" ||
		!strings.HasPrefix(text(o, "@odata.etag"), `W/"`) || text(o, "importance") != "normal" {
		t.Errorf("message: %v", o)
	}
	if _, there := o["internetMessageHeaders"]; there {
		t.Error("headers come unasked")
	}
	a := w.call("GET", messagesPath+"/"+text(o, "id")+"/$value", nil)
	if !bytes.Equal(a.body, seed) || a.header["Content-Type"] != "text/plain" {
		t.Errorf("$value: %q", a.body)
	}
	imm := text(w.call("GET", messagesPath+"/"+text(o, "id")+"?$select=id", nil, immutable).ok(t), "id")
	if w.call("GET", messagesPath+"/"+imm, nil).ok(t)["id"] != o["id"] {
		t.Error("both forms of id lead to the message")
	}
	tr := w.call("POST", "/v1.0/users/"+user+"/translateExchangeIds", map[string]any{
		"inputIds": []string{text(o, "id"), "nonsense"}, "sourceIdType": "restId", "targetIdType": "restImmutableEntryId"}).ok(t)
	if v := values(tr); text(v[0], "targetId") != imm || v[1]["errorDetails"] == nil {
		t.Errorf("translated: %v", v)
	}
}

func TestMessageLists(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 12)
	w.fill("mail/Archive", 3)
	o := w.call("GET", "/v1.0/users/"+user+"/mailFolders/inbox/messages?$select=subject&$count=true", nil).ok(t)
	list := values(o)
	if len(list) != 10 || text(list[0], "subject") != "Bericht 11" || o["@odata.count"].(float64) != 12 || len(list[0]) != 3 {
		t.Errorf("page: %v", o)
	}
	if rest := values(w.call("GET", text(o, "@odata.nextLink"), nil).ok(t)); len(rest) != 2 {
		t.Errorf("second page: %v", rest)
	}
	get := func(query string) []map[string]any {
		t.Helper()
		return values(w.call("GET", messagesPath+"?$top=1000&$select=subject&"+query, nil).ok(t))
	}
	if n := len(get("$skip=0")); n != 15 {
		t.Errorf("%d messages in all folders", n)
	}
	for filter, want := range map[string]int{
		"internetMessageId eq '<m1@fabrikam.example>'": 2, "subject eq 'Bericht 2' and isRead eq false": 2, "startswith(subject,'Bericht 1')": 4,
		"receivedDateTime ge 2026-03-02T08:10:00Z": 2, "isDraft eq true": 0, "hasAttachments eq false": 15,
	} {
		if n := len(get("$filter=" + url.QueryEscape(filter))); n != want {
			t.Errorf("%s: %d, want %d", filter, n, want)
		}
	}
	if up := get("$orderby=receivedDateTime"); text(up[0], "subject") != "Bericht 0" {
		t.Errorf("oldest first: %v", up[0])
	}
	w.call("GET", messagesPath+"?$top=1001", nil).refused(t, 400, "ErrorInvalidUrlQuery")
	w.call("GET", messagesPath+"?$filter=isRead%20eq%20true&$orderby=receivedDateTime", nil).refused(t, 400, "InefficientFilter")
	w.call("GET", messagesPath+"?$filter=nonsense", nil).refused(t, 400, "ErrorInvalidUrlQueryFilter")
}

func TestCreateFromJSON(t *testing.T) {
	w := newWorld(t)
	body := map[string]any{
		"subject": "Re: plan", "body": map[string]any{"contentType": "html", "content": "<p>dag</p>"},
		"toRecipients":     []any{map[string]any{"emailAddress": map[string]any{"name": "Piet", "address": "piet@fabrikam.example"}}},
		"receivedDateTime": "2001-01-01T00:00:00Z", "importance": "high", "categories": []string{"Geel"},
		"internetMessageHeaders": []any{map[string]any{"name": "x-eigen", "value": "1"}},
	}
	a := w.call("POST", "/v1.0/users/"+user+"/mailFolders/inbox/messages", body)
	o := a.ok(t)
	if a.status != 201 || o["isDraft"] != true || strings.HasPrefix(text(o, "receivedDateTime"), "2001") || text(o, "importance") != "high" {
		t.Errorf("created: %d %v", a.status, o)
	}
	body["singleValueExtendedProperties"] = []any{
		map[string]any{"id": "Integer 0x0E07", "value": "5"}, map[string]any{"id": "SystemTime 0x0E06", "value": "2020-05-06T07:08:09Z"},
		map[string]any{"id": "SystemTime 0x0039", "value": "2020-05-06T07:08:00Z"},
		map[string]any{"id": "String {00020329-0000-0000-C000-000000000046} Name Vangnet", "value": "ja"},
	}
	o = w.call("POST", "/v1.0/users/"+user+"/mailFolders/inbox/messages", body).ok(t)
	if o["isDraft"] != false || o["isRead"] != true || text(o, "receivedDateTime") != "2020-05-06T07:08:09Z" || text(o, "sentDateTime") != "2020-05-06T07:08:00Z" {
		t.Errorf("created as received: %v", o)
	}
	expand := url.QueryEscape("singleValueExtendedProperties($filter=id eq 'Integer 0x0E07' or id eq 'String {00020329-0000-0000-c000-000000000046} Name vangnet' or id eq 'String 0x1042')")
	o = w.call("GET", messagesPath+"/"+text(o, "id")+"?$select=subject&$expand="+expand, nil).ok(t)
	if s := fmt.Sprint(o["singleValueExtendedProperties"]); !strings.Contains(s, "id:Integer 0xe07 value:5") || !strings.Contains(s, "value:ja") || strings.Contains(s, "1042") {
		t.Errorf("expanded: %s", s)
	}
	mime := w.call("GET", messagesPath+"/"+text(o, "id")+"/$value", nil)
	if !bytes.Contains(mime.body, []byte("plan")) {
		t.Errorf("$value: %s", mime.body)
	}
	w.call("POST", messagesPath, map[string]any{"internetMessageHeaders": []any{map[string]any{"name": "Received", "value": "1"}}}).refused(t, 400, "InvalidInternetMessageHeader")
	w.call("POST", messagesPath, "{nonsense").refused(t, 400, "UnableToDeserializePostBody")
}

func TestCreateFromMIME(t *testing.T) {
	w := newWorld(t)
	seed := mail("Uit MIME", 3)
	path := "/v1.0/users/" + user + "/mailFolders/inbox/messages"
	a := w.call("POST", path, base64.StdEncoding.EncodeToString(seed), "Content-Type: text/plain")
	if o := a.ok(t); a.status != 201 || o["isDraft"] != true || text(o, "subject") != "Uit MIME" {
		t.Errorf("created: %v", o)
	}
	bad := w.call("POST", path, "%%%", "Content-Type: text/plain")
	if bad.status != 400 || !strings.Contains(string(bad.body), "Invalid base64 string for MIME content") {
		t.Errorf("refused: %d %s", bad.status, bad.body)
	}
}

func TestMessageActions(t *testing.T) {
	w := newWorld(t)
	w.put("mail/Inbox", "Dag", 1)
	id := text(w.only("inbox"), "id")
	path := messagesPath + "/" + id
	o := w.call("PATCH", path, map[string]any{"isRead": true, "isDraft": true, "categories": []string{"A"}, "importance": "low", "flag": map[string]any{"flagStatus": "flagged"}}).ok(t)
	if o["isRead"] != true || o["isDraft"] != false || text(o, "importance") != "low" || o["flag"].(map[string]any)["flagStatus"] != "flagged" {
		t.Errorf("patched: %v", o)
	}
	w.call("PATCH", path, map[string]any{"isRead": false}, `If-Match: W/"old"`).refused(t, 412, "ErrorIrresolvableConflict")
	w.call("PATCH", path, map[string]any{"body": map[string]any{"content": "x"}}).refused(t, 400, "ErrorInvalidPropertySet")
	if c := w.call("POST", path+"/copy", map[string]any{"destinationId": "archive"}); c.status != 201 || c.ok(t)["id"] == id {
		t.Errorf("copied: %d %s", c.status, c.body)
	}
	moved := w.call("POST", path+"/move", map[string]any{"destinationId": "drafts"}).ok(t)
	if moved["id"] == id || text(moved, "parentFolderId") != w.folderID("drafts") {
		t.Errorf("moved: %v", moved)
	}
	for _, want := range []string{"deleteditems", "recoverableitemsdeletions", ""} {
		id := text(moved, "id")
		w.call("DELETE", messagesPath+"/"+id, nil).ok(t)
		if want == "" {
			break
		}
		moved = w.only(want)
	}
	if w.box.Count() != 1 { // the copy
		t.Errorf("%d items left", w.box.Count())
	}
}

func TestDraftIsEdited(t *testing.T) {
	w := newWorld(t)
	o := w.call("POST", messagesPath, map[string]any{"subject": "een"}).ok(t)
	id := text(o, "id")
	if o := w.call("PATCH", messagesPath+"/"+id, map[string]any{"isDraft": false, "categories": []string{"Rood"}}).ok(t); o["isDraft"] != true {
		t.Error("a PATCH made a draft a sent message")
	}
	o = w.call("PATCH", messagesPath+"/"+id, map[string]any{"subject": "twee", "body": map[string]any{"contentType": "text", "content": "nieuw"},
		"singleValueExtendedProperties": []any{map[string]any{"id": "Integer 0x0E07", "value": "1"}}}).ok(t)
	if text(o, "subject") != "twee" || o["isDraft"] != true || o["body"].(map[string]any)["content"] != "nieuw" {
		t.Errorf("draft: %v", o)
	}
}

func TestAttachments(t *testing.T) {
	w := newWorld(t)
	id := text(w.call("POST", messagesPath, map[string]any{"subject": "met bijlage"}).ok(t), "id")
	path := messagesPath + "/" + id + "/attachments"
	file := map[string]any{"@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentType": "text/plain", "contentBytes": []byte("hallo")}
	a := w.call("POST", path, file)
	if a.status != 201 || text(a.ok(t), "@odata.type") != "#microsoft.graph.fileAttachment" {
		t.Fatalf("added: %d %s", a.status, a.body)
	}
	link := map[string]any{"@odata.type": "#microsoft.graph.referenceAttachment", "name": "elders.docx"}
	if o := w.call("POST", path, link).ok(t); text(o, "@odata.type") != "#microsoft.graph.referenceAttachment" || o["contentBytes"] != nil {
		t.Errorf("a link: %v", o)
	} else {
		w.call("DELETE", path+"/"+text(o, "id"), nil).ok(t)
	}
	file["contentBytes"] = make([]byte, 3<<20)
	w.call("POST", path, file).refused(t, 413, "RequestEntityTooLarge")

	content := bytes.Repeat([]byte("0123456789"), 500_000)
	s := w.call("POST", path+"/createUploadSession", map[string]any{"AttachmentItem": map[string]any{"attachmentType": "file", "name": "groot.bin", "size": len(content)}})
	up := text(s.ok(t), "uploadUrl")
	if s.status != 201 || !strings.Contains(string(s.body), `"0-"`) {
		t.Errorf("session: %d %s", s.status, s.body)
	}
	put := func(from, to int) answer {
		return w.call("PUT", up, content[from:to], fmt.Sprintf("Content-Range: bytes %d-%d/%d", from, to-1, len(content)))
	}
	if o := put(0, 2_000_000).ok(t); fmt.Sprint(o["nextExpectedRanges"]) != "[2000000]" {
		t.Errorf("progress: %v", o)
	}
	put(3_000_000, 4_000_000).refused(t, 416, "ErrorInvalidRange")
	w.call("PUT", up, "x", fmt.Sprintf("Content-Range: bytes 2000000-%d/%d", 2_000_000+4<<20, len(content))).refused(t, 413, "RequestEntityTooLarge")
	last := put(2_000_000, 5_000_000)
	if last.status != 201 || len(last.body) > 0 || !strings.Contains(last.header["Location"], "/Attachments('") {
		t.Errorf("end: %d %s %v", last.status, last.body, last.header)
	}
	w.call("GET", up, nil).refused(t, 404, "ErrorItemNotFound")

	list := values(w.call("GET", path+"?$select=name,size", nil).ok(t))
	if len(list) != 2 || text(list[1], "name") != "groot.bin" || list[1]["contentBytes"] != nil {
		t.Fatalf("list: %v", list)
	}
	big := w.call("GET", path+"/"+text(list[1], "id")+"/$value", nil)
	if !bytes.Equal(big.body, content) {
		t.Errorf("$value has %d bytes", len(big.body))
	}
	if o := w.call("GET", messagesPath+"/"+id, nil).ok(t); o["hasAttachments"] != true {
		t.Error("hasAttachments is false")
	}
	w.call("DELETE", path+"/"+text(list[1], "id"), nil).ok(t)
	if n := len(values(w.call("GET", path, nil).ok(t))); n != 1 {
		t.Errorf("%d attachments left", n)
	}
}

func TestUploadIsCancelled(t *testing.T) {
	w := newWorld(t)
	path := messagesPath + "/" + text(w.call("POST", messagesPath, map[string]any{"subject": "x"}).ok(t), "id") + "/attachments/createUploadSession"
	item := map[string]any{"attachmentType": "file", "name": "b", "size": 5_000_000}
	up := text(w.call("POST", path, map[string]any{"AttachmentItem": item}).ok(t), "uploadUrl")
	w.call("GET", up, nil).ok(t)
	if a := w.call("DELETE", up, nil); a.status != 204 {
		t.Errorf("cancelled with %d", a.status)
	}
	w.call("GET", up, nil).refused(t, 404, "ErrorItemNotFound")
	up = text(w.call("POST", path, map[string]any{"AttachmentItem": item}).ok(t), "uploadUrl")
	w.clock.Advance(2 * time.Hour)
	w.call("PUT", up, "abc", "Content-Range: bytes 0-2/5000000").refused(t, 404, "ErrorItemNotFound")
	item["size"] = 151 << 20
	w.call("POST", path, map[string]any{"AttachmentItem": item}).refused(t, 413, "ErrorMessageSizeExceeded")
}

func TestFullMailbox(t *testing.T) {
	w := newWorld(t)
	w.fill("mail/Inbox", 1)
	w.box.SetFull(true)
	w.call("GET", w.itemsPath("inbox")+"/delta", nil).refused(t, 507, "ErrorQuotaExceeded")
	w.call("POST", messagesPath, map[string]any{"subject": "x"}).refused(t, 507, "ErrorQuotaExceeded")
	w.call("GET", messagesPath, nil).ok(t) // lists still work
}

// family is a message with an inline picture, a file and an attached message.
func family(withFile bool) mailboxes.Bytes {
	picture := "--a\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline; filename=logo.png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
	rest := ""
	if withFile {
		rest = "--b\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Disposition: attachment; filename=\"plan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n" +
			"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: in@ner.example\r\nTo: x@y.example\r\nSubject: Binnenin\r\nDate: Mon, 02 Mar 2026 07:00:00 +0000\r\n\r\nklein\r\n"
	}
	return mailboxes.Bytes("From: Piet <piet@fabrikam.example>\r\nTo: anna@contoso.example\r\nSubject: Familie\r\nDate: Mon, 02 Mar 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n" +
		"Received: from mx by mx2; Mon, 02 Mar 2026 08:00:05 +0000\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/related; boundary=a\r\n\r\n" +
		"--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>dag <img src=\"cid:logo@x\"></p>\r\n" + picture + "--a--\r\n" + rest + "--b--\r\n")
}

func TestAttachmentsOfSeeds(t *testing.T) {
	w := newWorld(t)
	must(t, w.box.Put("mail/Inbox", family(true), mailboxes.Meta{}))
	must(t, w.box.Put("mail/Archive", family(false), mailboxes.Meta{}))
	if w.only("archive")["hasAttachments"] != false {
		t.Error("an inline picture counts as attachment")
	}
	o := w.only("inbox")
	if o["hasAttachments"] != true || o["body"].(map[string]any)["contentType"] != "html" {
		t.Errorf("message: %v", o)
	}
	path := messagesPath + "/" + text(o, "id") + "/attachments"
	found := map[string]map[string]any{}
	for _, a := range values(w.call("GET", path+"?$expand=microsoft.graph.itemattachment/item", nil).ok(t)) {
		found[text(a, "name")] = a
	}
	if a := found["logo.png"]; a["isInline"] != true || text(a, "contentId") != "logo@x" || text(a, "contentBytes") != "iVBORw0KGgo=" {
		t.Errorf("inline: %v", a)
	}
	if a := found["plan.pdf"]; a["isInline"] != false || text(a, "contentType") != "application/pdf" {
		t.Errorf("file: %v", a)
	}
	inner := found["Binnenin"]
	if text(inner, "@odata.type") != "#microsoft.graph.itemAttachment" || text(inner["item"].(map[string]any), "subject") != "Binnenin" {
		t.Errorf("item: %v", inner)
	}
	mime := w.call("GET", path+"/"+text(inner, "id")+"/$value", nil)
	if !bytes.Contains(mime.body, []byte("Subject: Binnenin")) {
		t.Errorf("$value of an item: %s", mime.body)
	}
	one := w.call("GET", path+"/"+text(found["plan.pdf"], "id"), nil).ok(t)
	if text(one, "contentBytes") != "JVBERi0=" {
		t.Errorf("one: %v", one)
	}
	w.call("GET", path+"/AAMkbogus", nil).refused(t, 404, "ErrorItemNotFound")
	headers := w.call("GET", messagesPath+"/"+text(o, "id")+"?$select=internetMessageHeaders", nil).ok(t)
	if s := fmt.Sprint(headers); !strings.Contains(s, "name:Received") {
		t.Errorf("headers: %s", s)
	}
	imported := w.importTo(w.session(), w.folderID("drafts"), w.export(w.ids("inbox")...)[0].Data).ok(t)
	value := w.call("GET", messagesPath+"/"+text(imported, "itemId")+"/$value", nil)
	for _, want := range []string{"Received: from mx", "plan.pdf", "Subject: Binnenin", "cid:logo@x", "Subject: Familie"} {
		if !bytes.Contains(value.body, []byte(want)) {
			t.Errorf("MIME of an imported message has no %q", want)
		}
	}
}

func TestRawControlCharacters(t *testing.T) {
	w := newWorld(t)
	w.put("mail/Inbox", "Oud", 1)
	id := text(w.only("inbox"), "id")
	must(t, w.box.SetBroken("mail/Inbox/Oud", mailboxes.Controls))
	for _, path := range []string{messagesPath + "/" + id + "?$select=subject", messagesPath, "/v1.0/users/" + user + "/mailFolders/inbox/messages/delta"} {
		a := w.call("GET", path, nil)
		var o map[string]any
		if err := json.Unmarshal(a.body, &o); err == nil || !bytes.Contains(a.body, []byte("Oud\x0b")) {
			t.Errorf("%s: %v, %.80q", path, err, a.body)
		}
		if err := json.Unmarshal(bytes.ReplaceAll(a.body, []byte{0x0b}, nil), &o); err != nil || text(o, "@odata.context") == "" {
			t.Errorf("%s without them: %v, %s", path, err, a.body)
		}
	}
}
