package charset_test

import (
	"testing"

	"vangnet/engine/mapi/charset"
)

func TestDecodeName(t *testing.T) {
	for _, c := range []struct {
		name, raw, want string
		ok              bool
	}{
		{"utf-8", "caf\xc3\xa9", "café", true},
		{"UTF8", "x\xffy", "x\uFFFDy", true},
		{"iso-8859-1", "caf\xe9 \x93x\x94", "café “x”", true},
		{"\"windows-1252\"", "\x80", "€", true},
		{"us-ascii", "caf\xc3\xa9", "café", true},
		{"us-ascii", "caf\xe9", "café", true},
		{"iso-2022-jp", "\x1b$BF|K\\\x1b(B", "日本", true},
		{"koi8-r", "\xcb\xcf\xdb\xcb\xc1", "кошка", true},
		{"utf-7", "Hi +AOk-", "Hi é", true},
		{"gb2312", "\xc4\xe3\xba\xc3", "你好", true},
		{"ks_c_5601-1987", "\xbe\xc8", "안", true},
		{"x-onbekend", "caf\xe9", "café", false},
		{"x-onbekend", "caf\xc3\xa9", "café", false},
		{"", "caf\xe9", "café", false},
		{"utf-8*nl", "\xc3\xa9", "é", true},
	} {
		if got, ok := charset.DecodeName(c.name, []byte(c.raw)); got != c.want || ok != c.ok {
			t.Errorf("%s %q: %q, %v", c.name, c.raw, got, ok)
		}
	}
}

func TestPages(t *testing.T) {
	for name, want := range map[string]int{"utf-8": 65001, "UTF-8": 65001, "windows-1252": 1252, "iso-8859-1": 28591, "us-ascii": 20127,
		"iso-2022-jp": 50220, "koi8-r": 20866, "cp932": 932, "x-onbekend": 0, "": 0} {
		if got := charset.PageOf(name); got != want {
			t.Errorf("PageOf(%q) = %d, want %d", name, got, want)
		}
	}
	if got := charset.NameOf(65001); got != "utf-8" {
		t.Errorf("NameOf(65001) = %q", got)
	}
}

func TestUTF16(t *testing.T) {
	for _, s := range []string{"", "abc", "é 🎉"} {
		if got := charset.DecodeUTF16(charset.EncodeUTF16(s)); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
	}
}
