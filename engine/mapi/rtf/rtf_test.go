package rtf_test

import (
	"encoding/hex"
	"testing"

	"vangnet/engine/mapi/rtf"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The two worked examples of MS-OXRTFCP section 4, and a stored one.
func TestDecompress(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0", "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"},
		{"1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0", "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"},
		{"10000000040000004d454c41000000007b7d0d0a", "{}\r\n"},
	} {
		got, err := rtf.Decompress(unhex(t, c.in), 1<<20)
		if err != nil || string(got) != c.want {
			t.Errorf("%q, %v, want %q", got, err, c.want)
		}
	}
	if _, err := rtf.Decompress([]byte("no rich text at all"), 1<<20); err == nil {
		t.Error("text is taken for rich text")
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator x;}\pard Caf\'e9 \b vet\b0\par n\u228?chste\tab x}`, "Café vet\r\nnächste\tx"},
		{`{\rtf1\ansi{\fonttbl{\f1\fcharset204 Arial;}}\f1\'ea\'ee\'f8\'ea\'e0}`, "кошка"},
		{`{\rtf1 \u-10179?\u-8972?}`, "\U0001F4F4"},
		{`{\rtf1 a\{b\}\\c{\pict 0102}d`, `a{b}\cd`},
	} {
		if got := rtf.Text([]byte(c.in), 1000); got != c.want {
			t.Errorf("%s: %q, want %q", c.in, got, c.want)
		}
	}
}

func TestHTML(t *testing.T) {
	in := `{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0 Arial;}}` +
		`{\*\htmltag18 <html>}{\*\htmltag50 <body>}\htmlrtf {\htmlrtf0 {\*\htmltag64 <p>}Caf\'e9 {\*\htmltag84 &nbsp;}\htmlrtf \'a0\htmlrtf0 \{x\}\htmlrtf \par\htmlrtf0 {\*\htmltag72 </p>}\htmlrtf }\htmlrtf0 {\*\htmltag58 </body>}}`
	got, ok := rtf.HTML([]byte(in), 1000)
	if want := "<html><body><p>Café &nbsp;{x}</p></body>"; !ok || got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if _, ok := rtf.HTML([]byte(`{\rtf1 text}`), 1000); ok {
		t.Error("rich text without HTML gives some")
	}
}

func FuzzRTF(f *testing.F) {
	f.Add([]byte(`{\rtf1\fromhtml1{\*\htmltag <p>}\u1?\'e9\bin3 abc}`))
	f.Add(unhex(f, "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"))
	f.Fuzz(func(t *testing.T, b []byte) {
		rtf.Text(b, 1000)
		rtf.HTML(b, 1000)
		if out, err := rtf.Decompress(b, 1000); err == nil && len(out) > 1000 {
			t.Error("more than the limit")
		}
	})
}
