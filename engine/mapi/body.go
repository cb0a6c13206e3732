package mapi

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"vangnet/engine/mapi/charset"
	"vangnet/engine/mapi/plain"
	"vangnet/engine/mapi/rtf"
)

// maxRTF bounds rich text, which must be in memory to be read.
const maxRTF = 16 << 20

// BodyText is the body as plain text, at most limit bytes of UTF-8: the plain
// body, else the text of the HTML, else of the rich text. cut says that there
// is more, or that the rest was not loaded.
func BodyText(m *Message, limit int) (text string, cut bool) {
	for _, from := range []func(*Message, int) (string, bool){plainBody, htmlBody, rtfBody} {
		if text, cut = from(m, limit); strings.TrimSpace(text) != "" {
			return clip(text, limit), cut || len(text) > limit
		}
	}
	return "", false
}

func plainBody(m *Message, limit int) (string, bool) {
	p, _ := m.Props.Get(Body)
	switch v := p.Value.(type) {
	case string:
		return v, false
	case Blob:
		b, cut := readBlob(v, int64(2*limit))
		return charset.DecodeUTF16(b), cut
	}
	return "", false
}

func htmlBody(m *Message, limit int) (string, bool) {
	p, _ := m.Props.Get(BodyHTML)
	if s, ok := p.Value.(string); ok {
		return plain.FromHTML(strings.NewReader(s), limit)
	}
	blob, ok := asBlob(p.Value)
	if !ok {
		return "", false
	}
	r, cut := openBlob(blob)
	defer func() { _ = r.Close() }()
	text, _ := charset.NewReader(m.HTMLCodePage(), r)
	s, more := plain.FromHTML(text, limit)
	return s, cut || more
}

func rtfBody(m *Message, limit int) (string, bool) {
	blob, ok := m.Props.Blob(RTFCompressed)
	if !ok {
		return "", false
	}
	b, cut := readBlob(blob, maxRTF)
	text, err := rtf.Decompress(b, maxRTF)
	if err != nil {
		return "", false
	}
	if html, ok := rtf.HTML(text, 8*limit+1<<16); ok {
		s, more := plain.FromHTML(strings.NewReader(html), limit)
		return s, cut || more
	}
	return rtf.Text(text, limit+1), cut
}

// HTMLCodePage is the code page of the HTML body; UTF-8 where the message does
// not say one that is known.
func (m *Message) HTMLCodePage() int {
	if v, ok := m.Props.Int(InternetCodepage); ok && charset.Known(int(v)) {
		return int(v)
	}
	return charset.UTF8
}

// openBlob opens what there is of a blob; cut where that is only its beginning.
func openBlob(b Blob) (r io.ReadCloser, cut bool) {
	if r, err := b.Open(); err == nil {
		return r, false
	}
	return io.NopCloser(bytes.NewReader(b.Head)), int64(len(b.Head)) < b.Size
}

func readBlob(b Blob, limit int64) ([]byte, bool) {
	r, cut := openBlob(b)
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(io.LimitReader(r, limit))
	return data, cut || err != nil || int64(len(data)) < b.Size
}

// clip cuts text to limit bytes at the end of a character, and drops control
// characters that no text needs.
func clip(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
