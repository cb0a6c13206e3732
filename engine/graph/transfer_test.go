package graph_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"vangnet/engine/graph"
	"vangnet/engine/graph/quickxor"
)

const contentRoute = "GET /v1.0/drives/d/items/i/content"

// fileService redirects to a pre-authenticated address.
func fileService(t *testing.T) *service {
	s := newService(t)
	s.on(contentRoute, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://"+r.Host+"/bytes?tempauth=secret", http.StatusFound)
	})
	return s
}

func download(t *testing.T, c *graph.Client, o graph.DownloadOptions) ([]byte, error) {
	t.Helper()
	r := c.Download(t.Context(), "d", "i", o)
	defer r.Close() //nolint:errcheck // a test
	return io.ReadAll(r)
}

func TestDownloadGoesOnWhereItBroke(t *testing.T) {
	b := content(5, 1<<20)
	s := fileService(t)
	var ranges []string
	s.on("GET /bytes", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Accept-Encoding") != "identity" {
			refusal(w, 401, "unauthenticated", "no token is wanted here")
			return
		}
		ranges = append(ranges, r.Header.Get("Range"))
		if len(ranges) < 4 {
			w = &cutWriter{ResponseWriter: w, left: 300_000}
		}
		w.Header().Set("ETag", `"1"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	})
	h := quickxor.New()
	sum := quickxor.New()
	_, _ = sum.Write(b)
	got, err := download(t, s.client(), graph.DownloadOptions{Hash: h, Want: quickXor(b), Size: int64(len(b))})
	if err != nil || !bytes.Equal(got, b) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if len(ranges) != 4 || ranges[0] != "" || ranges[3] == "" || s.count(contentRoute) != 1 {
		t.Errorf("ranges %q, %d addresses", ranges, s.count(contentRoute))
	}
}

func quickXor(b []byte) string {
	h := quickxor.New()
	_, _ = h.Write(b)
	return b64(string(h.Sum(nil)))
}

// cutWriter breaks the connection after some bytes.
type cutWriter struct {
	http.ResponseWriter
	left int
}

func (w *cutWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		_, _ = w.ResponseWriter.Write(p[:w.left])
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	w.left -= len(p)
	return w.ResponseWriter.Write(p)
}

func TestDownloadOddities(t *testing.T) {
	b := content(6, 400_000)
	for name, c := range map[string]struct {
		serve func(n int, w http.ResponseWriter, r *http.Request)
		want  error
	}{
		"range ignored": {func(n int, w http.ResponseWriter, r *http.Request) {
			r.Header.Del("Range")
			if n == 1 {
				w = &cutWriter{ResponseWriter: w, left: 100_000}
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
		}, nil},
		"address run out": {func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				w = &cutWriter{ResponseWriter: w, left: 100_000}
			}
			if n == 2 {
				refusal(w, 401, "unauthenticated", "expired")
				return
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
		}, nil},
		"changed meanwhile": {func(n int, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
			if n == 1 {
				w = &cutWriter{ResponseWriter: w, left: 100_000}
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
		}, graph.ErrChanged},
		"shrunk meanwhile": {func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				http.ServeContent(&cutWriter{ResponseWriter: w, left: 100_000}, r, "", time.Time{}, bytes.NewReader(b))
				return
			}
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b[:50_000]))
		}, graph.ErrChanged},
		"other bytes": {func(_ int, w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b[:1000]) }, graph.ErrHash},
		"virus": {func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Virus-Infected", "EICAR")
			w.WriteHeader(403)
		}, graph.ErrMalware},
		"gone": {func(_ int, w http.ResponseWriter, _ *http.Request) { refusal(w, 404, "itemNotFound", "") }, graph.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			s := fileService(t)
			n := 0
			s.on("GET /bytes", func(w http.ResponseWriter, r *http.Request) { n++; c.serve(n, w, r) })
			got, err := download(t, s.client(), graph.DownloadOptions{Hash: quickxor.New(), Want: quickXor(b), Size: int64(len(b))})
			if !errors.Is(err, c.want) || c.want == nil && (err != nil || !bytes.Equal(got, b)) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

func TestUploadMeetsTroubles(t *testing.T) {
	b := content(7, 25<<20)
	const begin = "POST /v1.0/drives/d/items/p:/a%20b.bin:/createUploadSession"
	when := time.Date(2021, 5, 6, 7, 8, 9, 0, time.UTC)
	for name, c := range map[string]struct {
		trouble  func(n int, u *uploads, w http.ResponseWriter, r *http.Request) bool
		sessions int
		want     error
	}{
		"none": {func(int, *uploads, http.ResponseWriter, *http.Request) bool { return false }, 1, nil},
		"answer lost": {func(n int, u *uploads, _ http.ResponseWriter, r *http.Request) bool {
			if n == 2 {
				u.take(r)
				panic(http.ErrAbortHandler)
			}
			return false
		}, 1, nil},
		"last answer lost": {func(n int, u *uploads, _ http.ResponseWriter, r *http.Request) bool {
			if n == 3 {
				u.take(r)
				u.ended = true
				panic(http.ErrAbortHandler)
			}
			return false
		}, 1, nil},
		"session ended": {func(n int, _ *uploads, w http.ResponseWriter, _ *http.Request) bool {
			if n == 2 {
				refusal(w, 404, "uploadSessionNotFound", "")
			}
			return n == 2
		}, 2, nil},
		"name taken at the end": {func(n int, _ *uploads, w http.ResponseWriter, _ *http.Request) bool {
			if n == 3 {
				refusal(w, 409, "nameAlreadyExists", "")
			}
			return n == 3
		}, 1, graph.ErrExists},
		"quota": {func(_ int, _ *uploads, w http.ResponseWriter, _ *http.Request) bool {
			refusal(w, 507, "quotaLimitReached", "")
			return true
		}, 1, graph.ErrQuota},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			u := &uploads{t: t, total: int64(len(b))}
			s.on(begin, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if !strings.Contains(string(body), `"fileSystemInfo":{"lastModifiedDateTime":"2021-05-06T07:08:09Z"}`) || !strings.Contains(string(body), `"fail"`) {
					t.Errorf("session asked with %s", body)
				}
				u.sessions++
				u.got = nil
				reply(w, map[string]any{"uploadUrl": "https://" + r.Host + "/up?guid=1", "nextExpectedRanges": []string{"0-"}})
			})
			s.on("PUT /up", func(w http.ResponseWriter, r *http.Request) {
				u.puts++
				if u.ended {
					refusal(w, 404, "itemNotFound", "")
					return
				}
				if !c.trouble(u.puts, u, w, r) {
					u.answer(w, u.take(r))
				}
			})
			s.on("GET /up", func(w http.ResponseWriter, _ *http.Request) { u.answer(w, 202) })
			s.on("DELETE /up", func(w http.ResponseWriter, _ *http.Request) { u.dropped = true; w.WriteHeader(204) })
			s.on("GET /v1.0/drives/d/items/p:/a%20b.bin", func(w http.ResponseWriter, _ *http.Request) {
				reply(w, map[string]any{"id": "new", "size": len(b), "fileSystemInfo": map[string]any{"lastModifiedDateTime": "2021-05-06T07:08:09Z"}})
			})
			item, err := s.client().Upload(t.Context(), "d", "p", "a b.bin", bytesSource(b), graph.UploadOptions{Modified: when})
			if !errors.Is(err, c.want) || u.sessions != c.sessions {
				t.Fatalf("%v after %d sessions", err, u.sessions)
			}
			if c.want == nil && (item.ID != "new" || !bytes.Equal(u.got, b)) {
				t.Errorf("%+v, service has %d bytes", item, len(u.got))
			}
			if (c.want != nil) != u.dropped {
				t.Errorf("session cancelled: %v", u.dropped)
			}
		})
	}
}

// uploads is the far side of an upload session.
type uploads struct {
	t              *testing.T
	total          int64
	got            []byte
	sessions, puts int
	ended, dropped bool
}

func (u *uploads) take(r *http.Request) int {
	var from, to, total int64
	_, err := fmt.Sscanf(r.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &total)
	n := to - from + 1
	if err != nil || total != u.total || r.ContentLength != n || r.Header.Get("Authorization") != "" || to+1 < total && n%(320<<10) != 0 {
		u.t.Errorf("bad piece %q of %d bytes", r.Header.Get("Content-Range"), r.ContentLength)
		return 400
	}
	b, _ := io.ReadAll(r.Body)
	if from != int64(len(u.got)) {
		return 416
	}
	u.got = append(u.got, b...)
	return 202
}

func (u *uploads) answer(w http.ResponseWriter, status int) {
	if status == 202 && int64(len(u.got)) == u.total {
		w.WriteHeader(201)
		reply(w, map[string]any{"id": "new", "size": u.total})
		return
	}
	if status != 202 {
		refusal(w, status, "invalidRange", "")
		return
	}
	w.WriteHeader(202)
	reply(w, map[string]any{"nextExpectedRanges": []string{fmt.Sprintf("%d-", len(u.got))}})
}
