// Package jsonpull reads JSON piece by piece, and strings of any length as
// streams: an exported mailbox item is one JSON string of up to 200 MB, which
// encoding/json would hold in memory whole.
//
// It reads what the caller asks for, in the order it comes. It is lenient where
// leniency does no harm (raw control characters in strings) and bounded
// everywhere else.
package jsonpull

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrSyntax says that the input is no JSON, or not of the asked-for kind.
var ErrSyntax = errors.New("malformed JSON")

// ErrLimit says that a value is larger or deeper than the caller allows.
var ErrLimit = errors.New("JSON beyond its bounds")

// maxDepth bounds the nesting of values that are skipped.
const maxDepth = 100

// Reader reads one JSON document.
type Reader struct {
	in   *bufio.Reader
	open *Text // string being streamed; must be read to its end first
}

// New reads from in.
func New(in io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(in, 64<<10)} }

// Kind is what a value is.
type Kind byte

// The kinds of value.
const (
	Null   Kind = 'n'
	Bool   Kind = 't'
	Number Kind = '0'
	String Kind = '"'
	Object Kind = '{'
	Array  Kind = '['
)

// Peek tells the kind of the next value.
func (r *Reader) Peek() (Kind, error) {
	c, err := r.next()
	if err != nil {
		return 0, err
	}
	switch c {
	case 'n', '"', '{', '[':
		return Kind(c), nil
	case 't', 'f':
		return Bool, nil
	}
	if c == '-' || c >= '0' && c <= '9' {
		return Number, nil
	}
	return 0, fmt.Errorf("%w: a value begins with %q", ErrSyntax, c)
}

// Fields reads an object and calls field for each name. field must read the
// value, whole.
func (r *Reader) Fields(field func(name string) error) error {
	return r.list('{', '}', func() error {
		name, err := r.Text(maxName)
		if err != nil {
			return err
		}
		if err := r.expect(':'); err != nil {
			return err
		}
		return field(name)
	})
}

// maxName bounds the names of fields.
const maxName = 1 << 10

// Items reads an array and calls item for each value. item must read the value,
// whole.
func (r *Reader) Items(item func() error) error { return r.list('[', ']', item) }

func (r *Reader) list(begin, end byte, each func() error) error {
	if err := r.expect(begin); err != nil {
		return err
	}
	c, err := r.next()
	if err != nil {
		return err
	}
	if c == end {
		return r.expect(end)
	}
	for {
		if err := each(); err != nil {
			return err
		}
		c, err := r.next()
		if err != nil {
			return err
		}
		if err := r.expect(c); err != nil {
			return err
		}
		switch c {
		case end:
			return nil
		case ',':
		default:
			return fmt.Errorf("%w: %q where a value ends", ErrSyntax, c)
		}
	}
}

// Text reads a string of at most limit bytes.
func (r *Reader) Text(limit int) (string, error) {
	t, err := r.Stream()
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(t, int64(limit)+1))
	if err != nil {
		return "", err
	}
	if len(b) > limit {
		return "", fmt.Errorf("%w: string longer than %d bytes", ErrLimit, limit)
	}
	return string(b), nil
}

// Stream begins to read a string of any length. The reader must be read to
// io.EOF, or closed, before anything else is asked for.
func (r *Reader) Stream() (*Text, error) {
	if err := r.expect('"'); err != nil {
		return nil, err
	}
	r.open = &Text{r: r}
	return r.open, nil
}

// Skip passes over the next value of any kind.
func (r *Reader) Skip() error { return r.skip(0) }

func (r *Reader) skip(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: nested deeper than %d", ErrLimit, maxDepth)
	}
	kind, err := r.Peek()
	if err != nil {
		return err
	}
	switch kind {
	case Object:
		return r.Fields(func(string) error { return r.skip(depth + 1) })
	case Array:
		return r.Items(func() error { return r.skip(depth + 1) })
	case String:
		t, err := r.Stream()
		if err != nil {
			return err
		}
		return t.Close()
	}
	return r.skipWord()
}

func (r *Reader) skipWord() error {
	for n := 0; ; n++ {
		c, err := r.in.ReadByte()
		if err != nil {
			return cut(err)
		}
		if !wordByte(c) {
			return r.in.UnreadByte()
		}
		if n > 400 { // no number or word is that long
			return fmt.Errorf("%w: long word", ErrLimit)
		}
	}
}

func wordByte(c byte) bool {
	return c == '-' || c == '+' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// next is the next byte that is not white space, left in place.
func (r *Reader) next() (byte, error) {
	if r.open != nil {
		return 0, fmt.Errorf("%w: a string is still open", ErrSyntax)
	}
	for {
		c, err := r.in.ReadByte()
		if err != nil {
			return 0, cut(err)
		}
		if c > ' ' {
			return c, r.in.UnreadByte()
		}
	}
}

func (r *Reader) expect(want byte) error {
	c, err := r.next()
	if err != nil {
		return err
	}
	if c != want {
		return fmt.Errorf("%w: %q instead of %q", ErrSyntax, c, want)
	}
	_, err = r.in.ReadByte()
	return err
}

// cut says that a document ended too early.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Text is a string being read.
type Text struct {
	r    *Reader
	rest []byte // of an escape that did not fit
	buf  [utf8.UTFMax]byte
	err  error
}

// Read gives the string's text, escapes resolved. An input that ends before the
// string does is io.ErrUnexpectedEOF.
func (t *Text) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	n := copy(p, t.rest)
	t.rest = t.rest[n:]
	for n < len(p) && t.err == nil {
		n += t.run(p[n:])
		if n == len(p) || t.err != nil {
			break
		}
		t.special()
		m := copy(p[n:], t.rest)
		t.rest = t.rest[m:]
		n += m
	}
	if n > 0 || len(t.rest) > 0 {
		return n, nil
	}
	return 0, t.err
}

// run copies plain bytes up to a quote or an escape.
func (t *Text) run(p []byte) int {
	in := t.r.in
	if in.Buffered() == 0 {
		if _, err := in.Peek(1); err != nil {
			t.err = cut(err)
			return 0
		}
	}
	have, _ := in.Peek(min(in.Buffered(), len(p)))
	n := len(have)
	if i := bytes.IndexByte(have, '"'); i >= 0 {
		n = i
	}
	if i := bytes.IndexByte(have[:n], '\\'); i >= 0 {
		n = i
	}
	copy(p, have[:n])
	_, _ = in.Discard(n)
	return n
}

// special reads a quote or an escape, if one stands next.
func (t *Text) special() {
	c, err := t.r.in.ReadByte()
	switch {
	case err != nil:
		t.err = cut(err)
	case c == '"':
		t.err = io.EOF
		t.r.open = nil
	case c == '\\':
		t.escape()
	default:
		t.err = t.r.in.UnreadByte()
	}
}

func (t *Text) escape() {
	c, err := t.r.in.ReadByte()
	if err != nil {
		t.err = cut(err)
		return
	}
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		t.unicode()
		return
	default:
		t.err = fmt.Errorf("%w: escape %q", ErrSyntax, c)
		return
	}
	t.rest = append(t.buf[:0], c)
}

func (t *Text) unicode() {
	c, ok := t.hex()
	if !ok {
		return
	}
	if utf16.IsSurrogate(c) {
		c = t.pair(c)
	}
	t.rest = utf8.AppendRune(t.buf[:0], c)
}

// pair reads the second half of a surrogate pair, if one follows. A half that
// stands alone becomes the replacement character.
func (t *Text) pair(first rune) rune {
	next, err := t.r.in.Peek(6)
	if err != nil || next[0] != '\\' || next[1] != 'u' {
		return utf8.RuneError
	}
	second, err := strconv.ParseUint(string(next[2:]), 16, 16)
	if err != nil {
		return utf8.RuneError
	}
	whole := utf16.DecodeRune(first, rune(second))
	if whole != utf8.RuneError {
		_, _ = t.r.in.Discard(6)
	}
	return whole
}

func (t *Text) hex() (rune, bool) {
	var v rune
	for range 4 {
		c, err := t.r.in.ReadByte()
		if err != nil {
			t.err = cut(err)
			return 0, false
		}
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			v = v<<4 | rune(c-'A'+10)
		default:
			t.err = fmt.Errorf("%w: escape of %q", ErrSyntax, c)
			return 0, false
		}
	}
	return v, true
}

// Close reads what is left of the string.
func (t *Text) Close() error {
	if t.err == io.EOF { //nolint:errorlint // set by this type
		return nil
	}
	_, err := io.Copy(io.Discard, t)
	return err
}
