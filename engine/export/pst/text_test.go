package pst_test

import (
	"bytes"
	"strings"
	"testing"

	"vangnet/engine/export/pst"
	"vangnet/engine/mapi/charset"
)

// TestStoredText has odd characters at every place of short texts.
func TestStoredText(t *testing.T) {
	for n := range 30 {
		plain := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 2)[:n]
		for at := range n + 1 {
			for _, odd := range []string{"", "\x00", "\x01", "\x7f", "é", "日", "🎉", "\xff", "\x00\x00é"} {
				s := plain[:at] + odd + plain[at:]
				want := charset.EncodeUTF16(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""))
				if got := pst.AppendUTF16([]byte("voor"), s); !bytes.Equal(got, append([]byte("voor"), want...)) {
					t.Fatalf("%q became % x", s, got)
				}
			}
		}
	}
}
