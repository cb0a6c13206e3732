package graph_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"vangnet/engine/graph"
)

const mimeRoute = "GET /v1.0/users/u/messages/m/$value"

func TestMIMEIsAskedForAgainWhenItBreaks(t *testing.T) {
	s := newService(t)
	whole := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "Subject: x\r\n\r\nbody") }
	cut := func(w http.ResponseWriter, _ *http.Request) { breakOff(w, "Subject: x") }
	s.on(mimeRoute, first(2, cut, whole))
	c := s.client()
	var got []string
	err := c.MIME(t.Context(), "u", "m", func(data io.Reader) error {
		b, err := io.ReadAll(data)
		if err == nil {
			got = append(got, string(b))
		}
		return err
	})
	if err != nil || len(got) != 1 || got[0] != "Subject: x\r\n\r\nbody" || s.count(mimeRoute) != 3 {
		t.Errorf("%q, %v", got, err)
	}
	full := errors.New("disk full")
	if err := c.MIME(t.Context(), "u", "m", func(io.Reader) error { return full }); !errors.Is(err, full) || s.count(mimeRoute) != 4 {
		t.Error(err)
	}
	s.on(mimeRoute, first(1, cut, whole))
	r, err := c.OpenMIME(t.Context(), "u", "m")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = io.ReadAll(r); !errors.Is(err, graph.ErrNetwork) {
		t.Errorf("broken text: %v", err)
	}
	_ = r.Close()
}

func TestMessagesInAFolder(t *testing.T) {
	s := newService(t)
	s.on("GET /v1.0/users/u/mailFolders/f/messages", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("$skip") == "" {
			raw(w, `{"value":[{"id":"1","subject":"een","from":{"emailAddress":{"name":"Anna","address":"anna@x.example"}},"flag":{"flagStatus":"flagged"},
				"receivedDateTime":"2026-01-02T03:04:05Z"},{"subject":"no id"}],"@odata.nextLink":"https://`+r.Host+`/v1.0/users/u/mailFolders/f/messages?$skip=2"}`)
			return
		}
		raw(w, `{"value":[{"id":"2","subject":"twee"}]}`)
	})
	var subjects []string
	for m, err := range s.client().MessagesIn(t.Context(), "u", "f") {
		if err != nil {
			t.Fatal(err)
		}
		subjects = append(subjects, m.Subject)
		if m.ID == "1" && (m.From != "Anna <anna@x.example>" || !m.Flagged || m.Received.IsZero()) {
			t.Errorf("%+v", m)
		}
	}
	if len(subjects) != 2 {
		t.Errorf("%q", subjects)
	}
	for m := range s.client().MessagesIn(t.Context(), "u", "f") { // a caller may stop
		_ = m
		break
	}
	if n := s.count("GET /v1.0/users/u/mailFolders/f/messages"); n != 3 {
		t.Errorf("%d requests", n)
	}
}
