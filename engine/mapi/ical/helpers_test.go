package ical_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/ical"
)

func parse(t testing.TB, data []byte) ([]*mapi.Message, ical.Warnings) {
	t.Helper()
	items, warn, err := ical.Parse(bytes.NewReader(data), ical.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return items, warn
}

// write writes an item, with METHOD where it is a message.
func write(t testing.TB, m *mapi.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	opt := ical.Options{Method: !m.IsClass("IPM.Appointment"), Warn: func(w ical.Warning, what string) { t.Logf("warning %s: %s", w, what) }}
	if err := ical.Write(&b, m, opt); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// stream takes an item through the form in which Exchange exports it.
func stream(t testing.TB, m *mapi.Message) *mapi.Message {
	t.Helper()
	var b bytes.Buffer
	if err := fts.Encode(&b, m, fts.Options{}); err != nil {
		t.Fatal(err)
	}
	out, o, err := fts.DecodeAt(bytes.NewReader(b.Bytes()), int64(b.Len()), fts.Limits{Inline: 64 << 10})
	if err != nil || o.State != fts.Complete {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	return out
}

// python runs a script of testdata on JSON, and returns its lines.
func python(t *testing.T, script string, input any) []string {
	t.Helper()
	const interpreter = "python3"
	must := os.Getenv("VANGNET_TOOLS") == "must"
	var path string
	for _, name := range []string{"/usr/bin/" + interpreter, interpreter} {
		if exec.Command(name, "-c", "import icalendar, vobject, dateutil").Run() == nil {
			path = name
			break
		}
	}
	if path == "" {
		if must {
			t.Fatal("no Python with icalendar and vobject here")
		}
		t.Skip("no Python with icalendar and vobject here")
	}
	data, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, script)
	cmd.Stdin = bytes.NewReader(data)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errors.Bytes())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
