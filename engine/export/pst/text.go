package pst

import (
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"vangnet/engine/mapi"
)

// appendUTF16 appends s as a PST file stores text: UTF-16LE without NUL, at
// which readers would stop, and without terminator.
func appendUTF16(dst []byte, s string) []byte {
	dst = slices.Grow(dst, 2*len(s))
	n := len(dst)
	b := dst[:cap(dst)]
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			if c != 0 {
				b[n], b[n+1] = c, 0
				n += 2
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		if r >= 0x10000 {
			hi, lo := utf16.EncodeRune(r)
			le.PutUint16(b[n:], uint16(hi))
			n += 2
			r = lo
		}
		le.PutUint16(b[n:], uint16(r))
		n += 2
	}
	return dst[:n]
}

// units is the length of s in UTF-16 once it is stored.
func units(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r >= 0x10000:
			n += 2
		case r != 0:
			n++
		}
	}
	return n
}

// cutUnits cuts s to at most limit units of UTF-16, at the end of a character.
func cutUnits(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n := 0
	for i, r := range s {
		switch {
		case r >= 0x10000:
			n += 2
		case r != 0:
			n++
		}
		if n > limit {
			return s[:i]
		}
	}
	return s
}

// crlf ends the lines of a text as Outlook wants them.
func crlf(s string) string {
	lone := 0
	for i := 0; ; i++ {
		j := strings.IndexByte(s[i:], '\n')
		if j < 0 {
			break
		}
		if i += j; i == 0 || s[i-1] != '\r' {
			lone++
		}
	}
	if lone == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + lone)
	from := 0
	for i := range len(s) {
		if s[i] == '\n' && (i == 0 || s[i-1] != '\r') {
			b.WriteString(s[from:i])
			b.WriteByte('\r')
			from = i
		}
	}
	b.WriteString(s[from:])
	return b.String()
}

// textFilter passes UTF-16LE on as a PST file stores it: no NUL, no halves of
// surrogate pairs, no odd last byte; where lines is set, each LF after a CR.
type textFilter struct {
	w     io.Writer
	lines bool
	out   []byte
	odd   []byte // the first byte of a unit whose second one is to come
	high  uint16 // a high surrogate that waits for its other half
	last  uint16
}

const notACharacter = 0xFFFD

func (f *textFilter) Write(p []byte) (int, error) {
	n := len(p)
	f.out = f.out[:0]
	if len(f.odd) > 0 && n > 0 {
		f.unit(uint16(f.odd[0]) | uint16(p[0])<<8)
		f.odd, p = f.odd[:0], p[1:]
	}
	for ; len(p) >= 2; p = p[2:] {
		f.unit(le.Uint16(p))
	}
	f.odd = append(f.odd, p...)
	_, err := f.w.Write(f.out)
	return n, err
}

func (f *textFilter) unit(u uint16) {
	if f.high != 0 {
		if u >= 0xDC00 && u < 0xE000 {
			f.out = le.AppendUint16(f.out, f.high)
			f.out = le.AppendUint16(f.out, u)
			f.high, f.last = 0, u
			return
		}
		f.out = le.AppendUint16(f.out, notACharacter)
		f.high = 0
	}
	switch {
	case u == 0:
		return
	case u >= 0xD800 && u < 0xDC00:
		f.high = u
	case u >= 0xDC00 && u < 0xE000:
		f.out = le.AppendUint16(f.out, notACharacter)
	default:
		if u == '\n' && f.lines && f.last != '\r' {
			f.out = le.AppendUint16(f.out, '\r')
		}
		f.out = le.AppendUint16(f.out, u)
	}
	f.last = u
}

// close passes on what is left.
func (f *textFilter) close() error {
	if f.high == 0 {
		return nil
	}
	f.high = 0
	_, err := f.w.Write([]byte{notACharacter & 0xFF, notACharacter >> 8})
	return err
}

// hasLines reports the texts whose lines must end in CR and LF.
func hasLines(id mapi.PropID) bool { return id == mapi.Body || id == mapi.TransportHeaders }
