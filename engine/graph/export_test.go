package graph_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"vangnet/engine/graph"
)

const exportRoute = "POST /v1.0/admin/exchange/mailboxes/MBX%3Ax/exportItems"

var exportBox = graph.Mailbox{ID: "MBX:x", User: "u"}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// asked reads which items an export asks for.
func asked(r *http.Request) []string {
	var body struct {
		IDs []string `json:"itemIds"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	return body.IDs
}

func raw(w http.ResponseWriter, s string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, s)
}

// collect exports and keeps what arrived whole.
func collect(t *testing.T, c *graph.Client, ids ...string) (got map[string]string, failed map[string]error) {
	t.Helper()
	got = map[string]string{}
	failed, err := c.Export(t.Context(), exportBox, ids, func(id, changeKey string, data io.Reader) error {
		b, err := io.ReadAll(data)
		if err != nil {
			return fmt.Errorf("store %s: %w", id, err)
		}
		if _, twice := got[id]; twice {
			t.Errorf("%s delivered whole twice", id)
		}
		got[id] = string(b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, failed
}

func TestExportReadsFieldsInAnyOrder(t *testing.T) {
	big := strings.Repeat("0123456789", 600_000) // more than is put aside in memory
	s := newService(t)
	s.on(exportRoute, func(w http.ResponseWriter, _ *http.Request) {
		raw(w, `{"@odata.context":"https://x/$metadata#Collection(exportItemResponse)","value":[
			{"itemId":"a","changeKey":"ck","data":"`+b64("alpha")+`","error":null},
			{"data":"`+strings.ReplaceAll(b64("beta??>>"), "+", `\u002B`)+`","error":null,"changeKey":"ck","extra":{"x":[1,2]},"itemId":"b"},
			{"error":{"code":"ErrorItemNotFound","message":"The item was not found.","details":[]},"itemId":"c","data":null},
			{"itemId":"d","data":"","error":{"code":"ErrorCorruptData","message":"Data is corrupt."}},
			{"data":"`+strings.ReplaceAll(b64(big), "/", `\/`)+`","itemId":"e"},
			{"itemId":"stranger","data":"`+b64("never asked for")+`"},
			{"itemId":"f","data":"`+b64("half")+`","error":{"code":"ErrorInternalServerError","message":"after all"}}
		],"other":7}`)
	})
	got, failed := collect(t, s.client(), "a", "b", "c", "d", "e", "f")
	if got["a"] != "alpha" || got["b"] != "beta??>>" || got["e"] != big {
		t.Errorf("got %d items; a=%q b=%q e=%d bytes", len(got), got["a"], got["b"], len(got["e"]))
	}
	if _, ok := got["stranger"]; ok {
		t.Error("delivered an item nobody asked for")
	}
	for id, want := range map[string]error{"c": graph.ErrNotFound, "d": graph.ErrItem, "f": graph.ErrItem} {
		if !errors.Is(failed[id], want) {
			t.Errorf("%s: %v, want %v", id, failed[id], want)
		}
	}
	if len(failed) != 3 || s.count(exportRoute) != 1 {
		t.Errorf("failed %v after %d requests", failed, s.count(exportRoute))
	}
}

// An entry that says something twice is read as it says it first.
func TestExportOfEntriesThatRepeatThemselves(t *testing.T) {
	s := newService(t)
	s.on(exportRoute, func(w http.ResponseWriter, r *http.Request) {
		if ids := asked(r); slices.Contains(ids, "b") && len(ids) == 1 {
			raw(w, `{"value":[{"itemId":"b","data":"`+b64("beta")+`"}]}`)
			return
		}
		raw(w, `{"value":[{"itemId":"a","data":"`+b64("alpha")+`","itemId":"b","data":"`+b64("gamma")+`"}]}`)
	})
	got, failed := collect(t, s.client(), "a", "b")
	if got["a"] != "alpha" || got["b"] != "beta" || len(failed) != 0 {
		t.Errorf("got %v, failed %v", got, failed)
	}
}

func TestExportAsksAgainOnlyForWhatIsMissing(t *testing.T) {
	s := newService(t)
	var rounds [][]string
	s.on(exportRoute, func(w http.ResponseWriter, r *http.Request) {
		ids := asked(r)
		rounds = append(rounds, ids)
		switch len(rounds) {
		case 1: // cut inside the second item's data
			breakOff(w, `{"value":[{"itemId":"a","data":"`+b64("alpha")+`"},{"itemId":"b","data":"QUJD`)
		case 2: // truncated by Exchange, and one that is throttled
			raw(w, `{"value":[{"itemId":"b","data":"`+b64("beta=== Truncated Data ===")+`"},{"itemId":"c","error":{"code":"ErrorServerBusy","message":"busy"}},
				{"itemId":"d","data":"QUJDR"}]}`)
		default:
			raw(w, `{"value":[{"itemId":"`+ids[0]+`","data":"`+b64("whole "+ids[0])+`"}]}`)
		}
	})
	got, failed := collect(t, s.client(), "a", "b", "c", "d")
	want := map[string]string{"a": "alpha", "b": "whole b", "c": "whole c", "d": "whole d"}
	if len(failed) != 0 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, failed %v", got, failed)
	}
	if !slices.Equal(rounds[1], []string{"b", "c", "d"}) || !slices.Equal(rounds[2], []string{"b"}) {
		t.Errorf("asked for %v", rounds)
	}
}

func TestExportGivesUpOnOneItemAlone(t *testing.T) {
	s := newService(t)
	s.on(exportRoute, func(w http.ResponseWriter, r *http.Request) {
		ids := asked(r)
		if slices.Contains(ids, "malformed") {
			refusal(w, 400, "ErrorInvalidIdMalformed", "Id is malformed.")
			return
		}
		var out strings.Builder
		for _, id := range ids {
			if id == "cut" {
				breakOff(w, `{"value":[`+out.String()+`{"itemId":"cut","data":"AAAA`)
			}
			out.WriteString(`{"itemId":"` + id + `","data":"` + b64(id) + `"},`)
		}
		raw(w, `{"value":[`+strings.TrimSuffix(out.String(), ",")+`]}`)
	})
	got, failed := collect(t, s.client(), "a", "cut", "b", "malformed", "c")
	if len(got) != 3 || len(failed) != 2 || !errors.Is(failed["cut"], graph.ErrTruncated) || !errors.Is(failed["cut"], graph.ErrItem) {
		t.Errorf("got %v, failed %v", got, failed)
	}
}

func TestExportEndsAtTheCallersError(t *testing.T) {
	s := newService(t)
	s.on(exportRoute, func(w http.ResponseWriter, _ *http.Request) {
		raw(w, `{"value":[{"itemId":"a","data":"`+b64("alpha")+`"},{"itemId":"b","data":"`+b64("beta")+`"}]}`)
	})
	full := errors.New("disk full")
	calls := 0
	_, err := s.client().Export(t.Context(), exportBox, []string{"a", "b"}, func(string, string, io.Reader) error {
		calls++
		return full
	})
	if !errors.Is(err, full) || calls != 1 || s.count(exportRoute) != 1 {
		t.Errorf("%v after %d calls and %d requests", err, calls, s.count(exportRoute))
	}
	if _, err = s.client().Export(t.Context(), exportBox, make([]string, 21), nil); err == nil {
		t.Error("21 items were let through")
	}
}

// FuzzExport: whatever the service answers, an export ends, and what it calls
// whole was in the answer whole.
func FuzzExport(f *testing.F) {
	f.Add([]byte(`{"value":[{"itemId":"a","data":"QUJD"},{"data":"QUJD","itemId":"b","error":null}]}`))
	f.Add([]byte(`{"value":[{"itemId":"a","data":"QU\u004aD","error":{"code":"x"}}`))
	f.Add([]byte(`{"value":[{"itemId":"a","data":"====`))
	f.Add([]byte(`[]`))
	f.Add([]byte(`{"value":[{"itemId":"a","data":"QUJD","itemId":"b"}]}`))
	for _, seed := range []string{"{\"value\":[{\"data\":\"\x00QUJD\"}]}", `{"value":{"value":[]}}`} {
		f.Add([]byte(seed))
	}
	var answer []byte
	client := graph.NewForTest(f, roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(answer))}, nil
	}))
	f.Fuzz(func(t *testing.T, doc []byte) {
		answer = doc
		whole := map[string]bool{}
		failed, err := client.Export(graph.Hasty(t.Context()), exportBox, []string{"a", "b"}, func(id, _ string, data io.Reader) error {
			if id != "a" && id != "b" {
				t.Fatalf("delivered %q", id)
			}
			_, err := io.Copy(io.Discard, data)
			whole[id] = err == nil
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"a", "b"} {
			if failed[id] == nil && !whole[id] {
				t.Fatalf("%s neither failed nor whole", id)
			}
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func BenchmarkExportDecode(b *testing.B) {
	item := `{"itemId":"a","changeKey":"k","data":"` + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1, 2, 3, 4, 5}, 2<<20)) + `"}`
	client := graph.NewForTest(b, roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"value":[` + item + `]}`))}, nil
	}))
	b.SetBytes(10 << 20)
	for b.Loop() {
		_, err := client.Export(b.Context(), exportBox, []string{"a"}, func(_, _ string, data io.Reader) error {
			_, err := io.Copy(io.Discard, data)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
