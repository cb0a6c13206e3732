package jsonpull_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"vangnet/engine/graph/jsonpull"
)

func TestStringsAsEncodingJSONReadsThem(t *testing.T) {
	for _, s := range []string{
		``, `plain`, `\/\"\\\b\f\n\r\t`, `\u0041\u00e9\u20ac`, `\ud83c\udf89`, `\ud83c`, `\ud83cx`, `\udf89`, `\ud83c\u0041`, `\ud83c\ud83c\udf89`, `\ud83c\u12`[:6],
		strings.Repeat("a", 200_000), strings.Repeat(`\u002B`, 50_000), "é€🎉",
	} {
		doc := `"` + s + `"`
		var want string
		if err := json.Unmarshal([]byte(doc), &want); err != nil {
			t.Fatal(err)
		}
		for name, in := range map[string]io.Reader{
			"whole": strings.NewReader(doc + " "), "bytewise": iotest.OneByteReader(strings.NewReader(doc + " ")),
		} {
			got, err := jsonpull.New(in).Text(1 << 20)
			if err != nil {
				t.Fatalf("%s %.20q: %v", name, doc, err)
			}
			if got != want {
				t.Errorf("%s %.20q: got %.20q want %.20q", name, doc, got, want)
			}
		}
	}
}

func TestDocument(t *testing.T) {
	r := jsonpull.New(strings.NewReader(` {"a" : [1, -2.5e3, true, null, {"x":{}}, []], "b":"text", "c": {"d":"e"}} `))
	var got []string
	err := r.Fields(func(name string) error {
		kind, err := r.Peek()
		if err != nil {
			return err
		}
		got = append(got, fmt.Sprintf("%s%c", name, kind))
		if kind == jsonpull.String {
			s, err := r.Text(10)
			got = append(got, s)
			return err
		}
		return r.Skip()
	})
	if err != nil || fmt.Sprint(got) != `[a[ b" text c{]` {
		t.Fatal(got, err)
	}
}

func TestRefusals(t *testing.T) {
	for doc, want := range map[string]error{
		`{"a":1`: io.ErrUnexpectedEOF, `{"a":"x`: io.ErrUnexpectedEOF, `{"a" 1}`: jsonpull.ErrSyntax, `{"a":1 "b":2}`: jsonpull.ErrSyntax,
		`{"a":"\x"}`: jsonpull.ErrSyntax, `{"a":"\u12g4"}`: jsonpull.ErrSyntax, `{"a":?}`: jsonpull.ErrSyntax, ``: io.ErrUnexpectedEOF,
		`{"` + strings.Repeat("n", 2000) + `":1}`: jsonpull.ErrLimit,
		strings.Repeat(`[`, 10_000):               jsonpull.ErrLimit,
		`{"a":` + strings.Repeat("1", 1000) + `}`: jsonpull.ErrLimit,
	} {
		if err := jsonpull.New(strings.NewReader(doc)).Skip(); !errors.Is(err, want) {
			t.Errorf("%.30q: %v, want %v", doc, err, want)
		}
	}
	broken := errors.New("line broke")
	r := jsonpull.New(io.MultiReader(strings.NewReader(`{"a":"xyz`), iotest.ErrReader(broken)))
	if err := r.Skip(); !errors.Is(err, broken) {
		t.Errorf("error of the input got lost: %v", err)
	}
}

func FuzzSkip(f *testing.F) {
	for _, s := range []string{`{"a":[1,"x\n\u00e9",null]}`, `"`, `{"a":"\ud83c\udf89"}`, `[[[[`, "{\"a\":\"\x01\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		err := jsonpull.New(strings.NewReader(string(doc) + " ")).Skip()
		if json.Valid(doc) && err != nil && !errors.Is(err, jsonpull.ErrLimit) {
			t.Fatalf("refuses good JSON %q: %v", doc, err)
		}
	})
}
