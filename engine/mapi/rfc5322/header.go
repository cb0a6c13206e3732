package rfc5322

import (
	"bytes"
	"encoding/base64"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2/mediatype"

	"vangnet/engine/mapi/charset"
)

// field is one line of a header, folded lines joined.
type field struct {
	name string // in lower case
	raw  []byte // as it was, with its line ends
	body []byte // unfolded, without line ends
}

type header struct {
	fields []field
	block  []byte // all of it, as it was
}

const maxFields = 10_000

// line takes one line with its end; false where it belongs to no header.
func (h *header) line(b []byte, warn *Warnings) bool {
	text := bytes.TrimRight(b, "\r\n")
	if len(h.fields) > 0 && (text[0] == ' ' || text[0] == '\t') {
		h.more(b, text)
		return true
	}
	name, body, ok := cutField(text)
	switch {
	case !ok && len(h.fields) == 0:
		if bytes.HasPrefix(text, []byte("From ")) || bytes.HasPrefix(text, []byte(">From ")) {
			warn.add(WarnMailboxFormat)
			return true
		}
		return false
	case !ok: // most likely a folded line that lost its indent
		warn.add(WarnHeader)
		h.more(b, text)
		return true
	}
	h.block = append(h.block, b...)
	if len(h.fields) < maxFields {
		h.fields = append(h.fields, field{name: strings.ToLower(name), raw: bytes.Clone(b), body: bytes.Clone(body)})
	}
	return true
}

func (h *header) more(b, text []byte) {
	f := &h.fields[len(h.fields)-1]
	f.raw = append(f.raw, b...)
	f.body = append(append(f.body, ' '), bytes.TrimLeft(text, " \t")...)
	h.block = append(h.block, b...)
}

// cutField splits a line at its colon. Blanks before the colon are forgiven.
func cutField(line []byte) (name string, body []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 {
		return "", nil, false
	}
	key := bytes.TrimRight(line[:i], " \t")
	for _, c := range key {
		if c <= ' ' || c >= 0x7F {
			return "", nil, false
		}
	}
	return string(key), bytes.TrimSpace(line[i+1:]), len(key) > 0
}

// raw is the body of the first field of that name, undecoded.
func (h *header) raw(name string) []byte {
	for i := range h.fields {
		if h.fields[i].name == name {
			return h.fields[i].body
		}
	}
	return nil
}

func (h *header) has(name string) bool { return h.raw(name) != nil }

func (h *header) count(name string) (n int) {
	for i := range h.fields {
		if h.fields[i].name == name {
			n++
		}
	}
	return n
}

// text is a field with its encoded words decoded.
func (h *header) text(name string) string { return decodeWords(h.raw(name)) }

// token is the first word of a field in lower case.
func (h *header) token(name string) string {
	s := strings.ToLower(strings.TrimSpace(string(h.raw(name))))
	if i := strings.IndexAny(s, " \t;("); i >= 0 {
		s = s[:i]
	}
	return s
}

// media reads a field like Content-Type. What cannot be read has no type.
func (h *header) media(name string) (string, map[string]string) {
	raw := h.raw(name)
	if len(raw) == 0 {
		return "", nil
	}
	kind, params, _, err := mediatype.Parse(printable(raw[:min(len(raw), 16<<10)]))
	if err != nil {
		kind, _, _ = strings.Cut(printable(raw), ";")
		return strings.ToLower(strings.TrimSpace(kind)), boundaryOnly(raw)
	}
	return strings.ToLower(kind), params
}

var boundaryParam = regexp.MustCompile(`(?i)boundary=`)

// boundaryOnly finds the one parameter that the structure depends on.
func boundaryOnly(raw []byte) map[string]string {
	at := boundaryParam.FindIndex(raw)
	if at == nil {
		return nil
	}
	s := string(raw[at[1]:])
	if strings.HasPrefix(s, `"`) {
		s, _, _ = strings.Cut(s[1:], `"`)
	} else if j := strings.IndexAny(s, "; \t"); j >= 0 {
		s = s[:j]
	}
	return map[string]string{"boundary": s}
}

// printable makes text of header bytes, which may be in any character set.
func printable(b []byte) string {
	b = bytes.ReplaceAll(b, []byte{0}, nil)
	if utf8.Valid(b) {
		return string(b)
	}
	s, _ := charset.DecodePage(charset.Windows1252, b)
	return s
}

// decodeWords decodes the encoded words of RFC 2047. Words in one character set
// that follow each other are joined first, since mailers split characters.
func decodeWords(raw []byte) string {
	s := printable(raw)
	if !strings.Contains(s, "=?") {
		return strings.TrimSpace(s)
	}
	var out strings.Builder
	var pending []byte
	set := ""
	flush := func() {
		if len(pending) > 0 {
			text, _ := charset.DecodeName(set, pending)
			out.WriteString(text)
			pending = pending[:0]
		}
	}
	last := false // the thing before was a word: blanks between words vanish
	for len(s) > 0 {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		w, rest, ok := cutWord(s[i:])
		if !ok {
			flush()
			out.WriteString(s[:i+2])
			s, last = s[i+2:], false
			continue
		}
		if !last || strings.TrimSpace(s[:i]) != "" {
			flush()
			out.WriteString(s[:i])
		}
		if w.set != set {
			flush()
			set = w.set
		}
		pending = append(pending, w.data...)
		s, last = rest, true
	}
	flush()
	out.WriteString(s)
	return strings.TrimSpace(strings.ReplaceAll(out.String(), "\x00", ""))
}

type word struct {
	set  string
	data []byte
}

// maxWord is the longest encoded word that is looked for; RFC 2047 allows 75.
const maxWord = 8 << 10

// cutWord takes an encoded word off the start of s.
func cutWord(s string) (w word, rest string, ok bool) {
	after := s[min(len(s), maxWord):]
	set, rest, ok := strings.Cut(s[2:len(s)-len(after)], "?")
	if !ok || set == "" || len(rest) < 2 || rest[1] != '?' || strings.ContainsAny(set, " \t") {
		return w, "", false
	}
	kind := rest[0] | 0x20
	text, rest, ok := strings.Cut(rest[2:], "?=")
	if !ok {
		return w, "", false
	}
	w.set = strings.ToLower(set)
	switch kind {
	case 'b':
		w.data = looseBase64([]byte(text))
	case 'q':
		w.data = wordQuoted(text)
	default:
		return w, "", false
	}
	return w, s[len(s)-len(after)-len(rest):], true
}

func wordQuoted(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			out = append(out, ' ')
		case s[i] == '=' && i+2 < len(s) && unhex(s[i+1]) >= 0 && unhex(s[i+2]) >= 0:
			out = append(out, byte(unhex(s[i+1])<<4|unhex(s[i+2])))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return out
}

// encodeWords makes a text fit for a header, in encoded words where needed.
func encodeWords(s string) string {
	s = strings.NewReplacer("\r", " ", "\n", " ", "\x00", "").Replace(s)
	if isPlain(s) {
		return s
	}
	if e := mime.BEncoding.Encode("utf-8", s); e != s {
		return e
	}
	return asciiWords(s) // package mime leaves ASCII as it is, even what looks like an encoded word
}

// asciiWords encodes text of ASCII only.
func asciiWords(s string) string {
	const most = 45 // bytes in a word of at most 75 characters
	var words []string
	for len(s) > 0 {
		n := min(most, len(s))
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}

func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x7F || s[i] < ' ' && s[i] != '\t' {
			return false
		}
	}
	return !strings.Contains(s, "=?") && strings.TrimSpace(s) == s && longestWord(s) < 900
}

func longestWord(s string) (n int) {
	for _, w := range strings.Fields(s) {
		n = max(n, len(w))
	}
	return n
}
