package vcard_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/fts"
	"vangnet/engine/mapi/vcard"
	"vangnet/engine/mapi/vcard/vcardtest"
)

func parse(t testing.TB, b []byte) ([]*mapi.Message, vcard.Warnings) {
	t.Helper()
	all, warn, err := vcard.Parse(bytes.NewReader(b), vcard.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return all, warn
}

func write(t testing.TB, o vcard.Options, all ...*mapi.Message) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, m := range all {
		if err := vcard.Write(&b, m, o); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// throughStream is a message as an item stream brings it back.
func throughStream(t testing.TB, m *mapi.Message) *mapi.Message {
	t.Helper()
	var stream bytes.Buffer
	if err := fts.Encode(&stream, m, fts.Options{}); err != nil {
		t.Fatal(err)
	}
	got, o, err := fts.DecodeAt(bytes.NewReader(stream.Bytes()), int64(stream.Len()), fts.Limits{Inline: 4000})
	if err != nil || o.State != fts.Complete {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	return got
}

func TestRoundTrip(t *testing.T) {
	if n := len(vcardtest.All()); n < 60 {
		t.Errorf("only %d files", n)
	}
	for _, f := range vcardtest.All() {
		t.Run(f.Name, func(t *testing.T) {
			all, warn := parse(t, f.Data)
			for _, w := range warn {
				if w != vcard.WarnCharset && w != vcard.WarnDate && w != vcard.WarnMember {
					t.Errorf("warning %s", w)
				}
			}
			for _, version := range []vcard.Version{vcard.Version3, vcard.Version4} {
				o := vcard.Options{Version: version}
				once := write(t, o, all...)
				again, _ := parse(t, once)
				if twice := write(t, o, again...); !bytes.Equal(once, twice) {
					t.Errorf("read and written again, it differs:\n%s\nbecame\n%s", once, twice)
				}
				var streamed []byte
				for _, m := range all {
					streamed = append(streamed, write(t, o, throughStream(t, m))...)
				}
				if !bytes.Equal(streamed, once) {
					t.Errorf("through an item stream, another card comes out:\n%s\nbecame\n%s", once, streamed)
				}
				for _, l := range strings.Split(string(once), "\r\n") {
					if len(l) > 75 {
						t.Errorf("a line of %d bytes: %.100q", len(l), l)
					}
				}
			}
		})
	}
}

// TestAgainstVobject compares every field with the original by another parser.
func TestAgainstVobject(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import vobject").Run(); err != nil {
		if os.Getenv("VANGNET_TOOLS") == "must" {
			t.Fatal("python3 with vobject is not installed")
		}
		t.Skip("python3 with vobject is not installed")
	}
	dir := t.TempDir()
	put := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range vcardtest.All() {
		all, _ := parse(t, f.Data)
		put(f.Name+".in.vcf", f.Data)
		put(f.Name+".3.vcf", write(t, vcard.Options{}, all...))
		put(f.Name+".4.vcf", write(t, vcard.Options{Version: vcard.Version4}, all...))
	}
	out, err := exec.Command(python, filepath.Join("testdata", "compare.py"), dir).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr(err))
	}
	if want := fmt.Sprintf("compared %d files\n", 2*len(vcardtest.All())); string(out) != want {
		t.Errorf("differences:\n%s", out)
	}
}

func stderr(err error) []byte {
	if e, ok := err.(*exec.ExitError); ok { //nolint:errorlint // Output returns it bare
		return e.Stderr
	}
	return nil
}
