// Package charset decodes text of the many character sets that mail and
// Exchange use, by Windows code page number or by MIME name.
package charset

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/cention-sany/utf7"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// Code pages that the program names itself.
const (
	UTF16LE     = 1200
	UTF16BE     = 1201
	Windows1252 = 1252
	ASCII       = 20127
	UTF8        = 65001
	UTF7        = 65000
)

type page struct {
	number int
	name   string // preferred MIME name
	enc    encoding.Encoding
}

// pages lists the code pages of "Code Page Identifiers" (Microsoft) that this
// program decodes. The first of two with one encoding is the one for its name.
var pages = []page{
	{437, "ibm437", charmap.CodePage437}, {850, "ibm850", charmap.CodePage850},
	{852, "ibm852", charmap.CodePage852}, {855, "ibm855", charmap.CodePage855}, {858, "ibm00858", charmap.CodePage858},
	{860, "ibm860", charmap.CodePage860}, {862, "ibm862", charmap.CodePage862}, {863, "ibm863", charmap.CodePage863},
	{865, "ibm865", charmap.CodePage865}, {866, "ibm866", charmap.CodePage866},
	{874, "windows-874", charmap.Windows874},
	{932, "shift_jis", japanese.ShiftJIS}, {936, "gb2312", simplifiedchinese.GBK},
	{949, "ks_c_5601-1987", korean.EUCKR}, {950, "big5", traditionalchinese.Big5},
	{1200, "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{1201, "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{1250, "windows-1250", charmap.Windows1250}, {1251, "windows-1251", charmap.Windows1251},
	{1252, "windows-1252", charmap.Windows1252}, {1253, "windows-1253", charmap.Windows1253},
	{1254, "windows-1254", charmap.Windows1254}, {1255, "windows-1255", charmap.Windows1255},
	{1256, "windows-1256", charmap.Windows1256}, {1257, "windows-1257", charmap.Windows1257},
	{1258, "windows-1258", charmap.Windows1258}, {10000, "macintosh", charmap.Macintosh},
	{20127, "us-ascii", charmap.Windows1252}, // real mail calls anything ASCII
	{20866, "koi8-r", charmap.KOI8R}, {20932, "euc-jp", japanese.EUCJP}, {21866, "koi8-u", charmap.KOI8U},
	{28591, "iso-8859-1", charmap.Windows1252}, // a superset in the C1 range, as browsers read it
	{28592, "iso-8859-2", charmap.ISO8859_2}, {28593, "iso-8859-3", charmap.ISO8859_3},
	{28594, "iso-8859-4", charmap.ISO8859_4}, {28595, "iso-8859-5", charmap.ISO8859_5},
	{28596, "iso-8859-6", charmap.ISO8859_6}, {28597, "iso-8859-7", charmap.ISO8859_7},
	{28598, "iso-8859-8", charmap.ISO8859_8}, {28599, "iso-8859-9", charmap.ISO8859_9},
	{28603, "iso-8859-13", charmap.ISO8859_13}, {28605, "iso-8859-15", charmap.ISO8859_15},
	{38598, "iso-8859-8-i", charmap.ISO8859_8},
	{50220, "iso-2022-jp", japanese.ISO2022JP}, {50221, "iso-2022-jp", japanese.ISO2022JP}, {50222, "iso-2022-jp", japanese.ISO2022JP},
	{51932, "euc-jp", japanese.EUCJP}, {51936, "gb2312", simplifiedchinese.GBK}, {51949, "euc-kr", korean.EUCKR},
	{52936, "hz-gb-2312", simplifiedchinese.HZGB2312}, {54936, "gb18030", simplifiedchinese.GB18030},
	{65000, "utf-7", utf7.UTF7}, {65001, "utf-8", unicode.UTF8},
}

// aliases are names in use that neither registry of x/text knows.
func alias(label string) string {
	switch label {
	case "cp1252", "ansi", "x-ansi", "latin1", "latin-1", "iso8859-1", "8859-1":
		return "windows-1252"
	case "utf8", "utf_8", "unicode-1-1-utf-8", "x-utf8":
		return "utf-8"
	case "unicode-1-1-utf-7", "x-unicode-2-0-utf-7", "utf7":
		return "utf-7"
	case "ascii", "us", "ansi_x3.4-1968", "7bit", "x-us-ascii":
		return "us-ascii"
	case "utf-16", "unicode", "ucs-2":
		return "utf-16le"
	case "x-gbk", "gbk", "cp936":
		return "gb2312"
	case "cp932", "x-sjis", "sjis", "shift-jis", "windows-31j":
		return "shift_jis"
	}
	return label
}

// Known reports whether the code page can be decoded.
func Known(codePage int) bool { _, ok := byNumber(codePage); return ok }

// NameOf is the MIME name of a code page, "" where it is not known.
func NameOf(codePage int) string { p, _ := byNumber(codePage); return p.name }

// PageOf is the code page of a MIME name, 0 where there is none.
func PageOf(name string) int {
	enc, _ := find(name)
	label := alias(clean(name))
	for _, p := range pages {
		if p.name == label {
			return p.number
		}
	}
	for _, p := range pages {
		if enc != nil && p.enc == enc {
			return p.number
		}
	}
	return 0
}

// DecodePage turns bytes of a code page into text. What cannot be decoded
// becomes U+FFFD. Bytes of an unknown code page are read as Windows-1252, and
// ok is false.
func DecodePage(codePage int, b []byte) (text string, ok bool) {
	if codePage == UTF16LE {
		return DecodeUTF16(b), true
	}
	p, ok := byNumber(codePage)
	if !ok {
		p.enc = charmap.Windows1252
	}
	return decode(p.enc, b), ok
}

// DecodeName is DecodePage by MIME name. Where the name is unknown, valid UTF-8
// is taken as such, anything else as Windows-1252.
func DecodeName(name string, b []byte) (text string, ok bool) {
	enc, ok := find(name)
	if !ok {
		if utf8.Valid(b) {
			return string(b), false
		}
		enc = charmap.Windows1252
	}
	if enc == charmap.Windows1252 && utf8.Valid(b) && !isASCII(b) && isLoose(name) {
		return string(b), true
	}
	return decode(enc, b), ok
}

// NewReader decodes what r yields to UTF-8. ok is false where the code page is
// unknown and Windows-1252 was assumed.
func NewReader(codePage int, r io.Reader) (text io.Reader, ok bool) {
	p, ok := byNumber(codePage)
	if !ok {
		p.enc = charmap.Windows1252
	}
	return p.enc.NewDecoder().Reader(r), ok
}

// DecodeUTF16 decodes UTF-16LE; an odd last byte is dropped and lone surrogates
// become U+FFFD.
func DecodeUTF16(b []byte) string {
	out := make([]byte, 0, len(b)/2+len(b)/16)
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(b[i]) | rune(b[i+1])<<8
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
			continue
		}
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(b) {
				low = rune(b[i+2]) | rune(b[i+3])<<8
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// EncodeUTF16 is text as UTF-16LE, without terminator.
func EncodeUTF16(s string) []byte {
	out := make([]byte, 0, 2*len(s))
	for _, r := range s {
		if r >= 0x10000 {
			hi, lo := utf16.EncodeRune(r)
			out = append(out, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
			continue
		}
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

func byNumber(n int) (page, bool) {
	for _, p := range pages {
		if p.number == n {
			return p, true
		}
	}
	return page{}, false
}

func clean(name string) string {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
	name = strings.TrimPrefix(name, "charset=")
	if i := strings.IndexByte(name, '*'); i > 0 { // a language after it, RFC 2231
		name = name[:i]
	}
	return name
}

func find(name string) (encoding.Encoding, bool) {
	label := alias(clean(name))
	if label == "" {
		return nil, false
	}
	for _, p := range pages {
		if p.name == label {
			return p.enc, true
		}
	}
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		return e, true
	}
	if e, err := ianaindex.MIME.Encoding(label); err == nil && e != nil {
		return e, true
	}
	return nil, false
}

// isLoose reports names that mailers give to text of any kind.
func isLoose(name string) bool {
	label := alias(clean(name))
	return label == "us-ascii" || label == ""
}

func isASCII(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// decode never fails: the decoders of x/text replace what they cannot read,
// and what remains when one stops early is kept as Windows-1252.
func decode(enc encoding.Encoding, b []byte) string {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		out, _ = charmap.Windows1252.NewDecoder().Bytes(b)
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}
