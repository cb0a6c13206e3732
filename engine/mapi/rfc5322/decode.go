package rfc5322

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
)

// decoder undoes a transfer encoding; unknown ones change nothing. It never
// fails on content: what does not belong to the encoding is left out (base64)
// or left as it is (quoted-printable).
func decoder(encoding string, r io.Reader) (io.Reader, bool) {
	switch encoding {
	case "base64":
		return base64.NewDecoder(base64.RawStdEncoding, &base64Filter{r: r}), true
	case "quoted-printable":
		return &quoted{r: bufio.NewReader(r)}, true
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return &uu{r: bufio.NewReader(r)}, true
	case "", "7bit", "8bit", "binary":
		return r, true
	}
	return r, false
}

// base64Filter passes only characters of the alphabet, in whole groups as far
// as there are some: a lone last character carries no byte.
type base64Filter struct {
	r    io.Reader
	hold []byte // at most 4 characters that are not yet let through
	out  []byte
	err  error
	buf  [4096]byte
}

func (f *base64Filter) Read(p []byte) (int, error) {
	for len(f.out) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		n, err := f.r.Read(f.buf[:])
		for _, c := range f.buf[:n] {
			if v := base64Char(c); v != 0 {
				f.hold = append(f.hold, v)
			}
		}
		whole := len(f.hold) &^ 3
		f.out = append(f.out[:0:0], f.hold[:whole]...)
		f.hold = append(f.hold[:0], f.hold[whole:]...)
		if f.err = err; err == io.EOF { //nolint:errorlint // readers return it bare
			if len(f.hold) > 1 {
				f.out = append(f.out, f.hold...)
			}
			f.hold = nil
		}
	}
	n := copy(p, f.out)
	f.out = f.out[n:]
	return n, nil
}

// base64Char maps a character to the standard alphabet, 0 for all others.
func base64Char(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
		return c
	case c == '-':
		return '+'
	case c == '_':
		return '/'
	}
	return 0
}

// looseBase64 decodes text in a header.
func looseBase64(b []byte) []byte {
	r, _ := decoder("base64", bytes.NewReader(b))
	out, _ := io.ReadAll(r) // a strings of the alphabet always decodes
	return out
}

// quoted decodes quoted-printable and leaves alone what is not.
type quoted struct {
	r   *bufio.Reader
	out []byte
	err error
}

func (q *quoted) Read(p []byte) (int, error) {
	for len(q.out) == 0 {
		if q.err != nil {
			return 0, q.err
		}
		var line []byte
		line, q.err = q.r.ReadSlice('\n')
		if q.err == bufio.ErrBufferFull { //nolint:errorlint // bufio returns it bare
			q.err = nil
			line = q.whole(line)
		}
		q.out = unquote(line)
	}
	n := copy(p, q.out)
	q.out = q.out[n:]
	return n, nil
}

// whole gives back what may be the start of an escape at the end of a piece.
func (q *quoted) whole(line []byte) []byte {
	line = bytes.Clone(line)
	for i := 1; i <= 2; i++ {
		if line[len(line)-i] != '=' {
			continue
		}
		next, _ := q.r.Peek(3 - i)
		if len(next) > 1 && next[0] == '\n' {
			next = next[:1]
		}
		if len(next) > 0 && (unhex(next[0]) >= 0 || next[0] == '\r' || next[0] == '\n') {
			line = append(line, next...)
			_, _ = q.r.Discard(len(next))
		}
		break
	}
	return line
}

func unquote(line []byte) []byte {
	body := bytes.TrimRight(line, "\r\n")
	end := line[len(body):]
	if len(end) > 0 { // blanks at the end of a line came on the way
		body = bytes.TrimRight(body, " \t")
		if n := len(body); n > 0 && body[n-1] == '=' {
			body, end = body[:n-1], nil
		}
	} else if n := len(body); n > 0 && body[n-1] == '=' {
		body = body[:n-1]
	}
	out := make([]byte, 0, len(line))
	for i := 0; i < len(body); i++ {
		if body[i] == '=' && i+2 < len(body) && unhex(body[i+1]) >= 0 && unhex(body[i+2]) >= 0 {
			out = append(out, byte(unhex(body[i+1])<<4|unhex(body[i+2])))
			i += 2
			continue
		}
		out = append(out, body[i])
	}
	return append(out, end...)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// uu decodes uuencoded lines between "begin" and "end".
type uu struct {
	r     *bufio.Reader
	out   []byte
	begun bool
	err   error
}

func (u *uu) Read(p []byte) (int, error) {
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		var line []byte
		line, u.err = u.r.ReadSlice('\n')
		if u.err == bufio.ErrBufferFull { //nolint:errorlint // bufio returns it bare
			u.err = nil
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case !u.begun:
			u.begun = bytes.HasPrefix(line, []byte("begin "))
		case string(line) == "end":
			u.err = io.EOF
		default:
			u.out = uuLine(line)
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

func uuLine(line []byte) []byte {
	if len(line) == 0 {
		return nil
	}
	n := int(line[0]-' ') & 63
	var out []byte
	for b := line[1:]; len(b) > 1; b = b[min(4, len(b)):] {
		var g [4]byte
		copy(g[:], b)
		for i := range g {
			g[i] = (g[i] - ' ') & 63
		}
		out = append(out, g[0]<<2|g[1]>>4, g[1]<<4|g[2]>>2, g[2]<<6|g[3])
	}
	return out[:min(n, len(out))]
}
