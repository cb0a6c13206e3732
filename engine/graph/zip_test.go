package graph_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"vangnet/engine/graph"
)

func TestBigRequestsAreCompressed(t *testing.T) {
	s := newService(t)
	var encoding, body string
	s.on("POST /v1.0/admin/exchange/mailboxes/MBX%3Ax/exportItems", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if body == "" {
			encoding, body = r.Header.Get("Content-Encoding"), string(b)
		}
		reply(w, map[string]any{"value": []any{}})
	})
	var ids []string
	for i := range 20 {
		ids = append(ids, strings.Repeat("A", 150)+fmt.Sprint(i))
	}
	_, _ = s.client().Export(graph.Hasty(t.Context()), graph.Mailbox{ID: "MBX:x"}, ids, func(string, string, io.Reader) error { return nil })
	if encoding != "gzip" || !strings.Contains(body, ids[19]) {
		t.Errorf("encoding %q, body %.80q", encoding, body)
	}
}

// TestCompressedAnswers: an answer may come compressed, and one that breaks off
// is asked for again.
func TestCompressedAnswers(t *testing.T) {
	s := newService(t)
	var asked int
	s.on("POST /v1.0/admin/exchange/mailboxes/MBX%3Ax/exportItems", func(w http.ResponseWriter, r *http.Request) {
		if asked++; !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("compression was not asked for")
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		fmt.Fprintf(z, `{"value":[{"itemId":"a","data":%q}]}`, base64.StdEncoding.EncodeToString([]byte(strings.Repeat("letter ", 9000))))
		_ = z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/json")
		if asked == 1 {
			packed.Truncate(packed.Len() / 2)
		}
		_, _ = w.Write(packed.Bytes())
	})
	var got string
	failed, err := s.client().Export(t.Context(), graph.Mailbox{ID: "MBX:x"}, []string{"a"}, func(_, _ string, data io.Reader) error {
		text, err := io.ReadAll(data)
		got = string(text)
		return err
	})
	if err != nil || len(failed) > 0 || asked != 2 || got != strings.Repeat("letter ", 9000) {
		t.Errorf("error %v, failed %v, asked %d times, got %d bytes", err, failed, asked, len(got))
	}
}
