package mailboxes

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// importBody is the body of an import, its data taken in already.
type importBody struct {
	folderID, mode, itemID, changeKey string
	data                              source
}

var errBody = errors.New("not the JSON that an import wants")

// maxField bounds every member of an import's body but the data.
const maxField = 64 << 10

// readImport reads an import's body in one pass: its members may come in any
// order, and the data is decoded as it arrives.
func readImport(r io.Reader, spoolDir string) (importBody, error) {
	var b importBody
	s := &scanner{r: bufio.NewReaderSize(r, 64<<10)}
	err := s.object(func(name string) error {
		var err error
		switch strings.ToLower(name) {
		case "data":
			b.data.drop()
			b.data, err = s.data(spoolDir)
		case "folderid":
			b.folderID, err = s.text()
		case "mode":
			b.mode, err = s.text()
		case "itemid":
			b.itemID, err = s.text()
		case "changekey":
			b.changeKey, err = s.text()
		default:
			_, err = s.text()
		}
		return err
	})
	if err != nil {
		b.data.drop()
		return importBody{}, fmt.Errorf("read an import: %w", err)
	}
	return b, nil
}

// scanner reads a flat JSON object of texts from a stream.
type scanner struct{ r *bufio.Reader }

// next is the next byte that is no white space.
func (s *scanner) next() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err != nil || !strings.ContainsRune(" \t\r\n", rune(c)) {
			return c, err
		}
	}
}

func (s *scanner) expect(want byte) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != want {
		return errBody
	}
	return nil
}

// object reads {…}, calling member behind each name's colon.
func (s *scanner) object(member func(name string) error) error {
	if c, err := s.next(); err != nil || c != '{' {
		return errBody
	}
	for {
		c, err := s.next()
		switch {
		case err != nil:
			return err
		case c == '}':
			return nil
		case c == ',':
			continue
		case c != '"':
			return errBody
		}
		name, err := s.rest()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := member(name); err != nil {
			return err
		}
	}
}

// rest reads a text up to its closing quote.
func (s *scanner) rest() (string, error) {
	raw := []byte{'"'}
	for escaped := false; ; {
		c, err := s.r.ReadByte()
		if err != nil {
			return "", err
		}
		if raw = append(raw, c); len(raw) > maxField {
			return "", errBody
		}
		if c == '"' && !escaped {
			break
		}
		escaped = c == '\\' && !escaped
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", errBody
	}
	return text, nil
}

// text reads a text or null; other values read as "".
func (s *scanner) text() (string, error) {
	c, err := s.next()
	if err != nil {
		return "", err
	}
	if c == '"' {
		return s.rest()
	}
	for n := 0; ; n++ {
		if c == '{' || c == '[' || n > maxField {
			return "", errBody
		}
		if c, err = s.r.ReadByte(); err != nil {
			return "", err
		}
		if c == ',' || c == '}' {
			return "", s.r.UnreadByte()
		}
	}
}

// data takes in base64 text up to its closing quote.
func (s *scanner) data(spoolDir string) (source, error) {
	if err := s.expect('"'); err != nil {
		return source{}, err
	}
	body := &quotedBody{r: s.r}
	content, err := spool(base64.NewDecoder(base64.StdEncoding, body), spoolDir)
	if err != nil {
		return source{}, err
	}
	src := source{Content: content, form: formStream}
	if !body.ended { // padding ended the data before the quote
		if _, err := io.Copy(io.Discard, body); err != nil {
			src.drop()
			return source{}, err
		}
	}
	return src, nil
}

// quotedBody reads what stands between quotes, white space left out (base64 may
// be wrapped), with the escapes that base64 text can have.
type quotedBody struct {
	r     *bufio.Reader
	ended bool
}

func (q *quotedBody) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && !q.ended {
		chunk, err := q.r.Peek(1)
		if err != nil {
			return n, unexpected(err)
		}
		if buffered := q.r.Buffered(); buffered > 1 {
			chunk, _ = q.r.Peek(min(buffered, len(p)-n))
		}
		used := 0
		for used < len(chunk) && chunk[used] != '"' && chunk[used] != '\\' && chunk[used] > ' ' {
			used++
		}
		n += copy(p[n:], chunk[:used])
		_, _ = q.r.Discard(used) // it was peeked
		if used < len(chunk) {
			c, err := q.special()
			if err != nil {
				return n, err
			}
			if c != 0 {
				p[n] = c
				n++
			}
		}
	}
	if n == 0 && q.ended && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// special takes a quote, a blank or an escape; 0 means nothing to hand on.
func (q *quotedBody) special() (byte, error) {
	c, err := q.r.ReadByte()
	switch {
	case err != nil:
		return 0, unexpected(err)
	case c == '"':
		q.ended = true
		return 0, nil
	case c != '\\':
		return 0, nil
	}
	if c, err = q.r.ReadByte(); err != nil {
		return 0, unexpected(err)
	}
	switch c {
	case '/':
		return c, nil
	case 'n', 'r', 't':
		return 0, nil
	case 'u':
		var hex [4]byte
		if _, err := io.ReadFull(q.r, hex[:]); err != nil {
			return 0, unexpected(err)
		}
		v, err := strconv.ParseUint(string(hex[:]), 16, 16)
		if err != nil || v == 0 || v > 0x7F {
			return 0, errBody
		}
		return byte(v), nil
	}
	return 0, errBody
}

func unexpected(err error) error {
	if err == io.EOF { //nolint:errorlint // readers return it bare
		return io.ErrUnexpectedEOF
	}
	return err
}
