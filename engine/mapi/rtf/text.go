package rtf

import (
	"bytes"
	"strconv"
	"strings"

	"vangnet/engine/mapi/charset"
)

// HTML recovers the HTML from rich text that was made of it (the control word
// \fromhtml1). ok is false for other rich text.
func HTML(rtf []byte, limit int) (html string, ok bool) {
	if !bytes.Contains(rtf[:min(len(rtf), 4096)], []byte(`\fromhtml1`)) {
		return "", false
	}
	return read(rtf, limit, true), true
}

// Text is the plain text of rich text.
func Text(rtf []byte, limit int) string { return read(rtf, limit, false) }

func read(rtf []byte, limit int, html bool) string {
	r := &reader{in: rtf, limit: limit, html: html, page: charset.Windows1252, fonts: map[int]int{}}
	r.state.skipBytes = 1
	r.run()
	return strings.ToValidUTF8(r.out.String(), "\uFFFD")
}

// state is what a group inherits and gives back.
type state struct {
	silent    bool // a destination that is not shown
	fontTable bool
	tag       bool // inside \*\htmltag: shown although HTML-only
	htmlrtf   bool // text for readers that know no HTML
	font      int
	skipBytes int // characters that stand for one \u
}

type reader struct {
	in      []byte
	limit   int
	html    bool
	out     strings.Builder
	state   state
	stack   []state
	page    int
	fonts   map[int]int // font number to code page
	pending []byte      // undecoded characters
	skip    int         // characters still to skip after \u
	star    bool        // \* was read: an unknown destination is to be skipped
	high    rune        // first half of a surrogate pair
}

const maxGroups = 10_000

func (r *reader) run() {
	for len(r.in) > 0 && r.out.Len() < r.limit {
		c := r.in[0]
		r.in = r.in[1:]
		switch c {
		case '{':
			r.flush()
			if len(r.stack) < maxGroups {
				r.stack = append(r.stack, r.state)
			}
			r.skip, r.star = 0, false
		case '}':
			r.flush()
			if n := len(r.stack); n > 0 {
				r.state, r.stack = r.stack[n-1], r.stack[:n-1]
			}
			r.skip, r.star = 0, false
		case '\\':
			r.control()
		case '\r', '\n':
		default:
			r.character(c)
		}
	}
	r.flush()
}

// control reads a control word or symbol.
func (r *reader) control() {
	if len(r.in) == 0 {
		return
	}
	c := r.in[0]
	if c|0x20 >= 'a' && c|0x20 <= 'z' {
		r.word()
		return
	}
	r.in = r.in[1:]
	switch c {
	case '\'':
		if len(r.in) < 2 {
			r.in = nil
			return
		}
		v, err := strconv.ParseUint(string(r.in[:2]), 16, 8)
		r.in = r.in[2:]
		if err == nil {
			r.character(byte(v))
		}
	case '*':
		r.star = true
	case '~':
		r.text("\u00A0")
	case '_':
		r.text("-")
	case '-', ':', '|':
	case '\r', '\n':
		r.text("\r\n")
	default:
		r.character(c)
	}
}

func (r *reader) word() {
	n := 0
	for n < len(r.in) && n < 32 && r.in[n]|0x20 >= 'a' && r.in[n]|0x20 <= 'z' {
		n++
	}
	name := string(r.in[:n])
	r.in = r.in[n:]
	n = 0
	if n < len(r.in) && r.in[n] == '-' {
		n++
	}
	for n < len(r.in) && n < 11 && r.in[n] >= '0' && r.in[n] <= '9' {
		n++
	}
	value, err := strconv.Atoi(string(r.in[:n]))
	has := err == nil
	r.in = r.in[n:]
	if len(r.in) > 0 && r.in[0] == ' ' {
		r.in = r.in[1:]
	}
	r.apply(name, value, has)
}

func (r *reader) apply(name string, value int, has bool) {
	star := r.star
	r.star = false
	switch name {
	case "u":
		r.unicode(value)
	case "uc":
		r.state.skipBytes = min(max(value, 0), 8)
	case "par", "line", "sect", "page", "row":
		r.text("\r\n")
	case "tab", "cell":
		r.text("\t")
	case "emdash":
		r.text("—")
	case "endash":
		r.text("–")
	case "bullet":
		r.text("•")
	case "lquote":
		r.text("‘")
	case "rquote":
		r.text("’")
	case "ldblquote":
		r.text("“")
	case "rdblquote":
		r.text("”")
	case "bin":
		r.in = r.in[min(max(value, 0), len(r.in)):]
	case "htmlrtf":
		r.flush()
		r.state.htmlrtf = !has || value != 0
	case "htmltag":
		r.flush()
		r.state.tag, r.state.silent = true, !r.html
	default:
		r.table(name, value, star)
	}
}

// table handles fonts, code pages and destinations.
func (r *reader) table(name string, value int, star bool) {
	switch name {
	case "ansicpg":
		if charset.Known(value) {
			r.page = value
		}
	case "f":
		r.flush()
		r.state.font = value
	case "fcharset":
		if cp := pageOfCharset(value); r.state.fontTable && cp != 0 && len(r.fonts) < 4096 {
			r.fonts[r.state.font] = cp
		}
	case "fonttbl":
		r.state.fontTable, r.state.silent = true, true
	case "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "mhtmltag", "listtable", "themedata", "fldinst":
		r.state.silent = true
	default:
		if star {
			r.state.silent = true
		}
	}
}

func (r *reader) visible() bool {
	if r.state.silent {
		return false
	}
	return !r.html || r.state.tag || !r.state.htmlrtf
}

// character takes one byte in the code page of the font.
func (r *reader) character(c byte) {
	if r.skip > 0 {
		r.skip--
		return
	}
	if r.visible() {
		r.pending = append(r.pending, c)
	}
}

func (r *reader) text(s string) {
	r.flush()
	if r.visible() {
		r.out.WriteString(s)
	}
}

func (r *reader) unicode(value int) {
	c := rune(uint16(value))
	r.skip = r.state.skipBytes
	switch {
	case c >= 0xD800 && c < 0xDC00:
		r.high = c
		return
	case c >= 0xDC00 && c < 0xE000 && r.high != 0:
		c = 0x10000 + (r.high-0xD800)<<10 + (c - 0xDC00)
	}
	r.high = 0
	r.text(string(c))
}

// flush decodes the characters that were collected.
func (r *reader) flush() {
	if len(r.pending) == 0 {
		return
	}
	page := r.page
	if cp, ok := r.fonts[r.state.font]; ok {
		page = cp
	}
	s, _ := charset.DecodePage(page, r.pending)
	r.out.WriteString(s)
	r.pending = r.pending[:0]
}

// pageOfCharset is the code page of a font's \fcharset, 0 for the default.
func pageOfCharset(n int) int {
	switch n {
	case 128:
		return 932
	case 129:
		return 949
	case 134:
		return 936
	case 136:
		return 950
	case 161:
		return 1253
	case 162:
		return 1254
	case 163:
		return 1258
	case 177:
		return 1255
	case 178:
		return 1256
	case 186:
		return 1257
	case 204:
		return 1251
	case 222:
		return 874
	case 238:
		return 1250
	}
	return 0
}
