package mailboxes_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
	"vangnet/engine/graph/sim/mailboxes"
)

// live is a mailbox behind the whole server: TLS, tokens, $select, recording.
type live struct {
	t      *testing.T
	url    string
	client *http.Client
	token  string
	box    *mailboxes.Mailbox
	server *sim.Server
}

func newLive(t *testing.T, record io.Writer) *live {
	t.Helper()
	w := sim.NewWorld(3, clock.System())
	w.SetTemp(t.TempDir())
	tenant := w.AddTenant("contoso.example", "Contoso")
	u, err := tenant.AddUser(sim.UserSpec{LocalPart: "anna", Licences: []string{"SPB"}, Language: "en-GB"})
	must(t, err)
	s, err := sim.Start(context.Background(), w, sim.Options{Record: record})
	must(t, err)
	l := &live{t: t, url: s.URL(), client: s.Client(), box: u.Mailbox(), server: s}
	app := tenant.DefaultApp()
	resp, err := l.client.PostForm(s.URL()+"/"+tenant.ID()+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app.ClientID}, "client_secret": {app.Secret()}, "scope": {"https://graph.microsoft.com/.default"}})
	must(t, err)
	defer resp.Body.Close()
	var body struct {
		AccessToken string `json:"access_token"`
	}
	must(t, json.NewDecoder(resp.Body).Decode(&body))
	l.token = body.AccessToken
	return l
}

// do sends JSON, gzipped as the SDK does, and decodes what comes back.
func (l *live) do(method, target string, body any, headers ...string) (int, map[string]any) {
	l.t.Helper()
	if !strings.HasPrefix(target, "https://") {
		target = l.url + target
	}
	var sent bytes.Buffer
	if body != nil {
		z := gzip.NewWriter(&sent)
		must(l.t, json.NewEncoder(z).Encode(body))
		must(l.t, z.Close())
	}
	r, err := http.NewRequest(method, target, &sent)
	must(l.t, err)
	if !strings.Contains(target, "authtoken=") {
		r.Header.Set("Authorization", "Bearer "+l.token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Content-Encoding", "gzip")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	resp, err := l.client.Do(r)
	must(l.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(l.t, err)
	o := map[string]any{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &o); err != nil {
			o["raw"] = string(raw)
		}
	}
	return resp.StatusCode, o
}

func (l *live) ok(method, target string, body any, headers ...string) map[string]any {
	l.t.Helper()
	status, o := l.do(method, target, body, headers...)
	if status >= 300 {
		l.t.Fatalf("%s %s: %d %v", method, target, status, o)
	}
	return o
}

func TestOverTheServer(t *testing.T) {
	var record bytes.Buffer
	l := newLive(t, &record)
	for i := range 30 {
		must(t, l.box.Put("mail/Inbox", mail(fmt.Sprintf("Bericht %d", i), i), mailboxes.Meta{Read: i%2 == 0}))
	}
	before, err := l.box.Tree("mail")
	must(t, err)

	id := text(l.ok("GET", "/v1.0/users/anna@contoso.example/settings/exchange", nil), "primaryMailboxId")
	base := "/v1.0/admin/exchange/mailboxes/" + id
	var inbox string
	for next := base + "/folders"; next != ""; {
		o := l.ok("GET", next, nil)
		for _, f := range values(o) {
			if text(f, "displayName") == "Inbox" {
				inbox = text(f, "id")
			}
		}
		next = text(o, "@odata.nextLink")
	}
	streams := l.exportAll(base, inbox)
	if len(streams) != 30 {
		t.Fatalf("%d streams", len(streams))
	}
	must(t, l.box.Delete("mail"))
	session := text(l.ok("POST", base+"/createImportSession", nil), "importUrl")
	for _, s := range streams {
		l.ok("POST", session, map[string]any{"FolderId": inbox, "Mode": "create", "Data": s})
	}
	after, err := l.box.Tree("mail")
	must(t, err)
	compare(t, comparable(before), comparable(after))

	l.plain()
	must(t, l.server.Close())
	if code := checkRecording(record.Bytes()); code != 0 {
		t.Error("the recorded traffic is not what the metadata says")
	}
}

func (l *live) exportAll(base, folder string) [][]byte {
	l.t.Helper()
	var ids []string
	for next := base + "/folders/" + folder + "/items/delta?$select=type,size"; next != ""; {
		o := l.ok("GET", next, nil, `Prefer: IdType="ImmutableId"`, "Prefer: odata.maxpagesize=7")
		for _, item := range values(o) {
			if len(item) != 4 { // with id and etag
				l.t.Errorf("selected: %v", item)
			}
			ids = append(ids, text(item, "id"))
		}
		if next = text(o, "@odata.nextLink"); next == "" && text(o, "@odata.deltaLink") == "" {
			l.t.Error("no delta link")
		}
	}
	var streams [][]byte
	for len(ids) > 0 {
		n := min(len(ids), 20)
		raw, err := json.Marshal(l.ok("POST", base+"/exportItems", map[string]any{"itemIds": ids[:n]}))
		must(l.t, err)
		var body struct{ Value []exported }
		must(l.t, json.Unmarshal(raw, &body))
		for _, e := range body.Value {
			streams = append(streams, e.Data)
		}
		ids = ids[n:]
	}
	return streams
}

// plain asks the plain mail endpoints, some in a batch, some wrongly.
func (l *live) plain() {
	l.t.Helper()
	user := "/v1.0/users/anna@contoso.example"
	o := l.ok("GET", user+"/mailfolders('inbox')/messages?$top=3&$select=subject,from,bodyPreview", nil)
	list := values(o)
	if len(list) != 3 || text(list[0], "bodyPreview") == "" || !strings.Contains(text(o, "@odata.context"), "(subject,from,bodyPreview)") {
		l.t.Errorf("messages: %v", o)
	}
	id := text(list[0], "id")
	if v := l.ok("GET", user+"/messages/"+id+"/$value", nil); !strings.Contains(text(v, "raw"), "Subject: Bericht 29") {
		l.t.Errorf("$value: %v", v)
	}
	l.ok("PATCH", user+"/messages/"+id, map[string]any{"isRead": false})
	l.ok("GET", user+"/mailFolders/inbox/messages/delta?$select=subject", nil)
	l.ok("GET", user+"/mailFolders/delta", nil)
	batch := l.ok("POST", "/v1.0/$batch", map[string]any{"requests": []any{
		map[string]any{"id": "1", "method": "GET", "url": "/users/anna@contoso.example/mailFolders?includeHiddenFolders=true"},
		map[string]any{"id": "2", "method": "GET", "url": "/users/anna@contoso.example/messages/" + id},
	}})
	if n := len(batch["responses"].([]any)); n != 2 {
		l.t.Errorf("batch: %v", batch)
	}
	if status, o := l.do("GET", user+"/messages?$select=nonsense", nil); status != 400 {
		l.t.Errorf("unknown property: %d %v", status, o)
	}
	if status, o := l.do("PUT", user+"/messages/"+id, map[string]any{}); status != 405 {
		l.t.Errorf("wrong method: %d %v", status, o)
	}
}
