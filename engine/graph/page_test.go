package graph_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph"
)

const (
	itemsRoute   = "GET /v1.0/admin/exchange/mailboxes/MBX%3Ax/folders/f%3D1/items/delta"
	foldersRoute = "GET /v1.0/admin/exchange/mailboxes/MBX%3Ax/folders/delta"
)

func TestItemPages(t *testing.T) {
	s := newService(t)
	s.on(itemsRoute, func(w http.ResponseWriter, r *http.Request) {
		if p := r.Header.Get("Prefer"); !strings.Contains(p, `IdType="ImmutableId"`) || !strings.Contains(p, "odata.maxpagesize=") {
			t.Errorf("Prefer %q on %s", p, r.URL)
		}
		base := "https://" + r.Host + r.URL.EscapedPath()
		switch r.URL.Query().Get("$skiptoken") {
		case "":
			raw(w, "{\"value\":[{\"id\":\"a\",\"changeKey\":\"k\",\"type\":\"IPM.Note\",\"size\":12,\"createdDateTime\":\"2026-01-02T03:04:05Z\",\"categories\":[\"Blau\x07w\"]},"+
				`{"id":"b","size":"twelve"},{"size":1},7],"@odata.nextLink":"`+base+`?$skiptoken=x%2By"}`)
		case "x+y":
			raw(w, `{"value":[{"id":"c","@removed":{"reason":"deleted"}},{"id":"d","createdDateTime":"sometimes"}],"@odata.deltaLink":"`+base+`?$deltatoken=z"}`)
		}
	})
	c := s.client()
	p, err := c.ItemsDelta(t.Context(), exportBox, "f=1", "")
	if err != nil || p.Done || p.Broken != 2 || len(p.Items) != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	want := graph.ItemRef{ID: "a", ChangeKey: "k", Class: "IPM.Note", Size: 12, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	got := p.Items[0]
	if len(got.Categories) != 1 || got.Categories[0] != "Blau w" {
		t.Errorf("categories %q", got.Categories)
	}
	if got.Categories = nil; got.ID != want.ID || got.ChangeKey != want.ChangeKey || got.Class != want.Class || got.Size != want.Size || !got.Created.Equal(want.Created) {
		t.Errorf("%+v", got)
	}
	if p.Items[1].ID != "b" {
		t.Error("an item with a strange size was lost")
	}
	// The cursor of another day, when the service had another name.
	u, _ := url.Parse(p.Cursor)
	u.Host = "elsewhere.example"
	p, err = c.ItemsDelta(t.Context(), exportBox, "f=1", u.String())
	if err != nil || !p.Done || len(p.Items) != 2 || !p.Items[0].Removed || p.Items[1].Removed {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err = c.ItemsDelta(t.Context(), exportBox, "f=1", "https://elsewhere.example/steal"); !errors.Is(err, graph.ErrBadAnswer) {
		t.Errorf("a cursor that is none: %v", err)
	}
}

func TestFoldersComeFlatAndOnce(t *testing.T) {
	s := newService(t)
	s.on(foldersRoute, func(w http.ResponseWriter, r *http.Request) {
		base := "https://" + r.Host + r.URL.EscapedPath()
		if r.URL.Query().Get("$skiptoken") == "" {
			raw(w, `{"value":[{"id":"1","displayName":"Postvak IN","type":"IPF.Note","wellKnownName":"Inbox","totalItemCount":3,"childFolderCount":1,"parentFolderId":"r"},
				{"id":"2","displayName":"Oud","parentFolderId":"1"},{"id":"3","displayName":"Weg","parentFolderId":"r"}],"@odata.nextLink":"`+base+`?$skiptoken=2"}`)
			return
		}
		raw(w, `{"value":[{"id":"2","displayName":"Nieuw","parentFolderId":"1"},{"id":"3","@removed":{"reason":"deleted"}},
			{"id":"4","@odata.type":"#microsoft.graph.mailSearchFolder","displayName":"Zoek","parentFolderId":"r"}],"@odata.deltaLink":"`+base+`?$deltatoken=z"}`)
	})
	folders, cursor, err := s.client().MailFolders(t.Context(), exportBox)
	if err != nil || len(folders) != 3 || !strings.Contains(cursor, "deltatoken") {
		t.Fatal(folders, cursor, err)
	}
	if folders[0].Known != "inbox" || folders[0].Items != 3 || folders[1].Name != "Nieuw" || !folders[2].Search {
		t.Errorf("%+v", folders)
	}
}

func TestPagesThatNeverEnd(t *testing.T) {
	s := newService(t)
	s.on(itemsRoute, func(w http.ResponseWriter, r *http.Request) {
		raw(w, `{"value":[],"@odata.nextLink":"https://`+r.Host+r.URL.RequestURI()+`"}`)
	})
	c := s.client()
	p, err := c.ItemsDelta(t.Context(), exportBox, "f=1", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.ItemsDelta(t.Context(), exportBox, "f=1", p.Cursor); !errors.Is(err, graph.ErrBadAnswer) {
		t.Errorf("the same page for ever: %v", err)
	}
	s.on(itemsRoute, func(w http.ResponseWriter, _ *http.Request) { raw(w, `{"value":[]}`) })
	if _, err = c.ItemsDelta(t.Context(), exportBox, "f=1", ""); !errors.Is(err, graph.ErrBadAnswer) {
		t.Errorf("neither next nor end: %v", err)
	}
}

func TestExchangeForgetsACursor(t *testing.T) {
	s := newService(t)
	c := s.client()
	for _, answer := range []struct {
		status        int
		code, message string
	}{
		{410, "SyncStateNotFound", "The sync state generation is not found; generation=149"}, {400, "SyncStateInvalid", ""},
		{400, "ErrorInvalidParameter", "Parameter 'DeltaToken' not supported for this request"},
	} {
		s.on(itemsRoute, func(w http.ResponseWriter, _ *http.Request) { refusal(w, answer.status, answer.code, answer.message) })
		if _, err := c.ItemsDelta(t.Context(), exportBox, "f=1", ""); !errors.Is(err, graph.ErrGone) {
			t.Errorf("%+v: %v", answer, err)
		}
	}
}

// fuzzClient answers every call with the same bytes.
func fuzzClient(f *testing.F, answer *[]byte) *graph.Client {
	return graph.NewForTest(f, roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(bytes.Clone(*answer)))}, nil
	}))
}

// FuzzPages: no page makes the client panic, or report an item without an id.
func FuzzPages(f *testing.F) {
	for _, s := range []string{
		`{"value":[{"id":"a","size":1,"type":"IPM.Note","@removed":null}],"@odata.deltaLink":"https://x/v1.0/y"}`,
		`{"value":[{"id":"a","name":"n","file":{"hashes":{}},"parentReference":{"id":"p"},"deleted":{}},{"root":{},"id":"r"}],"@odata.nextLink":"https://x/v1.0/y"}`,
		`{"value":null}`, `{"value":[[[]]],"@odata.nextLink":5}`, "{\"value\":[{\"id\":\"\x00\"}]}",
	} {
		f.Add([]byte(s))
	}
	var answer []byte
	c := fuzzClient(f, &answer)
	f.Fuzz(func(t *testing.T, doc []byte) {
		answer = doc
		ctx := graph.Hasty(t.Context())
		if p, err := c.ItemsDelta(ctx, exportBox, "f", ""); err == nil {
			for _, i := range p.Items {
				if i.ID == "" {
					t.Fatal("item without an id")
				}
			}
			if p.Cursor == "" {
				t.Fatal("page without a cursor")
			}
		}
		if p, err := c.DriveDelta(ctx, "d", ""); err == nil {
			for _, i := range p.Items {
				if i.ID == "" || i.Root && i.Parent != "" {
					t.Fatalf("%+v", i)
				}
			}
		}
		_, _ = c.FoldersDelta(ctx, exportBox, "")
	})
}
