package graph_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph"
)

// importService opens sessions and keeps what is imported.
type importService struct {
	*service
	sessions int
	got      []map[string]any
	length   int64
}

func newImportService(t *testing.T) *importService {
	s := &importService{service: newService(t)}
	s.on("POST /v1.0/admin/exchange/mailboxes/MBX%3Ax/createImportSession", func(w http.ResponseWriter, r *http.Request) {
		s.sessions++
		reply(w, map[string]any{"importUrl": "https://" + r.Host + "/importItem?authtoken=a", "expirationDateTime": "2026-11-22T11:00:00Z"})
	})
	s.on("POST /importItem", s.take)
	return s
}

func (s *importService) take(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		refusal(w, 401, "unauthorized", "no token is wanted here")
		return
	}
	var doc map[string]any
	if err := json.NewDecoder(r.Body).Decode(&doc); err != nil {
		refusal(w, 400, "BadRequest", err.Error())
		return
	}
	s.got, s.length = append(s.got, doc), r.ContentLength
	reply(w, map[string]any{"itemId": "new", "changeKey": "ck2"})
}

func TestImportStreams(t *testing.T) {
	s := newImportService(t)
	im := s.client().Importer(exportBox)
	for _, size := range []int{0, 1, 2, 3, 24_575, 24_576, 24_577, 300_001} {
		b := content(3, size)
		src := bytesSource(b)
		if size%2 == 0 {
			src.Size = -1
		}
		done, err := im.Import(t.Context(), graph.ImportItem{Folder: `f"1`, Content: src, ItemID: "old", ChangeKey: "ck1"})
		if err != nil || done.ID != "new" || done.ChangeKey != "ck2" {
			t.Fatalf("%d bytes: %+v, %v", size, done, err)
		}
		doc := s.got[len(s.got)-1]
		if doc["Data"] != base64.StdEncoding.EncodeToString(b) || doc["FolderId"] != `f"1` || doc["Mode"] != "update" || doc["ItemId"] != "old" || doc["ChangeKey"] != "ck1" {
			t.Errorf("%d bytes: sent %.200v", size, doc)
		}
		if (src.Size < 0) != (s.length < 0) {
			t.Errorf("%d bytes: Content-Length %d", size, s.length)
		}
	}
	if s.sessions != 1 {
		t.Errorf("%d sessions", s.sessions)
	}
	if _, err := im.Import(t.Context(), graph.ImportItem{Folder: "f", Content: bytesSource(nil)}); err != nil || s.got[len(s.got)-1]["Mode"] != "create" {
		t.Error(err, s.got[len(s.got)-1])
	}
}

func TestImportSessionIsRenewed(t *testing.T) {
	s := newImportService(t)
	clock := &quickClock{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
	im := s.client(func(o *graph.Options) { o.Clock = clock }).Importer(exportBox)
	put := func() error {
		_, err := im.Import(t.Context(), graph.ImportItem{Folder: "f", Content: source("abc")})
		return err
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
	_ = clock.Sleep(t.Context(), 59*time.Minute) // its term nears
	if err := put(); err != nil || s.sessions != 2 {
		t.Fatal(err, s.sessions)
	}
	s.on("POST /importItem", first(1, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, s.take))
	if err := put(); err != nil {
		t.Fatal(err)
	}
	s.on("POST /importItem", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) })
	if err := put(); err == nil {
		t.Error("refused for ever, and no error")
	}
}

func TestImportOfNewItemsIsNeverRepeatedBlindly(t *testing.T) {
	s := newImportService(t)
	tries := 0
	s.on("POST /importItem", func(w http.ResponseWriter, r *http.Request) {
		tries++
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
	im := s.client().Importer(exportBox)
	_, err := im.Import(t.Context(), graph.ImportItem{Folder: "f", Content: source("abc")})
	if !errors.Is(err, graph.ErrUncertain) || tries != 1 {
		t.Errorf("%v after %d tries", err, tries)
	}
	s.on("POST /importItem", first(2, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(429)
	}, s.take))
	if _, err := im.Import(t.Context(), graph.ImportItem{Folder: "f", Content: source("abc")}); err != nil {
		t.Error(err)
	}
}

func TestImportTellsOurOwnFaults(t *testing.T) {
	s := newImportService(t)
	broken := errors.New("vault is damaged")
	im := s.client().Importer(exportBox)
	for name, src := range map[string]graph.Source{
		"open": {Size: -1, Open: func(int64) (io.ReadCloser, error) { return nil, broken }},
		"read": {Size: -1, Open: func(int64) (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("abc"), errReader{broken})), nil
		}},
	} {
		_, err := im.Import(t.Context(), graph.ImportItem{Folder: "f", Content: src})
		if !errors.Is(err, broken) || errors.Is(err, graph.ErrNetwork) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(s.got) != 0 {
		t.Errorf("half a stream was taken for a whole one: %v", s.got)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }
