package tnef_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vangnet/engine/mapi"
	"vangnet/engine/mapi/tnef"
	"vangnet/engine/mapi/tnef/tneftest"
)

func opened(t testing.TB, m *mapi.Message) (bytes int64) {
	t.Helper()
	for i := range m.Attachments {
		if data, ok := m.Attachments[i].Data(); ok {
			bytes += int64(len(content(t, data)))
		}
	}
	return bytes
}

// TestEveryCut: what came is kept, and what is missing is said.
func TestEveryCut(t *testing.T) {
	b := tneftest.Encode(sample(300))
	boundaries := 1 // after the header
	for at := 6; at < len(b); boundaries++ {
		at += 9 + int(binary.LittleEndian.Uint32(b[at+5:])) + 2
	}
	quiet, props, files, held := 0, 0, 0, int64(0)
	for n := range len(b) + 1 {
		m, warn := parse(t, b[:n], tnef.Limits{})
		if len(warn) == 0 {
			quiet++
		} else if !warn.Has(tnef.WarnTruncated) && !warn.Has(tnef.WarnNotTNEF) {
			t.Fatalf("cut at %d: %v", n, warn)
		}
		// the class of the message is made up while it is not there yet, and a file
		// without its properties has some that are
		if len(m.Props)+2 < props || len(m.Attachments) < files || opened(t, m) < held {
			t.Fatalf("cut at %d: %d properties were %d, %d files were %d, %d bytes were %d", n, len(m.Props), props, len(m.Attachments), files, opened(t, m), held)
		}
		props, files, held = len(m.Props), len(m.Attachments), opened(t, m)
	}
	if quiet != boundaries {
		t.Errorf("%d cuts without a warning, %d places where a stream may end", quiet, boundaries)
	}
}

// TestEveryFlip: what a checksum covers does not change unseen.
func TestEveryFlip(t *testing.T) {
	b := tneftest.Encode(sample(50))
	covered := make([]bool, len(b))
	for at := 6; at < len(b); {
		n := int(binary.LittleEndian.Uint32(b[at+5:])) + 2
		for i := at + 9; i < at+9+n; i++ {
			covered[i] = true
		}
		at += 9 + n
	}
	for i := range b {
		c := bytes.Clone(b)
		c[i] ^= 1 << (i % 8)
		m, warn := parse(t, c, tnef.Limits{})
		if covered[i] && len(warn) == 0 {
			t.Errorf("a changed byte at %d went unseen", i)
		}
		opened(t, m)
	}
}

func TestWrongChecksumIsKept(t *testing.T) {
	w := tneftest.New(1252)
	data := tneftest.Text("goed")
	w.Raw(tneftest.Message, tneftest.AttSubject, data, uint32(len(data)), 1)
	m, warn := parse(t, w.Bytes(), tnef.Limits{})
	if m.Props.String(mapi.Subject) != "goed" || len(warn) != 1 || warn[0] != tnef.WarnChecksum || !warn.Whole() {
		t.Errorf("%q, %v", m.Props.String(mapi.Subject), warn)
	}
}

// TestUnknownAttributes: they are passed over, and what follows is read.
func TestUnknownAttributes(t *testing.T) {
	w := tneftest.New(1252)
	w.Add(tneftest.Message, 0x0006FFFF, []byte("iets"))
	w.Add(tneftest.Message, tneftest.AttDateSent, []byte{1})
	w.Add(tneftest.Message, tneftest.AttSubject, tneftest.Text("goed"))
	m, warn := parse(t, append(w.Bytes(), 0, 0, 0), tnef.Limits{})
	if m.Props.String(mapi.Subject) != "goed" || len(warn) != 1 || !warn.Has(tnef.WarnAttribute) || warn.Whole() {
		t.Errorf("%q, %v", m.Props.String(mapi.Subject), warn)
	}
}

// TestHostileLengths: no length is believed.
func TestHostileLengths(t *testing.T) {
	huge := []byte{0xFF, 0xFF, 0xFF, 0xFF}
	prop := func(kind, id uint16, rest ...byte) []byte {
		b := binary.LittleEndian.AppendUint16(nil, kind)
		return append(binary.LittleEndian.AppendUint16(b, id), rest...)
	}
	one := []byte{1, 0, 0, 0}
	for name, bag := range map[string][]byte{
		"count":        huge,
		"text":         append(bytes.Clone(one), prop(0x1F, 0x37, append(bytes.Clone(one), huge...)...)...),
		"old text":     append(bytes.Clone(one), prop(0x1E, 0x37, append(bytes.Clone(one), huge...)...)...),
		"binary":       append(bytes.Clone(one), prop(0x102, 0x37, append(bytes.Clone(one), huge...)...)...),
		"object":       append(bytes.Clone(one), prop(0x0D, 0x37, append(bytes.Clone(one), 4, 0, 0, 0, 1, 2, 3, 4)...)...),
		"values":       append(bytes.Clone(one), prop(0x1F, 0x37, huge...)...),
		"numbers":      append(bytes.Clone(one), prop(0x1003, 0x37, huge...)...),
		"texts":        append(bytes.Clone(one), prop(0x101F, 0x37, huge...)...),
		"name":         append(bytes.Clone(one), prop(0x03, 0x8000, append(append(make([]byte, 16), 1, 0, 0, 0), huge...)...)...),
		"kind of name": append(bytes.Clone(one), prop(0x03, 0x8000, append(append(make([]byte, 16), 9, 0, 0, 0), huge...)...)...),
		"type":         append(bytes.Clone(one), prop(0x77, 0x37, huge...)...),
	} {
		for _, att := range []uint32{tneftest.AttMsgProps, tneftest.AttRecipTable, tneftest.AttAttachment} {
			w := tneftest.New(1252)
			level := byte(tneftest.Message)
			data := bag
			if att == tneftest.AttAttachment {
				level = tneftest.Attachment
				w.Add(level, tneftest.AttRendData, tneftest.RendData(1, -1))
			}
			if att == tneftest.AttRecipTable {
				data = append(bytes.Clone(huge), bag...)
			}
			w.Add(level, att, data)
			w.Add(tneftest.Message, tneftest.AttSubject, tneftest.Text("erna"))
			m, warn := parse(t, w.Bytes(), tnef.Limits{})
			if !warn.Has(tnef.WarnProperty) || m.Props.String(mapi.Subject) != "erna" {
				t.Errorf("%s in %08X: %v, subject %q", name, att, warn, m.Props.String(mapi.Subject))
			}
		}
	}
	w := tneftest.New(1252)
	w.Add(tneftest.Attachment, tneftest.AttRendData, tneftest.RendData(1, -1))
	w.Raw(tneftest.Attachment, tneftest.AttAttachData, []byte("begin"), 0xFFFFFFFF, 0)
	m, warn := parse(t, w.Bytes(), tnef.Limits{})
	if data, _ := m.Attachments[0].Data(); string(content(t, data)) != "begin\x00\x00" || !warn.Has(tnef.WarnTruncated) {
		t.Errorf("%v", warn)
	}
}

// TestAgainstTnef unpacks samples with Debian's tnef, which knows nothing of us.
func TestAgainstTnef(t *testing.T) {
	tool, err := exec.LookPath("tnef")
	if err != nil {
		if os.Getenv("VANGNET_TOOLS") == "must" {
			t.Fatal("tnef is not installed")
		}
		t.Skip("tnef is not installed")
	}
	for i, size := range []int{1, 5_000, 400_000} {
		m := sample(size)
		for _, id := range []mapi.PropID{0x6706, 0x6716} { // tnef stops at errors as values, and at lists of nothing
			m.Props.Delete(id)
		}
		b := tneftest.Encode(m)
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "winmail.dat"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(dir, "out")
		if err := os.Mkdir(out, 0o700); err != nil {
			t.Fatal(err)
		}
		if msg, err := exec.Command(tool, "-C", out, "--save-body", filepath.Join(dir, "winmail.dat")).CombinedOutput(); err != nil {
			t.Fatalf("tnef: %v\n%s", err, msg)
		}
		got, warn := parse(t, b, tnef.Limits{})
		if len(warn) != 0 {
			t.Errorf("warnings %v", warn)
		}
		found := 0
		for j := range got.Attachments {
			a := &got.Attachments[j]
			data, ok := a.Data()
			if !ok {
				continue
			}
			file, err := os.ReadFile(filepath.Join(out, a.FileName()))
			if err != nil || !bytes.Equal(file, content(t, data)) {
				t.Errorf("sample %d: %q: tnef has %d bytes, here are %d, %v", i, a.FileName(), len(file), data.Size, err)
				continue
			}
			found++
		}
		if found != 2 {
			t.Errorf("sample %d: %d files are the same", i, found)
		}
		if body, err := os.ReadFile(filepath.Join(out, "message.html")); err != nil || !strings.Contains(string(body), "<p>Hallo</p>") {
			t.Errorf("sample %d: tnef finds the HTML %q, %v", i, body, err)
		}
	}
}

// TestSlowStreams gives what takes very long where work grows with the square.
func TestSlowStreams(t *testing.T) {
	small := tneftest.New(1252)
	for i := range 100_000 {
		small.Add(tneftest.Message, tneftest.AttSubject, []byte(fmt.Sprint(i)))
	}
	parse(t, small.Bytes(), tnef.Limits{})
	files := tneftest.New(1252)
	for range 9_000 {
		files.Add(tneftest.Attachment, tneftest.AttRendData, tneftest.RendData(1, -1))
		files.Add(tneftest.Attachment, tneftest.AttAttachData, make([]byte, 500))
	}
	m, _ := parse(t, files.Bytes(), tnef.Limits{})
	opened(t, m)
	parse(t, tneftest.Encode(nested(200)), tnef.Limits{Depth: 1000})
}

func FuzzParse(f *testing.F) {
	f.Add(tneftest.Encode(sample(50)))
	f.Add(tneftest.Encode(nested(3)))
	w := tneftest.New(1250)
	w.Add(tneftest.Message, tneftest.AttClass, tneftest.Text("IPM.Microsoft Mail.Note"))
	w.Add(tneftest.Message, tneftest.AttFrom, tneftest.From("a", "SMTP:a@b.example"))
	w.Add(tneftest.Message, tneftest.AttOwner, tneftest.Person("a", "SMTP:a@b.example"))
	w.Add(tneftest.Message, tneftest.AttMsgProps, append([]byte{1, 0, 0, 0}, tneftest.String8(mapi.Body, []byte("tekst"))...))
	f.Add(w.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, _ := parse(t, b, tnef.Limits{Inline: 100})
		want := render(t, m, "")
		if again, _ := parse(t, b, tnef.Limits{Inline: 100}); render(t, again, "") != want {
			t.Error("read again, it differs")
		}
		mapi.Facts(m, 1000)
	})
}
