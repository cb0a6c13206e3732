package mailboxes_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim/mailboxes"
	"vangnet/engine/graph/sim/wire"
)

const (
	tenantID = "11111111-2222-4333-8444-555555555555"
	boxGUID  = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
	user     = "anna@contoso.example"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is one mailbox behind the routes, without network.
type world struct {
	t      *testing.T
	box    *mailboxes.Mailbox
	clock  *clock.Manual
	router *wire.Router
	sealer *wire.Sealer
	faults wire.Faults
	spool  string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c, spool := clock.NewManual(start), t.TempDir()
	box, err := mailboxes.New(mailboxes.Options{GUID: boxGUID, TenantID: tenantID, User: user, Clock: c, SpoolDir: spool})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, box: box, clock: c, sealer: wire.NewSealer([]byte("test")), faults: wire.NoFaults{}, spool: spool}
	w.router = wire.NewRouter(mailboxes.Routes(w))
	return w
}

func (w *world) ByUser(_, name string) (*mailboxes.Mailbox, error) {
	if strings.EqualFold(name, user) {
		return w.box, nil
	}
	return nil, wire.Errorf(http.StatusNotFound, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
}

func (w *world) ByID(_, id string) (*mailboxes.Mailbox, error) {
	if id == w.box.ID() {
		return w.box, nil
	}
	if a := w.box.Archive(); a != nil && a.ID() == id {
		return a, nil
	}
	return nil, wire.Errorf(http.StatusNotFound, "ErrorMailboxNotFound", "The mailbox was not found.")
}

// answer is what a call brought.
type answer struct {
	status int
	header map[string]string
	body   []byte
	code   string // of an error
}

// call asks for a path with its version ("/v1.0/users/…") or a whole URL.
// Headers come as "Name: value".
func (w *world) call(method, target string, body any, headers ...string) answer {
	w.t.Helper()
	if !strings.HasPrefix(target, "https://") {
		target = "https://graph.test" + target
	}
	r := httptest.NewRequest(method, target, reader(w.t, body))
	r.Header.Set("Content-Type", "application/json")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Content-Type" {
			r.Header.Del(name)
		}
		r.Header.Add(name, value)
	}
	path, version := r.URL.EscapedPath(), ""
	for _, v := range []string{"v1.0", "beta"} {
		if rest, ok := strings.CutPrefix(path, "/"+v); ok {
			path, version = rest, v
		}
	}
	route, params, refused := w.router.Find(method, version, path)
	if refused != nil {
		return answer{status: refused.Status, code: refused.Code}
	}
	asked, err := io.ReadAll(r.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(asked))
	q := w.request(r, version, params)
	resp, err := route.Handle(q)
	if err != nil {
		var e *wire.Error
		if !errors.As(err, &e) {
			w.t.Fatalf("%s %s: %v", method, target, err)
		}
		return answer{status: e.Status, code: e.Code, body: []byte(e.Message), header: e.Header}
	}
	a := w.taken(resp)
	traffic.add(method+" "+route.Template, r, asked, q, resp, a)
	return a
}

func reader(t *testing.T, body any) io.Reader {
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(b)
	case []byte:
		return bytes.NewReader(b)
	case io.Reader:
		return b
	}
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(raw)
}

func (w *world) request(r *http.Request, version string, params map[string]string) *wire.Request {
	q := url.Values{}
	for k, v := range r.URL.Query() {
		q[strings.ToLower(strings.TrimPrefix(k, "$"))] = v
	}
	prefer := map[string]string{}
	for _, p := range r.Header.Values("Prefer") {
		for part := range strings.SplitSeq(p, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			prefer[strings.ToLower(name)] = strings.Trim(value, `"`)
		}
	}
	out := &wire.Request{
		Request: r, Version: version, TenantID: tenantID, Params: params, Query: q, Prefer: prefer, Base: "https://graph.test",
		Clock: w.clock, Body: r.Body, Faults: w.faults, Sealer: w.sealer,
	}
	if s := q.Get("select"); s != "" {
		out.Select = strings.Split(s, ",")
	}
	return out
}

func (w *world) taken(resp *wire.Response) answer {
	w.t.Helper()
	a := answer{status: resp.Status, header: resp.Header}
	switch {
	case resp.Stream != nil:
		b, err := io.ReadAll(resp.Stream)
		if cerr := resp.Stream.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			w.t.Fatal(err)
		}
		a.body = b
	case resp.JSON != nil:
		b, err := json.Marshal(resp.JSON)
		if err != nil {
			w.t.Fatal(err)
		}
		a.body = b
	}
	if a.status == 0 {
		a.status = 200
		if a.body == nil {
			a.status = 204
		}
	}
	return a
}

// ok demands a status below 300 and decodes the body.
func (a answer) ok(t *testing.T) map[string]any {
	t.Helper()
	if a.status >= 300 {
		t.Fatalf("status %d %s: %s", a.status, a.code, a.body)
	}
	var o map[string]any
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &o); err != nil {
			t.Fatalf("%v in %s", err, a.body)
		}
	}
	return o
}

// refused demands a refusal.
func (a answer) refused(t *testing.T, status int, code string) {
	t.Helper()
	if a.status != status || a.code != code {
		t.Errorf("answer is %d %s (%s), want %d %s", a.status, a.code, a.body, status, code)
	}
}

// values are the objects of a collection.
func values(o map[string]any) []map[string]any {
	var out []map[string]any
	list, _ := o["value"].([]any)
	for _, v := range list {
		m, _ := v.(map[string]any)
		out = append(out, m)
	}
	return out
}

func text(o map[string]any, name string) string {
	s, _ := o[name].(string)
	return s
}

// mail is a small message.
func mail(subject string, n int) mailboxes.Bytes {
	return mailboxes.Bytes(fmt.Sprintf("From: Piet <piet@fabrikam.example>\r\nTo: Anna <anna@contoso.example>\r\nSubject: %s\r\n"+
		"Date: Mon, 02 Mar 2026 08:%02d:00 +0000\r\nMessage-ID: <m%d@fabrikam.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDag Anna, nummer %d.\r\n",
		subject, n%60, n, n))
}

// fill puts n messages into a folder.
func (w *world) fill(folder string, n int) {
	w.t.Helper()
	for i := range n {
		w.put(folder, fmt.Sprintf("Bericht %d", i), i)
	}
}

func (w *world) put(folder, subject string, n int) {
	w.t.Helper()
	if err := w.box.Put(folder, mail(subject, n), mailboxes.Meta{}); err != nil {
		w.t.Fatal(err)
	}
}

// folderID finds a folder by well-known name.
func (w *world) folderID(name string) string {
	w.t.Helper()
	return text(w.call("GET", "/v1.0/users/"+user+"/mailFolders/"+name, nil).ok(w.t), "id")
}

func (w *world) itemsPath(folder string) string {
	return "/v1.0/admin/exchange/mailboxes/" + w.box.ID() + "/folders/" + w.folderID(folder) + "/items"
}

const immutable = `Prefer: IdType="ImmutableId"`

// drain follows a delta to its end.
func (w *world) drain(target string, headers ...string) (list []map[string]any, link string, pages int) {
	w.t.Helper()
	for {
		o := w.call("GET", target, nil, headers...).ok(w.t)
		list = append(list, values(o)...)
		pages++
		if link = text(o, "@odata.deltaLink"); link != "" {
			return list, link, pages
		}
		if target = text(o, "@odata.nextLink"); target == "" {
			w.t.Fatalf("neither next nor delta link: %v", o)
		}
	}
}
